//! A dossier as the platform keeps it, with all that hangs on it.
//!
//! Instants are in microseconds, as in the platform's database; what leaves by the API is cut to the
//! second. `updated_at` is moved by the acts of the world and by nothing else. What the usager is
//! still editing waits in `buffer`, where the API shows none of it.
#![expect(missing_docs, reason = "fields and variants carry the API's own names")]

use jiff::{Timestamp, civil::Date};

use super::champ::{Champ, ChampValue};
use super::demandeur::Demandeur;

#[derive(Debug, Clone, PartialEq)]
pub struct Dossier {
    pub number: u64,
    pub demarche_number: u64,
    pub revision_id: u64,
    pub state: DossierState,
    pub archived: bool,
    pub prefilled: bool,
    pub depose_at: Timestamp,
    pub en_construction_at: Timestamp,
    pub en_instruction_at: Option<Timestamp>,
    pub processed_at: Option<Timestamp>,
    pub updated_at: Timestamp,
    pub last_champ_updated_at: Timestamp,
    pub last_annotation_updated_at: Timestamp,
    pub expired_at: Option<Timestamp>,
    pub hidden_by_user_at: Option<Timestamp>,
    pub hidden_by_administration_at: Option<Timestamp>,
    pub hidden_by_expired_at: Option<Timestamp>,
    pub hidden_by_reason: Option<DeletionReason>,
    pub sva_svr_decision_on: Option<Date>,
    pub sva_svr_decision_triggered_at: Option<Timestamp>,
    pub usager: Usager,
    pub demandeur: Demandeur,
    pub mandataire: Option<Mandataire>,
    pub groupe_instructeur_number: u64,
    /// The instructeurs who follow the dossier, by id.
    pub instructeurs: Vec<u64>,
    /// Ids of the démarche's labels.
    pub labels: Vec<u64>,
    pub motivation: Option<String>,
    pub motivation_attachment: Option<Fichier>,
    pub attestation: Option<Fichier>,
    pub champs: Vec<Champ>,
    pub annotations: Vec<Champ>,
    pub traitements: Vec<Traitement>,
    pub messages: Vec<Message>,
    pub avis: Vec<Avis>,
    /// Answers being edited, by stable id: invisible until the usager submits again.
    pub buffer: Vec<(u64, ChampValue)>,
}

impl Dossier {
    /// Whether the API's lists and `dossier(number:)` show it.
    pub fn is_visible(&self) -> bool {
        self.hidden_by_administration_at.is_none()
            && self.hidden_by_expired_at.is_none()
            && !(self.state == DossierState::EnConstruction && self.hidden_by_user_at.is_some())
    }

    /// The instant that sorts it among `pendingDeletedDossiers`, when it stands there.
    pub fn pending_deletion_at(&self) -> Option<Timestamp> {
        if self.state == DossierState::EnConstruction {
            self.hidden_by_user_at.or(self.hidden_by_administration_at)
        } else {
            self.hidden_by_administration_at
        }
    }

    /// When the oldest correction that is still awaited was asked.
    pub fn pending_correction_at(&self) -> Option<Timestamp> {
        self.messages.iter().rev().find_map(|message| {
            let correction = message.correction.as_ref()?;
            correction.date_resolution.is_none().then_some(message.created_at)
        })
    }

