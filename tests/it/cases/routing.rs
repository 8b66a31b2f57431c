//! Where a case goes when it comes in: the grid by its point, the owner or the office by its category, and why.

use fengqiao_tests::{Actor, Places, Served, on_backends};
use serde_json::{Value, json};

use super::{CATEGORY, GRID, person};

/// 新地村.
const VILLAGE: &str = "150302101203";
/// Somewhere in it, as the tests draw it.
const HERE: (f64, f64) = (106.81, 39.61);

/// A square around a point, so many degrees wide.
fn square((east, north): (f64, f64), wide: f64) -> String {
    let (west, south, east, north) = (east - wide, north - wide, east + wide, north + wide);
    format!(
        r#"{{"type":"Polygon","coordinates":[[[{west},{south}],[{east},{south}],[{east},{north}],[{west},{north}],[{west},{south}]]]}}"#
    )
}

/// The administrator draws a grid: its id.
async fn draw(
    by: &Actor,
    village: &str,
    name: &str,
    geojson: String,
    system: &str,
) -> anyhow::Result<String> {
    let boundary = json!({"geojson": geojson, "coordinateSystem": system});
    let input = json!({"villageId": Places::of(by).unit(village).await?, "name": name, "kind": "BASIC",
        "boundary": boundary});
    let answer = by.mutate("gridCreate", "grid { id }", input).await?;
    Ok(answer.payload()?["grid"]["id"].as_str().unwrap_or_default().to_owned())
}

fn point((longitude, latitude): (f64, f64), system: &str) -> Value {
    json!({"longitude": longitude, "latitude": latitude, "coordinateSystem": system})
}

async fn report(by: &Actor, category: &str, more: Value) -> anyhow::Result<fengqiao_tests::Answer> {
    let mut input = json!({"categoryId": Places::of(by).category(category).await?, "title": "自来水管漏水",
        "description": "演示：路口的自来水管漏水。", "source": "RESIDENT"});
    for (key, value) in more.as_object().into_iter().flatten() {
        input[key] = value.clone();
    }
    by.mutate(
        "caseReport",
        "case { id version place { grid { id } village { code } town { code } } } userErrors { code path }",
        input,
    )
    .await
}

/// Why a case went where it went, as staff read it.
async fn why(by: &Actor, id: &Value) -> anyhow::Result<Value> {
    let document = "query($id: ID!) { case(id: $id) { state level place { grid { name } } \
        assignee { __typename ... on Unit { code } ... on Organisation { code } } \
        routing { rule placeSource candidates dutyCategory { code } } } }";
    Ok(by.run(document, json!({"id": id})).await?.data("case")?.clone())
}

/// Says who is asked first about a category.
async fn asked_first(served: &Served, code: &str, routing: &str) -> anyhow::Result<()> {
    let admin = person(served, "system.admin").await?;
    let document = "query($code: String!) { categoryByCode(code: $code) { id version } }";
    let known = admin.run(document, json!({"code": code})).await?.data("categoryByCode")?.clone();
    let input = json!({"categoryId": known["id"], "expectedVersion": known["version"], "routing": routing});
    let answer = admin.mutate("categoryUpdate", "category { effectiveTerms { routing } }", input).await?;
    assert_eq!(answer.payload()?["category"]["effectiveTerms"]["routing"], json!(routing));
    Ok(())
}

