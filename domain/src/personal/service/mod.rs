//! Use cases of the personal slice, one per file.

mod reveal;

use crate::kernel::failure::Failure;
use crate::kernel::whole::Person;
use crate::personal::error::PersonError;
use crate::store::Db;

/// What a use case of this slice answers.
type Answer<T> = Result<T, Failure<PersonError>>;

/// How many people an account reads whole in a day unless the deployment says otherwise: a dispatcher makes some dozens of calls.
pub const REVEALS_PER_DAY: u32 = 60;

/// Reading people whole. Cheap to clone.
#[derive(Clone, Debug)]
pub struct PersonalService {
    db: Db,
    per_day: u32,
}

/// A person who was read.
#[derive(Clone, Debug)]
pub struct Revealed {
    /// Who it is.
    pub person: Person,
    /// How many more the caller may read until one of the last day no longer counts.
    pub left: u32,
}

impl PersonalService {
    /// The service over a store; an account reads so many people in a day.
    #[must_use]
    pub const fn new(db: Db, per_day: u32) -> Self {
        Self { db, per_day }
    }
}
