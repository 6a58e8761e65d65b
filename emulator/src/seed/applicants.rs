//! Who applies to the seeded call: public bodies under their own names, and made-up communes,
//! associations and companies.
//!
//! Names and SIREN of public bodies are public; persons and addresses are made up. A SIREN is kept
//! without its check digit, which is computed: every number here passes the check.

use jiff::civil::{Date, date};

use super::answers::named_fichier;
use super::places::Town;
use crate::chance::{Chance, Purpose};
use crate::clock::paris_instant;
use crate::world::demandeur::{
    Association, Demandeur, Effectif, Entreprise, EtatAdministratif, PersonneMorale,
};
use crate::world::dossier::Fichier;
use crate::world::ids::{siren_from, siret_of};

/// A body that applies.
pub struct Body {
    /// Its name, as the register writes it.
    pub name: String,
    /// Its SIREN.
    pub siren: u64,
    /// INSEE legal category.
    pub code: &'static str,
    /// Wording of the category.
    pub forme: &'static str,
    /// Principal activity.
    pub naf: &'static str,
    /// Domain of its agents' addresses.
    pub domain: String,
}

/// First eight digits of the SIREN, name, legal category, activity, domain.
type Known = (u64, &'static str, &'static str, &'static str, &'static str);

const STATE: [Known; 34] = [
    (11_001_401, "MINISTERE DE L'INTERIEUR", "7113", "84.11Z", "interieur.example"),
    (11_002_001, "MINISTERE DE L'ECONOMIE ET DES FINANCES", "7113", "84.11Z", "finances.example"),
    (11_006_801, "MINISTERE DE LA TRANSITION ECOLOGIQUE", "7113", "84.13Z", "ecologie.example"),
    (11_004_301, "MINISTERE DE L'EDUCATION NATIONALE", "7113", "84.12Z", "education.example"),
    (11_001_001, "MINISTERE DE LA JUSTICE", "7113", "84.23Z", "justice.example"),
    (11_009_001, "MINISTERE DES ARMEES", "7150", "84.22Z", "armees.example"),
    (15_700_001, "DIRECTION GENERALE DE LA GENDARMERIE NATIONALE", "7150", "84.24Z", "gendarmerie.example"),
    (13_002_526, "DIRECTION INTERMINISTERIELLE DU NUMERIQUE", "7120", "84.11Z", "numerique.example"),
    (13_000_498, "DIRECTION GENERALE DES FINANCES PUBLIQUES", "7120", "84.11Z", "dgfip.example"),
    (12_002_508, "DIRECTION GENERALE DES DOUANES ET DROITS INDIRECTS", "7120", "84.11Z", "douane.example"),
    (12_000_302, "DIRECTION GENERALE DU TRAVAIL", "7120", "84.13Z", "travail.example"),
    (13_001_262, "DREAL OCCITANIE", "7171", "84.13Z", "dreal-occitanie.example"),
    (13_001_301, "DIRECCTE HAUTS-DE-FRANCE", "7171", "84.13Z", "direccte-hdf.example"),
    (17_590_701, "RECTORAT DE L'ACADEMIE DE RENNES", "7171", "84.12Z", "ac-rennes.example"),
    (17_330_501, "COUR D'APPEL DE BORDEAUX", "7171", "84.23Z", "ca-bordeaux.example"),
    (17_590_001, "PREFECTURE DU NORD", "7172", "84.11Z", "nord.example"),
    (
        17_350_001,
        "DIRECTION DEPARTEMENTALE DES TERRITOIRES ET DE LA MER D'ILLE-ET-VILAINE",
        "7172",
        "84.13Z",
        "ddtm35.example",
    ),
    (11_000_601, "SERVICE A COMPETENCE NATIONALE TRACFIN", "7160", "84.11Z", "tracfin.example"),
    (11_000_007, "AUTORITE DE SURETE NUCLEAIRE", "7112", "84.13Z", "asn.example"),
    (26_750_045, "ASSISTANCE PUBLIQUE HOPITAUX DE PARIS", "7364", "86.10Z", "aphp.example"),
    (26_690_027, "HOSPICES CIVILS DE LYON", "7364", "86.10Z", "hcl.example"),
    (
        26_590_671,
        "CENTRE HOSPITALIER REGIONAL UNIVERSITAIRE DE LILLE",
        "7364",
        "86.10Z",
        "chru-lille.example",
    ),
    (26_310_012, "CENTRE HOSPITALIER UNIVERSITAIRE DE TOULOUSE", "7364", "86.10Z", "chu-toulouse.example"),
    (13_000_545, "UNIVERSITE DE STRASBOURG", "7383", "85.42Z", "unistra.example"),
    (13_001_550, "UNIVERSITE DE LORRAINE", "7383", "85.42Z", "univ-lorraine.example"),
    (18_008_901, "CENTRE NATIONAL DE LA RECHERCHE SCIENTIFIQUE", "7383", "72.19Z", "cnrs.example"),
    (13_000_398, "SERVICE HYDROGRAPHIQUE ET OCEANOGRAPHIQUE DE LA MARINE", "7389", "71.12A", "shom.example"),
    (18_006_003, "METEO-FRANCE", "7389", "84.13Z", "meteo.example"),
    (
        18_006_701,
        "INSTITUT NATIONAL DE L'INFORMATION GEOGRAPHIQUE ET FORESTIERE",
        "7389",
        "71.12A",
        "ign.example",
    ),
    (
        13_001_202,
        "AGENCE NATIONALE DE SECURITE SANITAIRE DE L'ALIMENTATION",
        "7389",
        "84.12Z",
        "anses.example",
    ),
    (13_001_831, "CEREMA", "7389", "71.12B", "cerema.example"),
    (13_000_548, "POLE EMPLOI", "7389", "78.10Z", "pole-emploi.example"),
    (44_054_601, "INSTITUT DE RADIOPROTECTION ET DE SURETE NUCLEAIRE", "4110", "72.19Z", "irsn.example"),
    (58_205_614, "BUREAU DE RECHERCHES GEOLOGIQUES ET MINIERES", "4110", "72.19Z", "brgm.example"),
];

