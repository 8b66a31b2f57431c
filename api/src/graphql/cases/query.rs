//! Queries of the cases slice.

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, InputObject, Object, SimpleObject};
use fengqiao_domain::cases as domain;
use fengqiao_domain::cases::{CaseOrderDirection, Holder};
use fengqiao_domain::kernel::page::PageRequest;

use super::enums::{CasePriorityLevel, CaseSourceKind, CaseState, InboxKind, SupervisionLevel};
use super::inputs::PlaceInput;
use super::routing::{self, CaseSuggestion};
use super::similar::{self, SimilarCase, SimilarCasesInput};
use super::types::{Case, case_of};
use super::value::CaseFieldMatch;
use crate::graphql::context::member;
use crate::graphql::kit::comparators::{DateTimeRange, TextSearch};
use crate::graphql::kit::connection::{Paged, TotalCount, connection, page_request};
use crate::graphql::kit::fault::{Fault, Outcome};
use crate::graphql::kit::id;
use crate::graphql::kit::mistake::Mistake;
use crate::graphql::kit::scalars::DateTime;
use crate::graphql::kit::weight::cost;

/// Most stages of one filter: as many as a programme has.
const MOST_STAGES: usize = 40;
/// Most fields of one filter: each is a look-up for every case that is looked at.
const MOST_FIELDS: usize = 10;

/// Which cases are wanted; all conditions hold at once.
#[derive(Default, InputObject)]
pub struct CaseFilter {
    /// Only in one of these states, at most 11.
    states: Option<Vec<CaseState>>,
    /// Only of these categories, each with all below it; at most 100.
    category_ids: Option<Vec<ID>>,
    /// Only in this place, its predecessors included.
    place: Option<PlaceInput>,
    /// Only from one of these sources, at most 7.
    sources: Option<Vec<CaseSourceKind>>,
    /// Only as urgent as one of these, at most 3.
    priorities: Option<Vec<CasePriorityLevel>>,
    /// Only supervised (督办) at one of these levels, at most 3.
    supervision_levels: Option<Vec<SupervisionLevel>>,
    /// Only judged to have been on time (按时), or not to have been; what is not judged is neither.
    is_on_time: Option<bool>,
    /// Only reworked (返工) at least once, or never.
    is_reworked: Option<bool>,
    /// Only with a return visit (回访) that reached somebody about the result that stands, or without one; for staff.
    is_return_visited: Option<bool>,
    /// Only entered in this span.
    opened: Option<DateTimeRange>,
    /// Only closed in this span.
    closed: Option<DateTimeRange>,
    /// Only due before this instant: with the present one, what is overdue.
    due_before: Option<DateTime>,
    /// Only with this in the title.
    title: Option<TextSearch>,
    /// Whether only cases that lie with the caller now are wanted.
    is_assigned_to_me: Option<bool>,
    /// Only following the programme with this key, whichever version; at most 32 characters.
    #[graphql(validator(chars_max_length = 32))]
    programme_key: Option<String>,
    /// Only at a stage with one of these keys, at most 40.
    stage_keys: Option<Vec<String>>,
    /// Only with these values in fields of their programme, at most 10; a sealed text finds nothing.
    fields: Option<Vec<CaseFieldMatch>>,
}

/// By what cases are sorted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "fengqiao_domain::cases::CaseOrderField")]
pub enum CaseOrderField {
    /// When they were entered.
    OpenedAt,
    /// When they must be done; cases without a limit come last.
    DueAt,
}

/// Which way a list runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum OrderDirection {
    /// From the least up.
    Asc,
    /// From the greatest down.
    Desc,
}

/// The order of a list of cases.
#[derive(Clone, Copy, Debug, InputObject)]
pub struct CaseOrder {
    /// By what.
    field: CaseOrderField,
    /// Which way.
    direction: OrderDirection,
}

