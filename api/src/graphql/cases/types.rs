//! Objects and inputs of the cases slice.

use async_graphql::{Context, ID, Object, SimpleObject, Union};
use fengqiao_domain::cases as domain;
use fengqiao_domain::cases::Assignee;
use fengqiao_domain::kernel::id::CaseId;
use fengqiao_domain::kernel::page::Direction;

use super::assistance::CaseAssistant;
use super::clock::CaseClock;
use super::entry::CaseEntry;
use super::enums::{CasePriorityLevel, CaseSourceKind, CaseState, SettlementLevel};
use super::extension::{CaseExtensionRequest, request_of};
use super::judging::{CaseEvaluation, CaseOutcome, CaseReturnVisit, outcome_of};
use super::loaders::{CaseOf, timeline_of};
use super::merging::{CaseMasterProgress, duplicates_of, master_of, progress_of};
use super::milestone::{CaseMilestone, milestones_of};
use super::place::CasePlace;
use super::routing::{CaseRouting, routing_of};
use super::rung::{CaseRung, rungs_of};
use super::stage::{CaseAction, CaseStage, actions_of, clock_of, stage_of};
use super::supervision::CaseSupervision;
use super::value::{CaseField, fields_of};
use crate::graphql::catalogue::{Category, Sensitivity, category_of};
use crate::graphql::context::member;
use crate::graphql::exchange::{CaseExchange, exchanges_of};
use crate::graphql::files::{Attachment, attachments_of_case};
use crate::graphql::identity::{Account, MaskedText, account_of};
use crate::graphql::kit::connection::{Paged, page_request};
use crate::graphql::kit::fault::{Fault, Outcome};
use crate::graphql::kit::id;
use crate::graphql::kit::scalars::DateTime;
use crate::graphql::kit::weight::list_size;
use crate::graphql::org::{Organisation, Unit, organisation_of, unit_of};
use crate::graphql::programmes::{ProgrammeOutline, outline_of};

/// One matter from its report to its evaluation, and whoever works it on the way.
pub struct Case(pub domain::Case);

/// One matter (事件) from its report to its evaluation, and whoever works it on the way.
#[Object]
impl Case {
    /// Global id: `case_<uuid>`.
    pub(crate) async fn id(&self) -> ID {
        id::text(self.0.id)
    }

    /// Number that people read over the phone: district, year, serial, as `150302-2026-000123`.
    async fn number(&self) -> &str {
        &self.0.number
    }

    /// Where it stands.
    async fn state(&self) -> CaseState {
        self.0.state.into()
    }

    /// The programme that it follows: the version it began with.
    async fn programme(&self, ctx: &Context<'_>) -> async_graphql::Result<ProgrammeOutline> {
        Ok(ProgrammeOutline(outline_of(ctx, self.0.programme).await?))
    }

    /// The stage it is at, as its programme names it.
    async fn stage(&self, ctx: &Context<'_>) -> async_graphql::Result<CaseStage> {
        Ok(stage_of(ctx, &self.0).await?)
    }

    /// What it is about.
    async fn category(&self, ctx: &Context<'_>) -> Option<async_graphql::Result<Category>> {
        category_of(ctx, Some(self.0.category)).await.map_err(Into::into).transpose()
    }

    /// How carefully it must be handled.
    async fn sensitivity(&self) -> Sensitivity {
        self.0.sensitivity.into()
    }

    /// How urgent it is.
    async fn priority(&self) -> CasePriorityLevel {
        self.0.priority.into()
    }

    /// How it came in.
    async fn source(&self) -> CaseSourceKind {
        self.0.source.into()
    }

    /// Its number in another system.
    async fn external(&self) -> Option<CaseExternal> {
        let external = self.0.external.clone()?;
        Some(CaseExternal { source: external.source, number: external.number })
    }

    /// Short text for lists.
    async fn title(&self) -> &str {
        &self.0.title
    }

