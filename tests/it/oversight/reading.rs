//! What an overseer reads: as far as the leave reaches, masked, and nothing that is sensitive.

use anyhow::ensure;
use fengqiao_tests::{Places, Served, on_backends};
use serde_json::{Value, json};

use super::{DISTRICT, HOME, OVERSEER, came, cases, given, here, home, overseer, signed_in};

#[tokio::test(flavor = "multi_thread")]
async fn whoever_has_it_reads_the_district_masked_and_knows_nothing_else_of_it() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let (reader, _) = overseer(&served).await?;
        // As much as somebody of the district reads whose ceiling is as low, which is all that is not sensitive.
        let ordinary = "SELECT count(*) FROM cases c JOIN tenants t ON t.tenant_id = c.tenant_id WHERE t.code = '150302' AND c.sensitivity = 0";
        let all = u64::try_from(served.world.number(ordinary).await?)?;
        ensure!(all > 10 && cases(&reader).await? == all, "{} of {all}", cases(&reader).await?);
        let who = "{ viewer { grants { role } permissions } unitByCode(code: \"320804\") { id } }";
        let who = reader.run(who, Value::Null).await?;
        assert_eq!(who.data("viewer")?, &json!({"grants": [{"role": "OVERSEER"}], "permissions": ["STAFF_READ", "CASE_READ"]}));
        assert_eq!(who.data("unitByCode")?, &Value::Null, "their own district is another one");
        let read = reader
            .run("{ cases(first: 100) { nodes { viewerActions { act } reporter { name { text isMasked } phone { text isMasked } } } } }", Value::Null)
            .await?;
        for case in read.data("cases/nodes")?.as_array().into_iter().flatten() {
            for field in ["name", "phone"] {
                let text = &case["reporter"][field];
                ensure!(text.is_null() || text["isMasked"] == true, "{case}");
            }
            ensure!(case["viewerActions"] == json!([]), "{case}");
        }
        for asked in ["{ accounts { totalCount } }", "{ auditEntries { totalCount } }", "{ oversightGrants { totalCount } }"] {
            assert_eq!(reader.run(asked, Value::Null).await?.code(), "FORBIDDEN", "{asked}");
        }
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_leave_for_a_town_or_a_category_reaches_no_further() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let commander = home(&served, OVERSEER).await?;
        let security = here(&served, "security.admin").await?;
        let places = Places::of(&security);
        let (town, category) = (places.unit("150302101").await?, places.category("11").await?);
        let mut counts = vec![];
        for others in [json!({"unitId": town}), json!({"categoryIds": [category]}), json!({"unitId": town, "categoryIds": [category]})] {
            let grant = given(&served, &commander, others).await?.payload()?["oversightGrant"].clone();
            let reader = signed_in(&served, &came(&commander, &grant).await?)?;
            let read = reader.run("{ cases(first: 100) { totalCount nodes { category { code } place { town { code } } } } }", Value::Null).await?;
            counts.push(read.data("cases/totalCount")?.as_u64().unwrap_or_default());
            let nodes = read.data("cases/nodes")?.as_array().cloned().unwrap_or_default();
            for case in nodes {
                let in_town = case["place"]["town"]["code"] == "150302101";
                let of_category = case["category"]["code"].as_str().is_some_and(|code| code.starts_with("11"));
                let wanted = match counts.len() {
                    1 => in_town,
                    2 => of_category,
                    _ => in_town && of_category,
                };
                ensure!(wanted, "{case} by the leave {}", counts.len());
            }
        }
        ensure!(counts[0] > counts[2] && counts[1] > counts[2] && counts[2] > 0, "{counts:?}");
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn each_coming_is_in_the_trails_of_both_districts() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let (_, grant) = overseer(&served).await?;
        let document = "query($action: String) { auditEntries(filter: {action: $action}) { nodes { action target detail } } }";
        let trail = async |login: String, action: &str| {
            let auditor = served.sign_in(&login).await?;
            let read = auditor.run(document, json!({"action": action})).await?;
            anyhow::Ok(read.data("auditEntries/nodes")?.to_string())
        };
        let own = trail(format!("audit.admin@{HOME}"), "oversight.enter").await?;
        ensure!(own.contains(grant["id"].as_str().unwrap_or_default()) && own.contains(DISTRICT), "{own}");
        let there = trail(format!("audit.admin@{DISTRICT}"), "session.create").await?;
        ensure!(there.contains("oversight") && there.contains(grant["id"].as_str().unwrap_or_default()), "{there}");
        let made = trail(format!("audit.admin@{DISTRICT}"), "oversight_grant.create").await?;
        ensure!(made.contains(HOME), "{made}");
        Ok(())
    })
    .await
}
