//! The road to a receiver of webhooks breaks in the midst of an answer, falls silent or becomes slow: what is told is told at least once
//! under the same id and in the order of its case, nobody else waits for it, and it is given up in the end (R7).

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use fengqiao_api::config::Settings;
use fengqiao_domain::webhooks::Round;
use fengqiao_tests::{Backend, Dam, Matter, on_backends};
use serde_json::{Value, json};

use super::{seed, steered};
use crate::sweep::chance::Chance;
use crate::webhooks::failing::WAITS;
use crate::webhooks::receiver::{Message, Receiver, Reply, reply};
use crate::webhooks::{Desk, Hook, at_home, placed};

/// For an answer, from the connection to the last byte.
const SET: Duration = Duration::from_secs(1);
/// What a busy machine adds to a time that is kept.
const SLACK: Duration = Duration::from_secs(2);
/// Longer than any wait between two attempts, with its jitter.
const DAYS: i64 = 2 * 86_400;
/// Rounds by chance in every run; `FENGQIAO_FAULTS_ROADS` asks for more.
const ROUNDS: u64 = 12;

/// A desk whose receiver lies behind a dam.
struct Far {
    desk: Desk,
    dam: Dam,
    hook: Hook,
}

impl Far {
    async fn open(backend: Backend) -> anyhow::Result<Self> {
        Self::open_with(backend, |settings| {
            at_home(settings);
            settings.webhooks.answer_seconds = u32::try_from(SET.as_secs()).unwrap_or(1);
        })
        .await
    }

    async fn open_with(backend: Backend, adjust: impl FnOnce(&mut Settings)) -> anyhow::Result<Self> {
        let desk = Desk::open_with(backend, adjust).await?;
        let dam = Dam::before(([127, 0, 0, 1], desk.receiver.port()).into()).await?;
        let station = desk.integrator("xindi.station").await?;
        let hook = desk.hook(&station, json!({ "url": format!("http://{}/far", dam.address()) })).await?;
        Ok(Self { desk, dam, hook })
    }

    /// One round within the time that is set.
    async fn round(&self) -> anyhow::Result<Round> {
        placed(&self.desk.served).await?;
        let begun = Instant::now();
        let round = self.desk.dispatcher.round().await?;
        ensure!(begun.elapsed() < SET + SLACK, "{:?}", begun.elapsed());
        Ok(round)
    }

    /// What is known of each delivery, newest first.
    async fn deliveries(&self) -> anyhow::Result<Vec<Value>> {
        let station = self.desk.person("xindi.station").await?;
        self.desk.deliveries(&station, &self.hook, "state attempts { httpCode fault }").await
    }
}

fn ids(messages: &[Message]) -> BTreeSet<&str> {
    messages.iter().map(|message| message.id.as_str()).collect()
}

/// What a road does, and what is written down of an attempt on it.
type Fault = (&'static str, fn(&Dam), &'static str);

const FAULTS: [Fault; 5] = [
    ("reset before the answer", |dam| dam.break_after(0), "UNREACHABLE"),
    ("reset in the midst of the status", |dam| dam.break_after(7), "UNREACHABLE"),
    ("silent before the answer", |dam| dam.close_after(0), "TIMED_OUT"),
    ("silent in the midst of the head", |dam| dam.close_after(20), "TIMED_OUT"),
    ("too late", |dam| dam.delay(SET * 2), "TIMED_OUT"),
];

