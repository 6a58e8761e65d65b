//! The `ami-sync` command.

use std::process::ExitCode;

fn main() -> ExitCode {
    ami_sync::cli::main().into()
}
