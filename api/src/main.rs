//! The one executable of Fengqiao: every role is a subcommand.

use std::process::ExitCode;

fn main() -> ExitCode {
    fengqiao_api::cli::run()
}