/// How many cases lie in each box of the caller's inbox, counted no further than 10,000.
#[derive(SimpleObject)]
pub struct InboxCounts {
    /// Waiting for the caller to take them up (待办).
    pub(super) todo: u64,
    /// Held by the caller and begun (在办).
    pub(super) doing: u64,
    /// Passed on or finished by the caller (已办).
    pub(super) done: u64,
}

/// Queries of the cases slice.
#[derive(Default)]
pub struct CaseQuery;

#[Object]
impl CaseQuery {
    /// The case with an id; null when it does not exist or the caller does not see it.
    #[graphql(name = "case")]
    async fn case_by_id(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Global id of the case.")] id: ID,
    ) -> Option<async_graphql::Result<Case>> {
        match id::parse(&id) {
            Ok(id) => case_of(ctx, id).await.map_err(Into::into).transpose(),
            Err(fault) => Some(Err(fault.into())),
        }
    }

    /// The case with a number such as `150302-2026-000123`.
    async fn case_by_number(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Number as people read it: 6, 4 and 6 digits with hyphens between.")] number: String,
    ) -> Option<async_graphql::Result<Case>> {
        by_number(ctx, &number).await.map_err(Into::into).transpose()
    }

    #[expect(clippy::too_many_arguments, reason = "the arguments of a Relay connection")]
    /// The cases that the caller sees, newest first unless ordered otherwise.
    async fn cases(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Conditions; all cases in reach without it.")] filter: Option<CaseFilter>,
        #[graphql(desc = "The order; newest first without it.")] order_by: Option<CaseOrder>,
        #[graphql(desc = "Number of cases from the start, 1 to 100; default 20.")] first: Option<i32>,
        #[graphql(desc = "Cursor to start after; of the same order.")] after: Option<String>,
        #[graphql(desc = "Number of cases from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Cursor to end before; of the same order.")] before: Option<String>,
    ) -> async_graphql::Result<Paged<Case>> {
        let page = page_request(first, after.as_deref(), last, before.as_deref())?;
        Ok(case_connection(ctx, filter.unwrap_or_default(), order_by, &page).await?)
    }

    /// The cases that are likely to be the same matter (相似件), as far as the caller sees them: of the same category, and within the
    /// metres and hours that it says; the nearest first, at most 10.
    #[graphql(directive = cost::apply("10".into()))]
    async fn similar_cases(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What they are compared with.")] to: SimilarCasesInput,
    ) -> async_graphql::Result<Vec<SimilarCase>> {
        Ok(similar::similar(ctx, to).await?)
    }

    /// Whom a case could be given to (派单建议): the workers of its grid, then the organisations that answer for it, those with the
    /// fewest open cases first. Nobody for whoever cannot dispatch it now.
    #[graphql(directive = cost::apply("10".into()))]
    async fn suggested_assignees(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Global id of the case.")] case_id: ID,
    ) -> async_graphql::Result<Vec<CaseSuggestion>> {
        Ok(routing::suggested(ctx, &case_id).await?)
    }

    #[expect(clippy::too_many_arguments, reason = "the arguments of a Relay connection")]
    /// One box of the caller's inbox, what came last first: the account's own cases and those of the units
    /// and organisations it handles cases for.
    async fn inbox(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which box.")] kind: InboxKind,
        #[graphql(desc = "Number of cases from the start, 1 to 100; default 20.")] first: Option<i32>,
        #[graphql(desc = "Cursor to start after.")] after: Option<String>,
        #[graphql(desc = "Number of cases from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Cursor to end before.")] before: Option<String>,
    ) -> async_graphql::Result<Paged<Case>> {
        let page = page_request(first, after.as_deref(), last, before.as_deref())?;
        Ok(inbox_connection(ctx, kind, &page).await?)
    }

    /// How many cases lie in each box of the caller's inbox.
    #[graphql(directive = cost::apply("10".into()))]
    async fn inbox_counts(&self, ctx: &Context<'_>) -> async_graphql::Result<InboxCounts> {
        let member = member(ctx)?;
        let counts = member.services().cases.inbox_counts(member.scope(), member.reader()).await;
        let counts = counts.map_err(Fault::from_failure)?;
        Ok(InboxCounts { todo: counts.todo, doing: counts.doing, done: counts.done })
    }
}

