//! How often the source is asked.

use std::time::Duration;

use serde::Deserialize;
use toml::Spanned;

use super::duration;
use super::fault::Faults;

/// The `[poll]` table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PollConfig {
    /// Between two passes over one call.
    pub interval: Duration,
    /// Between two passes over one call around its deadline.
    pub closing_interval: Duration,
    /// How long before the deadline, and after it, is around it.
    pub closing_window: Duration,
    /// However long the source has been failing, it is asked again after this, or `interval` when that is longer.
    pub failing_interval: Duration,
    /// Between two readings of a whole call.
    pub reconcile_every: Duration,
    /// Between two sweeps of what changes in silence.
    pub sweep_every: Duration,
    /// How far back each pass goes, for what was committed late at the source.
    pub overlap: Duration,
}

impl Default for PollConfig {
    fn default() -> Self {
        Self {
            interval: Duration::from_secs(60),
            closing_interval: Duration::from_secs(20),
            closing_window: Duration::from_secs(2 * 3600),
            failing_interval: Duration::from_secs(300),
            reconcile_every: Duration::from_secs(24 * 3600),
            sweep_every: Duration::from_secs(3600),
            overlap: Duration::from_secs(600),
        }
    }
}

/// `[poll]` as written.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct PollTable {
    interval: Option<Spanned<String>>,
    closing_interval: Option<Spanned<String>>,
    closing_window: Option<Spanned<String>>,
    failing_interval: Option<Spanned<String>>,
    reconcile_every: Option<Spanned<String>>,
    sweep_every: Option<Spanned<String>>,
    overlap: Option<Spanned<String>>,
}

/// Keys of the table, for suggestions.
pub(super) const KEYS: &[&str] = &[
    "interval",
    "closing_interval",
    "closing_window",
    "failing_interval",
    "reconcile_every",
    "sweep_every",
    "overlap",
];

/// Checks the table.
pub(super) fn check(table: &PollTable, faults: &mut Faults<'_>) -> PollConfig {
    let defaults = PollConfig::default();
    let mut read = |written: &Option<Spanned<String>>, default, key| {
        duration::or(written.as_ref(), default, key, faults)
    };
    PollConfig {
        interval: read(&table.interval, defaults.interval, "interval"),
        closing_interval: read(&table.closing_interval, defaults.closing_interval, "closing_interval"),
        closing_window: read(&table.closing_window, defaults.closing_window, "closing_window"),
        failing_interval: read(&table.failing_interval, defaults.failing_interval, "failing_interval"),
        reconcile_every: read(&table.reconcile_every, defaults.reconcile_every, "reconcile_every"),
        sweep_every: read(&table.sweep_every, defaults.sweep_every, "sweep_every"),
        overlap: read(&table.overlap, defaults.overlap, "overlap"),
    }
}
