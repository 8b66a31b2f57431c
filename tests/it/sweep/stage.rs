//! Where the sweep plays: a mirror, the schema over its services, and everyone's scope.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use async_graphql::{Executor as _, Request, Response, Variables};
use fengqiao_api::federation::HttpDoors;
use fengqiao_api::graphql::context::{Member, Services};
use fengqiao_api::graphql::schema::{self, FengqiaoSchema};
use fengqiao_api::graphql::snapshots::Snapshots;
use fengqiao_api::runner::{Runner as _, Said};
use fengqiao_api::webhooks::SystemNames;
use fengqiao_domain::EventLog;
use fengqiao_domain::audit::{AuditService, REFUSALS};
use fengqiao_domain::calendars::CalendarService;
use fengqiao_domain::federation::{FederationService, FederationSettings};
use fengqiao_domain::kernel::address::Addresses;
use fengqiao_domain::kernel::meter::Meter;
use fengqiao_domain::kernel::scope::Scope;
use fengqiao_domain::oversight::{OversightService, OversightSettings};
use fengqiao_domain::personal::{PersonalService, REVEALS_PER_DAY};
use fengqiao_tests::{Backend, Mirror, SUPERUSER, Side, World};
use futures::StreamExt as _;
use futures::stream::BoxStream;
use serde_json::Value;
use sqlx::types::Uuid;

use crate::tenancy::predicates::Watch;

/// Nobody answers there, and nobody waits for it.
const ANSWER: Duration = Duration::from_secs(1);

/// Identity providers, of which there are none here.
fn federation(world: &World, mirror: &Mirror) -> anyhow::Result<FederationService> {
    let doors = HttpDoors::new("http://127.0.0.1:9", Addresses::default(), Arc::new(SystemNames), ANSWER)?;
    let (identity, settings) = (mirror.identity.clone(), FederationSettings::default());
    Ok(FederationService::new(world.db.clone(), identity, Arc::new(doors), settings))
}

/// The stage.
pub(crate) struct Stage {
    pub(crate) world: World,
    pub(crate) mirror: Mirror,
    pub(crate) services: Arc<Services>,
    pub(crate) schema: FengqiaoSchema,
    pub(crate) runner: Snapshots,
    /// Looks at every statement that is run for whoever asks.
    pub(crate) watch: Watch,
}

impl Stage {
    pub(crate) async fn set(backend: Backend) -> anyhow::Result<Self> {
        let world = World::new(backend).await?;
        let mirror = Mirror::lay(&world).await?;
        let services = Services {
            db: world.db.clone(),
            events: EventLog::new(world.db.clone(), 10_000),
            org: world.org(),
            identity: mirror.identity.clone(),
            staff: mirror.staff.clone(),
            catalogue: mirror.catalogue.clone(),
            calendars: CalendarService::new(world.db.clone()),
            programmes: mirror.programmes.clone(),
            cases: mirror.cases.clone(),
            fieldwork: mirror.fieldwork.clone(),
            federation: federation(&world, &mirror)?,
            oversight: OversightService::new(
                world.db.clone(),
                mirror.identity.clone(),
                OversightSettings::default(),
            ),
            personal: PersonalService::new(world.db.clone(), REVEALS_PER_DAY),
            files: mirror.files.clone(),
            sheets: mirror.sheets(&world),
            webhooks: mirror.webhooks.clone(),
            exchange: mirror.exchange.clone(),
            audit: AuditService::new(world.db.clone(), REFUSALS),
        };
        let schema = schema::build(Some(services.clone()));
        let services = Arc::new(services);
        let runner = Snapshots::over(schema.clone());
        Ok(Self { world, mirror, services, schema, runner, watch: Watch::new() })
    }

    /// The same with a session on either side.
    pub(crate) async fn at_work(backend: Backend) -> anyhow::Result<Self> {
        let stage = Self::set(backend).await?;
        for side in [0, 1] {
            stage.scope(side, "worker").await?;
        }
        Ok(stage)
    }

    /// The scope of somebody of a side.
    pub(crate) async fn scope(&self, side: usize, login: &str) -> anyhow::Result<Scope> {
        self.mirror.scope(&self.world, side, login).await.with_context(|| login.to_owned())
    }

    /// A request as the edge would make it of a signed-in caller's.
    pub(crate) fn request(&self, scope: &Scope, document: &str, variables: &Value) -> Request {
        self.metered(scope, document, variables, &Meter::default())
    }

