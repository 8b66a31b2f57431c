//! `importStart`.

use async_graphql::{Context, InputObject, SimpleObject};
use fengqiao_domain::sheets::StartImport;

use crate::graphql::context::member;
use crate::graphql::kit::fault::Outcome;
use crate::graphql::kit::mutation::{claimed, settled};
use crate::graphql::sheets::SheetUserError;
use crate::graphql::sheets::enums::ImportKind;
use crate::graphql::sheets::types::Import;

/// Input of `importStart`.
#[derive(InputObject)]
pub(super) struct ImportStartInput {
    /// What its rows are; the caller must be able to change such rows somewhere.
    kind: ImportKind,
    /// The name that the file has at whoever brings it, 1 to 255 characters.
    file_name: String,
}

/// Outcome of `importStart`.
#[derive(SimpleObject)]
pub(super) struct ImportStartPayload {
    /// The file, which waits for its bytes; null when `userErrors` says why not.
    import: Option<Import>,
    /// What the caller can mend; empty when it was done.
    user_errors: Vec<SheetUserError>,
}

/// Announce a file that is to come in.
pub(super) async fn run(ctx: &Context<'_>, input: ImportStartInput) -> Outcome<ImportStartPayload> {
    let member = member(ctx)?;
    let scope = claimed(ctx, member, "importStart")?;
    let command = StartImport { kind: input.kind.into(), file_name: input.file_name };
    let outcome = member.services().sheets.start_import(&scope, command).await;
    Ok(match settled(ctx, member, outcome).await? {
        Ok(done) => ImportStartPayload { import: Some(Import(done)), user_errors: vec![] },
        Err(problems) => ImportStartPayload { import: None, user_errors: SheetUserError::all(ctx, problems) },
    })
}
