//! What is asked of the personal slice.

use strum::{EnumIter, EnumString, IntoStaticStr};

use crate::kernel::failure::Problem;
use crate::kernel::id::{AccountId, CaseId, StaffMemberId, VisitId};
use crate::kernel::mutant::{self, Mutant};
use crate::kernel::text;
use crate::personal::error::PersonError;

/// Most characters of a note: a sentence.
const NOTE_LIMIT: usize = 200;

/// Who is to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// Whoever holds an account.
    Account(AccountId),
    /// Whoever reported a case, and where it occurred.
    Reporter(CaseId),
    /// Somebody of the force.
    StaffMember(StaffMemberId),
    /// Whoever was visited.
    Visited(VisitId),
}

impl Subject {
    /// What it is, for the audit trail.
    pub(super) const fn kind(self) -> &'static str {
        match self {
            Self::Account(_) => "account",
            Self::Reporter(_) => "reporter",
            Self::StaffMember(_) => "staff_member",
            Self::Visited(_) => "visited",
        }
    }

    /// The id of what names them.
    pub(super) fn target(self) -> String {
        match self {
            Self::Account(id) => id.to_string(),
            Self::Reporter(id) => id.to_string(),
            Self::StaffMember(id) => id.to_string(),
            Self::Visited(id) => id.to_string(),
        }
    }
}

/// What somebody is read for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, EnumString, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum RevealPurpose {
    /// To call or to meet them.
    Contact,
    /// To find out whether they are who they say.
    Verification,
    /// To help them at once.
    Assistance,
    /// Something else, which the note says.
    Other,
}

/// Read somebody whole.
#[derive(Clone, Debug)]
pub struct RevealPerson {
    /// Who.
    pub subject: Subject,
    /// What for.
    pub purpose: RevealPurpose,
    /// What for, in words.
    pub note: Option<String>,
}

impl RevealPerson {
    /// The note, if there is one: where the purpose says nothing there must be.
    pub(super) fn noted(&self) -> Result<Option<String>, Problem<PersonError>> {
        let bad = |bad| Problem::at("note", PersonError::from(bad));
        match (self.purpose, self.note.as_deref()) {
            (RevealPurpose::Other, note) if !mutant::active(Mutant::UnsaidPurpose) => {
                text::required(note.unwrap_or_default(), NOTE_LIMIT).map(Some).map_err(bad)
            }
            (_, note) => text::optional(note, NOTE_LIMIT).map_err(bad),
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn whoever_has_another_purpose_says_which() {
        let noted = |purpose, note: Option<&str>| {
            let subject = Subject::Account(AccountId::from_uuid(Uuid::nil()));
            RevealPerson { subject, purpose, note: note.map(str::to_owned) }.noted().map_err(|bad| bad.error)
        };
        assert_eq!(noted(RevealPurpose::Contact, None), Ok(None));
        assert_eq!(noted(RevealPurpose::Contact, Some(" a ")), Ok(Some("a".to_owned())));
        for nothing in [None, Some(""), Some(" ")] {
            assert_eq!(noted(RevealPurpose::Other, nothing), Err(PersonError::Required));
        }
        assert_eq!(noted(RevealPurpose::Other, Some("a")), Ok(Some("a".to_owned())));
        let long = "长".repeat(201);
        assert_eq!(noted(RevealPurpose::Contact, Some(&long)), Err(PersonError::TooLong { limit: 200 }));
    }
}
