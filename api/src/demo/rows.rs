//! The files of `demo/`, read into commands. A test reads them all, so a bad row never reaches a user.

use std::collections::HashMap;

use anyhow::{Context as _, anyhow};
use fengqiao_domain::catalogue::CategoryRow;
use fengqiao_domain::identity::{GrantTarget, PasswordDigest, Role, SeedAccount, SeedGrant};
use fengqiao_domain::kernel::id::CategoryId;
use fengqiao_domain::org::{Codes, CreateOrganisation, GroupByCodes, Tenant};
use serde::Deserialize;
use serde::de::DeserializeOwned;

/// Units of the five districts.
pub(super) const UNITS: &str = include_str!("../../../demo/units.csv");
/// Their grids.
pub(super) const GRIDS: &str = include_str!("../../../demo/grids.csv");
const ORGANISATIONS: &str = include_str!("../../../demo/organisations.csv");
const GROUPS: &str = include_str!("../../../demo/unit_groups.csv");
const MEMBERS: &str = include_str!("../../../demo/unit_group_members.csv");
const CATEGORIES: &str = include_str!("../../../demo/categories.csv");
const ACCOUNTS: &str = include_str!("../../../demo/accounts.csv");
const REPORTS: &str = include_str!("../../../demo/reports.csv");
const FORCE: &str = include_str!("../../../demo/force.csv");
const TEAMS: &str = include_str!("../../../demo/teams.csv");
const HISTORIES: &str = include_str!("../../../demo/histories.csv");

/// One grant of `demo/accounts.csv`; an account with several has several rows.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct AccountRow {
    pub(super) district_code: String,
    pub(super) login: String,
    pub(super) name: String,
    pub(super) role: String,
    target_kind: String,
    pub(super) target_code: String,
    pub(super) categories: String,
    pub(super) phone: String,
}

/// How many of a post a unit has and plans: a line of `demo/force.csv`.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct ForceRow {
    district_code: String,
    pub(super) post: String,
    pub(super) unit_code: String,
    pub(super) people: Option<usize>,
    pub(super) planned: Option<usize>,
}

/// A team with so many members: a line of `demo/teams.csv`.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct TeamRow {
    district_code: String,
    pub(super) code: String,
    pub(super) name: String,
    pub(super) brand_name: String,
    pub(super) kind: String,
    pub(super) unit_code: String,
    pub(super) members: usize,
}

/// Cases of published numbers: a line of `demo/histories.csv`.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct HistoryRow {
    pub(super) district_code: String,
    pub(super) unit_code: String,
    pub(super) categories: String,
    pub(super) source: String,
    pub(super) opened_from: String,
    pub(super) opened_until: String,
    pub(super) closed: usize,
    pub(super) open: usize,
}

/// One report of `demo/reports.csv`.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct ReportRow {
    pub(super) district_code: String,
    pub(super) village_code: String,
    pub(super) category_code: String,
    pub(super) title: String,
    pub(super) description: String,
    pub(super) source: String,
}

#[derive(Deserialize)]
struct OrganisationRow {
    district_code: String,
    code: String,
    name: String,
    kind: String,
}

#[derive(Deserialize)]
struct GroupRow {
    district_code: String,
    code: String,
    name: String,
    kind: String,
}

#[derive(Deserialize)]
struct MemberRow {
    district_code: String,
    group_code: String,
    member_kind: String,
    member_code: String,
}

/// The rows of a file that is part of the binary.
fn read<T: DeserializeOwned>(file: &'static str) -> anyhow::Result<Vec<T>> {
    let mut reader = csv::Reader::from_reader(file.as_bytes());
    reader.deserialize().map(|row| row.context("a row of the demo")).collect()
}

/// All categories.
pub(super) fn categories() -> anyhow::Result<Vec<CategoryRow>> {
    read(CATEGORIES)
}

/// All grants of all accounts.
pub(super) fn accounts() -> anyhow::Result<Vec<AccountRow>> {
    read(ACCOUNTS)
}

/// The posts of the demo's accounts, each with its title; a role of the same key comes with it.
const POSTS: [(&str, &str); 8] = [
    ("station_chief", "站长"),
    ("grid_chief", "网格长"),
    ("grid_instructor", "网格指导员"),
    ("embedded_police", "驻派警员"),
    ("full_time_worker", "专职网格员"),
    ("part_time_worker", "兼职网格员"),
    ("mediator", "调解员"),
    ("volunteer", "志愿者"),
];

/// Whether a role is held by way of a post.
pub(super) fn is_post(role: &str) -> bool {
    POSTS.iter().any(|(code, _)| *code == role)
}

/// The codes of all posts.
pub(super) fn post_codes() -> impl Iterator<Item = &'static str> {
    POSTS.iter().map(|(code, _)| *code)
}

/// What the holders of a post are called.
pub(super) fn post_title(post: &str) -> Option<String> {
    POSTS.iter().find(|(code, _)| *code == post).map(|(_, title)| (*title).to_owned())
}

