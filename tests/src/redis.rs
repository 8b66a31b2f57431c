//! A Redis server of one test's own, which it may kill under the product.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail, ensure};
use tempfile::TempDir;
use tokio::io::{AsyncBufRead, AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;

use crate::Monitor;

/// Longer than a start takes on a busy machine that has to install it first.
const PATIENCE: Duration = Duration::from_mins(2);

/// A server that lives no longer than this value.
#[derive(Debug)]
pub struct RedisServer {
    folder: TempDir,
    port: u16,
    password: Option<String>,
    running: Option<Child>,
}

impl RedisServer {
    /// Starts one; `tests/lib/redis-own.sh` knows how.
    ///
    /// # Errors
    /// Without Redis.
    pub async fn new() -> anyhow::Result<Self> {
        let mut server = Self::stopped()?;
        server.start().await?;
        Ok(server)
    }

    /// Starts one that asks for a password.
    ///
    /// # Errors
    /// Without Redis.
    pub async fn guarded(password: &str) -> anyhow::Result<Self> {
        let mut server = Self::stopped()?;
        server.password = Some(password.to_owned());
        server.start().await?;
        Ok(server)
    }

    /// One that does not run yet.
    ///
    /// # Errors
    /// When no port is free.
    pub fn stopped() -> anyhow::Result<Self> {
        let port = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port();
        Ok(Self { folder: TempDir::new()?, port, password: None, running: None })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        SocketAddr::from((Ipv4Addr::LOCALHOST, self.port))
    }

    /// Its address, without a password.
    #[must_use]
    pub fn url(&self) -> String {
        format!("redis://{}", self.address())
    }

    /// Starts it and waits until it answers.
    ///
    /// # Errors
    /// What it says when it does not.
    pub async fn start(&mut self) -> anyhow::Result<()> {
        ensure!(self.running.is_none(), "it runs");
        let mut command = Command::new("bash");
        command.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("lib/redis-own.sh"));
        command.arg(self.folder.path()).arg(self.port.to_string());
        if let Some(password) = &self.password {
            command.args(["--requirepass", password]);
        }
        self.running = Some(command.stdin(Stdio::piped()).stderr(Stdio::piped()).spawn()?);
        let begun = Instant::now();
        while TcpStream::connect(self.address()).await.is_err() {
            let running = self.running.as_mut().context("it was started")?;
            if running.try_wait()?.is_some() {
                let output = self.running.take().context("it was started")?.wait_with_output()?;
                bail!("no Redis: {}", String::from_utf8_lossy(&output.stderr));
            }
            ensure!(begun.elapsed() < PATIENCE, "Redis does not start");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        Ok(())
    }

    /// Ends it as a lack of memory would: whatever it knew is gone.
    ///
    /// # Errors
    /// When it cannot be waited for.
    pub fn kill(&mut self) -> anyhow::Result<()> {
        if let Some(mut running) = self.running.take() {
            // The script kills the server when its input ends, and ends with it.
            drop(running.stdin.take());
            running.wait()?;
        }
        Ok(())
    }

    /// What it answers to a command: the elements of a list, one after the other.
    ///
    /// # Errors
    /// What it refuses.
    pub async fn ask(&self, words: &[&str]) -> anyhow::Result<Vec<String>> {
        let mut connection = BufReader::new(TcpStream::connect(self.address()).await?);
        if let Some(password) = &self.password {
            say(&mut connection, &["AUTH", password]).await?;
            reply(&mut connection).await?;
        }
        say(&mut connection, words).await?;
        reply(&mut connection).await
    }

    /// Tells every command from now on.
    ///
    /// # Errors
    /// As it says.
    pub async fn monitor(&self) -> anyhow::Result<Monitor> {
        ensure!(self.password.is_none(), "it asks for a password first");
        let mut connection = BufReader::new(TcpStream::connect(self.address()).await?);
        say(&mut connection, &["MONITOR"]).await?;
        reply(&mut connection).await?;
        Ok(Monitor::over(connection))
    }

    /// How many servers listen for the bell of a deployment.
    ///
    /// # Errors
    /// As it says.
    pub async fn listeners(&self, channel: &str) -> anyhow::Result<usize> {
        let told = self.ask(&["PUBSUB", "NUMSUB", channel]).await?;
        Ok(told.last().context("a number")?.parse()?)
    }
}

impl Drop for RedisServer {
    fn drop(&mut self) {
        // What cannot be waited for ends by itself.
        let _ = self.kill();
    }
}

async fn say(connection: &mut BufReader<TcpStream>, words: &[&str]) -> anyhow::Result<()> {
    let mut request = format!("*{}\r\n", words.len());
    for word in words {
        request += &format!("${}\r\n{word}\r\n", word.len());
    }
    Ok(connection.write_all(request.as_bytes()).await?)
}

/// Reads one reply; of a list its elements, however they are nested.
async fn reply(connection: &mut (impl AsyncBufRead + Unpin)) -> anyhow::Result<Vec<String>> {
    let (mut texts, mut awaited) = (vec![], 1_usize);
    while awaited > 0 {
        awaited -= 1;
        let mut line = String::new();
        connection.read_line(&mut line).await?;
        let line = line.trim_end();
        let (kind, rest) = line.split_at_checked(1).context("an end")?;
        match kind {
            "-" => bail!("Redis says {rest}"),
            "*" => awaited += rest.parse::<usize>()?,
            "$" if rest == "-1" => texts.push(String::new()),
            "$" => {
                let mut bytes = vec![0; rest.parse::<usize>()? + 2];
                connection.read_exact(&mut bytes).await?;
                bytes.truncate(bytes.len() - 2);
                texts.push(String::from_utf8(bytes)?);
            }
            _ => texts.push(rest.to_owned()),
        }
    }
    Ok(texts)
}
