//! `clientSecretRevoke`.

use async_graphql::{Context, ID, InputObject, SimpleObject};

use crate::graphql::context::member;
use crate::graphql::identity::IdentityUserError;
use crate::graphql::identity::client::ClientSecret;
use crate::graphql::kit::fault::Outcome;
use crate::graphql::kit::id;
use crate::graphql::kit::mutation::{claimed, settled};

/// Input of `clientSecretRevoke`.
#[derive(InputObject)]
pub struct ClientSecretRevokeInput {
    /// Whose it is.
    account_id: ID,
    /// Which secret shall count no more.
    client_secret_id: ID,
}

/// Outcome of `clientSecretRevoke`.
#[derive(SimpleObject)]
pub struct ClientSecretRevokePayload {
    /// The secret, ended; null when `userErrors` says why not.
    client_secret: Option<ClientSecret>,
    /// What the caller can mend; empty when it was done.
    user_errors: Vec<IdentityUserError>,
}

/// End a secret of a program.
pub(super) async fn run(
    ctx: &Context<'_>,
    input: ClientSecretRevokeInput,
) -> Outcome<ClientSecretRevokePayload> {
    let member = member(ctx)?;
    let named = (id::parse(&input.account_id)?, id::parse(&input.client_secret_id)?);
    let scope = claimed(ctx, member, "clientSecretRevoke")?;
    let outcome = member.services().identity.client_secret_revoke(&scope, named).await;
    let (client_secret, problems) = match settled(ctx, member, outcome).await? {
        Ok(secret) => (Some(secret.into()), vec![]),
        Err(problems) => (None, problems),
    };
    Ok(ClientSecretRevokePayload { client_secret, user_errors: IdentityUserError::all(ctx, problems) })
}
