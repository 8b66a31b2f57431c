//! The force of a district: the people of `demo/accounts.csv` and, up to the numbers of `demo/force.csv`,
//! invented ones without accounts, spread over grids by a rule and not by chance.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use anyhow::{Context as _, anyhow};
use fengqiao_domain::identity::GrantTarget;
use fengqiao_domain::kernel::id::{AccountId, CategoryId, Timestamp, UnitId};
use fengqiao_domain::org::Codes;
use fengqiao_domain::staff::{
    CreateTeam, SeedAppointment, SeedForce, SeedHeadcount, SeedStaffMember, SeedTeam,
};

use super::rows::{self, AccountRow, ForceRow, TeamRow};
use super::shares::{chunks, shares};

/// 2021-01-01 in China: the published figures are of that month.
const SINCE: Timestamp = Timestamp(1_609_430_400_000_000);

/// What a force refers to.
pub(super) struct Ground<'a> {
    pub(super) district: &'a str,
    pub(super) codes: &'a Codes,
    pub(super) categories: &'a HashMap<String, CategoryId>,
    pub(super) accounts: &'a HashMap<String, AccountId>,
}

/// A force as it grows.
struct Muster<'a> {
    ground: &'a Ground<'a>,
    /// Codes of the district's grids by the code of their village, both in order.
    grids: BTreeMap<&'a str, Vec<&'a str>>,
    force: SeedForce,
    /// Codes of targets where somebody holds a post already.
    held: BTreeMap<&'a str, BTreeSet<String>>,
    /// People by post and the unit that keeps their file.
    people: BTreeMap<&'a str, BTreeMap<String, usize>>,
    serial: usize,
}

/// The force of a district.
pub(super) fn muster(ground: &Ground<'_>) -> anyhow::Result<SeedForce> {
    let (accounts, wanted, teams) =
        (rows::accounts()?, rows::force(ground.district)?, rows::teams(ground.district)?);
    let mut muster = Muster::of(ground);
    muster.take_accounts(&accounts)?;
    for row in &wanted {
        muster.up_to(row).with_context(|| format!("{} in {}", row.post, row.unit_code))?;
        muster.plan(row)?;
    }
    for row in &teams {
        muster.team(row).with_context(|| format!("team {}", row.code))?;
    }
    Ok(muster.force)
}

impl<'a> Muster<'a> {
    fn of(ground: &'a Ground<'a>) -> Self {
        let mut grids: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for code in ground.codes.grids.keys() {
            grids.entry(code.get(..12).unwrap_or_default()).or_default().push(code);
        }
        for of_village in grids.values_mut() {
            of_village.sort_unstable();
        }
        let force = SeedForce::default();
        Self { ground, grids, force, held: BTreeMap::new(), people: BTreeMap::new(), serial: 0 }
    }

    /// People whose accounts the demo has: what they hold gives their accounts the roles.
    fn take_accounts(&mut self, accounts: &'a [AccountRow]) -> anyhow::Result<()> {
        let mut logins: Vec<&str> = vec![];
        let own = accounts.iter().filter(|row| row.district_code == self.ground.district);
        let posts: Vec<&AccountRow> = own.filter(|row| rows::is_post(&row.role)).collect();
        for row in &posts {
            if !logins.contains(&row.login.as_str()) {
                logins.push(&row.login);
            }
        }
        for login in logins {
            let theirs: Vec<&AccountRow> = posts.iter().copied().filter(|row| row.login == login).collect();
            let first = theirs.first().context("somebody with a post")?;
            let home = self.home(&first.target_code);
            let mut appointments = vec![];
            for row in &theirs {
                appointments.push(self.appointment(&row.role, &row.target_code, &row.categories)?);
                self.note(&row.role, &row.target_code);
            }
            let counted: BTreeSet<&str> = theirs.iter().map(|row| row.role.as_str()).collect();
            for post in counted {
                *self.people.entry(post).or_default().entry(home.clone()).or_default() += 1;
            }
            let account = self.ground.accounts.get(login).copied();
            let member = SeedStaffMember {
                code: login.to_owned(),
                name: first.name.clone(),
                phone: Some(first.phone.clone()),
                unit: self.unit(&home)?,
                organisation: None,
                account: Some(account.ok_or_else(|| anyhow!("no account {login}"))?),
                appointments,
            };
            self.force.members.push(member);
        }
        Ok(())
    }

    /// Invents people until a unit has as many of a post as it should.
    fn up_to(&mut self, row: &'a ForceRow) -> anyhow::Result<()> {
        let Some(people) = row.people else { return Ok(()) };
        let there = self.people.get(row.post.as_str()).map_or(0, |homes| {
            homes.iter().filter(|(home, _)| home.starts_with(&row.unit_code)).map(|(_, people)| people).sum()
        });
        let missing = people.checked_sub(there).with_context(|| format!("{there} people are there"))?;
        let places = self.places(row);
        let weights: Vec<usize> = places.iter().map(|(_, targets)| targets.len()).collect();
        for ((village, targets), people) in places.iter().zip(shares(missing, &weights)) {
            for own in chunks(targets, people) {
                self.invent(&row.post, village, &own)?;
            }
        }
        Ok(())
    }

