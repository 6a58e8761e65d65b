//! Files, people, events, messages: the parts of a dossier that are the same everywhere.

use super::Unknowns;
use crate::api::wire::{
    WireAddress, WireAvis, WireCodeName, WireCommune, WireFile, WireGeometry, WireGroupe, WireLabel,
    WireMessage, WireProfile, WireTraitement,
};
use crate::domain::{
    Address, Avis, CodeName, Commune, Correction, CorrectionReason, Fichier, GroupeInstructeur, Label,
    Message, Profile, RevisionId, Traitement, TraitementEvent,
};

pub(super) fn fichier(wire: WireFile) -> Fichier {
    Fichier {
        filename: wire.filename,
        content_type: wire.content_type,
        checksum: wire.checksum,
        // A size that is no number is a size that is not known.
        byte_size: wire.byte_size_big_int.parse().unwrap_or(-1),
        created_at: wire.created_at.0,
        virus_scan_result: wire.virus_scan_result,
    }
}

pub(in crate::api) fn profile(wire: WireProfile) -> Profile {
    Profile { id: wire.id, email: wire.email }
}

pub(in crate::api) fn label(wire: WireLabel) -> Label {
    Label { id: wire.id, name: wire.name, color: wire.color }
}

pub(in crate::api) fn groupe(wire: WireGroupe) -> GroupeInstructeur {
    GroupeInstructeur {
        id: wire.id,
        number: wire.number,
        label: wire.label,
        closed: wire.closed,
        instructeurs: wire.instructeurs.into_iter().map(profile).collect(),
    }
}

pub(super) fn traitement(wire: WireTraitement, unknown: &mut Unknowns) -> Traitement {
    let event = TraitementEvent::from_api(&wire.event);
    unknown.value(event.is_known(), "TraitementEvent", &wire.event);
    Traitement {
        id: wire.id,
        event,
        date_traitement: wire.date_traitement.0,
        email_agent_traitant: wire.email_agent_traitant,
        motivation: wire.motivation,
        revision_id: wire.revision.map(|revision| RevisionId(revision.id)),
    }
}

pub(super) fn message(wire: WireMessage, unknown: &mut Unknowns) -> Message {
    let correction = wire.correction.map(|correction| {
        let reason = CorrectionReason::from_api(&correction.reason);
        unknown.value(reason.is_known(), "CorrectionReason", &correction.reason);
        Correction { reason, date_resolution: correction.date_resolution.map(|at| at.0) }
    });
    Message {
        id: wire.id,
        email: wire.email,
        body: wire.body,
        created_at: wire.created_at.0,
        discarded_at: wire.discarded_at.map(|at| at.0),
        attachments: wire.attachments.into_iter().map(fichier).collect(),
        correction,
    }
}

pub(super) fn avis(wire: WireAvis) -> Avis {
    Avis {
        id: wire.id,
        question: wire.question,
        reponse: wire.reponse,
        question_label: wire.question_label,
        question_answer: wire.question_answer,
        date_question: wire.date_question.0,
        date_reponse: wire.date_reponse.map(|at| at.0),
        claimant: wire.claimant.map(profile),
        expert: wire.expert.map(profile),
        attachments: wire.attachments.into_iter().map(fichier).collect(),
    }
}

pub(super) fn address(wire: WireAddress) -> Address {
    Address {
        label: wire.label,
        kind: wire.r#type,
        street_address: wire.street_address,
        street_number: wire.street_number,
        street_name: wire.street_name,
        postal_code: wire.postal_code,
        city_name: wire.city_name,
        city_code: wire.city_code,
        department_name: wire.department_name,
        department_code: wire.department_code,
        region_name: wire.region_name,
        region_code: wire.region_code,
        country_name: wire.country_name,
        country_code: wire.country_code,
        geometry: wire.geometry.map(geometry),
    }
}

/// GeoJSON text, keys in the order of the standard.
pub(super) fn geometry(wire: WireGeometry) -> String {
    serde_json::json!({ "type": wire.r#type, "coordinates": wire.coordinates }).to_string()
}

pub(super) fn commune(wire: WireCommune) -> Commune {
    Commune { code: wire.code, name: wire.name, postal_code: wire.postal_code }
}

pub(super) fn code_name(wire: WireCodeName) -> CodeName {
    CodeName { code: wire.code.unwrap_or_default(), name: wire.name }
}
