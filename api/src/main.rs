//! The one executable of Fengqiao: every role is a subcommand.

use std::process::ExitCode;

use mimalloc::MiMalloc;
use zeroizing_alloc::ZeroAlloc;

/// Thousands of sockets are opened with much that is let go at once: the system's own leaves it in pieces, twice as much as is in use
/// (`docs/PERFORMANCE.md`). What is let go is written over with zeros: passwords, tokens and whatever else stood in a request (requirement
/// P9).
#[global_allocator]
static ALLOCATOR: ZeroAlloc<MiMalloc> = ZeroAlloc(MiMalloc);

fn main() -> ExitCode {
    fengqiao_api::cli::run()
}
