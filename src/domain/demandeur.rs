//! Who applies: a person, a company or body, or one whose data has not arrived yet.
//!
//! Company data is a snapshot taken by the platform around the identification, and any part of it may
//! be missing: an absent fact is an absent fact, never "no".

use jiff::civil::Date;

use super::champ::{Address, Fichier};
use super::open_enum::open_enum;

/// The applicant.
#[derive(Debug, Clone, PartialEq)]
pub enum Demandeur {
    /// An individual.
    PersonnePhysique(PersonnePhysique),
    /// A company or body whose data the platform found.
    PersonneMorale(Box<PersonneMorale>),
    /// A SIRET whose data has not arrived: nothing else is known.
    PersonneMoraleIncomplete {
        /// Opaque identifier.
        id: String,
        /// SIRET as the usager gave it.
        siret: String,
    },
    /// A kind of applicant that this version does not know.
    Unknown {
        /// The API's `__typename`.
        typename: String,
        /// The JSON text as received.
        raw: String,
    },
}

impl Demandeur {
    /// The API's `__typename`.
    #[must_use]
    pub fn typename(&self) -> &str {
        match self {
            Self::PersonnePhysique(_) => "PersonnePhysique",
            Self::PersonneMorale(_) => "PersonneMorale",
            Self::PersonneMoraleIncomplete { .. } => "PersonneMoraleIncomplete",
            Self::Unknown { typename, .. } => typename,
        }
    }

    /// SIRET, for the kinds that have one.
    #[must_use]
    pub fn siret(&self) -> Option<&str> {
        match self {
            Self::PersonneMorale(morale) => Some(&morale.siret),
            Self::PersonneMoraleIncomplete { siret, .. } => Some(siret),
            Self::PersonnePhysique(_) | Self::Unknown { .. } => None,
        }
    }

    /// SIREN: the company's own, else the first nine characters of a SIRET of fourteen.
    #[must_use]
    pub fn siren(&self) -> Option<&str> {
        if let Some(entreprise) = self.entreprise()
            && !entreprise.siren.is_empty()
        {
            return Some(&entreprise.siren);
        }
        self.siret().filter(|siret| siret.len() == 14).and_then(|siret| siret.get(..9))
    }

    /// The company's data, where it arrived.
    #[must_use]
    pub fn entreprise(&self) -> Option<&Entreprise> {
        match self {
            Self::PersonneMorale(morale) => morale.entreprise.as_ref(),
            Self::PersonnePhysique(_) | Self::PersonneMoraleIncomplete { .. } | Self::Unknown { .. } => None,
        }
    }
}

/// An individual.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonnePhysique {
    /// Opaque identifier.
    pub id: String,
    /// Family name.
    pub nom: String,
    /// First name.
    pub prenom: String,
    /// `M` or `Mme`, as received.
    pub civilite: Option<String>,
    /// Day of birth.
    pub date_de_naissance: Option<Date>,
    /// E-mail given for the applicant.
    pub email: Option<String>,
}

/// One établissement of a company or body.
#[derive(Debug, Clone, PartialEq)]
pub struct PersonneMorale {
    /// Opaque identifier.
    pub id: String,
    /// SIRET of the établissement.
    pub siret: String,
    /// NAF code of the activity.
    pub naf: Option<String>,
    /// Where it is.
    pub address: Option<Address>,
    /// The company it belongs to; absent while the platform has not obtained it.
    pub entreprise: Option<Entreprise>,
    /// The association it is.
    pub association: Option<Association>,
}

open_enum! {
    /// Whether the company lives.
    EtatAdministratif {
        /// In activity.
        Actif = "Actif",
        /// Closed.
        Ferme = "Ferme",
    }
}

/// A company or body.
#[derive(Debug, Clone, PartialEq)]
pub struct Entreprise {
    /// SIREN, nine digits.
    pub siren: String,
    /// Legal name; empty where the directory does not show it.
    pub raison_sociale: String,
    /// Trade name, empty if none.
    pub nom_commercial: String,
    /// SIRET of the head office.
    pub siret_siege_social: String,
    /// INSEE legal category, four digits.
    pub forme_juridique_code: Option<String>,
    /// Its wording.
    pub forme_juridique: Option<String>,
    /// Whether it lives.
    pub etat_administratif: Option<EtatAdministratif>,
    /// When it was created.
    pub date_creation: Option<Date>,
    /// Address on one line.
    pub inline_adresse: String,
    /// Capital in euros, as text; `-1` when unknown.
    pub capital_social: Option<String>,
    /// VAT number.
    pub numero_tva_intracommunautaire: Option<String>,
    /// Headcount bracket.
    pub code_effectif_entreprise: Option<String>,
    /// Headcount of a month.
    pub effectif_mensuel: Option<Effectif>,
    /// Headcount of a year.
    pub effectif_annuel: Option<Effectif>,
    /// Name of a sole trader.
    pub nom: Option<String>,
    /// First name of a sole trader.
    pub prenom: Option<String>,
    /// Shop sign.
    pub enseigne: Option<String>,
    /// Certificate of social contributions.
    pub attestation_sociale: Option<Fichier>,
    /// Tax certificate.
    pub attestation_fiscale: Option<Fichier>,
}

/// A headcount.
#[derive(Debug, Clone, PartialEq)]
pub struct Effectif {
    /// Month or year it is of.
    pub periode: String,
    /// Persons.
    pub nb: f64,
}

/// An association.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Association {
    /// Number in the national register.
    pub rna: String,
    /// Title.
    pub titre: String,
    /// Object.
    pub objet: Option<String>,
    /// Creation.
    pub date_creation: Option<Date>,
    /// Declaration.
    pub date_declaration: Option<Date>,
    /// Publication.
    pub date_publication: Option<Date>,
}

impl Entreprise {
    /// The certificates it holds.
    pub fn attestations(&self) -> impl Iterator<Item = &Fichier> {
        self.attestation_sociale.iter().chain(self.attestation_fiscale.iter())
    }
}
