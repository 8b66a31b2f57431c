//! The language of messages to the user, from `Accept-Language`.

use http::{HeaderMap, header};

use super::quality::ranges;

/// A language that we have messages in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Language {
    /// 简体中文 (`zh-CN`), the default.
    #[default]
    Zh,
    /// English (`en`).
    En,
}

impl Language {
    /// The language tag.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::Zh => "zh-CN",
            Self::En => "en",
        }
    }

    /// The language the client likes best among ours; without a preference, Chinese.
    pub(crate) fn negotiate(headers: &HeaderMap) -> Self {
        let mut best = (0, Self::default());
        for range in ranges(headers, &header::ACCEPT_LANGUAGE) {
            let primary = range.value.split('-').next().unwrap_or_default();
            let language = match primary {
                "zh" | "*" => Self::Zh,
                "en" => Self::En,
                _ => continue,
            };
            if range.quality > best.0 {
                best = (range.quality, language);
            }
        }
        best.1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_liked_of_ours_wins() {
        for (accepted, language) in [
            ("", Language::Zh),
            ("en", Language::En),
            ("en-US,en;q=0.9", Language::En),
            ("zh-CN,zh;q=0.9,en;q=0.8", Language::Zh),
            ("en;q=0.5, zh;q=0.6", Language::Zh),
            ("fr, en;q=0.3", Language::En),
            ("fr", Language::Zh),
            ("en;q=0", Language::Zh),
            ("*", Language::Zh),
            ("en;q=nonsense", Language::Zh),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT_LANGUAGE, accepted.parse().expect("a header"));
            assert_eq!(Language::negotiate(&headers), language, "{accepted}");
        }
    }
}
