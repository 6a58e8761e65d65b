//! Data on the standard output: a table for eyes, JSON and CSV for scripts.
//!
//! Invariants: keys of JSON and CSV are stable and are the mirror's own names; titles of a table are
//! words for people and may change; colour and width follow the terminal and `NO_COLOR`.

use std::io::{self, IsTerminal as _, Write};

use comfy_table::{ContentArrangement, presets};
use serde_json::{Map, Value};

/// How to write a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// Tableau, pour lire
    Table,
    /// Un tableau JSON d’objets
    Json,
    /// CSV avec en-tête, RFC 4180
    Csv,
}

/// A column: its key for scripts, its title for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Stable key.
    pub key: String,
    /// Title in a table.
    pub title: String,
}

impl Column {
    /// A column with a title of its own.
    pub fn new(key: &str, title: &str) -> Self {
        Self { key: key.to_owned(), title: title.to_owned() }
    }

    /// A column titled by its key.
    pub fn keyed(key: &str) -> Self {
        Self::new(key, key)
    }
}

/// Rows under columns.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Listing {
    columns: Vec<Column>,
    rows: Vec<Vec<Value>>,
}

impl Listing {
    /// An empty list.
    pub fn new(columns: impl IntoIterator<Item = Column>) -> Self {
        Self { columns: columns.into_iter().collect(), rows: Vec::new() }
    }

    /// Adds a row, its values in the order of the columns.
    pub fn push(&mut self, row: Vec<Value>) {
        self.rows.push(row);
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Writes the list.
    ///
    /// # Errors
    /// When the output cannot be written.
    pub fn write(&self, format: Format, out: &mut dyn Write) -> io::Result<()> {
        match format {
            Format::Table => self.write_table(out),
            Format::Json => self.write_json(out),
            Format::Csv => self.write_csv(out),
        }
    }

    fn write_table(&self, out: &mut dyn Write) -> io::Result<()> {
        let mut table = comfy_table::Table::new();
        table.load_style(presets::UTF8_BORDERS_ONLY);
        table.set_header(self.columns.iter().map(|column| column.title.as_str()));
        if io::stdout().is_terminal() {
            table.set_content_arrangement(ContentArrangement::Dynamic);
        }
        for row in &self.rows {
            table.add_row(row.iter().map(plain));
        }
        writeln!(out, "{table}")
    }

    fn write_json(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "[")?;
        for (index, row) in self.rows.iter().enumerate() {
            let object: Map<String, Value> =
                self.columns.iter().map(|column| column.key.clone()).zip(row.iter().cloned()).collect();
            let comma = if index + 1 < self.rows.len() { "," } else { "" };
            writeln!(out, "  {}{comma}", Value::Object(object))?;
        }
        writeln!(out, "]")
    }

    fn write_csv(&self, out: &mut dyn Write) -> io::Result<()> {
        let mut csv = csv::Writer::from_writer(out);
        csv.write_record(self.columns.iter().map(|column| column.key.as_str())).map_err(io::Error::other)?;
        for row in &self.rows {
            csv.write_record(row.iter().map(plain)).map_err(csv_error)?;
        }
        csv.flush()
    }
}

/// A CSV error is an output error: a closed pipe must be seen as one.
pub fn csv_error(error: csv::Error) -> io::Error {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error,
        kind => io::Error::other(format!("{kind:?}")),
    }
}

/// A value as bare text.
#[must_use]
pub fn plain(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
