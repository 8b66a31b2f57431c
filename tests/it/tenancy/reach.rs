//! Entity, migration and policy say the same about every table: columns, and who reads the rows.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context as _, ensure};
use fengqiao_entity::tenancy::{Reach, TenantOwned};
use fengqiao_entity::{
    calendars, cases, catalogue, exchange, federation, fieldwork, files, identity, kernel, org, oversight,
    personal, programmes, sheets, staff, webhooks,
};
use fengqiao_tests::{SUPERUSER, on_each, on_postgres};
use sea_orm::{ColumnTrait as _, Iden as _, Iterable as _};

/// Who reads the rows of a table, as its entity declares it, with the columns that say so.
#[derive(Clone, Debug)]
pub(super) enum Readers {
    Tenant,
    StaffOrOwn(String),
    Own(String),
    Case,
    OfCase(String),
    /// Of a place: the column of whoever made it, who reads it wherever it lies.
    Place(String),
    OwnUntilCase(String),
    Auditor,
    Nobody,
}

/// One table as its entity declares it.
pub(super) struct Declared {
    pub(super) table: String,
    pub(super) readers: Readers,
    /// Column and whether it may be null.
    columns: BTreeMap<String, bool>,
    /// What its read policy must mention, and nothing else: see [`marks`].
    reach: Option<BTreeSet<String>>,
}

fn declared<E: TenantOwned>() -> Declared {
    let columns = E::Column::iter().map(|column| (column.unquoted().to_owned(), column.def().is_null()));
    let table = E::default().table_name().to_owned();
    Declared { table, readers: readers::<E>(), columns: columns.collect(), reach: reach::<E>() }
}

fn readers<E: TenantOwned>() -> Readers {
    let name = |column: E::Column| column.unquoted().to_owned();
    match E::reach() {
        Reach::Tenant => Readers::Tenant,
        Reach::StaffOrOwn { account } => Readers::StaffOrOwn(name(account)),
        Reach::Own { account } => Readers::Own(name(account)),
        Reach::Case => Readers::Case,
        Reach::OfCase { audience, .. } => Readers::OfCase(name(audience)),
        Reach::PlaceOrOwn { account, .. } => Readers::Place(name(account)),
        Reach::OwnUntilCase { case, .. } => Readers::OwnUntilCase(name(case)),
        Reach::Auditor => Readers::Auditor,
        Reach::Nobody => Readers::Nobody,
    }
}

pub(super) fn all() -> Vec<Declared> {
    foundation().into_iter().chain(work()).collect()
}

/// Who somebody is, and where.
fn foundation() -> Vec<Declared> {
    vec![
        declared::<kernel::audit_entry::Entity>(),
        declared::<kernel::audit_head::Entity>(),
        declared::<kernel::audit_pending::Entity>(),
        declared::<kernel::audit_seal::Entity>(),
        declared::<kernel::idempotency_record::Entity>(),
        declared::<kernel::outbox_event::Entity>(),
        declared::<kernel::outbox_head::Entity>(),
        declared::<kernel::serial::Entity>(),
        declared::<org::grid::Entity>(),
        declared::<org::level_name::Entity>(),
        declared::<org::organisation::Entity>(),
        declared::<org::tenant::Entity>(),
        declared::<org::tenant_key::Entity>(),
        declared::<org::unit::Entity>(),
        declared::<org::unit_group::Entity>(),
        declared::<org::unit_group_grid::Entity>(),
        declared::<org::unit_group_unit::Entity>(),
        declared::<org::unit_name::Entity>(),
        declared::<org::unit_succession::Entity>(),
        declared::<calendars::calendar_year::Entity>(),
        declared::<calendars::work_calendar::Entity>(),
        declared::<catalogue::category::Entity>(),
        declared::<catalogue::duty::Entity>(),
        declared::<federation::provider::Entity>(),
        declared::<federation::token::Entity>(),
        declared::<oversight::oversight_grant::Entity>(),
        declared::<identity::account::Entity>(),
        declared::<identity::client_secret::Entity>(),
        declared::<identity::credential::Entity>(),
        declared::<identity::external_identity::Entity>(),
        declared::<identity::refresh_token::Entity>(),
        declared::<identity::role_grant::Entity>(),
        declared::<identity::role_grant_category::Entity>(),
        declared::<identity::second_factor::Entity>(),
        declared::<identity::session::Entity>(),
    ]
}

