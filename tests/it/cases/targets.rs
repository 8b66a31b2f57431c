//! To whom a case cannot be given: nobody who may not know of it, and nobody above whoever gives it.

use fengqiao_tests::{Matter, Places, Served, account_id, on_backends};
use serde_json::{Value, json};

use super::{CATEGORY, GRID, in_hand, person};

async fn sensitive(served: &Served, sensitivity: &str) -> anyhow::Result<Matter> {
    let by = person(served, "district.command").await?;
    let places = Places::of(&by);
    let input = json!({
        "categoryId": places.category(CATEGORY).await?,
        "place": {"gridId": places.grid(GRID).await?},
        "title": "重点人员线索", "description": "演示", "source": "PATROL", "sensitivity": sensitivity,
    });
    let answer = by.mutate("caseReport", "case { id number } userErrors { code path }", input).await?;
    let text = |key: &str| anyhow::Ok(answer.payload()?["case"][key].as_str().unwrap_or_default().to_owned());
    let mut matter = Matter { id: text("id")?, number: text("number")?, version: 1, case: Value::Null };
    matter.act(&by, "caseAccept", json!({})).await?;
    Ok(matter)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_office_that_is_not_cleared_does_not_get_it() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let command = person(&served, "district.command").await?;
        let places = Places::of(&command);
        let village = json!({"target": {"unitId": places.unit("150302101203").await?}});
        let justice = json!({"target": {"organisationId": places.organisation("justice-01").await?}});
        let secret = sensitive(&served, "CONFIDENTIAL").await?;
        for target in [&village, &justice] {
            let answer = secret.try_act(&command, "caseDispatch", target.clone()).await?;
            assert_eq!(answer.user_error()?, ("INVALID_TARGET".to_owned(), "target".to_owned()), "{target}");
        }
        let station = person(&served, "xindi.station").await?;
        assert_eq!(secret.read(&station, "id").await?, Value::Null);
        let mut careful = sensitive(&served, "SENSITIVE").await?;
        assert_eq!(careful.act(&command, "caseDispatch", village).await?, "DISPATCHED");
        assert_eq!(careful.act(&station, "caseStart", json!({})).await?, "HANDLING");
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_handed_up_and_not_dispatched_up() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let (station, chief) =
            (person(&served, "xindi.station").await?, person(&served, "xindi.chief").await?);
        let mut matter = in_hand(&served).await?;
        let to = async |login: &str| {
            anyhow::Ok(json!({"target": {"accountId": account_id(&person(&served, login).await?).await?}}))
        };
        matter.act(&station, "caseDispatch", to("xindi.chief").await?).await?;
        for above in ["district.command", "xindi.station"] {
            let answer = matter.try_act(&chief, "caseDispatch", to(above).await?).await?;
            assert_eq!(answer.user_error()?, ("INVALID_TARGET".to_owned(), "target".to_owned()), "{above}");
        }
        // Whoever watches over the town may call a case of its villages to the town.
        let dispatcher = person(&served, "qianlishan.dispatch").await?;
        let town = json!({"target": {"unitId": Places::of(&dispatcher).unit("150302101").await?}});
        matter.act(&dispatcher, "caseDispatch", town).await?;
        assert_eq!(matter.case["level"], "TOWN");
        Ok(())
    })
    .await
}
