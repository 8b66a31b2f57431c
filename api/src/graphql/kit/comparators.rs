//! Comparators that filters share.

use async_graphql::InputObject;

use super::scalars::DateTime;

/// A span of time, half-open: from `from` on, before `until`.
#[derive(Clone, Copy, Debug, InputObject)]
pub struct DateTimeRange {
    /// The earliest instant, included; absent for no lower bound.
    pub from: Option<DateTime>,
    /// The first instant after the span; absent for no upper bound.
    pub until: Option<DateTime>,
}

/// What a text must contain.
#[derive(Clone, Debug, InputObject)]
pub struct TextSearch {
    /// Characters that must occur in the text, as they are; 1 to 60 of them.
    #[graphql(validator(chars_min_length = 1, chars_max_length = 60))]
    pub contains: String,
}
