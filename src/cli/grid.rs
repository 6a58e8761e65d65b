//! `grid`: the jury's marks on a dossier, criterion by criterion; shown, or recorded with who gives them.

use std::io::Write;
use std::str::FromStr;

use serde_json::json;

use super::exit::{Exit, Misuse};
use super::output::{Column, Format, Listing};
use super::session::{Session, format_or_table};
use super::signature::{call_of, one_line};
use crate::clock::{Clock as _, SystemClock};
use crate::config::{CallConfig, Config, Criterion};
use crate::domain::{DossierNumber, counted};
use crate::eligibility::Language;
use crate::store::{CriterionRow, GridLine, MarkLine, NewMark, Reader, Store, StoreError};
use crate::words::{self, said};

/// The arguments of `grid`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Numéro du dossier
    #[arg(value_name = "NUMÉRO")]
    number: DossierNumber,
    /// L’expert qui note
    #[arg(long, value_name = "EXPERT", requires = "marks")]
    by: Option<String>,
    /// Une note, par exemple impact=4 ; répétable
    #[arg(long = "mark", value_name = "CRITÈRE=NOTE", requires = "by")]
    marks: Vec<Mark>,
    /// Ce qui accompagne ces notes
    #[arg(long, value_name = "TEXTE", requires = "marks")]
    comment: Option<String>,
    /// Forme de la sortie
    #[arg(long, value_enum)]
    format: Option<Format>,
}

/// A mark as typed.
#[derive(Debug, Clone, PartialEq)]
struct Mark {
    criterion: String,
    mark: f64,
}

impl FromStr for Mark {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (criterion, mark) = text.split_once('=').ok_or("écrivez CRITÈRE=NOTE, par exemple impact=4")?;
        let mark: f64 = mark
            .trim()
            .replace(',', ".")
            .parse()
            .map_err(|_| format!("« {mark} » n’est pas une note : écrivez un nombre"))?;
        Ok(Self { criterion: criterion.trim().to_owned(), mark })
    }
}

/// Shows the grid, or records marks and shows it.
///
/// # Errors
/// When the dossier is not in the mirror, when a mark is not possible, or the mirror cannot be written.
pub fn run(args: &Args, session: &Session, out: &mut dyn Write) -> anyhow::Result<Exit> {
    let config = session.config()?;
    let call = call_of(&config, args.number)?;
    if let Some(by) = &args.by {
        record(args, &one_line(by), &config, call)?;
    }
    let reader = Session::reader(&config)?;
    let (grid, marks) = (reader.grid(args.number)?, reader.list_marks(args.number)?);
    let format = format_or_table(args.format);
    if format == Format::Table {
        tell(call, args.number, &grid, &marks, out)?;
        tell_totals(&reader, args.number, config.language, out)?;
    } else {
        listing(call, &marks).write(format, out)?;
    }
    Ok(Exit::Done)
}

fn record(args: &Args, by: &str, config: &Config, call: &CallConfig) -> anyhow::Result<()> {
    if by.is_empty() {
        return Err(Misuse("--by est vide : dites qui note".to_owned()).into());
    }
    for mark in &args.marks {
        refuse_impossible(call, mark)?;
    }
    let comment = args.comment.as_deref().map(one_line).filter(|comment| !comment.is_empty());
    let criteria: Vec<CriterionRow<'_>> = call.criteria.iter().map(row).collect();
    let mut store = Store::open_beside(&config.store.path)?;
    store.write(SystemClock.now(), |tx| {
        tx.replace_criteria(call.demarche, &criteria)?;
        for mark in &args.marks {
            tx.record_mark(&NewMark {
                number: args.number,
                criterion: &mark.criterion,
                expert: by,
                mark: mark.mark,
                comment: comment.as_deref(),
            })?;
        }
        Ok::<(), StoreError>(())
    })?;
    Ok(())
}

fn row(criterion: &Criterion) -> CriterionRow<'_> {
    CriterionRow {
        name: &criterion.name,
        label: &criterion.label,
        track: criterion.track.as_deref(),
        weight: criterion.weight,
        max_mark: criterion.max_mark,
    }
}

fn refuse_impossible(call: &CallConfig, mark: &Mark) -> Result<(), Misuse> {
    let Some(criterion) = call.criteria.iter().find(|criterion| criterion.name == mark.criterion) else {
        let names: Vec<&str> = call.criteria.iter().map(|criterion| criterion.name.as_str()).collect();
        return Err(Misuse(if names.is_empty() {
            format!("l’appel {} n’a pas de grille : ajoutez des [[calls.criteria]]", call.slug)
        } else {
            format!(
                "« {} » n’est pas un critère ; critères de l’appel : {}",
                mark.criterion,
                names.join(", ")
            )
        }));
    };
    if !(0.0..=criterion.max_mark).contains(&mark.mark) {
        let most = criterion.max_mark;
        let message =
            format!("{} = {} n’est pas possible : la note va de 0 à {most}", mark.criterion, mark.mark);
        return Err(Misuse(message));
    }
    Ok(())
}

