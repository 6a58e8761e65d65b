//! The world that demonstrations and tests begin with: the second call for applications to
//! artificial intelligence projects, spring 2019, and two démarches beside it.
//!
//! Invariants: the same options give the same world, dossier by dossier, whatever is read first; a
//! dossier of the call is made from its index alone, so a hundred thousand of them cost no more than
//! their headers until somebody touches them. People are made up; public bodies are public.

mod answers;
mod applicants;
mod beside;

mod form;
mod history;
mod places;
mod projects;
mod timetable;

use std::sync::Arc;

use jiff::Timestamp;

use crate::chance::{Chance, Purpose};
use crate::clock::paris_instant;
use crate::world::World;
use crate::world::demarche::{
    Demarche, DemarcheState, GroupeInstructeur, Instructeur, Label, Revision, Service,
};
use crate::world::dossier::{DeletedDossier, DeletionReason, Dossier, DossierState, Mandataire, Usager};
use crate::world::shelf::{Header, Origin};
use applicants::Oddity;
use timetable::{Calendar, Timetable};

pub(crate) use answers::named_fichier;
pub(crate) use applicants::company;
pub(crate) use form::{next_revision, stable};
pub(crate) use history::PLATFORM_EMAIL;

/// Number of the seeded call.
pub const DEMARCHE_NUMBER: u64 = 12_345;
/// Number of a small démarche whose applicants are persons.
pub const INDIVIDUALS_NUMBER: u64 = 12_346;
/// Number of a démarche that the token may not see.
pub const OUT_OF_SCOPE_NUMBER: u64 = 12_347;

/// First number of the call's dossiers.
const FIRST_NUMBER: u64 = 382_001;

/// How the seeded world is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SeedOptions {
    /// Everything follows from it.
    pub seed: u64,
    /// Dossiers of the call that the API shows; a few more are on their way out.
    pub dossiers: u64,
    /// Whether to seed dossiers on their way out, dossiers gone, and the two démarches beside.
    pub surroundings: bool,
}

impl Default for SeedOptions {
    fn default() -> Self {
        Self { seed: 1, dossiers: 60, surroundings: true }
    }
}

impl World {
    /// The seeded world, in real time. Its last event is on 12 June 2019: set the clock there to live on
    /// in that spring.
    pub fn seeded(options: SeedOptions) -> Self {
        let mut world = Self::new();
        let call = Arc::new(SeededCall::new(options));
        world.insert_demarche(call.demarche());
        let leaving = if options.surroundings { options.dossiers / 40 + 4 } else { 0 };
        let origin: Arc<dyn Origin> = call.clone();
        for index in 0..options.dossiers + leaving {
            let header = call.header(index);
            world.shelf_mut().insert_untouched(FIRST_NUMBER + index, header, &origin, index);
        }
        world.set_origin(DEMARCHE_NUMBER, origin);
        if options.surroundings {
            for deletion in call.gone() {
                world.shelf_mut().record_deletion(deletion);
            }
            beside::add(&mut world, options.seed);
        }
        world
    }

    /// The day the seeded world was pictured: nothing in it is later.
    pub fn seeded_as_of() -> Timestamp {
        Calendar::new().as_of
    }
}

/// Makes the call's dossiers.
struct SeededCall {
    options: SeedOptions,
    calendar: Calendar,
    revisions: Vec<Arc<Revision>>,
    groupes: Vec<GroupeInstructeur>,
}

impl SeededCall {
    fn new(options: SeedOptions) -> Self {
        Self { options, calendar: Calendar::new(), revisions: form::revisions(), groupes: groupes() }
    }

