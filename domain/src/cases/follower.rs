//! Who follows a case because their own became part of it (并案). Pure.
//!
//! They do not see the other case, which somebody else reported: of it they are told its number and the states that it comes to, by
//! its events and on their own case.

use crate::cases::model::Case;
use crate::kernel::id::{AccountId, CaseId, Timestamp};
use crate::programmes::CaseState;

/// Most people who follow one case: after a burst water main some dozen report it. Whoever comes later reads on their own case that it was
/// merged, and no more.
const MOST_FOLLOWERS: usize = 200;

/// Somebody who follows a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Follower {
    /// Who.
    pub(super) account: AccountId,
    /// Their own case.
    pub(super) case: CaseId,
}

/// How the case stands that a case is part of, as its reporter is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MasterProgress {
    /// Number of that case.
    pub number: String,
    /// The state that it came to last.
    pub state: CaseState,
    /// When.
    pub at: Timestamp,
}

/// Who follows a master from now on because a case becomes part of it: its reporter, and whoever followed that case.
pub(super) fn joining(master: &Case, case: &Case) -> Vec<Follower> {
    let own = case.reporter_account.map(|account| Follower { account, case: case.id });
    let mut joining: Vec<Follower> = own.into_iter().chain(case.followers.iter().copied()).collect();
    joining.retain(|one| !master.followers.contains(one));
    joining.truncate(MOST_FOLLOWERS.saturating_sub(master.followers.len()));
    joining
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::{Follower, MOST_FOLLOWERS, joining};
    use crate::cases::fixture::case;
    use crate::cases::model::Case;
    use crate::kernel::id::{AccountId, CaseId};
    use crate::programmes::CaseState;

    fn follower(number: u128) -> Follower {
        Follower {
            account: AccountId::from_uuid(Uuid::from_u128(number)),
            case: CaseId::from_uuid(Uuid::from_u128(number)),
        }
    }

    #[test]
    fn whoever_reported_what_becomes_part_follows_with_whoever_followed_that() {
        let master = Case { followers: vec![follower(1)], ..case(CaseState::Handling) };
        let reporter = AccountId::from_uuid(Uuid::from_u128(9));
        let part = Case {
            id: CaseId::from_uuid(Uuid::from_u128(9)),
            reporter_account: Some(reporter),
            followers: vec![follower(1), follower(2)],
            ..case(CaseState::Reported)
        };
        assert_eq!(joining(&master, &part), [follower(9), follower(2)]);
        let nobody = Case { reporter_account: None, followers: vec![], ..part.clone() };
        assert_eq!(joining(&master, &nobody), []);
        let full = Case { followers: (100..).take(MOST_FOLLOWERS).map(follower).collect(), ..master };
        assert_eq!(joining(&full, &part), []);
    }
}
