//! What each call's loop is doing, written by the loops and read by whoever answers for the service.
//!
//! Invariants: a loop that waits says until when, one that works leaves a mark whenever it moves; whether the
//! service is alive follows from that alone, so that a clock that ticks in a stuck process proves nothing.
//! The sentence for the administrator names calls and counts, nobody.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use tokio::sync::Notify;
use tokio::time::Instant;

use crate::engine::{Outcome, PassReport};

/// What a loop does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Doing {
    /// Nothing until then.
    Waiting { until: Instant },
    /// A pass.
    Passing,
}

/// Where one call stands.
#[derive(Debug, Clone)]
struct CallState {
    doing: Doing,
    last_good: Option<Timestamp>,
    failing_since: Option<Timestamp>,
    failures: u32,
    held: u64,
    next_at: Option<Timestamp>,
}

#[derive(Debug, Default)]
struct Written {
    calls: BTreeMap<String, CallState>,
    refused: Option<String>,
    moved: Option<(u64, Instant)>,
}

/// The board.
#[derive(Debug, Default)]
pub(super) struct Board {
    written: Mutex<Written>,
    changed: Notify,
}

impl Board {
    /// Forgets the calls, for those of a new configuration.
    pub(super) fn clear(&self) {
        self.written().calls.clear();
    }

    /// A pass over a call begins.
    pub(super) fn begins(&self, slug: &str) {
        let mut written = self.written();
        let state = written.calls.entry(slug.to_owned()).or_insert(CallState {
            doing: Doing::Passing,
            last_good: None,
            failing_since: None,
            failures: 0,
            held: 0,
            next_at: None,
        });
        state.doing = Doing::Passing;
        // A pass has all its patience before it, however long the loops had been waiting.
        written.moved = None;
    }

    /// A pass ended; the next comes after `wait`. Answers how many failed in a row.
    pub(super) fn ends(&self, report: &PassReport, now: Timestamp) -> u32 {
        let mut written = self.written();
        let Some(state) = written.calls.get_mut(&report.slug) else { return 0 };
        state.held = report.held;
        if report.outcome == Outcome::Failed {
            state.failing_since.get_or_insert(now);
            state.failures = state.failures.saturating_add(1);
        } else {
            state.failing_since = None;
            state.failures = 0;
            state.last_good = Some(now);
        }
        state.failures
    }

    /// A loop waits for its next pass.
    pub(super) fn waits(&self, slug: &str, wait: Duration, now: Timestamp) {
        if let Some(state) = self.written().calls.get_mut(slug) {
            state.doing = Doing::Waiting { until: Instant::now() + wait };
            state.next_at = now.checked_add(wait).ok();
        }
        self.changed.notify_one();
    }

    /// A configuration was refused, for this reason; or one was taken.
    pub(super) fn refused(&self, reason: Option<String>) {
        self.written().refused = reason;
        self.changed.notify_one();
    }

    /// Waits until the sentence may have changed.
    pub(super) async fn changed(&self) {
        self.changed.notified().await;
    }

    /// Whether the loops move: none waits past its time, and work leaves marks. `mark` is any count that
    /// grows as passes go; `patience` is the longest that honest work may take between two marks.
    pub(super) fn is_alive(&self, mark: u64, patience: Duration, now: Instant) -> bool {
        let mut written = self.written();
        let overdue = written.calls.values().any(|state| match state.doing {
            Doing::Waiting { until } => now.saturating_duration_since(until) > patience,
            Doing::Passing => false,
        });
        let since = match written.moved {
            Some((last, since)) if last == mark => since,
            _ => now,
        };
        written.moved = Some((mark, since));
        let passing = written.calls.values().any(|state| state.doing == Doing::Passing);
        let stuck = passing && now.saturating_duration_since(since) > patience;
        !(overdue || stuck)
    }

    /// One sentence for the administrator.
    pub(super) fn sentence(&self) -> String {
        let written = self.written();
        let mut told = String::new();
        if let Some(reason) = &written.refused {
            told.push_str("configuration refusée, l’ancienne reste : ");
            told.push_str(reason);
            told.push_str(" | ");
        }
        let calls: Vec<String> =
            written.calls.iter().map(|(slug, state)| format!("{slug} : {}", state.in_words())).collect();
        told.push_str(&calls.join(" | "));
        told.replace('\n', " ")
    }

