//! A bad access token over HTTP: whatever is wrong with it is told in one and the same words, under one and the same headers
//! (requirement A1). What each is refused for is shown beside the code that reads them; here each is signed by the key of the server.

use anyhow::{Context as _, ensure};
use aws_lc_rs::signature::Ed25519KeyPair;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use fengqiao_tests::{Answer, Events, Served, on_backends};
use reqwest::header::{AUTHORIZATION, HeaderValue};
use serde_json::{Value, json};

use super::{Tokens, sign_in};
use crate::files::{brought, photos};

const ACCOUNT: &str = "xindi.worker@150302";

/// Whoever has the key of the server, and a good token to begin with.
struct Forger {
    pair: Ed25519KeyPair,
    tokens: Tokens,
    header: Value,
    claims: Value,
    now: i64,
}

impl Forger {
    async fn of(served: &Served) -> anyhow::Result<Self> {
        let tokens = sign_in(served, ACCOUNT).await?;
        let file: Value = serde_json::from_slice(&std::fs::read(&served.app.settings.keys.token_file)?)?;
        let key = STANDARD.decode(file["keys"][0]["pkcs8"].as_str().context("a key")?)?;
        let mut parts = tokens.access.split('.').map(|part| URL_SAFE_NO_PAD.decode(part));
        let header = parts.next().context("a header")??;
        let claims = parts.next().context("claims")??;
        let (header, claims) = (serde_json::from_slice(&header)?, serde_json::from_slice(&claims)?);
        let now = served.world.db.now().micros().div_euclid(1_000_000);
        Ok(Self { pair: Ed25519KeyPair::from_pkcs8(&key)?, tokens, header, claims, now })
    }

    /// What somebody wrote, with a good signature.
    fn signed(&self, header: &str, claims: &str) -> String {
        let message = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims));
        format!("{message}.{}", URL_SAFE_NO_PAD.encode(self.pair.sign(message.as_bytes())))
    }

    /// With another header.
    fn header(&self, name: &str, value: Value) -> (String, String) {
        let header = changed(&self.header, name, value);
        (format!("header {header}"), self.signed(&header, &self.claims.to_string()))
    }

    /// With another claim.
    fn claim(&self, name: &str, value: Value) -> (String, String) {
        let claims = changed(&self.claims, name, value);
        (format!("claims {claims}"), self.signed(&self.header.to_string(), &claims))
    }

    fn headers(&self) -> Vec<(String, String)> {
        let wrong = [
            ("alg", json!("none")),
            ("alg", json!("None")),
            ("alg", json!("nOnE")),
            ("alg", json!("HS256")),
            ("alg", json!("ES256")),
            ("alg", json!(["EdDSA"])),
            ("alg", Value::Null),
            ("typ", json!("JWT")),
            ("typ", json!("id+jwt")),
            ("typ", json!("AT+JWT")),
            ("typ", json!("file-link+jwt")),
            ("typ", Value::Null),
            ("kid", json!("another")),
            ("kid", json!("../../../../dev/null")),
            ("kid", json!("' UNION SELECT 'x")),
            ("kid", json!("https://evil.example/k")),
            ("kid", json!("k".repeat(10_000))),
            ("kid", json!(1)),
            ("kid", Value::Null),
            ("jku", json!("https://evil.example/jwks")),
            ("jwk", json!({"kty": "OKP", "crv": "Ed25519", "x": "AAAA"})),
            ("x5u", json!("https://evil.example/c")),
            ("crit", json!(["exp"])),
            ("zip", json!("DEF")),
        ];
        wrong.into_iter().map(|(name, value)| self.header(name, value)).collect()
    }

    fn claims(&self) -> Vec<(String, String)> {
        let now = self.now;
        let wrong = [
            ("exp", json!((now + 300).to_string())),
            ("exp", json!(1e300)),
            ("exp", json!(-1)),
            ("exp", json!(now - 6)),
            ("exp", json!(now + 3_600)),
            ("exp", json!(i64::MAX)),
            ("nbf", json!(now.to_string())),
            ("nbf", json!(now + 6)),
            ("nbf", json!(0.5)),
            ("iat", json!(now + 6)),
            ("iat", json!(i64::MIN)),
            ("aud", json!("other-api")),
            ("aud", json!([self.claims["aud"]])),
            ("aud", json!([self.claims["aud"], "other-api"])),
            ("iss", json!("evil")),
            ("iss", json!("Fengqiao")),
            ("sub", self.claims["sid"].clone()),
            ("sub", json!("account_01900000-0000-7000-8000-000000000000")),
            ("tid", self.claims["sub"].clone()),
            ("tid", json!("tenant_01900000-0000-7000-8000-000000000000")),
            ("sid", json!("session_01900000-0000-7000-8000-000000000000")),
            ("jti", json!("")),
            ("ver", json!(2)),
            ("ver", json!("1")),
            ("scope", json!("admin")),
        ];
        let mut wrong: Vec<_> = wrong.into_iter().map(|(name, value)| self.claim(name, value)).collect();
        // One that was good an hour ago.
        let mut of_before = self.claims.clone();
        for name in ["iat", "nbf", "exp"] {
            of_before[name] = json!(self.claims[name].as_i64().unwrap_or_default() - 3_600);
        }
        let text = of_before.to_string();
        wrong.push((format!("claims {text}"), self.signed(&self.header.to_string(), &text)));
        for name in ["exp", "iat", "nbf", "iss", "aud", "sub", "jti", "tid", "sid", "ver"] {
            wrong.push(self.claim(name, Value::Null));
        }
        wrong
    }

    fn forms(&self) -> Vec<(String, String)> {
        let good = &self.tokens.access;
        let (message, signature) = good.rsplit_once('.').unwrap_or_default();
        let turned = if signature.starts_with('A') { 'B' } else { 'A' };
        let forms = [
            ("nothing", String::new()),
            ("a word", "token".to_owned()),
            ("dots", "..".to_owned()),
            ("unsigned", format!("{message}.")),
            ("two parts", message.to_owned()),
            ("four parts", format!("{good}.{signature}")),
            ("a signature turned", format!("{message}.{turned}{}", signature.get(1..).unwrap_or_default())),
            ("a signature cut", format!("{message}.{}", signature.get(..80).unwrap_or_default())),
            ("a signature padded", format!("{good}==")),
            ("no JSON", self.signed("EdDSA", "now")),
            ("lists", self.signed("[]", "[]")),
            ("other letters", "令牌.令牌.令牌".to_owned()),
            ("sixty thousand letters", "A".repeat(60_000)),
        ];
        Vec::from(forms.map(|(name, token)| (name.to_owned(), token)))
    }

    /// What the server itself gave, for something else.
    async fn others(&self, served: &Served) -> anyhow::Result<Vec<(String, String)>> {
        let worker = served.bearer(ACCOUNT, &self.tokens.access);
        let file = brought(&worker, &photos::plain(1)?, &[]).await?;
        let document = "query($id: ID!) { node(id: $id) { ... on Attachment { downloadPath } } }";
        let link = worker.run(document, json!({"id": file})).await?.data("node/downloadPath")?.clone();
        let link = link.as_str().and_then(|path| path.strip_prefix("/files/")).context("a link")?.to_owned();
        let claims = json!({"iss": self.claims["iss"], "aud": self.claims["aud"], "sub": self.claims["sub"],
            "iat": self.now, "exp": self.now + 300, "nonce": "n", "name": "张三"});
        let id_token = self.signed(&changed(&self.header, "typ", json!("JWT")), &claims.to_string());
        Ok(vec![
            ("a refresh token".to_owned(), self.tokens.refresh.clone()),
            ("a link to a file".to_owned(), link),
            ("an id token".to_owned(), id_token),
        ])
    }
}

