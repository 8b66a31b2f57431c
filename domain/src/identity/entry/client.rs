//! Programs that prove who they are: by a secret that is shown for a token, or by signing each request.

use std::sync::Arc;

use aws_lc_rs::digest::{SHA256, digest};
use fengqiao_entity::identity::{account, session};
use serde_json::json;

use crate::identity::client::{ClientProof, ClientSecret, ClientSignIn, ClientToken, SignedRequest, Signer};
use crate::identity::entry::authenticate::Authenticated;
use crate::identity::entry::{bare, parts};
use crate::identity::error::IdentityError;
use crate::identity::role::Role;
use crate::identity::service::IdentityService;
use crate::identity::{resolve, store};
use crate::kernel::failure::Failure;
use crate::kernel::id::{AccountId, ClientSecretId, TenantId};
use crate::kernel::mutant::{self, Mutant};
use crate::kernel::permission::Permission;
use crate::kernel::scope::{Claim, Held, Scope, Who};
use crate::kernel::signature::Secret;
use crate::store::{Begun, Done, StoreError, Tx, WriteTx};

/// What a signed request is written down as, so that it counts once; kept as long as idempotency keys, which is longer than a signature counts.
const SIGNED: &str = "signedRequest";

/// A program as its name was found, with the secrets that count.
struct Found {
    tenant: TenantId,
    account: AccountId,
    secrets: Vec<(ClientSecret, Secret)>,
}

impl IdentityService {
    /// An access token for the program `login@district`. It has a session of its own, which ends with the token.
    ///
    /// # Errors
    /// [`IdentityError::InvalidCredentials`], whatever is wrong; [`Failure::Overloaded`] when too many wrong ones came from the address.
    pub async fn client_token(
        &self,
        asked: &ClientSignIn,
        request_id: &str,
    ) -> Result<ClientToken, Failure<IdentityError>> {
        let invalid = || Failure::user("", IdentityError::InvalidCredentials);
        let proof = ClientProof::Secret;
        let taken = self.admit_client((asked.from, &asked.client), proof, request_id).await?;
        let found = self.client(&asked.client, request_id).await?;
        let shown = found.as_ref().and_then(|found| {
            let mut kept = found.secrets.iter().filter(|(kept, _)| is_proved_by(kept, proof));
            kept.find(|(_, secret)| secret.is_shown(&asked.secret)).map(|(kept, _)| kept.id)
        });
        let Some((found, id)) = found.as_ref().zip(shown) else {
            let known = found.map(|found| (found.tenant, found.account));
            self.note_stranger(known, proof, request_id).await?;
            return Err(invalid());
        };
        self.give_back(taken).await;
        // The account's own drop is not given back: each token is a session.
        self.admit_own(found.tenant, found.account).await?;
        let scope = bare(found.tenant, Some(found.account), None, request_id);
        let tx = self.begin_bare(&scope).await?;
        let account = store::held_account_row(&tx, found.account).await?.ok_or_else(invalid)?;
        let secret = counting(&tx, &account, id).await?.ok_or_else(invalid)?;
        self.token_of(tx, &secret).await
    }

    /// Opens a session of a secret that ends with its only token.
    async fn token_of(
        &self,
        mut tx: WriteTx,
        secret: &ClientSecret,
    ) -> Result<ClientToken, Failure<IdentityError>> {
        let seconds = self.settings().access_ttl_seconds;
        let row = session::Model {
            tenant_id: tx.scope().tenant(),
            id: tx.new_id(),
            account_id: secret.account,
            created_at: tx.now(),
            expires_at: tx.now().plus_seconds(seconds).min(secret.expires_at),
            revoked_at: None,
            client_secret_id: Some(secret.id),
            home_tenant_id: None,
            home_account_id: None,
            home_session_id: None,
        };
        tx.insert(row.clone()).await?;
        if !secret.is_use_noted(tx.now()) {
            store::note_client_use(&tx, secret.id).await?;
        }
        let grants = store::grants_in_force(&tx, secret.account).await?;
        let held = narrowed(resolve::held(&tx, &grants).await?, secret);
        let (access_token, expires_at) = self.access_token(&tx, &row)?;
        tx.audit(
            "session.create",
            &row.id,
            json!({ "method": "client_secret", "secret": secret.id.to_string() }),
        );
        let left = expires_at.micros() - tx.now().micros();
        let permissions = held.iter().flat_map(|held| held.permissions.iter()).collect();
        tx.commit(Done { id: row.id.uuid(), version: 1 }).await?;
        Ok(ClientToken { access_token, expires_at, seconds: left.div_euclid(1_000_000).max(0), permissions })
    }

