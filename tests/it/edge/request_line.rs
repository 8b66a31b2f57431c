//! One log line per operation: who asked for which tenant, what it cost, and never what it was about.

use std::fs::File;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

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

/// What somebody would like to stand in the log.
const FORGED: &str = r#"{"timestamp":"2026-11-22T08:00:00Z","level":"ERROR","target":"forged","fields":{}}"#;
/// What ends a line for somebody who reads it, or goes back in it.
const ENDS: [&str; 9] =
    ["\n", "\r\n", "\r", "\u{1b}[2K\u{1b}[1A", "\0", "\u{2028}", "\u{85}", "\u{b}", "\u{7f}\u{8}"];
/// Of these a line has none, and no more of what may not be printed.
const BREAKS: [char; 4] = ['\r', '\u{85}', '\u{2028}', '\u{2029}'];
/// Headers that are read, or that others would read.
const HEADERS: [&str; 13] = [
    "x-request-id",
    "user-agent",
    "x-forwarded-for",
    "forwarded",
    "origin",
    "referer",
    "traceparent",
    "tracestate",
    "accept-language",
    "accept",
    "cookie",
    "idempotency-key",
    "authorization",
];

/// What is wrong with a log of lines in JSON.
fn faults(log: &str) -> Vec<String> {
    let lines = log.split('\n').filter(|line| !line.is_empty());
    let of_line = |line: &str| {
        let read = serde_json::from_str::<Value>(line).unwrap_or_default();
        let whole = ["timestamp", "level", "target"].iter().all(|name| read[name].is_string());
        let unprinted = line.chars().any(|letter| letter.is_control() || BREAKS.contains(&letter));
        (!whole || read["target"] == "forged" || unprinted).then(|| line.to_owned())
    };
    lines.filter_map(of_line).collect()
}

/// A request as it stands on the wire.
fn written(line: &str, headers: &str, body: &str) -> String {
    let length = body.len();
    format!(
        "{line} HTTP/1.1\r\nhost: here\r\nconnection: close\r\n{headers}content-length: {length}\r\n\r\n{body}"
    )
}

/// Every byte as `%0A`.
fn encoded(text: &str) -> String {
    text.bytes().fold(String::new(), |encoded, byte| encoded + &format!("%{byte:02X}"))
}

/// A text at every place of a request that could come to a line.
fn everywhere(text: &str, token: &str) -> Vec<String> {
    const JSON: &str = "content-type: application/json\r\n";
    let known = json!({"query": "query Known { __typename }"}).to_string();
    let mut requests: Vec<String> = HEADERS
        .iter()
        .map(|name| written("POST /graphql", &format!("{JSON}{name}: a{text}b\r\n"), &known))
        .collect();
    let name = encoded(text);
    for line in [
        format!("GET /graphql{text}"),
        format!("GET{text} /graphql"),
        format!("GET /{name}"),
        format!("GET /graphql?query={name}&operationName={name}"),
        format!("GET /graphql?query=%7B__typename%7D&operationName={name}"),
        format!("GET /files/{name}"),
        format!("POST /exchange/v1/150302/{name}"),
    ] {
        requests.push(written(&line, "", ""));
    }
    let form = format!("grant_type=client_credentials&client_id={name}&client_secret={name}");
    let kind = "content-type: application/x-www-form-urlencoded\r\n";
    requests.push(written("POST /oauth/token", kind, &form));
    let signing_in =
        "mutation In($input: SessionCreateInput!) { sessionCreate(input: $input) { userErrors { code } } }";
    for body in [
        json!({"query": "query Known { __typename }", "operationName": text}),
        json!({"query": format!("query Known{text} {{ __typename }}")}),
        json!({"query": format!("query Known {{ viewer {{ a{text} }} }}")}),
        json!({"query": format!("query Known {{ case(id: \"{text}\") {{ id }} }}")}),
        json!({"query": "query Known($id: ID!) { case(id: $id) { id } }", "variables": {"id": text}}),
        json!({"query": signing_in, "variables": {"input": {"account": text, "password": text}}}),
        json!({"query": signing_in, "variables": {"input": {"account": format!("{text}@150302"), "password": text}}}),
        json!({"extensions": {"persistedQuery": {"version": 1, "sha256Hash": text}, "idempotencyKey": text}}),
        json!({"documentId": text}),
    ] {
        let body = body.to_string();
        requests.push(written("POST /graphql", JSON, &body));
        requests.push(written("POST /graphql", &format!("{JSON}authorization: Bearer {token}\r\n"), &body));
    }
    requests
}

