//! `exportStart`.

use async_graphql::{Context, ID, InputObject, SimpleObject};
use fengqiao_domain::sheets::StartExport;

use crate::graphql::audit::AuditEntryFilter;
use crate::graphql::cases::CaseFilter;
use crate::graphql::context::member;
use crate::graphql::kit::fault::Outcome;
use crate::graphql::kit::id;
use crate::graphql::kit::mutation::{claimed, settled};
use crate::graphql::kit::scalars::DateTime;
use crate::graphql::sheets::SheetUserError;
use crate::graphql::sheets::enums::{ExportKind, FileFormatKind};
use crate::graphql::sheets::types::Export;

/// Input of `exportStart`.
#[derive(InputObject)]
pub(super) struct ExportStartInput {
    /// What its rows are.
    kind: ExportKind,
    /// As what its rows are written.
    format_kind: FileFormatKind,
    /// What it is taken out for, 1 to 200 characters: it stands in the audit trail.
    purpose: String,
    /// Of a roster: only whose file this unit keeps, or one below it.
    unit_id: Option<ID>,
    /// Of a roster: as it was at this instant; now without it.
    snapshot_at: Option<DateTime>,
    /// Of cases: only those that it finds.
    case_filter: Option<CaseFilter>,
    /// Of entries of the audit trail: only those that it finds. Whoever or whatever it names must be in the trail.
    audit_entry_filter: Option<AuditEntryFilter>,
}

/// Outcome of `exportStart`.
#[derive(SimpleObject)]
pub(super) struct ExportStartPayload {
    /// The file, which is being written; null when `userErrors` says why not.
    export: Option<Export>,
    /// What the caller can mend; empty when it was done.
    user_errors: Vec<SheetUserError>,
}

/// Begin to write a file of what the caller sees.
pub(super) async fn run(ctx: &Context<'_>, input: ExportStartInput) -> Outcome<ExportStartPayload> {
    let member = member(ctx)?;
    let scope = claimed(ctx, member, "exportStart")?;
    let command = StartExport {
        kind: input.kind.into(),
        format: input.format_kind.into(),
        purpose: input.purpose,
        unit: id::parse_optional(input.unit_id.as_ref())?,
        at: input.snapshot_at.map(|at| at.0),
        filter: input.case_filter.map(CaseFilter::parsed).transpose()?.unwrap_or_default(),
        entries: input.audit_entry_filter.map(AuditEntryFilter::parsed).transpose()?.unwrap_or_default(),
    };
    let outcome = member.services().sheets.start_export(&scope, command).await;
    Ok(match settled(ctx, member, outcome).await? {
        Ok(done) => ExportStartPayload { export: Some(Export(done)), user_errors: vec![] },
        Err(problems) => ExportStartPayload { export: None, user_errors: SheetUserError::all(ctx, problems) },
    })
}
