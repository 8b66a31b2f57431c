//! Whose accounts and grants an administrator reads: the town's people, not the next town's.

use fengqiao_tests::{Actor, Served, account_id, on_backends};
use serde_json::{Value, json};

async fn logins(by: &Actor, filter: Value) -> anyhow::Result<Vec<String>> {
    let document = "query($filter: AccountFilter, $after: String) {
        accounts(filter: $filter, first: 100, after: $after) { totalCount nodes { login } } }";
    let answer = by.run(document, json!({"filter": filter})).await?;
    let nodes = answer.data("accounts/nodes")?.as_array().cloned().unwrap_or_default();
    assert_eq!(answer.data("accounts/totalCount")?, &json!(nodes.len()));
    Ok(nodes.iter().filter_map(|node| Some(node["login"].as_str()?.to_owned())).collect())
}

/// The accounts that hold a role, of the residents' kind or another.
async fn holders(by: &Actor, role: &str) -> anyhow::Result<Vec<String>> {
    let document = "query($filter: RoleGrantFilter) {
        roleGrants(filter: $filter, first: 100) { totalCount nodes { account { login } } } }";
    let answer = by.run(document, json!({"filter": {"role": role}})).await?;
    let nodes = answer.data("roleGrants/nodes")?.as_array().cloned().unwrap_or_default();
    assert_eq!(answer.data("roleGrants/totalCount")?, &json!(nodes.len()));
    Ok(nodes.iter().filter_map(|node| Some(node["account"]["login"].as_str()?.to_owned())).collect())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_towns_administrator_knows_the_towns_people_alone() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let town = served.sign_in("qianlishan.admin@150302").await?;
        let seen = logins(&town, json!({})).await?;
        for known in
            ["xindi.resident", "xindi.worker", "xindi.police", "qianlishan.dispatch", "qianlishan.admin"]
        {
            assert!(seen.iter().any(|login| login == known), "{known} is not among {seen:?}");
        }
        for stranger in
            ["bailou.station", "bailou.worker", "district.command", "system.admin", "justice.handler"]
        {
            assert!(!seen.iter().any(|login| login == stranger), "{stranger} is among {seen:?}");
        }
        let all = logins(&served.sign_in("system.admin@150302").await?, json!({})).await?;
        assert!(all.len() > seen.len() && all.iter().any(|login| login == "bailou.station"));
        // By telephone number, as demo/accounts.csv has them, a stranger is as unknown as a number that nobody has.

        assert_eq!(logins(&town, json!({"phone": "10070000035"})).await?, ["xindi.worker"]);
        assert_eq!(logins(&town, json!({"phone": "10070000057"})).await?, [""; 0]);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn where_residents_live_is_told_to_whoever_administers_them() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let town = served.sign_in("qianlishan.admin@150302").await?;
        let system = served.sign_in("system.admin@150302").await?;
        let station = served.sign_in("xindi.station@150302").await?;
        let (of_town, of_all) = (holders(&town, "RESIDENT").await?, holders(&system, "RESIDENT").await?);
        assert!(of_town.contains(&"xindi.resident".to_owned()), "{of_town:?}");
        assert!(of_town.len() < of_all.len(), "{of_town:?} of {of_all:?}");
        assert_eq!(holders(&station, "RESIDENT").await?, [""; 0]);
        // Who serves where is no secret among the staff.
        assert_eq!(holders(&town, "STATION_CHIEF").await?, holders(&system, "STATION_CHIEF").await?);
        let elsewhere = of_all.iter().find(|login| !of_town.contains(login)).cloned().unwrap_or_default();
        let resident = account_id(&served.sign_in(&format!("{elsewhere}@150302")).await?).await?;
        let document = "query($id: ID!) { account(id: $id) { roleGrants { role } } }";
        let read = town.run(document, json!({"id": resident})).await?;
        assert_eq!(read.data("account/roleGrants")?, &json!([]), "{elsewhere}");
        Ok(())
    })
    .await
}
