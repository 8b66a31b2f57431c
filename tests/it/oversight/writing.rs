//! An overseer changes nothing, whatever they ask for.

use std::collections::BTreeSet;

use anyhow::ensure;
use fengqiao_domain::identity::Role;
use fengqiao_tests::{Answered as _, Places, Served, mutation, on_backends};
use serde_json::{Value, json};

use super::{DISTRICT, GRANT, HOME, OVERSEER, asked, came, home, is, is_in, overseer, signed_in};
use crate::sweep::contract::Contract;
use crate::sweep::queries::{document, samples};
use crate::sweep::samples::{Inputs, filled};
use crate::sweep::stage::Stage;

/// What whoever is signed in or not asks for alike, by what they show; and leaving.
const ALIKE: [&str; 6] = [
    "accountRegister",
    "sessionCreate",
    "sessionCreateByOidc",
    "sessionCreateByWechat",
    "sessionRefresh",
    "sessionRevoke",
];

#[tokio::test(flavor = "multi_thread")]
async fn whoever_oversees_changes_nothing() -> anyhow::Result<()> {
    let contract = Contract::read()?;
    on_backends(async |backend| {
        let stage = Stage::at_work(backend).await?;
        let token = super::lent(&stage.services, &stage.world, &stage.mirror).await?;
        let reader = stage.mirror.identity.authenticate(&token, "sweep").await.done()?.scope;
        let mut refused = BTreeSet::new();
        // With the names of what a commander of the district may act on.
        let commander = stage.scope(0, "commander").await?;
        let samples = samples(&stage, "commander", &commander).await?;
        let before = (stage.rows().await?, traces(&stage).await?);
        for field in contract.fields("Mutation")?.iter().filter(|field| !ALIKE.contains(&field.name.as_str()))
        {
            let owner = format!("Mutation.{}", field.name);
            let given = filled(&contract, &Inputs::arguments(&owner, field), None, &samples)?;
            let document = document(&contract, "mutation", field, &given, 1)?;
            let answer = stage.ask(&reader, &document, &Value::Object(given)).await?;
            let forbidden = answer["errors"][0]["extensions"]["code"] == "FORBIDDEN";
            let payload = &answer["data"][&field.name];
            let mistaken = payload["userErrors"].as_array().is_some_and(|found| !found.is_empty());
            // A batch tells of each operation by itself.
            let mut operations = payload["operations"].as_array().into_iter().flatten();
            let refused_all =
                operations.clone().count() > 0 && operations.all(|operation| operation["state"] == "REFUSED");
            ensure!(forbidden || mistaken || refused_all, "{}: {answer}", field.name);
            refused.insert((field.name.as_str(), forbidden));
        }
        // What the account itself could do as anybody else is refused by nothing but that it only reads.
        ensure!(refused.contains(&("sessionRevokeOthers", true)), "{refused:?}");
        let after = (stage.rows().await?, traces(&stage).await?);
        let changed: Vec<&String> = before
            .0
            .iter()
            .filter(|(table, rows)| after.0.get(*table) != Some(rows))
            .map(|(table, _)| table)
            .collect();
        let tried = "SELECT count(*) FROM audit_entries WHERE action = 'access.refuse'";
        ensure!(stage.world.number(tried).await? > 0, "what they tried is not in the trail of the district");
        ensure!(changed.is_empty() && before.1 == after.1, "{changed:?}, {:?} and {:?}", before.1, after.1);
        Ok(())
    })
    .await
}

/// How many rows there are of what is written besides whatever is done.
async fn traces(stage: &Stage) -> anyhow::Result<Vec<i64>> {
    let mut counts = vec![];
    let done = "audit_entries WHERE action <> 'access.refuse'";
    for table in [done, "idempotency_records", "outbox_events", "refresh_tokens", "sessions"] {
        counts.push(stage.world.number(&format!("SELECT count(*) FROM {table}")).await?);
    }
    Ok(counts)
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_oversees_ends_the_session_they_are_in_and_leaves_no_key() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let (first, grant) = overseer(&served).await?;
        let commander = home(&served, OVERSEER).await?;
        let second = signed_in(&served, &came(&commander, &grant).await?)?;
        let read = second.run("{ viewer { sessions { nodes { id isCurrent } } } }", Value::Null).await?;
        let nodes = read.data("viewer/sessions/nodes")?.as_array().cloned().unwrap_or_default();
        ensure!(nodes.len() == 2, "{nodes:?}");
        let other = nodes.iter().find(|session| session["isCurrent"] == false).cloned().unwrap_or_default();
        let document = mutation("sessionRevoke", "isRevoked userErrors { code path }");
        let keyed = async |input: Value| {
            second.run_with(&document, json!({"input": input}), &[("Idempotency-Key", "leaving-1")]).await
        };
        assert_eq!(keyed(json!({"sessionId": other["id"]})).await?.code(), "FORBIDDEN");
        keyed(json!({})).await?.payload()?;
        ensure!(!is_in(&second).await? && is_in(&first).await?, "their own");
        let keys = "SELECT count(*) FROM idempotency_records WHERE key = 'leaving-1'";
        ensure!(served.world.number(keys).await? == 0, "a key was kept");
        Ok(())
    })
    .await
}

#[test]
fn the_role_of_an_overseer_only_reads() {
    let allowed: Vec<&'static str> = Role::Overseer.permissions().iter().map(Into::into).collect();
    assert_eq!(allowed, ["STAFF_READ", "CASE_READ"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn from_where_they_came_to_they_go_no_further() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let (reader, grant) = overseer(&served).await?;
        is(&came(&reader, &grant).await?, "NOT_FOUND", "oversightGrantId")?;
        // Not even by the leave of a third one, which here is their own.
        let security = home(&served, "security.admin").await?;
        let further = json!({"overseer": {"districtCode": DISTRICT, "accountId": grant["account"]["id"], "name": "王督查"},
            "unitId": Places::of(&security).unit(HOME).await?});
        let asked = asked(&served, &reader, further).await?;
        let third = security.mutate("oversightGrantCreate", GRANT, asked).await?;
        let third = third.payload()?["oversightGrant"].clone();
        assert_eq!(came(&reader, &third).await?.code(), "FORBIDDEN");
        Ok(())
    })
    .await
}
