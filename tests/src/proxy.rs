//! A road to a server on which answers take their time, so that whoever asks really waits.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

/// Forwards connections while it lives; every answer arrives `latency` late.
#[derive(Debug)]
pub struct SlowRoad {
    address: SocketAddr,
    /// Ends with this value, and every connection with it.
    _tasks: JoinSet<()>,
}

impl SlowRoad {
    /// Opens a road to `host:port` on a free port of the loopback.
    ///
    /// # Errors
    /// When no port is free.
    pub async fn to(host: String, port: u16, latency: Duration) -> anyhow::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let mut tasks = JoinSet::new();
        tasks.spawn(async move {
            let mut roads = JoinSet::new();
            while let Ok((near, _)) = listener.accept().await {
                let Ok(far) = TcpStream::connect((host.as_str(), port)).await else { continue };
                let ((near_read, near_write), (far_read, far_write)) = (near.into_split(), far.into_split());
                roads.spawn(forward(near_read, far_write, Duration::ZERO));
                roads.spawn(forward(far_read, near_write, latency));
            }
        });
        Ok(Self { address, _tasks: tasks })
    }

    /// Where the road begins.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }
}

async fn forward(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, latency: Duration) {
    let mut buffer = vec![0; 16 * 1024];
    while let Ok(length @ 1..) = from.read(&mut buffer).await {
        tokio::time::sleep(latency).await;
        let Some(bytes) = buffer.get(..length) else { return };
        if to.write_all(bytes).await.is_err() {
            return;
        }
    }
}
