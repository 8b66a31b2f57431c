//! Lists: what is offered, and which requests are found.

use fengqiao_tests::{Places, on_backends};
use serde_json::{Value, json};

use super::{CATEGORY, City, GRID, HERE, WATER, number};

fn ids(listed: &Value) -> Vec<&str> {
    let requests = listed.as_array().into_iter().flatten();
    requests.filter_map(|request| request["service_request_id"].as_str()).collect()
}

fn codes(listed: &Value) -> Vec<&str> {
    listed.as_array().into_iter().flatten().filter_map(|service| service["service_code"].as_str()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn only_what_people_may_report_in_public_is_offered() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let city = City::open(backend).await?;
        let listed = city.both("services", HERE).await?;
        let before = codes(&listed);
        assert!(before.contains(&CATEGORY) && before.contains(&"1101") && before.contains(&"0202"));
        assert!(!before.contains(&"11") && !before.contains(&"01"), "a class is no matter: {before:?}");
        // Whoever asks without a key, and in English.
        let bare = city.bare(&format!("services.json?{HERE}")).await?;
        assert_eq!(codes(&bare.body), before);
        let request =
            city.partner.account.at(reqwest::Method::GET, &format!("/open311/v2/services.json?{HERE}"));
        let english = fengqiao_tests::Answer::of(request.header("accept-language", "en")).await?;
        let water = english.body.as_array().into_iter().flatten().find(|one| one["service_code"] == CATEGORY);
        assert_eq!(water.map(|water| &water["service_name"]), Some(&json!("Water, power and gas supply")));
        // What is retired, and what becomes sensitive, is not offered; nor is it taken.
        let admin = city.person("system.admin").await?;
        let places = Places::of(&admin);
        for (code, change) in
            [("1101", json!({"isActive": false})), (CATEGORY, json!({"sensitivity": "SENSITIVE"}))]
        {
            let mut input = json!({"categoryId": places.category(code).await?, "expectedVersion": 1});
            for (key, value) in change.as_object().into_iter().flatten() {
                input[key] = value.clone();
            }
            admin
                .mutate("categoryUpdate", "category { id } userErrors { code path }", input)
                .await?
                .payload()?;
        }
        let listed = city.both("services", HERE).await?;
        let gone: Vec<_> = before.iter().filter(|code| !codes(&listed).contains(code)).collect();
        assert_eq!(gone, [&"1101", &CATEGORY]);
        let cases = city.cases().await?;
        let refused = city.report(&WATER).await?;
        assert_eq!(super::refused(&refused).0, 404, "{}", refused.text);
        assert_eq!(
            city.get(&format!("services/{CATEGORY}.json?{HERE}"), &city.partner.secret).await?.status,
            404
        );
        assert_eq!(city.cases().await?, cases);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_are_found_by_number_service_state_and_time() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let city = City::open(backend).await?;
        let at = |code, text| [("service_code", code), ("address_id", GRID), ("description", text)];
        let first = number(&city.report(&at(CATEGORY, "一")).await?)?;
        city.desk.served.pass_seconds(3_600);
        let second = number(&city.report(&at("0202", "二")).await?)?;
        city.desk.served.pass_seconds(3_600);
        let third = number(&city.report(&at(CATEGORY, "三")).await?)?;
        // Somebody else's reports are not the application's to see.
        let other = city.desk.report().await?.number;
        let station = city.person("xindi.station").await?;
        let read = station
            .run("query($n: String!) { caseByNumber(number: $n) { id } }", json!({"n": third}))
            .await?;
        let seen = json!({"caseId": read.data("caseByNumber/id")?, "expectedVersion": 1, "reason": "重复"});
        station.mutate("caseReject", "case { version } userErrors { code path }", seen).await?.payload()?;
        let all = [third.as_str(), &second, &first];
        for (arguments, wanted) in [
            (String::new(), all.to_vec()),
            ("status=open".to_owned(), vec![&second, &first]),
            ("status=closed".to_owned(), vec![&third]),
            ("status=open,closed".to_owned(), all.to_vec()),
            (format!("service_code={CATEGORY}"), vec![&third, &first]),
            (format!("service_code={CATEGORY},0202"), all.to_vec()),
            ("start_date=2026-11-22T09:00:00Z".to_owned(), vec![&third, &second]),
            ("end_date=2026-11-22T17:00:00%2B08:00".to_owned(), vec![&second, &first]),
            ("start_date=2026-11-22T08:00:01Z&end_date=2026-11-22T09:59:59Z".to_owned(), vec![&second]),
            ("page_size=2".to_owned(), vec![&third, &second]),
            ("page_size=2&page=2".to_owned(), vec![&first]),
            ("page_size=2&page=3".to_owned(), vec![]),
            (format!("service_request_id={first},{third},{other},x"), vec![&first, &third]),
        ] {
            let listed = city.both("requests", &format!("{HERE}&{arguments}")).await?;
            assert_eq!(ids(&listed), wanted, "{arguments}");
        }
        let path = format!("requests/{other}.json?{HERE}");
        assert_eq!(city.get(&path, &city.partner.secret).await?.status, 404);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn points_go_in_and_out_in_one_system() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let city = City::open(backend).await?;
        let shifted = json!({"key": "map", "mapping": {"coordinateSystem": "GCJ02"}});
        let account = city.partner.account.clone();
        let map = super::Partner::set_up(account, super::application(shifted)).await?;
        let map = City { desk: city.desk, partner: map };
        let form = [
            ("service_code", CATEGORY),
            ("description", "漏水"),
            ("lat", "39.661234"),
            ("long", "106.794123"),
        ];
        let number = number(&map.report(&form).await?)?;
        let path = format!("requests/{number}");
        let told = map.both(&path, HERE).await?;
        assert_eq!((&told[0]["lat"], &told[0]["long"]), (&json!(39.661_234), &json!(106.794_123)));
        // The other one of the same account reads it as it is told everywhere.
        let read = map.get(&format!("{path}.json?{HERE}"), &city.partner.secret).await?;
        let (lat, long) = (read.body[0]["lat"].as_f64(), read.body[0]["long"].as_f64());
        let off = |told: Option<f64>, sent: f64| (told.unwrap_or_default() - sent).abs();
        assert!((0.0005..0.01).contains(&off(long, 106.794_123)), "{lat:?} {long:?}");
        assert!((0.0002..0.01).contains(&off(lat, 39.661_234)), "{lat:?} {long:?}");
        Ok(())
    })
    .await
}
