//! Hears the other servers ring, and wakes the relay of this one.

use std::sync::Arc;
use std::time::Duration;

use ::redis::aio::{PubSubSink, PubSubStream};
use ::redis::{Client, Msg};
use fengqiao_domain::Db;
use fengqiao_domain::kernel::mutant::{self, Mutant};
use futures::StreamExt as _;

use super::key::Key;
use super::line::NoAnswer;
use super::outage::Outage;

/// Before the first of the attempts to listen again; each later one waits twice as long.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
/// Before any attempt, at most.
const LONGEST_PAUSE: Duration = Duration::from_secs(2);
/// After so long a silence the server is asked whether it is still there: a road that a firewall has forgotten is silent too.
const SILENCE: Duration = Duration::from_secs(5);

/// Whoever listens.
pub(super) struct Listening {
    pub(super) client: Client,
    pub(super) channel: Key,
    pub(super) own: Arc<str>,
    pub(super) timeout: Duration,
    pub(super) db: Db,
}

impl Listening {
    /// Listens for ever.
    pub(super) async fn run(self) {
        let outage = Outage::new("listening");
        let mut pause = FIRST_PAUSE;
        loop {
            let error = match self.within(self.subscribed()).await {
                Ok((sink, stream)) => {
                    outage.is_over();
                    pause = FIRST_PAUSE;
                    // Something may have been missed.
                    self.db.wake_from_afar();
                    self.listen(sink, stream).await
                }
                Err(error) => error,
            };
            outage.note(&error);
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }

    async fn subscribed(&self) -> ::redis::RedisResult<(PubSubSink, PubSubStream)> {
        let (mut sink, stream) = self.client.get_async_pubsub().await?.split();
        sink.subscribe(&self.channel).await?;
        Ok((sink, stream))
    }

    /// Listens until the line is dead: why.
    async fn listen(&self, mut sink: PubSubSink, mut stream: PubSubStream) -> NoAnswer {
        loop {
            match tokio::time::timeout(SILENCE, stream.next()).await {
                Ok(Some(message)) => self.hear(&message),
                Ok(None) => return NoAnswer::Silence,
                Err(_elapsed) => {
                    if let Err(error) = self.within(sink.ping::<::redis::Value>()).await {
                        return error;
                    }
                }
            }
        }
    }

    fn hear(&self, message: &Msg) {
        if message.get_payload_bytes() != self.own.as_bytes() && !mutant::active(Mutant::DeafServer) {
            self.db.wake_from_afar();
        }
    }

    async fn within<T>(&self, answer: impl Future<Output = ::redis::RedisResult<T>>) -> Result<T, NoAnswer> {
        match tokio::time::timeout(self.timeout, answer).await {
            Ok(answer) => answer.map_err(NoAnswer::Refused),
            Err(_elapsed) => Err(NoAnswer::Silence),
        }
    }
}
