//! Queries of the audit slice.

use std::sync::Arc;

use async_graphql::{Context, ID, InputObject, Object};
use fengqiao_domain::audit as domain;
use fengqiao_domain::kernel::page::PageRequest;

use super::types::AuditEntry;
use crate::graphql::context::member;
use crate::graphql::kit::comparators::DateTimeRange;
use crate::graphql::kit::connection::{Paged, TotalCount, connection, page_request};
use crate::graphql::kit::fault::{Fault, Outcome};
use crate::graphql::kit::id;
use crate::graphql::kit::mistake::Mistake;

/// Longer than any prefix with a UUID behind it.
const MOST_OF_AN_ID: usize = 64;

/// Which entries are wanted; all conditions hold at once.
#[derive(Default, InputObject)]
pub struct AuditEntryFilter {
    /// Only with just this action, such as `case.hand_up`; at most 64 characters.
    #[graphql(validator(chars_max_length = 64))]
    action: Option<String>,
    /// Only about what has this global id, of whatever kind; at most 64 visible ASCII characters.
    target_id: Option<ID>,
    /// Only done by this account.
    account_id: Option<ID>,
    /// Only done in this span.
    occurred: Option<DateTimeRange>,
}

/// Queries of the audit slice.
#[derive(Default)]
pub struct AuditQuery;

#[Object]
impl AuditQuery {
    #[expect(clippy::too_many_arguments, reason = "the arguments of a Relay connection")]
    /// The audit trail of the tenant, newest first. Needs `AUDIT_READ`. Every page that is read leaves an entry with what was
    /// searched for.
    async fn audit_entries(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Conditions; the whole trail without it.")] filter: Option<AuditEntryFilter>,
        #[graphql(desc = "Number of entries from the start, 1 to 100; default 20.")] first: Option<i32>,
        #[graphql(desc = "Cursor to start after.")] after: Option<String>,
        #[graphql(desc = "Number of entries from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Cursor to end before.")] before: Option<String>,
    ) -> async_graphql::Result<Paged<AuditEntry>> {
        let page = page_request(first, after.as_deref(), last, before.as_deref())?;
        Ok(entries(ctx, filter.unwrap_or_default(), &page).await?)
    }
}

impl AuditEntryFilter {
    /// The filter of the domain.
    ///
    /// # Errors
    /// When an id is none.
    pub fn parsed(self) -> Outcome<domain::AuditFilter> {
        Ok(domain::AuditFilter {
            action: self.action,
            target: self.target_id.map(|target| bounded(target.0)).transpose()?,
            account: id::parse_optional(self.account_id.as_ref())?,
            from: self.occurred.and_then(|span| span.from).map(|at| at.0),
            until: self.occurred.and_then(|span| span.until).map(|at| at.0),
        })
    }
}

/// An id of whatever kind: what was searched for stays in the trail, and is to be no free text.
fn bounded(target: String) -> Outcome<String> {
    if target.len() <= MOST_OF_AN_ID && target.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Ok(target);
    }
    Err(Fault::bad_request(Mistake::NotAnId { prefix: "<kind>" }))
}

async fn entries(
    ctx: &Context<'_>,
    filter: AuditEntryFilter,
    page: &PageRequest,
) -> Outcome<Paged<AuditEntry>> {
    let member = member(ctx)?;
    let filter = Arc::new(filter.parsed()?);
    let (service, reader) = (member.services().audit.clone(), member.reader().clone());
    let rows = service.entries(reader.scope(), &filter, page).await?;
    let total = TotalCount::lazily(move || {
        let (service, reader, filter) = (service.clone(), reader.clone(), Arc::clone(&filter));
        async move { Ok(service.count_entries(reader.scope(), &reader, &filter).await?) }
    });
    Ok(connection(rows, AuditEntry, total))
}
