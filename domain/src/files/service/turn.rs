//! Turns: whoever brings many files at once has some of them worked on at a time, so that everybody else comes in between.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::files::service::{Answer, FileService};
use crate::kernel::failure::Failure;
use crate::kernel::id::{AccountId, TenantId};
use crate::kernel::permission::Permission;
use crate::kernel::scope::Scope;

/// Longest wait for one's own turn: nine photos that were sent at once are drawn one after the other.
const OWN_TURN: Duration = Duration::from_secs(30);

/// One of an account's turns; it ends when this is dropped.
#[derive(Debug)]
pub struct Turn(#[expect(dead_code, reason = "held until it is dropped")] OwnedSemaphorePermit);

/// The turns of every account that has files worked on.
#[derive(Debug)]
pub(super) struct Turns {
    each: usize,
    of: Mutex<HashMap<(TenantId, AccountId), Arc<Semaphore>>>,
}

impl Turns {
    /// Of so many images that are drawn at a time half may be one account's: nobody waits for more than that of somebody else.
    pub(super) fn of(at_once: usize) -> Self {
        Self { each: (at_once / 2).max(1), of: Mutex::default() }
    }

    fn own(&self, tenant: TenantId, account: AccountId) -> Arc<Semaphore> {
        let mut of = self.of.lock().unwrap_or_else(PoisonError::into_inner);
        // Who has nothing worked on and waits for nothing is forgotten.
        of.retain(|_, turns| Arc::strong_count(turns) > 1);
        Arc::clone(of.entry((tenant, account)).or_insert_with(|| Arc::new(Semaphore::new(self.each))))
    }
}

impl FileService {
    /// Waits for one of the caller's turns, which [`FileService::upload`] takes; whoever waits holds nothing that others wait
    /// for.
    ///
    /// # Errors
    /// [`Failure::Denied`] without `ATTACHMENT_UPLOAD`; [`Failure::Overloaded`] while too many of the caller's wait.
    pub async fn turn(&self, scope: &Scope) -> Answer<Turn> {
        let Some(account) = scope.account().filter(|_| scope.permits(Permission::AttachmentUpload)) else {
            return Err(Failure::Denied);
        };
        let own = self.turns.own(scope.tenant(), account);
        match tokio::time::timeout(OWN_TURN, own.acquire_owned()).await {
            Ok(Ok(turn)) => Ok(Turn(turn)),
            _ => Err(Failure::Overloaded { retry_after_seconds: 10 }),
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn one_account_has_half_of_the_turns_and_is_forgotten_without_any() {
        let tenant = TenantId::from_uuid(Uuid::from_u128(1));
        let [one, other] = [2, 3].map(|id| AccountId::from_uuid(Uuid::from_u128(id)));
        for (at_once, each) in [(1, 1), (2, 1), (3, 1), (4, 2), (16, 8)] {
            assert_eq!(Turns::of(at_once).own(tenant, one).available_permits(), each);
        }
        let turns = Turns::of(2);
        let held = turns.own(tenant, one).try_acquire_owned().expect("a turn");
        assert!(turns.own(tenant, one).try_acquire_owned().is_err(), "one at a time");
        assert!(turns.own(tenant, other).try_acquire_owned().is_ok(), "each has their own");
        drop(held);
        let _own = turns.own(tenant, one);
        assert_eq!(turns.of.lock().expect("not poisoned").len(), 1);
    }
}
