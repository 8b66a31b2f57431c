//! Which programme a report follows, and that it never has to guess.

use fengqiao_tests::{Matter, Places, Served, on_backends};
use serde_json::{Value, json};

use super::{CATEGORY, Drafted, GRID, PROGRAMME, grid_event, person};

const KEY: (&str, &str) = ("key = \"grid_event\"", "key = \"water\"\ncategories = [\"11\"]");

#[tokio::test(flavor = "multi_thread")]
async fn the_nearest_programme_is_followed_unless_another_is_named() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let (admin, station) =
            (person(&served, "system.admin").await?, person(&served, "xindi.station").await?);
        Drafted::new(&admin, &grid_event(&[])).await?.publish(&admin).await?;
        Drafted::new(&admin, &grid_event(&[KEY])).await?.publish(&admin).await?;
        let followed = async |matter: &Matter| {
            let read = matter.read(&station, "programme { key number }").await?;
            anyhow::Ok((read["programme"]["key"].clone(), read["programme"]["number"].clone()))
        };
        let below = Matter::report(&station, GRID, CATEGORY).await?;
        assert_eq!(followed(&below).await?, (json!("water"), json!(1)), "1105 lies below 11");
        let elsewhere = Matter::report(&station, GRID, "0501").await?;
        assert_eq!(followed(&elsewhere).await?, (json!("grid_event"), json!(1)));

        let places = Places::of(&station);
        let mut input = json!({
            "categoryId": places.category(CATEGORY).await?, "place": {"gridId": places.grid(GRID).await?},
            "title": "漏水", "description": "漏水", "source": "PATROL", "programmeKey": "grid_event",
        });
        let report = "case { programme { key number } } userErrors { code path }";
        let named = station.mutate("caseReport", report, input.clone()).await?;
        assert_eq!(named.payload()?["case"]["programme"], json!({"key": "grid_event", "number": 1}));
        input["programmeKey"] = json!("none");
        let unknown = station.mutate("caseReport", report, input.clone()).await?;
        assert_eq!(unknown.user_error()?, ("INVALID_PROGRAMME".to_owned(), "programmeKey".to_owned()));
        (input["programmeKey"], input["categoryId"]) =
            (json!("water"), json!(places.category("0501").await?));
        let unfit = station.mutate("caseReport", report, input.clone()).await?;
        assert_eq!(unfit.user_error()?.0, "INVALID_PROGRAMME");

        // Whoever reports for themselves does not choose the way their case goes.
        (input["programmeKey"], input["source"]) = (json!("grid_event"), json!("RESIDENT"));
        let resident = person(&served, "xindi.resident").await?;
        let chosen = resident.mutate("caseReport", report, input).await?;
        assert_eq!(chosen.user_error()?, ("NOT_PERMITTED".to_owned(), "programmeKey".to_owned()));
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn two_programmes_are_never_for_the_same_cases() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let admin = person(&served, "system.admin").await?;
        let mut first = Drafted::new(&admin, &grid_event(&[KEY])).await?;
        first.publish(&admin).await?;
        let rival = grid_event(&[("key = \"grid_event\"", "key = \"pipes\"\ncategories = [\"12\", \"11\"]")]);
        let mut second = Drafted::new(&admin, &rival).await?;
        let refused = async |field: &str, input: Value| {
            let answer = admin.mutate(field, PROGRAMME, input).await?;
            anyhow::Ok((answer.user_error()?.0, answer.user_errors()?[0]["message"].clone()))
        };
        let contended = ("CONTENDED".to_owned(), json!("与流程方案 water 适用范围重复"));
        assert_eq!(refused("programmePublish", second.seen()).await?, contended);
        first.retire(&admin).await?;
        second.publish(&admin).await?;
        let mut back = first.seen();
        back["isActive"] = json!(true);
        let contended = ("CONTENDED".to_owned(), json!("与流程方案 pipes 适用范围重复"));
        assert_eq!(refused("programmeUpdate", back).await?, contended);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_district_has_what_a_published_file_names() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let admin = person(&served, "system.admin").await?;
        let file = grid_event(&[
            ("key = \"grid_event\"", "key = \"strange\"\ncategories = [\"11\", \"9999\"]"),
            ("act = \"verify\"", "act = \"verify\"\nwho = [\"assignee\"]\norganisations = [\"no_such\"]"),
        ]);
        let drafted = Drafted::new(&admin, &file).await?;
        let refused = admin.mutate("programmePublish", PROGRAMME, drafted.seen()).await?;
        let messages: Vec<_> = refused
            .user_errors()?
            .iter()
            .map(|error| error["message"].as_str().unwrap_or_default())
            .collect();
        assert_eq!(messages, ["本区没有分类 9999", "本区没有机构 no_such"]);
        Ok(())
    })
    .await
}

/// What ships is for cases for which the district has nothing: nobody goes round what it published by that name.
#[tokio::test(flavor = "multi_thread")]
async fn what_ships_is_not_chosen_where_the_district_has_its_own() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let (admin, station) =
            (person(&served, "system.admin").await?, person(&served, "xindi.station").await?);
        Drafted::new(&admin, &grid_event(&[KEY])).await?.publish(&admin).await?;
        let places = Places::of(&station);
        let report = async |category: &str| {
            let input = json!({
                "categoryId": places.category(category).await?, "place": {"gridId": places.grid(GRID).await?},
                "title": "漏水", "description": "漏水", "source": "PATROL", "programmeKey": "grid_event",
            });
            station
                .mutate("caseReport", "case { programme { number } } userErrors { code path }", input)
                .await
        };
        assert_eq!(report(CATEGORY).await?.user_error()?.0, "INVALID_PROGRAMME");
        assert_eq!(report("0501").await?.payload()?["case"]["programme"]["number"], 0);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn of_programmes_published_at_once_for_the_same_cases_one_is() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let admin = person(&served, "system.admin").await?;
        let drafted = async |key: &str, category: &str| {
            let head = format!("key = \"{key}\"\ncategories = [\"{category}\"]");
            Drafted::new(&admin, &grid_event(&[("key = \"grid_event\"", &head)])).await
        };
        let outcomes = async |seen: Vec<Value>| {
            let published = seen.into_iter().map(|seen| admin.mutate("programmePublish", PROGRAMME, seen));
            let mut codes = vec![];
            for answer in futures::future::try_join_all(published).await? {
                let told = &answer.data("programmePublish/userErrors")?[0]["code"];
                codes.push(told.as_str().unwrap_or("done").to_owned());
            }
            codes.sort();
            anyhow::Ok(codes)
        };
        let mut rivals = vec![];
        for number in 0..4 {
            rivals.push(drafted(&format!("rival_{number}"), "11").await?.seen());
        }
        assert_eq!(outcomes(rivals).await?, ["CONTENDED", "CONTENDED", "CONTENDED", "done"]);
        let twice = drafted("twice", "12").await?.seen();
        assert_eq!(outcomes(vec![twice.clone(), twice]).await?, ["CONFLICT", "done"]);
        Ok(())
    })
    .await
}
