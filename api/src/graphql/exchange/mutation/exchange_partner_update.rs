//! `exchangePartnerUpdate`.

use async_graphql::{Context, ID, InputObject, MaybeUndefined, SimpleObject};
use fengqiao_domain::exchange::UpdatePartner;

use crate::graphql::context::member;
use crate::graphql::exchange::inputs::ExchangeMappingInput;
use crate::graphql::exchange::{ExchangePartner, ExchangeUserError};
use crate::graphql::kit::fault::Outcome;
use crate::graphql::kit::id;
use crate::graphql::kit::mutation::{claimed, settled};

/// Input of `exchangePartnerUpdate`.
#[derive(InputObject)]
pub(super) struct ExchangePartnerUpdateInput {
    /// Which partner.
    partner_id: ID,
    /// The version the caller saw.
    expected_version: i64,
    /// What people call it, 1 to 60 characters.
    name: Option<String>,
    /// How its words are read, as a whole.
    mapping: Option<ExchangeMappingInput>,
    /// A webhook of its account's own whose content is `FULL`, for its account to say; null to tell it nothing.
    webhook_id: MaybeUndefined<ID>,
}

/// Outcome of `exchangePartnerUpdate`.
#[derive(SimpleObject)]
pub(super) struct ExchangePartnerUpdatePayload {
    /// The partner after the change; null when `userErrors` says why not.
    partner: Option<ExchangePartner>,
    /// What the caller can mend; empty when it was done.
    user_errors: Vec<ExchangeUserError>,
}

/// Change how a partner is called, read or told.
pub(super) async fn run(
    ctx: &Context<'_>,
    input: ExchangePartnerUpdateInput,
) -> Outcome<ExchangePartnerUpdatePayload> {
    let member = member(ctx)?;
    let scope = claimed(ctx, member, "exchangePartnerUpdate")?;
    let command = UpdatePartner {
        partner: id::parse(&input.partner_id)?,
        expected_version: input.expected_version,
        name: input.name,
        mapping: input.mapping.map(Into::into),
        webhook: id::parse_change(&input.webhook_id)?,
    };
    let outcome = member.services().exchange.update(&scope, command).await;
    Ok(match settled(ctx, member, outcome).await? {
        Ok(partner) => {
            ExchangePartnerUpdatePayload { partner: Some(ExchangePartner(partner)), user_errors: vec![] }
        }
        Err(problems) => {
            ExchangePartnerUpdatePayload { partner: None, user_errors: ExchangeUserError::all(ctx, problems) }
        }
    })
}
