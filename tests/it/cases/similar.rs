//! Cases that are likely to be the same matter, before one is reported and when it is dispatched.

use fengqiao_tests::{Actor, Places, Served, on_backends};
use serde_json::{Value, json};

use super::{CATEGORY, GRID, person};

const HERE: (f64, f64) = (106.81, 39.61);
/// Degrees northwards of about a metre.
const METRE: f64 = 1.0 / 111_195.0;

fn point(metres: f64) -> Value {
    json!({"longitude": HERE.0, "latitude": HERE.1 + metres * METRE, "coordinateSystem": "WGS84"})
}

/// Somebody reports something so many metres from here: its id and number.
async fn report(by: &Actor, category: &str, metres: Option<f64>) -> anyhow::Result<(Value, Value)> {
    let places = Places::of(by);
    let input = json!({"categoryId": places.category(category).await?, "title": "自来水管漏水",
        "description": "演示：路口的自来水管漏水。", "source": "RESIDENT",
        "place": {"gridId": places.grid(GRID).await?}, "point": metres.map(point)});
    let answer = by.mutate("caseReport", "case { id number }", input).await?;
    let case = &answer.payload()?["case"];
    Ok((case["id"].clone(), case["number"].clone()))
}

async fn like(by: &Actor, to: Value) -> anyhow::Result<Vec<(Value, Value)>> {
    let document = "query($to: SimilarCasesInput!) { similarCases(to: $to) { metres case { number } } }";
    let told = by.run(document, json!({"to": to})).await?.data("similarCases")?.clone();
    let told = told.as_array().cloned().unwrap_or_default();
    Ok(told.iter().map(|one| (one["case"]["number"].clone(), one["metres"].clone())).collect())
}

async fn matter(by: &Actor, category: &str, metres: f64) -> anyhow::Result<Value> {
    let category = Places::of(by).category(category).await?;
    Ok(json!({"matter": {"categoryId": category, "point": point(metres)}}))
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_takes_a_report_in_is_told_what_is_known_already() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let station = person(&served, "xindi.station").await?;
        let (one, other) =
            (person(&served, "xindi.resident").await?, person(&served, "xindi.resident2").await?);
        let (first, first_number) = report(&one, CATEGORY, Some(0.0)).await?;
        let (_, second_number) = report(&other, CATEGORY, Some(30.0)).await?;
        let (_, without) = report(&other, CATEGORY, None).await?;
        report(&other, CATEGORY, Some(80.0)).await?;
        report(&other, "0117", Some(1.0)).await?;

        let about = matter(&station, CATEGORY, 10.0).await?;
        let told = like(&station, about.clone()).await?;
        assert_eq!(told, [(first_number.clone(), json!(10)), (second_number.clone(), json!(20))]);
        let told = like(&station, json!({"caseId": first})).await?;
        assert_eq!(told, [(second_number.clone(), json!(30)), (without, Value::Null)], "not itself");
        // Everybody is told what they see, and no more.
        assert_eq!(like(&one, about.clone()).await?, [(first_number.clone(), json!(10))]);
        assert_eq!(like(&person(&served, "binhe.dispatch").await?, about.clone()).await?, []);
        assert_eq!(like(&person(&served, "binhe.dispatch").await?, json!({"caseId": first})).await?, []);

        let mut off = about.clone();
        off["matter"]["point"]["latitude"] = json!(106.8);
        let document = "query($to: SimilarCasesInput!) { similarCases(to: $to) { metres } }";
        assert_eq!(station.run(document, json!({"to": off})).await?.code(), "BAD_REQUEST", "not on earth");

        // What the category says counts.
        let admin = person(&served, "system.admin").await?;
        let document = "query($code: String!) { categoryByCode(code: $code) { id version } }";
        let known = admin.run(document, json!({"code": CATEGORY})).await?.data("categoryByCode")?.clone();
        let mut input = json!({"categoryId": known["id"], "expectedVersion": known["version"],
            "similarMetres": 15, "similarHours": 2});
        let answer =
            admin.mutate("categoryUpdate", "category { version similarMetres }", input.clone()).await?;
        assert_eq!(answer.payload()?["category"]["similarMetres"], json!(15));
        assert_eq!(like(&station, about.clone()).await?, [(first_number, json!(10))]);
        input["expectedVersion"] = answer.payload()?["category"]["version"].clone();
        input["similarMetres"] = json!(0);
        let refused = admin
            .mutate("categoryUpdate", "category { version } userErrors { code path }", input)
            .await?
            .user_error()?;
        assert_eq!(refused, ("INVALID_NEARNESS".to_owned(), "similarMetres".to_owned()));
        served.pass_seconds(2 * 3_600 + 1);
        let station = person(&served, "xindi.station").await?;
        assert_eq!(like(&station, about).await?, [], "too long ago");
        Ok(())
    })
    .await
}
