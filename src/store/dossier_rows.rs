//! A dossier as rows: its own, and those of its parts, replaced together.

use rusqlite::named_params;

use super::presence::{GONE, SEEN, presence_change};
use super::runs::RunId;
use super::{PayloadRef, StoreError, Tx, json};
use crate::domain::{Demandeur, Dossier, DossierDates, Fact};

impl Tx<'_> {
    /// Keeps a dossier with all its parts and its JSON. One that was gone is back.
    ///
    /// # Errors
    /// When the mirror cannot be written.
    pub fn upsert_dossier(
        &self,
        dossier: &Dossier,
        payload: PayloadRef<'_>,
        run: RunId,
    ) -> Result<(), StoreError> {
        let kept = self.find_kept(dossier.number)?;
        let kinship = self.find_kinship(dossier.number)?;
        self.upsert_own_row(dossier, payload.hash)?;
        self.mark_siblings(dossier.number, kinship.as_ref())?;
        self.replace_parts(dossier)?;
        self.put_payload(dossier.number, payload)?;
        let presence = match kept {
            None => Some(presence_change("", SEEN)),
            Some(kept) if kept.deleted_at.is_some() => Some(presence_change(GONE, SEEN)),
            Some(_) => None,
        };
        match presence {
            Some(change) => self.record_changes(dossier.number, &[(change, None)], run),
            None => Ok(()),
        }
    }

    /// Writes the rows of a dossier again, as today's version reads its payload. What the source shows has
    /// not moved: whether the dossier is there, and since when, stays as it is.
    ///
    /// # Errors
    /// When the mirror cannot be written.
    pub fn rewrite_dossier(&self, dossier: &Dossier, payload: PayloadRef<'_>) -> Result<(), StoreError> {
        let mut find = self.transaction.prepare_cached(
            "SELECT last_changed_at, deleted_at, deletion_reason FROM dossiers WHERE number = ?1",
        )?;
        let presence = find.query_row([dossier.number.0], |row| {
            Ok((row.get::<_, String>(0)?, row.get::<_, Option<String>>(1)?, row.get::<_, Option<String>>(2)?))
        })?;
        let kinship = self.find_kinship(dossier.number)?;
        self.upsert_own_row(dossier, payload.hash)?;
        self.replace_parts(dossier)?;
        self.put_payload(dossier.number, payload)?;
        let (changed, deleted, reason) = presence;
        self.transaction
            .prepare_cached(
                "UPDATE dossiers SET last_changed_at = ?2, deleted_at = ?3, deletion_reason = ?4
                 WHERE number = ?1",
            )?
            .execute((dossier.number.0, changed, deleted, reason))?;
        self.mark_siblings(dossier.number, kinship.as_ref())
    }

    fn upsert_own_row(&self, dossier: &Dossier, hash: [u8; 32]) -> Result<(), StoreError> {
        let text = |at: Option<jiff::Timestamp>| at.map(|at| at.to_string());
        let DossierDates {
            depot,
            passage_en_construction,
            passage_en_instruction,
            traitement,
            derniere_modification,
            derniere_modification_champs,
            derniere_modification_annotations,
            suppression_par_usager,
            suppression_par_administration,
            expiration,
            derniere_correction_en_attente,
            previsionnelle_decision_sva_svr,
            traitement_sva_svr,
        } = &dossier.dates;
        let applicant = Applicant::of(&dossier.demandeur);
        self.transaction.prepare_cached(include_str!("upsert_dossier.sql"))?.execute(named_params! {
            ":number": dossier.number.0,
            ":id": dossier.id,
            ":demarche_number": dossier.demarche_number.0,
            ":revision_id": dossier.revision_id.as_str(),
            ":state": dossier.state.as_api(),
            ":archived": dossier.archived,
            ":prefilled": dossier.prefilled,
            ":connection_usager": dossier.connection_usager.as_api(),
            ":date_depot": depot.to_string(),
            ":date_passage_en_construction": passage_en_construction.to_string(),
            ":date_passage_en_instruction": text(*passage_en_instruction),
            ":date_traitement": text(*traitement),
            ":date_derniere_modification": derniere_modification.to_string(),
            ":date_derniere_modification_champs": derniere_modification_champs.to_string(),
            ":date_derniere_modification_annotations": derniere_modification_annotations.to_string(),
            ":date_suppression_par_usager": text(*suppression_par_usager),
            ":date_suppression_par_administration": text(*suppression_par_administration),
            ":date_expiration": text(*expiration),
            ":date_derniere_correction_en_attente": text(*derniere_correction_en_attente),
            ":date_previsionnelle_decision_sva_svr": previsionnelle_decision_sva_svr.map(|day| day.to_string()),
            ":date_traitement_sva_svr": text(*traitement_sva_svr),
            ":motivation": dossier.motivation,
            ":usager_id": dossier.usager.id,
            ":usager_email": dossier.usager.email,
            ":depose_par_un_tiers": dossier.mandataire.depose_par_un_tiers,
            ":prenom_mandataire": dossier.mandataire.prenom,
            ":nom_mandataire": dossier.mandataire.nom,
            ":groupe_instructeur_number": dossier.groupe_instructeur.number,
            ":demandeur_type": dossier.demandeur.typename(),
            ":demandeur_id": applicant.id,
            ":civilite": applicant.civilite,
            ":nom": applicant.nom,
            ":prenom": applicant.prenom,
            ":date_de_naissance": applicant.date_de_naissance,
            ":demandeur_email": applicant.email,
            ":siret": dossier.demandeur.siret(),
            ":siren": dossier.demandeur.siren(),
            ":raison_sociale": applicant.raison_sociale,
            ":nom_commercial": applicant.nom_commercial,
            ":siret_siege_social": applicant.siret_siege_social,
            ":forme_juridique_code": applicant.forme_juridique_code,
            ":forme_juridique": applicant.forme_juridique,
            ":naf": applicant.naf,
            ":etat_administratif": applicant.etat_administratif,
            ":date_creation_entreprise": applicant.date_creation,
            ":code_effectif_entreprise": applicant.code_effectif,
            ":postal_code": applicant.postal_code,
            ":city_name": applicant.city_name,
            ":city_code": applicant.city_code,
            ":department_code": applicant.department_code,
            ":region_code": applicant.region_code,
            ":demandeur": json::text(&applicant.whole),
            ":content_hash": hash,
            ":now": self.now.to_string(),
        })?;
        Ok(())
    }
}

