//! What the programme of such a case takes with the report is asked for, and given, as attributes.

use fengqiao_tests::on_backends;
use serde_json::json;

use super::{CATEGORY, City, HERE, WATER, number, refused};

/// The shipped grid event, with fields that are given with the report of 供水供电供气.
fn water() -> String {
    let templates = fengqiao_domain::programmes::templates();
    let text =
        templates.iter().find(|(key, _)| *key == "grid_event").map(|(_, text)| *text).unwrap_or_default();
    let fields = r#"
[[fields]]
key = "pipe"
kind = "choice"
name_zh = "管道"
name_en = "Pipe"
choices = [{ key = "main", name_zh = "主管", name_en = "Main" }, { key = "house", name_zh = "户管", name_en = "House" }]

[[fields]]
key = "homes"
kind = "number"
name_zh = "户数"
name_en = "Homes"
min = 1
max = 100

[[fields]]
key = "damage"
kind = "money"
name_zh = "损失"
name_en = "Damage"

[[fields]]
key = "since"
kind = "date"
name_zh = "起始日"
name_en = "Since"

[[fields]]
key = "village"
kind = "unit"
name_zh = "村"
name_en = "Village"

[[fields]]
key = "inside"
kind = "text"
name_zh = "内部"
name_en = "Inside"
readers = "staff"
"#;
    let given = "act = \"report\"\nfields = [\"pipe\"]\noptional_fields = [\"damage\", \"homes\", \"inside\", \"since\", \"village\"]";
    let (head, acts) = text.split_once("[[acts]]").unwrap_or_default();
    let head = head.replacen("key = \"grid_event\"", "key = \"water\"", 1);
    let head = head.replacen(
        "limit = \"category\"",
        &format!("limit = \"category\"\ncategories = [\"{CATEGORY}\"]"),
        1,
    );
    format!("{head}{fields}\n[[acts]]{}", acts.replacen("act = \"report\"", given, 1))
}

async fn published(city: &City) -> anyhow::Result<()> {
    let admin = city.person("system.admin").await?;
    let selection = "programme { id version } userErrors { code path message fault { line rule message } }";
    let drafted =
        admin.mutate("programmeDraft", selection, json!({"source": {"definition": water()}})).await?;
    let programme = drafted.payload()?["programme"].clone();
    let seen = json!({"programmeId": programme["id"], "expectedVersion": programme["version"]});
    admin.mutate("programmePublish", selection, seen).await?.payload()?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn attributes_are_the_fields_of_the_report() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let city = City::open(backend).await?;
        published(&city).await?;
        let services = city.both("services", HERE).await?;
        let asking: Vec<_> = services.as_array().into_iter().flatten().filter(|one| one["metadata"] == true).collect();
        assert_eq!(asking.iter().map(|one| &one["service_code"]).collect::<Vec<_>>(), [CATEGORY]);
        let definition = city.both(&format!("services/{CATEGORY}"), HERE).await?;
        let attributes = definition["attributes"].as_array().cloned().unwrap_or_default();
        let shown: Vec<_> = attributes
            .iter()
            .map(|one| (one["code"].as_str(), one["datatype"].as_str(), one["required"].as_bool(), one["order"].as_i64()))
            .collect();
        assert_eq!(shown, [
            (Some("pipe"), Some("singlevaluelist"), Some(true), Some(1)),
            (Some("damage"), Some("number"), Some(false), Some(2)),
            (Some("homes"), Some("number"), Some(false), Some(3)),
            (Some("since"), Some("datetime"), Some(false), Some(4)),
            (Some("village"), Some("string"), Some(false), Some(5)),
        ]);
        assert_eq!(attributes[0]["values"], json!([{"key": "main", "name": "主管"}, {"key": "house", "name": "户管"}]));

        let given = [
            ("attribute[pipe]", "main"),
            ("attribute[homes]", "7"),
            ("attribute[damage]", "120.5"),
            ("attribute[since]", "2026-11-20"),
            ("attribute[village]", "150302101203"),
        ];
        let answer = city.report(&[&WATER[..], &given].concat()).await?;
        assert_eq!(answer.status, 201, "{}", answer.text);
        let number = number(&answer)?;
        let document = "query($n: String!) { caseByNumber(number: $n) { programme { key } fields { key value { \
                        ... on CaseChoiceValue { choice } ... on CaseNumberValue { number } } } } }";
        let read = city.person("xindi.station").await?.run(document, json!({"n": number})).await?;
        let rows = city.desk.served.world.number("SELECT count(*) FROM case_values").await?;
        assert_eq!(rows, 5, "{}", read.text);
        // The same with another value is another report.
        let other = [("attribute[pipe]", "house")];
        assert_eq!(city.report(&[&WATER[..], &other].concat()).await?.status, 201);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_attribute_does_not_take_is_named() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let city = City::open(backend).await?;
        published(&city).await?;
        let before = city.cases().await?;
        for (given, wanted) in [
            (vec![], "attribute"),
            (vec![("attribute[pipe]", "none")], "attribute[pipe]"),
            (vec![("attribute[pipe]", "main"), ("attribute[homes]", "many")], "attribute[homes]"),
            (vec![("attribute[pipe]", "main"), ("attribute[homes]", "101")], "attribute[homes]"),
            (vec![("attribute[pipe]", "main"), ("attribute[damage]", "1.234")], "attribute[damage]"),
            (vec![("attribute[pipe]", "main"), ("attribute[since]", "yesterday")], "attribute[since]"),
            (vec![("attribute[pipe]", "main"), ("attribute[village]", "999")], "attribute[village]"),
            (vec![("attribute[pipe]", "main"), ("attribute[inside]", "x")], "attribute[inside]"),
            (vec![("attribute[pipe]", "main"), ("attribute[other]", "x")], "attribute[other]"),
        ] {
            let answer = city.report(&[&WATER[..], &given].concat()).await?;
            let (status, told) = refused(&answer);
            assert_eq!((status, told.len()), (400, 1), "{given:?}: {}", answer.text);
            assert!(told[0].starts_with(&format!("{wanted}: ")), "{given:?}: {told:?}");
        }
        assert_eq!(city.cases().await?, before);
        Ok(())
    })
    .await
}
