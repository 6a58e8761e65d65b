//! A dossier: one application, everything that the API gives of it at one reading.
//!
//! Instants are UTC and whole seconds, as the API truncates them. The instant that counts for a
//! deadline is [`DossierDates::depot`]: it never changes after the first deposit.

use jiff::Timestamp;
use jiff::civil::Date;

use super::champ::{Champ, ChampKind, ChampValue, Fichier};
use super::demandeur::Demandeur;
use super::demarche::{GroupeInstructeur, Label};
use super::ids::{DemarcheNumber, DossierNumber, RevisionId};
use super::open_enum::open_enum;

open_enum! {
    /// Where a dossier stands. Drafts are never shown by the API.
    DossierState {
        /// Deposited; the usager may still edit it.
        EnConstruction = "en_construction",
        /// Being examined.
        EnInstruction = "en_instruction",
        /// Accepted.
        Accepte = "accepte",
        /// Refused.
        Refuse = "refuse",
        /// Closed without follow-up.
        SansSuite = "sans_suite",
    }
}

impl DossierState {
    /// Whether a decision was taken.
    #[must_use]
    pub const fn is_decided(&self) -> bool {
        matches!(self, Self::Accepte | Self::Refuse | Self::SansSuite)
    }
}

open_enum! {
    /// How the usager signs in.
    ConnectionUsager {
        /// With FranceConnect.
        FranceConnect = "france_connect",
        /// With a password.
        Password = "password",
        /// The account no longer exists.
        Deleted = "deleted",
    }
}

open_enum! {
    /// What happened to a dossier.
    TraitementEvent {
        /// Deposited.
        Depose = "depose",
        /// Deposited again, answering a correction.
        DeposeCorrectionUsager = "depose_correction_usager",
        /// Deposited again by an instructeur.
        DeposeCorrectionInstructeur = "depose_correction_instructeur",
        /// Taken for examination.
        PasseEnInstruction = "passe_en_instruction",
        /// Taken for examination by the platform.
        PasseEnInstructionAutomatiquement = "passe_en_instruction_automatiquement",
        /// Accepted.
        Accepte = "accepte",
        /// Accepted by the platform.
        AccepteAutomatiquement = "accepte_automatiquement",
        /// Refused.
        Refuse = "refuse",
        /// Refused by the platform.
        RefuseAutomatiquement = "refuse_automatiquement",
        /// Closed without follow-up.
        ClasseSansSuite = "classe_sans_suite",
        /// Sent back to the usager.
        RepasseEnConstruction = "repasse_en_construction",
        /// Sent back to examination.
        RepasseEnInstruction = "repasse_en_instruction",
    }
}

open_enum! {
    /// Why a correction is asked.
    CorrectionReason {
        /// Something is wrong.
        Incorrect = "incorrect",
        /// Something is missing.
        Incomplete = "incomplete",
        /// Something is out of date.
        Outdated = "outdated",
    }
}

/// One application at one reading.
#[derive(Debug, Clone, PartialEq)]
pub struct Dossier {
    /// Its number: the key, alive or deleted.
    pub number: DossierNumber,
    /// Its opaque identifier.
    pub id: String,
    /// The démarche it belongs to.
    pub demarche_number: DemarcheNumber,
    /// The revision of the form that it follows.
    pub revision_id: RevisionId,
    /// Where it stands.
    pub state: DossierState,
    /// Whether the administration archived it; only a flag.
    pub archived: bool,
    /// Whether a prefill link began it.
    pub prefilled: bool,
    /// How the usager signs in.
    pub connection_usager: ConnectionUsager,
    /// Its instants.
    pub dates: DossierDates,
    /// Why it was decided so.
    pub motivation: Option<String>,
    /// File that goes with the motivation.
    pub motivation_attachment: Option<Fichier>,
    /// The certificate made at the decision, minutes later.
    pub attestation: Option<Fichier>,
    /// The account that holds it.
    pub usager: Profile,
    /// Who applies.
    pub demandeur: Demandeur,
    /// Who filed it in the applicant's name.
    pub mandataire: Mandataire,
    /// The group in charge; its members are known through the démarche.
    pub groupe_instructeur: GroupeInstructeur,
    /// Instructeurs who follow it.
    pub instructeurs: Vec<Profile>,
    /// Labels put on it.
    pub labels: Vec<Label>,
    /// The usager's answers, in the form's order.
    pub champs: Vec<Champ>,
    /// The instructeurs' answers, in order.
    pub annotations: Vec<Champ>,
    /// What happened to it, oldest first.
    pub traitements: Vec<Traitement>,
    /// Exchanges, oldest first.
    pub messages: Vec<Message>,
    /// Opinions asked of experts.
    pub avis: Vec<Avis>,
}

