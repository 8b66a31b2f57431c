//! Values that make no sense: which are bad requests, and which are the caller's mistakes with a path.

use fengqiao_tests::{Actor, Answer, Matter, Places, Served, on_backends};
use serde_json::{Value, json};

const GRID: &str = "150302101203001";
const PAYLOAD: &str = "case { id } userErrors { code path }";

fn is_bad_request(answer: &Answer, what: &str) {
    assert_eq!(answer.code(), "BAD_REQUEST", "{what}: {} {}", answer.status, answer.text);
    assert!(answer.status == 200 || answer.status == 400, "{what}: {}", answer.status);
}

#[tokio::test(flavor = "multi_thread")]
async fn garbage_ids_and_ids_of_another_kind_are_bad_requests() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let station = served.sign_in("xindi.station@150302").await?;
        let unit = Places::of(&station).unit("150302").await?;
        let bare = unit.trim_start_matches("unit_").to_owned();
        let garbage = [
            "",
            "x",
            "case_",
            "case_x",
            "case",
            "🦀",
            "\u{0}",
            "' OR 1=1 --",
            &unit,
            &bare,
            "CASE_01890000-0000-7000-8000-00000000dead",
            "case_01890000-0000-7000-8000-00000000dead ",
        ];
        for id in garbage {
            let answer = station.run("query($id: ID!) { case(id: $id) { id } }", json!({"id": id})).await?;
            is_bad_request(&answer, id);
            assert_eq!(answer.body["data"]["case"], Value::Null);
            let input = json!({"caseId": id, "expectedVersion": 1});
            is_bad_request(&station.mutate("caseAccept", PAYLOAD, input).await?, id);
            if !id.starts_with("unit_") {
                is_bad_request(
                    &station.run("query($id: ID!) { node(id: $id) { id } }", json!({"id": id})).await?,
                    id,
                );
                let document = "query($id: ID!) { cases(filter: {place: {unitId: $id}}) { totalCount } }";
                is_bad_request(&station.run(document, json!({"id": id})).await?, id);
            }
        }
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_have_a_size_and_a_cursor_of_ours() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let station = served.sign_in("xindi.station@150302").await?;
        for arguments in [
            "first: 0",
            "first: -1",
            "first: 101",
            "first: 2147483648",
            "last: -5",
            "last: 101",
            "first: 1, last: 1",
            "after: \"x\"",
            "after: \"\"",
            "before: \"\\u0000\"",
            "after: \"eyJhIjoxfQ\"",
        ] {
            let answer =
                station.run(&format!("{{ cases({arguments}) {{ totalCount }} }}"), Value::Null).await?;
            is_bad_request(&answer, arguments);
        }
        let page = station.run("{ cases(first: 1) { pageInfo { endCursor } } }", Value::Null).await?;
        let cursor = page.data("cases/pageInfo/endCursor")?.clone();
        let document = "query($after: String) { units(after: $after) { nodes { id } } }";
        let other = station.run(document, json!({"after": cursor})).await?;
        is_bad_request(&other, "a cursor of cases for a list by code");
        let page = station.run("{ units(first: 1) { pageInfo { endCursor } } }", Value::Null).await?;
        let cursor = page.data("units/pageInfo/endCursor")?.clone();
        let document = "query($after: String) { grids(after: $after) { nodes { id } } }";
        let other = station.run(document, json!({"after": cursor})).await?;
        is_bad_request(&other, "a cursor of units by code for grids by code");
        Ok(())
    })
    .await
}

/// Texts with a NUL, which PostgreSQL cannot hold, are never found and never a failure of ours.
#[tokio::test(flavor = "multi_thread")]
async fn no_text_of_a_query_is_a_failure_of_ours() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let admin = served.sign_in("system.admin@150302").await?;
        let commander = served.sign_in("district.command@150302").await?;
        let long = "长".repeat(20_000);
        for text in ["\u{0}", "a\u{0}b", "%", "_", "\\", "'", "\"", "\u{202e}", "👩‍👩‍👧", &long] {
            for document in [
                "query($t: String!) { caseByNumber(number: $t) { id } }",
                "query($t: String!) { unitByCode(code: $t) { id } }",
                "query($t: String!) { gridByCode(code: $t) { id } }",
                "query($t: String!) { categoryByCode(code: $t) { id } }",
                "query($t: String!) { cases(filter: {title: {contains: $t}}) { totalCount } }",
                "query($t: String!) { units(filter: {name: {contains: $t}}) { totalCount } }",
                "query($t: String!) { grids(filter: {name: {contains: $t}}) { totalCount } }",
                "query($t: String!) { organisations(filter: {name: {contains: $t}}) { totalCount } }",
                "query($t: String!) { categories(filter: {name: {contains: $t}}) { totalCount } }",
                "query($t: String!) { accounts(filter: {loginPrefix: $t}) { totalCount } }",
                "query($t: String!) { accounts(filter: {phone: $t}) { totalCount } }",
            ] {
                let answer = asks(&[&commander, &admin], document).run(document, json!({"t": text})).await?;
                let fine = matches!(answer.code(), "" | "BAD_REQUEST");
                let shown: String = text.chars().take(5).collect();
                assert!(fine, "{document} with {shown:?}: {} {}", answer.status, answer.text);
            }
        }
        Ok(())
    })
    .await
}

