//! The parameters of a GraphQL request, from a JSON body, a query string, or a `subscribe` message.

use std::collections::HashMap;

use async_graphql::Variables;
use http::Uri;
use serde_json::{Map, Value};

use super::documents::bare;
use super::rejection::Rejection;

/// What a client asks for. Unknown members are ignored, as the specification wants.
#[derive(Debug, Default)]
pub(super) struct Params {
    /// The document; empty when only its hash was sent.
    pub(super) query: String,
    pub(super) operation_name: Option<String>,
    pub(super) variables: Variables,
    pub(super) extensions: Map<String, Value>,
    /// The document by its name: `sha256:…`.
    document_id: Option<String>,
}

impl Params {
    /// From the bytes of a body.
    pub(super) fn from_body(body: &[u8]) -> Result<Self, Rejection> {
        let value = serde_json::from_slice(body)
            .map_err(|error| Rejection::bad_request(format!("the body is not JSON: {error}")))?;
        Self::from_json(value)
    }

    /// From a JSON object; batches (arrays) are refused, their limit is one.
    pub(super) fn from_json(value: Value) -> Result<Self, Rejection> {
        let mut members = match value {
            Value::Object(members) => members,
            Value::Array(_) => {
                return Err(Rejection::bad_request("send one request, not a batch (the limit is 1)"));
            }
            _ => return Err(Rejection::bad_request("a request is a JSON object")),
        };
        let query = string(&mut members, "query")?;
        let operation_name = string(&mut members, "operationName")?;
        let document_id = string(&mut members, "documentId")?;
        let variables = object(&mut members, "variables")?;
        if query.as_deref().is_some_and(writes_nul) || variables.values().any(holds_nul) {
            return Err(Rejection::bad_request("a text holds U+0000, which no text can"));
        }
        let variables = async_graphql::Value::from_json(Value::Object(variables))
            .map_err(|_| Rejection::bad_request("variables hold a value that GraphQL does not know"))?;
        let extensions = object(&mut members, "extensions")?;
        if query.is_none() && document_id.is_none() && !extensions.contains_key("persistedQuery") {
            return Err(Rejection::bad_request("query is missing"));
        }
        Ok(Self {
            query: query.unwrap_or_default(),
            operation_name,
            variables: Variables::from_value(variables),
            extensions,
            document_id,
        })
    }

    /// From the query string of a GET; an empty parameter counts as absent.
    pub(super) fn from_query(uri: &Uri) -> Result<Self, Rejection> {
        let pairs: Vec<(String, String)> = axum::extract::Query::try_from_uri(uri)
            .map_err(|_| Rejection::bad_request("the query string is not URL-encoded UTF-8"))?
            .0;
        let mut members = Map::new();
        for (name, text) in pairs {
            let value = match name.as_str() {
                _ if text.is_empty() => continue,
                "query" | "operationName" | "documentId" => Value::String(text),
                "variables" | "extensions" => serde_json::from_str(&text)
                    .map_err(|_| Rejection::bad_request(format!("{name} is not JSON")))?,
                _ => continue,
            };
            if members.insert(name.clone(), value).is_some() {
                return Err(Rejection::bad_request(format!("{name} appears twice")));
            }
        }
        Self::from_json(Value::Object(members))
    }

    /// The hash of the document, when only that was sent: by its id, or as automatic persisted queries have it. One that is no
    /// hash of ours is one that nobody knows.
    pub(super) fn document_hash(&self) -> Option<String> {
        let persisted =
            || Some(self.extensions.get("persistedQuery")?["sha256Hash"].as_str().unwrap_or_default());
        self.document_id.as_deref().or_else(persisted).map(bare)
    }

    /// The request for the executor; the document comes separately, already parsed.
    pub(super) fn into_request(self) -> async_graphql::Request {
        let mut request = async_graphql::Request::new(self.query).variables(self.variables);
        request.operation_name = self.operation_name;
        request.extensions = async_graphql::Extensions(
            self.extensions
                .into_iter()
                .filter_map(|(name, value)| Some((name, async_graphql::Value::from_json(value).ok()?)))
                .collect::<HashMap<_, _>>(),
        );
        request
    }
}

/// Whether a value holds a text with U+0000, which PostgreSQL cannot store or even compare.
fn holds_nul(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains('\0'),
        Value::Array(items) => items.iter().any(holds_nul),
        Value::Object(members) => members.values().any(holds_nul),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

/// Whether a document writes U+0000, as it is or as the escape `\u0000`.
fn writes_nul(document: &str) -> bool {
    let mut rest = document;
    while let Some((_, escaped)) = rest.split_once('\\') {
        if escaped.starts_with("u0000") {
            return true;
        }
        let mut letters = escaped.chars();
        letters.next();
        rest = letters.as_str();
    }
    document.contains('\0')
}

fn string(members: &mut Map<String, Value>, name: &'static str) -> Result<Option<String>, Rejection> {
    match members.remove(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(Rejection::bad_request(format!("{name} must be a string"))),
    }
}

fn object(members: &mut Map<String, Value>, name: &'static str) -> Result<Map<String, Value>, Rejection> {
    match members.remove(name) {
        None | Some(Value::Null) => Ok(Map::new()),
        Some(Value::Object(object)) => Ok(object),
        Some(_) => Err(Rejection::bad_request(format!("{name} must be an object"))),
    }
}
