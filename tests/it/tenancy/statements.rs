//! What a statement touches: a reader of SQL that knows as much of it as the store writes.

use super::words::{is_given, words};

/// By what a table is tied to a tenant within the query that names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tie {
    /// By nothing.
    None,
    /// To a value that is given, or by a column that is written.
    Value,
    /// To the row of another table, which has a tie of its own.
    Row,
}

/// What becomes of the rows of a query.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Place {
    /// They are read or changed.
    #[default]
    Rows,
    /// They only say whether other rows are.
    Condition,
}

/// A table in a query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Touched {
    pub(crate) table: String,
    /// What the query calls it.
    pub(crate) name: String,
    pub(crate) tie: Tie,
    pub(crate) place: Place,
    /// Whether rows are added to it.
    pub(crate) adds: bool,
    /// The query, without quotes around its names.
    pub(crate) query: String,
}

/// Every table that a statement names, in the order in which its queries end.
pub(crate) fn touched(sql: &str) -> Vec<Touched> {
    Reading { sql, words: words(sql), frames: vec![Frame::default()], touched: vec![] }.read()
}

/// Which part of a query a word stands in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Clause {
    /// Where nothing is compared.
    #[default]
    Other,
    /// A table comes next.
    Awaiting,
    /// After a table: a comma brings another.
    Tables,
    /// After `WHERE` or `ON`.
    Condition,
}

/// What a tenant is compared with.
#[derive(Clone, Debug)]
enum With {
    Value,
    /// The tenant of what is called so.
    Table(String),
}

/// A comparison of a tenant.
#[derive(Clone, Debug)]
struct Compared {
    name: String,
    /// Whether it is the tenant that somebody comes from.
    is_home: bool,
    with: With,
}

/// A query that is not over yet.
#[derive(Clone, Debug)]
struct Query {
    start: usize,
    adds: bool,
    /// Tables and what they are called.
    tables: Vec<(String, String)>,
    /// Whether the tenant is among the columns that are written.
    writes_tenant: bool,
}

/// A pair of parentheses, or what stands in none.
#[derive(Clone, Debug, Default)]
struct Frame {
    query: Option<Query>,
    clause: Clause,
    place: Place,
    /// What is compared holds nothing together: there is an `OR` beside it, or a `NOT` before it.
    is_weak: bool,
    pending: Vec<Compared>,
    compared: Vec<Compared>,
}

impl Frame {
    /// Another clause begins.
    fn turn(&mut self, clause: Clause) {
        let pending = std::mem::take(&mut self.pending);
        if !self.is_weak {
            self.compared.extend(pending);
        }
        self.is_weak = false;
        self.clause = clause;
    }
}

struct Reading<'a> {
    sql: &'a str,
    words: Vec<(usize, &'a str)>,
    frames: Vec<Frame>,
    touched: Vec<Touched>,
}