    fn demarche(&self) -> Demarche {
        Demarche {
            number: DEMARCHE_NUMBER,
            title: "Appel à manifestation d’intérêt « Intelligence artificielle » (2e édition)".to_owned(),
            description: "Expérimenter l’intelligence artificielle dans les administrations : accompagnement \
                          technique et scientifique de projets portés par des services de l’État, des hôpitaux et \
                          des opérateurs nationaux."
                .to_owned(),
            state: DemarcheState::Close,
            declarative: None,
            date_creation: paris_instant("2018-06-01T10:00:00"),
            date_publication: Some(paris_instant("2018-06-13T18:00:00")),
            date_derniere_modification: paris_instant("2019-06-01T00:01:04"),
            date_depublication: None,
            date_fermeture: Some(paris_instant("2019-06-01T00:01:04")),
            duree_conservation_dossiers: 36,
            opendata: true,
            demarche_url: Some("https://demarche.numerique.example/commencer/ami-ia-2".to_owned()),
            service: Some(Service {
                id: 912,
                nom: "Lab IA".to_owned(),
                organisme: "Direction interministérielle du numérique".to_owned(),
                siret: Some("13002526500013".to_owned()),
                type_organisme: "administration_centrale",
            }),
            labels: vec![
                Label { id: 601, name: "À auditionner".to_owned(), color: "green_menthe" },
                Label { id: 602, name: "Données sensibles".to_owned(), color: "pink_macaron" },
                Label { id: 603, name: "Éligibilité à vérifier".to_owned(), color: "yellow_tournesol" },
            ],
            groupes_instructeurs: self.groupes.clone(),
            revisions: self.revisions.clone(),
            for_individual: false,
            in_token_scope: true,
            discarded: false,
        }
    }

    fn table(&self, index: u64) -> Timetable {
        timetable::timetable(&self.calendar, self.options.seed, index, self.options.dossiers)
    }

    fn header(&self, index: u64) -> Header {
        let table = self.table(index);
        let hidden_by_user = table.state == DossierState::EnConstruction && table.hidden_by_user_at.is_some();
        let hidden = table.hidden_by_administration_at.or(table.hidden_by_expired_at);
        Header {
            demarche_number: DEMARCHE_NUMBER,
            revision_id: table.revision_id,
            state: table.state,
            archived: table.archived,
            depose_at: table.depose_at,
            updated_at: table.updated_at(),
            visible: hidden.is_none() && !hidden_by_user,
            pending_deletion_at: table.hidden_by_user_at.or(table.hidden_by_administration_at),
        }
    }

    /// Dossiers that were deleted for good before the picture; one row has the id of a live dossier.
    fn gone(&self) -> Vec<DeletedDossier> {
        let row = |row_id: u64, rank: u64, reason, deleted_at: &str| DeletedDossier {
            row_id,
            number: FIRST_NUMBER - 20 + rank,
            demarche_number: DEMARCHE_NUMBER,
            state: if rank == 0 { DossierState::Refuse } else { DossierState::EnConstruction },
            reason,
            deleted_at: paris_instant(deleted_at),
        };
        vec![
            row(80_114, 0, DeletionReason::Expired, "2019-02-11T02:00:13.418222"),
            row(80_377, 1, DeletionReason::UserRemoved, "2019-04-18T15:21:47.000512"),
            row(
                FIRST_NUMBER + self.options.dossiers,
                2,
                DeletionReason::UserRequest,
                "2019-05-20T11:08:02.731900",
            ),
        ]
    }
}

fn groupes() -> Vec<GroupeInstructeur> {
    let instructeur = |id: u64, name: &str| Instructeur { id, email: format!("{name}@numerique.example") };
    vec![
        GroupeInstructeur {
            number: 20_411,
            label: "Jury technique".to_owned(),
            instructeurs: vec![instructeur(3_301, "a.kerbrat"), instructeur(3_302, "l.haddad")],
            closed: false,
        },
        GroupeInstructeur {
            number: 20_412,
            label: "Jury scientifique".to_owned(),
            instructeurs: vec![instructeur(3_303, "m.fontanel"), instructeur(3_304, "s.benali")],
            closed: false,
        },
    ]
}

