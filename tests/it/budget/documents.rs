//! The twenty documents that front-ends send most, with the statements that each may cost besides the one
//! round trip that opens its transaction. A list costs six; a busy machine splits some batches of its
//! loaders, and one statement per row would be past the budget.

use serde_json::{Value, json};

use super::ground::Ground;

/// A document, who sends it, and what it may cost.
pub(super) struct Asked {
    pub(super) name: &'static str,
    pub(super) login: &'static str,
    pub(super) document: &'static str,
    pub(super) variables: Value,
    /// Most statements.
    pub(super) most: usize,
    mistakes: String,
}

impl Asked {
    /// Where the answer tells the caller's mistakes, for a mutation.
    pub(super) fn mistakes(&self) -> &str {
        &self.mistakes
    }
}

const LIST: &str = "query($filter: CaseFilter, $order: CaseOrder) {
    cases(filter: $filter, orderBy: $order, first: 20) { nodes { id number title state openedAt dueAt
    place { grid { name } village { name } } category { nameZh }
    assignee { __typename ... on Account { login } ... on Unit { name } ... on Organisation { name } }
    timeline(last: 3) { nodes { act occurredAt toState actor { login } } } } pageInfo { hasNextPage endCursor } } }";
const VISITS: &str =
    "query($filter: VisitFilter) { visits(filter: $filter, first: 20) { nodes { id purpose outcome visitedAt
    place { grid { name } } account { login } } pageInfo { hasNextPage endCursor } } }";
const COUNTED: &str = "query($filter: CaseFilter) { cases(filter: $filter, first: 20) { totalCount nodes { id number title } } }";
const CASE: &str = "query($id: ID!) { case(id: $id) { id number title description state version viewerActions { act requires }
    place { address { text } grid { name } village { name } town { name } } category { nameZh } reporter { name { text } }
    assignee { __typename ... on Account { login } ... on Unit { name } ... on Organisation { name } }
    timeline(first: 100) { nodes { act text occurredAt actor { login } } } } }";
const INBOX: &str = "query($kind: InboxKind!) { inbox(kind: $kind, first: 20) { nodes { id number title state
    place { village { name } } } pageInfo { hasNextPage endCursor } } }";

fn query(
    name: &'static str,
    login: &'static str,
    document: &'static str,
    variables: Value,
    most: usize,
) -> Asked {
    Asked { name, login, document, variables, most, mistakes: "/data/none".to_owned() }
}

#[expect(clippy::needless_pass_by_value, reason = "reads as a table")]
fn act(name: &'static str, login: &'static str, document: &'static str, input: Value, most: usize) -> Asked {
    let variables = json!({ "input": input });
    Asked { name, login, document, variables, most, mistakes: format!("/data/{name}/userErrors") }
}

/// The documents, in an order in which the acts follow from one another.
pub(super) fn asked(ground: &Ground) -> Vec<Asked> {
    let mut asked = reads_of_cases(ground);
    asked.extend(reads_of_places(ground));
    asked.extend(reads_of_the_ground(ground));
    asked.extend(acts(ground));
    asked
}

fn reads_of_cases(ground: &Ground) -> Vec<Asked> {
    let side = &ground.stage.mirror.sides[0];
    let (id, number) = (&ground.case.0, &ground.case.1);
    let town = json!({"place": {"unitId": side.towns[0].to_string()}});
    let district =
        json!({"states": ["ACCEPTED", "DISPATCHED"], "categoryIds": [side.categories["01"].to_string()]});
    let due = json!({"field": "DUE_AT", "direction": "ASC"});
    vec![
        query("the town's newest cases", "town", LIST, json!({"filter": town}), 20),
        query("the village's newest cases", "chief", LIST, json!({}), 20),
        query("the grid's newest cases", "worker", LIST, json!({}), 20),
        query("the district's newest cases", "commander", LIST, json!({}), 20),
        query("the village's cases by their due time", "chief", LIST, json!({"order": due}), 20),
        query(
            "cases of some states and a class, counted",
            "commander",
            COUNTED,
            json!({"filter": district}),
            4,
        ),
        query("the patrol's cases, of its categories", "patrol", LIST, json!({}), 20),
        query("a case", "chief", CASE, json!({"id": id}), 8),
        query(
            "a case by its number",
            "commander",
            "query($number: String!) { caseByNumber(number: $number) { id title state } }",
            json!({"number": number}),
            1,
        ),
        query("what waits for the bureau", "handler", INBOX, json!({"kind": "TODO"}), 4),
        query("what the station has passed on", "chief", INBOX, json!({"kind": "DONE"}), 4),
        query("the counts of the inbox", "handler", "{ inboxCounts { todo doing done } }", json!({}), 3),
    ]
}

