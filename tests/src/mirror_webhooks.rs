//! A webhook of a mirrored tenant, which belongs to its integrator.

use fengqiao_domain::kernel::id::WebhookId;
use fengqiao_domain::kernel::scope::Scope;
use fengqiao_domain::webhooks::{CreateWebhook, WebhookService};

use crate::{Answered as _, Side};

/// Lays the webhook of a side, with a test that waits to be sent.
pub(crate) async fn lay(webhooks: &WebhookService, side: &Side, api: &Scope) -> anyhow::Result<WebhookId> {
    let command = CreateWebhook {
        name: format!("回调{}", side.mark),
        url: format!("https://hooks.example.org/{}", side.code),
        categories: side.categories.get("01").copied().into_iter().collect(),
        unit: Some(side.unit),
        ..CreateWebhook::default()
    };
    let issued = webhooks.create(api, command).await.done()?;
    webhooks.test(api, issued.webhook.id).await.done()?;
    Ok(issued.webhook.id)
}
