//! `export`: a view of the mirror, whole, row by row.

use std::cell::RefCell;
use std::fs::OpenOptions;
use std::io::{self, BufWriter, IsTerminal as _, Seek as _, Write};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use jiff::tz::TimeZone;
use serde_json::{Map, Value};

use super::exit::{Exit, Misuse};
use super::output::{csv_error, plain};
use super::query::{cut_off_by_ctrl_c, value};
use super::session::Session;
use super::workbook::{Manner, ViewBook, WorkbookError};
use crate::clock::{Clock as _, SystemClock};
use crate::config::Config;
use crate::engine::EngineError;
use crate::store::{Reader, StoreError};

/// How an export is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum ExportFormat {
    /// CSV avec en-tête, RFC 4180
    Csv,
    /// Un objet JSON par ligne
    Jsonl,
    /// Classeur pour tableur
    Xlsx,
}

/// The arguments of `export`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Forme
    #[arg(long, value_enum)]
    format: ExportFormat,
    /// Vue ou table du miroir : v_dossiers, v_ineligible, v_late, v_to_review, v_stats, d_<numéro>…
    #[arg(long, value_name = "NOM", default_value = "v_dossiers")]
    view: String,
    /// Fichier à écrire, avec les droits 0600 (sinon la sortie standard)
    #[arg(short, long, value_name = "FICHIER")]
    output: Option<PathBuf>,
}

#[derive(Debug, thiserror::Error)]
enum ExportError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Workbook(#[from] WorkbookError),
    #[error("la sortie ne peut être écrite")]
    Output(#[from] io::Error),
}

/// Writes the export. A file appears only once it is whole.
///
/// # Errors
/// When there is no such view, or the output cannot be written.
pub fn run(args: &Args, session: &Session, out: &mut dyn Write) -> anyhow::Result<Exit> {
    let config = session.config()?;
    let mut reader = Session::reader(&config)?;
    let Some(path) = &args.output else {
        if args.format == ExportFormat::Xlsx && io::stdout().is_terminal() {
            let remedy = "un classeur ne s’affiche pas sur un terminal : nommez un fichier, -o dossiers.xlsx";
            return Err(Misuse(remedy.to_owned()).into());
        }
        let waiting = std::env::temp_dir();
        cut_off_by_ctrl_c(reader.interrupter(), || {
            write(&mut reader, args, (&config, &waiting), out).map_err(told)
        })?;
        return Ok(Exit::Done);
    };
    let mut partial = path.as_os_str().to_owned();
    partial.push(".partial");
    let partial = PathBuf::from(partial);
    let written = write_file(&mut reader, args, &config, (path, &partial));
    if written.is_err() {
        // What is half written is nothing; that it stays is told by its name.
        drop(std::fs::remove_file(&partial));
    }
    let rows = written?;
    tracing::info!(rows, "exported");
    Ok(Exit::Done)
}

fn write_file(
    reader: &mut Reader,
    args: &Args,
    config: &Config,
    (path, partial): (&Path, &Path),
) -> anyhow::Result<u64> {
    let beside = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let cannot = || {
        let path = path.display();
        format!("{path} ne peut être écrit ; vérifiez le répertoire, ses droits et la place qui y reste")
    };
    let file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(partial);
    let mut file = BufWriter::new(file.with_context(cannot)?);
    let rows = cut_off_by_ctrl_c(reader.interrupter(), || {
        write(reader, args, (config, beside), &mut file).map_err(told)
    })?;
    file.into_inner()
        .map_err(io::IntoInnerError::into_error)
        .with_context(cannot)?
        .sync_all()
        .with_context(cannot)?;
    std::fs::rename(partial, path).with_context(cannot)?;
    Ok(rows)
}

/// What cut it off is the operator.
fn told(error: ExportError) -> anyhow::Error {
    match error {
        ExportError::Store(StoreError::Interrupted) => EngineError::Interrupted.into(),
        other => other.into(),
    }
}

fn write(
    reader: &mut Reader,
    args: &Args,
    (config, waiting): (&Config, &Path),
    out: &mut dyn Write,
) -> Result<u64, ExportError> {
    match args.format {
        ExportFormat::Csv => write_csv(reader, &args.view, out),
        ExportFormat::Jsonl => write_jsonl(reader, &args.view, out),
        ExportFormat::Xlsx => {
            let manner = Manner { zone: zone(config), language: config.language, now: SystemClock.now() };
            write_xlsx(reader, &args.view, (manner, waiting), out)
        }
    }
}

/// Where instants are shown: where the calls are, or where none is favoured.
fn zone(config: &Config) -> TimeZone {
    let mut zones = config.calls.iter().map(|call| call.rules.timezone());
    let first = zones.next().cloned().unwrap_or(TimeZone::UTC);
    if zones.all(|zone| *zone == first) { first } else { TimeZone::UTC }
}

fn write_csv(reader: &mut Reader, view: &str, out: &mut dyn Write) -> Result<u64, ExportError> {
    let csv = RefCell::new(csv::Writer::from_writer(out));
    let mut rows = 0;
    reader.export::<ExportError>(
        view,
        |columns| {
            let names = columns.iter().map(|column| &column.name);
            Ok(csv.borrow_mut().write_record(names).map_err(csv_error)?)
        },
        |row| {
            rows += 1;
            let record = row.into_iter().map(|cell| plain(&value(cell)));
            Ok(csv.borrow_mut().write_record(record).map_err(csv_error)?)
        },
    )?;
    csv.borrow_mut().flush()?;
    Ok(rows)
}

fn write_jsonl(reader: &mut Reader, view: &str, out: &mut dyn Write) -> Result<u64, ExportError> {
    let names = RefCell::new(Vec::new());
    let mut rows = 0;
    reader.export::<ExportError>(
        view,
        |columns| {
            *names.borrow_mut() = columns.iter().map(|column| column.name.clone()).collect();
            Ok(())
        },
        |row| {
            rows += 1;
            let object: Map<String, Value> =
                names.borrow().iter().cloned().zip(row.into_iter().map(value)).collect();
            Ok(writeln!(out, "{}", Value::Object(object))?)
        },
    )?;
    Ok(rows)
}

fn write_xlsx(
    reader: &mut Reader,
    view: &str,
    (manner, waiting): (Manner, &Path),
    out: &mut dyn Write,
) -> Result<u64, ExportError> {
    let book = RefCell::new(ViewBook::new(waiting, manner)?);
    reader.export::<ExportError>(
        view,
        |columns| Ok(book.borrow_mut().begin(view, columns)?),
        |row| Ok(book.borrow_mut().push(row)?),
    )?;
    let mut whole = tempfile::tempfile_in(waiting)?;
    let told = book.into_inner().finish(BufWriter::new(&mut whole))?;
    if told.cut > 0 {
        tracing::warn!(
            "{} textes, plus longs que ce que porte une cellule, sont coupés : ils sont entiers en csv",
            told.cut
        );
    }
    whole.rewind()?;
    io::copy(&mut whole, out)?;
    Ok(told.rows)
}
