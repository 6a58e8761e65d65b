//! The fields of a démarche's parts: descriptor, revision, labels, groups, profiles, service.

use crate::world::demarche::{
    Declarative, Demarche, DemarcheState, GroupeInstructeur, Label, Revision, Service,
};
use crate::world::ids::global_id;

use super::node::{Node, Resolved};

/// Fields that `Demarche` and `DemarcheDescriptor` have in common.
pub fn shared<'a>(demarche: &'a Demarche, name: &str) -> Resolved<'a> {
    match name {
        "id" => Resolved::text(global_id("Procedure", demarche.number)),
        "number" => Resolved::Int(i64::try_from(demarche.number).unwrap_or(0)),
        "title" => Resolved::text(&*demarche.title),
        "description" => Resolved::text(&*demarche.description),
        "state" => Resolved::text(state(demarche.state)),
        "declarative" => Resolved::text_or_null(demarche.declarative.map(|declarative| match declarative {
            Declarative::EnInstruction => "en_instruction",
            Declarative::Accepte => "accepte",
        })),
        "dateCreation" => Resolved::Instant(demarche.date_creation),
        "datePublication" => Resolved::instant_or_null(demarche.date_publication),
        "dateDerniereModification" => Resolved::Instant(demarche.date_derniere_modification),
        "dateDepublication" => Resolved::instant_or_null(demarche.date_depublication),
        "dateFermeture" => Resolved::instant_or_null(demarche.date_fermeture),
        "service" => Resolved::node_or_null(demarche.service.as_ref().map(Node::Service)),
        _ => Resolved::Null,
    }
}

fn state(state: DemarcheState) -> &'static str {
    match state {
        DemarcheState::Brouillon => "brouillon",
        DemarcheState::Publiee => "publiee",
        DemarcheState::Close => "close",
        DemarcheState::Depubliee => "depubliee",
    }
}

/// `DemarcheDescriptor`: on a dossier, `revision` is the dossier's own.
pub fn descriptor<'a>(demarche: &'a Demarche, revision: Option<u64>, name: &str) -> Resolved<'a> {
    match name {
        "demarcheURL" => Resolved::text_or_null(demarche.demarche_url.as_deref()),
        "dureeConservationDossiers" => Resolved::Int(demarche.duree_conservation_dossiers.into()),
        "opendata" => Resolved::Bool(demarche.opendata),
        "revision" => {
            let found = revision.and_then(|id| demarche.revision(id)).or_else(|| demarche.active_revision());
            Resolved::node_or_null(found.map(|revision| Node::Revision(revision)))
        }
        other => shared(demarche, other),
    }
}

/// `Revision`.
pub fn revision<'a>(revision: &'a Revision, name: &str) -> Resolved<'a> {
    match name {
        "id" => Resolved::text(global_id("ProcedureRevision", revision.id)),
        "dateCreation" => Resolved::Instant(revision.date_creation),
        "datePublication" => Resolved::instant_or_null(revision.date_publication),
        "champDescriptors" => Resolved::nodes(revision.champs.iter().map(Node::ChampDescriptor)),
        "annotationDescriptors" => Resolved::nodes(revision.annotations.iter().map(Node::ChampDescriptor)),
        _ => Resolved::Null,
    }
}

/// `Label`.
pub fn label<'a>(label: &'a Label, name: &str) -> Resolved<'a> {
    match name {
        "id" => Resolved::text(global_id("Label", label.id)),
        "name" => Resolved::text(&*label.name),
        "color" => Resolved::text(label.color),
        _ => Resolved::Null,
    }
}

/// `GroupeInstructeur`: its instructeurs are the group's members.
pub fn groupe<'a>(groupe: &'a GroupeInstructeur, name: &str) -> Resolved<'a> {
    match name {
        "id" => Resolved::text(global_id("GroupeInstructeur", groupe.number)),
        "number" => Resolved::Int(i64::try_from(groupe.number).unwrap_or(0)),
        "label" => Resolved::text(&*groupe.label),
        "closed" => Resolved::Bool(groupe.closed),
        "instructeurs" => {
            let members = groupe.instructeurs.iter();
            Resolved::nodes(members.map(|one| Node::Profile("Instructeur", Some(one.id), &one.email)))
        }
        _ => Resolved::Null,
    }
}

/// `Profile`: the id of a deleted account is the text `<deleted>`.
pub fn profile<'a>(kind: &str, key: Option<u64>, email: &'a str, name: &str) -> Resolved<'a> {
    match (name, key) {
        ("id", Some(key)) => Resolved::text(global_id(kind, key)),
        ("id", None) => Resolved::text("<deleted>"),
        ("email", _) => Resolved::text(email),
        _ => Resolved::Null,
    }
}

/// `Service`.
pub fn service<'a>(service: &'a Service, name: &str) -> Resolved<'a> {
    match name {
        "id" => Resolved::text(global_id("Service", service.id)),
        "nom" => Resolved::text(&*service.nom),
        "organisme" => Resolved::text(&*service.organisme),
        "siret" => Resolved::text_or_null(service.siret.as_deref()),
        "typeOrganisme" => Resolved::text(service.type_organisme),
        _ => Resolved::Null,
    }
}
