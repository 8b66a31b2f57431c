//! Teams: who leads them, who is in them, and that others know no more than the name.

use fengqiao_tests::{Actor, Answer, Places, on_backends};
use serde_json::{Value, json};

use super::{Desk, NOBODY, minute, refused, text, with};

const TEAM: &str = "team { id code name brandName kind state version leader { code } unit { code } }
    userErrors { code path currentVersion }";
const MEMBERSHIP: &str = "teamMembership { id sinceAt untilAt team { code } staffMember { code } }
    userErrors { code path }";

async fn try_create(desk: &Desk, by: &Actor, more: Value) -> anyhow::Result<Answer> {
    let input = json!({"code": "T-team", "name": "新地志愿服务队", "kind": "VOLUNTEER",
        "unitId": desk.village});
    by.mutate("teamCreate", TEAM, with(input, &more)).await
}

async fn created(desk: &Desk) -> anyhow::Result<String> {
    Ok(text(&try_create(desk, &desk.town, json!({})).await?.payload()?["team"]["id"]))
}

async fn join(by: &Actor, team: &str, member: &str, more: Value) -> anyhow::Result<Answer> {
    let input = with(json!({"teamId": team, "staffMemberId": member}), &more);
    by.mutate("teamMembershipCreate", MEMBERSHIP, input).await
}

async fn quit(by: &Actor, joined: &Answer, more: Value) -> anyhow::Result<Answer> {
    let input = json!({"teamMembershipId": joined.payload()?["teamMembership"]["id"]});
    by.mutate("teamMembershipEnd", MEMBERSHIP, with(input, &more)).await
}

