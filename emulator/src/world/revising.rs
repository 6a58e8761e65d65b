//! How the form changes under the dossiers: new revisions, and dossiers that follow them.
//!
//! A rebase moves no `updated_at`: champs appear, vanish and change their labels without a trace.

use std::sync::Arc;

use jiff::Timestamp;

use super::World;
use super::champ::{Champ, ChampValue};
use super::demarche::{ChampDescriptor, ChampKind, DemarcheState, Revision};
use super::dossier::Dossier;

impl World {
    /// Publishes a revision. Dossiers follow it only once they are rebased.
    pub fn publish_revision(&mut self, demarche_number: u64, revision: Revision) {
        let now = self.now();
        if let Some(demarche) = self.demarche_mut(demarche_number) {
            demarche.revisions.push(Arc::new(revision));
            demarche.date_derniere_modification = now;
        }
    }

    /// Moves a dossier that is not terminated to the revision in force. False when there is nothing to
    /// move.
    pub fn rebase(&mut self, number: u64) -> bool {
        let Some(header) = self.shelf().header(number).copied() else { return false };
        let Some(revision) =
            self.demarche(header.demarche_number).and_then(|one| one.active_revision().cloned())
        else {
            return false;
        };
        if header.state.is_termine() || header.revision_id == revision.id {
            return false;
        }
        self.edit(number, |dossier| align(dossier, &revision)).is_some()
    }

    /// Rebases every dossier of a démarche that is not terminated, and says how many there were.
    pub fn rebase_all(&mut self, demarche_number: u64) -> usize {
        let numbers = self.visible_numbers(demarche_number);
        numbers.into_iter().filter(|number| self.rebase(*number)).count()
    }

    /// Closes a démarche: no more deposits; dossiers live on.
    pub fn close_demarche(&mut self, demarche_number: u64) {
        let now = self.now();
        if let Some(demarche) = self.demarche_mut(demarche_number) {
            demarche.state = DemarcheState::Close;
            demarche.date_fermeture = Some(now);
            demarche.date_derniere_modification = now;
        }
    }
}

/// Gives a dossier the champs of a revision: known answers stay, new questions are empty.
pub(super) fn align(dossier: &mut Dossier, revision: &Revision) {
    dossier.revision_id = revision.id;
    let depose_at = dossier.depose_at;
    dossier.champs = follow(&revision.champs, &dossier.champs, depose_at);
    dossier.annotations = follow(&revision.annotations, &dossier.annotations, depose_at);
}

fn follow(descriptors: &[ChampDescriptor], known: &[Champ], depose_at: Timestamp) -> Vec<Champ> {
    let champs = descriptors.iter().map(|descriptor| {
        match known.iter().find(|champ| champ.stable_id == descriptor.stable_id) {
            Some(champ) => Champ { label: Arc::clone(&descriptor.label), ..champ.clone() },
            None => Champ {
                stable_id: descriptor.stable_id,
                label: Arc::clone(&descriptor.label),
                updated_at: depose_at,
                prefilled: false,
                value: empty_value(&descriptor.kind),
            },
        }
    });
    champs.collect()
}

/// The value of a question that nobody has answered.
pub fn empty_value(kind: &ChampKind) -> ChampValue {
    match kind {
        ChampKind::Text
        | ChampKind::Textarea
        | ChampKind::Email
        | ChampKind::Phone
        | ChampKind::Iban
        | ChampKind::Formatted
        | ChampKind::AnnuaireEducation => ChampValue::Text(None),
        ChampKind::Checkbox => ChampValue::Checkbox(false),
        ChampKind::YesNo => ChampValue::YesNo(None),
        ChampKind::Date => ChampValue::Date(None),
        ChampKind::Datetime => ChampValue::Datetime(None),
        ChampKind::DecimalNumber => ChampValue::DecimalNumber(None),
        ChampKind::IntegerNumber => ChampValue::IntegerNumber(None),
        ChampKind::Civilite => ChampValue::Civilite(None),
        ChampKind::DropDownList { .. } => ChampValue::DropDownList(None),
        ChampKind::LinkedDropDownList { .. } => {
            ChampValue::LinkedDropDownList { primary: None, secondary: None }
        }
        ChampKind::MultipleDropDownList { .. } => ChampValue::MultipleDropDownList(Vec::new()),
        ChampKind::PieceJustificative => ChampValue::PieceJustificative(Vec::new()),
        ChampKind::TitreIdentite => ChampValue::TitreIdentite { filled: false, france_connect: false },
        ChampKind::Address => ChampValue::Address(None),
        ChampKind::Commune => ChampValue::Commune(None),
        ChampKind::Departement => ChampValue::Departement(None),
        ChampKind::Region => ChampValue::Region(None),
        ChampKind::Pays => ChampValue::Pays(None),
        ChampKind::Epci => ChampValue::Epci(None),
        ChampKind::Siret => ChampValue::Siret { siret: None, etablissement: None },
        ChampKind::Rna => ChampValue::Rna(None),
        ChampKind::Rnf => ChampValue::Rnf(None),
        ChampKind::Carte => ChampValue::Carte(Vec::new()),
        ChampKind::DossierLink => ChampValue::DossierLink(None),
        ChampKind::Repetition { .. } => ChampValue::Repetition(Vec::new()),
        ChampKind::EngagementJuridique => ChampValue::EngagementJuridique(None),
        ChampKind::HeaderSection { level } => ChampValue::HeaderSection { level: *level },
        ChampKind::Explication => ChampValue::Explication,
    }
}
