//! `fengqiao keys`: makes key files, and has one sealing key take another's place while servers run. The steps and why they are apart
//! are in `docs/adr/0031-keys-take-each-others-place.md`.

mod tokens;

use anyhow::{Context as _, bail};
use clap::{Args, Subcommand};
use fengqiao_domain::identity::TokenKeys;
use fengqiao_domain::kernel::clock::{Clock as _, SystemClock};
use fengqiao_domain::kernel::mutant::{self, Mutant};
use fengqiao_domain::kernel::scope::PlatformScope;
use fengqiao_domain::kernel::vault::{KeyOrigin, Keyring, OldDigests, Suite, Vault};
use fengqiao_domain::{Counted, Fact, Resealed, Resealer, SEALED_COLUMNS};

use super::Place;
use crate::app::App;
use crate::config::Settings;
use crate::output;

/// Between two lines that say how far a column is, in values.
const SAID_EVERY: u64 = 1_000;
const DAY: i64 = 86_400;

#[derive(Debug, Args)]
pub(super) struct Keys {
    /// Algorithms of the sealing key that is made.
    #[arg(long, value_name = "SUITE")]
    suite: Option<Suite>,
    #[command(subcommand)]
    step: Option<Step>,
}

#[derive(Debug, Subcommand)]
enum Step {
    /// Say which keys there are, and how much is sealed under each.
    List(At),
    /// Add a sealing key, which only opens until it is promoted. Copy the file to every server.
    Add {
        /// Its algorithms; those of the newest key without it.
        #[arg(long, value_name = "SUITE")]
        suite: Option<Suite>,
        #[command(flatten)]
        at: At,
    },
    /// Let the newest key seal. Every server must have it by then.
    Promote(At),
    /// Seal anew what is sealed under other keys. Servers may run; whoever begins anew goes on where it stopped.
    Reseal(At),
    /// Take a key out under which nothing is sealed any more.
    Retire {
        /// Its id, as `list` shows it.
        id: String,
        /// Let what cannot be made anew under another key count no more, a day after the last step: idempotency keys that were used
        /// before, and recovery codes.
        #[arg(long)]
        digests_lapse: bool,
        #[command(flatten)]
        at: At,
    },
    /// The keys that sign access tokens: another one takes their place while servers run.
    #[command(subcommand)]
    Tokens(tokens::Step),
}

#[derive(Debug, Args)]
struct At {
    #[command(flatten)]
    place: Place,
}

impl Keys {
    /// Where the database is, for the steps that need one.
    pub(super) const fn place(&self) -> Option<&Place> {
        match &self.step {
            Some(
                Step::List(at)
                | Step::Add { at, .. }
                | Step::Promote(at)
                | Step::Reseal(at)
                | Step::Retire { at, .. },
            ) => Some(&at.place),
            Some(Step::Tokens(_)) | None => None,
        }
    }
}

/// What needs no database: the first keys, and those that sign tokens.
pub(super) fn on_files(settings: &Settings, keys: &Keys) -> anyhow::Result<()> {
    match &keys.step {
        Some(Step::Tokens(step)) => tokens::take(settings, step),
        _ => make(settings, keys.suite.unwrap_or_default()),
    }
}

/// The steps that do.
pub(super) async fn on_store(settings: Settings, keys: Keys) -> anyhow::Result<()> {
    // First: without a file there is nothing to do, and none is made here.
    let ring = Keyring::hold(&settings.keys.sealing_file)?;
    ring.keys()?;
    let app = App::open(settings).await?;
    let pending = app.services.db.pending_migrations().await?;
    if pending > 0 {
        bail!("database lacks {pending} migrations: run `fengqiao migrate`");
    }
    app.recognise_key().await?;
    match keys.step {
        Some(Step::List(_)) => list(&app, &ring).await,
        Some(Step::Add { suite, .. }) => add(&app, &ring, suite).await,
        Some(Step::Promote(_)) => promote(&app, &ring).await,
        Some(Step::Reseal(_)) => {
            // It may take hours, and changes nothing of the file.
            drop(ring);
            reseal(&app).await
        }
        Some(Step::Retire { id, digests_lapse, .. }) => {
            let digests = if digests_lapse { OldDigests::GivenUp } else { OldDigests::Lapsed };
            retire(&app, &ring, &id, digests).await
        }
        Some(Step::Tokens(_)) | None => Ok(()),
    }
}

fn make(settings: &Settings, suite: Suite) -> anyhow::Result<()> {
    let (tokens, sealing) = (&settings.keys.token_file, &settings.keys.sealing_file);
    if tokens.exists() && sealing.exists() {
        bail!(
            "{} and {} exist already: name other files in [keys], or `fengqiao keys add` a sealing key, `fengqiao keys tokens add` one that signs tokens",
            tokens.display(),
            sealing.display()
        );
    }
    if !tokens.exists() {
        TokenKeys::generate(tokens, KeyOrigin::Operator)?;
        output::line(format_args!("made {}", tokens.display()))?;
    }
    if !sealing.exists() {
        Vault::generate(sealing, KeyOrigin::Operator, suite)?;
        output::line(format_args!("made {}", sealing.display()))?;
    }
    Ok(())
}

