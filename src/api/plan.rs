//! The démarche, its form and its deletions, read into the domain.

use serde::Deserialize;

use super::normalize::parts::{groupe, label};
use super::wire::{Instant, WireGroupe, WireLabel, WireRef};
use crate::domain::{
    ChampDescriptor, ChampKind, Deletion, DeletionReason, DeletionStage, Demarche, DemarcheNumber,
    DemarchePlan, DemarcheState, DossierNumber, DossierState, Revision, RevisionId, Service,
};

/// The démarche's own fields, when they are asked for.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct WireDemarche {
    id: String,
    title: String,
    state: String,
    declarative: Option<String>,
    date_creation: Instant,
    date_publication: Option<Instant>,
    date_derniere_modification: Instant,
    date_depublication: Option<Instant>,
    date_fermeture: Option<Instant>,
    active_revision: WireRef,
    published_revision: Option<WireRef>,
    labels: Vec<WireLabel>,
    groupe_instructeurs: Vec<WireGroupe>,
}

impl WireDemarche {
    pub(super) fn into_demarche(self, number: DemarcheNumber) -> Demarche {
        Demarche {
            number,
            id: self.id,
            title: self.title,
            state: DemarcheState::from_api(&self.state),
            declarative: self.declarative,
            date_creation: self.date_creation.0,
            date_publication: self.date_publication.map(|at| at.0),
            date_derniere_modification: self.date_derniere_modification.0,
            date_depublication: self.date_depublication.map(|at| at.0),
            date_fermeture: self.date_fermeture.map(|at| at.0),
            active_revision_id: RevisionId(self.active_revision.id),
            published_revision_id: self.published_revision.map(|revision| RevisionId(revision.id)),
            labels: self.labels.into_iter().map(label).collect(),
            groupes_instructeurs: self.groupe_instructeurs.into_iter().map(groupe).collect(),
        }
    }
}

/// One entry of a list of deletions.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct WireDeletion {
    number: u32,
    state: String,
    reason: String,
    date_supression: Instant,
}

impl WireDeletion {
    pub(super) fn into_deletion(self, demarche_number: DemarcheNumber, stage: DeletionStage) -> Deletion {
        Deletion {
            number: DossierNumber(self.number),
            demarche_number,
            state: DossierState::from_api(&self.state),
            reason: DeletionReason::from_api(&self.reason),
            date_suppression: self.date_supression.0,
            stage,
        }
    }
}

/// The form's answer.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct WirePlan {
    demarche: WirePlanDemarche,
    demarche_descriptor: Option<WirePlanDescriptor>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct WirePlanDemarche {
    description: String,
    service: Option<WireService>,
    active_revision: WireRevision,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct WirePlanDescriptor {
    duree_conservation_dossiers: u32,
    #[serde(rename = "demarcheURL")]
    demarche_url: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireService {
    id: String,
    nom: String,
    organisme: String,
    type_organisme: String,
    siret: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireRevision {
    id: String,
    date_creation: Instant,
    date_publication: Option<Instant>,
    champ_descriptors: Vec<WireDescriptor>,
    annotation_descriptors: Vec<WireDescriptor>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireDescriptor {
    #[serde(rename = "__typename")]
    typename: String,
    id: String,
    label: String,
    description: Option<String>,
    required: bool,
    #[serde(default)]
    options: Option<Vec<String>>,
    #[serde(default)]
    other_option: Option<bool>,
    #[serde(default)]
    level: Option<i64>,
    #[serde(default)]
    champ_descriptors: Option<Vec<WireDescriptor>>,
}

impl WirePlan {
    pub(super) fn into_plan(self, number: DemarcheNumber) -> DemarchePlan {
        let WirePlanDemarche { description, service, active_revision } = self.demarche;
        let descriptor = self.demarche_descriptor;
        DemarchePlan {
            number,
            active_revision: Revision {
                id: RevisionId(active_revision.id),
                date_creation: active_revision.date_creation.0,
                date_publication: active_revision.date_publication.map(|at| at.0),
                champ_descriptors: descriptors(active_revision.champ_descriptors, ChampKind::Champ),
                annotation_descriptors: descriptors(
                    active_revision.annotation_descriptors,
                    ChampKind::Annotation,
                ),
            },
            duree_conservation_dossiers: descriptor.as_ref().map(|one| one.duree_conservation_dossiers),
            demarche_url: descriptor.and_then(|one| one.demarche_url),
            service: service.map(|service| Service {
                id: service.id,
                nom: service.nom,
                organisme: service.organisme,
                type_organisme: service.type_organisme,
                siret: service.siret,
            }),
            description,
        }
    }
}

fn descriptors(wires: Vec<WireDescriptor>, kind: ChampKind) -> Vec<ChampDescriptor> {
    wires
        .into_iter()
        .map(|wire| ChampDescriptor {
            id: wire.id,
            kind,
            typename: wire.typename,
            label: wire.label,
            description: wire.description,
            required: wire.required,
            options: wire.options.unwrap_or_default(),
            other_option: wire.other_option,
            level: wire.level,
            children: descriptors(wire.champ_descriptors.unwrap_or_default(), kind),
        })
        .collect()
}