impl Reading<'_> {
    fn read(mut self) -> Vec<Touched> {
        for at in 0..self.words.len() {
            self.word(at);
        }
        while !self.frames.is_empty() {
            self.close(self.sql.len());
        }
        self.touched
    }

    fn text(&self, at: usize) -> &str {
        self.words.get(at).map_or("", |(_, word)| word)
    }

    /// A name without its quotes.
    fn name(&self, at: usize) -> String {
        self.text(at).trim_matches('"').to_owned()
    }

    fn is_name(&self, at: usize) -> bool {
        self.text(at).starts_with(|first: char| first == '"' || first == '_' || first.is_alphabetic())
    }

    fn before(&self, at: usize, back: usize) -> &str {
        at.checked_sub(back).map_or("", |at| self.text(at))
    }

    fn word(&mut self, at: usize) {
        let start = self.words.get(at).map_or(0, |(start, _)| *start);
        let before = self.before(at, 1).to_ascii_uppercase();
        let word = self.text(at).to_ascii_uppercase();
        let Some(clause) = self.frames.last().map(|frame| frame.clause) else { return };
        match word.as_str() {
            "(" => self.open(&before, clause),
            ")" => self.close(start),
            "SELECT" | "DELETE" | "INSERT" => self.begin(start, &word),
            "UPDATE" if self.is_outside() => {
                self.begin(start, &word);
                self.turn(Clause::Awaiting);
            }
            "FROM" if before == "DISTINCT" || self.is_outside() => {}
            "FROM" | "JOIN" | "INTO" => self.turn(Clause::Awaiting),
            "," if clause == Clause::Tables => self.turn(Clause::Awaiting),
            "WHERE" | "ON" => self.turn(Clause::Condition),
            "SET" | "GROUP" | "ORDER" | "LIMIT" | "RETURNING" | "HAVING" | "UNION" | "VALUES" | "FOR" => {
                self.turn(Clause::Other);
            }
            "OR" if clause == Clause::Condition => self.weaken(),
            _ if clause == Clause::Awaiting && self.is_name(at) => self.table(at),
            _ if clause == Clause::Condition => self.compare(at),
            _ => {}
        }
    }

    /// Whether no query has begun in these parentheses.
    fn is_outside(&self) -> bool {
        self.frames.last().is_none_or(|frame| frame.query.is_none())
    }

    fn turn(&mut self, clause: Clause) {
        if let Some(frame) = self.frames.last_mut() {
            frame.turn(clause);
        }
    }

    fn weaken(&mut self) {
        if let Some(frame) = self.frames.last_mut() {
            frame.is_weak = true;
        }
    }

    fn open(&mut self, before: &str, clause: Clause) {
        let outer = self.frames.last().map(|frame| frame.place).unwrap_or_default();
        if clause == Clause::Awaiting {
            self.turn(Clause::Tables);
        }
        let within = clause == Clause::Condition;
        self.frames.push(Frame {
            clause: if within { Clause::Condition } else { Clause::Other },
            place: if within { Place::Condition } else { outer },
            is_weak: before == "NOT",
            ..Frame::default()
        });
    }

    fn close(&mut self, end: usize) {
        let Some(mut frame) = self.frames.pop() else { return };
        frame.turn(Clause::Other);
        let Some(query) = frame.query.take() else {
            if let Some(outer) = self.frames.last_mut() {
                outer.pending.extend(frame.compared);
            }
            return;
        };
        self.finish(&query, &frame, end);
    }

    fn begin(&mut self, start: usize, word: &str) {
        let Some(mut frame) = self.frames.pop() else { return };
        frame.turn(Clause::Other);
        if let Some(query) = frame.query.take() {
            self.finish(&query, &frame, start);
        }
        frame.compared.clear();
        frame.query = Some(Query { start, adds: word == "INSERT", tables: vec![], writes_tenant: false });
        self.frames.push(frame);
    }

    /// A table that is read, changed or added to; a function is none.
    fn table(&mut self, at: usize) {
        let mut last = at;
        while self.text(last + 1) == "." {
            last += 2;
        }
        let adds = self.before(at, 1).eq_ignore_ascii_case("INTO");
        let is_function = self.text(last + 1) == "(" && !adds;
        let alias = if self.text(last + 1).eq_ignore_ascii_case("AS") { last + 2 } else { last + 1 };
        let is_alias = self.is_name(alias) && self.text(alias).contains(|c: char| c.is_ascii_lowercase());
        let table = self.name(last);
        let name = if is_alias && !adds { self.name(alias) } else { table.clone() };
        let columns = self.words.iter().skip(last).map(|(_, word)| word.trim_matches('"'));
        let writes_tenant = adds && columns.take_while(|word| *word != ")").any(|word| word == "tenant_id");
        self.turn(Clause::Tables);
        let Some(query) = self.frames.last_mut().and_then(|frame| frame.query.as_mut()) else { return };
        if !is_function {
            query.writes_tenant |= writes_tenant;
            query.tables.push((table, name));
        }
    }

    /// Keeps what a tenant is compared with.
    fn compare(&mut self, at: usize) {
        let column = self.name(at);
        if !matches!(column.as_str(), "tenant_id" | "home_tenant_id") || self.text(at + 1) == "." {
            return;
        }
        let (name, start) = match self.before(at, 1) {
            "." => (self.before(at, 2).trim_matches('"').to_owned(), at.saturating_sub(2)),
            _ => (String::new(), at),
        };
        let is_after_value = self.before(start, 1) == "=" && is_given(self.before(start, 2));
        let with = match self.text(at + 1) {
            "=" => self.operand(at + 2),
            _ => is_after_value.then_some(With::Value),
        };
        let Some(with) = with else { return };
        let compared = Compared { name, is_home: column == "home_tenant_id", with };
        if let Some(frame) = self.frames.last_mut() {
            frame.pending.push(compared);
        }
    }

    /// What stands on the right: a value, or the tenant of another table.
    fn operand(&self, at: usize) -> Option<With> {
        if is_given(self.text(at)) {
            return Some(With::Value);
        }
        let is_tenant = self.text(at + 1) == "." && self.name(at + 2) == "tenant_id";
        is_tenant.then(|| With::Table(self.name(at)))
    }

    fn finish(&mut self, query: &Query, frame: &Frame, end: usize) {
        let whole = self.sql.get(query.start..end).unwrap_or_default().replace('"', "");
        let ties = ties(query, &frame.compared);
        for ((table, name), tie) in query.tables.iter().zip(ties) {
            let adds = query.adds;
            let tie = if adds && query.writes_tenant { Tie::Value } else { tie };
            let (table, name, query) = (table.clone(), name.clone(), whole.clone());
            self.touched.push(Touched { table, name, tie, place: frame.place, adds, query });
        }
    }
}

