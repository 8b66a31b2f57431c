//! Who serves where at an instant, beside what is planned; and which grids lack people.

use std::collections::{BTreeMap, BTreeSet};

use crate::identity::GrantTarget;
use crate::kernel::id::{GridId, PostKindId, Timestamp, UnitGroupId, UnitId};
use crate::kernel::page::{Cursor, Direction, Page, PageRequest, SortKey};
use crate::kernel::place::Territory;
use crate::kernel::scope::Scope;
use crate::org::{Grid, directory};
use crate::staff::gaps::{self, Gap, Serving};
use crate::staff::model::{AppointmentKind, PostKind, Roster, RosterLine, StaffingRule};
use crate::staff::service::query::{territory, within};
use crate::staff::service::{Answer, StaffService, permit_reading};
use crate::staff::store::{self, AppointmentPage};
use crate::staff::template;
use crate::store::{Reader, StoreError, Tx};

/// Which gaps are wanted.
#[derive(Clone, Copy, Debug, Default)]
pub struct GapFilter {
    /// Only of grids in this unit.
    pub unit: Option<UnitId>,
    /// At this instant; now without it.
    pub at: Option<Timestamp>,
}

/// Number of the list of gaps in its cursors: FNV-1a of `staffing_gaps.code`.
const LIST: u32 = 0xd0e6_0708;

impl StaffService {
    /// Who serves in a unit at an instant, now without one, by kind of post; none for a unit that does not
    /// exist. Needs to belong to the staff.
    ///
    /// # Errors
    /// [`Failure::Denied`] for anyone else.
    ///
    /// [`Failure::Denied`]: crate::kernel::failure::Failure::Denied
    pub async fn roster(
        &self,
        scope: &Scope,
        reader: &Reader,
        unit: UnitId,
        at: Option<Timestamp>,
    ) -> Answer<Option<Roster>> {
        permit_reading(scope)?;
        let tx = reader.tx().await?;
        if directory::unit(&tx, unit).await?.is_none() {
            return Ok(None);
        }
        let at = at.unwrap_or_else(|| tx.now());
        let members = within(&tx, &territory(&tx, unit).await?).await?;
        let mut planned: BTreeMap<PostKindId, u64> = BTreeMap::new();
        for ((of, post), number) in store::headcounts(&tx, at).await? {
            if members.as_ref().is_none_or(|members| members.units.contains(&of)) {
                *planned.entry(post).or_default() += u64::from(number);
            }
        }
        let wanted = AppointmentPage { within: members, at: Some(at), ..AppointmentPage::default() };
        let tallies = store::tallies(&tx, &wanted).await?;
        let line = |post_kind: PostKind| {
            let planned = planned.get(&post_kind.id).copied().unwrap_or_default();
            let tally = tallies.get(&post_kind.id).copied().unwrap_or_default();
            let line =
                RosterLine { post_kind, planned, people: tally.people, appointments: tally.appointments };
            (planned > 0 || tally.appointments > 0).then_some(line)
        };
        let lines = store::post_kinds(&tx).await?.into_iter().filter_map(line).collect();
        Ok(Some(Roster { unit, at, lines }))
    }

    /// The staffing rule at an instant, now without one: the tenant's, or the shipped one.
    ///
    /// # Errors
    /// As the database says.
    pub async fn staffing_rule(
        &self,
        _scope: &Scope,
        reader: &Reader,
        at: Option<Timestamp>,
    ) -> Answer<StaffingRule> {
        let tx = reader.tx().await?;
        Ok(rule(&tx, at.unwrap_or_else(|| tx.now())).await?)
    }

