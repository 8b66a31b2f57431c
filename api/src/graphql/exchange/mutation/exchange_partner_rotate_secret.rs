//! `exchangePartnerRotateSecret`.

use async_graphql::{Context, ID, InputObject, SimpleObject};

use crate::graphql::context::member;
use crate::graphql::exchange::{ExchangePartner, ExchangeUserError};
use crate::graphql::kit::fault::Outcome;
use crate::graphql::kit::id;
use crate::graphql::kit::mutation::{claimed, settled};

/// Input of `exchangePartnerRotateSecret`.
#[derive(InputObject)]
pub(super) struct ExchangePartnerRotateSecretInput {
    /// Which partner.
    partner_id: ID,
}

/// Outcome of `exchangePartnerRotateSecret`.
#[derive(SimpleObject)]
pub(super) struct ExchangePartnerRotateSecretPayload {
    /// The partner after the rotation; null when `userErrors` says why not.
    partner: Option<ExchangePartner>,
    /// What it proves itself by from now on. It is said this once; null when `userErrors` says why not.
    secret: Option<String>,
    /// What the caller can mend; empty when it was done.
    user_errors: Vec<ExchangeUserError>,
}

/// Give a partner of the caller's own another secret.
pub(super) async fn run(
    ctx: &Context<'_>,
    input: ExchangePartnerRotateSecretInput,
) -> Outcome<ExchangePartnerRotateSecretPayload> {
    let member = member(ctx)?;
    let scope = claimed(ctx, member, "exchangePartnerRotateSecret")?;
    let outcome = member.services().exchange.rotate_secret(&scope, id::parse(&input.partner_id)?).await;
    Ok(match settled(ctx, member, outcome).await? {
        Ok(issued) => ExchangePartnerRotateSecretPayload {
            partner: Some(ExchangePartner(issued.partner)),
            secret: issued.secret,
            user_errors: vec![],
        },
        Err(problems) => ExchangePartnerRotateSecretPayload {
            partner: None,
            secret: None,
            user_errors: ExchangeUserError::all(ctx, problems),
        },
    })
}
