//! What changed: one row a fact, enough to rebuild a dossier as of an instant.

use jiff::Timestamp;
use rusqlite::named_params;

use super::runs::RunId;
use super::{StoreError, Tx, json};
use crate::domain::{Change, DossierNumber};

impl Tx<'_> {
    /// Writes changes down, each with the instant it happened at where one is known.
    ///
    /// # Errors
    /// When the mirror cannot be written.
    pub fn record_changes(
        &self,
        number: DossierNumber,
        changes: &[(Change, Option<Timestamp>)],
        run: RunId,
    ) -> Result<(), StoreError> {
        let mut statement = self.transaction.prepare_cached(
            "INSERT INTO changes (dossier_number, run_id, seen_at, occurred_at, subject, name, before, after)
             VALUES (:number, :run, :now, :occurred, :subject, :name, :before, :after)",
        )?;
        for (change, occurred_at) in changes {
            statement.execute(named_params! {
                ":number": number.0,
                ":run": run.0,
                ":now": self.now.to_string(),
                ":occurred": occurred_at.map(|at| at.to_string()),
                ":subject": change.key.subject.as_str(),
                ":name": change.key.name,
                ":before": json::text(&change.before),
                ":after": json::text(&change.after),
            })?;
        }
        Ok(())
    }
}
