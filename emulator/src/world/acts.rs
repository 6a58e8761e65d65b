//! What is done to a dossier openly: every act here moves `updated_at`.
//!
//! Each act is refused where the platform refuses it. An edit by the usager waits in the buffer until
//! it is submitted, and a decision's attestation comes later, by a silent job.

use jiff::Timestamp;

use super::World;
use super::champ::ChampValue;
use super::dossier::{Dossier, DossierState, Traitement, TraitementEvent};

/// Why an act was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ActRefused {
    /// There is no such dossier.
    #[error("there is no dossier {0}")]
    NoSuchDossier(u64),
    /// The dossier's state does not allow it.
    #[error("dossier {0} is {state}: this act is not allowed", state = .1.as_str())]
    WrongState(u64, DossierState),
    /// There is nothing to act on: no question awaiting an answer, no such champ, no file.
    #[error("dossier {0} has nothing of the kind")]
    NothingThere(u64),
}

/// A decision on a dossier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// Accepted.
    Accepter,
    /// Refused.
    Refuser,
    /// Closed without a decision on its merits.
    ClasserSansSuite,
}

impl World {
    /// Does an act to a dossier and moves its `updated_at` to now.
    pub(super) fn act<T>(
        &mut self,
        number: u64,
        act: impl FnOnce(&mut Dossier, Timestamp) -> Result<T, ActRefused>,
    ) -> Result<T, ActRefused> {
        let now = self.now();
        let done = self.edit(number, |dossier| {
            let done = act(dossier, now)?;
            dossier.updated_at = now;
            Ok(done)
        });
        done.unwrap_or(Err(ActRefused::NoSuchDossier(number)))
    }

    fn agent_of(&self, number: u64) -> Option<String> {
        let dossier = self.dossier(number)?;
        let demarche = self.demarche(dossier.demarche_number)?;
        let groupe = demarche.groupe(dossier.groupe_instructeur_number)?;
        groupe.instructeurs.first().map(|instructeur| instructeur.email.clone())
    }

    fn move_to(&mut self, number: u64, movement: &Movement) -> Result<(), ActRefused> {
        let (id, agent) = (self.next_key(), self.agent_of(number));
        self.act(number, |dossier, now| {
            if !movement.from.contains(&dossier.state) {
                return Err(ActRefused::WrongState(number, dossier.state));
            }
            dossier.state = movement.to;
            dossier.traitements.push(Traitement {
                id,
                event: movement.event,
                processed_at: now,
                instructeur_email: agent,
                motivation: movement.motivation.clone(),
                revision_id: Some(dossier.revision_id),
            });
            match movement.to {
                DossierState::EnConstruction => {
                    dossier.en_construction_at = now;
                    dossier.en_instruction_at = None;
                }
                DossierState::EnInstruction => {
                    dossier.en_instruction_at = Some(now);
                    // A terminated dossier that its usager had deleted comes back to him.
                    dossier.hidden_by_user_at = None;
                    dossier.hidden_by_reason = None;
                    // Taking a dossier up ends whatever correction was still awaited.
                    for correction in dossier.messages.iter_mut().filter_map(|one| one.correction.as_mut()) {
                        correction.date_resolution = correction.date_resolution.or(Some(now));
                    }
                    dossier.expired_at = None;
                    dossier.motivation = None;
                    dossier.attestation = None;
                    dossier.archived = false;
                }
                DossierState::Accepte | DossierState::Refuse | DossierState::SansSuite => {
                    dossier.processed_at = Some(now);
                    dossier.motivation.clone_from(&movement.motivation);
                    let kept = jiff::SignedDuration::from_hours(24 * 1_095);
                    dossier.expired_at = now.saturating_add(kept).ok();
                }
            }
            Ok(())
        })
    }

    /// An instructeur takes the dossier up.
    pub fn pass_en_instruction(&mut self, number: u64) -> Result<(), ActRefused> {
        self.move_to(
            number,
            &Movement {
                from: &[DossierState::EnConstruction],
                to: DossierState::EnInstruction,
                event: TraitementEvent::PasseEnInstruction,
                motivation: None,
            },
        )
    }

    /// An instructeur sends it back to its usager: `datePassageEnConstruction` moves, `dateDepot` never.
    pub fn repass_en_construction(&mut self, number: u64) -> Result<(), ActRefused> {
        self.move_to(
            number,
            &Movement {
                from: &[DossierState::EnInstruction],
                to: DossierState::EnConstruction,
                event: TraitementEvent::RepasseEnConstruction,
                motivation: None,
            },
        )
    }

    /// A decision is taken back; its date stays until the next one.
    pub fn repass_en_instruction(&mut self, number: u64) -> Result<(), ActRefused> {
        self.move_to(
            number,
            &Movement {
                from: &[DossierState::Accepte, DossierState::Refuse, DossierState::SansSuite],
                to: DossierState::EnInstruction,
                event: TraitementEvent::RepasseEnInstruction,
                motivation: None,
            },
        )
    }