fn tell(
    call: &CallConfig,
    number: DossierNumber,
    grid: &[GridLine],
    marks: &[MarkLine],
    out: &mut dyn Write,
) -> std::io::Result<()> {
    let language = call.rules.language();
    let word = |french, english| said(language, french, english);
    writeln!(out, "{} {number}", word("Grille du dossier", "Grid of dossier"))?;
    if call.criteria.is_empty() && grid.is_empty() {
        let nothing = word(
            "aucun critère n’est configuré ; ajoutez des tables [[calls.criteria]]",
            "no criterion is configured; add [[calls.criteria]] tables",
        );
        writeln!(out, "  {nothing}")?;
    }
    let retired = grid.iter().map(|line| line.criterion.as_str()).filter(|name| !is_in_force(call, name));
    let names = call.criteria.iter().map(|criterion| criterion.name.as_str()).chain(retired);
    let colon = word(" :", ":");
    for name in names {
        let criterion = call.criteria.iter().find(|criterion| criterion.name == name);
        let label = criterion.map_or(name, |criterion| criterion.label.as_str());
        let most = criterion.map_or_else(String::new, |criterion| format!("/{}", criterion.max_mark));
        let track = criterion.and_then(|criterion| criterion.track.as_deref());
        let track = track.map_or_else(String::new, |name| format!(" [{}]", words::track(name, language)));
        match grid.iter().find(|line| line.criterion == name) {
            None => writeln!(out, "  {label}{track}{colon} {}", word("pas encore de note", "no mark yet"))?,
            Some(line) => {
                let average = line.average;
                writeln!(out, "  {label}{track}{colon} {average:.2}{most} ({})", experts(line, language))?;
            }
        }
        for mark in marks.iter().filter(|mark| mark.criterion == name) {
            let comment = mark.comment.as_deref();
            let comment = comment.map_or_else(String::new, |comment| format!("{colon} {comment}"));
            writeln!(out, "      {} {}{comment}", mark.expert, mark.mark)?;
        }
    }
    Ok(())
}

/// How many gave a mark, and how far apart.
fn experts(line: &GridLine, language: Language) -> String {
    let GridLine { experts, lowest, highest, .. } = line;
    let experts = counted(u64::from(*experts), "expert", "experts");
    if lowest == highest {
        return experts;
    }
    match language {
        Language::Fr => format!("{experts}, de {lowest} à {highest}"),
        Language::En => format!("{experts}, {lowest} to {highest}"),
    }
}

fn is_in_force(call: &CallConfig, name: &str) -> bool {
    call.criteria.iter().any(|criterion| criterion.name == name)
}

fn tell_totals(
    reader: &Reader,
    number: DossierNumber,
    language: Language,
    out: &mut dyn Write,
) -> anyhow::Result<()> {
    let (all, of) = match language {
        Language::Fr => ("tous accompagnements :", "sur 100"),
        Language::En => ("all tracks:", "out of 100"),
    };
    for total in reader.grid_totals(number)? {
        let track = total.track.as_deref().map(|name| words::track(name, language));
        let track =
            track.map_or_else(|| all.to_owned(), |track| format!("{track}{}", said(language, " :", ":")));
        writeln!(out, "  → {track} {:.1} {of}", total.score * 100.0)?;
    }
    Ok(())
}

fn listing(call: &CallConfig, marks: &[MarkLine]) -> Listing {
    let mut listing = Listing::new(
        ["criterion", "label", "track", "max_mark", "weight", "expert", "mark", "comment", "recorded_at"]
            .map(Column::keyed),
    );
    for mark in marks {
        let criterion = call.criteria.iter().find(|criterion| criterion.name == mark.criterion);
        listing.push(vec![
            json!(mark.criterion),
            json!(criterion.map(|criterion| &criterion.label)),
            json!(criterion.and_then(|criterion| criterion.track.as_ref())),
            json!(criterion.map(|criterion| criterion.max_mark)),
            json!(criterion.map(|criterion| criterion.weight)),
            json!(mark.expert),
            json!(mark.mark),
            json!(mark.comment),
            json!(mark.recorded_at.to_string()),
        ]);
    }
    listing
}
