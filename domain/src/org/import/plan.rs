//! What a file of units means for one tenant: which units are new and which change.

use std::collections::{HashMap, HashSet};

use strum::IntoEnumIterator as _;

use crate::kernel::id::UnitId;
use crate::kernel::sheet::BadRow;
use crate::org::import::UnitRow;
use crate::org::model::{CodeSystem, Unit, UnitLevel};

/// A unit that is there and what its row makes of it.
#[derive(Clone, Debug)]
pub(in crate::org) struct UnitChange {
    pub(in crate::org) before: Unit,
    pub(in crate::org) after: Unit,
}

/// What is to be done in one tenant.
#[derive(Clone, Debug, Default)]
pub(in crate::org) struct UnitPlan {
    /// The district, when the tenant is new.
    pub(in crate::org) district: Option<Unit>,
    /// New units, parents first.
    pub(in crate::org) created: Vec<Unit>,
    /// Units that change.
    pub(in crate::org) changed: Vec<UnitChange>,
    /// Rows that say what is there already.
    pub(in crate::org) unchanged: usize,
}

/// What cannot be told from the units alone.
#[derive(Debug)]
pub(in crate::org) struct Aside<'a> {
    /// Units that others took over: what a file says of them is history.
    pub(in crate::org) merged: HashSet<UnitId>,
    /// Codes of rows that cannot be read: what lies below them has no mistake of its own.
    pub(in crate::org) faulty: &'a HashSet<String>,
}

impl UnitPlan {
    /// Compares rows, parents first, with the units of a tenant.
    pub(in crate::org) fn of(
        rows: &[UnitRow],
        units: Vec<Unit>,
        aside: &Aside<'_>,
        mut next_id: impl FnMut() -> UnitId,
        bad: &mut Vec<BadRow>,
    ) -> Self {
        let mut known = Known::new(units);
        let mut plan = Self::default();
        for row in rows {
            if let Some(unit) = known.same(row) {
                let after = if aside.merged.contains(&unit.id) { unit.clone() } else { row.applied(unit) };
                let after = plan.compare(unit.clone(), after);
                known.put(after);
                continue;
            }
            let parent = known.parent(row);
            if let Some(mistake) = misplaced(row, parent, aside) {
                bad.push(mistake);
            }
            let unit = row.unit(next_id(), parent.map(|parent| parent.id));
            known.put(unit.clone());
            if unit.level == UnitLevel::District {
                plan.district = Some(unit);
            } else {
                plan.created.push(unit);
            }
        }
        plan
    }

    fn compare(&mut self, before: Unit, after: Unit) -> Unit {
        if before == after {
            self.unchanged += 1;
            return after;
        }
        let after = Unit { version: before.version + 1, ..after };
        self.changed.push(UnitChange { before, after: after.clone() });
        after
    }
}

/// What is wrong with the place of a new unit.
fn misplaced(row: &UnitRow, parent: Option<&Unit>, aside: &Aside<'_>) -> Option<BadRow> {
    let code = row.parent_code.as_ref()?;
    let Some(parent) = parent else {
        let reason = "no such unit one level above";
        return (!aside.faulty.contains(code)).then(|| BadRow::new(row.row, "parent_code", code, reason));
    };
    if aside.merged.contains(&parent.id) {
        return Some(BadRow::new(row.row, "parent_code", code, "is dissolved and gets no new units"));
    }
    if parent.admits_below(row.code_system, &row.code) {
        None
    } else {
        Some(BadRow::new(row.row, "code", &row.code, "must start with its parent_code"))
    }
}

/// The units of a tenant by register and code, each with its editions, the newest last.
struct Known(HashMap<(CodeSystem, String), Vec<Unit>>);

impl Known {
    fn new(mut units: Vec<Unit>) -> Self {
        units.sort_by_key(|unit| unit.code_year);
        let mut known = Self(HashMap::new());
        for unit in units {
            known.put(unit);
        }
        known
    }

    fn put(&mut self, unit: Unit) {
        let editions = self.0.entry((unit.code_system, unit.code.clone())).or_default();
        match editions.iter_mut().find(|known| known.id == unit.id) {
            Some(known) => *known = unit,
            None => editions.push(unit),
        }
    }

    /// The unit that a row is about: in the edition that it names, else in the newest. The same digits in
    /// another register are another unit, but there is only one district.
    fn same(&self, row: &UnitRow) -> Option<&Unit> {
        if row.level == UnitLevel::District {
            return self.of_level(&row.code, row.code_system, row.level);
        }
        let editions = self.0.get(&(row.code_system, row.code.clone()))?;
        editions.iter().find(|unit| Some(unit.code_year) == row.code_year).or_else(|| editions.last())
    }

    /// The unit above a row, in its own register or else in the other one.
    fn parent(&self, row: &UnitRow) -> Option<&Unit> {
        self.of_level(row.parent_code.as_deref()?, row.code_system, row.level.above()?)
    }

    fn of_level(&self, code: &str, system: CodeSystem, level: UnitLevel) -> Option<&Unit> {
        std::iter::once(system)
            .chain(CodeSystem::iter())
            .filter_map(|system| self.0.get(&(system, code.to_owned()))?.last())
            .find(|unit| unit.level == level)
    }
}
