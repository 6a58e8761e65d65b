//! When a channel speaks, as people write it: `every`, `daily_at`, `quiet_hours`.

use jiff::civil::Time;
use toml::Spanned;

use super::channels::ChannelTable;
use super::duration;
use super::fault::Faults;
use crate::alert::{Cadence, QuietHours, Schedule};

/// Checks the keys of a channel that say when it speaks.
pub(super) fn check(table: &ChannelTable, faults: &mut Faults<'_>) -> Schedule {
    let cadence = match (&table.every, &table.daily_at) {
        (None, None) => Cadence::Immediate,
        (Some(every), None) => {
            Cadence::Every(duration::or(Some(every), std::time::Duration::from_secs(3600), "every", faults))
        }
        (None, Some(written)) => daily(written, faults),
        (Some(_), Some(daily)) => {
            let what = "every et daily_at se contredisent".to_owned();
            faults.at(&daily.span(), what, "gardez l’un des deux".to_owned());
            Cadence::Immediate
        }
    };
    Schedule {
        cadence,
        working_days: table.working_days.unwrap_or(false),
        quiet: table.quiet_hours.as_ref().and_then(|quiet| quiet_hours(quiet, faults)),
    }
}

fn daily(written: &Spanned<String>, faults: &mut Faults<'_>) -> Cadence {
    let Some(time) = time(written.get_ref()) else {
        let what = format!("daily_at = \"{}\" n’est pas une heure", written.get_ref());
        faults.at(&written.span(), what, "écrivez par exemple \"08:30\"".to_owned());
        return Cadence::Immediate;
    };
    Cadence::DailyAt(time)
}

fn quiet_hours(written: &Spanned<String>, faults: &mut Faults<'_>) -> Option<QuietHours> {
    let read = written.get_ref().split_once('-').and_then(|(from, until)| {
        let quiet = QuietHours { from: time(from)?, until: time(until)? };
        (quiet.from != quiet.until).then_some(quiet)
    });
    if read.is_none() {
        let what = format!("quiet_hours = \"{}\" n’est pas une plage d’heures", written.get_ref());
        faults.at(&written.span(), what, "écrivez par exemple \"22:00-07:30\"".to_owned());
    }
    read
}

/// A time of day such as `08:30`.
fn time(text: &str) -> Option<Time> {
    Time::strptime("%H:%M", text.trim()).ok()
}
