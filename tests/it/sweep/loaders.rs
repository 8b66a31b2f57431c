//! What one request loads is nothing to another one, however closely they run together.

use anyhow::ensure;
use fengqiao_domain::kernel::scope::Scope;
use fengqiao_tests::on_backends;
use serde_json::{Value, json};

use crate::sweep::stage::Stage;

const ASK: &str = "query($unit: ID!, $other: ID!) {
    unit(id: $unit) { code parent { code } } other: unit(id: $other) { code }
    cases(first: 20) { nodes { number place { village { code } } category { nameZh } } } }";

async fn asked(stage: &Stage, scope: &Scope, variables: Value) -> anyhow::Result<Value> {
    stage.ask(scope, ASK, &variables).await
}

#[tokio::test(flavor = "multi_thread")]
async fn two_requests_at_once_load_their_own() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let stage = Stage::set(backend).await?;
        let scopes = [stage.scope(0, "commander").await?, stage.scope(1, "commander").await?];
        for _ in 0..4 {
            let asked = [0, 1].map(|at| {
                let (own, other) = (&stage.mirror.sides[at], &stage.mirror.sides[1 - at]);
                let variables = json!({
                    "unit": own.villages[0][0].to_string(),
                    "other": other.villages[0][0].to_string(),
                });
                asked(&stage, &scopes[at], variables)
            });
            for (at, answer) in futures::future::try_join_all(asked).await?.into_iter().enumerate() {
                let code = stage.mirror.sides[at].code;
                let data = &answer["data"];
                ensure!(data["unit"]["code"] == json!(format!("{code}001001")), "{at}: {answer}");
                ensure!(data["unit"]["parent"]["code"] == json!(format!("{code}001")), "{at}: {answer}");
                ensure!(data["other"] == Value::Null, "{at}: {answer}");
                let nodes = data["cases"]["nodes"].as_array().cloned().unwrap_or_default();
                ensure!(
                    nodes.len() == 20 && nodes.iter().all(|case| case["category"] != Value::Null),
                    "{answer}"
                );
            }
        }
        Ok(())
    })
    .await
}
