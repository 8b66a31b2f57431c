//! Rosters: who serves in a unit at an instant, beside what is planned.

use anyhow::Context as _;
use fengqiao_tests::{Actor, Places, on_backends};
use serde_json::{Value, json};

use super::{Desk, NOBODY, minute, refused};

const ROSTER: &str = "query($unit: ID!, $at: DateTime) { roster(unitId: $unit, snapshotAt: $at) {
    snapshotAt unit { code }
    lines { postKind { code } plannedCount peopleCount appointmentCount } } }";
const PLAN: &str = "headcount { planned sinceAt unit { code } postKind { code } } userErrors { code path }";

/// How many of a post are planned, how many people there are, and how many appointments; none without a line.
async fn line(
    by: &Actor,
    unit: &str,
    post: &str,
    at: Option<u32>,
) -> anyhow::Result<Option<(u64, u64, u64)>> {
    let read = by.run(ROSTER, json!({"unit": unit, "at": at.map(minute)})).await?;
    let lines = read.data("roster/lines")?.as_array().context("a list")?;
    let mut of_post = lines.iter().filter(|line| line["postKind"]["code"] == post);
    let number = |line: &Value, key: &str| line[key].as_u64().unwrap_or(u64::MAX);
    let found = of_post.next().map(|line| {
        (number(line, "plannedCount"), number(line, "peopleCount"), number(line, "appointmentCount"))
    });
    assert_eq!(of_post.next(), None, "one line per kind of post");
    Ok(found)
}

