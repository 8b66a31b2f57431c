//! One sealing key takes another's place while people read, write and look each other up: nobody notices.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use fengqiao_domain::kernel::id::Timestamp;
use fengqiao_domain::kernel::scope::PlatformScope;
use fengqiao_domain::kernel::vault::{Keyring, Suite};
use fengqiao_domain::{Resealer, SEALED_COLUMNS};
use fengqiao_tests::{Actor, Backend, Matter, Places, Served, mutation, on_backends};
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::exchange::open311::{City, WATER, number};
use crate::exchange::{CATEGORY, GRID};
use crate::identity::telephone::{enrolled, outcome};

/// Who lost their telephone.
const LOST: &str = "bailou.worker@150302";
/// The key of the tests.
const OLD: u32 = 7;
/// Whose telephone number is looked up, and whose changes all the time.
const NUMBERS: [&str; 3] = ["10070009876", "10070001111", "10070002222"];
/// Between two steps of somebody at work: the clock stands still, and with it what they may ask for.
const PAUSE: Duration = Duration::from_millis(150);
/// Longer than a server takes to look at the file again.
const LOOK: Duration = Duration::from_millis(1_300);

async fn member(by: &Actor, code: &str, phone: &str) -> anyhow::Result<String> {
    let unit = Places::of(by).unit("150302101203").await?;
    let input = json!({"code": code, "name": "演示·新人", "unitId": unit, "phone": phone});
    let made = by.mutate("staffMemberCreate", "staffMember { id } userErrors { code path }", input).await?;
    Ok(made.payload()?["staffMember"]["id"].as_str().context("an id")?.to_owned())
}

async fn is_found(by: &Actor, phone: &str) -> anyhow::Result<()> {
    let document = "query($filter: StaffMemberFilter) { staffMembers(filter: $filter) { nodes { code } } }";
    let read = by.run(document, json!({"filter": {"phone": phone}})).await?;
    let found = read.data("staffMembers/nodes")?;
    ensure!(*found == json!([{"code": "T-1"}]), "{phone}: {found}");
    Ok(())
}

async fn has_account(by: &Actor) -> anyhow::Result<()> {
    let document = "query($filter: AccountFilter) { accounts(filter: $filter) { nodes { login } } }";
    let read = by.run(document, json!({"filter": {"phone": "10070000035"}})).await?;
    let found = read.data("accounts/nodes")?;
    ensure!(*found == json!([{"login": "xindi.worker"}]), "{found}");
    Ok(())
}

/// Reports, and reads what was reported.
async fn reports(by: &Actor) -> anyhow::Result<()> {
    let matter = Matter::report(by, GRID, CATEGORY).await?;
    describes(by, &matter).await
}

async fn describes(by: &Actor, matter: &Matter) -> anyhow::Result<()> {
    let read = matter.read(by, "description").await?;
    ensure!(read["description"] == "演示：路口的自来水管漏水，路面结冰。", "{read}");
    Ok(())
}

/// Gives somebody the other number, again and again.
async fn moves(by: &Actor, id: &str, version: i64) -> anyhow::Result<()> {
    let phone = NUMBERS[usize::try_from(1 + version % 2)?];
    let input = json!({"staffMemberId": id, "expectedVersion": version, "phone": phone});
    let changed =
        by.mutate("staffMemberUpdate", "staffMember { version } userErrors { code path }", input).await?;
    ensure!(changed.payload()?["staffMember"]["version"] == version + 1, "{}", changed.text);
    Ok(())
}

/// What the people of this test do.
enum Work {
    Report(Actor),
    Read(Actor, Matter),
    LookUp(Actor),
    LookUpAccount(Actor),
    Move(Actor, String),
}

impl Work {
    async fn once(&self, time: usize) -> anyhow::Result<()> {
        match self {
            Self::Report(by) => reports(by).await.context("reporting"),
            Self::Read(by, matter) => describes(by, matter).await.context("reading"),
            Self::LookUp(by) => is_found(by, NUMBERS[0]).await.context("looking somebody up"),
            Self::LookUpAccount(by) => has_account(by).await.context("looking an account up"),
            Self::Move(by, id) => moves(by, id, i64::try_from(time)? + 1).await.context("changing a number"),
        }
    }
}

/// People at work, until they are told to stop: how often each of them did what they do.
struct AtWork {
    stop: Arc<AtomicBool>,
    tasks: JoinSet<anyhow::Result<usize>>,
}

impl AtWork {
    fn new() -> Self {
        Self { stop: Arc::new(AtomicBool::new(false)), tasks: JoinSet::new() }
    }

