//! The jury's marks, beside the mirror: by criterion and by expert, with a comment.
//!
//! Invariants: a mark in force is one per dossier, criterion and expert; an earlier one is kept, dated when
//! it gave way; a pass over the call writes none of this.

use jiff::Timestamp;
use rusqlite::named_params;

use super::lookups::required_instant;
use super::{Reader, StoreError, Tx};
use crate::domain::{DemarcheNumber, DossierNumber};

/// A criterion as the views know it.
#[derive(Debug, Clone, Copy)]
pub struct CriterionRow<'a> {
    /// Its name.
    pub name: &'a str,
    /// What it is.
    pub label: &'a str,
    /// The track it belongs to.
    pub track: Option<&'a str>,
    /// What it weighs among the others.
    pub weight: f64,
    /// The highest mark.
    pub max_mark: f64,
}

/// A mark to record.
#[derive(Debug, Clone, Copy)]
pub struct NewMark<'a> {
    /// The dossier.
    pub number: DossierNumber,
    /// The criterion.
    pub criterion: &'a str,
    /// Who gives it.
    pub expert: &'a str,
    /// The mark.
    pub mark: f64,
    /// What is said with it.
    pub comment: Option<&'a str>,
}

/// A mark in force.
#[derive(Debug, Clone, PartialEq)]
pub struct MarkLine {
    /// The criterion.
    pub criterion: String,
    /// Who gave it.
    pub expert: String,
    /// The mark.
    pub mark: f64,
    /// What was said with it.
    pub comment: Option<String>,
    /// When.
    pub recorded_at: Timestamp,
}

/// The marks of one criterion, together.
#[derive(Debug, Clone, PartialEq)]
pub struct GridLine {
    /// The criterion.
    pub criterion: String,
    /// How many experts.
    pub experts: u32,
    /// The mean.
    pub average: f64,
    /// The lowest.
    pub lowest: f64,
    /// The highest.
    pub highest: f64,
}

/// The marks of one track, together.
#[derive(Debug, Clone, PartialEq)]
pub struct GridTotal {
    /// The track; none for criteria of all of them.
    pub track: Option<String>,
    /// From 0 to 1, by the weights of the criteria that have marks.
    pub score: f64,
}

impl Tx<'_> {
    /// Replaces the criteria of a démarche, in order.
    ///
    /// # Errors
    /// When the mirror cannot be written.
    pub fn replace_criteria(
        &self,
        demarche: DemarcheNumber,
        criteria: &[CriterionRow<'_>],
    ) -> Result<(), StoreError> {
        self.transaction
            .prepare_cached("DELETE FROM criteria WHERE demarche_number = ?1")?
            .execute([demarche.0])?;
        let mut insert = self.transaction.prepare_cached(
            "INSERT INTO criteria (demarche_number, name, position, label, track, weight, max_mark)
             VALUES (:demarche, :name, :position, :label, :track, :weight, :max_mark)",
        )?;
        for (position, one) in (0_u32..).zip(criteria) {
            insert.execute(named_params! {
                ":demarche": demarche.0,
                ":name": one.name,
                ":position": position,
                ":label": one.label,
                ":track": one.track,
                ":weight": one.weight,
                ":max_mark": one.max_mark,
            })?;
        }
        Ok(())
    }

    /// Records a mark; the one that the same expert gave before gives way to it.
    ///
    /// # Errors
    /// When the mirror cannot be written.
    pub fn record_mark(&self, mark: &NewMark<'_>) -> Result<(), StoreError> {
        let now = self.now.to_string();
        self.transaction
            .prepare_cached(
                "UPDATE marks SET replaced_at = ?4
                 WHERE dossier_number = ?1 AND criterion = ?2 AND expert = ?3 AND replaced_at IS NULL",
            )?
            .execute((mark.number.0, mark.criterion, mark.expert, &now))?;
        self.transaction
            .prepare_cached(
                "INSERT INTO marks (dossier_number, criterion, expert, mark, comment, recorded_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            )?
            .execute((mark.number.0, mark.criterion, mark.expert, mark.mark, mark.comment, &now))?;
        Ok(())
    }
}

impl Reader {
    /// The marks of a dossier that are in force, by criterion then expert.
    ///
    /// # Errors
    /// When the mirror cannot be read.
    pub fn list_marks(&self, number: DossierNumber) -> Result<Vec<MarkLine>, StoreError> {
        let mut statement = self.connection.prepare_cached(
            "SELECT criterion, expert, mark, comment, recorded_at FROM marks
             WHERE dossier_number = ?1 AND replaced_at IS NULL ORDER BY criterion, expert",
        )?;
        let rows = statement.query_map([number.0], |row| {
            Ok(MarkLine {
                criterion: row.get(0)?,
                expert: row.get(1)?,
                mark: row.get(2)?,
                comment: row.get(3)?,
                recorded_at: required_instant(row, 4)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The averages of a dossier, as the view gives them.
    ///
    /// # Errors
    /// When the mirror cannot be read.
    pub fn grid(&self, number: DossierNumber) -> Result<Vec<GridLine>, StoreError> {
        let mut statement = self.connection.prepare_cached(
            "SELECT criterion, experts, average, lowest, highest FROM v_grid
             WHERE dossier_number = ?1 ORDER BY criterion",
        )?;
        let rows = statement.query_map([number.0], |row| {
            Ok(GridLine {
                criterion: row.get(0)?,
                experts: row.get(1)?,
                average: row.get(2)?,
                lowest: row.get(3)?,
                highest: row.get(4)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The weighted totals of a dossier, by track.
    ///
    /// # Errors
    /// When the mirror cannot be read.
    pub fn grid_totals(&self, number: DossierNumber) -> Result<Vec<GridTotal>, StoreError> {
        let mut statement = self.connection.prepare_cached(
            "SELECT track, score FROM v_grid_totals WHERE dossier_number = ?1 ORDER BY track",
        )?;
        let rows = statement
            .query_map([number.0], |row| Ok(GridTotal { track: row.get(0)?, score: row.get(1)? }))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}
