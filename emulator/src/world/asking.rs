//! What is said about a dossier: messages, corrections, avis. Each word moves `updated_at`.

use super::World;
use super::acts::ActRefused;
use super::dossier::{Avis, Correction, CorrectionReason, Fichier, Message, Person};

/// A message to write.
#[derive(Debug, Clone, PartialEq)]
pub struct NewMessage {
    /// Who writes.
    pub email: String,
    /// HTML.
    pub body: String,
    /// Files sent along.
    pub attachments: Vec<Fichier>,
    /// The correction asked with it, if one is.
    pub correction: Option<CorrectionReason>,
}

impl NewMessage {
    /// A message without a file or a correction.
    pub fn plain(email: &str, body: &str) -> Self {
        Self {
            email: email.to_owned(),
            body: format!("<p>{body}</p>"),
            attachments: Vec::new(),
            correction: None,
        }
    }
}

impl World {
    /// Writes a message; with a correction, the dossier awaits its usager.
    pub fn send_message(&mut self, number: u64, message: NewMessage) -> Result<(), ActRefused> {
        let id = self.next_key();
        self.act(number, |dossier, now| {
            dossier.messages.push(Message {
                id,
                email: message.email,
                body: message.body,
                created_at: now,
                discarded_at: None,
                attachments: message.attachments,
                correction: message.correction.map(|reason| Correction { reason, date_resolution: None }),
            });
            Ok(())
        })
    }

    /// The last message still shown is discarded: it stays, without its words.
    pub fn discard_message(&mut self, number: u64) -> Result<(), ActRefused> {
        self.act(number, |dossier, now| {
            let shown = dossier.messages.iter_mut().rev().find(|message| message.discarded_at.is_none());
            shown.ok_or(ActRefused::NothingThere(number))?.discarded_at = Some(now);
            Ok(())
        })
    }

    /// The corrections awaited are said to be resolved by an instructeur.
    pub fn resolve_correction(&mut self, number: u64) -> Result<(), ActRefused> {
        self.act(number, |dossier, now| {
            let corrections = dossier.messages.iter_mut().filter_map(|message| message.correction.as_mut());
            let open: Vec<_> =
                corrections.filter(|correction| correction.date_resolution.is_none()).collect();
            if open.is_empty() {
                return Err(ActRefused::NothingThere(number));
            }
            for correction in open {
                correction.date_resolution = Some(now);
            }
            Ok(())
        })
    }

    /// An expert is asked.
    pub fn ask_avis(&mut self, number: u64, claimant: Person, question: &str) -> Result<(), ActRefused> {
        let id = self.next_key();
        self.act(number, |dossier, now| {
            dossier.avis.push(Avis {
                id,
                claimant: Some(claimant),
                expert: Some(Person { id: 77_002, email: "avis@recherche.example".to_owned() }),
                question: question.to_owned(),
                question_label: None,
                question_answer: None,
                reponse: None,
                date_question: now,
                updated_at: now,
                attachments: Vec::new(),
            });
            Ok(())
        })
    }

    /// The expert answers the oldest question still open.
    pub fn answer_avis(&mut self, number: u64, reponse: &str) -> Result<(), ActRefused> {
        self.act(number, |dossier, now| {
            let open = dossier.avis.iter_mut().find(|avis| avis.reponse.is_none());
            let avis = open.ok_or(ActRefused::NothingThere(number))?;
            avis.reponse = Some(reponse.to_owned());
            avis.updated_at = now;
            Ok(())
        })
    }
}
