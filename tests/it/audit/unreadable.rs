//! What cannot be read of a chain is named, and keeps nobody from the rest of it, nor from the chains of others.

use fengqiao_domain::Anchored;
use fengqiao_domain::kernel::chain::Break;
use fengqiao_tests::{Backend, District, World, on_backends, on_postgres};

use super::{at, bytes, sealed, tamper, verify};

type Named = (Option<i64>, Break);

/// The bad places of a chain in their order, and how many of the others are whole.
async fn named(
    world: &World,
    district: &District,
    anchored: &[Anchored],
) -> anyhow::Result<(Vec<Named>, i64)> {
    let report = verify(world, district.tenant, anchored).await?;
    Ok((report.faults.iter().map(|fault| (fault.sequence, fault.what)).collect(), report.sealed))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_head_that_is_no_hash_is_named_and_the_chain_is_walked() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let (world, district) = sealed(backend).await?;
        let end = world.db.chain_ends().await?[0].sequence;
        let third = at(&world, &district, 3).await?.seal.expect("it is sealed");
        let none = bytes(&world, &[1]);
        let edited = "UPDATE audit_entries SET target = 'other' WHERE tenant_id = $T AND id = \
             (SELECT entry_id FROM audit_seals WHERE tenant_id = $T AND sequence = 7)";
        let sql = format!("UPDATE audit_heads SET hash = {none} WHERE tenant_id = $T; {edited}");
        tamper(&world, district.tenant, &sql).await?;
        let of_end = (Some(end), Break::HeadUnreadable);
        let of_seventh = (Some(7), Break::Edited);
        assert_eq!(named(&world, &district, &[]).await?, (vec![of_end, of_seventh], end - 1));
        // Before the first entry nothing is but zeros, whatever the head says.
        let sql = format!("UPDATE audit_heads SET gone_hash = {none} WHERE tenant_id = $T");
        tamper(&world, district.tenant, &sql).await?;
        let of_start = (Some(0), Break::HeadUnreadable);
        assert_eq!(named(&world, &district, &[]).await?, (vec![of_end, of_start, of_seventh], end - 1));
        // Where a chain begins later, the anchor knows to what it is tied; without one its first seal is believed.
        let sql = "UPDATE audit_heads SET gone = 3 WHERE tenant_id = $T; DELETE FROM audit_entries WHERE tenant_id = $T \
             AND id IN (SELECT entry_id FROM audit_seals WHERE tenant_id = $T AND sequence <= 3); \
             DELETE FROM audit_seals WHERE tenant_id = $T AND sequence <= 3";
        tamper(&world, district.tenant, sql).await?;
        let of_start = (Some(3), Break::HeadUnreadable);
        let anchor = Anchored {
            tenant: district.tenant,
            at: world.db.now(),
            sequence: third.sequence,
            hash: third.hash,
        };
        let faults = vec![of_end, of_start, of_seventh];
        assert_eq!(named(&world, &district, &[]).await?, (faults.clone(), end - 5));
        assert_eq!(named(&world, &district, &[anchor]).await?, (faults, end - 4));
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_seal_that_cannot_be_read_is_named_and_the_chain_is_walked() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let (world, district) = sealed(backend).await?;
        let end = world.db.chain_ends().await?[0].sequence;
        let mut sql = format!(
            "UPDATE audit_seals SET hash = {} WHERE tenant_id = $T AND sequence = 2; \
             UPDATE audit_seals SET format = 7 WHERE tenant_id = $T AND sequence = 4",
            bytes(&world, &[1; 31])
        );
        let mut bad = vec![2, 4];
        if backend == Backend::Sqlite {
            let entry = "tenant_id = $T AND id = (SELECT entry_id FROM audit_seals WHERE tenant_id = $T AND sequence =";
            sql.push_str("; UPDATE audit_seals SET format = 5000000000 WHERE tenant_id = $T AND sequence = 6; ");
            sql.push_str(&format!("UPDATE audit_entries SET account_id = x'01' WHERE {entry} 8); "));
            sql.push_str(&format!("UPDATE audit_entries SET target = CAST(x'ff' AS TEXT) WHERE {entry} 9); "));
            sql.push_str("UPDATE audit_seals SET entry_id = x'02' WHERE tenant_id = $T AND sequence = 10; ");
            // Whose head is nobody's, and an entry that nobody sealed.
            sql.push_str("INSERT INTO audit_heads VALUES (x'03', 1, x'04', 0, x'05')");
            bad.extend([6, 8, 9, 10]);
        }
        tamper(&world, district.tenant, &sql).await?;
        let mut faults: Vec<Named> = bad.iter().map(|place| (Some(*place), Break::Unreadable)).collect();
        let whole = end - i64::try_from(bad.len())?;
        if backend == Backend::Sqlite {
            // The entry of the tenth place has no seal any more.
            faults.push((None, Break::NeverSealed));
            assert_eq!(world.db.chained_tenants().await?, [district.tenant]);
        }
        assert_eq!(named(&world, &district, &[]).await?, (faults, whole));
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn numbers_beyond_every_chain_overturn_nothing() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let (world, district) = sealed(backend).await?;
        let most = i64::MAX;
        let sql = format!("UPDATE audit_heads SET sequence = {most} WHERE tenant_id = $T");
        tamper(&world, district.tenant, &sql).await?;
        let end = named(&world, &district, &[]).await?;
        assert_eq!(end.0, [(Some(end.1 + 1), Break::TailCut)]);
        let sql = format!("UPDATE audit_heads SET gone = {most} WHERE tenant_id = $T");
        tamper(&world, district.tenant, &sql).await?;
        let anchor =
            Anchored { tenant: district.tenant, at: world.db.now(), sequence: most - 1, hash: [1; 32] };
        let wanted = [
            (Some(most), Break::RemovedEarly),
            (Some(1), Break::BeforeBeginning),
            (Some(most), Break::TailCut),
        ];
        assert_eq!(named(&world, &district, &[anchor]).await?, (wanted.to_vec(), 0));
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn two_seals_at_one_place_hide_nothing() -> anyhow::Result<()> {
    on_postgres(async |template| {
        let (world, district) = sealed(template.backend()).await?;
        // The key of a file is not taken away without writing the table anew.
        let sql = "ALTER TABLE audit_seals DROP CONSTRAINT audit_seals_pkey; \
             INSERT INTO audit_seals SELECT tenant_id, sequence, gen_random_uuid(), format, hash, 0 \
             FROM audit_seals WHERE tenant_id = $T AND sequence = 4";
        tamper(&world, district.tenant, sql).await?;
        let (faults, _) = named(&world, &district, &[]).await?;
        assert_eq!(faults.first(), Some(&(Some(4), Break::Twice)), "{faults:?}");
        Ok(())
    })
    .await
}
