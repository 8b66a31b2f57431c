//! Somebody else's word: whoever a WeChat mini-program or an OpenID issuer vouches for signs in.

mod issuer_fake;
mod linking;
pub(crate) mod oidc;
mod providers;
mod registering;
mod snippet;
mod token;
mod wechat;
mod wechat_fake;

use anyhow::ensure;
use fengqiao_api::config::Settings;
use fengqiao_api::demo::PASSWORD;
use fengqiao_tests::{Actor, Answer, Backend, Served};
use serde_json::{Value, json};

use wechat_fake::{APP, SECRET, Wechat};

const DISTRICT: &str = "150302";
/// Seconds since 1970 at which the clock of the tests stands.
const NOW: i64 = 1_795_334_400;
const SESSION: &str = "session { accessToken } userErrors { code path message }";
const LINKED: &str =
    "externalIdentity { id providerName providerKind usedAt } userErrors { code path message }";
const PROVIDER: &str = "identityProvider { id name kind issuer audience jwksUrl subjectClaim requiredClaims { name value } \
     isOpenToResidents state version } userErrors { code path message currentVersion }";

/// A district whose mini-program is WeChat's own.
struct Town {
    served: Served,
    wechat: Wechat,
}

/// Providers of tests listen on this machine.
fn at_home(settings: &mut Settings) {
    settings.federation.allow_http = true;
    settings.federation.allowed_networks = vec!["127.0.0.0/8".to_owned()];
}

impl Town {
    /// The demo, which trusts its mini-program.
    async fn open(backend: Backend) -> anyhow::Result<Self> {
        let town = Self::distrustful(backend).await?;
        town.trust_wechat(SECRET).await?.payload()?;
        Ok(town)
    }

    /// The demo, which trusts nobody yet.
    async fn distrustful(backend: Backend) -> anyhow::Result<Self> {
        let wechat = Wechat::open().await?;
        let url = wechat.url();
        let served = Served::demo_with(backend, |settings| {
            at_home(settings);
            settings.federation.wechat_url = url;
        })
        .await?;
        wechat.by(&served.world.clock);
        Ok(Self { served, wechat })
    }

    async fn trust_wechat(&self, secret: &str) -> anyhow::Result<Answer> {
        let wechat = json!({"app": APP, "appSecret": secret, "isOpenToResidents": true});
        self.trust(json!({"wechat": wechat})).await
    }

    async fn trust(&self, trust: Value) -> anyhow::Result<Answer> {
        let security = self.served.sign_in("security.admin@150302").await?;
        let input = json!({"name": "枫桥小程序", "trust": trust});
        security.mutate("identityProviderCreate", PROVIDER, input).await
    }

    /// Somebody who signed in with the password of the demo.
    async fn signed_in(&self, login: &str) -> anyhow::Result<Actor> {
        let account = format!("{login}@{DISTRICT}");
        let input = json!({"account": account, "password": PASSWORD});
        let answer = self.served.anonymous().mutate("sessionCreate", SESSION, input).await?;
        let token = answer.payload()?["session"]["accessToken"].as_str().unwrap_or_default().to_owned();
        ensure!(!token.is_empty(), "{}", answer.body);
        Ok(self.served.bearer(&account, &token))
    }

    async fn link(&self, by: &Actor, open_id: &str) -> anyhow::Result<Answer> {
        link(by, PASSWORD, json!({"wechat": {"app": APP, "code": self.wechat.login(open_id)}})).await
    }

    /// Somebody whose WeChat is linked.
    async fn linked(&self, login: &str, open_id: &str) -> anyhow::Result<Actor> {
        let actor = self.signed_in(login).await?;
        self.link(&actor, open_id).await?.payload()?;
        Ok(actor)
    }

    /// Whoever shows a login code.
    async fn come(&self, code: &str) -> anyhow::Result<Answer> {
        self.come_to(DISTRICT, APP, code).await
    }

    async fn come_to(&self, district: &str, app: &str, code: &str) -> anyhow::Result<Answer> {
        let input = json!({"districtCode": district, "app": app, "code": code});
        self.served.anonymous().mutate("sessionCreateByWechat", SESSION, input).await
    }

    /// Who is signed in by an answer.
    async fn login_of(&self, answer: &Answer) -> anyhow::Result<String> {
        let token = answer.payload()?["session"]["accessToken"].as_str().unwrap_or_default();
        ensure!(!token.is_empty(), "{}", answer.body);
        let who =
            self.served.bearer("whoever", token).run("{ viewer { account { login } } }", json!({})).await?;
        Ok(who.data("viewer/account/login")?.as_str().unwrap_or_default().to_owned())
    }
}

async fn link(by: &Actor, password: &str, proof: Value) -> anyhow::Result<Answer> {
    by.mutate("externalIdentityCreate", LINKED, json!({"password": password, "proof": proof})).await
}

/// The only mistake of an answer is this one.
pub(crate) fn is(answer: &Answer, code: &str, path: &str) -> anyhow::Result<()> {
    let found = answer.user_error()?;
    ensure!(
        found == (code.to_owned(), path.to_owned()),
        "{found:?} is not {code} at {path}: {}",
        answer.body
    );
    Ok(())
}