/// By what each table of a query is tied.
fn ties(query: &Query, compared: &[Compared]) -> Vec<Tie> {
    let at = |name: &str| match query.tables.as_slice() {
        [_] if name.is_empty() => Some(0),
        tables => tables.iter().position(|(_, known)| known == name),
    };
    let mut ties = vec![Tie::None; query.tables.len()];
    for one in compared.iter().filter(|one| matches!(one.with, With::Value)) {
        let Some(place) = at(&one.name) else { continue };
        match (one.is_home, query.tables[place].0.as_str()) {
            (false, _) => ties[place] = Tie::Value,
            // By the tenant that whoever holds it comes from: that is how it is found.
            (true, "oversight_grants") if ties[place] == Tie::None => ties[place] = Tie::Row,
            (true, _) => {}
        }
    }
    // As often as a tie can go on from one table to the next.
    for _ in 0..query.tables.len() {
        for one in compared.iter().filter(|one| !one.is_home) {
            let With::Table(with) = &one.with else { continue };
            for (left, right) in [(&one.name, with), (with, &one.name)] {
                let Some(place) = at(left).filter(|place| ties[*place] == Tie::None) else { continue };
                // A name that is none of this query's is of the query around it.
                if at(right).is_none_or(|other| ties[other] != Tie::None) {
                    ties[place] = Tie::Row;
                }
            }
        }
    }
    ties
}

fn told(sql: &str) -> Vec<(String, Tie, Place)> {
    touched(sql).into_iter().map(|touched| (touched.name, touched.tie, touched.place)).collect()
}

fn one(name: &str, tie: Tie) -> Vec<(String, Tie, Place)> {
    vec![(name.to_owned(), tie, Place::Rows)]
}

