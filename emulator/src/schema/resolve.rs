//! What each field of each object gives.
//!
//! One table a family of types; this one sends a node to its own. A field that the schema has and no
//! table knows gives null, which a test refuses.

use apollo_compiler::executable::Field;

use super::node::{Node, Resolved};
use super::plan::Plans;
use super::{Request, answers, applicant, call, descriptor, form, pages, root};

/// The value of a field.
pub fn field<'a>(request: &Request<'_>, plans: &Plans<'_>, node: Node<'a>, field: &Field) -> Resolved<'a> {
    let name = field.name.as_str();
    match node {
        Node::Query => root::query(request, plans, field),
        Node::Demarche(demarche) => root::demarche(request, plans, demarche, field),
        Node::DemarcheDescriptor(demarche, revision) => call::descriptor(demarche, revision, name),
        Node::Revision(revision) => call::revision(revision, name),
        Node::ChampDescriptor(one) => descriptor::field(one, name),
        Node::Label(label) => call::label(label, name),
        Node::GroupeInstructeur(groupe) => call::groupe(groupe, name),
        Node::Profile(kind, key, email) => call::profile(kind, key, email, name),
        Node::Service(service) => call::service(service, name),
        Node::DossierConnection(page) => pages::dossiers(page, name),
        Node::DossierEdge(cursor, view) => pages::edge(cursor, Node::Dossier(view), name),
        Node::DeletedDossierConnection(page) => pages::deletions(page, name),
        Node::DeletedDossierEdge(cursor, deletion) => {
            pages::edge(cursor, Node::DeletedDossier(deletion), name)
        }
        Node::DeletedDossier(deletion) => pages::deletion(deletion, name),
        Node::PageInfo(info) => pages::info(info, name),
        Node::Dossier(view) => form::dossier(view, name),
        Node::Traitement(traitement, view) => form::traitement(traitement, view, name),
        Node::Message(message) => form::message(message, name),
        Node::Correction(correction) => form::correction(correction, name),
        Node::Avis(avis) => form::avis(avis, name),
        Node::File(fichier) => form::fichier(fichier, name),
        Node::Demandeur(demandeur) => applicant::demandeur(demandeur, name),
        Node::PersonneMorale(morale) => applicant::morale(morale, name),
        Node::Entreprise(entreprise) => applicant::entreprise(entreprise, name),
        Node::Effectif(effectif) => applicant::effectif(effectif, name),
        Node::Association(association) => applicant::association(association, name),
        Node::Address(address) => applicant::address(address, name),
        Node::Geometry(geometry) => applicant::geometry(geometry, name),
        Node::Champ(champ) => answers::champ(champ, request, name),
        Node::UnknownChamp(view) => answers::unknown(view, name),
        Node::Row(row, view) => answers::row(row, view, name),
        Node::Commune(answer, broken) => answers::commune(answer, broken, name),
        Node::Place(_, place) => answers::place(place, name),
        Node::Registered(_, registered) => answers::registered(registered, name),
        Node::EngagementJuridique => answers::engagement(name),
        Node::GeoArea(area) => answers::geo_area(area, name),
    }
}
