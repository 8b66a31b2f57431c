//! Coming from another tenant to oversee this one: a session here that lasts no longer than the one at home.

use serde_json::json;

use fengqiao_entity::identity::session;

use crate::identity::entry::authenticate::Lasting;
use crate::identity::entry::bare;
use crate::identity::error::IdentityError;
use crate::identity::model::SessionTokens;
use crate::identity::role::is_program;
use crate::identity::service::{IdentityService, own};
use crate::identity::store;
use crate::kernel::failure::Failure;
use crate::kernel::id::{AccountId, OversightGrantId, SessionId, TenantId, Timestamp};
use crate::kernel::mutant::{self, Mutant};
use crate::kernel::scope::Scope;
use crate::store::{Done, StoreError, Tx};

/// Somebody at home: by this session they go elsewhere.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Home {
    pub(crate) tenant: TenantId,
    pub(crate) account: AccountId,
    pub(crate) session: SessionId,
    /// When that session ends by itself.
    pub(crate) until: Timestamp,
}

/// Where they go, and for how long.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Visit {
    pub(crate) tenant: TenantId,
    /// The account that they have there.
    pub(crate) account: AccountId,
    pub(crate) grant: OversightGrantId,
    pub(crate) until: Timestamp,
}

impl IdentityService {
    /// Writes down at home that the caller goes to read another district.
    ///
    /// # Errors
    /// [`Failure::Denied`] for programs, for whoever has no session that counts, and for whoever is not at home themselves; [`Failure::Overloaded`]
    /// for whoever goes all the time.
    pub(crate) async fn set_out(
        &self,
        scope: &Scope,
        grant: OversightGrantId,
        district: &str,
    ) -> Result<Home, Failure<IdentityError>> {
        let Some((account, session)) = own(scope) else { return Err(Failure::Denied) };
        if scope.reads_only() || is_program(scope) {
            return Err(Failure::Denied);
        }
        let tenant = scope.tenant();
        // As with a secret: each is a session, and two lines of two trails.
        self.admit_own(tenant, account).await?;
        let mut tx = self.begin_bare(&bare(tenant, Some(account), Some(session), scope.request_id())).await?;
        self.held_own(&tx, (account, session)).await?;
        let own = store::session(&tx, session).await?;
        let until = own.ok_or_else(|| StoreError::corrupt("sessions", "id", session))?.expires_at;
        if !mutant::active(Mutant::SilentOversight) {
            tx.audit("oversight.enter", &grant, json!({ "district": district }));
        }
        tx.commit(Done { id: session.uuid(), version: 1 }).await?;
        Ok(Home { tenant, account, session, until })
    }

    /// Opens a session of the account that somebody has here; none when it was disabled meanwhile.
    ///
    /// # Errors
    /// As the database says.
    pub(crate) async fn open_visit(
        &self,
        home: Home,
        visit: Visit,
        request_id: &str,
    ) -> Result<Option<SessionTokens>, Failure<IdentityError>> {
        let tx = self.begin_bare(&bare(visit.tenant, Some(visit.account), None, request_id)).await?;
        let account = store::held_account_row(&tx, visit.account).await?;
        if account.is_none_or(|account| account.state != "active") {
            return Ok(None);
        }
        let mut row = self.new_session(&tx, visit.account);
        row.expires_at = row.expires_at.min(visit.until).min(home.until);
        row.home_tenant_id = Some(home.tenant);
        row.home_account_id = Some(home.account);
        row.home_session_id = Some(home.session);
        let how = json!({ "method": "oversight", "grant": visit.grant.to_string(), "overseer": home.account.to_string() });
        self.opened(tx, row, how).await.map(Some)
    }

    /// Whether the session at home still counts by which somebody came, and the password with it; of whoever is at home here there is none to
    /// ask about.
    pub(super) async fn lasts_at_home(&self, tx: &Tx, visit: &session::Model) -> Result<bool, StoreError> {
        let home = (visit.home_tenant_id, visit.home_account_id, visit.home_session_id);
        let (Some(tenant), Some(account), Some(home)) = home else {
            return Ok(visit.home_session_id.is_none());
        };
        let row = tx.lookup_home(tenant, account, home).await?;
        let lasts = row.is_some_and(|row| {
            let lasting = Lasting {
                created_at: Timestamp(row.created_at),
                expires_at: Timestamp(row.expires_at),
                revoked_at: row.revoked_at.map(Timestamp),
                sessions_from: Timestamp(row.sessions_from),
                state: &row.state,
            };
            let same_password = row.changed_at.is_none_or(|at| Timestamp(at) <= visit.created_at);
            lasting.lasts(tx.now()) && same_password
        });
        Ok(lasts || mutant::active(Mutant::ForgottenHome))
    }
}
