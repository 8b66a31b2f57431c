//! Whether the database's walls and guards stand: asked by `fengqiao doctor` and at every start on PostgreSQL.

use std::collections::BTreeMap;

use aws_lc_rs::digest::{SHA256, digest};
use sqlx::{Pool, Postgres, Sqlite};

use crate::store::db::Pools;
use crate::store::{Db, StoreError};

/// The lookup functions, by signature: nothing else may run with another role's rights.
const LOOKUPS: [&str; 10] = [
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

/// Questions to the catalogue; each row is one object at fault and what is wrong with it.
const QUESTIONS: [&str; 12] = [
    // A role that no policy binds.
    "SELECT 'role ' || rolname || ' ' || CASE WHEN rolsuper THEN 'is superuser' ELSE 'has BYPASSRLS' END \
     FROM pg_roles WHERE rolname = current_user AND (rolsuper OR rolbypassrls)",
    // A role that owns what it reads, itself or through membership.
    "SELECT 'table ' || relname || ' is owned by ' || pg_get_userbyid(relowner) || ', which ' || current_user \
     || ' is a member of' FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace \
     AND pg_has_role(current_user, relowner, 'MEMBER')",
    // A tenant table without its wall.
    "SELECT 'table ' || c.relname || ' has row-level security ' || CASE WHEN c.relrowsecurity THEN 'not forced' \
     ELSE 'disabled' END FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id' \
     WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace \
     AND NOT (c.relrowsecurity AND c.relforcerowsecurity)",
    // A table that lost its restrictive tenant policy.
    "SELECT 'table ' || c.relname || ' has no restrictive policy called tenant' FROM pg_class c \
     JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id' \
     WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace AND NOT EXISTS \
     (SELECT 1 FROM pg_policy p WHERE p.polrelid = c.oid AND p.polname = 'tenant' AND NOT p.polpermissive)",
    // A tenant policy that compares nothing.
    "SELECT 'policy tenant on ' || tablename || ' does not compare the tenant' FROM pg_policies \
     WHERE schemaname = 'public' AND policyname = 'tenant' AND NOT coalesce(\
     qual LIKE '(tenant_id = ( SELECT (NULLIF(current_setting(''app.tenant''%' \
     AND with_check LIKE '(tenant_id = ( SELECT (NULLIF(current_setting(''app.tenant''%', false)",
    // What the owner sees and removes of a tenant that does not leave.
    "SELECT 'policy ' || policyname || ' on ' || tablename || ' is not for tenants that leave' FROM pg_policies \
     WHERE schemaname = 'public' AND policyname IN ('leaving', 'erasing') AND NOT (roles = '{fengqiao_owner}' \
     AND cmd = CASE policyname WHEN 'leaving' THEN 'SELECT' ELSE 'DELETE' END \
     AND coalesce(qual LIKE CASE policyname WHEN 'leaving' THEN '%state <> ''open''::text%' ELSE '%state = ''erasing''::text%' END, false))",
    // A table of which its owner would hand over nothing, or erase nothing.
    "SELECT 'table ' || c.relname || ' has no policy called ' || w.name FROM pg_class c \
     JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id' CROSS JOIN (VALUES ('leaving'), ('erasing')) AS w (name) \
     WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND NOT EXISTS \
     (SELECT 1 FROM pg_policy p WHERE p.polrelid = c.oid AND p.polname = w.name) \
     AND NOT (w.name = 'erasing' AND (c.relname = 'tenants' OR c.relname LIKE 'audit\\_%'))",
    // A policy that somebody added by hand.
    "SELECT 'policy ' || policyname || ' on ' || tablename || ' is not one of the migrations' FROM pg_policies \
     WHERE schemaname = 'public' \
     AND policyname NOT IN ('tenant', 'append', 'reach', 'change', 'remove', 'worker', 'lookup', 'leaving', 'erasing')",
    // A view that reads with its owner's rights.
    "SELECT 'view ' || relname || ' lacks security_invoker' FROM pg_class WHERE relkind IN ('v', 'm') \
     AND relnamespace = 'public'::regnamespace \
     AND NOT coalesce('security_invoker=true' = ANY (reloptions), false)",
    // Rights that row-level security does not cover.
    "SELECT 'table ' || c.relname || ' grants ' || p.name || ' to ' || current_user FROM pg_class c, \
     unnest(ARRAY['TRUNCATE', 'REFERENCES', 'TRIGGER']) AS p (name) WHERE c.relkind IN ('r', 'p') \
     AND c.relnamespace = 'public'::regnamespace AND has_table_privilege(current_user, c.oid, p.name)",
    // A guard of the audit trail that somebody took away or switched off.
    "SELECT 'trigger ' || w.name || ' on ' || w.relation || ' is gone or disabled' FROM (VALUES \
     ('audit_entries', 'audit_entries_wait'), ('audit_entries', 'audit_entries_kept'), \
     ('audit_entries', 'audit_entries_not_removed'), ('audit_seals', 'audit_seals_kept'), \
     ('audit_seals', 'audit_seals_not_removed'), ('audit_seals', 'audit_seals_follow'), \
     ('audit_heads', 'audit_heads_move_on'), ('audit_heads', 'audit_heads_not_removed'), \
     ('audit_entries', 'audit_not_emptied'), ('audit_seals', 'audit_not_emptied'), \
     ('audit_heads', 'audit_not_emptied')) AS w (relation, name) WHERE NOT EXISTS (SELECT 1 FROM pg_trigger t \
     WHERE t.tgname = w.name AND t.tgrelid = w.relation::regclass AND t.tgenabled IN ('O', 'A'))",
    // A guard that says something else now, by MD5 of its body: enough for a slip, and a superuser can deceive anything here.
    "SELECT 'function ' || w.name || '() is not what the migrations made' FROM (VALUES ('audit_entries_kept', 'c0c5f296a7ede6e92e432931765d7140'), \
     ('audit_entries_not_removed', '984e902190f79616bfb9d1180f159275'), \
     ('audit_seals_kept', 'c547d3675245c9b936d541449bc97b9c'), \
     ('audit_seals_not_removed', 'fdd2bd4c31b08a2eafe8445d0098ccee'), \
     ('audit_heads_move_on', '6ae20cf9514bc72dfef51d696716f922'), \
     ('audit_heads_not_removed', '00a2b749540abc3357fe28ea08d45bb0'), \
     ('audit_seals_follow', 'b95b47b4ad91aba5362bdbabbf7fcc5d'), \
     ('audit_entries_wait', 'fc779401f033c4334395c6956ee5976f'), \
     ('audit_not_emptied', 'd547746b25af9f839500d0834cbd921f')) AS w (name, body) \
     WHERE NOT EXISTS (SELECT 1 FROM pg_proc p WHERE p.proname = w.name \
     AND p.pronamespace = 'public'::regnamespace AND md5(p.prosrc) = w.body)",
];

/// Asked as the worker: without its rights no event would ever be delivered.
const WORKER_RIGHTS: &str = "SELECT 'role ' || current_user || ' may not relay events, keep time and seal the audit trail: set database.worker_url to the \
     address for the role fengqiao_worker' WHERE NOT has_table_privilege(current_user, 'outbox_events', 'SELECT') \
     OR NOT has_table_privilege(current_user, 'outbox_events', 'UPDATE') \
     OR NOT has_table_privilege(current_user, 'audit_seals', 'INSERT') \
     OR NOT has_column_privilege(current_user, 'cases', 'next_due_at', 'SELECT')";

/// The guards of the audit trail on SQLite, with the beginning of the SHA-256 of what each says.
const TRIGGERS: [(&str, &str); 15] = [
    ("audit_entries_counted", "16f9d85fcd5c7904"),
    ("audit_entries_kept", "511897b146ab8b13"),
    ("audit_entries_not_removed", "3f8cbd05bf79390b"),
    ("audit_entries_not_replaced", "7af03357b83fdd62"),
    ("audit_entries_wait", "10bd044dfbe9cabf"),
    ("audit_heads_counted", "039ea0d73e84864c"),
    ("audit_heads_move_on", "99ed1463f0ff3089"),
    ("audit_heads_not_removed", "1f570c753c9cdac6"),
    ("audit_heads_not_renumbered", "795c24a45fa0081f"),
    ("audit_heads_not_replaced", "97fbdd3abec288ff"),
    ("audit_seals_counted", "15141056d7fbbb7d"),
    ("audit_seals_follow", "ad5427b4703b0910"),
    ("audit_seals_kept", "4c4fc00b51a33546"),
    ("audit_seals_not_removed", "244a507a281645bf"),
    ("audit_seals_not_replaced", "86c04598abbadd05"),
];

const DEFINERS: &str = "SELECT p.oid::regprocedure::text, coalesce(array_to_string(p.proconfig, ','), '') \
     FROM pg_proc p WHERE p.prosecdef AND p.pronamespace = 'public'::regnamespace ORDER BY 1";

/// Examines the database.
#[derive(Debug)]
pub struct Doctor;

impl Doctor {
    /// Everything that is wrong, each finding naming its object; empty when the walls stand.
    ///
    /// # Errors
    /// [`StoreError`] when the database does not answer.
    pub async fn examine(db: &Db) -> Result<Vec<String>, StoreError> {
        let mut findings = vec![];
        let pending = db.pending_migrations().await?;
        if pending > 0 {
            findings.push(format!("database lacks {pending} migrations: run `fengqiao migrate`"));
            return Ok(findings);
        }
        match db.pools() {
            Pools::Sqlite { readers, .. } => findings.extend(triggers(readers).await?),
            Pools::Postgres { app, worker } => findings.extend(walls(app, worker).await?),
        }
        findings.dedup();
        Ok(findings)
    }
}

async fn walls(app: &Pool<Postgres>, worker: &Pool<Postgres>) -> Result<Vec<String>, StoreError> {
    let mut findings = vec![];
    for question in QUESTIONS {
        findings.extend(ask(app, question).await?);
    }
    findings.extend(definers(app).await?);
    // Of the worker's role only the rights that make policies inert matter.
    for question in QUESTIONS.iter().take(2) {
        findings.extend(ask(worker, question).await?);
    }
    findings.extend(ask(worker, WORKER_RIGHTS).await?);
    Ok(findings)
}

/// The guards that somebody took away, or that say something else now.
async fn triggers(pool: &Pool<Sqlite>) -> Result<Vec<String>, StoreError> {
    let there: BTreeMap<String, String> =
        sqlx::query_as("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'")
            .fetch_all(pool)
            .await?
            .into_iter()
            .collect();
    let finding = |(name, known): &(&str, &str)| match there.get(*name) {
        None => Some(format!("trigger {name} is gone")),
        Some(sql) => {
            let hash = hex::encode(digest(&SHA256, sql.as_bytes()));
            (!hash.starts_with(known)).then(|| format!("trigger {name} is not what the migrations made"))
        }
    };
    Ok(TRIGGERS.iter().filter_map(finding).collect())
}

async fn ask(pool: &Pool<Postgres>, question: &'static str) -> Result<Vec<String>, StoreError> {
    Ok(sqlx::query_scalar(question).fetch_all(pool).await?)
}

async fn definers(pool: &Pool<Postgres>) -> Result<Vec<String>, StoreError> {
    let rows: Vec<(String, String)> = sqlx::query_as(DEFINERS).fetch_all(pool).await?;
    let mut findings = vec![];
    for (signature, configuration) in rows {
        if !LOOKUPS.contains(&signature.as_str()) {
            findings.push(format!("function {signature} is SECURITY DEFINER and not on the list"));
        }
        if !configuration.contains("search_path=pg_catalog, public, pg_temp") {
            findings.push(format!("function {signature} has no pinned search_path"));
        }
    }
    Ok(findings)
}
