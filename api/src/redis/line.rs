//! A connection to Redis that is made when it is needed, and made anew after whatever went wrong on it.
//!
//! Of the library's own manager a connection that was refused for another reason than the network's — a password, a server that is
//! still loading — stays refused for ever.

use std::fmt;
use std::time::Duration;

use ::redis::aio::MultiplexedConnection;
use ::redis::{AsyncConnectionConfig, Client, RedisError, RedisResult};
use tokio::sync::Mutex;

/// Why there is no answer.
#[derive(Debug)]
pub(super) enum NoAnswer {
    /// None in time.
    Silence,
    /// It says no, or cannot be reached.
    Refused(RedisError),
}

impl fmt::Display for NoAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Silence => f.write_str("no answer in time"),
            Self::Refused(error) => error.fmt(f),
        }
    }
}

/// A line to Redis.
pub(super) struct Line {
    client: Client,
    timeout: Duration,
    open: Mutex<Option<MultiplexedConnection>>,
}

impl Line {
    pub(super) fn new(client: Client, timeout: Duration) -> Self {
        Self { client, timeout, open: Mutex::default() }
    }

    /// The answer to a question, within the set time: connecting counts.
    pub(super) async fn ask<T>(
        &self,
        question: impl AsyncFnOnce(&mut MultiplexedConnection) -> RedisResult<T>,
    ) -> Result<T, NoAnswer> {
        let asked = async {
            let mut connection = self.connection().await?;
            question(&mut connection).await
        };
        let answer = match tokio::time::timeout(self.timeout, asked).await {
            Ok(Ok(answer)) => return Ok(answer),
            Ok(Err(error)) => NoAnswer::Refused(error),
            Err(_elapsed) => NoAnswer::Silence,
        };
        // Whoever is connecting just now makes a new one anyway.
        if let Ok(mut open) = self.open.try_lock() {
            *open = None;
        }
        Err(answer)
    }

    async fn connection(&self) -> RedisResult<MultiplexedConnection> {
        let mut open = self.open.lock().await;
        if let Some(connection) = open.as_ref() {
            return Ok(connection.clone());
        }
        // The time of whoever asks is the bound.
        let config = AsyncConnectionConfig::new().set_connection_timeout(None).set_response_timeout(None);
        let connection = self.client.get_multiplexed_async_connection_with_config(&config).await?;
        *open = Some(connection.clone());
        Ok(connection)
    }
}
