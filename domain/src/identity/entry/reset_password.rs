//! The way back into a district whose administrators are locked out.

use serde_json::json;

use crate::identity::entry::{bare, parts};
use crate::identity::error::IdentityError;
use crate::identity::service::IdentityService;
use crate::identity::store;
use crate::identity::telling::{Changed, access_changed};
use crate::kernel::failure::Failure;
use crate::kernel::id::{AccountId, TenantId};
use crate::kernel::scope::PlatformScope;
use crate::store::Done;

impl IdentityService {
    /// Gives `login@district` a new password on the word of whoever runs the machine, makes the account
    /// active if it was disabled, and ends its sessions: whoever held the old password is out. Their second factor
    /// counts no more. The password is given: they change it when they sign in.
    ///
    /// # Errors
    /// [`IdentityError::NotFound`] for an unknown account; what is wrong with the password;
    /// [`Failure::Overloaded`] when too many passwords wait.
    pub async fn reset_password(
        &self,
        platform: &PlatformScope,
        account: &str,
        password: &str,
    ) -> Result<(), Failure<IdentityError>> {
        let unknown = || Failure::user("account", IdentityError::NotFound);
        let (login, code) = parts(account).ok_or_else(unknown)?;
        let row = self.db().lookup_credential(code, login).await?.ok_or_else(unknown)?;
        // The name is sealed, and the login is what whoever guesses has.
        let digest = self.first_password(platform, password, &[login, code]).await?;
        let tenant = TenantId::from_uuid(row.tenant_id);
        let id = AccountId::from_uuid(row.account_id);
        let reason = platform.enter(tenant);
        // As the account itself: nobody else's scope reaches a credential.
        let mut tx = self.begin_bare(&bare(tenant, Some(id), None, reason.request_id())).await?;
        store::held_account_row(&tx, id).await?.ok_or_else(unknown)?;
        // Whoever came from another tenant has no way in but from there.
        if store::was_lent(&tx, id).await? {
            return Err(unknown());
        }
        store::readmit_account(&tx, id, self.ended_at(&tx)).await?;
        store::set_password(&tx, id, digest, self.settings().password.kept).await?;
        store::revoke_client_secrets(&tx, id).await?;
        store::end_externals(&tx, id).await?;
        tx.audit(
            "account.reset_password",
            &id,
            json!({ "method": "command_line", "state_before": row.state }),
        );
        let account = store::account_row(&tx, id).await?.ok_or_else(unknown)?;
        let (version, name) = (account.version + 1, "account.readmitted");
        // Whoever comes this way has nobody left who could end it for them.
        store::end_factor(&tx, id).await?;
        access_changed(&mut tx, id, Changed { aggregate: "account", id: id.uuid(), version, name });
        tx.commit(Done { id: id.uuid(), version: 1 }).await?;
        self.cache().drop_account(tenant, id);
        Ok(())
    }
}
