//! The days on which French administrations do not work: week-ends and the eleven legal holidays.

use jiff::ToSpan as _;
use jiff::civil::{Date, Weekday};

/// Whether people are at work, in metropolitan France.
pub(super) fn is_working_day(day: Date) -> bool {
    !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday) && !is_holiday(day)
}

/// Code du travail, article L3133-1.
fn is_holiday(day: Date) -> bool {
    let fixed = [(1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25)];
    if fixed.contains(&(day.month(), day.day())) {
        return true;
    }
    let Some(easter) = easter(day.year()) else { return false };
    // Easter Monday, Ascension, Whit Monday.
    [1, 39, 50].iter().any(|after| easter.checked_add(after.days()).is_ok_and(|holiday| holiday == day))
}

/// Easter Sunday of the Gregorian calendar, after the anonymous algorithm published in Nature in 1876.
fn easter(year: i16) -> Option<Date> {
    let year = i32::from(year);
    let (a, b, c) = (year % 19, year / 100, year % 100);
    let (d, e) = (b / 4, b % 4);
    let g = (b - (b + 8) / 25 + 1) / 3;
    let h = (19 * a + b - d - g + 15) % 30;
    let (i, k) = (c / 4, c % 4);
    let l = (32 + 2 * e + 2 * i - h - k) % 7;
    let m = (a + 11 * h + 22 * l) / 451;
    let month = (h + l - 7 * m + 114) / 31;
    let day = (h + l - 7 * m + 114) % 31 + 1;
    Date::new(i16::try_from(year).ok()?, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

#[cfg(test)]
mod tests {
    #![expect(clippy::expect_used, reason = "a test stops at the first surprise")]
    use super::*;

    #[test]
    fn holidays_of_several_years_are_known() {
        for day in
            ["2019-04-22", "2019-05-30", "2019-06-10", "2024-04-01", "2024-05-09", "2026-04-06", "2026-12-25"]
        {
            assert!(!is_working_day(day.parse().expect("a day")), "{day}");
        }
        for day in ["2019-04-23", "2019-05-31", "2024-04-02", "2026-11-24"] {
            assert!(is_working_day(day.parse().expect("a day")), "{day}");
        }
        assert!(!is_working_day("2026-11-22".parse().expect("a day")), "a Sunday");
    }
}
