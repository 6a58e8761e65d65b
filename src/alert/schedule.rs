//! When a channel speaks: at once, by digests, never in its quiet hours. Pure: it takes `now` and a zone.

use std::time::Duration;

use jiff::civil::{DateTime, Time};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};

use super::holidays::is_working_day;

/// How often a channel speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Cadence {
    /// As soon as there is something to say.
    #[default]
    Immediate,
    /// At regular intervals.
    Every(Duration),
    /// Once a day, at this local time.
    DailyAt(Time),
}

/// Local times between which nothing is sent; `from` may be later than `until`, over midnight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QuietHours {
    /// The first quiet minute.
    pub from: Time,
    /// The first minute that is no longer quiet.
    pub until: Time,
}

/// When a channel speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Schedule {
    /// How often.
    pub cadence: Cadence,
    /// On working days alone.
    pub working_days: bool,
    /// Not then.
    pub quiet: Option<QuietHours>,
}

/// However long the holidays, a working day comes within so many days.
const LONGEST_BREAK: usize = 14;

impl Schedule {
    /// When something that happens now may be told.
    #[must_use]
    pub fn due(&self, now: Timestamp, zone: &TimeZone) -> Timestamp {
        let next = match self.cadence {
            Cadence::Immediate => now,
            Cadence::Every(interval) => next_multiple(now, interval),
            Cadence::DailyAt(time) => {
                return self.next_daily(now, time, zone);
            }
        };
        self.out_of_rest(next, zone)
    }

    /// The next time of day that is neither quiet nor a day off.
    fn next_daily(&self, now: Timestamp, time: Time, zone: &TimeZone) -> Timestamp {
        let today = zone.to_datetime(now).date();
        let days = today.series(1.day()).take(LONGEST_BREAK);
        let wanted = days.filter(|day| !self.working_days || is_working_day(*day));
        let found = wanted.filter_map(|day| at(day.to_datetime(time), zone)).find(|moment| *moment > now);
        found.unwrap_or(now)
    }

    /// The same instant, or the end of the rest that it falls into.
    fn out_of_rest(&self, instant: Timestamp, zone: &TimeZone) -> Timestamp {
        let mut local = zone.to_datetime(instant);
        let mut moved = false;
        for _ in 0..LONGEST_BREAK {
            let later = if let Some(end) = self.quiet.and_then(|quiet| quiet.end(local)) {
                Some(end)
            } else if self.working_days && !is_working_day(local.date()) {
                local.date().tomorrow().ok().map(|day| day.to_datetime(Time::midnight()))
            } else {
                None
            };
            let Some(later) = later else { break };
            (local, moved) = (later, true);
        }
        if moved { at(local, zone).unwrap_or(instant).max(instant) } else { instant }
    }
}

impl QuietHours {
    /// When the quiet that a local time falls into ends.
    fn end(self, local: DateTime) -> Option<DateTime> {
        let (time, today) = (local.time(), local.date());
        if self.from <= self.until {
            let inside = self.from <= time && time < self.until;
            return inside.then(|| today.to_datetime(self.until));
        }
        if time < self.until {
            return Some(today.to_datetime(self.until));
        }
        let tomorrow = today.tomorrow().ok()?;
        (time >= self.from).then(|| tomorrow.to_datetime(self.until))
    }
}

fn at(local: DateTime, zone: &TimeZone) -> Option<Timestamp> {
    zone.to_timestamp(local).ok()
}

/// The next instant that is a whole number of intervals from a fixed one.
fn next_multiple(now: Timestamp, interval: Duration) -> Timestamp {
    let step = i64::try_from(interval.as_secs()).unwrap_or(i64::MAX).max(1);
    let next = (now.as_second().div_euclid(step) + 1).saturating_mul(step);
    Timestamp::from_second(next).unwrap_or(now)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::expect_used, reason = "a test stops at the first surprise")]
    use super::*;

    /// When something noticed at a local time of Paris is told, in local time.
    fn check(schedule: &Schedule, noticed: &str, told: &str) {
        let zone = TimeZone::get("Europe/Paris").expect("a zone");
        let noticed = zone.to_timestamp(noticed.parse().expect("a time")).expect("an instant");
        let due = schedule.due(noticed, &zone);
        assert!(due >= noticed);
        assert_eq!(zone.to_datetime(due).to_string(), told, "{schedule:?}");
    }

    fn time(text: &str) -> Time {
        text.parse().expect("a time of day")
    }

    #[test]
    fn at_once_unless_it_is_quiet() {
        let mut schedule = Schedule::default();
        check(&schedule, "2026-11-24T03:10:00", "2026-11-24T03:10:00");
        schedule.quiet = Some(QuietHours { from: time("22:00"), until: time("07:30") });
        check(&schedule, "2026-11-24T03:10:00", "2026-11-24T07:30:00");
        check(&schedule, "2026-11-24T22:00:00", "2026-11-25T07:30:00");
        check(&schedule, "2026-11-24T07:30:00", "2026-11-24T07:30:00");
        schedule.quiet = Some(QuietHours { from: time("12:00"), until: time("14:00") });
        check(&schedule, "2026-11-24T13:59:59", "2026-11-24T14:00:00");
        check(&schedule, "2026-11-24T11:59:59", "2026-11-24T11:59:59");
    }

    #[test]
    fn working_days_only_waits_for_the_next_one() {
        let quiet = Some(QuietHours { from: time("20:00"), until: time("08:00") });
        let schedule = Schedule { working_days: true, quiet, ..Schedule::default() };
        check(&schedule, "2026-11-27T19:59:00", "2026-11-27T19:59:00");
        check(&schedule, "2026-11-27T20:00:00", "2026-11-30T08:00:00");
        // Easter: Saturday to Monday off.
        check(&schedule, "2026-04-04T10:00:00", "2026-04-07T08:00:00");
    }

    #[test]
    fn digests_come_at_their_hours() {
        let hourly = Schedule { cadence: Cadence::Every(Duration::from_secs(3600)), ..Schedule::default() };
        check(&hourly, "2026-11-24T10:00:00", "2026-11-24T11:00:00");
        check(&hourly, "2026-11-24T10:59:59", "2026-11-24T11:00:00");
        let daily = Schedule { cadence: Cadence::DailyAt(time("08:30")), ..Schedule::default() };
        check(&daily, "2026-11-24T08:29:59", "2026-11-24T08:30:00");
        check(&daily, "2026-11-24T08:30:00", "2026-11-25T08:30:00");
        check(&Schedule { working_days: true, ..daily }, "2026-11-27T09:00:00", "2026-11-30T08:30:00");
    }

    #[test]
    fn a_digest_keeps_its_hour_when_the_clocks_change() {
        let daily = Schedule { cadence: Cadence::DailyAt(time("08:30")), ..Schedule::default() };
        check(&daily, "2026-03-28T09:00:00", "2026-03-29T08:30:00");
        check(&daily, "2026-10-24T09:00:00", "2026-10-25T08:30:00");
    }
}
