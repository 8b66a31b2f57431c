//! What a load draws from: callers who are signed in, with the towns, cases and grids of each.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, ensure};
use fengqiao_api::app::App;
use fengqiao_domain::kernel::scope::PlatformScope;
use sqlx::postgres::{PgPool, PgPoolOptions};
use sqlx::sqlite::{SqlitePool, SqlitePoolOptions};
use uuid::Uuid;

use crate::chance::Chance;
use crate::land;
use crate::scopes::{Caller, Desk};

/// Chiefs among those who read single cases, and workers who report.
const CHIEFS: usize = 20;
const WORKERS: usize = 50;
/// Cases for each of those who read single cases.
pub(crate) const CASES_OF_A_CALLER: usize = 100;

/// Where somebody reports a case, and about what.
pub(crate) struct Ground {
    pub(crate) town: Uuid,
    pub(crate) village: Uuid,
    pub(crate) category: Uuid,
    /// Code of the district.
    pub(crate) district: String,
}

/// Everything that is drawn from.
pub(crate) struct Draws {
    /// Dispatchers of towns: Q1.
    pub(crate) towns: Vec<Caller>,
    /// Workers of grids elsewhere than where reports come from: G1.
    pub(crate) grids: Vec<Caller>,
    /// Callers with as many cases each: Q2.
    pub(crate) readers: Vec<(Caller, Vec<Uuid>)>,
    /// Workers with their grounds: M1.
    pub(crate) reporters: Vec<(Caller, Ground)>,
}

impl Draws {
    /// Writes one file for each kind of work: a line is a token and the ids that go with it.
    pub(crate) fn write(&self, into: &Path) -> anyhow::Result<()> {
        let towns = self.towns.iter().map(|caller| {
            format!("{}\tunit_{}\t{}\t{}\n", caller.token, caller.place, caller.tenant, caller.account)
        });
        fs::write(into.join("q1.tsv"), towns.collect::<String>())?;
        let grids = self.grids.iter().map(|caller| format!("{}\n", caller.token));
        fs::write(into.join("g1.tsv"), grids.collect::<String>())?;
        let cases = self
            .readers
            .iter()
            .flat_map(|(caller, cases)| cases.iter().map(|case| format!("{}\tcase_{case}\n", caller.token)));
        fs::write(into.join("q2.tsv"), cases.collect::<String>())?;
        let grounds = self.reporters.iter().map(|(caller, ground)| {
            format!("{}\tgrid_{}\tcategory_{}\n", caller.token, caller.place, ground.category)
        });
        fs::write(into.join("m1.tsv"), grounds.collect::<String>())?;
        Ok(())
    }
}

/// Signs callers in and finds what each of them asks for. `reading` is an address of the same store.
pub(crate) async fn draw(app: &App, reading: &str) -> anyhow::Result<Draws> {
    let desks = Desks { app, reading: Reading::open(reading).await?, chance: Chance::new(7) };
    desks.draws().await
}

struct Desks<'a> {
    app: &'a App,
    reading: Reading,
    chance: Chance,
}

impl Desks<'_> {
    async fn draws(mut self) -> anyhow::Result<Draws> {
        // Reports come from one town in each district, so that they do not change what Q1 reads elsewhere.
        let (reporting, codes): (Vec<_>, Vec<_>) =
            land::towns().into_iter().partition(|(_, town)| town.ends_with(land::LAST_TOWN));
        let mut towns = vec![];
        for (district, town) in &codes {
            towns.push(self.caller(Desk::Town, town, district).await?);
        }
        let mut readers: Vec<Caller> = towns.iter().step_by(2).cloned().collect();
        let mut districts: Vec<&String> = codes.iter().map(|(district, _)| district).collect();
        districts.dedup();
        for district in districts {
            readers.push(self.caller(Desk::District, district, district).await?);
        }
        for _ in 0..CHIEFS {
            let (district, village) = self.village(&codes)?;
            readers.push(self.caller(Desk::Village, &village, &district).await?);
        }
        let mut with_cases = vec![];
        for caller in readers {
            let cases = self.reading.cases_of(&caller).await?;
            ensure!(!cases.is_empty(), "{:?} {} has no cases: fill more", caller.desk, caller.place);
            if let Some(pool) = self.reading.policed() {
                check(pool, &caller, &cases).await?;
            }
            // Everyone has as many, so that one number draws a caller and a second one a case.
            let cases = cases.iter().copied().cycle().take(CASES_OF_A_CALLER).collect();
            with_cases.push((caller, cases));
        }
        let mut grids = vec![];
        while grids.len() < WORKERS {
            let (district, village) = self.village(&codes)?;
            let worker = self.caller(Desk::Grid, &format!("{village}001"), &district).await?;
            // Where there are few cases, some grids have none.
            if !self.reading.cases_of(&worker).await?.is_empty() {
                grids.push(worker);
            }
        }
        let mut reporters = vec![];
        for _ in 0..WORKERS {
            let (district, village) = self.village(&reporting)?;
            let worker = self.caller(Desk::Grid, &format!("{village}001"), &district).await?;
            let ground = self.ground(&worker, &village, district).await?;
            reporters.push((worker, ground));
        }
        Ok(Draws { towns, grids, readers: with_cases, reporters })
    }

    /// Some village with the code of its district.
    fn village(&mut self, towns: &[(String, String)]) -> anyhow::Result<(String, String)> {
        let (district, town) = self.chance.pick(towns).context("no towns")?;
        let villages = land::villages(town);
        Ok((district.clone(), self.chance.pick(&villages).context("no villages")?.clone()))
    }

    async fn caller(&self, desk: Desk, code: &str, district: &str) -> anyhow::Result<Caller> {
        let platform = PlatformScope::for_command_line("measure");
        let letter = match desk {
            Desk::District => 'd',
            Desk::Town => 't',
            Desk::Village => 'c',
            Desk::Grid => 'w',
        };
        let login = format!("{letter}{code}");
        let token = self.app.services.identity.token_for(&platform, &format!("{login}@{district}")).await;
        let token = token.map_err(land::told).with_context(|| login.clone())?;
        let (tenant, account) = self.reading.account(&login).await?;
        let place = if desk == Desk::Grid {
            self.reading.id("SELECT id FROM grids WHERE code = $1", code).await?
        } else {
            self.reading.id("SELECT id FROM units WHERE code = $1", code).await?
        };
        Ok(Caller { token, tenant, account, desk, place })
    }

    async fn ground(&mut self, worker: &Caller, village: &str, district: String) -> anyhow::Result<Ground> {
        let town = village.get(..9).context("a village's code")?;
        let categories = self.reading.categories(worker.tenant).await?;
        Ok(Ground {
            town: self.reading.id("SELECT id FROM units WHERE code = $1", town).await?,
            village: self.reading.id("SELECT id FROM units WHERE code = $1", village).await?,
            category: *self.chance.pick(&categories).context("no categories")?,
            district,
        })
    }
}

