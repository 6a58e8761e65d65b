//! A dossier as it stood, as far as the rules look at it: the present less every change that came after.
//!
//! What the mirror saw change is put back; what carries its own date (events, messages, corrections) is cut
//! at the instant. What changed before the mirror first saw the dossier, or cannot be put back, is named:
//! nothing is guessed.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde_json::Value;

use super::lookups::StoredChange;
use super::value_back::{text, value_back};
use crate::domain::{Champ, ChampId, ChampValue, Demandeur, Dossier, Entreprise, EtatAdministratif, Fact};

/// A dossier as it stood.
#[derive(Debug, Clone, PartialEq)]
pub struct AsOf {
    /// The dossier, as far as the rules look at it.
    pub dossier: Dossier,
    /// What is not known of that instant, each in a few words: a question, or the name of a fact.
    pub not_known: BTreeSet<String>,
}

/// Goes back to an instant. The changes are given newest first.
#[must_use]
pub fn as_of(dossier: &Dossier, newest_first: &[StoredChange], at: Timestamp) -> AsOf {
    let mut past = AsOf { dossier: dossier.clone(), not_known: BTreeSet::new() };
    for change in newest_first.iter().filter(|change| change.at() > at) {
        past.undo(change);
    }
    past.cut_what_is_dated(at);
    past.name_what_changed_unseen(at);
    past
}

impl AsOf {
    fn undo(&mut self, change: &StoredChange) {
        match change.subject.as_str() {
            "dossier" => self.undo_own(&change.name, &change.before),
            "demandeur" => self.undo_demandeur(&change.name, &change.before),
            "champ" => self.undo_champ(&change.name, &change.before),
            // Events and messages carry their own dates; the rest is not looked at by the rules.
            _ => {}
        }
    }

    fn undo_own(&mut self, name: &str, before: &Value) {
        let instant = || before.as_str().and_then(|text| text.parse::<Timestamp>().ok());
        let dates = &mut self.dossier.dates;
        match (name, instant()) {
            ("date_depot", Some(at)) => dates.depot = at,
            ("date_passage_en_construction", Some(at)) => dates.passage_en_construction = at,
            ("date_derniere_modification_champs", Some(at)) => dates.derniere_modification_champs = at,
            ("depose_par_un_tiers", _) => self.dossier.mandataire.depose_par_un_tiers = before.as_bool(),
            ("usager", _) => {
                if let Some(id) = before.get("id").and_then(Value::as_str) {
                    id.clone_into(&mut self.dossier.usager.id);
                }
            }
            _ => {}
        }
    }

    fn undo_demandeur(&mut self, name: &str, before: &Value) {
        if name == "type" {
            if before == "PersonneMoraleIncomplete" {
                let siret = self.dossier.demandeur.siret().unwrap_or_default().to_owned();
                self.dossier.demandeur = Demandeur::PersonneMoraleIncomplete { id: String::new(), siret };
            } else {
                self.not_known.insert("demandeur".to_owned());
            }
            return;
        }
        match &mut self.dossier.demandeur {
            Demandeur::PersonneMorale(morale) => match (name, before.as_str()) {
                ("siret", Some(siret)) => siret.clone_into(&mut morale.siret),
                ("naf", naf) => morale.naf = naf.map(str::to_owned),
                // Company data that had not arrived.
                ("entreprise.siren", None) => morale.entreprise = None,
                (name, before) => {
                    if let (Some(field), Some(entreprise)) =
                        (name.strip_prefix("entreprise."), &mut morale.entreprise)
                    {
                        undo_entreprise(entreprise, field, before);
                    }
                }
            },
            Demandeur::PersonneMoraleIncomplete { siret, .. } => {
                if let ("siret", Some(before)) = (name, before.as_str()) {
                    before.clone_into(siret);
                }
            }
            Demandeur::PersonnePhysique(_) | Demandeur::Unknown { .. } => {}
        }
    }