    fn written(&self) -> MutexGuard<'_, Written> {
        self.written.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl CallState {
    fn in_words(&self) -> String {
        let next = match (self.doing, self.next_at) {
            (Doing::Waiting { .. }, Some(at)) => format!("prochaine passe à {}", hour(at)),
            _ => "passe en cours".to_owned(),
        };
        let last = self.last_good.map_or_else(|| "jamais".to_owned(), hour);
        if let Some(since) = self.failing_since {
            let tries = self.failures;
            return format!("en échec depuis {} ({tries} passes), à jour à : {last} ; {next}", hour(since));
        }
        if self.held > 0 {
            return format!(
                "{} disparitions retenues, voyez « ami-sync sync --confirm » ; {next}",
                self.held
            );
        }
        match self.last_good {
            Some(_) => format!("à jour à {last} ; {next}"),
            None => "première passe en cours".to_owned(),
        }
    }
}

/// The hour that a clock on a wall of metropolitan France shows.
fn hour(instant: Timestamp) -> String {
    let zone = TimeZone::get("Europe/Paris").unwrap_or(TimeZone::UTC);
    instant.to_zoned_datetime(zone).strftime("%H:%M:%S").to_string()
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

    use super::*;
    use crate::domain::DemarcheNumber;

    const PATIENCE: Duration = Duration::from_secs(300);

    fn report(outcome: Outcome) -> PassReport {
        let mut report = PassReport::new("appel", DemarcheNumber(1));
        report.outcome = outcome;
        report
    }

    fn at(hour: &str) -> Timestamp {
        format!("2019-05-31T{hour}Z").parse().unwrap()
    }

    #[test]
    fn a_loop_that_waits_past_its_time_is_not_alive() {
        let board = Board::default();
        let start = Instant::now();
        board.begins("appel");
        board.waits("appel", Duration::from_secs(60), at("10:00:00"));
        for (seconds, expected) in [(0, true), (59, true), (350, true), (370, false)] {
            assert_eq!(
                board.is_alive(1, PATIENCE, start + Duration::from_secs(seconds)),
                expected,
                "{seconds}"
            );
        }
    }

    #[test]
    fn a_pass_is_alive_for_as_long_as_it_leaves_marks() {
        let board = Board::default();
        let start = Instant::now();
        board.begins("appel");
        for (seconds, mark, expected) in
            [(0, 1, true), (299, 1, true), (301, 1, false), (302, 2, true), (600, 2, true), (603, 2, false)]
        {
            let now = start + Duration::from_secs(seconds);
            assert_eq!(board.is_alive(mark, PATIENCE, now), expected, "at {seconds}");
        }
    }

    #[test]
    fn a_pass_that_begins_after_a_long_wait_has_all_its_patience() {
        let board = Board::default();
        let start = Instant::now();
        board.begins("appel");
        assert!(board.is_alive(1, PATIENCE, start));
        board.waits("appel", Duration::from_secs(3600), at("10:00:00"));
        board.begins("appel");
        assert!(board.is_alive(1, PATIENCE, start + Duration::from_secs(3600)));
    }

    #[test]
    fn the_sentence_says_where_each_call_stands() {
        let board = Board::default();
        board.begins("appel");
        assert_eq!(board.sentence(), "appel : première passe en cours");
        assert_eq!(board.ends(&report(Outcome::Done), at("10:00:00")), 0);
        board.waits("appel", Duration::from_secs(60), at("10:00:00"));
        assert_eq!(board.sentence(), "appel : à jour à 12:00:00 ; prochaine passe à 12:01:00");
        board.begins("appel");
        assert_eq!(board.ends(&report(Outcome::Failed), at("10:01:00")), 1);
        assert_eq!(board.ends(&report(Outcome::Failed), at("10:02:00")), 2);
        board.waits("appel", Duration::from_secs(60), at("10:02:00"));
        board.refused(Some("ligne 3 :\nclé inconnue".to_owned()));
        assert_eq!(
            board.sentence(),
            "configuration refusée, l’ancienne reste : ligne 3 : clé inconnue | appel : en échec depuis 12:01:00 \
             (2 passes), à jour à : 12:00:00 ; prochaine passe à 12:03:00"
        );
        board.refused(None);
        assert_eq!(board.ends(&report(Outcome::Findings), at("10:03:00")), 0);
        assert!(board.sentence().starts_with("appel : à jour à 12:03:00"), "{}", board.sentence());
    }
}
