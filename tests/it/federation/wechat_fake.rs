//! WeChat as it answers: a real server with WeChat's own rules.
//!
//! The rules are those of `code2Session`, `getStableAccessToken` and `getPhoneNumber`: a code counts once and for one mini-program; a token counts for
//! two hours, the next one is given from five minutes before its end on, and both count in these; another one in place of one that counts is
//! given twenty times a day, thirty seconds apart.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{RawQuery, State};
use axum::http::{Method, Uri, header};
use axum::response::{IntoResponse, Response};
use fengqiao_domain::kernel::clock::{Clock as _, ManualClock};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::{OwnedRwLockWriteGuard, RwLock};
use tokio::task::JoinSet;
use url::form_urlencoded;

/// The mini-program that it knows.
pub(super) const APP: &str = "wx0123456789abcdef";
/// Its secret.
pub(super) const SECRET: &str = "0123456789abcdef0123456789abcdef";
/// What must never leave the server that asked.
pub(super) const SESSION_KEY: &str = "canary-session-key-of-wechat";
/// Longer than anybody takes to come.
const PATIENCE: Duration = Duration::from_secs(30);
const LIFE: i64 = 7_200;
const OVERLAP: i64 = 300;
const DAY: i64 = 86_400;

/// What it was asked, and what it said no to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Counts {
    pub(super) sessions: u32,
    /// How often somebody asked for a token.
    pub(super) asked: u32,
    /// Tokens that it gave in place of another one or of none.
    pub(super) tokens: u32,
    /// Of these the forced ones.
    pub(super) forced: u32,
    /// Forced ones that its rules refuse.
    pub(super) refused: u32,
}

#[derive(Default)]
struct Inner {
    /// Login codes: whose, and whether they were shown.
    codes: BTreeMap<String, (String, bool)>,
    /// Codes of the button for the number.
    phones: BTreeMap<String, (String, bool)>,
    blocked: BTreeSet<String>,
    hurried: BTreeSet<String>,
    /// How many more answers are "busy".
    busy: u32,
    /// Whether it gives no tokens, as when its servers of tokens are away.
    tokenless: bool,
    /// A token that counts and is refused nevertheless.
    spoiled: Option<String>,
    token: Option<(String, i64)>,
    /// The one of before, and until when it counts too.
    former: Option<(String, i64)>,
    forced_at: i64,
    forced_today: (i64, u32),
    counts: Counts,
    next: u32,
}

#[derive(Clone, Default)]
struct Shared {
    inner: Arc<Mutex<Inner>>,
    clock: Arc<OnceLock<Arc<ManualClock>>>,
    /// How many have come, answered or not.
    come: Arc<AtomicU32>,
    /// Nobody is answered while somebody holds it alone.
    gate: Arc<RwLock<()>>,
}

/// A server on the loopback until it is dropped.
pub(super) struct Wechat {
    address: SocketAddr,
    shared: Shared,
    _tasks: JoinSet<()>,
}

