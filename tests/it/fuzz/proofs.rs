//! Proofs of who somebody is that are almost ones: ID tokens of an issuer, and requests that programs sign.

use anyhow::{Context as _, ensure};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use fengqiao_tests::{Backend, Served, account_id, mutation};
use reqwest::header::HeaderValue;
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use standardwebhooks::Webhook;

use super::edits::edited;
use super::{answered, cases, chance, posted};
use crate::federation::oidc::{AUDIENCE, ISSUER, Realm, claims, header};

/// What is wrong costs the address, which has one more after so many seconds.
const A_GUESS: i64 = 6;
/// Every so many is shown as it is.
const WHOLE: usize = 20;

/// Whether the claims of a token, whoever signed it, say what opens a session of whoever is linked.
fn says_who(token: &str) -> bool {
    let part = token.split('.').nth(1).and_then(|part| URL_SAFE_NO_PAD.decode(part).ok());
    let Some(said) = part.and_then(|part| serde_json::from_slice::<Value>(&part).ok()) else { return false };
    let holds = |name: &str, wanted: &str| match &said[name] {
        Value::Array(several) => several.iter().any(|one| one == wanted),
        Value::Number(number) => number.to_string() == wanted,
        one => one == wanted,
    };
    said["iss"] == ISSUER
        && said["sub"] == "employee-7"
        && holds("aud", AUDIENCE)
        && holds("tenant", "150302")
}

#[tokio::test]
async fn an_id_token_that_is_almost_one_opens_nothing() -> anyhow::Result<()> {
    let realm = Realm::with_worker(Backend::Sqlite).await?;
    let (stranger, mut chance) = (realm.served().anonymous(), chance()?);
    let document = mutation("sessionCreateByOidc", "session { accessToken } userErrors { code }");
    let (mut opened, mut refused) = (0, 0);
    for number in 0..cases()? {
        realm.served().pass_seconds(A_GUESS);
        let mut claims = claims(realm.now());
        claims["jti"] = json!(format!("fuzz-{number}"));
        let (header, claims) = (header().to_string().into_bytes(), claims.to_string().into_bytes());
        let whole = realm.key.signed(&header, &claims)?;
        // What the issuer signed may hold anything; what it did not sign is nothing.
        let (token, is_signed) = match number % 4 {
            _ if number % WHOLE == 0 => (whole.clone(), true),
            0 | 1 => (realm.key.signed(&header, &edited(&[claims], &mut chance))?, true),
            2 => (realm.key.signed(&edited(&[header], &mut chance), &claims)?, true),
            _ => {
                let token = edited(&[whole.clone().into_bytes()], &mut chance);
                (String::from_utf8_lossy(&token).into_owned(), false)
            }
        };
        let input = json!({"districtCode": "150302", "idToken": token});
        let body = json!({"query": document, "variables": {"input": input}}).to_string();
        let (status, answer) = answered(posted(&stranger, body.as_bytes()), token.as_bytes()).await?;
        ensure!(answer["data"]["sessionCreateByOidc"]["userErrors"][0]["code"] != "RATE_LIMITED", "{answer}");
        if answer["data"]["sessionCreateByOidc"]["session"]["accessToken"].is_string() {
            let may = if is_signed { says_who(&token) } else { token.trim() == whole };
            ensure!(may, "{status} {answer} for {token}");
            opened += 1;
        } else {
            ensure!(token != whole, "{status} {answer} for the whole token");
            refused += 1;
        }
    }
    ensure!(opened > 0 && refused > opened, "{opened} opened something, {refused} did not");
    Ok(())
}

/// The program of the district's hotline.
const PROGRAM: &str = "hotline.api@150302";

/// The parts of a signed request: who, id, time, signature, body.
type Parts = [Vec<u8>; 5];

async fn secret(served: &Served) -> anyhow::Result<String> {
    let security = served.sign_in("security.admin@150302").await?;
    let account = account_id(&served.sign_in(PROGRAM).await?).await?;
    let input = json!({"accountId": account, "name": "12345 热线", "proof": "SIGNATURE"});
    let told = security.mutate("clientSecretCreate", "secret userErrors { code path }", input).await?;
    Ok(told.payload()?["secret"].as_str().context("a secret")?.to_owned())
}

/// The request with these parts; none where a header cannot be said at all.
fn request(served: &Served, [who, id, at, signature, body]: &Parts) -> Option<RequestBuilder> {
    let mut request =
        served.anonymous().at(Method::POST, "/graphql").header("content-type", "application/json");
    for (name, said) in [
        ("authorization", who),
        ("webhook-id", id),
        ("webhook-timestamp", at),
        ("webhook-signature", signature),
    ] {
        request = request.header(name, HeaderValue::from_bytes(said).ok()?);
    }
    Some(request.body(body.clone()))
}

/// Whether parts mean what was signed. White space around a header is no part of it, the name of a scheme is not told apart by case, a
/// number may be written in several ways, and one of several signatures suffices.
fn mean_the_same(said: &Parts, signed: &Parts) -> bool {
    let text = |part: &[u8]| String::from_utf8_lossy(part).trim().to_owned();
    let [who, id, at, signature, body] = said;
    let [their_who, their_id, their_at, their_signature, their_body] = signed;
    let at = text(at).parse::<i64>();
    text(who).eq_ignore_ascii_case(&text(their_who))
        && text(id) == text(their_id)
        && at.is_ok()
        && at == text(their_at).parse::<i64>()
        && text(signature).split_ascii_whitespace().any(|one| one == text(their_signature))
        && body == their_body
}

#[tokio::test]
async fn a_signed_request_that_is_almost_one_is_nobodys() -> anyhow::Result<()> {
    let served = Served::demo(Backend::Sqlite).await?;
    let (key, mut chance) = (Webhook::new(&secret(&served).await?)?, chance()?);
    let (mut opened, mut refused) = (0, 0);
    for number in 0..cases()? {
        served.pass_seconds(A_GUESS);
        let (id, at) = (format!("fuzz-{number}"), served.services().db.now().micros() / 1_000_000);
        let body =
            json!({"query": "{ viewer { account { login } } }", "variables": {"number": number}}).to_string();
        let signature = key.sign(&id, at, body.as_bytes())?;
        let signed =
            [format!("Signed {PROGRAM}"), id, at.to_string(), signature, body].map(String::into_bytes);
        let mut said = signed.clone();
        if number % WHOLE != 0 {
            let part = &mut said[number % 5];
            *part = edited(std::slice::from_ref(part), &mut chance);
        }
        let Some(request) = request(&served, &said) else { continue };
        let (status, answer) = answered(request, &said.join(&b'\n')).await?;
        ensure!(status != 429, "{answer}");
        let told = || said.each_ref().map(|part| String::from_utf8_lossy(part).into_owned());
        if answer["data"]["viewer"]["account"]["login"] == "hotline.api" {
            ensure!(mean_the_same(&said, &signed), "{status} {answer} for {:?}", told());
            opened += 1;
        } else {
            ensure!(said != signed, "{status} {answer} for the whole of {:?}", told());
            refused += 1;
        }
    }
    ensure!(opened > 0 && refused > opened, "{opened} were let in, {refused} were not");
    Ok(())
}
