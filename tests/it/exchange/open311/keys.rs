//! Requests are for whoever shows a key of the door, and of its district only.

use fengqiao_tests::{Answer, on_backends};
use reqwest::Method;
use serde_json::json;

use super::{City, HERE, Partner, WATER, application, encoded, number, refused};

#[tokio::test(flavor = "multi_thread")]
async fn whoever_shows_no_key_of_the_door_sees_and_reports_nothing() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let city = City::open(backend).await?;
        let number = number(&city.report(&WATER).await?)?;
        let signed = Partner::hotline(&city.desk, json!({})).await?;
        let (cases, own) = (city.cases().await?, city.partner.secret.as_str());
        let bare = own.trim_start_matches("app.");
        let wrong = [
            "app.whsec_AAAA".to_owned(),
            format!("app.{}", signed.secret),
            format!("12345.{}", signed.secret),
            format!("nobody.{bare}"),
            bare.to_owned(),
            "app.".to_owned(),
            "é".to_owned(),
        ];
        for key in &wrong {
            for path in [
                format!("requests.json?{HERE}"),
                format!("requests/{number}.json?{HERE}"),
                format!("tokens/{number}.json?{HERE}"),
                format!("services.json?{HERE}"),
            ] {
                let shown = city.bare(&format!("{path}&{}", encoded(&[("api_key", key)]))).await?;
                assert_eq!(
                    refused(&shown),
                    (403, vec!["api_key: 密钥无效，或对接系统已停用".to_owned()]),
                    "{key} {path}"
                );
            }
            let form = [&[("jurisdiction_id", "150302"), ("api_key", key.as_str())], &WATER[..]].concat();
            let request = city.partner.account.at(Method::POST, "/open311/v2/requests.json");
            let request = request.header("content-type", "application/x-www-form-urlencoded");
            assert_eq!(Answer::of(request.body(encoded(&form))).await?.status, 403, "{key}");
        }
        let none = city.bare(&format!("requests.json?{HERE}")).await?;
        assert_eq!(refused(&none), (403, vec!["api_key: 须出示密钥".to_owned()]));
        assert_eq!(city.cases().await?, cases);
        // In the query string it opens as in the header.
        let shown = city.bare(&format!("requests.json?{HERE}&{}", encoded(&[("api_key", own)]))).await?;
        assert_eq!(
            (shown.status, shown.body[0]["service_request_id"].as_str()),
            (200, Some(number.as_str()))
        );
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn another_district_sees_nothing() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let city = City::open(backend).await?;
        let number = number(&city.report(&WATER).await?)?;
        let there = city.desk.served.sign_in("hotline.api@320804").await?;
        let there = Partner::set_up(there, application(json!({}))).await?;
        let elsewhere = "jurisdiction_id=320804";
        let read = city.get(&format!("requests.json?{elsewhere}"), &there.secret).await?;
        assert_eq!((read.status, &read.body), (200, &json!([])), "{}", read.text);
        for path in ["requests", "tokens"] {
            let path = format!("{path}/{number}.json?{elsewhere}");
            assert_eq!(city.get(&path, &there.secret).await?.status, 404);
        }
        let asked = format!("requests.json?{elsewhere}&service_request_id={number}");
        assert_eq!(city.get(&asked, &there.secret).await?.body, json!([]));
        // A key opens the door of its own district only, though both are called the same.
        for (path, key) in [(HERE, &there.secret), (elsewhere, &city.partner.secret)] {
            assert_eq!(city.get(&format!("requests.json?{path}"), key).await?.status, 403);
        }
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_disabled_comes_in_no_more_and_a_new_key_opens() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let city = City::open(backend).await?;
        let path = format!("requests.json?{HERE}");
        let by = &city.partner.account;
        let selection = "partner { version } secret userErrors { code path }";
        let rotated = by
            .mutate("exchangePartnerRotateSecret", selection, json!({"partnerId": city.partner.id}))
            .await?;
        let key = rotated.payload()?["secret"].as_str().unwrap_or_default().to_owned();
        assert!(key.starts_with("app.whsec_") && key != city.partner.secret);
        for key in [&key, &city.partner.secret] {
            assert_eq!(city.get(&path, key).await?.status, 200);
        }
        city.desk.served.pass_seconds(86_401);
        assert_eq!(city.get(&path, &city.partner.secret).await?.status, 403);
        assert_eq!(city.get(&path, &key).await?.status, 200);
        let by = city.person("hotline.api").await?;
        let selection = "partner { version } userErrors { code path }";
        let disabled =
            by.mutate("exchangePartnerDisable", selection, json!({"partnerId": city.partner.id})).await?;
        disabled.payload()?;
        assert_eq!(city.get(&path, &key).await?.status, 403);
        Ok(())
    })
    .await
}
