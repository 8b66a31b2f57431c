//! How the servers of a deployment meet.

use std::net::IpAddr;
use std::time::Duration;

use serde::Deserialize;
use url::{Host, Url};

use super::Profile;
use super::masked::masked;

/// Longest `redis.prefix`, in letters.
const MOST_LETTERS: usize = 40;

/// Where a deployment's servers meet.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Redis {
    /// Address, or empty.
    pub url: String,
    /// Begins every key.
    pub prefix: String,
    /// Longest wait for it.
    pub timeout_millis: u32,
}

impl Redis {
    /// Longest wait for it.
    #[must_use]
    pub fn timeout(&self) -> Duration {
        Duration::from_millis(self.timeout_millis.into())
    }

    /// The address without its password, to be shown.
    #[must_use]
    pub fn shown(&self) -> String {
        masked(&self.url)
    }

    /// Whether address and prefix are what they must be.
    ///
    /// # Errors
    /// One line that names the key, without the address: it may hold a password.
    pub fn check(&self) -> Result<(), String> {
        let is_plain = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_');
        if self.prefix.is_empty() || self.prefix.len() > MOST_LETTERS || !self.prefix.chars().all(is_plain) {
            return Err(format!("redis.prefix must be 1 to {MOST_LETTERS} letters, digits, \"-\" and \"_\""));
        }
        if self.url.is_empty() {
            return Ok(());
        }
        let must = "redis.url must be redis://[[USER]:PASSWORD@]HOST[:PORT][/NUMBER], or rediss:// for TLS";
        let url = Url::parse(&self.url).map_err(|error| format!("{must}: {error}"))?;
        if !matches!(url.scheme(), "redis" | "rediss") || url.host_str().is_none_or(str::is_empty) {
            return Err(must.to_owned());
        }
        let number = url.path().trim_start_matches('/');
        if !number.is_empty() && number.parse::<u16>().is_err() {
            return Err(format!("{must}: what follows the port is no number"));
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(format!("{must}: a \"?\" or \"#\" of a password is written %3F or %23"));
        }
        Ok(())
    }

    /// What an operator should know of an address that works and is careless.
    #[must_use]
    pub fn doubt(&self, profile: Profile) -> Option<&'static str> {
        let url = Url::parse(&self.url).ok().filter(|_| profile == Profile::Production)?;
        let is_open = url.scheme() == "redis" && url.password().is_none_or(str::is_empty);
        (is_open && !is_own_machine(&url)).then_some(
            "redis.url names another machine without TLS and without a password: whoever reaches it can silence \
             the servers and lift their limits",
        )
    }
}

/// The library takes an address of a scheme that it does not know for a name.
fn is_own_machine(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => {
            name == "localhost" || name.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
        }
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

impl std::fmt::Debug for Redis {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Redis")
            .field("url", &masked(&self.url))
            .field("prefix", &self.prefix)
            .field("timeout_millis", &self.timeout_millis)
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(url: &str) -> Redis {
        Redis { url: url.to_owned(), prefix: "fengqiao".to_owned(), timeout_millis: 500 }
    }

    #[test]
    fn an_address_is_of_redis_and_of_some_machine() {
        for good in ["", "redis://h", "redis://:p%3Fw@h:6380/2", "rediss://u:p@h:6380", "redis://[::1]:6379/"]
        {
            assert_eq!(at(good).check(), Ok(()), "{good}");
        }
        for bad in [
            "h:6379",
            "http://h:6379",
            "redis://",
            "redis:h",
            "redis://h:port",
            "redis://h/other",
            "redis://:s3cret?x@h",
            "redis://h?x=1",
            "unix:///tmp/redis",
        ] {
            let said = at(bad).check().expect_err(bad);
            assert!(said.starts_with("redis.url must be redis://") && said.lines().count() == 1, "{said}");
            assert!(!said.contains("s3cret"), "{said}");
        }
    }

    #[test]
    fn a_prefix_is_one_word() {
        for bad in ["", "a:b", "a b", "区", &"a".repeat(41)] {
            let said = Redis { prefix: bad.to_owned(), ..at("") }.check().expect_err(bad);
            assert!(said.starts_with("redis.prefix must be"), "{said}");
        }
        assert_eq!(Redis { prefix: "wuhai-2_test".to_owned(), ..at("") }.check(), Ok(()));
    }

    #[test]
    fn an_open_server_elsewhere_is_doubted_in_production() {
        for (url, doubted) in [
            ("", false),
            ("redis://127.0.0.1:6379", false),
            ("redis://localhost", false),
            ("redis://[::1]:6379", false),
            ("redis://:p@cache:6379", false),
            ("rediss://cache:6380", false),
            ("redis://cache:6379", true),
            ("redis://10.0.0.7", true),
            ("redis://u:@cache", true),
        ] {
            assert_eq!(at(url).doubt(Profile::Production).is_some(), doubted, "{url}");
            assert_eq!(at(url).doubt(Profile::Development), None, "{url}");
        }
    }
}
