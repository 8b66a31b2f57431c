//! The application's wall as statements show it: each names the tenant of every table that it touches, and what the caller reaches of it,
//! whichever wall stands behind it (requirement T1).
//!
//! [`Stage::ask`] looks at whatever it sends, so that the whole sweep does.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::hash::{BuildHasher as _, RandomState};
use std::sync::{Mutex, MutexGuard, PoisonError};

use anyhow::ensure;
use fengqiao_domain::kernel::id::{AccountId, TenantId};
use fengqiao_domain::kernel::permission::Permission;
use fengqiao_domain::kernel::scope::Scope;
use fengqiao_tests::on_backends;
use serde_json::{Value, json};
use sqlx::types::Uuid;

use super::reach::{Readers, all};
use super::statements::{Place, Tie, Touched, touched};
use crate::sweep::stage::Stage;

/// What each table of a tenant asks of a statement.
pub(crate) struct Walls(BTreeMap<String, Readers>);

impl Walls {
    /// Those that the entities declare.
    pub(crate) fn declared() -> Self {
        Self(all().into_iter().map(|declared| (declared.table, declared.readers)).collect())
    }

    /// What a statement lacks that ran for a scope.
    pub(crate) fn faults(&self, sql: &str, scope: &Scope) -> Vec<String> {
        let faults = touched(sql).into_iter().filter_map(|touched| self.fault(&touched, scope));
        faults.map(|fault| format!("{fault}: {sql}")).collect()
    }

    fn fault(&self, touched: &Touched, scope: &Scope) -> Option<String> {
        let readers = self.0.get(&touched.table)?;
        if touched.tie == Tie::None {
            return Some(format!("{} without its tenant", touched.table));
        }
        // What is tied to the row of another table is as much in reach as that one is.
        let is_read = !touched.adds && touched.place == Place::Rows && touched.tie == Tie::Value;
        let is_limited = !is_read || is_platform(scope) || says(touched, readers, scope);
        (!is_limited).then(|| format!("{} without what is in reach", touched.table))
    }
}

/// Whether it acts in tenants as the system does.
fn is_platform(scope: &Scope) -> bool {
    scope.is_system() || scope.permits(Permission::TenantCreate)
}

/// Whether a query says which rows of a table the scope reads.
fn says(touched: &Touched, readers: &Readers, scope: &Scope) -> bool {
    let has = |text: &str| touched.query.contains(text);
    let column = |column: &str, after: &str| has(&format!("{}.{column}{after}", touched.name));
    let says = match readers {
        Readers::Tenant => true,
        Readers::StaffOrOwn(account) => scope.is_staff() || column(account, " ="),
        Readers::Own(account) | Readers::Place(account) => column(account, " ="),
        Readers::Case => column("sensitivity", "") || has("FROM case_access"),
        Readers::OfCase(audience) => {
            has("FROM cases WHERE cases.tenant_id = ") && (scope.is_staff() || column(audience, " ="))
        }
        Readers::OwnUntilCase(case) => column(case, " IS NULL"),
        Readers::Auditor => scope.permits(Permission::AuditRead),
        Readers::Nobody => false,
    };
    // Nothing is in reach.
    says || has("FALSE")
}

/// Looks at statements, at each once.
pub(crate) struct Watch {
    walls: Walls,
    hashes: RandomState,
    seen: Mutex<Seen>,
}

#[derive(Default)]
struct Seen {
    statements: HashSet<u64>,
    tables: BTreeSet<String>,
}

impl Watch {
    pub(crate) fn new() -> Self {
        Self { walls: Walls::declared(), hashes: RandomState::new(), seen: Mutex::default() }
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// That nothing is wrong with what was said for a scope.
    pub(crate) fn look(&self, said: &[String], scope: &Scope) -> anyhow::Result<()> {
        for sql in said {
            let known = (sql, scope.is_staff(), is_platform(scope), scope.permits(Permission::AuditRead));
            if !self.seen().statements.insert(self.hashes.hash_one(known)) {
                continue;
            }
            let faults = self.walls.faults(sql, scope);
            ensure!(faults.is_empty(), "{}", faults.join("\n"));
            self.seen().tables.extend(touched(sql).into_iter().map(|touched| touched.table));
        }
        Ok(())
    }

    /// The tables that were looked at.
    pub(crate) fn tables(&self) -> BTreeSet<String> {
        self.seen().tables.clone()
    }
}

/// What people ask all day.
const ASKED: &str = "query($place: CaseFilter) {
    cases(first: 5) { totalCount nodes { number assignee { __typename }
      timeline(last: 3) { nodes { act text attachments { fileName } } } } }
    there: cases(first: 5, filter: $place) { nodes { number } } visits(first: 5) { totalCount nodes { findings } }
    inbox(kind: TODO, first: 5) { nodes { number } } viewer { account { login roleGrants { role } } grids { name } } }";

