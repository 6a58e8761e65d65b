//! `extend`: an extension of the deadline for one dossier, kept with who granted it and why.

use std::io::Write;

use anyhow::Context as _;
use jiff::civil::DateTime;

use super::exit::{Exit, Misuse};
use super::session::Session;
use super::signature::{Signature, call_of, sign, write};
use super::words::verdict;
use crate::config::CallConfig;
use crate::domain::DossierNumber;
use crate::engine::Writing;

/// The arguments of `extend`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Numéro du dossier
    #[arg(value_name = "NUMÉRO")]
    number: DossierNumber,
    /// Heure locale de l’appel, par exemple 2019-06-03T12:00 ; sa minute est tout entière dans le délai
    #[arg(long, value_name = "HEURE", required_unless_present = "withdraw", conflicts_with = "withdraw")]
    until: Option<DateTime>,
    #[command(flatten)]
    signature: Signature,
    /// Retirer la prolongation
    #[arg(long)]
    withdraw: bool,
}

/// Records the extension, or its withdrawal.
///
/// # Errors
/// When the dossier is not in the mirror, when the extension extends nothing, or the mirror cannot be written.
pub fn run(args: &Args, session: &Session, out: &mut dyn Write) -> anyhow::Result<Exit> {
    let config = session.config()?;
    let signed = sign(&args.signature, args.withdraw)?;
    if let Some(until) = args.until {
        refuse_useless(call_of(&config, args.number)?, until)?;
    }
    let writing = args.until.map_or(Writing::WithdrawExtension, Writing::Extend);
    let Some(written) = write(&config, args.number, (writing, &signed))? else {
        let message = format!("aucune prolongation n’est en vigueur pour le dossier {}", args.number);
        return Err(Misuse(message).into());
    };
    let told = verdict(written.outcome.as_str());
    match args.until {
        Some(until) => {
            let until = until.strftime("%d/%m/%Y à %H:%M");
            writeln!(
                out,
                "Dossier {} : {told} ; délai prolongé par {} jusqu’au {until} inclus",
                args.number, signed.by
            )?;
        }
        None => writeln!(out, "Dossier {} : {told} ; prolongation retirée par {}", args.number, signed.by)?,
    }
    Ok(Exit::Done)
}

/// An extension that ends before the deadline does would be a mistake.
fn refuse_useless(call: &CallConfig, until: DateTime) -> anyhow::Result<()> {
    let end = call.rules.end_of_minute(until).context("cette date est hors du calendrier")?;
    match call.rules.closes_at() {
        None => {
            Err(Misuse(format!("l’appel {} n’a pas de clôture (deadline) à prolonger", call.slug)).into())
        }
        Some(closing) if end <= closing => {
            let message = format!(
                "{until} n’est pas après la clôture de l’appel {} : donnez une heure locale qui la suit",
                call.slug
            );
            Err(Misuse(message).into())
        }
        Some(_) => Ok(()),
    }
}
