//! Durations as people write them: `60s`, `10min`, `24h`.

use std::time::Duration;

use jiff::SignedDuration;
use toml::Spanned;

use super::fault::Faults;

/// Reads a duration longer than zero.
pub(super) fn parse(text: &str) -> Option<Duration> {
    let duration: SignedDuration = text.trim().parse().ok()?;
    Duration::try_from(duration).ok().filter(|duration| !duration.is_zero())
}

/// The duration written, or the default.
pub(super) fn or(
    written: Option<&Spanned<String>>,
    default: Duration,
    key: &str,
    faults: &mut Faults<'_>,
) -> Duration {
    let Some(written) = written else { return default };
    parse(written.get_ref()).unwrap_or_else(|| {
        faults.at(
            &written.span(),
            format!("{key} = \"{}\" n’est pas une durée", written.get_ref()),
            "écrivez un nombre et son unité : \"60s\", \"10min\", \"24h\"".to_owned(),
        );
        default
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_as_people_write_them() {
        let read = |text| parse(text).map(|duration| duration.as_millis());
        assert_eq!(read("60s"), Some(60_000));
        assert_eq!(read("10min"), Some(600_000));
        assert_eq!(read("24h"), Some(86_400_000));
        assert_eq!(read("500ms"), Some(500));
        assert_eq!(read("1h 30m"), Some(5_400_000));
        for wrong in ["", "0s", "-5s", "60", "1 jour", "1 month"] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }
}
