//! Mutations of the cases slice, one per act and file.

mod beside;
mod case_accept;
mod case_advance;
mod case_assist;
mod case_change_category;
mod case_close;
mod case_co_handle;
mod case_comment;
mod case_complete;
mod case_dispatch;
mod case_evaluate;
mod case_extend;
mod case_hand_up;
mod case_instruct;
mod case_merge;
mod case_pause;
mod case_refuse_extension;
mod case_reject;
mod case_reopen;
mod case_report;
mod case_request_extension;
mod case_resume;
mod case_return;
mod case_send_back;
mod case_send_down;
mod case_start;
mod case_step_back;
mod case_supervise;
mod case_take_charge;
mod case_transfer;
mod case_urge;
mod case_verify;
mod case_void;
mod case_withdraw;
mod judging;

pub use case_report::CaseReportInput;

use async_graphql::{Context, Object};

use crate::graphql::kit::requires::{Permission, requires};

use case_accept::{CaseAcceptInput, CaseAcceptPayload};
use case_advance::{CaseAdvanceInput, CaseAdvancePayload};
use case_close::{CaseCloseInput, CaseClosePayload};
use case_comment::{CaseCommentInput, CaseCommentPayload};
use case_complete::{CaseCompleteInput, CaseCompletePayload};
use case_dispatch::{CaseDispatchInput, CaseDispatchPayload};
use case_evaluate::{CaseEvaluateInput, CaseEvaluatePayload};
use case_extend::{CaseExtendInput, CaseExtendPayload};
use case_hand_up::{CaseHandUpInput, CaseHandUpPayload};
use case_pause::{CasePauseInput, CasePausePayload};
use case_reject::{CaseRejectInput, CaseRejectPayload};
use case_reopen::{CaseReopenInput, CaseReopenPayload};
use case_report::CaseReportPayload;
use case_resume::{CaseResumeInput, CaseResumePayload};
use case_return::{CaseReturnInput, CaseReturnPayload};
use case_send_back::{CaseSendBackInput, CaseSendBackPayload};
use case_send_down::{CaseSendDownInput, CaseSendDownPayload};
use case_start::{CaseStartInput, CaseStartPayload};
use case_step_back::{CaseStepBackInput, CaseStepBackPayload};
use case_transfer::{CaseTransferInput, CaseTransferPayload};
use case_verify::{CaseVerifyInput, CaseVerifyPayload};
use case_void::{CaseVoidInput, CaseVoidPayload};
use case_withdraw::{CaseWithdrawInput, CaseWithdrawPayload};
pub use judging::CaseJudgingMutation;

pub use beside::CaseBesideMutation;

/// Mutations of the cases slice.
#[derive(Default)]
pub struct CaseMutation;

#[Object]
impl CaseMutation {
    /// Accept a reported case as ours (受理).
    #[graphql(directive = requires::apply(Permission::CaseAccept))]
    async fn case_accept(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to do.")] input: CaseAcceptInput,
    ) -> Option<async_graphql::Result<CaseAcceptPayload>> {
        Some(case_accept::run(ctx, input).await.map_err(Into::into))
    }

    /// Close a verified case (结案).
    #[graphql(directive = requires::apply(Permission::CaseClose))]
    async fn case_close(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to do.")] input: CaseCloseInput,
    ) -> Option<async_graphql::Result<CaseClosePayload>> {
        Some(case_close::run(ctx, input).await.map_err(Into::into))
    }

    /// Say something about a case (留言).
    #[graphql(directive = requires::apply(Permission::CaseComment))]
    async fn case_comment(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to do.")] input: CaseCommentInput,
    ) -> Option<async_graphql::Result<CaseCommentPayload>> {
        Some(case_comment::run(ctx, input).await.map_err(Into::into))
    }

    /// Report the result (办结).
    #[graphql(directive = requires::apply(Permission::CaseComplete))]
    async fn case_complete(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to do.")] input: CaseCompleteInput,
    ) -> Option<async_graphql::Result<CaseCompletePayload>> {
        Some(case_complete::run(ctx, input).await.map_err(Into::into))
    }

    /// Give a case to a worker, station, town or organisation (分流、派遣).
    #[graphql(directive = requires::apply(Permission::CaseDispatch))]
    async fn case_dispatch(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to do.")] input: CaseDispatchInput,
    ) -> Option<async_graphql::Result<CaseDispatchPayload>> {
        Some(case_dispatch::run(ctx, input).await.map_err(Into::into))
    }

    /// Judge how a closed case was settled, once per closing (评价).
    #[graphql(directive = requires::apply(Permission::CaseEvaluate))]
    async fn case_evaluate(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to do.")] input: CaseEvaluateInput,
    ) -> Option<async_graphql::Result<CaseEvaluatePayload>> {
        Some(case_evaluate::run(ctx, input).await.map_err(Into::into))
    }

    /// Hand a case to the level above, with the reason (提级).
    #[graphql(directive = requires::apply(Permission::CaseHandUp))]
    async fn case_hand_up(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to do.")] input: CaseHandUpInput,
    ) -> Option<async_graphql::Result<CaseHandUpPayload>> {
        Some(case_hand_up::run(ctx, input).await.map_err(Into::into))
    }

    /// Refuse a reported case, with the reason (不予受理).
    #[graphql(directive = requires::apply(Permission::CaseReject))]
    async fn case_reject(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to do.")] input: CaseRejectInput,
    ) -> Option<async_graphql::Result<CaseRejectPayload>> {
        Some(case_reject::run(ctx, input).await.map_err(Into::into))
    }

