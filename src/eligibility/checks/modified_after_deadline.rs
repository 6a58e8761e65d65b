//! Did the answers change after the deadline, and at whose request?
//!
//! While a dossier is in construction the usager's edits stay in a buffer; they show, dated by their own
//! champs, when it is submitted again. Company data that arrives late dates a champ as well: only what comes
//! with a submission of the usager is an edit. What the administration asked for (a correction) or allowed
//! (sent back to construction) is told apart from what nobody asked.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use super::report;
use crate::domain::Fact;
use crate::domain::{ChampKind, Dossier, TraitementEvent};
use crate::eligibility::check::{Check, CheckReport, CheckResult, Weight};
use crate::eligibility::circumstances::{Circumstances, MOST_NAMES};
use crate::eligibility::deadline::end_of_time;
use crate::eligibility::ruleset::Ruleset;
use crate::eligibility::verdict::Reason;
use crate::eligibility::wording::{listed, local, reason};

/// A correction is settled by the submission that answers it, dated a few seconds apart.
const SETTLING: SignedDuration = SignedDuration::from_secs(60);

/// Why an edit was possible.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Leave {
    /// Nobody asked for it.
    None,
    /// Answering a correction.
    Asked,
    /// The administration had sent the dossier back.
    SentBack,
}

/// From when to when, and why.
struct Window {
    from: Timestamp,
    to: Option<Timestamp>,
    leave: Leave,
}

pub(super) fn check(
    dossier: &Dossier,
    beside: &Circumstances,
    rules: &Ruleset,
    weight: Weight,
) -> Vec<CheckReport> {
    let Some(end) = end_of_time(beside.extension.as_ref(), rules) else { return Vec::new() };
    let since = end.max(dossier.dates.depot.saturating_add(SETTLING).unwrap_or(end));
    let mut reports = Vec::new();
    for (leave, edits) in edits(dossier, beside, since) {
        let (result, weight) = match leave {
            Leave::None => (CheckResult::Fail, weight),
            Leave::Asked | Leave::SentBack => (CheckResult::Pass, Weight::Informs),
        };
        let reason = edited(rules, leave, &edits, end);
        reports.push(report(Check::ModifiedAfterDeadline, (result, weight), reason, rules));
    }
    let by_instructeur = dossier.traitements.iter().find(|one| {
        one.event == TraitementEvent::DeposeCorrectionInstructeur && one.date_traitement >= since
    });
    if let Some(one) = by_instructeur {
        let reason = corrected_by_instructeur(rules, one.date_traitement);
        reports.push(report(
            Check::ModifiedAfterDeadline,
            (CheckResult::Pass, Weight::Informs),
            reason,
            rules,
        ));
    }
    if let Some(asked) = dossier.dates.derniere_correction_en_attente {
        let reason = pending(rules, asked);
        reports.push(report(
            Check::ModifiedAfterDeadline,
            (CheckResult::Pass, Weight::Informs),
            reason,
            rules,
        ));
    }
    if reports.is_empty() {
        let reason = untouched(rules, dossier.dates.derniere_modification_champs, end);
        reports.push(report(Check::ModifiedAfterDeadline, (CheckResult::Pass, weight), reason, rules));
    }
    reports
}

/// Edits by why they were possible: when the last of each was, and the questions.
fn edits(
    dossier: &Dossier,
    beside: &Circumstances,
    since: Timestamp,
) -> BTreeMap<Leave, (Timestamp, Vec<String>)> {
    let submitted = dossier.dates.derniere_modification_champs;
    let resubmitted = dossier
        .traitements
        .iter()
        .filter(|one| one.event == TraitementEvent::DeposeCorrectionUsager && one.date_traitement >= since);
    let mut instants: Vec<Timestamp> = resubmitted.map(|one| one.date_traitement).collect();
    if submitted >= since {
        instants.push(submitted);
    }
    let Some(last) = instants.iter().max().copied() else { return BTreeMap::new() };
    let windows = windows(dossier);
    let leave_at = |at: Timestamp| {
        let within = |window: &&Window| at >= window.from && window.to.is_none_or(|to| at <= to);
        windows.iter().find(within).map_or(Leave::None, |window| window.leave)
    };
    let mut found: BTreeMap<Leave, (Timestamp, Vec<String>)> = BTreeMap::new();
    let mut note = |at: Timestamp, label: Option<&str>| {
        let (latest, names) = found.entry(leave_at(at)).or_insert((at, Vec::new()));
        *latest = at.max(*latest);
        if let Some(label) = label
            && names.len() < MOST_NAMES
            && !names.iter().any(|name| name == label)
        {
            names.push(label.to_owned());
        }
    };
    for at in instants {
        note(at, None);
    }
    let latest = last.saturating_add(SETTLING).unwrap_or(last);
    for placed in dossier.all_champs().filter(|placed| placed.kind == ChampKind::Champ) {
        let at = placed.champ.updated_at;
        if at >= since && at <= latest {
            note(at, Some(&placed.champ.label));
        }
    }
    for edit in beside.late_edits.iter().filter(|edit| edit.at >= since && edit.at <= latest) {
        note(edit.at, Some(&edit.label));
    }
    found
}

