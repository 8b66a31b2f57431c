//! The trail is read by those whose office it is, by nobody else, and not without a trace.

use anyhow::{Context as _, ensure};
use fengqiao_domain::Sealer;
use fengqiao_tests::{Served, account_id, on_backends};
use serde_json::{Value, json};

use crate::sweep::reach::CALLERS;
use crate::sweep::stage::Stage;

const ENTRY: &str = "id occurredAt account { id } actor action target request detail sequence hash sealedAt";

fn query() -> String {
    format!(
        "query($filter: AuditEntryFilter, $first: Int, $after: String) {{ auditEntries(filter: $filter, first: $first, \
         after: $after) {{ nodes {{ {ENTRY} }} totalCount pageInfo {{ hasNextPage endCursor }} }} }}"
    )
}

fn node() -> String {
    format!("query($id: ID!) {{ node(id: $id) {{ ... on AuditEntry {{ {ENTRY} }} }} }}")
}

#[tokio::test(flavor = "multi_thread")]
async fn only_those_whose_office_it_is_read_the_trail() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let stage = Stage::set(backend).await?;
        let auditor = stage.scope(0, "auditor").await?;
        let answer = stage.ask(&auditor, &query(), &json!({"first": 1})).await?;
        let id = answer["data"]["auditEntries"]["nodes"][0]["id"].as_str().context("an entry")?.to_owned();
        let reads = "SELECT count(*) FROM audit_entries WHERE action = 'audit.read'";
        assert_eq!(stage.world.number(reads).await?, 1);
        for login in CALLERS.into_iter().filter(|login| *login != "auditor") {
            let scope = stage.scope(0, login).await?;
            let answer = stage.ask(&scope, &query(), &Value::Null).await?;
            assert_eq!(answer["errors"][0]["extensions"]["code"], "FORBIDDEN", "{login}: {answer}");
            let answer = stage.ask(&scope, &node(), &json!({"id": id})).await?;
            assert_eq!(answer["data"], json!({"node": null}), "{login}: {answer}");
        }
        // Nor whoever reads that of another district.
        let stranger = stage.scope(1, "auditor").await?;
        let answer = stage.ask(&stranger, &node(), &json!({"id": id})).await?;
        assert_eq!(answer["data"], json!({"node": null}), "{answer}");
        let own = stage.mirror.sides[0].tenant.to_string();
        let answer = stage.ask(&stranger, &query(), &json!({"filter": {"targetId": own}})).await?;
        assert_eq!(answer["data"]["auditEntries"]["nodes"], json!([]), "{answer}");
        assert_eq!(stage.world.number(reads).await?, 2, "only what was handed out");
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_administrator_of_the_audit_finds_who_did_what_and_leaves_a_trace() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let audit = served.sign_in("audit.admin@150302").await?;
        let system = served.sign_in("system.admin@150302").await?;
        let input = json!({"code": "new", "name": "新单位", "kind": "police"});
        let answer = system.mutate("organisationCreate", "organisation { id }", input).await?;
        let organisation = answer.payload()?["organisation"]["id"].clone();
        let account = account_id(&system).await?;
        let find = async |filter: Value| -> anyhow::Result<Vec<Value>> {
            let answer = audit.run(&query(), json!({"filter": filter})).await?;
            Ok(answer.data("auditEntries/nodes")?.as_array().cloned().unwrap_or_default())
        };
        let found = find(json!({"targetId": organisation})).await?;
        ensure!(found.len() == 1, "{found:?}");
        let entry = &found[0];
        assert_eq!(
            (&entry["action"], &entry["target"], &entry["actor"], &entry["account"]["id"]),
            (&json!("organisation.created"), &organisation, &json!(account), &json!(account))
        );
        assert_eq!(
            (&entry["occurredAt"], &entry["sequence"], &entry["hash"], &entry["sealedAt"]),
            (&json!("2026-11-22T08:00:00.000000Z"), &Value::Null, &Value::Null, &Value::Null)
        );
        while Sealer::new(served.world.db.clone()).step().await? > 0 {}
        let answer = audit.run(&node(), json!({"id": entry["id"]})).await?;
        let sealed = answer.data("node")?.clone();
        ensure!(sealed["sequence"].as_i64().is_some_and(|place| place > 1), "{sealed}");
        ensure!(sealed["hash"].as_str().is_some_and(|hash| hash.len() == 64), "{sealed}");
        assert_eq!(sealed["sealedAt"], entry["occurredAt"]);
        for (filter, wanted) in [
            (json!({"targetId": organisation, "action": "organisation.created"}), 1),
            (json!({"targetId": organisation, "action": "organisation.renamed"}), 0),
            (json!({"targetId": organisation, "accountId": account}), 1),
            (json!({"targetId": organisation, "occurred": {"from": "2026-11-22T08:00:00Z"}}), 1),
            (json!({"targetId": organisation, "occurred": {"until": "2026-11-22T08:00:00Z"}}), 0),
        ] {
            assert_eq!(find(filter.clone()).await?.len(), wanted, "{filter}");
        }
        // Six pages were read; the seventh says so, newest first, and one by its id left nothing.
        let reads = find(json!({"action": "audit.read"})).await?;
        assert_eq!(reads.len(), 6);
        let own = account_id(&audit).await?;
        ensure!(reads.iter().all(|read| read["actor"] == json!(own)), "{reads:?}");
        let details: Vec<Value> =
            reads.iter().filter_map(|read| serde_json::from_str(read["detail"].as_str()?).ok()).collect();
        let counted: Vec<i64> = details.iter().filter_map(|detail| detail["entries"].as_i64()).collect();
        assert_eq!(counted.iter().sum::<i64>(), 4, "{details:?}");
        ensure!(details.iter().all(|detail| detail["target"] == organisation), "{details:?}");
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_follow_each_other_newest_first() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let stage = Stage::set(backend).await?;
        let scope = stage.scope(0, "auditor").await?;
        let until = json!({"until": "2026-11-22T08:00:01Z"});
        let filter = json!({"occurred": until});
        stage.world.clock.advance_seconds(10);
        let scope = scope.for_request("pages", fengqiao_domain::kernel::meter::Meter::default());
        let (mut after, mut seen) = (Value::Null, vec![]);
        loop {
            let variables = json!({"filter": filter, "first": 7, "after": after});
            let answer = stage.ask(&scope, &query(), &variables).await?;
            let page = &answer["data"]["auditEntries"];
            let nodes = page["nodes"].as_array().with_context(|| answer.to_string())?;
            seen.extend(nodes.iter().filter_map(|node| Some(node["id"].as_str()?.to_owned())));
            let total = page["totalCount"].as_u64().context("a count")?;
            if page["pageInfo"]["hasNextPage"] == json!(false) {
                assert_eq!(u64::try_from(seen.len())?, total);
                break;
            }
            after = page["pageInfo"]["endCursor"].clone();
        }
        ensure!(seen.len() > 20 && seen.is_sorted_by(|one, next| one > next), "{seen:?}");
        Ok(())
    })
    .await
}
