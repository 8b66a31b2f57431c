//! What the most used documents cost the database: statements per operation, and a plan on an index for
//! every table that grows with the years.

mod documents;
mod ground;

use std::collections::BTreeSet;
use std::fmt::Write as _;

use anyhow::ensure;
use fengqiao_domain::kernel::meter::{Explained, Meter};
use fengqiao_tests::{Backend, on_backends};
use serde_json::Value;

use self::documents::{Asked, asked};
use self::ground::Ground;

/// Tables with at least so many rows must not be read from end to end.
const MANY: i64 = 10_000;

/// So often more is a read looked at that took too many: a loader waits a millisecond for more keys, so that on a
/// machine that is busy enough a batch is split. A document that needs too many takes them every time.
const MORE_LOOKS: usize = 8;

/// Documents that may read their district's cases one after the other until a page is full: of everybody who asks for
/// them, or of few, with the reason.
const IN_ORDER: [(&str, &str); 3] = [
    ("the district's visits", "each of them is in reach"),
    ("the district's newest cases", "each of them is in reach"),
    ("the village's cases by their due time", "access rows know no due time, so that there is no way by it"),
];

/// The indexes that hold a tenant's cases or visits in an order and in no class.
const ORDERS: [&str; 3] = ["cases_1", "cases_8", "visits_1"];

/// Documents that must not read by an index of what is wider than the caller's reach, or than the place.
const NARROW: [(&str, &[&str]); 6] = [
    ("the visits that were struck off in the town", &["visits_2", "visits_5"]),
    ("the visits that were struck off in the district", &["visits_2"]),
    ("the town's cases, of a grid's worker", &["cases_2", "cases_3"]),
    ("the town's visits, of a grid's worker", &["visits_2", "visits_3"]),
    ("the town's visits, of a resident", &["visits_2", "visits_3", "visits_4"]),
    ("a grid's visits, of its town", &["visits_2", "visits_3"]),
];

/// The steps of a plan that read by one of these indexes.
fn by<'a>(explained: &'a Explained, indexes: &[&str]) -> Vec<&'a str> {
    let reads = |line: &str| {
        indexes.iter().any(|index| {
            line.contains(&format!("using {index} on")) || line.contains(&format!("USING INDEX {index} ("))
        })
    };
    explained.plan.iter().map(|line| line.trim()).filter(|line| reads(line)).collect()
}

/// The steps of a plan that read a large table from end to end.
fn scans<'a>(explained: &'a Explained, large: &[String], backend: Backend) -> Vec<&'a str> {
    let scans = |line: &str| {
        large.iter().any(|table| match backend {
            Backend::Postgres => line.contains(&format!("Seq Scan on {table}")),
            Backend::Sqlite => line == format!("SCAN {table}") || line.starts_with(&format!("SCAN {table} ")),
        })
    };
    explained.plan.iter().map(|line| line.trim()).filter(|line| scans(line)).collect()
}

/// What PostgreSQL's plan says of a setting that the policies read: on each row anew, or not at all though it reads a table of a tenant. Read
/// in a query of its own it is an `InitPlan`, which runs once.
pub(crate) fn settings_apart(explained: &Explained, walled: &BTreeSet<String>) -> Option<String> {
    let table = |line: &str| {
        let mut words =
            line.split_whitespace().skip_while(|word| *word != "Scan").skip_while(|word| *word != "on");
        words.nth(1).map(str::to_owned)
    };
    if let Some(line) = explained.plan.iter().find(|line| line.contains("current_setting")) {
        return Some(format!("a setting is read for every row: {}", line.trim()));
    }
    let read = explained.plan.iter().filter_map(|line| table(line)).find(|table| walled.contains(table))?;
    let once = explained.plan.iter().any(|line| line.trim_start().starts_with("InitPlan "));
    (!once).then(|| format!("{read} is read without a setting"))
}

/// The answer to a document, and the statements that it took.
async fn told(ground: &Ground, asked: &Asked) -> anyhow::Result<(Value, Vec<Explained>)> {
    let scope = ground.stage.scope(0, asked.login).await?;
    let meter = Meter::explaining();
    let request = ground.stage.metered(&scope, asked.document, &asked.variables, &meter);
    let answer = serde_json::to_value(ground.stage.schema.execute(request).await)?;
    Ok((answer, meter.plans()))
}