/// Sends bytes over a connection of their own, and reads until it ends.
fn sent(address: &str, request: &str) -> anyhow::Result<String> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(Duration::from_secs(20)))?;
    let mut answer = vec![];
    // Whoever does not like the head hangs up before the end: nothing more is asked then.
    let _ = stream.write_all(request.as_bytes());
    let _ = stream.read_to_end(&mut answer);
    Ok(String::from_utf8_lossy(&answer).into_owned())
}

#[test]
fn nobody_writes_a_line_of_their_own() -> anyhow::Result<()> {
    let folder = TempDir::new()?;
    let (log, settings) = (folder.path().join("server.log"), folder.path().join("settings.toml"));
    std::fs::write(&settings, "[edge]\ntrusted_proxies = [\"127.0.0.0/8\"]\n")?;
    let mut server = Running(
        Command::new(program()?)
            .args(["serve", "--demo", "small", "--listen", "127.0.0.1:0", "--config", "settings.toml"])
            .env("FENGQIAO__TELEMETRY__FORMAT", "json")
            .env(
                "FENGQIAO__TELEMETRY__LOG",
                "info,sea_orm_migration=warn,fengqiao_api=trace,fengqiao_domain=trace",
            )
            .current_dir(folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(File::create(&log)?)
            .spawn()?,
    );
    let mut output = BufReader::new(server.0.stdout.take().context("its output")?).lines();
    let first = output.next().context("a line")??;
    let address =
        first.split("http://").nth(1).and_then(|rest| rest.split('/').next()).context("an address")?;
    let token = token(&folder)?;
    let mut answered = 0;
    for end in ENDS {
        for request in everywhere(&format!("{end}{FORGED}{end}"), &token) {
            answered += usize::from(sent(address, &request)?.starts_with("HTTP/1.1 "));
        }
    }
    ensure!(answered > ENDS.len() * 20, "only {answered} were answered");
    let last = json!({"query": "query TheLastOne { __typename }"}).to_string();
    sent(address, &written("POST /graphql", "content-type: application/json\r\n", &last))?;
    let begun = Instant::now();
    let log = loop {
        let said = String::from_utf8(std::fs::read(&log)?)?;
        if said.contains("TheLastOne") && said.ends_with('\n') {
            break said;
        }
        ensure!(begun.elapsed() < Duration::from_secs(20), "the last line is missing");
        std::thread::sleep(Duration::from_millis(50));
    };
    let faults = faults(&log);
    ensure!(faults.is_empty(), "{faults:#?}");
    let known = log.lines().filter(|line| line.contains(r#""operation":"Known""#)).count();
    ensure!(known > ENDS.len(), "only {known} lines tell of what was asked");
    Ok(())
}

#[test]
fn a_line_that_somebody_wrote_is_found() {
    let own =
        r#"{"timestamp":"2026-11-22T08:00:00Z","level":"INFO","target":"request","fields":{"message":"a"}}"#;
    assert_eq!(faults(&format!("{own}\n{own}\n")), Vec::<String>::new());
    for end in ENDS {
        let broken = own.replace(":\"a\"", &format!(":\"a{end}b\""));
        assert!(!faults(&broken).is_empty(), "{broken:?}");
    }
    assert_eq!(faults(FORGED).len(), 1);
}