    /// The scope of the program that signed a request. The request counts once, and only some minutes before and after its own time.
    ///
    /// # Errors
    /// [`IdentityError::TokenInvalid`], whatever is wrong; [`Failure::Overloaded`] when too many wrong ones came from the address.
    pub async fn authenticate_signed(
        &self,
        message: SignedRequest<'_>,
        request_id: &str,
    ) -> Result<(Authenticated, Signer), Failure<IdentityError>> {
        let invalid = || Failure::user("", IdentityError::TokenInvalid);
        let now = self.db().now();
        let window = self.settings().client.window_seconds.unsigned_abs();
        let timely = now.micros().div_euclid(1_000_000).abs_diff(message.timestamp) <= window;
        if !timely && !mutant::active(Mutant::OldSignature) {
            return Err(invalid());
        }
        let proof = ClientProof::Signature;
        let taken = self.admit_client((message.from, message.client), proof, request_id).await?;
        let found = self.client(message.client, request_id).await?;
        let proves = |(kept, secret): &&(ClientSecret, Secret)| {
            let right = secret.has_signed(message.signature, message.id, message.timestamp, message.body);
            is_proved_by(kept, proof) && (right || mutant::active(Mutant::UnsignedClient))
        };
        let by = found.as_ref().and_then(|found| found.secrets.iter().find(proves)).map(|(kept, _)| kept.id);
        let Some((found, secret)) = found.as_ref().zip(by) else {
            let known = found.map(|found| (found.tenant, found.account));
            self.note_stranger(known, proof, request_id).await?;
            return Err(invalid());
        };
        self.give_back(taken).await;
        let signer = Signer { tenant: found.tenant, account: found.account, secret };
        self.count_once(signer, &message, request_id).await?;
        let known = self.signer(signer, request_id).await?.ok_or_else(invalid)?;
        Ok((known, signer))
    }

    /// The scope of somebody who signed before, as it is now; `None` when they count no more.
    ///
    /// # Errors
    /// As the database says.
    pub async fn signer(
        &self,
        signer: Signer,
        request_id: &str,
    ) -> Result<Option<Authenticated>, Failure<IdentityError>> {
        let scope = bare(signer.tenant, Some(signer.account), None, request_id);
        let tx = self.db().reader(&scope).tx().await?;
        let Some(account) = store::account_row(&tx, signer.account).await? else { return Ok(None) };
        let Some(secret) = counting(&tx, &account, signer.secret).await? else { return Ok(None) };
        if !tx.stands_open().await? {
            return Ok(None);
        }
        let grants = store::grants_in_force(&tx, signer.account).await?;
        let held = narrowed(resolve::held(&tx, &grants).await?, &secret);
        let who = Who {
            tenant: signer.tenant,
            account: Some(signer.account),
            session: None,
            held,
            system: false,
            reads_only: false,
        };
        let expires_at = tx.now().plus_seconds(self.settings().access_ttl_seconds).min(secret.expires_at);
        Ok(Some(Authenticated { scope: Scope::new(Arc::new(who), request_id), expires_at }))
    }

