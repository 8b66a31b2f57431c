//! Whatever somebody who owns the database does to a chain is named by its place.

use fengqiao_domain::ChainReport;
use fengqiao_domain::kernel::chain::{self, Audited, Break};
use fengqiao_tests::{APP, Backend, OWNER, WORKER, on_backends, on_each, on_postgres};
use sqlx::{AssertSqlSafe, Executor as _};

use super::{at, broken, bytes, literal, seal, sealed, tamper, trail, verify, write};

/// The entry at a place, in SQL.
fn entry(place: i64) -> String {
    format!("(SELECT entry_id FROM audit_seals WHERE tenant_id = $T AND sequence = {place})")
}

#[tokio::test(flavor = "multi_thread")]
async fn every_entry_has_its_place_and_the_hash_that_the_words_say() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let (world, district) = sealed(backend).await?;
        let entries = trail(&world, &district).await?;
        let count = i64::try_from(entries.len())?;
        let whole = ChainReport { sealed: count, waiting: 1, overdue: 0, faults: vec![] };
        assert_eq!(verify(&world, district.tenant, &[]).await?, whole, "reading it left one that waits");
        let mut before = chain::BEGINNING;
        for (entry, place) in entries.into_iter().zip(1..) {
            let seal = entry.seal.expect("it is sealed");
            let audited = Audited {
                tenant: district.tenant,
                id: entry.id,
                at: entry.at,
                account: entry.account,
                action: entry.action,
                target: entry.target,
                request_id: entry.request_id,
                detail: entry.detail,
            };
            before = chain::link(&before, place, &audited);
            assert_eq!((seal.sequence, seal.hash), (place, before));
        }
        // Nothing is sealed twice, and what comes later follows.
        assert_eq!(seal(&world).await?, 1);
        assert_eq!(seal(&world).await?, 0);
        let whole = ChainReport { sealed: count + 1, waiting: 0, overdue: 0, faults: vec![] };
        assert_eq!(verify(&world, district.tenant, &[]).await?, whole);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_is_done_to_the_middle_is_named_by_its_place() -> anyhow::Result<()> {
    let swapped = |what: &str| {
        format!(
            "UPDATE audit_seals SET {what} = -{what} WHERE tenant_id = $T AND {what} IN (4, 7); \
             UPDATE audit_seals SET {what} = CASE WHEN {what} = -4 THEN 7 ELSE 4 END WHERE tenant_id = $T AND {what} < 0"
        )
    };
    let columns = "tenant_id, at, account_id, action, request_id";
    let inserted = format!(
        "INSERT INTO audit_entries (id, target, detail, {columns}) SELECT $E, 'forged', '{{}}', {columns} \
         FROM audit_entries WHERE tenant_id = $T AND id = {}; \
         UPDATE audit_seals SET sequence = -sequence - 1 WHERE tenant_id = $T AND sequence >= 4; \
         UPDATE audit_seals SET sequence = -sequence WHERE tenant_id = $T AND sequence < 0; \
         INSERT INTO audit_seals (tenant_id, sequence, entry_id, format, hash, sealed_at) \
         SELECT tenant_id, 4, $E, format, hash, sealed_at FROM audit_seals WHERE tenant_id = $T AND sequence = 3; \
         UPDATE audit_heads SET sequence = sequence + 1 WHERE tenant_id = $T; DELETE FROM audit_pending WHERE entry_id = $E",
        entry(4)
    );
    let cases = [
        (Break::Edited, format!("UPDATE audit_entries SET detail = '{{\"a\":1}}' WHERE id = {}", entry(4))),
        (Break::Edited, format!("UPDATE audit_entries SET target = 'other' WHERE id = {}", entry(4))),
        (Break::Deleted, format!("DELETE FROM audit_entries WHERE id = {}", entry(4))),
        (
            Break::SealGone,
            format!(
                "DELETE FROM audit_entries WHERE id = {}; DELETE FROM audit_seals WHERE tenant_id = $T AND sequence = 4",
                entry(4)
            ),
        ),
        (Break::Reordered, swapped("sequence")),
        (Break::Inserted, inserted),
    ];
    on_each(async |template| {
        for (what, sql) in &cases {
            let (world, district) = sealed(template.backend()).await?;
            let never = sqlx::types::Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0000);
            // The place of seals is checked to be above nothing.
            if world.db.is_postgres() {
                world.run_sql("ALTER TABLE audit_seals DROP CONSTRAINT audit_seals_sequence_check").await?;
            }
            let sql = sql.replace("$E", &literal(&world, never));
            let sql = if world.db.is_postgres() {
                sql
            } else {
                format!("PRAGMA ignore_check_constraints = ON; {sql}; PRAGMA ignore_check_constraints = OFF")
            };
            tamper(&world, district.tenant, &sql).await?;
            let report = verify(&world, district.tenant, &[]).await?;
            assert_eq!(broken(&report)?, (Some(4), *what), "{sql}");
        }
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_entry_that_was_sealed_anew_breaks_what_follows() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let (world, district) = sealed(backend).await?;
        let before = at(&world, &district, 3).await?.seal.expect("it is sealed").hash;
        let fourth = at(&world, &district, 4).await?;
        let forged = Audited {
            tenant: district.tenant,
            id: fourth.id,
            at: fourth.at,
            account: fourth.account,
            action: fourth.action,
            target: "other".to_owned(),
            request_id: fourth.request_id,
            detail: fourth.detail,
        };
        let hash = bytes(&world, &chain::link(&before, 4, &forged));
        let sql = format!(
            "UPDATE audit_entries SET target = 'other' WHERE tenant_id = $T AND id = {}; \
             UPDATE audit_seals SET hash = {hash} WHERE tenant_id = $T AND sequence = 4",
            literal(&world, fourth.id.uuid())
        );
        tamper(&world, district.tenant, &sql).await?;
        let report = verify(&world, district.tenant, &[]).await?;
        // By the hash that stands at the fifth the others are whole.
        assert_eq!((broken(&report)?, report.faults.len()), ((Some(5), Break::Edited), 1));
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_never_sealed_is_found_too() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let (world, district) = sealed(backend).await?;
        write(&world, &district, 20, 2).await?;
        world.clock.advance_seconds(61);
        let report = verify(&world, district.tenant, &[]).await?;
        assert_eq!((report.waiting, report.overdue, report.faults), (2, 2, vec![]));
        // Somebody keeps an entry from being sealed; then they remove one before it was.
        tamper(&world, district.tenant, "DELETE FROM audit_pending WHERE tenant_id = $T").await?;
        let report = verify(&world, district.tenant, &[]).await?;
        assert_eq!((broken(&report)?, report.waiting), ((None, Break::NeverSealed), 0));
        let (world, district) = sealed(backend).await?;
        write(&world, &district, 20, 1).await?;
        let removed =
            "DELETE FROM audit_entries WHERE tenant_id = $T AND id IN (SELECT entry_id FROM audit_pending)";
        tamper(&world, district.tenant, removed).await?;
        assert_eq!(broken(&verify(&world, district.tenant, &[]).await?)?, (None, Break::Deleted));
        // Neither keeps the sealer from the others.
        write(&world, &district, 30, 3).await?;
        assert_eq!(seal(&world).await?, 3);
        Ok(())
    })
    .await
}