    /// A decision is taken. The attestation of an acceptance comes later.
    pub fn decide(&mut self, number: u64, decision: Decision, motivation: &str) -> Result<(), ActRefused> {
        let (to, event) = match decision {
            Decision::Accepter => (DossierState::Accepte, TraitementEvent::Accepte),
            Decision::Refuser => (DossierState::Refuse, TraitementEvent::Refuse),
            Decision::ClasserSansSuite => (DossierState::SansSuite, TraitementEvent::ClasseSansSuite),
        };
        let motivation = Some(motivation.to_owned());
        self.move_to(number, &Movement { from: &[DossierState::EnInstruction], to, event, motivation })
    }

    /// The usager changes an answer: it waits in the buffer and shows nowhere, not even in `updated_at`.
    pub fn edit_champ(&mut self, number: u64, stable_id: u64, value: ChampValue) -> Result<(), ActRefused> {
        let edited = self.edit(number, |dossier| {
            if dossier.state != DossierState::EnConstruction {
                return Err(ActRefused::WrongState(number, dossier.state));
            }
            if !dossier.champs.iter().any(|champ| champ.stable_id == stable_id) {
                return Err(ActRefused::NothingThere(number));
            }
            dossier.buffer.retain(|(known, _)| *known != stable_id);
            dossier.buffer.push((stable_id, value));
            Ok(())
        });
        edited.unwrap_or(Err(ActRefused::NoSuchDossier(number)))
    }

    /// The usager adds a file to an answer not yet submitted again: `updated_at` moves, nothing shows.
    pub fn attach_in_buffer(&mut self, number: u64) -> Result<(), ActRefused> {
        self.act(number, |dossier, _now| match dossier.state {
            DossierState::EnConstruction => Ok(()),
            other => Err(ActRefused::WrongState(number, other)),
        })
    }

    /// The usager submits again: the buffer shows, and a correction that was awaited is resolved.
    pub fn resubmit(&mut self, number: u64) -> Result<(), ActRefused> {
        let id = self.next_key();
        self.act(number, |dossier, now| {
            if dossier.state != DossierState::EnConstruction {
                return Err(ActRefused::WrongState(number, dossier.state));
            }
            for (stable_id, value) in std::mem::take(&mut dossier.buffer) {
                if let Some(champ) = dossier.champs.iter_mut().find(|champ| champ.stable_id == stable_id) {
                    champ.value = value;
                    champ.updated_at = now;
                }
            }
            dossier.last_champ_updated_at = now;
            if dossier.pending_correction_at().is_some() {
                dossier.traitements.push(Traitement {
                    id,
                    event: TraitementEvent::DeposeCorrectionUsager,
                    processed_at: now,
                    instructeur_email: None,
                    motivation: None,
                    revision_id: Some(dossier.revision_id),
                });
            }
            for correction in dossier.messages.iter_mut().filter_map(|message| message.correction.as_mut()) {
                correction.date_resolution = correction.date_resolution.or(Some(now));
            }
            Ok(())
        })
    }

    /// An instructeur writes an annotation.
    pub fn annotate(&mut self, number: u64, stable_id: u64, value: ChampValue) -> Result<(), ActRefused> {
        self.act(number, |dossier, now| {
            let annotation = dossier.annotations.iter_mut().find(|champ| champ.stable_id == stable_id);
            let annotation = annotation.ok_or(ActRefused::NothingThere(number))?;
            annotation.value = value;
            annotation.updated_at = now;
            dossier.last_annotation_updated_at = now;
            Ok(())
        })
    }

    /// Archives a terminated dossier, or takes it out of the archive.
    pub fn set_archived(&mut self, number: u64, archived: bool) -> Result<(), ActRefused> {
        self.act(number, |dossier, _now| {
            if !dossier.state.is_termine() {
                return Err(ActRefused::WrongState(number, dossier.state));
            }
            dossier.archived = archived;
            Ok(())
        })
    }

    /// Gives the dossier to another group; those who followed it do no more.
    pub fn change_groupe(&mut self, number: u64, groupe_number: u64) -> Result<(), ActRefused> {
        self.act(number, |dossier, _now| {
            dossier.groupe_instructeur_number = groupe_number;
            dossier.instructeurs.clear();
            Ok(())
        })
    }

    /// An instructeur follows the dossier, or stops.
    pub fn set_followed(&mut self, number: u64, instructeur: u64, followed: bool) -> Result<(), ActRefused> {
        self.act(number, |dossier, _now| {
            dossier.instructeurs.retain(|known| *known != instructeur);
            if followed {
                dossier.instructeurs.push(instructeur);
            }
            Ok(())
        })
    }
}

struct Movement {
    from: &'static [DossierState],
    to: DossierState,
    event: TraitementEvent,
    motivation: Option<String>,
}
