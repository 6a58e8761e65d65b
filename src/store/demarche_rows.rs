//! The démarche, its form, its groups and labels, as rows.

use rusqlite::named_params;

use super::{StoreError, Tx, wide_view};
use crate::domain::{ChampDescriptor, Demarche, DemarchePlan, Revision};

impl Tx<'_> {
    /// Keeps a démarche with its groups and labels; writes only what moved.
    ///
    /// # Errors
    /// When the mirror cannot be written.
    pub fn upsert_demarche(&self, demarche: &Demarche) -> Result<(), StoreError> {
        let text = |at: Option<jiff::Timestamp>| at.map(|at| at.to_string());
        self.transaction
            .prepare_cached(
                "INSERT INTO demarches (number, id, title, state, declarative, date_creation, date_publication,
                    date_derniere_modification, date_depublication, date_fermeture, active_revision_id,
                    published_revision_id)
                 VALUES (:number, :id, :title, :state, :declarative, :creation, :publication, :modification,
                    :depublication, :fermeture, :active, :published)
                 ON CONFLICT (number) DO UPDATE SET
                    id = excluded.id, title = excluded.title, state = excluded.state,
                    declarative = excluded.declarative, date_creation = excluded.date_creation,
                    date_publication = excluded.date_publication,
                    date_derniere_modification = excluded.date_derniere_modification,
                    date_depublication = excluded.date_depublication, date_fermeture = excluded.date_fermeture,
                    active_revision_id = excluded.active_revision_id,
                    published_revision_id = excluded.published_revision_id
                 WHERE (id, title, state, date_derniere_modification, active_revision_id)
                    <> (excluded.id, excluded.title, excluded.state, excluded.date_derniere_modification,
                        excluded.active_revision_id)
                    OR declarative IS NOT excluded.declarative
                    OR date_publication IS NOT excluded.date_publication
                    OR date_depublication IS NOT excluded.date_depublication
                    OR date_fermeture IS NOT excluded.date_fermeture
                    OR published_revision_id IS NOT excluded.published_revision_id",
            )?
            .execute(named_params! {
                ":number": demarche.number.0,
                ":id": demarche.id,
                ":title": demarche.title,
                ":state": demarche.state.as_api(),
                ":declarative": demarche.declarative,
                ":creation": demarche.date_creation.to_string(),
                ":publication": text(demarche.date_publication),
                ":modification": demarche.date_derniere_modification.to_string(),
                ":depublication": text(demarche.date_depublication),
                ":fermeture": text(demarche.date_fermeture),
                ":active": demarche.active_revision_id.as_str(),
                ":published": demarche.published_revision_id.as_ref().map(|revision| revision.as_str()),
            })?;
        self.replace_labels(demarche)?;
        self.replace_groupes(demarche)
    }

    fn replace_labels(&self, demarche: &Demarche) -> Result<(), StoreError> {
        let number = demarche.number.0;
        let names: Vec<&str> = demarche.labels.iter().map(|label| label.id.as_str()).collect();
        self.delete_others("labels", "id", number, &names)?;
        let mut insert = self.transaction.prepare_cached(
            "INSERT INTO labels (demarche_number, id, name, color) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (demarche_number, id) DO UPDATE SET name = excluded.name, color = excluded.color
             WHERE name <> excluded.name OR color <> excluded.color",
        )?;
        for label in &demarche.labels {
            insert.execute((number, &label.id, &label.name, &label.color))?;
        }
        Ok(())
    }

    fn replace_groupes(&self, demarche: &Demarche) -> Result<(), StoreError> {
        let number = demarche.number.0;
        let numbers: Vec<u32> = demarche.groupes_instructeurs.iter().map(|groupe| groupe.number).collect();
        self.delete_others("groupes_instructeurs", "number", number, &numbers)?;
        for groupe in &demarche.groupes_instructeurs {
            self.transaction
                .prepare_cached(
                    "INSERT INTO groupes_instructeurs (demarche_number, number, id, label, closed)
                     VALUES (?1, ?2, ?3, ?4, ?5)
                     ON CONFLICT (demarche_number, number) DO UPDATE SET
                        id = excluded.id, label = excluded.label, closed = excluded.closed
                     WHERE id <> excluded.id OR label <> excluded.label OR closed <> excluded.closed",
                )?
                .execute((number, groupe.number, &groupe.id, &groupe.label, groupe.closed))?;
            let members: Vec<&str> = groupe.instructeurs.iter().map(|one| one.id.as_str()).collect();
            self.transaction
                .prepare_cached(
                    "DELETE FROM groupe_instructeurs_membres
                     WHERE demarche_number = ?1 AND groupe_number = ?2
                        AND instructeur_id NOT IN (SELECT value FROM json_each(?3))",
                )?
                .execute((number, groupe.number, serde_json::json!(members).to_string()))?;
            for instructeur in &groupe.instructeurs {
                self.upsert_instructeur(instructeur)?;
                self.transaction
                    .prepare_cached(
                        "INSERT OR IGNORE INTO groupe_instructeurs_membres
                            (demarche_number, groupe_number, instructeur_id) VALUES (?1, ?2, ?3)",
                    )?
                    .execute((number, groupe.number, &instructeur.id))?;
            }
        }
        Ok(())
    }

    /// Deletes the rows of a démarche that are not among those named.
    fn delete_others<T: serde::Serialize>(
        &self,
        table: &'static str,
        key: &'static str,
        demarche: u32,
        kept: &[T],
    ) -> Result<(), StoreError> {
        let sql = format!(
            "DELETE FROM {table} WHERE demarche_number = ?1 AND {key} NOT IN (SELECT value FROM json_each(?2))"
        );
        let kept = serde_json::json!(kept).to_string();
        self.transaction.prepare_cached(&sql)?.execute((demarche, kept))?;
        Ok(())
    }

    /// Keeps the form, and draws the view that has one column a question.
    ///
    /// # Errors
    /// When the mirror cannot be written.
    pub fn upsert_plan(&self, plan: &DemarchePlan) -> Result<(), StoreError> {
        let service = plan.service.as_ref();
        self.transaction
            .prepare_cached(
                "UPDATE demarches SET description = :description, demarche_url = :url,
                    duree_conservation_dossiers = :duree, service_id = :id, service_nom = :nom,
                    service_organisme = :organisme, service_type_organisme = :type, service_siret = :siret
                 WHERE number = :number",
            )?
            .execute(named_params! {
                ":description": plan.description,
                ":url": plan.demarche_url,
                ":duree": plan.duree_conservation_dossiers,
                ":id": service.map(|one| &one.id),
                ":nom": service.map(|one| &one.nom),
                ":organisme": service.map(|one| &one.organisme),
                ":type": service.map(|one| &one.type_organisme),
                ":siret": service.and_then(|one| one.siret.as_ref()),
                ":number": plan.number.0,
            })?;
        self.upsert_revision(plan)?;
        self.forms.forget();
        // Mandatory questions are told by the form: what was judged without it is judged again.
        self.mark_stale_revision(&plan.active_revision.id)?;
        wide_view::draw(&self.transaction, plan.number)
    }

    fn upsert_revision(&self, plan: &DemarchePlan) -> Result<(), StoreError> {
        let Revision { id, date_creation, date_publication, champ_descriptors, annotation_descriptors } =
            &plan.active_revision;
        self.transaction
            .prepare_cached(
                "INSERT INTO revisions (id, demarche_number, date_creation, date_publication, read_at)
                 VALUES (?1, ?2, ?3, ?4, ?5)
                 ON CONFLICT (id) DO UPDATE SET
                    date_publication = excluded.date_publication, read_at = excluded.read_at",
            )?
            .execute((
                id.as_str(),
                plan.number.0,
                date_creation.to_string(),
                date_publication.map(|at| at.to_string()),
                self.now.to_string(),
            ))?;
        self.transaction
            .prepare_cached("DELETE FROM champ_descriptors WHERE revision_id = ?1")?
            .execute([id.as_str()])?;
        let mut position = 0;
        for descriptor in champ_descriptors.iter().chain(annotation_descriptors) {
            self.insert_descriptor(id.as_str(), descriptor, None, &mut position)?;
            for child in &descriptor.children {
                self.insert_descriptor(id.as_str(), child, Some(&descriptor.id), &mut position)?;
            }
        }
        Ok(())
    }

    fn insert_descriptor(
        &self,
        revision: &str,
        descriptor: &ChampDescriptor,
        parent: Option<&str>,
        position: &mut u32,
    ) -> Result<(), StoreError> {
        let options =
            (!descriptor.options.is_empty()).then(|| serde_json::json!(descriptor.options).to_string());
        self.transaction
            .prepare_cached(
                "INSERT OR REPLACE INTO champ_descriptors (revision_id, champ_descriptor_id, kind, position,
                    parent_champ_descriptor_id, type, label, description, required, options, other_option, level)
                 VALUES (:revision, :id, :kind, :position, :parent, :type, :label, :description, :required,
                    :options, :other, :level)",
            )?
            .execute(named_params! {
                ":revision": revision,
                ":id": descriptor.id,
                ":kind": descriptor.kind.as_str(),
                ":position": *position,
                ":parent": parent,
                ":type": descriptor.typename,
                ":label": descriptor.label,
                ":description": descriptor.description,
                ":required": descriptor.required,
                ":options": options,
                ":other": descriptor.other_option,
                ":level": descriptor.level,
            })?;
        *position += 1;
        Ok(())
    }
}
