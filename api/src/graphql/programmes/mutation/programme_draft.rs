//! `programmeDraft`.

use async_graphql::{Context, ID, InputObject, OneofObject, SimpleObject};
use fengqiao_domain::programmes as domain;

use crate::graphql::context::member;
use crate::graphql::kit::fault::Outcome;
use crate::graphql::kit::id;
use crate::graphql::kit::mutation::{claimed, settled};
use crate::graphql::programmes::{Programme, ProgrammeUserError};

/// Input of `programmeDraft`.
#[derive(InputObject)]
pub struct ProgrammeDraftInput {
    /// The programme whose next version it is; absent for a new programme.
    programme: Option<ProgrammeSeenInput>,
    /// Where the file comes from.
    source: ProgrammeSourceInput,
}

/// A programme as the caller saw it.
#[derive(InputObject)]
pub struct ProgrammeSeenInput {
    /// Which programme.
    programme_id: ID,
    /// The version the caller saw.
    expected_version: i64,
}

/// Where the file of a draft comes from: exactly one of them.
#[derive(OneofObject)]
pub enum ProgrammeSourceInput {
    /// The file itself (TOML), at most 64 KiB.
    Definition(String),
    /// A template that ships with the product, by its key of at most 32 characters.
    TemplateKey(String),
}

impl ProgrammeSourceInput {
    /// The file itself; none for a template that there is not.
    pub(in crate::graphql::programmes) fn text(&self) -> Option<String> {
        match self {
            Self::Definition(text) => Some(text.clone()),
            Self::TemplateKey(key) => {
                let template = domain::templates().iter().find(|(own, _)| own == key);
                template.map(|(_, text)| (*text).to_owned())
            }
        }
    }
}

/// Outcome of `programmeDraft`.
#[derive(SimpleObject)]
pub struct ProgrammeDraftPayload {
    /// The programme after it; null when `userErrors` says why not.
    programme: Option<Programme>,
    /// What the caller can mend; empty when it was done.
    user_errors: Vec<ProgrammeUserError>,
}

/// Draft the next version of a programme, or a new one.
pub(super) async fn run(ctx: &Context<'_>, input: ProgrammeDraftInput) -> Outcome<ProgrammeDraftPayload> {
    let member = member(ctx)?;
    let scope = claimed(ctx, member, "programmeDraft")?;
    let seen = input.programme.map(|seen| {
        Outcome::Ok(domain::SeenProgramme {
            programme: id::parse(&seen.programme_id)?,
            version: seen.expected_version,
        })
    });
    let command = domain::DraftProgramme {
        seen: seen.transpose()?,
        source: match input.source {
            ProgrammeSourceInput::Definition(text) => domain::DraftSource::Definition(text),
            ProgrammeSourceInput::TemplateKey(key) => domain::DraftSource::Template(key),
        },
    };
    let outcome = member.services().programmes.draft_programme(&scope, command).await;
    Ok(match settled(ctx, member, outcome).await? {
        Ok(programme) => ProgrammeDraftPayload { programme: Some(Programme(programme)), user_errors: vec![] },
        Err(problems) => {
            ProgrammeDraftPayload { programme: None, user_errors: ProgrammeUserError::all(ctx, problems) }
        }
    })
}