    fn does(&mut self, work: Work) {
        let stop = Arc::clone(&self.stop);
        self.tasks.spawn(async move {
            let mut times = 0;
            while !stop.load(Ordering::Relaxed) {
                work.once(times).await?;
                times += 1;
                tokio::time::sleep(PAUSE).await;
            }
            Ok(times)
        });
    }

    async fn all_did(self) -> anyhow::Result<Vec<usize>> {
        self.stop.store(true, Ordering::Relaxed);
        self.tasks.join_all().await.into_iter().collect()
    }
}

/// Registers somebody under a key: the same one, however often.
async fn once(by: &Actor) -> anyhow::Result<Value> {
    let unit = Places::of(by).unit("150302101203").await?;
    let input = json!({"code": "T-3", "name": "演示·新人", "unitId": unit, "phone": NUMBERS[1]});
    let document = mutation("staffMemberCreate", "staffMember { id } userErrors { code path }");
    let answer = by.run_with(&document, json!({"input": input}), &[("idempotency-key", "rotated")]).await?;
    Ok(answer.payload()?["staffMember"]["id"].clone())
}

fn file(served: &Served) -> PathBuf {
    served.app.settings.keys.sealing_file.clone()
}

/// Seals everything anew until nothing is left under the old key.
async fn reseal(served: &Served) -> anyhow::Result<u64> {
    let resealer = Resealer::new(served.services().db.clone(), PlatformScope::for_command_line("test"));
    let (begun, mut done) = (Instant::now(), 0);
    loop {
        for column in &SEALED_COLUMNS {
            let told = resealer.reseal(column, |_| {}).await?;
            ensure!(told.unreadable == 0, "{column:?}: {told:?}");
            done += told.done;
        }
        if resealer.count().await?.iter().all(|counted| counted.key != OLD) {
            return Ok(done);
        }
        ensure!(
            begun.elapsed() < Duration::from_mins(1),
            "something is sealed under the old key all the time"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_takes_anothers_place_while_people_work() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let city = City::open(backend).await?;
        let served = &city.desk.served;
        let beside = if backend == Backend::Postgres { Some(served.beside(|_| {}).await?) } else { None };
        let there = beside.as_ref().unwrap_or(served);
        let person = async |at: &Served, login: &str| at.sign_in(&format!("{login}@150302")).await;
        let (system, resident) =
            (person(served, "system.admin").await?, person(there, "xindi.resident").await?);
        let worker = person(there, "xindi.worker").await?;
        member(&system, "T-1", NUMBERS[0]).await?;
        let moving = member(&system, "T-2", NUMBERS[1]).await?;
        let matter = Matter::report(&resident, GRID, CATEGORY).await?;
        let known = number(&city.report(&WATER).await?)?;
        let made = once(&system).await?;

        let (_, codes) = enrolled(served, &served.sign_in(LOST).await?).await?;

        let mut people = AtWork::new();
        people.does(Work::Report(resident.clone()));
        people.does(Work::Read(person(served, "xindi.resident").await?, matter.clone()));
        people.does(Work::LookUp(worker.clone()));
        people.does(Work::LookUp(system.clone()));
        people.does(Work::LookUpAccount(person(there, "qianlishan.admin").await?));
        people.does(Work::Move(person(there, "system.admin").await?, moving));
        let ring = Keyring::hold(&file(served))?;
        ring.add(Suite::Sm, Timestamp(0))?;
        tokio::time::sleep(LOOK).await;
        ring.promote(Timestamp(60_000_000))?;
        let done = reseal(served).await?;
        tokio::time::sleep(LOOK).await;
        reseal(served).await?;
        let times = people.all_did().await?;
        ensure!(times.iter().all(|times| *times > 10), "{times:?}");
        ensure!(done > 100, "only {done} values were sealed anew");
        println!("on {backend}: {done} values sealed anew; people at work did {times:?}");

        // What was said before is known again, by digests that are made anew by nobody.
        assert_eq!(once(&system).await?, made);
        assert_eq!(number(&city.report(&WATER).await?)?, known);
        let shown = async |code: &str| outcome(served, LOST, (Some(code), None)).await;
        assert_eq!((shown(&codes[0]).await?.as_str(), shown(&codes[0]).await? == "OK"), ("OK", false));
        // With the new key alone.
        ring.retire(OLD)?;
        tokio::time::sleep(LOOK).await;
        describes(&resident, &matter).await?;
        is_found(&worker, NUMBERS[0]).await?;
        has_account(&person(served, "qianlishan.admin").await?).await?;
        reports(&resident).await
    })
    .await
}
