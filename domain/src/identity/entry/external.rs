//! Signing in, and making an account of one's own, by the word of an identity provider.

use std::net::IpAddr;

use fengqiao_entity::identity::account;
use serde_json::json;

use crate::identity::command::{NewAccount, name};
use crate::identity::entry::admission::Taken;
use crate::identity::entry::bare;
use crate::identity::error::IdentityError;
use crate::identity::external::{ExternalIdentity, Refusal, Registration, Vouched};
use crate::identity::granting;
use crate::identity::model::{GrantTarget, SessionTokens};
use crate::identity::service::{IdentityService, insert_account};
use crate::identity::store;
use crate::kernel::failure::Failure;
use crate::kernel::id::{AccountId, ExternalIdentityId, TenantId};
use crate::kernel::mutant::{self, Mutant};
use crate::kernel::scope::{Claim, Scope};
use crate::store::{Begun, Done, StoreError, Tx};

/// What is used up of a provider's word is written down as this, so that it counts once; kept as long as idempotency keys, which is longer
/// than such a word counts.
const VOUCHED: &str = "identityToken";

/// What showing a provider's word took of its address.
#[derive(Debug)]
pub(crate) struct Admitted(Taken);

impl IdentityService {
    /// Takes what it costs to show a provider's word: out of the bucket of its address, as a password does.
    ///
    /// # Errors
    /// [`Failure::Overloaded`] when too many wrong ones came from there.
    pub(crate) async fn admit_vouched(
        &self,
        tenant: Option<TenantId>,
        from: IpAddr,
    ) -> Result<Admitted, Failure<IdentityError>> {
        self.admit_address(tenant, from).await.map(Admitted)
    }

    /// Gives it back for a word that was right.
    pub(crate) async fn give_back_vouched(&self, admitted: Admitted) {
        self.give_back(admitted.0).await;
    }

    /// Opens a session for whoever is known so, if nothing more is wanted of them.
    ///
    /// # Errors
    /// As the database says.
    pub(crate) async fn sign_in_vouched(
        &self,
        tenant: TenantId,
        vouched: &Vouched,
        request_id: &str,
    ) -> Result<Result<SessionTokens, Refusal>, Failure<IdentityError>> {
        let stranger = bare(tenant, None, None, request_id);
        let (known, _) = self.known_as(&stranger, vouched).await?;
        let Some((id, account)) = known else { return Ok(Err(Refusal::NotLinked)) };
        let scope = bare(tenant, Some(account), None, request_id);
        if !self.use_up(tenant, vouched, request_id).await? {
            return Ok(Err(Refusal::Repeated));
        }
        let tx = self.begin_bare(&scope).await?;
        let Some(row) = store::held_account_row(&tx, account).await? else {
            return Ok(Err(Refusal::NotLinked));
        };
        let live = store::live_external(&tx, id).await?;
        if row.state != "active" || live.is_none_or(|live| live.account != account) {
            return Ok(Err(Refusal::NotLinked));
        }
        if wants_password(&tx, &row).await? {
            drop(tx);
            let mut tx = self.begin_bare(&stranger).await?;
            tx.audit("session.refuse", &account, how(vouched));
            tx.commit(Done { id: tenant.uuid(), version: 1 }).await?;
            return Ok(Err(Refusal::PasswordRequired));
        }
        store::note_external_use(&tx, id).await?;
        self.open_session(tx, account, how(vouched)).await.map(Ok)
    }

    /// Makes an account of a resident, who lives where they say, and opens its first session.
    ///
    /// # Errors
    /// What is wrong with their name, under `name`, or with where they live, under `target`; as the database says.
    pub(crate) async fn register_resident(
        &self,
        tenant: TenantId,
        asked: Registration<'_>,
        request_id: &str,
    ) -> Result<Result<SessionTokens, Refusal>, Failure<IdentityError>> {
        let name = name(asked.name).map_err(|error| Failure::user("name", error))?;
        let stranger = bare(tenant, None, None, request_id);
        let (known, id) = self.known_as(&stranger, asked.vouched).await?;
        if known.is_some() {
            return Ok(Err(Refusal::AlreadyLinked));
        }
        let mut tx = self.begin_bare(&bare(tenant, Some(id), None, request_id)).await?;
        // Nobody types it: they sign in by the provider, or are given another way in by somebody who finds them by their number.
        let login = format!("r-{}", id.uuid().simple());
        insert_account(&tx, id, NewAccount { login, name, phone: Some(asked.phone) }, None).await?;
        granting::settle(&mut tx, id, asked.home).await?;
        if let Err(refusal) = insert(&tx, id, asked.vouched).await? {
            return Ok(Err(refusal));
        }
        tx.audit("account.register", &id, how(asked.vouched));
        self.open_session(tx, id, how(asked.vouched)).await.map(Ok)
    }

