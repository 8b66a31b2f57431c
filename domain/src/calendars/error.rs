//! What a caller of the calendars slice can get wrong.

use strum::{EnumDiscriminants, EnumIter, IntoStaticStr};

use crate::kernel::failure::Refusing;

/// A mistake in a request to the calendars slice.
#[derive(Clone, Debug, PartialEq, Eq, EnumDiscriminants)]
#[strum_discriminants(name(CalendarErrorCode))]
#[strum_discriminants(derive(EnumIter, IntoStaticStr, Hash))]
#[strum_discriminants(strum(serialize_all = "SCREAMING_SNAKE_CASE"))]
#[strum_discriminants(doc = "The code of a [`CalendarError`].")]
pub enum CalendarError {
    /// It changed since the caller saw it.
    Conflict {
        /// Its present version.
        current_version: i64,
    },
    /// No zone of the IANA database has that name.
    InvalidZone,
    /// A time of day is not between 00:00 and 24:00, or is not written so.
    InvalidTime,
    /// A shift ends before it begins, two overlap, or there is none.
    InvalidShifts,
    /// Every day of the week is a day of rest.
    NoWorkday,
    /// Periods do not follow each other: two begin on one day, or a later one stands first.
    InvalidPeriods,
    /// More periods than a calendar may have.
    TooManyPeriods {
        /// Most.
        limit: usize,
    },
}

impl Refusing for CalendarError {}

impl CalendarError {
    /// The stable code.
    #[must_use]
    pub fn code(&self) -> CalendarErrorCode {
        self.into()
    }
}
