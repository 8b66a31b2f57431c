//! How an answer is written: one content, as JSON and as XML. A list in XML is an element that holds one element for each item.

use std::io;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use quick_xml::Writer;
use quick_xml::escape::partial_escape;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};
use serde_json::Value;
use strum::EnumString;

use crate::refusal::Refusal;

/// In which format an answer is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumString)]
#[strum(serialize_all = "lowercase")]
pub(super) enum Format {
    Xml,
    Json,
}

impl Format {
    pub(super) fn response(self, status: StatusCode, root: &str, content: &Value) -> Response {
        let (kind, text) = match self {
            Self::Json => ("application/json; charset=utf-8", content.to_string()),
            Self::Xml => match xml(root, content) {
                Ok(text) => ("text/xml; charset=utf-8", text),
                Err(error) => return Refusal::internal(&error).into_response(),
            },
        };
        (status, [(header::CONTENT_TYPE, HeaderValue::from_static(kind))], text).into_response()
    }
}

fn xml(root: &str, content: &Value) -> io::Result<String> {
    let mut writer = Writer::new(vec![]);
    writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("utf-8"), None)))?;
    element(&mut writer, root, content)?;
    String::from_utf8(writer.into_inner()).map_err(io::Error::other)
}

fn element(writer: &mut Writer<Vec<u8>>, name: &str, content: &Value) -> io::Result<()> {
    if content.is_null() {
        return writer.write_event(Event::Empty(BytesStart::new(name)));
    }
    writer.write_event(Event::Start(BytesStart::new(name)))?;
    match content {
        Value::Object(members) => {
            for (name, member) in members {
                element(writer, name, member)?;
            }
        }
        Value::Array(items) => {
            for item in items {
                element(writer, item_of(name), item)?;
            }
        }
        Value::String(said) => text(writer, said)?,
        plain => text(writer, &plain.to_string())?,
    }
    writer.write_event(Event::End(BytesEnd::new(name)))
}

/// What an item of a list is called: `request` for those of `service_requests`.
fn item_of(list: &str) -> &str {
    let word = list.rsplit('_').next().unwrap_or(list);
    word.strip_suffix('s').unwrap_or(word)
}

/// A text as it is: what XML cannot hold is replaced, and what a reader would change is named.
fn text(writer: &mut Writer<Vec<u8>>, said: &str) -> io::Result<()> {
    let is_kept = |letter: char| matches!(letter, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..);
    let said: String = said.chars().map(|letter| if is_kept(letter) { letter } else { '\u{fffd}' }).collect();
    let escaped = partial_escape(said.as_str()).replace('\r', "&#13;");
    writer.write_event(Event::Text(BytesText::from_escaped(escaped)))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn lists_texts_and_nothing_are_written() {
        let content =
            json!([{"a": "1 < 2 & \"x\"\r\n\u{1}\u{ffff}", "b": null, "c": true, "values": [{"key": 1.5}]}]);
        assert_eq!(
            xml("service_requests", &content).unwrap(),
            "<?xml version=\"1.0\" encoding=\"utf-8\"?><service_requests><request><a>1 &lt; 2 &amp; \"x\"&#13;\n\u{fffd}\u{fffd}</a>\
             <b/><c>true</c><values><value><key>1.5</key></value></values></request></service_requests>"
        );
    }
}
