//! The leaves of an answer by path, as rows name them, and which fields of the contract a path goes through.

use std::collections::BTreeMap;

use anyhow::{Context as _, ensure};
use serde_json::{Map, Value};

use super::cells;
use crate::sweep::contract::{Contract, Shape};

/// Of a list its length is a row, and each member of its things, as the one has it that tells most.
const EACH: &str = "[]";

/// The leaves of what was answered at a path.
pub(super) fn leaves(path: &str, value: &Value) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    find(path, value, &mut found);
    found
}

fn find(path: &str, value: &Value, found: &mut BTreeMap<String, String>) {
    let listed: &[Value] = match value {
        Value::Object(members) if !is_counted(members) => {
            let told = members.iter().filter(|(member, _)| *member != "__typename");
            return told.for_each(|(member, value)| find(&format!("{path}.{member}"), value, found));
        }
        Value::Object(members) => members.get("nodes").and_then(Value::as_array).map_or(&[], Vec::as_slice),
        Value::Array(things) => things,
        _ => &[],
    };
    let cell = found.entry(path.to_owned()).or_default();
    *cell = cells::more(cell, cells::value(value));
    for thing in listed.iter().filter(|thing| thing.is_object()) {
        find(&format!("{path}{EACH}"), thing, found);
    }
}

fn is_counted(members: &Map<String, Value>) -> bool {
    members.contains_key("totalCount") || members.contains_key("nodes")
}

/// The fields that a path goes through, as coordinates: `Case.place` and `CasePlace.address` for `Case.place.address`. Whatever all members of
/// a union have is the union's: `CaseEvent.actor`.
pub(super) fn coordinates(contract: &Contract, path: &str) -> anyhow::Result<Vec<String>> {
    let mut parts = path.split('.');
    let mut owner = parts.next().context("a type")?.to_owned();
    let mut found = vec![];
    for part in parts {
        let name = part.strip_suffix(EACH).unwrap_or(part);
        let of_one =
            name.split_once('_').filter(|(one, _)| contract.members(&owner).iter().any(|known| known == one));
        let (object, name) = of_one.unwrap_or((&owner, name));
        let fields = match contract.shape(object)? {
            Shape::OneOfMany(_) => contract.shared(object)?,
            _ => contract.fields(object)?.to_vec(),
        };
        let field = fields.into_iter().find(|field| field.name == name);
        let field = field.with_context(|| format!("{path}: {object} has no {name}"))?;
        found.push(format!("{object}.{name}"));
        let is_page = part.ends_with(EACH) && field.base.ends_with("Connection");
        owner = if is_page { node_of(contract, &field.base)? } else { field.base };
    }
    ensure!(!found.is_empty(), "{path} names no field");
    Ok(found)
}

fn node_of(contract: &Contract, page: &str) -> anyhow::Result<String> {
    let nodes = contract.fields(page)?.iter().find(|field| field.name == "nodes");
    Ok(nodes.with_context(|| format!("{page} lists nothing"))?.base.clone())
}