    /// Where people of a post are missing, by village: grids without one; for the police the village's police
    /// grid, for a station its village; for part-time workers every grid again.
    fn places(&self, row: &ForceRow) -> Vec<(String, Vec<String>)> {
        let held = self.held.get(row.post.as_str());
        let vacant = |target: &String| held.is_none_or(|held| !held.contains(target));
        let villages = self.grids.iter().filter(|(village, _)| village.starts_with(&row.unit_code));
        let places = villages.map(|(village, grids)| {
            let village = (*village).to_owned();
            let grids = grids.iter().map(|grid| (*grid).to_owned());
            let targets: Vec<String> = match row.post.as_str() {
                "embedded_police" => [format!("PG-{village}")].into_iter().filter(vacant).collect(),
                "station_chief" => rows::pilots(&village).into_iter().filter(vacant).collect(),
                "part_time_worker" => grids.collect(),
                _ => grids.filter(vacant).collect(),
            };
            (village, targets)
        });
        places.filter(|(_, targets)| !targets.is_empty()).collect()
    }

    fn invent(&mut self, post: &'a str, village: &str, targets: &[String]) -> anyhow::Result<()> {
        let title = rows::post_title(post).with_context(|| format!("no post {post}"))?;
        let mut appointments = vec![];
        for target in targets {
            appointments.push(self.appointment(post, target, "")?);
            self.note(post, target);
        }
        let member = self.person(&title, village, appointments)?;
        if post == "embedded_police" {
            let police = self.ground.codes.organisations.get("police-01").copied();
            self.force.members.iter_mut().filter(|known| known.code == member).for_each(|known| {
                known.organisation = police;
            });
        }
        *self.people.entry(post).or_default().entry(village.to_owned()).or_default() += 1;
        Ok(())
    }

    /// Adds somebody invented: their staff number.
    fn person(
        &mut self,
        title: &str,
        home: &str,
        appointments: Vec<SeedAppointment>,
    ) -> anyhow::Result<String> {
        self.serial += 1;
        let code = format!("D{:05}", self.serial);
        self.force.members.push(SeedStaffMember {
            code: code.clone(),
            name: format!("演示·{title}{:05}", self.serial),
            phone: Some(format!("1007{:07}", 1_000_000 + self.serial)),
            unit: self.unit(home)?,
            organisation: None,
            account: None,
            appointments,
        });
        Ok(code)
    }

    /// Planned numbers: of a town they are spread over its villages.
    fn plan(&mut self, row: &ForceRow) -> anyhow::Result<()> {
        let Some(planned) = row.planned else { return Ok(()) };
        let villages = self.grids.iter().filter(|(village, _)| village.starts_with(&row.unit_code));
        let villages: Vec<(String, usize)> =
            villages.map(|(village, grids)| ((*village).to_owned(), grids.len())).collect();
        let weights: Vec<usize> = villages.iter().map(|(_, grids)| *grids).collect();
        for ((village, _), planned) in villages.iter().zip(shares(planned, &weights)) {
            let planned = u32::try_from(planned)?;
            let unit = self.unit(village)?;
            self.force.headcounts.push(SeedHeadcount { unit, post: row.post.clone(), planned });
        }
        Ok(())
    }

    fn team(&mut self, row: &TeamRow) -> anyhow::Result<()> {
        let mut members = vec![];
        for _ in 0..row.members {
            members.push(self.person("队员", &row.unit_code, vec![])?);
        }
        let team = CreateTeam {
            code: row.code.clone(),
            name: row.name.clone(),
            brand_name: Some(row.brand_name.clone()).filter(|name| !name.is_empty()),
            kind: row.kind.parse().with_context(|| format!("kind {}", row.kind))?,
            unit: self.unit(&row.unit_code)?,
            organisation: None,
            leader: None,
        };
        self.force.teams.push(SeedTeam { team, members });
        Ok(())
    }

    fn note(&mut self, post: &str, target: &str) {
        let known = rows::post_codes().find(|code| *code == post).unwrap_or_default();
        self.held.entry(known).or_default().insert(target.to_owned());
    }

    fn appointment(&self, post: &str, target: &str, categories: &str) -> anyhow::Result<SeedAppointment> {
        let codes = self.ground.codes;
        let found = codes.grids.get(target).copied().map(GrantTarget::Grid);
        let found = found.or_else(|| codes.units.get(target).copied().map(GrantTarget::Unit));
        let found = found.or_else(|| codes.groups.get(target).copied().map(GrantTarget::Group));
        let found = found.or_else(|| codes.organisations.get(target).copied().map(GrantTarget::Organisation));
        Ok(SeedAppointment {
            post: post.to_owned(),
            target: found.ok_or_else(|| anyhow!("no target {target}"))?,
            since: SINCE,
            categories: rows::category_ids(categories, self.ground.categories)?,
        })
    }

    /// The code of the unit that keeps the file of somebody who serves at a target: its village, or the
    /// district for what lies in none.
    fn home(&self, target: &str) -> String {
        let place = target.strip_prefix("PG-").unwrap_or(target);
        let village = place.get(..12).filter(|code| self.ground.codes.units.contains_key(*code));
        let town = place.get(..9).filter(|code| self.ground.codes.units.contains_key(*code));
        village.or(town).unwrap_or(self.ground.district).to_owned()
    }

    fn unit(&self, code: &str) -> anyhow::Result<UnitId> {
        self.ground.codes.units.get(code).copied().ok_or_else(|| anyhow!("no unit {code}"))
    }
}
