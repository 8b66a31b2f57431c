//! The line between the product and its PostgreSQL server, which a test can cut and mend.

use std::net::SocketAddr;
use std::str::FromStr as _;

use anyhow::Context as _;
use sqlx::ConnectOptions as _;
use sqlx::postgres::PgConnectOptions;
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

/// A line that carries bytes both ways while it is whole.
pub struct Line {
    near: SocketAddr,
    far: SocketAddr,
    carrying: JoinSet<()>,
}

impl Line {
    /// A whole line to the server that this address names.
    ///
    /// # Errors
    /// When the address is none, or no port is free.
    pub async fn to(url: &str) -> anyhow::Result<Self> {
        let options = PgConnectOptions::from_str(url)?;
        let far = format!("{}:{}", options.get_host(), options.get_port());
        let far = tokio::net::lookup_host(far).await?.next().context("no such host")?;
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let mut line = Self { near: listener.local_addr()?, far, carrying: JoinSet::new() };
        line.carry(listener);
        Ok(line)
    }

    /// The same address by way of the line.
    ///
    /// # Errors
    /// When it is none.
    pub fn through(&self, url: &str) -> anyhow::Result<String> {
        let options = PgConnectOptions::from_str(url)?.host("127.0.0.1").port(self.near.port());
        Ok(options.to_url_lossy().to_string())
    }

    /// Ends every connection; nobody answers on the near side any more.
    pub async fn cut(&mut self) {
        self.carrying.shutdown().await;
    }

    /// Makes the line whole again.
    ///
    /// # Errors
    /// When the port was taken meanwhile.
    pub async fn mend(&mut self) -> anyhow::Result<()> {
        let listener = TcpListener::bind(self.near).await?;
        self.carry(listener);
        Ok(())
    }

    fn carry(&mut self, listener: TcpListener) {
        let far = self.far;
        self.carrying.spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((near, _)) = listener.accept().await {
                connections.spawn(connect(near, far));
            }
        });
    }
}

/// Carries one connection; however it ends, it ends on both sides.
async fn connect(mut near: TcpStream, far: SocketAddr) {
    let Ok(mut far) = TcpStream::connect(far).await else { return };
    drop(copy_bidirectional(&mut near, &mut far).await);
}
