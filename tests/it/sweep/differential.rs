//! Four ways to the same answer: SQLite, PostgreSQL, PostgreSQL without the application's wall, and
//! PostgreSQL without its own. Whoever asks whatever, they agree.

use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, bail, ensure};
use fengqiao_domain::kernel::scope::Scope;
use fengqiao_tests::Backend;
use serde_json::{Value, json};

use crate::sweep::chance::{Chance, Crowd};
use crate::sweep::stage::Stage;

const TEST: &str = "sweep::differential::every_wall_gives_the_same_answers";
/// Where a child of this test writes its answers.
const ANSWERS: &str = "FENGQIAO_TEST_ANSWERS";
/// How many people ask: more for a soak.
const PEOPLE: &str = "FENGQIAO_TEST_PEOPLE";
/// Where chance begins.
const SEED: &str = "FENGQIAO_TEST_SEED";
/// Questions of each of them.
const QUESTIONS: usize = 6;

const CASES: &str = "query($filter: CaseFilter, $order: CaseOrder, $first: Int, $after: String) {
    cases(filter: $filter, orderBy: $order, first: $first, after: $after) { totalCount
    nodes { number title state assignee { __typename } reporter { name { text } phone { text } } viewerActions { act } }
    pageInfo { hasNextPage hasPreviousPage endCursor } } }";
const INBOX: &str = "query($kind: InboxKind!, $first: Int, $after: String) { inboxCounts { todo doing done }
    inbox(kind: $kind, first: $first, after: $after) { totalCount nodes { number }
    pageInfo { hasNextPage hasPreviousPage endCursor } } }";
const CASE: &str = "query($id: ID!, $number: String!) { case(id: $id) { number description
    place { address { text } grid { code } village { code } } attachments { totalCount nodes { fileName kind } }
    timeline(first: 100) { totalCount
    nodes { act text toState attachments { fileName } actor { login } assignee { __typename } } } } caseByNumber(number: $number) { title } }";
const VISITS: &str = "query($filter: VisitFilter, $first: Int, $after: String) {
    visits(filter: $filter, first: $first, after: $after) { totalCount
    nodes { subject { name { text } isUnderFourteen guardianName { text } } findings sensitivity place { address { text } grid { code } } state account { login } }
    pageInfo { hasNextPage hasPreviousPage endCursor } } }";
const ACCOUNTS: &str = "query($filter: AccountFilter, $first: Int, $after: String) {
    accounts(filter: $filter, first: $first, after: $after) { totalCount
    nodes { login name { text } roleGrants { role ceiling categories { code } } }
    pageInfo { hasNextPage hasPreviousPage endCursor } } }";
const GRANTS: &str = "query($filter: RoleGrantFilter, $first: Int, $after: String) {
    roleGrants(filter: $filter, first: $first, after: $after) { totalCount
    nodes { role ceiling account { login } target { __typename } categories { code } }
    pageInfo { hasNextPage hasPreviousPage endCursor } } }";
const ACCOUNT: &str = "query($id: ID!) { account(id: $id) { login name { text } roleGrants { role } }
    viewer { account { login } permissions units { code } grids { code } } units(first: 100) { totalCount } }";

#[expect(clippy::disallowed_methods, reason = "a test run is steered by its environment")]
fn setting(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|text| !text.is_empty())
}

fn number(name: &str, default: u64) -> anyhow::Result<u64> {
    setting(name).map_or(Ok(default), |text| text.parse().with_context(|| format!("{name} is a number")))
}

/// A database with the people who ask.
struct Play {
    stage: Stage,
    crowds: [Crowd; 2],
    seed: u64,
}

/// A question of a list: where the page is in the answer, the document, its variables.
struct Question {
    list: Option<&'static str>,
    document: &'static str,
    variables: Value,
    told: String,
}

impl Play {
    async fn set(backend: Backend) -> anyhow::Result<Self> {
        let seed = number(SEED, 20_261_122)?;
        let people = usize::try_from(number(PEOPLE, 48)?)?;
        let stage = Stage::set(backend).await?;
        let mut chance = Chance(seed);
        let own = Crowd::come(&stage, 0, people, &mut chance).await?;
        let other = Crowd::come(&stage, 1, people / 4, &mut chance).await?;
        Ok(Self { stage, crowds: [own, other], seed })
    }

