//! The channels: where people are told.

use std::collections::BTreeSet;

use serde::Deserialize;
use toml::Spanned;

use super::fault::Faults;

/// One `[[channels]]` table.
#[derive(Debug, Clone, PartialEq)]
pub struct ChannelConfig {
    /// Its name.
    pub name: String,
    /// `email`, `webhook`, `mattermost`, `matrix` or `log`.
    pub kind: String,
    /// The events that it carries.
    pub events: Vec<String>,
    /// The keys of its own type.
    pub own: toml::Table,
}

/// `[[channels]]` as written.
#[derive(Debug, Deserialize)]
pub(super) struct ChannelTable {
    name: Spanned<String>,
    #[serde(rename = "type")]
    kind: Spanned<String>,
    #[serde(default)]
    events: Vec<Spanned<String>>,
    #[serde(flatten)]
    own: toml::Table,
}

const KINDS: [&str; 5] = ["email", "webhook", "mattermost", "matrix", "log"];

/// Checks every channel.
pub(super) fn check(tables: &[ChannelTable], faults: &mut Faults<'_>) -> Vec<ChannelConfig> {
    let mut names = BTreeSet::new();
    for table in tables {
        if !names.insert(table.name.get_ref()) {
            let what = format!("le nom « {} » est donné à deux canaux", table.name.get_ref());
            faults.at(&table.name.span(), what, "donnez à chaque canal un name différent".to_owned());
        }
        if !KINDS.contains(&table.kind.get_ref().as_str()) {
            let what = format!("type = \"{}\" n’est pas un canal connu", table.kind.get_ref());
            faults.at(&table.kind.span(), what, format!("écrivez l’un de : {}", KINDS.join(", ")));
        }
    }
    tables
        .iter()
        .map(|table| ChannelConfig {
            name: table.name.get_ref().clone(),
            kind: table.kind.get_ref().clone(),
            events: table.events.iter().map(|event| event.get_ref().clone()).collect(),
            own: table.own.clone(),
        })
        .collect()
}
