//! D7, D8, D10: who may open what. Scopes come first, the platform's right comes from command lines,
//! statements are the store's, and GraphQL knows nothing of HTTP.

use crate::source::{Fault, Source, none, workspace};

/// Functions of services that have no scope to take, with the reason.
const SCOPELESS: [(&str, &str); 17] = [
    ("domain/src/org/service/seed.rs: is_empty", "asked at the start, before there is any tenant"),
    ("domain/src/identity/entry/sign_in.rs: sign_in", "makes the scope's session"),
    ("domain/src/identity/entry/refresh.rs: refresh", "makes the scope's session"),
    ("domain/src/identity/entry/token_for.rs: token_for", "makes a token for a command line"),
    ("domain/src/identity/entry/authenticate.rs: authenticate", "mints the scope"),
    ("domain/src/identity/entry/client.rs: client_token", "makes the scope's session"),
    ("domain/src/identity/entry/client.rs: authenticate_signed", "mints the scope"),
    ("domain/src/identity/entry/client.rs: signer", "mints the scope anew"),
    ("domain/src/identity/entry/link.rs: follow_link", "mints the scope of whoever a link was signed for"),
    ("domain/src/federation/entry/sign_in.rs: sign_in_by_wechat", "makes the scope's session"),
    ("domain/src/federation/entry/sign_in.rs: sign_in_by_oidc", "makes the scope's session"),
    ("domain/src/federation/entry/register.rs: register_resident", "makes the scope's account and session"),
    ("domain/src/exchange/entry/admit.rs: admit", "mints the scope of whoever signed a message"),
    ("domain/src/exchange/entry/admit.rs: admit_by_key", "mints the scope of whoever shows a key"),
    ("domain/src/exchange/entry/anyone.rs: serves", "says only whether a district is there"),
    ("domain/src/exchange/entry/anyone.rs: services_of", "what anybody may report is for everybody to read"),
    ("domain/src/identity/entry/mod.rs: digest", "only hashes a password"),
];

/// D10: every use case takes its scope first.
fn scope_first(sources: &[Source]) -> Vec<Fault> {
    let mut faults = vec![];
    for source in sources.iter().filter(|source| is_face(source)) {
        for (line, name, parameters) in functions(source) {
            let place = format!("{}: {name}", source.path);
            if SCOPELESS.iter().any(|(known, _)| *known == place) {
                continue;
            }
            let mut parameters =
                parameters.split(',').map(str::trim).filter(|parameter| *parameter != "&self");
            let first = parameters.next().unwrap_or_default().trim_start_matches('_');
            if !matches!(first, "scope: &Scope" | "platform: &PlatformScope") {
                faults.push(source.fault(line, format!("{name} takes {first:?} first, not its scope")));
            }
        }
    }
    faults
}

fn is_face(source: &Source) -> bool {
    source.slice().is_some() && (source.path.contains("/service/") || source.path.contains("/entry/"))
}

/// The line that follows on a text, from 1.
fn line_of(before: &str) -> usize {
    before.matches('\n').count() + 1
}

/// Line, name and parameters of every `pub async fn`.
fn functions(source: &Source) -> Vec<(usize, String, String)> {
    let mut found = vec![];
    for (at, _) in source.text.match_indices("pub async fn ") {
        let (before, rest) = source.text.split_at(at);
        let rest = rest.trim_start_matches("pub async fn ");
        let Some((name, rest)) = rest.split_once('(') else { continue };
        let parameters = rest.split_once(')').map_or("", |(parameters, _)| parameters);
        let flat = parameters.split_whitespace().collect::<Vec<_>>().join(" ");
        found.push((line_of(before), name.to_owned(), flat));
    }
    found
}

/// D10: a use case that writes asks for the permission before it begins.
fn permit_first(sources: &[Source]) -> Vec<Fault> {
    let mut faults = vec![];
    for source in sources.iter().filter(|source| source.path.contains("/service/") && is_face(source)) {
        for (at, _) in source.text.match_indices("pub async fn ") {
            let (before, rest) = source.text.split_at(at);
            let end = rest.find("\n    }\n").unwrap_or(rest.len());
            let body = rest.get(..end).unwrap_or_default();
            let Some(begun) = BEGINNINGS.iter().filter_map(|word| body.find(word)).min() else { continue };
            let asked = body.get(..begun).unwrap_or_default();
            if !["permit", "governs", "for_operator", "Failure::Denied"]
                .iter()
                .any(|word| asked.contains(word))
            {
                let line = line_of(before) + line_of(asked) - 1;
                faults.push(source.fault(line, "begins before it asks whether the scope permits it at all"));
            }
        }
    }
    faults
}

/// How a use case begins.
const BEGINNINGS: [&str; 3] = ["begin(scope)", "self.open(", "self.open_any("];

/// A word and the places where alone it may stand, with the reason that is printed.
const RESERVED: [(&str, &[&str], &str); 10] = [
    (
        "for_command_line",
        &["api/src/cli", "api/src/demo/", "bench/", "tests/", "domain/src/kernel/scope.rs"],
        "the platform's right is taken by command lines only",
    ),
    (
        "for_worker",
        &["api/src/worker.rs", "tests/", "domain/src/kernel/scope.rs"],
        "the platform's right without a signed-in operator is the worker's",
    ),
    ("insert_many(", STORE, "entity verbs are the store's: use Tx::insert"),
    ("update_many(", STORE, "entity verbs are the store's: use Tx::update"),
    ("delete_many(", STORE, "entity verbs are the store's: use Tx::delete"),
    ("Entity::find", STORE, "entity verbs are the store's: use Tx::select"),
    ("sqlx::", READING, "statements are the store's"),
    ("Statement::from", STORE, "statements are the store's"),
    ("execute_unprepared", STORE, "statements are the store's"),
    ("for_tests(", &["tests/", "domain/"], "what is made for tests stays in tests"),
];

