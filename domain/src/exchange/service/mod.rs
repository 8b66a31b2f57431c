//! Use cases of the exchange slice, one per file.

mod acknowledge;
mod create;
mod disable;
mod enable;
mod open_requests;
mod open_services;
mod query;
mod receive;
mod reconcile;
mod resend;
mod rotate;
mod update;
mod urge;
mod visit;

use crate::cases::CaseService;
use crate::catalogue;
use crate::exchange::error::ExchangeError;
use crate::exchange::mapping::{Mapping, lost};
use crate::exchange::model::Partner;
use crate::exchange::store;
use crate::kernel::failure::Failure;
use crate::kernel::id::{AccountId, ExchangePartnerId, WebhookId};
use crate::kernel::permission::Permission;
use crate::kernel::scope::Scope;
use crate::org;
use crate::store::{Db, Done, Tx};
use crate::webhooks::{self, WebhookContent};

pub use reconcile::MOST_RECONCILED;
pub use resend::MOST_RESENT;

/// What a use case of this slice answers.
pub(super) type Answer<T> = Result<T, Failure<ExchangeError>>;

/// What an operator may set.
#[derive(Clone, Copy, Debug)]
pub struct ExchangeSettings {
    /// How long before and after its own time a signed message counts.
    pub window_seconds: i64,
    /// How long the secret of before counts too.
    pub old_secret_seconds: i64,
    /// Most partners of one account.
    pub most_per_account: u64,
}

impl Default for ExchangeSettings {
    fn default() -> Self {
        Self { window_seconds: 300, old_secret_seconds: 86_400, most_per_account: 20 }
    }
}

/// Use cases of the exchange slice.
#[derive(Clone, Debug)]
pub struct ExchangeService {
    pub(super) db: Db,
    pub(super) cases: CaseService,
    pub(super) settings: ExchangeSettings,
}

impl ExchangeService {
    /// The service over a store.
    #[must_use]
    pub const fn new(db: Db, cases: CaseService, settings: ExchangeSettings) -> Self {
        Self { db, cases, settings }
    }

    /// The partner that a use case with the same idempotency key wrote.
    async fn partner_done(&self, scope: &Scope, done: Done) -> Answer<Partner> {
        let reader = self.db.reader(scope);
        let found =
            store::partner::by_id(&*reader.tx().await?, ExchangePartnerId::from_uuid(done.id)).await?;
        found.ok_or_else(|| Failure::user("", ExchangeError::NotFound))
    }
}

/// Whoever may exchange nothing is told nothing of partners.
fn permit(scope: &Scope) -> Answer<()> {
    if scope.permits(Permission::ExchangeManage) { Ok(()) } else { Err(Failure::Denied) }
}

/// A partner that the caller sees, held until the transaction ends.
async fn held(tx: &Tx, id: ExchangePartnerId) -> Answer<Partner> {
    let found = store::partner::held_by_id(tx, id).await?;
    found.ok_or_else(|| Failure::user("partnerId", ExchangeError::NotFound))
}

/// A partner of the caller's own: it acts by its owner's right, so that nobody else gives it a secret.
async fn own(tx: &Tx, id: ExchangePartnerId) -> Answer<Partner> {
    let partner = held(tx, id).await?;
    if Some(partner.account) != tx.scope().account() {
        return Err(Failure::user("partnerId", ExchangeError::NotOwner));
    }
    Ok(partner)
}

/// Whether a partner may be told by a webhook: one of the same account that is told all.
async fn tellable(tx: &Tx, webhook: Option<WebhookId>, account: AccountId) -> Answer<()> {
    let Some(id) = webhook else { return Ok(()) };
    match webhooks::directory::webhook(tx, id).await? {
        // Who manages partners need not learn of others' webhooks.
        Some(webhook) if webhook.account != account => {
            Err(Failure::user("webhookId", ExchangeError::NotFound))
        }
        None => Err(Failure::user("webhookId", ExchangeError::NotFound)),
        Some(webhook) if webhook.content != WebhookContent::Full => {
            Err(Failure::user("webhookId", ExchangeError::NoWebhook))
        }
        Some(_) => Ok(()),
    }
}

/// Whether what a mapping leads to is there.
async fn known(tx: &Tx, mapping: &Mapping) -> Answer<()> {
    let categories = catalogue::directory::categories(tx).await?;
    let codes = org::directory::codes(tx).await?;
    let is_category = |ours: &&String| categories.contains_key(*ours);
    let is_place = |ours: &&String| codes.grids.contains_key(*ours) || codes.units.contains_key(*ours);
    let absent = mapping.categories.values().filter(|ours| !is_category(ours));
    let mut problems: Vec<_> = absent.map(|ours| lost("categories", ours)).collect();
    let absent = mapping.other_category.iter().filter(|ours| !is_category(ours));
    problems.extend(absent.map(|ours| lost("otherCategoryCode", ours)));
    problems.extend(mapping.areas.values().filter(|ours| !is_place(ours)).map(|ours| lost("areas", ours)));
    if problems.is_empty() { Ok(()) } else { Err(Failure::User(problems)) }
}
