//! Good tokens, and a corpus of bad ones (requirement A1).

use aws_lc_rs::signature::Ed25519KeyPair;
use jsonwebtoken::EncodingKey;
use serde_json::{Value, json};

use super::*;
use crate::identity::token::TokenKeyFile;
use crate::kernel::vault::KeyOrigin;

const NOW: i64 = 1_790_000_000;
const RULES: AccessRules<'static> =
    AccessRules { issuer: "fengqiao", audience: "fengqiao-api", leeway_seconds: 5 };

fn at(seconds: i64) -> Timestamp {
    Timestamp(seconds * 1_000_000)
}

fn keys() -> TokenKeys {
    TokenKeys::for_tests().expect("keys")
}

fn grant() -> AccessGrant {
    AccessGrant {
        tenant: TenantId::from_uuid(Uuid::from_u128(1)),
        account: AccountId::from_uuid(Uuid::from_u128(2)),
        session: SessionId::from_uuid(Uuid::from_u128(3)),
        token: Uuid::from_u128(4),
        issued_at: at(NOW),
        expires_at: at(NOW + 300),
    }
}

fn good_header() -> Value {
    json!({ "typ": "at+jwt", "alg": "EdDSA", "kid": "test-1" })
}

fn good_claims() -> Value {
    json!({
        "iss": "fengqiao",
        "aud": "fengqiao-api",
        "sub": grant().account.to_string(),
        "tid": grant().tenant.to_string(),
        "sid": grant().session.to_string(),
        "jti": grant().token.to_string(),
        "iat": NOW,
        "nbf": NOW,
        "exp": NOW + 300,
        "ver": 1,
    })
}

fn with(mut base: Value, name: &str, value: Value) -> Value {
    base[name] = value;
    base
}

fn without(mut base: Value, name: &str) -> Value {
    base.as_object_mut().expect("an object").remove(name);
    base
}

fn part(json: &str) -> String {
    URL_SAFE_NO_PAD.encode(json)
}

/// A token with this header and these claims, properly signed by the first test key.
fn signed(header: &str, claims: &str) -> String {
    let message = format!("{}.{}", part(header), part(claims));
    let pair = Ed25519KeyPair::from_seed_unchecked(&[1; 32]).expect("a pair");
    format!("{message}.{}", URL_SAFE_NO_PAD.encode(pair.sign(message.as_bytes())))
}

fn header(name: &str, value: Value) -> String {
    signed(&with(good_header(), name, value).to_string(), &good_claims().to_string())
}

fn claim(name: &str, value: Value) -> String {
    signed(&good_header().to_string(), &with(good_claims(), name, value).to_string())
}

/// Signed with HMAC under the public key, as an algorithm confusion would.
fn confused(algorithm: &str) -> String {
    let header = with(good_header(), "alg", json!(algorithm)).to_string();
    let message = format!("{}.{}", part(&header), part(&good_claims().to_string()));
    let pair = Ed25519KeyPair::from_seed_unchecked(&[1; 32]).expect("a pair");
    let public = aws_lc_rs::signature::KeyPair::public_key(&pair).as_ref().to_vec();
    let key = EncodingKey::from_secret(&public);
    let signature = jsonwebtoken::crypto::sign(message.as_bytes(), &key, Algorithm::HS256).expect("signed");
    format!("{message}.{signature}")
}

