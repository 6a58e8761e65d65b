//! An instant as an operator types it: exact, or the local time of the call it is about.

use std::str::FromStr;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

/// An instant typed on the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// With its zone: `2019-05-31T22:00:00Z`, `2019-05-31T23:59+02:00`.
    Exact(Timestamp),
    /// Without: `2019-05-31T23:59`, `2019-05-31`.
    Local(DateTime),
}

impl Moment {
    /// The instant, a local time being that of this zone; of two readings, the later.
    #[must_use]
    pub fn at(self, zone: &TimeZone) -> Timestamp {
        match self {
            Self::Exact(at) => at,
            Self::Local(local) => zone
                .to_ambiguous_zoned_datetime(local)
                .later()
                .map_or(Timestamp::MAX, |zoned| zoned.timestamp()),
        }
    }
}

impl FromStr for Moment {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self::Exact).or_else(|_| text.parse().map(Self::Local)).map_err(|_| {
            "écrivez une heure locale, 2019-05-31T23:59, ou un instant exact, 2019-05-31T22:00:00Z".to_owned()
        })
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]
    use super::*;

    #[test]
    fn an_instant_is_exact_or_local_to_the_call() {
        let paris = TimeZone::get("Europe/Paris").unwrap();
        let reunion = TimeZone::get("Indian/Reunion").unwrap();
        let read = |text: &str, zone: &TimeZone| text.parse::<Moment>().unwrap().at(zone).to_string();
        assert_eq!(read("2019-05-31T22:00:00Z", &reunion), "2019-05-31T22:00:00Z");
        assert_eq!(read("2019-06-01T00:00+02:00", &reunion), "2019-05-31T22:00:00Z");
        assert_eq!(read("2019-05-31T23:59", &paris), "2019-05-31T21:59:00Z");
        assert_eq!(read("2019-05-31T23:59", &reunion), "2019-05-31T19:59:00Z");
        assert_eq!(read("2019-05-31", &paris), "2019-05-30T22:00:00Z");
        assert_eq!(read("2019-10-27T02:30", &paris), "2019-10-27T01:30:00Z");
        assert!("hier".parse::<Moment>().is_err());
    }
}
