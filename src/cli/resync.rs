//! `resync`: reads dossiers again, by number or since an instant.

use std::io::Write;

use super::exit::Exit;
use super::moment::Moment;
use super::session::{Session, block_on, observe, shared_calls};
use super::sync::{exit_of, tell};
use crate::domain::DossierNumber;
use crate::engine::Resynced;

/// The arguments of `resync`.
#[derive(Debug, clap::Args)]
#[group(required = true, multiple = false)]
pub struct Args {
    /// Numéros des dossiers
    #[arg(value_name = "NUMÉRO")]
    numbers: Vec<DossierNumber>,
    /// Tous les dossiers modifiés depuis cet instant : heure locale de l’appel (2019-05-31T23:59) ou instant exact (2019-05-31T22:00:00Z)
    #[arg(long, value_name = "INSTANT")]
    since: Option<Moment>,
}

/// Reads again and tells what moved.
///
/// # Errors
/// When the platform as a whole cannot be read, or the mirror cannot be written.
pub fn run(args: &Args, session: &Session, out: &mut dyn Write) -> anyhow::Result<Exit> {
    let config = session.config()?;
    let calls = shared_calls(&config);
    let bar = session.progress_bar();
    let engine = observe(Session::engine(&config)?, bar.as_ref());
    let stop = engine.stop_token();
    let exit = block_on(Some(stop), async {
        let mut exit = Exit::Done;
        if let Some(since) = args.since {
            for call in &calls {
                let report = engine.resync_since(call, since.at(call.rules.timezone())).await?;
                tell(&report, out)?;
                exit = exit.worst(exit_of(report.outcome));
            }
        }
        for number in &args.numbers {
            let done = engine.resync(&calls, *number).await?;
            writeln!(out, "{number} : {}", told(&done))?;
            exit = exit.worst(match done {
                Resynced::Changed | Resynced::Unchanged => Exit::Done,
                Resynced::NotFound | Resynced::OfNoCall(_) | Resynced::Failed(_) => Exit::Findings,
            });
        }
        Ok(exit)
    });
    if let Some(bar) = bar {
        bar.finish_and_clear();
    }
    exit
}

fn told(done: &Resynced) -> String {
    match done {
        Resynced::Changed => "relu, modifié".to_owned(),
        Resynced::Unchanged => "relu, rien de nouveau".to_owned(),
        Resynced::NotFound => "la plateforme ne le montre pas (ou plus) ; rien n’a été changé".to_owned(),
        Resynced::OfNoCall(demarche) => {
            format!("il est de la démarche {demarche}, qui n’est pas dans la configuration")
        }
        Resynced::Failed(error) => format!("n’a pas pu être lu : {error}"),
    }
}
