//! What a server shows besides the API: where its metrics are, and when it has an explorer.

use std::net::SocketAddr;

use serde::{Deserialize, Deserializer};

use super::Profile;

/// Where the metrics are.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Metrics {
    /// An address of their own; without one they are beside the API.
    #[serde(deserialize_with = "address")]
    pub listen: Option<SocketAddr>,
}

/// The page at `/`.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Explorer {
    /// When there is one.
    pub served: Served,
}

/// When something is served.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Served {
    /// Where no real people's data is.
    InDevelopment,
    /// In every profile.
    Always,
    /// In none.
    Never,
}

impl Explorer {
    /// Whether there is one.
    #[must_use]
    pub fn is_served(self, profile: Profile) -> bool {
        match self.served {
            Served::InDevelopment => profile == Profile::Development,
            Served::Always => true,
            Served::Never => false,
        }
    }
}

/// An address and a port, or nothing.
fn address<'de, D: Deserializer<'de>>(from: D) -> Result<Option<SocketAddr>, D::Error> {
    let text = String::deserialize(from)?;
    if text.is_empty() {
        return Ok(None);
    }
    let wrong = |_| serde::de::Error::custom(format!("metrics.listen is {text:?} and must be ADDRESS:PORT"));
    text.parse().map(Some).map_err(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_explorer_is_for_those_who_develop() {
        let served = |served, profile| Explorer { served }.is_served(profile);
        assert!(served(Served::InDevelopment, Profile::Development));
        assert!(!served(Served::InDevelopment, Profile::Production));
        assert!(served(Served::Always, Profile::Production));
        assert!(!served(Served::Never, Profile::Development));
    }

    #[test]
    fn an_address_is_read_or_there_is_none() {
        let read = |text: &str| serde_json::from_value::<Metrics>(serde_json::json!({ "listen": text }));
        assert_eq!(read("").map(|metrics| metrics.listen).ok(), Some(None));
        let known = read("127.0.0.1:9464").map(|metrics| metrics.listen.map(|at| at.port()));
        assert_eq!(known.ok(), Some(Some(9464)));
        let refused = read("9464").expect_err("no address").to_string();
        assert!(refused.contains("metrics.listen"), "{refused}");
    }
}
