//! `completions`: what a shell knows of the commands.

use std::io::Write;

use anyhow::Context as _;

use super::exit::Exit;

/// The arguments of `completions`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// L’interpréteur de commandes
    shell: clap_complete::Shell,
}

/// Writes the completion script of a shell.
///
/// # Errors
/// When the output cannot be written.
pub fn run(args: &Args, out: &mut dyn Write) -> anyhow::Result<Exit> {
    // The generator stops the process on a closed pipe: it writes to memory first.
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut super::command(), "ami-sync", &mut script);
    out.write_all(&script).context("la sortie ne peut être écrite")?;
    Ok(Exit::Done)
}
