//! `init`: a commented configuration to fill in.

use std::fs::OpenOptions;
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;

use super::exit::{Exit, Misuse};
use crate::config;

/// Writes a commented configuration.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Où l’écrire
    #[arg(value_name = "FICHIER", default_value = "config.toml")]
    path: PathBuf,
}

/// Writes the example, and says what to do next. An existing file is left as it is.
///
/// # Errors
/// When the file exists or cannot be written.
pub fn run(args: &Args, chosen: Option<&Path>, out: &mut dyn Write) -> anyhow::Result<Exit> {
    let path = chosen.unwrap_or(&args.path);
    let file = OpenOptions::new().write(true).create_new(true).mode(0o640).open(path);
    let mut file = match file {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            let message = format!("{} existe déjà ; il n’a pas été touché", path.display());
            return Err(Misuse(message).into());
        }
        Err(error) => return Err(error).with_context(|| format!("{} ne peut être écrit", path.display())),
    };
    file.write_all(config::EXAMPLE.as_bytes())
        .with_context(|| format!("{} ne peut être écrit", path.display()))?;
    writeln!(out, "{} est écrit. Ensuite :", path.display())?;
    writeln!(out, "  1. indiquez-y le numéro de la démarche et le fichier du jeton ;")?;
    writeln!(out, "  2. ami-sync --config {} check", path.display())?;
    writeln!(out, "  3. ami-sync --config {} sync", path.display())?;
    Ok(Exit::Done)
}
