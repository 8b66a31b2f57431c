//! Invented pasts of cases: a fixed seed decides how far each report of `demo/reports.csv` came.

use std::collections::HashMap;

use anyhow::{Context as _, anyhow};
use fengqiao_domain::cases::{
    Anonymity, Assignee, CasePriority, CaseRating, ReporterDetails, SeedCase, SeedStep,
};
use fengqiao_domain::kernel::id::{AccountId, CategoryId, GridId, OrganisationId, Timestamp, UnitId};
use fengqiao_domain::kernel::idgen::{IdSource as _, SeededIds};
use fengqiao_domain::kernel::place::Sensitivity;
use fengqiao_domain::org::{Codes, PlaceReference};
use fengqiao_domain::programmes::CaseAct;

use super::rows::ReportRow;

/// Cases made of each report: some hundred in all.
const COPIES: usize = 3;
/// The oldest case was entered so many days ago.
const DAYS: u64 = 60;

/// What stories refer to.
pub(super) struct Cast<'a> {
    pub(super) codes: &'a Codes,
    pub(super) categories: &'a HashMap<String, CategoryId>,
    /// Kind of the responsible organisation by category code.
    pub(super) kinds: &'a HashMap<String, String>,
    pub(super) accounts: &'a HashMap<String, AccountId>,
    pub(super) now: Timestamp,
}

/// A source of chance that repeats from run to run.
struct Dice(SeededIds);

impl Dice {
    /// A number below `limit`.
    fn below(&self, limit: u64) -> u64 {
        let [a, b, c, d, ..] = self.0.entropy();
        u64::from(u32::from_be_bytes([a, b, c, d])) % limit.max(1)
    }
}

/// The stories of a district's reports.
pub(super) fn tell(reports: &[ReportRow], cast: &Cast<'_>, seed: u64) -> anyhow::Result<Vec<SeedCase>> {
    let dice = Dice(SeededIds::new(seed));
    let mut cases = vec![];
    for _ in 0..COPIES {
        for report in reports {
            cases.push(story(report, cast, &dice).with_context(|| format!("report {}", report.title))?);
        }
    }
    cases.sort_by_key(|case: &SeedCase| case.opened_at);
    Ok(cases)
}

fn story(report: &ReportRow, cast: &Cast<'_>, dice: &Dice) -> anyhow::Result<SeedCase> {
    let station = unit(cast, &report.village_code)?;
    let town = unit(cast, report.village_code.get(..9).unwrap_or_default())?;
    let district = unit(cast, report.village_code.get(..6).unwrap_or_default())?;
    let seconds = dice.below(DAYS * 86_400);
    let opened_at = cast.now.plus_seconds(-i64::try_from(seconds)?);
    let category = cast.categories.get(&report.category_code).copied();
    let resident = report.source == "resident";
    let reporter_account = if resident { reporter_of(&report.village_code, cast) } else { None };
    let mut past = Past { at: opened_at, now: cast.now, steps: vec![], dice };
    let posts = Posts { station, town, district, organisation: organisation_of(&report.category_code, cast) };
    past.live(&posts);
    Ok(SeedCase {
        programme: None,
        category: category.ok_or_else(|| anyhow!("no category {}", report.category_code))?,
        title: report.title.clone(),
        description: report.description.clone(),
        place: place(&report.village_code, station, cast, dice),
        source: report.source.parse().with_context(|| format!("source {}", report.source))?,
        priority: if dice.below(10) == 0 { CasePriority::Urgent } else { CasePriority::Normal },
        sensitivity: Sensitivity::Normal,
        reporter_account,
        reporter: ReporterDetails {
            name: Some("演示·报事人".to_owned()),
            phone: None,
            anonymity: if dice.below(8) == 0 { Anonymity::Anonymous } else { Anonymity::Named },
        },
        opened_at,
        steps: past.steps,
    })
}

fn unit(cast: &Cast<'_>, code: &str) -> anyhow::Result<UnitId> {
    cast.codes.units.get(code).copied().ok_or_else(|| anyhow!("no unit {code}"))
}

