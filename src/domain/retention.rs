//! How long a dossier's personal data may stay.
//!
//! Pure. Invariants: the earliest of the limits that apply; the platform's own limit always applies, ours only
//! when one was set; a dossier that is still being examined has no limit of the platform's.

use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};

/// What of a dossier its end depends on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lifetime {
    /// When it was decided on, if it was.
    pub traitement: Option<Timestamp>,
    /// When the platform says that it goes.
    pub expiration: Option<Timestamp>,
    /// When it went.
    pub deleted_at: Option<Timestamp>,
}

/// How long a call's dossiers may stay.
#[derive(Debug, Clone)]
pub struct Limits {
    /// When the call ended, and how long after that, if that was set.
    pub ours: Option<(Timestamp, Span)>,
    /// Months that the platform keeps a dossier after its end.
    pub platform_months: Option<u32>,
    /// The zone that months are counted in.
    pub timezone: TimeZone,
}

/// When the personal data of a dossier must be gone; `None` when nothing says.
#[must_use]
pub fn erase_at(lifetime: Lifetime, limits: &Limits) -> Option<Timestamp> {
    let after = |start: Timestamp, span: Span| {
        start.to_zoned_datetime(limits.timezone.clone()).checked_add(span).ok().map(|end| end.timestamp())
    };
    let ours = limits.ours.and_then(|(ends, span)| after(ends, span));
    let end = lifetime.deleted_at.or(lifetime.traitement);
    let months = limits.platform_months.map(|months| Span::new().months(months));
    let platform = lifetime.expiration.or_else(|| after(end?, months?));
    [ours, platform].into_iter().flatten().min()
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

    use super::*;

    fn at(day: &str) -> Timestamp {
        format!("{day}T10:00:00Z").parse().unwrap()
    }

    #[test]
    fn the_earliest_limit_that_applies() {
        let none = Lifetime { traitement: None, expiration: None, deleted_at: None };
        let decided = Lifetime { traitement: Some(at("2019-07-01")), ..none };
        let expiring = Lifetime { expiration: Some(at("2020-01-15")), ..decided };
        let gone = Lifetime { deleted_at: Some(at("2019-06-01")), ..none };
        let ours = Some((at("2019-05-31"), Span::new().months(24)));
        let year = Some(12);
        for (lifetime, ours, platform_months, expected) in [
            (none, None, None, None),
            (none, None, year, None),
            (none, ours, year, Some("2021-05-31")),
            (decided, None, year, Some("2020-07-01")),
            (decided, ours, year, Some("2020-07-01")),
            (decided, ours, None, Some("2021-05-31")),
            (expiring, ours, year, Some("2020-01-15")),
            (gone, ours, year, Some("2020-06-01")),
        ] {
            let limits = Limits { ours, platform_months, timezone: TimeZone::UTC };
            assert_eq!(erase_at(lifetime, &limits), expected.map(at), "{lifetime:?} {limits:?}");
        }
    }
}
