//! The shapes of `DossierFields`, as the platform sends them.
//!
//! What the schema says is never null is required here, so that a null is seen as a fault and not taken for
//! an empty answer. Unknown fields are let through: the raw text is kept beside. Enumerations stay text.

use std::str::FromStr;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::de::{Deserialize, Deserializer, Error as _, Unexpected};
use serde_json::value::RawValue;

/// An ISO 8601 instant.
#[derive(Debug, Clone, Copy)]
pub(super) struct Instant(pub Timestamp);

/// An ISO 8601 day.
#[derive(Debug, Clone, Copy)]
pub(super) struct Day(pub Date);

fn parsed<'de, D: Deserializer<'de>, T: FromStr>(
    deserializer: D,
    expected: &'static str,
) -> Result<T, D::Error> {
    let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
    text.parse().map_err(|_| D::Error::invalid_value(Unexpected::Other("text"), &expected))
}

impl<'de> Deserialize<'de> for Instant {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        parsed(deserializer, "an ISO 8601 instant").map(Self)
    }
}

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        parsed(deserializer, "an ISO 8601 day").map(Self)
    }
}

macro_rules! wire {
    ($($(#[$meta:meta])* $name:ident { $($(#[$fmeta:meta])* $field:ident: $type:ty,)+ })+) => {
        $(
            $(#[$meta])*
            #[derive(Debug, serde::Deserialize)]
            #[serde(rename_all = "camelCase")]
            pub(super) struct $name {
                $($(#[$fmeta])* pub $field: $type,)+
            }
        )+
    };
}

wire! {
    WireRef { id: String, }
    WireDemarcheRef { number: u32, revision: WireRef, }
    WireProfile { id: String, email: String, }
    WireLabel { id: String, name: String, color: String, }
    WireGroupe {
        id: String,
        number: u32,
        label: String,
        closed: bool,
        #[serde(default)]
        instructeurs: Vec<WireProfile>,
    }
    WireFile {
        filename: String,
        content_type: String,
        checksum: String,
        byte_size_big_int: String,
        created_at: Instant,
        virus_scan_result: String,
    }
    WireTraitement {
        id: String,
        event: String,
        date_traitement: Instant,
        email_agent_traitant: Option<String>,
        motivation: Option<String>,
        revision: Option<WireRef>,
    }
    WireCorrection { reason: String, date_resolution: Option<Instant>, }
    WireMessage {
        id: String,
        email: String,
        body: String,
        created_at: Instant,
        discarded_at: Option<Instant>,
        attachments: Vec<WireFile>,
        correction: Option<WireCorrection>,
    }
    WireAvis {
        id: String,
        question: String,
        reponse: Option<String>,
        question_label: Option<String>,
        question_answer: Option<bool>,
        date_question: Instant,
        date_reponse: Option<Instant>,
        claimant: Option<WireProfile>,
        expert: Option<WireProfile>,
        attachments: Vec<WireFile>,
    }
    WireCodeName { code: Option<String>, name: String, }
    WireCommune { code: String, name: String, postal_code: Option<String>, }
    WireGeometry { r#type: String, coordinates: serde_json::Value, }
    WireAddress {
        label: String,
        r#type: String,
        street_address: Option<String>,
        street_number: Option<String>,
        street_name: Option<String>,
        postal_code: String,
        city_name: String,
        city_code: String,
        department_name: Option<String>,
        department_code: Option<String>,
        region_name: Option<String>,
        region_code: Option<String>,
        country_name: Option<String>,
        country_code: Option<String>,
        geometry: Option<WireGeometry>,
    }
    WireEffectif { periode: String, nb: f64, }
    WireEntreprise {
        siren: String,
        raison_sociale: String,
        nom_commercial: String,
        siret_siege_social: String,
        forme_juridique_code: Option<String>,
        forme_juridique: Option<String>,
        etat_administratif: Option<String>,
        date_creation: Option<Day>,
        inline_adresse: String,
        capital_social: Option<String>,
        numero_tva_intracommunautaire: Option<String>,
        code_effectif_entreprise: Option<String>,
        effectif_mensuel: Option<WireEffectif>,
        effectif_annuel: Option<WireEffectif>,
        nom: Option<String>,
        prenom: Option<String>,
        enseigne: Option<String>,
        attestation_sociale_attachment: Option<WireFile>,
        attestation_fiscale_attachment: Option<WireFile>,
    }
    WireAssociation {
        rna: String,
        titre: String,
        objet: Option<String>,
        date_creation: Option<Day>,
        date_declaration: Option<Day>,
        date_publication: Option<Day>,
    }
    WirePersonneMorale {
        id: String,
        siret: String,
        naf: Option<String>,
        address: Option<WireAddress>,
        entreprise: Option<WireEntreprise>,
        association: Option<WireAssociation>,
    }
    WirePersonnePhysique {
        id: String,
        nom: String,
        prenom: String,
        civilite: Option<String>,
        date_de_naissance: Option<Day>,
        email: Option<String>,
    }
    WireIncomplete { id: String, siret: String, }
    WireRegister { id: String, title: Option<String>, address: Option<WireAddress>, }
    WireGeoArea {
        id: String,
        source: String,
        description: Option<String>,
        geometry: WireGeometry,
        numero: Option<String>,
        section: Option<String>,
        prefixe: Option<String>,
        commune: Option<String>,
        surface: Option<String>,
    }
    WireEngagement { montant_engage: Option<String>, montant_paye: Option<String>, }
}

/// The name of a type, wherever one is asked.
#[derive(Debug, serde::Deserialize)]
pub(super) struct WireTypename {
    #[serde(rename = "__typename")]
    pub typename: String,
}

/// What every answer has.
#[derive(Debug, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct WireChampHead {
    #[serde(rename = "__typename")]
    pub typename: String,
    pub id: String,
    pub champ_descriptor_id: String,
    pub label: String,
    pub string_value: Option<String>,
    pub updated_at: Instant,
    pub prefilled: bool,
}

/// One row of a repetition.
#[derive(Debug, serde::Deserialize)]
pub(super) struct WireRow<'a> {
    pub id: String,
    #[serde(borrow)]
    pub champs: Vec<&'a RawValue>,
}

/// A dossier.
#[derive(Debug, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct WireDossier<'a> {
    pub id: String,
    pub number: u32,
    pub state: String,
    pub archived: bool,
    pub prefilled: bool,
    pub connection_usager: String,
    pub demarche: WireDemarcheRef,
    pub date_depot: Instant,
    pub date_passage_en_construction: Instant,
    pub date_passage_en_instruction: Option<Instant>,
    pub date_traitement: Option<Instant>,
    pub date_derniere_modification: Instant,
    pub date_derniere_modification_champs: Instant,
    pub date_derniere_modification_annotations: Instant,
    pub date_suppression_par_usager: Option<Instant>,
    pub date_suppression_par_administration: Option<Instant>,
    pub date_expiration: Option<Instant>,
    pub date_derniere_correction_en_attente: Option<Instant>,
    #[serde(rename = "datePrevisionnelleDecisionSVASVR")]
    pub date_previsionnelle_decision_sva_svr: Option<Day>,
    #[serde(rename = "dateTraitementSVASVR")]
    pub date_traitement_sva_svr: Option<Instant>,
    pub motivation: Option<String>,
    pub motivation_attachment: Option<WireFile>,
    pub attestation: Option<WireFile>,
    pub usager: WireProfile,
    pub prenom_mandataire: Option<String>,
    pub nom_mandataire: Option<String>,
    pub depose_par_un_tiers: Option<bool>,
    #[serde(borrow)]
    pub demandeur: &'a RawValue,
    pub groupe_instructeur: WireGroupe,
    pub instructeurs: Vec<WireProfile>,
    pub labels: Vec<WireLabel>,
    #[serde(borrow)]
    pub champs: Vec<&'a RawValue>,
    #[serde(borrow)]
    pub annotations: Vec<&'a RawValue>,
    pub traitements: Vec<WireTraitement>,
    pub messages: Vec<WireMessage>,
    pub avis: Vec<WireAvis>,
}
