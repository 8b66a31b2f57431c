//! Samples of closed cases (抽查).

use async_graphql::{Context, Enum, ID, Object};
use fengqiao_domain::cases as domain;
use fengqiao_domain::kernel::id::CaseSampleId;
use fengqiao_domain::kernel::page::PageRequest;

use super::loaders::CaseOf;
use super::types::Case;
use crate::graphql::catalogue::{Category, category_of};
use crate::graphql::context::member;
use crate::graphql::identity::{Account, account_of};
use crate::graphql::kit::connection::{Paged, TotalCount, connection, page_request};
use crate::graphql::kit::fault::Outcome;
use crate::graphql::kit::id;
use crate::graphql::kit::scalars::{Date, DateTime};
use crate::graphql::org::{Unit, unit_of};

/// What a case of a sample was found to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "fengqiao_domain::cases::SampleFinding")]
pub enum SampleFindingKind {
    /// It was settled as it should be (通过).
    Passed,
    /// It was not (不通过).
    Failed,
}

/// A sample of closed cases.
pub struct CaseSample(pub domain::CaseSample);

/// Closed cases that were drawn at random to be checked (抽查).
#[Object]
impl CaseSample {
    /// Global id: `sample_<uuid>`.
    pub(crate) async fn id(&self) -> ID {
        id::text(self.0.id)
    }

    /// What it is called.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// The unit whose cases it was drawn from.
    async fn unit(&self, ctx: &Context<'_>) -> Option<async_graphql::Result<Unit>> {
        unit_of(ctx, Some(self.0.unit)).await.map_err(Into::into).transpose()
    }

    /// The category it was drawn from, with all below it; null for every one.
    async fn category(&self, ctx: &Context<'_>) -> Option<async_graphql::Result<Category>> {
        category_of(ctx, self.0.category).await.map_err(Into::into).transpose()
    }

    /// Key of the programme it was drawn from; null for every one.
    async fn programme_key(&self) -> Option<&str> {
        self.0.programme.as_deref()
    }

    /// The first day of closing; null for no first one.
    async fn closed_from_on(&self) -> Option<Date> {
        self.0.closed_from.map(Date)
    }

    /// The last day of closing; null for no last one.
    async fn closed_until_on(&self) -> Option<Date> {
        self.0.closed_until.map(Date)
    }

    /// When it was drawn.
    async fn drawn_at(&self) -> DateTime {
        DateTime(self.0.drawn_at)
    }

    /// Who drew it; null for whom the caller may not know.
    async fn drawn_by(&self, ctx: &Context<'_>) -> Option<async_graphql::Result<Account>> {
        account_of(ctx, self.0.drawn_by).await.map_err(Into::into).transpose()
    }

    /// How many closed cases it was drawn from.
    async fn population(&self) -> u64 {
        self.0.population
    }

    /// How many cases it has.
    async fn size(&self) -> u32 {
        self.0.size
    }

    /// By which it was drawn: numbers `a.b.c.d`. With x = (year - 2000) · 10,000,000 + serial of a case's number, and
    /// p = 2,147,483,579, the cases come in the order of ((a · x + b) · x + c) · x + d modulo p.
    async fn seed(&self) -> String {
        self.0.seed.to_string()
    }

    /// How many of its cases were checked.
    async fn checked(&self) -> u32 {
        self.0.checked
    }

    /// How many of those passed.
    async fn passed(&self) -> u32 {
        self.0.passed
    }

    /// Its cases as far as the caller sees them, in the order in which they were drawn.
    async fn items(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Number of cases from the start, 1 to 100; default 20.")] first: Option<i32>,
        #[graphql(desc = "Cursor to start after.")] after: Option<String>,
        #[graphql(desc = "Number of cases from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Cursor to end before.")] before: Option<String>,
    ) -> async_graphql::Result<Paged<CaseSampleItem>> {
        let page = page_request(first, after.as_deref(), last, before.as_deref())?;
        Ok(items_of(ctx, self.0.id, &page).await?)
    }
}

/// A case of a sample.
pub struct CaseSampleItem(pub domain::SampledCase);

