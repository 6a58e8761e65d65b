//! What is said of a deadline, in words fit to be quoted to an applicant, French or English.
//!
//! The instant that counts is named: the first deposit, or the last entry into construction where the call
//! chose so.

use jiff::Timestamp;

use super::circumstances::Extension;
use super::deadline::{Closing, DepositDate};
use super::ruleset::Ruleset;
use super::verdict::Reason;
use super::wording::{local, reason, wall};

/// What was done at the instant that counts, French then English.
const fn done(counted: DepositDate) -> (&'static str, &'static str) {
    match counted {
        DepositDate::Depot => ("a été déposé", "was filed"),
        DepositDate::PassageEnConstruction => {
            ("est passé (pour la dernière fois) en construction", "last entered construction")
        }
    }
}

/// Whole minutes since the deadline.
fn minutes_late(counted: Timestamp, closing: &Closing) -> i64 {
    counted.duration_since(closing.end).as_secs() / 60
}

/// How long after the deadline, as people say it, French then English.
fn delay(counted: Timestamp, closing: &Closing) -> (String, String) {
    let minutes = minutes_late(counted, closing);
    let told = |day: &str, less: &str| match minutes {
        0 => less.to_owned(),
        1..120 => format!("{minutes} min"),
        120..2_880 => format!("{} h {:02} min", minutes / 60, minutes % 60),
        _ => format!("{} {day} {} h", minutes / 1_440, minutes % 1_440 / 60),
    };
    (told("jours", "moins d’une minute"), told("days", "less than a minute"))
}

pub(super) fn early(rules: &Ruleset, counted: Timestamp, opening: Timestamp) -> Reason {
    let (at, open) = (local(rules, counted), local(rules, opening));
    let (fait, done) = done(rules.deposit_date);
    reason(
        rules,
        "deposited_before_opening",
        format!("Le dossier {fait} le {at}, avant l’ouverture de l’appel, le {open}."),
        format!("The application {done} on {at}, before the call opened on {open}."),
        [(rules.deposit_date.as_str(), counted.into()), ("opens_at", opening.into())],
    )
}

pub(super) fn no_deadline(rules: &Ruleset, counted: Timestamp) -> Reason {
    reason(
        rules,
        "no_deadline",
        "Aucune date de clôture n’est configurée pour cet appel.".to_owned(),
        "No deadline is configured for this call.".to_owned(),
        [(rules.deposit_date.as_str(), counted.into())],
    )
}

pub(super) fn on_time(rules: &Ruleset, counted: Timestamp, closing: &Closing) -> Reason {
    let (at, end) = (local(rules, counted), wall(rules, closing.local));
    let (fait, done) = done(rules.deposit_date);
    reason(
        rules,
        "deposited_on_time",
        format!("Le dossier {fait} le {at}, avant la clôture ({end} inclus)."),
        format!("The application {done} on {at}, before the deadline ({end} included)."),
        [(rules.deposit_date.as_str(), counted.into()), ("deadline", closing.end.into())],
    )
}

pub(super) fn within_grace(rules: &Ruleset, counted: Timestamp, closing: &Closing) -> Reason {
    let (at, end) = (local(rules, counted), wall(rules, closing.local));
    let (retard, delay) = delay(counted, closing);
    let (fait, done) = done(rules.deposit_date);
    reason(
        rules,
        "deposited_within_grace",
        format!(
            "Le dossier {fait} le {at}, {retard} après la clôture ({end} inclus), dans la tolérance prévue."
        ),
        format!(
            "The application {done} on {at}, {delay} after the deadline ({end} included), within the tolerance."
        ),
        [
            (rules.deposit_date.as_str(), counted.into()),
            ("deadline", closing.end.into()),
            ("end_of_grace", closing.end_of_grace.into()),
        ],
    )
}

pub(super) fn within_extension(
    rules: &Ruleset,
    counted: Timestamp,
    closing: &Closing,
    extension: &Extension,
) -> Reason {
    let (at, end) = (local(rules, counted), wall(rules, closing.local));
    let until = wall(rules, extension.until);
    let Extension { by, reason: why, .. } = extension;
    let (fait, done) = done(rules.deposit_date);
    reason(
        rules,
        "deposited_within_extension",
        format!(
            "Le dossier {fait} le {at}, après la clôture ({end} inclus) mais avant la fin de la prolongation \
             accordée par {by} jusqu’au {until} inclus : {why}."
        ),
        format!(
            "The application {done} on {at}, after the deadline ({end} included) but before the end of the \
             extension granted by {by} until {until} included: {why}."
        ),
        [
            (rules.deposit_date.as_str(), counted.into()),
            ("deadline", closing.end.into()),
            ("extended_until", extension.until.to_string().into()),
            ("extended_by", by.into()),
            ("extended_at", extension.granted_at.into()),
            ("extended_because", why.into()),
        ],
    )
}

pub(super) fn late(
    rules: &Ruleset,
    counted: Timestamp,
    closing: &Closing,
    extension: Option<&Extension>,
) -> Reason {
    let (at, end) = (local(rules, counted), wall(rules, closing.local));
    let minutes = minutes_late(counted, closing);
    let (retard, delay) = delay(counted, closing);
    let (fait, done) = done(rules.deposit_date);
    let (clôture, deadline) = match extension {
        Some(Extension { by, .. }) => {
            (format!("la clôture prolongée par {by}"), format!("the deadline extended by {by}"))
        }
        None => ("la clôture".to_owned(), "the deadline".to_owned()),
    };
    reason(
        rules,
        "deposited_late",
        format!("Le dossier {fait} le {at}, après {clôture} ({end} inclus) : {retard} de retard."),
        format!("The application {done} on {at}, after {deadline} ({end} included): {delay} late."),
        [
            (rules.deposit_date.as_str(), counted.into()),
            ("deadline", closing.end.into()),
            ("minutes_late", minutes.into()),
            ("extended_by", extension.map(|extension| &extension.by).into()),
        ],
    )
}
