//! The staffing rule, and the grids that lack people by it.

use anyhow::Context as _;
use fengqiao_tests::{Actor, Places, on_backends};
use serde_json::{Value, json};

use super::{Desk, Ground, minute, refused, text};

const RULE: &str = "query($at: DateTime) { staffingRule(snapshotAt: $at) {
    sinceAt requirements { nameEn gridKind minimum postKinds { code } } } }";
const GAPS: &str =
    "query($filter: StaffingGapFilter, $first: Int, $after: String, $last: Int, $before: String) {
    staffingGaps(filter: $filter, first: $first, after: $after, last: $last, before: $before) {
      totalCount pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
      nodes { grid { id code } shortfalls { requirement { nameEn } presentCount missingCount } } } }";

/// What a grid lacks, as `demand: present, missing`; empty for one that lacks nothing.
async fn lacks(by: &Actor, ground: &Ground, filter: Value) -> anyhow::Result<Vec<String>> {
    let mut after = Value::Null;
    loop {
        let page = by.run(GAPS, json!({"filter": filter, "first": 100, "after": after})).await?;
        let nodes = page.data("staffingGaps/nodes")?.as_array().context("a list")?;
        if let Some(gap) = nodes.iter().find(|gap| gap["grid"]["id"] == ground.id.as_str()) {
            let shortfalls = gap["shortfalls"].as_array().context("a list")?;
            let told = |short: &Value| {
                let name = text(&short["requirement"]["nameEn"]);
                format!("{name}: {}, {}", short["presentCount"], short["missingCount"])
            };
            return Ok(shortfalls.iter().map(told).collect());
        }
        if page.data("staffingGaps/pageInfo/hasNextPage")? != true {
            return Ok(vec![]);
        }
        after = page.data("staffingGaps/pageInfo/endCursor")?.clone();
    }
}

