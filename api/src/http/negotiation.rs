//! Media types: what a body may be, and what an answer should be (GraphQL over HTTP, RFC 9110 §12).

use http::{HeaderMap, HeaderValue, header};

use super::quality::{ranges, value_and_parameters};

/// The media type of a single answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Media {
    /// `application/json`: 200 for every well-formed request, as clients before the specification expect.
    Json,
    /// `application/graphql-response+json`: 4xx when nothing was executed. Only when it is named.
    GraphqlJson,
}

impl Media {
    pub(super) const fn content_type(self) -> HeaderValue {
        HeaderValue::from_static(match self {
            Self::Json => "application/json; charset=utf-8",
            Self::GraphqlJson => "application/graphql-response+json; charset=utf-8",
        })
    }
}

/// What the client accepts of what we have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Accepted {
    /// A single answer, in which type.
    pub(super) single: Option<Media>,
    /// A stream of events; only when `text/event-stream` is named.
    pub(super) events: bool,
}

impl Accepted {
    /// Reads `Accept`; without one, `application/json` is assumed.
    pub(super) fn read(headers: &HeaderMap) -> Self {
        let wishes: Vec<_> = ranges(headers, &header::ACCEPT)
            .into_iter()
            .filter(|range| {
                let charset = range.parameters.iter().find(|(name, _)| name == "charset");
                charset.is_none_or(|(_, charset)| charset == "utf-8")
            })
            .collect();
        if !headers.contains_key(header::ACCEPT) {
            return Self { single: Some(Media::Json), events: false };
        }
        let named =
            |name: &str| wishes.iter().filter(|wish| wish.value == name).map(|wish| wish.quality).max();
        let json = named("application/json")
            .or_else(|| named("application/*"))
            .or_else(|| named("*/*"))
            .unwrap_or(0);
        let graphql_json = named("application/graphql-response+json").unwrap_or(0);
        let single = match (graphql_json, json) {
            (0, 0) => None,
            (graphql_json, json) if graphql_json >= json => Some(Media::GraphqlJson),
            _ => Some(Media::Json),
        };
        Self { single, events: named("text/event-stream").is_some_and(|quality| quality > 0) }
    }

    /// Whether there is nothing we could answer with.
    pub(super) const fn nothing(self) -> bool {
        self.single.is_none() && !self.events
    }

    /// The type of an answer that must be given even if no single answer is accepted.
    pub(super) fn media(self) -> Media {
        self.single.unwrap_or(Media::Json)
    }
}

/// Whether a body of this content type is read: JSON in UTF-8 and nothing else. Not `text/plain`, not a
/// form, and not a missing type: those a foreign page may send without asking (CSRF).
pub(super) fn readable(headers: &HeaderMap) -> bool {
    let mut values = headers.get_all(header::CONTENT_TYPE).iter();
    let (Some(value), None) = (values.next(), values.next()) else {
        return false;
    };
    let Ok(value) = value.to_str() else {
        return false;
    };
    let (media, parameters) = value_and_parameters(value);
    matches!(media.as_str(), "application/json" | "application/graphql-response+json")
        && parameters
            .iter()
            .all(|(name, value)| name == "charset" && matches!(value.as_str(), "utf-8" | "utf8"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accepted(value: &str) -> Accepted {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT, value.parse().expect("a header"));
        Accepted::read(&headers)
    }

    #[test]
    fn json_unless_the_newer_type_is_named() {
        for (value, single) in [
            ("*/*", Some(Media::Json)),
            ("application/*", Some(Media::Json)),
            ("application/json", Some(Media::Json)),
            ("application/json; charset=utf-8", Some(Media::Json)),
            ("application/graphql-response+json", Some(Media::GraphqlJson)),
            ("application/graphql-response+json, application/json", Some(Media::GraphqlJson)),
            ("application/json, application/graphql-response+json;q=0.9", Some(Media::Json)),
            ("application/graphql-response+json;q=0, */*", Some(Media::Json)),
            ("application/json;q=0, application/*", None),
            ("application/json; charset=latin1", None),
            ("text/html", None),
            ("text/html, */*;q=0.1", Some(Media::Json)),
            ("text/event-stream", None),
        ] {
            assert_eq!(accepted(value).single, single, "{value}");
        }
        assert_eq!(Accepted::read(&HeaderMap::new()).single, Some(Media::Json));
    }

    #[test]
    fn a_stream_of_events_must_be_named() {
        assert!(accepted("text/event-stream").events);
        assert!(accepted("application/json, text/event-stream;q=0.5").events);
        assert!(!accepted("text/event-stream;q=0").events);
        assert!(!accepted("*/*").events);
        assert!(accepted("text/html").nothing());
    }
}
