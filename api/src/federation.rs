//! Asks the world outside for the federation slice: WeChat's interfaces, and the keys of issuers.
//!
//! Addresses of WeChat hold its secrets, so that none is logged; of an answer only what is asked for is read. Keys are fetched from addresses
//! that may be called and nowhere else, as webhooks are carried.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use async_trait::async_trait;
use fengqiao_domain::Db;
use fengqiao_domain::federation::{DoorFault, Doors, FederationService, Fetching, FreshToken, WechatApp};
use fengqiao_domain::identity::IdentityService;
use fengqiao_domain::kernel::address::Addresses;
use reqwest::header::CONTENT_TYPE;
use reqwest::redirect::Policy;
use reqwest::{Client, ClientBuilder, RequestBuilder, Response};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use url::Url;
use zeroize::Zeroizing;

use crate::config::Federation;
use crate::webhooks::{AGENT, Names, OpenNames, SystemNames};

/// Bytes of an answer that are read: sets of keys of large issuers have some ten thousand.
const MOST_READ: usize = 262_144;
/// A token of WeChat counts for two hours.
const LONGEST_SECONDS: i64 = 7_200;
/// How often WeChat is asked that is busy.
const TRIES: u32 = 3;
/// Before it is asked again, and twice as long the next time.
const PAUSE: Duration = Duration::from_millis(100);

/// WeChat's numbers (`code2Session`, `getStableAccessToken`, `getPhoneNumber`).
mod number {
    pub(super) const BUSY: i64 = -1;
    pub(super) const DONE: i64 = 0;
    pub(super) const STALE_TOKENS: [i64; 4] = [40001, 40014, 41001, 42001];
    pub(super) const BAD_CODES: [i64; 3] = [40029, 40163, 41008];
    pub(super) const BLOCKED: i64 = 40226;
    pub(super) const TOO_OFTEN: [i64; 2] = [45009, 45011];
}

/// Asks over HTTP.
#[derive(Clone, Debug)]
pub struct HttpDoors {
    wechat: Client,
    wechat_url: Url,
    issuers: Client,
    addresses: Addresses,
    answer: Duration,
}

/// The use cases of the slice, with doors as the settings say.
///
/// # Errors
/// As [`HttpDoors::new`].
pub fn service(
    settings: &Federation,
    db: &Db,
    identity: &IdentityService,
) -> anyhow::Result<FederationService> {
    let (addresses, names) = (settings.addresses(), Arc::new(SystemNames));
    let doors = HttpDoors::new(&settings.wechat_url, addresses, names, settings.answer())?;
    Ok(FederationService::new(db.clone(), identity.clone(), Arc::new(doors), settings.rules()))
}

/// Of an answer of WeChat's: whether it is one. The session key that comes with an open id has no place here.
#[derive(Deserialize)]
struct Answer<T> {
    errcode: Option<Value>,
    #[serde(flatten)]
    content: Option<T>,
}

#[derive(Deserialize)]
struct OpenId {
    openid: String,
}

#[derive(Deserialize)]
struct Token {
    access_token: String,
    expires_in: i64,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PhoneInfo {
    pure_phone_number: String,
    /// A text by WeChat's table, a number by its example.
    country_code: Value,
}

#[derive(Deserialize)]
struct Phone {
    phone_info: PhoneInfo,
}

#[derive(Serialize)]
struct TokenWanted<'a> {
    grant_type: &'static str,
    appid: &'a str,
    secret: &'a str,
    force_refresh: bool,
}

#[derive(Serialize)]
struct PhoneWanted<'a> {
    code: &'a str,
}

impl HttpDoors {
    /// Doors that wait so long for an answer; `wechat_url` is where WeChat's interfaces are.
    ///
    /// # Errors
    /// When the address is none, or the system has no trust anchors.
    pub fn new(
        wechat_url: &str,
        addresses: Addresses,
        names: Arc<dyn Names>,
        answer: Duration,
    ) -> anyhow::Result<Self> {
        let client = || -> ClientBuilder {
            let client = Client::builder().user_agent(AGENT).timeout(answer).connect_timeout(answer);
            // A proxy would be told the secrets that stand in addresses.
            client.redirect(Policy::none()).referer(false).no_proxy().retry(reqwest::retry::never())
        };
        let open = Arc::new(OpenNames::new(addresses.clone(), names));
        Ok(Self {
            wechat: client().build().context("cannot ask WeChat")?,
            wechat_url: wechat_url.parse().context("federation.wechat_url is no address")?,
            // Every connection is a new one, so that every address was just looked at.
            issuers: client()
                .pool_max_idle_per_host(0)
                .dns_resolver(open)
                .build()
                .context("cannot fetch the keys of issuers")?,
            addresses,
            answer,
        })
    }

    fn posted(&self, url: &Url, content: &impl Serialize) -> RequestBuilder {
        let request = self.wechat.post(url.clone()).header(CONTENT_TYPE, "application/json");
        request.body(serde_json::to_vec(content).unwrap_or_default())
    }

    fn at(&self, path: &str, query: &[(&str, &str)]) -> Result<Url, DoorFault> {
        let base = self.wechat_url.as_str().trim_end_matches('/');
        Url::parse_with_params(&format!("{base}{path}"), query).map_err(|_| DoorFault::Unreachable)
    }
}

