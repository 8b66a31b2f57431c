//! Canaries by other ways than cases and visits: accounts and the force, files that come and go, secrets, and whatever is refused.

use anyhow::{Context as _, ensure};
use fengqiao_tests::{Actor, Answer, Places, Running};
use reqwest::Method;
use serde_json::{Value, json};
use url::form_urlencoded;

use super::canaries::Cage;
use crate::sheets::{brought, fetched, taken};
use crate::webhooks::ISSUED;
use crate::webhooks::receiver::Receiver;

/// 新地村.
const VILLAGE: &str = "150302101203";
/// What is selected of an account that is made.
const MADE: &str = "account { id } userErrors { code path }";

/// A password of which a canary is a part.
fn password(birds: &mut Cage) -> String {
    format!("{}Xq!", birds.word())
}

/// The id of the request that was answered so.
fn request_of(answer: &Answer) -> anyhow::Result<String> {
    Ok(answer.headers.get("x-request-id").context("an id")?.to_str()?.to_owned())
}

/// An account whose holder comes, is looked for and goes, and somebody of the force: the tokens that the holder had.
pub(super) async fn people(running: &Running, birds: &mut Cage) -> anyhow::Result<Vec<String>> {
    let system = running.sign_in("system.admin@150302").await?;
    let (phone, given, own) = (birds.digits(), password(birds), password(birds));
    let input = json!({"login": "newcomer", "name": birds.word(), "phone": phone, "password": given});
    system.mutate("accountCreate", MADE, input).await?.payload()?;
    let found = "query($filter: AccountFilter) { accounts(filter: $filter) { nodes { login } } }";
    let found = system.run(found, json!({"filter": {"phone": phone}})).await?;
    assert_eq!(found.data("accounts/nodes")?, &json!([{"login": "newcomer"}]));
    let input = json!({"account": "newcomer@150302", "password": given, "newPassword": own});
    let selection = "session { accessToken refreshToken } userErrors { code path }";
    let answer = running.anonymous().mutate("sessionCreate", selection, input).await?;
    let session = &answer.payload()?["session"];
    let token = |name: &str| session[name].as_str().map(str::to_owned).context("a token");
    let unit = Places::of(&system).unit(VILLAGE).await?;
    let input = json!({"code": "C-1", "name": birds.word(), "phone": birds.digits(), "unitId": unit});
    let answer =
        system.mutate("staffMemberCreate", "staffMember { id } userErrors { code path }", input).await?;
    ensure!(answer.payload()?["staffMember"]["id"].is_string(), "{}", answer.text);
    Ok(vec![token("accessToken")?, token("refreshToken")?])
}

/// A file of the force that is taken, one that is not, and the roster as it goes out.
pub(super) async fn sheets(running: &Running, birds: &mut Cage) -> anyhow::Result<()> {
    let town = running.sign_in("qianlishan.admin@150302").await?;
    let (header, name) = ("code,name,phone,unit_code,post,target_code\n", birds.word());
    let rows = format!(
        "C-2,{name},{},{VILLAGE},part_time_worker,{VILLAGE}001\nC-3,{},{},{VILLAGE},,\n",
        birds.digits(),
        birds.word(),
        birds.digits()
    );
    let taken_in = brought(&town, "STAFF", format!("{header}{rows}")).await?;
    assert_eq!(
        (&taken_in["state"], &taken_in["rowsCreated"]),
        (&json!("SUCCEEDED"), &json!(2)),
        "{taken_in}"
    );
    let (wrong, bad) = (birds.word(), format!("C-4,{},{},", birds.word(), birds.digits()));
    let refused = brought(&town, "STAFF", format!("{header}{bad}{wrong},,\n")).await?;
    assert_eq!((&refused["state"], &refused["mistakes"][0]["value"]), (&json!("REFUSED"), &json!(wrong)));
    let unit = Places::of(&town).unit(VILLAGE).await?;
    let input = json!({"kind": "ROSTER", "formatKind": "CSV", "purpose": "年度考核", "unitId": unit});
    let file = fetched(&town, &taken(&town, input).await?).await?;
    ensure!(memchr::memmem::find(&file, name.as_bytes()).is_some(), "the roster lacks {name}");
    Ok(())
}

/// A webhook: its secret, which is said once.
pub(super) async fn webhook(running: &Running, receiver: &Receiver) -> anyhow::Result<String> {
    let hotline = running.sign_in("hotline.api@150302").await?;
    let input = json!({"name": "12345", "url": receiver.url("/hook")});
    let answer = hotline.mutate("webhookCreate", ISSUED, input).await?;
    let secret = answer.payload()?["secret"].as_str().context("a secret")?;
    Ok(secret.split('_').next_back().unwrap_or_default().to_owned())
}

/// A body as somebody sends it.
async fn sent(by: &Actor, body: String) -> anyhow::Result<Answer> {
    Answer::of(by.post().header("content-type", "application/json").body(body)).await
}

/// What is denied, refused, or cannot be read: none of it happens, and the ids of those requests that ran.
pub(super) async fn refused(running: &Running, birds: &mut Cage) -> anyhow::Result<Vec<String>> {
    let (resident, system) =
        (running.sign_in("xindi.resident@150302").await?, running.sign_in("system.admin@150302").await?);
    let mut account = || json!({"login": birds.word(), "name": birds.word(), "phone": birds.digits(), "password": password(birds)});
    let (denied, mistaken) = (account(), account());
    let denied = resident.mutate("accountCreate", MADE, denied).await?;
    assert_eq!(denied.code(), "FORBIDDEN", "{}", denied.text);
    let mistaken = system.mutate("accountCreate", MADE, mistaken).await?;
    assert_eq!(mistaken.user_error()?.1, "login", "{}", mistaken.text);
    // Of another type, under a name that is none, within the document, without an end, and no JSON at all.
    let word = birds.word();
    let typed = system.mutate("accountCreate", MADE, json!({"login": {"a": word}, "name": word})).await?;
    let named =
        system.mutate("accountCreate", MADE, json!({"login": "a", "name": word, word.clone(): 1})).await?;
    let literal = format!("{{ cases(filter: {{title: {{contains: \"{word}\"}}}}) {{ nodes {{ none }} }} }}");
    let literal = system.run(&literal, Value::Null).await?;
    let endless = system.run(&format!("{{ case(id: \"{word}"), Value::Null).await?;
    let broken = sent(&system, format!("{{\"query\": \"{word}")).await?;
    for answer in [typed, named, literal, endless, broken] {
        ensure!(
            (400..500).contains(&answer.status) && !answer.code().is_empty(),
            "{}: {}",
            answer.status,
            answer.text
        );
    }
    let asked = [("query", "{ __typename }".to_owned()), ("variables", json!({"text": word}).to_string())];
    let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(asked).finish();
    system.at(Method::GET, &format!("/graphql?{query}")).send().await?;
    let input = json!({"account": format!("{word}@150302"), "password": password(birds)});
    let stranger = running.anonymous().mutate("sessionCreate", "userErrors { code path }", input).await?;
    assert_eq!(stranger.user_error()?.0, "INVALID_CREDENTIALS");
    [denied, mistaken, stranger].iter().map(request_of).collect()
}
