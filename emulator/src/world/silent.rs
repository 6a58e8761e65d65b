//! What changes without a trace: no act here moves `updated_at`.
//!
//! These are the platform's own silences. A mirror that only asks for what was updated never sees them;
//! it needs a sweep, a list of dossiers to read again, or a full comparison.

use super::World;
use super::acts::ActRefused;
use super::champ::{Champ, ChampValue};
use super::demandeur::{Demandeur, PersonneMorale};
use super::dossier::{Dossier, DossierState, Fichier, ScanResult};

impl World {
    /// Does something to a dossier without moving its `updated_at`.
    fn quietly<T>(
        &mut self,
        number: u64,
        act: impl FnOnce(&mut Dossier) -> Result<T, ActRefused>,
    ) -> Result<T, ActRefused> {
        self.edit(number, act).unwrap_or(Err(ActRefused::NoSuchDossier(number)))
    }

    /// Puts a label on a dossier, or takes it off.
    pub fn set_label(&mut self, number: u64, label: u64, on: bool) -> Result<(), ActRefused> {
        self.quietly(number, |dossier| {
            dossier.labels.retain(|known| *known != label);
            if on {
                dossier.labels.push(label);
            }
            Ok(())
        })
    }

    /// Gives a label another name, on every dossier that has it.
    pub fn rename_label(&mut self, demarche_number: u64, label: u64, name: &str) {
        let labels = self.demarche_mut(demarche_number).map(|demarche| &mut demarche.labels);
        if let Some(label) = labels.and_then(|labels| labels.iter_mut().find(|one| one.id == label)) {
            name.clone_into(&mut label.name);
        }
    }

    /// Gives a group another name, on every dossier it holds.
    pub fn rename_groupe(&mut self, demarche_number: u64, groupe: u64, label: &str) {
        let groupes = self.demarche_mut(demarche_number).map(|demarche| &mut demarche.groupes_instructeurs);
        if let Some(groupe) = groupes.and_then(|groupes| groupes.iter_mut().find(|one| one.number == groupe))
        {
            label.clone_into(&mut groupe.label);
        }
    }

    /// The register answers at last: the demandeur becomes a company in full.
    pub fn company_arrives(&mut self, number: u64, morale: PersonneMorale) -> Result<(), ActRefused> {
        self.quietly(number, |dossier| {
            dossier.demandeur = Demandeur::Morale(Box::new(morale));
            Ok(())
        })
    }

    /// The antivirus has looked at the files that awaited it. An infected file vanishes from its champ
    /// or its message.
    pub fn scan_files(&mut self, number: u64, result: ScanResult) -> Result<(), ActRefused> {
        self.quietly(number, |dossier| {
            let mut scanned = false;
            let mut scan = |files: &mut Vec<Fichier>| {
                for file in files.iter_mut().filter(|file| file.virus_scan_result == ScanResult::Pending) {
                    file.virus_scan_result = result;
                    scanned = true;
                }
                files.retain(|file| file.virus_scan_result != ScanResult::Infected);
            };
            for champ in dossier.champs.iter_mut().chain(&mut dossier.annotations) {
                scan_champ(champ, &mut scan);
            }
            for message in &mut dossier.messages {
                scan(&mut message.attachments);
            }
            if scanned { Ok(()) } else { Err(ActRefused::NothingThere(number)) }
        })
    }

    /// The attestation of an accepted dossier is made at last.
    pub fn attestation_arrives(&mut self, number: u64, attestation: Fichier) -> Result<(), ActRefused> {
        self.quietly(number, |dossier| {
            if dossier.state != DossierState::Accepte {
                return Err(ActRefused::WrongState(number, dossier.state));
            }
            dossier.attestation = Some(attestation);
            Ok(())
        })
    }

    /// Identity documents are purged once a decision is taken.
    pub fn purge_identity_documents(&mut self, number: u64) -> Result<(), ActRefused> {
        self.quietly(number, |dossier| {
            if !dossier.state.is_termine() {
                return Err(ActRefused::WrongState(number, dossier.state));
            }
            for champ in &mut dossier.champs {
                if let ChampValue::TitreIdentite { filled, .. } = &mut champ.value {
                    *filled = false;
                }
            }
            Ok(())
        })
    }

    /// An instructeur leaves every group of a démarche, and so follows its dossiers no more.
    pub fn remove_instructeur(&mut self, demarche_number: u64, instructeur: u64) {
        let groupes = self.demarche_mut(demarche_number).map(|demarche| &mut demarche.groupes_instructeurs);
        for groupe in groupes.into_iter().flatten() {
            groupe.instructeurs.retain(|one| one.id != instructeur);
        }
    }

    /// The usager's account is deleted: the address stays, the identity goes.
    pub fn delete_usager(&mut self, number: u64) -> Result<(), ActRefused> {
        self.quietly(number, |dossier| {
            dossier.usager.id = None;
            Ok(())
        })
    }

    /// The usager's address changes, or the dossier is given to another person.
    pub fn change_usager_email(&mut self, number: u64, email: &str) -> Result<(), ActRefused> {
        self.quietly(number, |dossier| {
            email.clone_into(&mut dossier.usager.email);
            Ok(())
        })
    }
}

fn scan_champ(champ: &mut Champ, scan: &mut impl FnMut(&mut Vec<Fichier>)) {
    match &mut champ.value {
        ChampValue::PieceJustificative(files) => scan(files),
        ChampValue::Repetition(rows) => {
            for champ in rows.iter_mut().flat_map(|row| &mut row.champs) {
                scan_champ(champ, scan);
            }
        }
        _ => {}
    }
}
