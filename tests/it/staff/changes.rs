//! The change log of the force: who changed what about whom, without the values.

use anyhow::Context as _;
use fengqiao_tests::{Actor, on_backends};
use serde_json::{Value, json};

use super::{Desk, minute, text};

const CHANGES: &str = "query($filter: StaffChangeFilter) { staffChanges(filter: $filter, first: 100) {
    totalCount nodes { kind fields occurredAt actor { login }
      appointment { id } team { code } staffMember { code } } } }";

/// Lines as `kind by actor [fields] about`, oldest first.
async fn told(by: &Actor, filter: Value) -> anyhow::Result<Vec<String>> {
    let read = by.run(CHANGES, json!({"filter": filter})).await?;
    let nodes = read.data("staffChanges/nodes")?.as_array().context("a list")?;
    assert_eq!(read.data("staffChanges/totalCount")?, &json!(nodes.len()));
    let line = |node: &Value| {
        let fields: Vec<String> = node["fields"].as_array().into_iter().flatten().map(text).collect();
        let about = format!("{}{}", text(&node["appointment"]["id"]), text(&node["team"]["code"]));
        format!("{} by {} [{}] {about}", text(&node["kind"]), text(&node["actor"]["login"]), fields.join(" "))
    };
    Ok(nodes.iter().rev().map(line).collect())
}

#[tokio::test(flavor = "multi_thread")]
async fn every_change_is_told_in_order_with_its_actor_and_without_values() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let desk = Desk::open(backend).await?;
        let ground = desk.ground().await?;
        let member = desk.member("T-1", json!({"phone": "10070009876"})).await?;
        let then = |seconds| desk.served.pass_seconds(seconds);
        then(60);
        let more = json!({"name": "演示·改名", "phone": null});
        desk.update(&desk.town, &member, 1, more).await?.payload()?;
        then(60);
        let held = desk.appoint(&member, "grid_chief", &ground, json!({})).await?;
        then(60);
        desk.end(&held, json!({})).await?;
        then(60);
        let team = json!({"code": "T-team", "name": "志愿队", "kind": "VOLUNTEER", "unitId": desk.village});
        let team = desk.town.mutate("teamCreate", "team { id } userErrors { code }", team).await?;
        let join = json!({"teamId": team.payload()?["team"]["id"], "staffMemberId": member});
        let joined =
            desk.town.mutate("teamMembershipCreate", "teamMembership { id } userErrors { code }", join);
        let joined = joined.await?.payload()?["teamMembership"]["id"].clone();
        then(60);
        let quit = json!({"teamMembershipId": joined});
        desk.town.mutate("teamMembershipEnd", "userErrors { code }", quit).await?.payload()?;
        then(60);
        let leave = json!({"staffMemberId": member, "expectedVersion": 2});
        desk.town.mutate("staffMemberLeave", "userErrors { code }", leave).await?.payload()?;
        let id = text(&held["id"]);
        let wanted = [
            "REGISTERED by system.admin [] ".to_owned(),
            "UPDATED by qianlishan.admin [name phone] ".to_owned(),
            format!("APPOINTED by qianlishan.admin [] {id}"),
            format!("APPOINTMENT_ENDED by qianlishan.admin [] {id}"),
            "TEAM_JOINED by qianlishan.admin [] T-team".to_owned(),
            "TEAM_LEFT by qianlishan.admin [] T-team".to_owned(),
            "LEFT by qianlishan.admin [] ".to_owned(),
        ];
        assert_eq!(told(&desk.town, json!({"staffMemberId": member})).await?, wanted);
        // Half-open: from the first instant on, before the second.
        let between = json!({"staffMemberId": member, "occurred": {"from": minute(1), "until": minute(3)}});
        assert_eq!(told(&desk.town, between).await?, wanted[1..3]);
        let read = desk.town.run(CHANGES, json!({"filter": {"staffMemberId": member}})).await?;
        assert_eq!(read.data("staffChanges/nodes/0/occurredAt")?, &json!(minute(6)), "newest first");
        assert!(!read.text.contains("改名") && !read.text.contains("9876"), "{}", read.text);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn leaving_tells_what_it_ended_and_a_refusal_nothing() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let desk = Desk::open(backend).await?;
        let ground = desk.ground().await?;
        let (chief, deputy) = (desk.member("T-1", json!({})).await?, desk.member("T-2", json!({})).await?);
        let held = desk.appoint(&chief, "grid_chief", &ground, json!({})).await?;
        let standing = desk.try_stand_in(&deputy, &held, json!({"untilAt": minute(9)})).await?;
        let standing = text(&standing.payload()?["appointment"]["id"]);
        let taken = desk.try_appoint(&desk.town, &deputy, "grid_chief", ground.target(), json!({})).await?;
        assert_eq!(taken.user_error()?.0, "POST_TAKEN");
        desk.served.pass_seconds(60);
        let leave = json!({"staffMemberId": chief, "expectedVersion": 1});
        desk.town.mutate("staffMemberLeave", "userErrors { code }", leave).await?.payload()?;
        let held = text(&held["id"]);
        let of_chief = told(&desk.town, json!({"staffMemberId": chief})).await?;
        let wanted = [
            "REGISTERED by system.admin [] ".to_owned(),
            format!("APPOINTED by qianlishan.admin [] {held}"),
            format!("APPOINTMENT_ENDED by qianlishan.admin [] {held}"),
            "LEFT by qianlishan.admin [] ".to_owned(),
        ];
        assert_eq!(sorted(of_chief), sorted(wanted.to_vec()));
        let of_deputy = [
            "REGISTERED by system.admin [] ".to_owned(),
            format!("APPOINTED by qianlishan.admin [] {standing}"),
            format!("APPOINTMENT_ENDED by qianlishan.admin [] {standing}"),
        ];
        let told_of = told(&desk.town, json!({"staffMemberId": deputy})).await?;
        assert_eq!(sorted(told_of), sorted(of_deputy.to_vec()));
        Ok(())
    })
    .await
}

fn sorted(mut lines: Vec<String>) -> Vec<String> {
    lines.sort();
    lines
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_not_of_the_staff_reads_of_themselves_alone() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let desk = Desk::open(backend).await?;
        let volunteer = desk.newcomer("volunteer").await?;
        let other = desk.member("T-1", json!({})).await?;
        let read = volunteer.actor.run(CHANGES, Value::Null).await?;
        let nodes = read.data("staffChanges/nodes")?;
        assert_eq!(nodes[0]["kind"], "REGISTERED", "{nodes}");
        assert_eq!(nodes[0]["staffMember"]["code"], "T-volunteer");
        assert_eq!(read.data("staffChanges/totalCount")?, &json!(1));
        let resident = desk.person("xindi.resident").await?;
        for by in [&volunteer.actor, &resident] {
            let filter = json!({"staffMemberId": other});
            assert_eq!(told(by, filter).await?, Vec::<String>::new(), "{}", by.account());
        }
        Ok(())
    })
    .await
}