/// A police grid around a grid.
async fn police_grid(desk: &Desk, ground: &Ground) -> anyhow::Result<Value> {
    let input = json!({"code": "T-PG", "name": "新警格", "kind": "POLICE_GRID", "unitIds": [],
        "gridIds": [ground.id]});
    let made = desk.system.mutate("unitGroupCreate", "unitGroup { id } userErrors { code path }", input);
    Ok(json!({"unitGroupId": made.await?.payload()?["unitGroup"]["id"]}))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_grid_lacks_everybody_until_they_are_appointed() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let desk = Desk::open(backend).await?;
        let rule = desk.town.run(RULE, Value::Null).await?;
        assert_eq!(rule.data("staffingRule/sinceAt")?, &Value::Null, "the shipped one");
        let ground = desk.ground().await?;
        let filter = json!({"unitId": desk.village});
        let now = async || lacks(&desk.town, &ground, filter.clone()).await;
        let (chief, police, worker) =
            ("One chief: 0, 1", "One police officer: 0, 1", "One full-time worker: 0, 1");
        let helpers = |there: u32| format!("Several part-time workers: {there}, {}", 2 - there);
        let three = |there: u32| format!("The three of 1+3+N: {there}, {}", 3 - there);
        assert_eq!(now().await?, [chief, police, worker, &helpers(0), &three(0)]);
        let people = ["T-1", "T-2", "T-3", "T-4", "T-5"];
        let mut members = vec![];
        for code in people {
            members.push(desk.member(code, json!({})).await?);
        }
        let held = desk.appoint(&members[0], "grid_chief", &ground, json!({})).await?;
        assert_eq!(now().await?, [police, worker, &helpers(0), &three(0)]);
        let group = police_grid(&desk, &ground).await?;
        let at_group = desk.try_appoint(&desk.security, &members[1], "embedded_police", group, json!({}));
        at_group.await?.payload()?;
        assert_eq!(now().await?, [worker, &helpers(0), &three(1)]);
        desk.appoint(&members[2], "full_time_worker", &ground, json!({})).await?;
        // Whoever holds both posts of a demand is one person.
        desk.appoint(&members[3], "part_time_worker", &ground, json!({})).await?;
        desk.appoint(&members[3], "professional_worker", &ground, json!({})).await?;
        assert_eq!(now().await?, [helpers(1), three(2)]);
        desk.appoint(&members[4], "professional_worker", &ground, json!({})).await?;
        // A stand-in takes a duty that is counted already.
        desk.try_stand_in(&members[4], &held, json!({"untilAt": minute(9)})).await?.payload()?;
        assert_eq!(now().await?, [three(2)]);
        desk.appoint(&members[4], "grid_instructor", &ground, json!({})).await?;
        assert_eq!(now().await?, Vec::<String>::new());
        desk.served.pass_seconds(60);
        desk.end(&held, json!({})).await?;
        assert_eq!(now().await?, [chief], "the stand-in went with the chief");
        let before = json!({"unitId": desk.village, "snapshotAt": minute(0)});
        assert_eq!(lacks(&desk.town, &ground, before).await?, Vec::<String>::new());
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rule_of_its_own_takes_over_and_the_former_answers_for_the_past() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let desk = Desk::open(backend).await?;
        let ground = desk.ground().await?;
        desk.served.pass_seconds(120);
        let demand = |posts: &[String], kind: Option<&str>, minimum: u32| {
            json!({"requirements": [{"nameZh": "楼栋长", "nameEn": "Heads", "postKindIds": posts,
                "gridKind": kind, "minimum": minimum}]})
        };
        let (heads, chief) = (vec![desk.post("building_head")?], vec![desk.post("grid_chief")?]);
        let set = async |by: &Actor, input: Value| {
            by.mutate("staffingRuleSet", "staffingRule { sinceAt } userErrors { code path }", input).await
        };
        let done = set(&desk.system, demand(&heads, None, 2)).await?;
        assert_eq!(done.payload()?["staffingRule"]["sinceAt"], minute(2));
        let rule = async |at: Option<u32>| -> anyhow::Result<Value> {
            let read = desk.town.run(RULE, json!({"at": at.map(minute)})).await?;
            Ok(read.data("staffingRule")?.clone())
        };
        let own = json!({"sinceAt": minute(2), "requirements": [{"nameEn": "Heads", "gridKind": null,
            "minimum": 2, "postKinds": [{"code": "building_head"}]}]});
        assert_eq!((rule(None).await?, rule(Some(2)).await?), (own.clone(), own));
        let former = rule(Some(1)).await?;
        assert_eq!(
            (&former["sinceAt"], former["requirements"].as_array().map(Vec::len)),
            (&Value::Null, Some(5))
        );
        let now = async |at: Option<u32>| {
            let filter = json!({"unitId": desk.village, "snapshotAt": at.map(minute)});
            lacks(&desk.town, &ground, filter).await
        };
        assert_eq!(now(None).await?, ["Heads: 0, 2"]);
        assert_eq!(now(Some(1)).await?.len(), 5);
        desk.served.pass_seconds(60);
        set(&desk.system, demand(&chief, Some("BASIC"), 1)).await?.payload()?;
        assert_eq!(now(None).await?, ["Heads: 0, 1"]);
        desk.served.pass_seconds(60);
        set(&desk.system, demand(&chief, Some("DEDICATED"), 1)).await?.payload()?;
        assert_eq!(now(None).await?, Vec::<String>::new());
        let unknown = demand(&[heads[0].clone(), format!("post_{}", super::NOBODY)], None, 1);
        for (input, code, path) in [
            (unknown, "NOT_FOUND", "requirements.0.postKindIds.1"),
            (demand(&[], None, 1), "REQUIRED", "requirements.0.postKindIds"),
            (demand(&heads, None, 100_001), "TOO_GREAT", "requirements.0.minimum"),
        ] {
            assert_eq!(set(&desk.system, input).await?.user_error()?, refused(code, path));
        }
        assert_eq!(set(&desk.town, demand(&heads, None, 1)).await?.code(), "FORBIDDEN");
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_rules_of_one_instant_the_later_holds() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let desk = Desk::open(backend).await?;
        let head = desk.post("building_head")?;
        for minimum in [9, 1, 5, 2] {
            let input = json!({"requirements": [{"nameZh": "楼栋长", "nameEn": "Heads",
                "postKindIds": [head], "minimum": minimum}]});
            let set = desk.system.mutate("staffingRuleSet", "userErrors { code path }", input).await?;
            set.payload()?;
            let read = desk.town.run(RULE, Value::Null).await?;
            assert_eq!(read.data("staffingRule/requirements/0/minimum")?, minimum);
        }
        Ok(())
    })
    .await
}

