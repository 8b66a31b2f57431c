//! What PostgreSQL's catalogue must say about every table, the ones to come included.

use anyhow::ensure;
use fengqiao_tests::{SUPERUSER, on_each, on_postgres};
use sqlx::PgPool;

/// Tables that belong to no tenant.
const TENANTLESS: [&str; 2] = ["deployment_facts", "seaql_migrations"];

/// Indexes that do not start with the tenant, because they are how a tenant or a session is found, or how the worker
/// finds what is due in any of them.
const GLOBAL_INDEXES: [&str; 5] = [
    "tenants_code",
    "refresh_tokens_hash",
    "cases_next_due",
    "idempotency_records_at",
    "oversight_grants_home",
];

/// Functions that run with their owner's rights.
const DEFINERS: [&str; 10] = [
    "lookup_credential(text,text)",
    "lookup_exchange_partner(text,text)",
    "lookup_external_identity(uuid,uuid,bytea)",
    "lookup_home(uuid,uuid,uuid)",
    "lookup_kept_identity(uuid,uuid,bytea)",
    "lookup_overseer(text,uuid)",
    "lookup_oversight(uuid,uuid)",
    "lookup_refresh(bytea)",
    "lookup_tenant(text)",
    "lookup_tenants()",
];

/// The comparison of every tenant policy, as PostgreSQL prints it.
const TENANT: &str = "(tenant_id = ( SELECT (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid \
     AS \"nullif\"))";