    /// Everyone's answers, each a line that says who asked what.
    async fn answers(&self) -> anyhow::Result<Vec<(String, String)>> {
        let mut answers = vec![];
        let mut chance = Chance(self.seed.wrapping_mul(31));
        for (at, crowd) in self.crowds.iter().enumerate() {
            for (login, held) in crowd.logins.iter().zip(&crowd.held) {
                let scope = self.stage.scope(at, login).await?;
                for _ in 0..QUESTIONS {
                    let question = self.question(at, &mut chance)?;
                    let told = format!("{login} of side {at} ({held}) asks {}", question.told);
                    answers.push((told, self.pages(&scope, question).await?));
                }
            }
        }
        Ok(answers)
    }

    /// The first pages of an answer, without their cursors.
    async fn pages(&self, scope: &Scope, question: Question) -> anyhow::Result<String> {
        let mut variables = question.variables;
        let mut pages = vec![];
        for _ in 0..3 {
            let mut answer = if setting(ANSWERS).is_some() {
                // Without the application's wall.
                self.stage.ask_unwatched(scope, question.document, &variables).await?
            } else {
                self.stage.ask(scope, question.document, &variables).await?
            };
            let cursor = question
                .list
                .and_then(|list| answer.pointer_mut(&format!("/data/{list}/pageInfo/endCursor")))
                .map(Value::take);
            let code = &answer["errors"][0]["extensions"]["code"];
            ensure!(answer["errors"].is_null() || code == "FORBIDDEN", "{}: {answer}", question.told);
            pages.push(answer.to_string());
            let Some(Value::String(cursor)) = cursor else { break };
            variables["after"] = json!(cursor);
        }
        Ok(pages.join("\n"))
    }

    fn question(&self, at: usize, chance: &mut Chance) -> anyhow::Result<Question> {
        let first = chance.one(&[1, 3, 10, 100])?;
        match chance.below(9) {
            0..=3 => self.cases(at, first, chance),
            4 => {
                let kind = chance.one(&["TODO", "DOING", "DONE"])?;
                Ok(Question {
                    list: Some("inbox"),
                    document: INBOX,
                    variables: json!({ "kind": kind, "first": first }),
                    told: format!("box {kind} by {first}"),
                })
            }
            5 => {
                // Of either side: a foreign one is as unknown everywhere.
                let side = chance.below(2);
                let cases = &self.stage.mirror.sides[side].cases;
                let position = chance.below(cases.len());
                let case = &cases[position];
                Ok(Question {
                    list: None,
                    document: CASE,
                    variables: json!({ "id": case.id.to_string(), "number": case.number }),
                    told: format!("case {position} of side {side}"),
                })
            }
            6 => self.people(at, first, chance),
            7 => self.visits(at, first, chance),
            _ => {
                let position = chance.below(self.crowds[at].accounts.len());
                Ok(Question {
                    list: None,
                    document: ACCOUNT,
                    variables: json!({ "id": self.crowds[at].accounts[position].to_string() }),
                    told: format!("account {position}"),
                })
            }
        }
    }

    fn visits(&self, at: usize, first: i32, chance: &mut Chance) -> anyhow::Result<Question> {
        let side = &self.stage.mirror.sides[at];
        let mut filter = json!({});
        let mut told = format!("visits by {first}");
        if chance.once_in(3) {
            let unit = chance.one(&[side.towns[0], side.villages[0][0], side.villages[1][0], side.unit])?;
            filter["place"] = json!({ "unitId": unit.to_string() });
            told = format!("{told} in a unit");
        }
        if chance.once_in(3) {
            let by = chance.one(&["worker", "chief", "volunteer"])?;
            filter["accountId"] = json!(side.accounts[by].to_string());
            told = format!("{told} of {by}");
        }
        Ok(Question {
            list: Some("visits"),
            document: VISITS,
            variables: json!({ "filter": filter, "first": first }),
            told,
        })
    }

