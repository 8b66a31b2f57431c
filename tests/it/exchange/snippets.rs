//! What `docs/INTEGRATION.md` shows to integrators runs against the product as it is served.

use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, ensure};
use fengqiao_api::http::cost::Fill;
use fengqiao_tests::{Actor, Backend, Served, account_id, on_backends};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::open311::City;
use super::{CATEGORY, GRID, NOW, told};
use crate::webhooks::Desk;
use crate::webhooks::receiver::Message;

/// What a mini-program has, over what Node has.
pub(crate) const WX: &str = "globalThis.wx = {
  login: ({ success }) => success({ code: given.codes.shift() }),
  request: ({ url, method, header, data, success, fail }) =>
    fetch(url.replace('https:', 'http:'), {
      method, headers: { 'content-type': 'application/json', ...header }, body: JSON.stringify(data),
    }).then(async (answer) => success({ statusCode: answer.status, data: await answer.json() })).catch(fail),
  connectSocket: ({ url, protocols }) => {
    const socket = new WebSocket(url.replace('wss:', 'ws:'), protocols);
    globalThis.sockets = [...(globalThis.sockets ?? []), socket];
    return {
      send: ({ data }) => socket.send(data),
      close: () => socket.close(),
      onOpen: (done) => socket.addEventListener('open', done),
      onMessage: (done) => socket.addEventListener('message', done),
      onClose: (done) => socket.addEventListener('close', done),
    };
  },
};
";

fn snippet(document: &str, kind: &str) -> anyhow::Result<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs").join(document);
    let text = std::fs::read_to_string(path)?;
    let after = text.split(&format!("```{kind}\n")).nth(1).with_context(|| format!("no {kind}"))?;
    Ok(after.split("```").next().unwrap_or_default().to_owned())
}

/// A folder with snippets as modules.
pub(crate) fn folder(kinds: &[&str]) -> anyhow::Result<TempDir> {
    let folder = tempfile::tempdir()?;
    for kind in kinds {
        let document = if *kind == "verify" { "WEBHOOKS.md" } else { "INTEGRATION.md" };
        let text = snippet(document, &format!("js {kind}"))?;
        std::fs::write(folder.path().join(format!("{kind}.mjs")), text)?;
    }
    Ok(folder)
}

/// What a script says in its only line, given one value.
pub(crate) fn run(folder: &TempDir, script: &str, given: &Value) -> anyhow::Result<Value> {
    let patience = "setTimeout(() => process.exit(1), 60000);";
    let text =
        format!("const given = JSON.parse(process.argv[2]);\n{patience}\n{script}\nprocess.exit(0);\n");
    std::fs::write(folder.path().join("main.mjs"), text)?;
    let mut node = Command::new("node");
    node.args(["--experimental-websocket", "--no-warnings", "main.mjs", &given.to_string()]);
    let node = node.current_dir(folder.path()).output()?;
    ensure!(node.status.success(), "{}", String::from_utf8_lossy(&node.stderr));
    Ok(serde_json::from_slice(&node.stdout)?)
}