#[tokio::test(flavor = "multi_thread")]
async fn what_got_no_answer_is_sent_again_under_its_id_and_once_more_only() -> anyhow::Result<()> {
    on_backends(async |backend| {
        for (what, breaks, fault) in FAULTS {
            let far = Far::open(backend).await?;
            far.desk.report().await?;
            breaks(&far.dam);
            assert_eq!(far.round().await?, Round { enqueued: 1, attempts: 1 }, "{what}");
            // Nothing is due, however often somebody looks.
            assert_eq!(far.round().await?, Round::default(), "{what}");
            far.dam.open();
            far.desk.served.pass_seconds(60);
            assert_eq!(far.round().await?, Round { enqueued: 0, attempts: 1 }, "{what}");
            far.desk.served.pass_seconds(DAYS);
            assert_eq!(far.round().await?, Round::default(), "{what}");
            let came = far.desk.receiver.take();
            ensure!((1..=2).contains(&came.len()) && ids(&came).len() == 1, "{what}: {came:?}");
            let attempts = json!([{"httpCode": null, "fault": fault}, {"httpCode": 204, "fault": null}]);
            let wanted = json!({"state": "DELIVERED", "attempts": attempts});
            assert_eq!(far.deliveries().await?, [wanted], "{what}");
        }
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_comes_late_or_breaks_off_after_its_status_is_one() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let far = Far::open(backend).await?;
        far.dam.delay(SET / 4);
        far.desk.report().await?;
        assert_eq!(far.round().await?, Round { enqueued: 1, attempts: 1 });
        let usual = far.dam.passed();
        let text = "收到了".repeat(100);
        let long = Reply { text, ..reply(200) };
        far.desk.receiver.answers([long]);
        far.desk.report().await?;
        // The head has passed, and the text is on its way.
        far.dam.close_after(usual + 60);
        assert_eq!(far.round().await?, Round { enqueued: 1, attempts: 1 });
        far.dam.open();
        far.desk.served.pass_seconds(DAYS);
        assert_eq!(far.round().await?, Round::default());
        assert_eq!(far.desk.receiver.take().len(), 2);
        for delivery in far.deliveries().await? {
            assert_eq!(
                (&delivery["state"], delivery["attempts"].as_array().map(Vec::len)),
                (&json!("DELIVERED"), Some(1))
            );
        }
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_road_that_stays_broken_is_given_up_in_the_end() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let far = Far::open(backend).await?;
        far.dam.break_after(0);
        far.desk.report().await?;
        for wait in WAITS {
            assert_eq!(far.round().await?.attempts, 1, "before {wait}");
            assert_eq!(far.round().await?.attempts, 0, "before {wait} is over");
            far.desk.served.pass_seconds(wait * 6 / 5 + 1);
        }
        assert_eq!(far.round().await?.attempts, 1, "the last one");
        far.desk.served.pass_seconds(DAYS);
        assert_eq!(far.round().await?, Round::default());
        let deliveries = far.deliveries().await?;
        let attempts = deliveries.first().and_then(|one| one["attempts"].as_array()).map(Vec::len);
        assert_eq!((&deliveries[0]["state"], attempts), (&json!("FAILED"), Some(WAITS.len() + 1)));
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn unless_somebody_sets_it_a_receiver_is_waited_for_ten_seconds() -> anyhow::Result<()> {
    on_backends(async |backend| {
        // The wait has nothing to do with the database.
        if backend == Backend::Postgres {
            return Ok(());
        }
        let far = Far::open_with(backend, at_home).await?;
        far.dam.close_after(0);
        far.desk.report().await?;
        placed(&far.desk.served).await?;
        let begun = Instant::now();
        assert_eq!(far.desk.dispatcher.round().await?, Round { enqueued: 1, attempts: 1 });
        let (waited, set) = (begun.elapsed(), Duration::from_secs(10));
        ensure!(set <= waited && waited < set + SLACK, "{waited:?}");
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_silent_receiver_holds_up_nobody_else() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let far = Far::open(backend).await?;
        let near = Receiver::open().await?;
        let station = far.desk.person("xindi.station").await?.into_program();
        far.desk.hook(&station, json!({ "url": near.url("/near") })).await?;
        far.dam.close_after(0);
        let look = Duration::from_millis(20);
        let told = async {
            for number in 1..=3 {
                far.desk.report().await?;
                let begun = Instant::now();
                while near.came().len() < number {
                    ensure!(begun.elapsed() < SET, "message {number} waits for another receiver");
                    tokio::time::sleep(Duration::from_millis(5)).await;
                }
            }
            anyhow::Ok(())
        };
        tokio::select! {
            () = far.desk.dispatcher.run(look) => anyhow::bail!("it ended"),
            told = told => told?,
        }
        Ok(())
    })
    .await
}

/// The first coming of each message, by case.
fn versions(came: &[Message]) -> BTreeMap<String, Vec<i64>> {
    let (mut seen, mut versions) = (BTreeSet::new(), BTreeMap::<String, Vec<i64>>::new());
    for message in came.iter().filter(|message| seen.insert(message.id.clone())) {
        let said = message.said();
        let subject = said["subject"].as_str().unwrap_or_default().to_owned();
        versions.entry(subject).or_default().push(said["data"]["version"].as_i64().unwrap_or_default());
    }
    versions
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_becomes_of_the_road_each_case_is_told_in_its_order() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let far = Far::open(backend).await?;
        let mut chance = Chance(seed()?);
        let mut wanted: BTreeMap<String, Vec<i64>> = BTreeMap::new();
        for round in 1..=steered("FENGQIAO_FAULTS_ROADS", ROUNDS)? {
            let station = far.desk.person("xindi.station").await?;
            let mut matter: Matter = far.desk.report().await?;
            matter.act(&station, "caseAccept", json!({})).await?;
            matter.act(&station, "caseComment", json!({"text": "看过了", "audience": "EVERYONE"})).await?;
            wanted.insert(matter.id.clone(), vec![1, 2, 3]);
            let bytes = chance.below(200) as u64;
            match chance.below(4) {
                0 => far.dam.break_after(bytes),
                1 => far.dam.close_after(bytes),
                2 => far.dam.delay(SET / 10),
                _ => far.dam.open(),
            }
            placed(&far.desk.served).await?;
            far.desk.dispatcher.round().await.with_context(|| format!("round {round}"))?;
            far.desk.served.pass_seconds(60);
        }
        far.dam.open();
        for _ in 0..20 {
            far.round().await?;
            far.desk.served.pass_seconds(3_600);
        }
        assert_eq!(far.round().await?, Round::default());
        let came = far.desk.receiver.take();
        assert_eq!(versions(&came), wanted);
        let states = "SELECT count(*) FROM webhook_deliveries WHERE state = 'delivered'";
        let told = i64::try_from(wanted.len() * 3)?;
        assert_eq!(far.desk.served.world.number(states).await?, told);
        assert_eq!(far.desk.served.world.number("SELECT count(*) FROM webhook_deliveries").await?, told);
        assert_eq!(i64::try_from(ids(&came).len())?, told);
        println!("{backend}: {told} messages came {} times", came.len());
        Ok(())
    })
    .await
}
