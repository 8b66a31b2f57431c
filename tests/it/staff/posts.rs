//! Kinds of posts: adopted, created and retired by whoever keeps the district's roster.

use anyhow::Context as _;
use fengqiao_tests::on_backends;
use serde_json::{Value, json};

use super::{Desk, NOBODY, refused, text, with};

const POSTS: &str = "id code nameZh nameEn role targetKinds isExclusive employmentKind state version";

#[tokio::test(flavor = "multi_thread")]
async fn adopting_again_changes_nothing() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let desk = Desk::open(backend).await?;
        let list = format!("{{ postKinds {{ {POSTS} }} }}");
        let selection = format!("postKinds {{ {POSTS} }} userErrors {{ code path }}");
        let before = desk.town.run(&list, Value::Null).await?.data("postKinds")?.clone();
        for input in [json!({}), json!({"codes": []}), json!({"codes": ["grid_chief", "mediator"]})] {
            let again = desk.system.mutate("postKindAdopt", &selection, input).await?;
            assert_eq!(again.payload()?["postKinds"], before);
        }
        let posts = before.as_array().context("a list")?;
        let codes: Vec<&str> = posts.iter().filter_map(|post| post["code"].as_str()).collect();
        let shipped = ["building_head", "embedded_police", "full_time_worker", "grid_chief", "grid_instructor",
            "mediator", "part_time_worker", "professional_worker", "social_worker", "station_chief",
            "volunteer"];
        assert_eq!(codes, shipped);
        let chief = posts.iter().find(|post| post["code"] == "grid_chief").context("the chief")?;
        let wanted = json!({"id": chief["id"], "code": "grid_chief", "nameZh": "网格长", "nameEn": "Grid chief",
            "role": "GRID_CHIEF", "targetKinds": ["GRID"], "isExclusive": true,
            "employmentKind": "OFFICIAL", "state": "ACTIVE", "version": 1});
        assert_eq!(chief, &wanted);
        let unknown = json!({"codes": ["nobody", "grid_chief"]});
        let answer = desk.system.mutate("postKindAdopt", "userErrors { code path }", unknown).await?;
        assert_eq!(answer.user_error()?, refused("NOT_FOUND", "codes.0"));
        // They are no secret to anyone of the district.
        let resident = desk.person("xindi.resident").await?;
        assert_eq!(resident.run(&list, Value::Null).await?.data("postKinds")?, &before);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_post_has_a_code_of_its_own_and_targets_that_fit_its_role() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let desk = Desk::open(backend).await?;
        let selection = format!("postKind {{ {POSTS} }} userErrors {{ code path }}");
        let input = json!({"code": "T-post", "nameZh": "巡查员", "nameEn": "Patrol", "role": "FULL_TIME_WORKER",
            "targetKinds": ["GRID"], "isExclusive": false, "employmentKind": "FULL_TIME"});
        let create = async |more: Value| {
            desk.system.mutate("postKindCreate", &selection, with(input.clone(), &more)).await
        };
        for (more, code, path) in [
            (json!({"targetKinds": ["GRID", "VILLAGE"]}), "POST_TARGET_MISMATCH", "targetKinds"),
            (json!({"role": null, "targetKinds": ["PLATFORM"]}), "POST_TARGET_MISMATCH", "targetKinds"),
            (json!({"code": "grid_chief"}), "CODE_TAKEN", "code"),
            (json!({"code": "岗位"}), "INVALID_CODE", "code"),
            (json!({"nameZh": ""}), "REQUIRED", "nameZh"),
            (json!({"nameEn": "x".repeat(61)}), "TOO_LONG", "nameEn"),
        ] {
            assert_eq!(create(more).await?.user_error()?, refused(code, path));
        }
        assert_eq!(create(json!({"targetKinds": []})).await?.code(), "BAD_REQUEST");
        let made = create(json!({"targetKinds": ["GRID", "GRID"]})).await?;
        let post = &made.payload()?["postKind"];
        assert_eq!(post, &with(input, &json!({"id": post["id"], "state": "ACTIVE", "version": 1})));
        for login in ["qianlishan.admin", "security.admin", "xindi.station"] {
            let by = desk.person(login).await?;
            let denied = json!({"code": "T-2", "nameZh": "岗", "nameEn": "Post", "targetKinds": ["GRID"],
                "isExclusive": false, "employmentKind": "VOLUNTARY"});
            let answer = by.mutate("postKindCreate", "userErrors { code }", denied).await?;
            assert_eq!(answer.code(), "FORBIDDEN", "{login}: {}", answer.text);
            let answer = by.mutate("postKindAdopt", "userErrors { code }", json!({})).await?;
            assert_eq!(answer.code(), "FORBIDDEN", "{login}: {}", answer.text);
        }
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_post_is_renamed_retired_and_taken_up_again() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let desk = Desk::open(backend).await?;
        let (ground, post) = (desk.ground().await?, desk.new_post("T-post", &["GRID"]).await?);
        let selection = format!("postKind {{ {POSTS} }} userErrors {{ code path currentVersion }}");
        let update = async |version: i64, more: Value| {
            let input = json!({"postKindId": post, "expectedVersion": version});
            desk.system.mutate("postKindUpdate", &selection, with(input, &more)).await
        };
        let mut wanted = json!({"id": post, "code": "T-post", "nameZh": "巡查员", "nameEn": "Patrol",
            "role": null, "targetKinds": ["GRID"], "isExclusive": false, "employmentKind": "VOLUNTARY",
            "state": "ACTIVE", "version": 1});
        let steps = [
            json!({"nameZh": "巡护员"}),
            json!({"nameEn": "Ranger", "employmentKind": "PROFESSIONAL", "isExclusive": true}),
            json!({"state": "RETIRED"}),
            json!({"state": "ACTIVE"}),
        ];
        for (version, more) in (1_i64..).zip(steps) {
            wanted = with(with(wanted, &more), &json!({"version": version + 1}));
            assert_eq!(update(version, more).await?.payload()?["postKind"], wanted);
        }
        let stale = update(1, json!({"nameZh": "又名"})).await?;
        assert_eq!(stale.user_error()?, refused("CONFLICT", "expectedVersion"));
        assert_eq!(stale.user_errors()?[0]["currentVersion"], 5);
        let nobody = json!({"postKindId": format!("post_{NOBODY}"), "expectedVersion": 1});
        let answer = desk.system.mutate("postKindUpdate", &selection, nobody).await?;
        assert_eq!(answer.user_error()?, refused("NOT_FOUND", "postKindId"));
        let own = json!({"postKindId": post, "expectedVersion": 5, "nameZh": "镇名"});
        assert_eq!(desk.town.mutate("postKindUpdate", &selection, own).await?.code(), "FORBIDDEN");
        // Exclusive from now on, for whoever comes.
        let (one, two) = (desk.member("T-1", json!({})).await?, desk.member("T-2", json!({})).await?);
        let at_ground =
            |member: &str| json!({"staffMemberId": member, "postKindId": post, "target": ground.target()});
        let appointed = desk.town.mutate("appointmentCreate", "userErrors { code path }", at_ground(&one));
        appointed.await?.payload()?;
        let taken =
            desk.town.mutate("appointmentCreate", "userErrors { code path }", at_ground(&two)).await?;
        assert_eq!(taken.user_error()?, refused("POST_TAKEN", "target"));
        let read = desk.read(&one, "posts { postKind { nameZh } }").await?;
        assert_eq!(text(&read["posts"][0]["postKind"]["nameZh"]), "巡护员");
        Ok(())
    })
    .await
}
