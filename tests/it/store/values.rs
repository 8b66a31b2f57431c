//! Instants, numbers, text, booleans and ids sort, compare and are found alike on both databases.
//!
//! Differential: the same random rows go to every database of this run and the same questions are
//! asked. On one database alone the answers are compared with what Rust says.

use std::collections::BTreeMap;

use anyhow::ensure;
use fengqiao_domain::kernel::page::{Direction, PageRequest};
use fengqiao_domain::org::{CreateOrganisation, OrganisationFilter};
use fengqiao_tests::{Answered as _, Backend, World, on_backends};
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use uuid::Uuid;

const ROWS: usize = 400;

/// One row of the audit trail, whose columns have no rules of their own.
#[derive(Clone, Debug)]
struct Row {
    id: Uuid,
    at: i64,
    text: String,
}

/// The same values in every run.
fn runner() -> TestRunner {
    TestRunner::new_with_rng(Config::default(), TestRng::from_seed(RngAlgorithm::ChaCha, &[22; 32]))
}

fn sample<T: Clone + std::fmt::Debug>(
    strategy: &impl Strategy<Value = T>,
    rows: usize,
) -> anyhow::Result<Vec<T>> {
    let mut runner = runner();
    (0..rows)
        .map(|_| Ok(strategy.new_tree(&mut runner).map_err(|reason| anyhow::anyhow!("{reason}"))?.current()))
        .collect()
}

/// Chinese, ASCII and both, in either case, with accents, symbols and characters beyond the BMP.
fn texts() -> impl Strategy<Value = String> + Clone {
    let letter = prop_oneof![
        Just('a'),
        Just('A'),
        Just('b'),
        Just('B'),
        Just('z'),
        Just('_'),
        Just('%'),
        Just('\\'),
        Just(' '),
        Just('-'),
        Just('é'),
        Just('É'),
        Just('ß'),
        Just('枫'),
        Just('桥'),
        Just('村'),
        Just('𠮷'),
        Just('0'),
        Just('9'),
        Just('１'),
        Just('\''),
        Just('"'),
        Just('İ'),
        Just('ﬁ')
    ];
    proptest::collection::vec(letter, 0..6).prop_map(|letters| letters.into_iter().collect())
}

fn rows() -> anyhow::Result<Vec<Row>> {
    let instants = prop_oneof![
        any::<i64>(),
        -5_i64..5,
        Just(i64::MAX),
        Just(i64::MIN),
        1_795_334_400_000_000_i64..1_795_334_400_000_009
    ];
    let strategy = (any::<u128>(), instants, texts());
    let rows = sample(&strategy, ROWS)?;
    Ok(rows.into_iter().map(|(id, at, text)| Row { id: Uuid::from_u128(id), at, text }).collect())
}

async fn fill(world: &World, rows: &[Row]) -> anyhow::Result<()> {
    let sql = "INSERT INTO audit_entries (tenant_id, id, at, action, target, request_id, detail) \
               VALUES ($1, $2, $3, $4, 'x', 'x', 'x')";
    for row in rows {
        let tenant = Uuid::from_u128(1);
        match world.backend() {
            Backend::Sqlite => {
                let query = sqlx::query(sql).bind(tenant).bind(row.id).bind(row.at).bind(&row.text);
                query.execute(&world.sqlite()?).await?;
            }
            Backend::Postgres => {
                let query = sqlx::query(sql).bind(tenant).bind(row.id).bind(row.at).bind(&row.text);
                query.execute(&world.pool(fengqiao_tests::SUPERUSER)?).await?;
            }
        }
    }
    Ok(())
}

/// Ids of the rows that a condition finds, in an order.
async fn ids(world: &World, tail: &str, text: &str, number: i64) -> anyhow::Result<Vec<Uuid>> {
    let sql = format!("SELECT id FROM audit_entries WHERE ($1 = $1 AND $2 = $2) AND {tail}");
    let sql = sqlx::AssertSqlSafe(sql);
    Ok(match world.backend() {
        Backend::Sqlite => {
            sqlx::query_scalar(sql).bind(text).bind(number).fetch_all(&world.sqlite()?).await?
        }
        Backend::Postgres => {
            let pool = world.pool(fengqiao_tests::SUPERUSER)?;
            sqlx::query_scalar(sql).bind(text).bind(number).fetch_all(&pool).await?
        }
    })
}

