//! What stands beside a dossier when it is judged, gathered from the mirror.
//!
//! A handful of indexed look-ups a dossier, each bounded; forms are read once a transaction. The same
//! functions serve the writer, in the transaction that judges, and readers that only explain.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension as _};

use super::lookups::{instant, required_instant};
use super::{Reader, StoreError, Tx};
use crate::domain::{ConnectionUsager, DemarcheNumber, Dossier, DossierNumber};
use crate::eligibility::{
    Circumstances, Decision, Edit, Extension, Form, MOST_NAMES, MOST_SIBLINGS, Outcome, Ruleset, Sibling,
    Siblings,
};

/// Forms by revision, as far as they were asked for.
#[derive(Debug, Default)]
pub(super) struct Forms(RefCell<BTreeMap<String, Option<Arc<Form>>>>);

impl Forms {
    fn find(&self, connection: &Connection, dossier: &Dossier) -> Result<Option<Arc<Form>>, StoreError> {
        let revision = dossier.revision_id.as_str();
        if let Some(known) = self.0.borrow().get(revision) {
            return Ok(known.clone());
        }
        let found = read_form(connection, revision)?.map(Arc::new);
        self.0.borrow_mut().insert(revision.to_owned(), found.clone());
        Ok(found)
    }

    /// Forgets them: one was written.
    pub(super) fn forget(&self) {
        self.0.borrow_mut().clear();
    }
}

impl Tx<'_> {
    /// What stands beside a dossier.
    ///
    /// # Errors
    /// When the mirror cannot be read.
    pub fn circumstances(&self, dossier: &Dossier, rules: &Ruleset) -> Result<Circumstances, StoreError> {
        gather(&self.transaction, &self.forms, dossier, rules)
    }
}

impl Tx<'_> {
    /// Questions, by identifier or label, that no form read of a démarche asks. None while no form was read.
    ///
    /// # Errors
    /// When the mirror cannot be read.
    pub fn unknown_champs(
        &self,
        demarche: DemarcheNumber,
        names: &[String],
    ) -> Result<Vec<String>, StoreError> {
        unknown_champs(&self.transaction, demarche, names)
    }
}

impl Reader {
    /// Questions, by identifier or label, that no form read of a démarche asks. None while no form was read.
    ///
    /// # Errors
    /// When the mirror cannot be read.
    pub fn unknown_champs(
        &self,
        demarche: DemarcheNumber,
        names: &[String],
    ) -> Result<Vec<String>, StoreError> {
        unknown_champs(&self.connection, demarche, names)
    }

    /// The questions of a démarche, in the form last read.
    ///
    /// # Errors
    /// When the mirror cannot be read.
    pub fn champ_labels(&self, demarche: DemarcheNumber) -> Result<Vec<String>, StoreError> {
        champ_names(&self.connection, demarche)
            .map(|names| names.into_iter().map(|(_, label)| label).collect())
    }

    /// What stands beside a dossier.
    ///
    /// # Errors
    /// When the mirror cannot be read.
    pub fn circumstances(&self, dossier: &Dossier, rules: &Ruleset) -> Result<Circumstances, StoreError> {
        gather(&self.connection, &self.forms, dossier, rules)
    }
}

impl Reader {
    /// What stood beside a dossier at an instant: who had filed and not gone, what was decided and granted
    /// and not withdrawn. The form is that of today.
    ///
    /// # Errors
    /// When the mirror cannot be read.
    pub fn circumstances_at(
        &self,
        dossier: &Dossier,
        rules: &Ruleset,
        at: Timestamp,
    ) -> Result<Circumstances, StoreError> {
        let mut beside = self.circumstances(dossier, rules)?;
        for siblings in [&mut beside.same_siren, &mut beside.same_usager] {
            siblings.first.retain(|one| one.depot <= at);
            for one in &mut siblings.first {
                one.gone_at = one.gone_at.filter(|gone| *gone <= at);
            }
            siblings.more &= siblings.first.len() == MOST_SIBLINGS;
        }
        beside.late_edits.retain(|edit| edit.at <= at);
        let in_force = |from: Timestamp, withdrawn: Option<Timestamp>| {
            from <= at && withdrawn.is_none_or(|withdrawn| withdrawn > at)
        };
        let decisions = self.list_decisions(dossier.number)?;
        let then = decisions
            .into_iter()
            .rev()
            .find(|one| in_force(one.at, one.withdrawn.as_ref().map(|withdrawal| withdrawal.at)));
        beside.decision = then.and_then(|one| {
            Some(Decision {
                verdict: Outcome::from_name(&one.verdict)?,
                rules_said: one.rules_verdict.as_deref().and_then(Outcome::from_name),
                by: one.by,
                at: one.at,
                reason: one.reason,
                changed_since: Vec::new(),
            })
        });
        let extensions = self.list_extensions(dossier.number)?;
        let then = extensions
            .into_iter()
            .rev()
            .find(|one| in_force(one.at, one.withdrawn.as_ref().map(|withdrawal| withdrawal.at)));
        beside.extension = then.and_then(|one| {
            let until = one.until.parse().ok()?;
            Some(Extension { until, by: one.by, reason: one.reason, granted_at: Some(one.at) })
        });
        Ok(beside)
    }
}

