//! One node, as JSON, into one [`Dossier`].
//!
//! Pure, and it never panics. Invariants: an answer or an applicant of a kind that is not known, or that does
//! not read as its kind should, is kept as received and counted; a value of an enumeration that is not known
//! is kept and counted; a node without what every dossier has is refused, and nothing of it is guessed. An
//! error names no value: it may be shown.

mod champ;
mod demandeur;
pub(super) mod parts;

use super::wire::WireDossier;
use crate::domain::{
    ConnectionUsager, Dossier, DossierDates, DossierNumber, DossierState, Mandataire, RevisionId,
    UnknownElement, UnknownKind,
};

/// The version of `DossierFields`, kept beside each payload. Raised when a field is added.
pub const DOCUMENT_VERSION: u32 = 1;

/// The version of this reading. Raised when the same JSON gives another [`Dossier`], or the mirror other
/// rows: dossiers are then written again from their payloads.
pub const NORMALIZER_VERSION: u32 = 1;

/// A dossier, and what was met in it that this version does not know.
#[derive(Debug, Clone, PartialEq)]
pub struct Normalized {
    /// The dossier.
    pub dossier: Dossier,
    /// Unknown types and values, each as many times as it was met.
    pub unknown: Vec<UnknownElement>,
}

/// Why a node is no dossier.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("le dossier reçu ne se lit pas : {what} (caractère {column})")]
pub struct NormalizeError {
    what: &'static str,
    column: usize,
}

impl From<serde_json::Error> for NormalizeError {
    fn from(error: serde_json::Error) -> Self {
        // The reader's own message may quote a value.
        let what = match error.classify() {
            serde_json::error::Category::Data => "un champ obligatoire manque ou n’a pas la forme attendue",
            serde_json::error::Category::Eof => "il est coupé",
            serde_json::error::Category::Syntax | serde_json::error::Category::Io => "ce n’est pas du JSON",
        };
        Self { what, column: error.column() }
    }
}

/// Counts what is not known.
#[derive(Debug, Default)]
struct Unknowns(Vec<UnknownElement>);

impl Unknowns {
    fn typename(&mut self, place: &str, name: &str) {
        self.note(UnknownKind::Typename, place, name);
    }

    /// Notes a value of an enumeration unless it is known.
    fn value(&mut self, known: bool, place: &str, name: &str) {
        if !known {
            self.note(UnknownKind::EnumValue, place, name);
        }
    }

    fn note(&mut self, kind: UnknownKind, place: &str, name: &str) {
        self.0.push(UnknownElement { kind, place: place.to_owned(), name: name.to_owned() });
    }
}

/// Reads one node.
///
/// # Errors
/// When it lacks what every dossier has.
pub fn normalize(node: &str) -> Result<Normalized, NormalizeError> {
    let wire: WireDossier<'_> = serde_json::from_str(node)?;
    let mut unknown = Unknowns::default();
    let dossier = dossier(wire, &mut unknown)?;
    Ok(Normalized { dossier, unknown: unknown.0 })
}

fn dossier(wire: WireDossier<'_>, unknown: &mut Unknowns) -> Result<Dossier, NormalizeError> {
    let state = DossierState::from_api(&wire.state);
    unknown.value(state.is_known(), "DossierState", &wire.state);
    let connection_usager = ConnectionUsager::from_api(&wire.connection_usager);
    unknown.value(connection_usager.is_known(), "ConnectionUsager", &wire.connection_usager);
    Ok(Dossier {
        number: DossierNumber(wire.number),
        demarche_number: crate::domain::DemarcheNumber(wire.demarche.number),
        revision_id: RevisionId(wire.demarche.revision.id.clone()),
        state,
        archived: wire.archived,
        prefilled: wire.prefilled,
        connection_usager,
        dates: dates(&wire),
        mandataire: Mandataire {
            depose_par_un_tiers: wire.depose_par_un_tiers,
            prenom: wire.prenom_mandataire,
            nom: wire.nom_mandataire,
        },
        id: wire.id,
        motivation: wire.motivation,
        motivation_attachment: wire.motivation_attachment.map(parts::fichier),
        attestation: wire.attestation.map(parts::fichier),
        usager: parts::profile(wire.usager),
        demandeur: demandeur::read(wire.demandeur, unknown)?,
        groupe_instructeur: parts::groupe(wire.groupe_instructeur),
        instructeurs: wire.instructeurs.into_iter().map(parts::profile).collect(),
        labels: wire.labels.into_iter().map(parts::label).collect(),
        champs: champ::read_all(&wire.champs, unknown)?,
        annotations: champ::read_all(&wire.annotations, unknown)?,
        traitements: wire.traitements.into_iter().map(|one| parts::traitement(one, unknown)).collect(),
        messages: wire.messages.into_iter().map(|one| parts::message(one, unknown)).collect(),
        avis: wire.avis.into_iter().map(parts::avis).collect(),
    })
}

fn dates(wire: &WireDossier<'_>) -> DossierDates {
    DossierDates {
        depot: wire.date_depot.0,
        passage_en_construction: wire.date_passage_en_construction.0,
        passage_en_instruction: wire.date_passage_en_instruction.map(|at| at.0),
        traitement: wire.date_traitement.map(|at| at.0),
        derniere_modification: wire.date_derniere_modification.0,
        derniere_modification_champs: wire.date_derniere_modification_champs.0,
        derniere_modification_annotations: wire.date_derniere_modification_annotations.0,
        suppression_par_usager: wire.date_suppression_par_usager.map(|at| at.0),
        suppression_par_administration: wire.date_suppression_par_administration.map(|at| at.0),
        expiration: wire.date_expiration.map(|at| at.0),
        derniere_correction_en_attente: wire.date_derniere_correction_en_attente.map(|at| at.0),
        previsionnelle_decision_sva_svr: wire.date_previsionnelle_decision_sva_svr.map(|day| day.0),
        traitement_sva_svr: wire.date_traitement_sva_svr.map(|at| at.0),
    }
}