fn expected(rows: &[Row], keep: impl Fn(&Row) -> bool, key: impl Fn(&Row) -> (i64, Vec<u8>)) -> Vec<Uuid> {
    let mut kept: Vec<&Row> = rows.iter().filter(|row| keep(row)).collect();
    kept.sort_by_key(|row| (key(row), row.id));
    kept.into_iter().map(|row| row.id).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_sort_and_compare_as_rust_sorts_and_compares() -> anyhow::Result<()> {
    let rows = rows()?;
    on_backends(async |backend| {
        let world = World::new(backend).await?;
        fill(&world, &rows).await?;
        let all = |_: &Row| true;
        let by_text = ids(&world, "1 = 1 ORDER BY action, id", "", 0).await?;
        assert_eq!(by_text, expected(&rows, all, |row| (0, row.text.clone().into_bytes())));
        let by_time = ids(&world, "1 = 1 ORDER BY at, id", "", 0).await?;
        assert_eq!(by_time, expected(&rows, all, |row| (row.at, vec![])));
        for pivot in rows.iter().step_by(20) {
            let (text, at) = (pivot.text.as_str(), pivot.at);
            let after = ids(&world, "action > $1 ORDER BY id", text, at).await?;
            assert_eq!(after, expected(&rows, |row| row.text.as_str() > text, |_| (0, vec![])), "{text:?}");
            let same = ids(&world, "action = $1 ORDER BY id", text, at).await?;
            assert_eq!(same, expected(&rows, |row| row.text == text, |_| (0, vec![])), "{text:?}");
            let since = ids(&world, "at >= $2 ORDER BY id", text, at).await?;
            assert_eq!(since, expected(&rows, |row| row.at >= at, |_| (0, vec![])), "{at}");
        }
        Ok(())
    })
    .await
}

/// What the product itself answers to the same questions.
type Answers = BTreeMap<String, Vec<String>>;

async fn asked(world: &World, names: &[String]) -> anyhow::Result<Answers> {
    let district = world.district().await?;
    let commands: Vec<CreateOrganisation> = names
        .iter()
        .enumerate()
        .map(|(number, name)| CreateOrganisation {
            code: format!("{}-{number}", ["b", "B", "a", "_", "9", "Z"][number % 6]),
            name: name.clone(),
            kind: "other".to_owned(),
        })
        .collect();
    world.org().seed_organisations(&district.system, &commands).await.done()?;
    let reader = world.db.reader(&district.system);
    let mut answers = Answers::new();
    for needle in
        ["", "a", "A", "aB", "%", "_", "\\", "é", "É", "枫", "枫桥", "村b", "𠮷", "'", " ", "1", "１"]
    {
        let filter = OrganisationFilter { kind: None, name_contains: Some(needle.to_owned()) };
        let mut page = PageRequest { size: 7, direction: Direction::Forward, cursor: None };
        let mut found = vec![];
        loop {
            let rows = world.org().organisations(&district.system, &reader, &filter, &page).await.done()?;
            page.cursor = rows.rows.last().map(|(cursor, _)| cursor.clone());
            found.extend(rows.rows.into_iter().map(|(_, row)| format!("{} {}", row.code, row.name)));
            if !rows.has_next {
                break;
            }
        }
        let count = world.org().count_organisations(&district.system, &reader, &filter).await.done()?;
        ensure!(count == found.len() as u64, "{needle:?}: {count} counted, {} listed", found.len());
        answers.insert(needle.to_owned(), found);
    }
    Ok(answers)
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_and_searches_answer_alike() -> anyhow::Result<()> {
    let names: Vec<String> = sample(&texts(), 150)?.into_iter().map(|text| format!("x{text}x")).collect();
    let given = std::sync::Mutex::new(vec![]);
    on_backends(async |backend| {
        let world = World::new(backend).await?;
        let answers = asked(&world, &names).await?;
        // A page after another gives every row once, by code in the order of bytes.
        for (needle, found) in &answers {
            let mut codes: Vec<&str> = found.iter().filter_map(|row| row.split(' ').next()).collect();
            let listed = codes.clone();
            codes.sort_unstable();
            codes.dedup();
            ensure!(codes == listed, "{needle:?} is out of order: {listed:?}");
            // ASCII letters are found in either case, everything else as it is written.
            let folded = needle.to_ascii_lowercase();
            let hits = names.iter().filter(|name| name.to_ascii_lowercase().contains(&folded)).count();
            let fixture = ["公安分局", "司法局"].iter().filter(|name| name.contains(needle.as_str())).count();
            ensure!(found.len() == hits + fixture, "{needle:?} finds {found:?}, not {hits} rows");
        }
        given.lock().map_err(|error| anyhow::anyhow!("{error}"))?.push(answers);
        Ok(())
    })
    .await?;
    let given = given.into_inner()?;
    ensure!(given.windows(2).all(|pair| pair[0] == pair[1]), "the databases disagree");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn booleans_sort_alike() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let world = World::new(backend).await?;
        world.district().await?;
        world.run_sql("UPDATE units SET pilot = (code LIKE '%2')").await?;
        let sql = "SELECT code FROM units ORDER BY pilot, code";
        let codes: Vec<String> = match backend {
            Backend::Sqlite => sqlx::query_scalar(sql).fetch_all(&world.sqlite()?).await?,
            Backend::Postgres => {
                sqlx::query_scalar(sql).fetch_all(&world.pool(fengqiao_tests::SUPERUSER)?).await?
            }
        };
        let expected = [
            "150302001",
            "150302001001",
            "150302002001",
            "150302",
            "150302001002",
            "150302002",
            "150302002002",
        ];
        assert_eq!(codes, expected);
        Ok(())
    })
    .await
}
