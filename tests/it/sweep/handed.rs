//! A case that is handed to somebody elsewhere is seen there, and its giver keeps seeing it.

use anyhow::ensure;
use fengqiao_tests::on_backends;
use serde_json::{Value, json};

use crate::sweep::reach::told;
use crate::sweep::stage::Stage;

const DISPATCH: &str = "mutation($input: CaseDispatchInput!) { caseDispatch(input: $input) { userErrors { code } case { version } } }";

#[tokio::test(flavor = "multi_thread")]
async fn a_case_handed_elsewhere_is_seen_there() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let stage = Stage::set(backend).await?;
        let side = &stage.mirror.sides[0];
        let case = told(side, "accepted", 0, 0)?;
        let (chief, handler, worker) = (
            stage.scope(0, "chief").await?,
            stage.scope(0, "handler").await?,
            stage.scope(0, "sibling").await?,
        );
        let query = "query($id: ID!) { case(id: $id) { number } }";
        let id = json!({ "id": case.id.to_string() });
        for scope in [&handler, &worker] {
            ensure!(stage.ask(scope, query, &id).await?["data"]["case"].is_null(), "before it is handed on");
        }
        let input = json!({ "input": {
            "caseId": case.id.to_string(),
            "expectedVersion": 2,
            "target": { "organisationId": side.organisations[0].to_string() },
        } });
        let answer = stage.ask(&chief, DISPATCH, &input).await?;
        ensure!(answer["data"]["caseDispatch"]["userErrors"] == json!([]), "{answer}");
        for (who, scope) in [("the bureau", &handler), ("its giver", &chief)] {
            let seen = stage.ask(scope, query, &id).await?;
            ensure!(seen["data"]["case"]["number"] == json!(case.number), "{who}: {seen}");
        }
        ensure!(stage.ask(&worker, query, &id).await?["data"]["case"].is_null(), "the worker next door");
        let inbox = "{ inbox(kind: TODO, first: 100) { nodes { id } } }";
        let lying: Value = stage.ask(&handler, inbox, &Value::Null).await?;
        let nodes = lying["data"]["inbox"]["nodes"].as_array().cloned().unwrap_or_default();
        ensure!(nodes.iter().any(|node| node["id"] == json!(case.id.to_string())), "{lying}");
        Ok(())
    })
    .await
}
