//! Reads of webhooks and of what they were told.

use crate::kernel::id::WebhookId;
use crate::kernel::page::{Page, PageRequest};
use crate::kernel::permission::Permission;
use crate::kernel::scope::Scope;
use crate::store::Reader;
use crate::webhooks::model::{Webhook, WebhookDelivery};
use crate::webhooks::service::{Answer, WebhookService, permit};
use crate::webhooks::store;

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
}
