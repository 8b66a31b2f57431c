//! From somebody else's word to a session.

mod register;
mod sign_in;

use std::net::IpAddr;

use serde_json::json;

use crate::federation::claims::{Timing, Unchecked};
use crate::federation::command::WECHAT;
use crate::federation::doors::{DoorFault, WechatApp};
use crate::federation::error::{FederationError, told};
use crate::federation::keys::Outside;
use crate::federation::model::{IdentityProvider, ProviderKind, ProviderState};
use crate::federation::service::{Answer, FederationService};
use crate::federation::store;
use crate::identity::directory as identity;
use crate::identity::{Admitted, SessionTokens, Vouched};
use crate::kernel::failure::Failure;
use crate::kernel::id::TenantId;
use crate::kernel::mutant::{self, Mutant};
use crate::kernel::scope::Scope;
use crate::store::{Begun, Done, StoreError, Tx};

/// Somebody at the door of a district.
struct Knock {
    /// Nobody yet, in this district.
    scope: Scope,
    /// How they come, for the audit trail.
    method: &'static str,
    /// What showing something took.
    admitted: Admitted,
}

impl FederationService {
    /// Who knocks, if there is such a district and not too many wrong ones came from there.
    async fn knock(
        &self,
        (district, from): (&str, IpAddr),
        method: &'static str,
        request_id: &str,
    ) -> Answer<Knock> {
        let found = self.db().lookup_tenant(district).await?.filter(|row| row.kind == "district");
        let tenant = found.map(|row| TenantId::from_uuid(row.tenant_id));
        let admitted = self.identity().admit_vouched(tenant, from).await.map_err(told)?;
        let Some(tenant) = tenant else {
            return Err(Failure::user("districtCode", FederationError::UnknownProvider));
        };
        Ok(Knock { scope: identity::nobody(tenant, request_id), method, admitted })
    }

    /// What came of it. Only what was wrong in itself costs something, and is in the audit trail as refused: whoever could not be asked, and
    /// whoever is right and has no account, did not guess.
    async fn left(&self, knock: Knock, outcome: Answer<SessionTokens>) -> Answer<SessionTokens> {
        let guessed = |error: &FederationError| {
            matches!(error, FederationError::InvalidProof | FederationError::UnknownProvider)
        };
        let wrong = match &outcome {
            Err(Failure::User(problems)) => {
                problems.iter().map(|problem| &problem.error).find(|error| guessed(error))
            }
            _ => None,
        };
        let Some(wrong) = wrong else {
            self.identity().give_back_vouched(knock.admitted).await;
            return outcome;
        };
        let code: &'static str = wrong.code().into();
        let mut tx = match self.db().begin(&knock.scope).await? {
            Begun::Fresh(tx) => tx,
            Begun::Replay(_) => return Err(StoreError::Internal("nobody carries a key".to_owned()).into()),
        };
        let tenant = knock.scope.tenant();
        tx.audit("session.refuse", &"unknown", json!({ "method": knock.method, "refusal": code }));
        tx.commit(Done { id: tenant.uuid(), version: 1 }).await?;
        outcome
    }

    /// The mini-program with this app id, if the district trusts it.
    async fn mini_program(&self, scope: &Scope, app: &str) -> Answer<IdentityProvider> {
        let providers = self.trusted(scope).await?;
        let mut wanted = providers.into_iter();
        let found = wanted.find(|one| one.kind == ProviderKind::Wechat && one.audience == app);
        found.ok_or_else(|| Failure::user("app", FederationError::UnknownProvider))
    }

    /// Those whose word counts.
    async fn trusted(&self, scope: &Scope) -> Answer<Vec<IdentityProvider>> {
        let mut providers = store::provider::all(&*self.db().reader(scope).tx().await?).await?;
        providers.retain(|one| one.state == ProviderState::Enabled);
        Ok(providers)
    }

    /// Whom a login code of a mini-program is of.
    pub(in crate::federation) async fn vouched_by_wechat(
        &self,
        scope: &Scope,
        (app, code): (&str, &str),
    ) -> Answer<(IdentityProvider, Vouched)> {
        let provider = self.mini_program(scope, app).await?;
        let secret = store::provider::secret(&*self.db().reader(scope).tx().await?, provider.id).await?;
        let Some(secret) = secret else { return Err(Failure::user("app", FederationError::UnknownProvider)) };
        if !is_code(code) {
            return Err(Failure::user("code", FederationError::InvalidProof));
        }
        let app = WechatApp { id: app, secret: &secret.0 };
        let turn = self.turn()?;
        let subject =
            self.doors().open_id(app, code).await.map_err(|fault| wechat_told(&provider, "code", fault))?;
        drop(turn);
        let vouched = Vouched { provider: provider.id, subject, method: WECHAT, once: None };
        Ok((provider, vouched))
    }

    /// Whom an ID token is about.
    pub(in crate::federation) async fn vouched_by_token(
        &self,
        scope: &Scope,
        id_token: &str,
    ) -> Answer<Vouched> {
        let invalid = || Failure::user("idToken", FederationError::InvalidProof);
        let token = Unchecked::read(id_token).map_err(|_| invalid())?;
        let providers = self.trusted(scope).await?;
        let mut issuers = providers.into_iter().filter(|one| one.kind == ProviderKind::Oidc);
        let provider = issuers.find(|one| token.is_of(one));
        let provider = provider.ok_or_else(|| Failure::user("idToken", FederationError::UnknownProvider))?;
        let outside = Outside { doors: self.doors(), now: &|| self.db().now() };
        let key = self.keys().find(&provider, token.kid(), outside).await;
        let key = key.map_err(|_| Failure::user("", FederationError::ProviderUnavailable))?;
        let key = key.ok_or_else(invalid)?;
        let settings = self.settings();
        let timing = Timing {
            now: self.db().now(),
            leeway_seconds: settings.leeway_seconds,
            most_seconds: settings.id_token_seconds,
        };
        let about = token.checked(&key, &provider, timing).map_err(|_| invalid())?;
        Ok(Vouched { provider: provider.id, subject: about.subject, method: "oidc", once: Some(about.once) })
    }
}

/// Whether WeChat could have given it: nobody is asked about anything else.
pub(super) fn is_code(text: &str) -> bool {
    let given = !text.is_empty() && text.chars().all(|character| character.is_ascii_graphic());
    given || mutant::active(Mutant::AnyLoginCode)
}

/// What WeChat answered, in the caller's words.
pub(super) fn wechat_told(
    provider: &IdentityProvider,
    path: &str,
    fault: DoorFault,
) -> Failure<FederationError> {
    match fault {
        DoorFault::BadCode => Failure::user(path, FederationError::InvalidProof),
        DoorFault::Blocked => Failure::user(path, FederationError::Blocked),
        // A hundred a minute of one person (WeChat, 45011).
        DoorFault::TooOften => Failure::Overloaded { retry_after_seconds: 60 },
        DoorFault::StaleToken | DoorFault::Refused(_) | DoorFault::Unreachable => {
            tracing::warn!(provider = %provider.id, ?fault, "an identity provider did not answer as it should");
            Failure::user("", FederationError::ProviderUnavailable)
        }
    }
}

/// The provider as the transaction sees it, whatever its state.
pub(super) async fn provider_of(
    tx: &Tx,
    id: crate::kernel::id::IdentityProviderId,
) -> Answer<IdentityProvider> {
    let found = store::provider::by_id(tx, id).await?;
    found.ok_or_else(|| Failure::user("identityProviderId", FederationError::NotFound))
}
