//! The form of the seeded call, at each of its revisions.
//!
//! It asks every kind of question the platform knows how to show. Stable ids never change from one
//! revision to the next; the second revision adds two questions and rewords a third.

use std::sync::Arc;

use crate::clock::paris_instant;
use crate::world::demarche::{ChampDescriptor, ChampKind, Revision};

/// Fields of application that the call names.
pub const DOMAINES: [&str; 6] = [
    "Enseignement supérieur et recherche",
    "Social, travail et emploi",
    "Environnement et énergie",
    "Économie et finances",
    "Intérieur et sécurité",
    "Santé",
];

/// Techniques that a project may use.
pub const TECHNIQUES: [&str; 6] = [
    "Traitement du langage naturel",
    "Vision par ordinateur",
    "Apprentissage supervisé sur données tabulaires",
    "Détection d’anomalies",
    "Séries temporelles",
    "Recommandation",
];

/// Maturity of a project, then where it stands within.
pub const MATURITES: [(&str, [&str; 2]); 3] = [
    ("Idée", ["Besoin exprimé par les métiers", "Étude d’opportunité menée"]),
    ("Expérimentation", ["Preuve de concept en cours", "Preuve de concept achevée"]),
    ("Service existant", ["En production", "À refondre"]),
];

/// Formats of a data set.
pub const FORMATS: [&str; 5] =
    ["CSV", "Base relationnelle", "Documents bureautiques", "Images", "Texte intégral"];

/// What the rapporteur recommends, among the annotations.
pub const RECOMMANDATIONS: [&str; 3] = ["Retenir", "Liste complémentaire", "Ne pas retenir"];

/// First revision of the seeded call.
pub const FIRST_REVISION: u64 = 4_101;
/// Second revision, in force since 2 May 2019.
pub const SECOND_REVISION: u64 = 4_187;

/// Stable ids of the questions that others need to name.
pub mod stable {
    pub const SIRET: u64 = 30_103;
    pub const COMMUNE: u64 = 30_106;
    pub const TITRE: u64 = 30_117;
    pub const BESOIN: u64 = 30_122;
    pub const EXPLOITE: u64 = 30_123;
    pub const EFFECTIF_EQUIPE: u64 = 30_125;
    pub const DONNEES: u64 = 30_131;
    pub const LETTRE: u64 = 30_143;
    pub const NOTE: u64 = 30_201;
    pub const AVIS_RAPPORTEUR: u64 = 30_202;
}

fn question(stable_id: u64, label: &str, kind: ChampKind) -> ChampDescriptor {
    ChampDescriptor { stable_id, label: label.into(), description: None, required: false, kind }
}

fn required(stable_id: u64, label: &str, kind: ChampKind) -> ChampDescriptor {
    ChampDescriptor { required: true, ..question(stable_id, label, kind) }
}

fn explained(descriptor: ChampDescriptor, description: &str) -> ChampDescriptor {
    ChampDescriptor { description: Some(description.to_owned()), ..descriptor }
}

fn choice(options: &[&str], other: bool) -> ChampKind {
    ChampKind::DropDownList { options: options.iter().map(|option| (*option).to_owned()).collect(), other }
}

fn applicant_part() -> Vec<ChampDescriptor> {
    vec![
        question(30_101, "1. L’administration porteuse", ChampKind::HeaderSection { level: 1 }),
        explained(
            question(30_102, "À qui s’adresse l’appel", ChampKind::Explication),
            "Administrations de l’État, établissements hospitaliers et opérateurs nationaux exploitant \
             directement un service public.",
        ),
        question(stable::SIRET, "SIRET du service qui conduira le projet", ChampKind::Siret),
        required(30_104, "Nom du service ou de la direction", ChampKind::Text),
        question(30_105, "Adresse du service", ChampKind::Address),
        question(stable::COMMUNE, "Commune d’implantation", ChampKind::Commune),
        question(30_107, "Département", ChampKind::Departement),
        question(30_108, "Région", ChampKind::Region),
        question(30_109, "Pays", ChampKind::Pays),
        question(30_110, "Intercommunalité concernée", ChampKind::Epci),
        question(30_111, "Civilité du porteur", ChampKind::Civilite),
        required(30_112, "Nom du porteur", ChampKind::Text),
        required(30_113, "Adresse électronique du porteur", ChampKind::Email),
        question(30_114, "Téléphone du porteur", ChampKind::Phone),
        question(30_115, "Pièce d’identité du représentant", ChampKind::TitreIdentite),
    ]
}

