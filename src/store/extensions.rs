//! Extensions of the deadline granted to one dossier, with who granted them and why.
//!
//! Invariants: one at most is in force; none is erased, it is withdrawn; a pass over the call writes none.

use jiff::Timestamp;
use jiff::civil::DateTime;
use rusqlite::named_params;

use super::lookups::required_instant;
use super::withdrawal::{self, Withdrawable, Withdrawal};
use super::{Reader, StoreError, Tx};
use crate::domain::DossierNumber;

/// An extension to record.
#[derive(Debug, Clone, Copy)]
pub struct NewExtension<'a> {
    /// The dossier.
    pub number: DossierNumber,
    /// Local time of the call; its whole minute is on time.
    pub until: DateTime,
    /// Who grants it.
    pub by: &'a str,
    /// Why.
    pub reason: &'a str,
}

/// An extension as kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExtensionLine {
    /// Local time of the call, as granted.
    pub until: String,
    /// Who granted it.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// Why.
    pub reason: String,
    /// When it was withdrawn, by whom and why.
    pub withdrawn: Option<Withdrawal>,
}

impl Tx<'_> {
    /// Grants an extension; the one in force, if any, gives way to it.
    ///
    /// # Errors
    /// When the mirror cannot be written.
    pub fn extend(&self, extension: &NewExtension<'_>) -> Result<(), StoreError> {
        self.withdraw_extension(extension.number, extension.by, "remplacée par une autre prolongation")?;
        self.transaction
            .prepare_cached(
                "INSERT INTO deadline_extensions (dossier_number, until_local, granted_by, granted_at, reason)
                 VALUES (:number, :until, :by, :now, :reason)",
            )?
            .execute(named_params! {
                ":number": extension.number.0,
                ":until": extension.until.strftime("%Y-%m-%dT%H:%M").to_string(),
                ":by": extension.by,
                ":now": self.now.to_string(),
                ":reason": extension.reason,
            })?;
        Ok(())
    }

    /// Withdraws the extension in force. `false` if there is none.
    ///
    /// # Errors
    /// When the mirror cannot be written.
    pub fn withdraw_extension(
        &self,
        number: DossierNumber,
        by: &str,
        reason: &str,
    ) -> Result<bool, StoreError> {
        self.withdraw(Withdrawable::Extension, number, by, reason)
    }
}

impl Reader {
    /// Every extension granted to a dossier, oldest first.
    ///
    /// # Errors
    /// When the mirror cannot be read.
    pub fn list_extensions(&self, number: DossierNumber) -> Result<Vec<ExtensionLine>, StoreError> {
        let mut statement = self.connection.prepare_cached(
            "SELECT until_local, granted_by, granted_at, reason, withdrawn_at, withdrawn_by,
                withdrawn_reason
             FROM deadline_extensions WHERE dossier_number = ?1 ORDER BY id",
        )?;
        let rows = statement.query_map([number.0], |row| {
            Ok(ExtensionLine {
                until: row.get(0)?,
                by: row.get(1)?,
                at: required_instant(row, 2)?,
                reason: row.get(3)?,
                withdrawn: withdrawal::read(row, 4)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}