impl Wechat {
    pub(super) async fn open() -> anyhow::Result<Self> {
        let shared = Shared::default();
        let listener = TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0))).await?;
        let address = listener.local_addr()?;
        let router = Router::new().fallback(asked).with_state(shared.clone());
        let mut tasks = JoinSet::new();
        tasks.spawn(async move { axum::serve(listener, router).await.unwrap_or_default() });
        Ok(Self { address, shared, _tasks: tasks })
    }

    /// Goes by the clock of the tests from now on.
    pub(super) fn by(&self, clock: &Arc<ManualClock>) {
        let _ = self.shared.clock.set(Arc::clone(clock));
    }

    pub(super) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// A login code of somebody.
    pub(super) fn login(&self, open_id: &str) -> String {
        self.with(|inner| {
            inner.next += 1;
            let code = format!("login-{}", inner.next);
            inner.codes.insert(code.clone(), (open_id.to_owned(), false));
            code
        })
    }

    /// A code for somebody's number.
    pub(super) fn number(&self, phone: &str) -> String {
        self.with(|inner| {
            inner.next += 1;
            let code = format!("phone-{}", inner.next);
            inner.phones.insert(code.clone(), (phone.to_owned(), false));
            code
        })
    }

    /// Shuts somebody out.
    pub(super) fn block(&self, open_id: &str) {
        self.with(|inner| inner.blocked.insert(open_id.to_owned()));
    }

    /// Finds that somebody asks too often.
    pub(super) fn hurry(&self, open_id: &str) {
        self.with(|inner| inner.hurried.insert(open_id.to_owned()));
    }

    /// Is busy for the next so many requests.
    pub(super) fn busy(&self, times: u32) {
        self.with(|inner| inner.busy = times);
    }

    /// Gives no tokens from now on.
    pub(super) fn keep_tokens(&self) {
        self.with(|inner| inner.tokenless = true);
    }

    /// Gives tokens again.
    pub(super) fn give_tokens(&self) {
        self.with(|inner| inner.tokenless = false);
    }

    /// Lets everybody wait until this is dropped.
    pub(super) async fn hold(&self) -> OwnedRwLockWriteGuard<()> {
        Arc::clone(&self.shared.gate).write_owned().await
    }

    /// Returns when more than so many have come.
    pub(super) async fn wait_for_more_than(&self, before: u32) -> anyhow::Result<()> {
        let come = async {
            while self.come() <= before {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        Ok(tokio::time::timeout(PATIENCE, come).await?)
    }

    /// How many have come, answered or not.
    pub(super) fn come(&self) -> u32 {
        self.shared.come.load(Ordering::SeqCst)
    }

    /// Refuses the token that counts: only another one helps.
    pub(super) fn spoil_token(&self) {
        self.with(|inner| inner.spoiled = inner.token.as_ref().map(|(token, _)| token.clone()));
    }

    /// Lets the token count no more, as when somebody else had another one forced.
    pub(super) fn replace_token(&self) {
        self.with(|inner| {
            inner.next += 1;
            let token = format!("token-{}", inner.next);
            let until = inner.token.take().map_or(0, |(_, until)| until);
            (inner.token, inner.former) = (Some((token, until)), None);
        });
    }

    pub(super) fn counts(&self) -> Counts {
        self.with(|inner| inner.counts.clone())
    }

    fn with<T>(&self, with: impl FnOnce(&mut Inner) -> T) -> T {
        with(&mut self.shared.inner.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

fn no(code: i64) -> Value {
    json!({"errcode": code, "errmsg": "no"})
}

async fn asked(
    State(shared): State<Shared>,
    method: Method,
    uri: Uri,
    RawQuery(query): RawQuery,
    body: Bytes,
) -> Response {
    shared.come.fetch_add(1, Ordering::SeqCst);
    let _pass = shared.gate.read().await;
    let now = shared.clock.get().map_or(0, |clock| clock.now().micros() / 1_000_000);
    let query: BTreeMap<String, String> =
        form_urlencoded::parse(query.unwrap_or_default().as_bytes()).into_owned().collect();
    let said: Value = serde_json::from_slice(&body).unwrap_or_default();
    let mut inner = shared.inner.lock().unwrap_or_else(PoisonError::into_inner);
    let answer = if inner.busy > 0 {
        inner.busy -= 1;
        no(-1)
    } else {
        match (method, uri.path()) {
            (Method::GET, "/sns/jscode2session") => session(&mut inner, &query),
            (Method::POST, "/cgi-bin/stable_token") => token(&mut inner, &said, now),
            (Method::POST, "/wxa/business/getuserphonenumber") => phone(&mut inner, &query, &said, now),
            _ => no(43_002),
        }
    };
    // It calls its JSON plain text.
    ([(header::CONTENT_TYPE, "text/plain")], answer.to_string()).into_response()
}

/// Whether somebody is the mini-program.
fn app(id: Option<&str>, secret: Option<&str>) -> Option<i64> {
    match (id, secret) {
        (Some(APP), Some(SECRET)) => None,
        (Some(APP), _) => Some(40_125),
        _ => Some(40_013),
    }
}

fn session(inner: &mut Inner, query: &BTreeMap<String, String>) -> Value {
    inner.counts.sessions += 1;
    let given = |key: &str| query.get(key).map(String::as_str);
    if let Some(code) = app(given("appid"), given("secret")) {
        return no(code);
    }
    if given("grant_type") != Some("authorization_code") {
        return no(40_002);
    }
    let Some((open_id, shown)) = inner.codes.get_mut(given("js_code").unwrap_or_default()) else {
        return no(40_029);
    };
    if std::mem::replace(shown, true) {
        return no(40_163);
    }
    if inner.blocked.contains(open_id) {
        return no(40_226);
    }
    if inner.hurried.contains(open_id) {
        return no(45_011);
    }
    json!({"openid": open_id, "session_key": SESSION_KEY, "unionid": format!("union-of-{open_id}")})
}

fn token(inner: &mut Inner, said: &Value, now: i64) -> Value {
    if let Some(code) = app(said["appid"].as_str(), said["secret"].as_str()) {
        return no(code);
    }
    if said["grant_type"] != "client_credential" {
        return no(40_002);
    }
    inner.counts.asked += 1;
    if inner.tokenless {
        return no(-1);
    }
    let forced = said["force_refresh"] == true;
    if forced {
        let today = (now + 8 * 3_600) / DAY;
        if inner.forced_today.0 != today {
            inner.forced_today = (today, 0);
        }
        if inner.forced_today.1 >= 20 || (now - inner.forced_at < 30 && inner.counts.forced > 0) {
            inner.counts.refused += 1;
            return no(45_009);
        }
        inner.forced_today.1 += 1;
        inner.forced_at = now;
        inner.counts.forced += 1;
    }
    let lasting = inner.token.clone().filter(|(_, until)| now + OVERLAP < *until && !forced);
    let (token, until) = lasting.unwrap_or_else(|| {
        inner.next += 1;
        inner.counts.tokens += 1;
        let new = (format!("token-{}", inner.next), now + LIFE);
        let old = inner.token.replace(new.clone());
        // A forced one ends the other at once.
        inner.former = old.filter(|_| !forced).map(|(old, until)| (old, until.min(now + OVERLAP)));
        new
    });
    json!({"access_token": token, "expires_in": until - now})
}

fn phone(inner: &mut Inner, query: &BTreeMap<String, String>, said: &Value, now: i64) -> Value {
    let shown = query.get("access_token").map(String::as_str);
    let counts = |kept: &Option<(String, i64)>| {
        kept.as_ref().is_some_and(|(token, until)| shown == Some(token) && now < *until)
    };
    let spoiled = shown.is_some() && shown == inner.spoiled.as_deref();
    if spoiled || !counts(&inner.token) && !counts(&inner.former) {
        return no(40_001);
    }
    let Some((number, used)) = inner.phones.get_mut(said["code"].as_str().unwrap_or_default()) else {
        return no(40_029);
    };
    if std::mem::replace(used, true) {
        return no(40_163);
    }
    let (country, pure) = number.split_once(' ').unwrap_or(("86", number));
    // A text by its table, a number by its example.
    let country_code = if country == "86" { json!(86) } else { json!(country) };
    let info = json!({"phoneNumber": format!("+{country}{pure}"), "purePhoneNumber": pure, "countryCode": country_code,
        "watermark": {"timestamp": now, "appid": APP}});
    json!({"errcode": 0, "errmsg": "ok", "phone_info": info})
}
