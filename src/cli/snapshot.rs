//! `snapshot`: a copy of the mirror that stands by itself.

use std::io::Write;
use std::path::PathBuf;

use super::exit::Exit;
use super::session::Session;

/// The arguments of `snapshot`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// La copie à écrire ; une copie précédente du même nom est remplacée
    #[arg(value_name = "FICHIER")]
    file: PathBuf,
}

/// Writes the copy, beside a service that runs or not.
///
/// # Errors
/// When the mirror cannot be read or the copy cannot be written.
pub fn run(args: &Args, session: &Session, out: &mut dyn Write) -> anyhow::Result<Exit> {
    let config = session.config()?;
    Session::reader(&config)?.snapshot(&args.file)?;
    writeln!(out, "Le miroir est copié dans {}, en lecture seule", args.file.display())?;
    Ok(Exit::Done)
}
