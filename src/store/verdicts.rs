//! Verdicts as they stand, and what was told before.
//!
//! Invariants: a verdict and the decision it rests on are read and written in one transaction, so that what
//! a person decided is never overwritten; what was told is kept whenever it changes; a dossier beside which
//! something moved is marked, and judged again before anything else is concluded from it.

use rusqlite::{OptionalExtension as _, named_params};
use serde_json::{Map, Value, json};

use super::{StoreError, Tx, json as facts_json};
use crate::domain::{DemarcheNumber, DossierNumber, RevisionId};
use crate::eligibility::{MOST_SIBLINGS, Outcome, Reason, Verdict};

/// Who decides when nobody did.
const RULES: &str = "rules";

/// A verdict that moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Transition {
    /// What it was; none for a first verdict.
    pub before: Option<Outcome>,
    /// What it is.
    pub after: Outcome,
}

/// What makes dossiers siblings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Kinship {
    demarche: DemarcheNumber,
    siren: Option<String>,
    usager_id: String,
    date_depot: String,
    gone: bool,
}

impl Tx<'_> {
    /// Writes a verdict down. A person's decision is in it already, or there is none.
    ///
    /// # Errors
    /// When the mirror cannot be written.
    pub fn record_verdict(
        &self,
        number: DossierNumber,
        verdict: &Verdict,
    ) -> Result<Option<Transition>, StoreError> {
        let row = Row::of(verdict);
        let before = self.find_row(number)?;
        if before.as_ref() == Some(&row) {
            self.unmark(number)?;
            return Ok(None);
        }
        self.upsert_verdict(number, verdict, &row)?;
        let says_the_same = before.as_ref().is_some_and(|before| before.says_the_same(&row));
        if !says_the_same {
            self.note_what_is_told(number)?;
        }
        self.note_verdict(number, before.as_ref().map(|before| before.verdict.clone()), verdict);
        let before = before.and_then(|before| Outcome::from_name(&before.verdict));
        Ok((before != Some(verdict.outcome)).then_some(Transition { before, after: verdict.outcome }))
    }

    fn find_row(&self, number: DossierNumber) -> Result<Option<Row>, StoreError> {
        let mut find = self.transaction.prepare_cached(
            "SELECT verdict, rules_verdict, reasons, rules_version, decided_by, domain
             FROM verdicts WHERE dossier_number = ?1",
        )?;
        let found = find.query_row([number.0], |row| {
            Ok(Row {
                verdict: row.get(0)?,
                rules_verdict: row.get(1)?,
                reasons: row.get(2)?,
                rules_version: row.get(3)?,
                decided_by: row.get(4)?,
                domain: row.get(5)?,
            })
        });
        Ok(found.optional()?)
    }

    fn upsert_verdict(&self, number: DossierNumber, verdict: &Verdict, row: &Row) -> Result<(), StoreError> {
        let decided_at = verdict.decided.as_ref().map_or(self.now, |(_, at)| *at);
        self.transaction.prepare_cached(include_str!("upsert_verdict.sql"))?.execute(named_params! {
            ":number": number.0,
            ":verdict": row.verdict,
            ":rules_verdict": row.rules_verdict,
            ":applicant": verdict.applicant_check.as_str(),
            ":deadline": verdict.deadline_check.as_str(),
            ":nature": verdict.nature.as_str(),
            ":confidence": verdict.confidence.as_str(),
            ":domain": row.domain,
            ":reasons": row.reasons,
            ":version": row.rules_version,
            ":decided_by": row.decided_by,
            ":decided_at": decided_at.to_string(),
        })?;
        Ok(())
    }

    fn note_what_is_told(&self, number: DossierNumber) -> Result<(), StoreError> {
        self.transaction
            .prepare_cached(
                "INSERT INTO verdict_history (dossier_number, told_at, verdict, rules_verdict, applicant_check,
                    deadline_check, nature, reasons, rules_version, decided_by)
                 SELECT dossier_number, ?2, verdict, rules_verdict, applicant_check, deadline_check, nature,
                    reasons, rules_version, decided_by
                 FROM verdicts WHERE dossier_number = ?1",
            )?
            .execute((number.0, self.now.to_string()))?;
        Ok(())
    }

    /// What a dossier of the mirror has in common with others.
    pub(super) fn find_kinship(&self, number: DossierNumber) -> Result<Option<Kinship>, StoreError> {
        let mut statement = self.transaction.prepare_cached(
            "SELECT demarche_number, siren, usager_id, date_depot, deleted_at IS NOT NULL
             FROM dossiers WHERE number = ?1",
        )?;
        let found = statement.query_row([number.0], |row| {
            Ok(Kinship {
                demarche: DemarcheNumber(row.get(0)?),
                siren: row.get(1)?,
                usager_id: row.get(2)?,
                date_depot: row.get(3)?,
                gone: row.get(4)?,
            })
        });
        Ok(found.optional()?)
    }

    /// Marks the siblings that a dossier had or has, if what they have in common moved since `before` was
    /// read. Past the number that is told one by one, nothing that siblings say of each other changes.
    pub(super) fn mark_siblings(
        &self,
        number: DossierNumber,
        before: Option<&Kinship>,
    ) -> Result<(), StoreError> {
        let after = self.find_kinship(number)?;
        if before == after.as_ref() {
            return Ok(());
        }
        for kinship in before.into_iter().chain(&after) {
            if let Some(siren) = &kinship.siren {
                self.mark_kin(kinship.demarche, number, ("siren", siren))?;
            }
            self.mark_kin(kinship.demarche, number, ("usager_id", &kinship.usager_id))?;
        }
        Ok(())
    }

    fn mark_kin(
        &self,
        demarche: DemarcheNumber,
        number: DossierNumber,
        (column, value): (&'static str, &str),
    ) -> Result<(), StoreError> {
        let most = MOST_SIBLINGS + 2;
        let sql = format!(
            "SELECT number FROM dossiers WHERE {column} = ?1 AND demarche_number = ?2 AND number <> ?3
             LIMIT {}",
            most + 1
        );
        let mut statement = self.transaction.prepare_cached(&sql)?;
        let found = statement.query_map((value, demarche.0, number.0), |row| row.get::<_, u32>(0))?;
        let kin: Vec<u32> = found.collect::<Result<_, _>>()?;
        if kin.len() > most {
            return Ok(());
        }
        let mut mark =
            self.transaction.prepare_cached("UPDATE verdicts SET stale = 1 WHERE dossier_number = ?1")?;
        for one in &kin {
            mark.execute([one])?;
        }
        Ok(())
    }

    /// Marks the dossiers of a revision of the form.
    pub(super) fn mark_stale_revision(&self, revision: &RevisionId) -> Result<(), StoreError> {
        self.transaction
            .prepare_cached(
                "UPDATE verdicts SET stale = 1
                 WHERE dossier_number IN (SELECT number FROM dossiers WHERE revision_id = ?1)",
            )?
            .execute([revision.as_str()])?;
        Ok(())
    }

    /// Dossiers of a démarche that are marked, at most so many.
    ///
    /// # Errors
    /// When the mirror cannot be read.
    pub fn marked(&self, demarche: DemarcheNumber, limit: u32) -> Result<Vec<DossierNumber>, StoreError> {
        let mut statement = self.transaction.prepare_cached(
            "SELECT verdicts.dossier_number FROM verdicts INDEXED BY verdicts_stale
             JOIN dossiers ON dossiers.number = verdicts.dossier_number
             WHERE verdicts.stale = 1 AND dossiers.demarche_number = ?1 LIMIT ?2",
        )?;
        let rows = statement.query_map((demarche.0, limit), |row| row.get(0).map(DossierNumber))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Marks a dossier: the process that keeps the mirror judges it again, by its own rules.
    ///
    /// # Errors
    /// When the mirror cannot be written.
    pub fn mark(&self, number: DossierNumber) -> Result<(), StoreError> {
        self.transaction
            .prepare_cached("UPDATE verdicts SET stale = 1 WHERE dossier_number = ?1")?
            .execute([number.0])?;
        Ok(())
    }

    /// Takes the mark off a dossier.
    ///
    /// # Errors
    /// When the mirror cannot be written.
    pub fn unmark(&self, number: DossierNumber) -> Result<(), StoreError> {
        self.transaction
            .prepare_cached("UPDATE verdicts SET stale = 0 WHERE dossier_number = ?1 AND stale = 1")?
            .execute([number.0])?;
        Ok(())
    }
}

/// What of a verdict is compared.
#[derive(Debug, PartialEq, Eq)]
struct Row {
    verdict: String,
    rules_verdict: Option<String>,
    reasons: String,
    rules_version: String,
    decided_by: String,
    domain: Option<String>,
}

impl Row {
    fn of(verdict: &Verdict) -> Self {
        Self {
            verdict: verdict.outcome.as_str().to_owned(),
            rules_verdict: Some(verdict.rules_outcome.as_str().to_owned()),
            reasons: reasons_text(&verdict.reasons),
            rules_version: verdict.rules_version.clone(),
            decided_by: verdict.decided.as_ref().map_or(RULES, |(by, _)| by).to_owned(),
            domain: verdict.domain.clone(),
        }
    }

    fn says_the_same(&self, other: &Self) -> bool {
        (&self.verdict, &self.rules_verdict, &self.reasons, &self.decided_by)
            == (&other.verdict, &other.rules_verdict, &other.reasons, &other.decided_by)
    }
}

/// Reasons as JSON text.
pub(super) fn reasons_text(reasons: &[Reason]) -> String {
    Value::Array(reasons.iter().map(reason).collect()).to_string()
}

fn reason(reason: &Reason) -> Value {
    let facts: Map<String, Value> =
        reason.facts.iter().map(|(name, fact)| ((*name).to_owned(), facts_json::value(fact))).collect();
    json!({ "code": reason.code, "text": reason.text, "facts": facts })
}