/// What nobody may do, whatever their role: the guards refuse, or the rights do.
const FORBIDDEN: [&str; 7] = [
    "UPDATE audit_entries SET action = 'x'",
    "DELETE FROM audit_entries",
    "UPDATE audit_seals SET sealed_at = 0",
    "DELETE FROM audit_seals",
    "DELETE FROM audit_heads",
    "UPDATE audit_heads SET sequence = 1",
    "UPDATE audit_heads SET tenant_id = tenant_id, sequence = sequence - 1",
];

/// What would replace rows on SQLite, or make a row that can be replaced, and the one guard that stands in its way.
pub(crate) const REPLACING: [(&str, &str); 10] = [
    (
        "audit_entries_not_replaced",
        "INSERT OR REPLACE INTO audit_entries SELECT tenant_id, id, at, account_id, 'x', target, request_id, detail FROM audit_entries",
    ),
    (
        "audit_entries_not_replaced",
        "INSERT OR REPLACE INTO audit_entries (rowid, tenant_id, id, at, action, target, request_id, detail) \
         SELECT rowid, tenant_id, randomblob(16), at, 'x', target, request_id, detail FROM audit_entries LIMIT 1",
    ),
    (
        "audit_entries_counted",
        "INSERT INTO audit_entries (rowid, tenant_id, id, at, action, target, request_id, detail) \
         SELECT -1, tenant_id, randomblob(16), at, 'x', target, request_id, detail FROM audit_entries LIMIT 1",
    ),
    (
        "audit_seals_not_replaced",
        "INSERT OR REPLACE INTO audit_seals SELECT tenant_id, sequence + 1000, entry_id, format, hash, 1 FROM audit_seals LIMIT 1",
    ),
    (
        "audit_seals_not_replaced",
        "INSERT OR REPLACE INTO audit_seals (rowid, tenant_id, sequence, entry_id, format, hash, sealed_at) \
         SELECT rowid, tenant_id, sequence + 1000, randomblob(16), format, hash, 1 FROM audit_seals LIMIT 1",
    ),
    (
        "audit_seals_counted",
        "INSERT INTO audit_seals (rowid, tenant_id, sequence, entry_id, format, hash, sealed_at) \
         SELECT -1, tenant_id, sequence + 1000, randomblob(16), format, hash, 1 FROM audit_seals LIMIT 1",
    ),
    (
        "audit_heads_not_replaced",
        "INSERT OR REPLACE INTO audit_heads SELECT tenant_id, sequence - 1, hash, 0, gone_hash FROM audit_heads",
    ),
    (
        "audit_heads_not_replaced",
        "INSERT OR REPLACE INTO audit_heads (rowid, tenant_id, sequence, hash, gone, gone_hash) \
         SELECT rowid, randomblob(16), 0, hash, 0, gone_hash FROM audit_heads",
    ),
    (
        "audit_heads_counted",
        "INSERT INTO audit_heads (rowid, tenant_id, sequence, hash, gone, gone_hash) \
         SELECT -1, randomblob(16), 0, hash, 0, gone_hash FROM audit_heads LIMIT 1",
    ),
    (
        "audit_heads_not_renumbered",
        "INSERT INTO audit_heads SELECT randomblob(16), 0, hash, 0, gone_hash FROM audit_heads LIMIT 1; \
         UPDATE OR REPLACE audit_heads SET rowid = (SELECT max(rowid) FROM audit_heads) \
         WHERE rowid = (SELECT min(rowid) FROM audit_heads)",
    ),
];