const REVIEWED: [Known; 5] = [
    (18_003_506, "CAISSE NATIONALE DES ALLOCATIONS FAMILIALES", "8110", "84.30A", "cnaf.example"),
    (18_750_004, "CHAMBRE DE METIERS ET DE L'ARTISANAT DE REGION", "7381", "94.11Z", "cma.example"),
    (13_000_916, "GIP MODERNISATION DES DECLARATIONS SOCIALES", "7410", "84.30A", "gip-mds.example"),
    (13_001_804, "GIP PLATEFORME DE DONNEES DE SANTE", "7410", "84.12Z", "pds.example"),
    (57_210_489, "BANQUE DE FRANCE", "4160", "64.11Z", "banque-france.example"),
];

const LOCAL: [Known; 6] = [
    (21_750_001, "COMMUNE DE PARIS", "7210", "84.11Z", "paris.example"),
    (21_690_123, "COMMUNE DE LYON", "7210", "84.11Z", "lyon.example"),
    (22_590_001, "DEPARTEMENT DU NORD", "7220", "84.11Z", "departement-nord.example"),
    (22_350_001, "DEPARTEMENT D'ILLE-ET-VILAINE", "7220", "84.11Z", "ille-et-vilaine.example"),
    (23_290_001, "REGION OCCITANIE", "7230", "84.11Z", "region-occitanie.example"),
    (24_350_013, "RENNES METROPOLE", "7344", "84.11Z", "rennes-metropole.example"),
];

const VILLAGES: [&str; 6] = [
    "Montreval",
    "Saint-Aubin-des-Prés",
    "Villeneuve-sur-Orne",
    "Lacaze",
    "Pont-l’Abbé-la-Forêt",
    "Bellecombe",
];
const CAUSES: [&str; 5] =
    ["Données pour tous", "Inclusion numérique", "Lecture publique", "Emploi solidaire", "Forêt vivante"];
