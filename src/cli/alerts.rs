//! `alerts`: the outbox, seen and led by hand.

use std::io::Write;

use super::exit::{Exit, Misuse};
use super::output::Format;
use super::session::Session;
use super::{alerts_list, alerts_test};
use crate::clock::{Clock as _, SystemClock};
use crate::domain::{DossierNumber, counted};
use crate::store::{Store, StoreError};

/// The arguments of `alerts`.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    /// Liste les alertes, les plus récentes d’abord
    List(alerts_list::Args),
    /// Envoie un message d’essai par chaque canal
    Test {
        /// Un seul canal, par son nom
        #[arg(long, value_name = "CANAL")]
        channel: Option<String>,
    },
    /// Reprend des alertes abandonnées, ou en attente, dès maintenant
    Retry {
        /// Numéros d’alertes ; sans numéro, toutes celles qui ont été abandonnées
        #[arg(value_name = "ALERTE")]
        ids: Vec<i64>,
        /// Un seul canal, par son nom
        #[arg(long, value_name = "CANAL")]
        channel: Option<String>,
    },
    /// Acquitte des alertes : elles ne seront plus rappelées, dans aucun canal
    Ack {
        /// Numéros d’alertes
        #[arg(value_name = "ALERTE", required = true)]
        ids: Vec<i64>,
        /// Qui acquitte
        #[arg(long, value_name = "QUI")]
        by: String,
    },
    /// Montre le message qu’un dossier donnerait dans chaque canal, sans rien envoyer
    Preview {
        /// Numéro du dossier
        #[arg(value_name = "NUMÉRO")]
        number: DossierNumber,
        /// Un seul canal, par son nom
        #[arg(long, value_name = "CANAL")]
        channel: Option<String>,
        /// Montrer la partie HTML plutôt que le texte
        #[arg(long)]
        html: bool,
        /// Forme de la sortie (table ou json)
        #[arg(long, value_enum, hide_possible_values = true)]
        format: Option<Format>,
    },
}

/// Shows or leads the alerts.
///
/// # Errors
/// When the mirror cannot be read or written, or an alert is not there.
pub fn run(args: &Args, session: &Session, out: &mut dyn Write) -> anyhow::Result<Exit> {
    let config = session.config()?;
    match &args.action {
        Action::List(args) => alerts_list::run(args, &config, out),
        Action::Test { channel } => alerts_test::run(&config, channel.as_deref(), out),
        Action::Preview { number, channel, html, format } => {
            let wanted = alerts_test::Wanted { channel: channel.as_deref(), html: *html, format: *format };
            alerts_test::preview(&config, *number, &wanted, out)
        }
        Action::Retry { ids, channel } => {
            let mut store = open(&config.store.path)?;
            let revived = store
                .write(SystemClock.now(), |tx| tx.revive(ids, channel.as_deref()))
                .map_err(anyhow::Error::from)?;
            writeln!(
                out,
                "{} ; le prochain envoi les emportera",
                counted(revived, "alerte reprise", "alertes reprises")
            )?;
            if revived == 0 && !ids.is_empty() {
                return Err(
                    Misuse("aucune alerte de ce numéro n’attend ni n’a été abandonnée".to_owned()).into()
                );
            }
            Ok(Exit::Done)
        }
        Action::Ack { ids, by } => {
            let mut store = open(&config.store.path)?;
            for id in ids {
                let known = store
                    .write(SystemClock.now(), |tx| tx.acknowledge(*id, by))
                    .map_err(anyhow::Error::from)?;
                if !known {
                    return Err(Misuse(format!(
                        "il n’y a pas d’alerte {id} ; « ami-sync alerts list » les montre"
                    ))
                    .into());
                }
            }
            writeln!(out, "{}", counted(ids.len() as u64, "alerte acquittée", "alertes acquittées"))?;
            Ok(Exit::Done)
        }
    }
}

/// The mirror, for a short write.
fn open(path: &std::path::Path) -> Result<Store, StoreError> {
    Store::open_beside(path)
}
