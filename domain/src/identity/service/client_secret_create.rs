//! Giving a program something to prove by who it is.

use serde_json::json;

use crate::identity::client::{ClientSecret, CreateClientSecret, IssuedClientSecret, MOST_LIVE};
use crate::identity::entry::bare;
use crate::identity::error::IdentityError;
use crate::identity::granting;
use crate::identity::service::account_disable::{held_by_covered, is_protected};
use crate::identity::service::{IdentityService, acting};
use crate::identity::store;
use crate::identity::totp::no_chance;
use crate::kernel::failure::Failure;
use crate::kernel::id::{AccountId, Timestamp};
use crate::kernel::mutant::{self, Mutant};
use crate::kernel::permission::Permission;
use crate::kernel::scope::Scope;
use crate::kernel::signature::Secret;
use crate::store::{Done, Tx};

impl IdentityService {
    /// Makes a secret for a program and tells it, this once. Two of an account count at a time, so that one takes the other's place
    /// without a gap.
    ///
    /// Whoever does it could act as the account: they must be able to grant all that it holds or will hold. A person has no secret of this
    /// kind, and nobody makes one for themselves. An idempotency key means nothing: what was told is kept for nobody, and who asks again
    /// makes another.
    ///
    /// # Errors
    /// [`Failure::Denied`] without [`Permission::GrantManage`]; [`IdentityError::NotFound`], [`IdentityError::NotPermitted`],
    /// [`IdentityError::AccountDisabled`], [`IdentityError::NotAProgram`], [`IdentityError::TooMany`]; what is wrong with the command.
    pub async fn client_secret_create(
        &self,
        scope: &Scope,
        command: CreateClientSecret,
    ) -> Result<IssuedClientSecret, Failure<IdentityError>> {
        if !scope.permits(Permission::GrantManage) {
            return Err(Failure::Denied);
        }
        let account = command.account;
        let parsed = command.parsed(&self.settings().client, self.db().now());
        let (name, expires_at) = parsed.map_err(Failure::User)?;
        let mut tx = self.begin_own(scope).await?;
        let client = self.giveable(&tx, account).await?;
        let own = bare(scope.tenant(), Some(account), None, scope.request_id());
        // As the account itself: nobody else's scope reaches a secret.
        tx.act_in(&own).await?;
        let live = store::live_client_secrets(&tx, account).await?.len();
        if live >= MOST_LIVE && !mutant::active(Mutant::ThirdSecret) {
            return Err(Failure::user("", IdentityError::TooMany { limit: MOST_LIVE }));
        }
        let secret = Secret::random().ok_or_else(no_chance)?;
        let new = drafted(&tx, &command, (name, expires_at));
        store::insert_client_secret(&tx, &new, (&secret, scope.account())).await?;
        tx.act_in(scope).await?;
        let proof: &'static str = new.proof.into();
        let facts = json!({ "account": account.to_string(), "proof": proof, "expires_at": expires_at });
        tx.audit("client_secret.create", &new.id, facts);
        tx.commit(Done { id: new.id.uuid(), version: 1 }).await?;
        Ok(IssuedClientSecret { secret: new, text: secret.text(), client })
    }

    /// The program as it names itself, if the caller may give it a secret. The account is held.
    async fn giveable(&self, tx: &Tx, id: AccountId) -> Result<String, Failure<IdentityError>> {
        let refused = |error| Failure::user("accountId", error);
        let grants = held_by_covered(tx, Permission::GrantManage, id).await?;
        if acting(tx) == Some(id) || is_protected(tx, &grants) || !granting::may_take_all(tx, &grants).await?
        {
            return Err(refused(IdentityError::NotPermitted));
        }
        let row = store::account_row(tx, id).await?.filter(|row| row.state == "active");
        let Some(row) = row else { return Err(refused(IdentityError::AccountDisabled)) };
        let program = grants.iter().all(|grant| grant.role.is_program()) && !grants.is_empty();
        if !program && !mutant::active(Mutant::SecretOfAPerson) {
            return Err(refused(IdentityError::NotAProgram));
        }
        Ok(format!("{}@{}", row.login, store::tenant_code(tx).await?))
    }
}

fn drafted(tx: &Tx, command: &CreateClientSecret, (name, expires_at): (String, Timestamp)) -> ClientSecret {
    ClientSecret {
        id: tx.new_id(),
        account: command.account,
        name,
        proof: command.proof,
        permissions: command.permissions,
        created_at: tx.now(),
        expires_at,
        used_at: None,
        revoked_at: None,
    }
}
