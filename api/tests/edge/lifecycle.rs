//! Starting on a taken port, and stopping without breaking anything (R8).

use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use fengqiao_api::http::server::{Stopped, bind};
use fengqiao_api::http::{Limits, Seconds, ServerLimits};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Error;

use crate::server::{Server, eventually};
use crate::socket::Socket;

async fn with(server: ServerLimits) -> Server {
    Server::with(Limits { server, ..Default::default() }).await
}

#[tokio::test]
async fn a_taken_port_is_one_line_that_says_what_to_do() {
    let server = Server::start().await;
    let error = bind(server.address).await.expect_err("it is taken").to_string();
    assert!(error.contains(&server.address.to_string()) && error.contains("--listen"), "{error}");
    assert_eq!(error.lines().count(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_in_flight_finishes_and_sockets_close_with_1001() {
    let limits = ServerLimits {
        linger_seconds: Seconds::thousandths(400),
        socket_close_window_seconds: Seconds::thousandths(300),
        ..Default::default()
    };
    let server = with(limits).await;
    let mut sockets = Vec::new();
    for number in 0..8 {
        let mut socket = Socket::user(&server, &format!("user-{number}")).await;
        socket.subscribe("a", "subscription { silence }").await;
        sockets.push(socket);
    }
    let stream = server.query("subscription { silence }").header("accept", "text/event-stream");
    let stream = tokio::spawn(stream.send());
    let slow = tokio::spawn(server.query("{ slow(milliseconds: 700) }").send());
    eventually("all is open", || server.counters.open.load(Ordering::SeqCst) == 9).await;
    tokio::time::sleep(Duration::from_millis(50)).await;
    server.signal();
    eventually("the signal is heard", || server.drain.has_begun()).await;

    let not_ready = server.request("GET", "/readyz").send().await;
    assert_eq!((not_ready.status, not_ready.text().as_str()), (503, "not ready: stopping\n"));
    assert_eq!(server.request("GET", "/livez").send().await.status, 200);
    assert_eq!(server.query("{ hello }").send().await.status, 200);
    let refused = Socket::with(&server, &[("sec-websocket-protocol", "graphql-transport-ws")]).await;
    assert!(matches!(refused, Err(Error::Http(reply)) if reply.status() == 503));

    for socket in &mut sockets {
        assert_eq!(socket.closed().await, 1001);
    }
    let stream = stream.await.expect("joined");
    assert!(!stream.text().contains("complete"), "a stopped stream is not complete");
    let slow = slow.await.expect("joined");
    assert_eq!(slow.json(), serde_json::json!({"data": {"slow": true}}));
    let address = server.address;
    assert_eq!(server.stopped().await, Stopped::Drained);
    assert!(TcpStream::connect(address).await.is_err());
}

#[tokio::test]
async fn what_does_not_finish_is_dropped_in_time() {
    let server = with(ServerLimits { drain_seconds: Seconds::thousandths(200), ..Default::default() }).await;
    let _slow = server.query("{ slow(milliseconds: 60000) }").open().await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    server.signal();
    let begun = Instant::now();
    assert_eq!(server.stopped().await, Stopped::TimedOut);
    assert!(begun.elapsed() < Duration::from_secs(2));
}

#[tokio::test]
async fn a_second_signal_does_not_wait() {
    let server = Server::start().await;
    let _slow = server.query("{ slow(milliseconds: 60000) }").open().await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    server.signal();
    server.signal();
    let begun = Instant::now();
    assert_eq!(server.stopped().await, Stopped::Aborted);
    assert!(begun.elapsed() < Duration::from_secs(2));
}

#[tokio::test]
async fn an_idle_server_stops_at_once() {
    let server = Server::start().await;
    assert_eq!(server.query("{ hello }").send().await.status, 200);
    // Browsers open connections ahead and say nothing on them.
    let _silent = TcpStream::connect(server.address).await.expect("connects");
    let mut kept = TcpStream::connect(server.address).await.expect("connects");
    kept.write_all(b"GET /livez HTTP/1.1\r\nhost: a\r\n\r\n").await.expect("sends");
    tokio::time::sleep(Duration::from_millis(100)).await;
    server.signal();
    let begun = Instant::now();
    assert_eq!(server.stopped().await, Stopped::Drained);
    assert!(begun.elapsed() < Duration::from_secs(1));
}
