//! Where a call stands, and what the next pass owes it.
//!
//! Invariants: a walk begun at instant S, once complete, lets the next one start at S less the overlap; of
//! the server's time and ours, S is the earlier, since reading twice costs little and skipping loses; a
//! fill that found nothing is no fill, so that a source empty by fault is asked again in full. Pure: takes
//! `now`.

use jiff::{SignedDuration, Timestamp};

use super::report::Mode;
use crate::config::PollConfig;
use crate::domain::DemarcheNumber;
use crate::store::{Position, WalkMode};

/// How much further back the lists of deletions are read beside a sweep: the platform dates a destroyed
/// dossier back to the day it was put in the bin, fourteen days before.
const DELETIONS_REACH: SignedDuration = SignedDuration::from_hours(15 * 24);

/// The dossiers that one request a minute could sweep: a large call is swept less often.
const SWEPT_PER_MINUTE: u64 = 100;

/// A call never read.
pub(super) const fn unread(demarche: DemarcheNumber) -> Position {
    Position {
        demarche,
        mode: WalkMode::Fill,
        since: None,
        after: None,
        walk_started_at: None,
        filled_at: None,
        deletions_since: None,
        last_sweep_at: None,
        last_reconcile_at: None,
        revision_id: None,
        judged_by: None,
    }
}

/// Chooses what the pass goes through: the walk under way if there is one, else the next due.
pub(super) fn choose_walk(position: &mut Position, full: bool, poll: &PollConfig, now: Timestamp) -> Mode {
    let under_way = position.after.is_some();
    let reconcile = full || is_due(position.last_reconcile_at, poll.reconcile_every, now);
    if position.filled_at.is_none() {
        position.mode = WalkMode::Fill;
    } else if reconcile {
        if full || position.mode != WalkMode::Reconcile {
            begin(position, WalkMode::Reconcile);
        }
    } else if !under_way || position.mode != WalkMode::Incremental {
        begin(position, WalkMode::Incremental);
    }
    match position.mode {
        WalkMode::Fill => Mode::Fill,
        WalkMode::Incremental => Mode::Incremental,
        WalkMode::Reconcile => Mode::Reconcile,
    }
}

fn begin(position: &mut Position, mode: WalkMode) {
    position.mode = mode;
    position.after = None;
    position.walk_started_at = None;
}

/// The instant a walk began at, for what it may have missed.
pub(super) fn start_of_walk(server_time: Option<Timestamp>, now: Timestamp) -> Timestamp {
    server_time.map_or(now, |server| server.min(now))
}

/// Marks the walk as complete.
pub(super) fn complete_walk(position: &mut Position, found: bool, poll: &PollConfig, now: Timestamp) {
    let started = position.walk_started_at.unwrap_or(now);
    let next = started.saturating_sub(overlap(poll)).unwrap_or(started);
    match position.mode {
        WalkMode::Fill if !found => {}
        WalkMode::Fill => {
            position.filled_at = Some(now);
            position.last_reconcile_at = Some(now);
            position.last_sweep_at = Some(now);
            position.since = Some(next);
        }
        WalkMode::Reconcile => {
            position.last_reconcile_at = Some(now);
            position.since = Some(next);
        }
        WalkMode::Incremental => position.since = Some(next),
    }
    position.after = None;
    position.walk_started_at = None;
    if position.filled_at.is_some() {
        position.mode = WalkMode::Incremental;
    }
}

/// From when the lists of deletions are read; `None` reads them whole, at the first pass.
pub(super) fn deletions_since(position: &Position, deep: bool) -> Option<Timestamp> {
    let reach = if deep { DELETIONS_REACH } else { SignedDuration::ZERO };
    position.deletions_since.map(|since| since.saturating_sub(reach).unwrap_or(since))
}

/// Whether a sweep is due, for a call of this many dossiers.
pub(super) fn sweep_is_due(position: &Position, dossiers: u64, poll: &PollConfig, now: Timestamp) -> bool {
    let minutes = i64::try_from(dossiers / SWEPT_PER_MINUTE).unwrap_or(i64::MAX / 60);
    let every = SignedDuration::from_mins(minutes).min(SignedDuration::from_hours(24));
    let every = every.max(signed(poll.sweep_every));
    position.last_sweep_at.is_none_or(|last| now.duration_since(last) >= every)
}