#[test]
fn a_tie_is_told_from_what_only_looks_like_one() {
    for (sql, tie) in [
        (r#"SELECT "a"."id" FROM "a" WHERE "a"."tenant_id" = $1 AND "a"."id" = $2"#, Tie::Value),
        (
            r#"SELECT "a"."id" FROM "a" WHERE ("a"."tenant_id" = ? AND ("a"."x" = ? OR "a"."y" = ?)) LIMIT ?"#,
            Tie::Value,
        ),
        (r#"SELECT "a"."tenant_id" FROM "a" WHERE "a"."id" = $1"#, Tie::None),
        (r#"SELECT "a"."id" FROM "a" WHERE "a"."tenant_id" = $1 OR "a"."id" = $2"#, Tie::None),
        (r#"SELECT "a"."id" FROM "a" WHERE ("a"."tenant_id" = $1 OR TRUE) AND "a"."id" = $2"#, Tie::None),
        (r#"SELECT "a"."id" FROM "a" WHERE NOT ("a"."tenant_id" = $1)"#, Tie::None),
        (r#"SELECT "a"."id" FROM "a" WHERE "a"."tenant_id" <> $1"#, Tie::None),
        (r#"SELECT "a"."id" FROM "a" WHERE "a"."tenant_id" = "a"."tenant_id""#, Tie::None),
        (r#"SELECT "a"."id" FROM "a" ORDER BY "a"."tenant_id" = $1"#, Tie::None),
        (r#"UPDATE "a" SET "tenant_id" = $1 WHERE "a"."id" = $2"#, Tie::None),
        (r#"UPDATE "a" SET "x" = "x" + $1 WHERE "a"."tenant_id" = $2 RETURNING "x""#, Tie::Value),
        (r#"DELETE FROM "a" WHERE "a"."id" = $1"#, Tie::None),
        (r#"DELETE FROM "a" WHERE "a"."tenant_id" = $1 AND "a"."id" IS NOT DISTINCT FROM $2"#, Tie::Value),
        (r#"INSERT INTO "a" ("tenant_id", "id") VALUES ($1, $2), ($3, $4)"#, Tie::Value),
        (r#"INSERT INTO "a" ("id") VALUES ($1) ON CONFLICT ("tenant_id", "id") DO NOTHING"#, Tie::None),
        ("SELECT id FROM a WHERE tenant_id = $1", Tie::Value),
        ("SELECT id FROM a WHERE id = 'tenant_id = $1'", Tie::None),
        (r#"SELECT "a"."id" FROM "a" WHERE "a"."tenant_id" = $1 FOR NO KEY UPDATE"#, Tie::Value),
    ] {
        assert_eq!(told(sql), one("a", tie), "{sql}");
    }
    assert_eq!(told("SELECT set_config('app.tenant', 'x', true)"), []);
    assert_eq!(told("SELECT * FROM lookup_tenants() WHERE tenant_id = $1"), []);
}

#[test]
fn every_query_of_a_statement_has_ties_of_its_own() {
    let a = |tie| ("a".to_owned(), tie, Place::Rows);
    let within = |name: &str, tie| (name.to_owned(), tie, Place::Condition);
    let around = r#"SELECT "a"."id" FROM "a" WHERE "a"."tenant_id" = $1 AND "#;
    for (rest, inner) in [
        (r#"EXISTS(SELECT $2 FROM "b" WHERE "b"."tenant_id" = "a"."tenant_id" AND "b"."x" = $3)"#, Tie::Row),
        (r#"EXISTS(SELECT $2 FROM "b" WHERE "b"."a_id" = "a"."id")"#, Tie::None),
        (
            r#""a"."id" IN (SELECT "x" FROM "c" AS "b" WHERE ("b"."tenant_id" = $2) AND "b"."y" IS NULL)"#,
            Tie::Value,
        ),
        (r#""a"."id" IN (SELECT "b"."x" FROM "b" WHERE "a"."tenant_id" = $2)"#, Tie::None),
    ] {
        assert_eq!(told(&format!("{around}{rest}")), [within("b", inner), a(Tie::Value)], "{rest}");
    }
    let joined = |on: &str, tie| {
        let sql = format!(r#"SELECT * FROM "a" INNER JOIN "b" ON {on} WHERE "a"."tenant_id" = $1"#);
        assert_eq!(told(&sql), [a(Tie::Value), ("b".to_owned(), tie, Place::Rows)], "{on}");
    };
    joined(r#""b"."tenant_id" = "a"."tenant_id" AND "b"."id" = "a"."b_id""#, Tie::Row);
    joined(r#""b"."id" = "a"."b_id""#, Tie::None);
    let counted = r#"SELECT COUNT(*) AS num_items FROM (SELECT "a"."id" FROM "a" LIMIT $1) AS "sub_query""#;
    assert_eq!(told(counted), [a(Tie::None)]);
    let both = r#"SELECT "w"."id" FROM (SELECT "a"."id" FROM "a" WHERE "a"."tenant_id" = $1) AS "w" UNION ALL (SELECT "w"."id" FROM (SELECT "a"."id" FROM "a") AS "w")"#;
    assert_eq!(told(both), [a(Tie::Value), a(Tie::None)]);
    let together =
        r#"WITH "part_0" AS (INSERT INTO "a" ("id") VALUES ($1)) INSERT INTO "a" ("tenant_id") VALUES ($2)"#;
    assert_eq!(told(together), [a(Tie::None), a(Tie::Value)]);
    let home = "SELECT o.tenant_id FROM oversight_grants o JOIN tenants t ON t.tenant_id = o.tenant_id WHERE o.home_tenant_id = $1";
    assert_eq!(
        told(home),
        [("o".to_owned(), Tie::Row, Place::Rows), ("t".to_owned(), Tie::Row, Place::Rows)]
    );
}
