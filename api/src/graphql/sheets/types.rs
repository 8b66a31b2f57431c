//! Files that come in and go out.

use async_graphql::{Context, ID, Object, SimpleObject};
use fengqiao_domain::identity::LinkUse;
use fengqiao_domain::kernel::id::{ExportId, ExportReviewId, ImportId};
use fengqiao_domain::kernel::sheet::BadRow;
use fengqiao_domain::sheets as domain;
use fengqiao_domain::sheets::WorkState;

use super::enums::{ExportKind, ExportReviewState, FileFormatKind, FileState, ImportKind};
use super::reason;
use crate::graphql::context::member;
use crate::graphql::identity::{Account, account_of};
use crate::graphql::kit::fault::Outcome;
use crate::graphql::kit::id;
use crate::graphql::kit::link::link;
use crate::graphql::kit::message::language;
use crate::graphql::kit::scalars::DateTime;
use crate::graphql::kit::weight::list_size;
use crate::http::Language;

/// A file of rows that comes in (导入).
pub struct Import(pub domain::Import);

/// A file of rows that comes in (导入), all of it or nothing. Only who announced it sees it.
#[Object]
impl Import {
    /// Global id: `import_<uuid>`.
    pub(crate) async fn id(&self) -> ID {
        id::text(self.0.id)
    }

    /// What its rows are.
    async fn kind(&self) -> ImportKind {
        self.0.kind.into()
    }

    /// The name that it has at whoever brings it.
    async fn file_name(&self) -> &str {
        &self.0.file_name
    }

    /// How far it is.
    async fn state(&self) -> FileState {
        self.0.state.into()
    }

    /// Where its bytes go, below the address of this API: `PUT` them there as they are, once, within 15 minutes.
    /// Null when they are not awaited.
    async fn upload_path(&self, ctx: &Context<'_>) -> Option<async_graphql::Result<String>> {
        if self.0.state != WorkState::Waiting {
            return None;
        }
        link(ctx, LinkUse::Upload, self.0.id.uuid()).map_err(Into::into).transpose()
    }

    /// Rows that were read by now.
    async fn rows_read(&self) -> usize {
        self.0.rows
    }

    /// Rows that were new.
    async fn rows_created(&self) -> usize {
        self.0.report.created
    }

    /// Rows that changed what was there.
    async fn rows_changed(&self) -> usize {
        self.0.report.changed
    }

    /// Rows that said what was there.
    async fn rows_unchanged(&self) -> usize {
        self.0.report.unchanged
    }

    /// What is wrong with its rows, at most 1,001: nothing is read beyond a thousand.
    #[graphql(directive = list_size::apply(Some(1_001), None))]
    async fn mistakes(&self, ctx: &Context<'_>) -> Vec<ImportMistake> {
        let language = language(ctx);
        self.0.mistakes.iter().map(|bad| ImportMistake::told(language, bad)).collect()
    }

    /// When it was announced.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }

    /// When it ended.
    async fn finished_at(&self) -> Option<DateTime> {
        self.0.finished_at.map(DateTime)
    }

    /// Grows by one with every step: two answers with the same one tell the same.
    async fn version(&self) -> i64 {
        self.0.version
    }
}

/// What is wrong with a row of a file.
#[derive(SimpleObject)]
pub struct ImportMistake {
    /// Line of the CSV file, row of the sheet, or number of the GeoJSON feature, from 1.
    row: usize,
    /// The column at fault; null for the row as a whole.
    column: Option<String>,
    /// What stands there.
    value: String,
    /// Why it cannot be taken, for people, in the request's language.
    reason: String,
}

impl ImportMistake {
    fn told(language: Language, bad: &BadRow) -> Self {
        Self {
            row: bad.row,
            column: Some(bad.column.to_string()).filter(|column| !column.is_empty()),
            value: bad.value.clone(),
            reason: reason::told(language, &bad.reason),
        }
    }
}

/// A file of rows that goes out (导出).
pub struct Export(pub domain::Export);

/// A file of rows that goes out (导出): what its taker sees, masked as they see it. Only they see it.
#[Object]
impl Export {
    /// Global id: `export_<uuid>`.
    pub(crate) async fn id(&self) -> ID {
        id::text(self.0.id)
    }

    /// What its rows are.
    async fn kind(&self) -> ExportKind {
        self.0.kind.into()
    }

    /// As what its rows are written.
    async fn format_kind(&self) -> FileFormatKind {
        self.0.format.into()
    }

    /// What it is taken out for.
    async fn purpose(&self) -> &str {
        &self.0.purpose
    }

    /// How far it is.
    async fn state(&self) -> FileState {
        self.0.state.into()
    }

