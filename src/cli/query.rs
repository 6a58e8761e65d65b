//! `query`: SQL on the mirror, read-only whatever it says.

use std::io::{self, Write};
use std::sync::mpsc;

use anyhow::Context as _;
use serde_json::{Value, json};

use super::exit::Exit;
use super::output::{Column, Format, Listing};
use super::session::{Session, format_or_table};
use crate::engine::EngineError;
use crate::store::{Cell, Interrupter, Reader, StoreError};

/// The arguments of `query`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Une instruction SQL, par exemple « SELECT verdict, COUNT(*) FROM v_dossiers GROUP BY verdict »
    sql: String,
    /// Forme de la sortie
    #[arg(long, value_enum)]
    format: Option<Format>,
}

/// Runs the query; Ctrl-C cuts it off.
///
/// # Errors
/// When the SQL is refused, or the mirror cannot be read.
pub fn run(args: &Args, session: &Session, out: &mut dyn Write) -> anyhow::Result<Exit> {
    let config = session.config()?;
    let mut reader = Session::reader(&config)?;
    let listing = cut_off_by_ctrl_c(reader.interrupter(), || collect(&mut reader, &args.sql))?;
    listing.write(format_or_table(args.format), out)?;
    Ok(Exit::Done)
}

fn collect(reader: &mut Reader, sql: &str) -> anyhow::Result<Listing> {
    let mut listing = None;
    let mut rows = Vec::new();
    let done = reader.query::<StoreError>(
        sql,
        |names| {
            listing = Some(Listing::new(names.iter().map(|name| Column::keyed(name))));
            Ok(())
        },
        |row| {
            rows.push(row.into_iter().map(value).collect::<Vec<_>>());
            Ok(())
        },
    );
    match done {
        Ok(()) => {}
        Err(StoreError::Interrupted) => return Err(EngineError::Interrupted.into()),
        Err(error) => return Err(error.into()),
    }
    let mut listing = listing.unwrap_or_default();
    for row in rows {
        listing.push(row);
    }
    Ok(listing)
}

/// A cell as JSON: bytes in hexadecimal, as SQLite writes them.
#[must_use]
pub fn value(cell: Cell) -> Value {
    match cell {
        Cell::Null => Value::Null,
        Cell::Integer(number) => json!(number),
        Cell::Real(number) => json!(number),
        Cell::Text(text) => Value::String(text),
        Cell::Blob(bytes) => {
            let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
            Value::String(format!("x'{hex}'"))
        }
    }
}

/// Runs work that reads the mirror, interrupted by Ctrl-C.
///
/// # Errors
/// Those of the work, and when the system gives no thread.
pub fn cut_off_by_ctrl_c<T>(
    interrupter: Interrupter,
    work: impl FnOnce() -> anyhow::Result<T>,
) -> anyhow::Result<T> {
    let (done, finished) = tokio::sync::oneshot::channel::<()>();
    let (ready, started) = mpsc::channel();
    let watch = std::thread::Builder::new().name("ctrl-c".to_owned()).spawn(move || -> io::Result<()> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(async {
            let mut interrupt = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::interrupt())?;
            ready.send(()).map_err(io::Error::other)?;
            tokio::select! {
                _ = interrupt.recv() => interrupter.interrupt(),
                _ = finished => {}
            }
            Ok(())
        })
    });
    let watch = watch.context("le système ne donne pas de fil d’exécution")?;
    if started.recv().is_err() {
        tracing::debug!("Ctrl-C will end the process at once");
    }
    let result = work();
    drop(done);
    if !matches!(watch.join(), Ok(Ok(()))) {
        tracing::debug!("the watcher of Ctrl-C ended badly");
    }
    result
}
