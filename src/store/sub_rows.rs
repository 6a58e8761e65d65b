//! The parts of a dossier as rows: answers, files, events, messages, opinions, labels, followers.
//!
//! They are replaced whole when the dossier moved: a part that vanished leaves no row behind.

use rusqlite::named_params;

use super::{StoreError, Tx, json};
use crate::domain::{ChampKind, Dossier, Fact, Fichier, Profile};

/// The tables of a dossier's parts, each keyed by `dossier_number`.
const PARTS: [&str; 7] =
    ["champs", "fichiers", "traitements", "messages", "avis", "dossier_labels", "dossier_instructeurs"];

impl Tx<'_> {
    /// Replaces every part of a dossier.
    pub(super) fn replace_parts(&self, dossier: &Dossier) -> Result<(), StoreError> {
        for table in PARTS {
            let sql = format!("DELETE FROM {table} WHERE dossier_number = ?1");
            self.transaction.prepare_cached(&sql)?.execute([dossier.number.0])?;
        }
        self.insert_champs(dossier)?;
        self.insert_fichiers(dossier)?;
        self.insert_events(dossier)?;
        self.insert_avis(dossier)?;
        self.insert_people(dossier)
    }

    fn insert_champs(&self, dossier: &Dossier) -> Result<(), StoreError> {
        // By position: this is the statement run most, sixty times a dossier.
        let mut insert = self.transaction.prepare_cached(
            "INSERT INTO champs (dossier_number, position, champ_id, champ_descriptor_id, kind, parent_champ_id,
                row_id, type, label, string_value, value, prefilled, updated_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
        )?;
        for (position, placed) in (0_i64..).zip(dossier.all_champs()) {
            let fact = placed.champ.value.to_fact();
            insert.execute((
                dossier.number.0,
                position,
                placed.champ.id.as_str(),
                &placed.champ.descriptor_id,
                placed.kind.as_str(),
                placed.parent.map(|parent| parent.id.as_str()),
                placed.row,
                placed.champ.value.typename(),
                &placed.champ.label,
                &placed.champ.string_value,
                (fact != Fact::Nothing).then(|| json::text(&fact)),
                placed.champ.prefilled,
                placed.champ.updated_at.to_string(),
            ))?;
        }
        Ok(())
    }

    fn insert_fichiers(&self, dossier: &Dossier) -> Result<(), StoreError> {
        let mut insert = self.transaction.prepare_cached(
            "INSERT INTO fichiers (dossier_number, position, owner, owner_id, filename, content_type, checksum,
                byte_size, created_at, virus_scan_result)
             VALUES (:number, :position, :owner, :owner_id, :filename, :type, :checksum, :size, :created, :scan)",
        )?;
        for (position, (owner, owner_id, fichier)) in (0_i64..).zip(owned_fichiers(dossier)) {
            insert.execute(named_params! {
                ":number": dossier.number.0,
                ":position": position,
                ":owner": owner,
                ":owner_id": owner_id,
                ":filename": fichier.filename,
                ":type": fichier.content_type,
                ":checksum": fichier.checksum,
                ":size": fichier.byte_size,
                ":created": fichier.created_at.to_string(),
                ":scan": fichier.virus_scan_result,
            })?;
        }
        Ok(())
    }

    fn insert_events(&self, dossier: &Dossier) -> Result<(), StoreError> {
        let mut traitement = self.transaction.prepare_cached(
            "INSERT INTO traitements (dossier_number, position, id, event, date_traitement, email_agent_traitant,
                motivation, revision_id)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        )?;
        for (position, one) in (0_i64..).zip(&dossier.traitements) {
            traitement.execute((
                dossier.number.0,
                position,
                &one.id,
                one.event.as_api(),
                one.date_traitement.to_string(),
                &one.email_agent_traitant,
                &one.motivation,
                one.revision_id.as_ref().map(|revision| revision.as_str()),
            ))?;
        }
        let mut message = self.transaction.prepare_cached(
            "INSERT INTO messages (dossier_number, position, id, email, body, created_at, discarded_at,
                correction_reason, correction_date_resolution)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        )?;
        for (position, one) in (0_i64..).zip(&dossier.messages) {
            let correction = one.correction.as_ref();
            message.execute((
                dossier.number.0,
                position,
                &one.id,
                &one.email,
                &one.body,
                one.created_at.to_string(),
                one.discarded_at.map(|at| at.to_string()),
                correction.map(|correction| correction.reason.as_api()),
                correction.and_then(|correction| correction.date_resolution).map(|at| at.to_string()),
            ))?;
        }
        Ok(())
    }

    fn insert_avis(&self, dossier: &Dossier) -> Result<(), StoreError> {
        let mut insert = self.transaction.prepare_cached(
            "INSERT INTO avis (dossier_number, position, id, question, reponse, question_label, question_answer,
                date_question, date_reponse, claimant_email, expert_email)
             VALUES (:number, :position, :id, :question, :reponse, :label, :answer, :asked, :answered, :claimant,
                :expert)",
        )?;
        for (position, one) in (0_i64..).zip(&dossier.avis) {
            insert.execute(named_params! {
                ":number": dossier.number.0,
                ":position": position,
                ":id": one.id,
                ":question": one.question,
                ":reponse": one.reponse,
                ":label": one.question_label,
                ":answer": one.question_answer,
                ":asked": one.date_question.to_string(),
                ":answered": one.date_reponse.map(|at| at.to_string()),
                ":claimant": one.claimant.as_ref().map(|profile| &profile.email),
                ":expert": one.expert.as_ref().map(|profile| &profile.email),
            })?;
        }
        Ok(())
    }

    fn insert_people(&self, dossier: &Dossier) -> Result<(), StoreError> {
        let mut label = self.transaction.prepare_cached(
            "INSERT OR IGNORE INTO dossier_labels (dossier_number, label_id, name) VALUES (?1, ?2, ?3)",
        )?;
        for one in &dossier.labels {
            label.execute((dossier.number.0, &one.id, &one.name))?;
        }
        for instructeur in &dossier.instructeurs {
            self.upsert_instructeur(instructeur)?;
            self.transaction
                .prepare_cached(
                    "INSERT OR IGNORE INTO dossier_instructeurs (dossier_number, instructeur_id) VALUES (?1, ?2)",
                )?
                .execute((dossier.number.0, &instructeur.id))?;
        }
        Ok(())
    }

    /// Keeps an instructeur's address.
    pub(super) fn upsert_instructeur(&self, instructeur: &Profile) -> Result<(), StoreError> {
        self.transaction
            .prepare_cached(
                "INSERT INTO instructeurs (id, email) VALUES (?1, ?2)
                 ON CONFLICT (id) DO UPDATE SET email = excluded.email WHERE email <> excluded.email",
            )?
            .execute((&instructeur.id, &instructeur.email))?;
        Ok(())
    }
}

/// Every file of a dossier with what holds it.
fn owned_fichiers(dossier: &Dossier) -> Vec<(&'static str, Option<&str>, &Fichier)> {
    let mut owned = Vec::new();
    for placed in dossier.all_champs() {
        let owner = match placed.kind {
            ChampKind::Champ => "champ",
            ChampKind::Annotation => "annotation",
        };
        let id = Some(placed.champ.id.as_str());
        owned.extend(placed.champ.value.fichiers().into_iter().map(|fichier| (owner, id, fichier)));
    }
    for message in &dossier.messages {
        owned.extend(
            message.attachments.iter().map(|fichier| ("message", Some(message.id.as_str()), fichier)),
        );
    }
    for avis in &dossier.avis {
        owned.extend(avis.attachments.iter().map(|fichier| ("avis", Some(avis.id.as_str()), fichier)));
    }
    owned.extend(dossier.motivation_attachment.iter().map(|fichier| ("motivation", None, fichier)));
    owned.extend(dossier.attestation.iter().map(|fichier| ("attestation", None, fichier)));
    if let Some(entreprise) = dossier.demandeur.entreprise() {
        owned.extend(entreprise.attestations().map(|fichier| ("demandeur", None, fichier)));
    }
    owned
}
