//! Copies of the mirror that the service makes by itself.

use std::path::PathBuf;
use std::time::Duration;

use serde::Deserialize;
use toml::Spanned;

use super::duration;
use super::fault::Faults;

/// The `[snapshot]` table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SnapshotConfig {
    /// Where copies go; none are made unless it is written.
    pub folder: Option<PathBuf>,
    /// Between two copies.
    pub every: Duration,
    /// How many are kept.
    pub keep: u32,
}

impl Default for SnapshotConfig {
    fn default() -> Self {
        Self { folder: None, every: Duration::from_secs(24 * 3600), keep: 7 }
    }
}

/// `[snapshot]` as written.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct SnapshotTable {
    folder: Option<PathBuf>,
    every: Option<Spanned<String>>,
    keep: Option<Spanned<u32>>,
}

/// Keys of the table, for suggestions.
pub(super) const KEYS: &[&str] = &["folder", "every", "keep"];

/// Checks the table.
pub(super) fn check(table: &SnapshotTable, faults: &mut Faults<'_>) -> SnapshotConfig {
    let defaults = SnapshotConfig::default();
    let keep = table.keep.as_ref().map_or(defaults.keep, |keep| *keep.get_ref());
    if let (Some(written), 0) = (&table.keep, keep) {
        let what = "keep = 0 ne garderait aucune copie".to_owned();
        faults.at(&written.span(), what, "écrivez 1 au moins, ou retirez folder".to_owned());
    }
    SnapshotConfig {
        folder: table.folder.clone(),
        every: duration::or(table.every.as_ref(), defaults.every, "every", faults),
        keep,
    }
}
