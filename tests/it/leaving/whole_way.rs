//! The whole way by the command line, over a server that runs.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use fengqiao_domain::kernel::clock::{Clock as _, SystemClock};
use fengqiao_tests::{Actor, Backend, Household, Places, RedisServer, Running, account_id, on_backends};
use serde_json::{Value, json};
use sqlx::Executor as _;
use sqlx::types::Uuid;

use super::DISTRICT;
use super::looking_back::erased;
use crate::tenancy::canaries::{Cage, clean, is_clean, plant};
use crate::tenancy::search::database_folder;
use crate::webhooks::{CATEGORY, GRID};

const NAME: &str = "海勃湾区";
const HOME: &str = "320804";
/// A server lets go of who is asking within some seconds.
const OUT: Duration = Duration::from_secs(20);

pub(super) fn command(home: &Household, step: &[&str]) -> anyhow::Result<Command> {
    home.command(&[&["--config", "settings.toml"], step].concat())
}

/// What a step says, and whether it was taken: `fengqiao district …`, with the settings of the server.
fn run(home: &Household, step: &[&str]) -> anyhow::Result<(bool, String)> {
    let output = command(home, step)?.output()?;
    let said = [output.stdout, output.stderr].concat();
    Ok((output.status.success(), String::from_utf8_lossy(&said).into_owned()))
}

fn done(home: &Household, arguments: &[&str]) -> anyhow::Result<String> {
    let (content, said) = run(home, arguments)?;
    ensure!(content, "{arguments:?}: {said}");
    Ok(said)
}

fn refused(home: &Household, arguments: &[&str], why: &str) -> anyhow::Result<()> {
    let (content, said) = run(home, arguments)?;
    ensure!(!content && said.contains(why), "{arguments:?}: {said}");
    Ok(())
}

/// As if it had been closed long enough ago.
async fn settle(home: &Household) -> anyhow::Result<()> {
    home.tamper(&[], "UPDATE tenants SET closed_at = closed_at - 61000000 WHERE state = 'closed'").await
}

/// Whose rows are counted.
#[derive(Clone, Copy, PartialEq)]
enum Whose {
    Own,
    Others,
}

/// Rows of each table, of the district with a code or of all others.
async fn rows(home: &Household, whose: Whose) -> anyhow::Result<BTreeMap<String, usize>> {
    let tables = match home.backend() {
        Backend::Sqlite => {
            "SELECT t.name FROM sqlite_schema t, pragma_table_info(t.name) c WHERE t.type = 'table' AND c.name = 'tenant_id'"
        }
        Backend::Postgres => {
            "SELECT table_name::text FROM information_schema.columns WHERE table_schema = 'public' AND column_name = 'tenant_id'"
        }
    };
    let (mut rows, which) = (BTreeMap::new(), if whose == Whose::Own { "" } else { "NOT " });
    for table in home.texts(tables).await? {
        let sql = format!(
            "SELECT CAST(count(*) AS TEXT) FROM {table} WHERE tenant_id {which}IN (SELECT tenant_id FROM tenants WHERE code LIKE '{DISTRICT}%')"
        );
        rows.insert(table, home.number(&sql).await?);
    }
    Ok(rows)
}

/// Some fifty canaries, and what only stands in the clear: a title.
async fn planted(running: &Running) -> anyhow::Result<()> {
    let worker = running.sign_in("xindi.worker@150302").await?;
    let mut birds = Cage::default();
    for _ in 0..5 {
        plant(&worker, &mut birds).await?;
    }
    let places = Places::of(&worker);
    let (category, grid) = (places.category(CATEGORY).await?, places.grid(GRID).await?);
    let input = json!({"categoryId": category, "title": birds.word(), "description": "x", "place": {"gridId": grid}, "source": "PATROL"});
    let answer = worker.mutate("caseReport", "case { id } userErrors { code path }", input).await?;
    ensure!(answer.payload()?["case"]["id"].is_string(), "{}", answer.text);
    Ok(())
}

