//! 网格长: leads one grid or several, sees and acts on everything in them, confirms closings, and knows who works there.

use anyhow::{Context as _, ensure};
use fengqiao_tests::{Actor, Matter, Places, Served, account_id, on_backends};
use serde_json::{Value, json};

use super::{VILLAGE, WATER, granted, grid, id, person, refusal, sees, settled};

/// Whoever serves at a grid, as `post login`.
async fn serving(by: &Actor, code: &str) -> anyhow::Result<Vec<(String, Value)>> {
    let document = "query($filter: AppointmentFilter!) { appointments(filter: $filter, first: 100) {
        nodes { id postKind { code } staffMember { id name { isMasked } account { login } } } } }";
    let target = json!({"gridId": Places::of(by).grid(code).await?});
    let read = by.run(document, json!({"filter": {"target": target}})).await?;
    let nodes = read.data("appointments/nodes")?.as_array().context("a list")?.clone();
    let told = |node: Value| {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let (post, login) = (text(&node["postKind"]["code"]), text(&node["staffMember"]["account"]["login"]));
        (format!("{post} {login}"), node)
    };
    Ok(nodes.into_iter().map(told).collect())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_chief_sees_all_of_their_grids_and_nothing_beside_them() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let (chief, other) = (person(&served, "xindi.chief").await?, person(&served, "xindi.chief2").await?);
        let resident = person(&served, "xindi.resident").await?;
        for number in 1..=6 {
            let matter = Matter::report(&resident, &grid(number), WATER).await?;
            assert_eq!(sees(&matter, &chief).await?, number <= 3, "grid {number}");
            assert_eq!(sees(&matter, &other).await?, number > 3, "grid {number}");
        }
        // What is sensitive is not for the grid.
        let station = person(&served, "xindi.station").await?;
        let places = Places::of(&station);
        let report = json!({"categoryId": places.category(WATER).await?, "title": "题", "description": "述",
            "place": {"gridId": places.grid(&grid(1)).await?}, "source": "PATROL", "sensitivity": "SENSITIVE"});
        let answer = station.mutate("caseReport", "case { id } userErrors { code path }", report).await?;
        let sensitive = id(&answer.payload()?["case"])?;
        let read = chief.run("query($id: ID!) { case(id: $id) { id } }", json!({"id": sensitive})).await?;
        assert_eq!(read.data("case")?, &Value::Null);
        // Who works in the grids, by name, and how many serve in the village.
        let people = serving(&chief, &grid(1)).await?;
        for wanted in ["grid_chief xindi.chief", "full_time_worker xindi.worker", "part_time_worker xindi.parttime"] {
            let found = people.iter().find(|(told, _)| told == wanted).with_context(|| wanted.to_owned())?;
            assert_eq!(found.1["staffMember"]["name"]["isMasked"], false);
        }
        let document = "query($id: ID!) { roster(unitId: $id) { lines { postKind { code } peopleCount } } }";
        let read = chief.run(document, json!({"id": places.unit(VILLAGE).await?})).await?;
        let lines = read.data("roster/lines")?.as_array().context("lines")?;
        ensure!(lines.iter().any(|line| line["postKind"]["code"] == "full_time_worker" && line["peopleCount"] != 0));
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_chief_gives_work_out_in_their_grids_and_confirms_that_it_is_done() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let (chief, other) = (person(&served, "xindi.chief").await?, person(&served, "xindi.chief2").await?);
        let worker = person(&served, "xindi.worker").await?;
        let mut matter = Matter::report(&person(&served, "xindi.resident").await?, &grid(1), WATER).await?;
        let to = json!({"target": {"accountId": account_id(&worker).await?}});
        matter.act(&chief, "caseAccept", json!({})).await?;
        assert_eq!(matter.act(&chief, "caseDispatch", to).await?, "DISPATCHED");
        matter.act(&worker, "caseStart", json!({})).await?;
        assert_eq!(refusal(&matter, &chief, "caseClose", json!({})).await?, "ILLEGAL_TRANSITION");
        matter.act(&worker, "caseComplete", json!({"result": "已处理"})).await?;
        assert_eq!(refusal(&matter, &worker, "caseVerify", json!({})).await?, "NOT_PERMITTED");
        assert_eq!(refusal(&matter, &other, "caseClose", json!({})).await?, "NOT_FOUND");
        matter.act(&chief, "caseSendBack", json!({"reason": "还在渗水"})).await?;
        matter.act(&worker, "caseComplete", json!({"result": "已更换阀门"})).await?;
        assert_eq!(matter.act(&chief, "caseVerify", json!({})).await?, "VERIFIED");
        assert_eq!(refusal(&matter, &worker, "caseClose", json!({})).await?, "NOT_PERMITTED");
        assert_eq!(matter.act(&chief, "caseClose", json!({})).await?, "CLOSED");
        assert_eq!(matter.case["settledLevel"], "GRID");
        // What the village settled the village confirms.
        let station = person(&served, "xindi.station").await?;
        let mut above = Matter::report(&person(&served, "xindi.resident").await?, &grid(2), WATER).await?;
        for (field, more) in [
            ("caseAccept", json!({})),
            ("caseStart", json!({})),
            ("caseComplete", json!({"result": "已处理"})),
        ] {
            above.act(&station, field, more).await?;
        }
        assert_eq!(refusal(&above, &chief, "caseVerify", json!({})).await?, "NOT_PERMITTED");
        above.act(&person(&served, "qianlishan.dispatch").await?, "caseVerify", json!({})).await?;
        assert_eq!(refusal(&above, &chief, "caseClose", json!({})).await?, "NOT_PERMITTED");
        // Nobody confirms what they settled themselves.
        let mut own = Matter::report(&person(&served, "xindi.resident").await?, &grid(3), WATER).await?;
        for (field, more) in [
            ("caseAccept", json!({})),
            ("caseStart", json!({})),
            ("caseComplete", json!({"result": "已处理"})),
        ] {
            own.act(&chief, field, more).await?;
        }
        assert_eq!(refusal(&own, &chief, "caseVerify", json!({})).await?, "NOT_PERMITTED");
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deputy_has_one_grid_of_the_chiefs_for_a_time() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let (town, deputy) =
            (person(&served, "qianlishan.admin").await?, person(&served, "xindi.worker2").await?);
        let (first, second) = (
            settled(&served, &grid(1), "xindi.worker").await?,
            settled(&served, &grid(2), "xindi.worker").await?,
        );
        assert_eq!((sees(&first, &deputy).await?, sees(&second, &deputy).await?), (false, false));
        let of_chief = serving(&town, &grid(1)).await?;
        let held =
            of_chief.iter().find(|(told, _)| told == "grid_chief xindi.chief").context("the chief's post")?;
        let of_deputy = serving(&town, &grid(3)).await?;
        let member = of_deputy
            .iter()
            .find(|(told, _)| told == "full_time_worker xindi.worker2")
            .context("the deputy")?;
        let input = json!({"appointmentId": held.1["id"], "staffMemberId": member.1["staffMember"]["id"],
            "untilAt": "2026-11-22T09:00:00Z"});
        town.mutate("appointmentStandIn", "userErrors { code path }", input).await?.payload()?;
        served.pass_seconds(10);
        assert_eq!((sees(&first, &deputy).await?, sees(&second, &deputy).await?), (true, false));
        let mut first = first;
        first.act(&deputy, "caseVerify", json!({})).await?;
        served.pass_seconds(3_600);
        let deputy = person(&served, "xindi.worker2").await?;
        assert_eq!(refusal(&first, &deputy, "caseClose", json!({})).await?, "NOT_FOUND");
        let chief = person(&served, "xindi.chief").await?;
        assert_eq!(first.act(&chief, "caseClose", json!({})).await?, "CLOSED");
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn several_posts_add_up_and_none_lends_what_it_allows_to_another() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let chief = person(&served, "xindi.chief").await?;
        let (here, mut there) = (
            settled(&served, &grid(1), "xindi.worker").await?,
            settled(&served, &grid(4), "xindi.worker2").await?,
        );
        assert_eq!((sees(&here, &chief).await?, sees(&there, &chief).await?), (true, false));
        granted(&served, &chief, "GRID_INSTRUCTOR", &grid(4)).await?;
        let chief = person(&served, "xindi.chief").await?;
        assert_eq!((sees(&here, &chief).await?, sees(&there, &chief).await?), (true, true));
        // In the grid that they instruct they verify, and do not close, whatever they do in those that they lead.
        let actions = there.actions(&chief).await?;
        ensure!(
            actions.iter().any(|act| act == "VERIFY") && !actions.iter().any(|act| act == "CLOSE"),
            "{actions:?}"
        );
        there.act(&chief, "caseVerify", json!({})).await?;
        assert_eq!(refusal(&there, &chief, "caseClose", json!({})).await?, "NOT_PERMITTED");
        let reporter = there.read(&chief, "reporter { name { text } }").await?;
        assert_eq!(reporter["reporter"]["name"], Value::Null, "instructors read nothing of who reported it");
        assert_eq!(here.read(&chief, "reporter { name { text } }").await?["reporter"]["name"]["text"], "演*");
        Ok(())
    })
    .await
}
