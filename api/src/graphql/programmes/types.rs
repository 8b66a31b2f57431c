//! Objects of the programmes slice.

use std::sync::Arc;

use async_graphql::{Context, ID, Object, SimpleObject};
use fengqiao_domain::kernel::id::ProgrammeId;
use fengqiao_domain::programmes as domain;

use super::loaders::VersionsOf;
use super::outline::ProgrammeOutline;
use crate::graphql::context::member;
use crate::graphql::identity::{Account, account_of};
use crate::graphql::kit::fault::Outcome;
use crate::graphql::kit::id;
use crate::graphql::kit::scalars::DateTime;

/// How cases of a kind go their way: its versions, and the draft of the next.
pub struct Programme(pub domain::ProgrammeRecord);

/// How cases of a kind go from their report to their end (流程方案): its versions, and the draft of the next.
#[Object]
impl Programme {
    /// Global id: `programme_<uuid>`.
    pub(crate) async fn id(&self) -> ID {
        id::text(self.0.id)
    }

    /// Key within the tenant, for example `dispute_ladder`; it never changes.
    async fn key(&self) -> &str {
        &self.0.key
    }

    /// Whether new cases follow it.
    async fn is_active(&self) -> bool {
        self.0.active
    }

    /// The file of the next version; null when nothing was drafted, and for whoever may not publish it.
    async fn draft(&self) -> Option<&str> {
        self.0.draft.as_deref()
    }

    /// The version that new cases follow; null before the first publishing.
    async fn current(&self, ctx: &Context<'_>) -> Option<async_graphql::Result<ProgrammeVersion>> {
        let current = versions_of(ctx, self.0.id)
            .await
            .map(|versions| versions.into_iter().find(|version| version.0.number == self.0.published));
        current.map_err(Into::into).transpose()
    }

    /// Every published version, the latest first; each still counts for the cases that began with it.
    async fn versions(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<ProgrammeVersion>> {
        Ok(versions_of(ctx, self.0.id).await?)
    }

    /// Version of the record, to be sent back as `expectedVersion`.
    async fn version(&self) -> i64 {
        self.0.version
    }
}

/// A published version of a programme: it never changes.
pub struct ProgrammeVersion(pub domain::ProgrammeVersion);

/// A published version of a programme: it never changes.
#[Object]
impl ProgrammeVersion {
    /// Number, from 1.
    async fn number(&self) -> u32 {
        self.0.number
    }

    /// The file (TOML), as it was published.
    async fn definition(&self) -> &str {
        &self.0.definition
    }

    /// When it was published.
    async fn published_at(&self) -> DateTime {
        DateTime(self.0.published_at)
    }

    /// Who published it; null for the system, and for whom the caller may not know.
    async fn published_by(&self, ctx: &Context<'_>) -> Option<async_graphql::Result<Account>> {
        account_of(ctx, self.0.published_by).await.map_err(Into::into).transpose()
    }

    /// The programme as it runs.
    async fn outline(&self) -> Option<ProgrammeOutline> {
        self.0.programme().map(|programme| ProgrammeOutline(Arc::new(programme)))
    }
}

/// A programme that ships with the product, to be adopted and changed.
#[derive(SimpleObject)]
pub struct ProgrammeTemplate {
    /// Key, as `templateKey` of `programmeDraft` takes it.
    key: String,
    /// The file (TOML).
    definition: String,
    /// The programme as it would run.
    outline: ProgrammeOutline,
}

impl ProgrammeTemplate {
    /// Every template.
    pub(super) fn all() -> Vec<Self> {
        let read = |(key, text): &(&str, &str)| {
            let programme = domain::read(text).ok()?;
            let outline = ProgrammeOutline(Arc::new(programme));
            Some(Self { key: (*key).to_owned(), definition: (*text).to_owned(), outline })
        };
        domain::templates().iter().filter_map(read).collect()
    }
}

/// What differs between two versions of a programme.
#[derive(SimpleObject)]
pub struct ProgrammeDiff {
    /// Part by part, in the order of their names; empty when nothing differs.
    changes: Vec<ProgrammeChange>,
}

impl ProgrammeDiff {
    /// What differs.
    pub(super) fn of(changes: Vec<domain::ProgrammeChange>) -> Self {
        Self { changes: changes.into_iter().map(Into::into).collect() }
    }
}

/// One part of a programme that differs between two versions.
#[derive(SimpleObject)]
pub struct ProgrammeChange {
    /// Which part, for example `stages.handling.limit` or `acts.dispatch.2.who`.
    part: String,
    /// What it was; null for a part that is new.
    before: Option<String>,
    /// What it is; null for a part that is gone.
    after: Option<String>,
}

impl From<domain::ProgrammeChange> for ProgrammeChange {
    fn from(change: domain::ProgrammeChange) -> Self {
        Self { part: change.part, before: change.before, after: change.after }
    }
}

/// The programme with an id, through the request's loader.
///
/// # Errors
/// As the database says.
pub async fn programme_of(ctx: &Context<'_>, id: Option<ProgrammeId>) -> Outcome<Option<Programme>> {
    let Some(id) = id else { return Ok(None) };
    Ok(member(ctx)?.programmes().load_one(id).await?.map(Programme))
}

async fn versions_of(ctx: &Context<'_>, id: ProgrammeId) -> Outcome<Vec<ProgrammeVersion>> {
    let versions = member(ctx)?.programmes().load_one(VersionsOf(id)).await?;
    Ok(versions.into_iter().flatten().map(ProgrammeVersion).collect())
}
