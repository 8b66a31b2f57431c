//! The one executable of Fengqiao: every role is a subcommand.

use std::process::ExitCode;

/// Answers are trees of small values: the system's allocator took a sixth of the time (`docs/PERFORMANCE.md`).
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    fengqiao_api::cli::run()
}