    pub fn champ(&self, stable_id: u64) -> Option<&Champ> {
        self.champs.iter().chain(&self.annotations).find(|champ| champ.stable_id == stable_id)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DossierState {
    EnConstruction,
    EnInstruction,
    Accepte,
    Refuse,
    SansSuite,
}

impl DossierState {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::EnConstruction => "en_construction",
            Self::EnInstruction => "en_instruction",
            Self::Accepte => "accepte",
            Self::Refuse => "refuse",
            Self::SansSuite => "sans_suite",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        [Self::EnConstruction, Self::EnInstruction, Self::Accepte, Self::Refuse, Self::SansSuite]
            .into_iter()
            .find(|state| state.as_str() == text)
    }

    pub fn is_termine(self) -> bool {
        matches!(self, Self::Accepte | Self::Refuse | Self::SansSuite)
    }
}

#[derive(Debug, Clone, PartialEq)]
pub struct Usager {
    /// None once the account is deleted; the e-mail is then the address it had.
    pub id: Option<u64>,
    pub email: String,
    pub france_connect: bool,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Mandataire {
    pub prenom: String,
    pub nom: String,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Traitement {
    pub id: u64,
    pub event: TraitementEvent,
    pub processed_at: Timestamp,
    pub instructeur_email: Option<String>,
    pub motivation: Option<String>,
    pub revision_id: Option<u64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TraitementEvent {
    Depose,
    DeposeCorrectionUsager,
    DeposeCorrectionInstructeur,
    PasseEnInstruction,
    PasseEnInstructionAutomatiquement,
    Accepte,
    AccepteAutomatiquement,
    Refuse,
    RefuseAutomatiquement,
    ClasseSansSuite,
    RepasseEnConstruction,
    RepasseEnInstruction,
}

impl TraitementEvent {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Depose => "depose",
            Self::DeposeCorrectionUsager => "depose_correction_usager",
            Self::DeposeCorrectionInstructeur => "depose_correction_instructeur",
            Self::PasseEnInstruction => "passe_en_instruction",
            Self::PasseEnInstructionAutomatiquement => "passe_en_instruction_automatiquement",
            Self::Accepte => "accepte",
            Self::AccepteAutomatiquement => "accepte_automatiquement",
            Self::Refuse => "refuse",
            Self::RefuseAutomatiquement => "refuse_automatiquement",
            Self::ClasseSansSuite => "classe_sans_suite",
            Self::RepasseEnConstruction => "repasse_en_construction",
            Self::RepasseEnInstruction => "repasse_en_instruction",
        }
    }
}

#[derive(Debug, Clone, PartialEq)]
pub struct Message {
    pub id: u64,
    pub email: String,
    pub body: String,
    pub created_at: Timestamp,
    pub discarded_at: Option<Timestamp>,
    pub attachments: Vec<Fichier>,
    pub correction: Option<Correction>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Correction {
    pub reason: CorrectionReason,
    pub date_resolution: Option<Timestamp>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CorrectionReason {
    Incorrect,
    Incomplete,
    Outdated,
}

impl CorrectionReason {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Incorrect => "incorrect",
            Self::Incomplete => "incomplete",
            Self::Outdated => "outdated",
        }
    }
}

#[derive(Debug, Clone, PartialEq)]
pub struct Avis {
    pub id: u64,
    pub claimant: Option<Person>,
    pub expert: Option<Person>,
    pub question: String,
    pub question_label: Option<String>,
    pub question_answer: Option<bool>,
    pub reponse: Option<String>,
    pub date_question: Timestamp,
    /// The row's last change: the API shows it as `dateReponse` even without an answer.
    pub updated_at: Timestamp,
    pub attachments: Vec<Fichier>,
}

/// An instructeur or an expert, as an avis names them.
#[derive(Debug, Clone, PartialEq)]
pub struct Person {
    pub id: u64,
    pub email: String,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Fichier {
    pub filename: String,
    pub content_type: String,
    pub byte_size: i64,
    /// MD5, in base64.
    pub checksum: String,
    pub created_at: Timestamp,
    pub virus_scan_result: ScanResult,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ScanResult {
    Pending,
    Safe,
    Infected,
    IntegrityError,
}

impl ScanResult {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Safe => "safe",
            Self::Infected => "infected",
            Self::IntegrityError => "integrity_error",
        }
    }
}

/// A dossier that is gone, as `deletedDossiers` remembers it.
#[derive(Debug, Clone, PartialEq)]
pub struct DeletedDossier {
    /// The row's own id: it shares its name space with dossier ids and may equal one of them.
    pub row_id: u64,
    pub number: u64,
    pub demarche_number: u64,
    pub state: DossierState,
    pub reason: DeletionReason,
    pub deleted_at: Timestamp,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeletionReason {
    UserRequest,
    ManagerRequest,
    UserRemoved,
    ProcedureRemoved,
    Expired,
    InstructeurRequest,
    UserExpired,
}

impl DeletionReason {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::UserRequest => "user_request",
            Self::ManagerRequest => "manager_request",
            Self::UserRemoved => "user_removed",
            Self::ProcedureRemoved => "procedure_removed",
            Self::Expired => "expired",
            Self::InstructeurRequest => "instructeur_request",
            Self::UserExpired => "user_expired",
        }
    }
}
