//! Every call at a glance: how fresh the mirror is, the verdicts, who applied, when.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use jiff::Timestamp;
use minijinja::{Value, context};

use super::Pages;
use super::answer::{Made, make};
use crate::config::CallConfig;
use crate::eligibility::Language;
use crate::store::{Counted, NatureCount, Reader, StoreError};

/// The verdicts, in the order of their columns.
const VERDICTS: [&str; 4] = ["eligible", "to_review", "late", "ineligible"];

/// The page of all the calls.
pub(super) async fn all(State(pages): State<Arc<Pages>>) -> Response {
    make(pages, |pages, reader| tell(pages, reader)).await
}

fn tell(pages: &Pages, reader: &Reader) -> Made {
    let now = pages.clock.now();
    let calls =
        pages.calls.iter().map(|call| tell_call(pages, call, reader, now)).collect::<Result<Vec<_>, _>>()?;
    let status = reader.status()?;
    let quarantine: Vec<Value> = status
        .quarantine
        .iter()
        .map(|line| context! { number => line.number.0, error => line.last_error.as_str(), attempts => line.attempts })
        .collect();
    let unknown: Vec<Value> = status
        .unknown
        .iter()
        .map(
            |line| context! { place => line.place.as_str(), name => line.name.as_str(), count => line.count },
        )
        .collect();
    Ok(("calls.html", context! { calls, quarantine, unknown, verdicts => VERDICTS }))
}

fn tell_call(pages: &Pages, call: &CallConfig, reader: &Reader, now: Timestamp) -> Result<Value, StoreError> {
    let freshness = reader.freshness(call.demarche)?;
    let zone = call.rules.timezone();
    let minute = |at: Timestamp| pages.minute(at, zone);
    let fresh = freshness.last_success_at.map(|at| {
        context! { at => minute(at), age => age(now, at, pages.language) }
    });
    let last_run = freshness
        .last_run
        .as_ref()
        .map(|(at, outcome)| context! { at => minute(*at), outcome => outcome.as_str() });
    // A failure since which a pass succeeded is of no use here.
    let failure = freshness
        .last_error
        .as_ref()
        .filter(|(at, _)| freshness.last_success_at.is_none_or(|success| *at > success))
        .map(|(at, error)| context! { at => minute(*at), error => error.as_str() });
    let counted = |counts: &[Counted]| -> Vec<Value> {
        counts.iter().map(|one| context! { value => one.value.as_str(), dossiers => one.dossiers }).collect()
    };
    Ok(context! {
        slug => call.slug.as_str(),
        demarche => call.demarche.0,
        fresh,
        last_run,
        failure,
        alive => freshness.alive,
        gone => freshness.gone,
        quarantined => freshness.quarantined,
        unfinished => freshness.unfinished,
        by_verdict => by_verdict(&freshness.by_verdict),
        by_state => counted(&freshness.by_state),
        natures => natures(&reader.counts_by_nature(call.demarche)?),
        weeks => weeks(&reader.counts_by_week(call.demarche)?, pages.language),
    })
}

/// Every verdict with its count, zero included: an operator looks for it at its place.
fn by_verdict(counts: &[Counted]) -> Vec<Value> {
    let count = |name: &str| counts.iter().find(|one| one.value == name).map_or(0, |one| one.dossiers);
    VERDICTS.iter().map(|name| context! { value => *name, dossiers => count(name) }).collect()
}

/// Natures in rows, the most frequent first, verdicts in columns.
fn natures(counts: &[NatureCount]) -> Vec<Value> {
    let mut rows: Vec<(&str, [u64; 4])> = Vec::new();
    for count in counts {
        let Some(column) = VERDICTS.iter().position(|name| *name == count.verdict) else { continue };
        let row = match rows.iter_mut().find(|(nature, _)| *nature == count.nature) {
            Some((_, row)) => row,
            None => {
                rows.push((&count.nature, [0; 4]));
                let Some((_, row)) = rows.last_mut() else { continue };
                row
            }
        };
        if let Some(cell) = row.get_mut(column) {
            *cell += count.dossiers;
        }
    }
    rows.sort_by_key(|(nature, row)| (std::cmp::Reverse(row.iter().sum::<u64>()), *nature));
    rows.into_iter()
        .map(|(nature, row)| context! { nature, cells => row, total => row.iter().sum::<u64>() })
        .collect()
}

/// Weeks with their count, and how wide their bar is, in hundredths of the widest.
fn weeks(counts: &[Counted], language: Language) -> Vec<Value> {
    let most = counts.iter().map(|one| one.dossiers).max().unwrap_or(1).max(1);
    counts
        .iter()
        .map(|one| {
            let monday = one.value.parse::<jiff::civil::Date>().map(|day| match language {
                Language::Fr => day.strftime("%d/%m/%Y").to_string(),
                Language::En => day.to_string(),
            });
            let monday = monday.unwrap_or_else(|_| one.value.clone());
            context! { monday, dossiers => one.dossiers, width => (one.dossiers * 100).div_ceil(most) }
        })
        .collect()
}

/// How long ago, as people say it.
fn age(now: Timestamp, at: Timestamp, language: Language) -> String {
    let seconds = now.duration_since(at).as_secs().max(0);
    let (count, unit) = match seconds {
        0..120 => (seconds, "s"),
        120..7_200 => (seconds / 60, "min"),
        7_200..172_800 => (seconds / 3_600, "h"),
        _ => (seconds / 86_400, crate::words::said(language, "jours", "days")),
    };
    match language {
        Language::Fr => format!("il y a {count} {unit}"),
        Language::En => format!("{count} {unit} ago"),
    }
}