    fn cases(&self, at: usize, first: i32, chance: &mut Chance) -> anyhow::Result<Question> {
        let side = &self.stage.mirror.sides[at];
        let mut filter = json!({});
        let mut told = format!("cases by {first}");
        if chance.once_in(3) {
            let states = ["REPORTED", "ACCEPTED", "DISPATCHED", "CLOSED", "VOIDED", "HANDLING", "RESOLVED"];
            filter["states"] = json!([chance.one(&states)?, chance.one(&states)?]);
        }
        if chance.once_in(4) {
            let code = chance.one(&["01", "0101", "02", "0201"])?;
            filter["categoryIds"] = json!([side.categories[code].to_string()]);
            write!(told, " of category {code}")?;
        }
        match chance.below(6) {
            0 => {
                let units = &self.crowds[at].units;
                let position = chance.below(units.len());
                filter["place"] = json!({ "unitId": units[position].1.to_string() });
                write!(told, " in unit {position}")?;
            }
            1 => {
                let (town, village, grid) = (chance.below(2), chance.below(2), chance.below(2));
                filter["place"] = json!({ "gridId": side.grids[town][village][grid].to_string() });
                write!(told, " in grid {town}.{village}.{grid}")?;
            }
            _ => {}
        }
        if chance.once_in(6) {
            filter["isAssignedToMe"] = json!(true);
        }
        if chance.once_in(6) {
            filter["title"] = json!({ "contains": chance.one(&["〔1", "标题", "%", "_", "某事", "乙"])? });
        }
        let order = json!({
            "field": chance.one(&["OPENED_AT", "DUE_AT"])?,
            "direction": chance.one(&["ASC", "DESC"])?,
        });
        write!(told, " ordered {order} where {filter}")?;
        Ok(Question {
            list: Some("cases"),
            document: CASES,
            variables: json!({ "filter": filter, "order": order, "first": first }),
            told,
        })
    }

    fn people(&self, at: usize, first: i32, chance: &mut Chance) -> anyhow::Result<Question> {
        if chance.once_in(2) {
            let filter = chance.one(&["random0", "r", "w", "nobody"])?;
            return Ok(Question {
                list: Some("accounts"),
                document: ACCOUNTS,
                variables: json!({ "filter": { "loginPrefix": filter }, "first": first }),
                told: format!("accounts {filter} by {first}"),
            });
        }
        let units = &self.crowds[at].units;
        let position = chance.below(units.len());
        let filter = match chance.below(3) {
            0 => json!({}),
            1 => json!({ "role": chance.one(&["TOWN_DISPATCHER", "RESIDENT", "FULL_TIME_WORKER"])? }),
            _ => json!({ "target": { "unitId": units[position].1.to_string() } }),
        };
        Ok(Question {
            list: Some("roleGrants"),
            document: GRANTS,
            told: format!("grants by {first} where {filter}, unit {position}"),
            variables: json!({ "filter": filter, "first": first }),
        })
    }

    /// Takes PostgreSQL's wall away: the application stands alone.
    async fn open_the_database(&self) -> anyhow::Result<()> {
        for table in self.stage.tables().await? {
            self.stage.world.run_sql(&format!("ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")).await?;
        }
        Ok(())
    }
}

/// This test again, without the application's wall: the database stands alone.
fn without_the_application(file: &Path) -> anyhow::Result<Vec<(String, String)>> {
    let mut command = Command::new(std::env::current_exe()?);
    command.args(["--exact", TEST, "--test-threads=1"]);
    command.env("FENGQIAO_TEST_BACKENDS", "postgres").env("FENGQIAO_MUTANT", "no-reach").env(ANSWERS, file);
    let output = command.output().context("running this program again")?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    Ok(serde_json::from_slice(&std::fs::read(file)?)?)
}

type Answers = Vec<(String, String)>;

fn compare((one, left): (&str, &Answers), (other, right): (&str, &Answers)) -> anyhow::Result<()> {
    ensure!(left.len() == right.len(), "{one} has {} answers, {other} {}", left.len(), right.len());
    for ((asked, left), (asked_too, right)) in left.iter().zip(right) {
        ensure!(asked == asked_too, "{one}: {asked}\n{other}: {asked_too}");
        ensure!(left == right, "{asked}\n{one}: {left}\n{other}: {right}");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn every_wall_gives_the_same_answers() -> anyhow::Result<()> {
    if let Some(file) = setting(ANSWERS) {
        let answers = Play::set(Backend::Postgres).await?.answers().await?;
        std::fs::write(file, serde_json::to_vec(&answers)?)?;
        return Ok(());
    }
    let mut all: Vec<(&str, Answers)> = vec![];
    for backend in Backend::chosen()? {
        let play = Play::set(backend).await?;
        let name = if backend == Backend::Sqlite { "SQLite" } else { "PostgreSQL" };
        all.push((name, play.answers().await?));
        if backend == Backend::Postgres {
            play.open_the_database().await?;
            all.push(("the application alone", play.answers().await?));
            let folder = tempfile::tempdir()?;
            all.push(("the database alone", without_the_application(&folder.path().join("answers"))?));
        }
    }
    let Some(((first, expected), others)) = all.split_first() else { bail!("no database was chosen") };
    let told = expected.iter().filter(|(_, answer)| answer.contains("\"number\"")).count();
    ensure!(told * 5 > expected.len(), "only {told} of {} answers tell of a case", expected.len());
    for (other, answers) in others {
        compare((first, expected), (other, answers))?;
    }
    Ok(())
}
