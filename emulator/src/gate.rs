//! Who may pass: the token in its several spellings, and the limit of rate.
//!
//! Windows are fixed and aligned on the epoch, counted per exact value of `Authorization`, before the
//! token is looked at. The token itself is never written anywhere.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;

/// At most this many requests in each window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RateLimit {
    /// Requests per window.
    pub requests: u32,
    /// Length of a window, in seconds; the platform's is 60.
    pub window_seconds: u32,
}

/// Why a request must wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooMany {
    /// Requests per window.
    pub limit: u32,
    /// When the window ends, in seconds since the epoch.
    pub reset_at: i64,
}

/// Counts requests per window and per `Authorization`.
#[derive(Default)]
pub struct RateCounter {
    windows: Mutex<HashMap<String, (i64, u32)>>,
}

impl RateCounter {
    /// Counts a request; an error when the window is full.
    pub fn count(&self, limit: RateLimit, authorization: &str, now: Timestamp) -> Result<(), TooMany> {
        let length = i64::from(limit.window_seconds.max(1));
        let window = now.as_second().div_euclid(length);
        let mut windows = self.windows.lock().unwrap_or_else(PoisonError::into_inner);
        let counted = windows.entry(authorization.to_owned()).or_insert((window, 0));
        if counted.0 != window {
            *counted = (window, 0);
        }
        counted.1 += 1;
        if counted.1 > limit.requests {
            return Err(TooMany { limit: limit.requests, reset_at: (window + 1) * length });
        }
        Ok(())
    }
}

/// The token inside an `Authorization` header, in any spelling the platform takes.
pub fn token_of(authorization: &str) -> Option<&str> {
    let (scheme, rest) = authorization.split_once(' ')?;
    if !(scheme.eq_ignore_ascii_case("bearer") || scheme.eq_ignore_ascii_case("token")) {
        return None;
    }
    let value = rest.trim();
    let value = value.strip_prefix("token=").unwrap_or(value);
    Some(value.trim_matches('"'))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]
    use super::*;

    #[test]
    fn the_token_is_read_in_each_spelling() {
        for spelling in ["Bearer abc==", "Bearer token=abc==", "Token token=\"abc==\"", "bearer abc=="] {
            assert_eq!(token_of(spelling), Some("abc=="), "{spelling}");
        }
        assert_eq!(token_of("Basic abc"), None);
        assert_eq!(token_of("abc"), None);
    }

    #[test]
    fn a_window_is_aligned_on_the_epoch_and_counted_per_spelling() {
        let counter = RateCounter::default();
        let limit = RateLimit { requests: 2, window_seconds: 60 };
        let at = |second| Timestamp::from_second(second).unwrap();
        assert_eq!(counter.count(limit, "Bearer a", at(119)), Ok(()));
        assert_eq!(counter.count(limit, "Bearer a", at(119)), Ok(()));
        assert_eq!(counter.count(limit, "Bearer a", at(119)), Err(TooMany { limit: 2, reset_at: 120 }));
        assert_eq!(counter.count(limit, "Bearer b", at(119)), Ok(()), "another spelling, another bucket");
        assert_eq!(counter.count(limit, "Bearer a", at(120)), Ok(()), "a new window");
    }
}
