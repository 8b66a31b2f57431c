//! Return visits (回访): somebody who did not report the result asks the reporter what they make of it. Pure.

use strum::{EnumIter, EnumString, IntoStaticStr};

use crate::cases::error::CaseError;
use crate::cases::model::CaseRating;
use crate::kernel::failure::Problem;
use crate::kernel::id::{AccountId, Timestamp};
use crate::programmes::CaseAct;

/// Most return visits of one case: whoever is not reached after so many will not be.
pub const MOST_RETURN_VISITS: usize = 20;

/// How a return visit was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, EnumString, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum VisitChannel {
    /// By telephone (电话).
    Phone,
    /// Face to face (上门).
    InPerson,
    /// By a message (短信).
    Message,
}

/// Whether anybody was reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, EnumString, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum Contact {
    /// Somebody was (联系上).
    Reached,
    /// Nobody was (未联系上).
    NotReached,
}

/// A return visit that was made. What was said stands in the timeline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReturnVisit {
    /// How.
    pub channel: VisitChannel,
    /// What they make of the result; none when nobody was reached.
    pub rating: Option<CaseRating>,
    /// When.
    pub at: Timestamp,
    /// Who made it; absent for the system itself.
    pub by: Option<AccountId>,
}

impl ReturnVisit {
    /// Whether anybody was reached.
    #[must_use]
    pub const fn contact(&self) -> Contact {
        if self.rating.is_some() { Contact::Reached } else { Contact::NotReached }
    }
}

/// When somebody was last reached about the result that stands, after an act. With the result goes what was said of it: whoever
/// reports another is asked about anew.
pub(super) fn reached_at(
    before: Option<Timestamp>,
    act: CaseAct,
    visit: Option<&ReturnVisit>,
) -> Option<Timestamp> {
    match act {
        CaseAct::Complete | CaseAct::SendBack | CaseAct::Reopen => None,
        CaseAct::ReturnVisit => {
            visit.filter(|visit| visit.contact() == Contact::Reached).map(|visit| visit.at).or(before)
        }
        _ => before,
    }
}

/// What is wrong with what is told of a return visit: whoever was reached judges, nobody else does, and a word is
/// said of why nobody was, or of why they are dissatisfied.
pub(super) fn unfit(
    contact: Contact,
    rating: Option<CaseRating>,
    note: Option<&str>,
) -> Option<Problem<CaseError>> {
    match (contact, rating) {
        (Contact::Reached, None) => Some(Problem::at("rating", CaseError::Required)),
        (Contact::NotReached, Some(_)) => Some(Problem::at("rating", CaseError::InvalidRating)),
        (Contact::NotReached, None) | (Contact::Reached, Some(CaseRating::Dissatisfied))
            if note.is_none() =>
        {
            Some(Problem::at("note", CaseError::Required))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{Contact, ReturnVisit, VisitChannel, reached_at, unfit};
    use crate::cases::error::CaseError;
    use crate::cases::model::CaseRating;
    use crate::kernel::id::Timestamp;
    use crate::programmes::CaseAct;

    #[test]
    fn whoever_is_reached_judges_and_a_word_is_said_where_it_is_needed() {
        let told = |contact, rating, note| unfit(contact, rating, note).map(|problem| problem.error);
        let (reached, missed) = (Contact::Reached, Contact::NotReached);
        assert_eq!(told(reached, None, Some("说好")), Some(CaseError::Required));
        assert_eq!(told(reached, Some(CaseRating::Satisfied), None), None);
        assert_eq!(told(reached, Some(CaseRating::Dissatisfied), None), Some(CaseError::Required));
        assert_eq!(told(reached, Some(CaseRating::Dissatisfied), Some("没修好")), None);
        assert_eq!(told(missed, None, None), Some(CaseError::Required));
        assert_eq!(told(missed, None, Some("关机")), None);
        assert_eq!(told(missed, Some(CaseRating::Satisfied), Some("关机")), Some(CaseError::InvalidRating));
    }

    #[test]
    fn what_was_said_of_a_result_goes_with_it() {
        let visit =
            |at, rating| ReturnVisit { channel: VisitChannel::Phone, rating, at: Timestamp(at), by: None };
        let (reached, missed) = (visit(5, Some(CaseRating::Satisfied)), visit(9, None));
        let after = |before, act, visit| reached_at(before, act, visit);
        let then = Some(Timestamp(5));
        assert_eq!(after(None, CaseAct::ReturnVisit, Some(&missed)), None);
        assert_eq!(after(None, CaseAct::ReturnVisit, Some(&reached)), then);
        assert_eq!(
            after(then, CaseAct::ReturnVisit, Some(&missed)),
            then,
            "the last one that reached somebody"
        );
        for kept in [CaseAct::Verify, CaseAct::Close, CaseAct::Evaluate, CaseAct::Comment] {
            assert_eq!(after(then, kept, None), then, "{kept:?}");
        }
        for gone in [CaseAct::Complete, CaseAct::SendBack, CaseAct::Reopen] {
            assert_eq!(after(then, gone, None), None, "{gone:?}");
        }
    }
}
