//! 借调: who is lent to another village works there too, for the time that they are lent.

use anyhow::Context as _;
use fengqiao_tests::{Actor, Matter, Places, Served, on_backends};
use serde_json::{Value, json};

use super::{WATER, grid, person, refusal, sees};

/// The first grid of the village beside.
const BESIDE: &str = "150302101206001";
const APPOINTMENT: &str = "appointment { id version kind grantsRole } userErrors { code path }";

/// Who somebody is of the force.
async fn member_of(by: &Actor, login: &str, code: &str) -> anyhow::Result<Value> {
    let document = "query($filter: AppointmentFilter!) { appointments(filter: $filter, first: 100) {
        nodes { postKind { id code } staffMember { id account { login } } } } }";
    let target = json!({"gridId": Places::of(by).grid(code).await?});
    let read = by.run(document, json!({"filter": {"target": target}})).await?;
    let nodes = read.data("appointments/nodes")?.as_array().context("a list")?.clone();
    let found = nodes.into_iter().find(|node| node["staffMember"]["account"]["login"] == login);
    found.with_context(|| format!("{login} does not serve in {code}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_lent_works_in_both_places_until_they_are_called_back() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let (town, worker) =
            (person(&served, "qianlishan.admin").await?, person(&served, "xindi.worker").await?);
        let here = Matter::report(&person(&served, "xindi.resident").await?, &grid(1), WATER).await?;
        let there = Matter::report(&person(&served, "xindi.resident").await?, BESIDE, WATER).await?;
        assert_eq!((sees(&here, &worker).await?, sees(&there, &worker).await?), (true, false));
        let known = member_of(&town, "xindi.worker", &grid(1)).await?;
        let input = json!({"staffMemberId": known["staffMember"]["id"], "postKindId": known["postKind"]["id"],
            "target": {"gridId": Places::of(&town).grid(BESIDE).await?}, "isSecondment": true});
        let lent = town.mutate("appointmentCreate", APPOINTMENT, input).await?;
        let lent = lent.payload()?["appointment"].clone();
        assert_eq!((&lent["kind"], &lent["grantsRole"]), (&json!("SECONDMENT"), &json!(true)));
        served.pass_seconds(10);
        let worker = person(&served, "xindi.worker").await?;
        assert_eq!((sees(&here, &worker).await?, sees(&there, &worker).await?), (true, true));
        assert_eq!(refusal(&there, &worker, "caseClose", json!({})).await?, "NOT_PERMITTED");
        let end = json!({"appointmentId": lent["id"], "expectedVersion": lent["version"]});
        town.mutate("appointmentEnd", APPOINTMENT, end).await?.payload()?;
        served.pass_seconds(10);
        let worker = person(&served, "xindi.worker").await?;
        assert_eq!((sees(&here, &worker).await?, sees(&there, &worker).await?), (true, false));
        Ok(())
    })
    .await
}
