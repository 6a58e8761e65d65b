//! A call in figures: counts by two dimensions, for people who report on it.

use rusqlite::named_params;

use super::error::StoreError;
use super::lookups::{Counted, counted};
use super::reader::Reader;
use crate::domain::DemarcheNumber;

/// How many living dossiers have one nature and one verdict.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NatureCount {
    /// Nature of the applicant.
    pub nature: String,
    /// Verdict.
    pub verdict: String,
    /// How many.
    pub dossiers: u64,
}

impl Reader {
    /// Living dossiers by nature and verdict.
    ///
    /// # Errors
    /// When the mirror cannot be read.
    pub fn counts_by_nature(&self, demarche: DemarcheNumber) -> Result<Vec<NatureCount>, StoreError> {
        let mut statement = self.connection.prepare_cached(
            "SELECT verdicts.nature, verdicts.verdict, COUNT(*)
             FROM dossiers JOIN verdicts ON verdicts.dossier_number = dossiers.number
             WHERE dossiers.demarche_number = :demarche AND dossiers.deleted_at IS NULL
             GROUP BY verdicts.nature, verdicts.verdict",
        )?;
        let rows = statement.query_map(named_params! { ":demarche": demarche.0 }, |row| {
            Ok(NatureCount {
                nature: row.get(0)?,
                verdict: row.get(1)?,
                dossiers: row.get::<_, i64>(2)?.cast_unsigned(),
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Living dossiers by week of deposit, named by its Monday, in order.
    ///
    /// # Errors
    /// When the mirror cannot be read.
    pub fn counts_by_week(&self, demarche: DemarcheNumber) -> Result<Vec<Counted>, StoreError> {
        let mut statement = self.connection.prepare_cached(
            "SELECT value, dossiers FROM v_stats WHERE demarche_number = ?1 AND dimension = 'week_of_deposit'
             ORDER BY value",
        )?;
        let rows = statement.query_map([demarche.0], counted)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}
