//! The answers of one dossier, question by question.
//!
//! What is answered follows from the project, the body and the town; optional questions are at times
//! left empty, a required one never. Files are described and hold nothing.

use std::sync::Arc;

use base64::Engine as _;
use jiff::{SignedDuration, Timestamp, civil::date};

use super::applicants::{Body, personne_morale};
use super::form::{MATURITES, TECHNIQUES, stable};
use super::places::Town;
use super::projects::{JEUX_DE_DONNEES, NOMS, PRENOMS, Project, ROLES, plain};
use crate::chance::Chance;
use crate::world::champ::{
    AddressAnswer, Champ, ChampValue, Civilite, EpciAnswer, GeoArea, Geometry, Parcelle, Place, Registered,
    Row,
};
use crate::world::demarche::{ChampDescriptor, ChampKind};
use crate::world::dossier::{Fichier, ScanResult};
use crate::world::ids::ulid;

/// What the answers of a dossier are drawn from.
pub struct Subject<'a> {
    /// The dossier's number.
    pub number: u64,
    /// The last submission.
    pub submitted_at: Timestamp,
    /// The body that applies.
    pub body: &'a Body,
    /// Where it is.
    pub town: &'static Town,
    /// What it proposes.
    pub project: Project,
    /// First and last name of the person in charge.
    pub porteur: (&'static str, &'static str),
}

/// The answer to each question.
pub fn answers(descriptors: &[ChampDescriptor], subject: &Subject<'_>, chance: &mut Chance) -> Vec<Champ> {
    let champs = descriptors.iter().map(|descriptor| {
        let value = value(descriptor, subject, chance);
        champ(descriptor, subject, value, chance)
    });
    champs.collect()
}

fn champ(
    descriptor: &ChampDescriptor,
    subject: &Subject<'_>,
    value: ChampValue,
    chance: &mut Chance,
) -> Champ {
    // An answer is written in the hour before the deposit.
    let before =
        subject.submitted_at.saturating_sub(SignedDuration::from_hours(1)).unwrap_or(subject.submitted_at);
    Champ {
        stable_id: descriptor.stable_id,
        label: Arc::clone(&descriptor.label),
        updated_at: chance.between(before, subject.submitted_at),
        // A link from the ministry's page fills in the department's name for some.
        prefilled: descriptor.stable_id == 30_104 && subject.number.is_multiple_of(9),
        value,
    }
}

