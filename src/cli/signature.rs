//! What people write is signed: who, and why. Shared by the commands that write beside the mirror.
//!
//! They work while the service runs: their transaction is short, and takes no lock on the mirror.

use super::exit::Misuse;
use super::session::Session;
use crate::clock::{Clock as _, SystemClock};
use crate::config::{CallConfig, Config};
use crate::domain::DossierNumber;
use crate::engine::{Signed, Writing, Written, write_beside};
use crate::store::Store;

/// Who writes, and why.
#[derive(Debug, clap::Args)]
pub struct Signature {
    /// Qui décide
    #[arg(long, value_name = "QUI")]
    by: String,
    /// Pourquoi
    #[arg(long, value_name = "TEXTE", required_unless_present = "withdraw")]
    reason: Option<String>,
}

/// A signature that says something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signer {
    /// Who.
    pub by: String,
    /// Why.
    pub reason: String,
}

/// Checks a signature. Only a withdrawal may go without a reason.
///
/// # Errors
/// When it is empty.
pub fn sign(signature: &Signature, withdraw: bool) -> anyhow::Result<Signer> {
    let by = one_line(&signature.by);
    let reason = one_line(signature.reason.as_deref().unwrap_or_default());
    if by.is_empty() {
        return Err(Misuse("--by est vide : dites qui décide".to_owned()).into());
    }
    if reason.is_empty() && !withdraw {
        return Err(Misuse("--reason est vide : dites pourquoi".to_owned()).into());
    }
    Ok(Signer { by, reason })
}

/// On one line, without what a terminal would obey, nor a last dot: it stands inside sentences.
pub fn one_line(text: &str) -> String {
    let clean: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    clean.trim().trim_end_matches('.').trim_end().to_owned()
}

/// The call of a dossier of the mirror.
///
/// # Errors
/// When the dossier is not in the mirror, or of no configured call.
pub fn call_of(config: &Config, number: DossierNumber) -> anyhow::Result<&CallConfig> {
    let (kept, _) = super::show::find(&Session::reader(config)?, number)?;
    config.calls.iter().find(|call| call.demarche == kept.demarche).ok_or_else(|| {
        let message =
            format!("le dossier {number} est de la démarche {}, qui n’est pas configurée", kept.demarche);
        Misuse(message).into()
    })
}

/// Writes beside a dossier. `None` if there was nothing to withdraw.
///
/// # Errors
/// When the dossier is not in the mirror, or the mirror cannot be written.
pub fn write(
    config: &Config,
    number: DossierNumber,
    (writing, signer): (Writing, &Signer),
) -> anyhow::Result<Option<Written>> {
    let call = call_of(config, number)?;
    let mut store = Store::open_beside(&config.store.path)?;
    let signed = Signed { by: &signer.by, reason: &signer.reason };
    Ok(write_beside(&mut store, SystemClock.now(), (call, &config.plan()), number, (writing, signed))?)
}
