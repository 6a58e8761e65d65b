//! `man`: the manual, from the same description of the commands as the help.

use std::io::Write;
use std::path::PathBuf;

use anyhow::Context as _;
use clap_mangen::Man;

use super::exit::Exit;

/// What belongs to the program and to none of its options: its files, its environment, its exit codes.
const BESIDE_OPTIONS: &str = include_str!("manual.roff");

/// The arguments of `man`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Écrire toutes les pages, une par commande, dans ce répertoire
    #[arg(long, value_name = "RÉPERTOIRE")]
    directory: Option<PathBuf>,
}

/// Writes the page of the program, or every page.
///
/// # Errors
/// When they cannot be written.
pub fn run(args: &Args, out: &mut dyn Write) -> anyhow::Result<Exit> {
    let page = main_page()?;
    match &args.directory {
        None => out.write_all(&page).context("la sortie ne peut être écrite")?,
        Some(directory) => {
            let failed = || {
                let directory = directory.display();
                format!(
                    "le manuel ne peut être écrit dans {directory} ; vérifiez ce répertoire, ses droits et la place \
                     qui y reste"
                )
            };
            clap_mangen::generate_to(super::command(), directory).with_context(failed)?;
            std::fs::write(directory.join("ami-sync.1"), page).with_context(failed)?;
        }
    }
    Ok(Exit::Done)
}

fn main_page() -> anyhow::Result<Vec<u8>> {
    let mut page = Vec::new();
    Man::new(super::command().disable_help_subcommand(true)).render(&mut page)?;
    page.extend_from_slice(BESIDE_OPTIONS.as_bytes());
    Ok(page)
}
