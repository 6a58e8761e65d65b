//! What the columns of a view hold, where SQLite cannot tell: a view has no types, and an instant is a text.

use super::error::StoreError;
use super::reader::Reader;
use super::wide_view;

/// A column of what is exported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportedColumn {
    /// Its name in the mirror.
    pub name: String,
    /// What it holds.
    pub holds: Holds,
}

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holds {
    /// What each of its values is.
    Values,
    /// Instants or days of the mirror, as text.
    Moments,
    /// Numbers that the platform gives as text.
    Numbers,
    /// Days, or days and minutes at the clock of Paris, that the platform gives in French words.
    Days,
}

impl Reader {
    /// The columns of a view or table, each with what it holds.
    ///
    /// A question's own words never make it a date: of a form, only the type of the question tells.
    pub(super) fn exported_columns(
        &self,
        view: &str,
        names: Vec<String>,
    ) -> Result<Vec<ExportedColumn>, StoreError> {
        let wide = wide_view::columns(&self.connection, view)?;
        let holds = |name: &str| match &wide {
            None => of_the_mirror(name),
            Some(columns) => match columns.get(name) {
                Some(None) => of_the_mirror(name),
                Some(Some(typename)) => of_a_question(typename),
                None => Holds::Values,
            },
        };
        Ok(names.into_iter().map(|name| ExportedColumn { holds: holds(&name), name }).collect())
    }
}

fn of_the_mirror(name: &str) -> Holds {
    let moment = name.starts_with("date_") || name.ends_with("_at") || name.ends_with("_until");
    if moment { Holds::Moments } else { Holds::Values }
}

fn of_a_question(typename: &str) -> Holds {
    match typename {
        "IntegerNumberChampDescriptor" | "DecimalNumberChampDescriptor" => Holds::Numbers,
        "DateChampDescriptor" | "DatetimeChampDescriptor" => Holds::Days,
        _ => Holds::Values,
    }
}
