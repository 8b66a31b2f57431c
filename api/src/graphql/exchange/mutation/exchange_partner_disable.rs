//! `exchangePartnerDisable`.

use async_graphql::{Context, ID, InputObject, SimpleObject};

use crate::graphql::context::member;
use crate::graphql::exchange::{ExchangePartner, ExchangeUserError};
use crate::graphql::kit::fault::Outcome;
use crate::graphql::kit::id;
use crate::graphql::kit::mutation::{claimed, settled};

/// Input of `exchangePartnerDisable`.
#[derive(InputObject)]
pub(super) struct ExchangePartnerDisableInput {
    /// Which partner.
    partner_id: ID,
}

/// Outcome of `exchangePartnerDisable`.
#[derive(SimpleObject)]
pub(super) struct ExchangePartnerDisablePayload {
    /// The partner as it is now; null when `userErrors` says why not.
    partner: Option<ExchangePartner>,
    /// What the caller can mend; empty when it was done.
    user_errors: Vec<ExchangeUserError>,
}

/// Let a partner in no more.
pub(super) async fn run(
    ctx: &Context<'_>,
    input: ExchangePartnerDisableInput,
) -> Outcome<ExchangePartnerDisablePayload> {
    let member = member(ctx)?;
    let scope = claimed(ctx, member, "exchangePartnerDisable")?;
    let outcome = member.services().exchange.disable(&scope, id::parse(&input.partner_id)?).await;
    Ok(match settled(ctx, member, outcome).await? {
        Ok(partner) => {
            ExchangePartnerDisablePayload { partner: Some(ExchangePartner(partner)), user_errors: vec![] }
        }
        Err(problems) => ExchangePartnerDisablePayload {
            partner: None,
            user_errors: ExchangeUserError::all(ctx, problems),
        },
    })
}
