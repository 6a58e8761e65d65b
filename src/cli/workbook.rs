//! A workbook for people: what a view holds as a spreadsheet shows it, one row at a time.
//!
//! Invariants: a text is written as a text, whatever it begins with: nothing becomes a formula or a link. What
//! would change on the way (a number too long, a date that is none) stays the text that the CSV has. Rows go to
//! a file as they come: memory does not grow with them.

use std::io::{self, Write};
use std::path::Path;

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;
use rust_xlsxwriter::{
    ColNum, DocProperties, ExcelDateTime, Format, FormatAlign, RowNum, Workbook, Worksheet, XlsxError,
};

use crate::eligibility::Language;
use crate::store::{Cell, ExportedColumn, Holds};
use crate::words::said;

/// Rows of a sheet, its header included.
const MOST_ROWS: RowNum = 1_048_576;

/// What a cell may hold, counted as the format does: in units of UTF-16.
const LONGEST_TEXT: usize = 32_767;

/// Put where a text was cut.
const CUT: &str = " […]";

/// Whole numbers that a spreadsheet shows to the last digit.
const LARGEST_WHOLE: u64 = 999_999_999_999_999;

const NARROWEST: usize = 8;
const WIDEST: usize = 60;

/// Why a workbook cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum WorkbookError {
    /// More rows than a sheet bears.
    #[error("une feuille ne porte pas plus de 1 048 576 lignes : exportez en csv ou en jsonl")]
    TooManyRows,
    /// It cannot be written.
    #[error("le classeur ne peut être écrit : {0}")]
    Format(#[from] XlsxError),
    /// What receives it cannot be written.
    #[error("la sortie ne peut être écrite")]
    Output(#[from] io::Error),
}

/// How a workbook is told to people.
#[derive(Debug, Clone)]
pub struct Manner {
    /// Where instants are shown.
    pub zone: TimeZone,
    /// In which language.
    pub language: Language,
    /// When it is made.
    pub now: Timestamp,
}

/// A workbook that receives a view, then a sheet that says how to read it.
pub struct ViewBook {
    workbook: Workbook,
    manner: Manner,
    columns: Vec<(Holds, usize)>,
    next_row: RowNum,
    cut: u64,
    looks: Looks,
}

struct Looks {
    header: Format,
    text: Format,
    instant: Format,
    day: Format,
}

impl ViewBook {
    /// A workbook whose rows wait in this folder.
    ///
    /// # Errors
    /// When the folder cannot be written.
    pub fn new(folder: &Path, manner: Manner) -> Result<Self, WorkbookError> {
        let mut workbook = Workbook::new();
        workbook.set_tempdir(folder)?;
        let made = TimeZone::UTC.to_datetime(manner.now);
        if let Some(made) = excel_instant(made) {
            workbook.set_properties(&DocProperties::new().set_creation_datetime(&made));
        }
        workbook.add_worksheet_with_constant_memory()?;
        let looks = Looks {
            header: Format::new().set_bold().set_align(FormatAlign::Top),
            // A text edited by hand stays one.
            text: Format::new().set_quote_prefix(),
            instant: Format::new().set_num_format("dd/mm/yyyy hh:mm:ss"),
            day: Format::new().set_num_format("dd/mm/yyyy"),
        };
        Ok(Self { workbook, manner, columns: Vec::new(), next_row: 0, cut: 0, looks })
    }

    /// Names the sheet and writes its header.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn begin(&mut self, view: &str, columns: &[ExportedColumn]) -> Result<(), WorkbookError> {
        let name: String = view.chars().take(31).collect();
        self.workbook.worksheet_from_index(0)?.set_name(name)?.set_freeze_panes(1, 0)?;
        for (place, column) in (0..).zip(columns) {
            self.columns.push((column.holds, NARROWEST));
            self.widen(place, &column.name);
            let sheet = self.workbook.worksheet_from_index(0)?;
            sheet.write_string_with_format(0, place, &column.name, &self.looks.header)?;
        }
        self.next_row = 1;
        Ok(())
    }

    /// Writes a row.
    ///
    /// # Errors
    /// When there are too many, or it cannot be written.
    pub fn push(&mut self, cells: Vec<Cell>) -> Result<(), WorkbookError> {
        if self.next_row >= MOST_ROWS {
            return Err(WorkbookError::TooManyRows);
        }
        for (place, cell) in (0..).zip(cells) {
            self.write(place, cell)?;
        }
        self.next_row += 1;
        Ok(())
    }

    /// Writes the workbook whole.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn finish(mut self, out: impl Write + Send) -> Result<Told, WorkbookError> {
        let last_row = self.next_row.saturating_sub(1);
        let last_column = ColNum::try_from(self.columns.len().saturating_sub(1)).unwrap_or(ColNum::MAX);
        let sheet = self.workbook.worksheet_from_index(0)?;
        for (place, (_, width)) in (0..).zip(&self.columns) {
            sheet.set_column_width(place, u32::try_from(*width).unwrap_or(u32::MAX))?;
        }
        sheet.autofilter(0, 0, last_row, last_column)?;
        let told = Told { rows: u64::from(last_row), cut: self.cut };
        let lines = self.notice(&told);
        let sheet = self.workbook.add_worksheet_with_constant_memory()?;
        write_notice(sheet, said(self.manner.language, "Lisez-moi", "Read me"), &lines)?;
        self.workbook.save_to_writer(out)?;
        Ok(told)
    }

    fn write(&mut self, place: ColNum, cell: Cell) -> Result<(), WorkbookError> {
        let holds = self.columns.get(usize::from(place)).map_or(Holds::Values, |(holds, _)| *holds);
        let row = self.next_row;
        match cell {
            Cell::Null => {}
            Cell::Integer(number) if number.unsigned_abs() <= LARGEST_WHOLE => {
                self.widen(place, &number.to_string());
                self.sheet()?.write_number(row, place, exact(number))?;
            }
            Cell::Integer(number) => self.write_text(place, number.to_string())?,
            Cell::Real(number) if number.is_finite() => {
                self.widen(place, &number.to_string());
                self.sheet()?.write_number(row, place, number)?;
            }
            Cell::Real(number) => self.write_text(place, number.to_string())?,
            Cell::Text(text) => match (holds, number(&text)) {
                (Holds::Numbers, Some(number)) => {
                    self.widen(place, &text);
                    self.sheet()?.write_number(row, place, number)?;
                }
                (Holds::Moments, _) => {
                    let moment = self.moment(&text);
                    self.write_moment(place, text, moment)?;
                }
                (Holds::Days, _) => {
                    let moment = french_moment(&text);
                    self.write_moment(place, text, moment)?;
                }
                _ => self.write_text(place, text)?,
            },
            cell @ Cell::Blob(_) => {
                let text = super::output::plain(&super::query::value(cell));
                self.write_text(place, text)?;
            }
        }
        Ok(())
    }

    /// An instant or a day of the mirror, at the clock of the call.
    fn moment(&self, text: &str) -> Option<Moment> {
        match text.parse::<Timestamp>() {
            Ok(at) => Some(Moment::Minute(self.manner.zone.to_datetime(at))),
            Err(_) => text.parse().ok().map(Moment::Day),
        }
    }

    fn write_moment(
        &mut self,
        place: ColNum,
        text: String,
        moment: Option<Moment>,
    ) -> Result<(), WorkbookError> {
        let found = match moment {
            Some(Moment::Minute(at)) => excel_instant(at).map(|at| (at, self.looks.instant.clone())),
            Some(Moment::Day(day)) => excel_day(day).map(|day| (day, self.looks.day.clone())),
            None => None,
        };
        let Some((moment, look)) = found else { return self.write_text(place, text) };
        let row = self.next_row;
        self.widen(place, "31/05/2019 23:59:59");
        self.sheet()?.write_datetime_with_format(row, place, &moment, &look)?;
        Ok(())
    }

    fn write_text(&mut self, place: ColNum, text: String) -> Result<(), WorkbookError> {
        self.widen(place, &text);
        let text = match shortened(&text) {
            Some(short) => {
                self.cut += 1;
                short
            }
            None => text,
        };
        let row = self.next_row;
        let sheet = self.workbook.worksheet_from_index(0)?;
        sheet.write_string_with_format(row, place, text, &self.looks.text)?;
        Ok(())
    }

    fn sheet(&mut self) -> Result<&mut Worksheet, WorkbookError> {
        Ok(self.workbook.worksheet_from_index(0)?)
    }

    fn widen(&mut self, place: ColNum, text: &str) {
        let wide = text.lines().next().unwrap_or_default().chars().take(WIDEST).count() + 2;
        if let Some((_, width)) = self.columns.get_mut(usize::from(place)) {
            *width = (*width).max(wide.min(WIDEST));
        }
    }

    /// What a reader of the workbook must know, a line each.
    fn notice(&self, told: &Told) -> Vec<(&'static str, String)> {
        let word = |french, english| said(self.manner.language, french, english);
        let zone = self.manner.zone.iana_name().unwrap_or("UTC").to_owned();
        let made = self.manner.zone.to_datetime(self.manner.now);
        let cut = match told.cut {
            0 => word("aucun", "none").to_owned(),
            cut => format!(
                "{cut} ({})",
                word(
                    "plus longs que ce que porte une cellule ; ils sont entiers dans l’export csv",
                    "longer than a cell bears; they are whole in the csv export",
                )
            ),
        };
        vec![
            (
                word("Écrit par ami-sync le", "Written by ami-sync on"),
                made.strftime("%d/%m/%Y %H:%M").to_string(),
            ),
            (word("Lignes", "Rows"), told.rows.to_string()),
            (word("Dates et heures", "Dates and times"), zone),
            (word("Textes coupés", "Texts cut"), cut),
        ]
    }
}