    /// The grids that lack people by the staffing rule, by code, and how many there are. Needs to belong to
    /// the staff.
    ///
    /// # Errors
    /// [`Failure::Denied`] for anyone else.
    ///
    /// [`Failure::Denied`]: crate::kernel::failure::Failure::Denied
    pub async fn staffing_gaps(
        &self,
        scope: &Scope,
        reader: &Reader,
        filter: &GapFilter,
        page: &PageRequest,
    ) -> Answer<(Page<Gap>, u64)> {
        permit_reading(scope)?;
        let tx = reader.tx().await?;
        let at = filter.at.unwrap_or_else(|| tx.now());
        let territory = match filter.unit {
            Some(unit) => territory(&tx, unit).await?,
            None => Territory { district: true, ..Territory::default() },
        };
        let grids = directory::live_grids(&tx, &territory).await?;
        let serving = serving(&tx, &grids, at).await?;
        let posts = store::post_kinds(&tx).await?.into_iter().map(|post| (post.code, post.id)).collect();
        let found = gaps::gaps(grids, &rule(&tx, at).await?.requirements, &posts, &serving);
        let total = u64::try_from(found.len()).unwrap_or(u64::MAX);
        Ok((paged(found, page)?, total))
    }
}

async fn rule(tx: &Tx, at: Timestamp) -> Result<StaffingRule, StoreError> {
    let shipped = || StaffingRule { id: None, since: None, requirements: template::requirements() };
    Ok(store::rule(tx, at).await?.unwrap_or_else(shipped))
}

/// Who serves each of some grids at an instant, stand-ins left out: they take a duty that is counted.
async fn serving(tx: &Tx, grids: &[Grid], at: Timestamp) -> Result<Serving, StoreError> {
    let (units, members) = directory::group_contents(tx).await?;
    let mut villages: BTreeMap<UnitId, Vec<GridId>> = BTreeMap::new();
    for grid in grids {
        villages.entry(grid.village).or_default().push(grid.id);
    }
    let mut groups: BTreeMap<UnitGroupId, BTreeSet<GridId>> = BTreeMap::new();
    for (group, grid) in members {
        groups.entry(group).or_default().insert(grid);
    }
    for (group, unit) in units {
        groups.entry(group).or_default().extend(villages.get(&unit).into_iter().flatten());
    }
    let mut serving = Serving::new();
    for held in store::all_in_force(tx, at).await? {
        if held.kind == AppointmentKind::StandIn {
            continue;
        }
        let covered: Vec<GridId> = match held.target {
            GrantTarget::Grid(id) => vec![id],
            GrantTarget::Group(id) => groups.get(&id).into_iter().flatten().copied().collect(),
            GrantTarget::Unit(id) => villages.get(&id).cloned().unwrap_or_default(),
            GrantTarget::Organisation(_) | GrantTarget::Platform => vec![],
        };
        for grid in covered {
            serving.entry(grid).or_default().push((held.post_kind, held.member));
        }
    }
    Ok(serving)
}

/// A page of what was computed: by the same cursors as a list that the database sorts.
fn paged(found: Vec<Gap>, request: &PageRequest) -> Result<Page<Gap>, StoreError> {
    let after = match &request.cursor {
        None => None,
        Some(Cursor { list: LIST, key: SortKey::Text(code), .. }) => Some(code.clone()),
        Some(_) => return Err(StoreError::ForeignCursor),
    };
    let backward = request.direction == Direction::Backward;
    let beyond = |gap: &Gap| match &after {
        None => true,
        Some(code) if backward => gap.grid.code < *code,
        Some(code) => gap.grid.code > *code,
    };
    let started = after.is_some();
    let mut rows: Vec<Gap> = found.into_iter().filter(beyond).collect();
    let size = usize::try_from(request.size).unwrap_or(usize::MAX);
    let more = rows.len() > size;
    if backward {
        rows.drain(..rows.len().saturating_sub(size));
    } else {
        rows.truncate(size);
    }
    let cursor = |gap: &Gap| Cursor {
        list: LIST,
        ..Cursor::of(SortKey::Text(gap.grid.code.clone()), gap.grid.id.uuid())
    };
    let (has_previous, has_next) = if backward { (more, started) } else { (started, more) };
    let rows = rows.into_iter().map(|gap| (cursor(&gap), gap)).collect();
    Ok(Page { rows, has_previous, has_next })
}
