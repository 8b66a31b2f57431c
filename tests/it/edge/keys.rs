//! The steps by which one sealing key takes another's place, as an operator takes them while a server runs.

use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use fengqiao_tests::{Actor, Backend, Household, Matter, on_backends};
use serde_json::Value;

use super::startup::says;
use crate::webhooks::{CATEGORY, GRID};

/// Runs a step that succeeds: what it prints.
pub(super) fn done(home: &Household, arguments: &[&str]) -> anyhow::Result<String> {
    let output = home.command(arguments)?.output()?;
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    ensure!(output.status.success(), "{arguments:?}: {said}");
    Ok(String::from_utf8(output.stdout)?)
}

/// Runs a step that is refused: the one line that it says.
pub(super) fn refused(home: &Household, arguments: &[&str]) -> anyhow::Result<String> {
    let output = home.command(arguments)?.output()?;
    let said = String::from_utf8(output.stderr)?;
    ensure!(
        !output.status.success(),
        "{arguments:?} was not refused: {}",
        String::from_utf8_lossy(&output.stdout)
    );
    ensure!(said.lines().count() == 1, "{arguments:?} said more than a line: {said}");
    Ok(said)
}

fn file(home: &Household) -> PathBuf {
    home.folder().join("data/keys/sealing.json")
}

/// As if the last step on the keys were long ago.
fn later(home: &Household) -> anyhow::Result<()> {
    let mut keys: Value = serde_json::from_slice(&std::fs::read(file(home))?)?;
    keys["changed_at"] = 0.into();
    Ok(std::fs::write(file(home), keys.to_string())?)
}

/// The ids of the keys, oldest first.
fn ids(home: &Household) -> anyhow::Result<Vec<String>> {
    let keys: Value = serde_json::from_slice(&std::fs::read(file(home))?)?;
    let keys = keys["keys"].as_array().context("keys")?.clone();
    Ok(keys.iter().filter_map(|key| Some(format!("{:08x}", key["id"].as_u64()?))).collect())
}

async fn reports(by: &Actor) -> anyhow::Result<()> {
    let matter = Matter::report(by, GRID, CATEGORY).await?;
    let read = matter.read(by, "description").await?;
    ensure!(read["description"] == "演示：路口的自来水管漏水，路面结冰。", "{read}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operator_changes_the_sealing_key_while_a_server_runs() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let home = Household::new(backend).await?;
        let running = home.start().await?;
        let resident = running.sign_in("xindi.resident@150302").await?;
        reports(&resident).await?;
        says(&refused(&home, &["keys", "promote"])?, &["keys add"]);
        says(&done(&home, &["keys", "add", "--suite", "sm"])?, &["opens", "keys promote"]);
        says(&refused(&home, &["keys", "add"])?, &["keys promote"]);
        says(&refused(&home, &["keys", "promote"])?, &["come again"]);
        later(&home)?;
        says(&done(&home, &["keys", "promote"])?, &["seals", "keys reseal"]);
        let [old, new] = <[String; 2]>::try_from(ids(&home)?).ok().context("two keys")?;
        reports(&resident).await?;
        says(&refused(&home, &["keys", "retire", &old])?, &["come again"]);
        says(&refused(&home, &["keys", "retire", &old, "--digests-lapse"])?, &["come again"]);
        later(&home)?;
        says(&refused(&home, &["keys", "retire", &old, "--digests-lapse"])?, &["keys reseal"]);
        // Whoever is broken off begins anew and goes on.
        let mut broken =
            home.command(&["keys", "reseal"])?.stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
        tokio::time::sleep(Duration::from_millis(400)).await;
        broken.kill()?;
        broken.wait()?;
        reports(&resident).await?;
        says(&done(&home, &["keys", "reseal"])?, &[&format!("everything is sealed under {new}")]);
        let listed = done(&home, &["keys", "list"])?;
        says(
            &listed,
            &[&format!("{old} international opens\n{new} sm seals\n"), "cases.description", "accounts.name"],
        );
        // Digests that nobody can make anew keep the old key for a while.
        let codes = if backend == Backend::Sqlite { "x'01'" } else { "'\\x01'::bytea" };
        let codes = format!(
            "INSERT INTO second_factors (tenant_id, account_id, secret, begun_at, confirmed_at, last_step, recovery_codes) \
             SELECT tenant_id, id, name, -2, -1, 0, {codes} FROM accounts WHERE login = 'bailou.worker'"
        );
        home.tamper(&[], &codes).await?;
        let counts = "UPDATE accounts SET second_factor_at = -1 WHERE login = 'bailou.worker'";
        home.tamper(&[], counts).await?;
        later(&home)?;
        says(&refused(&home, &["keys", "retire", &old])?, &["people have recovery codes"]);
        // What counts no more keeps no key.
        home.tamper(&[], "UPDATE accounts SET second_factor_at = NULL").await?;
        done(&home, &["keys", "retire", &old])?;
        assert_eq!(ids(&home)?, [new]);
        tokio::time::sleep(Duration::from_millis(1_300)).await;
        reports(&resident).await?;
        // A server that has only the file of before does not start, and one that has this one does.
        running.terminate().await?;
        let running = home.start().await?;
        reports(&running.sign_in("xindi.resident@150302").await?).await
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_without_the_key_that_seals_does_not_start() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let home = Household::new(backend).await?;
        home.start().await?.terminate().await?;
        let before = std::fs::read(file(&home))?;
        done(&home, &["keys", "add"])?;
        later(&home)?;
        done(&home, &["keys", "promote"])?;
        std::fs::write(file(&home), before)?;
        says(
            &refused(&home, &["serve", "--listen", "127.0.0.1:0"])?,
            &["sealed with the key", "sealing.json"],
        );
        Ok(())
    })
    .await
}
