//! How the platform writes instants and answers: Paris time, whole seconds, French words.
//!
//! `stringValue` is the platform's second version of it: a filled file gives null where an empty one
//! gives the empty text, a linked choice reads "A / B", dates are in French.

use std::borrow::Cow;

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};

use crate::clock::{in_paris, paris};
use crate::world::champ::{ChampValue, CommuneAnswer};

/// Writes an instant as a JSON text: whole seconds, the offset of Paris on that day.
///
/// A full page has some seven thousand instants: digits are written one by one, without formatting.
pub fn write_instant(out: &mut Vec<u8>, instant: Timestamp) {
    let offset = paris().to_offset(instant);
    let moment = offset.to_datetime(instant);
    let (date, time) = (moment.date(), moment.time());
    out.push(b'"');
    two_digits(out, i32::from(date.year()) / 100);
    two_digits(out, i32::from(date.year()) % 100);
    let parts = [
        (b'-', i32::from(date.month())),
        (b'-', i32::from(date.day())),
        (b'T', i32::from(time.hour())),
        (b':', i32::from(time.minute())),
        (b':', i32::from(time.second())),
        (if offset.is_negative() { b'-' } else { b'+' }, offset.seconds().abs() / 3600),
        (b':', offset.seconds().abs() % 3600 / 60),
    ];
    for (mark, number) in parts {
        out.push(mark);
        two_digits(out, number);
    }
    out.push(b'"');
}

fn two_digits(out: &mut Vec<u8>, number: i32) {
    let digit = |number: i32| b'0' + u8::try_from(number.rem_euclid(10)).unwrap_or(0);
    out.push(digit(number / 10));
    out.push(digit(number));
}

const MONTHS: [&str; 12] = [
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
];

fn day(date: Date) -> String {
    let month =
        usize::try_from(date.month() - 1).ok().and_then(|index| MONTHS.get(index)).copied().unwrap_or("");
    format!("{:02} {month} {}", date.day(), date.year())
}

fn minute(moment: DateTime) -> String {
    format!("{} {:02}:{:02}", day(moment.date()), moment.hour(), moment.minute())
}

/// A commune as people read it: its name and its postal code.
pub fn commune(answer: &CommuneAnswer) -> String {
    match &answer.postal_code {
        Some(code) => format!("{} ({code})", answer.commune.name),
        None => answer.commune.name.clone(),
    }
}

/// The `stringValue` of an answer; None is null.
pub fn string_value(value: &ChampValue) -> Option<Cow<'_, str>> {
    let yes = |value: bool| Cow::Borrowed(if value { "true" } else { "false" });
    let text = |text: &Option<String>| -> Cow<'_, str> { text.clone().unwrap_or_default().into() };
    Some(match value {
        ChampValue::Text(value)
        | ChampValue::DropDownList(value)
        | ChampValue::EngagementJuridique(value) => value.as_deref().unwrap_or("").into(),
        ChampValue::Checkbox(value) => yes(*value),
        ChampValue::YesNo(value) => value.map_or(Cow::Borrowed(""), yes),
        ChampValue::Date(value) => value.map(day).unwrap_or_default().into(),
        ChampValue::Datetime(value) => {
            value.map(|instant| minute(in_paris(instant).datetime())).unwrap_or_default().into()
        }
        ChampValue::DecimalNumber(value) => value.map(|number| number.to_string()).unwrap_or_default().into(),
        ChampValue::IntegerNumber(value) => value.map(|number| number.to_string()).unwrap_or_default().into(),
        ChampValue::Civilite(value) => value.map_or("", |civilite| civilite.as_str()).into(),
        ChampValue::LinkedDropDownList { primary, secondary } => match (primary, secondary) {
            (Some(primary), Some(secondary)) => format!("{primary} / {secondary}").into(),
            (primary, _) => text(primary),
        },
        ChampValue::MultipleDropDownList(values) => values.join(", ").into(),
        ChampValue::PieceJustificative(files) if files.is_empty() => "".into(),
        ChampValue::TitreIdentite { filled: false, .. } => "".into(),
        ChampValue::PieceJustificative(_) | ChampValue::TitreIdentite { .. } => return None,
        ChampValue::Address(value) => {
            value.as_ref().map_or("", |answer| answer.address.label.as_str()).into()
        }
        ChampValue::Commune(value) => value.as_ref().map(commune).unwrap_or_default().into(),
        ChampValue::Departement(value) => {
            value.as_ref().map(|place| format!("{} - {}", place.code, place.name)).unwrap_or_default().into()
        }
        ChampValue::Region(value) | ChampValue::Pays(value) => {
            value.as_ref().map_or("", |place| place.name.as_str()).into()
        }
        ChampValue::Epci(value) => value.as_ref().map_or("", |answer| answer.epci.name.as_str()).into(),
        ChampValue::Siret { siret, .. } => siret.as_deref().unwrap_or("").into(),
        ChampValue::Rna(value) | ChampValue::Rnf(value) => {
            value.as_ref().map_or("", |one| one.id.as_str()).into()
        }
        ChampValue::DossierLink(value) => value.map(|number| number.to_string()).unwrap_or_default().into(),
        ChampValue::Carte(_)
        | ChampValue::Repetition(_)
        | ChampValue::HeaderSection { .. }
        | ChampValue::Explication => "".into(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::paris_instant;

    #[test]
    fn an_instant_is_cut_to_the_second_and_shown_in_paris() {
        let shown = |text: &str| {
            let mut out = Vec::new();
            write_instant(&mut out, paris_instant(text));
            String::from_utf8(out).unwrap_or_default()
        };
        assert_eq!(shown("2019-05-31T23:59:59.900001"), "\"2019-05-31T23:59:59+02:00\"");
        assert_eq!(shown("2019-01-15T08:00:00"), "\"2019-01-15T08:00:00+01:00\"");
    }

    #[test]
    fn an_answer_reads_as_a_person_would_write_it() {
        let date = ChampValue::Date(Some(jiff::civil::date(2019, 7, 10)));
        assert_eq!(string_value(&date).as_deref(), Some("10 juillet 2019"));
        let linked = ChampValue::LinkedDropDownList {
            primary: Some("Données".to_owned()),
            secondary: Some("Images".to_owned()),
        };
        assert_eq!(string_value(&linked).as_deref(), Some("Données / Images"));
        assert_eq!(string_value(&ChampValue::PieceJustificative(Vec::new())).as_deref(), Some(""));
        assert_eq!(string_value(&ChampValue::TitreIdentite { filled: true, france_connect: true }), None);
        assert_eq!(string_value(&ChampValue::YesNo(None)).as_deref(), Some(""));
    }
}
