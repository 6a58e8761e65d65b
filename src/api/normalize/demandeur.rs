//! Who applies.

use serde_json::value::RawValue;

use super::{NormalizeError, Unknowns, parts};
use crate::api::wire::{
    WireAssociation, WireEffectif, WireEntreprise, WireIncomplete, WirePersonneMorale, WirePersonnePhysique,
    WireTypename,
};
use crate::domain::{
    Association, Demandeur, Effectif, Entreprise, EtatAdministratif, PersonneMorale, PersonnePhysique,
};

/// Reads an applicant.
pub(super) fn read(raw: &RawValue, unknown: &mut Unknowns) -> Result<Demandeur, NormalizeError> {
    let text = raw.get();
    let WireTypename { typename } = serde_json::from_str(text)?;
    let read = match typename.as_str() {
        "PersonnePhysique" => serde_json::from_str(text).map(personne_physique),
        "PersonneMorale" => {
            serde_json::from_str(text).map(|wire| Demandeur::PersonneMorale(Box::new(morale(wire, unknown))))
        }
        "PersonneMoraleIncomplete" => serde_json::from_str(text)
            .map(|WireIncomplete { id, siret }| Demandeur::PersonneMoraleIncomplete { id, siret }),
        _ => {
            unknown.typename("Demandeur", &typename);
            return Ok(Demandeur::Unknown { typename, raw: text.to_owned() });
        }
    };
    Ok(read?)
}

fn personne_physique(wire: WirePersonnePhysique) -> Demandeur {
    Demandeur::PersonnePhysique(PersonnePhysique {
        id: wire.id,
        nom: wire.nom,
        prenom: wire.prenom,
        civilite: wire.civilite,
        date_de_naissance: wire.date_de_naissance.map(|day| day.0),
        email: wire.email,
    })
}

/// Reads a company or body.
pub(super) fn morale(wire: WirePersonneMorale, unknown: &mut Unknowns) -> PersonneMorale {
    PersonneMorale {
        id: wire.id,
        siret: wire.siret,
        naf: wire.naf,
        address: wire.address.map(parts::address),
        entreprise: wire.entreprise.map(|one| entreprise(one, unknown)),
        association: wire.association.map(association),
    }
}

fn entreprise(wire: WireEntreprise, unknown: &mut Unknowns) -> Entreprise {
    let etat_administratif = wire.etat_administratif.map(|text| {
        let etat = EtatAdministratif::from_api(&text);
        unknown.value(etat.is_known(), "EntrepriseEtatAdministratif", &text);
        etat
    });
    Entreprise {
        siren: wire.siren,
        raison_sociale: wire.raison_sociale,
        nom_commercial: wire.nom_commercial,
        siret_siege_social: wire.siret_siege_social,
        forme_juridique_code: wire.forme_juridique_code,
        forme_juridique: wire.forme_juridique,
        etat_administratif,
        date_creation: wire.date_creation.map(|day| day.0),
        inline_adresse: wire.inline_adresse,
        capital_social: wire.capital_social,
        numero_tva_intracommunautaire: wire.numero_tva_intracommunautaire,
        code_effectif_entreprise: wire.code_effectif_entreprise,
        effectif_mensuel: wire.effectif_mensuel.map(effectif),
        effectif_annuel: wire.effectif_annuel.map(effectif),
        nom: wire.nom,
        prenom: wire.prenom,
        enseigne: wire.enseigne,
        attestation_sociale: wire.attestation_sociale_attachment.map(parts::fichier),
        attestation_fiscale: wire.attestation_fiscale_attachment.map(parts::fichier),
    }
}

fn effectif(wire: WireEffectif) -> Effectif {
    Effectif { periode: wire.periode, nb: wire.nb }
}

fn association(wire: WireAssociation) -> Association {
    Association {
        rna: wire.rna,
        titre: wire.titre,
        objet: wire.objet,
        date_creation: wire.date_creation.map(|day| day.0),
        date_declaration: wire.date_declaration.map(|day| day.0),
        date_publication: wire.date_publication.map(|day| day.0),
    }
}
