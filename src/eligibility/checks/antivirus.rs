//! What does the platform's antivirus say of the applicant's files?
//!
//! A refused file soon vanishes from the dossier: what it said of it is worth telling while it is there. One
//! that waits for the antivirus is told and changes nothing.

use super::report;
use crate::domain::{ChampKind, Dossier, Fact, Fichier};
use crate::eligibility::check::{Check, CheckReport, CheckResult, Weight};
use crate::eligibility::circumstances::{Circumstances, MOST_NAMES};
use crate::eligibility::ruleset::Ruleset;
use crate::eligibility::verdict::Reason;
use crate::eligibility::wording::{listed, reason};

pub(super) fn check(
    dossier: &Dossier,
    _beside: &Circumstances,
    rules: &Ruleset,
    weight: Weight,
) -> Vec<CheckReport> {
    let (mut infected, mut unreadable, mut waiting) = (Vec::new(), Vec::new(), Vec::new());
    let mut count = 0_i64;
    for placed in dossier.all_champs().filter(|placed| placed.kind == ChampKind::Champ) {
        for fichier in placed.champ.value.fichiers() {
            count += 1;
            let names = match of(fichier) {
                Word::Safe => continue,
                Word::Infected => &mut infected,
                Word::Unreadable => &mut unreadable,
                Word::Waiting => &mut waiting,
            };
            if names.len() < MOST_NAMES && !names.contains(&placed.champ.label) {
                names.push(placed.champ.label.clone());
            }
        }
    }
    let mut reports = Vec::new();
    let mut add = |names: &[String], ended: (CheckResult, Weight), say: fn(&Ruleset, &[String]) -> Reason| {
        if !names.is_empty() {
            reports.push(report(Check::Antivirus, ended, say(rules, names), rules));
        }
    };
    add(&infected, (CheckResult::Fail, weight), refused);
    add(&unreadable, (CheckResult::Unknown, weight), not_read);
    add(&waiting, (CheckResult::Unknown, Weight::Informs), not_scanned);
    if reports.is_empty() && count > 0 {
        reports.push(report(Check::Antivirus, (CheckResult::Pass, weight), safe(rules, count), rules));
    }
    reports
}

enum Word {
    Safe,
    Infected,
    Unreadable,
    Waiting,
}

fn of(fichier: &Fichier) -> Word {
    match fichier.virus_scan_result.as_str() {
        "infected" => Word::Infected,
        "integrity_error" => Word::Unreadable,
        "pending" => Word::Waiting,
        // What the platform may say one day is not held against anybody.
        _ => Word::Safe,
    }
}

fn refused(rules: &Ruleset, names: &[String]) -> Reason {
    let questions = listed(rules, names);
    reason(
        rules,
        "file_infected",
        format!("L’antivirus de la plateforme refuse un fichier : {questions}."),
        format!("The platform's antivirus refuses a file: {questions}."),
        [("champs", Fact::list(names))],
    )
}

fn not_read(rules: &Ruleset, names: &[String]) -> Reason {
    let questions = listed(rules, names);
    reason(
        rules,
        "file_unreadable",
        format!("Un fichier est endommagé, l’antivirus de la plateforme n’a pu le lire : {questions}."),
        format!("A file is damaged, the platform's antivirus could not read it: {questions}."),
        [("champs", Fact::list(names))],
    )
}

fn not_scanned(rules: &Ruleset, names: &[String]) -> Reason {
    let questions = listed(rules, names);
    reason(
        rules,
        "file_not_scanned",
        format!("L’antivirus de la plateforme n’a pas encore examiné un fichier : {questions}."),
        format!("The platform's antivirus has not looked at a file yet: {questions}."),
        [("champs", Fact::list(names))],
    )
}

fn safe(rules: &Ruleset, count: i64) -> Reason {
    reason(
        rules,
        "files_safe",
        format!("L’antivirus de la plateforme ne trouve rien dans les fichiers ({count})."),
        format!("The platform's antivirus finds nothing in the files ({count})."),
        [("files", count.into())],
    )
}