fn project_part(second: bool) -> Vec<ChampDescriptor> {
    let linked = MATURITES
        .iter()
        .map(|(first, seconds)| ((*first).to_owned(), seconds.iter().map(|one| (*one).to_owned()).collect()));
    let title = if second { "Titre du projet (120 signes au plus)" } else { "Titre du projet" };
    let mut part = vec![
        question(30_116, "2. Le projet", ChampKind::HeaderSection { level: 1 }),
        required(stable::TITRE, title, ChampKind::Text),
        required(30_118, "Domaine", choice(&DOMAINES, true)),
        question(
            30_119,
            "Techniques envisagées",
            ChampKind::MultipleDropDownList {
                options: TECHNIQUES.iter().map(|one| (*one).to_owned()).collect(),
            },
        ),
        question(30_120, "Maturité du projet", ChampKind::LinkedDropDownList { options: linked.collect() }),
        required(30_121, "Résumé du projet", ChampKind::Textarea),
        required(stable::BESOIN, "Besoin du service et des usagers", ChampKind::Textarea),
    ];
    if second {
        part.push(explained(
            required(
                stable::EXPLOITE,
                "Votre administration exploite-t-elle directement le service public concerné ?",
                ChampKind::YesNo,
            ),
            "Une délégation à un tiers rend la candidature irrecevable.",
        ));
    }
    part.extend([
        question(30_124, "Le projet traite des données personnelles", ChampKind::Checkbox),
        question(stable::EFFECTIF_EQUIPE, "Agents mobilisés", ChampKind::IntegerNumber),
        question(30_126, "Budget prévu (en milliers d’euros)", ChampKind::DecimalNumber),
        question(30_127, "Date de démarrage souhaitée", ChampKind::Date),
        question(30_128, "Créneau souhaité pour l’audition", ChampKind::Datetime),
        question(30_129, "Engagement juridique déjà pris", ChampKind::EngagementJuridique),
    ]);
    part
}

fn data_part(second: bool) -> Vec<ChampDescriptor> {
    let data_set = vec![
        required(30_301, "Nom du jeu de données", ChampKind::Text),
        question(30_302, "Nombre d’enregistrements", ChampKind::IntegerNumber),
        question(30_303, "Format", choice(&FORMATS, false)),
        question(30_304, "Publié en données ouvertes", ChampKind::YesNo),
    ];
    let member = vec![
        required(30_311, "Nom du membre", ChampKind::Text),
        question(30_312, "Rôle", ChampKind::Text),
        question(30_313, "Disponible à partir du", ChampKind::Date),
    ];
    let mut part = vec![
        question(30_130, "3. Les données et l’équipe", ChampKind::HeaderSection { level: 1 }),
        question(stable::DONNEES, "Jeux de données", ChampKind::Repetition { descriptors: data_set }),
        question(30_132, "Territoire couvert", ChampKind::Carte),
        question(30_133, "Équipe projet", ChampKind::Repetition { descriptors: member }),
        question(30_134, "4. Partenaires et pièces", ChampKind::HeaderSection { level: 2 }),
        question(30_135, "Association partenaire", ChampKind::Rna),
        question(30_136, "Fondation partenaire", ChampKind::Rnf),
        question(30_137, "Établissement d’enseignement associé", ChampKind::AnnuaireEducation),
        question(30_138, "Candidature au premier appel", ChampKind::DossierLink),
        question(30_139, "IBAN du service financier", ChampKind::Iban),
        question(30_140, "Code interne du projet", ChampKind::Formatted),
        required(30_141, "Je m’engage à participer aux ateliers de suivi", ChampKind::Checkbox),
        question(30_142, "Présentation du projet", ChampKind::PieceJustificative),
        required(stable::LETTRE, "Lettre d’engagement de la direction", ChampKind::PieceJustificative),
    ];
    if second {
        part.push(question(30_144, "Comment avez-vous connu l’appel ?", ChampKind::Text));
    }
    part
}

fn annotations() -> Vec<ChampDescriptor> {
    vec![
        question(stable::NOTE, "Note technique sur 20", ChampKind::DecimalNumber),
        question(stable::AVIS_RAPPORTEUR, "Avis du rapporteur", ChampKind::Textarea),
        question(30_203, "Recommandation", choice(&RECOMMANDATIONS, false)),
        question(30_204, "Audition le", ChampKind::Date),
    ]
}

fn champs(second: bool) -> Vec<ChampDescriptor> {
    [applicant_part(), project_part(second), data_part(second)].concat()
}

/// The revisions of the seeded call, the one in force last.
pub fn revisions() -> Vec<Arc<Revision>> {
    vec![
        Arc::new(Revision {
            id: FIRST_REVISION,
            date_creation: paris_instant("2018-06-01T10:00:00"),
            date_publication: Some(paris_instant("2018-06-13T18:00:00")),
            champs: champs(false),
            annotations: annotations(),
        }),
        Arc::new(Revision {
            id: SECOND_REVISION,
            date_creation: paris_instant("2019-04-29T09:30:00"),
            date_publication: Some(paris_instant("2019-05-02T09:00:00")),
            champs: champs(true),
            annotations: annotations(),
        }),
    ]
}

/// The revision after the ones that stand: one more question, at the end.
pub fn next_revision(last: &Revision, id: u64, now: jiff::Timestamp) -> Revision {
    let mut champs = last.champs.clone();
    champs.push(question(id * 10, "Remarques complémentaires", ChampKind::Textarea));
    Revision {
        id,
        date_creation: now,
        date_publication: Some(now),
        champs,
        annotations: last.annotations.clone(),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn no_two_questions_share_a_stable_id() {
        for revision in revisions() {
            let mut seen = BTreeSet::new();
            for descriptor in revision.champs.iter().chain(&revision.annotations) {
                assert!(seen.insert(descriptor.stable_id), "{}", descriptor.label);
            }
        }
    }

    #[test]
    fn the_form_has_more_than_forty_questions() {
        let counts: Vec<usize> = revisions().iter().map(|revision| revision.champs.len()).collect();
        assert_eq!(counts, [42, 44]);
    }
}
