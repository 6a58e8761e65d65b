//! How the platform's API is reached.

use std::path::PathBuf;
use std::time::Duration;

use jiff::civil::Date;
use serde::Deserialize;
use toml::Spanned;
use url::{Host, Url};

use super::duration;
use super::fault::Faults;

/// The platform's address since it changed its name.
pub const PLATFORM_URL: &str = "https://demarche.numerique.gouv.fr/api/v2/graphql";

/// The largest page that the platform gives.
pub const LARGEST_PAGE: u32 = 100;

/// The `[api]` table.
#[derive(Debug, Clone, PartialEq)]
pub struct ApiConfig {
    /// Address of the GraphQL endpoint.
    pub url: Url,
    /// File that holds the token.
    pub token_file: Option<PathBuf>,
    /// The last day on which the token opens anything, as its owner was told.
    pub token_expires_on: Option<Date>,
    /// Share of the platform's limit that we allow ourselves, above 0 and up to 1.
    pub rate_share: f64,
    /// The platform's limit, requests a minute.
    pub rate_limit: u32,
    /// How long an answer may take.
    pub timeout: Duration,
    /// The largest body accepted, bytes once decompressed.
    pub max_body: u64,
    /// Dossiers asked for in one page, 100 at most.
    pub page_size: u32,
    /// The first wait before a transient failure is retried; it doubles.
    pub retry_base: Duration,
}

impl ApiConfig {
    /// An API at this address, with every other setting as it is by default.
    #[must_use]
    pub fn at(url: Url) -> Self {
        Self {
            url,
            token_file: None,
            token_expires_on: None,
            rate_share: 0.5,
            rate_limit: 400,
            timeout: Duration::from_secs(90),
            max_body: 64 * 1024 * 1024,
            page_size: LARGEST_PAGE,
            retry_base: Duration::from_millis(500),
        }
    }
}

/// `[api]` as written.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct ApiTable {
    url: Option<Spanned<String>>,
    token_file: Option<Spanned<PathBuf>>,
    token_expires_on: Option<Spanned<String>>,
    rate_share: Option<Spanned<f64>>,
    rate_limit: Option<Spanned<u32>>,
    timeout: Option<Spanned<String>>,
    max_body: Option<Spanned<u64>>,
    page_size: Option<Spanned<u32>>,
    retry_base: Option<Spanned<String>>,
}

/// Keys of the table, for suggestions.
pub(super) const KEYS: &[&str] = &[
    "url",
    "token_file",
    "token_expires_on",
    "rate_share",
    "rate_limit",
    "timeout",
    "max_body",
    "page_size",
    "retry_base",
];

/// Checks the table. `None` when something in it is wrong, which is then in `faults`.
pub(super) fn check(table: &ApiTable, faults: &mut Faults<'_>) -> Option<ApiConfig> {
    let before = faults.count();
    let url = match &table.url {
        Some(written) => check_url(written, faults),
        None => Url::parse(PLATFORM_URL).ok(),
    };
    let defaults = ApiConfig::at(url.or_else(|| Url::parse(PLATFORM_URL).ok())?);
    let rate_share = within(table.rate_share.as_ref(), defaults.rate_share, "rate_share", faults, |share| {
        (*share > 0.0 && *share <= 1.0).then_some("un nombre plus grand que 0, et 1 au plus, par exemple 0.5")
    });
    let rate_limit = within(table.rate_limit.as_ref(), defaults.rate_limit, "rate_limit", faults, |limit| {
        (*limit >= 1).then_some("un nombre de requêtes par minute, 400 sur la plateforme")
    });
    let max_body = within(table.max_body.as_ref(), defaults.max_body, "max_body", faults, |bytes| {
        (*bytes >= 1024 * 1024).then_some("un nombre d’octets, 1048576 au moins")
    });
    let page_size = within(table.page_size.as_ref(), defaults.page_size, "page_size", faults, |size| {
        (1..=LARGEST_PAGE).contains(size).then_some("un nombre de dossiers de 1 à 100")
    });
    let timeout = duration::or(table.timeout.as_ref(), defaults.timeout, "timeout", faults);
    let retry_base = duration::or(table.retry_base.as_ref(), defaults.retry_base, "retry_base", faults);
    let token_expires_on = table.token_expires_on.as_ref().and_then(|written| day(written, faults));
    let config = ApiConfig {
        token_expires_on,
        token_file: table.token_file.as_ref().map(|path| path.get_ref().clone()),
        rate_share,
        rate_limit,
        timeout,
        max_body,
        page_size,
        retry_base,
        ..defaults
    };
    (faults.count() == before).then_some(config)
}

fn day(written: &Spanned<String>, faults: &mut Faults<'_>) -> Option<Date> {
    let read = written.get_ref().parse().ok();
    if read.is_none() {
        let what = format!("token_expires_on = \"{}\" n’est pas un jour", written.get_ref());
        faults.at(&written.span(), what, "écrivez par exemple \"2027-01-31\"".to_owned());
    }
    read
}

/// A value, or the default; refused when `admit` gives nothing.
fn within<T: Copy + std::fmt::Display>(
    written: Option<&Spanned<T>>,
    default: T,
    key: &str,
    faults: &mut Faults<'_>,
    admit: impl Fn(&T) -> Option<&'static str>,
) -> T {
    let Some(written) = written else { return default };
    let value = *written.get_ref();
    if admit(&value).is_none() {
        // The sentence is the same whatever the value: ask for it with the default, which is admitted.
        let expected = admit(&default).unwrap_or("une autre valeur");
        faults.at(
            &written.span(),
            format!("{key} = {value} n’est pas possible"),
            format!("écrivez {expected}"),
        );
    }
    value
}

/// The token travels in a header: it is never sent in clear, save to this very machine.
fn check_url(written: &Spanned<String>, faults: &mut Faults<'_>) -> Option<Url> {
    let span = written.span();
    let url = match Url::parse(written.get_ref()) {
        Ok(url) => url,
        Err(error) => {
            faults.at(
                &span,
                format!("l’adresse de l’API ne se lit pas ({error})"),
                format!("écrivez url = \"{PLATFORM_URL}\""),
            );
            return None;
        }
    };
    let loopback = match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    if url.scheme() == "https" || (url.scheme() == "http" && loopback) {
        return Some(url);
    }
    faults.at(
        &span,
        "l’adresse de l’API n’est pas en https : le jeton y voyagerait en clair".to_owned(),
        "écrivez une adresse qui commence par https://".to_owned(),
    );
    None
}
