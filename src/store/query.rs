//! Any SQL, read-only whatever it says.
//!
//! Three locks, each enough by itself: the connection is opened read-only, an authorizer refuses whatever is
//! not a read, and a statement that SQLite does not itself call read-only is not run. A second statement is
//! refused rather than ignored.

use rusqlite::fallible_iterator::FallibleIterator as _;
use rusqlite::hooks::{AuthAction, AuthContext, Authorization};
use rusqlite::limits::Limit;
use rusqlite::types::ValueRef;
use rusqlite::{Batch, InterruptHandle};

use super::error::StoreError;
use super::exported::ExportedColumn;
use super::reader::Reader;

/// One value of a row.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// NULL.
    Null,
    /// A whole number.
    Integer(i64),
    /// A number with decimals.
    Real(f64),
    /// Text.
    Text(String),
    /// Bytes.
    Blob(Vec<u8>),
}

impl From<ValueRef<'_>> for Cell {
    fn from(value: ValueRef<'_>) -> Self {
        match value {
            ValueRef::Null => Self::Null,
            ValueRef::Integer(number) => Self::Integer(number),
            ValueRef::Real(number) => Self::Real(number),
            ValueRef::Text(bytes) => Self::Text(String::from_utf8_lossy(bytes).into_owned()),
            ValueRef::Blob(bytes) => Self::Blob(bytes.to_vec()),
        }
    }
}

/// Cuts a query off from another thread.
pub struct Interrupter(InterruptHandle);

impl Interrupter {
    /// Cuts off what runs now.
    pub fn interrupt(&self) {
        self.0.interrupt();
    }
}

/// Pragmas that only tell.
const HARMLESS_PRAGMAS: [&str; 14] = [
    "application_id",
    "user_version",
    "table_info",
    "table_xinfo",
    "table_list",
    "index_list",
    "index_info",
    "index_xinfo",
    "foreign_key_list",
    "function_list",
    "compile_options",
    "page_count",
    "page_size",
    "freelist_count",
];

impl Reader {
    /// A handle to cut queries off.
    #[must_use]
    pub fn interrupter(&self) -> Interrupter {
        Interrupter(self.connection.get_interrupt_handle())
    }

    /// Runs one statement; `begin` gets the columns' names, then `row` each row, and may stop by an error.
    ///
    /// # Errors
    /// When the SQL is refused, when the mirror cannot be read, and those of `begin` and `row`.
    pub fn query<E: From<StoreError>>(
        &mut self,
        sql: &str,
        begin: impl FnOnce(&[String]) -> Result<(), E>,
        row: impl FnMut(Vec<Cell>) -> Result<(), E>,
    ) -> Result<(), E> {
        self.guard()?;
        let mut batch = Batch::new(&self.connection, sql);
        let first = batch.next().map_err(refused)?;
        let Some(statement) = first else { return Err(StoreError::Query("elle est vide".to_owned()).into()) };
        if !statement.readonly() {
            return Err(StoreError::Query("elle écrirait, et le miroir se lit seulement".to_owned()).into());
        }
        if !matches!(batch.next(), Ok(None)) {
            return Err(StoreError::Query("une seule instruction à la fois".to_owned()).into());
        }
        run(statement, begin, row)
    }

    /// Every row of a view or table of the mirror.
    ///
    /// # Errors
    /// When there is no such view, when the mirror cannot be read, and those of `begin` and `row`.
    pub fn export<E: From<StoreError>>(
        &mut self,
        view: &str,
        begin: impl FnOnce(&[ExportedColumn]) -> Result<(), E>,
        row: impl FnMut(Vec<Cell>) -> Result<(), E>,
    ) -> Result<(), E> {
        if !self.views()?.iter().any(|known| known == view) {
            return Err(StoreError::NoSuchView(view.to_owned()).into());
        }
        let sql = format!("SELECT * FROM \"{}\"", view.replace('"', "\"\""));
        let statement = self.connection.prepare(&sql).map_err(StoreError::from)?;
        run(statement, |names| begin(&self.exported_columns(view, names.to_vec())?), row)
    }

    /// The views and tables of the mirror, views first.
    ///
    /// # Errors
    /// When the mirror cannot be read.
    pub fn views(&self) -> Result<Vec<String>, StoreError> {
        let mut statement = self.connection.prepare(
            "SELECT name FROM sqlite_schema WHERE type IN ('view', 'table') AND name NOT LIKE 'sqlite_%'
             ORDER BY type DESC, name",
        )?;
        let rows = statement.query_map([], |row| row.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    fn guard(&mut self) -> Result<(), StoreError> {
        self.connection.set_limit(Limit::SQLITE_LIMIT_ATTACHED, 0)?;
        self.connection.authorizer(Some(authorize))?;
        Ok(())
    }
}

fn authorize(context: AuthContext<'_>) -> Authorization {
    match context.action {
        AuthAction::Select | AuthAction::Read { .. } | AuthAction::Recursive => Authorization::Allow,
        AuthAction::Function { function_name } if !function_name.eq_ignore_ascii_case("load_extension") => {
            Authorization::Allow
        }
        AuthAction::Pragma { pragma_name, .. }
            if HARMLESS_PRAGMAS.iter().any(|known| pragma_name.eq_ignore_ascii_case(known)) =>
        {
            Authorization::Allow
        }
        _ => Authorization::Deny,
    }
}

fn refused(error: rusqlite::Error) -> StoreError {
    match error.sqlite_error_code() {
        Some(rusqlite::ErrorCode::AuthorizationForStatementDenied) => {
            StoreError::Query("elle fait autre chose que lire".to_owned())
        }
        _ => match StoreError::from(error) {
            StoreError::Sqlite(error) => StoreError::Query(error.to_string()),
            other => other,
        },
    }
}

fn run<E: From<StoreError>>(
    mut statement: rusqlite::Statement<'_>,
    begin: impl FnOnce(&[String]) -> Result<(), E>,
    mut each: impl FnMut(Vec<Cell>) -> Result<(), E>,
) -> Result<(), E> {
    let names: Vec<String> = statement.column_names().map(str::to_owned).collect();
    begin(&names)?;
    let mut rows = statement.query([]).map_err(refused)?;
    while let Some(row) = rows.next().map_err(refused)? {
        let cells =
            (0..names.len()).map(|index| row.get_ref(index).map(Cell::from)).collect::<Result<_, _>>();
        each(cells.map_err(StoreError::from)?)?;
    }
    Ok(())
}
