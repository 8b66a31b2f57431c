//! One log line per operation: who asked for which tenant, what it cost, and never what it was about.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use anyhow::{Context as _, ensure};
use fengqiao_tests::{Answer, program};
use serde_json::{Value, json};
use tempfile::TempDir;

/// A server that is killed with this value.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself, which the test has seen then.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn token(folder: &TempDir) -> anyhow::Result<String> {
    let mut command = Command::new(program()?);
    command.args(["token", "--account", "xindi.worker@150302"]).current_dir(folder.path());
    let output = command.output()?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Ok(String::from_utf8(output.stdout)?.trim().to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn it_names_tenant_and_account_and_cost_and_no_variable() -> anyhow::Result<()> {
    let folder = TempDir::new()?;
    let mut server = Running(
        Command::new(program()?)
            .args(["serve", "--demo", "small", "--listen", "127.0.0.1:0"])
            .env("FENGQIAO__TELEMETRY__FORMAT", "json")
            .current_dir(folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()?,
    );
    let mut said = BufReader::new(server.0.stdout.take().context("its output")?).lines();
    let mut logged = BufReader::new(server.0.stderr.take().context("its log")?).lines();
    let first = said.next().context("a line")??;
    let address =
        first.split("http://").nth(1).and_then(|rest| rest.split('/').next()).context("an address")?;
    let document =
        "query Find($text: String!) { cases(filter: {title: {contains: $text}}) { nodes { id } } }";
    let body = json!({"query": document, "variables": {"text": "canary-4711"}}).to_string();
    let request = reqwest::Client::builder()
        .no_proxy()
        .build()?
        .post(format!("http://{address}/graphql"))
        .header("authorization", format!("Bearer {}", token(&folder)?))
        .header("content-type", "application/json")
        .body(body);
    Answer::of(request).await?.data("cases/nodes")?;
    let mut seen = String::new();
    let line = loop {
        let line = logged.next().context("the log ended")??;
        seen.push_str(&line);
        let line: Value = serde_json::from_str(&line).with_context(|| line.clone())?;
        if line["target"] == "request" {
            break line;
        }
    };
    let fields = &line["fields"];
    let starts =
        |name: &str, prefix: &str| fields[name].as_str().is_some_and(|text| text.starts_with(prefix));
    ensure!(starts("tenant", "tenant_") && starts("caller", "account_"), "{line}");
    ensure!(fields["operation"] == "Find" && fields["kind"] == "query" && fields["status"] == 200, "{line}");
    ensure!(fields["statements"].as_u64().is_some_and(|count| (1..10).contains(&count)), "{line}");
    ensure!(fields["rows"].is_u64() && fields["elapsed_ms"].is_u64() && starts("request_id", "0"), "{line}");
    ensure!(!seen.contains("canary-4711"), "a variable was logged");
    Ok(())
}