/// Proves that the settings of a caller open, of their cases, every one.
async fn check(pool: &PgPool, caller: &Caller, cases: &[Uuid]) -> anyhow::Result<()> {
    let mut tx = pool.begin().await?;
    sqlx::query("SET LOCAL ROLE fengqiao_app").execute(&mut *tx).await?;
    for (name, value) in caller.settings() {
        sqlx::query("SELECT set_config($1, $2, true)").bind(name).bind(value).execute(&mut *tx).await?;
    }
    let seen: i64 = sqlx::query_scalar("SELECT count(*) FROM cases WHERE id = ANY ($1)")
        .bind(cases)
        .fetch_one(&mut *tx)
        .await?;
    ensure!(
        seen == i64::try_from(cases.len())?,
        "{:?} {} sees {seen} of {} cases",
        caller.desk,
        caller.place,
        cases.len()
    );
    Ok(())
}

/// Reads the store past the product: for drawing only.
enum Reading {
    Postgres(PgPool),
    Sqlite(SqlitePool),
}

impl Reading {
    async fn open(url: &str) -> anyhow::Result<Self> {
        Ok(if url.starts_with("sqlite:") {
            Self::Sqlite(SqlitePoolOptions::new().max_connections(1).connect(url).await?)
        } else {
            Self::Postgres(PgPoolOptions::new().max_connections(1).connect(url).await?)
        })
    }

    /// The store, if it has policies.
    const fn policed(&self) -> Option<&PgPool> {
        match self {
            Self::Postgres(pool) => Some(pool),
            Self::Sqlite(_) => None,
        }
    }

    async fn id(&self, sql: &'static str, code: &str) -> anyhow::Result<Uuid> {
        let found = match self {
            Self::Postgres(pool) => sqlx::query_scalar(sql).bind(code).fetch_one(pool).await,
            Self::Sqlite(pool) => sqlx::query_scalar(sql).bind(code).fetch_one(pool).await,
        };
        found.with_context(|| format!("{sql}: {code}"))
    }

    async fn account(&self, login: &str) -> anyhow::Result<(Uuid, Uuid)> {
        let sql = "SELECT tenant_id, id FROM accounts WHERE login = $1";
        Ok(match self {
            Self::Postgres(pool) => sqlx::query_as(sql).bind(login).fetch_one(pool).await?,
            Self::Sqlite(pool) => sqlx::query_as(sql).bind(login).fetch_one(pool).await?,
        })
    }

    async fn categories(&self, tenant: Uuid) -> anyhow::Result<Vec<Uuid>> {
        let sql = "SELECT id FROM categories WHERE tenant_id = $1 AND parent_id IS NOT NULL ORDER BY code";
        Ok(match self {
            Self::Postgres(pool) => sqlx::query_scalar(sql).bind(tenant).fetch_all(pool).await?,
            Self::Sqlite(pool) => sqlx::query_scalar(sql).bind(tenant).fetch_all(pool).await?,
        })
    }

    /// Some of the cases of a caller's place, as they were filled in: with three entries.
    async fn cases_of(&self, caller: &Caller) -> anyhow::Result<Vec<Uuid>> {
        let sql = match caller.desk {
            Desk::District => {
                "SELECT id FROM cases WHERE tenant_id = $1 AND $2 IS NOT NULL AND version >= 3 ORDER BY random() LIMIT $3"
            }
            Desk::Town => {
                "SELECT id FROM cases WHERE tenant_id = $1 AND town_id = $2 AND version >= 3 ORDER BY random() LIMIT $3"
            }
            Desk::Village => {
                "SELECT id FROM cases WHERE tenant_id = $1 AND village_id = $2 AND version >= 3 ORDER BY random() LIMIT $3"
            }
            Desk::Grid => {
                "SELECT id FROM cases WHERE tenant_id = $1 AND grid_id = $2 AND version >= 3 ORDER BY random() LIMIT $3"
            }
        };
        let most = i64::try_from(CASES_OF_A_CALLER)?;
        let cases: Vec<Uuid> = match self {
            Self::Postgres(pool) => {
                sqlx::query_scalar(sql)
                    .bind(caller.tenant)
                    .bind(caller.place)
                    .bind(most)
                    .fetch_all(pool)
                    .await?
            }
            Self::Sqlite(pool) => {
                sqlx::query_scalar(sql)
                    .bind(caller.tenant)
                    .bind(caller.place)
                    .bind(most)
                    .fetch_all(pool)
                    .await?
            }
        };
        Ok(cases)
    }
}
