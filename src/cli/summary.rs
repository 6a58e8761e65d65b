//! A call in one table: how many dossiers of each verdict, and of which nature.

use std::collections::BTreeMap;
use std::io::Write;

use comfy_table::{CellAlignment, presets};

use super::words::{nature, verdict};
use crate::store::DossierLine;

const VERDICTS: [&str; 4] = ["eligible", "to_review", "late", "ineligible"];

/// Writes the table: natures in rows, verdicts in columns.
///
/// # Errors
/// When the output cannot be written.
pub fn write(lines: &[DossierLine], out: &mut dyn Write) -> std::io::Result<()> {
    let mut counts: BTreeMap<&str, [u64; 4]> = BTreeMap::new();
    for line in lines {
        let row = counts.entry(line.nature.as_deref().unwrap_or("unknown")).or_default();
        let found = VERDICTS.iter().position(|name| Some(*name) == line.verdict.as_deref());
        if let Some(count) = found.and_then(|index| row.get_mut(index)) {
            *count += 1;
        }
    }
    let mut rows: Vec<(&str, [u64; 4])> = counts.into_iter().collect();
    rows.sort_by_key(|(name, row)| (std::cmp::Reverse(row.iter().sum::<u64>()), *name));
    let mut table = comfy_table::Table::new();
    table.load_style(presets::UTF8_BORDERS_ONLY);
    let titles = VERDICTS.iter().map(|name| verdict(name));
    table.set_header(["nature du candidat"].into_iter().chain(titles).chain(["total"]));
    let mut totals = [0_u64; 4];
    for (name, row) in &rows {
        for (total, count) in totals.iter_mut().zip(row) {
            *total += count;
        }
        table.add_row(cells(nature(name), row));
    }
    table.add_row(cells("total", &totals));
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    writeln!(out, "{table}")
}

fn cells(title: &str, row: &[u64; 4]) -> Vec<String> {
    let shown = |count: u64| if count == 0 { "·".to_owned() } else { count.to_string() };
    let total: u64 = row.iter().sum();
    std::iter::once(title.to_owned())
        .chain(row.iter().copied().map(shown))
        .chain([total.to_string()])
        .collect()
}
