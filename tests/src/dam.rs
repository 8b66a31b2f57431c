//! A road to a server that a test can close: after so many bytes of answers nothing passes any more, in
//! either direction, and nobody is told.

use std::net::SocketAddr;
use std::str::FromStr as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::Context as _;
use sqlx::ConnectOptions as _;
use sqlx::postgres::PgConnectOptions;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;

/// A road to a server with a gate in it.
#[derive(Debug)]
pub struct Dam {
    near: SocketAddr,
    /// The gate that new connections pass.
    gate: watch::Sender<Arc<Gate>>,
    _tasks: JoinSet<()>,
}

/// What passes on the connections that share it.
#[derive(Debug)]
struct Gate {
    /// Bytes of answers that may still pass; without end when there is no number.
    left: watch::Sender<Option<u64>>,
    /// Whether bytes wait before it.
    holds: watch::Sender<bool>,
    passed: AtomicU64,
}

impl Dam {
    /// An open road to the PostgreSQL server that this address names.
    ///
    /// # Errors
    /// When the address is none, or no port is free.
    pub async fn to(url: &str) -> anyhow::Result<Self> {
        let options = PgConnectOptions::from_str(url)?;
        let far = format!("{}:{}", options.get_host(), options.get_port());
        let far = tokio::net::lookup_host(far).await?.next().context("no such host")?;
        Self::before(far).await
    }

    /// An open road to a server.
    ///
    /// # Errors
    /// When no port is free.
    pub async fn before(far: SocketAddr) -> anyhow::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let near = listener.local_addr()?;
        let gate = watch::Sender::new(Arc::new(Gate::open()));
        let present = gate.subscribe();
        let mut tasks = JoinSet::new();
        tasks.spawn(async move {
            let mut roads = JoinSet::new();
            while let Ok((near, _)) = listener.accept().await {
                let gate = Arc::clone(&present.borrow());
                roads.spawn(carry(near, far, gate));
            }
        });
        Ok(Self { near, gate, _tasks: tasks })
    }

    /// Where the road begins.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.near
    }

    /// The same address by way of the road.
    ///
    /// # Errors
    /// When it is none.
    pub fn through(&self, url: &str) -> anyhow::Result<String> {
        let options = PgConnectOptions::from_str(url)?.host("127.0.0.1").port(self.near.port());
        Ok(options.to_url_lossy().to_string())
    }

    /// Lets so many bytes of answers pass from now on, on all connections together, and then nothing.
    pub fn close_after(&self, bytes: u64) {
        let gate = self.gate.borrow();
        gate.holds.send_replace(false);
        gate.left.send_replace(Some(bytes));
    }

    /// Lets everything pass, what waited first.
    pub fn open(&self) {
        let gate = self.gate.borrow();
        gate.left.send_replace(None);
        gate.holds.send_replace(false);
    }

    /// Leaves the present connections as they are and lets new ones pass, as when a firewall has
    /// forgotten the old ones.
    pub fn forget(&self) {
        self.gate.send_replace(Arc::new(Gate::open()));
    }

    /// Waits until something waits before the closed gate.
    pub async fn holds(&self) {
        let mut holds = self.gate.borrow().holds.subscribe();
        // The sender lives in the gate, which `self` holds.
        drop(holds.wait_for(|holds| *holds).await);
    }

    /// Bytes of answers that passed so far.
    #[must_use]
    pub fn passed(&self) -> u64 {
        self.gate.borrow().passed.load(Ordering::Relaxed)
    }
}

impl Gate {
    fn open() -> Self {
        Self { left: watch::Sender::new(None), holds: watch::Sender::new(false), passed: AtomicU64::new(0) }
    }

    /// How many of so many bytes of an answer may pass now: waits until it is one at least.
    async fn answer(&self, wanted: usize) -> usize {
        loop {
            let mut granted = 0;
            self.left.send_if_modified(|left| {
                let allowed = left.map_or(wanted, |left| wanted.min(usize::try_from(left).unwrap_or(wanted)));
                granted = allowed;
                *left = left.map(|left| left - allowed as u64);
                left.is_some() && allowed > 0
            });
            if granted > 0 {
                self.passed.fetch_add(granted as u64, Ordering::Relaxed);
                return granted;
            }
            self.opened().await;
        }
    }

    /// Waits until the gate is not closed.
    async fn opened(&self) {
        let mut left = self.left.subscribe();
        if *left.borrow() == Some(0) {
            self.holds.send_replace(true);
        }
        drop(left.wait_for(|left| *left != Some(0)).await);
    }
}

/// Carries one connection both ways; an end of one side is an end of the other, once it may pass.
async fn carry(near: TcpStream, far: SocketAddr, gate: Arc<Gate>) {
    let Ok(far) = TcpStream::connect(far).await else { return };
    let ((near_read, near_write), (far_read, far_write)) = (near.into_split(), far.into_split());
    tokio::join!(requests(near_read, far_write, &gate), answers(far_read, near_write, &gate));
}

async fn requests(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, gate: &Gate) {
    let mut buffer = vec![0; 16 * 1024];
    while let Ok(length @ 1..) = from.read(&mut buffer).await {
        gate.opened().await;
        let Some(bytes) = buffer.get(..length) else { return };
        if to.write_all(bytes).await.is_err() {
            return;
        }
    }
    // The server must not learn of an end that a closed road would not have told.
    gate.opened().await;
}

async fn answers(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, gate: &Gate) {
    let mut buffer = vec![0; 16 * 1024];
    while let Ok(length @ 1..) = from.read(&mut buffer).await {
        let mut begun = 0;
        while begun < length {
            let end = begun + gate.answer(length - begun).await;
            let Some(bytes) = buffer.get(begun..end) else { return };
            if to.write_all(bytes).await.is_err() {
                return;
            }
            begun = end;
        }
    }
}
