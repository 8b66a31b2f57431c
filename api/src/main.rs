//! The one executable of Fengqiao: every role is a subcommand.

use std::process::ExitCode;

use mimalloc::MiMalloc;

/// Thousands of sockets are opened with much that is let go at once: the system's own leaves it in pieces, twice as much as is in use
/// (`docs/PERFORMANCE.md`).
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    fengqiao_api::cli::run()
}
