//! Mutations for the acts beside the way (旁路行为): they leave a case at its stage, or end it otherwise.

use async_graphql::{Context, Object};

use super::case_assist::{self, CaseAssistInput, CaseAssistPayload};
use super::case_change_category::{self, CaseChangeCategoryInput, CaseChangeCategoryPayload};
use super::case_co_handle::{self, CaseCoHandleInput, CaseCoHandlePayload};
use super::case_instruct::{self, CaseInstructInput, CaseInstructPayload};
use super::case_merge::{self, CaseMergeInput, CaseMergePayload};
use super::case_refuse_extension::{self, CaseRefuseExtensionInput, CaseRefuseExtensionPayload};
use super::case_request_extension::{self, CaseRequestExtensionInput, CaseRequestExtensionPayload};
use super::case_supervise::{self, CaseSuperviseInput, CaseSupervisePayload};
use super::case_take_charge::{self, CaseTakeChargeInput, CaseTakeChargePayload};
use super::case_urge::{self, CaseUrgeInput, CaseUrgePayload};
use crate::graphql::kit::requires::{Permission, requires};

/// Mutations for the acts beside the way.
#[derive(Default)]
pub struct CaseBesideMutation;

#[Object]
impl CaseBesideMutation {
    /// Ask for more time for a case, with the reason: whoever could extend it gives or refuses it (延期申请).
    #[graphql(directive = requires::apply(Permission::CaseRequestExtension))]
    async fn case_request_extension(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to do.")] input: CaseRequestExtensionInput,
    ) -> Option<async_graphql::Result<CaseRequestExtensionPayload>> {
        Some(case_request_extension::run(ctx, input).await.map_err(Into::into))
    }

    /// Refuse the time that was asked for, with the reason (驳回延期).
    #[graphql(directive = requires::apply(Permission::CaseExtend))]
    async fn case_refuse_extension(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to do.")] input: CaseRefuseExtensionInput,
    ) -> Option<async_graphql::Result<CaseRefuseExtensionPayload>> {
        Some(case_refuse_extension::run(ctx, input).await.map_err(Into::into))
    }

    /// Ask units, organisations or people to assist with a case, with the reason; whom it lies with leads (协办、组团).
    #[graphql(directive = requires::apply(Permission::CaseCoHandle))]
    async fn case_co_handle(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to do.")] input: CaseCoHandleInput,
    ) -> Option<async_graphql::Result<CaseCoHandlePayload>> {
        Some(case_co_handle::run(ctx, input).await.map_err(Into::into))
    }

    /// Say what one did to assist with a case (协办反馈).
    #[graphql(directive = requires::apply(Permission::CaseAssist))]
    async fn case_assist(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to do.")] input: CaseAssistInput,
    ) -> Option<async_graphql::Result<CaseAssistPayload>> {
        Some(case_assist::run(ctx, input).await.map_err(Into::into))
    }

    /// Ask for haste with a case; whom it lies with stays (催办).
    #[graphql(directive = requires::apply(Permission::CaseUrge))]
    async fn case_urge(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to do.")] input: CaseUrgeInput,
    ) -> Option<async_graphql::Result<CaseUrgePayload>> {
        Some(case_urge::run(ctx, input).await.map_err(Into::into))
    }

    /// Put a case under supervision, with the reason, at a level that only rises (督办).
    #[graphql(directive = requires::apply(Permission::CaseSupervise))]
    async fn case_supervise(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to do.")] input: CaseSuperviseInput,
    ) -> Option<async_graphql::Result<CaseSupervisePayload>> {
        Some(case_supervise::run(ctx, input).await.map_err(Into::into))
    }

    /// Write an instruction on a case: staff read it, and it stays where it is (批示).
    #[graphql(directive = requires::apply(Permission::CaseInstruct))]
    async fn case_instruct(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to do.")] input: CaseInstructInput,
    ) -> Option<async_graphql::Result<CaseInstructPayload>> {
        Some(case_instruct::run(ctx, input).await.map_err(Into::into))
    }

    /// Take charge of a case as a leader, in place of whoever did before: its leader keeps seeing it (包案).
    #[graphql(directive = requires::apply(Permission::CaseTakeCharge))]
    async fn case_take_charge(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to do.")] input: CaseTakeChargeInput,
    ) -> Option<async_graphql::Result<CaseTakeChargePayload>> {
        Some(case_take_charge::run(ctx, input).await.map_err(Into::into))
    }

    /// Give a case another category, with the reason (改类): it is timed by what the category says from its report on, goes to whom it
    /// would have gone to while it still lies where it came in, and becomes no less sensitive.
    #[graphql(directive = requires::apply(Permission::CaseChangeCategory))]
    async fn case_change_category(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to do.")] input: CaseChangeCategoryInput,
    ) -> Option<async_graphql::Result<CaseChangeCategoryPayload>> {
        Some(case_change_category::run(ctx, input).await.map_err(Into::into))
    }

    /// Make a case part of another, with the reason: it ends, and what is part of it moves along (并案).
    #[graphql(directive = requires::apply(Permission::CaseMerge))]
    async fn case_merge(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to do.")] input: CaseMergeInput,
    ) -> Option<async_graphql::Result<CaseMergePayload>> {
        Some(case_merge::run(ctx, input).await.map_err(Into::into))
    }
}