/// How far back of its start a walk goes, for what was committed late at the source.
pub(super) fn overlap(poll: &PollConfig) -> SignedDuration {
    signed(poll.overlap)
}

fn is_due(last: Option<Timestamp>, every: std::time::Duration, now: Timestamp) -> bool {
    last.is_none_or(|last| now.duration_since(last) >= signed(every))
}

fn signed(duration: std::time::Duration) -> SignedDuration {
    SignedDuration::try_from(duration).unwrap_or(SignedDuration::MAX)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]
    use super::*;

    const CALL: DemarcheNumber = DemarcheNumber(12_345);

    fn at(text: &str) -> Timestamp {
        format!("2019-06-{text}Z").parse().unwrap()
    }

    /// Read whole on the 1st at noon, and again since.
    fn filled() -> Position {
        Position {
            mode: WalkMode::Incremental,
            since: Some(at("01T11:50:00")),
            filled_at: Some(at("01T12:00:00")),
            last_sweep_at: Some(at("01T12:00:00")),
            last_reconcile_at: Some(at("01T12:00:00")),
            ..unread(CALL)
        }
    }

    #[test]
    fn of_the_two_clocks_a_walk_starts_by_the_earlier() {
        let (early, late) = (at("01T12:00:00"), at("01T12:00:07"));
        assert_eq!(start_of_walk(Some(early), late), early);
        assert_eq!(start_of_walk(Some(late), early), early);
        assert_eq!(start_of_walk(None, late), late);
    }

    #[test]
    fn a_pass_goes_through_the_walk_under_way_else_the_next_due() {
        let poll = PollConfig::default();
        let check = |mut position: Position, full: bool, now: &str, expected: Mode| {
            assert_eq!(choose_walk(&mut position, full, &poll, at(now)), expected, "{position:?}");
            position
        };
        check(unread(CALL), false, "01T12:00:00", Mode::Fill);
        check(unread(CALL), true, "01T12:00:00", Mode::Fill);
        check(filled(), false, "01T13:00:00", Mode::Incremental);
        check(filled(), false, "02T12:00:00", Mode::Reconcile);
        check(filled(), true, "01T12:01:00", Mode::Reconcile);
        let half_way = Position { mode: WalkMode::Reconcile, after: Some("cursor".to_owned()), ..filled() };
        let resumed = check(half_way.clone(), false, "03T12:00:00", Mode::Reconcile);
        assert_eq!(resumed.after.as_deref(), Some("cursor"), "a walk under way goes on");
        let anew = check(half_way, true, "03T12:00:00", Mode::Reconcile);
        assert_eq!(anew.after, None, "a full pass begins again");
    }

    #[test]
    fn a_complete_walk_lets_the_next_start_an_overlap_before_it_began() {
        let poll = PollConfig::default();
        let mut position = Position { walk_started_at: Some(at("05T08:00:00")), ..filled() };
        complete_walk(&mut position, true, &poll, at("05T08:30:00"));
        assert_eq!(position.since, Some(at("05T07:50:00")));
        assert_eq!((position.after, position.walk_started_at), (None, None));
    }

    #[test]
    fn a_first_reading_that_found_nothing_is_none() {
        let mut position = unread(CALL);
        complete_walk(&mut position, false, &PollConfig::default(), at("01T12:00:00"));
        assert_eq!((position.filled_at, position.mode), (None, WalkMode::Fill));
    }

    #[test]
    fn a_large_call_is_swept_less_often() {
        let poll = PollConfig::default();
        let due = |dossiers, now| sweep_is_due(&filled(), dossiers, &poll, at(now));
        assert!(!due(50, "01T12:59:59") && due(50, "01T13:00:00"));
        assert!(!due(60_000, "01T21:59:59") && due(60_000, "01T22:00:00"));
        assert!(!due(1_000_000, "02T11:59:59") && due(1_000_000, "02T12:00:00"), "a day at most");
    }

    #[test]
    fn beside_a_sweep_the_lists_of_deletions_are_read_fifteen_days_back() {
        let position = Position { deletions_since: Some(at("20T12:00:00")), ..filled() };
        assert_eq!(deletions_since(&position, false), Some(at("20T12:00:00")));
        assert_eq!(deletions_since(&position, true), Some(at("05T12:00:00")));
        assert_eq!(deletions_since(&unread(CALL), true), None);
    }
}
