//! Residents make accounts of their own by a mini-program that knows their verified number.

use anyhow::ensure;
use fengqiao_tests::{Answer, on_backends};
use serde_json::{Value, json};

use super::wechat_fake::APP;
use super::{DISTRICT, SESSION, Town, is};

const VILLAGE: &str = "150302101203";
const WHO: &str = "{ viewer { account { login name { text } phone { text } } grants { role } } }";

pub(super) async fn village(town: &Town) -> anyhow::Result<Value> {
    unit(town, VILLAGE).await
}

async fn unit(town: &Town, code: &str) -> anyhow::Result<Value> {
    let worker = town.served.sign_in("xindi.worker@150302").await?;
    let found =
        worker.run("query($code: String!) { unitByCode(code: $code) { id } }", json!({"code": code})).await?;
    Ok(found.data("unitByCode/id")?.clone())
}

pub(super) async fn register(
    town: &Town,
    home: &Value,
    (code, phone_code): (&str, &str),
) -> anyhow::Result<Answer> {
    let input = json!({"districtCode": DISTRICT, "app": APP, "code": code, "phoneCode": phone_code, "name": "王小明", "unitId": home});
    town.served.anonymous().mutate("accountRegister", SESSION, input).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_resident_makes_an_account_by_a_verified_number() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let town = Town::open(backend).await?;
        let home = village(&town).await?;
        let codes = (town.wechat.login("open-new"), town.wechat.number("13912345678"));
        let answer = register(&town, &home, (&codes.0, &codes.1)).await?;
        let token = answer.payload()?["session"]["accessToken"].as_str().unwrap_or_default();
        let resident = town.served.bearer("resident", token);
        let who = resident.run(WHO, json!({})).await?;
        let viewer = who.data("viewer")?;
        ensure!(viewer["grants"] == json!([{"role": "RESIDENT"}]), "{viewer}");
        ensure!(
            viewer["account"]["name"]["text"] == "王小明"
                && viewer["account"]["phone"]["text"] == "139****5678",
            "{viewer}"
        );
        // They report, and see what they reported and nothing else.
        let cases = resident.run("{ cases { totalCount } }", json!({})).await?;
        ensure!(cases.data("cases/totalCount")? == 0, "{}", cases.body);
        // From now on they sign in.
        let again = town.come(&town.wechat.login("open-new")).await?;
        ensure!(town.login_of(&again).await? == viewer["account"]["login"], "another account");
        // Whoever administers the district finds them by their number.
        let system = town.served.sign_in("system.admin@150302").await?;
        let found =
            system.run("{ accounts(filter: {phone: \"139 1234 5678\"}) { totalCount } }", json!({})).await?;
        ensure!(found.data("accounts/totalCount")? == 1, "{}", found.body);
        // One account for one of them.
        let codes = (town.wechat.login("open-new"), town.wechat.number("13912345678"));
        is(&register(&town, &home, (&codes.0, &codes.1)).await?, "ALREADY_LINKED", "")?;
        // They have no other way in, so that this one stays.
        let own = resident.run("{ externalIdentities { id } }", json!({})).await?;
        let input = json!({"externalIdentityId": own.data("externalIdentities/0/id")?});
        let kept = resident.mutate("externalIdentityRemove", super::LINKED, input).await?;
        is(&kept, "NOT_PERMITTED", "externalIdentityId")
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_makes_no_account() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let town = Town::open(backend).await?;
        let home = village(&town).await?;
        let before = town.served.world.number("SELECT count(*) FROM accounts").await?;
        let login = || town.wechat.login("open-new");
        is(&register(&town, &home, (&login(), "phone-of-nobody")).await?, "INVALID_PROOF", "phoneCode")?;
        let number = town.wechat.number("13912345678");
        is(&register(&town, &home, ("login-of-nobody", &number)).await?, "INVALID_PROOF", "code")?;
        let asked = town.wechat.counts();
        let district = unit(&town, DISTRICT).await?;
        is(&register(&town, &district, (&login(), &number)).await?, "ROLE_TARGET_MISMATCH", "unitId")?;
        let nowhere = json!("unit_01a00000-0000-7000-8000-000000000000");
        ensure!(town.wechat.counts() == asked, "a code was used up");
        is(&register(&town, &nowhere, (&login(), &number)).await?, "NOT_FOUND", "unitId")?;
        // Without its prefix it would be somebody's of China.
        let number = town.wechat.number("1 3861234567");
        is(&register(&town, &home, (&login(), &number)).await?, "INVALID_PHONE", "phoneCode")?;
        let number = town.wechat.number("12");
        is(&register(&town, &home, (&login(), &number)).await?, "INVALID_PHONE", "phoneCode")?;
        ensure!(
            town.served.world.number("SELECT count(*) FROM accounts").await? == before,
            "somebody was made"
        );
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_registers_by_a_mini_program_that_is_not_open_to_residents() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let town = Town::distrustful(backend).await?;
        let wechat = json!({"app": APP, "appSecret": super::SECRET});
        town.trust(json!({"wechat": wechat})).await?.payload()?;
        let home = village(&town).await?;
        let codes = (town.wechat.login("open-new"), town.wechat.number("13912345678"));
        is(&register(&town, &home, (&codes.0, &codes.1)).await?, "REGISTRATION_CLOSED", "app")
    })
    .await
}