/// A case of a sample (抽查件), and what it was found to be.
#[Object]
impl CaseSampleItem {
    /// The one that was drawn.
    async fn case(&self, ctx: &Context<'_>) -> Option<async_graphql::Result<Case>> {
        sampled_case(ctx, &self.0).await.map_err(Into::into).transpose()
    }

    /// Its place in the order in which cases were drawn, from 1.
    async fn position(&self) -> i64 {
        self.0.position
    }

    /// What it was found to be; null until it is checked.
    async fn finding(&self) -> Option<SampleFindingKind> {
        self.0.finding.map(Into::into)
    }

    /// What was found, in words.
    async fn note(&self) -> Option<&str> {
        self.0.note.as_deref()
    }

    /// Who checked it; null for whom the caller may not know.
    async fn checked_by(&self, ctx: &Context<'_>) -> Option<async_graphql::Result<Account>> {
        account_of(ctx, self.0.checked_by).await.map_err(Into::into).transpose()
    }

    /// When it was checked.
    async fn checked_at(&self) -> Option<DateTime> {
        self.0.checked_at.map(DateTime)
    }
}

async fn sampled_case(ctx: &Context<'_>, item: &domain::SampledCase) -> Outcome<Option<Case>> {
    Ok(member(ctx)?.timelines().load_one(CaseOf(item.case)).await?.map(Case))
}

/// Queries of samples.
#[derive(Default)]
pub struct CaseSampleQuery;

#[Object]
impl CaseSampleQuery {
    /// The sample (抽查) with an id; null when it does not exist or the caller does not see it.
    async fn case_sample(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Global id of the sample.")] id: ID,
    ) -> Option<async_graphql::Result<CaseSample>> {
        match id::parse(&id) {
            Ok(id) => sample_of(ctx, id).await.map_err(Into::into).transpose(),
            Err(fault) => Some(Err(fault.into())),
        }
    }

    /// The samples (抽查) that were drawn where the caller draws some, newest first; for whoever holds `CASE_SAMPLE`.
    async fn case_samples(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Number of samples from the start, 1 to 100; default 20.")] first: Option<i32>,
        #[graphql(desc = "Cursor to start after.")] after: Option<String>,
        #[graphql(desc = "Number of samples from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Cursor to end before.")] before: Option<String>,
    ) -> async_graphql::Result<Paged<CaseSample>> {
        let page = page_request(first, after.as_deref(), last, before.as_deref())?;
        Ok(samples_of(ctx, &page).await?)
    }
}

/// The sample with an id, when the caller sees it.
///
/// # Errors
/// As the database says.
pub async fn sample_of(ctx: &Context<'_>, id: CaseSampleId) -> Outcome<Option<CaseSample>> {
    let member = member(ctx)?;
    let found = member.services().cases.sample(member.scope(), member.reader(), id).await?;
    Ok(found.map(CaseSample))
}

async fn samples_of(ctx: &Context<'_>, page: &PageRequest) -> Outcome<Paged<CaseSample>> {
    let member = member(ctx)?;
    let (service, reader) = (member.services().cases.clone(), member.reader().clone());
    let rows = service.samples(reader.scope(), &reader, page).await?;
    let total = TotalCount::lazily(move || {
        let (service, reader) = (service.clone(), reader.clone());
        async move { Ok(service.count_samples(reader.scope(), &reader).await?) }
    });
    Ok(connection(rows, CaseSample, total))
}

async fn items_of(
    ctx: &Context<'_>,
    sample: CaseSampleId,
    page: &PageRequest,
) -> Outcome<Paged<CaseSampleItem>> {
    let member = member(ctx)?;
    let (service, reader) = (member.services().cases.clone(), member.reader().clone());
    let rows = service.sampled(reader.scope(), &reader, sample, page).await?;
    let total = TotalCount::lazily(move || {
        let (service, reader) = (service.clone(), reader.clone());
        async move { Ok(service.count_sampled(reader.scope(), &reader, sample).await?) }
    });
    Ok(connection(rows, CaseSampleItem, total))
}