/// The applicant's columns; `whole` holds what has no column of its own.
#[derive(Default)]
struct Applicant<'a> {
    id: Option<&'a str>,
    civilite: Option<&'a str>,
    nom: Option<&'a str>,
    prenom: Option<&'a str>,
    date_de_naissance: Option<String>,
    email: Option<&'a str>,
    raison_sociale: Option<&'a str>,
    nom_commercial: Option<&'a str>,
    siret_siege_social: Option<&'a str>,
    forme_juridique_code: Option<&'a str>,
    forme_juridique: Option<&'a str>,
    naf: Option<&'a str>,
    etat_administratif: Option<&'a str>,
    date_creation: Option<String>,
    code_effectif: Option<&'a str>,
    postal_code: Option<&'a str>,
    city_name: Option<&'a str>,
    city_code: Option<&'a str>,
    department_code: Option<&'a str>,
    region_code: Option<&'a str>,
    whole: Fact,
}

impl<'a> Applicant<'a> {
    fn of(demandeur: &'a Demandeur) -> Self {
        let mut columns = match demandeur {
            Demandeur::PersonnePhysique(personne) => Self {
                id: Some(&personne.id),
                civilite: personne.civilite.as_deref(),
                nom: Some(&personne.nom),
                prenom: Some(&personne.prenom),
                date_de_naissance: personne.date_de_naissance.map(|day| day.to_string()),
                email: personne.email.as_deref(),
                whole: personne.into(),
                ..Self::default()
            },
            Demandeur::PersonneMorale(morale) => {
                let address = morale.address.as_ref();
                Self {
                    id: Some(&morale.id),
                    naf: morale.naf.as_deref(),
                    postal_code: address.map(|address| address.postal_code.as_str()),
                    city_name: address.map(|address| address.city_name.as_str()),
                    city_code: address.map(|address| address.city_code.as_str()),
                    department_code: address.and_then(|address| address.department_code.as_deref()),
                    region_code: address.and_then(|address| address.region_code.as_deref()),
                    whole: (&**morale).into(),
                    ..Self::default()
                }
            }
            Demandeur::PersonneMoraleIncomplete { id, siret } => Self {
                id: Some(id),
                whole: Fact::record([("id", id.into()), ("siret", siret.into())]),
                ..Self::default()
            },
            Demandeur::Unknown { raw, .. } => Self { whole: Fact::Json(raw.clone()), ..Self::default() },
        };
        if let Some(entreprise) = demandeur.entreprise() {
            columns.nom = entreprise.nom.as_deref();
            columns.prenom = entreprise.prenom.as_deref();
            columns.raison_sociale = Some(&entreprise.raison_sociale);
            columns.nom_commercial = Some(&entreprise.nom_commercial);
            columns.siret_siege_social = Some(&entreprise.siret_siege_social);
            columns.forme_juridique_code = entreprise.forme_juridique_code.as_deref();
            columns.forme_juridique = entreprise.forme_juridique.as_deref();
            columns.etat_administratif = entreprise.etat_administratif.as_ref().map(|etat| etat.as_api());
            columns.date_creation = entreprise.date_creation.map(|day| day.to_string());
            columns.code_effectif = entreprise.code_effectif_entreprise.as_deref();
        }
        columns
    }
}