/// Accounts are for administrators to read.
fn asks<'a>(people: &[&'a Actor; 2], document: &str) -> &'a Actor {
    people[usize::from(document.contains("accounts"))]
}

struct Reports<'a> {
    by: &'a Actor,
    category: String,
    grid: String,
}

impl<'a> Reports<'a> {
    async fn of(by: &'a Actor) -> anyhow::Result<Self> {
        let places = Places::of(by);
        Ok(Self { by, category: places.category("1105").await?, grid: places.grid(GRID).await? })
    }

    /// A good report, but for `change`.
    async fn with(&self, change: Value) -> anyhow::Result<Answer> {
        let mut input = json!({"categoryId": self.category, "place": {"gridId": self.grid}, "title": "题",
            "description": "述", "source": "RESIDENT"});
        for (key, value) in change.as_object().into_iter().flatten() {
            input[key] = value.clone();
        }
        self.by.mutate("caseReport", PAYLOAD, input).await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn texts_of_a_report_have_bounds_and_paths() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let resident = served.sign_in("xindi.resident@150302").await?;
        let reports = Reports::of(&resident).await?;
        let before = served.world.number("SELECT count(*) FROM cases").await?;
        let point = |longitude: f64, latitude: f64| {
            json!({"point": {"longitude": longitude, "latitude": latitude, "coordinateSystem": "WGS84"}})
        };
        let wrong = [
            (json!({"title": ""}), "REQUIRED", "title"),
            (json!({"title": " \n\t "}), "REQUIRED", "title"),
            (json!({"title": "题".repeat(121)}), "TOO_LONG", "title"),
            (json!({"title": "a\u{7}b"}), "INVALID_TEXT", "title"),
            (json!({"description": ""}), "REQUIRED", "description"),
            (json!({"description": "述".repeat(4_001)}), "TOO_LONG", "description"),
            (json!({"address": "址".repeat(201)}), "TOO_LONG", "address"),
            (json!({"reporter": {"name": "名".repeat(61)}}), "TOO_LONG", "reporter.name"),
            (json!({"reporter": {"name": "张*"}}), "INVALID_TEXT", "reporter.name"),
            (json!({"reporter": {"phone": "138****5678"}}), "INVALID_TEXT", "reporter.phone"),
            (json!({"occurredAt": "2999-01-01T00:00:00Z"}), "INVALID_TIME", "occurredAt"),
            (json!({"reportedAt": "2999-01-01T00:00:00Z"}), "INVALID_TIME", "reportedAt"),
            (point(181.0, 39.0), "INVALID_POINT", "point"),
            (point(106.0, -90.5), "INVALID_POINT", "point"),
            (point(1e300, 0.0), "INVALID_POINT", "point"),
            (json!({"source": "LEADER"}), "NOT_PERMITTED", "source"),
            (json!({"priority": "CRITICAL"}), "NOT_PERMITTED", "priority"),
        ];
        for (change, code, path) in wrong {
            let answer = reports.with(change).await?;
            assert_eq!(answer.user_error()?, (code.to_owned(), path.to_owned()), "{}", answer.text);
        }
        let several = reports.with(json!({"title": "", "description": "", "address": "址".repeat(201)})).await?;
        assert_eq!(several.user_errors()?.len(), 3, "{}", several.text);
        for (change, what) in [
            (json!({"place": {}}), "no place"),
            (json!({"place": {"gridId": reports.grid, "unitId": reports.grid}}), "two places"),
            (json!({"title": 7}), "a number"),
            (json!({"title": null}), "null"),
            (json!({"source": "GOSSIP"}), "no such source"),
            (json!({"occurredAt": "yesterday"}), "no instant"),
            (json!({"unheardOf": 1}), "no such field"),
            (json!({"title": "a\u{0}b"}), "a text with NUL"),
        ] {
            let answer = reports.with(change).await?;
            assert_eq!((answer.status, answer.code()), (400, "BAD_REQUEST"), "{what}: {}", answer.text);
        }
        assert_eq!(served.world.number("SELECT count(*) FROM cases").await?, before, "nothing was written");
        reports.with(json!({"title": "题".repeat(120), "description": "述".repeat(4_000)})).await?.payload()?;
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn reasons_versions_and_comments_have_bounds() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let station = served.sign_in("xindi.station@150302").await?;
        let matter = Matter::report(&served.sign_in("xindi.resident@150302").await?, GRID, "1105").await?;
        let long = "因".repeat(1_001);
        let wrong = [
            ("caseReject", json!({"reason": ""}), "REQUIRED", "reason"),
            ("caseReject", json!({"reason": long}), "TOO_LONG", "reason"),
            ("caseReject", json!({"reason": "a\u{7}b"}), "INVALID_TEXT", "reason"),
            ("caseAccept", json!({"note": long}), "TOO_LONG", "note"),
            ("caseComment", json!({"text": "", "audience": "STAFF"}), "REQUIRED", "text"),
            ("caseComment", json!({"text": long, "audience": "STAFF"}), "TOO_LONG", "text"),
            ("caseAccept", json!({"expectedVersion": -1}), "CONFLICT", "expectedVersion"),
            ("caseAccept", json!({"expectedVersion": 0}), "CONFLICT", "expectedVersion"),
            ("caseAccept", json!({"expectedVersion": i32::MAX}), "CONFLICT", "expectedVersion"),
        ];
        for (field, more, code, path) in wrong {
            let answer = matter.try_act(&station, field, more).await?;
            assert_eq!(answer.user_error()?, (code.to_owned(), path.to_owned()), "{field}: {}", answer.text);
        }
        for version in [json!("one"), json!(1.5), json!(null), json!([1])] {
            let answer = matter.try_act(&station, "caseAccept", json!({"expectedVersion": version})).await?;
            assert_eq!((answer.status, answer.code()), (400, "BAD_REQUEST"), "{version}: {}", answer.text);
        }
        assert_eq!(matter.read(&station, "version").await?["version"], 1);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_request_is_told_in_the_language_of_the_request() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let admin = served.sign_in("system.admin@150302").await?;
        let ids: Vec<String> = (0..101).map(|_| "x".to_owned()).collect();
        for document in [
            "query($ids: [ID!]!) { nodes(ids: $ids) { id } }",
            "{ case(id: \"case_x\") { id } }",
            "{ node(id: \"grant_01890000-0000-7000-8000-00000000dead\") { id } }",
            "{ units(first: 0) { totalCount } }",
            "{ units(first: 1, last: 1) { totalCount } }",
            "{ units(after: \"x\") { totalCount } }",
            "{ accounts(filter: {phone: \"x\"}) { totalCount } }",
            "{ unitByCode(code: \"150302\", codeYear: 2023) { id } }",
        ] {
            let variables = if document.contains("$ids") { json!({"ids": ids}) } else { Value::Null };
            let chinese = admin.run(document, variables.clone()).await?;
            let english = admin.clone().in_english().run(document, variables).await?;
            for (answer, is_english) in [(&chinese, false), (&english, true)] {
                is_bad_request(answer, document);
                let message = answer.body["errors"][0]["message"].as_str().unwrap_or_default();
                assert!(!message.is_empty() && message.is_ascii() == is_english, "{document}: {message}");
            }
        }
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn limits_of_a_category_and_of_signing_in_are_user_errors() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let admin = served.sign_in("system.admin@150302").await?;
        let category = Places::of(&admin).category("1105").await?;
        for (amount, kind) in
            [(-5, "WORKING_HOUR"), (0, "WORKING_DAY"), (87_601, "URGENT_HOUR"), (3_651, "CALENDAR_DAY")]
        {
            let limit = json!({"amount": amount, "kind": kind});
            let update = json!({"categoryId": category, "expectedVersion": 1, "limit": limit});
            let create =
                json!({"code": "9999", "nameZh": "新", "nameEn": "new", "sensitivity": "NORMAL", "limit": limit});
            for (field, input) in [("categoryUpdate", update), ("categoryCreate", create)] {
                let answer = admin.mutate(field, "userErrors { code path }", input).await?;
                let told = ("INVALID_LIMIT".to_owned(), "limit.amount".to_owned());
                assert_eq!(answer.user_error()?, told, "{field} with {amount}: {}", answer.text);
            }
        }
        let anonymous = served.anonymous();
        for (account, password, path) in [
            ("xindi.worker@150302", "密".repeat(129), "password"),
            (&"a".repeat(81), "a password".to_owned(), "account"),
        ] {
            let input = json!({"account": account, "password": password});
            let answer = anonymous.mutate("sessionCreate", "userErrors { code path }", input).await?;
            assert_eq!(answer.user_error()?, ("TOO_LONG".to_owned(), path.to_owned()), "{}", answer.text);
        }
        let input = json!({"refreshToken": "a".repeat(129)});
        let answer = anonymous.mutate("sessionRefresh", "userErrors { code path }", input).await?;
        assert_eq!(answer.user_error()?.0, "REFRESH_INVALID", "{}", answer.text);
        Ok(())
    })
    .await
}