#[tokio::test(flavor = "multi_thread")]
async fn every_statement_names_its_tenant_and_who_reads_it() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let stage = Stage::set(backend).await?;
        let side = &stage.mirror.sides[0];
        let there = json!({"place": {"place": {"unitId": side.towns[0].to_string()}}});
        for login in ["worker", "chief", "commander", "patrol", "resident", "handler"] {
            let scope = stage.scope(0, login).await?;
            let answer = stage.ask(&scope, ASKED, &there).await?;
            let code = &answer["errors"][0]["extensions"]["code"];
            ensure!(answer["errors"].is_null() || code == "FORBIDDEN", "{login}: {answer}");
        }
        let resident = stage.scope(0, "resident").await?;
        let input = json!({"input": {"categoryId": side.categories["0201"].to_string(), "title": "垃圾满溢", "description": "路口",
            "place": {"gridId": side.grids[0][0][0].to_string()}, "source": "RESIDENT"}});
        let report =
            "mutation($input: CaseReportInput!) { caseReport(input: $input) { case { id } userErrors { code } } }";
        let answer = stage.ask(&resident, report, &input).await?;
        ensure!(answer["data"]["caseReport"]["userErrors"] == Value::Array(vec![]), "{answer}");
        let tables = stage.watch.tables();
        for table in
            ["attachments", "audit_entries", "case_access", "case_entries", "cases", "outbox_events", "serials", "visits"]
        {
            ensure!(tables.contains(table), "nobody asked for {table}: {tables:?}");
        }
        Ok(())
    })
    .await
}

#[test]
fn a_statement_that_reaches_too_far_is_named() {
    let (tenant, account) = (Uuid::from_u128(1), Uuid::from_u128(2));
    let resident = Scope::for_tests(TenantId::from_uuid(tenant), AccountId::from_uuid(account), vec![]);
    let walls = Walls::declared();
    let faults = |sql: &str| {
        let faults = walls.faults(sql, &resident);
        faults.iter().map(|fault| fault.split(':').next().unwrap_or_default().to_owned()).collect::<Vec<_>>()
    };
    let of = |table: &str, rest: &str| {
        format!(r#"SELECT "{table}"."id" FROM "{table}" WHERE "{table}"."tenant_id" = $1{rest}"#)
    };
    for (table, rest) in [
        ("units", ""),
        ("accounts", r#" AND "accounts"."id" = $2"#),
        ("sessions", r#" AND "sessions"."account_id" = $2"#),
        ("cases", " AND FALSE"),
        ("cases", r#" AND ("cases"."sensitivity" = $2 AND "cases"."grid_id" = $3)"#),
        (
            "case_entries",
            r#" AND EXISTS(SELECT $2 FROM "cases" WHERE "cases"."tenant_id" = "case_entries"."tenant_id") AND "case_entries"."audience" = $3"#,
        ),
        ("attachments", r#" AND "attachments"."case_id" IS NULL AND "attachments"."account_id" = $2"#),
        ("audit_entries", " AND FALSE"),
    ] {
        assert_eq!(faults(&of(table, rest)), [""; 0], "{table}{rest}");
    }
    for table in [
        "accounts",
        "sessions",
        "cases",
        "case_entries",
        "visits",
        "attachments",
        "audit_entries",
        "outbox_events",
    ] {
        assert_eq!(faults(&of(table, "")), [format!("{table} without what is in reach")]);
    }
    for (sql, table) in [
        (r#"SELECT "units"."id" FROM "units" WHERE "units"."code" = $1"#, "units"),
        (r#"UPDATE "units" SET "tenant_id" = $1 WHERE "units"."id" = $2"#, "units"),
        (r#"DELETE FROM "sessions" WHERE "sessions"."account_id" = $1"#, "sessions"),
        (r#"INSERT INTO "serials" ("name") VALUES ($1)"#, "serials"),
        (
            of("units", r#" AND EXISTS(SELECT $2 FROM "grids" WHERE "grids"."village_id" = "units"."id")"#)
                .as_str(),
            "grids",
        ),
    ] {
        assert_eq!(faults(sql), [format!("{table} without its tenant")], "{sql}");
    }
    // Of no tenant.
    assert_eq!(faults("SELECT version FROM seaql_migrations"), [""; 0]);
}