fn token(actor: &Actor) -> &str {
    actor.token().unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mini_program_hears_everything_once_though_its_socket_breaks() -> anyhow::Result<()> {
    on_backends(async |backend| {
        // Node is there where PostgreSQL is: see `tests/run`.
        if backend == Backend::Sqlite {
            return Ok(());
        }
        let desk = Desk::open(backend).await?;
        let resident = desk.person("xindi.resident").await?;
        let places = fengqiao_tests::Places::of(&resident);
        let report = json!({
            "categoryId": places.category(CATEGORY).await?, "place": {"gridId": places.grid(GRID).await?},
            "title": "漏水", "description": "漏水", "source": "RESIDENT",
        });
        let script = format!("{WX}
const {{ ask, missed, follow }} = await import('./wechat.mjs');
const {{ server, token, report }} = given;
const mutation = 'mutation($input: CaseReportInput!) {{ caseReport(input: $input) {{ case {{ id }} userErrors {{ code }} }} }}';
const make = async (key) => (await ask(server, token, mutation, {{ input: report }}, key)).caseReport.case.id;
const start = await missed(server, token, undefined, () => {{ throw new Error('nothing yet'); }});
const cases = [await make('one'), await make('two')];
cases.push(await make('two'));
const heard = [];
const until = async (many) => {{ while (heard.length < many) await new Promise((done) => setTimeout(done, 20)); }};
const close = follow(server, () => token, start, (item) => heard.push(item));
await until(2);
globalThis.sockets[0].close();
cases.push(await make('three'));
await until(3);
close();
const asked = [];
await missed(server, token, start, (item) => asked.push(item));
const ids = (items) => items.map((item) => item.event.case.id);
console.log(JSON.stringify({{ cases, heard: ids(heard), asked: ids(asked), sockets: globalThis.sockets.length }}));");
        let given = json!({
            "server": desk.served.address().to_string(), "token": token(&resident), "report": report,
        });
        let said = run(&folder(&["wechat"])?, &script, &given)?;
        let made = said["cases"].as_array().cloned().unwrap_or_default();
        assert_eq!(made[1], made[2], "a key that is sent again is one report");
        let wanted = json!([made[0], made[1], made[3]]);
        assert_eq!((&said["heard"], &said["asked"], &said["sockets"]), (&wanted, &wanted, &json!(2)));
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_waits_as_long_as_it_is_told() -> anyhow::Result<()> {
    on_backends(async |backend| {
        if backend == Backend::Sqlite {
            return Ok(());
        }
        let served = Served::demo_with(backend, |settings| {
            let cost = &mut settings.edge.cost;
            cost.max_document = 50;
            cost.account = Fill { points: 50, per_second: 20 };
            cost.tenant = Fill { points: 1_000, per_second: 100 };
        })
        .await?;
        let command = served.sign_in("district.command@150302").await?;
        let script = "import { patiently } from './patient.mjs';
const { server, token } = given;
const body = JSON.stringify({ query: '{ cases(first: 20) { nodes { number } } }' });
const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
let refused = 0, done = 0;
const send = async () => {
  const answer = await (await fetch(`${server}/graphql`, { method: 'POST', headers, body })).json();
  if (answer.errors) refused += 1;
  return answer;
};
for (let left = 5; left > 0; left -= 1) if ((await patiently(send)).data) done += 1;
const once = await patiently(async () => ({ errors: [{ extensions: { code: 'FORBIDDEN' } }] }));
console.log(JSON.stringify({ done, refused: refused > 0, once: once.errors.length }));";
        let given = json!({"server": format!("http://{}", served.address()), "token": token(&command)});
        let said = run(&folder(&["patient"])?, script, &given)?;
        assert_eq!(said, json!({"done": 5, "refused": true, "once": 1}));
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_follows_a_stream() -> anyhow::Result<()> {
    on_backends(async |backend| {
        if backend == Backend::Sqlite {
            return Ok(());
        }
        let desk = Desk::open(backend).await?;
        let resident = desk.person("xindi.resident").await?;
        let start = resident.run("{ caseEvents { cursor } }", Value::Null).await?;
        let start = start.data("caseEvents/cursor")?.clone();
        let matter = desk.report().await?;
        let script = "import { follow } from './web.mjs';
const query = 'subscription($after: String) { caseEvents(after: $after) { ... on CaseEventDelivery { event { ... on CaseReported { case { id } } } } } }';
for await (const item of follow(given.server, given.token, query, { after: given.start })) {
  console.log(JSON.stringify(item));
  break;
}";
        let given = json!({
            "server": format!("http://{}", desk.served.address()), "token": token(&resident), "start": start,
        });
        let said = run(&folder(&["web"])?, script, &given)?;
        assert_eq!(said["data"]["caseEvents"]["event"]["case"]["id"], matter.id.as_str());
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hotline_sends_asks_urges_and_acknowledges() -> anyhow::Result<()> {
    on_backends(async |backend| {
        if backend == Backend::Sqlite {
            return Ok(());
        }
        let (desk, partner, _) = told(backend).await?;
        let script = "import { say } from './hotline.mjs';
const { door, secret, order, at, delivery } = given;
const one = (id, type, data, key = secret) => say(door, key, id, type, data, at);
const said = delivery
  ? [await one('a', 'delivery.acknowledged', { deliveryId: delivery, number: 'WH-R1' })]
  : [
      await one('1', 'ticket.sent', order),
      await one('1', 'ticket.sent', order),
      await one('2', 'ticket.sent', { ...order, order: { ...order.order, content: '又停水' } }),
      await one('3', 'ticket.asked', { number: 'WH-1' }),
      await one('4', 'ticket.urged', { number: 'WH-1', note: '再次来电' }),
      await one('5', 'ticket.asked', { number: 'WH-1' }, 'whsec_AAAA'),
    ];
console.log(JSON.stringify(said.map(({ status, code, case: one }) => [status, code ?? one?.external.number ?? null])));";
        let mut given = json!({
            "door": format!("http://{}{}", desk.served.address(), partner.path), "secret": partner.secret,
            "order": super::order("WH-1"), "at": NOW,
        });
        let folder = folder(&["hotline"])?;
        let said = run(&folder, script, &given)?;
        assert_eq!(
            said,
            json!([
                [201, "WH-1"], [200, "WH-1"], [422, "CHANGED_TICKET"], [200, "WH-1"], [200, "WH-1"], [401, "NOT_ADMITTED"],
            ])
        );
        desk.round().await?;
        given["delivery"] = json!(desk.receiver.take()[0].id);
        assert_eq!(run(&folder, script, &given)?, json!([[200, null]]));
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_platform_receives_answers_and_is_compared() -> anyhow::Result<()> {
    on_backends(async |backend| {
        if backend == Backend::Sqlite {
            return Ok(());
        }
        let desk = Desk::open(backend).await?;
        let command = desk.integrator("district.command").await?;
        let hook = desk.hook(&command, json!({"content": "FULL", "eventTypes": ["case.reported"]})).await?;
        let input = json!({
            "key": "province", "name": "省平台", "door": "SIGNED", "source": "UPPER_PLATFORM",
            "mapping": super::mapping(), "webhookId": hook.id,
        });
        let key = [("idempotency-key", "partner-1")];
        let document = snippet("INTEGRATION.md", "graphql partner")?;
        let created = command.run_with(&document, json!({"input": input}), &key).await?;
        let partner = created.data("exchangePartnerCreate/partner/id")?.clone();
        let matter = desk.report().await?;
        desk.round().await?;
        let Message { id, timestamp, signature, body, .. } = desk.receiver.take().pop().context("a message")?;
        let headers = json!({
            "webhook-id": id, "webhook-timestamp": timestamp.to_string(), "webhook-signature": signature,
        });
        let script = "import { receive } from './receiver.mjs';
const { secret, headers, body, now } = given;
const said = [receive(secret, headers, body, now), receive(secret, headers, body, now), receive('whsec_AAAA', headers, body, now)];
console.log(JSON.stringify(said));";
        let given = json!({"secret": hook.secret, "headers": headers, "body": body, "now": timestamp});
        let said = run(&folder(&["verify", "receiver"])?, script, &given)?;
        let taken = json!({"status": 200, "body": "{\"number\":\"GJ-1\"}"});
        assert_eq!(said, json!([taken, taken, {"status": 401}]));
        let span = json!({
            "partner": partner, "from": "2026-11-22T00:00:00Z", "until": "2026-11-23T00:00:00Z",
            "theirs": [{"caseNumber": matter.number, "standing": "OPEN"}],
        });
        let document = snippet("INTEGRATION.md", "graphql reconcile")?;
        let compared = command.run(&document, span).await?;
        assert_eq!(compared.data("exchangeReconcile/sameCount")?, 1, "{}", compared.text);
        let document = snippet("INTEGRATION.md", "graphql resend")?;
        let key = [("idempotency-key", "resend-1")];
        let again = json!({"partner": partner, "cases": [matter.id]});
        command.run_with(&document, again, &key).await?.payload()?;
        desk.round().await?;
        let told = desk.receiver.take().pop().context("a message")?;
        assert_eq!(told.said()["type"], "case.resent");
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_application_reports_by_curl() -> anyhow::Result<()> {
    on_backends(async |backend| {
        if backend == Backend::Sqlite {
            return Ok(());
        }
        let city = City::open(backend).await?;
        let folder = tempfile::tempdir()?;
        let text = format!("set -euo pipefail\n{}", snippet("INTEGRATION.md", "sh open311")?);
        let mut bash = Command::new("bash");
        bash.args(["-c", &text]).current_dir(folder.path());
        bash.env("SERVER", format!("http://{}", city.desk.served.address()));
        bash.env("KEY", &city.partner.secret).env("no_proxy", "127.0.0.1");
        let done = bash.output()?;
        ensure!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        let file = |name: &str| std::fs::read_to_string(folder.path().join(name));
        let taken: Value = serde_json::from_str(&file("taken.json")?)?;
        let number = taken[0]["service_request_id"].as_str().context("a number")?;
        assert!(file("open.xml")?.contains(&format!("<service_request_id>{number}</service_request_id>")));
        assert!(
            file("services.json")?.contains(CATEGORY)
                && file("definition.xml")?.contains("<service_code>1105")
        );
        Ok(())
    })
    .await
}

#[test]
fn both_documents_show_the_same_snippets() -> anyhow::Result<()> {
    for kind in [
        "js patient",
        "js client",
        "graphql secret",
        "js login",
        "js wechat",
        "js web",
        "js receiver",
        "js hotline",
        "graphql partner",
        "graphql reconcile",
        "graphql resend",
        "sh open311",
    ] {
        assert_eq!(snippet("INTEGRATION.md", kind)?, snippet("INTEGRATION.zh-CN.md", kind)?, "{kind}");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_asks_for_a_token_and_signs_its_requests() -> anyhow::Result<()> {
    on_backends(async |backend| {
        if backend == Backend::Sqlite {
            return Ok(());
        }
        let served = Served::demo(backend).await?;
        let security = served.sign_in("security.admin@150302").await?;
        let account = account_id(&served.sign_in("hotline.api@150302").await?).await?;
        let mut told = vec![];
        for proof in ["SECRET", "SIGNATURE"] {
            let input = json!({"accountId": account, "name": "12345", "proof": proof});
            let answer =
                security.run(&snippet("INTEGRATION.md", "graphql secret")?, json!({"input": input})).await?;
            told.push(answer.payload()?.clone());
        }
        let script = "const { token, sign } = await import('./client.mjs');
const { server, shown, signing, at } = given;
const { access_token, scope } = await token(server, shown.client, shown.secret);
const query = '{ viewer { account { login } } }';
const headers = { authorization: `Bearer ${access_token}`, 'content-type': 'application/json' };
const asked = await fetch(`${server}/graphql`, { method: 'POST', headers, body: JSON.stringify({ query }) });
const twice = [1, 2].map(() => sign(server, signing.client, signing.secret, query, {}, 'one', at));
const [one, other] = (await Promise.all(twice)).sort((a, b) => a.status - b.status);
console.log(JSON.stringify([await asked.json(), one, other.status, scope.includes('CASE_REPORT')]));";
        let given = json!({
            "server": format!("http://{}", served.address()), "shown": told[0], "signing": told[1], "at": NOW,
        });
        let said = run(&folder(&["client"])?, script, &given)?;
        let viewer = json!({"viewer": {"account": {"login": "hotline.api"}}});
        assert_eq!((&said[0]["data"], &said[1]["data"], &said[2]), (&viewer, &viewer, &json!(401)), "{said}");
        assert_eq!(said[3], json!(true));
        Ok(())
    })
    .await
}
