//! The settings by which PostgreSQL's policies know the scope, as one string of a closed alphabet.
//!
//! They are made local to the transaction in the round trip of `BEGIN`. No setting widens a tenant;
//! an unset or empty one means no rows.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use uuid::Uuid;

use crate::kernel::mutant::{self, Mutant};
use crate::kernel::permission::Permission;
use crate::kernel::place::{Sensitivity, Territory};
use crate::kernel::scope::{Held, Scope};

/// Which statement opens the transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    /// A snapshot for reading.
    Read,
    /// For one write use case.
    Write,
}

/// `BEGIN …; SELECT set_config(…)` for the scope.
pub(super) fn begin(scope: &Scope, mode: Mode) -> String {
    let begin = match mode {
        Mode::Read => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
        Mode::Write => "BEGIN ISOLATION LEVEL READ COMMITTED",
    };
    format!("{begin}; {}", reset(scope))
}

/// `SELECT set_config(…)` for the scope, within an open transaction.
pub(super) fn reset(scope: &Scope) -> String {
    let mut sql = "SELECT ".to_owned();
    let local = if mutant::active(Mutant::SessionSettings) { "false" } else { "true" };
    for (number, (name, value)) in settings(scope).iter().enumerate() {
        let comma = if number == 0 { "" } else { ", " };
        // Values are made of hexadecimal digits and JSON punctuation: nothing to escape.
        debug_assert!(value.chars().all(|c| c.is_ascii_alphanumeric() || "-{}[]\":,_".contains(c)));
        let _ = write!(sql, "{comma}set_config('{name}', '{value}', {local})");
    }
    sql
}

fn settings(scope: &Scope) -> [(&'static str, String); 10] {
    let plain = plain_territory(scope);
    let flag = |on: bool| if on { "1".to_owned() } else { String::new() };
    [
        ("app.tenant", scope.tenant().uuid().to_string()),
        ("app.account", scope.account().map(|id| id.uuid().to_string()).unwrap_or_default()),
        ("app.staff", flag(scope.is_staff())),
        ("app.auditor", flag(scope.permits(Permission::AuditRead))),
        ("app.district", flag(plain.district)),
        ("app.towns", array(plain.towns.iter().map(|id| id.uuid()))),
        ("app.villages", array(plain.villages.iter().map(|id| id.uuid()))),
        ("app.grids", array(plain.grids.iter().map(|id| id.uuid()))),
        ("app.rules", rules(scope)),
        ("app.principals", array(scope.principals().into_iter())),
    ]
}

fn array(ids: impl Iterator<Item = Uuid>) -> String {
    let ids: Vec<String> = ids.map(|id| id.to_string()).collect();
    if ids.is_empty() { String::new() } else { format!("{{{}}}", ids.join(",")) }
}

/// What the reading grants without a category set cover together: normal cases need no more.
pub(super) fn plain_territory(scope: &Scope) -> Territory {
    let mut plain = Territory { district: scope.is_system(), ..Territory::default() };
    for held in scope.reading().filter(|held| held.categories.is_none()) {
        plain.district |= held.territory.district;
        plain.towns.extend(&held.territory.towns);
        plain.villages.extend(&held.territory.villages);
        plain.grids.extend(&held.territory.grids);
    }
    plain
}

/// The reading grants that say more than their territory: a category set, a ceiling above normal, or following up key persons.
pub(super) fn ruled(scope: &Scope) -> impl Iterator<Item = &Held> {
    let says_more =
        |held: &&Held| held.categories.is_some() || held.ceiling > Sensitivity::Normal || follows_up(held);
    scope.reading().filter(says_more)
}

/// Whether a grant lets its holder follow up key persons.
pub(super) fn follows_up(held: &Held) -> bool {
    held.permissions.holds(Permission::KeyPersonFollowUp)
}

/// Whether a grant lets its holder read what is said of children, which is never normal.
pub(super) fn reads_children(held: &Held) -> bool {
    held.permissions.holds(Permission::ChildRead)
}

fn rules(scope: &Scope) -> String {
    let everything =
        "{\"d\":true,\"t\":[],\"v\":[],\"g\":[],\"c\":null,\"s\":2,\"k\":true,\"h\":true}".to_owned();
    let mut rules: Vec<String> = ruled(scope).map(rule).collect();
    if scope.is_system() {
        rules.push(everything);
    }
    if rules.is_empty() { String::new() } else { format!("[{}]", rules.join(",")) }
}

/// One grant as a record of the policy: district, towns, villages, grids, categories, ceiling, whether it follows up key persons, whether it reads of
/// children.
fn rule(held: &Held) -> String {
    let ids = |ids: &mut dyn Iterator<Item = Uuid>| {
        let quoted: Vec<String> = ids.map(|id| format!("\"{id}\"")).collect();
        format!("[{}]", quoted.join(","))
    };
    let categories = held
        .categories
        .as_ref()
        .map_or_else(|| "null".to_owned(), |set: &BTreeSet<_>| ids(&mut set.iter().map(|id| id.uuid())));
    format!(
        "{{\"d\":{},\"t\":{},\"v\":{},\"g\":{},\"c\":{},\"s\":{},\"k\":{},\"h\":{}}}",
        held.territory.district,
        ids(&mut held.territory.towns.iter().map(|id| id.uuid())),
        ids(&mut held.territory.villages.iter().map(|id| id.uuid())),
        ids(&mut held.territory.grids.iter().map(|id| id.uuid())),
        categories,
        held.ceiling.rank(),
        follows_up(held),
        reads_children(held),
    )
}