fn value(descriptor: &ChampDescriptor, subject: &Subject<'_>, chance: &mut Chance) -> ChampValue {
    let empty = !descriptor.required && chance.percent(12);
    let town = subject.town;
    match &descriptor.kind {
        ChampKind::Text
        | ChampKind::Textarea
        | ChampKind::Email
        | ChampKind::Phone
        | ChampKind::Iban
        | ChampKind::Formatted
        | ChampKind::AnnuaireEducation => {
            ChampValue::Text((!empty).then(|| text(descriptor, subject, chance)))
        }
        ChampKind::Checkbox => ChampValue::Checkbox(descriptor.required || chance.percent(50)),
        ChampKind::YesNo => ChampValue::YesNo((!empty).then(|| chance.percent(85))),
        ChampKind::Date => {
            let day = i8::try_from(chance.below(28) + 1).unwrap_or(1);
            ChampValue::Date(
                (!empty).then(|| date(2019, i8::try_from(chance.below(4) + 9).unwrap_or(9), day)),
            )
        }
        ChampKind::Datetime => {
            let days = i64::try_from(chance.below(20) * 86_400 + chance.below(8) * 3_600).unwrap_or(0);
            let at = crate::clock::paris_instant("2019-06-17T09:30:00").as_second() + days;
            ChampValue::Datetime(Timestamp::from_second(at).ok().filter(|_| !empty))
        }
        ChampKind::DecimalNumber => ChampValue::DecimalNumber(
            (!empty).then(|| f64::from(u32::try_from(chance.below(9_000)).unwrap_or(0)) / 10.0 + 5.0),
        ),
        ChampKind::IntegerNumber => {
            ChampValue::IntegerNumber((!empty).then(|| i64::try_from(chance.below(40) + 1).unwrap_or(1)))
        }
        ChampKind::Civilite => ChampValue::Civilite(
            (!empty).then(|| if chance.percent(50) { Civilite::Mme } else { Civilite::M }),
        ),
        ChampKind::PieceJustificative => ChampValue::PieceJustificative(if empty {
            Vec::new()
        } else {
            let count = if descriptor.required { 1 } else { chance.below(2) + 1 };
            (0..count).map(|rank| fichier(descriptor, subject, rank, chance)).collect()
        }),
        ChampKind::TitreIdentite => {
            ChampValue::TitreIdentite { filled: !empty, france_connect: chance.percent(20) }
        }
        ChampKind::HeaderSection { level } => ChampValue::HeaderSection { level: *level },
        ChampKind::Explication => ChampValue::Explication,
        ChampKind::EngagementJuridique => ChampValue::EngagementJuridique(
            (!empty).then(|| format!("14{:08}", subject.number % 100_000_000)),
        ),
        ChampKind::DossierLink => {
            ChampValue::DossierLink(chance.percent(15).then(|| subject.number.saturating_sub(3)))
        }
        ChampKind::Siret => siret(subject, empty),
        ChampKind::Repetition { descriptors } => repetition(descriptors, subject, chance),
        ChampKind::DropDownList { .. }
        | ChampKind::LinkedDropDownList { .. }
        | ChampKind::MultipleDropDownList { .. } => choice(descriptor, subject, empty, chance),
        ChampKind::Address => ChampValue::Address((!empty).then(|| {
            Box::new(AddressAnswer {
                address: town.address(chance.bits() % 700),
                commune: Some(town.commune()),
            })
        })),
        ChampKind::Commune => ChampValue::Commune((!empty).then(|| town.commune())),
        ChampKind::Departement => ChampValue::Departement((!empty).then(|| town.departement())),
        ChampKind::Region => ChampValue::Region((!empty).then(|| town.region())),
        ChampKind::Pays => {
            ChampValue::Pays((!empty).then(|| Place { code: "FR".to_owned(), name: "France".to_owned() }))
        }
        ChampKind::Epci => ChampValue::Epci(
            (!empty).then(|| EpciAnswer { epci: town.epci(), departement: Some(town.departement()) }),
        ),
        ChampKind::Rna => ChampValue::Rna(chance.percent(25).then(|| {
            Box::new(registered(format!("W{:09}", subject.number), "Les Amis du service public", town))
        })),
        ChampKind::Rnf => ChampValue::Rnf(chance.percent(15).then(|| {
            let id = format!("075-FDD-{:05}-07", subject.number % 100_000);
            Box::new(registered(id, "Fondation pour la donnée publique", town))
        })),
        ChampKind::Carte => carte(subject, empty),
    }
}

fn text(descriptor: &ChampDescriptor, subject: &Subject<'_>, chance: &mut Chance) -> String {
    let (title, _, summary, need) = subject.project;
    let (first, last) = subject.porteur;
    match (&descriptor.kind, descriptor.stable_id) {
        (_, stable::TITRE) if chance.percent(50) => format!("{title} ({})", subject.town.region.1),
        (_, stable::TITRE) => title.to_owned(),
        (_, stable::BESOIN) => need.to_owned(),
        (_, 30_104) => format!("Direction de l’innovation, {}", subject.town.name),
        (_, 30_112) => last.to_owned(),
        (_, 30_311) => format!("{} {}", chance.word(&PRENOMS), chance.word(&NOMS)),
        (_, 30_312) => chance.word(&ROLES).to_owned(),
        (_, 30_301) => chance.word(&JEUX_DE_DONNEES).to_owned(),
        (ChampKind::Email, _) => format!("{}.{}@{}", plain(first), plain(last), subject.body.domain),
        (ChampKind::Phone, _) => {
            let line = chance.below(100_000_000);
            format!(
                "01 {:02} {:02} {:02} {:02}",
                line / 1_000_000,
                line / 10_000 % 100,
                line / 100 % 100,
                line % 100
            )
        }
        (ChampKind::Iban, _) => format!("FR7630001007941234567890{:03}", subject.number % 1_000),
        (ChampKind::Formatted, _) => format!("IA-{:05}", subject.number % 100_000),
        (ChampKind::AnnuaireEducation, _) => format!("07510{:02}A", subject.number % 100),
        (ChampKind::Textarea, 30_202) => {
            "Projet solide ; la disponibilité des données reste à vérifier.".to_owned()
        }
        (ChampKind::Textarea, _) => format!("{summary}\n\nLe projet sera conduit par {first} {last}."),
        _ => chance
            .word(&["Par la lettre d’information", "Par un collègue", "Sur le site du ministère"])
            .to_owned(),
    }
}

