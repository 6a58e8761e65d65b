//! The listener: what a browser or a monitoring system may ask of the service.

use std::net::SocketAddr;
use std::time::Duration;

use serde::Deserialize;
use toml::Spanned;

use super::duration;
use super::fault::Faults;

/// The `[web]` table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebConfig {
    /// Where to listen; nowhere unless it is written.
    pub listen: Option<SocketAddr>,
    /// Serve the pages on the mirror too. They need an address of this machine alone.
    pub pages: bool,
    /// How old the last good pass of a call may be for the mirror to be called fresh.
    pub fresh_within: Duration,
}

impl Default for WebConfig {
    fn default() -> Self {
        Self { listen: None, pages: true, fresh_within: Duration::from_secs(15 * 60) }
    }
}

/// `[web]` as written.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct WebTable {
    listen: Option<Spanned<String>>,
    pages: Option<Spanned<bool>>,
    fresh_within: Option<Spanned<String>>,
}

/// Keys of the table, for suggestions.
pub(super) const KEYS: &[&str] = &["listen", "pages", "fresh_within"];

/// Checks the table.
pub(super) fn check(table: &WebTable, faults: &mut Faults<'_>) -> WebConfig {
    let defaults = WebConfig::default();
    let listen = table.listen.as_ref().and_then(|written| {
        let address = written.get_ref().parse();
        if address.is_err() {
            let what = format!("listen = \"{}\" n’est pas une adresse et un port", written.get_ref());
            faults.at(&written.span(), what, "écrivez listen = \"127.0.0.1:9464\"".to_owned());
        }
        address.ok()
    });
    let asked = table.pages.as_ref().map(|pages| *pages.get_ref());
    let is_local = listen.is_none_or(|address: SocketAddr| address.ip().is_loopback());
    if let (Some(written), false) = (&table.pages, is_local)
        && *written.get_ref()
    {
        let what = "les pages montrent des données personnelles sans demander qui les lit".to_owned();
        let remedy = "écoutez sur 127.0.0.1, derrière un serveur qui authentifie, ou écrivez pages = false";
        faults.at(&written.span(), what, remedy.to_owned());
    }
    WebConfig {
        listen,
        pages: asked.unwrap_or(is_local) && is_local,
        fresh_within: duration::or(
            table.fresh_within.as_ref(),
            defaults.fresh_within,
            "fresh_within",
            faults,
        ),
    }
}
