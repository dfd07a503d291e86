//! The command line, nothing else.

use std::process::ExitCode;

/// A tenth of an intake went into the allocator of the system. Without huge pages it takes half the
/// memory, and no more time.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    guichet::cli::run()
}
