//! An end that was written down elsewhere shows what a chain cannot: that its end was cut off, or all of it replaced.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use fengqiao_domain::Anchored;
use fengqiao_domain::audit::{anchor_line, read_anchor};
use fengqiao_domain::kernel::chain::Break;
use fengqiao_tests::{Backend, Household, on_backends};
use serde_json::json;

use super::{GUARDS, broken, bytes, seal, sealed, tamper, verify, write};

/// Everything after a place goes, and the head says that it was never there.
const CUT: &str = "DELETE FROM audit_entries WHERE tenant_id = $T AND id IN \
     (SELECT entry_id FROM audit_seals WHERE tenant_id = $T AND sequence > 5); \
     DELETE FROM audit_seals WHERE tenant_id = $T AND sequence > 5";
const HEAD_TOO: &str = "UPDATE audit_heads SET sequence = 5, hash = (SELECT hash FROM audit_seals \
     WHERE tenant_id = $T AND sequence = 5) WHERE tenant_id = $T";
/// All seals go, and everything waits to be sealed again after one entry was edited.
const REPLACED: &str = "UPDATE audit_entries SET target = 'other' WHERE tenant_id = $T AND id = \
     (SELECT entry_id FROM audit_seals WHERE tenant_id = $T AND sequence = 2); \
     INSERT INTO audit_pending (tenant_id, entry_id, at) SELECT tenant_id, id, at FROM audit_entries WHERE tenant_id = $T; \
     DELETE FROM audit_seals WHERE tenant_id = $T; DELETE FROM audit_heads WHERE tenant_id = $T";

#[tokio::test(flavor = "multi_thread")]
async fn an_end_that_was_cut_off_is_missed_by_the_head_or_by_the_anchor() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let (world, district) = sealed(backend).await?;
        let anchored = world.db.chain_ends().await?;
        assert_eq!(verify(&world, district.tenant, &anchored).await?.faults, []);
        tamper(&world, district.tenant, CUT).await?;
        let cut = (Some(6), Break::TailCut);
        assert_eq!(broken(&verify(&world, district.tenant, &[]).await?)?, cut);
        tamper(&world, district.tenant, HEAD_TOO).await?;
        assert_eq!(verify(&world, district.tenant, &[]).await?.faults, [], "without the anchor nobody knows");
        assert_eq!(broken(&verify(&world, district.tenant, &anchored).await?)?, cut);
        // What is written afterwards fills the places of what was cut off, and has other hashes.
        write(&world, &district, 50, 20).await?;
        seal(&world).await?;
        let report = verify(&world, district.tenant, &anchored).await?;
        assert_eq!(broken(&report)?, (Some(anchored[0].sequence), Break::Replaced));
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_whole_chain_that_was_replaced_is_not_the_one_that_was_anchored() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let (world, district) = sealed(backend).await?;
        let first = world.db.chain_ends().await?;
        write(&world, &district, 50, 3).await?;
        seal(&world).await?;
        let anchored = [first.clone(), world.db.chain_ends().await?].concat();
        assert_eq!(anchored.len(), 2);
        tamper(&world, district.tenant, REPLACED).await?;
        seal(&world).await?;
        assert_eq!(verify(&world, district.tenant, &[]).await?.faults, [], "without the anchor nobody knows");
        let report = verify(&world, district.tenant, &anchored).await?;
        assert_eq!(broken(&report)?, (Some(first[0].sequence), Break::Replaced));
        // Of a chain that is not there at all the anchor knows too.
        let gone = "DELETE FROM audit_entries WHERE tenant_id = $T; DELETE FROM audit_seals WHERE tenant_id = $T; \
             DELETE FROM audit_heads WHERE tenant_id = $T";
        tamper(&world, district.tenant, gone).await?;
        assert_eq!(broken(&verify(&world, district.tenant, &anchored).await?)?, (Some(1), Break::TailCut));
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn two_lines_that_do_not_agree_are_both_looked_at() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let (world, district) = sealed(backend).await?;
        let right = world.db.chain_ends().await?;
        let wrong: Vec<_> =
            right.iter().map(|end| fengqiao_domain::Anchored { hash: [7; 32], ..*end }).collect();
        for anchored in [[right.clone(), wrong.clone()].concat(), [wrong, right.clone()].concat()] {
            let report = verify(&world, district.tenant, &anchored).await?;
            assert_eq!(broken(&report)?, (Some(right[0].sequence), Break::Replaced));
        }
        // An end that is none keeps nobody else's from being written down.
        let head =
            "UPDATE audit_heads SET hash = $H WHERE tenant_id = $T".replace("$H", &bytes(&world, &[1]));
        tamper(&world, district.tenant, &head).await?;
        let left = world.db.chain_ends().await?;
        assert_eq!(left.len(), right.len() - 1);
        ensure!(left.iter().all(|end| end.tenant != district.tenant), "{left:?}");
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_says_what_was_anchored() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let (world, _district) = sealed(backend).await?;
        let ends = world.db.chain_ends().await?;
        let read: Vec<_> = ends.iter().filter_map(|end| read_anchor(&anchor_line(end))).collect();
        assert_eq!(read, ends);
        Ok(())
    })
    .await
}

