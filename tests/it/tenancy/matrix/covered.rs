//! That the table has a row for every field that an answer can hold.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::ensure;

use super::leaves::coordinates;
use super::selecting::has_id;
use super::{cells, known};
use crate::sweep::contract::{Contract, Member, Shape};

/// Why a field has no row in which anybody is told it.
const WHY: &str = include_str!("unseen.csv");

/// What a field is without a row of its own, by its type: the row of the operation is about these.
fn is_of_operation(contract: &Contract, name: &str) -> bool {
    let is_error = contract.members("UserError").iter().any(|error| error == name);
    name == "Mutation"
        || name == "PageInfo"
        || name.ends_with("Connection")
        || name.ends_with("Edge")
        || is_error
}

/// The union of which a type is a member, where it is asked for in no other way, and what all its members have.
fn union_of(contract: &Contract, name: &str) -> anyhow::Result<Option<(String, Vec<Member>)>> {
    let is_member = |union: &&str| contract.members(union).iter().any(|member| member == name);
    let open =
        contract.names().filter(|union| !matches!(*union, "Event" | "Node" | "UserError")).find(is_member);
    let union = open.filter(|_| !has_id(contract, name));
    union.map(|union| Ok((union.to_owned(), contract.shared(union)?))).transpose()
}

/// The fields that want a row.
fn wanted(contract: &Contract) -> anyhow::Result<BTreeSet<String>> {
    let mut wanted = BTreeSet::new();
    for name in contract.names() {
        let Shape::Object(fields) = contract.shape(name)? else { continue };
        if is_of_operation(contract, name) {
            continue;
        }
        let union = union_of(contract, name)?;
        for field in fields {
            // What a mutation answers is a thing that is asked for by itself, or wants a reason.
            if name.ends_with("Payload") && !matches!(contract.shape(&field.base)?, Shape::Leaf(_)) {
                continue;
            }
            let shared =
                |(_, shared): &&(String, Vec<Member>)| shared.iter().any(|other| other.name == field.name);
            let owner = union.as_ref().filter(shared).map_or(name, |(union, _)| union.as_str());
            wanted.insert(format!("{owner}.{}", field.name));
        }
    }
    Ok(wanted)
}

/// The fields of which somebody is told something, by the table.
fn told(contract: &Contract) -> anyhow::Result<BTreeSet<String>> {
    let mut told = BTreeSet::new();
    for (row, cells) in known()? {
        if cells::is_of_answer(row) && cells.iter().any(|cell| *cell != ".") {
            let path = row.split(" @ ").next().unwrap_or(row);
            told.extend(coordinates(contract, path)?);
        }
    }
    Ok(told)
}

fn reasons(listed: &'static str) -> BTreeMap<&'static str, &'static str> {
    listed.lines().skip(1).filter_map(|line| line.split_once(',')).collect()
}

/// The mutations that nobody is let through to, each with why.
const SHUT: &str = include_str!("shut.csv");

#[test]
fn every_reason_names_tests_that_there_are() -> anyhow::Result<()> {
    for listed in [WHY, SHUT] {
        for (of, why) in reasons(listed) {
            let named = why.split('`').skip(1).step_by(2);
            for path in
                named.map(|path| format!("{}/it/{}", env!("CARGO_MANIFEST_DIR"), path.replace("::", "/")))
            {
                let is_there = std::path::Path::new(&format!("{path}.rs")).exists()
                    || std::path::Path::new(&path).is_dir();
                ensure!(is_there, "{of}: {path} is not there");
            }
        }
    }
    Ok(())
}

#[test]
fn every_mutation_lets_somebody_through() -> anyhow::Result<()> {
    let mut open = BTreeSet::new();
    for (row, cells) in known()? {
        let name = row.strip_prefix("mutation ").and_then(|row| row.split(['(', ' ']).next());
        open.extend(name.filter(|_| cells.contains(&"+")));
    }
    let contract = Contract::read()?;
    let all: BTreeSet<&str> = contract.fields("Mutation")?.iter().map(|field| field.name.as_str()).collect();
    let shut: BTreeSet<&str> = all.difference(&open).copied().collect();
    let told: BTreeSet<&str> = reasons(SHUT).into_keys().collect();
    ensure!(shut == told, "{:?} let nobody through, and {:?} do", &shut - &told, &told - &shut);
    Ok(())
}

#[test]
fn every_field_of_an_answer_is_read_by_somebody() -> anyhow::Result<()> {
    let contract = Contract::read()?;
    let (wanted, told, reasons) = (wanted(&contract)?, told(&contract)?, reasons(WHY));
    let unseen: Vec<_> = wanted
        .iter()
        .filter(|field| !told.contains(*field) && !reasons.contains_key(field.as_str()))
        .collect();
    ensure!(
        unseen.is_empty(),
        "{} fields have no row in which anybody is told them:\n{unseen:#?}",
        unseen.len()
    );
    let stale: Vec<_> =
        reasons.keys().filter(|field| told.contains(**field) || !wanted.contains(**field)).collect();
    ensure!(stale.is_empty(), "these have a row, or are gone: {stale:?}");
    Ok(())
}
