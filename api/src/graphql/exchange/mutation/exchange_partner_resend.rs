//! `exchangePartnerResend`.

use async_graphql::{Context, ID, InputObject, SimpleObject};
use fengqiao_domain::exchange::Resend;

use crate::graphql::context::member;
use crate::graphql::exchange::ExchangeUserError;
use crate::graphql::kit::fault::Outcome;
use crate::graphql::kit::id;
use crate::graphql::kit::mutation::{claimed, settled};

/// Input of `exchangePartnerResend`.
#[derive(InputObject)]
pub(super) struct ExchangePartnerResendInput {
    /// Which partner is told.
    partner_id: ID,
    /// Of which cases, 1 to 100.
    case_ids: Vec<ID>,
}

/// Outcome of `exchangePartnerResend`.
#[derive(SimpleObject)]
pub(super) struct ExchangePartnerResendPayload {
    /// How many cases are told again; null when `userErrors` says why not.
    resent_count: Option<u64>,
    /// What the caller can mend; empty when it was done.
    user_errors: Vec<ExchangeUserError>,
}

/// Tell a partner of cases again, as they are now.
pub(super) async fn run(
    ctx: &Context<'_>,
    input: ExchangePartnerResendInput,
) -> Outcome<ExchangePartnerResendPayload> {
    let member = member(ctx)?;
    let scope = claimed(ctx, member, "exchangePartnerResend")?;
    let command =
        Resend { partner: id::parse(&input.partner_id)?, cases: id::parse_all(&input.case_ids, 100)? };
    let outcome = member.services().exchange.resend(&scope, command).await;
    Ok(match settled(ctx, member, outcome).await? {
        Ok(count) => ExchangePartnerResendPayload { resent_count: Some(count), user_errors: vec![] },
        Err(problems) => ExchangePartnerResendPayload {
            resent_count: None,
            user_errors: ExchangeUserError::all(ctx, problems),
        },
    })
}
