//! A client that sends exactly what a test says, good or bad.

use std::net::SocketAddr;

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::server::Server;

/// A request in the making.
#[derive(Clone)]
pub(crate) struct Request {
    address: SocketAddr,
    method: &'static str,
    path: String,
    headers: Vec<(String, String)>,
    body: Option<Vec<u8>>,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Server {
    /// A request without headers or body.
    pub(crate) fn request(&self, method: &'static str, path: &str) -> Request {
        Request { address: self.address, method, path: path.to_owned(), headers: Vec::new(), body: None }
    }

    /// A POST of these bytes as JSON.
    pub(crate) fn post_bytes(&self, body: &[u8]) -> Request {
        self.request("POST", "/graphql").header("content-type", "application/json").body(body)
    }

    /// A POST of this JSON.
    pub(crate) fn post(&self, body: &Value) -> Request {
        self.post_bytes(body.to_string().as_bytes())
    }

    /// A POST of this document.
    pub(crate) fn query(&self, document: &str) -> Request {
        self.post(&json!({"query": document}))
    }

    /// A GET of this document.
    pub(crate) fn get(&self, document: &str) -> Request {
        self.request("GET", &format!("/graphql?query={}", encode(document)))
    }
}

/// Percent-encodes everything but letters and digits.
pub(crate) fn encode(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            byte if byte.is_ascii_alphanumeric() => char::from(byte).to_string(),
            byte => format!("%{byte:02X}"),
        })
        .collect()
}

impl Request {
    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Asks for the newer media type, whose statuses say more.
    pub(crate) fn strict(self) -> Self {
        self.header("accept", "application/graphql-response+json")
    }

    pub(crate) fn body(mut self, body: &[u8]) -> Self {
        self.body = Some(body.to_vec());
        self
    }

    /// Everything up to the body.
    pub(crate) fn head(&self) -> String {
        let mut head = format!("{} {} HTTP/1.1\r\n", self.method, self.path);
        if !self.headers.iter().any(|(name, _)| name == "host") {
            head.extend(["host: ", &self.address.to_string(), "\r\n"]);
        }
        for (name, value) in &self.headers {
            head.extend([name, ": ", value, "\r\n"]);
        }
        if let Some(body) = &self.body {
            head.extend(["content-length: ", &body.len().to_string(), "\r\n"]);
        }
        head + "connection: close\r\n\r\n"
    }

    /// Sends it, and leaves the connection to the test.
    pub(crate) async fn open(&self) -> TcpStream {
        let mut stream = TcpStream::connect(self.address).await.expect("connects");
        stream.write_all(self.head().as_bytes()).await.expect("sends the head");
        if let Some(body) = &self.body {
            stream.write_all(body).await.expect("sends the body");
        }
        stream
    }

    /// Sends it and reads the whole answer.
    pub(crate) async fn send(self) -> Reply {
        let mut stream = self.open().await;
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).await.expect("an answer");
        Reply::read(&bytes)
    }
}

impl Reply {
    pub(crate) fn read(bytes: &[u8]) -> Self {
        let end = bytes.windows(4).position(|window| window == b"\r\n\r\n").expect("a head");
        let head = String::from_utf8(bytes[..end].to_vec()).expect("a head in ASCII");
        let mut lines = head.lines();
        let status = lines.next().and_then(|line| line.split(' ').nth(1)).expect("a status");
        let headers: Vec<_> = lines
            .filter_map(|line| line.split_once(": "))
            .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
            .collect();
        let mut reply =
            Self { status: status.parse().expect("a number"), headers, body: bytes[end + 4..].to_vec() };
        if reply.header("transfer-encoding") == Some("chunked") {
            reply.body = unchunk(&reply.body);
        }
        reply
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| {
            panic!("{error}: {}", String::from_utf8_lossy(&self.body));
        })
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.body.clone()).expect("UTF-8")
    }

    /// The code of the first error.
    pub(crate) fn code(&self) -> String {
        let json = self.json();
        json["errors"][0]["extensions"]["code"].as_str().unwrap_or_default().to_owned()
    }

    /// The message of the first error.
    pub(crate) fn message(&self) -> String {
        self.json()["errors"][0]["message"].as_str().unwrap_or_default().to_owned()
    }
}

fn unchunk(mut rest: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    while let Some(end) = rest.windows(2).position(|window| window == b"\r\n") {
        let size = std::str::from_utf8(&rest[..end]).expect("a size");
        let size = usize::from_str_radix(size, 16).expect("a size");
        body.extend_from_slice(&rest[end + 2..end + 2 + size]);
        rest = &rest[end + 4 + size..];
        if size == 0 {
            break;
        }
    }
    body
}
