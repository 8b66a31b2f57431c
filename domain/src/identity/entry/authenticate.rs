//! From an access token to a scope.

use std::sync::Arc;

use fengqiao_entity::identity::{account, session};

use crate::identity::cache::Told;
use crate::identity::entry::bare;
use crate::identity::entry::client::{counting, narrowed};
use crate::identity::error::IdentityError;
use crate::identity::service::IdentityService;
use crate::identity::token::Bearer;
use crate::identity::{resolve, store};
use crate::kernel::failure::Failure;
use crate::kernel::id::Timestamp;
use crate::kernel::mutant::{self, Mutant};
use crate::kernel::scope::{Scope, Who};
use crate::store::StoreError;

/// Who showed a token, and for how long it speaks for them.
#[derive(Clone, Debug)]
pub struct Authenticated {
    /// The scope of the request.
    pub scope: Scope,
    /// When the token ends: a socket opened with it is closed then.
    pub expires_at: Timestamp,
}

impl IdentityService {
    /// The scope of whoever shows an access token: grants in force now, targets with their
    /// predecessors, categories with everything below them.
    ///
    /// Who is asking is remembered for some seconds. A socket asks again from time to time with the
    /// token it was opened with, and is closed when that fails.
    ///
    /// # Errors
    /// [`IdentityError::TokenInvalid`], whatever is wrong with the token, its session or its account.
    pub async fn authenticate(
        &self,
        access_token: &str,
        request_id: &str,
    ) -> Result<Authenticated, Failure<IdentityError>> {
        let invalid = || Failure::user("", IdentityError::TokenInvalid);
        let now = self.db().now();
        let bearer = self.keys().verify(&self.rules(), access_token, now).map_err(|_| invalid())?;
        let key = (bearer.tenant, bearer.account, bearer.session);
        let told = if self.db().is_abreast() { Told::Abreast } else { Told::Behind };
        let who = match self.cache().get(key, now, told) {
            Ok(who) => who,
            Err(reading) => {
                let who = Arc::new(self.read_who(&bearer, request_id).await?.ok_or_else(invalid)?);
                self.cache().put(key, &who, now, reading);
                who
            }
        };
        Ok(Authenticated { scope: Scope::new(who, request_id), expires_at: bearer.expires_at })
    }

    /// Reads who the bearer is; `None` when the session or the account has ended.
    pub(super) async fn read_who(
        &self,
        bearer: &Bearer,
        request_id: &str,
    ) -> Result<Option<Who>, StoreError> {
        let scope = bare(bearer.tenant, Some(bearer.account), Some(bearer.session), request_id);
        let tx = self.db().reader(&scope).tx().await?;
        if !self.db().is_abreast() {
            // What is remembered of who asks and what is remembered of the ground would last one after the other.
            tx.ask_tables();
        }
        let Some(account) = store::account_row(&tx, bearer.account).await? else { return Ok(None) };
        let Some(session) = store::session(&tx, bearer.session).await? else { return Ok(None) };
        if !is_live(&session, &account, tx.now()) || !tx.stands_open().await? {
            return Ok(None);
        }
        let secret = match session.client_secret_id {
            Some(id) => match counting(&tx, &account, id).await? {
                Some(secret) => Some(secret),
                None => return Ok(None),
            },
            None => None,
        };
        if !self.lasts_at_home(&tx, &session).await? {
            return Ok(None);
        }
        let reads_only = session.home_session_id.is_some();
        let mut grants = store::grants_in_force(&tx, bearer.account).await?;
        // Whoever came from another tenant has what it was lent and nothing else, and nobody else has it.
        grants.retain(|grant| grant.role.is_lent() == reads_only || mutant::active(Mutant::OverseerAtHome));
        if self.lacks_factor(&account) {
            grants.retain(|grant| !grant.role.is_separated());
        }
        let mut held = resolve::held(&tx, &grants).await?;
        if let Some(secret) = &secret {
            held = narrowed(held, secret);
        }
        Ok(Some(Who {
            tenant: bearer.tenant,
            account: Some(bearer.account),
            session: Some(bearer.session),
            held,
            system: false,
            reads_only,
        }))
    }
}

impl IdentityService {
    /// Whether the roles of an administrator do not count for this account.
    fn lacks_factor(&self, account: &account::Model) -> bool {
        let wanted = self.settings().second_factor.required_for_administrators;
        wanted && account.second_factor_at.is_none() && !mutant::active(Mutant::NoFactorAsked)
    }
}

/// Whether a session counts: neither ended nor over, its account active and not disabled since.
pub(in crate::identity) fn is_live(
    session: &session::Model,
    account: &account::Model,
    now: Timestamp,
) -> bool {
    let lasting = Lasting {
        created_at: session.created_at,
        expires_at: session.expires_at,
        revoked_at: session.revoked_at,
        sessions_from: account.sessions_from,
        state: &account.state,
    };
    session.account_id == account.id && lasting.lasts(now)
}

/// What decides whether a session of an account counts.
pub(super) struct Lasting<'a> {
    pub(super) created_at: Timestamp,
    pub(super) expires_at: Timestamp,
    pub(super) revoked_at: Option<Timestamp>,
    pub(super) sessions_from: Timestamp,
    pub(super) state: &'a str,
}

impl Lasting<'_> {
    pub(super) fn lasts(&self, now: Timestamp) -> bool {
        self.revoked_at.is_none()
            && (now < self.expires_at || mutant::active(Mutant::NoSessionEnd))
            && self.created_at > self.sessions_from
            && self.state == "active"
    }
}

#[cfg(test)]
mod tests {
    use fengqiao_entity::value::SealedBytes;
    use uuid::Uuid;

    use super::*;
    use crate::kernel::id::{AccountId, SessionId, TenantId};

    #[test]
    fn a_session_ends_in_each_of_these_ways() {
        let tenant = TenantId::from_uuid(Uuid::from_u128(1));
        let account = account::Model {
            tenant_id: tenant,
            id: AccountId::from_uuid(Uuid::from_u128(2)),
            login: "a1".to_owned(),
            name: SealedBytes(vec![]),
            phone: None,
            phone_blind: None,
            state: "active".to_owned(),
            sessions_from: Timestamp(0),
            second_factor_at: None,
            created_at: Timestamp(0),
            version: 1,
        };
        let session = session::Model {
            tenant_id: tenant,
            id: SessionId::from_uuid(Uuid::from_u128(3)),
            account_id: account.id,
            created_at: Timestamp(10),
            expires_at: Timestamp(20),
            revoked_at: None,
            client_secret_id: None,
            home_tenant_id: None,
            home_account_id: None,
            home_session_id: None,
        };
        assert!(is_live(&session, &account, Timestamp(19)));
        assert!(!is_live(&session, &account, Timestamp(20)), "over");
        let revoked = session::Model { revoked_at: Some(Timestamp(11)), ..session.clone() };
        assert!(!is_live(&revoked, &account, Timestamp(12)), "revoked");
        let disabled = account::Model { state: "disabled".to_owned(), ..account.clone() };
        assert!(!is_live(&session, &disabled, Timestamp(12)), "disabled");
        let since = account::Model { sessions_from: Timestamp(10), ..account.clone() };
        assert!(!is_live(&session, &since, Timestamp(12)), "disabled since, and active again");
        let other = account::Model { id: AccountId::from_uuid(Uuid::from_u128(4)), ..account };
        assert!(!is_live(&session, &other, Timestamp(12)), "someone else's");
    }
}