async fn duty(served: &Served, category: &str, organisation: &str, unit: &str) -> anyhow::Result<String> {
    let admin = person(served, "system.admin").await?;
    let places = Places::of(&admin);
    let input = json!({"categoryId": places.category(category).await?,
        "organisationId": places.organisation(organisation).await?, "unitId": places.unit(unit).await?});
    let answer = admin.mutate("dutyCreate", "duty { id } userErrors { code path }", input).await?;
    Ok(answer.payload()?["duty"]["id"].as_str().unwrap_or_default().to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_point_finds_the_grid_and_of_several_the_smallest() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let admin = person(&served, "system.admin").await?;
        let (resident, commander) =
            (person(&served, "xindi.resident").await?, person(&served, "district.command").await?);
        let wide = draw(&admin, VILLAGE, "大网格", square(HERE, 0.01), "WGS84").await?;
        let narrow = draw(&admin, VILLAGE, "市场专属网格", square(HERE, 0.001), "CGCS2000").await?;
        let shifted = draw(&admin, VILLAGE, "高德画的网格", square((106.9, 39.61), 0.001), "GCJ02").await?;

        let found = async |at: (f64, f64), system: &str| -> anyhow::Result<Value> {
            let answer = report(&resident, CATEGORY, json!({"point": point(at, system)})).await?;
            Ok(answer.payload()?["case"].clone())
        };
        let inside = found(HERE, "WGS84").await?;
        assert_eq!(inside["place"]["grid"]["id"], json!(narrow));
        assert_eq!(inside["place"]["village"]["code"], json!(VILLAGE));
        let told = why(&commander, &inside["id"]).await?;
        assert_eq!(told["routing"]["placeSource"], json!("POINT"));
        assert_eq!(
            (&told["routing"]["rule"], &told["assignee"]["code"]),
            (&json!("TERRITORY"), &json!(VILLAGE))
        );
        let beside = found((106.815, 39.61), "WGS84").await?;
        assert_eq!(beside["place"]["grid"]["id"], json!(wide));
        assert_eq!(found((106.9, 39.61), "GCJ02").await?["place"]["grid"]["id"], json!(shifted));
        // The same figures in the other system lie some five hundred metres beside it.
        let elsewhere = found((106.9, 39.61), "WGS84").await?;
        assert_eq!(elsewhere["place"], json!({"grid": null, "village": null, "town": null}));

        // A point makes the village that was named more exact, and never speaks against what was named.
        let places = Places::of(&resident);
        let village =
            json!({"place": {"unitId": places.unit(VILLAGE).await?}, "point": point(HERE, "WGS84")});
        let named = report(&resident, CATEGORY, village).await?.payload()?["case"].clone();
        assert_eq!(named["place"]["grid"]["id"], json!(narrow));
        let other = json!({"place": {"gridId": places.grid(GRID).await?}, "point": point(HERE, "WGS84")});
        let named = report(&resident, CATEGORY, other).await?.payload()?["case"].clone();
        assert_eq!(named["place"]["grid"]["id"], json!(places.grid(GRID).await?));
        assert_eq!(why(&commander, &named["id"]).await?["routing"]["placeSource"], json!("NAMED"));
        let another =
            json!({"place": {"unitId": places.unit("150302001002").await?}, "point": point(HERE, "WGS84")});
        let named = report(&resident, CATEGORY, another).await?.payload()?["case"].clone();
        assert_eq!(named["place"]["village"]["code"], json!("150302001002"));
        assert_eq!(named["place"]["grid"], Value::Null);

        let nothing = report(&resident, CATEGORY, json!({})).await?.user_error()?;
        assert_eq!(nothing, ("REQUIRED".to_owned(), "place".to_owned()));
        // Whoever reported it is not told why; it goes to nobody's grid.
        let read = resident
            .run("query($id: ID!) { case(id: $id) { routing { rule } } }", json!({"id": inside["id"]}));
        assert_eq!(read.await?.data("case/routing")?, &Value::Null);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_component_goes_to_its_owner_who_gives_back_what_is_not_theirs() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let (resident, station) =
            (person(&served, "xindi.resident").await?, person(&served, "xindi.station").await?);
        let handler = person(&served, "justice.handler").await?;
        let place = json!({"place": {"gridId": Places::of(&resident).grid(GRID).await?}});
        asked_first(&served, CATEGORY, "OWNER_FIRST").await?;
        // No duty says who answers: the one of the kind that the category names does.
        let by_kind = report(&resident, CATEGORY, place.clone()).await?.payload()?["case"]["id"].clone();
        let told = why(&station, &by_kind).await?;
        assert_eq!(told["assignee"], json!({"__typename": "Organisation", "code": "utility-01"}));
        let wanted = json!({"rule": "OWNER", "placeSource": "NAMED", "candidates": 1, "dutyCategory": null});
        assert_eq!((&told["routing"], &told["level"]), (&wanted, &json!("VILLAGE")));

        duty(&served, "11", "justice-01", "150302").await?;
        let by_duty = report(&resident, CATEGORY, place.clone()).await?.payload()?["case"].clone();
        let told = why(&handler, &by_duty["id"]).await?;
        assert_eq!(told["assignee"]["code"], json!("justice-01"));
        assert_eq!(told["routing"]["dutyCategory"], json!({"code": "11"}));

        // The owner gives back what is not theirs: the station has it.
        let back = json!({"caseId": by_duty["id"], "expectedVersion": 1, "reason": "不是我局的设施"});
        let back = handler.mutate("caseReturn", "case { state }", back).await?;
        assert_eq!(back.payload()?["case"]["state"], json!("ACCEPTED"));
        let told = why(&station, &by_duty["id"]).await?;
        assert_eq!(told["assignee"], json!({"__typename": "Unit", "code": VILLAGE}));
        assert_eq!(told["routing"]["rule"], json!("OWNER"), "that is how it came in");
        // Or accepts it, and reports the result to the station.
        asked_first(&served, "0117", "OWNER_FIRST").await?;
        duty(&served, "0117", "justice-01", "150302101").await?;
        let mut theirs = report(&resident, "0117", place.clone()).await?.payload()?["case"].clone();
        for (field, state) in
            [("caseAccept", "ACCEPTED"), ("caseStart", "HANDLING"), ("caseComplete", "RESOLVED")]
        {
            let mut input = json!({"caseId": theirs["id"], "expectedVersion": theirs["version"]});
            if field == "caseComplete" {
                input["result"] = json!("已更换");
            }
            let answer = handler.mutate(field, "case { id state version }", input).await?;
            theirs = answer.payload()?["case"].clone();
            assert_eq!(theirs["state"], json!(state));
        }
        assert_eq!(why(&station, &theirs["id"]).await?["assignee"]["code"], json!(VILLAGE));

        // What is confidential goes to the district, whoever owns it.
        let input = json!({"place": place["place"], "sensitivity": "CONFIDENTIAL"});
        let secret = report(&person(&served, "district.command").await?, "0117", input).await?;
        let told = why(&person(&served, "district.command").await?, &secret.payload()?["case"]["id"]).await?;
        assert_eq!((&told["routing"]["rule"], &told["level"]), (&json!("CONFIDENTIAL"), &json!("DISTRICT")));
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_nearest_category_counts_before_a_smaller_unit_and_then_the_smallest_unit() -> anyhow::Result<()>
{
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let (resident, station) =
            (person(&served, "xindi.resident").await?, person(&served, "xindi.station").await?);
        let place = json!({"place": {"gridId": Places::of(&resident).grid(GRID).await?}});
        asked_first(&served, CATEGORY, "OWNER_FIRST").await?;
        duty(&served, "11", "justice-01", VILLAGE).await?;
        let ended = duty(&served, CATEGORY, "water-01", "150302").await?;
        duty(&served, CATEGORY, "urban-01", VILLAGE).await?;
        duty(&served, CATEGORY, "civil-01", "150302001002").await?;
        let nearest = report(&resident, CATEGORY, place).await?.payload()?["case"]["id"].clone();
        let told = why(&station, &nearest).await?;
        assert_eq!(told["assignee"]["code"], json!("urban-01"));
        assert_eq!(told["routing"]["candidates"], json!(1), "a duty elsewhere says nothing of here");
        let admin = person(&served, "system.admin").await?;
        admin
            .mutate("dutyEnd", "duty { untilAt } userErrors { code path }", json!({"dutyId": ended}))
            .await?
            .payload()?;
        let again = admin
            .mutate("dutyEnd", "duty { untilAt } userErrors { code path }", json!({"dutyId": ended}))
            .await?
            .user_error()?;
        assert_eq!(again, ("DUTY_ENDED".to_owned(), "dutyId".to_owned()));
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn of_several_owners_the_one_with_the_fewest_open_cases_has_it() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let (resident, station) =
            (person(&served, "xindi.resident").await?, person(&served, "xindi.station").await?);
        let place = json!({"place": {"gridId": Places::of(&resident).grid(GRID).await?}});
        asked_first(&served, CATEGORY, "OWNER_FIRST").await?;
        duty(&served, CATEGORY, "property-01", VILLAGE).await?;
        duty(&served, CATEGORY, "utility-01", VILLAGE).await?;
        let mut had = std::collections::BTreeMap::<String, usize>::new();
        for _ in 0..6 {
            let id = report(&resident, CATEGORY, place.clone()).await?.payload()?["case"]["id"].clone();
            let told = why(&station, &id).await?;
            assert_eq!(told["routing"]["candidates"], json!(2));
            *had.entry(told["assignee"]["code"].to_string()).or_default() += 1;
        }
        assert_eq!(had.into_values().collect::<Vec<_>>(), [3, 3]);
        let taken = async |organisation: &str| -> anyhow::Result<(String, String)> {
            let admin = person(&served, "system.admin").await?;
            let places = Places::of(&admin);
            let input = json!({"categoryId": places.category(CATEGORY).await?,
                "organisationId": places.organisation(organisation).await?,
                "unitId": places.unit(VILLAGE).await?});
            admin.mutate("dutyCreate", "duty { id } userErrors { code path }", input).await?.user_error()
        };
        assert_eq!(taken("utility-01").await?, ("DUTY_TAKEN".to_owned(), "organisationId".to_owned()));
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_dispatches_is_told_whom_it_could_be_given_to() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let (resident, station) =
            (person(&served, "xindi.resident").await?, person(&served, "xindi.station").await?);
        let place = json!({"place": {"gridId": Places::of(&resident).grid(GRID).await?}});
        let id = report(&resident, CATEGORY, place).await?.payload()?["case"]["id"].clone();
        let accept = json!({"caseId": id, "expectedVersion": 1});
        station.mutate("caseAccept", "case { id }", accept).await?.payload()?;
        let document = "query($id: ID!) { suggestedAssignees(caseId: $id) { reason openCases \
            assignee { __typename ... on Account { login } ... on Organisation { code } } } }";
        let told = station.run(document, json!({"id": id})).await?.data("suggestedAssignees")?.clone();
        let told = told.as_array().cloned().unwrap_or_default();
        let workers: Vec<&Value> = told.iter().filter(|one| one["reason"] == json!("GRID_WORKER")).collect();
        assert!(workers.iter().any(|one| one["assignee"]["login"] == json!("xindi.worker")), "{told:?}");
        let open: Vec<u64> = workers.iter().filter_map(|one| one["openCases"].as_u64()).collect();
        assert!(open.is_sorted(), "those with the fewest first: {told:?}");
        let owners: Vec<&Value> = told.iter().filter(|one| one["reason"] == json!("OWNER")).collect();
        assert_eq!(owners.len(), 1);
        assert_eq!(owners[0]["assignee"]["code"], json!("utility-01"));
        assert_eq!(told.last(), Some(owners[0]), "workers first");
        for login in ["xindi.resident", "xindi.worker", "binhe.dispatch"] {
            let by = person(&served, login).await?;
            let told = by.run(document, json!({"id": id})).await?.data("suggestedAssignees")?.clone();
            assert_eq!(told, json!([]), "{login}");
        }
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_goes_to_an_owner_who_could_do_nothing_with_it() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let admin = person(&served, "system.admin").await?;
        let draft = json!({"source": {"templateKey": "hotline_ticket"}});
        let answer = admin
            .mutate("programmeDraft", "programme { id version } userErrors { code path }", draft)
            .await?;
        let programme = answer.payload()?["programme"].clone();
        let input = json!({"programmeId": programme["id"], "expectedVersion": programme["version"]});
        admin
            .mutate("programmePublish", "programme { id } userErrors { code path }", input)
            .await?
            .payload()?;
        asked_first(&served, CATEGORY, "OWNER_FIRST").await?;
        let hotline = person(&served, "hotline.api").await?;
        // Only the district accepts a ticket, and nobody returns one before.
        let input =
            json!({"place": {"gridId": Places::of(&hotline).grid(GRID).await?}, "source": "HOTLINE_12345"});
        let ticket = report(&hotline, CATEGORY, input).await?;
        let commander = person(&served, "district.command").await?;
        let told = why(&commander, &ticket.payload()?["case"]["id"]).await?;
        assert_eq!(told["routing"]["rule"], json!("TERRITORY"), "{told}");
        Ok(())
    })
    .await
}
