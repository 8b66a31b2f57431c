//! What `docs/INTEGRATION.md` shows to whoever writes a mini-program runs against the product and WeChat's own rules.

use anyhow::ensure;
use fengqiao_tests::{Backend, on_backends};
use serde_json::json;

use super::registering::village;
use super::wechat_fake::APP;
use super::{DISTRICT, Town};
use crate::exchange::snippets::{WX, folder, run};

#[tokio::test(flavor = "multi_thread")]
async fn a_mini_program_lets_residents_in() -> anyhow::Result<()> {
    on_backends(async |backend| {
        // Node is there where PostgreSQL is: see `tests/run`.
        if backend == Backend::Sqlite {
            return Ok(());
        }
        let town = Town::open(backend).await?;
        let codes: Vec<String> = (0..3).map(|_| town.wechat.login("open-new")).collect();
        let script = format!(
            "{WX}
const {{ enter, register }} = await import('./login.mjs');
const {{ server, district, app, person }} = given;
const stranger = await enter(server, district, app);
const first = await register(server, district, app, person);
const again = await enter(server, district, app);
const refused = await register(server, district, app, person).catch((error) => error.code);
console.log(JSON.stringify({{ stranger, first: first.accessToken, again: again.accessToken, refused }}));"
        );
        let person = json!({"name": "王小明", "unitId": village(&town).await?, "phoneCode": town.wechat.number("13912345678")});
        let given = json!({
            "server": town.served.address().to_string(), "district": DISTRICT, "app": APP, "person": person,
            "codes": codes.into_iter().chain(["used".to_owned()]).collect::<Vec<_>>(),
        });
        let said = run(&folder(&["login"])?, &script, &given)?;
        ensure!(said["stranger"].is_null() && said["refused"] == "INVALID_PROOF", "{said}");
        let login = async |token: &str| {
            let who = town.served.bearer("resident", token).run("{ viewer { account { login } } }", json!({})).await?;
            anyhow::Ok(who.data("viewer/account/login")?.clone())
        };
        let (first, again) = (said["first"].as_str().unwrap_or_default(), said["again"].as_str().unwrap_or_default());
        ensure!(login(first).await? == login(again).await?, "{said}");
        Ok(())
    })
    .await
}