/// When edits were asked for or allowed.
fn windows(dossier: &Dossier) -> Vec<Window> {
    let corrections = dossier.messages.iter().filter_map(|message| {
        let correction = message.correction.as_ref()?;
        let to = correction.date_resolution.map(|to| to.saturating_add(SETTLING).unwrap_or(to));
        Some(Window { from: message.created_at, to, leave: Leave::Asked })
    });
    let sent_back = dossier.traitements.iter().enumerate().filter_map(|(rank, one)| {
        if one.event != TraitementEvent::RepasseEnConstruction {
            return None;
        }
        let taken = dossier.traitements.iter().skip(rank + 1).find(|later| {
            matches!(
                later.event,
                TraitementEvent::PasseEnInstruction | TraitementEvent::PasseEnInstructionAutomatiquement
            )
        });
        Some(Window {
            from: one.date_traitement,
            to: taken.map(|later| later.date_traitement),
            leave: Leave::SentBack,
        })
    });
    corrections.chain(sent_back).collect()
}

fn edited(rules: &Ruleset, leave: Leave, (at, names): &(Timestamp, Vec<String>), end: Timestamp) -> Reason {
    let (when, questions) = (local(rules, *at), listed(rules, names));
    let (french, english) = if names.is_empty() {
        (String::new(), String::new())
    } else {
        (format!(" : {questions}"), format!(": {questions}"))
    };
    let facts = [
        ("date_derniere_modification_champs", Fact::from(*at)),
        ("deadline", end.into()),
        ("champs", if names.is_empty() { Fact::Nothing } else { Fact::list(names) }),
    ];
    let (code, french, english) = match leave {
        Leave::None => (
            "modified_after_deadline",
            format!(
                "L’usager a modifié ses réponses après la clôture, le {when}, sans qu’une correction lui soit demandée{french}."
            ),
            format!(
                "The applicant changed answers after the deadline, on {when}, though no correction was asked for{english}."
            ),
        ),
        Leave::Asked => (
            "corrected_on_request",
            format!(
                "L’usager a corrigé ses réponses après la clôture, le {when}, à la demande de l’administration{french}."
            ),
            format!(
                "The applicant corrected answers after the deadline, on {when}, as the administration asked{english}."
            ),
        ),
        Leave::SentBack => (
            "modified_after_sent_back",
            format!(
                "L’usager a modifié ses réponses après la clôture, le {when}, l’administration ayant repassé le dossier en construction{french}."
            ),
            format!(
                "The applicant changed answers after the deadline, on {when}, the administration having sent the application back{english}."
            ),
        ),
    };
    reason(rules, code, french, english, facts).into_finding()
}

fn corrected_by_instructeur(rules: &Ruleset, at: Timestamp) -> Reason {
    let when = local(rules, at);
    reason(
        rules,
        "corrected_by_instructeur",
        format!("Un instructeur a corrigé le dossier après la clôture, le {when}."),
        format!("An instructeur corrected the application after the deadline, on {when}."),
        [("date_traitement", at.into())],
    )
    .into_finding()
}

fn pending(rules: &Ruleset, asked: Timestamp) -> Reason {
    let when = local(rules, asked);
    reason(
        rules,
        "correction_pending",
        format!("L’administration a demandé une correction le {when} ; la réponse est attendue."),
        format!("The administration asked for a correction on {when}; the answer is awaited."),
        [("date_derniere_correction_en_attente", asked.into())],
    )
    .into_finding()
}

fn untouched(rules: &Ruleset, last: Timestamp, end: Timestamp) -> Reason {
    let when = local(rules, last);
    reason(
        rules,
        "not_modified_after_deadline",
        format!("Les réponses n’ont pas changé après la clôture ; dernière modification le {when}."),
        format!("The answers did not change after the deadline; last change on {when}."),
        [("date_derniere_modification_champs", last.into()), ("deadline", end.into())],
    )
}
