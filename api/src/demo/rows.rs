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

/// One grant of `demo/accounts.csv`; an account with several has several rows.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct AccountRow {
    pub(super) district_code: String,
    pub(super) login: String,
    pub(super) name: String,
    pub(super) role: String,
    target_kind: String,
    target_code: String,
    categories: String,
    phone: String,
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

/// The accounts of a tenant with their grants, every code resolved.
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
            categories: row
                .categories
                .split(';')
                .filter(|code| !code.is_empty())
                .map(|code| categories.get(code).copied().ok_or_else(|| anyhow!("no category {code}")))
                .collect::<anyhow::Result<_>>()?,
        };
        match seeds.iter_mut().find(|seed| seed.login == row.login) {
            Some(seed) => seed.grants.push(grant),
            None => seeds.push(SeedAccount {
                login: row.login,
                name: row.name,
                phone: Some(row.phone),
                password: Some(digest.clone()),
                grants: vec![grant],
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