/// Somebody of the district may oversee the one beside it.
async fn lent(running: &Running) -> anyhow::Result<()> {
    let overseer = running.sign_in(&format!("district.command@{DISTRICT}")).await?;
    let security = running.sign_in(&format!("security.admin@{HOME}")).await?;
    let unit = Places::of(&security).unit(HOME).await?;
    let until = SystemClock.now().plus_seconds(10 * 86_400).micros();
    let until = chrono::DateTime::from_timestamp_micros(until).context("an instant")?;
    let input = json!({
        "overseer": {"districtCode": DISTRICT, "accountId": account_id(&overseer).await?, "name": "王督查"},
        "unitId": unit, "reason": "市委督查室函", "untilAt": until.to_rfc3339(),
    });
    let answer = security
        .mutate("oversightGrantCreate", "oversightGrant { id } userErrors { code path message }", input)
        .await?;
    ensure!(answer.payload()?["oversightGrant"]["id"].is_string(), "{}", answer.text);
    Ok(())
}

async fn is_out(worker: &Actor) -> anyhow::Result<()> {
    let begun = Instant::now();
    while worker.run("{ viewer { account { login } } }", json!({})).await?.code() != "UNAUTHENTICATED" {
        ensure!(begun.elapsed() < OUT, "still in it");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    Ok(())
}

/// What was handed over is what is there, and lets nobody in.
async fn is_whole(home: &Household, folder: &Path) -> anyhow::Result<()> {
    let manifest: Value = serde_json::from_slice(&std::fs::read(folder.join("manifest.json"))?)?;
    assert_eq!(manifest["district"]["name"], NAME);
    let there = rows(home, Whose::Own).await?;
    let mut told = BTreeMap::new();
    for table in manifest["tables"].as_array().context("tables")? {
        let file = std::fs::read(folder.join(table["file"].as_str().context("a file")?))?;
        let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, &file);
        assert_eq!(table["sha256"], hex::encode(digest));
        let lines = String::from_utf8(file)?;
        for line in lines.lines() {
            serde_json::from_str::<Value>(line)?;
        }
        assert_eq!(table["rows"], lines.lines().count());
        told.insert(table["table"].as_str().context("a name")?.to_owned(), lines.lines().count());
    }
    // The trail goes on: that it was handed over stands in it.
    let but_for_trail = |mut rows: BTreeMap<String, usize>| {
        rows.retain(|table, _| !table.starts_with("audit_"));
        rows
    };
    assert_eq!(but_for_trail(told), but_for_trail(there));
    let read = |table: &str| std::fs::read_to_string(folder.join(format!("tables/{table}.jsonl")));
    let cases = read("cases")?;
    ensure!(
        cases.matches("金丝雀7f3a9c").count() >= 5 && cases.contains("\"reporter_phone\":\"1995550"),
        "opened: {cases}"
    );
    for (table, column) in [
        ("credentials", "password_hash"),
        ("refresh_tokens", "token_hash"),
        ("accounts", "phone_blind"),
        ("tenant_keys", "key"),
    ] {
        let rows = read(table)?;
        ensure!(
            !rows.is_empty() && !rows.contains(&format!("\"{column}\":")),
            "{table}.{column} lets somebody in"
        );
    }
    let files: Vec<_> = std::fs::read_dir(folder.join("attachments"))?.collect();
    assert_eq!(files.len(), manifest["attachments"].as_array().map_or(0, Vec::len));
    ensure!(!files.is_empty(), "attachments were brought");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = |path: &Path| std::fs::metadata(path).map(|facts| facts.permissions().mode() & 0o777);
        assert_eq!((mode(folder)?, mode(&folder.join("tables/cases.jsonl"))?), (0o700, 0o600));
    }
    Ok(())
}

async fn own_id(home: &Household) -> anyhow::Result<Uuid> {
    let id = match home.backend() {
        Backend::Sqlite => "SELECT lower(hex(tenant_id)) FROM tenants WHERE code LIKE '150302%'",
        Backend::Postgres => "SELECT tenant_id::text FROM tenants WHERE code LIKE '150302%'",
    };
    Ok(Uuid::try_parse(home.texts(id).await?.first().context("the district")?)?)
}

