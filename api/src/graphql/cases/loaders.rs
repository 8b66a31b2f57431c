//! Loads the ends of timelines, many at a time, within one request.

use std::collections::{BTreeMap, HashMap};

use async_graphql::Context;
use async_graphql::dataloader::Loader;
use fengqiao_domain::Reader;
use fengqiao_domain::cases as domain;
use fengqiao_domain::cases::{CaseService, CaseValue, FiredRung, Milestone, TimelineEntry};
use fengqiao_domain::kernel::id::{CaseId, Timestamp};
use fengqiao_domain::kernel::page::{Page, PageRequest};

use super::entry::CaseEntry;
use crate::graphql::context::member;
use crate::graphql::kit::connection::{Paged, TotalCount, connection};
use crate::graphql::kit::fault::{Fault, Outcome};

/// The last entries of a case's timeline.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TimelineEnd {
    /// The case.
    pub case: CaseId,
    /// Its present version.
    pub version: i64,
    /// How many entries.
    pub each: u32,
}

/// Asks for the present values of a case's fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ValuesOf(pub CaseId);

/// Asks for what has fired of a case's ladder.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct RungsOf(pub CaseId);

/// Asks for the first times of a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct MilestonesOf {
    /// The case.
    pub case: CaseId,
    /// When it was opened.
    pub opened_at: Timestamp,
}

/// Asks for a case, where the caller sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CaseOf(pub CaseId);

/// Asks for the cases that are part of a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct DuplicatesOf(pub CaseId);

/// Asks how the case stands that one of the caller's own is part of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ProgressOf(pub CaseId);

/// Loads the ends of timelines, and what else hangs on cases.
pub struct TimelineLoader {
    /// The use cases.
    pub service: CaseService,
    /// The request's snapshot.
    pub reader: Reader,
}

impl Loader<TimelineEnd> for TimelineLoader {
    type Value = Page<TimelineEntry>;
    type Error = Fault;

    async fn load(&self, keys: &[TimelineEnd]) -> Result<HashMap<TimelineEnd, Self::Value>, Self::Error> {
        let mut by_size: BTreeMap<u32, Vec<TimelineEnd>> = BTreeMap::new();
        for key in keys {
            by_size.entry(key.each).or_default().push(*key);
        }
        let mut found = HashMap::new();
        for (each, keys) in by_size {
            let cases: Vec<(CaseId, i64)> = keys.iter().map(|key| (key.case, key.version)).collect();
            let ends = self.service.timeline_ends(self.reader.scope(), &self.reader, &cases, each).await;
            let mut ends = ends.map_err(Fault::from_failure)?;
            found.extend(keys.into_iter().filter_map(|key| Some((key, ends.remove(&key.case)?))));
        }
        Ok(found)
    }
}

impl Loader<ValuesOf> for TimelineLoader {
    type Value = Vec<CaseValue>;
    type Error = Fault;

    async fn load(&self, keys: &[ValuesOf]) -> Result<HashMap<ValuesOf, Vec<CaseValue>>, Self::Error> {
        let cases: Vec<CaseId> = keys.iter().map(|key| key.0).collect();
        let values = self.service.values_of(self.reader.scope(), &self.reader, &cases).await;
        let values = values.map_err(Fault::from_failure)?;
        Ok(values.into_iter().map(|(case, values)| (ValuesOf(case), values)).collect())
    }
}

impl Loader<RungsOf> for TimelineLoader {
    type Value = Vec<FiredRung>;
    type Error = Fault;

    async fn load(&self, keys: &[RungsOf]) -> Result<HashMap<RungsOf, Vec<FiredRung>>, Self::Error> {
        let cases: Vec<CaseId> = keys.iter().map(|key| key.0).collect();
        let fired = self.service.fired_rungs(self.reader.scope(), &self.reader, &cases).await;
        let fired = fired.map_err(Fault::from_failure)?;
        Ok(fired.into_iter().map(|(case, fired)| (RungsOf(case), fired)).collect())
    }
}

impl Loader<MilestonesOf> for TimelineLoader {
    type Value = Vec<Milestone>;
    type Error = Fault;

    async fn load(
        &self,
        keys: &[MilestonesOf],
    ) -> Result<HashMap<MilestonesOf, Vec<Milestone>>, Self::Error> {
        let cases: Vec<(CaseId, Timestamp)> = keys.iter().map(|key| (key.case, key.opened_at)).collect();
        let reached = self.service.milestones(self.reader.scope(), &self.reader, &cases).await;
        let mut reached = reached.map_err(Fault::from_failure)?;
        Ok(keys.iter().filter_map(|key| Some((*key, reached.remove(&key.case)?))).collect())
    }
}

impl Loader<CaseOf> for TimelineLoader {
    type Value = domain::Case;
    type Error = Fault;

    async fn load(&self, keys: &[CaseOf]) -> Result<HashMap<CaseOf, domain::Case>, Self::Error> {
        let cases: Vec<CaseId> = keys.iter().map(|key| key.0).collect();
        let found = self.service.cases_by_id(self.reader.scope(), &self.reader, &cases).await;
        let found = found.map_err(Fault::from_failure)?;
        Ok(found.into_iter().map(|(id, case)| (CaseOf(id), case)).collect())
    }
}

impl Loader<DuplicatesOf> for TimelineLoader {
    type Value = Vec<domain::Case>;
    type Error = Fault;

    async fn load(
        &self,
        keys: &[DuplicatesOf],
    ) -> Result<HashMap<DuplicatesOf, Vec<domain::Case>>, Self::Error> {
        let cases: Vec<CaseId> = keys.iter().map(|key| key.0).collect();
        let found = self.service.duplicates_of(self.reader.scope(), &self.reader, &cases).await;
        let found = found.map_err(Fault::from_failure)?;
        Ok(found.into_iter().map(|(id, cases)| (DuplicatesOf(id), cases)).collect())
    }
}

impl Loader<ProgressOf> for TimelineLoader {
    type Value = domain::MasterProgress;
    type Error = Fault;

    async fn load(
        &self,
        keys: &[ProgressOf],
    ) -> Result<HashMap<ProgressOf, domain::MasterProgress>, Self::Error> {
        let cases: Vec<CaseId> = keys.iter().map(|key| key.0).collect();
        let found = self.service.progress_of_masters(self.reader.scope(), &self.reader, &cases).await;
        let found = found.map_err(Fault::from_failure)?;
        Ok(found.into_iter().map(|(id, progress)| (ProgressOf(id), progress)).collect())
    }
}

/// A page of a timeline; its last `end` entries, which lists ask for, are loaded for many cases at once.
pub(super) async fn timeline_of(
    ctx: &Context<'_>,
    case: &domain::Case,
    page: &PageRequest,
    end: Option<u32>,
) -> Outcome<Paged<CaseEntry>> {
    let member = member(ctx)?;
    let (service, reader) = (member.services().cases.clone(), member.reader().clone());
    let loaded = match end.filter(|_| reader.scope().is_staff()) {
        Some(each) => {
            member.timelines().load_one(TimelineEnd { case: case.id, version: case.version, each }).await?
        }
        None => None,
    };
    let case = case.id;
    let rows = match loaded {
        Some(rows) => rows,
        // Boxed: lists do not come here, and every case of a list carries the future.
        None => Box::pin(service.timeline(reader.scope(), &reader, case, page)).await?,
    };
    let total = TotalCount::lazily(move || {
        let (service, reader) = (service.clone(), reader.clone());
        async move { Ok(service.count_timeline(reader.scope(), &reader, case).await?) }
    });
    Ok(connection(rows, CaseEntry, total))
}