fn unknown_champs(
    connection: &Connection,
    demarche: DemarcheNumber,
    names: &[String],
) -> Result<Vec<String>, StoreError> {
    let known = champ_names(connection, demarche)?;
    if known.is_empty() {
        return Ok(Vec::new());
    }
    let is_asked = |name: &String| known.iter().any(|(id, label)| id == name || label == name);
    Ok(names.iter().filter(|name| !is_asked(name)).cloned().collect())
}

/// Identifier and label of each question at the top of a form.
fn champ_names(
    connection: &Connection,
    demarche: DemarcheNumber,
) -> Result<Vec<(String, String)>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT DISTINCT champ_descriptor_id, TRIM(label) FROM champ_descriptors
         JOIN revisions ON revisions.id = champ_descriptors.revision_id
         WHERE revisions.demarche_number = ?1 AND parent_champ_descriptor_id IS NULL
         ORDER BY champ_descriptors.position",
    )?;
    let rows = statement.query_map([demarche.0], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn gather(
    connection: &Connection,
    forms: &Forms,
    dossier: &Dossier,
    rules: &Ruleset,
) -> Result<Circumstances, StoreError> {
    let siblings = |kin: Kin, value: &str| find_siblings(connection, dossier, (kin, value), rules.opens_at());
    Ok(Circumstances {
        form: forms.find(connection, dossier)?,
        same_siren: match dossier.demandeur.siren() {
            Some(siren) => siblings(Kin::Siren, siren)?,
            None => Siblings::default(),
        },
        // Accounts that are no more cannot be told from one another.
        same_usager: match dossier.connection_usager {
            ConnectionUsager::Deleted => Siblings::default(),
            _ if dossier.usager.id.is_empty() => Siblings::default(),
            _ => siblings(Kin::Usager, &dossier.usager.id)?,
        },
        extension: find_extension(connection, dossier.number)?,
        late_edits: match rules.closes_at() {
            Some(closing) if dossier.dates.derniere_modification_champs >= closing => {
                late_edits(connection, dossier.number, closing)?
            }
            _ => Vec::new(),
        },
        decision: find_decision(connection, dossier.number)?,
    })
}

/// What makes two dossiers siblings.
#[derive(Debug, Clone, Copy)]
enum Kin {
    Siren,
    Usager,
}

/// The form of a revision. Questions of an earlier form of the démarche tell which ones came later.
fn read_form(connection: &Connection, revision: &str) -> Result<Option<Form>, StoreError> {
    let found = connection
        .prepare_cached("SELECT demarche_number, date_creation FROM revisions WHERE id = ?1")?
        .query_row([revision], |row| Ok((row.get::<_, u32>(0)?, required_instant(row, 1)?)))
        .optional()?;
    let Some((demarche, created)) = found else { return Ok(None) };
    let mut mandatory = connection.prepare_cached(
        "SELECT champ_descriptor_id FROM champ_descriptors
         WHERE revision_id = ?1 AND kind = 'champ' AND required = 1",
    )?;
    let mandatory: BTreeSet<String> =
        mandatory.query_map([revision], |row| row.get(0))?.collect::<Result<_, _>>()?;
    let mut newer = connection.prepare_cached(
        "SELECT champ_descriptor_id FROM champ_descriptors AS now
         WHERE revision_id = ?1 AND kind = 'champ' AND required = 1
            AND EXISTS (SELECT 1 FROM revisions WHERE demarche_number = ?2 AND date_creation < ?3)
            AND NOT EXISTS (
                SELECT 1 FROM champ_descriptors AS before
                JOIN revisions ON revisions.id = before.revision_id
                WHERE revisions.demarche_number = ?2 AND revisions.date_creation < ?3
                    AND before.kind = 'champ' AND before.champ_descriptor_id = now.champ_descriptor_id
                    AND before.required = 1)",
    )?;
    let newer = newer.query_map((revision, demarche, created.to_string()), |row| row.get::<_, String>(0))?;
    let asked_since = newer.map(|id| Ok((id?, created))).collect::<Result<_, rusqlite::Error>>()?;
    Ok(Some(Form { mandatory, asked_since }))
}

/// The first siblings by deposit. Those filed on the other side of the opening are of another call.
fn find_siblings(
    connection: &Connection,
    dossier: &Dossier,
    (kin, value): (Kin, &str),
    opening: Option<Timestamp>,
) -> Result<Siblings, StoreError> {
    let column = match kin {
        Kin::Siren => "siren",
        Kin::Usager => "usager_id",
    };
    // Bounds rather than a condition: the index gives the first ones in order, and no more is read.
    let sql = format!(
        "SELECT number, date_depot, deleted_at, siren FROM dossiers
         WHERE {column} = ?1 AND demarche_number = ?2 AND date_depot >= ?3 AND date_depot < ?4 AND number <> ?5
         ORDER BY date_depot, number LIMIT ?6"
    );
    let siren = dossier.demandeur.siren();
    let limit = i64::try_from(MOST_SIBLINGS + 1).unwrap_or(i64::MAX);
    let (from, before) = match opening.map(|opening| (opening.to_string(), dossier.dates.depot >= opening)) {
        Some((opening, true)) => (opening, Timestamp::MAX.to_string()),
        Some((opening, false)) => (String::new(), opening),
        None => (String::new(), Timestamp::MAX.to_string()),
    };
    let parameters = (value, dossier.demarche_number.0, from, before, dossier.number.0, limit);
    let mut statement = connection.prepare_cached(&sql)?;
    let rows = statement.query_map(parameters, |row| {
        let of: Option<String> = row.get(3)?;
        Ok(Sibling {
            number: DossierNumber(row.get(0)?),
            depot: required_instant(row, 1)?,
            gone_at: instant(row, 2)?,
            same_siren: of.is_some() && of.as_deref() == siren,
        })
    })?;
    let mut first: Vec<Sibling> = rows.collect::<Result<_, _>>()?;
    let more = first.len() > MOST_SIBLINGS;
    first.truncate(MOST_SIBLINGS);
    Ok(Siblings { first, more })
}

fn find_extension(connection: &Connection, number: DossierNumber) -> Result<Option<Extension>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT until_local, granted_by, reason, granted_at FROM deadline_extensions
         WHERE dossier_number = ?1 AND withdrawn_at IS NULL",
    )?;
    let found = statement.query_row([number.0], |row| {
        Ok((row.get::<_, String>(0)?, row.get(1)?, row.get(2)?, required_instant(row, 3)?))
    });
    let Some((until, by, reason, granted_at)) = found.optional()? else { return Ok(None) };
    let until = until
        .parse()
        .map_err(|_| StoreError::Invariant(format!("prolongation du dossier {number} : {until}")))?;
    Ok(Some(Extension { until, by, reason, granted_at: Some(granted_at) }))
}

