//! The mirror against the emulator's own world, field by field: never against our reading of it.

use std::collections::{BTreeMap, BTreeSet};

use ami_sync::store::{Cell, Reader, StoreError};
use ds_emulator::world::champ::{Champ, ChampValue};
use ds_emulator::{DEMARCHE_NUMBER, Emulator};

/// Every difference between what the world shows and what the mirror holds, in words.
pub fn differences(emulator: &Emulator, reader: &mut Reader) -> Vec<String> {
    let mut found = Vec::new();
    let mirrored = rows(
        reader,
        "SELECT number, state, archived, date_depot, date_passage_en_construction, date_passage_en_instruction,
            date_traitement, date_derniere_modification, date_derniere_modification_champs, date_expiration,
            motivation, usager_email, groupe_instructeur_number, demandeur_type, siret, prefilled
         FROM dossiers WHERE deleted_at IS NULL",
    );
    let world = emulator.read_world();
    let visible: BTreeSet<u64> = world.visible_numbers(DEMARCHE_NUMBER).into_iter().collect();
    let kept: BTreeSet<u64> = mirrored.keys().copied().collect();
    found.extend(visible.difference(&kept).map(|number| format!("{number} is missing")));
    found.extend(kept.difference(&visible).map(|number| format!("{number} should be gone")));
    let demarche = world.demarche(DEMARCHE_NUMBER).unwrap().clone();
    for number in visible.intersection(&kept) {
        let dossier = world.dossier(*number).unwrap();
        let expected = [
            dossier.state.as_str().to_owned(),
            u8::from(dossier.archived).to_string(),
            second(dossier.depose_at),
            second(dossier.en_construction_at),
            dossier.en_instruction_at.map(second).unwrap_or_default(),
            dossier.processed_at.map(second).unwrap_or_default(),
            second(dossier.updated_at),
            second(dossier.last_champ_updated_at),
            shown_expiration(&dossier),
            dossier.motivation.clone().unwrap_or_default(),
            dossier.usager.email.clone(),
            dossier.groupe_instructeur_number.to_string(),
            dossier.demandeur.typename().to_owned(),
            dossier.demandeur.siret().unwrap_or_default().to_owned(),
            u8::from(dossier.prefilled).to_string(),
        ];
        if mirrored[number] != expected {
            found.push(format!("{number}: {:?} is not {expected:?}", mirrored[number]));
        }
        let labels: BTreeSet<String> = dossier
            .labels
            .iter()
            .filter_map(|id| demarche.label(*id))
            .map(|label| label.name.clone())
            .collect();
        let sql = format!("SELECT rowid, name FROM dossier_labels WHERE dossier_number = {number}");
        compare(&mut found, *number, "labels", &labels, &texts(reader, &sql.replace("rowid, ", "")));
        let messages: BTreeSet<String> = dossier.messages.iter().map(|one| second(one.created_at)).collect();
        let sql = format!("SELECT created_at FROM messages WHERE dossier_number = {number}");
        compare(&mut found, *number, "messages", &messages, &texts(reader, &sql));
        let sql = format!("SELECT date_traitement FROM traitements WHERE dossier_number = {number}");
        let traitements: BTreeSet<String> =
            dossier.traitements.iter().map(|one| second(one.processed_at)).collect();
        compare(&mut found, *number, "traitements", &traitements, &texts(reader, &sql));
        let sql = format!(
            "SELECT kind || '|' || label || '|' || type || '|' || updated_at || '|' ||
                CASE WHEN type IN ('TextChamp', 'CheckboxChamp', 'YesNoChamp', 'DateChamp', 'DatetimeChamp',
                    'IntegerNumberChamp', 'DropDownListChamp', 'MultipleDropDownListChamp')
                THEN COALESCE(value, 'null') ELSE '' END
             FROM champs WHERE dossier_number = {number}"
        );
        let mut champs = BTreeSet::new();
        add_champs("champ", &dossier.champs, dossier.depose_at, &mut champs);
        add_champs("annotation", &dossier.annotations, dossier.depose_at, &mut champs);
        compare(&mut found, *number, "champs", &champs, &texts(reader, &sql));
        let sql =
            format!("SELECT count(*) FROM avis WHERE dossier_number = {number} AND reponse IS NOT NULL");
        let answered = dossier.avis.iter().filter(|avis| avis.reponse.is_some()).count().to_string();
        compare(&mut found, *number, "avis", &BTreeSet::from([answered]), &texts(reader, &sql));
        let followers: BTreeSet<String> = dossier
            .instructeurs
            .iter()
            .filter_map(|id| demarche.instructeur(*id))
            .map(|one| one.email.clone())
            .collect();
        let sql = format!(
            "SELECT email FROM dossier_instructeurs JOIN instructeurs ON id = instructeur_id
             WHERE dossier_number = {number}"
        );
        compare(&mut found, *number, "instructeurs", &followers, &texts(reader, &sql));
    }
    found
}