    /// Uses a signed request up: whoever overheard it does not have it done again.
    async fn count_once(
        &self,
        signer: Signer,
        message: &SignedRequest<'_>,
        request_id: &str,
    ) -> Result<(), Failure<IdentityError>> {
        if mutant::active(Mutant::RepeatedSignature) {
            return Ok(());
        }
        let input_hash = digest(&SHA256, message.body).as_ref().to_vec();
        // No client's own key has a space in it.
        let claim = Claim { key: format!("signed {}", message.id), field: SIGNED, input_hash };
        let scope = bare(signer.tenant, Some(signer.account), None, request_id).with_claim(claim);
        let repeated = || Failure::user("", IdentityError::TokenInvalid);
        let tx = match self.db().begin(&scope).await {
            Ok(Begun::Fresh(tx)) => tx,
            Ok(Begun::Replay(_)) | Err(StoreError::KeyReused | StoreError::KeyBusy) => return Err(repeated()),
            Err(fault) => return Err(fault.into()),
        };
        if let Some(secret) = store::client_secret(&tx, signer.secret).await?
            && !secret.is_use_noted(tx.now())
        {
            store::note_client_use(&tx, signer.secret).await?;
        }
        match tx.commit(Done { id: signer.secret.uuid(), version: 1 }).await {
            Ok(_) => Ok(()),
            Err(StoreError::KeyReused | StoreError::KeyBusy | StoreError::Conflict { .. }) => Err(repeated()),
            Err(fault) => Err(fault.into()),
        }
    }

    /// The active account `login@district` with the secrets of it that count; `None` for any other name.
    async fn client(&self, name: &str, request_id: &str) -> Result<Option<Found>, StoreError> {
        let Some((login, code)) = parts(name) else { return Ok(None) };
        let Some(row) = self.db().lookup_credential(code, login).await? else { return Ok(None) };
        if row.state != "active" {
            return Ok(None);
        }
        let (tenant, account) = (TenantId::from_uuid(row.tenant_id), AccountId::from_uuid(row.account_id));
        let scope = bare(tenant, Some(account), None, request_id);
        let secrets = store::opened_client_secrets(&*self.db().reader(&scope).tx().await?, account).await?;
        Ok(Some(Found { tenant, account, secrets }))
    }

    /// Audits a secret or a signature that is none, where it was shown for an account that there is. So many in a time: each took a drop of its
    /// name at its address.
    async fn note_stranger(
        &self,
        known: Option<(TenantId, AccountId)>,
        by: ClientProof,
        request_id: &str,
    ) -> Result<(), StoreError> {
        let known = known.filter(|_| !mutant::active(Mutant::SilentRefusals));
        let Some((tenant, account)) = known else { return Ok(()) };
        let mut tx = self.begin_bare(&bare(tenant, None, None, request_id)).await?;
        tx.audit("session.refuse", &account, json!({ "method": by.method() }));
        tx.commit(Done { id: tenant.uuid(), version: 1 }).await.map(drop)
    }
}

/// A secret of an account, if both count now.
pub(super) async fn counting(
    tx: &Tx,
    account: &account::Model,
    id: ClientSecretId,
) -> Result<Option<ClientSecret>, StoreError> {
    let secret = store::client_secret(tx, id).await?;
    let live = |secret: &ClientSecret| secret.is_live(tx.now()) || mutant::active(Mutant::EndlessSecret);
    Ok(secret.filter(|secret| account.state == "active" && secret.account == account.id && live(secret)))
}

/// What a narrowed secret never allows: webhooks and partners act by all that their account may, and go on when the secret is ended.
const WHOLE_ONLY: [Permission; 2] = [Permission::WebhookManage, Permission::ExchangeManage];

/// What may be done with a secret of what its account may do: nothing that a person's role allows, if it was granted one since.
pub(super) fn narrowed(held: Vec<Held>, secret: &ClientSecret) -> Vec<Held> {
    if mutant::active(Mutant::WholeClient) {
        return held;
    }
    let narrow = |held: Held| match secret.permissions {
        Some(some) => {
            let some = some.iter().filter(|permission| !WHOLE_ONLY.contains(permission)).collect();
            Held { permissions: held.permissions.and(some), ..held }
        }
        None => held,
    };
    held.into_iter().filter(|held| held.role == Role::ApiClient.key()).map(narrow).collect()
}

/// Whether a secret proves something in this way. One that signs was never sent, and one that was sent may have been read.
fn is_proved_by(secret: &ClientSecret, proof: ClientProof) -> bool {
    secret.proof == proof || mutant::active(Mutant::EitherProof)
}