async fn add(app: &App, ring: &Keyring, suite: Option<Suite>) -> anyhow::Result<()> {
    // Every key that is made now wants one of each tenant besides. Tenants of before may lack it; servers read it when they learn of the
    // new key, and know it by the time that one seals.
    app.services.db.make_tenant_keys(&PlatformScope::for_command_line("make keys of tenants")).await?;
    let newest = ring.keys()?.last().map(|key| key.suite);
    let id = ring.add(suite.or(newest).unwrap_or_default(), SystemClock.now())?;
    Ok(output::line(format_args!(
        "added {id:08x} to {}; it opens and does not seal yet. Copy the file to every server, back it up, then `fengqiao keys promote`",
        app.settings.keys.sealing_file.display()
    ))?)
}

async fn promote(app: &App, ring: &Keyring) -> anyhow::Result<()> {
    let now = SystemClock.now();
    // First, so that from now on no server starts that has not this key.
    let fingerprint = ring.promotable(now)?;
    app.services.db.set_fact(Fact::SealingKey, &fingerprint).await?;
    let id = ring.promote(now)?;
    Ok(output::line(format_args!(
        "{id:08x} seals. Copy the file to every server, then `fengqiao keys reseal`"
    ))?)
}

fn resealer(app: &App, reason: &str) -> Resealer {
    Resealer::new(app.services.db.clone(), PlatformScope::for_command_line(reason))
}

async fn list(app: &App, ring: &Keyring) -> anyhow::Result<()> {
    let resealer = resealer(app, "count what is sealed under which key");
    let counted = resealer.count().await?;
    for key in ring.keys()? {
        let what = if key.seals { "seals" } else { "opens" };
        output::line(format_args!("{:08x} {} {what}", key.id, key.suite))?;
        for place in counted.iter().filter(|counted| counted.key == key.id) {
            output::line(format_args!("  {}: {}", place.place, place.values))?;
        }
    }
    Ok(())
}

async fn reseal(app: &App) -> anyhow::Result<()> {
    let resealer = resealer(app, "seal anew under the key that seals");
    let sealing = app.services.db.sealing_key()?;
    let left = |counted: &[Counted]| -> u64 {
        counted.iter().filter(|counted| counted.key != sealing).map(|counted| counted.values).sum()
    };
    let before = resealer.count().await?;
    output::line(format_args!("{} values are to be sealed anew under {sealing:08x}", left(&before)))?;
    let mut unreadable = 0;
    for column in &SEALED_COLUMNS {
        let place = format!("{}.{}", column.table, column.column);
        let of: Vec<Counted> = before.iter().filter(|counted| counted.place == place).cloned().collect();
        let (of, mut next) = (left(&of), SAID_EVERY);
        let told = resealer.reseal(column, |so_far: &Resealed| {
            if so_far.done >= next {
                next = so_far.done + SAID_EVERY;
                // Whether anybody reads it is no reason to stop.
                let _ = output::line(format_args!("{place}: {} of {of}", so_far.done));
            }
        });
        let told = told.await.with_context(|| format!("{place}: begin anew to go on"))?;
        unreadable += told.unreadable;
        if told != Resealed::default() {
            output::line(format_args!(
                "{place}: {} sealed anew, {} changed meanwhile, {} do not open",
                told.done, told.changed, told.unreadable
            ))?;
        }
    }
    let after = left(&resealer.count().await?);
    if unreadable > 0 || after > 0 {
        bail!(
            "{after} values are left under other keys, of which {unreadable} do not open: run it again, or look at the log"
        );
    }
    Ok(output::line(format_args!("everything is sealed under {sealing:08x}"))?)
}

async fn retire(app: &App, ring: &Keyring, id: &str, digests: OldDigests) -> anyhow::Result<()> {
    let id = u32::from_str_radix(id, 16)
        .with_context(|| format!("{id} is no id of a key: see `fengqiao keys list`"))?;
    let now = SystemClock.now();
    ring.retirable(id, digests, now)?;
    let begun = app.services.db.fact(Fact::SealingKey).await?;
    if begun.is_some_and(|fingerprint| fingerprint.starts_with(&format!("{id:08x}-"))) {
        bail!("{id:08x} is about to seal: run `fengqiao keys promote` to its end");
    }
    let resealer = resealer(app, "see whether a key is still needed");
    let used: Vec<Counted> =
        resealer.count().await?.into_iter().filter(|counted| counted.key == id).collect();
    if let Some(Counted { place, values, .. }) =
        used.first().filter(|_| !mutant::active(Mutant::UsedKeyRetired))
    {
        bail!("{place} has {values} values under {id:08x}: run `fengqiao keys reseal` first");
    }
    // A server may have had the new key for its own only a while later.
    let people = resealer.recovery_codes(ring.changed_at()?.plus_seconds(DAY)).await?;
    if people > 0 && digests == OldDigests::Lapsed {
        bail!(
            "{people} people have recovery codes of before the last change of keys: let them make new ones, or give --digests-lapse"
        );
    }
    ring.retire(id)?;
    Ok(output::line(format_args!(
        "{id:08x} is out. Copy the file to every server; keep the one before with backups of before today"
    ))?)
}
