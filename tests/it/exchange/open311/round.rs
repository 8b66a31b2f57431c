//! From the list of services to a request that is closed, as the specification goes; XML and JSON say the same.

use fengqiao_tests::on_backends;
use serde_json::{Value, json};

use super::{CATEGORY, City, GRID, HERE, WATER, number};

#[tokio::test(flavor = "multi_thread")]
async fn what_may_be_reported_and_where_is_for_everybody_to_read() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let city = City::open(backend).await?;
        let discovery = city.both("discovery", "").await?;
        let address = city.desk.served.address();
        assert_eq!(discovery["endpoints"][0]["url"], format!("http://{address}/open311/v2"));
        assert_eq!(discovery["endpoints"][0]["formats"], json!(["text/xml", "application/json"]));

        let services = city.both("services", HERE).await?;
        let water =
            services.as_array().into_iter().flatten().find(|service| service["service_code"] == CATEGORY);
        let wanted = json!({
            "service_code": CATEGORY, "service_name": "供水供电供气", "description": null, "metadata": false,
            "type": "realtime", "keywords": null, "group": "民生服务",
        });
        assert_eq!(water, Some(&wanted));
        let definition = city.both(&format!("services/{CATEGORY}"), HERE).await?;
        assert_eq!(definition, json!({"service_code": CATEGORY, "attributes": []}));
        Ok(())
    })
    .await
}

/// The case that a request is, as the station reads it.
async fn read(city: &City, number: &str) -> anyhow::Result<Value> {
    let document = "query($number: String!) { caseByNumber(number: $number) { id title source external { source } \
                    reporter { name { text } phone { text } } \
                    place { grid { code } point { longitude latitude coordinateSystem } } } }";
    let read = city.person("xindi.station").await?.run(document, json!({"number": number})).await?;
    Ok(read.data("caseByNumber")?.clone())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_is_made_and_followed_to_its_end() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let city = City::open(backend).await?;
        let more = [
            ("lat", "39.661234"),
            ("long", "106.794123"),
            ("address_string", "3号楼"),
            ("first_name", "三"),
            ("last_name", "张"),
            ("phone", "10070000001"),
            ("media_url", "https://app.example.org/1.jpg"),
            ("account_id", "u-7"),
        ];
        let answer = city.report(&[&WATER[..], &more].concat()).await?;
        assert_eq!(answer.status, 201, "{}", answer.text);
        let number = number(&answer)?;
        let notice = "已登记，可凭编号查询办理进度";
        assert_eq!(
            answer.body,
            json!([{"service_request_id": number, "service_notice": notice, "account_id": "u-7"}])
        );
        let token = city.both(&format!("tokens/{number}"), HERE).await?;
        assert_eq!(token, json!([{"service_request_id": number, "token": number}]));

        let open = city.both(&format!("requests/{number}"), HERE).await?;
        let at = "2026-11-22T16:00:00+08:00";
        assert_eq!(
            open,
            json!([{
                "service_request_id": number, "status": "open", "status_notes": null,
                "service_name": "供水供电供气", "service_code": CATEGORY,
                "description": "水管 < 2 & \"漏\"\n\nmedia_url: https://app.example.org/1.jpg",
                "agency_responsible": "新地村委会", "service_notice": null,
                "requested_datetime": at, "updated_datetime": at, "expected_datetime": "2026-11-23T16:00:00+08:00",
                "address": "3号楼", "address_id": null, "zipcode": null, "lat": 39.661_234, "long": 106.794_123,
                "media_url": null,
            }])
        );
        // It is a case like any other, of whoever reported it.
        let case = read(&city, &number).await?;
        assert_eq!((&case["title"], &case["source"]), (&json!("供水供电供气"), &json!("RESIDENT")));
        assert_eq!(case["external"]["source"], "app");
        assert_eq!(case["reporter"], json!({"name": {"text": "张*"}, "phone": {"text": "100****0001"}}));
        let point = json!({"longitude": 106.794_123, "latitude": 39.661_234, "coordinateSystem": "WGS84"});
        assert_eq!(case["place"], json!({"grid": {"code": GRID}, "point": point}));

        city.desk.served.pass_seconds(60);
        let seen = json!({"caseId": case["id"], "expectedVersion": 1, "reason": "不在受理范围"});
        let station = city.person("xindi.station").await?;
        station.mutate("caseReject", "case { version } userErrors { code path }", seen).await?.payload()?;
        let closed = city.both(&format!("requests/{number}"), HERE).await?;
        let told = (&closed[0]["status"], &closed[0]["status_notes"], &closed[0]["updated_datetime"]);
        assert_eq!(told, (&json!("closed"), &json!("不在受理范围"), &json!("2026-11-22T16:01:00+08:00")));
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_sent_again_is_one_request() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let city = City::open(backend).await?;
        let before = city.cases().await?;
        // By what it says, within a day.
        let first = city.report(&WATER).await?;
        let again = city.report(&WATER).await?;
        assert_eq!((first.status, again.status), (201, 200), "{} {}", first.text, again.text);
        assert_eq!(number(&first)?, number(&again)?);
        assert_eq!(again.body[0]["service_notice"], "此前已登记，未重复受理");
        // By a number of its own, in the form or in the header.
        let key = [("idempotency-key", "K-1")];
        let by_key = city.report_with(&WATER, &key).await?;
        let by_number = city.report(&[&WATER[..], &[("external_id", "K-1")]].concat()).await?;
        assert_eq!((by_key.status, by_number.status), (201, 200));
        assert_eq!(number(&by_key)?, number(&by_number)?);
        assert_ne!(number(&by_key)?, number(&first)?);
        let other = [("service_code", super::CATEGORY), ("address_id", GRID), ("description", "又漏了")];
        let changed = city.report_with(&other, &key).await?;
        assert_eq!(
            super::refused(&changed),
            (409, vec!["external_id: 该编号此前报送的内容不同，未予接收".to_owned()])
        );
        assert_eq!(city.cases().await?, before + 2);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn many_at_once_are_one_request() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let city = City::open(backend).await?;
        let before = city.cases().await?;
        let sent = (0..8).map(|_| city.report(&WATER));
        let answers = futures::future::try_join_all(sent).await?;
        let mut numbers = answers.iter().map(number).collect::<anyhow::Result<Vec<_>>>()?;
        numbers.dedup();
        assert_eq!(numbers.len(), 1, "{numbers:?}");
        assert_eq!(city.cases().await?, before + 1);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn who_reported_it_follows_it_by_graphql_too() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let city = City::open(backend).await?;
        let number = number(&city.report(&WATER).await?)?;
        let document = "query($number: String!) { caseByNumber(number: $number) { description } }";
        let read = city.partner.account.run(document, json!({"number": number})).await?;
        assert_eq!(read.data("caseByNumber/description")?, "水管 < 2 & \"漏\"");
        // What is kept of it as it came is kept once.
        let rows = city.desk.served.world.rows("exchange_tickets").await?;
        assert_eq!(rows.len(), 1);
        Ok(())
    })
    .await
}
