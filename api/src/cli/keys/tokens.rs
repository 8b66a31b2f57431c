//! `fengqiao keys tokens`: has one key that signs access tokens take another's place while servers run. The steps and why they are
//! apart are in `docs/adr/0040-token-keys-take-each-others-place.md`.

use clap::Subcommand;
use fengqiao_domain::identity::{TokenKeyFile, TokenKeyState};
use fengqiao_domain::kernel::clock::{Clock as _, SystemClock};

use crate::config::Settings;
use crate::output;

#[derive(Debug, Subcommand)]
pub(super) enum Step {
    /// Say which keys there are, and what each does.
    List,
    /// Add a key, which only verifies until it is promoted. Copy the file to every server.
    Add,
    /// Let the key that was added sign. Every server must have it by then.
    Promote,
    /// Take a key out, when nothing that it signed can still count.
    Retire {
        /// Its id, as `list` shows it.
        #[arg(allow_hyphen_values = true)]
        id: String,
    },
}

/// Takes a step on the file that the settings name.
pub(super) fn take(settings: &Settings, step: &Step) -> anyhow::Result<()> {
    let path = &settings.keys.token_file;
    let file = TokenKeyFile::hold(path)?;
    let now = SystemClock.now();
    match step {
        Step::List => list(&file)?,
        Step::Add => {
            let id = file.add(now)?;
            output::line(format_args!(
                "added {id} to {}; it verifies and does not sign yet. Copy the file to every server, then `fengqiao keys tokens promote`",
                path.display()
            ))?;
        }
        Step::Promote => {
            let id = file.promote(now)?;
            output::line(format_args!(
                "{id} signs. Copy the file to every server; in an hour `fengqiao keys tokens retire` the one before"
            ))?;
        }
        Step::Retire { id } => {
            file.retire(id, now)?;
            output::line(format_args!("{id} is out. Copy the file to every server"))?;
        }
    }
    Ok(())
}

fn list(file: &TokenKeyFile) -> anyhow::Result<()> {
    for key in file.keys()? {
        let what = match key.state {
            TokenKeyState::Signs => "signs",
            TokenKeyState::Waits => "verifies, and may sign next",
            TokenKeyState::Stopped => "verifies what it signed before",
        };
        output::line(format_args!("{} {what}", key.kid))?;
    }
    Ok(())
}
