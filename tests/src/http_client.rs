//! Somebody who uses the product over HTTP.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::{Context as _, bail, ensure};
use reqwest::header::HeaderMap;
use serde_json::{Value, json};

use crate::rehearsal::mutation_of;
use crate::{Events, Rehearsal};

/// Numbers the keys of programs.
static FRESH: AtomicU64 = AtomicU64::new(1);

/// Somebody with or without a token.
#[derive(Clone, Debug)]
pub struct Actor {
    client: reqwest::Client,
    address: SocketAddr,
    account: String,
    token: Option<String>,
    language: &'static str,
    /// Whether it sends an idempotency key with every mutation, as programs must.
    is_program: bool,
    /// What is asked to be changed is tried without an entry in the trail first.
    rehearsal: Option<Arc<Rehearsal>>,
}

impl Actor {
    pub(crate) fn new(
        client: reqwest::Client,
        address: SocketAddr,
        account: &str,
        token: Option<String>,
    ) -> Self {
        let login = account.split('@').next().unwrap_or_default();
        // The programs of the demo are called so.
        let is_program = login.rsplit('.').next() == Some("api");
        Self {
            client,
            address,
            account: account.to_owned(),
            token,
            language: "zh-CN",
            is_program,
            rehearsal: None,
        }
    }

    /// The same, who tries what they ask to have changed without an entry in the trail first.
    #[must_use]
    pub fn rehearsing(self, rehearsal: Option<Arc<Rehearsal>>) -> Self {
        Self { rehearsal, ..self }
    }

    /// The same as a program, which sends a key with every mutation.
    #[must_use]
    pub fn into_program(self) -> Self {
        Self { is_program: true, ..self }
    }

    /// `login@tenant`.
    #[must_use]
    pub fn account(&self) -> &str {
        &self.account
    }

    /// The login alone.
    #[must_use]
    pub fn login(&self) -> &str {
        self.account.split('@').next().unwrap_or_default()
    }

    /// The access token.
    #[must_use]
    pub fn token(&self) -> Option<&str> {
        self.token.as_deref()
    }

    /// The same person, who reads English.
    #[must_use]
    pub fn in_english(mut self) -> Self {
        self.language = "en";
        self
    }

    /// A POST to `/graphql` as this person, without a body yet.
    pub fn post(&self) -> reqwest::RequestBuilder {
        let request = self
            .client
            .post(format!("http://{}/graphql", self.address))
            .header("accept", "application/graphql-response+json")
            .header("accept-language", self.language);
        match &self.token {
            Some(token) => request.header("authorization", format!("Bearer {token}")),
            None => request,
        }
    }

    /// Runs a document.
    ///
    /// # Errors
    /// When no answer comes.
    pub async fn run(&self, document: &str, variables: Value) -> anyhow::Result<Answer> {
        self.run_with(document, variables, &[]).await
    }

    /// Runs a document with further headers.
    ///
    /// # Errors
    /// When no answer comes.
    pub async fn run_with(
        &self,
        document: &str,
        variables: Value,
        headers: &[(&str, &str)],
    ) -> anyhow::Result<Answer> {
        let body = json!({"query": document, "variables": variables}).to_string();
        // A key that was tried is another one.
        let send = |mark: &'static str| {
            let mut request = self.post().header("content-type", "application/json").body(body.clone());
            for (name, value) in headers {
                let mark = if *name == "idempotency-key" { mark } else { "" };
                request = request.header(*name, format!("{value}{mark}"));
            }
            Answer::of(request)
        };
        match (&self.rehearsal, mutation_of(document)) {
            (Some(rehearsal), Some(field)) => rehearsal.act(field, send).await,
            _ => send("").await,
        }
    }

    /// Runs one mutation and selects `selection` of its payload.
    ///
    /// # Errors
    /// When no answer comes.
    pub async fn mutate(&self, field: &str, selection: &str, input: Value) -> anyhow::Result<Answer> {
        let key = format!("fresh-{}", FRESH.fetch_add(1, Ordering::Relaxed));
        let headers = [("idempotency-key", key.as_str())];
        let headers = if self.is_program { headers.as_slice() } else { &[] };
        self.run_with(&mutation(field, selection), json!({"input": input}), headers).await
    }

    /// A request to another path of the server, without the token: links to files carry who may.
    pub fn at(&self, method: reqwest::Method, path: &str) -> reqwest::RequestBuilder {
        self.client.request(method, format!("http://{}{path}", self.address))
    }

    /// Opens a subscription as an event stream.
    ///
    /// # Errors
    /// When it does not open.
    pub async fn open(&self, document: &str, variables: Value) -> anyhow::Result<reqwest::Response> {
        let body = json!({"query": document, "variables": variables}).to_string();
        let request = self.at(reqwest::Method::POST, "/graphql").header("accept", "text/event-stream");
        let request = request.header("content-type", "application/json").body(body);
        let request = match &self.token {
            Some(token) => request.header("authorization", format!("Bearer {token}")),
            None => request,
        };
        Ok(request.send().await?)
    }

    /// What a subscription tells until it is over, as an event stream.
    ///
    /// # Errors
    /// When it does not open, or does not end by itself.
    pub async fn follow(&self, document: &str, variables: Value) -> anyhow::Result<Vec<Value>> {
        let text = self.open(document, variables).await?.text().await?;
        ensure!(text.contains("event: complete"), "the stream broke off: {text}");
        let items = text.lines().filter_map(|line| line.strip_prefix("data:"));
        let items = items.map(str::trim).filter(|item| !item.is_empty());
        Ok(items.map(serde_json::from_str).collect::<Result<_, _>>()?)
    }

    /// Follows a subscription; it is known to run when this returns. The document takes `$after`.
    ///
    /// # Errors
    /// When the socket does not open.
    pub async fn subscribe(&self, document: &str) -> anyhow::Result<Events> {
        Events::open(self.address, self.token(), document).await
    }
}

