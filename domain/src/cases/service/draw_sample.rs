//! Draw a sample of closed cases (抽查): at random among those that the caller sees, in a way that anybody can repeat.

use serde_json::json;

use crate::calendars;
use crate::cases::error::{CaseError, bad_text};
use crate::cases::filter::CaseFilter;
use crate::cases::sampling::{CaseSample, DrawSample, SAMPLE_NAME_LIMIT, SampleSeed};
use crate::cases::service::query::wanted;
use crate::cases::service::samples::territory;
use crate::cases::service::{Answer, CaseService, mistake};
use crate::cases::{store, target};
use crate::catalogue;
use crate::kernel::failure::Failure;
use crate::kernel::id::CaseSampleId;
use crate::kernel::permission::Permission;
use crate::kernel::scope::Scope;
use crate::kernel::text;
use crate::org::{PlaceReference, Unit, directory};
use crate::programmes::{self, CaseState};
use crate::store::{Begun, Done, Tx};

impl CaseService {
    /// Draws a sample. Needs `CASE_SAMPLE`, over the unit whose cases are drawn from.
    ///
    /// # Errors
    /// `REQUIRED`, `TOO_LONG`, `INVALID_TEXT` for the name; `NOT_FOUND` for an unknown unit or category,
    /// `INVALID_PROGRAMME`, `NOT_PERMITTED`, `INVALID_TIME` for a span that ends before it begins, `NOTHING_TO_DRAW`,
    /// `INVALID_SIZE`.
    pub async fn draw_sample(&self, scope: &Scope, command: DrawSample) -> Answer<CaseSample> {
        if !scope.permits(Permission::CaseSample) {
            return Err(Failure::Denied);
        }
        let name = text::line(&command.name, SAMPLE_NAME_LIMIT);
        let name = name.map_err(|bad| mistake(bad_text(bad, "name")))?;
        if command.closed_from.zip(command.closed_until).is_some_and(|(from, until)| until < from) {
            return Err(Failure::user("closedUntilOn", CaseError::InvalidTime));
        }
        let mut tx = match self.db.begin(scope).await? {
            Begun::Fresh(tx) => tx,
            Begun::Replay(done) => return self.replayed_sample(scope, done).await,
        };
        let unit = unit(&tx, &command).await?;
        let filter = filter(&tx, &command, &unit).await?;
        let wanted = wanted(&tx, scope, &filter).await?;
        let population = store::sample::population(&tx, &wanted).await?;
        if population == 0 {
            return Err(Failure::user("", CaseError::NothingToDraw));
        }
        let Some(size) = command.size.of(population) else {
            return Err(Failure::user("size", CaseError::InvalidSize));
        };
        let seed = SampleSeed::of(tx.dice());
        let drawn = store::sample::drawn(&tx, &wanted, (seed, size)).await?;
        if drawn.is_empty() {
            return Err(Failure::user("", CaseError::NothingToDraw));
        }
        let id: CaseSampleId = tx.new_id();
        let sample = CaseSample {
            id,
            name,
            unit: unit.id,
            place: directory::place_of_unit(&unit),
            category: command.category,
            programme: command.programme,
            closed_from: command.closed_from,
            closed_until: command.closed_until,
            population,
            size: u32::try_from(drawn.len()).unwrap_or(size),
            seed,
            checked: 0,
            passed: 0,
            drawn_at: tx.now(),
            drawn_by: scope.account(),
        };
        tx.insert(store::sample::row(&tx, &sample)).await?;
        tx.insert_all(store::sample::items(&tx, id, &drawn)).await?;
        let detail = json!({ "population": population, "size": sample.size, "seed": seed.to_string() });
        tx.audit("case_sample.create", &id, detail);
        tx.commit(Done { id: id.uuid(), version: 1 }).await?;
        Ok(sample)
    }

    /// The sample that a use case with the same idempotency key drew, as it is now.
    async fn replayed_sample(&self, scope: &Scope, done: Done) -> Answer<CaseSample> {
        let reader = self.db.reader(scope);
        let found = self.sample(scope, &reader, CaseSampleId::from_uuid(done.id)).await?;
        found.ok_or_else(|| Failure::user("", CaseError::NotFound))
    }
}

/// The unit whose cases are drawn from: the one that is named, else the widest that the caller draws samples of. Each
/// lies within what a grant covers by which the caller does.
async fn unit(tx: &Tx, command: &DrawSample) -> Answer<Unit> {
    let covered = territory(tx.scope());
    let id = match command.unit {
        Some(id) => id,
        None if covered.district => return Ok(target::district(tx).await?),
        None => {
            let held = tx.scope().held().iter();
            let mut sampling = held.filter(|held| held.permissions.holds(Permission::CaseSample));
            let own = sampling.find_map(|held| held.unit);
            own.ok_or_else(|| Failure::user("unitId", CaseError::Required))?
        }
    };
    let unit = directory::unit(tx, id).await?;
    let unit = unit.ok_or_else(|| Failure::user("unitId", CaseError::NotFound))?;
    if covered.covers(&directory::place_of_unit(&unit)) {
        Ok(unit)
    } else {
        Err(Failure::user("unitId", CaseError::NotPermitted))
    }
}

/// The cases that are drawn from, by the days of the district's calendar.
async fn filter(tx: &Tx, command: &DrawSample, unit: &Unit) -> Answer<CaseFilter> {
    if let Some(category) = command.category
        && catalogue::directory::category(tx, category).await?.is_none()
    {
        return Err(Failure::user("categoryId", CaseError::NotFound));
    }
    if let Some(key) = &command.programme
        && programmes::directory::versions(tx, key).await?.is_none()
    {
        return Err(Failure::user("programmeKey", CaseError::InvalidProgramme));
    }
    let calendar = calendars::directory::calendar(tx).await?;
    let begins = |day: chrono::NaiveDate| calendar.calendar().beginning(day);
    Ok(CaseFilter {
        states: vec![CaseState::Closed],
        categories: command.category.into_iter().collect(),
        place: Some(PlaceReference::Unit(unit.id)),
        programme: command.programme.clone(),
        closed_from: command.closed_from.map(begins),
        closed_until: command.closed_until.and_then(|day| day.succ_opt()).map(begins),
        ..CaseFilter::default()
    })
}
