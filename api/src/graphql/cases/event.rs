//! Events of cases: one GraphQL type per act, past tense, the same fields in each and few besides.

#![expect(missing_docs, reason = "the library's derive makes methods without documentation")]

use async_graphql::{Context, ID, Interface, Object, Union};
use fengqiao_domain::cases as domain;
use fengqiao_domain::kernel::id::EventId;
use fengqiao_domain::programmes::CaseAct;

use super::enums::{CaseState, SettlementLevel, SupervisionLevel};
use super::types::{Case, CaseAssignee, assignee_of, case_of};
use crate::graphql::identity::{Account, account_of};
use crate::graphql::kit::id;
use crate::graphql::kit::scalars::DateTime;

/// What an event tells, and its id.
#[derive(Clone, Debug)]
pub struct Told {
    id: EventId,
    event: domain::CaseEvent,
}

/// Something that happened. Webhooks and timelines bear the same names.
#[derive(Interface)]
#[graphql(
    field(name = "id", ty = "ID", desc = "Global id of the event."),
    field(name = "occurred_at", ty = "DateTime", desc = "When it happened."),
    field(
        name = "actor",
        ty = "Option<async_graphql::Result<Account>>",
        desc = "Who caused it; null for the system, for an anonymous reporter, and for whom the caller may not know."
    )
)]
#[expect(clippy::enum_variant_names, reason = "the schema's own names")]
pub enum Event {
    /// A case was reported (上报).
    CaseReported(CaseReported),
    /// A case was accepted (受理).
    CaseAccepted(CaseAccepted),
    /// A case was refused (不予受理).
    CaseRejected(CaseRejected),
    /// A case was given to an assignee (分流).
    CaseDispatched(CaseDispatched),
    /// Work on a case began (开始处置).
    CaseStarted(CaseStarted),
    /// A case was passed to another assignee of the same level, or from an officer to mediation (转办、警调衔接).
    CaseTransferred(CaseTransferred),
    /// A case was given back to whoever gave it (退回).
    CaseReturned(CaseReturned),
    /// A case was handed to the level above (提级).
    CaseHandedUp(CaseHandedUp),
    /// A case was sent to a level below (下派).
    CaseSentDown(CaseSentDown),
    /// A case was moved on to another stage of its state (推进).
    CaseAdvanced(CaseAdvanced),
    /// A case was moved back to an earlier stage (回退).
    CaseSteppedBack(CaseSteppedBack),
    /// A case was made to stand still (挂起).
    CasePaused(CasePaused),
    /// A case that stood still goes on (恢复).
    CaseResumed(CaseResumed),
    /// A case was given more time (延期).
    CaseExtended(CaseExtended),
    /// Whoever a case lies with asked for more time (延期申请).
    CaseExtensionRequested(CaseExtensionRequested),
    /// The time that was asked for a case was refused (驳回延期).
    CaseExtensionRefused(CaseExtensionRefused),
    /// Others were asked to assist with a case (协办).
    CaseCoHandled(CaseCoHandled),
    /// Somebody who assists with a case answered (协办反馈).
    CaseAssisted(CaseAssisted),
    /// Somebody asked for haste with a case (催办).
    CaseUrged(CaseUrged),
    /// A case was put under supervision (督办).
    CaseSupervised(CaseSupervised),
    /// An instruction was written on a case, for staff (批示).
    CaseInstructed(CaseInstructed),
    /// A leader took charge of a case (包案).
    CaseChargeTaken(CaseChargeTaken),
    /// A case was given another category (改类).
    CaseCategoryChanged(CaseCategoryChanged),
    /// Somebody said something about a case (留言).
    CaseCommented(CaseCommented),
    /// The assignee reported the result (办结).
    CaseCompleted(CaseCompleted),
    /// Somebody else confirmed the result (核查).
    CaseVerified(CaseVerified),
    /// The result was found wanting (返工).
    CaseSentBack(CaseSentBack),
    /// A case was closed (结案).
    CaseClosed(CaseClosed),
    /// The settlement was judged (评价).
    CaseEvaluated(CaseEvaluated),
    /// A reporter was asked what they make of the result (回访).
    CaseReturnVisited(CaseReturnVisited),
    /// A closed case was opened again (重开).
    CaseReopened(CaseReopened),
    /// The reporter took the report back (撤回).
    CaseWithdrawn(CaseWithdrawn),
    /// A case became part of another (并案).
    CaseMerged(CaseMerged),
    /// A case was struck off (作废).
    CaseVoided(CaseVoided),
}