fn choice(
    descriptor: &ChampDescriptor,
    subject: &Subject<'_>,
    empty: bool,
    chance: &mut Chance,
) -> ChampValue {
    match &descriptor.kind {
        ChampKind::DropDownList { options, .. } => {
            let rank = match descriptor.stable_id {
                30_118 => subject.project.1,
                _ => usize::try_from(chance.below(u64::try_from(options.len()).unwrap_or(1))).unwrap_or(0),
            };
            ChampValue::DropDownList(options.get(rank).filter(|_| !empty).cloned())
        }
        ChampKind::LinkedDropDownList { .. } => match chance.pick(&MATURITES).filter(|_| !empty) {
            Some((primary, seconds)) => ChampValue::LinkedDropDownList {
                primary: Some(primary.to_owned()),
                secondary: Some(chance.word(&seconds).to_owned()),
            },
            None => ChampValue::LinkedDropDownList { primary: None, secondary: None },
        },
        _ => {
            let chosen = TECHNIQUES.iter().filter(|_| !empty && chance.percent(35));
            ChampValue::MultipleDropDownList(chosen.map(|one| (*one).to_owned()).collect())
        }
    }
}

fn siret(subject: &Subject<'_>, empty: bool) -> ChampValue {
    if empty {
        return ChampValue::Siret { siret: None, etablissement: None };
    }
    let etablissement = personne_morale(subject.body, 8_000_000 + subject.number, subject.town);
    ChampValue::Siret {
        siret: Some(etablissement.siret.clone()),
        etablissement: Some(Box::new(etablissement)),
    }
}

fn registered(id: String, title: &str, town: &Town) -> Registered {
    Registered {
        id,
        title: Some(title.to_owned()),
        address: Some(town.address(11)),
        commune: Some(town.commune()),
    }
}

fn repetition(descriptors: &[ChampDescriptor], subject: &Subject<'_>, chance: &mut Chance) -> ChampValue {
    let rows = chance.below(4);
    let created = u64::try_from(subject.submitted_at.as_millisecond()).unwrap_or(0).saturating_sub(3_600_000);
    let rows = (0..rows).map(|rank| Row {
        ulid: ulid(created + rank * 40_000, chance.bits()),
        champs: answers(descriptors, subject, chance),
    });
    ChampValue::Repetition(rows.collect())
}

fn carte(subject: &Subject<'_>, empty: bool) -> ChampValue {
    let (longitude, latitude) = subject.town.point;
    let drawn = GeoArea {
        id: subject.number * 2,
        description: Some("Zone d’expérimentation".to_owned()),
        geometry: Geometry {
            kind: "Polygon",
            coordinates: format!(
                "[[[{longitude},{latitude}],[{0:.4},{latitude}],[{0:.4},{1:.4}],[{longitude},{latitude}]]]",
                longitude + 0.01,
                latitude + 0.01
            ),
        },
        parcelle: None,
    };
    let parcelle = GeoArea {
        id: subject.number * 2 + 1,
        description: None,
        geometry: Geometry { kind: "Point", coordinates: format!("[{longitude},{latitude}]") },
        parcelle: Some(Parcelle {
            commune: subject.town.code.to_owned(),
            numero: format!("{}", subject.number % 900 + 1),
            prefixe: "000".to_owned(),
            section: "AB".to_owned(),
            surface: "1240".to_owned(),
        }),
    };
    ChampValue::Carte(if empty { Vec::new() } else { vec![drawn, parcelle] })
}

fn fichier(descriptor: &ChampDescriptor, subject: &Subject<'_>, rank: u64, chance: &mut Chance) -> Fichier {
    let name = if descriptor.stable_id == stable::LETTRE { "lettre-engagement" } else { "presentation" };
    named_fichier(&format!("{name}-{}-{}.pdf", subject.number, rank + 1), subject.submitted_at, chance)
}

/// A PDF of that name, scanned and safe.
pub fn named_fichier(filename: &str, created_at: Timestamp, chance: &mut Chance) -> Fichier {
    let digest: Vec<u8> = [chance.bits().to_le_bytes(), chance.bits().to_le_bytes()].concat();
    Fichier {
        filename: filename.to_owned(),
        content_type: "application/pdf".to_owned(),
        byte_size: i64::try_from(40_000 + chance.below(6_000_000)).unwrap_or(40_000),
        checksum: base64::engine::general_purpose::STANDARD.encode(digest),
        created_at,
        virus_scan_result: ScanResult::Safe,
    }
}
