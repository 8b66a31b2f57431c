//! What a caller of the programmes slice can get wrong.

use strum::{EnumDiscriminants, EnumIter, IntoStaticStr};

use crate::kernel::failure::Refusing;
use crate::programmes::fault::Fault;

/// A mistake in a request to the programmes slice.
#[derive(Clone, Debug, PartialEq, Eq, EnumDiscriminants)]
#[strum_discriminants(name(ProgrammeErrorCode))]
#[strum_discriminants(derive(EnumIter, IntoStaticStr, Hash))]
#[strum_discriminants(strum(serialize_all = "SCREAMING_SNAKE_CASE"))]
#[strum_discriminants(doc = "The code of a [`ProgrammeError`].")]
pub enum ProgrammeError {
    /// No such programme, version or template.
    NotFound,
    /// It changed since the caller saw it.
    Conflict {
        /// Its present version.
        current_version: i64,
    },
    /// The file breaks a rule.
    InvalidDefinition(Fault),
    /// Another programme of the tenant has the key.
    KeyTaken,
    /// The file is of another programme: a key never changes.
    KeyChanged,
    /// Nothing was drafted since the last publishing.
    NoDraft,
    /// The tenant has no category by a code that the file names.
    UnknownCategory {
        /// The code.
        code: String,
    },
    /// The tenant has no organisation by a code that the file names.
    UnknownOrganisation {
        /// The code.
        code: String,
    },
    /// Another programme is for the same cases.
    Contended {
        /// Its key.
        key: String,
    },
}

impl Refusing for ProgrammeError {}

impl ProgrammeError {
    /// The stable code.
    #[must_use]
    pub fn code(&self) -> ProgrammeErrorCode {
        self.into()
    }
}
