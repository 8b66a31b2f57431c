//! Scalars: instants and days. Everything else is an object or an enum with a meaning.

use async_graphql::{InputValueError, InputValueResult, Scalar, ScalarType, Value};
use chrono::{DateTime as Instant, NaiveDate, SecondsFormat, Utc};
use fengqiao_domain::kernel::id::Timestamp;

/// An instant in RFC 3339, answered in UTC with microseconds: `2026-11-22T08:30:00.000000Z`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DateTime(pub Timestamp);

/// An instant in RFC 3339, answered in UTC with microseconds: `2026-11-22T08:30:00.000000Z`.
#[Scalar(name = "DateTime", specified_by_url = "https://scalars.graphql.org/andimarek/date-time")]
impl ScalarType for DateTime {
    fn parse(value: Value) -> InputValueResult<Self> {
        let Value::String(text) = &value else { return Err(InputValueError::expected_type(value)) };
        let instant = Instant::parse_from_rfc3339(text)
            .map_err(|_| InputValueError::custom("not an RFC 3339 instant such as 2026-11-22T08:30:00Z"))?;
        Ok(Self(Timestamp(instant.timestamp_micros())))
    }

    fn is_valid(value: &Value) -> bool {
        Self::parse(value.clone()).is_ok()
    }

    fn to_value(&self) -> Value {
        let instant = Instant::<Utc>::from_timestamp_micros(self.0.micros()).unwrap_or_default();
        Value::String(instant.to_rfc3339_opts(SecondsFormat::Micros, true))
    }
}

/// A day of the tenant's calendar as `YYYY-MM-DD`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Date(pub NaiveDate);

/// A day of the tenant's calendar as `YYYY-MM-DD`.
#[Scalar(name = "Date", specified_by_url = "https://scalars.graphql.org/andimarek/local-date")]
impl ScalarType for Date {
    fn parse(value: Value) -> InputValueResult<Self> {
        let Value::String(text) = &value else { return Err(InputValueError::expected_type(value)) };
        NaiveDate::parse_from_str(text, "%Y-%m-%d")
            .map(Self)
            .map_err(|_| InputValueError::custom("not a day such as 2026-11-22"))
    }

    fn is_valid(value: &Value) -> bool {
        Self::parse(value.clone()).is_ok()
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.to_string())
    }
}

impl Date {
    /// The day of a stored text.
    #[must_use]
    pub fn from_text(text: &str) -> Option<Self> {
        NaiveDate::parse_from_str(text, "%Y-%m-%d").ok().map(Self)
    }
}