/// The codes of one page, and its `pageInfo`.
async fn page(by: &Actor, variables: Value) -> anyhow::Result<(Vec<String>, Value)> {
    let read = by.run(GAPS, variables).await?;
    let nodes = read.data("staffingGaps/nodes")?.as_array().context("a list")?;
    let codes = nodes.iter().map(|gap| text(&gap["grid"]["code"])).collect();
    Ok((codes, read.data("staffingGaps/pageInfo")?.clone()))
}

#[tokio::test(flavor = "multi_thread")]
async fn the_gaps_of_a_town_are_paged_both_ways_each_once() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let desk = Desk::open(backend).await?;
        for _ in 0..5 {
            desk.ground().await?;
        }
        let town = Places::of(&desk.town).unit("150302101").await?;
        let filter = json!({"unitId": town});
        let read = desk.town.run(GAPS, json!({"filter": filter, "first": 100})).await?;
        let total = read.data("staffingGaps/totalCount")?.as_u64().context("a number")?;
        let (all, _) = page(&desk.town, json!({"filter": filter, "first": 100})).await?;
        assert_eq!((u64::try_from(all.len())?, all.is_sorted()), (total, true));
        assert!(all.len() > 5 && all.iter().all(|code| code.starts_with("150302101")), "{all:?}");
        let (mut forward, mut after) = (vec![], Value::Null);
        loop {
            let variables = json!({"filter": filter, "first": 3, "after": after});
            let (codes, info) = page(&desk.town, variables).await?;
            assert_eq!(info["hasPreviousPage"], !forward.is_empty());
            forward.extend(codes);
            if info["hasNextPage"] != true {
                break;
            }
            after = info["endCursor"].clone();
        }
        assert_eq!(forward, all);
        let (mut backward, mut before): (Vec<String>, _) = (vec![], Value::Null);
        loop {
            let variables = json!({"filter": filter, "last": 3, "before": before});
            let (codes, info) = page(&desk.town, variables).await?;
            assert_eq!(info["hasNextPage"], !backward.is_empty());
            backward.splice(0..0, codes);
            if info["hasPreviousPage"] != true {
                break;
            }
            before = info["startCursor"].clone();
        }
        assert_eq!(backward, all);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn gaps_are_for_staff_and_take_their_own_cursors_only() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let desk = Desk::open(backend).await?;
        desk.ground().await?;
        let cursor = async |list: &str| -> anyhow::Result<Value> {
            let document = format!("{{ {list}(first: 1) {{ pageInfo {{ endCursor }} }} }}");
            let read = desk.town.run(&document, Value::Null).await?;
            Ok(read.data(&format!("{list}/pageInfo/endCursor"))?.clone())
        };
        for foreign in [cursor("grids").await?, cursor("staffMembers").await?, json!("x")] {
            for variables in [json!({"first": 1, "after": foreign}), json!({"last": 1, "before": foreign})] {
                let answer = desk.town.run(GAPS, variables).await?;
                assert_eq!(answer.code(), "BAD_REQUEST", "{foreign}: {}", answer.text);
            }
        }
        let own = cursor("staffingGaps").await?;
        let other = "query($after: String) { grids(after: $after) { nodes { id } } }";
        assert_eq!(desk.town.run(other, json!({"after": own})).await?.code(), "BAD_REQUEST");
        let resident = desk.person("xindi.resident").await?;
        assert_eq!(resident.run(GAPS, json!({"first": 1})).await?.code(), "FORBIDDEN");
        // What each grid needs is no secret.
        assert_eq!(resident.run(RULE, Value::Null).await?.data("staffingRule/sinceAt")?, &Value::Null);
        Ok(())
    })
    .await
}
