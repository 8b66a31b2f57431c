//! Many tickets, each sent several times, in any order, to two servers at once: as many cases as there are tickets (H1).

use anyhow::ensure;
use fengqiao_tests::{Backend, on_backends};
use futures::StreamExt as _;
use serde_json::json;

use super::{Partner, order};
use crate::faults::{seed, steered};
use crate::sweep::chance::Chance;
use crate::webhooks::Desk;

/// Tickets in every run; `FENGQIAO_EXCHANGE_TICKETS` asks for more.
const TICKETS: u64 = 60;
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
        let account = other.as_ref().map_or_else(|| partner.account.clone(), |other| other.anonymous());
        let beside = Partner { account, ..partner.copy() };
        let tickets = steered("FENGQIAO_EXCHANGE_TICKETS", TICKETS)?;
        let before = desk.served.world.number("SELECT count(*) FROM cases").await?;
        let mut chance = Chance(seed()?);
        let mut sent = vec![];
        for number in 0..tickets {
            for _ in 0..chance.below(4) + 1 {
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