/// Everything about a document that is not as it should be.
async fn faults(ground: &Ground, asked: &Asked) -> anyhow::Result<String> {
    let (mut answer, mut plans) = told(ground, asked).await?;
    for _ in 0..MORE_LOOKS {
        if plans.len() <= asked.most || asked.document.starts_with("mutation") {
            break;
        }
        (answer, plans) = told(ground, asked).await?;
    }
    let scope = ground.stage.scope(0, asked.login).await?;
    let mut faults = String::new();
    let refused = answer.pointer(asked.mistakes()).and_then(|mistakes| mistakes.as_array().map(Vec::len));
    if !answer["errors"].is_null() || refused.is_some_and(|mistakes| mistakes > 0) {
        writeln!(faults, "{}: {answer}", asked.name)?;
    }
    if plans.len() > asked.most {
        writeln!(faults, "{}: {} statements, the budget says {}", asked.name, plans.len(), asked.most)?;
        for explained in &plans {
            writeln!(faults, "    {}", explained.sql.chars().take(160).collect::<String>())?;
        }
    }
    for explained in &plans {
        let mut lines = scans(explained, &ground.large, ground.stage.world.backend());
        if !IN_ORDER.iter().any(|(name, _)| *name == asked.name) {
            lines.extend(by(explained, &ORDERS));
        }
        let narrow = NARROW.iter().filter(|(name, _)| *name == asked.name);
        lines.extend(narrow.flat_map(|(_, wider)| by(explained, wider)));
        let mut lines: Vec<String> = lines.into_iter().map(str::to_owned).collect();
        lines.extend(ground.walls.faults(&explained.sql, &scope));
        if ground.stage.world.backend() == Backend::Postgres {
            lines.extend(settings_apart(explained, &ground.walled));
        }
        for line in lines {
            let plan = explained.plan.join("\n        ");
            writeln!(faults, "{}: {line}\n    {}\n        {plan}", asked.name, explained.sql)?;
        }
    }
    Ok(faults)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_most_used_documents_keep_their_budget_and_read_by_index() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let ground = Ground::lay(backend).await?;
        ensure!(ground.large.len() >= 3, "only {:?} are large", ground.large);
        let mut found = String::new();
        for asked in asked(&ground) {
            found.push_str(&faults(&ground, &asked).await?);
        }
        ensure!(found.is_empty(), "\n{found}");
        Ok(())
    })
    .await
}

#[test]
fn a_scan_is_told_from_a_search() {
    let explained = |line: &str| Explained { sql: String::new(), plan: vec![line.to_owned()] };
    let large = ["cases".to_owned()];
    for (backend, line, scan) in [
        (Backend::Postgres, "  ->  Seq Scan on cases  (cost=0.00..1.00 rows=1)", true),
        (Backend::Postgres, "  ->  Index Scan using cases_2 on cases  (cost=0.1..2 rows=20)", false),
        (Backend::Postgres, "  ->  Seq Scan on units  (cost=0.00..1.00 rows=1)", false),
        (Backend::Sqlite, "SCAN cases", true),
        (Backend::Sqlite, "SCAN cases USING INDEX cases_1", true),
        (Backend::Sqlite, "SEARCH cases USING INDEX cases_2 (tenant_id=? AND town_id=?)", false),
    ] {
        assert_eq!(!scans(&explained(line), &large, backend).is_empty(), scan, "{line}");
    }
    for (line, read) in [
        ("->  Index Scan using cases_1 on cases  (cost=0.1..2 rows=20)", true),
        ("->  Index Scan using cases_2 on cases  (cost=0.1..2 rows=20)", false),
        ("SEARCH cases USING INDEX cases_1 (tenant_id=?)", true),
        ("SEARCH cases USING INDEX cases_2 (tenant_id=? AND town_id=?)", false),
    ] {
        assert_eq!(!by(&explained(line), &ORDERS).is_empty(), read, "{line}");
    }
}

#[test]
fn a_setting_that_is_read_once_is_told_from_one_that_is_not() {
    let walled = BTreeSet::from(["cases".to_owned()]);
    let told = |plan: &[&str]| {
        let plan = plan.iter().map(|line| (*line).to_owned()).collect();
        settings_apart(&Explained { sql: String::new(), plan }, &walled)
    };
    let scan = "->  Index Scan using cases_1 on cases  (cost=0.1..2 rows=20)";
    // As 15 and as 18 write it.
    assert_eq!(told(&["Limit", "  InitPlan 1 (returns $0)", "    ->  Result", scan]), None);
    assert_eq!(
        told(&["Limit", scan, "      Index Cond: (tenant_id = (InitPlan 1).col1)", "  InitPlan 1"]),
        None
    );
    assert_eq!(told(&["Limit", "->  Seq Scan on deployment_facts"]), None);
    assert_eq!(told(&["Result", "  One-Time Filter: false"]), None);
    assert_eq!(told(&[scan]), Some("cases is read without a setting".to_owned()));
    assert!(told(&["->  Bitmap Heap Scan on cases c", "->  Bitmap Index Scan on cases_1"]).is_some());
    let filter = "Filter: (tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid)";
    let fault = told(&["  InitPlan 1 (returns $0)", scan, filter]);
    assert_eq!(fault, Some(format!("a setting is read for every row: {filter}")));
}
