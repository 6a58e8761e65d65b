//! `d_<number>`: one row a dossier, one column a question of the form, named after its label.
//!
//! Labels are anybody's words: they are quoted, cut, made unique whatever their case, and never become SQL.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::Connection;

use super::StoreError;
use crate::domain::DemarcheNumber;

/// SQLite bears 2,000 columns; a join of that many subqueries would not be read by anybody.
const MOST_COLUMNS: usize = 1_000;

/// A name longer than this helps nobody, characters.
const LONGEST_NAME: usize = 120;

/// Columns that every such view begins with.
const FIXED: [&str; 7] = ["number", "state", "demandeur", "siret", "verdict", "date_depot", "deleted_at"];

/// Questions without an answer of their own.
const WITHOUT_ANSWER: [&str; 3] =
    ["HeaderSectionChampDescriptor", "ExplicationChampDescriptor", "RepetitionChampDescriptor"];

/// A question that has a column.
struct Question {
    id: String,
    kind: String,
    typename: String,
    name: String,
}

/// Draws the view anew from the revisions read so far: the newest wording of each question.
pub(super) fn draw(connection: &Connection, demarche: DemarcheNumber) -> Result<(), StoreError> {
    let mut columns = String::new();
    for Question { id, kind, name, .. } in questions(connection, demarche.0)? {
        columns.push_str(&format!(
            ",\n    MAX(champs.string_value) FILTER (WHERE champs.champ_descriptor_id = {} AND champs.kind = {}) \
             AS {}",
            literal(&id),
            literal(&kind),
            quoted(&name)
        ));
    }
    let view = format!("d_{}", demarche.0);
    connection.execute_batch(&format!(
        "DROP VIEW IF EXISTS {view};
         CREATE VIEW {view} AS SELECT v_dossiers.number, v_dossiers.state, v_dossiers.demandeur,
            v_dossiers.siret, v_dossiers.verdict, v_dossiers.date_depot, v_dossiers.deleted_at{columns}
         FROM v_dossiers
         LEFT JOIN champs ON champs.dossier_number = v_dossiers.number AND champs.parent_champ_id IS NULL
         WHERE v_dossiers.demarche_number = {}
         GROUP BY v_dossiers.number",
        demarche.0
    ))?;
    Ok(())
}

/// The columns of a view of this shape, by their name, and the API's type of the question where it has one;
/// none if the view is another.
pub(super) fn columns(
    connection: &Connection,
    view: &str,
) -> Result<Option<BTreeMap<String, Option<String>>>, StoreError> {
    let Some(demarche) = view.strip_prefix("d_").and_then(|number| number.parse().ok()) else {
        return Ok(None);
    };
    let fixed = FIXED.iter().map(|name| ((*name).to_owned(), None));
    let asked = questions(connection, demarche)?.into_iter().map(|one| (one.name, Some(one.typename)));
    Ok(Some(fixed.chain(asked).collect()))
}

fn questions(connection: &Connection, demarche: u32) -> Result<Vec<Question>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT champ_descriptor_id, kind, label, type FROM champ_descriptors
         JOIN revisions ON revisions.id = champ_descriptors.revision_id
         WHERE revisions.demarche_number = ?1 AND parent_champ_descriptor_id IS NULL
         ORDER BY revisions.date_creation DESC, revisions.id DESC, champ_descriptors.position",
    )?;
    let rows = statement.query_map([demarche], |row| {
        Ok((
            row.get::<_, String>(0)?,
            row.get::<_, String>(1)?,
            row.get::<_, String>(2)?,
            row.get::<_, String>(3)?,
        ))
    })?;
    let mut known = BTreeSet::new();
    let mut names: BTreeSet<String> = FIXED.iter().map(|name| (*name).to_owned()).collect();
    let mut questions = Vec::new();
    for row in rows {
        let (id, kind, label, typename) = row?;
        if WITHOUT_ANSWER.contains(&typename.as_str()) || known.len() >= MOST_COLUMNS {
            continue;
        }
        if known.insert((kind.clone(), id.clone())) {
            let name = unique_name(&label, &mut names);
            questions.push(Question { id, kind, typename, name });
        }
    }
    Ok(questions)
}

fn unique_name(label: &str, taken: &mut BTreeSet<String>) -> String {
    let clean: String = label.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let short: String = clean.trim().chars().take(LONGEST_NAME).collect();
    let base = if short.is_empty() { "question".to_owned() } else { short };
    let mut name = base.clone();
    let mut rank = 2;
    while !taken.insert(name.to_lowercase()) {
        name = format!("{base} ({rank})");
        rank += 1;
    }
    name
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]
    use super::*;

    #[test]
    fn any_label_makes_a_column_and_nothing_else() {
        let mut taken: BTreeSet<String> = FIXED.iter().map(|name| (*name).to_owned()).collect();
        let hostile =
            ["a\"; DROP TABLE champs; --", "", "State", "É", "é", "x\u{0}y\nz", &"long ".repeat(80)];
        let connection = Connection::open_in_memory().unwrap();
        let names: Vec<String> = hostile.iter().map(|label| unique_name(label, &mut taken)).collect();
        let columns: Vec<String> = names.iter().map(|name| format!("1 AS {}", quoted(name))).collect();
        let sql = format!("CREATE VIEW d AS SELECT 0 AS state, {}", columns.join(", "));
        connection.execute_batch(&sql).unwrap();
        let statement = connection.prepare("SELECT * FROM d").unwrap();
        assert_eq!(statement.column_count(), hostile.len() + 1);
        assert_eq!(names.get(2).unwrap(), "State (2)");
    }
}
