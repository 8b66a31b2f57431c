//! Reads of webhooks and of what they were told.

use std::collections::HashMap;

use crate::kernel::id::{CaseId, WebhookId};
use crate::kernel::page::{Page, PageRequest};
use crate::kernel::permission::Permission;
use crate::kernel::scope::Scope;
use crate::store::Reader;
use crate::webhooks::model::{ToldCase, Webhook, WebhookDelivery};
use crate::webhooks::service::{Answer, WebhookService, permit};
use crate::webhooks::store;

/// Most of what is shown of one case: as often as a case is told of in years.
const MOST_TOLD: usize = 50;

impl WebhookService {
    /// A webhook; none for whoever may have none, or sees it not.
    ///
    /// # Errors
    /// As the database says.
    pub async fn webhook(&self, scope: &Scope, reader: &Reader, id: WebhookId) -> Answer<Option<Webhook>> {
        if !scope.permits(Permission::WebhookManage) {
            return Ok(None);
        }
        Ok(store::by_id(&*reader.tx().await?, id).await?)
    }

    /// A page of the webhooks that the caller sees, newest first. Needs `WEBHOOK_MANAGE`.
    ///
    /// # Errors
    /// As the database says.
    pub async fn webhooks(
        &self,
        scope: &Scope,
        reader: &Reader,
        page: &PageRequest,
    ) -> Answer<Page<Webhook>> {
        permit(scope)?;
        Ok(store::page(&*reader.tx().await?, page).await?)
    }

    /// How many webhooks the caller sees, counted no further than the page limit of counts.
    ///
    /// # Errors
    /// As the database says.
    pub async fn count_webhooks(&self, scope: &Scope, reader: &Reader) -> Answer<u64> {
        permit(scope)?;
        Ok(store::count(&*reader.tx().await?).await?)
    }

    /// A page of what a webhook was told and is to be told, newest first.
    ///
    /// # Errors
    /// As the database says.
    pub async fn deliveries(
        &self,
        scope: &Scope,
        reader: &Reader,
        webhook: WebhookId,
        page: &PageRequest,
    ) -> Answer<Page<WebhookDelivery>> {
        permit(scope)?;
        Ok(store::List(webhook).page(&*reader.tx().await?, page).await?)
    }

    /// How much a webhook was told and is to be told, counted no further than the page limit of counts.
    ///
    /// # Errors
    /// As the database says.
    pub async fn count_deliveries(&self, scope: &Scope, reader: &Reader, webhook: WebhookId) -> Answer<u64> {
        permit(scope)?;
        Ok(store::List(webhook).count(&*reader.tx().await?).await?)
    }

    /// What webhooks that are told all were told of some cases, newest first, of each case at most the newest 50. For staff.
    ///
    /// # Errors
    /// As the database says.
    pub async fn told_of(
        &self,
        scope: &Scope,
        reader: &Reader,
        cases: &[CaseId],
    ) -> Answer<HashMap<CaseId, Vec<ToldCase>>> {
        let mut of: HashMap<CaseId, Vec<ToldCase>> = HashMap::new();
        if !scope.is_staff() {
            return Ok(of);
        }
        let tx = reader.tx().await?;
        let names = store::names_told_all(&tx).await?;
        if names.is_empty() {
            return Ok(of);
        }
        let webhooks: Vec<WebhookId> = names.keys().copied().collect();
        for delivery in store::of_cases(&tx, cases, (&webhooks, MOST_TOLD)).await? {
            let Some((case, name)) = delivery.case.zip(names.get(&delivery.webhook)) else { continue };
            let told = of.entry(case).or_default();
            if told.len() < MOST_TOLD {
                told.push(ToldCase { webhook_name: name.clone(), delivery });
            }
        }
        Ok(of)
    }
}
