//! The caller's own external identities: by whose word they sign in besides their password.

use crate::identity::entry::external::{how, insert, wants_password};
use crate::identity::error::IdentityError;
use crate::identity::external::{ExternalIdentity, Refusal, Vouched};
use crate::identity::service::IdentityService;
use crate::identity::service::second_factor::own;
use crate::identity::store;
use crate::kernel::failure::Failure;
use crate::kernel::id::ExternalIdentityId;
use crate::kernel::mutant::{self, Mutant};
use crate::kernel::scope::Scope;
use crate::store::{Done, Reader};

/// The password that was shown, as it was kept then.
pub(crate) struct Proved(Option<String>);

impl IdentityService {
    /// Those of the caller that count, oldest first.
    ///
    /// # Errors
    /// [`Failure::Denied`] for the system, which is nobody.
    pub(crate) async fn externals(
        &self,
        scope: &Scope,
        reader: &Reader,
    ) -> Result<Vec<ExternalIdentity>, Failure<IdentityError>> {
        let Some(account) = scope.account() else { return Err(Failure::Denied) };
        Ok(store::live_externals(&*reader.tx().await?, account).await?)
    }

    /// Whether this is the caller's password: whoever found a telephone that is signed in does not know it, and makes no way in of their own.
    ///
    /// # Errors
    /// [`Failure::Denied`] for whoever has no session; [`IdentityError::InvalidCredentials`]; [`Failure::Overloaded`] after too many wrong
    /// ones.
    pub(crate) async fn prove_own(
        &self,
        scope: &Scope,
        password: &str,
    ) -> Result<Proved, Failure<IdentityError>> {
        let Some((account, session)) = own(scope) else { return Err(Failure::Denied) };
        let (guess, shown) = self.own_password(scope, (account, session), password).await?;
        if shown.is_none() && !mutant::active(Mutant::LinkWithoutPassword) {
            let wrong = ("external_identity.refuse", "password", IdentityError::InvalidCredentials);
            return Err(self.refuse_own(self.begin_own(scope).await?, account, wrong).await);
        }
        self.give_back_guess(guess).await;
        Ok(Proved(shown.map(|shown| shown.password_hash)))
    }

    /// Links whoever is vouched for to the caller's account.
    ///
    /// # Errors
    /// [`Failure::Denied`] for whoever has no session that counts; as the database says.
    pub(crate) async fn link_vouched(
        &self,
        scope: &Scope,
        proved: &Proved,
        vouched: &Vouched,
    ) -> Result<Result<ExternalIdentity, Refusal>, Failure<IdentityError>> {
        let Some((account, session)) = own(scope) else { return Err(Failure::Denied) };
        let (known, _) = self.known_as(scope, vouched).await?;
        if known.is_some() {
            return Ok(Err(Refusal::AlreadyLinked));
        }
        if !self.use_up(scope.tenant(), vouched, scope.request_id()).await? {
            return Ok(Err(Refusal::Repeated));
        }
        let mut tx = self.begin_own(scope).await?;
        let row = self.held_own(&tx, (account, session)).await?;
        // Somebody may have set another password while the provider was asked.
        let present = store::credential(&tx, account).await?.map(|present| present.password_hash);
        if present != proved.0 && !mutant::active(Mutant::LinkWithoutPassword) {
            return Err(Failure::user("password", IdentityError::InvalidCredentials));
        }
        if wants_password(&tx, &row).await? {
            return Ok(Err(Refusal::PasswordRequired));
        }
        let linked = match insert(&tx, account, vouched).await? {
            Ok(linked) => linked,
            Err(refusal) => return Ok(Err(refusal)),
        };
        tx.audit("external_identity.create", &linked.id, how(vouched));
        tx.commit(Done { id: linked.id.uuid(), version: 1 }).await?;
        Ok(Ok(linked))
    }

    /// Takes one of the caller's own away. Whoever has no password keeps the last one: nothing else would let them in.
    ///
    /// # Errors
    /// [`Failure::Denied`] for whoever has no session that counts; [`IdentityError::NotFound`], [`IdentityError::NotPermitted`].
    pub(crate) async fn unlink(
        &self,
        scope: &Scope,
        id: ExternalIdentityId,
    ) -> Result<ExternalIdentity, Failure<IdentityError>> {
        let Some((account, session)) = own(scope) else { return Err(Failure::Denied) };
        let mut tx = self.begin_own(scope).await?;
        let row = self.held_own(&tx, (account, session)).await?;
        let live = store::live_externals(&tx, account).await?;
        let Some(own) = live.iter().find(|own| own.id == id).copied() else {
            return Err(Failure::user("externalIdentityId", IdentityError::NotFound));
        };
        if live.len() == 1 && store::credential(&tx, account).await?.is_none() {
            return Err(Failure::user("externalIdentityId", IdentityError::NotPermitted));
        }
        store::end_external(&tx, id).await?;
        tx.audit(
            "external_identity.remove",
            &id,
            serde_json::json!({ "provider": own.provider.to_string() }),
        );
        tx.commit(Done { id: id.uuid(), version: row.version }).await?;
        Ok(own)
    }
}
