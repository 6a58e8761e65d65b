//! Who applies: a person, a company in full, or a company of which only the SIRET is known.
//!
//! Company data is a snapshot that arrives after the deposit, at times much later, and says so
//! nowhere. Fields carry the API's own names.
#![expect(missing_docs, reason = "fields and variants carry the API's own names")]

use jiff::civil::Date;

use super::champ::{Civilite, Geometry};
use super::dossier::Fichier;

#[derive(Debug, Clone, PartialEq)]
pub enum Demandeur {
    Physique(PersonnePhysique),
    Morale(Box<PersonneMorale>),
    /// The register was unreachable at the deposit: nothing but the SIRET, until a job fills it in.
    MoraleIncomplete {
        id: u64,
        siret: String,
    },
}

impl Demandeur {
    /// The type that the API gives when the document names `PersonneMoraleIncomplete`.
    pub fn typename(&self) -> &'static str {
        match self {
            Self::Physique(_) => "PersonnePhysique",
            Self::Morale(_) => "PersonneMorale",
            Self::MoraleIncomplete { .. } => "PersonneMoraleIncomplete",
        }
    }

    pub fn siret(&self) -> Option<&str> {
        match self {
            Self::Physique(_) => None,
            Self::Morale(morale) => Some(&morale.siret),
            Self::MoraleIncomplete { siret, .. } => Some(siret),
        }
    }
}

#[derive(Debug, Clone, PartialEq)]
pub struct PersonnePhysique {
    pub id: u64,
    pub civilite: Option<Civilite>,
    pub nom: String,
    pub prenom: String,
    pub date_de_naissance: Option<Date>,
    pub email: Option<String>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct PersonneMorale {
    pub id: u64,
    pub siret: String,
    pub naf: Option<String>,
    pub address: Address,
    pub entreprise: Option<Entreprise>,
    pub association: Option<Association>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Entreprise {
    pub siren: String,
    pub siret_siege_social: String,
    pub raison_sociale: String,
    pub nom_commercial: String,
    pub enseigne: Option<String>,
    pub forme_juridique: Option<String>,
    pub forme_juridique_code: Option<String>,
    pub capital_social: Option<i64>,
    pub code_effectif_entreprise: Option<String>,
    pub numero_tva_intracommunautaire: Option<String>,
    pub date_creation: Option<Date>,
    pub etat_administratif: Option<EtatAdministratif>,
    pub effectif_mensuel: Option<Effectif>,
    pub effectif_annuel: Option<Effectif>,
    pub nom: Option<String>,
    pub prenom: Option<String>,
    pub inline_adresse: String,
    pub attestation_sociale: Option<Fichier>,
    pub attestation_fiscale: Option<Fichier>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EtatAdministratif {
    Actif,
    Ferme,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Effectif {
    pub periode: String,
    pub nb: f64,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Association {
    pub rna: String,
    pub titre: String,
    pub objet: Option<String>,
    pub date_creation: Option<Date>,
    pub date_declaration: Option<Date>,
    pub date_publication: Option<Date>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Address {
    pub label: String,
    /// `housenumber`, `street`, `municipality` or `locality`.
    pub kind: &'static str,
    pub street_address: Option<String>,
    pub street_number: Option<String>,
    pub street_name: Option<String>,
    pub postal_code: String,
    pub city_name: String,
    pub city_code: String,
    pub department_name: Option<String>,
    pub department_code: Option<String>,
    pub region_name: Option<String>,
    pub region_code: Option<String>,
    pub country_name: Option<String>,
    pub country_code: Option<String>,
    pub geometry: Option<Geometry>,
}
