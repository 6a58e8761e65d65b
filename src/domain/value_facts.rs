//! The parts of a dossier written as facts: answers, applicants, files, places.
//!
//! One function a type, and every field of it: what is forgotten here would be neither compared nor
//! kept in the history. Names are the API's, in snake case.

use super::champ::{
    Address, ChampValue, CodeName, Commune, EngagementJuridique, Fichier, GeoArea, Parcelle,
    RegistreNational, Row,
};
use super::demandeur::{Association, Effectif, Entreprise, PersonneMorale, PersonnePhysique};
use super::fact::Fact;

impl ChampValue {
    /// The answer as a fact.
    #[must_use]
    pub fn to_fact(&self) -> Fact {
        match self {
            Self::Text(value)
            | Self::IntegerNumber(value)
            | Self::Civilite(value)
            | Self::DropDownList(value) => value.as_ref().into(),
            Self::Checkbox(value) => (*value).into(),
            Self::YesNo(value) => (*value).into(),
            Self::Date(value) => (*value).into(),
            Self::Datetime(value) => (*value).into(),
            Self::DecimalNumber(value) => (*value).into(),
            Self::LinkedDropDownList { primary, secondary } => Fact::record([
                ("primary_value", primary.as_ref().into()),
                ("secondary_value", secondary.as_ref().into()),
            ]),
            Self::MultipleDropDownList(values) => Fact::list(values),
            Self::PieceJustificative(fichiers) => Fact::list(fichiers),
            Self::TitreIdentite { grant_type, filled } => {
                Fact::record([("grant_type", grant_type.into()), ("filled", (*filled).into())])
            }
            Self::Address { address, commune, departement } => Fact::record([
                ("address", address.as_ref().into()),
                ("commune", commune.as_ref().into()),
                ("departement", departement.as_ref().into()),
            ]),
            Self::Commune { commune, departement } => Fact::record([
                ("commune", commune.as_ref().into()),
                ("departement", departement.as_ref().into()),
            ]),
            Self::Departement(place) | Self::Region(place) | Self::Pays(place) => place.as_ref().into(),
            Self::Epci { epci, departement } => {
                Fact::record([("epci", epci.as_ref().into()), ("departement", departement.as_ref().into())])
            }
            Self::Siret(morale) => morale.as_deref().into(),
            Self::Rna(entry) | Self::Rnf(entry) => entry.into(),
            Self::Carte(areas) => Fact::list(areas),
            Self::Repetition(rows) => Fact::list(rows),
            Self::EngagementJuridique(engagement) => engagement.as_ref().into(),
            Self::HeaderSection { level } => (*level).into(),
            Self::DossierLink | Self::Explication => Fact::Nothing,
            Self::Unknown { raw, .. } => Fact::Json(raw.clone()),
        }
    }
}

impl From<&Row> for Fact {
    /// The row's identifier: its answers are facts of their own.
    fn from(row: &Row) -> Self {
        (&row.id).into()
    }
}

impl From<&Fichier> for Fact {
    fn from(fichier: &Fichier) -> Self {
        let Fichier { filename, content_type, checksum, byte_size, created_at, virus_scan_result } = fichier;
        Self::record([
            ("filename", filename.into()),
            ("content_type", content_type.into()),
            ("checksum", checksum.into()),
            ("byte_size", (*byte_size).into()),
            ("created_at", (*created_at).into()),
            ("virus_scan_result", virus_scan_result.into()),
        ])
    }
}

impl From<&CodeName> for Fact {
    fn from(place: &CodeName) -> Self {
        let CodeName { code, name } = place;
        Self::record([("code", code.into()), ("name", name.into())])
    }
}

impl From<&Commune> for Fact {
    fn from(commune: &Commune) -> Self {
        let Commune { code, name, postal_code } = commune;
        Self::record([
            ("code", code.into()),
            ("name", name.into()),
            ("postal_code", postal_code.as_ref().into()),
        ])
    }
}

impl From<&RegistreNational> for Fact {
    fn from(entry: &RegistreNational) -> Self {
        let RegistreNational { id, title, address, commune, departement } = entry;
        Self::record([
            ("id", id.as_ref().into()),
            ("title", title.as_ref().into()),
            ("address", address.as_ref().into()),
            ("commune", commune.as_ref().into()),
            ("departement", departement.as_ref().into()),
        ])
    }
}

impl From<&Address> for Fact {
    fn from(address: &Address) -> Self {
        let Address {
            label,
            kind,
            street_address,
            street_number,
            street_name,
            postal_code,
            city_name,
            city_code,
            department_name,
            department_code,
            region_name,
            region_code,
            country_name,
            country_code,
            geometry,
        } = address;
        Self::record([
            ("label", label.into()),
            ("type", kind.into()),
            ("street_address", street_address.as_ref().into()),
            ("street_number", street_number.as_ref().into()),
            ("street_name", street_name.as_ref().into()),
            ("postal_code", postal_code.into()),
            ("city_name", city_name.into()),
            ("city_code", city_code.into()),
            ("department_name", department_name.as_ref().into()),
            ("department_code", department_code.as_ref().into()),
            ("region_name", region_name.as_ref().into()),
            ("region_code", region_code.as_ref().into()),
            ("country_name", country_name.as_ref().into()),
            ("country_code", country_code.as_ref().into()),
            ("geometry", geometry.clone().map_or(Self::Nothing, Self::Json)),
        ])
    }
}

