//! What is printed when nobody reads it, and how it looks when nobody watches.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail, ensure};
use fengqiao_tests::program;
use tempfile::TempDir;

/// A server that is stopped with its test.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself, which the test has seen by then.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn serve(folder: &TempDir, address: SocketAddr) -> anyhow::Result<Command> {
    let mut command = Command::new(program()?);
    command.args(["serve", "--listen", &address.to_string()]).current_dir(folder.path()).stdin(Stdio::null());
    Ok(command)
}

/// An address that was free a moment ago.
fn free_address() -> anyhow::Result<SocketAddr> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?)
}

/// Waits until the server answers its probe.
fn answers(address: SocketAddr, child: &mut Child) -> anyhow::Result<()> {
    let begun = Instant::now();
    while begun.elapsed() < Duration::from_secs(20) {
        if let Some(status) = child.try_wait()? {
            bail!("the server ended with {status}");
        }
        if let Ok(mut stream) = TcpStream::connect(address) {
            stream.write_all(b"GET /livez HTTP/1.1\r\nhost: here\r\nconnection: close\r\n\r\n")?;
            let mut answer = String::new();
            stream.read_to_string(&mut answer)?;
            ensure!(answer.starts_with("HTTP/1.1 200"), "{answer}");
            return Ok(());
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    bail!("the server does not answer")
}

#[test]
fn a_reader_that_leaves_early_is_no_failure() -> anyhow::Result<()> {
    let folder = TempDir::new()?;
    for command in ["schema", "check-config"] {
        let mut child = Command::new(program()?)
            .arg(command)
            .current_dir(folder.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()?;
        drop(child.stdout.take());
        let output = child.wait_with_output()?;
        let said = String::from_utf8(output.stderr)?;
        ensure!(said.is_empty() && output.status.success(), "{command}: {} {said}", output.status);
    }
    Ok(())
}

#[test]
fn a_server_that_nobody_reads_goes_on_serving() -> anyhow::Result<()> {
    let (folder, address) = (TempDir::new()?, free_address()?);
    let mut command = serve(&folder, address)?;
    let mut running = Running(command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?);
    drop(running.0.stdout.take());
    drop(running.0.stderr.take());
    for _ in 0..3 {
        answers(address, &mut running.0)?;
    }
    Ok(())
}

#[test]
fn a_log_that_goes_to_a_file_has_no_colours() -> anyhow::Result<()> {
    let (folder, address) = (TempDir::new()?, free_address()?);
    let mut command = serve(&folder, address)?;
    command.env("FENGQIAO__REDIS__URL", "redis://127.0.0.1:1");
    let mut running = Running(command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn()?);
    let mut line = String::new();
    BufReader::new(running.0.stderr.take().context("a log")?).read_line(&mut line)?;
    ensure!(line.contains("redis.url"), "{line}");
    ensure!(!line.contains('\u{1b}'), "{line:?}");
    Ok(())
}