/// What somebody asks of a place that is wider than their reach, or narrower.
fn reads_of_places(ground: &Ground) -> Vec<Asked> {
    let side = &ground.stage.mirror.sides[0];
    let town = json!({"filter": {"place": {"unitId": side.towns[0].to_string()}}});
    let grid = json!({"filter": {"place": {"gridId": side.grids[0][0][0].to_string()}}});
    let voided = json!({"filter": {"state": "VOIDED"}});
    vec![
        query("the town's cases, of a grid's worker", "worker", LIST, town.clone(), 20),
        query("the town's visits, of a grid's worker", "worker", VISITS, town.clone(), 8),
        query("the town's visits, of a resident", "resident", VISITS, town.clone(), 8),
        query("the town's visits", "town", VISITS, town, 8),
        query("a grid's visits, of its town", "town", VISITS, grid, 8),
        query("the district's visits", "commander", VISITS, json!({}), 8),
        query("the visits that were struck off in the town", "town", VISITS, voided.clone(), 8),
        query("the visits that were struck off in the district", "commander", VISITS, voided, 8),
    ]
}

fn reads_of_the_ground(ground: &Ground) -> Vec<Asked> {
    let side = &ground.stage.mirror.sides[0];
    vec![
        query(
            "who I am",
            "worker",
            "{ viewer { account { login name { text } } permissions units { name } grids { name } } }",
            json!({}),
            6,
        ),
        query(
            "the towns with their counts",
            "commander",
            "{ units(filter: {level: TOWN}, first: 100) { nodes { id code name counts { villages grids } } } }",
            json!({}),
            6,
        ),
        query(
            "the categories",
            "resident",
            "{ categories(first: 100) { nodes { id code nameZh parent { code } } } }",
            json!({}),
            3,
        ),
        query(
            "who serves in a grid",
            "chief",
            "query($grid: ID!) { roleGrants(filter: {target: {gridId: $grid}, inForce: true}, first: 100) {
                nodes { role account { login name { text } } } } }",
            json!({"grid": side.grids[0][0][0].to_string()}),
            5,
        ),
    ]
}

fn acts(ground: &Ground) -> Vec<Asked> {
    let side = &ground.stage.mirror.sides[0];
    let id = &ground.case.0;
    let report = json!({
        "categoryId": side.categories["0201"].to_string(),
        "place": {"gridId": side.grids[0][0][0].to_string()},
        "title": "垃圾满溢", "description": "路口", "source": "RESIDENT",
    });
    let dispatch = json!({"caseId": id, "expectedVersion": 2, "target": {"organisationId": side.organisations[0].to_string()}});
    vec![
        act(
            "caseReport",
            "resident",
            "mutation($input: CaseReportInput!) { caseReport(input: $input) { case { id number state } userErrors { code } } }",
            report,
            11,
        ),
        act(
            "caseDispatch",
            "chief",
            "mutation($input: CaseDispatchInput!) { caseDispatch(input: $input) { case { id version } userErrors { code } } }",
            dispatch,
            9,
        ),
        act(
            "caseStart",
            "handler",
            "mutation($input: CaseStartInput!) { caseStart(input: $input) { case { id version } userErrors { code } } }",
            json!({"caseId": id, "expectedVersion": 3}),
            7,
        ),
        act(
            "caseComment",
            "handler",
            "mutation($input: CaseCommentInput!) { caseComment(input: $input) { case { id version } userErrors { code } } }",
            json!({"caseId": id, "text": "已到现场", "audience": "EVERYONE"}),
            6,
        ),
    ]
}