impl From<&GeoArea> for Fact {
    fn from(area: &GeoArea) -> Self {
        let GeoArea { id, source, description, geometry, parcelle } = area;
        Self::record([
            ("id", id.into()),
            ("source", source.into()),
            ("description", description.as_ref().into()),
            ("geometry", Self::Json(geometry.clone())),
            ("parcelle", parcelle.as_ref().into()),
        ])
    }
}

impl From<&Parcelle> for Fact {
    fn from(parcelle: &Parcelle) -> Self {
        let Parcelle { numero, section, prefixe, commune, surface } = parcelle;
        Self::record([
            ("numero", numero.into()),
            ("section", section.into()),
            ("prefixe", prefixe.into()),
            ("commune", commune.into()),
            ("surface", surface.into()),
        ])
    }
}

impl From<&EngagementJuridique> for Fact {
    fn from(engagement: &EngagementJuridique) -> Self {
        let EngagementJuridique { montant_engage, montant_paye } = engagement;
        Self::record([
            ("montant_engage", montant_engage.as_ref().into()),
            ("montant_paye", montant_paye.as_ref().into()),
        ])
    }
}

impl From<&PersonnePhysique> for Fact {
    fn from(personne: &PersonnePhysique) -> Self {
        let PersonnePhysique { id, nom, prenom, civilite, date_de_naissance, email } = personne;
        Self::record([
            ("id", id.into()),
            ("nom", nom.into()),
            ("prenom", prenom.into()),
            ("civilite", civilite.as_ref().into()),
            ("date_de_naissance", (*date_de_naissance).into()),
            ("email", email.as_ref().into()),
        ])
    }
}

impl From<&PersonneMorale> for Fact {
    fn from(morale: &PersonneMorale) -> Self {
        let PersonneMorale { id, siret, naf, address, entreprise, association } = morale;
        Self::record([
            ("id", id.into()),
            ("siret", siret.into()),
            ("naf", naf.as_ref().into()),
            ("address", address.as_ref().into()),
            ("entreprise", entreprise.as_ref().into()),
            ("association", association.as_ref().into()),
        ])
    }
}

impl From<&Entreprise> for Fact {
    fn from(entreprise: &Entreprise) -> Self {
        let Entreprise {
            siren,
            raison_sociale,
            nom_commercial,
            siret_siege_social,
            forme_juridique_code,
            forme_juridique,
            etat_administratif,
            date_creation,
            inline_adresse,
            capital_social,
            numero_tva_intracommunautaire,
            code_effectif_entreprise,
            effectif_mensuel,
            effectif_annuel,
            nom,
            prenom,
            enseigne,
            attestation_sociale,
            attestation_fiscale,
        } = entreprise;
        Self::record([
            ("siren", siren.into()),
            ("raison_sociale", raison_sociale.into()),
            ("nom_commercial", nom_commercial.into()),
            ("siret_siege_social", siret_siege_social.into()),
            ("forme_juridique_code", forme_juridique_code.as_ref().into()),
            ("forme_juridique", forme_juridique.as_ref().into()),
            ("etat_administratif", etat_administratif.as_ref().map(|etat| etat.as_api()).into()),
            ("date_creation", (*date_creation).into()),
            ("inline_adresse", inline_adresse.into()),
            ("capital_social", capital_social.as_ref().into()),
            ("numero_tva_intracommunautaire", numero_tva_intracommunautaire.as_ref().into()),
            ("code_effectif_entreprise", code_effectif_entreprise.as_ref().into()),
            ("effectif_mensuel", effectif_mensuel.as_ref().into()),
            ("effectif_annuel", effectif_annuel.as_ref().into()),
            ("nom", nom.as_ref().into()),
            ("prenom", prenom.as_ref().into()),
            ("enseigne", enseigne.as_ref().into()),
            ("attestation_sociale", attestation_sociale.as_ref().into()),
            ("attestation_fiscale", attestation_fiscale.as_ref().into()),
        ])
    }
}

impl From<&Effectif> for Fact {
    fn from(effectif: &Effectif) -> Self {
        let Effectif { periode, nb } = effectif;
        Self::record([("periode", periode.into()), ("nb", (*nb).into())])
    }
}

impl From<&Association> for Fact {
    fn from(association: &Association) -> Self {
        let Association { rna, titre, objet, date_creation, date_declaration, date_publication } =
            association;
        Self::record([
            ("rna", rna.into()),
            ("titre", titre.into()),
            ("objet", objet.as_ref().into()),
            ("date_creation", (*date_creation).into()),
            ("date_declaration", (*date_declaration).into()),
            ("date_publication", (*date_publication).into()),
        ])
    }
}
