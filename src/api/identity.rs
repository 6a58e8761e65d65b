//! The few facts of a dossier that the platform changes without dating it.
//!
//! Cheap to ask for a whole call, and enough to tell that a dossier kept is no longer what the source shows.

use jiff::Timestamp;
use serde::Deserialize;

use super::normalize::normalize;
use super::normalize::parts::{label, profile};
use super::wire::{Instant, WireLabel, WireProfile, WireRef};
use crate::domain::{Demandeur, Dossier, DossierNumber, Label, Profile};

/// The facts of one dossier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The dossier.
    pub number: DossierNumber,
    /// Last change that the platform dates.
    pub derniere_modification: Timestamp,
    facts: Facts,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Facts {
    state: String,
    archived: bool,
    connection_usager: String,
    expiration: Option<Timestamp>,
    revision_id: String,
    usager: Profile,
    groupe: (u32, String, bool),
    instructeurs: Vec<Profile>,
    labels: Vec<Label>,
    attestation: Option<String>,
    demandeur: Applicant,
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct Applicant {
    typename: String,
    siret: Option<String>,
    naf: Option<String>,
    entreprise: Option<Company>,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Company {
    siren: String,
    raison_sociale: String,
    forme_juridique_code: Option<String>,
    etat_administratif: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireIdentity {
    number: u32,
    state: String,
    archived: bool,
    date_derniere_modification: Instant,
    date_expiration: Option<Instant>,
    connection_usager: String,
    demarche: WireRevisionOf,
    usager: WireProfile,
    groupe_instructeur: WireGroupeOf,
    instructeurs: Vec<WireProfile>,
    labels: Vec<WireLabel>,
    attestation: Option<WireChecksum>,
    demandeur: WireApplicant,
}

#[derive(Debug, Deserialize)]
struct WireRevisionOf {
    revision: WireRef,
}

#[derive(Debug, Deserialize)]
struct WireGroupeOf {
    number: u32,
    label: String,
    closed: bool,
}

#[derive(Debug, Deserialize)]
struct WireChecksum {
    checksum: String,
}

#[derive(Debug, Deserialize)]
struct WireApplicant {
    #[serde(rename = "__typename")]
    typename: String,
    siret: Option<String>,
    naf: Option<String>,
    entreprise: Option<Company>,
}

/// Reads a node of the sweep; `None` when it does not read as one.
pub(super) fn read(node: &str) -> Option<Identity> {
    let wire: WireIdentity = serde_json::from_str(node).ok()?;
    let WireApplicant { typename, siret, naf, entreprise } = wire.demandeur;
    Some(Identity {
        number: DossierNumber(wire.number),
        derniere_modification: wire.date_derniere_modification.0,
        facts: Facts {
            state: wire.state,
            archived: wire.archived,
            connection_usager: wire.connection_usager,
            expiration: wire.date_expiration.map(|at| at.0),
            revision_id: wire.demarche.revision.id,
            usager: profile(wire.usager),
            groupe: (
                wire.groupe_instructeur.number,
                wire.groupe_instructeur.label,
                wire.groupe_instructeur.closed,
            ),
            instructeurs: sorted(wire.instructeurs.into_iter().map(profile).collect()),
            labels: sorted(wire.labels.into_iter().map(label).collect()),
            attestation: wire.attestation.map(|file| file.checksum),
            demandeur: Applicant { typename, siret, naf, entreprise },
        },
    })
}

impl Identity {
    /// Whether a dossier is still what the source shows.
    #[must_use]
    pub fn agrees_with(&self, dossier: &Dossier) -> bool {
        self.derniere_modification == dossier.dates.derniere_modification && self.facts == facts_of(dossier)
    }

    /// Whether a dossier as it was received is still what the source shows; one that cannot be read is not.
    #[must_use]
    pub fn agrees_with_payload(&self, json: &str) -> bool {
        normalize(json).is_ok_and(|kept| self.agrees_with(&kept.dossier))
    }
}

fn facts_of(dossier: &Dossier) -> Facts {
    let groupe = &dossier.groupe_instructeur;
    Facts {
        state: dossier.state.as_api().to_owned(),
        archived: dossier.archived,
        connection_usager: dossier.connection_usager.as_api().to_owned(),
        expiration: dossier.dates.expiration,
        revision_id: dossier.revision_id.as_str().to_owned(),
        usager: dossier.usager.clone(),
        groupe: (groupe.number, groupe.label.clone(), groupe.closed),
        instructeurs: sorted(dossier.instructeurs.clone()),
        labels: sorted(dossier.labels.clone()),
        attestation: dossier.attestation.as_ref().map(|file| file.checksum.clone()),
        demandeur: applicant_of(&dossier.demandeur),
    }
}

fn applicant_of(demandeur: &Demandeur) -> Applicant {
    let typename = demandeur.typename().to_owned();
    match demandeur {
        Demandeur::PersonneMorale(morale) => Applicant {
            typename,
            siret: Some(morale.siret.clone()),
            naf: morale.naf.clone(),
            entreprise: morale.entreprise.as_ref().map(|entreprise| Company {
                siren: entreprise.siren.clone(),
                raison_sociale: entreprise.raison_sociale.clone(),
                forme_juridique_code: entreprise.forme_juridique_code.clone(),
                etat_administratif: entreprise
                    .etat_administratif
                    .as_ref()
                    .map(|etat| etat.as_api().to_owned()),
            }),
        },
        Demandeur::PersonneMoraleIncomplete { siret, .. } => {
            Applicant { typename, siret: Some(siret.clone()), ..Applicant::default() }
        }
        Demandeur::PersonnePhysique(_) | Demandeur::Unknown { .. } => {
            Applicant { typename, ..Applicant::default() }
        }
    }
}

fn sorted<T: Ord>(mut items: Vec<T>) -> Vec<T> {
    items.sort();
    items
}