#[tokio::test(flavor = "multi_thread")]
async fn sqlite_replaces_nothing_of_the_trail() -> anyhow::Result<()> {
    let (world, district) = sealed(Backend::Sqlite).await?;
    let seals = "INSERT OR REPLACE INTO audit_seals SELECT tenant_id, sequence, entry_id, format, hash, 1 FROM audit_seals";
    let heads = "INSERT OR REPLACE INTO audit_heads SELECT tenant_id, sequence, hash, gone, gone_hash FROM audit_heads";
    let before = (world.rows("audit_entries").await?, world.rows("audit_seals").await?);
    let ends = world.db.chain_ends().await?;
    for (guard, sql) in REPLACING.into_iter().chain([("both", seals), ("it stands", heads)]) {
        let said = world.run_sql(sql).await.expect_err(sql).to_string();
        assert!(said.contains("is only appended to"), "{guard}: {sql}: {said}");
    }
    assert_eq!((world.rows("audit_entries").await?, world.rows("audit_seals").await?), before);
    let own = world.db.chain_ends().await?.into_iter().find(|end| end.tenant == district.tenant);
    assert_eq!(own.map(|end| (end.sequence, end.hash)), Some((ends[0].sequence, ends[0].hash)));
    // What is sealed goes on all the same.
    write(&world, &district, 50, 2).await?;
    assert_eq!(seal(&world).await?, 2);
    assert_eq!(verify(&world, district.tenant, &[]).await?.faults, []);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn every_bad_place_is_named_and_not_only_the_first() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let (world, district) = sealed(backend).await?;
        write(&world, &district, 70, 1).await?;
        let edited = format!(
            "UPDATE audit_entries SET detail = '{{}}' WHERE tenant_id = $T AND id IN ({}, {}); \
             DELETE FROM audit_entries WHERE tenant_id = $T AND id = {}; DELETE FROM audit_pending WHERE tenant_id = $T",
            entry(2),
            entry(5),
            entry(7)
        );
        tamper(&world, district.tenant, &edited).await?;
        let report = verify(&world, district.tenant, &[]).await?;
        let named: Vec<_> = report.faults.iter().map(|fault| (fault.sequence, fault.what)).collect();
        let wanted = [
            (Some(2), Break::Edited),
            (Some(5), Break::Edited),
            (Some(7), Break::Deleted),
            (None, Break::NeverSealed),
        ];
        assert_eq!(named, wanted);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn no_role_changes_or_removes_what_was_written() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let (world, _district) = sealed(backend).await?;
        let rows = async |table: &str| world.rows(table).await;
        let before = (rows("audit_entries").await?, rows("audit_seals").await?, rows("audit_heads").await?);
        for sql in FORBIDDEN {
            let refused = world.run_sql(sql).await;
            let said = refused.expect_err(sql).to_string();
            assert!(said.contains("is only appended to"), "{sql}: {said}");
        }
        let after = (rows("audit_entries").await?, rows("audit_seals").await?, rows("audit_heads").await?);
        assert_eq!(after, before);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn neither_the_application_nor_the_owner_nor_the_worker_gets_past_the_guards() -> anyhow::Result<()> {
    on_postgres(async |template| {
        let (world, district) = sealed(template.backend()).await?;
        let tenant = format!("SET LOCAL app.tenant = '{}'; SET LOCAL app.auditor = '1'", district.tenant.uuid());
        let before = (world.rows("audit_entries").await?, world.rows("audit_seals").await?);
        let emptied = ["TRUNCATE audit_entries", "TRUNCATE audit_seals", "TRUNCATE audit_heads"];
        // A seal of its own for an entry that has none: only the worker seals, and it only goes on.
        let forged = "INSERT INTO audit_seals SELECT tenant_id, sequence + 1000, gen_random_uuid(), format, hash, 0 FROM audit_seals";
        let replaced = "INSERT INTO audit_seals SELECT tenant_id, sequence, gen_random_uuid(), format, hash, 0 FROM audit_seals \
             ON CONFLICT DO NOTHING";
        for role in [APP, WORKER, OWNER] {
            let seals: &[&str] = if role == WORKER { &[replaced] } else { &[forged, replaced] };
            for sql in FORBIDDEN.iter().chain(&emptied).chain(seals) {
                let mut tx = world.pool(role)?.begin().await?;
                tx.execute(AssertSqlSafe(tenant.clone())).await?;
                // The owner's policies let it see nothing; whoever sees something is refused.
                if let Ok(done) = tx.execute(*sql).await {
                    assert_eq!(done.rows_affected(), 0, "{role}: {sql}");
                }
                tx.commit().await?;
            }
        }
        assert_eq!((world.rows("audit_entries").await?, world.rows("audit_seals").await?), before);
        assert_eq!(verify(&world, district.tenant, &[]).await?.faults, []);
        Ok(())
    })
    .await
}
