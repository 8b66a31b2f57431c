//! Entries of the audit trail.
//!
//! Consumers: the audit administrator finds out who did what, and whoever checks the chain compares places and hashes.

use async_graphql::{Context, ID, Object};
use fengqiao_domain::audit as domain;
use fengqiao_domain::kernel::id::AuditId;

use crate::graphql::context::member;
use crate::graphql::identity::{Account, account_of};
use crate::graphql::kit::fault::Outcome;
use crate::graphql::kit::id;
use crate::graphql::kit::scalars::DateTime;

/// Who did what, when (审计记录).
pub struct AuditEntry(pub domain::AuditEntry);

/// Who did what, when (审计记录): written with the change, sealed some seconds later, and never changed.
#[Object]
impl AuditEntry {
    /// Global id: `audit_<uuid>`.
    pub(crate) async fn id(&self) -> ID {
        id::text(self.0.id)
    }

    /// When it was done.
    async fn occurred_at(&self) -> DateTime {
        DateTime(self.0.at)
    }

    /// Who did it; null for the system itself, and where the reader does not see the account.
    async fn account(&self, ctx: &Context<'_>) -> Option<async_graphql::Result<Account>> {
        account_of(ctx, Some(self.0.account?)).await.map_err(Into::into).transpose()
    }

    /// The text form of the account's global id, whether or not the reader sees the account; null for the system itself.
    async fn actor(&self) -> Option<String> {
        self.0.account.map(|account| account.to_string())
    }

    /// What was done, for example `case.hand_up`.
    async fn action(&self) -> &str {
        &self.0.action
    }

    /// What it was done to: the text form of its global id, which may be of something that the reader does not see.
    async fn target(&self) -> &str {
        &self.0.target
    }

    /// Id of the request, as the answer and the log of the server have it.
    async fn request(&self) -> &str {
        &self.0.request_id
    }

    /// Facts as JSON: ids and codes, never personal data.
    async fn detail(&self) -> &str {
        &self.0.detail
    }

    /// Its place in the chain of the tenant, from 1 without gaps; null for some seconds, until it is sealed.
    async fn sequence(&self) -> Option<i64> {
        self.0.seal.map(|seal| seal.sequence)
    }

    /// SHA-256 of the hash before and of this entry, in hexadecimal digits; null until it is sealed.
    async fn hash(&self) -> Option<String> {
        self.0.seal.map(|seal| seal.hash_text())
    }

    /// When it was sealed; null until then.
    async fn sealed_at(&self) -> Option<DateTime> {
        self.0.seal.map(|seal| DateTime(seal.at))
    }
}

/// An entry by id; none for whoever may not read the trail.
pub async fn audit_entry_of(ctx: &Context<'_>, id: AuditId) -> Outcome<Option<AuditEntry>> {
    let member = member(ctx)?;
    let found = member.services().audit.entry(member.scope(), member.reader(), id).await?;
    Ok(found.map(AuditEntry))
}