/// Of the district nothing is left but its trail and its name.
async fn is_gone(home: &Household) -> anyhow::Result<()> {
    let mut left = rows(home, Whose::Own).await?;
    left.retain(|_, rows| *rows > 0);
    let trail = ["audit_entries", "audit_heads", "audit_seals", "tenants"];
    assert_eq!(left.keys().map(String::as_str).collect::<Vec<_>>(), trail, "{left:?}");
    let id = own_id(home).await?;
    // Nor does another district remember who of it came.
    let known = match home.backend() {
        Backend::Sqlite => format!(
            "SELECT CAST(count(*) AS TEXT) FROM oversight_grants WHERE home_tenant_id = x'{}'",
            id.simple()
        ),
        Backend::Postgres => {
            format!("SELECT count(*)::text FROM oversight_grants WHERE home_tenant_id = '{id}'")
        }
    };
    assert_eq!(home.number(&known).await?, 0);
    let revoked = "SELECT CAST(count(*) AS TEXT) FROM oversight_grants WHERE revoked_at IS NOT NULL AND home_login = ''";
    assert_eq!(home.number(revoked).await?, 1);
    let kept = home.folder().join("data/attachments/t").join(id.to_string());
    ensure!(!kept.exists(), "attachments are left");
    let guests = "SELECT state FROM accounts WHERE login LIKE 'o-%'";
    assert_eq!(home.texts(guests).await?, ["disabled"]);
    Ok(())
}