/// Something that happened to a case.
#[derive(Union)]
pub enum CaseEvent {
    /// A case was reported (上报).
    Reported(CaseReported),
    /// A case was accepted (受理).
    Accepted(CaseAccepted),
    /// A case was refused (不予受理).
    Rejected(CaseRejected),
    /// A case was given to an assignee (分流).
    Dispatched(CaseDispatched),
    /// Work on a case began (开始处置).
    Started(CaseStarted),
    /// A case was passed to another assignee of the same level, or from an officer to mediation (转办、警调衔接).
    Transferred(CaseTransferred),
    /// A case was given back to whoever gave it (退回).
    Returned(CaseReturned),
    /// A case was handed to the level above (提级).
    HandedUp(CaseHandedUp),
    /// A case was sent to a level below (下派).
    SentDown(CaseSentDown),
    /// A case was moved on to another stage of its state (推进).
    Advanced(CaseAdvanced),
    /// A case was moved back to an earlier stage (回退).
    SteppedBack(CaseSteppedBack),
    /// A case was made to stand still (挂起).
    Paused(CasePaused),
    /// A case that stood still goes on (恢复).
    Resumed(CaseResumed),
    /// A case was given more time (延期).
    Extended(CaseExtended),
    /// Whoever a case lies with asked for more time (延期申请).
    ExtensionRequested(CaseExtensionRequested),
    /// The time that was asked for a case was refused (驳回延期).
    ExtensionRefused(CaseExtensionRefused),
    /// Others were asked to assist with a case (协办).
    CoHandled(CaseCoHandled),
    /// Somebody who assists with a case answered (协办反馈).
    Assisted(CaseAssisted),
    /// Somebody asked for haste with a case (催办).
    Urged(CaseUrged),
    /// A case was put under supervision (督办).
    Supervised(CaseSupervised),
    /// An instruction was written on a case, for staff (批示).
    Instructed(CaseInstructed),
    /// A leader took charge of a case (包案).
    ChargeTaken(CaseChargeTaken),
    /// A case was given another category (改类).
    CategoryChanged(CaseCategoryChanged),
    /// Somebody said something about a case (留言).
    Commented(CaseCommented),
    /// The assignee reported the result (办结).
    Completed(CaseCompleted),
    /// Somebody else confirmed the result (核查).
    Verified(CaseVerified),
    /// The result was found wanting (返工).
    SentBack(CaseSentBack),
    /// A case was closed (结案).
    Closed(CaseClosed),
    /// The settlement was judged (评价).
    Evaluated(CaseEvaluated),
    /// A reporter was asked what they make of the result (回访).
    ReturnVisited(CaseReturnVisited),
    /// A closed case was opened again (重开).
    Reopened(CaseReopened),
    /// The reporter took the report back (撤回).
    Withdrawn(CaseWithdrawn),
    /// A case became part of another (并案).
    Merged(CaseMerged),
    /// A case was struck off (作废).
    Voided(CaseVoided),
}

