//! `kill -9` while people write: what they were told is there once, what is in doubt happens once when it
//! is sent again, and whatever was half done is not there (R1).

use std::time::Duration;

use anyhow::{Context as _, ensure};
use fengqiao_domain::kernel::clock::{Clock as _, SystemClock};
use fengqiao_domain::kernel::id::Timestamp;
use fengqiao_tests::{Backend, Household, Places, Running, Served, account_id, on_backends};
use serde_json::json;

use super::ledger::{self, Before};
use super::load::{Load, People};
use super::{seed, steered, until};
use crate::sweep::chance::Chance;
use crate::webhooks::receiver::{Receiver, Reply, reply};

/// Kills in every run; `FENGQIAO_FAULTS_KILLS` asks for more.
const KILLS: u64 = 5;

#[tokio::test(flavor = "multi_thread")]
async fn an_acknowledged_write_outlives_the_process_and_happens_once() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let home = Household::new(backend).await?;
        let mut chance = Chance(seed()?);
        let mut load = Load::new(seed()?);
        let mut running = home.start().await?;
        let before = Before::of(&home).await?;
        let mut doubts = 0;
        for kill in 1..=steered("FENGQIAO_FAULTS_KILLS", KILLS)? {
            let people = People::sign_in(&running).await?;
            let writing = load.begin(&people);
            // The instant of the fault, not a wait for anything.
            tokio::time::sleep(Duration::from_millis(100 + chance.below(600) as u64)).await;
            running.kill()?;
            load = writing.stop().await?;
            doubts += load.doubts();
            running = home.start().await.with_context(|| format!("after kill {kill}"))?;
            let people = People::sign_in(&running).await?;
            load = load.begin(&people).settle().await?;
            ledger::agrees(&home, &load, before).await.with_context(|| format!("after kill {kill}"))?;
        }
        ensure!(doubts > 0, "no kill ever met a write");
        let people = People::sign_in(&running).await?;
        load.repeat(&people).await?;
        ledger::agrees(&home, &load, before).await.context("after everything was sent again")?;
        let log = home.log()?;
        ensure!(!log.contains("ERROR") && !log.contains("panicked"), "{log}");
        println!("{backend}: {} writes acknowledged, {doubts} were in doubt", load.numbers().0);
        Ok(())
    })
    .await
}

/// For an answer of the receiver; a lease lasts a little longer.
const WEBHOOKS: &str = "[webhooks]\nallow_http = true\nallowed_networks = [\"127.0.0.0/8\"]\nanswer_seconds = 1\nlook_millis = 50\n";
/// From when a message is taken until it is anybody's again, in microseconds.
const LEASE: i64 = 51_000_000;

/// What a process had for itself when it was killed is nobody's after its lease: so much later it is now. How much there was of it.
async fn leases_end(home: &Household, killed: Timestamp) -> anyhow::Result<usize> {
    let sql = format!(
        "UPDATE webhook_deliveries SET lease_until_at = 0 WHERE lease_until_at BETWEEN 1 AND {} \
         RETURNING CAST(tries AS TEXT)",
        killed.micros() + LEASE
    );
    Ok(home.texts(&sql).await?.len())
}

/// A webhook of whoever sees all that the load writes.
async fn hook(running: &Running, url: &str) -> anyhow::Result<()> {
    let security = running.sign_in("security.admin@150302").await?;
    let station = running.sign_in("xindi.station@150302").await?;
    let input = json!({"accountId": account_id(&station).await?, "role": "API_CLIENT",
        "target": {"unitId": Places::of(&security).unit("150302").await?}});
    security.mutate("roleGrantCreate", "userErrors { code }", input).await?.payload()?;
    let program = running.sign_in("xindi.station@150302").await?.into_program();
    let input = json!({"name": "drill", "url": url});
    program.mutate("webhookCreate", "webhook { id } userErrors { code }", input).await?.payload()?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_acknowledged_is_told_whenever_the_process_is_killed() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let (home, receiver) = (Household::new(backend).await?, Receiver::open().await?);
        home.configure(WEBHOOKS)?;
        receiver.always(Reply { after: Duration::from_millis(20), ..reply(204) });
        let mut chance = Chance(seed()?);
        let mut load = Load::new(seed()?);
        let mut running = home.start().await?;
        hook(&running, &receiver.url("/drill")).await?;
        let before = Before::of(&home).await?;
        let (mut cut, mut came) = (0, vec![]);
        for kill in 1..=steered("FENGQIAO_FAULTS_KILLS", KILLS)? {
            let writing = load.begin(&People::sign_in(&running).await?);
            // The instant of the fault; of two, one while messages are under way, however slow the machine is.
            tokio::time::sleep(Duration::from_millis(300 + chance.below(600) as u64)).await;
            if kill % 2 == 0 {
                let comes = async || Ok(!receiver.came().is_empty());
                until("a message comes", Duration::from_secs(30), comes).await?;
            }
            running.kill()?;
            let killed = SystemClock.now();
            load = writing.stop().await?;
            running = home.start().await.with_context(|| format!("after kill {kill}"))?;
            cut += leases_end(&home, killed).await?;
            load = load.begin(&People::sign_in(&running).await?).settle().await?;
            until(
                "everything is told",
                Duration::from_secs(30),
                async || Ok(home.number(UNTOLD).await? == 0),
            )
            .await
            .with_context(|| format!("after kill {kill}"))?;
            came.extend(receiver.take().into_iter().map(|message| (message.id.clone(), message.said())));
            ledger::agrees(&home, &load, before).await.with_context(|| format!("after kill {kill}"))?;
            ledger::was_told(&home, &load, &came).await.with_context(|| format!("after kill {kill}"))?;
        }
        ensure!(cut > 0, "no kill ever met a message");
        println!("{backend}: {} writes acknowledged, {} messages came", load.numbers().0, came.len());
        Ok(())
    })
    .await
}

/// What of the outbox has no place yet, was not looked at by the webhook or waits to be taken.
const UNTOLD: &str = "SELECT CAST((SELECT count(*) FROM outbox_events WHERE position IS NULL)
    + (SELECT count(*) FROM webhooks w JOIN outbox_heads h ON h.tenant_id = w.tenant_id WHERE w.position <> h.position)
    + (SELECT count(*) FROM webhook_deliveries WHERE state = 'waiting') AS TEXT)";

#[tokio::test(flavor = "multi_thread")]
async fn what_sqlite_acknowledges_is_on_its_disk() -> anyhow::Result<()> {
    on_backends(async |backend| {
        if backend == Backend::Postgres {
            return Ok(());
        }
        let served =
            Served::demo_with(backend, |settings| settings.database.lock_timeout_seconds = 2).await?;
        let pragmas = served.app.services.db.pragmas().await?;
        // 2 is FULL. A reader waits as long as the writer and sees the same constraints.
        let wanted =
            [("journal_mode", "wal"), ("synchronous", "2"), ("foreign_keys", "1"), ("busy_timeout", "2000")];
        for (name, value) in wanted {
            let found: Vec<&str> =
                pragmas.iter().filter(|(of, _)| of == name).map(|(_, value)| value.as_str()).collect();
            assert_eq!(found, [value; 2], "{name} of the writer and of a reader");
        }
        Ok(())
    })
    .await
}
