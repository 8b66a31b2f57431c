//! Who says whose word counts.

use anyhow::{Context as _, ensure};
use fengqiao_tests::{Served, on_backends};
use serde_json::{Value, json};

use super::wechat_fake::APP;
use super::{PROVIDER, SECRET, Town, is};

fn oidc(jwks_url: &str) -> Value {
    json!({"oidc": {"issuer": "https://id.example.org", "audience": "fengqiao", "jwksUrl": jwks_url}})
}

#[tokio::test(flavor = "multi_thread")]
async fn the_security_administrator_says_whose_word_counts() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let town = Town::open(backend).await?;
        let input = json!({"name": "x", "trust": oidc("https://id.example.org/keys")});
        for login in [
            "system.admin",
            "audit.admin",
            "district.command",
            "qianlishan.admin",
            "hotline.api",
            "xindi.resident",
        ] {
            let actor = town.served.sign_in(&format!("{login}@150302")).await?;
            let answer = actor.mutate("identityProviderCreate", PROVIDER, input.clone()).await?;
            ensure!(answer.code() == "FORBIDDEN", "{login}: {}", answer.body);
            let answer = actor.run("{ identityProviders { id } }", json!({})).await?;
            ensure!(answer.code() == "FORBIDDEN", "{login}: {}", answer.body);
        }
        let security = town.served.sign_in("security.admin@150302").await?;
        let answer = security
            .run(
                "{ identityProviders { id kind audience issuer jwksUrl isOpenToResidents state } }",
                json!({}),
            )
            .await?;
        let shown = answer.data("identityProviders/0")?;
        ensure!(
            shown["audience"] == APP && shown["kind"] == "WECHAT" && shown["issuer"].is_null(),
            "{shown}"
        );
        ensure!(!answer.body.to_string().contains(SECRET), "the secret is told");
        // Another district's administrator neither sees nor changes it.
        let foreign = town.served.sign_in("security.admin@320804").await?;
        ensure!(
            foreign.run("{ identityProviders { id } }", json!({})).await?.data("identityProviders")?
                == &json!([])
        );
        let input = json!({"identityProviderId": shown["id"]});
        is(
            &foreign.mutate("identityProviderDisable", PROVIDER, input).await?,
            "NOT_FOUND",
            "identityProviderId",
        )
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_is_disabled_lets_nobody_in_until_it_is_enabled() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let town = Town::open(backend).await?;
        town.linked("xindi.worker", "open-worker").await?;
        let security = town.served.sign_in("security.admin@150302").await?;
        let listed = security.run("{ identityProviders { id } }", json!({})).await?;
        let named = json!({"identityProviderId": listed.data("identityProviders/0/id")?});
        security.mutate("identityProviderDisable", PROVIDER, named.clone()).await?.payload()?;
        is(&town.come(&town.wechat.login("open-worker")).await?, "UNKNOWN_PROVIDER", "app")?;
        security.mutate("identityProviderEnable", PROVIDER, named).await?.payload()?;
        town.come(&town.wechat.login("open-worker")).await?.payload()?;
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_is_told_where_it_stands() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let town = Town::open(backend).await?;
        let wechat = |app: &str, secret: &str| json!({"wechat": {"app": app, "appSecret": secret}});
        is(&town.trust(wechat(APP, SECRET)).await?, "PROVIDER_TAKEN", "")?;
        is(&town.trust(wechat("gh_0123456789", SECRET)).await?, "INVALID_TEXT", "trust.wechat.app")?;
        is(&town.trust(wechat("wx00", "密钥")).await?, "INVALID_TEXT", "trust.wechat.appSecret")?;
        is(&town.trust(wechat("wx00", " ")).await?, "REQUIRED", "trust.wechat.appSecret")?;
        let issuer = json!({"oidc": {"issuer": "http://id.example.org", "audience": "a", "jwksUrl": "https://a.example.org"}});
        is(&town.trust(issuer).await?, "INVALID_URL", "trust.oidc.issuer")?;
        is(&town.trust(oidc("https://10.0.0.1/keys")).await?, "INVALID_URL", "trust.oidc.jwksUrl")?;
        is(&town.trust(oidc("file:///etc/passwd")).await?, "INVALID_URL", "trust.oidc.jwksUrl")?;
        let made = town.trust(oidc("https://id.example.org/keys")).await?;
        let made = &made.payload()?["identityProvider"];
        let security = town.served.sign_in("security.admin@150302").await?;
        let update = async |more: Value| {
            let mut input = json!({"identityProviderId": made["id"], "expectedVersion": 1});
            let (input_fields, more) = input.as_object_mut().zip(more.as_object()).context("objects")?;
            input_fields.extend(more.clone());
            security.mutate("identityProviderUpdate", PROVIDER, input).await
        };
        is(&update(json!({"appSecret": "x"})).await?, "WRONG_KIND", "appSecret")?;
        is(&update(json!({"jwksUrl": "ftp://a"})).await?, "INVALID_URL", "jwksUrl")?;
        let twice = json!([{"name": "a", "value": "1"}, {"name": "a", "value": "2"}]);
        is(&update(json!({"requiredClaims": twice})).await?, "INVALID_TEXT", "requiredClaims")?;
        update(json!({"name": "统一身份"})).await?.payload()?;
        is(&update(json!({"name": "又一个"})).await?, "CONFLICT", "expectedVersion")
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_are_not_fetched_where_nobody_is_called() -> anyhow::Result<()> {
    on_backends(async |backend| {
        // As it is without settings for it.
        let served = Served::demo(backend).await?;
        let security = served.sign_in("security.admin@150302").await?;
        for url in ["http://id.example.org/keys", "https://127.0.0.1/keys", "https://169.254.169.254/keys"] {
            let input = json!({"name": "x", "trust": oidc(url)});
            is(
                &security.mutate("identityProviderCreate", PROVIDER, input).await?,
                "INVALID_URL",
                "trust.oidc.jwksUrl",
            )?;
        }
        Ok(())
    })
    .await
}
