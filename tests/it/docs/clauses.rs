//! The table of clauses: every row says how far it goes, names requirements that there are, and tests that run.

use super::{quoted, text_of};

const DOCUMENT: &str = "docs/CLAUSES.md";
/// The first line of every table of clauses.
const HEAD: &str = "| clause | requirements | what the product does | tests that show it | state |";
const STATES: [&str; 4] = ["done", "partly", "deployment", "not there"];
/// The requirements by their letter, each numbered from 1 to this.
const REQUIREMENTS: [(char, u32); 8] =
    [('G', 13), ('T', 12), ('A', 8), ('W', 5), ('H', 4), ('R', 12), ('P', 12), ('S', 2)];
/// What stands in a cell in which there is nothing to name.
const NOTHING: &str = "–";

/// One clause.
struct Row<'a> {
    clause: &'a str,
    requirements: Vec<&'a str>,
    tests: Vec<&'a str>,
    state: &'a str,
}

impl<'a> Row<'a> {
    /// A line with five cells.
    fn read(line: &'a str) -> Option<Self> {
        let line = line.strip_prefix('|')?.strip_suffix('|')?;
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        let [clause, requirements, _what, tests, state] = <[&str; 5]>::try_from(cells).ok()?;
        let named = |cell: &'a str| cell.split(", ").filter(|name| *name != NOTHING).collect();
        Some(Self { clause, requirements: named(requirements), tests: named(tests), state })
    }

    /// What is wrong with it.
    fn faults(&self) -> Vec<String> {
        let mut faults = vec![];
        if !STATES.contains(&self.state) {
            faults.push(format!("{:?} is no state", self.state));
        }
        if self.state == "done" && self.tests.is_empty() {
            faults.push("is done and names no test".to_owned());
        }
        if self.state == "not there" && !self.tests.is_empty() {
            faults.push("is not there and names tests".to_owned());
        }
        let unknown = self.requirements.iter().filter(|id| !is_requirement(id));
        faults.extend(unknown.map(|id| format!("{id:?} is no requirement")));
        for test in &self.tests {
            let name = test.strip_prefix('`').and_then(|test| test.strip_suffix('`'));
            if !name.is_some_and(runs) {
                faults.push(format!("{test} is no test that runs"));
            }
        }
        faults.iter().map(|fault| format!("{}: {fault}", self.clause)).collect()
    }
}

fn is_requirement(id: &str) -> bool {
    let mut all = REQUIREMENTS.into_iter().flat_map(|(letter, most)| (1..=most).map(move |of| (letter, of)));
    all.any(|(letter, number)| id == format!("{letter}{number}"))
}

/// The rows of all tables of clauses, and the lines of these that are none.
fn rows(text: &str) -> (Vec<Row<'_>>, Vec<&str>) {
    let (mut rows, mut broken, mut in_table) = (vec![], vec![], false);
    for line in text.lines() {
        in_table = line == HEAD || (in_table && line.starts_with('|'));
        if !in_table || line == HEAD || line.starts_with("| ---") {
            continue;
        }
        match Row::read(line) {
            Some(row) => rows.push(row),
            None => broken.push(line),
        }
    }
    (rows, broken)
}

/// Whether a test of this name runs in one of the three programs. Two of them have modules that begin with `edge`.
fn runs(name: &str) -> bool {
    let (it, arch, edge) = ("tests/it", "tests/arch", "api/tests/edge");
    match name.split_once("::") {
        Some(("arch", rest)) => is_in(arch, rest),
        Some(("edge", rest)) => is_in(edge, rest) || is_in(it, name),
        _ => is_in(it, name),
    }
}

/// Whether a program has the modules of a name, each declared by the one above, and the test in the last of them.
fn is_in(program: &str, name: &str) -> bool {
    let Some((modules, function)) = name.rsplit_once("::") else { return false };
    let mut place = program.to_owned();
    let mut text = text_of(&format!("{program}/main.rs"));
    for module in modules.split("::") {
        let declared = format!("mod {module};");
        if !text.lines().any(|line| line.trim_start_matches("pub(crate) ") == declared) {
            return false;
        }
        place = format!("{place}/{module}");
        let files = [format!("{place}.rs"), format!("{place}/mod.rs")];
        text = files.iter().map(|file| text_of(file)).collect();
    }
    is_test(&text, function)
}

