//! What is wrong with a request that cannot mean anything, in the words of `locales/request.yml`.

use strum::{EnumIter, IntoStaticStr};

use super::message::message;
use crate::bilingual::Bilingual;
use crate::http::Language;

/// Why a request cannot mean anything: no person can mend it in a form, its program can.
#[derive(Clone, Debug, PartialEq, Eq, EnumIter, IntoStaticStr)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum Mistake {
    /// A page from the start and from the end at once.
    BothDirections,
    /// A page of no size, or of too many elements.
    PageSize {
        /// Most elements.
        limit: u64,
    },
    /// A cursor that no list of ours gave out.
    NotACursor,
    /// A cursor of another list, or of another order of this one.
    ForeignCursor,
    /// An id that is none, or one of another kind.
    NotAnId {
        /// The prefix of the kind that is wanted.
        prefix: &'static str,
    },
    /// An id that `node` does not find.
    NotANodeId,
    /// A list of too many ids.
    TooManyIds {
        /// Most ids.
        limit: usize,
    },
    /// A list of too many elements.
    TooMany {
        /// Most elements.
        limit: usize,
    },
    /// Arguments that are there and cannot be read.
    UnreadableArguments,
    /// A telephone number that is none.
    NotAPhone,
    /// A template that does not ship.
    UnknownTemplate,
    /// A simulation whose times run backward or over more than ten years, or whose limit is none.
    ImpossiblePlay,
    /// An amount of money that is none.
    NotMoney,
    /// A merger into two units, or into none.
    OneSuccessor,
    /// The year of a code without its system.
    YearWithoutSystem,
    /// A point that is not on earth.
    OffEarth,
}

impl Mistake {
    /// Its text in every language, for the edge knows which one the answer speaks.
    pub(super) fn texts(&self) -> Bilingual {
        let name: &'static str = self.into();
        let key = format!("request.{name}");
        let holes = match self {
            Self::PageSize { limit } => vec![("limit", limit.to_string())],
            Self::TooManyIds { limit } | Self::TooMany { limit } => vec![("limit", limit.to_string())],
            Self::NotAnId { prefix } => vec![("prefix", (*prefix).to_owned())],
            _ => vec![],
        };
        Bilingual { zh: message(Language::Zh, &key, &holes), en: message(Language::En, &key, &holes) }
    }
}

#[cfg(test)]
mod tests {
    use strum::IntoEnumIterator as _;

    use super::*;

    #[test]
    fn every_mistake_has_a_text_in_both_languages() {
        for mistake in Mistake::iter() {
            let Bilingual { zh, en } = mistake.texts();
            assert!(!zh.starts_with("request.") && !zh.is_ascii(), "no Chinese text for {mistake:?}");
            assert!(!en.starts_with("request.") && en.is_ascii(), "no English text for {mistake:?}");
            assert!(!zh.contains("%{") && !en.contains("%{"), "a hole is left open for {mistake:?}");
        }
    }
}
