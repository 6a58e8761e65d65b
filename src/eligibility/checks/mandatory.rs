//! Is every mandatory question answered?
//!
//! The platform asks for these at the deposit; an empty one is a question that a later form added, a file
//! that the antivirus took away, or a defect. A question hidden by a condition does not come with the
//! dossier and is not missing; a kind of answer that this version does not know is not judged.

use jiff::Timestamp;

use super::report;
use crate::domain::{Champ, ChampKind, ChampValue, Dossier, Fact};
use crate::eligibility::check::{Check, CheckReport, CheckResult, Weight};
use crate::eligibility::circumstances::{Circumstances, Form, MOST_NAMES};
use crate::eligibility::ruleset::Ruleset;
use crate::eligibility::verdict::Reason;
use crate::eligibility::wording::{listed, reason};

pub(super) fn check(
    dossier: &Dossier,
    beside: &Circumstances,
    rules: &Ruleset,
    weight: Weight,
) -> Vec<CheckReport> {
    let Some(form) = &beside.form else {
        let ended = (CheckResult::Unknown, Weight::Informs);
        return vec![report(Check::Mandatory, ended, not_known(rules, dossier), rules)];
    };
    let (mut missing, mut newer) = (Vec::new(), Vec::new());
    for placed in dossier.all_champs().filter(|placed| placed.kind == ChampKind::Champ) {
        let champ = placed.champ;
        if !form.mandatory.contains(&champ.descriptor_id) || !is_empty(champ) {
            continue;
        }
        let names = if asked_after(form, champ, dossier.dates.depot) { &mut newer } else { &mut missing };
        if names.len() < MOST_NAMES && !names.contains(&champ.label) {
            names.push(champ.label.clone());
        }
    }
    let mut reports = Vec::new();
    if !missing.is_empty() {
        let reason = unanswered(rules, &missing);
        reports.push(report(Check::Mandatory, (CheckResult::Fail, weight), reason, rules));
    }
    if !newer.is_empty() {
        let reason = added(rules, &newer);
        reports.push(report(Check::Mandatory, (CheckResult::Pass, Weight::Informs), reason, rules));
    }
    if reports.is_empty() {
        let reason = all_given(rules, form);
        reports.push(report(Check::Mandatory, (CheckResult::Pass, weight), reason, rules));
    }
    reports
}

fn asked_after(form: &Form, champ: &Champ, depot: Timestamp) -> bool {
    form.asked_since.iter().any(|(id, since)| *id == champ.descriptor_id && *since > depot)
}

/// Whether an answer holds nothing.
fn is_empty(champ: &Champ) -> bool {
    let blank = |text: &Option<String>| text.as_deref().is_none_or(|text| text.trim().is_empty());
    match &champ.value {
        ChampValue::Text(text)
        | ChampValue::IntegerNumber(text)
        | ChampValue::Civilite(text)
        | ChampValue::DropDownList(text) => blank(text) && blank(&champ.string_value),
        // A mandatory box is one that has to be checked.
        ChampValue::Checkbox(checked) => !checked,
        ChampValue::YesNo(answer) => answer.is_none(),
        ChampValue::MultipleDropDownList(values) => values.is_empty(),
        ChampValue::PieceJustificative(files) => files.is_empty(),
        ChampValue::TitreIdentite { filled, .. } => !filled,
        ChampValue::Carte(areas) => areas.is_empty(),
        ChampValue::Repetition(rows) => rows.is_empty(),
        ChampValue::HeaderSection { .. } | ChampValue::Explication | ChampValue::Unknown { .. } => false,
        ChampValue::Date(_)
        | ChampValue::Datetime(_)
        | ChampValue::DecimalNumber(_)
        | ChampValue::LinkedDropDownList { .. }
        | ChampValue::Address { .. }
        | ChampValue::Commune { .. }
        | ChampValue::Departement(_)
        | ChampValue::Region(_)
        | ChampValue::Pays(_)
        | ChampValue::Epci { .. }
        | ChampValue::Siret(_)
        | ChampValue::Rna(_)
        | ChampValue::Rnf(_)
        | ChampValue::DossierLink
        | ChampValue::EngagementJuridique(_) => {
            blank(&champ.string_value) && champ.value.to_fact().is_blank()
        }
    }
}

fn not_known(rules: &Ruleset, dossier: &Dossier) -> Reason {
    reason(
        rules,
        "form_not_known",
        "Le formulaire que suit ce dossier n’a pas été lu : ses réponses obligatoires ne sont pas vérifiées."
            .to_owned(),
        "The form that this application follows was not read: its mandatory answers are not checked."
            .to_owned(),
        [("revision_id", dossier.revision_id.as_str().into())],
    )
}

fn unanswered(rules: &Ruleset, names: &[String]) -> Reason {
    let questions = listed(rules, names);
    reason(
        rules,
        "mandatory_answer_missing",
        format!("Une réponse ou une pièce obligatoire manque : {questions}."),
        format!("A mandatory answer or file is missing: {questions}."),
        [("champs", Fact::list(names))],
    )
}

fn added(rules: &Ruleset, names: &[String]) -> Reason {
    let questions = listed(rules, names);
    reason(
        rules,
        "mandatory_asked_after_deposit",
        format!("Une question obligatoire a été ajoutée au formulaire après le dépôt : {questions}."),
        format!("A mandatory question was added to the form after the application was filed: {questions}."),
        [("champs", Fact::list(names))],
    )
    .into_finding()
}

fn all_given(rules: &Ruleset, form: &Form) -> Reason {
    let count = form.mandatory.len();
    reason(
        rules,
        "mandatory_answers_given",
        format!("Toutes les réponses obligatoires qui s’appliquent sont données ({count} au formulaire)."),
        format!("All the mandatory answers that apply are given ({count} in the form)."),
        [("mandatory", i64::try_from(count).unwrap_or(i64::MAX).into())],
    )
}