    /// The same, counted by this meter.
    pub(crate) fn metered(&self, scope: &Scope, document: &str, variables: &Value, meter: &Meter) -> Request {
        let member = Member::new(&self.services, &scope.for_request("sweep", meter.clone()));
        Request::new(document).variables(Variables::from_json(variables.clone())).data(Arc::new(member))
    }

    /// The answer to a document, for which no statement went too far.
    pub(crate) async fn ask(
        &self,
        scope: &Scope,
        document: &str,
        variables: &Value,
    ) -> anyhow::Result<Value> {
        let meter = Meter::listening();
        let answer = self.schema.execute(self.metered(scope, document, variables, &meter)).await;
        self.watch.look(&meter.said(), scope).with_context(|| document.to_owned())?;
        Ok(serde_json::to_value(answer)?)
    }

    /// The answer to a document, whatever the statements say.
    pub(crate) async fn ask_unwatched(
        &self,
        scope: &Scope,
        document: &str,
        variables: &Value,
    ) -> anyhow::Result<Value> {
        Ok(serde_json::to_value(self.schema.execute(self.request(scope, document, variables)).await)?)
    }

    /// The events of a subscription, as behind the edge: what is shared is read again.
    pub(crate) fn follow(&self, request: Request) -> BoxStream<'static, Response> {
        let read = |said| match said {
            Said::Own(response) => *response,
            Said::Shared(text) => serde_json::from_str(&text).unwrap_or_default(),
        };
        self.runner.follow(request).map(read).boxed()
    }

    /// The same, each item executed for whoever asks and shared with nobody.
    pub(crate) fn follow_alone(&self, request: Request) -> BoxStream<'static, Response> {
        self.runner.execute_stream(request, None)
    }

    /// The ids of every row that belongs to a side, as 32 hexadecimal digits.
    pub(crate) async fn ids_of(&self, side: usize) -> anyhow::Result<BTreeSet<String>> {
        Sql(&self.world).ids_of(&self.mirror.sides[side]).await
    }

    /// Every row of every table as text, but for what a refused attempt may leave.
    pub(crate) async fn rows(&self) -> anyhow::Result<BTreeMap<String, Vec<String>>> {
        Sql(&self.world).rows().await
    }

    /// The id of some row of a side.
    pub(crate) async fn some_id(&self, table: &str, side: &Side) -> anyhow::Result<Uuid> {
        Sql(&self.world).some_id(table, side).await
    }

    /// The tables of the product.
    pub(crate) async fn tables(&self) -> anyhow::Result<Vec<String>> {
        Sql(&self.world).tables().await
    }

    /// The only column of what a statement finds.
    pub(crate) async fn texts(&self, sql: &str) -> anyhow::Result<Vec<String>> {
        Sql(&self.world).texts(sql).await
    }
}

/// What the database itself says of a world, whoever may see it.
pub(crate) struct Sql<'a>(pub(crate) &'a World);

