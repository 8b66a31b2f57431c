//! A text in every language that we have: between whoever says it and whoever knows the reader's language.

use crate::http::Language;

/// A text in every language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Bilingual {
    /// In Chinese.
    pub(crate) zh: String,
    /// In English.
    pub(crate) en: String,
}

impl Bilingual {
    /// The text in this language.
    pub(crate) fn told(&self, language: Language) -> &str {
        match language {
            Language::Zh => &self.zh,
            Language::En => &self.en,
        }
    }
}
