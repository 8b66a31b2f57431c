//! Appointments: the role comes and goes with the post, and nobody appoints beyond their rights.

use fengqiao_tests::{Places, account_id, on_backends};
use serde_json::{Value, json};

use super::{Desk, ELSEWHERE, NOBODY, VILLAGE, minute, refused, sees, text};

#[tokio::test(flavor = "multi_thread")]
async fn a_post_gives_its_role_at_once_and_ending_it_takes_it_away() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let desk = Desk::open(backend).await?;
        let ground = desk.ground().await?;
        let (matter, worker) = (desk.matter(&ground).await?, desk.newcomer("worker").await?);
        assert!(!sees(&matter, &worker.actor).await?);
        let held = desk.appoint(&worker.member, "full_time_worker", &ground, json!({})).await?;
        assert_eq!((&held["kind"], &held["grantsRole"]), (&json!("REGULAR"), &json!(true)));
        assert_eq!((&held["sinceAt"], &held["untilAt"]), (&json!(minute(0)), &Value::Null));
        assert!(sees(&matter, &worker.actor).await?, "the role counts by the next request");
        assert_eq!(desk.roles_at(&ground).await?, ["t-worker FULL_TIME_WORKER"]);
        desk.served.pass_seconds(60);
        let ended = desk.end(&held, json!({})).await?;
        assert_eq!(ended["untilAt"], minute(1));
        assert!(!sees(&matter, &worker.actor).await?, "the role is gone by the next request");
        assert_eq!(desk.roles_at(&ground).await?, Vec::<String>::new());
        assert_eq!(desk.read(&worker.member, "posts { id }").await?, json!({"posts": []}));
        // Ending it again changes nothing.
        assert_eq!(desk.end(&ended, json!({})).await?, ended);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_exclusive_post_has_one_holder_at_a_time() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let desk = Desk::open(backend).await?;
        let ground = desk.ground().await?;
        let first = desk.member("T-1", json!({})).await?;
        let second = desk.member("T-2", json!({})).await?;
        let held = desk.appoint(&first, "grid_chief", &ground, json!({})).await?;
        let attempt = async |member: &str, post: &str, more: Value| {
            desk.try_appoint(&desk.town, member, post, ground.target(), more).await?.user_error()
        };
        let taken = refused("POST_TAKEN", "target");
        assert_eq!(attempt(&second, "grid_chief", json!({})).await?, taken);
        let later = json!({"sinceAt": minute(30)});
        assert_eq!(attempt(&second, "grid_chief", later).await?, taken);
        let overlaps = refused("PERIOD_OVERLAPS", "staffMemberId");
        assert_eq!(attempt(&first, "grid_chief", json!({})).await?, overlaps);
        desk.end(&held, json!({"untilAt": minute(5)})).await?;
        assert_eq!(attempt(&second, "grid_chief", json!({"sinceAt": minute(4)})).await?, taken);
        desk.appoint(&second, "grid_chief", &ground, json!({"sinceAt": minute(5)})).await?;
        // The time before the first one is free as well, up to the instant that they began.
        let past = json!({"sinceAt": "2026-01-01T00:00:00Z", "untilAt": minute(0)});
        desk.appoint(&second, "grid_chief", &ground, past).await?;
        for member in [&first, &second] {
            desk.appoint(member, "part_time_worker", &ground, json!({})).await?;
            assert_eq!(attempt(member, "part_time_worker", json!({})).await?, overlaps);
        }
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn two_at_once_do_not_both_get_an_exclusive_post() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let desk = Desk::open(backend).await?;
        let first = desk.member("T-1", json!({})).await?;
        let second = desk.member("T-2", json!({})).await?;
        for round in 0..4 {
            let target = desk.ground().await?.target();
            let (one, other) = tokio::join!(
                desk.try_appoint(&desk.town, &first, "grid_chief", target.clone(), json!({})),
                desk.try_appoint(&desk.security, &second, "grid_chief", target.clone(), json!({})),
            );
            let (one, other) = (one?, other?);
            let loser = if one.payload().is_ok() { &other } else { &one };
            assert_eq!(loser.user_error()?, refused("POST_TAKEN", "target"), "round {round}");
            assert!(one.payload().is_ok() || other.payload().is_ok(), "{} {}", one.text, other.text);
        }
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_appoints_beyond_their_own_roster_or_rights() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let desk = Desk::open(backend).await?;
        let ground = desk.ground().await?;
        let (target, without) = (ground.target(), desk.member("T-1", json!({})).await?);
        let elsewhere = json!({"gridId": Places::of(&desk.system).grid(ELSEWHERE).await?});
        for post in ["building_head", "full_time_worker"] {
            let answer = desk.try_appoint(&desk.town, &without, post, elsewhere.clone(), json!({})).await?;
            assert_eq!(answer.user_error()?, refused("NOT_PERMITTED", "target"), "{post}");
        }
        let held = desk.try_appoint(&desk.security, &without, "building_head", elsewhere, json!({})).await?;
        let held = held.payload()?["appointment"].clone();
        let answer = desk.try_end(&desk.town, &held, json!({})).await?;
        assert_eq!(answer.user_error()?, refused("NOT_PERMITTED", "appointmentId"));
        let own = json!({"accountId": account_id(&desk.town).await?});
        let own = desk.member("T-own", own).await?;
        let answer =
            desk.try_appoint(&desk.town, &own, "full_time_worker", target.clone(), json!({})).await?;
        assert_eq!(answer.user_error()?, refused("GRANT_TO_SELF", "staffMemberId"));
        assert_eq!(desk.appoint(&own, "building_head", &ground, json!({})).await?["grantsRole"], false);
        // Who keeps the roster of the district appoints nobody: that is for those who give roles.
        for login in ["system.admin", "xindi.station", "district.command", "xindi.resident"] {
            let by = desk.person(login).await?;
            let answer = desk.try_appoint(&by, &without, "building_head", target.clone(), json!({})).await?;
            assert_eq!(answer.code(), "FORBIDDEN", "{login}: {}", answer.text);
            let answer = desk.try_end(&by, &held, json!({})).await?;
            assert_eq!(answer.code(), "FORBIDDEN", "{login}: {}", answer.text);
        }
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_beyond_what_the_caller_may_grant_is_not_given_by_an_appointment() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let desk = Desk::open(backend).await?;
        let ground = desk.ground().await?;
        let (limited, officer) = (desk.newcomer("limited").await?, desk.newcomer("officer").await?);
        let input = json!({"accountId": limited.account, "role": "TOWN_ADMINISTRATOR", "ceiling": "NORMAL",
            "target": {"unitId": Places::of(&desk.system).unit("150302101").await?}});
        let granted =
            desk.security.mutate("roleGrantCreate", "roleGrant { id } userErrors { code path }", input);
        granted.await?.payload()?;
        let without = desk.member("T-1", json!({})).await?;
        let appoint = async |member: &str, post: &str| {
            desk.try_appoint(&limited.actor, member, post, ground.target(), json!({})).await
        };
        let exceeds = refused("GRANT_EXCEEDS_SCOPE", "target");
        assert_eq!(appoint(&officer.member, "embedded_police").await?.user_error()?, exceeds);
        assert_eq!(desk.read(&officer.member, "posts { id }").await?, json!({"posts": []}));
        for (member, post) in [
            (&officer.member, "full_time_worker"),
            (&officer.member, "building_head"),
            // Whoever has no account gets no role either.
            (&without, "embedded_police"),
        ] {
            appoint(member, post).await?.payload()?;
        }
        // Nor is a role taken that the caller could not have given.
        let held = desk.appoint(&officer.member, "embedded_police", &ground, json!({})).await?;
        let answer = desk.try_end(&limited.actor, &held, json!({})).await?;
        assert_eq!(answer.user_error()?, refused("NOT_PERMITTED", "appointmentId"));
        assert_eq!(
            desk.roles_at(&ground).await?,
            ["t-officer EMBEDDED_POLICE", "t-officer FULL_TIME_WORKER"]
        );
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn periods_and_targets_make_sense() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let desk = Desk::open(backend).await?;
        let (ground, member) = (desk.ground().await?, desk.member("T-1", json!({})).await?);
        let attempt = async |target: Value, more: Value| {
            desk.try_appoint(&desk.town, &member, "grid_chief", target, more).await?.user_error()
        };
        let period = refused("INVALID_PERIOD", "untilAt");
        for (since, until) in [(5, 4), (5, 5)] {
            let more = json!({"sinceAt": minute(since), "untilAt": minute(until)});
            assert_eq!(attempt(ground.target(), more).await?, period);
        }
        let village = json!({"unitId": Places::of(&desk.town).unit(VILLAGE).await?});
        assert_eq!(attempt(village, json!({})).await?, refused("POST_TARGET_MISMATCH", "target"));
        let bounded = json!({"sinceAt": minute(1), "untilAt": minute(9)});
        let held = desk.appoint(&member, "grid_chief", &ground, bounded).await?;
        assert_eq!((&held["sinceAt"], &held["untilAt"]), (&json!(minute(1)), &json!(minute(9))));
        let answer = desk.try_end(&desk.town, &held, json!({"untilAt": minute(10)})).await?;
        assert_eq!(answer.user_error()?, period);
        let shorter = desk.end(&held, json!({"untilAt": minute(7)})).await?;
        assert_eq!((&shorter["untilAt"], &shorter["version"]), (&json!(minute(7)), &json!(2)));
        let stale = desk.try_end(&desk.town, &held, json!({"untilAt": minute(6)})).await?;
        assert_eq!(stale.user_error()?, refused("CONFLICT", "expectedVersion"));
        assert_eq!(stale.user_errors()?[0]["currentVersion"], 2);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_foreign_or_retired_is_not_appointed_to() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let desk = Desk::open(backend).await?;
        let (ground, member) = (desk.ground().await?, desk.member("T-1", json!({})).await?);
        let elsewhere = desk.served.sign_in("system.admin@320804").await?;
        let read = "{ grids(first: 1) { nodes { id } } staffMembers(first: 1) { nodes { id } }
            postKinds { id } }";
        elsewhere.mutate("postKindAdopt", "userErrors { code }", json!({})).await?.payload()?;
        let unit = Places::of(&elsewhere).unit("320804").await?;
        let foreigner = json!({"name": "演示·外区", "unitId": unit});
        elsewhere.mutate("staffMemberCreate", "userErrors { code }", foreigner).await?.payload()?;
        let theirs = elsewhere.run(read, Value::Null).await?;
        let input = |member: &Value, post: &Value, grid: &Value| {
            json!({"staffMemberId": member, "postKindId": post, "target": {"gridId": grid}})
        };
        let (grid, post) = (json!(ground.id), json!(desk.post("building_head")?));
        let cases = [
            (input(theirs.data("staffMembers/nodes/0/id")?, &post, &grid), "staffMemberId"),
            (input(&json!(member), theirs.data("postKinds/0/id")?, &grid), "postKindId"),
            (input(&json!(member), &post, theirs.data("grids/nodes/0/id")?), "target"),
            (input(&json!(format!("staff_{NOBODY}")), &post, &grid), "staffMemberId"),
        ];
        let appoint = async |input: Value| {
            desk.town.mutate("appointmentCreate", "userErrors { code path }", input).await?.user_error()
        };
        for (input, path) in cases {
            assert_eq!(appoint(input).await?, refused("NOT_FOUND", path));
        }
        let old = desk.new_post("T-old", &["GRID"]).await?;
        desk.town
            .mutate("appointmentCreate", "userErrors { code }", input(&json!(member), &json!(old), &grid))
            .await?
            .payload()?;
        let retire = json!({"postKindId": old, "expectedVersion": 1, "state": "RETIRED"});
        desk.system.mutate("postKindUpdate", "userErrors { code }", retire).await?.payload()?;
        let another = desk.member("T-2", json!({})).await?;
        assert_eq!(
            appoint(input(&json!(another), &json!(old), &grid)).await?,
            refused("POST_RETIRED", "postKindId")
        );
        let kept = desk.read(&member, "posts { postKind { code } }").await?;
        assert_eq!(text(&kept["posts"][0]["postKind"]["code"]), "T-old");
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_appointment_to_come_gives_nothing_yet_and_can_be_called_off() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let desk = Desk::open(backend).await?;
        let ground = desk.ground().await?;
        let matter = desk.matter(&ground).await?;
        let (kept, off) = (desk.newcomer("kept").await?, desk.newcomer("off").await?);
        let later = json!({"sinceAt": minute(1), "untilAt": minute(3)});
        let held = desk.appoint(&kept.member, "full_time_worker", &ground, later.clone()).await?;
        assert_eq!(held["grantsRole"], true);
        let unwanted = desk.appoint(&off.member, "full_time_worker", &ground, later.clone()).await?;
        let called_off = desk.end(&unwanted, json!({})).await?;
        assert_eq!((&called_off["sinceAt"], &called_off["untilAt"]), (&json!(minute(1)), &json!(minute(1))));
        let mut seen = vec![];
        for _ in 0..4 {
            seen.push((sees(&matter, &kept.actor).await?, sees(&matter, &off.actor).await?));
            desk.served.pass_seconds(65);
        }
        assert_eq!(seen, [(false, false), (true, false), (true, false), (false, false)]);
        // What was called off stands in nobody's way, and was in force at no instant.
        let again = json!({"sinceAt": minute(1), "untilAt": minute(2)});
        desk.appoint(&off.member, "full_time_worker", &ground, again).await?;
        let document = "query($filter: AppointmentFilter) { appointments(filter: $filter) { totalCount } }";
        for (instant, count) in [(0, 0), (1, 2), (2, 1), (3, 0)] {
            let filter = json!({"target": ground.target(), "inForceAt": minute(instant)});
            let read = desk.town.run(document, json!({"filter": filter})).await?;
            assert_eq!(read.data("appointments/totalCount")?, count, "at {instant}");
        }
        Ok(())
    })
    .await
}
