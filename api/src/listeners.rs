//! The addresses that a server takes before anything is written.

use anyhow::Context as _;
use tokio::net::TcpListener;

use crate::config::Settings;
use crate::http::server;

/// Where a server listens.
#[derive(Debug)]
pub struct Listeners {
    /// For the API.
    pub api: TcpListener,
    /// For the metrics, if they have an address of their own.
    pub metrics: Option<TcpListener>,
}

impl Listeners {
    /// Takes the addresses.
    ///
    /// # Errors
    /// One line that says what to do.
    pub async fn take(settings: &Settings) -> anyhow::Result<Self> {
        let api = server::bind(settings.server.listen).await?;
        let metrics = match settings.metrics.listen {
            None => None,
            Some(address) => {
                let bound = TcpListener::bind(address).await;
                let wrong =
                    || format!("cannot listen on {address}: choose another address for metrics.listen");
                Some(bound.with_context(wrong)?)
            }
        };
        Ok(Self { api, metrics })
    }
}