/// No file has a canary any more: neither what was sealed nor what was in the clear.
async fn is_swept(home: &Household) -> anyhow::Result<()> {
    let Some(folder) = database_folder(home).await? else {
        ensure!(clean(home.folder())?.len() > 2);
        return Ok(());
    };
    // Samples of what stood in the clear, which PostgreSQL took for itself: its superuser's to let go, as soon as nobody sees them.
    let statistics = "SELECT pg_relation_filepath('pg_statistic'::regclass)";
    let begun = Instant::now();
    loop {
        home.superuser().await?.execute("VACUUM FULL pg_catalog.pg_statistic").await?;
        let samples = home.texts(statistics).await?.concat();
        home.texts("CHECKPOINT").await?;
        if is_clean(&std::fs::read(folder.join(samples))?) || begun.elapsed() > OUT {
            break;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    let own = "SELECT oid::text FROM pg_database WHERE datname = current_database()";
    ensure!(clean(&folder.join("base").join(home.texts(own).await?.concat()))?.len() > 100);
    Ok(())
}

/// Erasing is broken off after its first words, and begun again.
fn broken_off(home: &Household) -> anyhow::Result<()> {
    let mut child = home.command(&ERASE)?.stdout(Stdio::piped()).stderr(Stdio::null()).spawn()?;
    let mut said = BufReader::new(child.stdout.take().context("what it says")?).lines();
    let first = said.next().context("it said nothing")??;
    child.kill()?;
    child.wait()?;
    ensure!(first.starts_with("tenant_keys: 1"), "the key goes first: {first}");
    Ok(())
}

pub(super) const ERASE: [&str; 6] = ["district", "erase", DISTRICT, "--named", NAME, "--rewrite"];
const CLOSE: [&str; 5] = ["district", "close", DISTRICT, "--reason", "合同到期"];
const REOPEN: [&str; 5] = ["district", "reopen", DISTRICT, "--reason", "续约"];

const fn export(folder: &str) -> [&str; 5] {
    ["district", "export", DISTRICT, "--into", folder]
}

/// Something came after all, or a storage is not that of the servers: nothing is lost by it.
async fn nothing_is_lost(home: &Household) -> anyhow::Result<()> {
    let late = format!(
        "INSERT INTO serials (tenant_id, name, last) SELECT tenant_id, 'late', 1 FROM tenants WHERE code = '{DISTRICT}'"
    );
    home.tamper(&[], &late).await?;
    refused(home, &ERASE, "has 1 more than were handed over")?;
    home.tamper(&[], "DELETE FROM serials WHERE name = 'late'").await?;
    let attachments = home.folder().join("data/attachments");
    std::fs::rename(attachments.join("t"), attachments.join("elsewhere"))?;
    refused(home, &ERASE, "is it that of the servers?")?;
    std::fs::rename(attachments.join("elsewhere"), attachments.join("t"))?;
    refused(home, &["district", "erase", DISTRICT, "--named", "乌海市"], NAME)?;
    // Whoever is not the owner sees nothing, and nothing is not all.
    if home.backend() == Backend::Postgres {
        let mut command = home.command(&ERASE)?;
        let app = command.get_envs().find(|(name, _)| *name == "FENGQIAO__DATABASE__URL");
        let app = app.and_then(|(_, url)| url.map(ToOwned::to_owned)).context("an address")?;
        let output = command.env("FENGQIAO__DATABASE__OWNER_URL", app).output()?;
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        ensure!(!output.status.success() && said.contains("does not lead to the tables"), "{said}");
    }
    Ok(())
}

/// No step is taken before the one that it needs.
async fn handed_over(home: &Household, running: &Running) -> anyhow::Result<()> {
    let worker = running.sign_in("xindi.worker@150302").await?;
    refused(home, &export("early"), "stands open")?;
    refused(home, &ERASE, "stands open")?;
    done(home, &CLOSE)?;
    is_out(&worker).await?;
    refused(home, &export("early"), "come again in")?;
    settle(home).await?;
    refused(home, &ERASE, "was not handed over")?;
    done(home, &export("handed-over"))?;
    refused(home, &export("handed-over"), "name a new folder")?;
    is_whole(home, &home.folder().join("handed-over")).await?;
    // Whoever was in it since was not handed over.
    done(home, &REOPEN)?;
    running.sign_in("xindi.worker@150302").await?;
    done(home, &CLOSE)?;
    settle(home).await?;
    refused(home, &ERASE, "was not handed over")?;
    let attachments = home.folder().join("data/attachments");
    std::fs::rename(attachments.join("t"), attachments.join("elsewhere"))?;
    refused(home, &export("without"), "attachments are not in the storage")?;
    std::fs::rename(attachments.join("elsewhere"), attachments.join("t"))?;
    // What does not open is no hand-over, unless somebody says that it is.
    home.tamper(&[], "UPDATE visits SET address = findings WHERE address IS NOT NULL").await?;
    refused(home, &export("unreadable"), "values do not open")?;
    refused(home, &ERASE, "was not handed over")?;
    done(home, &[&export("again")[..], &["--with-unreadable"]].concat())?;
    let again = std::fs::read_to_string(home.folder().join("again/tables/visits.jsonl"))?;
    ensure!(again.contains("\"address\":{\"unreadable\":\""), "{again}");
    for folder in ["handed-over", "without", "unreadable", "again"] {
        std::fs::remove_dir_all(home.folder().join(folder))?;
    }
    nothing_is_lost(home).await
}

/// Rows of other districts, but for what goes on by itself.
async fn beside(home: &Household) -> anyhow::Result<BTreeMap<String, usize>> {
    let mut rows = rows(home, Whose::Others).await?;
    rows.retain(|table, _| !table.starts_with("audit_") && !table.starts_with("outbox_"));
    Ok(rows)
}

/// Its trail is whole to the end, and its code is free.
fn lives_on(home: &Household) -> anyhow::Result<()> {
    let verified = done(home, &["audit", "verify"])?;
    ensure!(verified.contains("150302-erased-") && verified.contains(", 0 waiting"), "{verified}");
    let units = "code,name,level,parent_code\n150302,海勃湾区,district,\n";
    std::fs::write(home.folder().join("units.csv"), units)?;
    done(home, &["import", "units", "units.csv"])?;
    let listed = done(home, &["district", "list"])?;
    ensure!(
        listed.contains(&format!("{DISTRICT}\topen\t{NAME}")) && listed.contains("\terased\t"),
        "{listed}"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_district_is_closed_handed_over_and_erased() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let redis = RedisServer::new().await?;
        let home = Household::new(backend).await?;
        home.configure(&format!("[redis]\nurl = \"{}\"\n", redis.url()))?;
        let running = home.start().await?;
        planted(&running).await?;
        lent(&running).await?;
        let neighbour = running.sign_in("district.command@320804").await?;
        // Buckets are soon full, and gone by themselves: these stay, one of the district and one beside it.
        let bucket = format!("fengqiao:t:{}:sign_in:acct_1", own_id(&home).await?);
        for key in [&bucket, "fengqiao:t:00000000-0000-0000-0000-000000000001:sign_in:acct_1"] {
            redis.ask(&["SET", key, "1"]).await?;
        }
        handed_over(&home, &running).await?;
        let before = beside(&home).await?;
        broken_off(&home)?;
        refused(&home, &REOPEN, "does not come back")?;
        erased(&home).await?;
        is_gone(&home).await?;
        is_swept(&home).await?;
        let known = redis.ask(&["KEYS", "*:acct_1"]).await?;
        ensure!(known.len() == 1 && known[0] != bucket, "{known:?}");
        assert_eq!(beside(&home).await?, before, "the district beside it");
        let asked = neighbour.run("{ viewer { account { login } } }", json!({})).await?;
        assert_eq!(asked.data("viewer/account/login")?, "district.command");
        refused(&home, &ERASE, "no district has the code")?;
        running.terminate().await?;
        lives_on(&home)
    })
    .await
}