    /// Where it is fetched, below the address of this API: `GET` it within 15 minutes, and no longer than the
    /// session lives. Null until it is there, and after it was removed.
    async fn download_path(&self, ctx: &Context<'_>) -> Option<async_graphql::Result<String>> {
        if self.0.state != WorkState::Succeeded {
            return None;
        }
        link(ctx, LinkUse::Download, self.0.id.uuid()).map_err(Into::into).transpose()
    }

    /// Rows that were written by now.
    async fn rows_written(&self) -> usize {
        self.0.rows
    }

    /// Bytes of the file, once it is there.
    async fn byte_count(&self) -> Option<u64> {
        (self.0.state == WorkState::Succeeded).then_some(self.0.bytes)
    }

    /// When it was begun.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }

    /// When it ended.
    async fn finished_at(&self) -> Option<DateTime> {
        self.0.finished_at.map(DateTime)
    }

    /// When it is removed; while it is in review, when nobody waits for it any more.
    async fn expires_at(&self) -> Option<DateTime> {
        self.0.expires_at.map(DateTime)
    }

    /// Somebody else's word on it (导出审批): null for a file that needs none, which are those of few people.
    async fn review(&self, ctx: &Context<'_>) -> Option<async_graphql::Result<ExportReview>> {
        review_of(ctx, self.0.review).await.map_err(Into::into).transpose()
    }

    /// Grows with every step: two answers with the same one tell the same.
    async fn version(&self) -> i64 {
        self.0.version
    }
}

/// A file that waits for somebody else's word.
pub struct ExportReview(pub domain::ExportReview);

/// Somebody else's word on a file of many people (导出审批): what there is to judge. Whoever takes the file sees it, whoever may approve, and who audits.
#[Object]
impl ExportReview {
    /// Global id: `exportreview_<uuid>`.
    pub(crate) async fn id(&self) -> ID {
        id::text(self.0.id)
    }

    /// What stands in the last column of each row of the file, which is its taker's alone: its global id, by which the audit trail names it.
    async fn mark(&self) -> String {
        self.0.export.to_string()
    }

    /// Who takes it.
    async fn taken_by(&self, ctx: &Context<'_>) -> Option<async_graphql::Result<Account>> {
        account_of(ctx, Some(self.0.account)).await.map_err(Into::into).transpose()
    }

    /// What its rows are.
    async fn kind(&self) -> ExportKind {
        self.0.kind.into()
    }

    /// As what its rows are written.
    async fn format_kind(&self) -> FileFormatKind {
        self.0.format.into()
    }

    /// What it is taken out for.
    async fn purpose(&self) -> &str {
        &self.0.purpose
    }

    /// Which rows were asked for: a JSON object of the conditions of `exportStart`, empty for all that the taker sees. What was searched for is
    /// not told, only that something was.
    async fn selection(&self) -> &str {
        &self.0.selection
    }

    /// How many rows it has.
    async fn row_count(&self) -> usize {
        self.0.rows
    }

    /// How far it is.
    async fn state(&self) -> ExportReviewState {
        self.0.state.into()
    }

    /// Since when it waits.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }

    /// From when on nobody's word counts any more.
    async fn lapses_at(&self) -> DateTime {
        DateTime(self.0.lapses_at)
    }

    /// Who approved or declined it; null while nobody has.
    async fn decided_by(&self, ctx: &Context<'_>) -> Option<async_graphql::Result<Account>> {
        account_of(ctx, self.0.decided_by).await.map_err(Into::into).transpose()
    }

    /// When; null while nobody has.
    async fn decided_at(&self) -> Option<DateTime> {
        self.0.decided_at.map(DateTime)
    }

    /// Why; null while nobody has said.
    async fn note(&self) -> Option<&str> {
        self.0.note.as_deref()
    }

    /// Grows by one when somebody says something, and when nobody did in time.
    async fn version(&self) -> i64 {
        self.0.version
    }
}

/// A file that comes in, by id; none that the caller does not see.
pub async fn import_of(ctx: &Context<'_>, id: ImportId) -> Outcome<Option<Import>> {
    let member = member(ctx)?;
    let found = member.services().sheets.imports_by_id(member.scope(), member.reader(), &[id]).await?;
    Ok(found.into_values().next().map(Import))
}

/// A file that goes out, by id; none that the caller does not see.
pub async fn export_of(ctx: &Context<'_>, id: ExportId) -> Outcome<Option<Export>> {
    let member = member(ctx)?;
    let found = member.services().sheets.exports_by_id(member.scope(), member.reader(), &[id]).await?;
    Ok(found.into_values().next().map(Export))
}

/// Somebody else's word on a file, by id; none that the caller does not see.
pub async fn review_of(ctx: &Context<'_>, id: Option<ExportReviewId>) -> Outcome<Option<ExportReview>> {
    let (member, Some(id)) = (member(ctx)?, id) else { return Ok(None) };
    let found = member.services().sheets.review_by_id(member.scope(), member.reader(), id).await?;
    Ok(found.map(ExportReview))
}
