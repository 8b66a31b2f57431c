//! A case that is given another category (改类): which clock and which programme it follows then.

use fengqiao_tests::{Matter, Places, Served, on_backends};
use serde_json::{Value, json};

use super::ladders::{CATEGORY, HOUR, RUNGS, ladder, rungs, watched};
use super::{Drafted, GRID, grid_event, person};
use crate::calendars::kept;

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