    /// Whether a resident of this name could live there: asked before anything that counts once is used up.
    ///
    /// # Errors
    /// What is wrong, as for [`Self::register_resident`].
    pub(crate) async fn may_register(
        &self,
        scope: &Scope,
        asked: &str,
        home: GrantTarget,
    ) -> Result<(), Failure<IdentityError>> {
        name(asked).map_err(|error| Failure::user("name", error))?;
        let tx = self.db().reader(scope).tx().await?;
        granting::settled(&tx, tx.new_id(), home).await.map(drop)
    }

    /// Whether somebody makes no account of their own: they are known, or were, and their account is disabled or has no password that
    /// would let them in.
    ///
    /// # Errors
    /// As the database says.
    pub(crate) async fn is_taken(&self, scope: &Scope, vouched: &Vouched) -> Result<bool, StoreError> {
        if self.known_as(scope, vouched).await?.0.is_some() {
            return Ok(true);
        }
        let blinds = store::subject_blinds(&*self.db().reader(scope).tx().await?, &vouched.subject)?;
        let (tenant, provider) = (scope.tenant().uuid(), vouched.provider.uuid());
        for blind in blinds {
            if self.db().lookup_kept_identity(tenant, provider, &blind.0).await?.is_some() {
                return Ok(!mutant::active(Mutant::DisabledReturn));
            }
        }
        Ok(false)
    }

    /// The external identity that counts, and whose it is; besides an id for whoever is new.
    pub(in crate::identity) async fn known_as(
        &self,
        scope: &Scope,
        vouched: &Vouched,
    ) -> Result<(Option<(ExternalIdentityId, AccountId)>, AccountId), StoreError> {
        let (blinds, new) = {
            let tx = self.db().reader(scope).tx().await?;
            (store::subject_blinds(&tx, &vouched.subject)?, tx.new_id())
        };
        let (tenant, provider) = (scope.tenant().uuid(), vouched.provider.uuid());
        for blind in blinds {
            if let Some(row) = self.db().lookup_external_identity(tenant, provider, &blind.0).await? {
                let id = ExternalIdentityId::from_uuid(row.id);
                return Ok((Some((id, AccountId::from_uuid(row.account_id))), new));
            }
        }
        Ok((None, new))
    }

    /// Uses a provider's word up: whether nobody had. The record of it stands at the provider, so that it counts once in the tenant, whoever shows it.
    pub(in crate::identity) async fn use_up(
        &self,
        tenant: TenantId,
        vouched: &Vouched,
        request_id: &str,
    ) -> Result<bool, StoreError> {
        let once = vouched.once.as_ref().filter(|_| !mutant::active(Mutant::RepeatedIdToken));
        let Some(once) = once else { return Ok(true) };
        let provider = AccountId::from_uuid(vouched.provider.uuid());
        let claim = Claim {
            // No client's own key has a space in it.
            key: format!("vouched {once}"),
            field: VOUCHED,
            input_hash: once.as_bytes().to_vec(),
        };
        let scope = bare(tenant, Some(provider), None, request_id).with_claim(claim);
        let tx = match self.db().begin(&scope).await {
            Ok(Begun::Fresh(tx)) => tx,
            Ok(Begun::Replay(_)) | Err(StoreError::KeyReused | StoreError::KeyBusy) => return Ok(false),
            Err(fault) => return Err(fault),
        };
        match tx.commit(Done { id: provider.uuid(), version: 1 }).await {
            Ok(_) => Ok(true),
            Err(StoreError::KeyReused | StoreError::KeyBusy | StoreError::Conflict { .. }) => Ok(false),
            Err(fault) => Err(fault),
        }
    }
}

/// Links an account, which is held or new, to whoever is vouched for.
pub(in crate::identity) async fn insert(
    tx: &Tx,
    account: AccountId,
    vouched: &Vouched,
) -> Result<Result<ExternalIdentity, Refusal>, StoreError> {
    let new = ExternalIdentity {
        id: tx.new_id(),
        account,
        provider: vouched.provider,
        created_at: tx.now(),
        used_at: None,
    };
    match store::insert_external(tx, &new, &vouched.subject).await {
        Ok(()) => Ok(Ok(new)),
        Err(StoreError::Conflict { .. }) => Ok(Err(Refusal::AlreadyLinked)),
        Err(fault) => Err(fault),
    }
}

/// Whether nobody's word stands for the password of an account: it has a second factor, which no provider shows; it is a separated
/// administrator's, whom a provider of the district would else make; or it is for programs.
pub(in crate::identity) async fn wants_password(tx: &Tx, row: &account::Model) -> Result<bool, StoreError> {
    if mutant::active(Mutant::ProviderOpensAll) {
        return Ok(false);
    }
    let mut grants = store::grants_of(tx, &[row.id]).await?.into_iter();
    let lasts = |until: Option<_>| until.is_none_or(|until| until > tx.now());
    let kept = grants.any(|held| lasts(held.until) && (held.role.is_separated() || held.role.is_program()));
    Ok(row.second_factor_at.is_some() || kept)
}

/// What the audit trail says about how somebody came in.
pub(in crate::identity) fn how(vouched: &Vouched) -> serde_json::Value {
    json!({ "method": vouched.method, "provider": vouched.provider.to_string() })
}