    #[expect(clippy::unused_async, reason = "resolvers are async")]
    /// What was seen or heard.
    async fn description(&self, ctx: &Context<'_>) -> async_graphql::Result<String> {
        let member = member(ctx)?;
        let text = member.services().cases.description(member.scope(), &self.0);
        Ok(text.map_err(Fault::from_failure)?)
    }

    /// Where it occurred.
    async fn place(&self) -> CasePlace<'_> {
        CasePlace(&self.0)
    }

    /// When it occurred, if known.
    async fn occurred_at(&self) -> Option<DateTime> {
        self.0.occurred_at.map(DateTime)
    }

    /// When it was reported, perhaps earlier than it was entered.
    async fn reported_at(&self) -> DateTime {
        DateTime(self.0.reported_at)
    }

    /// Unit at whose desk it was reported, which need not be where it occurred.
    async fn reported_unit(&self, ctx: &Context<'_>) -> Option<async_graphql::Result<Unit>> {
        unit_of(ctx, self.0.reported_unit).await.map_err(Into::into).transpose()
    }

    #[expect(clippy::unused_async, reason = "resolvers are async")]
    /// Who reported it, masked; empty for whom it does not concern and for an anonymous report.
    async fn reporter(&self, ctx: &Context<'_>) -> async_graphql::Result<CaseReporter> {
        let member = member(ctx)?;
        let reporter =
            member.services().cases.reporter(member.scope(), &self.0).map_err(Fault::from_failure)?;
        Ok(CaseReporter {
            is_anonymous: self.0.anonymous,
            name: reporter.name.map(masked),
            phone: reporter.phone.map(masked),
        })
    }

    /// What it lies with now; null for a person whom the caller may not know.
    async fn assignee(&self, ctx: &Context<'_>) -> Option<async_graphql::Result<CaseAssignee>> {
        assignee_of(ctx, self.0.assignee).await.map_err(Into::into).transpose()
    }

    /// Why it went where it went when it came in, or when its category changed last (分派依据), for staff; null where nobody
    /// remembers.
    async fn routing(&self, ctx: &Context<'_>) -> Option<async_graphql::Result<CaseRouting>> {
        routing_of(ctx, &self.0).await.map_err(Into::into).transpose()
    }

    /// The level it is at now.
    async fn level(&self) -> SettlementLevel {
        self.0.level.into()
    }

    /// The level at which it was settled (小事不出格、大事不出村), from the closing on.
    async fn settled_level(&self) -> Option<SettlementLevel> {
        self.0.settled_level.map(Into::into)
    }

    /// How its time stands; null without a limit, and for a case that ended without being closed.
    async fn clock(&self, ctx: &Context<'_>) -> Option<async_graphql::Result<CaseClock>> {
        clock_of(ctx, &self.0).await.map_err(Into::into).transpose()
    }

    /// Its ladder (升级阶梯) for staff: what the system did because its time ran out, oldest first, and then what it will
    /// do if nothing changes.
    async fn rungs(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<CaseRung>> {
        Ok(rungs_of(ctx, &self.0).await?)
    }

    /// Since when it stands still (挂起); null when it does not.
    async fn paused_at(&self) -> Option<DateTime> {
        self.0.paused_at().map(DateTime)
    }

    /// When it must be done next: by its own limit or by that of the stage it is at, whichever ends first; null without
    /// either, and while it stands still.
    async fn due_at(&self) -> Option<DateTime> {
        self.0.due_at.map(DateTime)
    }

    /// When it was accepted.
    async fn accepted_at(&self) -> Option<DateTime> {
        self.0.accepted_at.map(DateTime)
    }

    /// When it was closed.
    async fn closed_at(&self) -> Option<DateTime> {
        self.0.closed_at.map(DateTime)
    }

    /// What whoever it lies with asks for more time (延期申请), for staff; null when nobody does, or it was answered.
    async fn extension_request(
        &self,
        ctx: &Context<'_>,
    ) -> Option<async_graphql::Result<CaseExtensionRequest>> {
        match member(ctx) {
            Ok(member) if !member.scope().is_staff() => None,
            _ => request_of(ctx, &self.0).await.map_err(Into::into).transpose(),
        }
    }

    #[expect(clippy::unused_async, reason = "resolvers are async")]
    /// Who assists with it (协办), for staff, whoever was asked first first; they stay when they have answered.
    async fn assistants(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<CaseAssistant>> {
        let told = member(ctx)?.scope().is_staff();
        Ok(self.0.assistants.iter().filter(|_| told).copied().map(CaseAssistant).collect())
    }

    /// The case that it is part of since it was merged (并案); null until then, and for one that the caller does not see.
    async fn master(&self, ctx: &Context<'_>) -> Option<async_graphql::Result<Case>> {
        master_of(ctx, &self.0).await.map_err(Into::into).transpose()
    }

    /// How the case stands that it is part of (并案), for whoever reported it and so follows that one without seeing it; null until it is
    /// merged, and for everybody else.
    async fn master_progress(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<CaseMasterProgress>> {
        Ok(progress_of(ctx, &self.0).await?)
    }

    /// The cases that were merged into it (重复件) as far as the caller sees them, newest first, at most 100.
    #[graphql(directive = list_size::apply(Some(100), None))]
    async fn duplicates(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<Case>> {
        Ok(duplicates_of(ctx, &self.0).await?)
    }

    /// How often somebody asked for haste with it (催办).
    async fn urgings(&self) -> u32 {
        self.0.urgings
    }

    #[expect(clippy::unused_async, reason = "resolvers are async")]
    /// How it is supervised (督办); null until it is for the first time, and for whoever is not of the staff.
    async fn supervision(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<CaseSupervision>> {
        let staff = member(ctx)?.scope().is_staff();
        Ok(self.0.supervision.filter(|_| staff).map(Into::into))
    }

    /// The leader in charge of it (包案领导); null until somebody takes charge, and for whom the caller may not know.
    async fn leader(&self, ctx: &Context<'_>) -> Option<async_graphql::Result<Account>> {
        account_of(ctx, self.0.leader).await.map_err(Into::into).transpose()
    }

    /// When it was responded to, begun, settled, answered and inspected for the first time (五个第一时间), as far as it
    /// was; by what of its timeline the caller may read.
    async fn milestones(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<CaseMilestone>> {
        Ok(milestones_of(ctx, &self.0).await?)
    }

    /// When it was entered.
    async fn opened_at(&self) -> DateTime {
        DateTime(self.0.opened_at)
    }

    /// What it counts as by its programme (办结、按时、返工).
    async fn outcome(&self, ctx: &Context<'_>) -> async_graphql::Result<CaseOutcome> {
        Ok(outcome_of(ctx, &self.0).await?)
    }

    /// The judgement on its settlement.
    async fn evaluation(&self) -> Option<CaseEvaluation> {
        self.0.evaluation.clone().map(CaseEvaluation)
    }

    /// Until when its settlement can be judged; null while it is not closed, and for as long as anybody likes.
    async fn evaluation_ends_at(&self) -> Option<DateTime> {
        self.0.evaluable_until.map(DateTime)
    }

    #[expect(clippy::unused_async, reason = "resolvers are async")]
    /// The return visits (回访) that were made of whatever result stood then, for staff, oldest first, at most 20; what was said stands
    /// in the timeline.
    #[graphql(directive = list_size::apply(Some(20), None))]
    async fn return_visits(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<CaseReturnVisit>> {
        let told = member(ctx)?.scope().is_staff();
        Ok(self.0.return_visits.iter().filter(|_| told).copied().map(CaseReturnVisit).collect())
    }

    /// Version: grows by one with every act; to be sent back as `expectedVersion`.
    async fn version(&self) -> i64 {
        self.0.version
    }

    /// The fields that its programme adds and that have a value, in the programme's order.
    async fn fields(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<CaseField>> {
        Ok(fields_of(ctx, &self.0).await?)
    }

    /// What other systems were told of it in full (回传), and what they made of it, for staff: the newest 50, newest first.
    #[graphql(directive = list_size::apply(Some(50), None))]
    async fn exchanges(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<CaseExchange>> {
        Ok(exchanges_of(ctx, self.0.id).await?)
    }

    /// What the caller could do with it now: computed by the function that the mutations ask.
    async fn viewer_actions(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<CaseAction>> {
        Ok(actions_of(ctx, &self.0).await?)
    }

    /// The photos and documents that came with what was done with it, in the order in which they came, as far as the caller may
    /// read the entries that they came with.
    async fn attachments(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Number of attachments from the start, 1 to 100; default 20.")] first: Option<i32>,
        #[graphql(desc = "Cursor to start after.")] after: Option<String>,
        #[graphql(desc = "Number of attachments from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Cursor to end before.")] before: Option<String>,
    ) -> async_graphql::Result<Paged<Attachment>> {
        let page = page_request(first, after.as_deref(), last, before.as_deref())?;
        Ok(attachments_of_case(ctx, self.0.id, &page).await?)
    }

    /// What was done with it, oldest first, as far as the caller may read it.
    async fn timeline(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Number of entries from the start, 1 to 100; default 20.")] first: Option<i32>,
        #[graphql(desc = "Cursor to start after.")] after: Option<String>,
        #[graphql(desc = "Number of entries from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Cursor to end before.")] before: Option<String>,
    ) -> async_graphql::Result<Paged<CaseEntry>> {
        let page = page_request(first, after.as_deref(), last, before.as_deref())?;
        let end = match (page.direction, &page.cursor) {
            (Direction::Backward, None) => u32::try_from(page.size).ok(),
            _ => None,
        };
        Ok(timeline_of(ctx, &self.0, &page, end).await?)
    }
}

/// A case's number in another system.
#[derive(SimpleObject)]
pub struct CaseExternal {
    /// The other system, for example `12345`.
    source: String,
    /// The number there.
    number: String,
}

/// What the caller learns of who reported a case.
#[derive(SimpleObject)]
pub struct CaseReporter {
    /// Whether the reporter is kept from those who work the case.
    is_anonymous: bool,
    /// Masked name: `张*`.
    name: Option<MaskedText>,
    /// Masked telephone number: `138****5678`.
    phone: Option<MaskedText>,
}

/// The domain tells a reporter only in this form.
fn masked(text: String) -> MaskedText {
    MaskedText { text, is_masked: true }
}

/// What a case lies with: a person, the office of a unit, or an organisation.
#[derive(Union)]
pub enum CaseAssignee {
    /// A worker.
    Account(Account),
    /// The station of a village, the sub-centre of a town, the centre of the district.
    Unit(Unit),
    /// An organisation.
    Organisation(Organisation),
}

/// The case with an id, when the caller sees it.
///
/// # Errors
/// As the database says.
pub async fn case_of(ctx: &Context<'_>, id: CaseId) -> Outcome<Option<Case>> {
    Ok(member(ctx)?.timelines().load_one(CaseOf(id)).await?.map(Case))
}

/// What a case lies with.
pub(super) async fn assignee_of(ctx: &Context<'_>, assignee: Assignee) -> Outcome<Option<CaseAssignee>> {
    Ok(match assignee {
        Assignee::Account(id) => account_of(ctx, Some(id)).await?.map(CaseAssignee::Account),
        Assignee::Unit(id) => unit_of(ctx, Some(id)).await?.map(CaseAssignee::Unit),
        Assignee::Organisation(id) => organisation_of(ctx, Some(id)).await?.map(CaseAssignee::Organisation),
    })
}
