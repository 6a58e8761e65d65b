//! The fields of a demandeur and of company data.
//!
//! A company of which only the SIRET is known, asked as a full one, has no address: the schema forbids
//! that null, so the dossier that holds it is lost to the document that does not name
//! `PersonneMoraleIncomplete`.

use crate::world::champ::Geometry;
use crate::world::demandeur::{
    Address, Association, Demandeur, Effectif, Entreprise, EtatAdministratif, PersonneMorale,
};
use crate::world::ids::global_id;

use super::node::{Node, Resolved};

/// `PersonnePhysique`, `PersonneMorale` or `PersonneMoraleIncomplete`.
pub fn demandeur<'a>(demandeur: &'a Demandeur, name: &str) -> Resolved<'a> {
    match demandeur {
        Demandeur::Morale(one) => morale(one, name),
        Demandeur::MoraleIncomplete { id, siret } => match name {
            "id" => Resolved::text(global_id("Etablissement", *id)),
            "siret" => Resolved::text(&**siret),
            _ => Resolved::Null,
        },
        Demandeur::Physique(person) => match name {
            "id" => Resolved::text(global_id("Individual", person.id)),
            "civilite" => Resolved::text_or_null(person.civilite.map(|civilite| civilite.as_str())),
            "nom" => Resolved::text(&*person.nom),
            "prenom" => Resolved::text(&*person.prenom),
            "dateDeNaissance" => Resolved::day_or_null(person.date_de_naissance),
            "email" => Resolved::text_or_null(person.email.as_deref()),
            _ => Resolved::Null,
        },
    }
}

/// `PersonneMorale`.
pub fn morale<'a>(morale: &'a PersonneMorale, name: &str) -> Resolved<'a> {
    match name {
        "id" => Resolved::text(global_id("Etablissement", morale.id)),
        "siret" => Resolved::text(&*morale.siret),
        "naf" => Resolved::text_or_null(morale.naf.as_deref()),
        "address" => Resolved::Node(Node::Address(&morale.address)),
        "entreprise" => Resolved::node_or_null(morale.entreprise.as_ref().map(Node::Entreprise)),
        "association" => Resolved::node_or_null(morale.association.as_ref().map(Node::Association)),
        _ => Resolved::Null,
    }
}

/// `Entreprise`.
pub fn entreprise<'a>(entreprise: &'a Entreprise, name: &str) -> Resolved<'a> {
    match name {
        "siren" => Resolved::text(&*entreprise.siren),
        "siretSiegeSocial" => Resolved::text(&*entreprise.siret_siege_social),
        "raisonSociale" => Resolved::text(&*entreprise.raison_sociale),
        "nomCommercial" => Resolved::text(&*entreprise.nom_commercial),
        "enseigne" => Resolved::text_or_null(entreprise.enseigne.as_deref()),
        "formeJuridique" => Resolved::text_or_null(entreprise.forme_juridique.as_deref()),
        "formeJuridiqueCode" => Resolved::text_or_null(entreprise.forme_juridique_code.as_deref()),
        "capitalSocial" => {
            Resolved::text_or_null(entreprise.capital_social.map(|capital| capital.to_string()))
        }
        "codeEffectifEntreprise" => Resolved::text_or_null(entreprise.code_effectif_entreprise.as_deref()),
        "numeroTvaIntracommunautaire" => {
            Resolved::text_or_null(entreprise.numero_tva_intracommunautaire.as_deref())
        }
        "dateCreation" => Resolved::day_or_null(entreprise.date_creation),
        "etatAdministratif" => Resolved::text_or_null(entreprise.etat_administratif.map(|etat| match etat {
            EtatAdministratif::Actif => "Actif",
            EtatAdministratif::Ferme => "Ferme",
        })),
        "effectifMensuel" => Resolved::node_or_null(entreprise.effectif_mensuel.as_ref().map(Node::Effectif)),
        "effectifAnnuel" => Resolved::node_or_null(entreprise.effectif_annuel.as_ref().map(Node::Effectif)),
        "nom" => Resolved::text_or_null(entreprise.nom.as_deref()),
        "prenom" => Resolved::text_or_null(entreprise.prenom.as_deref()),
        "inlineAdresse" => Resolved::text(&*entreprise.inline_adresse),
        "attestationSocialeAttachment" => {
            Resolved::node_or_null(entreprise.attestation_sociale.as_ref().map(Node::File))
        }
        "attestationFiscaleAttachment" => {
            Resolved::node_or_null(entreprise.attestation_fiscale.as_ref().map(Node::File))
        }
        _ => Resolved::Null,
    }
}

/// `Effectif`.
pub fn effectif<'a>(effectif: &'a Effectif, name: &str) -> Resolved<'a> {
    match name {
        "periode" => Resolved::text(&*effectif.periode),
        "nb" => Resolved::Float(effectif.nb),
        _ => Resolved::Null,
    }
}

/// `Association`.
pub fn association<'a>(association: &'a Association, name: &str) -> Resolved<'a> {
    match name {
        "rna" => Resolved::text(&*association.rna),
        "titre" => Resolved::text(&*association.titre),
        "objet" => Resolved::text_or_null(association.objet.as_deref()),
        "dateCreation" => Resolved::day_or_null(association.date_creation),
        "dateDeclaration" => Resolved::day_or_null(association.date_declaration),
        "datePublication" => Resolved::day_or_null(association.date_publication),
        _ => Resolved::Null,
    }
}

/// `Address`.
pub fn address<'a>(address: &'a Address, name: &str) -> Resolved<'a> {
    let optional = match name {
        "label" => return Resolved::text(&*address.label),
        "type" => return Resolved::text(address.kind),
        "postalCode" => return Resolved::text(&*address.postal_code),
        "cityName" => return Resolved::text(&*address.city_name),
        "cityCode" => return Resolved::text(&*address.city_code),
        "geometry" => return Resolved::node_or_null(address.geometry.as_ref().map(Node::Geometry)),
        "streetAddress" => &address.street_address,
        "streetNumber" => &address.street_number,
        "streetName" => &address.street_name,
        "departmentName" => &address.department_name,
        "departmentCode" => &address.department_code,
        "regionName" => &address.region_name,
        "regionCode" => &address.region_code,
        "countryName" => &address.country_name,
        "countryCode" => &address.country_code,
        _ => return Resolved::Null,
    };
    Resolved::text_or_null(optional.as_deref())
}

/// `GeoJSON`: coordinates are the raw GeoJSON.
pub fn geometry<'a>(geometry: &'a Geometry, name: &str) -> Resolved<'a> {
    match name {
        "type" => Resolved::text(geometry.kind),
        "coordinates" => Resolved::Raw(&geometry.coordinates),
        _ => Resolved::Null,
    }
}