    /// Open a closed case again, with the reason, within 72 hours of its closing (重开).
    #[graphql(directive = requires::apply(Permission::CaseReopen))]
    async fn case_reopen(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to do.")] input: CaseReopenInput,
    ) -> Option<async_graphql::Result<CaseReopenPayload>> {
        Some(case_reopen::run(ctx, input).await.map_err(Into::into))
    }

    /// Report a case (上报).
    #[graphql(directive = requires::apply(Permission::CaseReport))]
    async fn case_report(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to do.")] input: CaseReportInput,
    ) -> Option<async_graphql::Result<CaseReportPayload>> {
        Some(case_report::run(ctx, input).await.map_err(Into::into))
    }

    /// Give a case more time, with the reason (延期).
    #[graphql(directive = requires::apply(Permission::CaseExtend))]
    async fn case_extend(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to do.")] input: CaseExtendInput,
    ) -> Option<async_graphql::Result<CaseExtendPayload>> {
        Some(case_extend::run(ctx, input).await.map_err(Into::into))
    }

    /// Move a case on to another stage of its state, which its programme names (推进).
    #[graphql(directive = requires::apply(Permission::CaseAdvance))]
    async fn case_advance(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to do.")] input: CaseAdvanceInput,
    ) -> Option<async_graphql::Result<CaseAdvancePayload>> {
        Some(case_advance::run(ctx, input).await.map_err(Into::into))
    }

    /// Move a case back to an earlier stage of its programme, with the reason; whom it lies with stays (回退).
    #[graphql(directive = requires::apply(Permission::CaseStepBack))]
    async fn case_step_back(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to do.")] input: CaseStepBackInput,
    ) -> Option<async_graphql::Result<CaseStepBackPayload>> {
        Some(case_step_back::run(ctx, input).await.map_err(Into::into))
    }

    /// Let a case stand still, with the reason: its time does not count until it goes on (挂起).
    #[graphql(directive = requires::apply(Permission::CasePause))]
    async fn case_pause(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to do.")] input: CasePauseInput,
    ) -> Option<async_graphql::Result<CasePausePayload>> {
        Some(case_pause::run(ctx, input).await.map_err(Into::into))
    }

    /// Let a case that stands still go on: its time counts again (恢复).
    #[graphql(directive = requires::apply(Permission::CaseResume))]
    async fn case_resume(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to do.")] input: CaseResumeInput,
    ) -> Option<async_graphql::Result<CaseResumePayload>> {
        Some(case_resume::run(ctx, input).await.map_err(Into::into))
    }

    /// Give a case back to whoever gave it, with the reason (退回).
    #[graphql(directive = requires::apply(Permission::CaseReturn))]
    async fn case_return(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to do.")] input: CaseReturnInput,
    ) -> Option<async_graphql::Result<CaseReturnPayload>> {
        Some(case_return::run(ctx, input).await.map_err(Into::into))
    }

    /// Find the result wanting, with the reason (返工).
    #[graphql(directive = requires::apply(Permission::CaseSendBack))]
    async fn case_send_back(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to do.")] input: CaseSendBackInput,
    ) -> Option<async_graphql::Result<CaseSendBackPayload>> {
        Some(case_send_back::run(ctx, input).await.map_err(Into::into))
    }

    /// Send a case to a level below (下派、交办).
    #[graphql(directive = requires::apply(Permission::CaseSendDown))]
    async fn case_send_down(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to do.")] input: CaseSendDownInput,
    ) -> Option<async_graphql::Result<CaseSendDownPayload>> {
        Some(case_send_down::run(ctx, input).await.map_err(Into::into))
    }

    /// Begin to work on a case (开始处置).
    #[graphql(directive = requires::apply(Permission::CaseStart))]
    async fn case_start(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to do.")] input: CaseStartInput,
    ) -> Option<async_graphql::Result<CaseStartPayload>> {
        Some(case_start::run(ctx, input).await.map_err(Into::into))
    }

    /// Pass a case to another assignee of the same level, or from an officer to mediation, with the reason (转办、警调衔接).
    #[graphql(directive = requires::apply(Permission::CaseTransfer))]
    async fn case_transfer(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to do.")] input: CaseTransferInput,
    ) -> Option<async_graphql::Result<CaseTransferPayload>> {
        Some(case_transfer::run(ctx, input).await.map_err(Into::into))
    }

    /// Confirm the result that somebody else reported (核查), and say how well it was settled (评分).
    #[graphql(directive = requires::apply(Permission::CaseVerify))]
    async fn case_verify(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to do.")] input: CaseVerifyInput,
    ) -> Option<async_graphql::Result<CaseVerifyPayload>> {
        Some(case_verify::run(ctx, input).await.map_err(Into::into))
    }

    /// Strike a case off that should not exist, with the reason (作废).
    #[graphql(directive = requires::apply(Permission::CaseVoid))]
    async fn case_void(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to do.")] input: CaseVoidInput,
    ) -> Option<async_graphql::Result<CaseVoidPayload>> {
        Some(case_void::run(ctx, input).await.map_err(Into::into))
    }

    /// Take one's own report back before work begins (撤回).
    #[graphql(directive = requires::apply(Permission::CaseWithdraw))]
    async fn case_withdraw(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to do.")] input: CaseWithdrawInput,
    ) -> Option<async_graphql::Result<CaseWithdrawPayload>> {
        Some(case_withdraw::run(ctx, input).await.map_err(Into::into))
    }
}