const VENTURES: [&str; 6] =
    ["NEURALIA", "DATAFABRIK", "OPTIVISIO", "SYNAPSE CONSEIL", "ALGOLIBRE", "TERRA INSIGHT"];

/// The body of that index: mostly the State and its operators, then those the call does not admit.
pub fn body(index: u64, chance: &mut Chance) -> Body {
    match chance.below(100) {
        0..64 => known(chance.pick(&STATE)),
        64..72 => known(chance.pick(&REVIEWED)),
        72..78 => known(chance.pick(&LOCAL)),
        78..84 => {
            let village = chance.pick(&VILLAGES).unwrap_or("Lacaze");
            let rank = 21_000_000 + (index % 900_000);
            made(rank, format!("COMMUNE DE {}", village.to_uppercase()), ("7210", "84.11Z"), "mairie.example")
        }
        84..92 => {
            let cause = chance.pick(&CAUSES).unwrap_or("Lecture publique");
            let rank = 80_000_000 + (index % 9_000_000);
            made(rank, format!("ASSOCIATION {}", cause.to_uppercase()), ("9220", "94.99Z"), "asso.example")
        }
        _ => {
            let venture = chance.pick(&VENTURES).unwrap_or("NEURALIA");
            let rank = 82_000_000 + (index % 9_000_000);
            made(rank, venture.to_owned(), ("5710", "62.01Z"), "entreprise.example")
        }
    }
}

fn known(one: Option<Known>) -> Body {
    let (first_eight, name, code, naf, domain) =
        one.unwrap_or((13_002_526, "DINUM", "7120", "84.11Z", "numerique.example"));
    made(first_eight, name.to_owned(), (code, naf), domain)
}

fn made(first_eight: u64, name: String, (code, naf): (&'static str, &'static str), domain: &str) -> Body {
    Body { name, siren: siren_from(first_eight), code, forme: forme(code), naf, domain: domain.to_owned() }
}

fn forme(code: &str) -> &'static str {
    match code {
        "4110" => {
            "Établissement public national à caractère industriel ou commercial doté d'un comptable public"
        }
        "4160" => "Institution Banque de France",
        "5710" => "SAS, société par actions simplifiée",
        "7112" => "Autorité administrative ou publique indépendante",
        "7113" => "Ministère",
        "7120" => "Service central d'un ministère",
        "7150" => "Service du ministère de la Défense",
        "7160" => "Service déconcentré à compétence nationale d'un ministère (hors Défense)",
        "7171" => "Service déconcentré de l'État à compétence (inter) régionale",
        "7172" => "Service déconcentré de l'État à compétence (inter) départementale",
        "7210" => "Commune et commune nouvelle",
        "7220" => "Département",
        "7230" => "Région",
        "7344" => "Métropole",
        "7364" => "Établissement d'hospitalisation",
        "7381" => "Organisme consulaire",
        "7383" => "Établissement public national à caractère scientifique culturel et professionnel",
        "7389" => "Établissement public national à caractère administratif",
        "7410" => "Groupement d'intérêt public (GIP)",
        "8110" => "Régime général de la Sécurité Sociale",
        "9220" => "Association déclarée",
        _ => "Autre",
    }
}

/// What is missing or odd in the company data of a dossier: the same ranks in every world.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Oddity {
    /// Nothing.
    None,
    /// Only the SIRET is known.
    Incomplete,
    /// The register gave the establishment and not the company.
    NoEntreprise,
    /// No legal category.
    NoCode,
    /// The company is closed.
    Closed,
}

impl Oddity {
    /// One of each in every sixty dossiers.
    pub fn of(index: u64) -> Self {
        match index % 60 {
            7 => Self::Incomplete,
            19 => Self::NoEntreprise,
            31 => Self::NoCode,
            43 => Self::Closed,
            _ => Self::None,
        }
    }
}

