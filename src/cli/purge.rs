//! `purge`: erases the personal data that may no longer be kept, and keeps the statistics.

use std::io::Write;
use std::sync::Arc;

use anyhow::Context as _;
use jiff::civil::Date;

use super::exit::Exit;
use super::session::{Session, shared_calls};
use super::words::chosen_calls;
use crate::clock::{Clock as _, SystemClock};
use crate::config::{CallConfig, Config};
use crate::domain::{DossierNumber, counted};
use crate::engine::{Reach, erase, to_erase};
use crate::store::{Rotation, Store, clear_migration_copies};

/// The arguments of `purge`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Dire ce qui serait effacé, sans rien effacer
    #[arg(long)]
    dry_run: bool,
    /// Effacer aussi les dossiers qui n’ont pas bougé depuis ce jour, quelle que soit leur durée de conservation
    #[arg(long, value_name = "JOUR")]
    before: Option<Date>,
    /// Un seul appel, par son nom
    #[arg(long, value_name = "APPEL")]
    call: Option<String>,
}

/// Erases, beside a service that runs or not.
///
/// # Errors
/// When the mirror cannot be read or written.
pub fn run(args: &Args, session: &Session, out: &mut dyn Write) -> anyhow::Result<Exit> {
    let config = session.config()?;
    let calls = chosen_calls(shared_calls(&config), args.call.as_deref())?;
    let reader = Session::reader(&config)?;
    let now = SystemClock.now();
    let mut numbers = Vec::new();
    for call in &calls {
        let reach = match args.before {
            None => Reach::Due(now),
            Some(day) => Reach::Before(midnight(day, call)?),
        };
        let found = to_erase(&reader, call, reach)?;
        tell(call, &found, args.dry_run, out)?;
        numbers.extend(found);
    }
    drop(reader);
    if args.dry_run {
        return Ok(Exit::Done);
    }
    let mut store = Store::open_beside(&config.store.path)?;
    if numbers.is_empty() {
        // What an earlier purge could not take out of the file, for a reader, goes now.
        store.scrub()?;
        writeln!(out, "Rien à effacer ; le fichier est réécrit sans ce qui l’a été.")?;
        return Ok(Exit::Done);
    }
    let erased = erase(&mut store, &numbers, now)?;
    let copies = forget_copies(&config)?;
    tracing::info!(erased, copies, "personal data erased");
    writeln!(
        out,
        "{} ; leurs statistiques restent. {}.",
        counted(erased, "dossier effacé", "dossiers effacés"),
        counted(copies as u64, "copie du miroir retirée", "copies du miroir retirées")
    )?;
    Ok(Exit::Done)
}

fn midnight(day: Date, call: &Arc<CallConfig>) -> anyhow::Result<jiff::Timestamp> {
    let midnight =
        day.to_zoned_datetime(call.rules.timezone().clone()).context("un jour hors du calendrier")?;
    Ok(midnight.timestamp())
}

fn tell(call: &CallConfig, found: &[DossierNumber], dry: bool, out: &mut dyn Write) -> std::io::Result<()> {
    let verb = if dry { "seraient effacés" } else { "à effacer" };
    writeln!(out, "{} : {} {verb}", call.slug, counted(found.len() as u64, "dossier", "dossiers"))?;
    if dry && !found.is_empty() {
        let numbers: Vec<String> = found.iter().map(ToString::to_string).collect();
        writeln!(out, "  {}", numbers.join(", "))?;
    }
    Ok(())
}

/// Copies made before hold what was erased: they go with it.
fn forget_copies(config: &Config) -> anyhow::Result<usize> {
    let mut forgotten = 0;
    if let Some(folder) = config.snapshot.folder.clone() {
        forgotten += Rotation { folder, every: config.snapshot.every, keep: 1 }.clear()?;
    }
    Ok(forgotten + clear_migration_copies(&config.store.path)?)
}