async fn by_number(ctx: &Context<'_>, number: &str) -> Outcome<Option<Case>> {
    let member = member(ctx)?;
    let found = member.services().cases.case_by_number(member.scope(), member.reader(), number).await?;
    Ok(found.map(Case))
}

impl CaseFilter {
    /// The conditions, parsed.
    ///
    /// # Errors
    /// `BAD_REQUEST` for an id of another kind and for too many.
    pub fn parsed(self) -> Outcome<domain::CaseFilter> {
        Ok(domain::CaseFilter {
            states: self.states.unwrap_or_default().into_iter().map(Into::into).collect(),
            categories: id::parse_all(&self.category_ids.unwrap_or_default(), 100)?,
            place: self.place.as_ref().map(PlaceInput::parsed).transpose()?,
            sources: self.sources.unwrap_or_default().into_iter().map(Into::into).collect(),
            priorities: self.priorities.unwrap_or_default().into_iter().map(Into::into).collect(),
            supervision: self.supervision_levels.unwrap_or_default().into_iter().map(Into::into).collect(),
            on_time: self.is_on_time,
            reworked: self.is_reworked,
            visited: self.is_return_visited,
            due_until: self.due_before.map(|at| at.0),
            opened_from: self.opened.and_then(|span| span.from).map(|at| at.0),
            opened_until: self.opened.and_then(|span| span.until).map(|at| at.0),
            closed_from: self.closed.and_then(|span| span.from).map(|at| at.0),
            closed_until: self.closed.and_then(|span| span.until).map(|at| at.0),
            title_contains: self.title.map(|search| search.contains),
            programme: self.programme_key,
            stages: bounded(self.stage_keys, MOST_STAGES)?,
            values: CaseFieldMatch::parsed(bounded(self.fields, MOST_FIELDS)?)?,
            holder: if self.is_assigned_to_me.unwrap_or_default() { Holder::Caller } else { Holder::Anyone },
        })
    }
}

/// A list that is not too long.
pub(super) fn bounded<T>(list: Option<Vec<T>>, limit: usize) -> Outcome<Vec<T>> {
    let list = list.unwrap_or_default();
    if list.len() > limit {
        return Err(Fault::bad_request(Mistake::TooMany { limit }));
    }
    Ok(list)
}

async fn case_connection(
    ctx: &Context<'_>,
    filter: CaseFilter,
    order: Option<CaseOrder>,
    page: &PageRequest,
) -> Outcome<Paged<Case>> {
    let member = member(ctx)?;
    let filter = filter.parsed()?;
    let order = order.map_or_else(domain::CaseOrder::default, |order| domain::CaseOrder {
        field: order.field.into(),
        direction: match order.direction {
            OrderDirection::Asc => CaseOrderDirection::Ascending,
            OrderDirection::Desc => CaseOrderDirection::Descending,
        },
    });
    let (service, reader) = (member.services().cases.clone(), member.reader().clone());
    let rows = service.cases(reader.scope(), &reader, &filter, order, page).await?;
    let filter = Arc::new(filter);
    let total = TotalCount::lazily(move || {
        let (service, reader, filter) = (service.clone(), reader.clone(), Arc::clone(&filter));
        async move { Ok(service.count_cases(reader.scope(), &reader, &filter).await?) }
    });
    Ok(connection(rows, Case, total))
}

async fn inbox_connection(ctx: &Context<'_>, kind: InboxKind, page: &PageRequest) -> Outcome<Paged<Case>> {
    let member = member(ctx)?;
    let (service, reader) = (member.services().cases.clone(), member.reader().clone());
    let rows = service.inbox(reader.scope(), &reader, kind.into(), page).await?;
    let total = TotalCount::lazily(move || {
        let (service, reader) = (service.clone(), reader.clone());
        async move { Ok(service.count_inbox(reader.scope(), &reader, kind.into()).await?) }
    });
    Ok(connection(rows, Case, total))
}
