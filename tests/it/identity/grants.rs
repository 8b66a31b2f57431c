//! A grant never exceeds its grantor: territory, categories, ceiling, and not to oneself.

use fengqiao_tests::{Actor, Answer, Places, Served, account_id, on_backends};
use serde_json::{Value, json};

const PAYLOAD: &str = "roleGrant { id role ceiling } userErrors { code path }";

async fn grant(by: &Actor, to: &str, role: &str, target: Value, more: Value) -> anyhow::Result<Answer> {
    let mut input = json!({"accountId": to, "role": role, "target": target});
    for (key, value) in more.as_object().into_iter().flatten() {
        input[key] = value.clone();
    }
    by.mutate("roleGrantCreate", PAYLOAD, input).await
}

fn refused(code: &str, path: &str) -> (String, String) {
    (code.to_owned(), path.to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_town_grants_in_the_town_only() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let town = served.sign_in("qianlishan.admin@150302").await?;
        let to = account_id(&served.sign_in("xindi.volunteer@150302").await?).await?;
        let places = Places::of(&town);
        let own = json!({"gridId": places.grid("150302101203001").await?});
        let exceeds = refused("GRANT_EXCEEDS_SCOPE", "target");
        for target in [
            json!({"gridId": places.grid("150302007003001").await?}),
            json!({"unitId": places.unit("150302007003").await?}),
        ] {
            let role = if target["unitId"].is_null() { "PART_TIME_WORKER" } else { "STATION_CHIEF" };
            assert_eq!(grant(&town, &to, role, target, json!({})).await?.user_error()?, exceeds, "{role}");
        }
        let district = json!({"unitId": places.unit("150302").await?});
        // Somebody who holds nothing yet: a separated role goes with no other.
        let system = served.sign_in("system.admin@150302").await?;
        let input = json!({"login": "new.person", "name": "演示·新人"});
        let made = system.mutate("accountCreate", "account { id } userErrors { code path }", input).await?;
        let new = made.payload()?["account"]["id"].as_str().unwrap_or_default().to_owned();
        for role in ["DISTRICT_COMMANDER", "SECURITY_ADMINISTRATOR", "AUDITOR"] {
            assert_eq!(
                grant(&town, &new, role, district.clone(), json!({})).await?.user_error()?,
                exceeds,
                "{role}"
            );
        }
        let organisation = json!({"organisationId": places.organisation("police-01").await?});
        assert_eq!(
            grant(&town, &to, "DEPARTMENT_HANDLER", organisation, json!({})).await?.user_error()?,
            exceeds
        );
        let higher = json!({"ceiling": "CONFIDENTIAL"});
        assert_eq!(grant(&town, &to, "PART_TIME_WORKER", own.clone(), higher).await?.user_error()?, exceeds);
        let mismatch = grant(&town, &to, "STATION_CHIEF", own.clone(), json!({})).await?;
        assert_eq!(mismatch.user_error()?, refused("ROLE_TARGET_MISMATCH", "target"));
        grant(&town, &to, "PART_TIME_WORKER", own, json!({"ceiling": "SENSITIVE"})).await?.payload()?;
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_grant_of_some_categories_grants_no_others() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let security = served.sign_in("security.admin@150302").await?;
        let (limited, to) = (
            served.sign_in("xinfeng.volunteer@150302").await?,
            served.sign_in("xindi.volunteer@150302").await?,
        );
        let places = Places::of(&security);
        let (disputes, neighbours, water) =
            (places.category("01").await?, places.category("0102").await?, places.category("1105").await?);
        let town = json!({"unitId": places.unit("150302101").await?});
        let of_disputes = json!({"categoryIds": [disputes]});
        grant(&security, &account_id(&limited).await?, "TOWN_ADMINISTRATOR", town, of_disputes)
            .await?
            .payload()?;
        let limited = served.sign_in("xinfeng.volunteer@150302").await?;
        let to = account_id(&to).await?;
        let grid = json!({"gridId": places.grid("150302101203001").await?});
        for more in [json!({}), json!({"categoryIds": [water]}), json!({"categoryIds": [neighbours, water]})]
        {
            let answer = grant(&limited, &to, "PART_TIME_WORKER", grid.clone(), more).await?;
            assert_eq!(answer.user_error()?, refused("GRANT_EXCEEDS_SCOPE", "target"));
        }
        let within = json!({"categoryIds": [neighbours]});
        grant(&limited, &to, "PART_TIME_WORKER", grid, within).await?.payload()?;
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn security_administrators_grant_what_they_do_not_hold_but_nothing_to_themselves() -> anyhow::Result<()>
{
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let security = served.sign_in("security.admin@150302").await?;
        let places = Places::of(&security);
        let district = json!({"unitId": places.unit("150302").await?});
        let id = async |login: &str| account_id(&served.sign_in(login).await?).await;
        let own = id("security.admin@150302").await?;
        let answer = grant(&security, &own, "DISTRICT_LEADER", district.clone(), json!({})).await?;
        assert_eq!(answer.user_error()?, refused("GRANT_TO_SELF", "accountId"));
        for (login, role) in [
            ("system.admin@150302", "AUDIT_ADMINISTRATOR"),
            ("system.admin@150302", "SECURITY_ADMINISTRATOR"),
            ("audit.admin@150302", "SYSTEM_ADMINISTRATOR"),
            ("qianlishan.admin@150302", "SYSTEM_ADMINISTRATOR"),
            ("system.admin@150302", "TOWN_ADMINISTRATOR"),
            ("audit.admin@150302", "DISTRICT_COMMANDER"),
            ("audit.admin@150302", "DISTRICT_LEADER"),
            ("audit.admin@150302", "TOWN_DISPATCHER"),
            ("audit.admin@150302", "RESIDENT"),
            ("system.admin@150302", "DISTRICT_DISPATCHER"),
            ("district.command@150302", "AUDIT_ADMINISTRATOR"),
            ("qianlishan.dispatch@150302", "SECURITY_ADMINISTRATOR"),
        ] {
            let town = json!({"unitId": places.unit("150302101").await?});
            let target = if role.starts_with("TOWN_") { town } else { district.clone() };
            let answer = grant(&security, &id(login).await?, role, target, json!({})).await?;
            assert_eq!(answer.user_error()?, refused("ADMINISTRATORS_SEPARATED", "role"), "{login} {role}");
        }
        let commander = id("district.leader@150302").await?;
        grant(&security, &commander, "DISTRICT_COMMANDER", district.clone(), json!({})).await?.payload()?;
        let foreign = id("luhua.worker@320804").await?;
        let answer = grant(&security, &foreign, "DISTRICT_LEADER", district, json!({})).await?;
        assert_eq!(answer.user_error()?, refused("NOT_FOUND", "accountId"));
        let elsewhere = Places::of(&served.sign_in("district.command@320804").await?).unit("320804").await?;
        let answer =
            grant(&security, &commander, "DISTRICT_LEADER", json!({"unitId": elsewhere}), json!({})).await?;
        assert_eq!(answer.user_error()?, refused("NOT_FOUND", "target"));
        let chief = served.sign_in("xindi.station@150302").await?;
        let grid = json!({"gridId": places.grid("150302101203001").await?});
        let answer = grant(&chief, &commander, "PART_TIME_WORKER", grid, json!({})).await?;
        assert_eq!(answer.code(), "FORBIDDEN", "{}", answer.text);
        Ok(())
    })
    .await
}