/// Answers seen to change at or after an instant, oldest first.
fn late_edits(
    connection: &Connection,
    number: DossierNumber,
    since: Timestamp,
) -> Result<Vec<Edit>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT COALESCE(json_extract(after, '$.label'), json_extract(before, '$.label'), name), MAX(occurred_at)
         FROM changes
         WHERE dossier_number = ?1 AND subject = 'champ' AND occurred_at >= ?2
         GROUP BY name ORDER BY MAX(occurred_at), name LIMIT ?3",
    )?;
    let limit = i64::try_from(MOST_NAMES).unwrap_or(i64::MAX);
    let rows = statement.query_map((number.0, since.to_string(), limit), |row| {
        Ok(Edit { label: row.get(0)?, at: required_instant(row, 1)? })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn find_decision(connection: &Connection, number: DossierNumber) -> Result<Option<Decision>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT verdict, decided_by, decided_at, reason, rules_verdict, last_change_id FROM decisions
         WHERE dossier_number = ?1 AND withdrawn_at IS NULL",
    )?;
    let found = statement.query_row([number.0], |row| {
        Ok((
            row.get::<_, String>(0)?,
            row.get(1)?,
            required_instant(row, 2)?,
            row.get(3)?,
            row.get::<_, Option<String>>(4)?,
            row.get::<_, i64>(5)?,
        ))
    });
    let Some((verdict, by, at, reason, rules_said, last_change)) = found.optional()? else { return Ok(None) };
    let Some(verdict) = Outcome::from_name(&verdict) else { return Ok(None) };
    let rules_said = rules_said.as_deref().and_then(Outcome::from_name);
    let changed_since = changed_since(connection, number, last_change)?;
    Ok(Some(Decision { verdict, by, at, reason, rules_said, changed_since }))
}

/// What a person would want to know of before deciding, seen to change since: answers, who applies, when it
/// was deposited.
fn changed_since(
    connection: &Connection,
    number: DossierNumber,
    last_change: i64,
) -> Result<Vec<String>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT DISTINCT COALESCE(json_extract(after, '$.label'), json_extract(before, '$.label'), name)
         FROM changes
         WHERE dossier_number = ?1 AND id > ?2 AND (
            subject = 'champ'
            OR (subject = 'dossier' AND name IN ('date_depot', 'date_passage_en_construction', 'usager'))
            OR (subject = 'demandeur' AND name IN ('type', 'siret', 'entreprise.siren',
                'entreprise.forme_juridique_code', 'entreprise.etat_administratif', 'entreprise.raison_sociale')))
         ORDER BY 1 LIMIT ?3",
    )?;
    let limit = i64::try_from(MOST_NAMES).unwrap_or(i64::MAX);
    let rows = statement.query_map((number.0, last_change, limit), |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}
