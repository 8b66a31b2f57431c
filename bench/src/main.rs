//! What `bench/run` needs besides the product: a store full of cases, what to ask of it, and the same statements
//! without the product.
//!
//! Settings are read as the product reads them, so that both speak of the same store. Nothing here is part
//! of a release.

mod bare;
mod chance;
mod direct;
mod draws;
mod filling;
mod land;
mod live;
mod pgbench;
mod sampling;
mod scopes;

use std::path::PathBuf;

use anyhow::Context as _;
use clap::{Parser, Subcommand};
use fengqiao_api::app::App;
use fengqiao_api::config::Settings;

#[derive(Debug, Parser)]
#[command(about = "Fills a store for measuring, and draws what to ask of it")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Fill the store of the settings, unless it is filled already.
    Fill {
        /// How many cases.
        #[arg(long)]
        cases: usize,
    },
    /// Sign accounts in and write, for each kind of work, what wrk and pgbench draw from.
    Draw {
        /// Address of the store for whoever may read everything.
        #[arg(long)]
        reading: String,
        /// Folder of the scripts for pgbench.
        #[arg(long)]
        scripts: PathBuf,
        /// Folder to write into.
        #[arg(long)]
        into: PathBuf,
    },
    /// Print the statement by which the worker looks for cases in which something is due.
    DueStatement,
    /// Draw samples of the closed cases of a district; prints from how many, and how many milliseconds each took.
    Sample {
        /// Code of the district.
        #[arg(long)]
        district: String,
        /// How often.
        #[arg(long)]
        times: usize,
    },
    /// Follow events with many sockets while something is said so many times a second; prints how late they were.
    Live {
        /// Host and port of the server.
        #[arg(long)]
        address: String,
        /// Another node that the sockets are opened at.
        #[arg(long)]
        follow_at: Option<String>,
        /// Who follows what, as `draw` wrote it.
        #[arg(long)]
        readers: PathBuf,
        /// How many sockets.
        #[arg(long)]
        sockets: usize,
        /// How often something is said in a second.
        #[arg(long)]
        rate: u32,
        /// For how long.
        #[arg(long)]
        seconds: u32,
    },
    /// Serve what `live` asks for without the product, at a port that is printed.
    Bare,
    /// Run the statements of Q1 on a SQLite file without the product; prints how many times a second.
    Direct {
        /// The file.
        #[arg(long)]
        file: PathBuf,
        /// The towns to draw from, as `draw` wrote them.
        #[arg(long)]
        towns: PathBuf,
        /// How many connections work at once.
        #[arg(long)]
        clients: usize,
        /// For how long.
        #[arg(long)]
        seconds: u64,
    },
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    match Arguments::parse().command {
        Command::Fill { cases } => {
            let app = open().await?;
            if app.services.org.is_empty().await.map_err(land::told)? {
                filling::fill(&app, cases).await?;
            }
            Ok(())
        }
        Command::DueStatement => {
            println!("{}", fengqiao_domain::Db::due_statement());
            Ok(())
        }
        Command::Draw { reading, scripts, into } => {
            let draws = draws::draw(&open().await?, &reading).await?;
            draws.write(&into).context("cannot write what was drawn")?;
            pgbench::write(&draws, &scripts, &into).context("cannot write the scripts for pgbench")
        }
        Command::Sample { district, times } => sampling::run(&open().await?, &district, times).await,
        Command::Live { address, follow_at, readers, sockets, rate, seconds } => {
            let follow_at = follow_at.as_deref().unwrap_or(&address);
            let readers = &readers;
            live::run(live::Wanted { address: &address, follow_at, readers, sockets, rate, seconds }).await
        }
        Command::Bare => bare::run().await,
        Command::Direct { file, towns, clients, seconds } => {
            direct::run(&file, &towns, clients, seconds).await
        }
    }
}

async fn open() -> anyhow::Result<App> {
    let app = App::open(Settings::read(None)?).await?;
    app.prepare_store().await?;
    Ok(app)
}
