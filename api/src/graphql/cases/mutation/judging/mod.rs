//! Mutations about what became of cases that were settled: return visits, and samples.

mod case_return_visit;
mod case_sample_check;
mod case_sample_create;

use async_graphql::{Context, Object};

use crate::graphql::kit::requires::{Permission, requires};
use case_return_visit::{CaseReturnVisitInput, CaseReturnVisitPayload};
use case_sample_check::{CaseSampleCheckInput, CaseSampleCheckPayload};
use case_sample_create::{CaseSampleCreateInput, CaseSampleCreatePayload};

/// Mutations about what became of cases that were settled.
#[derive(Default)]
pub struct CaseJudgingMutation;

#[Object]
impl CaseJudgingMutation {
    /// Write down a return visit to the reporter of a case (回访).
    #[graphql(directive = requires::apply(Permission::CaseReturnVisit))]
    async fn case_return_visit(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to do.")] input: CaseReturnVisitInput,
    ) -> Option<async_graphql::Result<CaseReturnVisitPayload>> {
        Some(case_return_visit::run(ctx, input).await.map_err(Into::into))
    }

    /// Draw a sample of closed cases at random (抽查).
    #[graphql(directive = requires::apply(Permission::CaseSample))]
    async fn case_sample_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to do.")] input: CaseSampleCreateInput,
    ) -> Option<async_graphql::Result<CaseSampleCreatePayload>> {
        Some(case_sample_create::run(ctx, input).await.map_err(Into::into))
    }

    /// Say what a case of a sample was found to be (通过、不通过), once: by somebody who never reported a result of it, verified or
    /// closed it.
    #[graphql(directive = requires::apply(Permission::CaseSample))]
    async fn case_sample_check(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to do.")] input: CaseSampleCheckInput,
    ) -> Option<async_graphql::Result<CaseSampleCheckPayload>> {
        Some(case_sample_check::run(ctx, input).await.map_err(Into::into))
    }
}
