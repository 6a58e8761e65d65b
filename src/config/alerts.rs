//! What is common to all alerts: the `[alerts]` table.

use std::time::Duration;

use serde::Deserialize;
use toml::Spanned;
use url::Url;

use super::channel_kinds::address;
use super::duration;
use super::fault::Faults;
use crate::alert::{FirstFill, Retry};

/// The `[alerts]` table.
#[derive(Debug, Clone, PartialEq)]
pub struct AlertsConfig {
    /// What the first reading of a call tells.
    pub first_fill: FirstFill,
    /// How patience is set.
    pub retry: Retry,
    /// Without a good pass for so long, the service is failing.
    pub sync_failing_after: Duration,
    /// How long before the deadline it is told.
    pub deadline_before: Vec<Duration>,
    /// The address of a dossier's page, with `{demarche}` and `{dossier}` in it; that of the platform if absent.
    pub dossier_url: Option<String>,
    /// Asked for after each good pass, so that silence is noticed elsewhere.
    pub heartbeat_url: Option<Url>,
    /// Whether the heartbeat may lead to this machine or a private network.
    pub heartbeat_allow_private: bool,
}

impl Default for AlertsConfig {
    fn default() -> Self {
        Self {
            first_fill: FirstFill::default(),
            retry: Retry::default(),
            sync_failing_after: Duration::from_secs(3_600),
            deadline_before: vec![Duration::from_secs(7 * 86_400), Duration::from_secs(86_400)],
            dossier_url: None,
            heartbeat_url: None,
            heartbeat_allow_private: false,
        }
    }
}

/// `[alerts]` as written.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct AlertsTable {
    first_fill: Option<Spanned<String>>,
    give_up_after: Option<Spanned<String>>,
    retry_base: Option<Spanned<String>>,
    sync_failing_after: Option<Spanned<String>>,
    deadline_before: Option<Vec<Spanned<String>>>,
    dossier_url: Option<Spanned<String>>,
    heartbeat_url: Option<Spanned<String>>,
    heartbeat_allow_private: Option<bool>,
}

/// Keys of the table, for suggestions.
pub(super) const KEYS: &[&str] = &[
    "first_fill",
    "give_up_after",
    "retry_base",
    "sync_failing_after",
    "deadline_before",
    "dossier_url",
    "heartbeat_url",
    "heartbeat_allow_private",
];

/// Checks the table.
pub(super) fn check(table: &AlertsTable, faults: &mut Faults<'_>) -> AlertsConfig {
    let defaults = AlertsConfig::default();
    let allow_private = table.heartbeat_allow_private.unwrap_or(false);
    let mut read = |written: &Option<Spanned<String>>, default, key| {
        duration::or(written.as_ref(), default, key, faults)
    };
    let retry = Retry {
        base: read(&table.retry_base, defaults.retry.base, "retry_base"),
        give_up_after: read(&table.give_up_after, defaults.retry.give_up_after, "give_up_after"),
    };
    let sync_failing_after =
        read(&table.sync_failing_after, defaults.sync_failing_after, "sync_failing_after");
    let deadline_before = match &table.deadline_before {
        None => defaults.deadline_before,
        Some(list) => list
            .iter()
            .map(|written| {
                duration::or(Some(written), Duration::from_secs(86_400), "deadline_before", faults)
            })
            .collect(),
    };
    AlertsConfig {
        first_fill: first_fill(table.first_fill.as_ref(), faults),
        retry,
        sync_failing_after,
        deadline_before,
        dossier_url: table.dossier_url.as_ref().and_then(|written| dossier_url(written, faults)),
        heartbeat_url: table.heartbeat_url.as_ref().and_then(|url| address(url, allow_private, faults)),
        heartbeat_allow_private: allow_private,
    }
}

fn first_fill(written: Option<&Spanned<String>>, faults: &mut Faults<'_>) -> FirstFill {
    let Some(written) = written else { return FirstFill::default() };
    match written.get_ref().as_str() {
        "summary" => FirstFill::Summary,
        "each" => FirstFill::Each,
        "none" => FirstFill::None,
        other => {
            let what = format!("first_fill = \"{other}\" n’est pas connu");
            faults.at(&written.span(), what, "écrivez \"summary\", \"each\" ou \"none\"".to_owned());
            FirstFill::Summary
        }
    }
}

fn dossier_url(written: &Spanned<String>, faults: &mut Faults<'_>) -> Option<String> {
    let text = written.get_ref();
    let filled = text.replace("{demarche}", "1").replace("{dossier}", "2");
    let good = text.contains("{dossier}")
        && Url::parse(&filled).is_ok_and(|url| matches!(url.scheme(), "https" | "http"));
    if !good {
        let what = format!("dossier_url = \"{text}\" n’est pas l’adresse d’un dossier");
        let remedy = "écrivez par exemple \"https://exemple.fr/procedures/{demarche}/dossiers/{dossier}\"";
        faults.at(&written.span(), what, remedy.to_owned());
        return None;
    }
    Some(text.clone())
}
