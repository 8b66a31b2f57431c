//! What keeps the product from starting: one line that says what to do, and a status that is not zero.

use std::net::TcpListener;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail, ensure};
use fengqiao_tests::{APP, PostgresDatabase, SUPERUSER, WORKER, on_backends, on_postgres, program};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions as _, Executor as _};
use tempfile::TempDir;

/// What it says on its error output before it ends with a status that is not zero.
fn refusal(folder: &TempDir, arguments: &[&str], environment: &[(&str, &str)]) -> anyhow::Result<String> {
    let mut command = Command::new(program()?);
    if !arguments.contains(&"--config") {
        // Several of these run at once, and the default port may be somebody's.
        command.env("FENGQIAO__SERVER__LISTEN", "127.0.0.1:0");
    }
    let mut child = command
        .args(arguments)
        .envs(environment.iter().copied())
        .current_dir(folder.path())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    let begun = Instant::now();
    while child.try_wait()?.is_none() {
        if begun.elapsed() > Duration::from_secs(20) {
            child.kill()?;
            bail!("{arguments:?} was not refused");
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    let output = child.wait_with_output()?;
    let said = String::from_utf8(output.stderr)?;
    ensure!(!output.status.success(), "{arguments:?} succeeded: {said}");
    ensure!(output.stdout.is_empty(), "{arguments:?} printed {}", String::from_utf8_lossy(&output.stdout));
    ensure!(said.lines().count() == 1, "{arguments:?} said more than a line: {said}");
    Ok(said)
}

pub(super) fn says(said: &str, words: &[&str]) {
    assert!(words.iter().all(|word| said.contains(word)), "{said:?} lacks one of {words:?}");
}

#[test]
fn an_unknown_or_impossible_setting_is_named() -> anyhow::Result<()> {
    let folder = TempDir::new()?;
    let file = folder.path().join("settings.toml");
    let check = |text: &str| -> anyhow::Result<String> {
        std::fs::write(&file, text)?;
        refusal(&folder, &["--config", "settings.toml", "serve"], &[])
    };
    says(&check("[server]\nlisten_on = \"127.0.0.1:1\"\n")?, &["listen_on", "check-config"]);
    says(&check("[servers]\nlisten = \"127.0.0.1:1\"\n")?, &["servers", "check-config"]);
    says(&check("[edge.request]\nmax_bytes = 1\n")?, &["max_bytes", "check-config"]);
    says(&check("[auth]\naccess_token_seconds = 3600\n")?, &["auth.access_token_seconds", "900"]);
    says(&check("[server]\nlisten = \"here\"\n")?, &["listen"]);
    says(&check("[metrics]\nlisten = \"9464\"\n")?, &["metrics.listen", "ADDRESS:PORT"]);
    says(&check("[redis]\nurl = \"cache:6379\"\n")?, &["redis.url", "redis://"]);
    says(&check("[audit]\nkeep_days = 179\n")?, &["audit.keep_days", "179", "180", "第二十一条"]);
    says(&check("[audit]\nanchor_seconds = 0\n")?, &["audit.anchor_seconds"]);
    says(&check("[redis]\nprefix = \"a:b\"\n")?, &["redis.prefix"]);
    says(&check("[redis]\ntimeout_millis = 5001\n")?, &["redis.timeout_millis", "5000"]);
    for part in ["socket", "stream"] {
        for seconds in ["20.5", "0.5"] {
            let key = format!("edge.{part}.recheck_seconds");
            let refused = check(&format!("[edge.{part}]\nrecheck_seconds = {seconds}\n"))?;
            says(&refused, &[&key, "1 to 20"]);
        }
    }
    let given = refusal(&folder, &["serve", "--redis", "http://:s3cret@cache"], &[])?;
    says(&given, &["redis.url", "redis://"]);
    ensure!(!given.contains("s3cret"), "{given}");
    says(&check("[server\n")?, &["settings.toml"]);
    says(&refusal(&folder, &["--config", "nowhere.toml", "serve"], &[])?, &["nowhere.toml"]);
    says(&refusal(&folder, &["serve"], &[("FENGQIAO__SERVER__PORT", "1")])?, &["port"]);
    ensure!(!folder.path().join("data").exists(), "nothing was made");
    Ok(())
}

#[test]
fn production_refuses_what_development_makes() -> anyhow::Result<()> {
    let folder = TempDir::new()?;
    let production = [("FENGQIAO__PROFILE", "production")];
    let missing = refusal(&folder, &["serve"], &production)?;
    says(&missing, &["data/keys/sealing.json", "keys.sealing_file", "fengqiao keys"]);
    let printed = Command::new(program()?).arg("keys").current_dir(folder.path()).output()?;
    ensure!(printed.status.success(), "{}", String::from_utf8_lossy(&printed.stderr));
    std::fs::remove_file(folder.path().join("data/keys/token.json"))?;
    let missing = refusal(&folder, &["serve"], &production)?;
    says(&missing, &["data/keys/token.json", "keys.token_file", "fengqiao keys"]);
    says(&refusal(&folder, &["serve", "--demo"], &production)?, &["production", "demo"]);
    let token = ["token", "--account", "xindi.worker@150302"];
    says(&refusal(&folder, &token, &production)?, &["production", "token"]);
    Ok(())
}

#[test]
fn keys_of_a_development_start_are_no_keys_for_production() -> anyhow::Result<()> {
    let folder = TempDir::new()?;
    // Refused for the account, after the keys were made.
    says(&refusal(&folder, &["token", "--account", "nobody@150302"], &[])?, &["nobody@150302"]);
    let said = refusal(&folder, &["serve"], &[("FENGQIAO__PROFILE", "production")])?;
    says(&said, &["production", "fengqiao keys"]);
    Ok(())
}

#[test]
fn a_taken_port_and_an_unusable_database_are_named() -> anyhow::Result<()> {
    let folder = TempDir::new()?;
    let taken = TcpListener::bind("127.0.0.1:0")?;
    let address = taken.local_addr()?.to_string();
    says(&refusal(&folder, &["serve", "--listen", &address], &[])?, &[&address, "taken", "--listen"]);
    std::fs::write(folder.path().join("file"), "no folder")?;
    says(&refusal(&folder, &["serve", "--database", "sqlite://file/fengqiao.db"], &[])?, &["file"]);
    std::fs::write(
        folder.path().join("text.db"),
        "this is no database, and long enough to see that it is none",
    )?;
    says(&refusal(&folder, &["serve", "--database", "sqlite://text.db"], &[])?, &["text.db"]);
    says(
        &refusal(&folder, &["serve", "--database", "mysql://localhost/x"], &[])?,
        &["sqlite://", "postgres://"],
    );
    let nobody = "postgres://fengqiao_app@127.0.0.1:1/none";
    says(&refusal(&folder, &["serve", "--database", nobody], &[])?, &["database"]);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unmigrated_postgres_is_refused_with_the_command() -> anyhow::Result<()> {
    on_backends(async |backend| {
        if backend == fengqiao_tests::Backend::Sqlite {
            return Ok(());
        }
        let database = PostgresDatabase::empty().await?;
        let url = database.url(APP)?;
        let said = tokio::task::spawn_blocking(move || {
            refusal(&TempDir::new()?, &["serve", "--database", &url], &[])
        })
        .await??;
        says(&said, &["fengqiao migrate"]);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_postgres_whose_walls_are_damaged_is_not_served() -> anyhow::Result<()> {
    on_postgres(async |_| {
        let damages = [
            (
                "ALTER TABLE cases NO FORCE ROW LEVEL SECURITY",
                "table cases has row-level security not forced",
            ),
            ("CREATE VIEW all_cases AS SELECT * FROM cases", "view all_cases lacks security_invoker"),
            ("GRANT TRUNCATE ON cases TO fengqiao_app", "table cases grants TRUNCATE to fengqiao_app"),
        ];
        for (damage, finding) in damages {
            let database = PostgresDatabase::migrated().await?;
            database.pool(SUPERUSER)?.execute(damage).await?;
            let environment = [("FENGQIAO__DATABASE__WORKER_URL", database.url(WORKER)?)];
            let url = database.url(APP)?;
            let said = tokio::task::spawn_blocking(move || {
                let environment = environment.each_ref().map(|(name, value)| (*name, value.as_str()));
                refusal(&TempDir::new()?, &["serve", "--database", &url], &environment)
            })
            .await??;
            says(&said, &["refusing to serve", finding]);
        }
        Ok(())
    })
    .await
}

/// Runs a command that succeeds.
fn done(folder: &TempDir, arguments: &[&str]) -> anyhow::Result<()> {
    let output = Command::new(program()?).args(arguments).current_dir(folder.path()).output()?;
    ensure!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    Ok(())
}

/// What a store in `data/` remembers of itself.
async fn remember(folder: &TempDir, name: &str, value: &str) -> anyhow::Result<()> {
    let file = folder.path().join("data/fengqiao.db");
    let mut store = SqliteConnectOptions::new().filename(file).connect().await?;
    let sql = "INSERT INTO deployment_facts (name, value) VALUES ($1, $2)";
    sqlx::query(sql).bind(name).bind(value).execute(&mut store).await?;
    Ok(())
}

#[test]
fn a_migration_that_was_killed_runs_again() -> anyhow::Result<()> {
    for milliseconds in (10..130).step_by(10) {
        let folder = TempDir::new()?;
        let mut child = Command::new(program()?)
            .arg("migrate")
            .current_dir(folder.path())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        std::thread::sleep(Duration::from_millis(milliseconds));
        child.kill()?;
        child.wait()?;
        done(&folder, &["migrate"]).with_context(|| format!("killed after {milliseconds} ms"))?;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn half_a_demo_is_refused_and_a_whole_one_in_production() -> anyhow::Result<()> {
    let folder = TempDir::new()?;
    done(&folder, &["migrate"])?;
    remember(&folder, "demo", "loading").await?;
    let said = refusal(&folder, &["serve", "--demo"], &[])?;
    says(&said, &["interrupted", "sqlite://data/fengqiao.db", "remove"]);
    let folder = TempDir::new()?;
    done(&folder, &["migrate"])?;
    done(&folder, &["keys"])?;
    remember(&folder, "demo", "complete").await?;
    says(&refusal(&folder, &["serve"], &[("FENGQIAO__PROFILE", "production")])?, &["production", "demo"]);
    Ok(())
}

#[test]
fn a_sealing_key_that_is_not_the_stores_is_refused_and_none_is_made() -> anyhow::Result<()> {
    let folder = TempDir::new()?;
    let units = folder.path().join("units.csv");
    std::fs::write(&units, "code,name,level,parent_code\n150302,海勃湾区,district,\n")?;
    done(&folder, &["import", "units", "units.csv"])?;
    let key = folder.path().join("data/keys/sealing.json");
    let kept = std::fs::read(&key)?;
    std::fs::remove_file(&key)?;
    says(&refusal(&folder, &["serve"], &[])?, &["sealed", "data/keys/sealing.json", "keys.sealing_file"]);
    ensure!(!key.exists(), "a key was made for a store that has one");
    let other = TempDir::new()?;
    done(&other, &["keys"])?;
    std::fs::copy(other.path().join("data/keys/sealing.json"), &key)?;
    says(&refusal(&folder, &["serve"], &[("FENGQIAO__PROFILE", "production")])?, &["production"]);
    says(&refusal(&folder, &["token", "--account", "nobody@150302"], &[])?, &["sealed"]);
    std::fs::write(&key, kept)?;
    done(&folder, &["import", "units", "units.csv"])?;
    Ok(())
}

#[test]
fn a_database_in_memory_is_refused_for_want_of_a_file() -> anyhow::Result<()> {
    let folder = TempDir::new()?;
    for address in [
        "sqlite://",
        "sqlite:",
        "sqlite::memory:",
        "sqlite://:memory:",
        "sqlite://?mode=rwc",
        "sqlite://a?mode=memory",
    ] {
        for command in ["serve", "migrate", "doctor"] {
            says(
                &refusal(&folder, &[command, "--database", address], &[])?,
                &[address, "file", "sqlite://data"],
            );
        }
    }
    ensure!(std::fs::read_dir(folder.path())?.next().is_none(), "something was made");
    Ok(())
}
