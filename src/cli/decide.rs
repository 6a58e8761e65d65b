//! `decide`: a person's decision on a dossier, and its withdrawal. Rules never overwrite it.

use std::io::Write;

use super::exit::{Exit, Misuse};
use super::session::Session;
use super::signature::{Signature, sign, write};
use super::words::verdict;
use crate::domain::DossierNumber;
use crate::eligibility::Outcome;
use crate::engine::Writing;

/// The arguments of `decide`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Numéro du dossier
    #[arg(value_name = "NUMÉRO")]
    number: DossierNumber,
    /// Ce qui est décidé
    #[arg(value_name = "VERDICT", value_parser = ["eligible", "ineligible", "late", "to_review"])]
    #[arg(required_unless_present = "withdraw", conflicts_with = "withdraw")]
    verdict: Option<String>,
    #[command(flatten)]
    signature: Signature,
    /// Retirer la décision : les règles concluent à nouveau
    #[arg(long)]
    withdraw: bool,
}

/// Records the decision, or its withdrawal.
///
/// # Errors
/// When the dossier is not in the mirror, or the mirror cannot be written.
pub fn run(args: &Args, session: &Session, out: &mut dyn Write) -> anyhow::Result<Exit> {
    let config = session.config()?;
    let signed = sign(&args.signature, args.withdraw)?;
    let decided = args.verdict.as_deref().and_then(Outcome::from_name);
    let writing = decided.map_or(Writing::WithdrawDecision, Writing::Decide);
    let Some(written) = write(&config, args.number, (writing, &signed))? else {
        let message = format!("aucune décision n’est en vigueur sur le dossier {}", args.number);
        return Err(Misuse(message).into());
    };
    let (told, rules) = (verdict(written.outcome.as_str()), verdict(written.rules_outcome.as_str()));
    if args.withdraw {
        writeln!(
            out,
            "Dossier {} : {told}, d’après les règles ; décision retirée par {}",
            args.number, signed.by
        )?;
    } else {
        writeln!(
            out,
            "Dossier {} : {told}, décidé par {} ; les règles disent : {rules}",
            args.number, signed.by
        )?;
    }
    Ok(Exit::Done)
}
