//! What the store holds, compared with what clients were told.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use anyhow::{Context as _, ensure};
use fengqiao_tests::{Backend, Household};
use serde_json::Value;

use super::load::{Load, MARK};
use super::until;

/// One entry of a case's timeline.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Entry {
    version: usize,
    act: String,
    from: String,
    to: String,
}

/// A case as it is stored.
#[derive(Debug, PartialEq, Eq)]
struct Stored {
    title: String,
    version: usize,
    state: String,
}

/// What is in the store besides what clients write.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Before {
    entries: usize,
    audits: usize,
}

const ENTRIES: &str = "SELECT CAST(count(*) AS TEXT) FROM case_entries";
const AUDITS: &str =
    "SELECT CAST(count(*) AS TEXT) FROM audit_entries WHERE action LIKE 'case.%' AND action <> 'case.seed'";

impl Before {
    pub(crate) async fn of(home: &Household) -> anyhow::Result<Self> {
        Ok(Self { entries: home.number(ENTRIES).await?, audits: home.number(AUDITS).await? })
    }
}

/// Every acknowledged write is there once, and nothing else is: cases, timelines, events, audit rows and
/// records of keys. Nothing may be in doubt.
pub(crate) async fn agrees(home: &Household, load: &Load, before: Before) -> anyhow::Result<()> {
    ensure!(load.doubts() == 0, "{} writes are in doubt", load.doubts());
    let cases = cases(home).await?;
    let timelines = timelines(home).await?;
    let mut acknowledged = 0;
    for told in load.told() {
        let case = cases.get(&told.number).with_context(|| format!("lost: {told:?}"))?;
        ensure!((&case.title, case.version) == (&told.title, told.acts.len()), "{case:?}, and {told:?}");
        let entries = timelines.get(&told.number).with_context(|| format!("no timeline: {told:?}"))?;
        let acts: Vec<&str> = entries.iter().map(|entry| entry.act.as_str()).collect();
        ensure!(acts == told.acts, "{acts:?}, and {told:?}");
        is_whole(case, entries).with_context(|| told.number.clone())?;
        acknowledged += told.acts.len();
    }
    let all = load.told().count();
    ensure!(cases.len() == all, "{} cases, of which {all} were acknowledged", cases.len());
    events(home, &timelines).await?;
    let entries = home.number(ENTRIES).await? - before.entries;
    let audits = home.number(AUDITS).await? - before.audits;
    let keys = home
        .number(&format!("SELECT CAST(count(*) AS TEXT) FROM idempotency_records WHERE key LIKE '{MARK}-%'"))
        .await?;
    ensure!(
        [entries, audits, keys] == [acknowledged; 3],
        "{acknowledged} acknowledged: {entries} entries, {audits} audit rows, {keys} keys"
    );
    Ok(())
}

/// Where the acts of the load lead by the programme that every case follows here; what is said leads nowhere.
const LEGAL: [(&str, &str, &str); 4] = [
    ("report", "", "reported"),
    ("accept", "reported", "accepted"),
    ("start", "accepted", "handling"),
    ("complete", "handling", "resolved"),
];

/// Versions from 1 on without a gap, each state where the one before ended and the act leads to, the last one the case's.
fn is_whole(case: &Stored, entries: &[Entry]) -> anyhow::Result<()> {
    let mut state = "";
    for (number, entry) in entries.iter().enumerate() {
        ensure!(entry.version == number + 1 && entry.from == state, "{entry:?} follows on {state:?}");
        let way = (entry.act.as_str(), entry.from.as_str(), entry.to.as_str());
        let is_said = entry.act == "comment" && !entry.from.is_empty() && entry.from == entry.to;
        ensure!(is_said || LEGAL.contains(&way), "no programme leads there: {entry:?}");
        state = &entry.to;
    }
    ensure!(case.state == state, "{case:?} ends with {state}");
    Ok(())
}

/// One event for every version, and none for anything else; their positions are gapless once the relay is
/// done, which it must be soon.
async fn events(home: &Household, timelines: &BTreeMap<String, Vec<Entry>>) -> anyhow::Result<()> {
    let waiting = "SELECT CAST(count(*) AS TEXT) FROM outbox_events WHERE position IS NULL";
    until("every event has its position", Duration::from_secs(10), async || {
        Ok(home.number(waiting).await? == 0)
    })
    .await?;
    let sql = format!(
        "SELECT c.number || '|' || o.version FROM outbox_events o JOIN cases c ON c.tenant_id = o.tenant_id
            AND c.id = o.aggregate_id WHERE o.aggregate = 'case' AND c.title LIKE '{MARK}-%'"
    );
    let mut found = home.texts(&sql).await?;
    found.sort_unstable();
    let mut wanted: Vec<String> = timelines
        .iter()
        .flat_map(|(number, entries)| entries.iter().map(move |entry| format!("{number}|{}", entry.version)))
        .collect();
    wanted.sort_unstable();
    ensure!(found == wanted, "events {found:?}, and entries {wanted:?}");
    let ordered = "SELECT count(DISTINCT position) || '|' || min(position) || '|' || max(position) || '|' ||
        count(*) FROM outbox_events GROUP BY tenant_id";
    for row in home.texts(ordered).await? {
        let [distinct, first, last, all] = fields(&row)?;
        ensure!(first == "1" && distinct == all && last == all, "positions: {row}");
    }
    Ok(())
}

