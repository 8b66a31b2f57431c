//! The token by which WeChat is asked: one for all processes, by WeChat's own rules.

use anyhow::ensure;
use fengqiao_tests::{Backend, Served, on_backends};
use futures::future::try_join_all;
use serde_json::{Value, json};

use super::registering::{register, village};
use super::wechat_fake::APP;
use super::{DISTRICT, SESSION, Town, at_home, is};

/// Somebody new registers at one of the servers.
async fn newcomer(town: &Town, at: &Served, home: &Value, number: usize) -> anyhow::Result<()> {
    let code = town.wechat.login(&format!("open-{number}"));
    let phone = town.wechat.number(&format!("139{number:08}"));
    let input = json!({"districtCode": DISTRICT, "app": APP, "code": code, "phoneCode": phone, "name": "王小明", "unitId": home});
    at.anonymous().mutate("accountRegister", SESSION, input).await?.payload()?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn all_processes_share_one_token() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let town = Town::open(backend).await?;
        let home = village(&town).await?;
        let url = town.wechat.url();
        let other = match backend {
            Backend::Postgres => Some(
                town.served
                    .beside(|settings| {
                        at_home(settings);
                        settings.federation.wechat_url = url;
                    })
                    .await?,
            ),
            Backend::Sqlite => None,
        };
        let servers = [&town.served, other.as_ref().unwrap_or(&town.served)];
        let come = |numbers: std::ops::Range<usize>| {
            let all = numbers.map(|number| newcomer(&town, servers[number % 2], &home, number));
            try_join_all(all)
        };
        come(0..12).await?;
        ensure!(town.wechat.counts().asked == 1, "{:?}", town.wechat.counts());
        // Still six minutes left: nobody asks.
        town.served.pass_seconds(7_200 - 360);
        come(12..14).await?;
        ensure!(town.wechat.counts().asked == 1, "{:?}", town.wechat.counts());
        // Less than five: the next one.
        town.served.pass_seconds(61);
        come(14..26).await?;
        ensure!(town.wechat.counts().asked == 2, "{:?}", town.wechat.counts());
        ensure!(town.wechat.counts().forced == 0, "{:?}", town.wechat.counts());
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_somebody_else_replaced_is_asked_for_and_not_forced() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let town = Town::open(backend).await?;
        let home = village(&town).await?;
        newcomer(&town, &town.served, &home, 0).await?;
        for round in 1..=25 {
            town.wechat.replace_token();
            newcomer(&town, &town.served, &home, round).await?;
        }
        let counts = town.wechat.counts();
        ensure!(counts.forced == 0 && counts.asked == 26, "{counts:?}");
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn another_token_is_forced_seldom() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let town = Town::open(backend).await?;
        let home = village(&town).await?;
        newcomer(&town, &town.served, &home, 0).await?;
        for round in 1..=20 {
            town.wechat.spoil_token();
            town.served.pass_seconds(if round == 20 { 31 } else { 30 });
            newcomer(&town, &town.served, &home, round).await?;
        }
        let limited = async || {
            let codes = (town.wechat.login("open-late"), town.wechat.number("13900009999"));
            let answer = register(&town, &home, (&codes.0, &codes.1)).await?;
            ensure!(answer.code() == "RATE_LIMITED", "{}", answer.body);
            anyhow::Ok(())
        };
        // Too soon, and too often on one day.
        for seconds in [3, 40] {
            town.wechat.spoil_token();
            town.served.pass_seconds(seconds);
            limited().await?;
        }
        // The clock of the tests began at 16:00 in China: shortly before midnight with the next token, and shortly after it with the same.
        town.served.pass_seconds(7 * 3_600 + 2_400);
        newcomer(&town, &town.served, &home, 98).await?;
        town.wechat.spoil_token();
        limited().await?;
        town.served.pass_seconds(900);
        newcomer(&town, &town.served, &home, 99).await?;
        let counts = town.wechat.counts();
        ensure!(counts.forced == 21 && counts.refused == 0, "{counts:?}");
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_still_counts_serves_while_no_other_is_given() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let town = Town::open(backend).await?;
        let home = village(&town).await?;
        newcomer(&town, &town.served, &home, 0).await?;
        town.wechat.keep_tokens();
        // Less than five minutes are left: the next one is asked for, and not given.
        town.served.pass_seconds(7_200 - 200);
        newcomer(&town, &town.served, &home, 1).await?;
        ensure!(town.wechat.counts().asked > 1, "{:?}", town.wechat.counts());
        town.served.pass_seconds(201);
        let codes = (town.wechat.login("open-late"), town.wechat.number("13900009999"));
        is(&register(&town, &home, (&codes.0, &codes.1)).await?, "PROVIDER_UNAVAILABLE", "")?;
        town.wechat.give_tokens();
        town.served.pass_seconds(3);
        newcomer(&town, &town.served, &home, 2).await
    })
    .await
}