/// The document of one mutation.
#[must_use]
pub fn mutation(field: &str, selection: &str) -> String {
    let mut letters = field.chars();
    let name: String = letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect();
    format!("mutation($input: {name}Input!) {{ {field}(input: $input) {{ {selection} }} }}")
}

/// What came back.
#[derive(Clone, Debug)]
pub struct Answer {
    /// Status.
    pub status: u16,
    /// Headers.
    pub headers: HeaderMap,
    /// Body as it came.
    pub text: String,
    /// Body as JSON; null when it is none.
    pub body: Value,
}

impl Answer {
    /// Sends a request and reads the whole answer.
    ///
    /// # Errors
    /// When none comes.
    pub async fn of(request: reqwest::RequestBuilder) -> anyhow::Result<Self> {
        let response = request.send().await?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let text = response.text().await?;
        let body = serde_json::from_str(&text).unwrap_or_default();
        Ok(Self { status, headers, text, body })
    }

    /// A field below `data`, as `case/state`.
    ///
    /// # Errors
    /// When the answer has errors.
    pub fn data(&self, path: &str) -> anyhow::Result<&Value> {
        ensure!(self.status == 200 && self.body.get("errors").is_none(), "{}: {}", self.status, self.text);
        self.body.pointer(&format!("/data/{path}")).with_context(|| format!("no {path} in {}", self.text))
    }

    /// The payload of the one mutation, without user errors.
    ///
    /// # Errors
    /// When there are errors of either kind.
    pub fn payload(&self) -> anyhow::Result<&Value> {
        let payload = self.first()?;
        ensure!(payload["userErrors"].as_array().is_none_or(Vec::is_empty), "refused: {}", self.text);
        Ok(payload)
    }

    /// The user errors of the one mutation.
    ///
    /// # Errors
    /// When there are none.
    pub fn user_errors(&self) -> anyhow::Result<&Vec<Value>> {
        match self.first()?["userErrors"].as_array() {
            Some(errors) if !errors.is_empty() => Ok(errors),
            _ => bail!("nothing was refused: {}", self.text),
        }
    }

    /// The code of the only user error, with its path.
    ///
    /// # Errors
    /// When it is not the only one.
    pub fn user_error(&self) -> anyhow::Result<(String, String)> {
        let errors = self.user_errors()?;
        ensure!(errors.len() == 1, "{} errors: {}", errors.len(), self.text);
        let path: Vec<&str> =
            errors[0]["path"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        Ok((errors[0]["code"].as_str().unwrap_or_default().to_owned(), path.join(".")))
    }

    /// The code of the first top-level error; empty when there is none.
    #[must_use]
    pub fn code(&self) -> &str {
        self.body.pointer("/errors/0/extensions/code").and_then(Value::as_str).unwrap_or_default()
    }

    /// That it says we are not available, when to try again, and nothing of what is inside.
    ///
    /// # Errors
    /// When it says anything else.
    pub fn says_unavailable(&self) -> anyhow::Result<()> {
        ensure!((self.status, self.code()) == (503, "UNAVAILABLE"), "{}: {}", self.status, self.text);
        ensure!(self.headers.contains_key("retry-after"), "no Retry-After: {:?}", self.headers);
        self.says_nothing_internal()
    }

    /// That it says the operation took too long, and nothing of what is inside.
    ///
    /// # Errors
    /// When it says anything else.
    pub fn says_timeout(&self) -> anyhow::Result<()> {
        ensure!((self.status, self.code()) == (504, "TIMEOUT"), "{}: {}", self.status, self.text);
        self.says_nothing_internal()
    }

    fn says_nothing_internal(&self) -> anyhow::Result<()> {
        const INSIDE: [&str; 8] =
            ["sqlx", "postgres", "connection", "pool", "sqlite", "locked", "statement", "select"];
        let text = self.text.to_lowercase();
        ensure!(INSIDE.iter().all(|word| !text.contains(word)), "{text}");
        Ok(())
    }

    /// The body without what differs from request to request.
    #[must_use]
    pub fn impersonal(&self) -> String {
        let mut body = self.body.clone();
        for error in body["errors"].as_array_mut().into_iter().flatten() {
            if let Some(extensions) = error["extensions"].as_object_mut() {
                extensions.remove("requestId");
            }
        }
        body.to_string()
    }

    fn first(&self) -> anyhow::Result<&Value> {
        ensure!(self.status == 200 && self.body.get("errors").is_none(), "{}: {}", self.status, self.text);
        self.body["data"].as_object().and_then(|data| data.values().next()).context("no data")
    }
}
