//! What programs prove by who they are.

use async_graphql::{Context, ID, SimpleObject};
use fengqiao_domain::identity as domain;

use super::enums::ClientProofKind;
use crate::graphql::context::member;
use crate::graphql::kit::fault::{Fault, Outcome};
use crate::graphql::kit::id;
use crate::graphql::kit::requires::Permission;
use crate::graphql::kit::scalars::DateTime;

/// A secret of an API client (接口密钥), without the secret itself, which is told when it is made and never again.
#[derive(SimpleObject)]
pub struct ClientSecret {
    /// Global id: `clientsecret_<uuid>`.
    id: ID,
    /// What people call it, such as the system that holds it.
    name: String,
    /// How it proves who holds it.
    proof: ClientProofKind,
    /// Whether only some of what the account may do is done with it.
    is_narrowed: bool,
    /// What may be done with it when it is narrowed; empty when it is not.
    permissions: Vec<Permission>,
    /// When it was made.
    created_at: DateTime,
    /// From when on it counts no more.
    expires_at: DateTime,
    /// When it was used last, give or take five minutes; null when it was not.
    used_at: Option<DateTime>,
    /// When somebody ended it; null while nobody has.
    revoked_at: Option<DateTime>,
}

impl From<domain::ClientSecret> for ClientSecret {
    fn from(secret: domain::ClientSecret) -> Self {
        Self {
            id: id::text(secret.id),
            name: secret.name,
            proof: secret.proof.into(),
            is_narrowed: secret.permissions.is_some(),
            permissions: secret.permissions.iter().flat_map(|set| set.iter()).map(Into::into).collect(),
            created_at: DateTime(secret.created_at),
            expires_at: DateTime(secret.expires_at),
            used_at: secret.used_at.map(DateTime),
            revoked_at: secret.revoked_at.map(DateTime),
        }
    }
}

/// Those of an account that count now, as far as the caller may know.
pub(super) async fn client_secrets(ctx: &Context<'_>, account: &ID) -> Outcome<Vec<ClientSecret>> {
    let member = member(ctx)?;
    let service = &member.services().identity;
    let found = service.client_secrets(member.scope(), member.reader(), id::parse(account)?).await;
    Ok(found.map_err(Fault::from_failure)?.into_iter().map(Into::into).collect())
}
