//! Acts drawn at random, as a living call produces them.
//!
//! Each act says on which dossier it fell and by what road a mirror can learn of it, so that a test
//! knows what an increment owes it and what only a sweep or a full comparison can give.

use jiff::SignedDuration;

use super::World;
use super::acts::{ActRefused, Decision};
use super::asking::NewMessage;
use super::champ::ChampValue;
use super::demandeur::Demandeur;
use super::dossier::{CorrectionReason, DossierState, Person, ScanResult};
use crate::chance::Chance;
use crate::seed;

/// By what road a mirror can learn of an act.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Shown {
    /// The dossier comes with `updatedSince`.
    ByUpdate,
    /// The dossier comes with `updatedSince` only if the reader goes back a few minutes.
    ByOverlap,
    /// The dossier is gone, and a list of deletions says so.
    ByDeletions,
    /// Nothing says so: only a sweep, a second reading or a full comparison.
    BySweep,
    /// The démarche itself has changed, and perhaps its dossiers, silently.
    ByDemarche,
    /// Nothing can be seen of it through the API.
    Not,
}

/// An act that was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RandomAct {
    /// Its name.
    pub name: &'static str,
    /// The dossier it fell on, when it fell on one.
    pub dossier: Option<u64>,
    /// By what road it can be learnt.
    pub shown: Shown,
}

type Draw = fn(&mut World, u64, u64, &mut Chance) -> Result<(), ActRefused>;

/// Weight, name, road, and what is done to the dossier of the démarche.
const ACTS: [(u64, &str, Shown, Draw); 26] = [
    (10, "message", Shown::ByUpdate, |world, _, number, chance| {
        let body =
            chance.word(&["Merci de votre réponse.", "Les auditions auront lieu en juillet.", "Bien reçu."]);
        world.send_message(number, NewMessage::plain("a.kerbrat@numerique.example", body))
    }),
    (4, "ask_correction", Shown::ByUpdate, |world, _, number, _| {
        let mut message = NewMessage::plain("a.kerbrat@numerique.example", "La lettre n’est pas signée.");
        message.correction = Some(CorrectionReason::Incomplete);
        world.send_message(number, message)
    }),
    (2, "resolve_correction", Shown::ByUpdate, |world, _, number, _| world.resolve_correction(number)),
    (2, "discard_message", Shown::ByUpdate, |world, _, number, _| world.discard_message(number)),
    (6, "edit_champ", Shown::Not, |world, _, number, chance| {
        let title = format!("Projet revu n° {}", chance.below(1_000));
        world.edit_champ(number, seed::stable::TITRE, ChampValue::Text(Some(title)))
    }),
    (2, "attach_in_buffer", Shown::ByUpdate, |world, _, number, _| world.attach_in_buffer(number)),
    (8, "resubmit", Shown::ByUpdate, |world, _, number, _| world.resubmit(number)),
    (8, "pass_en_instruction", Shown::ByUpdate, |world, _, number, _| world.pass_en_instruction(number)),
    (2, "repass_en_construction", Shown::ByUpdate, |world, _, number, _| {
        world.repass_en_construction(number)
    }),
    (2, "repass_en_instruction", Shown::ByUpdate, |world, _, number, _| world.repass_en_instruction(number)),
    (6, "decide", Shown::ByUpdate, |world, _, number, chance| {
        let decision = chance.pick(&[Decision::Accepter, Decision::Refuser, Decision::ClasserSansSuite]);
        world.decide(number, decision.unwrap_or(Decision::Refuser), "Décision du jury.")
    }),
    (5, "annotate", Shown::ByUpdate, |world, _, number, chance| {
        let note = f64::from(u32::try_from(chance.below(200)).unwrap_or(0)) / 10.0;
        world.annotate(number, seed::stable::NOTE, ChampValue::DecimalNumber(Some(note)))
    }),
    (2, "archive", Shown::ByUpdate, |world, _, number, chance| {
        world.set_archived(number, chance.percent(70))
    }),
    (2, "change_groupe", Shown::ByUpdate, |world, demarche, number, chance| {
        let groupes: Vec<u64> = world
            .demarche(demarche)
            .map(|one| one.groupes_instructeurs.iter().map(|groupe| groupe.number).collect())
            .unwrap_or_default();
        let groupe = chance.pick(&groupes).ok_or(ActRefused::NothingThere(number))?;
        world.change_groupe(number, groupe)
    }),
    (3, "follow", Shown::ByUpdate, |world, _, number, chance| {
        let followed = chance.percent(60);
        world.set_followed(number, 3_301 + chance.below(4), followed)
    }),
    (3, "ask_avis", Shown::ByUpdate, |world, _, number, _| {
        let claimant = Person { id: 3_301, email: "a.kerbrat@numerique.example".to_owned() };
        world.ask_avis(number, claimant, "Le calendrier est-il tenable ?")
    }),
    (3, "answer_avis", Shown::ByUpdate, |world, _, number, _| {
        world.answer_avis(number, "Oui, avec deux renforts.")
    }),
    (5, "label", Shown::BySweep, |world, _, number, chance| {
        let on = chance.percent(60);
        world.set_label(number, 601 + chance.below(3), on)
    }),
    (3, "company_arrives", Shown::BySweep, |world, _, number, _| {
        let dossier = world.dossier(number).ok_or(ActRefused::NoSuchDossier(number))?;
        let Demandeur::MoraleIncomplete { id, siret } = &dossier.demandeur else {
            return Err(ActRefused::NothingThere(number));
        };
        world.company_arrives(number, seed::company(*id, siret))
    }),
    (2, "scan_files", Shown::BySweep, |world, _, number, chance| {
        let result = if chance.percent(80) { ScanResult::Safe } else { ScanResult::Infected };
        world.scan_files(number, result)
    }),
    (3, "attestation_arrives", Shown::BySweep, |world, _, number, chance| {
        let now = world.now();
        world.attestation_arrives(number, seed::named_fichier("attestation.pdf", now, chance))
    }),
    (1, "delete_usager", Shown::BySweep, |world, _, number, _| world.delete_usager(number)),
    (2, "change_usager_email", Shown::BySweep, |world, _, number, chance| {
        world.change_usager_email(number, &format!("agent{}@service.example", chance.below(1_000)))
    }),
    (3, "usager_deletes", Shown::ByDeletions, |world, _, number, _| {
        match world.dossier(number).map(|dossier| dossier.state) {
            Some(DossierState::EnConstruction) => world.usager_deletes(number),
            _ => Err(ActRefused::NothingThere(number)),
        }
    }),
    (2, "administration_deletes", Shown::ByDeletions, |world, _, number, _| {
        world.administration_deletes(number)
    }),
    (1, "remove_account", Shown::ByDeletions, |world, _, number, _| world.remove_account(number)),
];