const STORE: &[&str] = &["domain/src/store/", "migration/", "tests/"];
/// The same, and what measures beside the product.
const READING: &[&str] = &["bench/", "domain/src/store/", "migration/", "tests/"];

fn reserved(sources: &[Source]) -> Vec<Fault> {
    let mut faults = vec![];
    for source in sources {
        for (line, code) in source.code() {
            for (word, places, reason) in RESERVED {
                if code.contains(word) && !places.iter().any(|place| source.path.starts_with(place)) {
                    faults.push(source.fault(line, format!("{word} stands here: {reason}")));
                }
            }
        }
    }
    faults
}

/// D7: what GraphQL must not know of.
const BELOW_GRAPHQL: [&str; 3] = ["crate::http", "crate::auth", "crate::adapters"];

/// What the edge read from a request, as plain values that any transport can give.
const REQUEST_FACTS: [&str; 5] = [
    "crate::http::Code",
    "crate::http::IdempotencyKey",
    "crate::http::Language",
    "crate::http::Peer",
    "crate::http::RequestId",
];

fn graphql(sources: &[Source]) -> Vec<Fault> {
    let mut faults = vec![];
    for source in sources.iter().filter(|source| source.path.starts_with("api/src/graphql/")) {
        for (line, code) in source.code() {
            let code = REQUEST_FACTS.iter().fold(code.to_owned(), |code, fact| code.replace(fact, ""));
            if let Some(name) = BELOW_GRAPHQL.iter().find(|name| code.contains(*name)) {
                faults.push(
                    source.fault(line, format!("GraphQL names {name}: it must run under any transport")),
                );
            }
        }
    }
    faults
}

#[test]
fn use_cases_take_their_scope_and_permit_first() -> anyhow::Result<()> {
    let sources = workspace()?;
    none(&scope_first(&sources))?;
    none(&permit_first(&sources))
}

#[test]
fn every_exception_is_still_needed() -> anyhow::Result<()> {
    let all: Vec<String> = workspace()?
        .iter()
        .filter(|source| is_face(source))
        .flat_map(|source| {
            functions(source).into_iter().map(|(_, name, _)| format!("{}: {name}", source.path))
        })
        .collect();
    for (place, _) in SCOPELESS {
        assert!(all.iter().any(|known| known == place), "{place} is gone: take it off the list");
    }
    Ok(())
}

#[test]
fn doors_are_opened_where_they_belong() -> anyhow::Result<()> {
    let sources = workspace()?;
    none(&reserved(&sources))?;
    none(&graphql(&sources))
}

#[test]
fn a_use_case_without_its_scope_is_found() {
    let path = "domain/src/org/service/x.rs";
    let text = "impl X {\n    pub async fn a(&self, id: UnitId) {}\n    pub async fn b(\n        &self,\n        \
                _scope: &Scope,\n    ) {}\n    pub async fn c(&self) {}\n    pub async fn d(&self, scope: Scope) {}\n}\n";
    let found = scope_first(&[Source::example(path, text)]);
    assert_eq!(found.iter().map(|fault| fault.line).collect::<Vec<_>>(), [2, 7, 8]);
    assert_eq!(scope_first(&[Source::example("domain/src/org/store.rs", text)]), []);
}

#[test]
fn a_use_case_that_begins_unasked_is_found() {
    let path = "domain/src/org/service/x.rs";
    let careless =
        "    pub async fn a(&self, scope: &Scope) {\n        self.db.begin(scope).await?;\n    }\n";
    let careful = "    pub async fn a(&self, scope: &Scope) {\n        if !scope.permits(P) { return }\n        \
                   self.db.begin(scope).await?;\n    }\n";
    assert_eq!(permit_first(&[Source::example(path, careful)]), []);
    // The permission of one use case does not count for the next.
    let both = format!("{careful}{careless}");
    assert_eq!(permit_first(&[Source::example(path, &both)]).iter().map(|f| f.line).collect::<Vec<_>>(), [6]);
}

#[test]
fn a_second_door_is_found() {
    for (line, path) in [
        ("let p = PlatformScope::for_command_line(\"x\");", "api/src/graphql/org/mutation.rs"),
        ("let p = PlatformScope::for_command_line(\"x\");", "domain/src/org/service/x.rs"),
        ("unit::Entity::find().all(db)", "domain/src/org/store.rs"),
        ("E::insert_many(rows)", "domain/src/cases/store/x.rs"),
        ("E::update_many()", "domain/src/cases/store/x.rs"),
        ("E::delete_many()", "domain/src/cases/store/x.rs"),
        ("sqlx::query(\"x\")", "domain/src/identity/store/x.rs"),
        ("Statement::from_string(b, s)", "api/src/http/x.rs"),
        ("c.execute_unprepared(\"x\")", "domain/src/org/store.rs"),
        ("Vault::for_tests()", "api/src/app.rs"),
    ] {
        assert_eq!(reserved(&[Source::example(path, line)]).len(), 1, "{path}: {line}");
    }
    for line in ["use crate::http::Limits;", "crate::auth::token()", "use crate::adapters::redis;"] {
        assert_eq!(graphql(&[Source::example("api/src/graphql/kit/x.rs", line)]).len(), 1);
        assert_eq!(graphql(&[Source::example("api/src/app.rs", line)]), []);
    }
}
