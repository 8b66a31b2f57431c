//! Tell a partner of cases again, as they are now (重报).

use serde_json::json;

use crate::cases;
use crate::exchange::command::Resend;
use crate::exchange::error::ExchangeError;
use crate::exchange::service::{Answer, ExchangeService, held, permit};
use crate::kernel::failure::Failure;
use crate::kernel::scope::Scope;
use crate::org;
use crate::store::{Begun, Done};
use crate::webhooks::{self, Webhook, WebhookContent, WebhookState};

/// Most cases that are told again at once: a page of them.
pub const MOST_RESENT: usize = 100;

impl ExchangeService {
    /// Enqueues cases that the caller sees for a partner, each as it is when it is told: how many. What the partner's own account may
    /// not see is withheld when it is tried. Needs `EXCHANGE_MANAGE`.
    ///
    /// # Errors
    /// `NOT_FOUND`, `NO_WEBHOOK`, `REQUIRED`, `TOO_MANY`.
    pub async fn resend(&self, scope: &Scope, command: Resend) -> Answer<u64> {
        permit(scope)?;
        if command.cases.is_empty() {
            return Err(Failure::user("caseIds", ExchangeError::Required));
        }
        if command.cases.len() > MOST_RESENT {
            let limit = MOST_RESENT as u64;
            return Err(Failure::user("caseIds", ExchangeError::TooMany { limit }));
        }
        let mut tx = match self.db.begin(scope).await? {
            Begun::Fresh(tx) => tx,
            // How many there were is kept in place of a version.
            Begun::Replay(done) => return Ok(u64::try_from(done.version).unwrap_or_default()),
        };
        let partner = held(&tx, command.partner).await?;
        let webhook = match partner.webhook {
            Some(id) => webhooks::directory::webhook(&tx, id).await?,
            None => None,
        };
        let told = |webhook: &Webhook| {
            webhook.content == WebhookContent::Full && webhook.state == WebhookState::Enabled
        };
        let webhook =
            webhook.filter(told).ok_or_else(|| Failure::user("partnerId", ExchangeError::NoWebhook))?;
        let found = cases::directory::by_ids(&tx, &command.cases).await?;
        let is_found = |id| found.iter().any(|case| case.id == id);
        if let Some(at) = command.cases.iter().position(|id| !is_found(*id)) {
            return Err(Failure::user(&format!("caseIds.{at}"), ExchangeError::NotFound));
        }
        let mut again = vec![];
        for case in found {
            let visibility = cases::directory::visibility(&tx, &case).await?;
            again.push((case, visibility));
        }
        let (many, version) = (again.len() as u64, i64::try_from(again.len()).unwrap_or(i64::MAX));
        let code = org::directory::district(&tx).await?.map_or_else(String::new, |unit| unit.code);
        webhooks::directory::tell_again(&tx, (&webhook, &code), again).await?;
        tx.audit("exchange.resend", &partner.id, json!({ "cases": many }));
        tx.commit(Done { id: partner.id.uuid(), version }).await?;
        Ok(many)
    }
}
