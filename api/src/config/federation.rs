//! Settings of the federation slice.

use std::time::Duration;

use fengqiao_domain::federation::FederationSettings;
use fengqiao_domain::kernel::address::{Addresses, IpNet};
use serde::Deserialize;
use url::Url;

use crate::config::networks::networks;

/// Whose word counts for who somebody is, and how they are asked.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Federation {
    /// Where WeChat's interfaces are.
    pub wechat_url: String,
    /// Longest wait for an answer.
    pub answer_seconds: u32,
    /// For how long an ID token is shown after it was made.
    pub id_token_seconds: u32,
    /// Answers of WeChat that one process waits for at a time, and as many of issuers.
    pub at_once: u32,
    /// Whether WeChat is asked, and keys are fetched, by `http` too.
    pub allow_http: bool,
    /// Networks in which keys are fetched although they are not public.
    pub allowed_networks: Vec<String>,
}

impl Federation {
    /// The rules for the domain.
    #[must_use]
    pub fn rules(&self) -> FederationSettings {
        FederationSettings {
            id_token_seconds: self.id_token_seconds.into(),
            at_once: self.at_once as usize,
            ..FederationSettings::default()
        }
    }

    /// Longest wait for an answer.
    #[must_use]
    pub fn answer(&self) -> Duration {
        Duration::from_secs(self.answer_seconds.into())
    }

    /// Where keys are fetched.
    #[must_use]
    pub fn addresses(&self) -> Addresses {
        Addresses { plain: self.allow_http, open: self.networks().unwrap_or_default() }
    }

    fn networks(&self) -> Result<Vec<IpNet>, String> {
        networks("federation.allowed_networks", &self.allowed_networks)
    }

    /// Whether the settings make sense.
    pub(super) fn check(&self) -> Result<(), String> {
        let bounds = [
            ("answer_seconds", self.answer_seconds, 1, 20),
            ("id_token_seconds", self.id_token_seconds, 60, 3_600),
            ("at_once", self.at_once, 1, 1_024),
        ];
        for (key, value, least, most) in bounds {
            if !(least..=most).contains(&value) {
                return Err(format!("federation.{key} is {value} and must be {least} to {most}"));
            }
        }
        // Nothing in it is a secret, so that it may be shown.
        let plain = |url: Url| {
            let bare = url.username().is_empty() && url.password().is_none();
            let whole = url.query().is_none() && url.fragment().is_none();
            (url.scheme() == "https" || self.allow_http && url.scheme() == "http") && bare && whole
        };
        if !Url::parse(&self.wechat_url).is_ok_and(plain) {
            return Err("federation.wechat_url is no address such as https://api.weixin.qq.com".to_owned());
        }
        self.networks().map(drop)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_out_of_bounds_is_named() {
        let good = Federation {
            wechat_url: "https://api.weixin.qq.com".to_owned(),
            answer_seconds: 4,
            id_token_seconds: 600,
            at_once: 32,
            allow_http: false,
            allowed_networks: vec![],
        };
        assert_eq!(good.check(), Ok(()));
        let slow = Federation { answer_seconds: 21, ..good.clone() };
        assert_eq!(slow.check(), Err("federation.answer_seconds is 21 and must be 1 to 20".to_owned()));
        for bad in [
            "",
            "api.weixin.qq.com",
            "ftp://a",
            "https://a?secret=b",
            "https://a:b@c",
            "https://a#b",
            "http://a",
        ] {
            assert!(Federation { wechat_url: bad.to_owned(), ..good.clone() }.check().is_err(), "{bad}");
        }
        let wide = Federation { allowed_networks: vec!["ten".to_owned()], ..good };
        assert!(wide.check().is_err());
    }
}
