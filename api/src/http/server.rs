//! The listener and its connections, from binding the address to the last answer.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::ConnectInfo;
use axum::{Extension, Router};
use futures::stream::{self, Stream, StreamExt};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::task::JoinSet;
use tower::Layer;

use super::drain::Drain;
use super::limits::ServerLimits;
use super::stall::Stall;

/// Why an address cannot be listened on; one line that says what to do.
#[derive(Debug, thiserror::Error)]
pub enum CannotListen {
    /// Another process listens there.
    #[error("{0} is taken: stop the process that listens there, or choose another address with --listen")]
    Taken(SocketAddr),
    /// The operating system does not let us.
    #[error("{0} is not allowed for this user: choose a port from 1024 on with --listen")]
    NotAllowed(SocketAddr),
    /// Anything else.
    #[error("cannot listen on {0}: {1}; choose another address with --listen")]
    Other(SocketAddr, io::Error),
}

/// How the server stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stopped {
    /// Everything in flight was finished.
    Drained,
    /// Something was still in flight after the drain time, and was dropped.
    TimedOut,
    /// A second signal did not want to wait.
    Aborted,
}

/// Takes the address.
///
/// # Errors
/// [`CannotListen`] says what to do.
pub async fn bind(address: SocketAddr) -> Result<TcpListener, CannotListen> {
    TcpListener::bind(address).await.map_err(|error| match error.kind() {
        io::ErrorKind::AddrInUse => CannotListen::Taken(address),
        io::ErrorKind::PermissionDenied => CannotListen::NotAllowed(address),
        _ => CannotListen::Other(address, error),
    })
}

/// SIGTERM and SIGINT as they come. From this call on they no longer end the process by themselves.
///
/// # Errors
/// When the operating system gives no handler.
#[cfg(unix)]
pub fn stop_signals() -> io::Result<impl Stream<Item = ()> + Send + Unpin> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(stream::poll_fn(move |context| {
        if terminate.poll_recv(context).is_ready() {
            return std::task::Poll::Ready(Some(()));
        }
        interrupt.poll_recv(context)
    }))
}

/// Ctrl-C as it comes.
///
/// # Errors
/// Never; as on Unix.
#[cfg(not(unix))]
pub fn stop_signals() -> io::Result<impl Stream<Item = ()> + Send + Unpin> {
    Ok(Box::pin(stream::unfold((), async |()| tokio::signal::ctrl_c().await.ok().map(|()| ((), ())))))
}

/// Serves until the first signal, then drains: `/readyz` refuses at once, the listener lingers, sockets
/// close with 1001, what is in flight may finish. A second signal aborts.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    drain: Drain,
    limits: &ServerLimits,
    signals: impl Stream<Item = ()> + Unpin,
) -> Stopped {
    let mut signals = signals.fuse();
    let mut server = Server::new(listener, router, limits);
    tokio::select! {
        never = server.accept() => match never {},
        () = next(&mut signals) => {}
    }
    tracing::info!("stopping: draining connections");
    tokio::select! {
        stopped = server.stop(&drain, limits) => stopped,
        () = next(&mut signals) => Stopped::Aborted,
    }
}

/// The next signal; for ever when there can be none.
async fn next(signals: &mut (impl Stream<Item = ()> + Unpin)) {
    if signals.next().await.is_none() {
        std::future::pending::<()>().await;
    }
}

struct Server {
    listener: TcpListener,
    router: Router,
    protocol: Arc<Builder<TokioExecutor>>,
    write_stall: Duration,
    permits: Arc<Semaphore>,
    connections: JoinSet<()>,
    /// Tells each connection to finish what it does and take nothing new.
    closing: watch::Sender<bool>,
}

impl Server {
    fn new(listener: TcpListener, router: Router, limits: &ServerLimits) -> Self {
        let mut protocol = Builder::new(TokioExecutor::new());
        protocol
            .http1()
            .timer(TokioTimer::new())
            .header_read_timeout(limits.header_read_seconds.duration())
            .max_buf_size(limits.max_head_bytes.max(8192));
        protocol
            .http2()
            .timer(TokioTimer::new())
            .max_concurrent_streams(limits.max_concurrent_streams)
            .max_header_list_size(u32::try_from(limits.max_head_bytes).unwrap_or(u32::MAX))
            .keep_alive_interval(limits.header_read_seconds.duration());
        Self {
            listener,
            router,
            protocol: Arc::new(protocol),
            write_stall: limits.write_stall_seconds.duration(),
            permits: Arc::new(Semaphore::new(limits.max_connections.min(Semaphore::MAX_PERMITS))),
            connections: JoinSet::new(),
            closing: watch::Sender::new(false),
        }
    }

    /// Takes connections for ever.
    async fn accept(&mut self) -> std::convert::Infallible {
        loop {
            while self.connections.try_join_next().is_some() {}
            let Ok(permit) = Arc::clone(&self.permits).acquire_owned().await else {
                return std::future::pending().await;
            };
            match self.listener.accept().await {
                Ok((socket, peer)) => {
                    let connection = self.connection(socket, peer, permit);
                    self.connections.spawn(connection);
                }
                Err(error) => pause_after(&error).await,
            }
        }
    }

    fn connection(
        &self,
        socket: TcpStream,
        peer: SocketAddr,
        permit: OwnedSemaphorePermit,
    ) -> impl Future<Output = ()> + Send + 'static {
        let protocol = Arc::clone(&self.protocol);
        // Who limits attempts by address reads it from the request's extensions.
        let service = Extension(ConnectInfo(peer)).layer(self.router.clone());
        let service = TowerToHyperService::new(service);
        let mut closing = self.closing.subscribe();
        let write_stall = self.write_stall;
        async move {
            let _permit = permit;
            // Answers are small and whole: waiting to fill a packet would only delay them.
            if let Err(error) = socket.set_nodelay(true) {
                tracing::debug!(%error, "no TCP_NODELAY");
            }
            let io = TokioIo::new(Stall::new(socket, write_stall));
            let mut serving = pin!(protocol.serve_connection_with_upgrades(io, service));
            let ended = tokio::select! {
                ended = serving.as_mut() => ended,
                () = told(&mut closing) => {
                    serving.as_mut().graceful_shutdown();
                    serving.await
                }
            };
            if let Err(error) = ended {
                tracing::debug!(%error, "a connection ended with an error");
            }
        }
    }

    /// Lingers, then waits for what is in flight.
    async fn stop(mut self, drain: &Drain, limits: &ServerLimits) -> Stopped {
        drain.begin(limits.socket_close_window_seconds.duration());
        let linger = limits.linger_seconds.duration();
        if let Ok(never) = tokio::time::timeout(linger, self.accept()).await {
            match never {}
        }
        drop(self.listener);
        self.closing.send_replace(true);
        let all = async {
            while self.connections.join_next().await.is_some() {}
            drain.idle().await;
        };
        match tokio::time::timeout(limits.drain_seconds.duration(), all).await {
            Ok(()) => Stopped::Drained,
            Err(_elapsed) => Stopped::TimedOut,
        }
    }
}

/// Waits until connections are told to close.
async fn told(closing: &mut watch::Receiver<bool>) {
    // Without a sender the server is gone, which says the same.
    drop(closing.wait_for(|closing| *closing).await);
}

/// A client that left while it waited is nothing; running out of file descriptors needs a pause, or the
/// loop would spin.
async fn pause_after(error: &io::Error) {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    if !matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset) {
        tracing::error!(%error, "cannot accept a connection");
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
}
