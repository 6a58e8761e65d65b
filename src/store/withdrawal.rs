//! The withdrawal of what a person wrote down: decisions and extensions are never erased, and keep it alike.

use jiff::Timestamp;
use rusqlite::Row;

use super::lookups::instant;
use super::{StoreError, Tx};
use crate::domain::DossierNumber;

/// Who withdrew something, when and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Withdrawal {
    /// When.
    pub at: Timestamp,
    /// Who.
    pub by: String,
    /// Why; empty when nothing was told.
    pub reason: String,
}

/// What is written down, and withdrawn rather than erased.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Withdrawable {
    Decision,
    Extension,
}

/// The withdrawal of a row, from the first of its three columns.
pub(super) fn read(row: &Row<'_>, first: usize) -> rusqlite::Result<Option<Withdrawal>> {
    let Some(at) = instant(row, first)? else { return Ok(None) };
    let text = |index| row.get::<_, Option<String>>(index).map(Option::unwrap_or_default);
    Ok(Some(Withdrawal { at, by: text(first + 1)?, reason: text(first + 2)? }))
}

impl Tx<'_> {
    /// Withdraws what is in force for a dossier. `false` if there is nothing.
    pub(super) fn withdraw(
        &self,
        what: Withdrawable,
        number: DossierNumber,
        by: &str,
        reason: &str,
    ) -> Result<bool, StoreError> {
        let table = match what {
            Withdrawable::Decision => "decisions",
            Withdrawable::Extension => "deadline_extensions",
        };
        let sql = format!(
            "UPDATE {table} SET withdrawn_at = ?2, withdrawn_by = ?3, withdrawn_reason = ?4
             WHERE dossier_number = ?1 AND withdrawn_at IS NULL"
        );
        let mut statement = self.transaction.prepare_cached(&sql)?;
        Ok(statement.execute((number.0, self.now.to_string(), by, reason))? > 0)
    }
}
