//! The caller's own second factor.

use crate::identity::error::IdentityError;
use crate::identity::model::{SecondFactor, SecondFactorState};
use crate::identity::password::Verdict;
use crate::identity::service::IdentityService;
use crate::identity::store;
use crate::kernel::bucket::{Bucket, Limited};
use crate::kernel::failure::Failure;
use crate::kernel::id::{AccountId, SessionId};
use crate::kernel::scope::Scope;
use crate::store::{Begun, Done, Reader, StoreError, WriteTx};

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

    /// Whether this is the caller's own password.
    pub(super) async fn is_own_password(
        &self,
        scope: &Scope,
        account: AccountId,
        password: &str,
    ) -> Result<bool, Failure<IdentityError>> {
        let hash = store::own_password(&*self.db().reader(scope).tx().await?, account).await?;
        // In the places that passwords of the account have on its own devices.
        let whose =
            Bucket { limited: Limited::Known, tenant: Some(scope.tenant()), whose: account.to_string() };
        Ok(self.passwords().verify(Some(&whose), password, hash.as_deref()).await? != Verdict::Wrong)
    }

    /// Begins to change the caller's own second factor. It is never claimed: a claim keeps a digest of what was shown, and a code has
    /// six digits.
    pub(super) async fn begin_own(&self, scope: &Scope) -> Result<WriteTx, StoreError> {
        match self.db().begin(scope).await? {
            Begun::Fresh(tx) => Ok(tx),
            Begun::Replay(_) => {
                Err(StoreError::Internal("a second factor is changed without a key".to_owned()))
            }
        }
    }

    /// Audits what was shown and is wrong, and says so.
    pub(super) async fn refuse_own(
        &self,
        mut tx: WriteTx,
        account: AccountId,
        (path, error): (&'static str, IdentityError),
    ) -> Failure<IdentityError> {
        tx.audit("second_factor.refuse", &account, serde_json::json!({ "wrong": path }));
        match tx.commit(Done { id: account.uuid(), version: 1 }).await {
            Ok(_) => Failure::user(path, error),
            Err(fault) => fault.into(),
        }
    }
}

/// Whose second factor a caller changes, and in which session they are.
pub(super) fn own(scope: &Scope) -> Option<(AccountId, SessionId)> {
    scope.account().zip(scope.session())
}
