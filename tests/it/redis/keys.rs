//! What is named in Redis: every key and channel of every command is a tenant's and says so, or is on the list of those that are nobody's
//! (requirement T8).

use std::collections::BTreeSet;

use anyhow::{Context as _, bail, ensure};
use fengqiao_api::config::Settings;
use fengqiao_api::demo::PASSWORD;
use fengqiao_api::http::cost::Fill;
use fengqiao_tests::{Answer, Answered as _, Backend, RedisServer, Served};
use reqwest::Method;
use serde_json::{Value, json};
use sqlx::types::Uuid;

use super::{Watch, at, listening, on_servers};
use crate::identity::telephone::{enrolled, outcome};

/// What is kept of a tenant.
const OF_TENANTS: [&str; 9] = [
    "cost_account",
    "cost_tenant",
    "number_lookup",
    "refusal_entry",
    "second_factor",
    "sign_in",
    "sign_in_address",
    "sign_in_device",
    "sign_in_known",
];

/// What is of nobody's tenant: the bell, and limits of those who name no district, or nobody in one.
const OF_NOBODY: [&str; 4] = ["bell", "client", "sign_in", "sign_in_address"];

/// What a name is of: whether of a tenant, and of what; none when it is no name of ours.
fn read<'a>(name: &'a str, tenants: &BTreeSet<String>) -> Option<(bool, &'a str)> {
    let is_plain = |part: &str| {
        !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'))
    };
    let parts: Vec<&str> = name.split(':').collect();
    let (of_tenant, kind) = match parts.as_slice() {
        ["fengqiao", "t", tenant, kind, whose] if tenants.contains(*tenant) && is_plain(whose) => {
            (true, *kind)
        }
        ["fengqiao", "all", "bell"] => (false, "bell"),
        ["fengqiao", "all", kind, whose] if *kind != "bell" && is_plain(whose) => (false, *kind),
        _ => return None,
    };
    let known: &[&str] = if of_tenant { &OF_TENANTS } else { &OF_NOBODY };
    known.contains(&kind).then_some((of_tenant, kind))
}

/// The keys and channels that a command names.
fn named(command: &[String]) -> anyhow::Result<&[String]> {
    let (verb, rest) = command.split_first().context("a command")?;
    Ok(match verb.to_ascii_uppercase().as_str() {
        "GET" | "SET" | "DEL" | "PUBLISH" => rest.get(..1).unwrap_or_default(),
        "SUBSCRIBE" => rest,
        "EVAL" | "EVALSHA" => {
            let keys: usize = rest.get(1).context("a number")?.parse()?;
            rest.get(2..2 + keys).context("keys")?
        }
        "AUTH" | "CLIENT" | "HELLO" | "MONITOR" | "PING" | "PUBSUB" | "SCRIPT" | "SELECT" | "TIME" => &[],
        other => bail!("what does {other} name? {command:?}"),
    })
}

/// Small purses, which buy everything else that is done here.
fn frugal(url: &str) -> impl FnOnce(&mut Settings) {
    let at = at(url);
    |settings| {
        at(settings);
        settings.edge.cost.account = Fill { points: 1_000, per_second: 1 };
        settings.edge.cost.max_document = 1_000;
    }
}

async fn signs_in(served: &Served, account: &str, password: &str) -> anyhow::Result<Answer> {
    let input = json!({"account": account, "password": password});
    served.anonymous().mutate("sessionCreate", "session { refreshToken } userErrors { code }", input).await
}

/// Whoever comes in, and whoever does not.
async fn doors([first, second]: &[Served; 2]) -> anyhow::Result<()> {
    for served in [first, second] {
        for account in ["xindi.worker@150302", "luhua.worker@320804"] {
            signs_in(served, account, PASSWORD).await?.payload()?;
        }
        for account in ["xindi.worker@150302", "nobody.here@150302", "somebody@999999", "somebody"] {
            signs_in(served, account, "not the password").await?;
        }
    }
    // On a device that is known, and with a code that is wrong.
    let answer = signs_in(first, "xindi.resident@150302", PASSWORD).await?;
    let device = answer.payload()?["session"]["refreshToken"].as_str().context("a token")?.to_owned();
    first.pass_seconds(1);
    outcome(second, "xindi.resident@150302", (None, Some(&device))).await?;
    let chief = first.sign_in("xindi.chief@150302").await?;
    enrolled(first, &chief).await?;
    outcome(second, "xindi.chief@150302", (Some("000000"), None)).await?;
    let request =
        first.anonymous().at(Method::POST, "/oauth/token").basic_auth("hotline.api@150302", Some("wrong"));
    let request = request.header("content-type", "application/x-www-form-urlencoded");
    Answer::of(request.body("grant_type=client_credentials")).await?;
    Ok(())
}

