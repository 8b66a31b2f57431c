//! Stand-ins: the role for a time beside its holder, and never beyond the holder's own appointment.

use fengqiao_tests::{Actor, Places, on_backends};
use serde_json::{Value, json};

use super::{Desk, minute, refused, sees};

#[tokio::test(flavor = "multi_thread")]
async fn a_stand_in_has_the_role_for_the_time_and_the_holder_keeps_theirs() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let desk = Desk::open(backend).await?;
        let ground = desk.ground().await?;
        let matter = desk.matter(&ground).await?;
        let (chief, deputy) = (desk.newcomer("chief").await?, desk.newcomer("deputy").await?);
        let held = desk.appoint(&chief.member, "grid_chief", &ground, json!({})).await?;
        let time = json!({"sinceAt": minute(1), "untilAt": minute(3), "document": "代〔2026〕1号"});
        let standing = desk.try_stand_in(&deputy.member, &held, time).await?;
        let standing = &standing.payload()?["appointment"];
        assert_eq!((&standing["kind"], &standing["grantsRole"]), (&json!("STAND_IN"), &json!(true)));
        assert_eq!(standing["standsInFor"]["id"], held["id"]);
        let mut seen = vec![];
        for _ in 0..4 {
            seen.push((sees(&matter, &chief.actor).await?, sees(&matter, &deputy.actor).await?));
            if seen.len() == 2 {
                let both = ["t-chief GRID_CHIEF", "t-deputy GRID_CHIEF"];
                assert_eq!(desk.roles_at(&ground).await?, both);
            }
            desk.served.pass_seconds(65);
        }
        assert_eq!(seen, [(true, false), (true, true), (true, true), (true, false)]);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stand_in_takes_anothers_own_duty_within_its_period() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let desk = Desk::open(backend).await?;
        let ground = desk.ground().await?;
        let chief = desk.member("T-1", json!({})).await?;
        let (deputy, third) = (desk.member("T-2", json!({})).await?, desk.member("T-3", json!({})).await?);
        let bounded = json!({"sinceAt": minute(2), "untilAt": minute(20)});
        let held = desk.appoint(&chief, "grid_chief", &ground, bounded).await?;
        let attempt = async |member: &str, held: &Value, since: u32, until: u32| {
            let time = json!({"sinceAt": minute(since), "untilAt": minute(until)});
            desk.try_stand_in(member, held, time).await
        };
        let wrong = async |member: &str, since: u32, until: u32| {
            attempt(member, &held, since, until).await?.user_error()
        };
        assert_eq!(wrong(&chief, 3, 4).await?, refused("INVALID_STAND_IN", "appointmentId"));
        assert_eq!(wrong(&deputy, 1, 4).await?, refused("INVALID_PERIOD", "sinceAt"));
        assert_eq!(wrong(&deputy, 3, 21).await?, refused("INVALID_PERIOD", "untilAt"));
        assert_eq!(wrong(&deputy, 4, 4).await?, refused("INVALID_PERIOD", "untilAt"));
        let now = desk.try_stand_in(&deputy, &held, json!({"untilAt": minute(4)})).await?;
        assert_eq!(now.user_error()?, refused("INVALID_PERIOD", "sinceAt"));
        let standing = attempt(&deputy, &held, 4, 8).await?;
        let standing = standing.payload()?["appointment"].clone();
        for (since, until) in [(3, 5), (5, 6), (7, 9), (2, 20)] {
            assert_eq!(wrong(&third, since, until).await?, refused("POST_TAKEN", "appointmentId"));
        }
        let of_stand_in = attempt(&third, &standing, 5, 6).await?;
        assert_eq!(of_stand_in.user_error()?, refused("INVALID_STAND_IN", "appointmentId"));
        attempt(&third, &held, 8, 20).await?.payload()?;
        attempt(&third, &held, 2, 4).await?.payload()?;
        // Called off, it leaves its time to somebody else.
        desk.end(&standing, json!({})).await?;
        attempt(&third, &held, 4, 8).await?.payload()?;
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_end_of_what_is_stood_in_for_is_the_end_of_standing_in() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let desk = Desk::open(backend).await?;
        let ground = desk.ground().await?;
        let matter = desk.matter(&ground).await?;
        let (chief, deputy) = (desk.newcomer("chief").await?, desk.newcomer("deputy").await?);
        let held = desk.appoint(&chief.member, "grid_chief", &ground, json!({})).await?;
        let standing = desk.try_stand_in(&deputy.member, &held, json!({"untilAt": minute(30)})).await?;
        let standing = standing.payload()?["appointment"].clone();
        let to_come = json!({"sinceAt": minute(30), "untilAt": minute(40)});
        let to_come = desk.try_stand_in(&deputy.member, &held, to_come).await?;
        let to_come = to_come.payload()?["appointment"].clone();
        assert!(sees(&matter, &deputy.actor).await?);
        desk.served.pass_seconds(60);
        desk.end(&held, json!({})).await?;
        assert!(!sees(&matter, &chief.actor).await? && !sees(&matter, &deputy.actor).await?);
        assert_eq!(desk.roles_at(&ground).await?, Vec::<String>::new());
        let document = "query($id: ID!) { appointment(id: $id) { untilAt } }";
        for (stand_in, until) in [(standing, 1), (to_come, 30)] {
            let read = desk.town.run(document, json!({"id": stand_in["id"]})).await?;
            assert_eq!(read.data("appointment/untilAt")?, &json!(minute(until)));
        }
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_lets_stand_in_whom_they_could_not_appoint() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let desk = Desk::open(backend).await?;
        let ground = desk.ground().await?;
        let (limited, officer) = (desk.newcomer("limited").await?, desk.newcomer("officer").await?);
        let input = json!({"accountId": limited.account, "role": "TOWN_ADMINISTRATOR", "ceiling": "NORMAL",
            "target": {"unitId": Places::of(&desk.system).unit("150302101").await?}});
        let granted = desk.security.mutate("roleGrantCreate", "userErrors { code path }", input).await?;
        granted.payload()?;
        let holder = desk.member("T-1", json!({})).await?;
        let held = desk.appoint(&holder, "embedded_police", &ground, json!({})).await?;
        let attempt = async |by: &Actor, member: &str| {
            let input = json!({"appointmentId": held["id"], "staffMemberId": member, "untilAt": minute(9)});
            by.mutate("appointmentStandIn", "userErrors { code path }", input).await
        };
        // Paths are those of the input, which names no target.
        let answer = attempt(&limited.actor, &officer.member).await?;
        assert_eq!(answer.user_error()?, refused("GRANT_EXCEEDS_SCOPE", "appointmentId"));
        let answer = attempt(&limited.actor, &limited.member).await?;
        assert_eq!(answer.user_error()?, refused("GRANT_TO_SELF", "staffMemberId"));
        let neighbour = desk.person("binhe.admin").await?;
        let answer = attempt(&neighbour, &officer.member).await?;
        assert_eq!(answer.user_error()?, refused("NOT_PERMITTED", "appointmentId"));
        let answer = attempt(&desk.system, &officer.member).await?;
        assert_eq!(answer.code(), "FORBIDDEN", "{}", answer.text);
        assert_eq!(desk.roles_at(&ground).await?, Vec::<String>::new());
        attempt(&desk.town, &officer.member).await?.payload()?;
        assert_eq!(desk.roles_at(&ground).await?, ["t-officer EMBEDDED_POLICE"]);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stand_in_who_is_ended_leaves_the_holder_alone() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let desk = Desk::open(backend).await?;
        let ground = desk.ground().await?;
        let matter = desk.matter(&ground).await?;
        let (chief, deputy) = (desk.newcomer("chief").await?, desk.newcomer("deputy").await?);
        let held = desk.appoint(&chief.member, "grid_chief", &ground, json!({})).await?;
        let standing = desk.try_stand_in(&deputy.member, &held, json!({"untilAt": minute(30)})).await?;
        let standing = standing.payload()?["appointment"].clone();
        // Whoever stands in may be appointed beside it, elsewhere or later, as anybody may.
        let successor = json!({"sinceAt": minute(40)});
        let busy = desk.try_appoint(&desk.town, &deputy.member, "grid_chief", ground.target(), successor);
        assert_eq!(busy.await?.user_error()?, refused("POST_TAKEN", "target"));
        desk.end(&standing, json!({})).await?;
        assert!(sees(&matter, &chief.actor).await? && !sees(&matter, &deputy.actor).await?);
        assert_eq!(desk.roles_at(&ground).await?, ["t-chief GRID_CHIEF"]);
        desk.end(&held, json!({})).await?;
        desk.appoint(&deputy.member, "grid_chief", &ground, json!({})).await?;
        assert!(sees(&matter, &deputy.actor).await?);
        Ok(())
    })
    .await
}
