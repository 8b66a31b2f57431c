//! `exchangePartnerEnable`.

use async_graphql::{Context, ID, InputObject, SimpleObject};

use crate::graphql::context::member;
use crate::graphql::exchange::{ExchangePartner, ExchangeUserError};
use crate::graphql::kit::fault::Outcome;
use crate::graphql::kit::id;
use crate::graphql::kit::mutation::{claimed, settled};

/// Input of `exchangePartnerEnable`.
#[derive(InputObject)]
pub(super) struct ExchangePartnerEnableInput {
    /// Which partner.
    partner_id: ID,
}

/// Outcome of `exchangePartnerEnable`.
#[derive(SimpleObject)]
pub(super) struct ExchangePartnerEnablePayload {
    /// The partner as it is now; null when `userErrors` says why not.
    partner: Option<ExchangePartner>,
    /// What the caller can mend; empty when it was done.
    user_errors: Vec<ExchangeUserError>,
}

/// Let a partner of the caller's own in again.
pub(super) async fn run(
    ctx: &Context<'_>,
    input: ExchangePartnerEnableInput,
) -> Outcome<ExchangePartnerEnablePayload> {
    let member = member(ctx)?;
    let scope = claimed(ctx, member, "exchangePartnerEnable")?;
    let outcome = member.services().exchange.enable(&scope, id::parse(&input.partner_id)?).await;
    Ok(match settled(ctx, member, outcome).await? {
        Ok(partner) => {
            ExchangePartnerEnablePayload { partner: Some(ExchangePartner(partner)), user_errors: vec![] }
        }
        Err(problems) => {
            ExchangePartnerEnablePayload { partner: None, user_errors: ExchangeUserError::all(ctx, problems) }
        }
    })
}
