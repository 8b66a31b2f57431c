//! An OpenID issuer: a real server of keys, and tokens signed with them.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeySize, PublicKeyComponents};
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _, RSA_PKCS1_SHA256, RsaKeyPair,
};
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::task::JoinSet;

/// A key of its own.
pub(crate) enum Key {
    Curve(EcdsaKeyPair),
    Rsa(RsaKeyPair),
}

impl Key {
    pub(super) fn curve() -> anyhow::Result<Self> {
        Ok(Self::Curve(EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING)?))
    }

    pub(super) fn rsa() -> anyhow::Result<Self> {
        Ok(Self::Rsa(RsaKeyPair::generate(KeySize::Rsa2048)?))
    }

    pub(super) const fn algorithm(&self) -> &'static str {
        match self {
            Self::Curve(_) => "ES256",
            Self::Rsa(_) => "RS256",
        }
    }

    /// As it is published.
    pub(super) fn published(&self, kid: &str) -> Value {
        let text = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        match self {
            Self::Curve(pair) => {
                let point = pair.public_key().as_ref();
                let (x, y) = point.get(1..).unwrap_or_default().split_at(32);
                json!({"kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": kid, "x": text(x), "y": text(y)})
            }
            Self::Rsa(pair) => {
                let parts = PublicKeyComponents::<Vec<u8>>::from(pair.public_key());
                json!({"kty": "RSA", "use": "sig", "kid": kid, "n": text(&parts.n), "e": text(&parts.e)})
            }
        }
    }

    fn signature(&self, message: &[u8]) -> anyhow::Result<Vec<u8>> {
        let random = SystemRandom::new();
        Ok(match self {
            Self::Curve(pair) => pair.sign(&random, message)?.as_ref().to_vec(),
            Self::Rsa(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(&RSA_PKCS1_SHA256, &random, message, &mut signature)?;
                signature
            }
        })
    }

    /// A token with this header and these claims.
    pub(super) fn token(&self, header: &Value, claims: &Value) -> anyhow::Result<String> {
        self.signed(header.to_string().as_bytes(), claims.to_string().as_bytes())
    }

    /// A token with whatever bytes in the place of both.
    pub(crate) fn signed(&self, header: &[u8], claims: &[u8]) -> anyhow::Result<String> {
        let message = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims));
        let signature = URL_SAFE_NO_PAD.encode(self.signature(message.as_bytes())?);
        Ok(format!("{message}.{signature}"))
    }
}

/// What a token's signature is over.
pub(super) fn message(header: &Value, claims: &Value) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    format!("{}.{}", part(header), part(claims))
}

#[derive(Default)]
struct Inner {
    keys: Vec<Value>,
    fetched: u32,
    away: bool,
}

type Shared = Arc<Mutex<Inner>>;

/// A server of keys on the loopback until it is dropped.
pub(crate) struct Issuer {
    address: SocketAddr,
    shared: Shared,
    _tasks: JoinSet<()>,
}

impl Issuer {
    pub(super) async fn open() -> anyhow::Result<Self> {
        let shared = Shared::default();
        let listener = TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0))).await?;
        let address = listener.local_addr()?;
        let router = Router::new().fallback(keys).with_state(Arc::clone(&shared));
        let mut tasks = JoinSet::new();
        tasks.spawn(async move { axum::serve(listener, router).await.unwrap_or_default() });
        Ok(Self { address, shared, _tasks: tasks })
    }

    pub(super) fn keys_url(&self) -> String {
        format!("http://{}/keys", self.address)
    }

    /// Publishes these and no others.
    pub(super) fn publish(&self, keys: &[(&str, &Key)]) {
        // Large issuers publish what nobody here can read besides.
        let strange = json!({"kty": "AKP", "kid": "strange", "alg": "ML-DSA-65", "pub": "AA"});
        let own = keys.iter().map(|(kid, key)| key.published(kid));
        self.with(|inner| inner.keys = std::iter::once(strange).chain(own).collect());
    }

    /// Answers with faults from now on.
    pub(super) fn break_down(&self) {
        self.with(|inner| inner.away = true);
    }

    /// Answers again.
    pub(super) fn come_back(&self) {
        self.with(|inner| inner.away = false);
    }

    /// How often its keys were fetched.
    pub(super) fn fetched(&self) -> u32 {
        self.with(|inner| inner.fetched)
    }

    fn with<T>(&self, with: impl FnOnce(&mut Inner) -> T) -> T {
        with(&mut self.shared.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

async fn keys(State(shared): State<Shared>) -> (StatusCode, String) {
    let mut inner = shared.lock().unwrap_or_else(PoisonError::into_inner);
    inner.fetched += 1;
    let status = if inner.away { StatusCode::BAD_GATEWAY } else { StatusCode::OK };
    (status, json!({"keys": inner.keys}).to_string())
}