/// What was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Told {
    /// Rows, without the header.
    pub rows: u64,
    /// Texts that were too long for a cell.
    pub cut: u64,
}

fn write_notice(
    sheet: &mut Worksheet,
    name: &str,
    lines: &[(&'static str, String)],
) -> Result<(), XlsxError> {
    sheet.set_name(name)?;
    for (row, (title, text)) in (0..).zip(lines) {
        sheet.write_string_with_format(row, 0, *title, &Format::new().set_bold())?;
        sheet.write_string(row, 1, text)?;
    }
    sheet.set_column_width(0, 24)?.set_column_width(1, WIDEST as u32)?;
    Ok(())
}

fn excel_instant(at: DateTime) -> Option<ExcelDateTime> {
    let two = |number: i8| u8::try_from(number).ok();
    let seconds = f64::from(at.second()) + f64::from(at.millisecond()) / 1_000.0;
    excel_day(at.date())?.and_hms(u16::try_from(at.hour()).ok()?, two(at.minute())?, seconds).ok()
}

fn excel_day(day: Date) -> Option<ExcelDateTime> {
    let two = |number: i8| u8::try_from(number).ok();
    ExcelDateTime::from_ymd(u16::try_from(day.year()).ok()?, two(day.month())?, two(day.day())?).ok()
}

/// A moment without a zone: what a spreadsheet knows.
enum Moment {
    Minute(DateTime),
    Day(Date),
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

/// « 10 juillet 2019 » and « 15 septembre 1962 15:35 », as the platform writes them; anything else is none.
fn french_moment(text: &str) -> Option<Moment> {
    let mut words = text.split(' ');
    let (day, month, year) = (words.next()?, words.next()?, words.next()?);
    let month = i8::try_from(MONTHS.iter().position(|name| *name == month)? + 1).ok()?;
    let day = Date::new(year.parse().ok()?, month, day.parse().ok()?).ok()?;
    let Some(time) = words.next() else { return Some(Moment::Day(day)) };
    let (hour, minute) = time.split_once(':')?;
    let at = day.to_datetime(Time::new(hour.parse().ok()?, minute.parse().ok()?, 0, 0).ok()?);
    words.next().is_none().then_some(Moment::Minute(at))
}

/// The number that a text writes, if it says no more than the number does.
fn number(text: &str) -> Option<f64> {
    let number = text.parse::<f64>().ok().filter(|number| number.is_finite())?;
    (number.to_string() == text).then_some(number)
}

/// A text as long as a cell bears, where it is longer.
fn shortened(text: &str) -> Option<String> {
    if text.encode_utf16().count() <= LONGEST_TEXT {
        return None;
    }
    let mut left = LONGEST_TEXT - CUT.encode_utf16().count();
    let kept = text.chars().take_while(|c| match left.checked_sub(c.len_utf16()) {
        Some(rest) => {
            left = rest;
            true
        }
        None => false,
    });
    Some(kept.collect::<String>() + CUT)
}

#[expect(clippy::cast_precision_loss, reason = "fifteen digits, which a number with decimals holds exactly")]
fn exact(number: i64) -> f64 {
    number as f64
}
