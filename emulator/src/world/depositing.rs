//! How a dossier enters the world: deposited now, or by a transaction that commits late.

use jiff::{SignedDuration, Timestamp};

use super::World;
use super::acts::ActRefused;
use super::asking::NewMessage;
use super::champ::ChampValue;
use super::dossier::{Correction, Dossier, DossierState, Message, ScanResult, Traitement, TraitementEvent};
use super::revising::align;

impl World {
    /// A new dossier of a démarche, its content taken where the démarche's content comes from, or from
    /// a dossier that stands there. None when the démarche is unknown or has nothing to take from.
    pub fn deposit(&mut self, demarche_number: u64) -> Option<u64> {
        let now = self.now();
        self.deposit_at(demarche_number, now)
    }

    /// A new dossier whose transaction took its instant `lag` ago and only commits now: it appears
    /// behind readers who have already passed that instant.
    pub fn deposit_late(&mut self, demarche_number: u64, lag: SignedDuration) -> Option<u64> {
        let now = self.now();
        self.deposit_at(demarche_number, now.saturating_sub(lag).unwrap_or(now))
    }

    fn deposit_at(&mut self, demarche_number: u64, at: Timestamp) -> Option<u64> {
        let number = self.shelf().next_number();
        let content = match self.origin(demarche_number) {
            Some(origin) => origin.dossier(number),
            None => {
                let first = *self.visible_numbers(demarche_number).first()?;
                Dossier::clone(&*self.dossier(first)?)
            }
        };
        let traitement_id = self.next_key();
        let revision = self.demarche(demarche_number)?.active_revision()?.clone();
        let mut dossier = fresh(content, number, at, traitement_id);
        align(&mut dossier, &revision);
        self.insert(dossier);
        Some(number)
    }

    /// Deposits a dossier that the caller made: it gets a new number, and its dates are now.
    pub fn deposit_as(&mut self, dossier: Dossier) -> u64 {
        let (number, traitement_id, now) = (self.shelf().next_number(), self.next_key(), self.now());
        self.insert(fresh(dossier, number, now, traitement_id));
        number
    }

    /// A message whose transaction took its instant `lag` ago and only commits now: `updated_at` moves
    /// to that past instant, behind readers who have already passed it.
    pub fn send_message_late(
        &mut self,
        number: u64,
        message: NewMessage,
        lag: SignedDuration,
    ) -> Result<(), ActRefused> {
        let (id, now) = (self.next_key(), self.now());
        let at = now.saturating_sub(lag).unwrap_or(now);
        let written = self.edit(number, |dossier| {
            if dossier.updated_at > at {
                return Err(ActRefused::NothingThere(number));
            }
            dossier.messages.push(Message {
                id,
                email: message.email,
                body: message.body,
                created_at: at,
                discarded_at: None,
                attachments: message.attachments,
                correction: message.correction.map(|reason| Correction { reason, date_resolution: None }),
            });
            dossier.updated_at = at;
            Ok(())
        });
        written.unwrap_or(Err(ActRefused::NoSuchDossier(number)))
    }
}

/// The same content, as it stands at the instant of its deposit.
fn fresh(content: Dossier, number: u64, at: Timestamp, traitement_id: u64) -> Dossier {
    let mut dossier = Dossier {
        number,
        state: DossierState::EnConstruction,
        archived: false,
        depose_at: at,
        en_construction_at: at,
        en_instruction_at: None,
        processed_at: None,
        updated_at: at,
        last_champ_updated_at: at,
        last_annotation_updated_at: at,
        expired_at: None,
        hidden_by_user_at: None,
        hidden_by_administration_at: None,
        hidden_by_expired_at: None,
        hidden_by_reason: None,
        instructeurs: Vec::new(),
        labels: Vec::new(),
        motivation: None,
        motivation_attachment: None,
        attestation: None,
        messages: Vec::new(),
        avis: Vec::new(),
        buffer: Vec::new(),
        traitements: vec![Traitement {
            id: traitement_id,
            event: TraitementEvent::Depose,
            processed_at: at,
            instructeur_email: None,
            motivation: None,
            revision_id: Some(content.revision_id),
        }],
        ..content
    };
    for champ in dossier.champs.iter_mut().chain(&mut dossier.annotations) {
        champ.updated_at = at;
        if let ChampValue::PieceJustificative(files) = &mut champ.value {
            // The antivirus comes after the deposit.
            for file in files {
                file.created_at = at;
                file.virus_scan_result = ScanResult::Pending;
            }
        }
    }
    dossier
}