/// The instants of a dossier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DossierDates {
    /// First deposit; never changes.
    pub depot: Timestamp,
    /// Last entry into construction; overwritten when the dossier is sent back.
    pub passage_en_construction: Timestamp,
    /// Entry into examination.
    pub passage_en_instruction: Option<Timestamp>,
    /// Last decision.
    pub traitement: Option<Timestamp>,
    /// Last change of any sort that the platform dates.
    pub derniere_modification: Timestamp,
    /// Last deposit of answers by the usager.
    pub derniere_modification_champs: Timestamp,
    /// Last change of annotations in the platform's own pages.
    pub derniere_modification_annotations: Timestamp,
    /// When the usager deleted it, a decided dossier staying visible.
    pub suppression_par_usager: Option<Timestamp>,
    /// When the administration deleted it.
    pub suppression_par_administration: Option<Timestamp>,
    /// When the platform will let it go.
    pub expiration: Option<Timestamp>,
    /// When the correction that still waits was asked.
    pub derniere_correction_en_attente: Option<Timestamp>,
    /// Day on which silence will decide.
    pub previsionnelle_decision_sva_svr: Option<Date>,
    /// When silence decided.
    pub traitement_sva_svr: Option<Timestamp>,
}

/// Someone known by an e-mail address.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Profile {
    /// Opaque identifier; `<deleted>` once the account is gone.
    pub id: String,
    /// E-mail address.
    pub email: String,
}

/// Who filed in somebody else's name.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Mandataire {
    /// Whether a third party filed; absent when the platform does not say.
    pub depose_par_un_tiers: Option<bool>,
    /// First name.
    pub prenom: Option<String>,
    /// Family name.
    pub nom: Option<String>,
}

/// One event in a dossier's life.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Traitement {
    /// Identifier.
    pub id: String,
    /// What happened.
    pub event: TraitementEvent,
    /// When.
    pub date_traitement: Timestamp,
    /// The agent's address; none when the platform acted by itself.
    pub email_agent_traitant: Option<String>,
    /// Why.
    pub motivation: Option<String>,
    /// Revision in force.
    pub revision_id: Option<RevisionId>,
}

/// A request for correction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Correction {
    /// Why.
    pub reason: CorrectionReason,
    /// When it was answered.
    pub date_resolution: Option<Timestamp>,
}

/// One message, automatic e-mails included.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Identifier.
    pub id: String,
    /// Sender.
    pub email: String,
    /// HTML; empty once discarded.
    pub body: String,
    /// When it was sent.
    pub created_at: Timestamp,
    /// When it was discarded.
    pub discarded_at: Option<Timestamp>,
    /// Files with it.
    pub attachments: Vec<Fichier>,
    /// The correction that it asks for.
    pub correction: Option<Correction>,
}

/// An opinion asked of an expert.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Avis {
    /// Identifier.
    pub id: String,
    /// The question.
    pub question: String,
    /// The answer; tells alone whether there is one.
    pub reponse: Option<String>,
    /// Wording of a closed question.
    pub question_label: Option<String>,
    /// Its answer.
    pub question_answer: Option<bool>,
    /// When it was asked.
    pub date_question: Timestamp,
    /// Set by the platform even when unanswered.
    pub date_reponse: Option<Timestamp>,
    /// Who asked.
    pub claimant: Option<Profile>,
    /// Who was asked.
    pub expert: Option<Profile>,
    /// Files with it.
    pub attachments: Vec<Fichier>,
}

impl Dossier {
    /// Every answer with its kind and, inside a repetition, the repetition's champ and the row: in the
    /// form's order, each repetition followed by its rows.
    pub fn all_champs(&self) -> impl Iterator<Item = PlacedChamp<'_>> {
        [(ChampKind::Champ, &self.champs), (ChampKind::Annotation, &self.annotations)].into_iter().flat_map(
            |(kind, champs)| {
                champs.iter().flat_map(move |champ| {
                    std::iter::once(PlacedChamp { kind, champ, parent: None, row: None })
                        .chain(rows_of(kind, champ))
                })
            },
        )
    }
}

/// An answer and where it stands.
#[derive(Debug, Clone, Copy)]
pub struct PlacedChamp<'a> {
    /// Who answers.
    pub kind: ChampKind,
    /// The answer.
    pub champ: &'a Champ,
    /// The repetition that holds it.
    pub parent: Option<&'a Champ>,
    /// Identifier of the row that holds it.
    pub row: Option<&'a str>,
}

fn rows_of(kind: ChampKind, parent: &Champ) -> impl Iterator<Item = PlacedChamp<'_>> {
    let rows = match &parent.value {
        ChampValue::Repetition(rows) => rows.as_slice(),
        _ => &[],
    };
    rows.iter().flat_map(move |row| {
        row.champs.iter().map(move |champ| PlacedChamp {
            kind,
            champ,
            parent: Some(parent),
            row: Some(row.id.as_str()),
        })
    })
}
