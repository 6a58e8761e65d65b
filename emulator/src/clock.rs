//! The emulator's own time, in microseconds as the platform's database keeps it.
//!
//! Invariants: the world's acts, the HTTP `Date` header and the rate limit's windows all read this
//! clock and no other, so that a test that sets it moves everything together. Real time is the
//! default. It must not know who asks.

use jiff::{SignedDuration, Timestamp, ZonedDateTime, tz::TimeZone};

/// What tells the time of a world.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WorldClock {
    /// The machine's time.
    Real,
    /// Stands still until it is set or advanced.
    Stopped(Timestamp),
    /// Runs as the machine's time does, this far from it.
    Shifted(SignedDuration),
}

impl WorldClock {
    /// The present instant, cut to the microsecond.
    pub fn now(&self) -> Timestamp {
        match self {
            Self::Real => microseconds(Timestamp::now()),
            Self::Stopped(instant) => microseconds(*instant),
            Self::Shifted(by) => {
                let now = Timestamp::now();
                microseconds(now.saturating_add(*by).unwrap_or(now))
            }
        }
    }

    /// A clock that shows this instant now and runs on from it.
    pub fn running_from(instant: Timestamp) -> Self {
        Self::Shifted(instant.duration_since(Timestamp::now()))
    }

    /// Stops the clock `by` later than it stands now.
    pub fn advance(&mut self, by: SignedDuration) {
        let now = self.now();
        *self = Self::Stopped(now.saturating_add(by).unwrap_or(now));
    }
}

/// The same instant without what is below the microsecond.
pub fn microseconds(instant: Timestamp) -> Timestamp {
    Timestamp::from_microsecond(instant.as_microsecond()).unwrap_or(instant)
}

/// The calendar that the platform writes its dates in.
pub fn paris() -> TimeZone {
    use std::sync::OnceLock;
    static PARIS: OnceLock<TimeZone> = OnceLock::new();
    PARIS.get_or_init(|| TimeZone::get("Europe/Paris").unwrap_or(TimeZone::UTC)).clone()
}

/// The instant as a person in Paris would read it.
pub fn in_paris(instant: Timestamp) -> ZonedDateTime {
    instant.to_zoned_datetime(paris())
}

/// The instant at which a Paris clock shows this text (`2019-05-31T23:59:59.5`).
///
/// A text that is no date gives the epoch: only constants written in this package come here.
pub fn paris_instant(text: &str) -> Timestamp {
    text.parse::<jiff::civil::DateTime>()
        .and_then(|civil| civil.to_zoned_datetime(paris()))
        .map(|zoned| zoned.timestamp())
        .unwrap_or(Timestamp::UNIX_EPOCH)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]
    use super::*;

    #[test]
    fn a_stopped_clock_moves_only_when_told() {
        let start: Timestamp = "2019-05-31T21:59:59.123456789Z".parse().unwrap();
        let mut clock = WorldClock::Stopped(start);
        assert_eq!(clock.now().to_string(), "2019-05-31T21:59:59.123456Z");
        clock.advance(SignedDuration::from_secs(2));
        assert_eq!(clock.now().to_string(), "2019-05-31T22:00:01.123456Z");
    }

    #[test]
    fn a_shifted_clock_runs_on_from_where_it_was_set() {
        let start = paris_instant("2019-06-12T09:00:00");
        let clock = WorldClock::running_from(start);
        let elapsed = clock.now().duration_since(start);
        assert!(!elapsed.is_negative() && elapsed < SignedDuration::from_secs(60));
    }

    #[test]
    fn paris_is_two_hours_ahead_in_summer() {
        assert_eq!(paris_instant("2019-05-31T23:59:59").to_string(), "2019-05-31T21:59:59Z");
    }
}
