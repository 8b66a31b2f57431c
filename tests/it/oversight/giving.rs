//! Giving the leave: by whom, to whom, and for how long.

use anyhow::{Context as _, ensure};
use fengqiao_tests::{Places, Served, account_id, on_backends};
use serde_json::{Value, json};

use super::{DAY, DISTRICT, GRANT, HOME, OVERSEER, asked, at, came, given, here, home, is};

#[tokio::test(flavor = "multi_thread")]
async fn it_is_given_by_the_security_administrator_and_is_what_it_says() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let commander = home(&served, OVERSEER).await?;
        let grant = given(&served, &commander, json!({})).await?.payload()?["oversightGrant"].clone();
        let told = json!([grant["overseerDistrictCode"], grant["overseerLogin"], grant["reason"], grant["state"],
            grant["unit"]["code"], grant["createdBy"]["login"], grant["account"]["name"]["text"], grant["account"]["roleGrants"]]);
        let wanted = json!([HOME, OVERSEER, "市委督查室函〔2026〕12号", "IN_FORCE", DISTRICT, "security.admin",
            "王督查", [{"role": "OVERSEER"}]]);
        assert_eq!(told, wanted);
        for login in ["district.command", "system.admin", "audit.admin", "qianlishan.admin", "xindi.station", "hotline.api"] {
            let input = asked(&served, &commander, json!({})).await?;
            let answer = here(&served, login).await?.mutate("oversightGrantCreate", GRANT, input).await?;
            assert_eq!(answer.code(), "FORBIDDEN", "{login}: {}", answer.body);
        }
        // Who may know of it lists it; what is over is told from what lasts.
        let document = "query($filter: OversightGrantFilter) { oversightGrants(filter: $filter) { totalCount nodes { id state } } }";
        for (login, known) in [("security.admin", true), ("audit.admin", true), ("district.audit", true), ("district.command", false)] {
            let listed = here(&served, login).await?.run(document, json!({})).await?;
            if known {
                assert_eq!(listed.data("oversightGrants/totalCount")?, 1, "{login}");
            } else {
                assert_eq!(listed.code(), "FORBIDDEN", "{login}: {}", listed.body);
            }
        }
        let security = here(&served, "security.admin").await?;
        let lasting = async |lasting: bool| {
            let listed = security.run(document, json!({"filter": {"isLasting": lasting}})).await?;
            anyhow::Ok(listed.data("oversightGrants/totalCount")?.clone())
        };
        assert_eq!((lasting(true).await?, lasting(false).await?), (json!(1), json!(0)));
        served.pass_seconds(10 * DAY);
        let security = here(&served, "security.admin").await?;
        let listed = security.run(document, json!({"filter": {"isLasting": false}})).await?;
        assert_eq!(listed.data("oversightGrants/nodes/0/state")?, "OVER");
        // At home nothing of it is in any list but that of the districts one may read.
        let listed = home(&served, "security.admin").await?.run(document, json!({})).await?;
        assert_eq!(listed.data("oversightGrants/totalCount")?, 0);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_does_not_make_sense_is_given_to_nobody() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let commander = home(&served, OVERSEER).await?;
        let before = served.world.number("SELECT count(*) FROM accounts").await?;
        let places = here(&served, "security.admin").await?;
        let village = Places::of(&places).unit("150302101203").await?;
        let own = account_id(&here(&served, "xindi.worker").await?).await?;
        let id = account_id(&commander).await?;
        let overseer = |code: &str, id: &str, name: &str| json!({"overseer": {"districtCode": code, "accountId": id, "name": name}});
        for (others, code, path) in [
            (json!({"reason": "  "}), "REQUIRED", "reason"),
            (json!({"reason": "查".repeat(501)}), "TOO_LONG", "reason"),
            (json!({"untilAt": at(&served, 0)}), "INVALID_PERIOD", "untilAt"),
            (json!({"sinceAt": at(&served, 2 * DAY), "untilAt": at(&served, DAY)}), "INVALID_PERIOD", "untilAt"),
            (json!({"untilAt": at(&served, 90 * DAY + 1)}), "TOO_LONG_PERIOD", "untilAt"),
            (
                json!({"sinceAt": at(&served, 2 * DAY), "untilAt": at(&served, 91 * DAY)}),
                "TOO_LONG_PERIOD",
                "untilAt",
            ),
            (json!({"unitId": village}), "ROLE_TARGET_MISMATCH", "unitId"),
            (json!({"unitId": "unit_01a00000-0000-7000-8000-000000000000"}), "NOT_FOUND", "unitId"),
            (json!({"categoryIds": ["category_01a00000-0000-7000-8000-000000000000"]}), "NOT_FOUND", "categoryIds"),
            (overseer(HOME, "account_01a00000-0000-7000-8000-000000000000", "王督查"), "NOT_FOUND", "overseer.accountId"),
            (overseer("999999", &id, "王督查"), "NOT_FOUND", "overseer.accountId"),
            // Somebody of this district is granted a role; under another district's code they are nobody.
            (overseer(DISTRICT, &own, "王督查"), "OWN_DISTRICT", "overseer.districtCode"),
            (overseer(HOME, &own, "王督查"), "NOT_FOUND", "overseer.accountId"),
            (overseer(HOME, &id, "王*"), "INVALID_TEXT", "overseer.name"),
            (overseer(HOME, &id, " "), "REQUIRED", "overseer.name"),
        ] {
            is(&given(&served, &commander, others.clone()).await?, code, path).with_context(|| others.to_string())?;
        }
        ensure!(served.world.number("SELECT count(*) FROM accounts").await? == before, "somebody was made");
        given(&served, &commander, json!({"untilAt": at(&served, 90 * DAY)})).await?.payload()?;
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_key_gives_it_once_and_there_are_so_many_and_no_more() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo_with(backend, |settings| settings.oversight.most_grants = 2).await?;
        let commander = home(&served, OVERSEER).await?;
        let security = here(&served, "security.admin").await?;
        let input = asked(&served, &commander, json!({})).await?;
        let document = fengqiao_tests::mutation("oversightGrantCreate", GRANT);
        let keyed = async || {
            let variables = json!({"input": input});
            security.run_with(&document, variables, &[("Idempotency-Key", "oversight-1")]).await
        };
        let (first, again) = (keyed().await?, keyed().await?);
        let id = &first.data("oversightGrantCreate/oversightGrant/id")?;
        assert_eq!(id, &again.data("oversightGrantCreate/oversightGrant/id")?);
        let second = given(&served, &commander, json!({})).await?.payload()?["oversightGrant"].clone();
        is(&given(&served, &commander, json!({})).await?, "TOO_MANY", "")?;
        // One that is taken back makes room.
        let revoke = json!({"oversightGrantId": second["id"]});
        security.mutate("oversightGrantRevoke", GRANT, revoke).await?.payload()?;
        given(&served, &commander, json!({})).await?.payload()?;
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_lent_is_granted_in_no_other_way() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let commander = home(&served, OVERSEER).await?;
        let grant = given(&served, &commander, json!({})).await?.payload()?["oversightGrant"].clone();
        let security = here(&served, "security.admin").await?;
        let district = json!({"unitId": Places::of(&security).unit(DISTRICT).await?});
        let volunteer = account_id(&here(&served, "xindi.volunteer").await?).await?;
        let selection = "userErrors { code path }";
        let lent = json!({"accountId": volunteer, "role": "OVERSEER", "target": district});
        is(&security.mutate("roleGrantCreate", selection, lent).await?, "NOT_PERMITTED", "role")?;
        // Nor does the account of an overseer hold anything besides, nor is it anybody's of this district.
        let account = &grant["account"]["id"];
        let more = json!({"accountId": account, "role": "DISTRICT_COMMANDER", "target": district});
        is(
            &security.mutate("roleGrantCreate", selection, more.clone()).await?,
            "NOT_PERMITTED",
            "accountId",
        )?;
        let only = json!({"accountId": account});
        let answer = security.mutate("accountResetPassword", selection, only.clone()).await?;
        is(&answer, "NOT_PERMITTED", "accountId")?;
        is(&security.mutate("accountSignOut", selection, only.clone()).await?, "NOT_PERMITTED", "accountId")?;
        let system = here(&served, "system.admin").await?;
        is(&system.mutate("accountDisable", selection, only).await?, "NOT_PERMITTED", "accountId")?;
        // Nor is it anybody of the force.
        let unit = Places::of(&security).unit(DISTRICT).await?;
        let member = json!({"name": "王督查", "unitId": unit, "accountId": account});
        is(&system.mutate("staffMemberCreate", selection, member).await?, "NOT_FOUND", "accountId")?;
        let held = security
            .run("query($id: ID!) { account(id: $id) { roleGrants { id } } }", json!({"id": account}))
            .await?;
        let lent = json!({"roleGrantId": held.data("account/roleGrants/0/id")?});
        is(&security.mutate("roleGrantRevoke", selection, lent).await?, "NOT_PERMITTED", "roleGrantId")?;
        // When its time is over as before.
        served.pass_seconds(11 * DAY);
        let security = here(&served, "security.admin").await?;
        is(&security.mutate("roleGrantCreate", selection, more).await?, "NOT_PERMITTED", "accountId")?;
        let system = here(&served, "system.admin").await?;
        let post = json!({"code": "duchayuan", "nameZh": "督查员", "nameEn": "overseer", "role": "OVERSEER",
            "targetKinds": ["DISTRICT"], "isExclusive": false, "employmentKind": "OFFICIAL"});
        let answer = system.mutate("postKindCreate", selection, post).await?;
        assert_eq!(answer.user_error()?.0, "POST_TARGET_MISMATCH", "{}", answer.body);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_for_one_person_and_begins_in_its_time() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let commander = home(&served, OVERSEER).await?;
        let term = json!({"sinceAt": at(&served, DAY), "untilAt": at(&served, 2 * DAY)});
        let grant = given(&served, &commander, term).await?.payload()?["oversightGrant"].clone();
        assert_eq!(grant["state"], "TO_COME");
        is(&came(&commander, &grant).await?, "NOT_FOUND", "oversightGrantId")?;
        let document = "{ overseenDistricts { id districtCode districtName sinceAt untilAt } }";
        let known = commander.run(document, Value::Null).await?;
        let wanted = json!([{"id": grant["id"], "districtCode": DISTRICT,
            "districtName": known.data("overseenDistricts/0/districtName")?, "sinceAt": grant["sinceAt"], "untilAt": grant["untilAt"]}]);
        assert_eq!(known.data("overseenDistricts")?, &wanted);
        served.pass_seconds(DAY);
        let commander = home(&served, OVERSEER).await?;
        came(&commander, &grant).await?.payload()?;
        // Nobody else of their district, nobody of this one, and no program.
        for other in [
            home(&served, "district.leader").await?,
            home(&served, "hotline.api").await?,
            here(&served, "district.command").await?,
            here(&served, "security.admin").await?,
        ] {
            let answer = came(&other, &grant).await?;
            is(&answer, "NOT_FOUND", "oversightGrantId").with_context(|| other.account().to_owned())?;
            let known = other.run(document, Value::Null).await?;
            assert_eq!(known.data("overseenDistricts")?, &json!([]), "{}", other.account());
        }
        let program = home(&served, "hotline.api").await?;
        let grant = given(&served, &program, json!({})).await?.payload()?["oversightGrant"].clone();
        assert_eq!(came(&program, &grant).await?.code(), "FORBIDDEN");
        let answer = came(&served.anonymous(), &grant).await?;
        assert_eq!(answer.code(), "UNAUTHENTICATED");
        Ok(())
    })
    .await
}