/// A grid of the village when it has any, else the village.
fn place(village: &str, station: UnitId, cast: &Cast<'_>, dice: &Dice) -> PlaceReference {
    let mut grids: Vec<(&String, GridId)> = cast
        .codes
        .grids
        .iter()
        .filter(|(code, _)| code.starts_with(village))
        .map(|(code, id)| (code, *id))
        .collect();
    grids.sort();
    let pick = usize::try_from(dice.below(grids.len() as u64)).unwrap_or_default();
    grids.get(pick).map_or(PlaceReference::Unit(station), |(_, grid)| PlaceReference::Grid(*grid))
}

/// The residents whose accounts the demo has.
fn reporter_of(village: &str, cast: &Cast<'_>) -> Option<AccountId> {
    let login = match village {
        "150302101203" => "xindi.resident",
        _ => return None,
    };
    cast.accounts.get(login).copied()
}

/// The organisation that answers for a category; its codes are kinds with a number.
fn organisation_of(category: &str, cast: &Cast<'_>) -> Option<OrganisationId> {
    let kind = cast.kinds.get(category)?;
    cast.codes.organisations.get(&format!("{kind}-01")).copied()
}

/// Who works a case on the way.
struct Posts {
    station: UnitId,
    town: UnitId,
    district: UnitId,
    organisation: Option<OrganisationId>,
}

/// A past as it is told.
struct Past<'a> {
    at: Timestamp,
    now: Timestamp,
    steps: Vec<SeedStep>,
    dice: &'a Dice,
}

impl Past<'_> {
    /// One of nine ways, cut off where the present begins.
    fn live(&mut self, posts: &Posts) {
        match self.dice.below(9) {
            0 => {}
            1 => self.act(CaseAct::Accept),
            2 => self.reason(CaseAct::Reject, "不属于受理范围，已告知报事人向主管单位反映。"),
            3 => {
                self.act(CaseAct::Accept);
                self.act(CaseAct::Start);
            }
            4 => self.handed_up(posts, 1),
            5 => self.handed_up(posts, 2),
            _ => {
                self.act(CaseAct::Accept);
                self.settle();
            }
        }
    }

    /// Handed to the town, perhaps to the district, and settled there or by an organisation.
    fn handed_up(&mut self, posts: &Posts, rungs: u64) {
        self.act(CaseAct::Accept);
        for _ in 0..rungs {
            self.reason(CaseAct::HandUp, "本级处置不了，提请上级协调。");
        }
        let seat = if rungs == 1 { posts.town } else { posts.district };
        if let Some(organisation) = posts.organisation {
            self.give(CaseAct::Dispatch, Assignee::Organisation(organisation));
        } else if self.dice.below(2) == 0 && seat != posts.station {
            self.give(CaseAct::SendDown, Assignee::Unit(posts.station));
        }
        self.settle();
    }

    fn settle(&mut self) {
        self.act(CaseAct::Start);
        self.reason(CaseAct::Complete, "已到现场处置完毕，并向报事人说明。");
        self.act(CaseAct::Verify);
        self.act(CaseAct::Close);
        if self.dice.below(3) > 0 {
            let rating = match self.dice.below(6) {
                0 => CaseRating::Dissatisfied,
                1 | 2 => CaseRating::BasicallySatisfied,
                _ => CaseRating::Satisfied,
            };
            self.step(CaseAct::Evaluate, |step| step.rating = Some(rating));
        }
    }

    fn act(&mut self, act: CaseAct) {
        self.step(act, |_| {});
    }

    fn reason(&mut self, act: CaseAct, text: &str) {
        self.step(act, |step| step.text = Some(text.to_owned()));
    }

    fn give(&mut self, act: CaseAct, target: Assignee) {
        self.step(act, |step| step.target = Some(target));
    }

    /// Adds a step some minutes or hours later; what would lie in the future has not happened, nor has
    /// anything after it.
    fn step(&mut self, act: CaseAct, fill: impl FnOnce(&mut SeedStep)) {
        let minutes = 10 + self.dice.below(900);
        self.at = self.at.plus_seconds(i64::try_from(minutes).unwrap_or(10) * 60);
        if self.at >= self.now {
            return;
        }
        let mut step = SeedStep {
            act,
            at: self.at,
            by: None,
            target: None,
            text: None,
            rating: None,
            toward: None,
            supervision: None,
        };
        fill(&mut step);
        self.steps.push(step);
    }
}
