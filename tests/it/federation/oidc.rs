//! Signing in by an OpenID issuer.

use anyhow::{Context as _, ensure};
use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use fengqiao_api::demo::PASSWORD;
use fengqiao_tests::{Answer, Backend, Served, on_backends};
use serde_json::{Value, json};

use super::issuer_fake::{Issuer, Key, message};
use super::{DISTRICT, NOW, SESSION, Town, is, link};

pub(crate) const ISSUER: &str = "https://id.example.org";
pub(crate) const AUDIENCE: &str = "fengqiao-150302";

/// A district that trusts an issuer.
pub(crate) struct Realm {
    town: Town,
    issuer: Issuer,
    pub(crate) key: Key,
}

pub(crate) fn header() -> Value {
    json!({"alg": "ES256", "typ": "JWT", "kid": "one"})
}

pub(crate) fn claims(at: i64) -> Value {
    json!({"iss": ISSUER, "aud": AUDIENCE, "sub": "employee-7", "iat": at, "exp": at + 300, "tenant": DISTRICT})
}

/// An object with other members; null takes one away.
fn with(mut object: Value, others: Value) -> Value {
    if let (Some(object), Value::Object(others)) = (object.as_object_mut(), others) {
        for (name, value) in others {
            if value.is_null() {
                object.remove(&name)
            } else {
                object.insert(name, value)
            };
        }
    }
    object
}

impl Realm {
    async fn open(backend: Backend) -> anyhow::Result<Self> {
        let town = Town::distrustful(backend).await?;
        let (issuer, key) = (Issuer::open().await?, Key::curve()?);
        issuer.publish(&[("one", &key)]);
        let oidc = json!({"issuer": ISSUER, "audience": AUDIENCE, "jwksUrl": issuer.keys_url(),
            "requiredClaims": [{"name": "tenant", "value": DISTRICT}]});
        town.trust(json!({"oidc": oidc})).await?.payload()?;
        Ok(Self { town, issuer, key })
    }

    /// The same with somebody who linked themselves.
    pub(crate) async fn with_worker(backend: Backend) -> anyhow::Result<Self> {
        let realm = Self::open(backend).await?;
        let worker = realm.town.signed_in("xindi.worker").await?;
        let token = realm.token(json!({"jti": "first"}))?;
        link(&worker, PASSWORD, json!({"oidc": {"idToken": token}})).await?.payload()?;
        // What linked somebody opens no session.
        is(&realm.come(&token).await?, "INVALID_PROOF", "")?;
        ensure!(realm.issuer.fetched() == 1, "{}", realm.issuer.fetched());
        Ok(realm)
    }

    /// A good token but for some claims.
    fn token(&self, others: Value) -> anyhow::Result<String> {
        self.key.token(&header(), &with(claims(self.now()), others))
    }

    pub(crate) fn now(&self) -> i64 {
        self.town.served.services().db.now().micros() / 1_000_000
    }

    /// The server.
    pub(crate) const fn served(&self) -> &Served {
        &self.town.served
    }

