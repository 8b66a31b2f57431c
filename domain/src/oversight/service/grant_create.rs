//! Give somebody of another tenant leave to read this one.

use serde_json::json;

use crate::identity::{GrantTarget, Guest, admit};
use crate::kernel::failure::Failure;
use crate::kernel::id::TenantId;
use crate::kernel::mutant::{self, Mutant};
use crate::kernel::scope::Scope;
use crate::oversight::command::{CreateOversight, Term};
use crate::oversight::error::{OversightError, told};
use crate::oversight::model::{OversightGrant, state_at};
use crate::oversight::service::{Answer, OversightService, permit};
use crate::oversight::store;
use crate::store::{Begun, Done, WriteTx};

/// Somebody of another tenant, as they are there.
struct Home {
    tenant: TenantId,
    login: String,
}

impl OversightService {
    /// Lets somebody of another tenant read this one, or a town of it, for a time and a reason. Needs `OVERSIGHT_MANAGE`.
    ///
    /// # Errors
    /// `NOT_FOUND` for somebody who is not there or disabled, `OWN_DISTRICT`, `TOO_MANY`; what is wrong with the values.
    pub async fn grant_create(&self, scope: &Scope, command: CreateOversight) -> Answer<OversightGrant> {
        permit(scope)?;
        let most_days = if mutant::active(Mutant::LongOversight) { 36_600 } else { self.settings.most_days };
        let checked = command.checked(self.db.now(), most_days).map_err(Failure::User);
        let home = self.home(scope, &command).await;
        let mut tx = match self.db.begin(scope).await? {
            Begun::Fresh(tx) => tx,
            Begun::Replay(done) => return self.done_before(scope, done).await,
        };
        // Only now: what was done is told again, whatever the time is.
        let ((reason, term), home) = (checked?, home?);
        tx.hold_alone("oversight grants").await?;
        let limit = self.settings.most_grants as usize;
        if usize::try_from(store::count(&tx, Some(true)).await?).is_ok_and(|many| many >= limit) {
            return Err(Failure::user("", OversightError::TooMany { limit }));
        }
        let grant = given(&mut tx, command, home, (reason, term)).await?;
        tx.commit(Done { id: grant.id.uuid(), version: grant.version }).await?;
        Ok(grant)
    }

    /// Whoever it is for, who told their id themselves: nobody can guess it.
    async fn home(&self, scope: &Scope, command: &CreateOversight) -> Answer<Home> {
        let found = self.db.lookup_overseer(command.home_code.trim(), command.home_account).await?;
        let Some(row) = found.filter(|row| row.state == "active") else {
            return Err(Failure::user("overseer.accountId", OversightError::NotFound));
        };
        let tenant = TenantId::from_uuid(row.tenant_id);
        if tenant == scope.tenant() {
            return Err(Failure::user("overseer.districtCode", OversightError::OwnDistrict));
        }
        Ok(Home { tenant, login: row.login })
    }
}

async fn given(
    tx: &mut WriteTx,
    command: CreateOversight,
    home: Home,
    (reason, term): (String, Term),
) -> Answer<OversightGrant> {
    let guest = Guest {
        name: &command.name,
        target: GrantTarget::Unit(command.unit),
        categories: command.categories,
        since: term.since,
        until: term.until,
    };
    let (account, role_grant) = admit(tx, guest).await.map_err(told)?;
    let now = tx.now();
    let grant = OversightGrant {
        id: tx.new_id(),
        account,
        role_grant: role_grant.id,
        unit: command.unit,
        home_tenant: home.tenant,
        home_account: command.home_account,
        home_code: command.home_code.trim().to_owned(),
        home_login: home.login,
        reason,
        since: term.since,
        until: term.until,
        created_at: now,
        created_by: tx.scope().account(),
        revoked_at: None,
        revoked_by: None,
        state: state_at((term.since, term.until), None, now),
        version: 1,
    };
    store::insert(tx, &grant).await?;
    let facts = json!({
        "overseer": grant.home_account.to_string(),
        "district": grant.home_code,
        "account": grant.account.to_string(),
        "role_grant": grant.role_grant.to_string(),
        "since": grant.since,
        "until": grant.until,
    });
    tx.audit("oversight_grant.create", &grant.id, facts);
    Ok(grant)
}