/// Each answer with what can be told of it in one line.
fn add_champs(kind: &str, champs: &[Champ], depose_at: jiff::Timestamp, found: &mut BTreeSet<String>) {
    for champ in champs {
        let told = match &champ.value {
            ChampValue::Text(text) | ChampValue::DropDownList(text) => serde_json::json!(text).to_string(),
            ChampValue::Checkbox(yes) => yes.to_string(),
            ChampValue::YesNo(yes) => serde_json::json!(yes).to_string(),
            ChampValue::Date(day) => serde_json::json!(day.map(|day| day.to_string())).to_string(),
            ChampValue::Datetime(at) => serde_json::json!(at.map(second)).to_string(),
            ChampValue::IntegerNumber(number) => {
                serde_json::json!(number.map(|number| number.to_string())).to_string()
            }
            ChampValue::MultipleDropDownList(values) => serde_json::json!(values).to_string(),
            ChampValue::Repetition(rows) => {
                for row in rows {
                    add_champs(kind, &row.champs, depose_at, found);
                }
                String::new()
            }
            _ => String::new(),
        };
        // The API dates what asks nothing by the deposit.
        let asks = !matches!(champ.value, ChampValue::HeaderSection { .. } | ChampValue::Explication);
        let (typename, at) =
            (champ.value.typename(), second(if asks { champ.updated_at } else { depose_at }));
        found.insert(format!("{kind}|{}|{typename}|{at}|{told}", champ.label));
    }
}

fn compare(
    found: &mut Vec<String>,
    number: u64,
    what: &str,
    expected: &BTreeSet<String>,
    kept: &BTreeSet<String>,
) {
    let (lacking, extra): (Vec<_>, Vec<_>) =
        (expected.difference(kept).collect(), kept.difference(expected).collect());
    if !lacking.is_empty() || !extra.is_empty() {
        found.push(format!("{number}: {what} lack {lacking:?} and have {extra:?}"));
    }
}

/// The API hides the end of a dossier's keeping while it is examined.
fn shown_expiration(dossier: &ds_emulator::world::dossier::Dossier) -> String {
    if dossier.state.as_str() == "en_instruction" {
        return String::new();
    }
    dossier.expired_at.map(second).unwrap_or_default()
}

/// An instant as the API cuts it.
fn second(instant: jiff::Timestamp) -> String {
    jiff::Timestamp::from_second(instant.as_second()).unwrap().to_string()
}

fn rows(reader: &mut Reader, sql: &str) -> BTreeMap<u64, Vec<String>> {
    let mut rows = BTreeMap::new();
    reader
        .query::<StoreError>(
            sql,
            |_| Ok(()),
            |row| {
                let mut cells = row.into_iter().map(text);
                rows.insert(cells.next().unwrap().parse().unwrap(), cells.collect());
                Ok(())
            },
        )
        .unwrap();
    rows
}

fn texts(reader: &mut Reader, sql: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    reader
        .query::<StoreError>(
            sql,
            |_| Ok(()),
            |row| {
                found.extend(row.into_iter().map(text));
                Ok(())
            },
        )
        .unwrap();
    found
}

fn text(cell: Cell) -> String {
    match cell {
        Cell::Null => String::new(),
        Cell::Integer(number) => number.to_string(),
        Cell::Real(number) => number.to_string(),
        Cell::Text(text) => text,
        Cell::Blob(bytes) => format!("{} bytes", bytes.len()),
    }
}
