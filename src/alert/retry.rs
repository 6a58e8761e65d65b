//! When a message that could not be sent is tried again: later and later, never all at once.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

/// The wait after each attempt that failed, seconds: ten attempts over three days, as the Standard Webhooks
/// specification advises.
const WAITS: [u64; 9] = [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400];

/// The first of them, which a setting may shorten or lengthen with all the others.
const FIRST: Duration = Duration::from_secs(5);

/// Of the wait, so many hundredths more or less, so that a crowd does not come back at once.
const JITTER: u64 = 20;

/// How patience is set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retry {
    /// The first wait; the others grow with it.
    pub base: Duration,
    /// The age at which an alert is given up.
    pub give_up_after: Duration,
}

impl Default for Retry {
    fn default() -> Self {
        Self { base: FIRST, give_up_after: Duration::from_secs(72 * 3600) }
    }
}

impl Retry {
    /// When to try again after so many attempts, this one included; `None` when it is too old to try.
    ///
    /// `seed` makes the jitter: the same gives the same. What the other side asks for (`at_least`) is honoured.
    #[must_use]
    pub fn next(
        &self,
        attempts: u32,
        (created_at, now): (Timestamp, Timestamp),
        at_least: Option<Duration>,
        seed: &str,
    ) -> Option<Timestamp> {
        let wait = delay(attempts, self.base, seed).max(at_least.unwrap_or_default());
        let next = later(now, wait);
        (next < later(created_at, self.give_up_after)).then_some(next)
    }
}

/// The wait after so many attempts, the first one is 1.
#[must_use]
pub fn delay(attempts: u32, base: Duration, seed: &str) -> Duration {
    let index = usize::try_from(attempts.saturating_sub(1)).unwrap_or(usize::MAX).min(WAITS.len() - 1);
    let seconds = WAITS.get(index).copied().unwrap_or(86_400);
    let wait = base.saturating_mul(u32::try_from(seconds / FIRST.as_secs()).unwrap_or(u32::MAX));
    let mut hasher = blake3::Hasher::new();
    hasher.update(seed.as_bytes()).update(&attempts.to_le_bytes());
    let drawn = hasher.finalize().as_bytes().first().copied().map_or(0, u64::from);
    // From 80 to 120 hundredths.
    let hundredths = 100 - JITTER + drawn * 2 * JITTER / 255;
    let nanos = wait.as_nanos().saturating_mul(u128::from(hundredths)) / 100;
    Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX))
}

fn later(at: Timestamp, wait: Duration) -> Timestamp {
    let wait = SignedDuration::try_from(wait).unwrap_or(SignedDuration::MAX);
    at.checked_add(wait).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::expect_used, reason = "a test stops at the first surprise")]
    use super::*;

    #[test]
    fn waits_grow_and_stay_within_a_fifth_of_what_is_told() {
        for (attempts, told) in [(1, 5), (2, 300), (3, 1_800), (4, 7_200), (9, 86_400), (40, 86_400)] {
            for seed in ["a", "b", "c", "d"] {
                let wait = delay(attempts, FIRST, seed).as_millis();
                assert!((told * 800..=told * 1_200).contains(&wait), "{attempts}: {wait} ms");
                assert_eq!(wait, delay(attempts, FIRST, seed).as_millis(), "the same seed, the same wait");
            }
        }
        assert_ne!(delay(3, FIRST, "a"), delay(3, FIRST, "b"));
    }

    #[test]
    fn what_the_other_side_asks_is_honoured_and_age_ends_it() {
        let start: Timestamp = "2026-01-01T00:00:00Z".parse().expect("an instant");
        let next = |attempts, now: &str, at_least| {
            let now = now.parse().expect("an instant");
            Retry::default().next(attempts, (start, now), at_least, "seed")
        };
        let asked = Some(Duration::from_secs(600));
        assert_eq!(next(1, "2026-01-01T00:00:00Z", asked), "2026-01-01T00:10:00Z".parse().ok());
        assert!(next(9, "2026-01-02T00:00:00Z", None).is_some(), "two days old at most");
        assert_eq!(next(9, "2026-01-03T04:00:00Z", None), None, "it would be more than 72 hours old");
    }
}