fn bad_headers() -> Vec<(&'static str, String)> {
    let mut corpus = vec![
        ("alg none", header("alg", json!("none"))),
        ("alg None", header("alg", json!("None"))),
        ("alg nOnE", header("alg", json!("nOnE"))),
        ("alg ES256", header("alg", json!("ES256"))),
        ("alg HS256 label", header("alg", json!("HS256"))),
        ("alg list", header("alg", json!(["EdDSA"]))),
        ("alg HS256 with the public key", confused("HS256")),
        ("EdDSA label on an HMAC", confused("EdDSA")),
        ("typ JWT", header("typ", json!("JWT"))),
        ("typ id token", header("typ", json!("id+jwt"))),
        ("typ upper case", header("typ", json!("AT+JWT"))),
        ("kid unknown", header("kid", json!("test-9"))),
        ("kid of the other key", header("kid", json!("test-0"))),
        ("kid path", header("kid", json!("../../../../dev/null"))),
        ("kid SQL", header("kid", json!("' UNION SELECT 'x"))),
        ("kid URL", header("kid", json!("https://evil.example/k"))),
        ("kid long", header("kid", json!("k".repeat(10_000)))),
        ("kid number", header("kid", json!(1))),
        ("jku", header("jku", json!("https://evil.example/jwks"))),
        ("jwk", header("jwk", json!({ "kty": "OKP", "crv": "Ed25519", "x": "AAAA" }))),
        ("x5u", header("x5u", json!("https://evil.example/c"))),
        ("crit", header("crit", json!(["exp"]))),
        ("unknown header", header("zip", json!("DEF"))),
    ];
    for name in ["typ", "alg", "kid"] {
        let header = without(good_header(), name).to_string();
        corpus.push(("header missing", signed(&header, &good_claims().to_string())));
    }
    corpus
}

fn bad_claims() -> Vec<(&'static str, String)> {
    let mut corpus = vec![
        ("exp text", claim("exp", json!((NOW + 300).to_string()))),
        ("exp float", claim("exp", json!(1_790_000_300.5))),
        ("exp negative", claim("exp", json!(-1))),
        ("exp null", claim("exp", Value::Null)),
        ("exp past", claim("exp", json!(NOW - 6))),
        ("exp far", claim("exp", json!(NOW + 3_600))),
        ("exp greatest", claim("exp", json!(i64::MAX))),
        ("exp beyond 64 bits", claim("exp", json!(1e300))),
        ("nbf text", claim("nbf", json!(NOW.to_string()))),
        ("nbf future", claim("nbf", json!(NOW + 6))),
        ("nbf float", claim("nbf", json!(0.5))),
        ("iat future", claim("iat", json!(NOW + 6))),
        ("iat least", claim("iat", json!(i64::MIN))),
        ("aud foreign", claim("aud", json!("other-api"))),
        ("aud list", claim("aud", json!(["fengqiao-api"]))),
        ("aud list with a foreign one", claim("aud", json!(["fengqiao-api", "other"]))),
        ("iss foreign", claim("iss", json!("evil"))),
        ("iss case", claim("iss", json!("Fengqiao"))),
        ("sub bare uuid", claim("sub", json!(Uuid::from_u128(2).to_string()))),
        ("sub of another kind", claim("sub", json!(grant().session.to_string()))),
        ("tid of another kind", claim("tid", json!(grant().account.to_string()))),
        ("sid number", claim("sid", json!(3))),
        ("jti empty", claim("jti", json!(""))),
        ("ver other", claim("ver", json!(2))),
        ("ver text", claim("ver", json!("1"))),
        ("unknown claim", claim("scope", json!("admin"))),
    ];
    for name in ["exp", "iat", "nbf", "iss", "aud", "sub", "jti", "tid", "sid", "ver"] {
        let claims = without(good_claims(), name).to_string();
        corpus.push(("claim missing", signed(&good_header().to_string(), &claims)));
    }
    let twice = good_claims().to_string().replacen('{', &format!("{{\"exp\":{},", NOW + 200), 1);
    corpus.push(("exp twice", signed(&good_header().to_string(), &twice)));
    corpus
}

fn bad_forms() -> Vec<(&'static str, String)> {
    let good = keys().sign(&RULES, &grant()).expect("signed");
    let (message, signature) = good.rsplit_once('.').expect("three parts");
    let flipped = if signature.starts_with('A') { 'B' } else { 'A' };
    let claims = part(&with(good_claims(), "sub", json!("account_x")).to_string());
    let other = part(&with(good_claims(), "ver", json!(1)).to_string().replace("300", "301"));
    vec![
        ("empty", String::new()),
        ("word", "token".to_owned()),
        ("dots", "..".to_owned()),
        ("unsigned", format!("{message}.")),
        ("two parts", message.to_owned()),
        ("four parts", format!("{good}.{signature}")),
        ("signature flipped", format!("{message}.{flipped}{}", &signature[1..])),
        ("signature cut", format!("{message}.{}", &signature[..80])),
        ("signature padded", format!("{good}==")),
        ("claims exchanged", good.replacen(message.split_once('.').expect("two").1, &claims, 1)),
        ("another subject", good.replacen(message.split_once('.').expect("two").1, &other, 1)),
        ("spaces around", format!(" {good} ")),
        ("line break", format!("{good}\n")),
        ("a megabyte", format!("{good}{}", "A".repeat(1 << 20))),
        ("a refresh token", RefreshLike::text()),
        ("unicode", "令牌.令牌.令牌".to_owned()),
        ("not JSON", signed("EdDSA", "now")),
        ("JSON list", signed("[]", "[]")),
    ]
}