/// The village itself, if its station is a pilot.
pub(super) fn pilots(village: &str) -> Vec<String> {
    let mut units = csv::Reader::from_reader(UNITS.as_bytes());
    let mut rows = units.deserialize::<HashMap<String, String>>().flatten();
    let is_pilot = |row: &HashMap<String, String>| {
        row.get("code").is_some_and(|code| code == village)
            && row.get("pilot").is_some_and(|flag| flag == "true")
    };
    rows.find(is_pilot).map(|_| village.to_owned()).into_iter().collect()
}

/// How many of each post a district has.
pub(super) fn force(district: &str) -> anyhow::Result<Vec<ForceRow>> {
    let mut rows: Vec<ForceRow> = read(FORCE)?;
    rows.retain(|row| row.district_code == district);
    Ok(rows)
}

/// The teams of a district.
pub(super) fn teams(district: &str) -> anyhow::Result<Vec<TeamRow>> {
    let mut rows: Vec<TeamRow> = read(TEAMS)?;
    rows.retain(|row| row.district_code == district);
    Ok(rows)
}

/// The histories of a district.
pub(super) fn histories(district: &str) -> anyhow::Result<Vec<HistoryRow>> {
    let mut rows: Vec<HistoryRow> = read(HISTORIES)?;
    rows.retain(|row| row.district_code == district);
    Ok(rows)
}

/// The categories whose codes are joined by `;`.
pub(super) fn category_ids(
    codes: &str,
    categories: &HashMap<String, CategoryId>,
) -> anyhow::Result<Vec<CategoryId>> {
    let codes = codes.split(';').filter(|code| !code.is_empty());
    codes.map(|code| categories.get(code).copied().ok_or_else(|| anyhow!("no category {code}"))).collect()
}

/// The reports of a district.
pub(super) fn reports(district: &str) -> anyhow::Result<Vec<ReportRow>> {
    let mut rows: Vec<ReportRow> = read(REPORTS)?;
    rows.retain(|row| row.district_code == district);
    Ok(rows)
}

/// The organisations of a district.
pub(super) fn organisations(district: &str) -> anyhow::Result<Vec<CreateOrganisation>> {
    let rows: Vec<OrganisationRow> = read(ORGANISATIONS)?;
    let rows = rows.into_iter().filter(|row| row.district_code == district);
    Ok(rows.map(|row| CreateOrganisation { code: row.code, name: row.name, kind: row.kind }).collect())
}

/// The unit groups of a district with their members.
pub(super) fn groups(district: &str) -> anyhow::Result<Vec<GroupByCodes>> {
    let rows: Vec<GroupRow> = read(GROUPS)?;
    let members: Vec<MemberRow> = read(MEMBERS)?;
    let codes = |group: &str, kind: &str| {
        let of_group = members.iter().filter(|row| {
            row.district_code == district && row.group_code == group && row.member_kind == kind
        });
        of_group.map(|row| row.member_code.clone()).collect()
    };
    rows.into_iter()
        .filter(|row| row.district_code == district)
        .map(|row| {
            Ok(GroupByCodes {
                kind: row.kind.parse().with_context(|| format!("group {}", row.code))?,
                units: codes(&row.code, "unit"),
                grids: codes(&row.code, "grid"),
                code: row.code,
                name: row.name,
            })
        })
        .collect()
}

/// The accounts of a tenant, every code resolved, with those of their grants that no appointment makes.
pub(super) fn seed_accounts(
    tenant: &Tenant,
    codes: &Codes,
    categories: &HashMap<String, CategoryId>,
    digest: &PasswordDigest,
) -> anyhow::Result<Vec<SeedAccount>> {
    let mut seeds: Vec<SeedAccount> = vec![];
    for row in accounts()?.into_iter().filter(|row| row.district_code == tenant.code) {
        let grant = SeedGrant {
            role: row.role.parse::<Role>().with_context(|| format!("role {}", row.role))?,
            target: target(&row, codes).with_context(|| format!("account {}", row.login))?,
            categories: category_ids(&row.categories, categories)?,
        };
        let grants = if is_post(&row.role) { vec![] } else { vec![grant] };
        match seeds.iter_mut().find(|seed| seed.login == row.login) {
            Some(seed) => seed.grants.extend(grants),
            None => seeds.push(SeedAccount {
                login: row.login,
                name: row.name,
                phone: Some(row.phone),
                password: Some(digest.clone()),
                grants,
            }),
        }
    }
    Ok(seeds)
}

fn target(row: &AccountRow, codes: &Codes) -> anyhow::Result<GrantTarget> {
    if row.role == "platform_operator" {
        return Ok(GrantTarget::Platform);
    }
    let code = &row.target_code;
    let found = match row.target_kind.as_str() {
        "district" | "town" | "village" => codes.units.get(code).copied().map(GrantTarget::Unit),
        "grid" => codes.grids.get(code).copied().map(GrantTarget::Grid),
        "group" => codes.groups.get(code).copied().map(GrantTarget::Group),
        "organisation" => codes.organisations.get(code).copied().map(GrantTarget::Organisation),
        _ => None,
    };
    found.ok_or_else(|| anyhow!("no {} {code}", row.target_kind))
}
