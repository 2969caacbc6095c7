//! The binary: everything is in the library.

use std::process::ExitCode;

// What is allocated in one thread and freed in another, small and often, is given back: glibc's keeps it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    snak::cli::run()
}