/// One event type. A macro, because the schema library makes no two types of one generic with texts of
/// their own, and a client needs types it can tell apart. What only one of them tells stands in braces.
macro_rules! case_event {
    ($name:ident, $doc:literal $(, { $($own:tt)* })?) => {
        #[doc = $doc]
        pub struct $name(Told);

        #[doc = $doc]
        #[Object]
        impl $name {
            /// Global id of the event: `event_<uuid>`.
            pub(crate) async fn id(&self) -> ID {
                id::text(self.0.id)
            }

            /// When it happened.
            pub(crate) async fn occurred_at(&self) -> DateTime {
                DateTime(self.0.event.at)
            }

            /// Who caused it; null for the system, for an anonymous reporter, and for whom the caller may
            /// not know.
            pub(crate) async fn actor(&self, ctx: &Context<'_>) -> Option<async_graphql::Result<Account>> {
                account_of(ctx, self.0.event.account).await.map_err(Into::into).transpose()
            }

            /// The case as it is now; null when the caller does not see it any longer.
            async fn case(&self, ctx: &Context<'_>) -> Option<async_graphql::Result<Case>> {
                case_of(ctx, self.0.event.case).await.map_err(Into::into).transpose()
            }

            /// Number that people read over the phone, as `150302-2026-000123`.
            async fn case_number(&self) -> &str {
                &self.0.event.number
            }

            /// Version of the case after the act.
            async fn case_version(&self) -> i64 {
                self.0.event.version
            }

            /// State before the act; null for the report.
            #[graphql(name = "fromState")]
            async fn state_before(&self) -> Option<CaseState> {
                self.0.event.from.map(Into::into)
            }

            /// State after the act.
            async fn to_state(&self) -> CaseState {
                self.0.event.to.into()
            }

            /// Where the case lies after the act; null for a person whom the caller may not know.
            async fn assignee(&self, ctx: &Context<'_>) -> Option<async_graphql::Result<CaseAssignee>> {
                assignee_of(ctx, self.0.event.assignee).await.map_err(Into::into).transpose()
            }

            /// The level the case is at after the act.
            async fn level(&self) -> SettlementLevel {
                self.0.event.level.into()
            }

            $($($own)*)?
        }
    };
}

case_event!(CaseReported, "A case was reported (上报).");
case_event!(CaseAccepted, "A case was accepted (受理).");
case_event!(CaseRejected, "A case was refused (不予受理).");
case_event!(CaseDispatched, "A case was given to an assignee (分流).");
case_event!(CaseStarted, "Work on a case began (开始处置).");
case_event!(
    CaseTransferred,
    "A case was passed to another assignee of the same level, or from an officer to mediation (转办、警调衔接)."
);
case_event!(CaseReturned, "A case was given back to whoever gave it (退回).");
case_event!(CaseHandedUp, "A case was handed to the level above (提级).");
case_event!(CaseSentDown, "A case was sent to a level below (下派).");
case_event!(CaseAdvanced, "A case was moved on to another stage of its state (推进).");
case_event!(CaseSteppedBack, "A case was moved back to an earlier stage (回退).");
case_event!(CasePaused, "A case was made to stand still (挂起).");
case_event!(CaseResumed, "A case that stood still goes on (恢复).");
case_event!(CaseExtended, "A case was given more time (延期).");
case_event!(CaseExtensionRequested, "Whoever a case lies with asked for more time (延期申请).");
case_event!(CaseExtensionRefused, "The time that was asked for a case was refused (驳回延期).");
case_event!(CaseCoHandled, "Others were asked to assist with a case (协办).");
case_event!(CaseAssisted, "Somebody who assists with a case answered (协办反馈).");
case_event!(CaseUrged, "Somebody asked for haste with a case (催办).");
case_event!(CaseSupervised, "A case was put under supervision (督办).", {
    /// The level at which it is supervised since then.
    async fn supervision_level(&self) -> Option<SupervisionLevel> {
        self.0.event.supervision.map(Into::into)
    }
});
case_event!(CaseInstructed, "An instruction was written on a case, for staff (批示).");
case_event!(CaseChargeTaken, "A leader took charge of a case (包案).");
case_event!(CaseCategoryChanged, "A case was given another category (改类).");
case_event!(CaseCommented, "Somebody said something about a case (留言).");
case_event!(CaseCompleted, "The assignee reported the result (办结).");
case_event!(CaseVerified, "Somebody else confirmed the result (核查).");
case_event!(CaseSentBack, "The result was found wanting (返工).");
case_event!(CaseClosed, "A case was closed (结案).");
case_event!(CaseEvaluated, "The settlement was judged (评价).");
case_event!(CaseReturnVisited, "A reporter was asked what they make of the result (回访).");
case_event!(CaseReopened, "A closed case was opened again (重开).");
case_event!(CaseWithdrawn, "The reporter took the report back (撤回).");
case_event!(CaseMerged, "A case became part of another (并案).");
case_event!(CaseVoided, "A case was struck off (作废).");

