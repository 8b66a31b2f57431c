//! What the fields of the schema weigh: every list says how long it can be, and the documents of our own clients cost what they cost.

use anyhow::ensure;
use async_graphql::Variables;
use async_graphql::parser::parse_query;
use fengqiao_api::graphql::schema;
use fengqiao_api::http::Limits;
use fengqiao_api::tariff;
use serde::Deserialize;
use serde_json::Value;

use super::sdl::{Kind, Sdl};

/// What a document with one operation costs; nothing for what is none.
fn cost(document: &str, variables: Value) -> Option<u64> {
    let weights = tariff::of_schema().ok()?;
    let parsed = parse_query(document).ok()?;
    let (_, operation) = parsed.operations.iter().next()?;
    Some(weights.estimate(&parsed, &operation.node, &Variables::from_json(variables)))
}

/// The most elements that a description tells: "at most 100", "the newest 50".
fn told(description: &str) -> Option<u64> {
    let words: Vec<&str> = description.split_whitespace().collect();
    let bounds = words.windows(3).filter(|three| matches!(three, ["at", "most", _] | ["the", "newest", _]));
    let numbers = bounds.filter_map(|three| {
        let digits: String = three.last()?.chars().filter(char::is_ascii_digit).collect();
        digits.parse().ok()
    });
    numbers.max()
}

#[test]
fn a_list_that_says_how_long_it_can_be_counts_as_long() {
    let sdl = Sdl::parse(&schema::sdl()).expect("the schema parses");
    let mut wrong = vec![];
    for (ty, field) in sdl.outputs() {
        let below = sdl.get(field.base()).map(|ty| ty.kind);
        let is_list = field.is_list() && matches!(below, Some(Kind::Object | Kind::Interface | Kind::Union));
        let assumed = field.directive("listSize").map(|size| size.argument("assumedSize").to_owned());
        let at = format!("{}.{}", ty.name, field.name);
        match (told(&field.description), assumed) {
            (Some(most), Some(assumed)) if assumed != most.to_string() => {
                wrong.push(format!("{at} counts as {assumed}"));
            }
            (Some(most), None) if is_list && most > 10 => wrong.push(format!("{at} can be {most}")),
            (_, Some(_))
                if !field.is_list()
                    && field
                        .directive("listSize")
                        .is_some_and(|size| size.argument("lengthOf").is_empty()) =>
            {
                wrong.push(format!("{at} is no list"));
            }
            _ => {}
        }
        for size in
            field.arguments.iter().filter(|argument| ["first", "last"].contains(&argument.name.as_str()))
        {
            if !size.description.contains("1 to 100") {
                wrong.push(format!("{at}({}) does not end at a hundred", size.name));
            }
        }
        if let Some(cost) = field.directive("cost")
            && cost.argument("weight").trim_matches('"').parse::<u32>().is_err()
        {
            wrong.push(format!("{at} weighs no whole number"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Documents with what they cost: those of our own clients, and one for each rule by which documents are counted.
const GOLDEN: &str = include_str!("costs.json");

/// A document with what it costs.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Golden {
    name: String,
    cost: u64,
    document: String,
    variables: Value,
    /// Whether it costs more than a document may.
    #[serde(default)]
    refused: bool,
}

#[tokio::test]
async fn forty_documents_cost_what_they_did() -> anyhow::Result<()> {
    let most = u64::from(Limits::default().cost.max_document);
    let schema = schema::build(None);
    let documents: Vec<Golden> = serde_json::from_str(GOLDEN)?;
    ensure!(documents.len() >= 40, "only {}", documents.len());
    let mut wrong = vec![];
    for Golden { name, cost: expected, document, variables, refused } in documents {
        let found = cost(&document, variables);
        if found != Some(expected) || (expected > most) != refused {
            wrong.push(format!("{name} costs {found:?}"));
        }
        if document.starts_with('{') && !refused {
            let errors = schema.execute(document).await.errors;
            wrong.extend(
                errors.iter().filter(|error| error.path.is_empty()).map(|error| format!("{name}: {error}")),
            );
        }
    }
    ensure!(wrong.is_empty(), "{wrong:#?}");
    Ok(())
}