/// What they do.
fn work() -> Vec<Declared> {
    vec![
        declared::<fieldwork::visit::Entity>(),
        declared::<files::attachment::Entity>(),
        declared::<personal::reveal::Entity>(),
        declared::<staff::appointment::Entity>(),
        declared::<staff::headcount::Entity>(),
        declared::<staff::post_kind::Entity>(),
        declared::<staff::staff_change::Entity>(),
        declared::<staff::staff_member::Entity>(),
        declared::<staff::staffing_rule::Entity>(),
        declared::<staff::team::Entity>(),
        declared::<staff::team_membership::Entity>(),
        declared::<programmes::programme::Entity>(),
        declared::<programmes::programme_version::Entity>(),
        declared::<sheets::export::Entity>(),
        declared::<sheets::export_part::Entity>(),
        declared::<sheets::export_review::Entity>(),
        declared::<sheets::import::Entity>(),
        declared::<cases::case::Entity>(),
        declared::<cases::case_access::Entity>(),
        declared::<cases::case_entry::Entity>(),
        declared::<cases::case_progress::Entity>(),
        declared::<cases::case_rung::Entity>(),
        declared::<cases::case_sample::Entity>(),
        declared::<cases::case_sample_item::Entity>(),
        declared::<cases::case_value::Entity>(),
        declared::<exchange::partner::Entity>(),
        declared::<exchange::ticket::Entity>(),
        declared::<webhooks::delivery::Entity>(),
        declared::<webhooks::webhook::Entity>(),
    ]
}

/// What a policy of this reach mentions; `None` when there is no policy to read by.
fn reach<E: TenantOwned>() -> Option<BTreeSet<String>> {
    let own = |account: E::Column| format!("{} = app.account", account.unquoted());
    let marks = match E::reach() {
        Reach::Nobody => return None,
        Reach::Tenant => vec![],
        Reach::StaffOrOwn { account } => vec!["app.staff".to_owned(), own(account)],
        Reach::Own { account } => vec![own(account)],
        Reach::OwnUntilCase { account, case, audience } => vec![
            "app.staff".to_owned(),
            "app.tenant".to_owned(),
            own(account),
            format!("c.id = {}", case.unquoted()),
            format!("{} = 0", audience.unquoted()),
        ],
        Reach::Auditor => vec!["app.auditor".to_owned()],
        Reach::Case => {
            let marks =
                ["app.district", "app.towns", "app.villages", "app.grids", "app.rules", "app.principals"];
            marks
                .map(str::to_owned)
                .into_iter()
                .chain(["case_access".to_owned(), "app.tenant".to_owned()])
                .collect()
        }
        Reach::PlaceOrOwn { account, key_person, child } => {
            let marks = ["app.district", "app.towns", "app.villages", "app.grids", "app.rules"];
            let more = [own(account), key_person.unquoted().to_owned(), child.unquoted().to_owned()];
            marks.map(str::to_owned).into_iter().chain(more).collect()
        }
        Reach::OfCase { case, audience } => vec![
            "app.staff".to_owned(),
            "app.tenant".to_owned(),
            format!("c.id = {}", case.unquoted()),
            format!("{} = 0", audience.unquoted()),
        ],
    };
    Some(marks.into_iter().collect())
}

