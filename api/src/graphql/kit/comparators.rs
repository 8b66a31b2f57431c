//! Comparators that filters share.

use async_graphql::InputObject;

use super::scalars::{Date, DateTime};

/// A span of time, half-open: from `from` on, before `until`.
#[derive(Clone, Copy, Debug, InputObject)]
pub struct DateTimeRange {
    /// The earliest instant, included; absent for no lower bound.
    pub from: Option<DateTime>,
    /// The first instant after the span; absent for no upper bound.
    pub until: Option<DateTime>,
}

/// Whole numbers within bounds, both included.
#[derive(Clone, Copy, Debug, InputObject)]
pub struct NumberRange {
    /// The least; absent for no lower bound.
    pub from: Option<i64>,
    /// The greatest; absent for no upper bound.
    pub to: Option<i64>,
}

/// Amounts of money within bounds, both included: yuan with at most two decimals, as `145000.00`.
#[derive(Clone, Debug, InputObject)]
pub struct MoneyRange {
    /// The least, at most 13 characters; absent for no lower bound.
    pub from: Option<String>,
    /// The greatest, at most 13 characters; absent for no upper bound.
    pub to: Option<String>,
}

/// Days within bounds, both included.
#[derive(Clone, Copy, Debug, InputObject)]
pub struct DateRange {
    /// The first; absent for no lower bound.
    pub from: Option<Date>,
    /// The last; absent for no upper bound.
    pub to: Option<Date>,
}

/// What a text must contain.
#[derive(Clone, Debug, InputObject)]
pub struct TextSearch {
    /// Characters that must occur in the text, as they are; 1 to 60 of them.
    #[graphql(validator(chars_min_length = 1, chars_max_length = 60))]
    pub contains: String,
}
