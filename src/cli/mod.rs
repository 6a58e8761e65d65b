//! The command line: parse, run one command, answer with an exit code.
//!
//! Data goes to the standard output, everything else to the standard error. What an operator reads is in
//! French; keys of JSON and CSV are the mirror's names. Commands that only read open the mirror read-only
//! and start no runtime.

mod alerts;
mod alerts_list;
mod alerts_test;
mod audit;
mod check;
mod completions;
mod decide;
#[cfg(feature = "demo")]
mod demo;
mod dossiers;
mod exit;
mod explain;
mod explain_at;
mod export;
mod extend;
mod grid;
mod help;
mod history;
mod init;
mod log;
mod manual;
mod moment;
mod output;
mod purge;
mod query;
mod refusal;
mod resync;
mod rules;
mod run;
mod session;
mod show;
mod signature;
mod snapshot;
mod status;
mod story;
mod summary;
mod sync;
mod words;
mod workbook;

use std::io::{self, Write};
use std::path::PathBuf;

use clap::{CommandFactory as _, FromArgMatches as _, Parser, Subcommand};
use tracing_subscriber::filter::LevelFilter;

use self::run::LogFormat;
use self::session::Session;

pub use self::exit::Exit;

/// Suit les dossiers d’un appel à manifestation d’intérêt déposés sur demarches-simplifiees.fr.
#[derive(Debug, Parser)]
#[command(name = "ami-sync", version, max_term_width = 100)]
#[command(disable_help_flag = true, disable_version_flag = true, disable_help_subcommand = true)]
pub struct Cli {
    /// Fichier de configuration (sinon $AMI_SYNC_CONFIG, ./config.toml, /etc/ami-sync/config.toml)
    #[arg(long, global = true, value_name = "FICHIER")]
    config: Option<PathBuf>,
    /// En dire plus sur la sortie d’erreur ; deux fois, encore plus
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    verbose: u8,
    /// Ne dire que les erreurs
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    quiet: bool,
    /// Afficher cette aide
    #[arg(short, long, global = true, action = clap::ArgAction::Help)]
    help: Option<bool>,
    /// Afficher la version
    #[arg(short = 'V', long, action = clap::ArgAction::Version)]
    version: Option<bool>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Montre tout sur un appel réaliste, sans jeton ni configuration ni réseau
    #[cfg(feature = "demo")]
    Demo(demo::Args),
    /// Écrit une configuration commentée
    Init(init::Args),
    /// Vérifie la configuration, le jeton, la plateforme et le miroir
    Check(check::Args),
    /// Fait une passe complète sur chaque appel, puis s’arrête
    Sync(sync::Args),
    /// Suit les appels en continu : le service
    Run(run::Args),
    /// Dit où en est le miroir
    Status(status::Args),
    /// Liste les dossiers
    Dossiers(dossiers::Args),
    /// Montre tout ce qui est connu d’un dossier
    Show(show::Args),
    /// Explique le verdict d’un dossier
    Explain(explain::Args),
    /// Consigne la décision d’une personne, que les règles n’écrasent jamais, ou la retire
    Decide(decide::Args),
    /// Prolonge le délai d’un dossier, ou retire la prolongation
    Extend(extend::Args),
    /// Montre la grille du jury sur un dossier, ou y consigne des notes
    Grid(grid::Args),
    /// Montre tout ce qui a changé dans un dossier, ou le dossier tel qu’il était
    History(history::Args),
    /// Montre les règles d’un appel, ou ce qu’une autre configuration changerait
    Rules(rules::Args),
    /// Compare le miroir et la plateforme sans rien changer
    Audit(audit::Args),
    /// Relit des dossiers
    Resync(resync::Args),
    /// Interroge le miroir en SQL, en lecture seule
    Query(query::Args),
    /// Efface les données personnelles qui ne peuvent plus être gardées
    Purge(purge::Args),
    /// Écrit une copie du miroir, en lecture seule, même pendant que le service écrit
    Snapshot(snapshot::Args),
    /// Exporte une vue du miroir
    Export(export::Args),
    /// Montre et conduit les alertes : liste, essai, reprise, acquittement, aperçu
    Alerts(alerts::Args),
    /// Écrit le script de complétion d’un interpréteur de commandes
    Completions(completions::Args),
    /// Écrit la page de manuel, ou toutes
    Man(manual::Args),
}

