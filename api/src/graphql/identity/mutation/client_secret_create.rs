//! `clientSecretCreate`.

use async_graphql::{Context, ID, InputObject, SimpleObject};
use fengqiao_domain::identity as domain;

use crate::graphql::context::member;
use crate::graphql::identity::IdentityUserError;
use crate::graphql::identity::client::ClientSecret;
use crate::graphql::identity::enums::ClientProofKind;
use crate::graphql::kit::fault::Outcome;
use crate::graphql::kit::id;
use crate::graphql::kit::mutation::settled;
use crate::graphql::kit::requires::Permission;
use crate::graphql::kit::scalars::DateTime;

/// Input of `clientSecretCreate`.
#[derive(InputObject)]
pub struct ClientSecretCreateInput {
    /// Whose it shall be: an account that holds the role `API_CLIENT` and no other.
    account_id: ID,
    /// What people call it, such as the system that holds it; at most 60 characters.
    name: String,
    /// How it proves who holds it.
    #[graphql(default_with = "ClientProofKind::Secret")]
    proof: ClientProofKind,
    /// What may be done with it of what the account may do, 1 to 64; null for all of it. What the account may not do counts for nothing,
    /// and `WEBHOOK_MANAGE` and `EXCHANGE_MANAGE` do, for webhooks and partners act by all that the account may.
    #[graphql(validator(max_items = 64))]
    permissions: Option<Vec<Permission>>,
    /// From when on it counts no more: at most a year from now, which is the default (`auth.client.secret_days`).
    expires_at: Option<DateTime>,
}

/// Outcome of `clientSecretCreate`.
#[derive(SimpleObject)]
pub struct ClientSecretCreatePayload {
    /// What was made; null when `userErrors` says why not.
    client_secret: Option<ClientSecret>,
    /// `login@tenantcode`: what the program calls itself: the `client_id` of OAuth, and what follows `Signed`; null when `userErrors` says why not.
    client: Option<String>,
    /// The secret, `whsec_…`, told this once; null when `userErrors` says why not.
    secret: Option<String>,
    /// What the caller can mend; empty when it was done.
    user_errors: Vec<IdentityUserError>,
}

/// Make a secret for a program. An idempotency key means nothing here: a secret is told once.
pub(super) async fn run(
    ctx: &Context<'_>,
    input: ClientSecretCreateInput,
) -> Outcome<ClientSecretCreatePayload> {
    let member = member(ctx)?;
    let permissions = input.permissions.map(|some| some.into_iter().map(Into::into).collect());
    let command = domain::CreateClientSecret {
        account: id::parse(&input.account_id)?,
        name: input.name,
        proof: input.proof.into(),
        permissions,
        expires_at: input.expires_at.map(|at| at.0),
    };
    let outcome = member.services().identity.client_secret_create(member.scope(), command).await;
    Ok(match settled(ctx, member, outcome).await? {
        Ok(issued) => ClientSecretCreatePayload {
            client_secret: Some(issued.secret.into()),
            client: Some(issued.client),
            secret: Some(issued.text),
            user_errors: vec![],
        },
        Err(problems) => ClientSecretCreatePayload {
            client_secret: None,
            client: None,
            secret: None,
            user_errors: IdentityUserError::all(ctx, problems),
        },
    })
}
