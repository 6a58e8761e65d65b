//! What applicants propose: projects, people and words, all made up.

/// A project: title, rank of its domain, summary, need.
pub type Project = (&'static str, usize, &'static str, &'static str);

/// Sixteen projects such as public services really imagine.
pub const PROJECTS: [Project; 16] = [
    (
        "Détection des habitats insalubres par croisement de données",
        1,
        "Croiser les signalements, les consommations d’énergie et les données fiscales pour repérer les logements potentiellement indignes avant toute visite.",
        "Les inspecteurs visitent aujourd’hui au hasard des signalements ; moins d’une visite sur quatre confirme l’insalubrité.",
    ),
    (
        "Cartographie automatique de l’artificialisation des sols",
        2,
        "Segmenter les prises de vue aériennes pour mesurer chaque année les surfaces artificialisées à l’échelle de la parcelle.",
        "La photo-interprétation manuelle demande dix-huit mois par département ; les services instructeurs travaillent sur des cartes périmées.",
    ),
    (
        "Orientation des demandes des usagers vers le bon service",
        1,
        "Classer les courriels reçus par les points d’accueil et proposer une réponse type à l’agent, qui garde la main.",
        "Un tiers des messages sont réorientés au moins une fois, ce qui ajoute neuf jours au délai de réponse.",
    ),
    (
        "Appui à la codification des causes médicales de décès",
        5,
        "Proposer un code de la classification internationale à partir du texte libre des certificats de décès.",
        "Le codage manuel prend deux ans de retard et retarde les alertes sanitaires.",
    ),
    (
        "Ciblage des contrôles de la sécurité des navires",
        2,
        "Estimer le risque de chaque navire avant visite à partir de l’historique des inspections et des mouvements portuaires.",
        "Les inspecteurs ne peuvent visiter qu’un navire sur cinq ; il faut choisir les bons.",
    ),
    (
        "Anonymisation des décisions de justice",
        4,
        "Repérer les éléments d’identité dans les décisions afin de les publier en données ouvertes sans atteinte à la vie privée.",
        "L’occultation manuelle limite la publication à quelques milliers de décisions par an.",
    ),
    (
        "Prévision des tensions sur les lits d’hospitalisation",
        5,
        "Anticiper à sept jours les besoins en lits par spécialité à partir des passages aux urgences et de la météo.",
        "Les déprogrammations sont décidées la veille pour le lendemain, au détriment des patients et des équipes.",
    ),
    (
        "Repérage des étudiants en risque de décrochage",
        0,
        "Signaler dès le premier semestre les étudiants à qui proposer un tutorat, sans jamais décider à leur place.",
        "Quatre étudiants de licence sur dix quittent la formation avant la deuxième année.",
    ),
    (
        "Lecture automatique des factures fournisseurs",
        3,
        "Extraire les montants, dates et références des factures reçues au format image pour préparer le mandatement.",
        "Deux cents agents ressaisissent chaque jour des informations déjà écrites.",
    ),
    (
        "Détection des publicités trompeuses en ligne",
        3,
        "Analyser les annonces pour signaler aux enquêteurs celles qui promettent des rendements irréalistes.",
        "Les enquêteurs découvrent les escroqueries par les plaintes, quand l’argent est déjà perdu.",
    ),
    (
        "Suivi de la biodiversité par reconnaissance acoustique",
        2,
        "Identifier les espèces d’oiseaux et de chiroptères dans les enregistrements des parcs naturels.",
        "Huit mille heures d’enregistrement attendent d’être écoutées.",
    ),
    (
        "Aide à la lecture des images satellites en temps de crise",
        4,
        "Évaluer en quelques heures les bâtiments touchés par une inondation pour orienter les secours.",
        "Les cartes de dégâts parviennent aux préfectures deux jours après l’événement.",
    ),
    (
        "Recherche sémantique dans les archives notariales",
        0,
        "Rendre interrogeables les minutes numérisées du dix-neuvième siècle par reconnaissance d’écriture.",
        "Les lecteurs consultent les registres page à page, sur place.",
    ),
    (
        "Prévention des impayés de cotisations",
        3,
        "Proposer un échéancier aux entreprises fragiles avant le premier incident de paiement.",
        "Le recouvrement intervient en moyenne sept mois après les premiers signes de difficulté.",
    ),
    (
        "Appariement des offres d’emploi et des compétences",
        1,
        "Rapprocher les offres et les profils à partir des compétences décrites plutôt que des intitulés de poste.",
        "La moitié des offres reçoivent des candidatures sans rapport avec le besoin.",
    ),
    (
        "Surveillance de la radioactivité de l’environnement",
        2,
        "Distinguer les anomalies réelles des variations naturelles dans les mesures des balises.",
        "Neuf alertes sur dix sont levées après vérification par un ingénieur d’astreinte.",
    ),
];

/// Last names of made-up people.
pub const NOMS: [&str; 18] = [
    "Lefranc",
    "Ménard",
    "Ouédraogo",
    "Da Silva",
    "Kerbrat",
    "Nguyen",
    "Benali",
    "Rousselot",
    "Girardin",
    "Haddad",
    "Marchetti",
    "Le Goff",
    "Petitjean",
    "Traoré",
    "Schneider",
    "Vasseur",
    "Fontanel",
    "Diallo",
];

/// First names of made-up people.
pub const PRENOMS: [&str; 16] = [
    "Camille", "Élodie", "Mathieu", "Fatou", "Yann", "Claire", "Idriss", "Sophie", "Antoine", "Leïla",
    "Hugo", "Anaïs", "Thomas", "Mélanie", "Karim", "Jeanne",
];

/// Roles in a team.
pub const ROLES: [&str; 5] = [
    "Cheffe de projet",
    "Référent métier",
    "Scientifique des données",
    "Correspondant informatique",
    "Juriste",
];

/// Names of data sets.
pub const JEUX_DE_DONNEES: [&str; 7] = [
    "Signalements reçus depuis 2014",
    "Registre des visites",
    "Photographies aériennes",
    "Courriels anonymisés",
    "Base des décisions",
    "Mesures horaires des capteurs",
    "Fichier national des établissements",
];

/// A text without accents, in lower case, fit for the left of an address.
pub fn plain(name: &str) -> String {
    name.chars()
        .filter_map(|letter| match letter {
            'é' | 'è' | 'ê' | 'ë' | 'É' => Some('e'),
            'à' | 'â' => Some('a'),
            'ï' | 'î' => Some('i'),
            'ô' => Some('o'),
            'ç' => Some('c'),
            ' ' | '’' | '\'' => Some('-'),
            other if other.is_ascii_alphanumeric() || other == '-' => Some(other.to_ascii_lowercase()),
            _ => None,
        })
        .collect()
}
