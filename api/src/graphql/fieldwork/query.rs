//! Queries of the fieldwork slice.

use std::sync::Arc;

use async_graphql::{Context, ID, InputObject, Object};
use fengqiao_domain::fieldwork as domain;
use fengqiao_domain::kernel::page::PageRequest;

use super::enums::{VisitOutcomeKind, VisitPurposeKind, VisitState, VisitSubjectKind};
use super::types::{Visit, visit_of};
use crate::graphql::cases::PlaceInput;
use crate::graphql::context::member;
use crate::graphql::kit::comparators::DateTimeRange;
use crate::graphql::kit::connection::{Paged, TotalCount, connection, page_request};
use crate::graphql::kit::fault::Outcome;
use crate::graphql::kit::id;

/// Which visits are wanted; all conditions hold at once.
#[derive(Default, InputObject)]
pub(super) struct VisitFilter {
    /// Only in this unit or one below it, its predecessors included, or in this grid.
    place: Option<PlaceInput>,
    /// Only those that this account made.
    account_id: Option<ID>,
    /// Only those made for this case.
    case_id: Option<ID>,
    /// Only to one of these, at most 4.
    subject_kinds: Option<Vec<VisitSubjectKind>>,
    /// Only to key persons, or only to others; both without it.
    is_key_person: Option<bool>,
    /// Only to those who are known to have been under fourteen when they were visited, or only to others; both without it.
    was_under_fourteen: Option<bool>,
    /// Only for one of these, at most 5.
    purposes: Option<Vec<VisitPurposeKind>>,
    /// Only those of which one of these came, at most 3.
    outcomes: Option<Vec<VisitOutcomeKind>>,
    /// Only those that count, or only those that were struck off; both without it.
    state: Option<VisitState>,
    /// Only those made then.
    visited: Option<DateTimeRange>,
}

impl VisitFilter {
    fn parsed(self) -> Outcome<domain::VisitFilter> {
        Ok(domain::VisitFilter {
            place: self.place.as_ref().map(PlaceInput::parsed).transpose()?,
            by: id::parse_optional(self.account_id.as_ref())?,
            case: id::parse_optional(self.case_id.as_ref())?,
            subjects: self.subject_kinds.unwrap_or_default().into_iter().map(Into::into).collect(),
            key_person: self.is_key_person,
            child: self.was_under_fourteen,
            purposes: self.purposes.unwrap_or_default().into_iter().map(Into::into).collect(),
            outcomes: self.outcomes.unwrap_or_default().into_iter().map(Into::into).collect(),
            state: self.state.map(Into::into),
            visited_from: self.visited.and_then(|span| span.from).map(|at| at.0),
            visited_until: self.visited.and_then(|span| span.until).map(|at| at.0),
        })
    }
}

/// Queries of the fieldwork slice.
#[derive(Default)]
pub struct FieldworkQuery;

#[Object]
impl FieldworkQuery {
    /// A visit; null when there is none, or none that the caller sees.
    async fn visit(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Global id of the visit.")] id: ID,
    ) -> Option<async_graphql::Result<Visit>> {
        match id::parse(&id) {
            Ok(id) => visit_of(ctx, id).await.map_err(Into::into).transpose(),
            Err(fault) => Some(Err(fault.into())),
        }
    }

    #[expect(clippy::too_many_arguments, reason = "the arguments of a Relay connection")]
    /// The visits that the caller sees, those made last first.
    async fn visits(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Conditions; all visits in reach without it.")] filter: Option<VisitFilter>,
        #[graphql(desc = "Number of visits from the start, 1 to 100; default 20.")] first: Option<i32>,
        #[graphql(desc = "Cursor to start after.")] after: Option<String>,
        #[graphql(desc = "Number of visits from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Cursor to end before.")] before: Option<String>,
    ) -> async_graphql::Result<Paged<Visit>> {
        let page = page_request(first, after.as_deref(), last, before.as_deref())?;
        Ok(visit_connection(ctx, filter.unwrap_or_default(), &page).await?)
    }
}

async fn visit_connection(
    ctx: &Context<'_>,
    filter: VisitFilter,
    page: &PageRequest,
) -> Outcome<Paged<Visit>> {
    let (member, filter) = (member(ctx)?, Arc::new(filter.parsed()?));
    let (service, reader) = (member.services().fieldwork.clone(), member.reader().clone());
    let rows = service.visits(reader.scope(), &reader, &filter, page).await?;
    let total = TotalCount::lazily(move || {
        let (service, reader, filter) = (service.clone(), reader.clone(), Arc::clone(&filter));
        async move { Ok(service.count_visits(reader.scope(), &reader, &filter).await?) }
    });
    Ok(connection(rows, Visit, total))
}
