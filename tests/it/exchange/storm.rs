//! Many tickets, each sent several times, in any order, to two servers at once, or to one that is killed: as many cases as there are
//! tickets (H1).

use std::time::Duration;

use anyhow::{Context as _, ensure};
use fengqiao_domain::kernel::clock::{Clock as _, SystemClock};
use fengqiao_tests::{Answer, Backend, Household, on_backends};
use futures::StreamExt as _;
use serde_json::json;

use super::{Partner, order};
use crate::faults::{seed, steered, until};
use crate::sweep::chance::Chance;
use crate::webhooks::Desk;

/// Tickets in every run; `FENGQIAO_EXCHANGE_TICKETS` asks for more.
const TICKETS: u64 = 60;
/// Kills in every run; `FENGQIAO_EXCHANGE_KILLS` asks for more.
const KILLS: u64 = 3;
/// Tickets that are on their way when the server is killed.
const BATCH: usize = 40;
/// Messages on their way at a time.
const AT_ONCE: usize = 8;

#[tokio::test(flavor = "multi_thread")]
async fn each_ticket_becomes_one_case() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let desk = Desk::open(backend).await?;
        let partner = Partner::hotline(&desk, json!({})).await?;
        let other = match backend {
            Backend::Postgres => Some(desk.served.beside(|_| {}).await?),
            Backend::Sqlite => None,
        };
        let account =
            other.as_ref().map_or_else(|| partner.account.clone(), fengqiao_tests::Served::anonymous);
        let beside = Partner { account, ..partner.copy() };
        let tickets = steered("FENGQIAO_EXCHANGE_TICKETS", TICKETS)?;
        let before = desk.served.world.number("SELECT count(*) FROM cases").await?;
        let mut chance = Chance(seed()?);
        let mut sent = vec![];
        for number in 0..tickets {
            for _ in 0..=chance.below(4) {
                sent.push((chance.below(usize::MAX), number));
            }
        }
        sent.sort_unstable();
        let sends = sent.into_iter().enumerate().map(|(at, (_, number))| {
            let by = if at % 2 == 0 { &partner } else { &beside };
            async move { anyhow::Ok((number, by.send(&order(&format!("WH-{number}"))).await?)) }
        });
        let answers: Vec<_> = futures::stream::iter(sends).buffer_unordered(AT_ONCE).collect().await;
        let (mut ids, mut created) = (std::collections::BTreeMap::new(), 0);
        for answer in answers {
            let (number, answer) = answer?;
            ensure!(matches!(answer.status, 200 | 201), "{number}: {}", answer.text);
            created += u64::from(answer.status == 201);
            let id = answer.body["case"]["id"].clone();
            let first = ids.entry(number).or_insert_with(|| id.clone());
            ensure!(*first == id, "{number} is two cases");
        }
        assert_eq!((created, ids.len() as u64), (tickets, tickets));
        let after = desk.served.world.number("SELECT count(*) FROM cases").await?;
        assert_eq!(u64::try_from(after - before)?, tickets);
        Ok(())
    })
    .await
}

/// Sends a batch to a server that runs by the clock on the wall: as many answers as came.
async fn send(partner: &Partner, batch: u64) -> Vec<Answer> {
    let at = SystemClock.now().micros() / 1_000_000;
    let sends = (0..BATCH).map(|number| async move {
        let mut order = order(&format!("WH-{batch}-{number}"));
        order["order"]["time"] = serde_json::Value::Null;
        let body = json!({"type": "ticket.sent", "data": order}).to_string();
        Answer::of(partner.signed("msg", at, &body)?).await
    });
    let answers: Vec<_> = futures::stream::iter(sends).buffer_unordered(AT_ONCE).collect().await;
    answers.into_iter().flatten().collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_on_its_way_when_the_server_was_killed_comes_once() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let home = Household::new(backend).await?;
        let mut running = home.start().await?;
        let mut partner = Partner::set_up(running.sign_in("hotline.api@150302").await?, json!({})).await?;
        let mut chance = Chance(seed()?);
        let (kills, mut parted) = (steered("FENGQIAO_EXCHANGE_KILLS", KILLS)?, 0);
        for kill in 1..=kills {
            let count = format!(
                "SELECT CAST(count(*) AS TEXT) FROM cases WHERE external_source = '12345' AND external_number LIKE 'WH-{kill}-%'"
            );
            let least = 1 + chance.below(BATCH / 2);
            let killed = async {
                let begun = async || Ok(home.number(&count).await? >= least);
                until("it has begun", Duration::from_secs(8), begun).await?;
                running.kill()
            };
            let (heard, killed) = futures::join!(send(&partner, kill), killed);
            killed?;
            running = home.start().await.with_context(|| format!("after kill {kill}"))?;
            parted += u64::from(home.number(&count).await? < BATCH);
            let known: Vec<_> = heard.iter().map(|answer| answer.body["case"]["id"].clone()).collect();
            partner.account = running.sign_in("hotline.api@150302").await?;
            let again = send(&partner, kill).await;
            ensure!(again.len() == BATCH && again.iter().all(|answer| matches!(answer.status, 200 | 201)));
            let ids: Vec<_> = again.iter().map(|answer| answer.body["case"]["id"].clone()).collect();
            ensure!(known.iter().all(|id| ids.contains(id)), "what was acknowledged is gone");
            assert_eq!(home.number(&count).await?, BATCH);
            let tickets = count.replace("cases", "exchange_tickets").replace("external_source = '12345' AND external_number", "number");
            assert_eq!(home.number(&tickets).await?, BATCH);
        }
        ensure!(parted > 0, "no kill ever met a batch");
        Ok(())
    })
    .await
}