async fn update(by: &Actor, team: &str, version: i64, more: Value) -> anyhow::Result<Answer> {
    let input = json!({"teamId": team, "expectedVersion": version});
    by.mutate("teamUpdate", TEAM, with(input, &more)).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_team_has_a_brand_and_a_leader_and_gives_them_up() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let desk = Desk::open(backend).await?;
        let leader = desk.member("T-1", json!({})).await?;
        let more = json!({"brandName": "老舅公·夕阳红", "leaderId": leader, "kind": "MEDIATION"});
        let made = try_create(&desk, &desk.town, more).await?;
        let team = made.payload()?["team"].clone();
        let wanted = json!({"id": team["id"], "code": "T-team", "name": "新地志愿服务队",
            "brandName": "老舅公·夕阳红", "kind": "MEDIATION", "state": "ACTIVE", "version": 1,
            "leader": {"code": "T-1"}, "unit": {"code": "150302101203"}});
        assert_eq!(team, wanted);
        let (id, other) = (text(&team["id"]), Places::of(&desk.system).unit("150302007").await?);
        for (more, code, path) in [
            (json!({}), "CODE_TAKEN", "code"),
            (json!({"code": "T team"}), "INVALID_CODE", "code"),
            (json!({"code": "T-2", "name": " "}), "REQUIRED", "name"),
            (json!({"code": "T-2", "unitId": other}), "NOT_PERMITTED", "unitId"),
            (json!({"code": "T-2", "leaderId": format!("staff_{NOBODY}")}), "NOT_FOUND", "leaderId"),
        ] {
            let answer = try_create(&desk, &desk.town, more).await?;
            assert_eq!(answer.user_error()?, refused(code, path));
        }
        for (version, more, name, brand, leader) in [
            (1, json!({"name": "夕阳红"}), "夕阳红", json!("老舅公·夕阳红"), json!({"code": "T-1"})),
            (2, json!({"brandName": null}), "夕阳红", Value::Null, json!({"code": "T-1"})),
            (3, json!({"leaderId": null, "brandName": "金厝边"}), "夕阳红", json!("金厝边"), Value::Null),
        ] {
            let answer = update(&desk.town, &id, version, more).await?;
            let after = &answer.payload()?["team"];
            assert_eq!(
                (&after["name"], &after["brandName"], &after["leader"]),
                (&json!(name), &brand, &leader)
            );
        }
        let stale = update(&desk.town, &id, 1, json!({"name": "又一队"})).await?;
        assert_eq!(stale.user_error()?, refused("CONFLICT", "expectedVersion"));
        assert_eq!(stale.user_errors()?[0]["currentVersion"], 4);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_is_in_a_team_once_at_a_time_until_it_is_disbanded() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let desk = Desk::open(backend).await?;
        let (one, two) = (desk.member("T-1", json!({})).await?, desk.member("T-2", json!({})).await?);
        let team = created(&desk).await?;
        let joined = join(&desk.town, &team, &one, json!({})).await?;
        let membership = &joined.payload()?["teamMembership"];
        assert_eq!((&membership["sinceAt"], &membership["untilAt"]), (&json!(minute(0)), &Value::Null));
        let overlaps = refused("PERIOD_OVERLAPS", "staffMemberId");
        assert_eq!(join(&desk.town, &team, &one, json!({})).await?.user_error()?, overlaps);
        desk.served.pass_seconds(120);
        let before = quit(&desk.town, &joined, json!({"untilAt": "2026-11-22T07:59:00Z"})).await?;
        assert_eq!(before.user_error()?, refused("INVALID_PERIOD", "untilAt"));
        let left = quit(&desk.town, &joined, json!({"untilAt": minute(1)})).await?;
        assert_eq!(left.payload()?["teamMembership"]["untilAt"], minute(1));
        let longer = quit(&desk.town, &joined, json!({})).await?;
        assert_eq!(longer.user_error()?, refused("INVALID_PERIOD", "untilAt"));
        let earlier = json!({"sinceAt": "2026-11-22T08:00:30Z"});
        assert_eq!(join(&desk.town, &team, &one, earlier).await?.user_error()?, overlaps);
        join(&desk.town, &team, &one, json!({"sinceAt": minute(1)})).await?.payload()?;
        join(&desk.town, &team, &two, json!({})).await?.payload()?;
        let inside = async || -> anyhow::Result<Value> {
            let document = "query($id: ID!) { team(id: $id) {
                memberships { totalCount nodes { staffMember { code } } } } }";
            let read = desk.town.run(document, json!({"id": team})).await?;
            Ok(read.data("team/memberships")?.clone())
        };
        let newest_first = json!([{"staffMember": {"code": "T-2"}}, {"staffMember": {"code": "T-1"}}]);
        assert_eq!(inside().await?, json!({"totalCount": 2, "nodes": newest_first}));
        let disbanded = update(&desk.town, &team, 1, json!({"state": "DISBANDED"})).await?;
        assert_eq!(disbanded.payload()?["team"]["state"], "DISBANDED");
        assert_eq!(inside().await?, json!({"totalCount": 0, "nodes": []}));
        let over = refused("TEAM_DISBANDED", "teamId");
        assert_eq!(join(&desk.town, &team, &one, json!({})).await?.user_error()?, over);
        let renamed = update(&desk.town, &team, 2, json!({"name": "又一队"})).await?;
        assert_eq!(renamed.user_error()?, over);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_membership_that_was_called_off_stands_in_nobodys_way() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let desk = Desk::open(backend).await?;
        let member = desk.member("T-1", json!({})).await?;
        let team = created(&desk).await?;
        let to_come = join(&desk.town, &team, &member, json!({"sinceAt": minute(9)})).await?;
        let off = quit(&desk.town, &to_come, json!({"untilAt": minute(9)})).await?;
        assert_eq!(off.payload()?["teamMembership"]["untilAt"], minute(9));
        join(&desk.town, &team, &member, json!({})).await?.payload()?;
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn another_town_leaves_a_team_alone() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let desk = Desk::open(backend).await?;
        let (team, member) = (created(&desk).await?, desk.member("T-1", json!({})).await?);
        let joined = join(&desk.town, &team, &member, json!({})).await?;
        let neighbour = desk.person("binhe.admin").await?;
        for (answer, path) in [
            (update(&neighbour, &team, 1, json!({"name": "我们的队"})).await?, "teamId"),
            (join(&neighbour, &team, &member, json!({})).await?, "teamId"),
            (quit(&neighbour, &joined, json!({})).await?, "teamMembershipId"),
            (try_create(&desk, &neighbour, json!({"code": "T-2"})).await?, "unitId"),
        ] {
            assert_eq!(answer.user_error()?, refused("NOT_PERMITTED", path));
        }
        for login in ["xindi.station", "security.admin", "xindi.resident"] {
            let by = desk.person(login).await?;
            let answer = update(&by, &team, 1, json!({"name": "我们的队"})).await?;
            assert_eq!(answer.code(), "FORBIDDEN", "{login}: {}", answer.text);
        }
        let abroad = desk.served.sign_in("system.admin@320804").await?;
        assert_eq!(update(&abroad, &team, 1, json!({})).await?.user_error()?, refused("NOT_FOUND", "teamId"));
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn everyone_knows_a_team_and_only_staff_who_is_in_it() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let desk = Desk::open(backend).await?;
        let volunteer = desk.newcomer("volunteer").await?;
        let leader = desk.member("T-1", json!({})).await?;
        let made = try_create(&desk, &desk.town, json!({"leaderId": leader, "brandName": "小段"})).await?;
        let team = text(&made.payload()?["team"]["id"]);
        for member in [&leader, &volunteer.member] {
            join(&desk.town, &team, member, json!({})).await?.payload()?;
        }
        let document = "query($id: ID!) { team(id: $id) { code brandName leader { code }
            memberships { totalCount nodes { staffMember { code } } } } }";
        let known = |leader: Value, members: &[&str]| {
            let nodes: Vec<Value> =
                members.iter().map(|code| json!({"staffMember": {"code": code}})).collect();
            json!({"code": "T-team", "brandName": "小段", "leader": leader,
                "memberships": {"totalCount": nodes.len(), "nodes": nodes}})
        };
        for (actor, wanted) in [
            (desk.person("bailou.worker").await?, known(json!({"code": "T-1"}), &["T-volunteer", "T-1"])),
            (desk.person("xindi.resident").await?, known(Value::Null, &[])),
            (volunteer.actor.clone(), known(Value::Null, &["T-volunteer"])),
        ] {
            let read = actor.run(document, json!({"id": team})).await?;
            assert_eq!(read.data("team")?, &wanted, "{}", actor.account());
        }
        let list = "query($filter: TeamFilter) { teams(filter: $filter, first: 100) { nodes { code } } }";
        let resident = desk.person("xindi.resident").await?;
        for (more, there) in [
            (json!({}), true),
            (json!({"kind": "VOLUNTEER", "state": "ACTIVE"}), true),
            (json!({"kind": "MEDIATION"}), false),
            (json!({"state": "DISBANDED"}), false),
        ] {
            let filter = with(json!({"unitId": desk.village}), &more);
            let read = resident.run(list, json!({"filter": filter})).await?;
            let found = read.data("teams/nodes")?.as_array().into_iter().flatten();
            assert_eq!(found.filter(|node| node["code"] == "T-team").count(), usize::from(there), "{more}");
        }
        let abroad = desk.served.sign_in("district.command@320804").await?;
        assert_eq!(abroad.run(document, json!({"id": team})).await?.data("team")?, &Value::Null);
        Ok(())
    })
    .await
}
