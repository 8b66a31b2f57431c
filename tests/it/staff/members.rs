//! People of the force: how they are registered, who sees them, and what becomes of their accounts.

use anyhow::Context as _;
use fengqiao_tests::{Actor, Places, account_id, mutation, on_backends};
use serde_json::{Value, json};

use super::{Desk, ELSEWHERE, MEMBER, minute, refused, sees, text};

/// The number after the `S` of a staff number that the serial gave.
fn serial(code: &Value) -> anyhow::Result<u32> {
    let code = code.as_str().context("a code")?;
    Ok(code.strip_prefix('S').with_context(|| code.to_owned())?.parse()?)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_staff_number_is_given_or_the_next_one_and_nobodys_twice() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let desk = Desk::open(backend).await?;
        let made = desk.register(&desk.town, "T-1", json!({"name": " 演示·甲 "})).await?;
        let member = &made.payload()?["staffMember"];
        assert_eq!((&member["code"], &member["state"]), (&json!("T-1"), &json!("SERVING")));
        assert_eq!((&member["version"], &member["phone"]), (&json!(1), &Value::Null));
        let next = async || {
            let made = desk.register(&desk.town, "", json!({"code": null})).await?;
            serial(&made.payload()?["staffMember"]["code"])
        };
        let first = next().await?;
        assert_eq!(next().await?, first + 1);
        desk.member(&format!("S{:06}", first + 2), json!({})).await?;
        assert_eq!(next().await?, first + 3, "a number that somebody chose is left out");
        let account = account_id(&desk.account("t-one").await?).await?;
        desk.member("T-linked", json!({"accountId": account})).await?;
        let unknown = json!({"accountId": format!("account_{}", super::NOBODY)});
        for (code, more, error) in [
            ("T-1", json!({}), refused("CODE_TAKEN", "code")),
            ("T 2", json!({}), refused("INVALID_CODE", "code")),
            ("T-2", json!({"accountId": account}), refused("ACCOUNT_TAKEN", "accountId")),
            ("T-2", unknown, refused("NOT_FOUND", "accountId")),
            ("T-2", json!({"phone": "100****0001"}), refused("INVALID_PHONE", "phone")),
            ("T-2", json!({"name": " "}), refused("REQUIRED", "name")),
            ("T-2", json!({"name": "演*"}), refused("INVALID_TEXT", "name")),
            ("T-2", json!({"name": "长".repeat(61)}), refused("TOO_LONG", "name")),
            ("T-2", json!({"unitId": format!("unit_{}", super::NOBODY)}), refused("NOT_FOUND", "unitId")),
        ] {
            assert_eq!(desk.register(&desk.town, code, more).await?.user_error()?, error);
        }
        let station = desk.person("xindi.station").await?;
        assert_eq!(desk.register(&station, "T-2", json!({})).await?.code(), "FORBIDDEN");
        desk.member("T-2", json!({})).await?;
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_is_repeated_registers_once() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let desk = Desk::open(backend).await?;
        let input = json!({"name": "演示·甲", "unitId": desk.village});
        let document = mutation("staffMemberCreate", MEMBER);
        let keyed = async |input: &Value| {
            let headers = [("idempotency-key", "key-1")];
            desk.town.run_with(&document, json!({"input": input}), &headers).await
        };
        let members = async || -> anyhow::Result<i64> {
            desk.served.world.number("SELECT count(*) FROM staff_members").await
        };
        let before = members().await?;
        let first = keyed(&input).await?;
        let again = keyed(&input).await?;
        assert_eq!(first.payload()?, again.payload()?);
        assert_eq!(members().await?, before + 1);
        let other = keyed(&json!({"name": "演示·乙", "unitId": desk.village})).await?;
        assert_eq!(other.body["errors"][0]["extensions"]["reason"], "IDEMPOTENCY_KEY_REUSED");
        Ok(())
    })
    .await
}

/// The staff numbers that somebody finds, and how many there are.
async fn found(by: &Actor, filter: Value) -> anyhow::Result<(Vec<String>, Value)> {
    let document = "query($filter: StaffMemberFilter) { staffMembers(filter: $filter) {
        totalCount nodes { code } } }";
    let read = by.run(document, json!({"filter": filter})).await?;
    let nodes = read.data("staffMembers/nodes")?.as_array().context("a list")?;
    let codes = nodes.iter().map(|node| text(&node["code"])).collect();
    Ok((codes, read.data("staffMembers/totalCount")?.clone()))
}

