//! The caller's own second factor.

use crate::identity::error::IdentityError;
use crate::identity::model::{SecondFactor, SecondFactorState};
use crate::identity::service::IdentityService;
use crate::identity::store;
use crate::kernel::failure::Failure;
use crate::kernel::id::{AccountId, SessionId};
use crate::kernel::scope::Scope;
use crate::store::{Begun, Done, Reader, StoreError, WriteTx};

/// What the audit trail calls a password or a code that was shown here and is wrong.
pub(super) const REFUSED: &str = "second_factor.refuse";
/// Bytes of the digest of a recovery code: those of a blind index.
const DIGEST_LENGTH: usize = 16;

impl IdentityService {
    /// What the caller has, and whether roles of theirs want it.
    ///
    /// # Errors
    /// [`Failure::Denied`] for the system, which is nobody.
    pub async fn second_factor(
        &self,
        scope: &Scope,
        reader: &Reader,
    ) -> Result<SecondFactor, Failure<IdentityError>> {
        let Some(id) = scope.account() else { return Err(Failure::Denied) };
        let tx = reader.tx().await?;
        let account = store::account_row(&tx, id).await?;
        let account = account.ok_or_else(|| StoreError::corrupt("accounts", "id", id))?;
        let factor = store::factor(&tx, id).await?;
        let grants = store::grants_in_force(&tx, id).await?;
        let wanted = self.settings().second_factor.required_for_administrators;
        let since = account.second_factor_at;
        let confirmed = factor.as_ref().filter(|factor| since.is_some() && factor.confirmed_at == since);
        let begun = factor.as_ref().filter(|factor| factor.secret.is_some() && factor.confirmed_at.is_none());
        Ok(SecondFactor {
            state: match (since, begun) {
                (Some(_), _) => SecondFactorState::InForce,
                (None, Some(_)) => SecondFactorState::Begun,
                (None, None) => SecondFactorState::Absent,
            },
            confirmed_at: since,
            recovery_codes_left: confirmed.map_or(0, |factor| factor.recovery_codes.len() / DIGEST_LENGTH),
            required: wanted && grants.iter().any(|grant| grant.role.is_separated()),
        })
    }

    /// Begins to change a second factor or a password. It is never claimed: what is told is told once, and a code counts once.
    pub(super) async fn begin_own(&self, scope: &Scope) -> Result<WriteTx, StoreError> {
        match self.db().begin(scope).await? {
            Begun::Fresh(tx) => Ok(tx),
            Begun::Replay(_) => Err(StoreError::Internal("a secret is changed without a key".to_owned())),
        }
    }

    /// Audits that something was shown for an act and is wrong, and says so.
    pub(super) async fn refuse_own(
        &self,
        mut tx: WriteTx,
        account: AccountId,
        (act, path, error): (&'static str, &'static str, IdentityError),
    ) -> Failure<IdentityError> {
        tx.audit(act, &account, serde_json::json!({ "wrong": path }));
        match tx.commit(Done { id: account.uuid(), version: 1 }).await {
            Ok(_) => Failure::user(path, error),
            Err(fault) => fault.into(),
        }
    }
}

/// Whose second factor a caller changes, and in which session they are.
pub(in crate::identity) fn own(scope: &Scope) -> Option<(AccountId, SessionId)> {
    scope.account().zip(scope.session())
}
