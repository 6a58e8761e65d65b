//! Was it deposited in time?
//!
//! The instant that counts is the first deposit, which never changes. The minute of the deadline is wholly
//! on time: 31 May 2019 23:59 in Paris ends at 22:00:00Z, excluded. Where a change of hour makes a local time
//! exist twice, a deadline takes the later instant and an opening the earlier; where it makes it not exist,
//! both take the reading that favours the applicant.

use jiff::civil::DateTime;
use jiff::tz::{Offset, TimeZone};
use jiff::{SignedDuration, Timestamp, ToSpan as _};

use super::ruleset::Ruleset;
use super::verdict::{DeadlineCheck, Reason};
use super::wording;

/// When a call closes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Closing {
    /// The local time as configured.
    pub local: DateTime,
    /// The first instant that is late without tolerance.
    pub end: Timestamp,
    /// The first instant that is late all the same.
    pub end_of_grace: Timestamp,
}

impl Closing {
    /// From a local time whose whole minute counts. `None` out of the calendar.
    pub(super) fn new(local: DateTime, zone: &TimeZone, grace: SignedDuration) -> Option<Self> {
        let minute = local.with().second(0).subsec_nanosecond(0).build().ok()?;
        let begins = instants(minute, zone)?.1;
        let end = begins.checked_add(1.minute()).ok()?;
        Some(Self { local, end, end_of_grace: end.checked_add(grace).ok()? })
    }
}

/// The instant of a local time of opening. `None` out of the calendar.
pub(super) fn opening(local: DateTime, zone: &TimeZone) -> Option<Timestamp> {
    instants(local, zone).map(|(earlier, _)| earlier)
}

/// The earlier and the later reading of a local time.
fn instants(local: DateTime, zone: &TimeZone) -> Option<(Timestamp, Timestamp)> {
    use jiff::tz::AmbiguousOffset;
    let at = |offset: Offset| offset.to_timestamp(local).ok();
    let (one, other) = match zone.to_ambiguous_timestamp(local).offset() {
        AmbiguousOffset::Unambiguous { offset } => (at(offset)?, at(offset)?),
        AmbiguousOffset::Gap { before, after } | AmbiguousOffset::Fold { before, after } => {
            (at(before)?, at(after)?)
        }
    };
    Some((one.min(other), one.max(other)))
}

/// Compares an instant of deposit with a call's dates.
pub(super) fn check(depot: Timestamp, rules: &Ruleset) -> (DeadlineCheck, Reason) {
    if let Some(opening) = rules.opening
        && depot < opening
    {
        return (DeadlineCheck::Early, wording::early(rules, depot, opening));
    }
    let Some(closing) = &rules.closing else {
        return (DeadlineCheck::ToReview, wording::no_deadline(rules, depot));
    };
    if depot < closing.end {
        (DeadlineCheck::OnTime, wording::on_time(rules, depot, closing))
    } else if depot < closing.end_of_grace {
        (DeadlineCheck::OnTime, wording::within_grace(rules, depot, closing))
    } else {
        (DeadlineCheck::Late, wording::late(rules, depot, closing))
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::expect_used, reason = "a test stops at the first surprise")]
    use super::*;

    fn closing(local: &str, zone: &str) -> Timestamp {
        let zone = TimeZone::get(zone).expect("a zone");
        Closing::new(local.parse().expect("a local time"), &zone, SignedDuration::ZERO)
            .expect("a closing")
            .end
    }

    #[test]
    fn the_minute_of_the_deadline_is_wholly_on_time() {
        assert_eq!(closing("2019-05-31T23:59", "Europe/Paris").to_string(), "2019-05-31T22:00:00Z");
        assert_eq!(closing("2019-05-31T23:59", "Indian/Reunion").to_string(), "2019-05-31T20:00:00Z");
        assert_eq!(closing("2019-05-31T23:59", "America/Cayenne").to_string(), "2019-06-01T03:00:00Z");
        assert_eq!(closing("2019-12-31T23:59", "Europe/Paris").to_string(), "2019-12-31T23:00:00Z");
    }

    #[test]
    fn a_local_time_that_exists_twice_is_read_in_favour_of_the_applicant() {
        // On 27 October 2019, 02:30 came at 00:30Z and again at 01:30Z.
        assert_eq!(closing("2019-10-27T02:30", "Europe/Paris").to_string(), "2019-10-27T01:31:00Z");
        let paris = TimeZone::get("Europe/Paris").expect("a zone");
        let twice = "2019-10-27T02:30".parse().expect("a local time");
        assert_eq!(opening(twice, &paris).map(|at| at.to_string()).as_deref(), Some("2019-10-27T00:30:00Z"));
    }

    #[test]
    fn a_local_time_that_never_was_is_read_in_favour_of_the_applicant() {
        // On 31 March 2019 the clocks went from 02:00 (01:00Z) to 03:00.
        assert_eq!(closing("2019-03-31T02:30", "Europe/Paris").to_string(), "2019-03-31T01:31:00Z");
        let paris = TimeZone::get("Europe/Paris").expect("a zone");
        let never = "2019-03-31T02:30".parse().expect("a local time");
        assert_eq!(opening(never, &paris).map(|at| at.to_string()).as_deref(), Some("2019-03-31T00:30:00Z"));
    }
}
