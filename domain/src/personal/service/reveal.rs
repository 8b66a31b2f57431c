//! Read somebody whole.

use serde_json::json;

use crate::cases::directory as cases;
use crate::fieldwork::directory as fieldwork;
use crate::identity::directory as identity;
use crate::kernel::failure::Failure;
use crate::kernel::id::{AccountId, Timestamp};
use crate::kernel::mutant::{self, Mutant};
use crate::kernel::permission::Permission;
use crate::kernel::scope::Scope;
use crate::kernel::whole::Whole;
use crate::personal::command::{RevealPerson, Subject};
use crate::personal::error::PersonError;
use crate::personal::service::{Answer, PersonalService, Revealed};
use crate::personal::store;
use crate::staff::directory as staff;
use crate::store::{Begun, Done, StoreError, Tx};

const DAY: i64 = 86_400;

impl PersonalService {
    /// Reads somebody whole, for a purpose that the audit trail keeps. An idempotency key means nothing: whoever asks again reads again.
    ///
    /// # Errors
    /// [`Failure::Denied`] without [`Permission::PersonalReveal`]; [`PersonError::NotFound`], [`PersonError::NotPermitted`]; what is wrong with
    /// the note; [`Failure::Overloaded`] when the day's are used up.
    pub async fn reveal(&self, scope: &Scope, command: RevealPerson) -> Answer<Revealed> {
        let account = scope.account().filter(|_| scope.permits(Permission::PersonalReveal));
        let Some(account) = account else { return Err(Failure::Denied) };
        let note = command.noted().map_err(|problem| Failure::User(vec![problem]))?;
        let mut tx = match self.db.begin(scope).await? {
            Begun::Fresh(tx) => tx,
            Begun::Replay(_) => return Err(StoreError::Internal("nobody is read by a key".to_owned()).into()),
        };
        let person = match whole(&tx, command.subject).await? {
            Whole::Unknown => return Err(Failure::user("subject", PersonError::NotFound)),
            Whole::Refused => return Err(Failure::user("subject", PersonError::NotPermitted)),
            Whole::Known(person) => person,
        };
        tx.hold_alone(&format!("reveals of {account}")).await?;
        let left = self.count(&tx, account).await?;
        store::insert(&tx, account).await?;
        if !mutant::active(Mutant::SilentReveal) {
            let purpose: &'static str = command.purpose.into();
            let is_noted = !mutant::active(Mutant::ForgottenPurpose);
            let (purpose, note) = (is_noted.then_some(purpose), note.filter(|_| is_noted));
            let (of, told) = (command.subject.kind(), person.known());
            let facts = json!({ "of": of, "purpose": purpose, "note": note, "told": told });
            tx.audit("person.reveal", &command.subject.target(), facts);
        }
        tx.commit(Done { id: account.uuid(), version: 1 }).await?;
        Ok(Revealed { person, left })
    }

    /// How many are left after this one.
    async fn count(&self, tx: &Tx, account: AccountId) -> Answer<u32> {
        let read = store::since(tx, account, tx.now().plus_seconds(-DAY)).await?;
        let used = u32::try_from(read.len()).unwrap_or(u32::MAX);
        match (self.per_day.checked_sub(used.saturating_add(1)), read.first()) {
            (Some(left), _) => Ok(left),
            (None, _) if mutant::active(Mutant::EndlessReveals) => Ok(0),
            (None, oldest) => Err(Failure::Overloaded { retry_after_seconds: wait(tx.now(), oldest) }),
        }
    }
}

/// Seconds until the oldest no longer counts.
fn wait(now: Timestamp, oldest: Option<&Timestamp>) -> u32 {
    let until = oldest.map_or(now, |at| at.plus_seconds(DAY)).micros() - now.micros();
    u32::try_from(until.div_euclid(1_000_000) + 1).unwrap_or(1)
}

/// What the slice that knows them says.
async fn whole(tx: &Tx, subject: Subject) -> Result<Whole, StoreError> {
    match subject {
        Subject::Account(id) => identity::whole(tx, id).await,
        Subject::Reporter(case) => cases::whole_reporter(tx, case).await,
        Subject::StaffMember(id) => staff::whole(tx, id).await,
        Subject::Visited(visit) => fieldwork::whole_visited(tx, visit).await,
    }
}
