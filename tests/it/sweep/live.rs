//! A case, an inbox and the numbers of a unit are followed by whoever may read them, and tell nobody else anything.

use std::time::Duration;

use anyhow::{Context as _, ensure};
use fengqiao_tests::on_backends;
use futures::StreamExt as _;
use serde_json::{Value, json};

use crate::sweep::queries::Secrets;
use crate::sweep::reach::{CALLERS, sees};
use crate::sweep::stage::Stage;

const CASE: &str = "subscription($id: ID!) { caseChanged(id: $id) { id number title description \
     timeline(first: 100) { nodes { text actor { login } } } category { nameZh } } }";
const INBOX: &str = "subscription { inboxChanged { counts { todo doing done } cases { id title } } }";
const UNIT: &str = "subscription($id: ID!) { unitPulse(unitId: $id) { unit { id nameZh: name } open waiting overdue \
     supervised openedToday closedToday } }";
/// Longer than a busy machine takes.
const PATIENCE: Duration = Duration::from_secs(20);

/// What comes first, if anything does before the end.
async fn first(
    stage: &Stage,
    login: &str,
    document: &str,
    variables: &Value,
) -> anyhow::Result<Option<Value>> {
    let scope = stage.scope(0, login).await?;
    let mut items = stage.follow(stage.request(&scope, document, variables));
    let item = tokio::time::timeout(PATIENCE, items.next()).await.context("silence")?;
    Ok(item.map(serde_json::to_value).transpose()?)
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_follows_learns_what_they_may_read() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let stage = Stage::set(backend).await?;
        stage.world.relay().await?;
        let [own, other] = &stage.mirror.sides;
        for login in CALLERS {
            let secrets = Secrets::of(&stage, login).await?;
            let quiet = |item: &Value| {
                let told = secrets.told(item);
                ensure!(told.is_empty() && item["errors"].is_null(), "{login} learns {told:?}: {item}");
                Ok(())
            };
            for (number, case) in own.cases.iter().enumerate() {
                let item = first(&stage, login, CASE, &json!({ "id": case.id.to_string() })).await?;
                ensure!(item.is_some() == sees(own, login, case)?, "{login} case {number}: {item:?}");
                item.iter().try_for_each(quiet)?;
            }
            for case in other.cases.iter().take(5) {
                let item = first(&stage, login, CASE, &json!({ "id": case.id.to_string() })).await?;
                ensure!(item.is_none(), "{login} follows a case of another district: {item:?}");
            }
            quiet(&first(&stage, login, INBOX, &Value::Null).await?.context("no inbox")?)?;
            for unit in [own.unit, own.towns[1], own.villages[0][1], other.unit, other.villages[0][0]] {
                let item = first(&stage, login, UNIT, &json!({ "id": unit.to_string() })).await?;
                let item = item.context("no numbers")?;
                quiet(&item)?;
                let pulse = &item["data"]["unitPulse"];
                let of_other = [other.unit, other.villages[0][0]].contains(&unit);
                ensure!(!of_other || pulse["open"] == json!(0) && pulse["unit"].is_null(), "{login}: {item}");
            }
        }
        Ok(())
    })
    .await
}
