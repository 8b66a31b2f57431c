//! What the fields of the schema weigh: every list says how long it can be, and the documents of our own clients cost what they cost.

use async_graphql::Variables;
use async_graphql::parser::parse_query;
use fengqiao_api::graphql::schema;
use fengqiao_api::http::Limits;
use fengqiao_api::tariff;
use serde_json::{Value, json};

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

/// The page of cases that the benches ask for.
const PAGE: &str = "nodes { id number title state openedAt dueAt place { grid { name } village { name } } assignee { __typename \
    ... on Account { login } ... on Unit { name } ... on Organisation { name } } timeline(last: 3) { nodes { act \
    occurredAt toState } } } pageInfo { hasNextPage endCursor }";

/// Everything about a case that a front-end can show on one screen.
const WHOLE: &str = "id number title description state version place { address grid { id name } village { name } town { name } } \
    category { nameZh } reporter { name { text } } assignee { __typename ... on Account { login } } leader { login } \
    assistants { assignee { __typename } } clock { light dueAt limitCategory { nameZh } } stage { key } outcome { isClosed } \
    programme { stages { key } acts { act } } viewerActions { act fields { key } } rungs { act } milestones { kind } \
    fields { key unit { name } person { login } } evaluation { answers { score } } reportedUnit { name } \
    timeline(first: 100) { nodes { act text occurredAt actor { login } attachments { id } } } \
    attachments(first: 100) { nodes { id } } duplicates { number state } exchanges { state } returnVisits { visitedBy { login } }";

const REPORT: &str = "mutation($input: CaseReportInput!) { caseReport(input: $input) { case { id number state } userErrors { code } } }";

/// Our own documents with what they cost.
fn documents() -> Vec<(&'static str, String, Value, u64)> {
    let of = |name, document: &str, cost| (name, document.to_owned(), json!({}), cost);
    vec![
        of(
            "who am I",
            "{ viewer { account { login } permissions grants { role target { __typename } } } }",
            22,
        ),
        of("a page of cases (Q1)", &format!("{{ cases(first: 20) {{ {PAGE} }} }}"), 181),
        of(
            "the largest page of them, counted",
            &format!("{{ cases(first: 100) {{ {PAGE} totalCount }} }}"),
            911,
        ),
        of("a case with all about it", &format!("{{ case(id: \"\") {{ {WHOLE} }} }}"), 1729),
        of("three of them", &format!("{{ cases(first: 3) {{ nodes {{ {WHOLE} }} }} }}"), 5188),
        of("the counts of an inbox", "{ inboxCounts { todo } }", 10),
        of(
            "what happened",
            "{ caseEvents(first: 100) { cursor hasMore items { ... on CaseEventDelivery { event { __typename \
            ... on CaseReported { case { id number } } ... on CaseClosed { case { id number } } } } } } }",
            301,
        ),
        of(
            "whatever happens",
            "subscription { caseEvents { ... on CaseEventDelivery { event { ... on CaseReported { case { id } } } } } }",
            3,
        ),
        of("a report", REPORT, 11),
    ]
}

#[tokio::test]
async fn our_own_documents_cost_what_they_did() {
    let most = u64::from(Limits::default().cost.max_document);
    let schema = schema::build(None);
    let mut wrong = vec![];
    for (name, document, variables, expected) in documents() {
        let found = cost(&document, variables.clone());
        if found != Some(expected) || expected > most {
            wrong.push(format!("{name} costs {found:?}"));
        }
        if document.starts_with('{') {
            let errors = schema.execute(document).await.errors;
            wrong.extend(
                errors.iter().filter(|error| error.path.is_empty()).map(|error| format!("{name}: {error}")),
            );
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