/// People of two districts who ask until they may not any more.
async fn questions([first, second]: &[Served; 2]) -> anyhow::Result<()> {
    let ask = "{ cases(first: 10) { nodes { number } } }";
    for (served, account) in [(first, "district.command@150302"), (second, "district.command@320804")] {
        let caller = served.sign_in(account).await?;
        let mut asked = 0;
        while asked < 200 && caller.run(ask, Value::Null).await?.code() != "RATE_LIMITED" {
            asked += 1;
        }
        ensure!((1..200).contains(&asked), "{account} asked {asked} times");
        let worker = served.sign_in(&account.replace("district.command", "district.dispatch")).await?;
        let lookup = "{ staffMembers(filter: {phone: \"10070000036\"}) { totalCount } }";
        worker.run(lookup, Value::Null).await?.data("staffMembers")?;
    }
    Ok(())
}

/// Somebody guesses until a limit turns them away.
async fn siege(served: &Served) -> anyhow::Result<()> {
    let mut guesses = 0;
    while signs_in(served, "luhua.worker@320804", "not the password").await?.code() != "RATE_LIMITED" {
        guesses += 1;
        ensure!(guesses < 100, "nobody is turned away");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn every_name_is_a_tenants_or_on_the_list_of_those_that_are_nobodys() -> anyhow::Result<()> {
    on_servers(async || {
        let redis = RedisServer::new().await?;
        let mut monitor = redis.monitor().await?;
        let first = Served::demo_with(Backend::Postgres, frugal(&redis.url())).await?;
        let second = first.beside(frugal(&redis.url())).await?;
        let servers = [first, second];
        listening(&redis, 2).await?;
        let known = servers[0].world.org().tenants(servers[0].world.platform()).await.done()?;
        let tenants: BTreeSet<String> = known.iter().map(|tenant| tenant.id.uuid().to_string()).collect();
        doors(&servers).await?;
        let mut watch = Watch::begin(&servers).await?;
        watch.say().await?;
        questions(&servers).await?;
        siege(&servers[1]).await?;
        let commands = monitor.commands().await?;
        let (mut seen, mut whose) = (BTreeSet::new(), BTreeSet::new());
        for command in &commands {
            for name in named(command)? {
                let told = read(name, &tenants).with_context(|| format!("{name} of {command:?}"))?;
                seen.insert(told);
                whose.extend(tenants.iter().filter(|tenant| name.contains(tenant.as_str())));
            }
        }
        let of = |tenant: bool| {
            seen.iter()
                .filter(|(of_tenant, _)| *of_tenant == tenant)
                .map(|(_, kind)| *kind)
                .collect::<Vec<_>>()
        };
        assert_eq!(of(true), OF_TENANTS, "of {} commands", commands.len());
        assert_eq!(of(false), OF_NOBODY);
        ensure!(whose.len() >= 2, "only one district was there");
        Ok(())
    })
    .await
}

#[test]
fn a_name_that_hides_its_tenant_is_none() {
    let (own, other) = (Uuid::from_u128(7), Uuid::from_u128(8));
    let tenants = BTreeSet::from([own.to_string()]);
    let read = |name: &str| read(name, &tenants).map(|(of_tenant, kind)| (of_tenant, kind.to_owned()));
    assert_eq!(read(&format!("fengqiao:t:{own}:sign_in:account_1")), Some((true, "sign_in".to_owned())));
    assert_eq!(read("fengqiao:all:client:0a1b"), Some((false, "client".to_owned())));
    assert_eq!(read("fengqiao:all:bell"), Some((false, "bell".to_owned())));
    for name in [
        format!("fengqiao:t:{other}:sign_in:account_1"),
        format!("fengqiao:t:{own}:sign_in"),
        format!("fengqiao:t:{own}:sign_in:account_1:more"),
        format!("fengqiao:t:{own}:bell:x"),
        format!("fengqiao:t:{own}:sign_in:张三"),
        format!("t:{own}:sign_in:account_1"),
        format!("{own}:sign_in"),
        "fengqiao:t:sign_in:account_1".to_owned(),
        "fengqiao:all:cost_account:account_1".to_owned(),
        "fengqiao:all:bell:x".to_owned(),
        "fengqiao:all:sign_in:".to_owned(),
        "sign_in:account_1".to_owned(),
    ] {
        assert_eq!(read(&name), None, "{name}");
    }
    let words = |line: &str| line.split(' ').map(str::to_owned).collect::<Vec<_>>();
    let names = |line: &str| named(&words(line)).map(<[String]>::to_vec).ok();
    assert_eq!(names("EVALSHA abc 2 one two 3 4"), Some(words("one two")));
    assert_eq!(names("set one 1 PX 5"), Some(words("one")));
    assert_eq!(names("HGET one two"), None);
}