/// What may be asked, as people, shells and `man` read it.
#[must_use]
fn command() -> clap::Command {
    help::french(Cli::command())
}

/// Runs the command given on the process's command line.
#[must_use]
pub fn main() -> Exit {
    let parsed = command().try_get_matches().and_then(|matches| Cli::from_arg_matches(&matches));
    let cli = match parsed {
        Ok(cli) => cli,
        Err(told) => return tell_usage(&told),
    };
    start_log(&cli);
    let mut out = io::BufWriter::new(io::stdout().lock());
    let done = dispatch(&cli, &mut out).and_then(|exit| {
        out.flush()?;
        Ok(exit)
    });
    done.unwrap_or_else(|error| tell_error(&cli, &error))
}

fn dispatch(cli: &Cli, out: &mut dyn Write) -> anyhow::Result<Exit> {
    let session = Session::new(cli.config.as_deref(), cli.quiet);
    match &cli.command {
        #[cfg(feature = "demo")]
        Command::Demo(args) => demo::run(args, &session, out),
        Command::Init(args) => init::run(args, cli.config.as_deref(), out),
        Command::Check(args) => check::run(args, &session, out),
        Command::Sync(args) => sync::run(args, &session, out),
        Command::Run(_) => run::run(&session),
        Command::Status(args) => status::run(args, &session, out),
        Command::Dossiers(args) => dossiers::run(args, &session, out),
        Command::Show(args) => show::run(args, &session, out),
        Command::Explain(args) => explain::run(args, &session, out),
        Command::Decide(args) => decide::run(args, &session, out),
        Command::Extend(args) => extend::run(args, &session, out),
        Command::Grid(args) => grid::run(args, &session, out),
        Command::History(args) => history::run(args, &session, out),
        Command::Rules(args) => rules::run(args, &session, out),
        Command::Audit(args) => audit::run(args, &session, out),
        Command::Resync(args) => resync::run(args, &session, out),
        Command::Query(args) => query::run(args, &session, out),
        Command::Purge(args) => purge::run(args, &session, out),
        Command::Snapshot(args) => snapshot::run(args, &session, out),
        Command::Export(args) => export::run(args, &session, out),
        Command::Alerts(args) => alerts::run(args, &session, out),
        Command::Completions(args) => completions::run(args, out),
        Command::Man(args) => manual::run(args, out),
    }
}

/// Help and version are data; a mistake is not. A closed pipe is no error.
fn tell_usage(told: &clap::Error) -> Exit {
    let printed = match refusal::told(told) {
        Some(text) => io::stderr().write_all(text.as_bytes()),
        None => told.print(),
    };
    match (told.use_stderr(), printed) {
        (true, _) => Exit::Misused,
        (false, Err(error)) if error.kind() != io::ErrorKind::BrokenPipe => Exit::Failed,
        (false, _) => Exit::Done,
    }
}

fn tell_error(cli: &Cli, error: &anyhow::Error) -> Exit {
    let exit = exit::of_error(error);
    if exit == Exit::Done {
        return exit;
    }
    let mut err = io::stderr().lock();
    let mut lines = format!("ami-sync : {error}\n");
    if let Some(remedy) = exit::remedy(error) {
        lines.push_str(&format!("  → {remedy}\n"));
    }
    if cli.verbose > 0 {
        for cause in error.chain().skip(1) {
            lines.push_str(&format!("  cause : {cause}\n"));
        }
    }
    // Nothing is left to say it to if this fails.
    drop(err.write_all(lines.as_bytes()));
    exit
}

fn start_log(cli: &Cli) {
    let (usual, format) = match &cli.command {
        // A service says what it does.
        Command::Run(args) => (LevelFilter::INFO, args.log_format),
        _ => (LevelFilter::WARN, Some(LogFormat::Text)),
    };
    let level = match (cli.quiet, cli.verbose) {
        (true, _) => LevelFilter::ERROR,
        (false, 0) => usual,
        (false, 1) => LevelFilter::INFO,
        (false, _) => LevelFilter::DEBUG,
    };
    log::start(level, format);
}
