//! The demo, loaded once per build and copied for every test.

use fengqiao_api::demo::{self, Size};
use futures::FutureExt as _;
use tempfile::TempDir;
use tokio::sync::OnceCell;

use crate::postgres::{self, PostgresDatabase};
use crate::sqlite::{SqliteFile, kept};
use crate::world::Home;
use crate::{Backend, World, http};

/// Seed of the ids of what is loaded, other than of what is served: the clock stands still meanwhile.
const LOADED: u64 = 1;

static SQLITE: OnceCell<Vec<u8>> = OnceCell::const_new();
static POSTGRES: OnceCell<String> = OnceCell::const_new();

/// A world with the demo in it.
///
/// # Errors
/// As the database says.
pub async fn world(backend: Backend) -> anyhow::Result<World> {
    let home = match backend {
        Backend::Sqlite => Home::Sqlite(SqliteFile::of(SQLITE.get_or_try_init(sqlite).await?)?),
        Backend::Postgres => {
            let template = POSTGRES.get_or_try_init(postgres).await?;
            Home::Postgres(PostgresDatabase::copy_of(template).await?)
        }
    };
    World::at(home, 2).await
}

/// A world with the demo at the size that was published: loaded anew, for some seconds.
pub(crate) async fn published(backend: Backend) -> anyhow::Result<World> {
    let world = World::new(backend).await?;
    load(&world, Size::Published).await?;
    Ok(world)
}

async fn sqlite() -> anyhow::Result<Vec<u8>> {
    let fresh = async {
        let world = World::new(Backend::Sqlite).await?;
        load(&world, Size::Small).await?;
        world.file()?.bytes().await
    };
    kept("demo", fresh.boxed()).await
}

async fn postgres() -> anyhow::Result<String> {
    postgres::demo_template(async |name| {
        let database = PostgresDatabase::borrowed(name);
        load(&World::at(Home::Postgres(database), 2).await?, Size::Small).await
    })
    .await
}

async fn load(world: &World, size: Size) -> anyhow::Result<()> {
    let keys = TempDir::new()?;
    let app = http::open(http::settings(world, &keys)?, &world.clock, LOADED).await?;
    demo::load_if_empty(&app, size).await?;
    Ok(())
}
