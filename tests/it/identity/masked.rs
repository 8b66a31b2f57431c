//! What a query masked is no name and no number of an account.

use fengqiao_tests::{Served, on_backends};
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn what_was_masked_names_no_account() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let system = served.sign_in("system.admin@150302").await?;
        let before = served.world.number("SELECT count(*) FROM accounts").await?;
        // Ours, and those of other systems.
        let masks = ["*", "＊", "﹡", "∗", "✱", "×", "●", "■", "█", "╳"];
        let masked = masks.map(|mask| (format!("张{mask}"), None, "INVALID_TEXT", "name"));
        let others = [
            ("*".to_owned(), None, "INVALID_TEXT", "name"),
            ("张三".to_owned(), Some("138****5678"), "INVALID_PHONE", "phone"),
        ];
        for (name, phone, code, path) in masked.into_iter().chain(others) {
            let input = json!({"login": "masked", "name": name, "phone": phone});
            let answer =
                system.mutate("accountCreate", "account { id } userErrors { code path }", input).await?;
            assert_eq!(answer.user_error()?, (code.to_owned(), path.to_owned()), "{name} {phone:?}");
        }
        assert_eq!(served.world.number("SELECT count(*) FROM accounts").await?, before);
        Ok(())
    })
    .await
}