/// How many appointments a filter finds.
async fn count(by: &Actor, filter: Value) -> anyhow::Result<u64> {
    let document = "query($filter: AppointmentFilter) { appointments(filter: $filter) { totalCount } }";
    let read = by.run(document, json!({"filter": filter})).await?;
    read.data("appointments/totalCount")?.as_u64().context("a number")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_roster_counts_people_once_and_stays_what_it_was() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let mut desk = Desk::open(backend).await?;
        let patrol = desk.new_post("T-patrol", &["GRID", "VILLAGE"]).await?;
        desk.posts.insert("T-patrol".to_owned(), patrol.clone());
        let (town, village) = (Places::of(&desk.town).unit("150302101").await?, desk.village.clone());
        assert_eq!(line(&desk.town, &village, "T-patrol", None).await?, None);
        let (here, there) = (desk.ground().await?, desk.ground().await?);
        let (one, two) = (desk.member("T-1", json!({})).await?, desk.member("T-2", json!({})).await?);
        desk.appoint(&one, "T-patrol", &here, json!({})).await?;
        let held = desk.appoint(&one, "T-patrol", &there, json!({})).await?;
        let seconded = desk.appoint(&two, "T-patrol", &here, json!({"isSecondment": true})).await?;
        assert_eq!(seconded["kind"], "SECONDMENT");
        let deputy = desk.member("T-3", json!({})).await?;
        desk.try_stand_in(&deputy, &held, json!({"untilAt": minute(9)})).await?.payload()?;
        let elsewhere = json!({"unitId": Places::of(&desk.town).unit("150302101206").await?});
        let outside = desk.try_appoint(&desk.town, &two, "T-patrol", elsewhere, json!({})).await?;
        outside.payload()?;
        desk.served.pass_seconds(120);
        desk.end(&held, json!({})).await?;
        for (at, in_village, in_town) in
            [(None, (0, 2, 2), (0, 2, 3)), (Some(1), (0, 2, 3), (0, 2, 4)), (Some(2), (0, 2, 2), (0, 2, 3))]
        {
            for (unit, wanted) in [(&village, in_village), (&town, in_town)] {
                assert_eq!(line(&desk.town, unit, "T-patrol", at).await?, Some(wanted), "at {at:?}");
                let mut named = 0;
                for kind in ["REGULAR", "SECONDMENT"] {
                    let filter = json!({"withinUnitId": unit, "postKindId": patrol, "kind": kind,
                        "inForceAt": minute(at.unwrap_or(2))});
                    named += count(&desk.town, filter).await?;
                }
                assert_eq!(named, wanted.2, "at {at:?}");
            }
        }
        let standing = json!({"withinUnitId": village, "postKindId": patrol, "inForceAt": minute(1)});
        assert_eq!(count(&desk.town, standing).await?, 4, "the list names the stand-in too");
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_planned_adds_up_and_a_later_plan_takes_over() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let desk = Desk::open(backend).await?;
        let patrol = desk.new_post("T-patrol", &["GRID"]).await?;
        let places = Places::of(&desk.system);
        let (town, other) = (places.unit("150302101").await?, places.unit("150302007").await?);
        let plan = async |by: &Actor, unit: &str, planned: u32| {
            let input = json!({"unitId": unit, "postKindId": patrol, "planned": planned});
            by.mutate("headcountSet", PLAN, input).await
        };
        let set = plan(&desk.town, &desk.village, 3).await?;
        let wanted = json!({"planned": 3, "sinceAt": minute(0), "unit": {"code": "150302101203"},
            "postKind": {"code": "T-patrol"}});
        assert_eq!(set.payload()?["headcount"], wanted);
        plan(&desk.town, &town, 2).await?.payload()?;
        plan(&desk.system, &other, 7).await?.payload()?;
        let planned = async |unit: &str, at: Option<u32>| -> anyhow::Result<Option<u64>> {
            Ok(line(&desk.town, unit, "T-patrol", at).await?.map(|line| line.0))
        };
        assert_eq!((planned(&desk.village, None).await?, planned(&town, None).await?), (Some(3), Some(5)));
        let district = places.unit("150302").await?;
        assert_eq!(planned(&district, None).await?, Some(12));
        desk.served.pass_seconds(120);
        plan(&desk.town, &desk.village, 0).await?.payload()?;
        assert_eq!((planned(&desk.village, None).await?, planned(&town, None).await?), (None, Some(2)));
        assert_eq!(
            (planned(&desk.village, Some(1)).await?, planned(&town, Some(1)).await?),
            (Some(3), Some(5))
        );
        let refusals = [
            (plan(&desk.town, &other, 1).await?, "NOT_PERMITTED", "unitId"),
            (plan(&desk.town, &format!("unit_{NOBODY}"), 1).await?, "NOT_FOUND", "unitId"),
            (plan(&desk.town, &town, 100_001).await?, "TOO_GREAT", "planned"),
        ];
        for (answer, code, path) in refusals {
            assert_eq!(answer.user_error()?, refused(code, path));
        }
        assert_eq!(plan(&desk.security, &town, 1).await?.code(), "FORBIDDEN");
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_plans_of_one_instant_the_later_holds() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let desk = Desk::open(backend).await?;
        let patrol = desk.new_post("T-patrol", &["GRID"]).await?;
        for planned in [9, 1, 5, 2, 8, 3] {
            let input = json!({"unitId": desk.village, "postKindId": patrol, "planned": planned});
            desk.town.mutate("headcountSet", PLAN, input).await?.payload()?;
            let now = line(&desk.town, &desk.village, "T-patrol", None).await?;
            assert_eq!(now, Some((planned, 0, 0)));
        }
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_roster_is_for_staff_and_of_a_unit_that_exists() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let desk = Desk::open(backend).await?;
        let foreign = desk.served.sign_in("district.command@320804").await?;
        let foreign = Places::of(&foreign).unit("320804").await?;
        let station = desk.person("bailou.station").await?;
        for unit in [format!("unit_{NOBODY}"), foreign] {
            let read = station.run(ROSTER, json!({"unit": unit})).await?;
            assert_eq!(read.data("roster")?, &Value::Null);
        }
        let read = station.run(ROSTER, json!({"unit": desk.village})).await?;
        assert_eq!(read.data("roster/snapshotAt")?, &json!(minute(0)));
        assert_eq!(read.data("roster/unit/code")?, "150302101203");
        let lines = read.data("roster/lines")?.as_array().context("a list")?;
        let codes: Vec<&str> = lines.iter().filter_map(|line| line["postKind"]["code"].as_str()).collect();
        assert!(codes.is_sorted(), "{codes:?}");
        for login in ["xindi.resident", "xindi.volunteer"] {
            let outsider = desk.person(login).await?;
            let read = outsider.run(ROSTER, json!({"unit": desk.village})).await?;
            assert_eq!(read.code(), "FORBIDDEN", "{login}: {}", read.text);
        }
        Ok(())
    })
    .await
}
