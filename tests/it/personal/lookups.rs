//! Looking people up by a whole number: whoever could try all numbers that fit a mask would know the right one.

use anyhow::ensure;
use fengqiao_tests::{Actor, Answer, Served, on_backends};
use serde_json::{Value, json};

use super::person;

async fn looked_up(by: &Actor, field: &str, phone: &str) -> anyhow::Result<Answer> {
    let document =
        format!("query($filter: {}Filter) {{ {field}s(filter: $filter) {{ totalCount }} }}", kind(field));
    by.run(&document, json!({"filter": {"phone": phone}})).await
}

fn kind(field: &str) -> &'static str {
    if field == "account" { "Account" } else { "StaffMember" }
}

#[tokio::test(flavor = "multi_thread")]
async fn so_many_numbers_a_day_are_tried_and_no_more() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo_with(backend, |settings| settings.personal.lookups_per_day = 4).await?;
        let town = person(&served, "qianlishan.admin").await?;
        // Found or not, of accounts or of the force, one after the other or in one document.
        for (field, phone) in [("account", "10070000035"), ("staffMember", "10070000036")] {
            looked_up(&town, field, phone).await?.data(&format!("{field}s"))?;
        }
        let both = "{ a: staffMembers(filter: {phone: \"10070000001\"}) { nodes { id } }
            b: staffMembers(filter: {phone: \"10070000002\"}) { nodes { id } }
            c: staffMembers(filter: {phone: \"10070000003\"}) { nodes { id } } }";
        assert_eq!(town.run(both, Value::Null).await?.code(), "RATE_LIMITED");
        for (field, phone) in [("account", "10070000035"), ("staffMember", "10070000036")] {
            let refused = looked_up(&town, field, phone).await?;
            assert_eq!(refused.code(), "RATE_LIMITED", "{field}");
            let wait =
                refused.body["errors"][0]["extensions"]["retryAfterSeconds"].as_i64().unwrap_or_default();
            ensure!((21_000..=21_600).contains(&wait), "{wait}");
        }
        // Everything else goes on, and so does everybody else.
        town.run("{ staffMembers { totalCount } }", Value::Null).await?.data("staffMembers")?;
        let worker = person(&served, "xindi.worker").await?;
        looked_up(&worker, "staffMember", "10070000036").await?.data("staffMembers")?;
        assert_eq!(looked_up(&worker, "account", "10070000036").await?.code(), "FORBIDDEN");
        served.pass_seconds(21_600);
        let town = person(&served, "qianlishan.admin").await?;
        looked_up(&town, "account", "10070000035").await?.data("accounts")?;
        assert_eq!(looked_up(&town, "account", "10070000035").await?.code(), "RATE_LIMITED");
        Ok(())
    })
    .await
}