struct RefreshLike;

impl RefreshLike {
    fn text() -> String {
        URL_SAFE_NO_PAD.encode([7; 32])
    }
}

#[test]
fn a_good_token_speaks_for_its_bearer() {
    let token = keys().sign(&RULES, &grant()).expect("signed");
    let expected = Bearer {
        tenant: grant().tenant,
        account: grant().account,
        session: grant().session,
        expires_at: at(NOW + 300),
    };
    assert_eq!(keys().verify(&RULES, &token, at(NOW)), Ok(expected));
    // The corpus below differs from this one in a single point each.
    let control = signed(&good_header().to_string(), &good_claims().to_string());
    assert_eq!(keys().verify(&RULES, &control, at(NOW)), Ok(expected));
}

#[test]
fn a_token_lives_from_its_issue_to_its_end_with_some_leeway() {
    let token = keys().sign(&RULES, &grant()).expect("signed");
    for (now, accepted) in [
        (NOW - 6, false),
        (NOW - 5, true),
        (NOW + 299, true),
        (NOW + 304, true),
        (NOW + 305, false),
        (NOW + 100_000, false),
    ] {
        assert_eq!(keys().verify(&RULES, &token, at(now)).is_ok(), accepted, "at {}", now - NOW);
    }
}

#[test]
fn a_key_that_no_longer_signs_still_verifies() {
    let message = format!(
        "{}.{}",
        part(&with(good_header(), "kid", json!("test-0")).to_string()),
        part(&good_claims().to_string())
    );
    let pair = Ed25519KeyPair::from_seed_unchecked(&[0; 32]).expect("a pair");
    let token = format!("{message}.{}", URL_SAFE_NO_PAD.encode(pair.sign(message.as_bytes())));
    assert!(keys().verify(&RULES, &token, at(NOW)).is_ok());
}

#[test]
fn what_a_neighbour_signs_under_a_new_key_counts_at_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("token.json");
    TokenKeys::generate(&path, KeyOrigin::Operator).expect("made");
    let keys = TokenKeys::open(&path).expect("opened");
    let before = keys.sign(&RULES, &grant()).expect("signed");
    let file = TokenKeyFile::hold(&path).expect("held");
    file.add(at(NOW)).expect("added");
    file.promote(at(NOW + 10)).expect("promoted");
    let after = TokenKeys::open(&path).expect("opened").sign(&RULES, &grant()).expect("signed");
    assert_ne!(before.split('.').next(), after.split('.').next(), "another key");
    for token in [&after, &before] {
        assert!(keys.verify(&RULES, token, at(NOW)).is_ok());
    }
    let old = file.keys().expect("read").pop().expect("two keys").kid;
    file.retire(&old, at(NOW + 100_000)).expect("retired");
    let keys = TokenKeys::open(&path).expect("opened");
    assert!(keys.verify(&RULES, &after, at(NOW)).is_ok());
    assert_eq!(keys.verify(&RULES, &before, at(NOW)), Err(Refused));
}

#[test]
fn every_bad_token_is_refused_alike() {
    let corpus: Vec<(&str, String)> =
        bad_headers().into_iter().chain(bad_claims()).chain(bad_forms()).collect();
    assert!(corpus.len() >= 40, "{} tokens", corpus.len());
    let keys = keys();
    for (name, token) in corpus {
        assert_eq!(keys.verify(&RULES, &token, at(NOW)), Err(Refused), "{name}");
    }
}
