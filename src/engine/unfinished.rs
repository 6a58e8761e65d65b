//! Dossiers that the source has yet to complete, without a word when it does.
//!
//! The platform fetches company data, scans files and draws certificates after the fact and does not
//! date it: such a dossier is read again by its number, less and less often, until it is whole. Pure.

use jiff::{SignedDuration, Timestamp};

use crate::domain::{Champ, ChampValue, Demandeur, Dossier, DossierState, Fichier};

/// The certificate of a decision is drawn within minutes; a day later there will be none.
const ATTESTATION_COMES_WITHIN: SignedDuration = SignedDuration::from_hours(24);

/// The platform itself tries again half an hour after a failure.
const FIRST_WAIT: SignedDuration = SignedDuration::from_mins(5);

const LONGEST_WAIT: SignedDuration = SignedDuration::from_hours(24);

/// What is still to come; nothing when the dossier is whole.
pub(super) fn reasons(dossier: &Dossier, now: Timestamp) -> Vec<&'static str> {
    let mut reasons = Vec::new();
    if demandeur_is_incomplete(&dossier.demandeur) {
        reasons.push("demandeur");
    }
    if dossier.all_champs().any(|placed| etablissement_is_missing(placed.champ)) {
        reasons.push("etablissement");
    }
    if files(dossier).any(Fichier::scan_pending) {
        reasons.push("antivirus");
    }
    if attestation_may_come(dossier, now) {
        reasons.push("attestation");
    }
    reasons
}

/// How long to wait after so many attempts: five minutes, then twice as long each time, a day at most.
pub(super) fn wait_before(attempts: u32) -> SignedDuration {
    let doublings = attempts.min(16);
    FIRST_WAIT.checked_mul(1 << doublings).map_or(LONGEST_WAIT, |wait| wait.min(LONGEST_WAIT))
}

fn demandeur_is_incomplete(demandeur: &Demandeur) -> bool {
    match demandeur {
        Demandeur::PersonnePhysique(_) | Demandeur::Unknown { .. } => false,
        Demandeur::PersonneMoraleIncomplete { .. } => true,
        Demandeur::PersonneMorale(morale) => {
            morale.entreprise.as_ref().is_none_or(|entreprise| entreprise.forme_juridique_code.is_none())
        }
    }
}

/// A SIRET was given and its company has not arrived.
fn etablissement_is_missing(champ: &Champ) -> bool {
    matches!(&champ.value, ChampValue::Siret(None))
        && champ.string_value.as_deref().is_some_and(|text| !text.is_empty())
}

fn files(dossier: &Dossier) -> impl Iterator<Item = &Fichier> {
    let in_champs = dossier.all_champs().flat_map(|placed| placed.champ.value.fichiers());
    let in_messages = dossier.messages.iter().flat_map(|message| &message.attachments);
    let in_avis = dossier.avis.iter().flat_map(|avis| &avis.attachments);
    let beside = dossier.motivation_attachment.iter().chain(&dossier.attestation);
    let company = dossier.demandeur.entreprise().into_iter().flat_map(|entreprise| entreprise.attestations());
    in_champs.chain(in_messages).chain(in_avis).chain(beside).chain(company)
}

fn attestation_may_come(dossier: &Dossier, now: Timestamp) -> bool {
    matches!(dossier.state, DossierState::Accepte | DossierState::Refuse)
        && dossier.attestation.is_none()
        && dossier.dates.traitement.is_some_and(|at| now.duration_since(at) < ATTESTATION_COMES_WITHIN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_doubles_up_to_a_day() {
        let minutes: Vec<i64> = [0, 1, 2, 3, 8, 9, 60].map(|n| wait_before(n).as_mins()).to_vec();
        assert_eq!(minutes, [5, 10, 20, 40, 1280, 1440, 1440]);
    }
}