#[tokio::test(flavor = "multi_thread")]
async fn staff_know_everybody_and_others_only_themselves() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let desk = Desk::open(backend).await?;
        let member = desk.member("T-1", json!({"phone": "+86 100-7000-9876", "name": "演示·名"})).await?;
        let document = "query($id: ID!) { staffMember(id: $id) {
            code name { text isMasked } phone { text isMasked } } }";
        let whole = json!({"code": "T-1", "name": {"text": "演示·名", "isMasked": false},
            "phone": {"text": "100****9876", "isMasked": true}});
        for login in ["xindi.worker", "bailou.station", "district.leader", "xindi.mediator"] {
            let staff = desk.person(login).await?;
            let read = staff.run(document, json!({"id": member})).await?;
            assert_eq!(read.data("staffMember")?, &whole, "{login}");
            for filter in [json!({"phone": "10070009876"}), json!({"code": "T-1", "state": "SERVING"})] {
                assert_eq!(found(&staff, filter).await?, (vec!["T-1".to_owned()], json!(1)), "{login}");
            }
        }
        let of_unit = json!({"code": "T-1", "unitId": Places::of(&desk.town).unit("150302101").await?});
        assert_eq!(found(&desk.town, of_unit).await?.1, json!(1));
        let elsewhere = json!({"code": "T-1", "unitId": Places::of(&desk.town).unit("150302007").await?});
        assert_eq!(found(&desk.town, elsewhere).await?.1, json!(0));
        let volunteer = desk.newcomer("volunteer").await?;
        let target = json!({"unitId": desk.village});
        let held = desk.try_appoint(&desk.town, &volunteer.member, "volunteer", target, json!({})).await?;
        let held = held.payload()?["appointment"]["id"].clone();
        let resident = desk.person("xindi.resident").await?;
        for (by, own) in [(&resident, vec![]), (&volunteer.actor, vec!["T-volunteer".to_owned()])] {
            let count = json!(own.len());
            assert_eq!(by.run(document, json!({"id": member})).await?.data("staffMember")?, &Value::Null);
            assert_eq!(found(by, json!({"code": "T-1"})).await?, (vec![], json!(0)));
            assert_eq!(found(by, json!({"phone": "10070009876"})).await?, (vec![], json!(0)));
            assert_eq!(found(by, Value::Null).await?, (own, count));
            let held_by = by.run("{ appointments { nodes { id } } }", Value::Null).await?;
            let mine = if by.login() == "t-volunteer" { json!([{"id": held}]) } else { json!([]) };
            assert_eq!(held_by.data("appointments/nodes")?, &mine);
        }
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_update_tells_what_is_absent_from_what_is_null() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let desk = Desk::open(backend).await?;
        let account = account_id(&desk.account("t-one").await?).await?;
        let other = account_id(&desk.account("t-two").await?).await?;
        let member = desk.member("T-1", json!({"phone": "10070009876", "accountId": account})).await?;
        let mut version = 1;
        for (more, phone, login) in [
            (json!({"name": "演示·乙"}), Some("100****9876"), Some("t-one")),
            (json!({"phone": null}), None, Some("t-one")),
            (json!({"phone": "10070001234"}), Some("100****1234"), Some("t-one")),
            (json!({"accountId": null}), Some("100****1234"), None),
            (json!({"accountId": other}), Some("100****1234"), Some("t-two")),
            (json!({"accountId": account, "phone": " "}), None, Some("t-one")),
        ] {
            let answer = desk.update(&desk.town, &member, version, more.clone()).await?;
            let after = &answer.payload()?["staffMember"];
            version += 1;
            assert_eq!(after["version"], version, "{more}");
            assert_eq!(after["phone"]["text"].as_str(), phone, "{more}");
            assert_eq!(after["account"]["login"].as_str(), login, "{more}");
        }
        assert_eq!(desk.read(&member, "name { text }").await?, json!({"name": {"text": "演示·乙"}}));
        let (codes, _) = found(&desk.town, json!({"phone": "10070009876"})).await?;
        assert_eq!(codes, Vec::<String>::new(), "a number that was taken away finds nobody");
        let stale = desk.update(&desk.town, &member, 1, json!({"name": "演示·丙"})).await?;
        assert_eq!(stale.user_error()?, refused("CONFLICT", "expectedVersion"));
        assert_eq!(stale.user_errors()?[0]["currentVersion"], version);
        let another = desk.member("T-2", json!({})).await?;
        let taken = desk.update(&desk.town, &another, 1, json!({"accountId": account})).await?;
        assert_eq!(taken.user_error()?, refused("ACCOUNT_TAKEN", "accountId"));
        // A form that is sent back as it was read changes nobody.
        for (more, error) in [
            (json!({"name": "演*"}), refused("INVALID_TEXT", "name")),
            (json!({"name": "演＊"}), refused("INVALID_TEXT", "name")),
            (json!({"phone": "100****9876"}), refused("INVALID_PHONE", "phone")),
        ] {
            assert_eq!(desk.update(&desk.town, &another, 1, more).await?.user_error()?, error);
        }
        let phone = desk.update(&desk.town, &another, 1, json!({"phone": "12"})).await?;
        assert_eq!(phone.user_error()?, refused("INVALID_PHONE", "phone"));
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_takes_over_the_roles_of_what_is_held() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let desk = Desk::open(backend).await?;
        let ground = desk.ground().await?;
        let matter = desk.matter(&ground).await?;
        let (one, two) = (desk.account("t-one").await?, desk.account("t-two").await?);
        let member = desk.member("T-1", json!({})).await?;
        let held = desk.appoint(&member, "full_time_worker", &ground, json!({})).await?;
        assert_eq!(held["grantsRole"], false);
        let grants = async || desk.read(&member, "posts { grantsRole sinceAt }").await;
        let accounts = [Some(&one), Some(&two), None, Some(&one)];
        for (version, account) in (1..).zip(accounts) {
            let linked = match account {
                Some(account) => json!({"accountId": account_id(account).await?}),
                None => json!({"accountId": null}),
            };
            desk.update(&desk.town, &member, version, linked).await?.payload()?;
            let mut roles = vec![];
            for actor in [&one, &two] {
                let theirs = account.is_some_and(|account| account.login() == actor.login());
                assert_eq!(sees(&matter, actor).await?, theirs, "{} {version}", actor.login());
                roles.extend(theirs.then(|| format!("{} FULL_TIME_WORKER", actor.login())));
            }
            assert_eq!(desk.roles_at(&ground).await?, roles);
            let post = json!({"grantsRole": account.is_some(), "sinceAt": minute(0)});
            assert_eq!(grants().await?, json!({"posts": [post]}));
        }
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_gives_no_roles_gives_none_by_linking_an_account_or_letting_go() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let desk = Desk::open(backend).await?;
        let ground = desk.ground().await?;
        let (worker, other) = (desk.newcomer("worker").await?, desk.account("t-two").await?);
        let other = json!({"accountId": account_id(&other).await?});
        desk.appoint(&worker.member, "full_time_worker", &ground, json!({})).await?;
        let without = desk.member("T-1", json!({})).await?;
        desk.appoint(&without, "full_time_worker", &ground, json!({})).await?;
        // Paths are those of the input, which names neither the appointment nor its target.
        let linked = desk.update(&desk.system, &without, 1, other.clone()).await?;
        assert_eq!(linked.user_error()?, refused("GRANT_EXCEEDS_SCOPE", "accountId"));
        for account in [other, json!({"accountId": null})] {
            let answer = desk.update(&desk.system, &worker.member, 1, account).await?;
            assert_eq!(answer.user_error()?, refused("NOT_PERMITTED", "accountId"));
        }
        let own = json!({"accountId": account_id(&desk.town).await?});
        let answer = desk.update(&desk.town, &without, 1, own).await?;
        assert_eq!(answer.user_error()?, refused("GRANT_TO_SELF", "accountId"));
        let leave = json!({"staffMemberId": worker.member, "expectedVersion": 1});
        let answer = desk.system.mutate("staffMemberLeave", MEMBER, leave).await?;
        assert_eq!(answer.user_error()?, refused("NOT_PERMITTED", "staffMemberId"));
        assert_eq!(desk.roles_at(&ground).await?, ["t-worker FULL_TIME_WORKER"]);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_that_is_linked_while_a_post_ends_keeps_no_role_of_it() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let desk = Desk::open(backend).await?;
        let account = json!({"accountId": account_id(&desk.account("t-one").await?).await?});
        let member = desk.member("T-1", json!({})).await?;
        let document = "query($id: ID!) { appointment(id: $id) { untilAt } }";
        for round in 0..10 {
            let ground = desk.ground().await?;
            let held = desk.appoint(&member, "full_time_worker", &ground, json!({})).await?;
            let (linked, ended) = tokio::join!(
                desk.update(&desk.town, &member, 2 * round + 1, account.clone()),
                desk.try_end(&desk.security, &held, json!({})),
            );
            linked?.payload()?;
            let ended = ended?;
            if ended.payload().is_err() {
                assert_eq!(ended.user_error()?, refused("CONFLICT", "expectedVersion"));
            }
            let read = desk.town.run(document, json!({"id": held["id"]})).await?;
            let lasts = read.data("appointment/untilAt")?.is_null();
            let roles: Vec<&str> = lasts.then_some("t-one FULL_TIME_WORKER").into_iter().collect();
            assert_eq!(desk.roles_at(&ground).await?, roles, "round {round}");
            desk.update(&desk.town, &member, 2 * round + 2, json!({"accountId": null})).await?.payload()?;
        }
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_is_linked_whatever_was_called_off() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let desk = Desk::open(backend).await?;
        let ground = desk.ground().await?;
        let matter = desk.matter(&ground).await?;
        let (member, actor) = (desk.member("T-1", json!({})).await?, desk.account("t-one").await?);
        let to_come =
            desk.appoint(&member, "full_time_worker", &ground, json!({"sinceAt": minute(5)})).await?;
        let called_off = desk.end(&to_come, json!({})).await?;
        assert_eq!(called_off["untilAt"], minute(5));
        let account = json!({"accountId": account_id(&actor).await?});
        let linked = desk.update(&desk.town, &member, 1, account).await?;
        assert_eq!(linked.payload()?["staffMember"]["account"]["login"], "t-one");
        assert!(!sees(&matter, &actor).await?);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn leaving_ends_what_is_held_and_every_membership() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let desk = Desk::open(backend).await?;
        let ground = desk.ground().await?;
        let (matter, worker) = (desk.matter(&ground).await?, desk.newcomer("worker").await?);
        let held = desk.appoint(&worker.member, "full_time_worker", &ground, json!({})).await?;
        let to_come =
            desk.appoint(&worker.member, "grid_chief", &ground, json!({"sinceAt": minute(9)})).await?;
        let team = json!({"code": "T-team", "name": "志愿队", "kind": "VOLUNTEER", "unitId": desk.village});
        let team = desk.town.mutate("teamCreate", "team { id } userErrors { code path }", team).await?;
        let team = team.payload()?["team"]["id"].clone();
        let join = json!({"teamId": team, "staffMemberId": worker.member});
        desk.town.mutate("teamMembershipCreate", "userErrors { code path }", join).await?.payload()?;
        desk.served.pass_seconds(60);
        let leave = async |by: &Actor, version: i64| {
            let input = json!({"staffMemberId": worker.member, "expectedVersion": version});
            by.mutate("staffMemberLeave", MEMBER, input).await
        };
        assert_eq!(leave(&desk.town, 2).await?.user_error()?, refused("CONFLICT", "expectedVersion"));
        let gone = leave(&desk.town, 1).await?;
        let gone = &gone.payload()?["staffMember"];
        assert_eq!((&gone["state"], &gone["version"]), (&json!("LEFT"), &json!(2)));
        assert_eq!(gone["account"], Value::Null, "it is free for whoever comes back");
        assert!(!sees(&matter, &worker.actor).await?);
        assert_eq!(desk.roles_at(&ground).await?, Vec::<String>::new());
        let document = "query($held: ID!, $later: ID!, $team: ID!) { held: appointment(id: $held) { untilAt }
            later: appointment(id: $later) { untilAt }
            team(id: $team) { memberships { totalCount } } }";
        let ids = json!({"held": held["id"], "later": to_come["id"], "team": team});
        let read = desk.town.run(document, ids).await?;
        assert_eq!(read.data("held/untilAt")?, &json!(minute(1)));
        assert_eq!(read.data("later/untilAt")?, &json!(minute(9)), "it never began");
        assert_eq!(read.data("team/memberships/totalCount")?, &json!(0));
        let left = refused("MEMBER_LEFT", "staffMemberId");
        assert_eq!(leave(&desk.town, 2).await?.user_error()?, left);
        let renamed = desk.update(&desk.town, &worker.member, 2, json!({"name": "演示·乙"})).await?;
        assert_eq!(renamed.user_error()?, left);
        let again =
            desk.try_appoint(&desk.town, &worker.member, "grid_chief", ground.target(), json!({})).await?;
        assert_eq!(again.user_error()?, left);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_left_leads_nothing_and_comes_back_with_the_same_account() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let desk = Desk::open(backend).await?;
        let worker = desk.newcomer("worker").await?;
        let team = json!({"code": "T-led", "name": "志愿队", "kind": "VOLUNTEER", "unitId": desk.village,
            "leaderId": worker.member});
        let payload = "team { id leader { id } } userErrors { code path }";
        let team = desk.town.mutate("teamCreate", payload, team).await?.payload()?["team"].clone();
        assert_eq!(team["leader"]["id"], json!(worker.member));
        let leave = json!({"staffMemberId": worker.member, "expectedVersion": 1});
        desk.town.mutate("staffMemberLeave", MEMBER, leave).await?.payload()?;
        let read = "query($id: ID!) { team(id: $id) { leader { id } } }";
        let read = desk.town.run(read, json!({"id": team["id"]})).await?;
        assert_eq!(read.data("team/leader")?, &Value::Null);
        let log = "{ staffChanges { totalCount } }";
        assert_eq!(worker.actor.run(log, Value::Null).await?.data("staffChanges/totalCount")?, &json!(0));
        let input = json!({"name": "演示·回来的人", "unitId": desk.village,
            "accountId": account_id(&worker.actor).await?});
        let back = desk.town.mutate("staffMemberCreate", MEMBER, input).await?;
        assert_eq!(back.payload()?["staffMember"]["account"]["login"], "t-worker");
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_town_keeps_its_own_people_and_nobody_elses() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let desk = Desk::open(backend).await?;
        let places = Places::of(&desk.system);
        let elsewhere = json!({"unitId": places.unit("150302007003").await?});
        let district = json!({"unitId": places.unit("150302").await?});
        let own = desk.member("T-own", json!({})).await?;
        for unit in [&elsewhere, &district] {
            let answer = desk.update(&desk.town, &own, 1, unit.clone()).await?;
            assert_eq!(answer.user_error()?, refused("NOT_PERMITTED", "unitId"));
            let answer = desk.register(&desk.town, "T-new", unit.clone()).await?;
            assert_eq!(answer.user_error()?, refused("NOT_PERMITTED", "unitId"));
        }
        let theirs = desk.member("T-theirs", elsewhere.clone()).await?;
        let answer = desk.update(&desk.town, &theirs, 1, json!({"name": "演示·乙"})).await?;
        assert_eq!(answer.user_error()?, refused("NOT_PERMITTED", "staffMemberId"));
        let leave = json!({"staffMemberId": theirs, "expectedVersion": 1});
        let answer = desk.town.mutate("staffMemberLeave", MEMBER, leave).await?;
        assert_eq!(answer.user_error()?, refused("NOT_PERMITTED", "staffMemberId"));
        // Somebody of the town who holds something elsewhere is not let go by the town alone.
        let target = json!({"gridId": places.grid(ELSEWHERE).await?});
        let held = desk.try_appoint(&desk.security, &own, "building_head", target, json!({})).await?;
        held.payload()?;
        let leave = json!({"staffMemberId": own, "expectedVersion": 1});
        let answer = desk.town.mutate("staffMemberLeave", MEMBER, leave.clone()).await?;
        assert_eq!(answer.user_error()?, refused("NOT_PERMITTED", "staffMemberId"));
        let moved = desk.update(&desk.system, &own, 1, elsewhere).await?;
        assert_eq!(moved.payload()?["staffMember"]["unit"]["code"], "150302007003");
        let leave = json!({"staffMemberId": own, "expectedVersion": 2});
        let gone = desk.system.mutate("staffMemberLeave", MEMBER, leave).await?;
        assert_eq!(gone.payload()?["staffMember"]["state"], "LEFT");
        Ok(())
    })
    .await
}
