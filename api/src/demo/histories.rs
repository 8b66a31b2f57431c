//! Cases of published numbers: `demo/histories.csv` says how many were closed and how many stayed open where
//! and when. They are spread evenly over the time, the place's grids and the categories.

use std::collections::{BTreeMap, HashMap};

use anyhow::{Context as _, anyhow, bail};
use chrono::{NaiveDate, NaiveTime};
use fengqiao_domain::cases::{Anonymity, CasePriority, ReporterDetails, SeedCase, SeedStep};
use fengqiao_domain::catalogue::CategoryRow;
use fengqiao_domain::kernel::id::{CategoryId, GridId, Timestamp};
use fengqiao_domain::kernel::place::Sensitivity;
use fengqiao_domain::org::{Codes, PlaceReference};
use fengqiao_domain::programmes::CaseAct;

use super::rows::{self, HistoryRow};

/// China is UTC+8.
const CHINA_SECONDS_EAST: i64 = 8 * 3_600;
/// What was done about a case that is closed.
const CLOSED: [CaseAct; 5] =
    [CaseAct::Accept, CaseAct::Start, CaseAct::Complete, CaseAct::Verify, CaseAct::Close];
/// What was done about one that is not.
const STILL_OPEN: [CaseAct; 2] = [CaseAct::Accept, CaseAct::Start];
/// Between two acts on a case.
const STEP_SECONDS: i64 = 5 * 3_600;

/// Every case of a district's histories, oldest first.
pub(super) fn tell(
    district: &str,
    codes: &Codes,
    categories: &HashMap<String, CategoryId>,
) -> anyhow::Result<Vec<SeedCase>> {
    let known: BTreeMap<String, CategoryRow> =
        rows::categories()?.into_iter().map(|row| (row.code.clone(), row)).collect();
    let mut cases = vec![];
    for row in rows::histories(district)? {
        let told = history(&row, codes, categories, &known);
        cases.extend(told.with_context(|| format!("the history of {}", row.unit_code))?);
    }
    cases.sort_by_key(|case: &SeedCase| case.opened_at);
    Ok(cases)
}

fn history(
    row: &HistoryRow,
    codes: &Codes,
    categories: &HashMap<String, CategoryId>,
    known: &BTreeMap<String, CategoryRow>,
) -> anyhow::Result<Vec<SeedCase>> {
    let mut grids: Vec<(&String, GridId)> = codes
        .grids
        .iter()
        .filter(|(code, _)| code.starts_with(&row.unit_code))
        .map(|(code, id)| (code, *id))
        .collect();
    grids.sort_unstable();
    let kinds = leaves(row, categories, known);
    if grids.is_empty() || kinds.is_empty() {
        bail!("no grids or no categories");
    }
    let (from, until) = (instant(&row.opened_from)?, instant(&row.opened_until)?);
    let number = row.closed + row.open;
    let span = until.micros() - from.micros();
    let mut cases = Vec::with_capacity(number);
    for at in 0..number {
        let part = i64::try_from(at)? * (span / i64::try_from(number)?);
        let opened_at = Timestamp(from.micros() + part);
        let (_, grid) = grids.get(at * 7 % grids.len()).context("a grid")?;
        let (kind, category) = kinds.get(at % kinds.len()).context("a category")?;
        // Every so many stays open: as often as the numbers say.
        let open = (at + 1) * row.open / number != at * row.open / number;
        cases.push(SeedCase {
            programme: None,
            category: *category,
            title: kind.name_zh.clone(),
            description: "按公布数量编排的演示事项，不对应真实事件。".to_owned(),
            place: PlaceReference::Grid(*grid),
            source: row.source.parse().with_context(|| format!("source {}", row.source))?,
            priority: CasePriority::Normal,
            sensitivity: Sensitivity::Normal,
            reporter_account: None,
            reporter: ReporterDetails {
                name: Some("演示·网格员".to_owned()),
                phone: None,
                anonymity: Anonymity::Named,
            },
            opened_at,
            steps: steps(opened_at, if open { &STILL_OPEN } else { &CLOSED }),
        });
    }
    Ok(cases)
}

/// The categories of a history that take cases: those named, or the items below them.
fn leaves<'a>(
    row: &HistoryRow,
    categories: &HashMap<String, CategoryId>,
    known: &'a BTreeMap<String, CategoryRow>,
) -> Vec<(&'a CategoryRow, CategoryId)> {
    let wanted: Vec<&str> = row.categories.split(';').collect();
    let items = known.values().filter(|kind| {
        let named = wanted.contains(&kind.code.as_str()) || wanted.contains(&kind.parent_code.as_str());
        named && kind.limit_amount.is_some() && kind.is_for(&row.district_code)
    });
    items.filter_map(|kind| Some((kind, *categories.get(&kind.code)?))).collect()
}

fn steps(opened_at: Timestamp, done: &[CaseAct]) -> Vec<SeedStep> {
    let step = |(number, act): (i64, &CaseAct)| SeedStep {
        act: *act,
        at: opened_at.plus_seconds(number * STEP_SECONDS),
        by: None,
        target: None,
        text: (*act == CaseAct::Complete).then(|| "已处置。".to_owned()),
        rating: None,
        toward: None,
        supervision: None,
    };
    (1..).zip(done).map(step).collect()
}

/// The first instant of a day in China.
fn instant(day: &str) -> anyhow::Result<Timestamp> {
    let day: NaiveDate = day.parse().map_err(|_| anyhow!("{day} is no day"))?;
    let midnight = day.and_time(NaiveTime::MIN).and_utc().timestamp();
    Ok(Timestamp((midnight - CHINA_SECONDS_EAST) * 1_000_000))
}
