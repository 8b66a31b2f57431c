//! What is missing or wrong is a list of errors with the specification's status, and nothing happens.

use fengqiao_tests::{Answer, on_backends};
use reqwest::Method;
use serde_json::json;

use super::{CATEGORY, City, GRID, HERE, encoded, read, refused};

#[tokio::test(flavor = "multi_thread")]
async fn what_is_asked_wrongly_is_named() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let city = City::open(backend).await?;
        for (path, status, begins) in [
            ("services.json".to_owned(), 400, "jurisdiction_id: 必填"),
            ("services.json?jurisdiction_id=999999".to_owned(), 404, "jurisdiction_id: "),
            ("services.json?jurisdiction_id=000000".to_owned(), 404, "jurisdiction_id: "),
            (
                "services.json?jurisdiction_id=1&jurisdiction_id=2".to_owned(),
                400,
                "jurisdiction_id: 出现两次",
            ),
            ("services.json?jurisdiction_id=%FF".to_owned(), 400, "不是 UTF-8"),
            (format!("services/9999.json?{HERE}"), 404, "service_code: "),
            (format!("requests/150302-2026-999999.json?{HERE}"), 404, "service_request_id: "),
            (format!("tokens/1.json?{HERE}"), 404, "service_request_id: "),
            ("requests.json".to_owned(), 400, "jurisdiction_id: 必填"),
            (format!("requests.json?{HERE}&status=new"), 400, "status: "),
            (format!("requests.json?{HERE}&page=0"), 400, "page: "),
            (format!("requests.json?{HERE}&page_size=101"), 400, "page_size: "),
            (format!("requests.json?{HERE}&page=11"), 400, "page: 不能超过 1000 个"),
            (format!("requests.json?{HERE}&start_date=2026"), 400, "start_date: "),
            (format!("requests.json?{HERE}&end_date=2026"), 400, "end_date: "),
            (
                format!("requests.json?{HERE}&start_date=2026-01-01T00:00:00Z&end_date=2026-11-22T00:00:00Z"),
                400,
                "start_date: ",
            ),
            (format!("requests.json?{HERE}&service_code=9999"), 404, "service_code: "),
            (
                format!("requests.json?{HERE}&service_request_id={}", vec!["1"; 101].join(",")),
                400,
                "service_request_id: ",
            ),
        ] {
            let answer = city.get(&path, &city.partner.secret).await?;
            let (found, told) = refused(&answer);
            assert_eq!((found, told.len()), (status, 1), "{path}: {}", answer.text);
            assert!(told[0].starts_with(begins), "{path}: {told:?}");
        }
        // In XML too, and where no format is known.
        for path in ["services.xml", "services.html", "services", "tokens.xml", "others.xml"] {
            let answer = city.bare(path).await?;
            let (root, said) = read(&answer.text)?;
            assert_eq!(root, "errors", "{path}");
            assert_eq!(said[0], ("errors/error/code".to_owned(), answer.status.to_string()), "{path}");
        }
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_reported_wrongly_is_named_and_not_taken() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let city = City::open(backend).await?;
        let before = city.cases().await?;
        let (code, text, grid) = (("service_code", CATEGORY), ("description", "漏水"), ("address_id", GRID));
        let long = "长".repeat(4_001);
        for (form, status, named) in [
            (vec![text, grid], 400, vec!["service_code"]),
            (vec![code, grid], 400, vec!["description"]),
            (vec![code, text], 400, vec!["lat, long"]),
            (vec![("lng", "1")], 400, vec!["lng", "service_code", "description", "lat, long"]),
            (vec![("service_code", "9999"), text, grid], 404, vec!["service_code"]),
            (vec![("service_code", "11"), text, grid], 404, vec!["service_code"]),
            (vec![code, text, ("address_id", "9")], 404, vec!["address_id"]),
            (vec![code, text, ("lat", "39.6")], 400, vec!["long"]),
            (vec![code, text, ("lat", "x"), ("long", "106.7")], 400, vec!["lat"]),
            (vec![code, text, ("lat", "91"), ("long", "106.7")], 400, vec!["lat"]),
            (vec![code, ("description", &long), grid], 400, vec!["description"]),
            (vec![code, ("description", "a\u{7}b"), grid], 400, vec!["description"]),
            (vec![code, ("description", "a\u{0}b"), grid], 400, vec![]),
            (vec![code, text, grid, ("requested_datetime", "now")], 400, vec!["requested_datetime"]),
            (vec![code, text, grid, ("external_id", "1\n2")], 400, vec!["external_id"]),
            (vec![code, text, grid, ("attribute[pipe]", "x")], 400, vec!["attribute[pipe]"]),
        ] {
            let answer = city.report(&form).await?;
            let (found, told) = refused(&answer);
            assert_eq!(found, status, "{named:?}: {}", answer.text);
            let begins: Vec<_> = told.iter().filter_map(|said| Some(said.rsplit_once(": ")?.0)).collect();
            assert_eq!(begins, named, "{}", answer.text);
        }
        assert_eq!(city.cases().await?, before);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_is_a_form_of_some_size() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let city = City::open(backend).await?;
        let post = |path: &str, kind: &str, body: String| {
            let request = city.partner.account.at(Method::POST, &format!("/open311/v2/{path}"));
            request.header("content-type", kind).body(body)
        };
        let form = "application/x-www-form-urlencoded; charset=utf-8";
        let other =
            Answer::of(post("requests.json", "multipart/form-data; boundary=x", String::new())).await?;
        assert_eq!(refused(&other).0, 415, "{}", other.text);
        let elsewhere = Answer::of(post("services.json", form, String::new())).await?;
        assert_eq!(elsewhere.status, 404);
        let whole = encoded(&[("jurisdiction_id", "150302"), ("description", &"a".repeat(2_000_000))]);
        let large = Answer::of(post("requests.json", form, whole)).await?;
        assert_eq!(refused(&large), (413, vec!["消息过大".to_owned()]));
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_category_for_everything_else_opens_no_other() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let city = City::open_with(backend, json!({"mapping": {"otherCategoryCode": CATEGORY}})).await?;
        // A class, which nothing is filed under by residents, and a code that stands for nothing.
        for code in ["11", "9999"] {
            let answer = city.report(&[("service_code", code), ("description", code), ("address_id", GRID)]).await?;
            assert_eq!(answer.status, 201, "{}", answer.text);
            let number = answer.body[0]["service_request_id"].as_str().unwrap_or_default();
            let filed = format!(
                "cases c JOIN categories k ON k.id = c.category_id WHERE c.number = '{number}' AND k.code = '{CATEGORY}'"
            );
            let filed = city.desk.served.world.number(&format!("SELECT count(*) FROM {filed}")).await?;
            assert_eq!(filed, 1, "{code} is filed elsewhere");
        }
        // What is asked for often is asked for once.
        let states = vec!["open"; 5_500].join(",");
        let answer = city.get(&format!("requests.json?{HERE}&status={states}"), &city.partner.secret).await?;
        assert_eq!(answer.body.as_array().map(Vec::len), Some(2), "{}", answer.text);
        let page = city.get(&format!("requests.json?{HERE}&page=2&page_size=1"), &city.partner.secret).await?;
        assert_eq!(page.body.as_array().map(Vec::len), Some(1), "{}", page.text);
        Ok(())
    })
    .await
}
