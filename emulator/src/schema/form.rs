//! The fields of a dossier and of what hangs on it: traitements, messages, avis, files.

use crate::world::dossier::{Avis, Correction, Dossier, Fichier, Message, Traitement};
use crate::world::ids::global_id;

use super::node::{ChampNode, DossierView, Node, Resolved};

/// `Dossier`.
pub fn dossier<'a>(view: &'a DossierView, name: &str) -> Resolved<'a> {
    let dossier: &'a Dossier = &view.dossier;
    match name {
        "id" => Resolved::text(global_id("Dossier", dossier.number)),
        "number" => Resolved::Int(i64::try_from(dossier.number).unwrap_or(0)),
        "state" => match &view.ailment.unknown_state {
            Some(state) => Resolved::text(&**state),
            None => Resolved::text(dossier.state.as_str()),
        },
        "archived" => Resolved::Bool(dossier.archived),
        "prefilled" => Resolved::Bool(dossier.prefilled),
        "motivation" => Resolved::text_or_null(dossier.motivation.as_deref()),
        "motivationAttachment" => {
            Resolved::node_or_null(dossier.motivation_attachment.as_ref().map(Node::File))
        }
        "attestation" => Resolved::node_or_null(dossier.attestation.as_ref().map(Node::File)),
        "connectionUsager" => Resolved::text(match (dossier.usager.id, dossier.usager.france_connect) {
            (None, _) => "deleted",
            (Some(_), true) => "france_connect",
            (Some(_), false) => "password",
        }),
        "usager" => Resolved::Node(Node::Profile("User", dossier.usager.id, &dossier.usager.email)),
        "demandeur" => Resolved::Node(Node::Demandeur(&dossier.demandeur)),
        "demarche" => Resolved::Node(Node::DemarcheDescriptor(&view.demarche, Some(dossier.revision_id))),
        "deposeParUnTiers" => Resolved::Bool(dossier.mandataire.is_some()),
        "nomMandataire" => Resolved::text_or_null(dossier.mandataire.as_ref().map(|one| &*one.nom)),
        "prenomMandataire" => Resolved::text_or_null(dossier.mandataire.as_ref().map(|one| &*one.prenom)),
        "groupeInstructeur" => {
            let groupe = view.demarche.groupe(dossier.groupe_instructeur_number);
            Resolved::node_or_null(groupe.map(Node::GroupeInstructeur))
        }
        "instructeurs" => {
            let followers = dossier.instructeurs.iter().filter_map(|id| view.demarche.instructeur(*id));
            Resolved::nodes(followers.map(|one| Node::Profile("Instructeur", Some(one.id), &one.email)))
        }
        "labels" => {
            Resolved::nodes(dossier.labels.iter().filter_map(|id| view.demarche.label(*id)).map(Node::Label))
        }
        "messages" => Resolved::nodes(dossier.messages.iter().map(Node::Message)),
        "avis" => Resolved::nodes(dossier.avis.iter().map(Node::Avis)),
        "traitements" => Resolved::nodes(dossier.traitements.iter().map(|one| Node::Traitement(one, view))),
        "champs" => {
            let known = dossier.champs.iter().map(|champ| Node::Champ(ChampNode { champ, view, row: None }));
            let unknown = view.ailment.unknown_champ.then_some(Node::UnknownChamp(view));
            Resolved::nodes(known.chain(unknown))
        }
        "annotations" => {
            let nodes = dossier.annotations.iter();
            Resolved::nodes(nodes.map(|champ| Node::Champ(ChampNode { champ, view, row: None })))
        }
        other => date(view, dossier, other),
    }
}

fn date<'a>(view: &DossierView, dossier: &Dossier, name: &str) -> Resolved<'a> {
    match name {
        "dateDepot" if view.ailment.null_date_depot => Resolved::Null,
        "dateDepot" => Resolved::Instant(dossier.depose_at),
        "datePassageEnConstruction" => Resolved::Instant(dossier.en_construction_at),
        "datePassageEnInstruction" => Resolved::instant_or_null(dossier.en_instruction_at),
        "dateTraitement" => Resolved::instant_or_null(dossier.processed_at),
        "dateDerniereModification" => Resolved::Instant(dossier.updated_at),
        "dateDerniereModificationChamps" => Resolved::Instant(dossier.last_champ_updated_at),
        "dateDerniereModificationAnnotations" => Resolved::Instant(dossier.last_annotation_updated_at),
        "dateDerniereCorrectionEnAttente" => Resolved::instant_or_null(dossier.pending_correction_at()),
        "dateExpiration" => Resolved::instant_or_null(dossier.expired_at),
        "dateSuppressionParUsager" => Resolved::instant_or_null(dossier.hidden_by_user_at),
        "dateSuppressionParAdministration" => Resolved::instant_or_null(dossier.hidden_by_administration_at),
        "datePrevisionnelleDecisionSVASVR" => Resolved::day_or_null(dossier.sva_svr_decision_on),
        "dateTraitementSVASVR" => Resolved::instant_or_null(dossier.sva_svr_decision_triggered_at),
        _ => Resolved::Null,
    }
}

