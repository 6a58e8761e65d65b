//! Was it deposited in time?
//!
//! The instant that counts is the first deposit, which never changes, unless the call chose the last entry
//! into construction. The minute of the deadline is wholly on time: 31 May 2019 23:59 in Paris ends at
//! 22:00:00Z, excluded; so does that of an extension, which is told with its author. Where a change of hour makes a local time
//! exist twice, a deadline takes the later instant and an opening the earlier; where it makes it not exist,
//! both take the reading that favours the applicant.

use jiff::civil::DateTime;
use jiff::tz::{Offset, TimeZone};
use jiff::{SignedDuration, Timestamp, ToSpan as _};

use super::circumstances::Extension;
use super::deadline_wording as wording;
use super::ruleset::Ruleset;
use super::verdict::{DeadlineCheck, Reason, named_enum};
use crate::domain::DossierDates;

named_enum! {
    /// Which instant is held against the deadline.
    DepositDate {
        /// The first deposit, which never changes.
        Depot = "date_depot",
        /// The last entry into construction, which moves when the dossier is sent back.
        PassageEnConstruction = "date_passage_en_construction",
    }
}

impl DepositDate {
    /// The instant itself.
    pub(super) const fn of(self, dates: &DossierDates) -> Timestamp {
        match self {
            Self::Depot => dates.depot,
            Self::PassageEnConstruction => dates.passage_en_construction,
        }
    }
}

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

/// Compares the instant that counts with a call's dates.
pub(super) fn check(
    dates: &DossierDates,
    granted: Option<&Extension>,
    rules: &Ruleset,
) -> (DeadlineCheck, Reason) {
    let counted = rules.deposit_date.of(dates);
    if let Some(opening) = rules.opening
        && counted < opening
    {
        return (DeadlineCheck::Early, wording::early(rules, counted, opening));
    }
    let Some(closing) = &rules.closing else {
        return (DeadlineCheck::ToReview, wording::no_deadline(rules, counted));
    };
    if counted < closing.end {
        return (DeadlineCheck::OnTime, wording::on_time(rules, counted, closing));
    }
    if counted < closing.end_of_grace {
        return (DeadlineCheck::OnTime, wording::within_grace(rules, counted, closing));
    }
    match extended(granted, rules) {
        Some((extension, extended)) if counted < extended.end => {
            (DeadlineCheck::OnTime, wording::within_extension(rules, counted, closing, extension))
        }
        Some((extension, extended)) => {
            (DeadlineCheck::Late, wording::late(rules, counted, &extended, Some(extension)))
        }
        None => (DeadlineCheck::Late, wording::late(rules, counted, closing, None)),
    }
}

/// The first instant that is late for a dossier, tolerance and extensions counted. `None` without a deadline.
pub(super) fn end_of_time(granted: Option<&Extension>, rules: &Ruleset) -> Option<Timestamp> {
    let closing = rules.closing.as_ref()?;
    let extended = extended(granted, rules).map(|(_, extended)| extended.end);
    Some(extended.map_or(closing.end_of_grace, |end| end.max(closing.end_of_grace)))
}

/// The extension that leads furthest past the tolerance, the call's or the dossier's own.
fn extended<'a>(granted: Option<&'a Extension>, rules: &'a Ruleset) -> Option<(&'a Extension, Closing)> {
    let closing = rules.closing.as_ref()?;
    rules
        .extensions
        .iter()
        .chain(granted)
        .filter_map(|extension| {
            let extended = Closing::new(extension.until, &rules.timezone, SignedDuration::ZERO)?;
            (extended.end > closing.end_of_grace).then_some((extension, extended))
        })
        .max_by_key(|(_, extended)| extended.end)
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
