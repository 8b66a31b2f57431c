//! The trail is kept for as long as it must be, and what is left of it verifies.

use std::time::Duration;

use anyhow::ensure;
use fengqiao_domain::ChainReport;
use fengqiao_domain::kernel::chain::Break;
use fengqiao_tests::on_backends;

use super::{broken, literal, seal, sealed, tamper, verify, write};

const DAY: i64 = 86_400;

#[tokio::test(flavor = "multi_thread")]
async fn what_is_old_enough_goes_and_the_rest_is_whole() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let (world, district) = sealed(backend).await?;
        let old = world.db.chain_ends().await?;
        let entries = "SELECT count(*) FROM audit_entries";
        let first = world.number(entries).await?;
        world.clock.advance_seconds(179 * DAY);
        // Whatever a setting says, nothing goes before half a year.
        assert_eq!(world.db.sweep_audit(Duration::from_hours(24)).await?, 0);
        write(&world, &district, 50, 5).await?;
        seal(&world).await?;
        let new = world.db.chain_ends().await?;
        world.clock.advance_seconds(2 * DAY);
        assert_eq!(world.db.sweep_audit(Duration::from_hours(24 * 200)).await?, 0);
        let removed = world.db.sweep_audit(Duration::from_hours(24 * 180)).await?;
        assert_eq!(i64::try_from(removed)?, first);
        assert_eq!(world.number(entries).await?, 5);
        assert_eq!(world.number("SELECT count(*) FROM audit_seals").await?, 5);
        let whole = ChainReport { sealed: 5, waiting: 0, overdue: 0, faults: vec![] };
        assert_eq!(verify(&world, district.tenant, &[old.clone(), new].concat()).await?, whole);
        // An anchor of another hash at the place where the chain begins now.
        let mut other = old;
        other[0].hash = [1; 32];
        let report = verify(&world, district.tenant, &other).await?;
        assert_eq!(broken(&report)?, (Some(first), Break::Replaced));
        write(&world, &district, 60, 2).await?;
        seal(&world).await?;
        assert_eq!(verify(&world, district.tenant, &[]).await?, ChainReport { sealed: 7, ..whole });
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_goes_before_its_time_is_missed_by_the_anchor() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let (world, district) = sealed(backend).await?;
        let early = world.db.chain_ends().await?;
        write(&world, &district, 50, 5).await?;
        seal(&world).await?;
        // By the rights of the worker: the beginning moves on, and the entries go.
        let gone = early[0].sequence + 2;
        let moved = moved(gone);
        tamper(&world, district.tenant, &moved).await?;
        assert_eq!(verify(&world, district.tenant, &[]).await?.faults, [], "without the anchor nobody knows");
        let report = verify(&world, district.tenant, &early).await?;
        assert_eq!(broken(&report)?, (Some(gone - 1), Break::RemovedEarly));
        assert_eq!((report.sealed, report.faults.len()), (3, 1), "what is left is walked all the same");
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_quiet_district_is_not_said_to_have_lost_anything() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let (world, district) = sealed(backend).await?;
        world.clock.advance_seconds(200 * DAY);
        // A server that starts writes every end down again, however old its entry is.
        let anew = world.db.chain_ends().await?;
        write(&world, &district, 50, 1).await?;
        seal(&world).await?;
        ensure!(world.db.sweep_audit(Duration::from_hours(24 * 180)).await? > 5);
        assert_eq!(verify(&world, district.tenant, &anew).await?.faults, []);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn no_seal_before_the_beginning_hides_an_entry() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let (world, district) = sealed(backend).await?;
        world.clock.advance_seconds(200 * DAY);
        write(&world, &district, 50, 1).await?;
        seal(&world).await?;
        ensure!(world.db.sweep_audit(Duration::from_hours(24 * 180)).await? > 5);
        write(&world, &district, 60, 1).await?;
        // Whoever seals cannot put a seal where nobody looks, so that its entry would never be sealed.
        let stray = "INSERT INTO audit_seals (tenant_id, sequence, entry_id, format, hash, sealed_at) \
             SELECT tenant_id, 2, entry_id, 1, (SELECT hash FROM audit_heads h WHERE h.tenant_id = p.tenant_id), 0 \
             FROM audit_pending p WHERE tenant_id = $T";
        let refused = world.run_sql(&stray.replace("$T", &literal(&world, district.tenant.uuid()))).await;
        let said = refused.expect_err("a stray seal").to_string();
        ensure!(said.contains("audit_seals is only appended to"), "{said}");
        assert_eq!(verify(&world, district.tenant, &[]).await?.faults, []);
        // Past the guards it is found.
        tamper(&world, district.tenant, stray).await?;
        let report = verify(&world, district.tenant, &[]).await?;
        assert_eq!(broken(&report)?, (Some(2), Break::BeforeBeginning));
        Ok(())
    })
    .await
}

/// The beginning of a chain moves on to a place, and what lies before it goes, past every guard.
fn moved(gone: i64) -> String {
    format!(
        "UPDATE audit_heads SET gone = {gone}, gone_hash = (SELECT hash FROM audit_seals WHERE tenant_id = $T \
         AND sequence = {gone}) WHERE tenant_id = $T; DELETE FROM audit_entries WHERE tenant_id = $T AND id IN \
         (SELECT entry_id FROM audit_seals WHERE tenant_id = $T AND sequence <= {gone}); \
         DELETE FROM audit_seals WHERE tenant_id = $T AND sequence <= {gone}"
    )
}