/// `Traitement`.
pub fn traitement<'a>(traitement: &'a Traitement, view: &'a DossierView, name: &str) -> Resolved<'a> {
    match name {
        "id" => Resolved::text(global_id("Traitement", traitement.id)),
        "dateTraitement" => Resolved::Instant(traitement.processed_at),
        "emailAgentTraitant" => Resolved::text_or_null(traitement.instructeur_email.as_deref()),
        "event" => Resolved::text(traitement.event.as_str()),
        "motivation" => Resolved::text_or_null(traitement.motivation.as_deref()),
        "revision" => {
            let revision = traitement.revision_id.and_then(|id| view.demarche.revision(id));
            Resolved::node_or_null(revision.map(|revision| Node::Revision(revision)))
        }
        _ => Resolved::Null,
    }
}

/// `Message`: the body of a discarded one is empty.
pub fn message<'a>(message: &'a Message, name: &str) -> Resolved<'a> {
    match name {
        "id" => Resolved::text(global_id("Commentaire", message.id)),
        "email" => Resolved::text(&*message.email),
        "body" if message.discarded_at.is_some() => Resolved::text(""),
        "body" => Resolved::text(&*message.body),
        "createdAt" => Resolved::Instant(message.created_at),
        "discardedAt" => Resolved::instant_or_null(message.discarded_at),
        "attachments" => Resolved::nodes(message.attachments.iter().map(Node::File)),
        "correction" => Resolved::node_or_null(message.correction.as_ref().map(Node::Correction)),
        _ => Resolved::Null,
    }
}

/// `Correction`.
pub fn correction<'a>(correction: &Correction, name: &str) -> Resolved<'a> {
    match name {
        "reason" => Resolved::text(correction.reason.as_str()),
        "dateResolution" => Resolved::instant_or_null(correction.date_resolution),
        _ => Resolved::Null,
    }
}

/// `Avis`: `dateReponse` is the row's last change, set even when nobody has answered.
pub fn avis<'a>(avis: &'a Avis, name: &str) -> Resolved<'a> {
    match name {
        "id" => Resolved::text(global_id("Avis", avis.id)),
        "question" => Resolved::text(&*avis.question),
        "questionLabel" => Resolved::text_or_null(avis.question_label.as_deref()),
        "questionAnswer" => avis.question_answer.map_or(Resolved::Null, Resolved::Bool),
        "reponse" => Resolved::text_or_null(avis.reponse.as_deref()),
        "dateQuestion" => Resolved::Instant(avis.date_question),
        "dateReponse" => Resolved::Instant(avis.updated_at),
        "claimant" => {
            let claimant = avis.claimant.as_ref();
            Resolved::node_or_null(claimant.map(|one| Node::Profile("Instructeur", Some(one.id), &one.email)))
        }
        "expert" => {
            let expert = avis.expert.as_ref();
            Resolved::node_or_null(expert.map(|one| Node::Profile("Expert", Some(one.id), &one.email)))
        }
        "attachments" => Resolved::nodes(avis.attachments.iter().map(Node::File)),
        _ => Resolved::Null,
    }
}

/// `File`.
pub fn fichier<'a>(fichier: &'a Fichier, name: &str) -> Resolved<'a> {
    match name {
        "filename" => Resolved::text(&*fichier.filename),
        "contentType" => Resolved::text(&*fichier.content_type),
        "byteSizeBigInt" => Resolved::text(fichier.byte_size.to_string()),
        "checksum" => Resolved::text(&*fichier.checksum),
        "createdAt" => Resolved::Instant(fichier.created_at),
        "virusScanResult" => Resolved::text(fichier.virus_scan_result.as_str()),
        _ => Resolved::Null,
    }
}
