//! Queries of the programmes slice.

use async_graphql::{Context, ID, Object};
use fengqiao_domain::kernel::page::PageRequest;
use fengqiao_domain::programmes as domain;

use super::fault::ProgrammeFault;
use super::simulation::{self, ProgrammeSimulateInput, ProgrammeSimulation};
use super::types::{Programme, ProgrammeDiff, ProgrammeTemplate, programme_of};
use crate::graphql::context::member;
use crate::graphql::kit::connection::{Paged, TotalCount, connection, page_request};
use crate::graphql::kit::fault::Outcome;
use crate::graphql::kit::id;
use crate::graphql::kit::message::language;
use crate::graphql::kit::weight::cost;

/// Queries of the programmes slice.
#[derive(Default)]
pub struct ProgrammeQuery;

#[Object]
impl ProgrammeQuery {
    /// The programme with an id; null when the tenant has none.
    async fn programme(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Global id of the programme.")] id: ID,
    ) -> Option<async_graphql::Result<Programme>> {
        match id::parse(&id) {
            Ok(id) => programme_of(ctx, Some(id)).await.map_err(Into::into).transpose(),
            Err(fault) => Some(Err(fault.into())),
        }
    }

    /// The programmes of the tenant, by key. A case for which none was published follows `grid_event` as it ships.
    async fn programmes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Number of programmes from the start, 1 to 100; default 20.")] first: Option<i32>,
        #[graphql(desc = "Cursor to start after.")] after: Option<String>,
        #[graphql(desc = "Number of programmes from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Cursor to end before.")] before: Option<String>,
    ) -> async_graphql::Result<Paged<Programme>> {
        let page = page_request(first, after.as_deref(), last, before.as_deref())?;
        Ok(programme_connection(ctx, &page).await?)
    }

    #[expect(clippy::unused_async, reason = "resolvers are async")]
    /// The programmes that ship with the product, to be adopted and changed.
    async fn programme_templates(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<ProgrammeTemplate>> {
        member(ctx)?;
        Ok(ProgrammeTemplate::all())
    }

    #[expect(clippy::unused_async, reason = "resolvers are async")]
    /// Everything that is wrong with a programme's file, in the order of its lines; nothing is written.
    async fn programme_check(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The file (TOML), at most 64 KiB.")] definition: String,
    ) -> async_graphql::Result<Vec<ProgrammeFault>> {
        member(ctx)?;
        let language = language(ctx);
        Ok(domain::read(&definition)
            .err()
            .unwrap_or_default()
            .into_iter()
            .map(|fault| ProgrammeFault::told(fault, language))
            .collect())
    }

    /// Play a programme without a case: where it would be after each act, when it would be due, and who would be refused
    /// why. Nothing is written. For whoever may publish programmes.
    #[graphql(directive = cost::apply("100".into()))]
    async fn programme_simulate(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to play.")] input: ProgrammeSimulateInput,
    ) -> async_graphql::Result<ProgrammeSimulation> {
        Ok(simulation::run(ctx, input).await?)
    }

    /// What differs between two versions of a programme; null when the tenant has no such programme, version or draft.
    async fn programme_diff(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which programme.")] programme_id: ID,
        #[graphql(desc = "Number of the earlier version; the draft when absent.")] from: Option<u32>,
        #[graphql(desc = "Number of the later version; the draft when absent.")] to: Option<u32>,
    ) -> Option<async_graphql::Result<ProgrammeDiff>> {
        changes(ctx, &programme_id, (from, to)).await.map_err(Into::into).transpose()
    }
}

async fn changes(
    ctx: &Context<'_>,
    programme: &ID,
    between: (Option<u32>, Option<u32>),
) -> Outcome<Option<ProgrammeDiff>> {
    let member = member(ctx)?;
    let (service, id) = (&member.services().programmes, id::parse(programme)?);
    let changes = service.changes(member.scope(), member.reader(), id, between).await?;
    Ok(changes.map(ProgrammeDiff::of))
}

async fn programme_connection(ctx: &Context<'_>, page: &PageRequest) -> Outcome<Paged<Programme>> {
    let member = member(ctx)?;
    let (service, reader) = (member.services().programmes.clone(), member.reader().clone());
    let rows = service.programmes(reader.scope(), &reader, page).await?;
    let total = TotalCount::lazily(move || {
        let (service, reader) = (service.clone(), reader.clone());
        async move { Ok(service.count_programmes(reader.scope(), &reader).await?) }
    });
    Ok(connection(rows, Programme, total))
}
