//! `exchangePartnerCreate`.

use async_graphql::{Context, ID, InputObject, SimpleObject};
use fengqiao_domain::exchange::CreatePartner;

use crate::graphql::cases::CaseSourceKind;
use crate::graphql::context::member;
use crate::graphql::exchange::enums::ExchangeDoorKind;
use crate::graphql::exchange::inputs::ExchangeMappingInput;
use crate::graphql::exchange::{ExchangePartner, ExchangeUserError};
use crate::graphql::kit::fault::Outcome;
use crate::graphql::kit::id;
use crate::graphql::kit::mutation::{claimed, settled};

/// Input of `exchangePartnerCreate`.
#[derive(InputObject)]
pub(super) struct ExchangePartnerCreateInput {
    /// What it is called in addresses, 1 to 32 small letters, digits and hyphens, such as `12345`. It never changes.
    key: String,
    /// What people call it, 1 to 60 characters.
    name: String,
    /// By which door it comes in. It never changes.
    door: ExchangeDoorKind,
    /// How its tickets came in. It never changes.
    source: CaseSourceKind,
    /// How its words are read.
    mapping: ExchangeMappingInput,
    /// A webhook of the caller's own whose content is `FULL`, by which it is told what becomes of cases.
    webhook_id: Option<ID>,
}

/// Outcome of `exchangePartnerCreate`.
#[derive(SimpleObject)]
pub(super) struct ExchangePartnerCreatePayload {
    /// The partner as it was created; null when `userErrors` says why not.
    partner: Option<ExchangePartner>,
    /// What it signs with, `whsec_` and 32 bytes in Base64, or for Open311 the key that it shows. It is said this once; null when
    /// `userErrors` says why not.
    secret: Option<String>,
    /// What the caller can mend; empty when it was done.
    user_errors: Vec<ExchangeUserError>,
}

/// Let another system in from now on, by the right of the caller.
pub(super) async fn run(
    ctx: &Context<'_>,
    input: ExchangePartnerCreateInput,
) -> Outcome<ExchangePartnerCreatePayload> {
    let member = member(ctx)?;
    let scope = claimed(ctx, member, "exchangePartnerCreate")?;
    let command = CreatePartner {
        key: input.key,
        name: input.name,
        door: input.door.into(),
        source: input.source.into(),
        mapping: input.mapping.into(),
        webhook: id::parse_optional(input.webhook_id.as_ref())?,
    };
    let outcome = member.services().exchange.create(&scope, command).await;
    Ok(match settled(ctx, member, outcome).await? {
        Ok(issued) => ExchangePartnerCreatePayload {
            partner: Some(ExchangePartner(issued.partner)),
            secret: issued.secret,
            user_errors: vec![],
        },
        Err(problems) => ExchangePartnerCreatePayload {
            partner: None,
            secret: None,
            user_errors: ExchangeUserError::all(ctx, problems),
        },
    })
}