/// What WeChat answers; it is asked again while it is busy.
async fn answered<T: DeserializeOwned>(
    request: impl Fn() -> RequestBuilder,
    told: impl Fn(i64) -> DoorFault,
    answer: Duration,
) -> Result<T, DoorFault> {
    // All attempts together wait no longer than one may.
    let asked = tokio::time::timeout(answer, asked(request, told)).await;
    asked.unwrap_or(Err(DoorFault::Unreachable))
}

async fn asked<T: DeserializeOwned>(
    request: impl Fn() -> RequestBuilder,
    told: impl Fn(i64) -> DoorFault,
) -> Result<T, DoorFault> {
    let mut pause = PAUSE;
    for attempt in 1..=TRIES {
        let response = request().send().await.map_err(|error| lost(&error))?;
        let text: Zeroizing<Vec<u8>> = read(response).await?;
        let answer: Answer<T> = serde_json::from_slice(&text).map_err(|_| DoorFault::Unreachable)?;
        let code = answer.errcode.map_or(Ok(number::DONE), |code| as_text(&code).parse());
        match (code.map_err(|_| DoorFault::Unreachable)?, answer.content) {
            (number::DONE, Some(content)) => return Ok(content),
            (number::BUSY, _) if attempt < TRIES => {
                tokio::time::sleep(pause).await;
                pause *= 2;
            }
            (number::BUSY | number::DONE, _) => return Err(DoorFault::Unreachable),
            (code, _) if number::TOO_OFTEN.contains(&code) => return Err(DoorFault::TooOften),
            (code, _) => return Err(told(code)),
        }
    }
    Err(DoorFault::Unreachable)
}

/// A number or a text, as a text.
fn as_text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// Logs that nobody answered, and nothing of the address.
fn lost(error: &reqwest::Error) -> DoorFault {
    tracing::warn!(
        timeout = error.is_timeout(),
        connect = error.is_connect(),
        "an identity provider did not answer"
    );
    DoorFault::Unreachable
}

async fn read(mut response: Response) -> Result<Zeroizing<Vec<u8>>, DoorFault> {
    if !response.status().is_success() {
        tracing::warn!(status = response.status().as_u16(), "an identity provider answered with a fault");
        return Err(DoorFault::Unreachable);
    }
    let mut bytes = Zeroizing::new(vec![]);
    while let Some(chunk) = response.chunk().await.map_err(|error| lost(&error))? {
        if bytes.len() + chunk.len() > MOST_READ {
            return Err(DoorFault::Unreachable);
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

#[async_trait]
impl Doors for HttpDoors {
    fn admits(&self, url: &str) -> bool {
        self.addresses.checked(url).is_ok()
    }

    async fn open_id(&self, app: WechatApp<'_>, code: &str) -> Result<String, DoorFault> {
        let query = [
            ("appid", app.id),
            ("secret", app.secret),
            ("js_code", code),
            ("grant_type", "authorization_code"),
        ];
        let url = self.at("/sns/jscode2session", &query)?;
        let told = |code| match code {
            number::BLOCKED => DoorFault::Blocked,
            code if number::BAD_CODES.contains(&code) => DoorFault::BadCode,
            code => DoorFault::Refused(code),
        };
        let found: OpenId = answered(|| self.wechat.get(url.clone()), told, self.answer).await?;
        if found.openid.is_empty() { Err(DoorFault::Unreachable) } else { Ok(found.openid) }
    }

    async fn token(&self, app: WechatApp<'_>, how: Fetching) -> Result<FreshToken, DoorFault> {
        let url = self.at("/cgi-bin/stable_token", &[])?;
        let wanted = TokenWanted {
            grant_type: "client_credential",
            appid: app.id,
            secret: app.secret,
            force_refresh: how == Fetching::Forced,
        };
        let request = || self.posted(&url, &wanted);
        let token: Token = answered(request, DoorFault::Refused, self.answer).await?;
        let token = FreshToken { token: Zeroizing::new(token.access_token), seconds: token.expires_in };
        let counts = !token.token.is_empty() && (1..=LONGEST_SECONDS).contains(&token.seconds);
        if counts { Ok(token) } else { Err(DoorFault::Unreachable) }
    }

    async fn phone(&self, token: &str, code: &str) -> Result<String, DoorFault> {
        let url = self.at("/wxa/business/getuserphonenumber", &[("access_token", token)])?;
        let told = |code| match code {
            code if number::STALE_TOKENS.contains(&code) => DoorFault::StaleToken,
            code if number::BAD_CODES.contains(&code) => DoorFault::BadCode,
            code => DoorFault::Refused(code),
        };
        let wanted = PhoneWanted { code };
        let found: Phone = answered(|| self.posted(&url, &wanted), told, self.answer).await?;
        let info = found.phone_info;
        let country = as_text(&info.country_code);
        Ok(format!("+{} {}", country.trim_start_matches('+'), info.pure_phone_number))
    }

    async fn keys(&self, url: &str) -> Result<String, DoorFault> {
        // An address that is written as a number has no name to be asked for.
        let url = self.addresses.checked(url).map_err(|_| DoorFault::Unreachable)?;
        let response = self.issuers.get(url).send().await.map_err(|error| lost(&error))?;
        let bytes = read(response).await?;
        String::from_utf8(bytes.to_vec()).map_err(|_| DoorFault::Unreachable)
    }
}