/// The same with this member, or without it.
fn changed(of: &Value, name: &str, value: Value) -> String {
    let mut changed = of.clone();
    match (value, changed.as_object_mut()) {
        (Value::Null, Some(members)) => drop(members.remove(name)),
        (value, Some(members)) => drop(members.insert(name.to_owned(), value)),
        _ => {}
    }
    changed.to_string()
}

/// What is answered to whoever shows this: the status, the body and the headers, without what differs from request to request.
async fn told(served: &Served, token: &str) -> anyhow::Result<(u16, String, Vec<String>)> {
    let value = HeaderValue::from_bytes(format!("Bearer {token}").as_bytes())?;
    let body = json!({"query": "{ viewer { account { login } } }"}).to_string();
    let request = served.anonymous().post().header("content-type", "application/json").body(body);
    let answer = Answer::of(request.header(AUTHORIZATION, value)).await?;
    let headers = answer.headers.iter().filter(|(name, _)| !matches!(name.as_str(), "date" | "x-request-id"));
    let mut headers: Vec<String> = headers.map(|(name, value)| format!("{name}: {value:?}")).collect();
    headers.sort();
    Ok((answer.status, answer.impersonal(), headers))
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_is_wrong_with_a_token_is_told_as_one_and_the_same() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let forger = Forger::of(&served).await?;
        // What follows differs from this in one point each.
        let good = forger.signed(&forger.header.to_string(), &forger.claims.to_string());
        assert_eq!(told(&served, &good).await?.0, 200, "a good one");
        let mut corpus = forger.headers();
        corpus.extend(forger.claims());
        corpus.extend(forger.forms());
        corpus.extend(forger.others(&served).await?);
        ensure!(corpus.len() >= 40, "{} tokens", corpus.len());
        let wanted = told(&served, "not.a.token").await?;
        ensure!(wanted.0 == 401 && wanted.1.contains("UNAUTHENTICATED"), "{wanted:?}");
        for (what, token) in &corpus {
            let what: String = what.chars().take(200).collect();
            let got = told(&served, token).await?;
            ensure!(got == wanted, "{what}: {got:?} instead of {wanted:?}");
        }
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_else_opens_a_socket_either_and_a_megabyte_breaks_nothing() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let forger = Forger::of(&served).await?;
        for (what, token) in forger.others(&served).await? {
            let mut socket = Events::greet(served.address(), Some(&token)).await?;
            assert_eq!(socket.closed().await?, 4403, "{what}");
        }
        let mut known = Events::greet(served.address(), Some(&forger.tokens.access)).await?;
        assert_eq!(known.message().await?["type"], "connection_ack");
        // No head is that large: it is refused before anybody looks for a token in it, or cut off while it is sent.
        let megabyte = HeaderValue::from_bytes("Bearer ".repeat(150_000).as_bytes())?;
        let request = served.anonymous().post().header("content-type", "application/json").body("{}");
        match Answer::of(request.header(AUTHORIZATION, megabyte)).await {
            Ok(answer) => ensure!(answer.status == 431, "{}: {}", answer.status, answer.text),
            Err(cut) => ensure!(cut.downcast_ref::<reqwest::Error>().is_some(), "{cut:#}"),
        }
        assert_eq!(told(&served, &forger.tokens.access).await?.0, 200, "the server goes on");
        Ok(())
    })
    .await
}