/// What a printed policy mentions: settings, the own account's column, the case's.
fn marks(policy: &str, table: &str) -> BTreeSet<String> {
    let mut marks = BTreeSet::new();
    for (at, _) in policy.match_indices("current_setting('") {
        let name = policy.get(at + 17..).and_then(|rest| rest.split('\'').next()).unwrap_or_default();
        let column = policy.get(..at).and_then(|before| before.rsplit("COALESCE((").next());
        match (name, column.and_then(|rest| rest.split(' ').next())) {
            ("app.account", Some(column)) => marks.insert(format!("{column} = app.account")),
            _ => marks.insert(name.to_owned()),
        };
    }
    if policy.contains("NOT key_person") {
        marks.insert("key_person".to_owned());
    }
    if policy.contains("child IS NOT TRUE") {
        marks.insert("child".to_owned());
    }
    if policy.contains("FROM case_access") {
        marks.insert("case_access".to_owned());
    }
    if let Some(case) = policy.split("c.id = ").nth(1).and_then(|rest| rest.split(')').next()) {
        marks.insert(format!("c.id = {}", case.trim_start_matches(&format!("{table}."))));
    }
    if let Some(before) = policy.split(" = 0").next().filter(|before| before.len() < policy.len()) {
        let column = before.rsplit('(').next().unwrap_or_default();
        if column != "sensitivity" {
            marks.insert(format!("{column} = 0"));
        }
    }
    marks
}

#[tokio::test(flavor = "multi_thread")]
async fn policies_say_what_entities_declare() -> anyhow::Result<()> {
    on_postgres(async |world| {
        let pool = world.pool(SUPERUSER)?;
        for entity in all() {
            let found: Vec<(String, String)> = sqlx::query_as(
                "SELECT policyname::text, qual FROM pg_policies WHERE tablename = $1 AND policyname IN \
                 ('reach', 'change', 'remove')",
            )
            .bind(&entity.table)
            .fetch_all(&pool)
            .await?;
            let names: BTreeSet<&str> = found.iter().map(|(name, _)| name.as_str()).collect();
            let Some(wanted) = &entity.reach else {
                ensure!(names.is_empty(), "{}: nobody reads it, but there is {names:?}", entity.table);
                continue;
            };
            let appended_only = wanted.contains("app.auditor");
            let needed: &[&str] = if appended_only { &["reach"] } else { &["change", "reach", "remove"] };
            ensure!(names.iter().copied().eq(needed.iter().copied()), "{}: {names:?}", entity.table);
            for (name, text) in &found {
                let said = marks(text, &entity.table);
                ensure!(said == *wanted, "{} {name} says {said:?}, not {wanted:?}: {text}", entity.table);
                let open = text == "true";
                ensure!(open == wanted.is_empty(), "{} {name}: {text}", entity.table);
            }
        }
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn tables_have_the_columns_that_entities_declare() -> anyhow::Result<()> {
    on_each(async |world| {
        let mut tables: BTreeMap<String, BTreeMap<String, bool>> = BTreeMap::new();
        let rows: Vec<(String, String, bool)> = match world.sqlite() {
            Ok(pool) => sqlx::query_as(
                "SELECT t.name, c.name, NOT c.\"notnull\" FROM sqlite_schema t, pragma_table_info(t.name) c \
                     WHERE t.type = 'table'",
            )
            .fetch_all(&pool)
            .await?,
            Err(_) => {
                sqlx::query_as(
                    "SELECT table_name::text, column_name::text, is_nullable = 'YES' \
                     FROM information_schema.columns WHERE table_schema = 'public'",
                )
                .fetch_all(&world.pool(SUPERUSER)?)
                .await?
            }
        };
        for (table, column, null) in rows {
            tables.entry(table).or_default().insert(column, null);
        }
        // Of no tenant: the migrations' own table, and what the deployment remembers of itself.
        tables.remove("seaql_migrations");
        tables.remove("deployment_facts");
        for entity in all() {
            let columns =
                tables.remove(&entity.table).with_context(|| format!("no table {}", entity.table))?;
            ensure!(columns == entity.columns, "{}: {columns:?} but {:?}", entity.table, entity.columns);
        }
        ensure!(tables.is_empty(), "tables without an entity in this test: {:?}", tables.keys());
        Ok(())
    })
    .await
}
