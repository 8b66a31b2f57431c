//! A road to a server that a test can close: after so many bytes of answers nothing passes any more, in
//! either direction, and nobody is told; or every connection breaks; or everything comes late.

use std::net::SocketAddr;
use std::str::FromStr as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

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
    state: watch::Sender<State>,
    /// Whether bytes wait before it.
    holds: watch::Sender<bool>,
    passed: AtomicU64,
}

/// What a gate does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct State {
    /// Bytes of answers that may still pass; without end when there is no number.
    left: Option<u64>,
    /// What happens after them.
    then: Then,
    /// How late every answer comes.
    late: Duration,
}

/// What becomes of connections when nothing may pass any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Then {
    Silence,
    Reset,
}

const OPEN: State = State { left: None, then: Then::Silence, late: Duration::ZERO };

impl State {
    fn is_closed(self) -> bool {
        self.left == Some(0)
    }
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
        self.set(State { left: Some(bytes), ..OPEN });
    }

    /// Lets so many bytes of answers pass from now on, and then resets every connection, also those that are opened later.
    pub fn break_after(&self, bytes: u64) {
        self.set(State { left: Some(bytes), then: Then::Reset, ..OPEN });
    }

    /// Lets every answer come so late from now on.
    pub fn delay(&self, late: Duration) {
        self.set(State { late, ..OPEN });
    }

    /// Lets everything pass, what waited first.
    pub fn open(&self) {
        self.set(OPEN);
    }

    fn set(&self, state: State) {
        let gate = self.gate.borrow();
        gate.holds.send_replace(false);
        gate.state.send_replace(state);
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
        Self { state: watch::Sender::new(OPEN), holds: watch::Sender::new(false), passed: AtomicU64::new(0) }
    }

    /// How many of so many bytes of an answer may pass now: waits until it is one at least.
    async fn answer(&self, wanted: usize) -> usize {
        loop {
            let mut granted = 0;
            self.state.send_if_modified(|state| {
                let allowed =
                    state.left.map_or(wanted, |left| wanted.min(usize::try_from(left).unwrap_or(wanted)));
                granted = allowed;
                state.left = state.left.map(|left| left - allowed as u64);
                state.left.is_some() && allowed > 0
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
        let mut state = self.state.subscribe();
        if state.borrow().is_closed() {
            self.holds.send_replace(true);
        }
        drop(state.wait_for(|state| !state.is_closed()).await);
    }

    /// Waits until connections break.
    async fn broken(&self) {
        let mut state = self.state.subscribe();
        drop(state.wait_for(|state| state.is_closed() && state.then == Then::Reset).await);
    }

    /// Waits as long as everything is late.
    async fn late(&self) {
        let late = self.state.borrow().late;
        tokio::time::sleep(late).await;
    }
}

/// Carries one connection both ways; an end of one side is an end of the other, once it may pass.
async fn carry(near: TcpStream, far: SocketAddr, gate: Arc<Gate>) {
    let Ok(far) = TcpStream::connect(far).await else { return };
    let ((mut near_read, mut near_write), (mut far_read, mut far_write)) =
        (near.into_split(), far.into_split());
    let both = async {
        tokio::join!(
            async {
                requests(&mut near_read, &mut far_write, &gate).await;
                // One that is gone already has ended.
                let _ = far_write.shutdown().await;
            },
            async {
                answers(&mut far_read, &mut near_write, &gate).await;
                let _ = near_write.shutdown().await;
            }
        );
    };
    tokio::select! {
        biased;
        () = gate.broken() => {}
        () = both => return,
    }
    for end in [near_write.as_ref(), far_write.as_ref()] {
        // One that is gone already cannot be reset.
        let _ = end.set_zero_linger();
    }
    near_write.forget();
    far_write.forget();
}

async fn requests(from: &mut OwnedReadHalf, to: &mut OwnedWriteHalf, gate: &Gate) {
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

async fn answers(from: &mut OwnedReadHalf, to: &mut OwnedWriteHalf, gate: &Gate) {
    let mut buffer = vec![0; 16 * 1024];
    while let Ok(length @ 1..) = from.read(&mut buffer).await {
        gate.late().await;
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