impl Sql<'_> {
    /// The ids of every row that belongs to a side, as 32 hexadecimal digits.
    async fn ids_of(&self, side: &Side) -> anyhow::Result<BTreeSet<String>> {
        let tenant = side.tenant.uuid().simple().to_string();
        let mut ids = BTreeSet::from([tenant.clone()]);
        for table in self.tables().await? {
            if !self.columns(&table).await?.iter().any(|column| column == "id") {
                continue;
            }
            ids.extend(match self.0.backend() {
                Backend::Sqlite => {
                    self.texts(&format!(
                        "SELECT lower(hex(id)) FROM {table} WHERE tenant_id = x'{tenant}' AND typeof(id) = 'blob'"
                    ))
                    .await?
                }
                Backend::Postgres => {
                    self.texts(&format!(
                        "SELECT replace(id::text, '-', '') FROM {table} WHERE tenant_id = '{tenant}'"
                    ))
                    .await?
                }
            });
        }
        Ok(ids)
    }

    /// Every row of every table as text, but for what a refused attempt may leave: audit and sessions.
    pub(crate) async fn rows(&self) -> anyhow::Result<BTreeMap<String, Vec<String>>> {
        let mut rows = BTreeMap::new();
        for table in self.tables().await? {
            if matches!(table.as_str(), "audit_entries" | "audit_pending" | "sessions" | "refresh_tokens") {
                continue;
            }
            let sql = match self.0.backend() {
                Backend::Sqlite => {
                    let cells: Vec<String> =
                        self.columns(&table).await?.iter().map(|column| format!("quote({column})")).collect();
                    format!("SELECT {} AS row FROM {table} ORDER BY row", cells.join(" || ',' || "))
                }
                Backend::Postgres => format!("SELECT t::text AS row FROM {table} t ORDER BY row"),
            };
            let found = self.texts(&sql).await?;
            rows.insert(table, found);
        }
        Ok(rows)
    }

    /// The id of some row of a side.
    pub(crate) async fn some_id(&self, table: &str, side: &Side) -> anyhow::Result<Uuid> {
        let tenant = side.tenant.uuid();
        let sql = match self.0.backend() {
            Backend::Sqlite => {
                format!("SELECT lower(hex(id)) FROM {table} WHERE tenant_id = x'{}' LIMIT 1", tenant.simple())
            }
            Backend::Postgres => format!("SELECT id::text FROM {table} WHERE tenant_id = '{tenant}' LIMIT 1"),
        };
        let found = self.texts(&sql).await?;
        Ok(Uuid::parse_str(found.first().with_context(|| format!("{table} is empty"))?)?)
    }

    /// The first id of a table that belongs to an account.
    pub(crate) async fn first_of(&self, table: &str, account: Uuid) -> anyhow::Result<Uuid> {
        let sql = match self.0.backend() {
            Backend::Sqlite => {
                let account = account.simple();
                format!(
                    "SELECT lower(hex(id)) FROM {table} WHERE account_id = x'{account}' ORDER BY id LIMIT 1"
                )
            }
            Backend::Postgres => {
                format!("SELECT id::text FROM {table} WHERE account_id = '{account}' ORDER BY id LIMIT 1")
            }
        };
        let found = self.texts(&sql).await?;
        Ok(Uuid::parse_str(found.first().with_context(|| format!("none of {table} is theirs"))?)?)
    }

    /// Ids of rows with their versions, a space between them.
    pub(crate) async fn versions(&self, table: &str) -> anyhow::Result<Vec<String>> {
        self.texts(&match self.0.backend() {
            Backend::Sqlite => format!("SELECT lower(hex(id)) || ' ' || version FROM {table}"),
            Backend::Postgres => format!("SELECT id::text || ' ' || version FROM {table}"),
        })
        .await
    }

    /// The tables of the product.
    async fn tables(&self) -> anyhow::Result<Vec<String>> {
        self.texts(match self.0.backend() {
            Backend::Sqlite => {
                "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT IN ('deployment_facts', 'seaql_migrations') AND name NOT LIKE 'sqlite%' ORDER BY name"
            }
            Backend::Postgres => {
                "SELECT tablename::text FROM pg_tables WHERE schemaname = 'public' AND tablename NOT IN ('deployment_facts', 'seaql_migrations') ORDER BY 1"
            }
        })
        .await
    }

    async fn columns(&self, table: &str) -> anyhow::Result<Vec<String>> {
        self.texts(&match self.0.backend() {
            Backend::Sqlite => format!("SELECT name FROM pragma_table_info('{table}')"),
            Backend::Postgres => {
                format!(
                    "SELECT column_name::text FROM information_schema.columns WHERE table_name = '{table}'"
                )
            }
        })
        .await
    }

    async fn texts(&self, sql: &str) -> anyhow::Result<Vec<String>> {
        let query = sqlx::AssertSqlSafe(sql.to_owned());
        match self.0.backend() {
            Backend::Sqlite => Ok(sqlx::query_scalar(query).fetch_all(&self.0.sqlite()?).await?),
            Backend::Postgres => Ok(sqlx::query_scalar(query).fetch_all(&self.0.pool(SUPERUSER)?).await?),
        }
    }
}

/// Every text in an answer, errors included.
pub(crate) fn texts(answer: &Value) -> Vec<&str> {
    let mut found = vec![];
    let mut open = vec![answer];
    while let Some(value) = open.pop() {
        match value {
            Value::String(text) => found.push(text.as_str()),
            Value::Array(values) => open.extend(values),
            Value::Object(members) => open.extend(members.values()),
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }
    found
}

/// The bare id in a global one.
pub(crate) fn bare(text: &str) -> Option<String> {
    let (_, id) = text.split_once('_')?;
    (id.len() == 36).then(|| id.replace('-', ""))
}
