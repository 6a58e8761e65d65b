//! What happened to one dossier of the seeded call: traitements, messages, avis, attestation.
//!
//! The story follows the timetable, which alone decides the dates; every state the dossier went
//! through has its traitement.

use jiff::Timestamp;

use super::answers::named_fichier;
use super::timetable::Timetable;
use crate::chance::Chance;
use crate::world::demarche::Instructeur;
use crate::world::dossier::{
    Avis, Correction, CorrectionReason, DossierState, Fichier, Message, Person, Traitement, TraitementEvent,
};

/// The address the platform writes from.
pub const PLATFORM_EMAIL: &str = "contact@plateforme.example";

/// What a story needs to know of its dossier.
pub struct Story<'a> {
    /// The dossier's number, from which the keys of its parts are made.
    pub number: u64,
    /// Its timetable.
    pub table: &'a Timetable,
    /// Who instructs it.
    pub instructeur: &'a Instructeur,
    /// Who deposited it.
    pub usager_email: &'a str,
}

impl Story<'_> {
    fn traitement(&self, rank: u64, event: TraitementEvent, processed_at: Timestamp) -> Traitement {
        let by_usager = matches!(event, TraitementEvent::Depose | TraitementEvent::DeposeCorrectionUsager);
        Traitement {
            id: self.number * 10 + rank,
            event,
            processed_at,
            instructeur_email: (!by_usager).then(|| self.instructeur.email.clone()),
            motivation: None,
            revision_id: Some(self.table.revision_id),
        }
    }

    /// Every event of the dossier's life, in order.
    pub fn traitements(&self) -> Vec<Traitement> {
        let table = self.table;
        let decision = match table.state {
            DossierState::Accepte => TraitementEvent::Accepte,
            DossierState::Refuse => TraitementEvent::Refuse,
            _ => TraitementEvent::ClasseSansSuite,
        };
        let events = [
            (Some(table.depose_at), TraitementEvent::Depose),
            (table.correction_resolved_at, TraitementEvent::DeposeCorrectionUsager),
            (table.en_instruction_at, TraitementEvent::PasseEnInstruction),
            (table.processed_at, decision),
        ];
        let mut traitements: Vec<_> = (0..)
            .zip(events)
            .filter_map(|(rank, (at, event))| Some(self.traitement(rank, event, at?)))
            .collect();
        if let (true, Some(last)) = (table.state.is_termine(), traitements.last_mut()) {
            last.motivation = self.motivation().map(str::to_owned);
        }
        traitements
    }

    /// Why it was decided so.
    pub fn motivation(&self) -> Option<&'static str> {
        match self.table.state {
            DossierState::Accepte => Some("Projet retenu par le jury."),
            DossierState::Refuse => Some("Projet non retenu : l’impact pour les usagers n’est pas démontré."),
            DossierState::SansSuite => Some("Candidature retirée par l’administration porteuse."),
            DossierState::EnConstruction | DossierState::EnInstruction => None,
        }
    }

    /// The acknowledgement, the correction asked and the questions, oldest first.
    pub fn messages(&self, chance: &mut Chance) -> Vec<Message> {
        let table = self.table;
        let message = |rank: u64, at: Timestamp, email: &str, body: &str| Message {
            id: self.number * 10 + rank,
            email: email.to_owned(),
            body: format!("<p>{body}</p>"),
            created_at: at,
            discarded_at: None,
            attachments: Vec::new(),
            correction: None,
        };
        let mut messages = vec![message(
            0,
            table.depose_at,
            PLATFORM_EMAIL,
            "Votre dossier a bien été déposé. Vous pouvez le modifier jusqu’à son passage en instruction.",
        )];
        if let Some(at) = table.correction_asked_at {
            let mut asked = message(
                1,
                at,
                &self.instructeur.email,
                "La lettre d’engagement n’est pas signée : merci de la déposer à nouveau.",
            );
            asked.correction = Some(Correction {
                reason: if chance.percent(70) {
                    CorrectionReason::Incomplete
                } else {
                    CorrectionReason::Incorrect
                },
                date_resolution: table.correction_resolved_at,
            });
            messages.push(asked);
        }
        if let Some(at) = table.message_at {
            let mut question =
                message(2, at, self.usager_email, "Pouvez-vous nous confirmer la date des auditions ?");
            if chance.percent(30) {
                question.attachments.push(named_fichier("calendrier.pdf", at, chance));
            }
            messages.push(question);
        }
        messages
    }

    /// The expert's opinion, given or awaited.
    pub fn avis(&self, chance: &mut Chance) -> Vec<Avis> {
        let Some(at) = self.table.avis_asked_at else { return Vec::new() };
        let answered = chance.percent(60);
        vec![Avis {
            id: self.number * 10,
            claimant: Some(Person { id: self.instructeur.id, email: self.instructeur.email.clone() }),
            expert: Some(Person { id: 77_001, email: "expertise.ia@recherche.example".to_owned() }),
            question: "Les données annoncées suffisent-elles à entraîner un modèle ?".to_owned(),
            question_label: Some("Favorable ?".to_owned()),
            question_answer: answered.then(|| chance.percent(70)),
            reponse: answered
                .then(|| "Le volume est suffisant, la qualité des annotations reste à établir.".to_owned()),
            date_question: at,
            updated_at: at,
            attachments: Vec::new(),
        }]
    }

    /// The attestation of an accepted dossier.
    pub fn attestation(&self, chance: &mut Chance) -> Option<Fichier> {
        let at = self.table.processed_at.filter(|_| self.table.state == DossierState::Accepte)?;
        Some(named_fichier(&format!("attestation-{}.pdf", self.number), at, chance))
    }
}