/// A server writes something down in its audit trail, and elsewhere where that ended; it has ended when this returns.
async fn worked(home: &Household) -> anyhow::Result<()> {
    let anchors =
        [("FENGQIAO__AUDIT__ANCHOR_FILE", "kept/anchor.jsonl"), ("FENGQIAO__AUDIT__ANCHOR_SECONDS", "1")];
    let running = home.start_with(&anchors).await?;
    let admin = running.sign_in("system.admin@150302").await?;
    let written = Instant::now();
    let input = json!({"code": "new", "name": "新单位", "kind": "police"});
    admin.mutate("organisationCreate", "organisation { id }", input).await?.payload()?;
    while home.number("SELECT CAST(count(*) AS TEXT) FROM audit_pending").await? > 0
        || !is_anchored(home).await?
    {
        ensure!(written.elapsed() < Duration::from_secs(20), "it is never sealed, or not anchored");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    running.terminate().await
}

/// Whether the ends of all chains are written down elsewhere.
async fn is_anchored(home: &Household) -> anyhow::Result<bool> {
    let kept = std::fs::read_to_string(home.folder().join("kept/anchor.jsonl")).unwrap_or_default();
    let end = |end: Anchored| format!("{} {}", end.tenant.uuid().simple(), end.sequence);
    let anchored: BTreeSet<String> = kept.lines().filter_map(read_anchor).map(end).collect();
    let ends = match home.backend() {
        Backend::Sqlite => "SELECT lower(hex(tenant_id)) || ' ' || sequence FROM audit_heads",
        Backend::Postgres => "SELECT replace(tenant_id::text, '-', '') || ' ' || sequence FROM audit_heads",
    };
    Ok(home.texts(ends).await?.into_iter().all(|end| anchored.contains(&end)))
}

/// How a command ended, and what it said and complained of.
async fn check(home: &Household, arguments: &[&str]) -> anyhow::Result<(Option<i32>, String, String)> {
    let mut command = home.command(arguments)?;
    let output = tokio::task::spawn_blocking(move || command.output()).await??;
    let said = (String::from_utf8(output.stdout)?, String::from_utf8(output.stderr)?);
    Ok((output.status.code(), said.0, said.1))
}

/// The newest entry of the district goes, with its seal, and the head says that it was never there.
const NEWEST_CUT: &str = "DELETE FROM audit_entries WHERE tenant_id = $T AND id = (SELECT entry_id FROM audit_seals \
     WHERE tenant_id = $T AND sequence = (SELECT sequence FROM audit_heads WHERE tenant_id = $T)); \
     DELETE FROM audit_seals WHERE tenant_id = $T AND sequence = (SELECT sequence FROM audit_heads WHERE tenant_id = $T); \
     UPDATE audit_heads SET sequence = sequence - 1, hash = (SELECT hash FROM audit_seals s WHERE s.tenant_id = $T \
     AND s.sequence = audit_heads.sequence - 1) WHERE tenant_id = $T";

#[tokio::test(flavor = "multi_thread")]
async fn the_command_misses_an_end_that_the_anchor_alone_knows() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let home = Household::new(backend).await?;
        worked(&home).await?;
        let own = "(SELECT tenant_id FROM tenants WHERE code = '150302')";
        let end = format!("SELECT CAST(sequence AS TEXT) FROM audit_heads WHERE tenant_id = {own}");
        let end = home.number(&end).await?;
        home.tamper(&GUARDS, &NEWEST_CUT.replace("$T", own)).await?;
        let (code, _, complaint) = check(&home, &["audit", "verify"]).await?;
        assert_eq!((code, complaint.as_str()), (Some(0), ""), "without the anchor nobody knows");
        let (code, _, complaint) =
            check(&home, &["audit", "verify", "--anchor", "kept/anchor.jsonl"]).await?;
        assert_eq!(code, Some(1), "{complaint}");
        let cut = format!("150302: broken at sequence {end}: the end of the chain was cut off");
        ensure!(complaint.contains(&cut), "{complaint}");
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_seals_and_anchors_and_the_command_verifies() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let home = Household::new(backend).await?;
        worked(&home).await?;
        let check = async |arguments: &[&str]| check(&home, arguments).await;
        let (code, said, complaint) = check(&["audit", "verify", "--anchor", "kept/anchor.jsonl"]).await?;
        assert_eq!((code, complaint.as_str()), (Some(0), ""), "{said}");
        let line =
            said.lines().find(|line| line.starts_with("150302: ")).context("a line of the district")?;
        ensure!(line.ends_with(" entries sealed and unbroken, 0 waiting"), "{line}");
        let (code, said, _) = check(&["audit", "verify", "--tenant", "150302"]).await?;
        assert_eq!((code, said.lines().count()), (Some(0), 1), "{said}");
        let (code, _, complaint) = check(&["audit", "verify", "--tenant", "999999"]).await?;
        assert_eq!((code, complaint.as_str()), (Some(1), "fengqiao: no tenant has the code 999999\n"));
        if backend == Backend::Postgres {
            // By a role that sees no chain all would seem whole.
            let mut command = home.command(&["audit", "verify"])?;
            command.env("FENGQIAO__DATABASE__WORKER_URL", "");
            let output = tokio::task::spawn_blocking(move || command.output()).await??;
            let said = String::from_utf8(output.stderr)?;
            ensure!(!output.status.success() && said.contains("does not see every chain"), "{said}");
        }
        // What was done past the product is told, and by the status too.
        let edited = "UPDATE audit_entries SET target = 'other' WHERE action = 'organisation.created'";
        home.tamper(&["audit_entries_kept"], edited).await?;
        let (code, _, complaint) = check(&["audit", "verify"]).await?;
        assert_eq!(code, Some(1), "{complaint}");
        ensure!(
            complaint.contains("150302: broken at sequence ") && complaint.contains("was edited"),
            "{complaint}"
        );
        // A head that nobody can read is told, and keeps nobody from the others.
        home.tamper(&[], &bad_heads(backend)).await?;
        let (code, _, complaint) = check(&["audit", "verify"]).await?;
        assert_eq!(code, Some(1), "{complaint}");
        for said in [
            "something here that is no hash",
            "was edited",
            "broken at sequence 1: the end of the chain was cut off",
        ] {
            ensure!(complaint.contains(said), "{said}: {complaint}");
        }
        Ok(())
    })
    .await
}

/// A head that is no hash, and the head of a chain that is not there.
fn bad_heads(backend: Backend) -> String {
    let (none, other) = match backend {
        Backend::Postgres => ("'\\x01'", "'ffffffff-ffff-7fff-8fff-ffffffffffff'"),
        Backend::Sqlite => ("x'01'", "x'ffffffffffff7fff8fffffffffffffff'"),
    };
    format!(
        "UPDATE audit_heads SET hash = {none}; INSERT INTO audit_heads (tenant_id, sequence, hash, gone, gone_hash) \
         SELECT {other}, 5, gone_hash, 0, gone_hash FROM audit_heads LIMIT 1"
    )
}