    async fn come(&self, token: &str) -> anyhow::Result<Answer> {
        let input = json!({"districtCode": DISTRICT, "idToken": token});
        self.town.served.anonymous().mutate("sessionCreateByOidc", SESSION, input).await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_id_token_opens_one_session() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let realm = Realm::with_worker(backend).await?;
        let token = realm.token(json!({"jti": "second"}))?;
        let answer = realm.come(&token).await?;
        assert_eq!(realm.town.login_of(&answer).await?, "xindi.worker");
        is(&realm.come(&token).await?, "INVALID_PROOF", "")?;
        // Of several that come at the same moment one opens something.
        let token = realm.token(json!({"jti": "third"}))?;
        let all = futures::future::try_join_all((0..6).map(|_| realm.come(&token))).await?;
        let opened = all.iter().filter(|answer| answer.payload().is_ok()).count();
        ensure!(opened == 1, "{opened} sessions of one token");
        is(&realm.come(&realm.token(json!({"sub": "employee-8"}))?).await?, "NOT_LINKED", "")
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_is_not_for_this_district_just_now_opens_nothing() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let realm = Realm::with_worker(backend).await?;
        let elsewhere = ["UNKNOWN_PROVIDER", "idToken"];
        let wrong = ["INVALID_PROOF", "idToken"];
        let table = [
            (json!({"iss": "https://id.example.org/"}), elsewhere),
            (json!({"iss": null}), elsewhere),
            (json!({"aud": "fengqiao-320804"}), elsewhere),
            (json!({"aud": null}), elsewhere),
            (json!({"aud": []}), elsewhere),
            (json!({"aud": [AUDIENCE, "another"]}), elsewhere),
            (json!({"aud": [AUDIENCE, "another"], "azp": "another"}), elsewhere),
            (json!({"azp": "another"}), elsewhere),
            (json!({"exp": NOW - 31}), wrong),
            (json!({"exp": null}), wrong),
            (json!({"exp": (NOW + 300).to_string()}), wrong),
            (json!({"exp": 1.9e9}), wrong),
            (json!({"iat": NOW - 631}), wrong),
            (json!({"iat": NOW + 31}), wrong),
            (json!({"iat": null}), wrong),
            (json!({"nbf": NOW + 31}), wrong),
            (json!({"nbf": "now"}), wrong),
            // Signed by the same issuer for the same front-end, and no word on who somebody is.
            (json!({"typ": "Bearer"}), wrong),
            (json!({"scope": "openid"}), wrong),
            (json!({"events": {"http://schemas.openid.net/event/backchannel-logout": {}}}), wrong),
            (json!({"sub": null}), wrong),
            (json!({"sub": " "}), wrong),
            (json!({"sub": ["employee-7"]}), wrong),
            (json!({"sub": "7".repeat(256)}), wrong),
            (json!({"tenant": null}), wrong),
            (json!({"tenant": "320804"}), wrong),
            (json!({"tenant": ["320804", "150303"]}), wrong),
        ];
        for (others, [code, path]) in table {
            let token = realm.token(others.clone())?;
            is(&realm.come(&token).await?, code, path).with_context(|| others.to_string())?;
        }
        // What is written in another way and means the same.
        for others in [
            json!({"aud": [AUDIENCE]}),
            json!({"aud": [AUDIENCE, "another"], "azp": AUDIENCE}),
            json!({"tenant": 150_302}),
            json!({"tenant": ["320804", DISTRICT]}),
            json!({"nbf": NOW + 30}),
        ] {
            realm.come(&realm.token(others.clone())?).await?.payload().with_context(|| others.to_string())?;
        }
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_the_issuer_did_not_sign_opens_nothing() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let realm = Realm::with_worker(backend).await?;
        let (stranger, rsa, claims) = (Key::curve()?, Key::rsa()?, claims(NOW));
        let signed = realm.key.token(&header(), &claims)?;
        let (unsigned, signature) = signed.rsplit_once('.').context("three parts")?;
        let other = message(&header(), &with(claims.clone(), json!({"sub": "employee-8"})));
        // Whoever knows the public key signs with it as with a shared one.
        let published = realm.key.published("one");
        let shared = message(&with(header(), json!({"alg": "HS256"})), &claims);
        let point = URL_SAFE_NO_PAD.decode(published["x"].as_str().unwrap_or_default())?;
        let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &point), shared.as_bytes());
        let none = message(&with(header(), json!({"alg": "none"})), &claims);
        let tokens = [
            stranger.token(&header(), &claims)?,
            rsa.token(&with(header(), json!({"alg": "RS256"})), &claims)?,
            format!("{unsigned}."),
            format!("{unsigned}.{}", URL_SAFE_NO_PAD.encode([0; 64])),
            format!("{other}.{signature}"),
            format!("{shared}.{}", URL_SAFE_NO_PAD.encode(tag)),
            format!("{none}."),
            realm.key.token(&with(header(), json!({"kid": null})), &claims)?,
            realm.key.token(&with(header(), json!({"typ": "at+jwt"})), &claims)?,
            realm.key.token(&with(header(), json!({"crit": ["exp"]})), &claims)?,
            unsigned.to_owned(),
            "..".to_owned(),
            String::new(),
        ];
        for token in tokens {
            is(&realm.come(&token).await?, "INVALID_PROOF", "idToken").with_context(|| token.clone())?;
        }
        realm.come(&signed).await?.payload()?;
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_follow_the_issuer_and_no_stranger() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let realm = Realm::with_worker(backend).await?;
        ensure!(realm.issuer.fetched() == 1, "{}", realm.issuer.fetched());
        // A second key, of another kind, beside the first one: tokens of both count from a minute later on.
        let rsa = Key::rsa()?;
        realm.issuer.publish(&[("one", &realm.key), ("two", &rsa)]);
        realm.town.served.pass_seconds(61);
        let header = json!({"alg": rsa.algorithm(), "kid": "two"});
        realm.come(&rsa.token(&header, &claims(realm.now()))?).await?.payload()?;
        ensure!(realm.issuer.fetched() == 2, "{}", realm.issuer.fetched());
        // Strangers make nobody ask more than once a minute.
        realm.town.served.pass_seconds(61);
        for number in 0..25 {
            let header = json!({"alg": "ES256", "kid": format!("strange-{number}")});
            is(
                &realm.come(&realm.key.token(&header, &claims(realm.now()))?).await?,
                "INVALID_PROOF",
                "idToken",
            )?;
        }
        ensure!(realm.issuer.fetched() == 3, "{}", realm.issuer.fetched());
        // A key that is taken back counts no more an hour later.
        realm.issuer.publish(&[("two", &rsa)]);
        realm.town.served.pass_seconds(3_601);
        is(&realm.come(&realm.token(json!({}))?).await?, "INVALID_PROOF", "idToken")
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_count_for_a_day_when_the_issuer_is_away() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let realm = Realm::with_worker(backend).await?;
        realm.issuer.break_down();
        realm.town.served.pass_seconds(7_200);
        realm.come(&realm.token(json!({}))?).await?.payload()?;
        realm.town.served.pass_seconds(86_400 - 7_200 - 1);
        realm.come(&realm.token(json!({}))?).await?.payload()?;
        realm.town.served.pass_seconds(1);
        is(&realm.come(&realm.token(json!({}))?).await?, "PROVIDER_UNAVAILABLE", "")
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_nobody_could_ask_for_is_no_wrong_proof() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let realm = Realm::with_worker(backend).await?;
        let rsa = Key::rsa()?;
        realm.issuer.publish(&[("one", &realm.key), ("two", &rsa)]);
        realm.issuer.break_down();
        realm.town.served.pass_seconds(61);
        let header = json!({"alg": rsa.algorithm(), "kid": "two"});
        let token = rsa.token(&header, &claims(realm.now()))?;
        // Nor does it cost anything of the thirty that an address has.
        for _ in 0..35 {
            is(&realm.come(&token).await?, "PROVIDER_UNAVAILABLE", "")?;
        }
        ensure!(realm.issuer.fetched() == 2, "{}", realm.issuer.fetched());
        realm.come(&realm.token(json!({}))?).await?.payload()?;
        realm.issuer.come_back();
        realm.town.served.pass_seconds(61);
        realm.come(&rsa.token(&header, &claims(realm.now()))?).await?.payload()?;
        Ok(())
    })
    .await
}