impl CaseEvent {
    /// The event of its act.
    #[must_use]
    pub fn new(id: EventId, event: domain::CaseEvent) -> Self {
        let act = event.act;
        let told = Told { id, event };
        match act {
            CaseAct::Report => Self::Reported(CaseReported(told)),
            CaseAct::Accept => Self::Accepted(CaseAccepted(told)),
            CaseAct::Reject => Self::Rejected(CaseRejected(told)),
            CaseAct::Dispatch => Self::Dispatched(CaseDispatched(told)),
            CaseAct::Start => Self::Started(CaseStarted(told)),
            CaseAct::Transfer => Self::Transferred(CaseTransferred(told)),
            CaseAct::Return => Self::Returned(CaseReturned(told)),
            CaseAct::HandUp => Self::HandedUp(CaseHandedUp(told)),
            CaseAct::SendDown => Self::SentDown(CaseSentDown(told)),
            CaseAct::Advance => Self::Advanced(CaseAdvanced(told)),
            CaseAct::StepBack => Self::SteppedBack(CaseSteppedBack(told)),
            CaseAct::Pause => Self::Paused(CasePaused(told)),
            CaseAct::Resume => Self::Resumed(CaseResumed(told)),
            CaseAct::Extend => Self::Extended(CaseExtended(told)),
            CaseAct::RequestExtension => Self::ExtensionRequested(CaseExtensionRequested(told)),
            CaseAct::RefuseExtension => Self::ExtensionRefused(CaseExtensionRefused(told)),
            CaseAct::CoHandle => Self::CoHandled(CaseCoHandled(told)),
            CaseAct::Assist => Self::Assisted(CaseAssisted(told)),
            CaseAct::Urge => Self::Urged(CaseUrged(told)),
            CaseAct::Supervise => Self::Supervised(CaseSupervised(told)),
            CaseAct::Instruct => Self::Instructed(CaseInstructed(told)),
            CaseAct::TakeCharge => Self::ChargeTaken(CaseChargeTaken(told)),
            CaseAct::ChangeCategory => Self::CategoryChanged(CaseCategoryChanged(told)),
            CaseAct::Comment => Self::Commented(CaseCommented(told)),
            CaseAct::Complete => Self::Completed(CaseCompleted(told)),
            CaseAct::Verify => Self::Verified(CaseVerified(told)),
            CaseAct::SendBack => Self::SentBack(CaseSentBack(told)),
            CaseAct::Close => Self::Closed(CaseClosed(told)),
            CaseAct::Evaluate => Self::Evaluated(CaseEvaluated(told)),
            CaseAct::ReturnVisit => Self::ReturnVisited(CaseReturnVisited(told)),
            CaseAct::Reopen => Self::Reopened(CaseReopened(told)),
            CaseAct::Withdraw => Self::Withdrawn(CaseWithdrawn(told)),
            CaseAct::Merge => Self::Merged(CaseMerged(told)),
            CaseAct::Void => Self::Voided(CaseVoided(told)),
        }
    }
}
