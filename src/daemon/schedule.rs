//! When the next pass over a call begins.
//!
//! Pure: it is told what time it is, how many passes failed in a row, and what was drawn. Invariants: around
//! the deadline passes come closer and none jumps over the moment when they begin to; a source that fails
//! is asked less and less often, up to a limit; two calls, or two installations, do not stay in step.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use crate::config::PollConfig;

/// A wait is shortened or lengthened by up to this share of itself.
const JITTER: f64 = 0.1;

/// What the next pass depends on.
#[derive(Debug, Clone, Copy)]
pub(super) struct Moment {
    /// The present instant.
    pub now: Timestamp,
    /// When the call closes, if it does.
    pub closes_at: Option<Timestamp>,
    /// Passes that failed in a row.
    pub failures: u32,
    /// What was drawn, from 0 to 1.
    pub draw: f64,
}

/// How long to wait before the next pass.
pub(super) fn wait(poll: &PollConfig, moment: Moment) -> Duration {
    let near = poll.closing_interval.min(poll.interval);
    let usual = if is_around(poll, moment) { near } else { poll.interval };
    let wait = back_off(usual, moment.failures, poll.failing_interval);
    let wait = wait.mul_f64(1.0 - JITTER + 2.0 * JITTER * moment.draw.clamp(0.0, 1.0));
    match until_closing_window(poll, moment) {
        Some(until) if wait > until => until,
        _ => wait,
    }
}

fn is_around(poll: &PollConfig, moment: Moment) -> bool {
    moment.closes_at.is_some_and(|at| at.duration_since(moment.now).unsigned_abs() <= poll.closing_window)
}

/// How long until passes come closer, if that is still to come.
fn until_closing_window(poll: &PollConfig, moment: Moment) -> Option<Duration> {
    let window = SignedDuration::try_from(poll.closing_window).ok()?;
    let begins = moment.closes_at?.checked_sub(window).ok()?;
    let until = Duration::try_from(begins.duration_since(moment.now)).ok()?;
    (!until.is_zero()).then_some(until)
}

/// The first failure has been tried again several times already: it waits no longer than usual.
fn back_off(usual: Duration, failures: u32, longest: Duration) -> Duration {
    let doubled = usual.saturating_mul(2_u32.saturating_pow(failures.saturating_sub(1)));
    doubled.min(longest.max(usual))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

    use super::*;

    /// Seconds to wait, of a call that closes at 12:00:00Z, with nothing drawn either way.
    fn seconds(now: &str, failures: u32, draw: f64) -> u64 {
        let moment = Moment {
            now: format!("2019-05-31T{now}Z").parse().unwrap(),
            closes_at: Some("2019-05-31T12:00:00Z".parse().unwrap()),
            failures,
            draw,
        };
        wait(&PollConfig::default(), moment).as_secs()
    }

    #[test]
    fn passes_come_closer_around_the_deadline_and_part_again() {
        for (now, expected) in [
            ("09:00:00", 60),
            ("09:58:59", 60),
            ("09:59:30", 30),
            ("10:00:00", 20),
            ("11:59:59", 20),
            ("12:00:00", 20),
            ("14:00:00", 20),
            ("14:00:01", 60),
        ] {
            assert_eq!(seconds(now, 0, 0.5), expected, "at {now}");
        }
    }

    #[test]
    fn a_source_that_fails_is_asked_less_and_less_often_up_to_five_minutes() {
        for (failures, expected) in
            [(0, 60), (1, 60), (2, 120), (3, 240), (4, 300), (40, 300), (u32::MAX, 300)]
        {
            assert_eq!(seconds("08:00:00", failures, 0.5), expected, "after {failures}");
        }
        assert_eq!(seconds("11:00:00", 3, 0.5), 80, "around the deadline");
    }

    #[test]
    fn a_back_off_does_not_jump_over_the_moment_when_passes_come_closer() {
        assert_eq!(seconds("09:58:00", 9, 0.5), 120);
    }

    #[test]
    fn a_draw_moves_a_wait_by_a_tenth_at_most() {
        assert_eq!(seconds("08:00:00", 0, 0.0), 54);
        assert_eq!(seconds("08:00:00", 0, 1.0), 66);
        assert_eq!(seconds("08:00:00", 0, 7.0), 66);
    }

    #[test]
    fn an_interval_longer_than_the_limit_is_kept_and_a_call_may_never_close() {
        let poll = PollConfig { interval: Duration::from_secs(3600), ..PollConfig::default() };
        let moment = Moment { now: Timestamp::UNIX_EPOCH, closes_at: None, failures: 5, draw: 0.5 };
        assert_eq!(wait(&poll, moment).as_secs(), 3600);
    }
}