    fn undo_champ(&mut self, id: &str, before: &Value) {
        if before.is_null() {
            self.dossier.champs.retain(|champ| champ.id.as_str() != id);
            return;
        }
        let label = text(before, "label").unwrap_or_default();
        let updated_at = text(before, "updated_at").and_then(|at| at.parse().ok());
        let Some(champ) = find_champ(&mut self.dossier.champs, id) else {
            // An answer that is there no more; one of a row would stand in no row.
            if before.get("parent").is_none_or(Value::is_null)
                && let Some(updated_at) = updated_at
            {
                self.dossier.champs.push(Champ {
                    id: ChampId(id.to_owned()),
                    descriptor_id: text(before, "descriptor_id").unwrap_or_default(),
                    label,
                    string_value: text(before, "string_value"),
                    updated_at,
                    prefilled: false,
                    value: ChampValue::Text(text(before, "string_value")),
                });
            } else {
                self.not_known.insert(label);
            }
            return;
        };
        champ.string_value = text(before, "string_value");
        champ.updated_at = updated_at.unwrap_or(champ.updated_at);
        match value_back(before, &champ.value) {
            Some(value) => champ.value = value,
            None => {
                self.not_known.insert(label);
            }
        }
    }

    fn cut_what_is_dated(&mut self, at: Timestamp) {
        let dossier = &mut self.dossier;
        dossier.traitements.retain(|one| one.date_traitement <= at);
        dossier.messages.retain(|one| one.created_at <= at);
        for correction in dossier.messages.iter_mut().filter_map(|message| message.correction.as_mut()) {
            correction.date_resolution = correction.date_resolution.filter(|resolved| *resolved <= at);
        }
        let pending = dossier.messages.iter().filter(|message| {
            message.correction.as_ref().is_some_and(|correction| correction.date_resolution.is_none())
        });
        dossier.dates.derniere_correction_en_attente = pending.map(|message| message.created_at).max();
    }

    /// What is dated after the instant and was not seen as it was before.
    fn name_what_changed_unseen(&mut self, at: Timestamp) {
        let dossier = &mut self.dossier;
        for champ in dossier.champs.iter().filter(|champ| champ.updated_at > at) {
            self.not_known.insert(champ.label.clone());
        }
        let dates = &mut dossier.dates;
        if dates.derniere_modification_champs > at && dates.depot <= at {
            let known = dossier.champs.iter().map(|champ| champ.updated_at).filter(|updated| *updated <= at);
            dates.derniere_modification_champs = known.max().unwrap_or(dates.depot).max(dates.depot);
        }
        if dates.passage_en_construction > at && dates.depot <= at {
            self.not_known.insert("date_passage_en_construction".to_owned());
        }
    }
}

fn find_champ<'c>(champs: &'c mut [Champ], id: &str) -> Option<&'c mut Champ> {
    champs.iter_mut().find_map(|champ| {
        if champ.id.as_str() == id {
            return Some(champ);
        }
        match &mut champ.value {
            ChampValue::Repetition(rows) => {
                rows.iter_mut().flat_map(|row| row.champs.iter_mut()).find(|champ| champ.id.as_str() == id)
            }
            _ => None,
        }
    })
}

fn undo_entreprise(entreprise: &mut Entreprise, field: &str, before: Option<&str>) {
    let owned = || before.map(str::to_owned);
    match field {
        "siren" => entreprise.siren = owned().unwrap_or_default(),
        "raison_sociale" => entreprise.raison_sociale = owned().unwrap_or_default(),
        "nom_commercial" => entreprise.nom_commercial = owned().unwrap_or_default(),
        "forme_juridique_code" => entreprise.forme_juridique_code = owned(),
        "forme_juridique" => entreprise.forme_juridique = owned(),
        "etat_administratif" => entreprise.etat_administratif = before.map(EtatAdministratif::from_api),
        "nom" => entreprise.nom = owned(),
        _ => {}
    }
}

/// Whether two answers are the same, as facts.
pub(super) fn same_value(before: &Value, now: &ChampValue) -> bool {
    let fact: Fact = now.to_fact();
    before.get("value") == Some(&super::json::value(&fact))
}