/// Whether a function of this name is a test, and not an ignored one.
fn is_test(text: &str, name: &str) -> bool {
    let heads = [format!("fn {name}("), format!("async fn {name}(")];
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    let begins = |line: &&str| heads.iter().any(|head| line.starts_with(head.as_str()));
    let Some(at) = lines.iter().position(begins) else { return false };
    let above = lines.iter().take(at).rev().take_while(|line| line.starts_with(['#', '/']));
    let attributes: Vec<&str> = above.copied().filter(|line| line.starts_with('#')).collect();
    let is_marked = |line: &&str| *line == "#[test]" || line.starts_with("#[tokio::test");
    attributes.iter().any(is_marked) && !attributes.iter().any(|line| line.starts_with("#[ignore"))
}

#[test]
fn every_row_names_what_is_there() {
    let text = text_of(DOCUMENT);
    let (rows, broken) = rows(&text);
    assert!(rows.len() > 40, "the tables are gone: {} rows", rows.len());
    assert!(broken.is_empty(), "these have not five cells: {broken:#?}");
    let faults: Vec<String> = rows.iter().flat_map(Row::faults).collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    let strays: Vec<&str> = quoted(&text).filter(|word| word.contains("::") && !runs(word)).collect();
    assert!(strays.is_empty(), "no tests that run: {strays:?}");
}

#[test]
fn the_document_says_how_many_rows_it_has() {
    let text = text_of(DOCUMENT);
    let (rows, _) = rows(&text);
    let [done, partly, deployment, missing] =
        STATES.map(|state| rows.iter().filter(|row| row.state == state).count());
    let said = format!(
        "Of {} rows {done} are done, {partly} partly, {deployment} a matter of the deployment, and {missing} not there.",
        rows.len()
    );
    assert!(text.lines().any(|line| line == said), "{DOCUMENT} lacks the line: {said}");
}

#[test]
fn a_test_that_runs_is_told_from_others() {
    for name in [
        "docs::clauses::a_test_that_runs_is_told_from_others",
        "tenancy::matrix::every_field_answers_every_role_as_the_table_says",
        "edge::limits::the_body_has_a_cap",
        "edge::startup::production_refuses_what_development_makes",
        "arch::supply::each_floor_and_each_strange_source_is_seen",
    ] {
        assert!(runs(name), "{name}");
    }
    for name in
        ["docs::clauses::is_test", "docs::clauses::nothing", "docs::nothing::is_test", "edge::nothing", "a"]
    {
        assert!(!runs(name), "{name}");
    }
    assert!(is_test("#[test]\n/// Why.\n#[expect(x)]\nfn a() {}", "a"));
    for text in ["#[test]\n#[ignore]\nfn a() {}", "#[test]\nfn b() {}\n\nfn a() {}", "#[test]\nfn ab() {}"] {
        assert!(!is_test(text, "a"), "{text}");
    }
}

#[test]
fn a_row_that_claims_too_much_is_found() {
    let shown = "`docs::clauses::a_row_that_claims_too_much_is_found`";
    for (row, wrong) in [
        (format!("| a | P11 | b | {shown} | done |"), 0),
        ("| a | G13, S2 | b | – | deployment |".to_owned(), 0),
        ("| a | P11 | b | – | done |".to_owned(), 1),
        (format!("| a | P11 | b | {shown} | not there |"), 1),
        ("| a | P11 | b | – | nearly |".to_owned(), 1),
        ("| a | G14, P0, X1, P01 | b | – | partly |".to_owned(), 4),
        ("| a | P11 | b | `docs::clauses::is_test`, all of them | partly |".to_owned(), 2),
    ] {
        let text = format!("{HEAD}\n| --- | --- | --- | --- | --- |\n{row}\n\n| another | table |\n");
        let (rows, broken) = rows(&text);
        assert_eq!((rows.len(), broken.len()), (1, 0), "{row}");
        let faults: Vec<String> = rows.iter().flat_map(Row::faults).collect();
        assert_eq!(faults.len(), wrong, "{row}: {faults:?}");
    }
    let torn = format!("{HEAD}\n| a | P11 | b |\n");
    assert_eq!(rows(&torn).1, ["| a | P11 | b |"]);
}