impl Origin for SeededCall {
    fn dossier(&self, index: u64) -> Dossier {
        let table = self.table(index);
        let chance = &mut Chance::new(self.options.seed, index, Purpose::Content);
        let number = FIRST_NUMBER + index;
        let body = applicants::body(index, chance);
        let town = places::Town::at(chance.below(10));
        let porteur = (chance.word(&projects::PRENOMS), chance.word(&projects::NOMS));
        let fallback = ("Projet", 0, "", "");
        let subject = answers::Subject {
            number,
            submitted_at: table.submitted_at(),
            body: &body,
            town,
            project: chance.pick(&projects::PROJECTS).unwrap_or(fallback),
            porteur,
        };
        let revision = self.revisions.iter().find(|revision| revision.id == table.revision_id);
        let (questions, notes) =
            revision.map_or((&[][..], &[][..]), |revision| (&revision.champs[..], &revision.annotations[..]));
        let champs = answers::answers(questions, &subject, chance);
        let annotations = annotations(notes, &table, &subject, chance);
        let groupe = chance.below(2);
        let (groupe_number, instructeur) = self.instructeur(groupe, chance);
        let usager_email =
            format!("{}.{}@{}", projects::plain(porteur.0), projects::plain(porteur.1), body.domain);
        let story =
            history::Story { number, table: &table, instructeur: &instructeur, usager_email: &usager_email };
        Dossier {
            number,
            demarche_number: DEMARCHE_NUMBER,
            revision_id: table.revision_id,
            state: table.state,
            archived: table.archived,
            prefilled: number.is_multiple_of(9),
            depose_at: table.depose_at,
            en_construction_at: table.depose_at,
            en_instruction_at: table.en_instruction_at,
            processed_at: table.processed_at,
            updated_at: table.updated_at(),
            last_champ_updated_at: table.submitted_at(),
            last_annotation_updated_at: table.annotated_at.unwrap_or(table.depose_at),
            expired_at: expiry(&table),
            hidden_by_user_at: table.hidden_by_user_at,
            hidden_by_administration_at: table.hidden_by_administration_at,
            hidden_by_expired_at: table.hidden_by_expired_at,
            hidden_by_reason: table.hidden_by_reason,
            sva_svr_decision_on: None,
            sva_svr_decision_triggered_at: None,
            traitements: story.traitements(),
            messages: story.messages(chance),
            avis: story.avis(chance),
            attestation: story.attestation(chance),
            motivation: story.motivation().map(str::to_owned),
            motivation_attachment: None,
            demandeur: applicants::demandeur(&body, Oddity::of(index), 6_000_000 + index, town),
            mandataire: chance
                .percent(4)
                .then(|| Mandataire { prenom: "Paul".to_owned(), nom: "Garnier-Conseil".to_owned() }),
            groupe_instructeur_number: groupe_number,
            instructeurs: if table.state == DossierState::EnConstruction {
                vec![]
            } else {
                vec![instructeur.id]
            },
            labels: if chance.percent(20) { vec![601 + chance.below(3)] } else { vec![] },
            usager: Usager {
                id: (!chance.percent(2)).then_some(900_000 + index),
                email: usager_email,
                france_connect: chance.percent(25),
            },
            champs,
            annotations,
            buffer: Vec::new(),
        }
    }
}

impl SeededCall {
    fn instructeur(&self, groupe: u64, chance: &mut Chance) -> (u64, Instructeur) {
        let rank = usize::try_from(groupe).unwrap_or(0);
        let found = self.groupes.get(rank).map(|groupe| (groupe.number, &groupe.instructeurs));
        let member = usize::try_from(chance.below(2)).unwrap_or(0);
        let nobody = || Instructeur { id: 0, email: PLATFORM_EMAIL.to_owned() };
        match found {
            Some((number, members)) => (number, members.get(member).cloned().unwrap_or_else(nobody)),
            None => (0, nobody()),
        }
    }
}

/// Annotations are empty until an instructeur has written them.
fn annotations(
    notes: &[crate::world::demarche::ChampDescriptor],
    table: &Timetable,
    subject: &answers::Subject<'_>,
    chance: &mut Chance,
) -> Vec<crate::world::champ::Champ> {
    use crate::world::champ::ChampValue;
    let mut annotations = answers::answers(notes, subject, chance);
    for annotation in &mut annotations {
        match (table.annotated_at, &mut annotation.value) {
            (Some(at), ChampValue::DecimalNumber(note)) => {
                *note = note.map(|note| (note * 10.0 % 200.0).round() / 10.0);
                annotation.updated_at = at;
            }
            (Some(at), _) => annotation.updated_at = at,
            (None, ChampValue::DecimalNumber(note)) => *note = None,
            (None, ChampValue::Text(text) | ChampValue::DropDownList(text)) => *text = None,
            (None, ChampValue::Date(day)) => *day = None,
            (None, _) => {}
        }
        if table.annotated_at.is_none() {
            annotation.updated_at = table.depose_at;
        }
    }
    annotations
}

/// A decided dossier is kept for 36 months.
fn expiry(table: &Timetable) -> Option<Timestamp> {
    let decided = table.processed_at?;
    decided.saturating_add(jiff::SignedDuration::from_hours(24 * 1_095)).ok()
}
