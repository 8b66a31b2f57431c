//! A case that is given another category (改类): which clock and which programme it follows then.

use fengqiao_tests::{Matter, Places, Served, on_backends};
use serde_json::{Value, json};

use super::ladders::{CATEGORY, HOUR, RUNGS, ladder, rungs, watched};
use super::{Drafted, GRID, grid_event, person};
use crate::calendars::kept;

/// What somebody may write down who gives a case another category.
const CAUSE: &str = r#"
[[fields]]
key = "cause"
kind = "text"
name_zh = "错在何处"
name_en = "Cause"

[[acts]]
act = "change_category"
optional_fields = ["cause"]
"#;

/// Gives a case another category, as whoever the case lies with in the village.
async fn recategorised(served: &Served, matter: &mut Matter, category: &str) -> anyhow::Result<()> {
    let station = person(served, "xindi.station").await?;
    let category = Places::of(&station).category(category).await?;
    let input = json!({"categoryId": category, "reason": "登记时选错了分类"});
    matter.act(&station, "caseChangeCategory", input).await.map(drop)
}

#[tokio::test(flavor = "multi_thread")]
async fn with_another_category_it_is_another_clock() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let text = grid_event(&[("key = \"grid_event\"", "key = \"watched\"\ncategories = [\"05\"]")]);
        let admin = person(&served, "system.admin").await?;
        Drafted::new(&admin, &format!("{text}{RUNGS}")).await?.publish(&admin).await?;
        let resident = person(&served, "xindi.resident").await?;
        // Four working hours, and fifteen working days.
        let mut short = Matter::report(&resident, GRID, "0502").await?;
        let mut long = Matter::report(&resident, GRID, "0501").await?;
        served.pass_seconds(21 * HOUR);
        assert_eq!((kept(&served).await?.fired, kept(&served).await?.fired), (2, 0), "soon, and late");
        short.version = 3;
        recategorised(&served, &mut short, "0501").await?;
        recategorised(&served, &mut long, "0502").await?;
        let station = person(&served, "xindi.station").await?;
        let keys = async |matter: &Matter| -> anyhow::Result<Vec<(Value, bool)>> {
            let told = rungs(matter, &station).await?;
            Ok(told.into_iter().map(|[key, .., fired]| (key, !fired.is_null())).collect())
        };
        let rung = |key: &str, fired| (json!(key), fired);
        let anew = [
            rung("soon", true),
            rung("late", true),
            rung("soon", false),
            rung("late", false),
            rung("still_late", false),
        ];
        assert_eq!(keys(&short).await?, anew, "what fired by the old clock claims nothing of the new one");
        assert_eq!(
            keys(&long).await?,
            [rung("still_late", false)],
            "what it would have done by now it does not do at once"
        );
        assert_eq!(kept(&served).await?.fired, 0);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn with_another_category_it_follows_the_programme_for_it_until_somebody_begins() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        ladder(&served, RUNGS).await?;
        let resident = person(&served, "xindi.resident").await?;
        let follows = async |matter: &Matter| {
            let station = person(&served, "xindi.station").await?;
            matter.read(&station, "programme { key } stage { key }").await
        };
        // Waiting for whoever accepts it, it goes on at the first stage of its state, there and back.
        let mut waiting = Matter::report(&resident, GRID, CATEGORY).await?;
        recategorised(&served, &mut waiting, "0501").await?;
        assert_eq!(
            follows(&waiting).await?,
            json!({"programme": {"key": "grid_event"}, "stage": {"key": "discovery"}})
        );
        recategorised(&served, &mut waiting, CATEGORY).await?;
        assert_eq!(follows(&waiting).await?["programme"]["key"], "watched");
        // Once somebody has begun it stays, and takes no category that its programme is not for.
        let begun = watched(&served).await?;
        let station = person(&served, "xindi.station").await?;
        let category = Places::of(&station).category("0501").await?;
        let input = json!({"categoryId": category, "reason": "登记时选错了分类"});
        let refused = begun.try_act(&station, "caseChangeCategory", input).await?.user_error()?;
        assert_eq!(refused, ("CATEGORY_OUTSIDE_PROGRAMME".to_owned(), "categoryId".to_owned()));
        assert_eq!(
            follows(&begun).await?,
            json!({"programme": {"key": "watched"}, "stage": {"key": "handling"}})
        );
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_another_programme_does_not_ask_for_is_not_taken_along() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let text =
            grid_event(&[("key = \"grid_event\"", "key = \"asking\"\ncategories = [\"0502\", \"0503\"]")]);
        let admin = person(&served, "system.admin").await?;
        Drafted::new(&admin, &format!("{text}{CAUSE}")).await?.publish(&admin).await?;
        let station = person(&served, "xindi.station").await?;
        let input = async |category: &str, key: &str| -> anyhow::Result<Value> {
            let category = Places::of(&station).category(category).await?;
            let fields = json!([{"key": key, "value": {"text": "看错了照片"}}]);
            Ok(json!({"categoryId": category, "reason": "登记时选错了分类", "fields": fields}))
        };
        let mut case = Matter::report(&person(&served, "xindi.resident").await?, GRID, CATEGORY).await?;
        let tried = async |case: &Matter, category: &str, key: &str| {
            case.try_act(&station, "caseChangeCategory", input(category, key).await?).await?.user_error()
        };
        let unknown = ("UNKNOWN_FIELD".to_owned(), "fields.0.key".to_owned());
        assert_eq!(tried(&case, "0501", "cause").await?, unknown, "the other programme has no such field");
        assert_eq!(tried(&case, "0503", "floor").await?, unknown, "nor has its own");
        let follows = "version category { code } programme { key } fields { key text }";
        let told = case.read(&station, follows).await?;
        let wanted = json!({"version": 1, "category": {"code": CATEGORY}, "programme": {"key": "asking"},
            "fields": []});
        assert_eq!(told, wanted, "nothing happened");
        assert_eq!(served.world.number("SELECT count(*) FROM case_values WHERE key = 'cause'").await?, 0);

        // Where it follows the same programme it takes them, and without any it goes.
        case.act(&station, "caseChangeCategory", input("0503", "cause").await?).await?;
        let told = case.read(&station, follows).await?;
        let wanted = json!({"version": 2, "category": {"code": "0503"}, "programme": {"key": "asking"},
            "fields": [{"key": "cause", "text": "看错了照片"}]});
        assert_eq!(told, wanted);
        recategorised(&served, &mut case, "0501").await?;
        assert_eq!(case.read(&station, "programme { key }").await?["programme"]["key"], "grid_event");
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_programme_that_is_left_demands_of_fields_falls_away() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let text =
            grid_event(&[("key = \"grid_event\"", "key = \"asking\"\ncategories = [\"0502\", \"0503\"]")]);
        let cause = CAUSE.replace("optional_fields", "fields");
        let admin = person(&served, "system.admin").await?;
        Drafted::new(&admin, &format!("{text}{cause}")).await?.publish(&admin).await?;
        let station = person(&served, "xindi.station").await?;
        let mut matter = Matter::report(&person(&served, "xindi.resident").await?, GRID, CATEGORY).await?;
        let input = async |category: &str, fields: Value| -> anyhow::Result<Value> {
            let category = Places::of(&station).category(category).await?;
            Ok(json!({"categoryId": category, "reason": "登记时选错了分类", "fields": fields}))
        };
        let cause = json!([{"key": "cause", "value": {"text": "看错了照片"}}]);
        // Of the same programme it is demanded, and another one has no such field.
        for (category, fields, wanted) in [
            ("0503", json!([]), ("FIELD_REQUIRED", "fields")),
            ("0501", cause, ("UNKNOWN_FIELD", "fields.0.key")),
        ] {
            let input = input(category, fields).await?;
            let refused = matter.try_act(&station, "caseChangeCategory", input).await?.user_error()?;
            assert_eq!((refused.0.as_str(), refused.1.as_str()), wanted, "{category}");
        }
        let mut silent = input("0501", json!([])).await?;
        silent["reason"] = "".into();
        let refused = matter.try_act(&station, "caseChangeCategory", silent).await?.user_error()?;
        assert_eq!(refused, ("REQUIRED".to_owned(), "reason".to_owned()), "the reason is not a field");
        matter.act(&station, "caseChangeCategory", input("0501", json!([])).await?).await?;
        let told = matter.read(&station, "version programme { key } fields { key }").await?;
        assert_eq!(told, json!({"version": 2, "programme": {"key": "grid_event"}, "fields": []}));
        Ok(())
    })
    .await
}
