//! Paths of links to files, fresh for whoever asks.

use async_graphql::Context;
use fengqiao_domain::identity::LinkUse;
use uuid::Uuid;

use super::fault::{Fault, Outcome};
use crate::graphql::context::member;

/// The path of a fresh link to a file; none for whoever has no session.
pub fn link(ctx: &Context<'_>, purpose: LinkUse, file: Uuid) -> Outcome<Option<String>> {
    let member = member(ctx)?;
    let services = member.services();
    let seconds = services.sheets.link_seconds();
    let link = services.identity.sign_link(member.scope(), purpose, file, seconds).map_err(|error| {
        tracing::error!(%error, "a link cannot be signed");
        Fault::internal()
    })?;
    Ok(link.map(|link| format!("/files/{link}")))
}