#[tokio::test(flavor = "multi_thread")]
async fn every_table_is_walled() -> anyhow::Result<()> {
    on_postgres(async |world| {
        let faults = faults(&world.pool(SUPERUSER)?).await?;
        ensure!(faults.is_empty(), "{}", faults.join("\n"));
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn every_key_starts_with_the_tenant_on_sqlite_too() -> anyhow::Result<()> {
    on_each(async |world| {
        let Ok(pool) = world.sqlite() else { return Ok(()) };
        let faults: Vec<String> = sqlx::query_scalar(SQLITE_KEYS).fetch_all(&pool).await?;
        let faults: Vec<String> = faults
            .into_iter()
            .filter(|fault| !GLOBAL_INDEXES.iter().any(|name| fault.contains(name)))
            .collect();
        ensure!(faults.is_empty(), "{}", faults.join("\n"));
        Ok(())
    })
    .await
}

/// Everything in the catalogue that opens a wall.
pub(crate) async fn faults(pool: &PgPool) -> anyhow::Result<Vec<String>> {
    let mut faults = vec![];
    for question in QUESTIONS {
        let rows: Vec<String> = sqlx::query_scalar(question).fetch_all(pool).await?;
        faults.extend(rows);
    }
    faults.extend(strangers(pool).await?);
    faults.extend(policies(pool).await?);
    faults.extend(definers(pool).await?);
    Ok(faults)
}

/// Each gives one line per object at fault.
const QUESTIONS: [&str; 6] = [
    "SELECT 'table ' || c.relname || ' has row-level security disabled or not forced' FROM pg_class c \
     JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id' WHERE c.relkind IN ('r', 'p') \
     AND c.relnamespace = 'public'::regnamespace AND NOT (c.relrowsecurity AND c.relforcerowsecurity)",
    // Primary, unique and foreign keys, on both of their sides.
    "SELECT 'key ' || k.conname || ' of ' || k.conrelid::regclass || ' does not start with tenant_id' \
     FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid AND c.relnamespace = 'public'::regnamespace \
     JOIN pg_attribute own ON own.attrelid = c.oid AND own.attname = 'tenant_id' \
     LEFT JOIN pg_attribute there ON there.attrelid = k.confrelid AND there.attname = 'tenant_id' \
     WHERE k.contype IN ('p', 'u', 'f') AND (k.conkey[1] IS DISTINCT FROM own.attnum \
     OR (k.contype = 'f' AND k.confkey[1] IS DISTINCT FROM there.attnum))",
    "SELECT 'role ' || rolname || ' is above the policies or may create roles and databases' FROM pg_roles \
     WHERE rolname LIKE 'fengqiao\\_%' AND (rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb \
     OR rolreplication)",
    "SELECT 'relation ' || relname || ' is owned by ' || pg_get_userbyid(relowner) FROM pg_class \
     WHERE relnamespace = 'public'::regnamespace AND pg_get_userbyid(relowner) <> 'fengqiao_owner'",
    "SELECT 'table ' || c.relname || ' grants ' || p.privilege_type || ' to ' || coalesce(r.rolname, 'PUBLIC') \
     FROM pg_class c CROSS JOIN LATERAL aclexplode(c.relacl) p LEFT JOIN pg_roles r ON r.oid = p.grantee \
     WHERE c.relnamespace = 'public'::regnamespace AND p.grantee <> c.relowner \
     AND (r.rolname IS NULL OR p.privilege_type NOT IN ('SELECT', 'INSERT', 'UPDATE', 'DELETE'))",
    "SELECT 'view ' || relname || ' reads with the rights of its owner' FROM pg_class \
     WHERE relkind IN ('v', 'm') AND relnamespace = 'public'::regnamespace \
     AND NOT coalesce('security_invoker=true' = ANY (reloptions), false)",
];

/// Primary keys, unique and plain indexes and foreign keys of SQLite that do not start with the tenant.
const SQLITE_KEYS: &str = "WITH t AS (SELECT name FROM sqlite_schema WHERE type = 'table' \
     AND name NOT LIKE 'sqlite_%' AND name NOT IN ('deployment_facts', 'seaql_migrations')) \
     SELECT 'table ' || t.name || ' lacks tenant_id as first part of its key' FROM t WHERE NOT EXISTS \
     (SELECT 1 FROM pragma_table_info(t.name) c WHERE c.name = 'tenant_id' AND c.pk = 1 AND c.\"notnull\" = 1) \
     UNION ALL SELECT 'index ' || i.name || ' of ' || t.name || ' does not start with tenant_id' \
     FROM t, pragma_index_list(t.name) i, pragma_index_info(i.name) c WHERE c.seqno = 0 AND c.name <> 'tenant_id' \
     UNION ALL SELECT 'foreign key of ' || t.name || ' to ' || f.\"table\" || ' does not start with tenant_id' \
     FROM t, pragma_foreign_key_list(t.name) f WHERE f.seq = 0 AND (f.\"from\" <> 'tenant_id' OR f.\"to\" <> 'tenant_id')";

/// Tables without a tenant, and indexes that do not start with it, beyond the lists above.
async fn strangers(pool: &PgPool) -> anyhow::Result<Vec<String>> {
    let tables: Vec<String> = sqlx::query_scalar(
        "SELECT c.relname::text FROM pg_class c WHERE c.relkind IN ('r', 'p', 'f') \
         AND c.relnamespace = 'public'::regnamespace AND NOT EXISTS (SELECT 1 FROM pg_attribute a \
         WHERE a.attrelid = c.oid AND a.attname = 'tenant_id' AND a.attnotnull)",
    )
    .fetch_all(pool)
    .await?;
    let indexes: Vec<String> = sqlx::query_scalar(
        "SELECT i.indexrelid::regclass::text FROM pg_index i \
         JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attname = 'tenant_id' \
         JOIN pg_class c ON c.oid = i.indrelid AND c.relnamespace = 'public'::regnamespace \
         WHERE i.indkey[0] <> a.attnum",
    )
    .fetch_all(pool)
    .await?;
    let tables = tables.into_iter().filter(|name| !TENANTLESS.contains(&name.as_str()));
    let indexes = indexes.into_iter().filter(|name| !GLOBAL_INDEXES.contains(&name.as_str()));
    Ok(tables
        .map(|name| format!("table {name} belongs to no tenant and is not on the list"))
        .chain(indexes.map(|name| format!("index {name} does not start with tenant_id")))
        .collect())
}

#[derive(sqlx::FromRow)]
struct Policy {
    table: String,
    name: String,
    permissive: bool,
    command: String,
    roles: String,
    using: Option<String>,
    check: Option<String>,
}

/// Tenant policies that are missing or weak, policies nobody planned, settings that open when empty.
async fn policies(pool: &PgPool) -> anyhow::Result<Vec<String>> {
    let policies: Vec<Policy> = sqlx::query_as(
        "SELECT tablename::text AS table, policyname::text AS name, permissive = 'PERMISSIVE' AS permissive, \
         cmd AS command, array_to_string(roles, ',') AS roles, qual AS using, with_check AS check \
         FROM pg_policies WHERE schemaname = 'public' ORDER BY 1, 2",
    )
    .fetch_all(pool)
    .await?;
    let tables: Vec<String> = sqlx::query_scalar(
        "SELECT c.relname::text FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid \
         AND a.attname = 'tenant_id' WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace",
    )
    .fetch_all(pool)
    .await?;
    let mut faults: Vec<String> = tables
        .iter()
        .filter(|table| !policies.iter().any(|policy| policy.table == **table && policy.holds_the_tenant()))
        .map(|table| format!("table {table} has no restrictive tenant policy for reading and writing"))
        .collect();
    for policy in &policies {
        let place = format!("policy {} on {}", policy.name, policy.table);
        if !policy.is_planned() {
            faults.push(format!("{place} is {} for {} and nobody planned it", policy.command, policy.roles));
        }
        if opens_when_empty(policy.using.as_deref()) || opens_when_empty(policy.check.as_deref()) {
            faults.push(format!("{place} reads a setting without NULLIF"));
        }
        if reads_per_row(policy.using.as_deref()) || reads_per_row(policy.check.as_deref()) {
            faults.push(format!("{place} reads a setting for every row"));
        }
    }
    Ok(faults)
}

impl Policy {
    fn holds_the_tenant(&self) -> bool {
        !self.permissive
            && self.command == "ALL"
            && self.roles == "fengqiao_app"
            && self.using.as_deref() == Some(TENANT)
            && self.check.as_deref() == Some(TENANT)
    }

    /// Whether it shows the rows of tenants in some states alone.
    fn is_of_tenants(&self, states: &str) -> bool {
        let using: String = self.using.iter().flat_map(|using| using.split_whitespace()).collect();
        let states = format!("state{}::text", states.replace(' ', ""));
        let wanted = match self.table.as_str() {
            "tenants" => format!("({states})"),
            table => {
                format!("(EXISTS(SELECT1FROMtenantstWHERE((t.tenant_id={table}.tenant_id)AND(t.{states}))))")
            }
        };
        using == wanted
    }

    /// The policies that the migrations make; what `reach` says is checked against the entities.
    fn is_planned(&self) -> bool {
        let shape = (self.name.as_str(), self.permissive, self.command.as_str(), self.roles.as_str());
        let always = self.using.as_deref() == Some("true");
        match shape {
            ("tenant", false, "ALL", "fengqiao_app") => self.holds_the_tenant(),
            ("append", true, "INSERT", "fengqiao_app")
            | ("reach", true, "SELECT", "fengqiao_app")
            | ("change", true, "UPDATE", "fengqiao_app")
            | ("remove", true, "DELETE", "fengqiao_app") => true,
            ("worker", true, "ALL", "fengqiao_worker") | ("lookup", true, "SELECT", "fengqiao_lookup") => {
                always
            }
            // Of some columns, which `outside.rs` names.
            ("worker", true, "SELECT", "fengqiao_worker") => {
                always && matches!(self.table.as_str(), "cases" | "tenants" | "webhooks")
            }
            ("leaving", true, "SELECT", "fengqiao_owner") => self.is_of_tenants("<> 'open'"),
            ("erasing", true, "DELETE", "fengqiao_owner") => {
                self.is_of_tenants("= 'erasing'")
                    && !self.table.starts_with("audit_")
                    && self.table != "tenants"
            }
            _ => false,
        }
    }
}

/// Whether a setting that is empty could count as a value: everything but a comparison with `1` needs
/// `NULLIF` around it, since a setting is empty and not null once a transaction that made it has ended.
fn opens_when_empty(expression: Option<&str>) -> bool {
    let expression = expression.unwrap_or_default();
    expression.match_indices("current_setting(").any(|(at, _)| {
        let before = expression.get(..at).unwrap_or_default();
        let after = expression.get(at..).unwrap_or_default();
        let flag =
            after.find(')').and_then(|end| after.get(end..)).is_some_and(|rest| rest.starts_with(") = '1'"));
        !before.ends_with("NULLIF(") && !flag
    })
}

/// Whether a setting stands elsewhere than in a query of its own that names nothing else: PostgreSQL runs such a query once.
fn reads_per_row(expression: Option<&str>) -> bool {
    let expression = expression.unwrap_or_default();
    expression.match_indices("current_setting('").any(|(at, start)| {
        let before = expression.get(..at).unwrap_or_default();
        let after = expression.get(at + start.len()..).unwrap_or_default();
        let rest = after.split_once('\'').map_or("", |(_, rest)| rest);
        let kinds = ["uuid", "uuid[]", "jsonb"];
        let is_value = before.ends_with("( SELECT (NULLIF(")
            && kinds
                .iter()
                .any(|kind| rest.starts_with(&format!("::text, true), ''::text))::{kind} AS \"nullif\")")));
        let is_flag = before.ends_with("( SELECT (") && rest.starts_with("::text, true) = '1'::text))");
        !is_value && !is_flag
    })
}

/// Functions with their owner's rights: exactly the planned ones, each with its path pinned.
async fn definers(pool: &PgPool) -> anyhow::Result<Vec<String>> {
    let found: Vec<(String, String, String, bool)> = sqlx::query_as(
        "SELECT p.oid::regprocedure::text, pg_get_userbyid(p.proowner)::text, \
         coalesce(array_to_string(p.proconfig, ';'), ''), EXISTS (SELECT 1 FROM aclexplode(p.proacl) g \
         WHERE g.grantee = 0) OR p.proacl IS NULL FROM pg_proc p WHERE p.prosecdef \
         AND p.pronamespace = 'public'::regnamespace ORDER BY 1",
    )
    .fetch_all(pool)
    .await?;
    let mut faults: Vec<String> = DEFINERS
        .iter()
        .filter(|name| !found.iter().any(|(signature, ..)| signature == *name))
        .map(|name| format!("function {name} is gone"))
        .collect();
    for (signature, owner, settings, public) in found {
        if !DEFINERS.contains(&signature.as_str()) {
            faults.push(format!("function {signature} is SECURITY DEFINER and not on the list"));
        }
        if owner != "fengqiao_lookup" {
            faults.push(format!("function {signature} runs with the rights of {owner}"));
        }
        if settings != "search_path=pg_catalog, public, pg_temp" {
            faults.push(format!("function {signature} has no pinned search_path"));
        }
        if public {
            faults.push(format!("function {signature} may be called by everyone"));
        }
    }
    Ok(faults)
}

#[test]
fn a_setting_in_a_query_of_its_own_is_told_from_one_beside_a_row() {
    let value =
        "( SELECT (NULLIF(current_setting('app.towns'::text, true), ''::text))::uuid[] AS \"nullif\")";
    let flag = "COALESCE(( SELECT (current_setting('app.staff'::text, true) = '1'::text)), false)";
    for whole in
        ["true", value, flag, &format!("({flag} OR COALESCE((town_id = ANY ({value}::uuid[])), false))")]
    {
        assert!(!reads_per_row(Some(whole)), "{whole}");
    }
    for beside in [
        "(id = (NULLIF(current_setting('app.account'::text, true), ''::text))::uuid)",
        "(current_setting('app.staff'::text, true) = '1'::text)",
        "( SELECT (NULLIF(current_setting('app.account'::text, true), ''::text))::uuid = id)",
        &format!("({value} OR (current_setting('app.staff'::text, true) = '1'::text))"),
    ] {
        assert!(reads_per_row(Some(beside)), "{beside}");
    }
}