/// The demandeur that a body makes.
pub fn demandeur(body: &Body, oddity: Oddity, id: u64, town: &Town) -> Demandeur {
    if oddity == Oddity::Incomplete {
        return Demandeur::MoraleIncomplete { id, siret: siret_of(body.siren, 1) };
    }
    let mut morale = personne_morale(body, id, town);
    match (oddity, &mut morale.entreprise) {
        (Oddity::NoEntreprise, entreprise) => *entreprise = None,
        (Oddity::NoCode, Some(entreprise)) => {
            entreprise.forme_juridique_code = None;
            entreprise.forme_juridique = None;
        }
        (Oddity::Closed, Some(entreprise)) => entreprise.etat_administratif = Some(EtatAdministratif::Ferme),
        _ => {}
    }
    Demandeur::Morale(Box::new(morale))
}

/// The company data of a body, complete.
pub fn personne_morale(body: &Body, id: u64, town: &Town) -> PersonneMorale {
    let address = town.address(body.siren);
    let is_company = body.code == "5710";
    let entreprise = Entreprise {
        siren: format!("{:09}", body.siren),
        siret_siege_social: siret_of(body.siren, 1),
        raison_sociale: body.name.clone(),
        nom_commercial: String::new(),
        enseigne: is_company.then(|| body.name.clone()),
        forme_juridique: Some(body.forme.to_owned()),
        forme_juridique_code: Some(body.code.to_owned()),
        capital_social: Some(if is_company { 10_000 } else { -1 }),
        code_effectif_entreprise: Some(if is_company { "03" } else { "51" }.to_owned()),
        numero_tva_intracommunautaire: is_company.then(|| format!("FR27{:09}", body.siren)),
        date_creation: Some(founded(body)),
        etat_administratif: Some(EtatAdministratif::Actif),
        effectif_mensuel: Some(Effectif {
            periode: "201903".to_owned(),
            nb: if is_company { 12.5 } else { 2480.0 },
        }),
        effectif_annuel: Some(Effectif {
            periode: "2018".to_owned(),
            nb: if is_company { 11.75 } else { 2391.5 },
        }),
        nom: None,
        prenom: None,
        inline_adresse: address.label.clone(),
        attestation_sociale: is_company.then(|| attestation(body, "sociale")),
        attestation_fiscale: is_company.then(|| attestation(body, "fiscale")),
    };
    let association = (body.code == "9220").then(|| Association {
        rna: format!("W75{:07}", body.siren % 10_000_000),
        titre: body.name.clone(),
        objet: Some("Rapprocher les publics éloignés des services numériques".to_owned()),
        date_creation: Some(founded(body)),
        date_declaration: Some(founded(body)),
        date_publication: None,
    });
    PersonneMorale {
        id,
        siret: siret_of(body.siren, 1),
        naf: Some(body.naf.replace('.', "")),
        address,
        entreprise: Some(entreprise),
        association,
    }
}

/// The company that the register gives for a SIRET.
pub fn company(id: u64, siret: &str) -> PersonneMorale {
    let siren: u64 = siret.get(..9).and_then(|digits| digits.parse().ok()).unwrap_or(0);
    let mut all = STATE.iter().chain(&REVIEWED).chain(&LOCAL);
    let body = match all.find(|one| siren_from(one.0) == siren) {
        Some(one) => known(Some(*one)),
        None => Body {
            name: format!("ETABLISSEMENT {siren}"),
            siren,
            code: "7389",
            forme: forme("7389"),
            naf: "84.11Z",
            domain: "etablissement.example".to_owned(),
        },
    };
    personne_morale(&body, id, Town::at(siren % 10))
}

fn attestation(body: &Body, kind: &str) -> Fichier {
    let name = format!("attestation-{kind}-{:09}.pdf", body.siren);
    named_fichier(
        &name,
        paris_instant("2019-05-06T06:00:00"),
        &mut Chance::new(body.siren, 0, Purpose::Content),
    )
}

fn founded(body: &Body) -> Date {
    let year = i16::try_from(1975 + body.siren / 10 % 40).unwrap_or(1983);
    date(year, i8::try_from(body.siren % 12 + 1).unwrap_or(1), 1)
}
