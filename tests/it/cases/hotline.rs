//! The hotline's client reports what callers said, with its own number, within its categories.

use fengqiao_tests::{Actor, Places, Served, mutation, on_backends};
use serde_json::json;

use super::{CATEGORY, GRID, person};

const PAYLOAD: &str = "case { state source external { source number } } userErrors { code path }";

async fn report(by: &Actor, category: &str, number: &str) -> anyhow::Result<fengqiao_tests::Answer> {
    let places = Places::of(by);
    let input = json!({
        "categoryId": places.category(category).await?,
        "place": {"gridId": places.grid(GRID).await?},
        "title": "来电反映停水", "description": "演示", "source": "HOTLINE_12345", "priority": "URGENT",
        "external": {"source": "12345", "number": number},
    });
    by.mutate("caseReport", PAYLOAD, input).await
}

#[tokio::test(flavor = "multi_thread")]
async fn it_enters_tickets_under_its_own_number() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let hotline = person(&served, "hotline.api").await?;
        let answer = report(&hotline, CATEGORY, "WH20261124-1").await?;
        let external = &answer.payload()?["case"]["external"];
        assert_eq!(external, &json!({"source": "12345", "number": "WH20261124-1"}));
        let again = report(&hotline, CATEGORY, "WH20261124-1").await?;
        assert_eq!(
            again.user_error()?,
            ("DUPLICATE_EXTERNAL_NUMBER".to_owned(), "external.number".to_owned())
        );
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_limited_to_some_categories_reports_within_them() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let (system, security) =
            (person(&served, "system.admin").await?, person(&served, "security.admin").await?);
        let input =
            json!({"login": "petition.api", "name": "演示·信访接口", "password": "演示之用 Long enough"});
        let created =
            system.mutate("accountCreate", "account { id } userErrors { code path }", input).await?;
        let places = Places::of(&security);
        let input = json!({
            "accountId": created.payload()?["account"]["id"], "role": "API_CLIENT",
            "target": {"unitId": places.unit("150302").await?},
            "categoryIds": [places.category("12").await?],
        });
        let granted =
            security.mutate("roleGrantCreate", "roleGrant { id } userErrors { code path }", input).await?;
        granted.payload()?;
        let client = person(&served, "petition.api").await?;
        report(&client, "12", "X-1").await?.payload()?;
        let outside = report(&client, CATEGORY, "X-2").await?;
        assert_eq!(outside.user_error()?, ("NOT_PERMITTED".to_owned(), "categoryId".to_owned()));
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_reports_under_a_key_only() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let hotline = person(&served, "hotline.api").await?;
        let places = Places::of(&hotline);
        let input = json!({"input": {
            "categoryId": places.category(CATEGORY).await?, "place": {"gridId": places.grid(GRID).await?},
            "title": "来电反映停水", "description": "演示", "source": "HOTLINE_12345",
        }});
        let document = mutation("caseReport", PAYLOAD);
        let hidden = document.replace("{ caseReport", "{ ...F } fragment F on Mutation { said: caseReport");
        let count = async || served.world.number("SELECT count(*) FROM cases").await;
        let before = count().await?;
        for (by, message) in [(&hotline, "接口账号"), (&hotline.clone().in_english(), "A program")] {
            for document in [&document, &hidden] {
                let refused = by.run(document, input.clone()).await?;
                assert_eq!((refused.status, refused.code()), (400, "BAD_REQUEST"), "{}", refused.text);
                let error = &refused.body["errors"][0];
                assert_eq!(error["extensions"]["reason"], "IDEMPOTENCY_KEY_REQUIRED");
                assert!(error["message"].as_str().is_some_and(|text| text.starts_with(message)), "{error}");
            }
        }
        assert_eq!(count().await?, before);
        for _ in 0..2 {
            let told = hotline.run_with(&document, input.clone(), &[("idempotency-key", "ticket-1")]).await?;
            told.payload()?;
        }
        assert_eq!(count().await?, before + 1);
        // People may leave it out.
        let resident = person(&served, "xindi.resident").await?;
        let mut input = input;
        input["input"]["source"] = "RESIDENT".into();
        resident.run(&document, input).await?.payload()?;
        assert_eq!(count().await?, before + 2);
        Ok(())
    })
    .await
}