/// Weight, name, road, and what is done to the démarche; gives the dossier it fell on.
type DrawAny = fn(&mut World, u64, &mut Chance) -> Option<Option<u64>>;

const MOVEMENTS: [(u64, &str, Shown, DrawAny); 9] = [
    (9, "deposit", Shown::ByUpdate, |world, demarche, _| world.deposit(demarche).map(Some)),
    (2, "deposit_late", Shown::ByOverlap, |world, demarche, chance| {
        let lag = i64::try_from(chance.below(240) + 1).unwrap_or(60);
        world.deposit_late(demarche, SignedDuration::from_secs(lag)).map(Some)
    }),
    (1, "message_late", Shown::ByOverlap, |world, demarche, chance| {
        let number = any_visible(world, demarche, chance)?;
        let lag = SignedDuration::from_secs(i64::try_from(chance.below(240) + 1).unwrap_or(60));
        let message = NewMessage::plain("l.haddad@numerique.example", "Message d’une transaction longue.");
        world.send_message_late(number, message, lag).ok().map(|()| Some(number))
    }),
    (1, "expire", Shown::BySweep, |world, demarche, chance| {
        let number = any_visible(world, demarche, chance)?;
        world.dossier(number).filter(|dossier| dossier.state.is_termine())?;
        world.expire(number).ok().map(|()| Some(number))
    }),
    (1, "destroy", Shown::BySweep, |world, demarche, chance| {
        let number = any_visible(world, demarche, chance)?;
        world.destroy(number).ok().map(|()| Some(number))
    }),
    (3, "restore", Shown::ByUpdate, |world, demarche, chance| {
        let hidden: Vec<u64> = world.shelf().hidden_numbers().collect();
        let here: Vec<u64> = hidden
            .into_iter()
            .filter(|number| {
                world.shelf().header(*number).is_some_and(|header| header.demarche_number == demarche)
            })
            .collect();
        let number = chance.pick(&here)?;
        world.restore(number).ok().map(|()| Some(number))
    }),
    (1, "purge", Shown::ByDeletions, |world, _, _| (world.purge() > 0).then_some(None)),
    (1, "rename_label", Shown::ByDemarche, |world, demarche, chance| {
        let label = world.demarche(demarche)?.labels.first()?.id;
        world.rename_label(demarche, label, chance.word(&["À auditionner", "À auditionner en priorité"]));
        Some(None)
    }),
    (1, "new_revision", Shown::ByDemarche, |world, demarche, _| {
        let last = world.demarche(demarche)?.active_revision()?.clone();
        let (id, now) = (world.next_key(), world.now());
        world.publish_revision(demarche, seed::next_revision(&last, id, now));
        world.rebase_some(demarche);
        Some(None)
    }),
];

