//! What the documents tell receivers to do verifies a real message, and refuses one that was changed.

use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, ensure};
use fengqiao_tests::{Backend, on_backends};
use serde_json::json;

use super::Desk;

/// Says of each case in a file whether it is verified.
const ASK: &str = "import { readFileSync } from \"node:fs\";
import { verify } from \"./verify.mjs\";
const cases = JSON.parse(readFileSync(process.argv[2], \"utf8\"));
console.log(JSON.stringify(cases.map((one) => verify(one.secret, one.headers, one.body, one.now))));
";

fn snippet(document: &str) -> anyhow::Result<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs").join(document);
    let text = std::fs::read_to_string(path)?;
    let after = text.split("```js verify\n").nth(1).context("a snippet")?;
    Ok(after.split("```").next().unwrap_or_default().to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_snippet_of_the_documents_verifies_what_comes() -> anyhow::Result<()> {
    on_backends(async |backend| {
        // Node is there where PostgreSQL is: see `tests/run`.
        if backend == Backend::Sqlite {
            return Ok(());
        }
        let desk = Desk::open(backend).await?;
        let station = desk.integrator("xindi.station").await?;
        let hook = desk.hook(&station, json!({})).await?;
        desk.report().await?;
        desk.round().await?;
        let message = desk.receiver.take().pop().context("a message")?;
        let headers = json!({
            "webhook-id": message.id, "webhook-timestamp": message.timestamp.to_string(),
            "webhook-signature": format!("v1,bm9uZQ== {}", message.signature),
        });
        let case = json!({"secret": hook.secret, "headers": headers, "body": message.body, "now": message.timestamp});
        let mut cases = vec![case; 5];
        cases[1]["body"] = json!(message.body.replace("REPORTED", "CLOSED"));
        cases[2]["headers"]["webhook-id"] = json!("delivery_2");
        cases[3]["now"] = json!(message.timestamp + 301);
        cases[4]["secret"] = json!("whsec_AAAA");
        let folder = tempfile::tempdir()?;
        std::fs::write(folder.path().join("verify.mjs"), snippet("WEBHOOKS.md")?)?;
        std::fs::write(folder.path().join("ask.mjs"), ASK)?;
        std::fs::write(folder.path().join("cases.json"), serde_json::to_string(&cases)?)?;
        let node = Command::new("node").arg("ask.mjs").arg("cases.json").current_dir(folder.path()).output()?;
        ensure!(node.status.success(), "{}", String::from_utf8_lossy(&node.stderr));
        assert_eq!(String::from_utf8_lossy(&node.stdout).trim(), "[true,false,false,false,false]");
        Ok(())
    })
    .await
}

#[test]
fn both_documents_show_the_same_snippet() -> anyhow::Result<()> {
    assert_eq!(snippet("WEBHOOKS.md")?, snippet("WEBHOOKS.zh-CN.md")?);
    Ok(())
}
