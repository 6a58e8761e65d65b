//! When the next request may leave.
//!
//! The platform counts requests by whole minutes since 1970. We allow ourselves a share of its limit in each
//! of those minutes, spread evenly rather than spent at once only when the share is short: requests leave
//! freely until the minute's share is used, then wait for the next. Pure: it is told the time.

use jiff::{SignedDuration, Timestamp};

const WINDOW_SECONDS: i64 = 60;

/// Counts requests against our share.
#[derive(Debug, Clone)]
pub(super) struct Throttle {
    allowed: u32,
    window: i64,
    used: u32,
    held_until: Option<Timestamp>,
}

impl Throttle {
    /// A share, above 0 and up to 1, of a limit in requests a minute; one request a minute at least.
    pub(super) fn new(limit: u32, share: f64) -> Self {
        let allowed = (f64::from(limit) * share).floor().clamp(1.0, f64::from(u32::MAX));
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped above")]
        let allowed = allowed as u32;
        Self { allowed, window: i64::MIN, used: 0, held_until: None }
    }

    /// Takes leave to send a request now, or says how long to wait before asking again.
    pub(super) fn take(&mut self, now: Timestamp) -> Result<(), SignedDuration> {
        if let Some(until) = self.held_until {
            if now < until {
                return Err(until.duration_since(now));
            }
            self.held_until = None;
        }
        let window = now.as_second().div_euclid(WINDOW_SECONDS);
        if window != self.window {
            (self.window, self.used) = (window, 0);
        }
        if self.used < self.allowed {
            self.used += 1;
            return Ok(());
        }
        let next = Timestamp::from_second((window + 1) * WINDOW_SECONDS).unwrap_or(now);
        Err(next.duration_since(now).max(SignedDuration::from_millis(1)))
    }

    /// Lets nothing leave before an instant, whoever asks.
    pub(super) fn hold_until(&mut self, until: Timestamp) {
        self.held_until = self.held_until.max(Some(until));
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_559_340_000 + second).unwrap()
    }

    #[test]
    fn the_share_of_a_minute_is_spent_then_the_next_minute_is_waited_for() {
        let mut throttle = Throttle::new(400, 0.01);
        assert_eq!([0; 4].map(|_| throttle.take(at(10))), [Ok(()); 4]);
        assert_eq!(throttle.take(at(10)), Err(SignedDuration::from_secs(50)));
        assert_eq!(throttle.take(at(60)), Ok(()));
    }

    #[test]
    fn a_small_share_is_still_one_request_a_minute() {
        let mut throttle = Throttle::new(1, 0.1);
        assert_eq!(throttle.take(at(0)), Ok(()));
        assert!(throttle.take(at(59)).is_err());
        assert_eq!(throttle.take(at(60)), Ok(()));
    }

    #[test]
    fn a_hold_stops_everybody_until_its_end() {
        let mut throttle = Throttle::new(400, 1.0);
        throttle.hold_until(at(30));
        throttle.hold_until(at(20));
        assert_eq!(throttle.take(at(10)), Err(SignedDuration::from_secs(20)));
        assert_eq!(throttle.take(at(30)), Ok(()));
    }
}