/// Dossiers that one new revision moves at most: a very large world is not wholly unfolded for it.
const REBASED: usize = 2_000;

/// A visible dossier of a démarche.
fn any_visible(world: &World, demarche: u64, chance: &mut Chance) -> Option<u64> {
    let orders = world.orders(demarche)?;
    let (first, last) = (orders.by_update.first()?.0, orders.by_update.last()?.0);
    if chance.percent(50) {
        // By instant: the dossiers touched of late are few, and live the most.
        let span = u64::try_from(last - first).unwrap_or(0);
        let from = first + i64::try_from(chance.below(span.saturating_add(1))).unwrap_or(0);
        return orders.by_update.range((from, 0)..).next().map(|key| key.1);
    }
    let rank =
        usize::try_from(chance.below(u64::try_from(orders.by_deposit.len()).unwrap_or(0))).unwrap_or(0);
    orders.by_deposit.iter().nth(rank).map(|key| key.1)
}

impl World {
    fn rebase_some(&mut self, demarche: u64) {
        let numbers: Vec<u64> = self.visible_numbers(demarche).into_iter().take(REBASED).collect();
        for number in numbers {
            self.rebase(number);
        }
    }

    /// Does one act drawn at random on the seeded call, and says which. None only when nothing could be
    /// done, as in an empty world.
    pub fn random_act(&mut self, chance: &mut Chance) -> Option<RandomAct> {
        self.random_act_on(seed::DEMARCHE_NUMBER, chance)
    }

    /// Does one act drawn at random on a démarche.
    pub fn random_act_on(&mut self, demarche: u64, chance: &mut Chance) -> Option<RandomAct> {
        let on_dossiers: u64 = ACTS.iter().map(|act| act.0).sum();
        let others: u64 = MOVEMENTS.iter().map(|act| act.0).sum();
        // Many draws are refused: a dossier in the wrong state, nothing to scan.
        (0..200).find_map(|_| {
            let draw = chance.below(on_dossiers + others);
            match draw.checked_sub(on_dossiers) {
                None => self.try_on_dossier(demarche, draw, chance),
                Some(draw) => self.try_movement(demarche, draw, chance),
            }
        })
    }

    fn try_on_dossier(&mut self, demarche: u64, mut draw: u64, chance: &mut Chance) -> Option<RandomAct> {
        for (weight, name, shown, act) in &ACTS {
            if draw < *weight {
                let number = any_visible(self, demarche, chance)?;
                act(self, demarche, number, chance).ok()?;
                return Some(RandomAct { name, dossier: Some(number), shown: *shown });
            }
            draw -= weight;
        }
        None
    }

    fn try_movement(&mut self, demarche: u64, mut draw: u64, chance: &mut Chance) -> Option<RandomAct> {
        for (weight, name, shown, act) in &MOVEMENTS {
            if draw < *weight {
                let dossier = act(self, demarche, chance)?;
                return Some(RandomAct { name, dossier, shown: *shown });
            }
            draw -= weight;
        }
        None
    }
}