/// What was enqueued for the one webhook that wants everything: each event of the load once, and nothing else of it; all of it was taken.
/// What came to its receiver, by id and body, is that, each at least once, and of each case first in its order.
pub(crate) async fn was_told(home: &Household, load: &Load, came: &[(String, Value)]) -> anyhow::Result<()> {
    let sql = format!(
        "SELECT d.id || '|' || c.number || '|' || o.version || '|' || d.state FROM webhook_deliveries d
            LEFT JOIN outbox_events o ON o.tenant_id = d.tenant_id AND o.id = d.event_id
            LEFT JOIN cases c ON c.tenant_id = o.tenant_id AND c.id = o.aggregate_id AND c.title LIKE '{MARK}-%'"
    );
    let sql = if home.backend() == Backend::Sqlite { sql.replacen("d.id", "hex(d.id)", 1) } else { sql };
    let (mut enqueued, mut ids) = (vec![], BTreeSet::new());
    for row in home.texts(&sql).await? {
        let [id, number, version, state] = fields(&row)?;
        ensure!(state == "delivered", "not taken: {row}");
        enqueued.push((number, version.parse::<i64>()?));
        ids.insert(id.replace('-', "").to_lowercase());
    }
    enqueued.sort_unstable();
    let mut wanted: Vec<(String, i64)> = load
        .told()
        .flat_map(|told| (1..).take(told.acts.len()).map(|version| (told.number.clone(), version)))
        .collect();
    wanted.sort_unstable();
    ensure!(enqueued == wanted, "enqueued {enqueued:?}, and acknowledged {wanted:?}");
    let (mut seen, mut versions) = (BTreeSet::new(), BTreeMap::<&str, Vec<i64>>::new());
    for (id, said) in
        came.iter().filter(|(id, _)| seen.insert(id.rsplit('_').next().unwrap_or(id).replace('-', "")))
    {
        let version = said["data"]["version"].as_i64().with_context(|| id.clone())?;
        versions.entry(said["subject"].as_str().context("a subject")?).or_default().push(version);
    }
    ensure!(seen == ids, "came {seen:?}, and enqueued {ids:?}");
    for (case, versions) in versions {
        ensure!(versions.iter().copied().eq((1..).take(versions.len())), "{case}: {versions:?}");
    }
    Ok(())
}

/// Every case of the load, by number.
async fn cases(home: &Household) -> anyhow::Result<BTreeMap<String, Stored>> {
    let sql = format!(
        "SELECT number || '|' || title || '|' || version || '|' || state FROM cases WHERE title LIKE '{MARK}-%'"
    );
    let mut cases = BTreeMap::new();
    for row in home.texts(&sql).await? {
        let [number, title, version, state] = fields(&row)?;
        let case = Stored { title, version: version.parse()?, state };
        ensure!(cases.insert(number, case).is_none(), "twice: {row}");
    }
    Ok(cases)
}

/// Every timeline of the load, by the case's number.
async fn timelines(home: &Household) -> anyhow::Result<BTreeMap<String, Vec<Entry>>> {
    let sql = format!(
        "SELECT c.number || '|' || e.version || '|' || e.act || '|' || coalesce(e.from_state, '') || '|' || e.to_state
            FROM case_entries e JOIN cases c ON c.tenant_id = e.tenant_id AND c.id = e.case_id
            WHERE c.title LIKE '{MARK}-%' ORDER BY c.number, e.version"
    );
    let mut timelines: BTreeMap<String, Vec<Entry>> = BTreeMap::new();
    for row in home.texts(&sql).await? {
        let [number, version, act, from, to] = fields(&row)?;
        timelines.entry(number).or_default().push(Entry { version: version.parse()?, act, from, to });
    }
    Ok(timelines)
}

/// The fields of a row; its values hold no bar.
fn fields<const N: usize>(row: &str) -> anyhow::Result<[String; N]> {
    let fields: Vec<String> = row.split('|').map(str::to_owned).collect();
    fields.try_into().map_err(|fields| anyhow::anyhow!("{fields:?}"))
}
