//! The proxies that the environment names: the HTTP client takes them by itself, and must be let through to them.

use std::env;

use url::Url;

/// As the HTTP client looks for them.
const VARIABLES: [&str; 6] =
    ["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"];

/// The hosts of these proxies.
#[must_use]
pub fn proxy_hosts() -> Vec<String> {
    VARIABLES.iter().filter_map(|name| env::var(name).ok()).filter_map(|address| host(&address)).collect()
}

/// The host of a proxy's address, with its scheme or without.
fn host(address: &str) -> Option<String> {
    let whole = if address.contains("://") { address.to_owned() } else { format!("http://{address}") };
    Some(Url::parse(&whole).ok()?.host_str()?.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_found_in_each_way_of_writing_a_proxy() {
        for (address, expected) in [
            ("http://127.0.0.1:3128", Some("127.0.0.1")),
            ("http://nom:secret@Mandataire.interne:3128/", Some("mandataire.interne")),
            ("mandataire.interne:3128", Some("mandataire.interne")),
            ("mandataire.interne", Some("mandataire.interne")),
            ("", None),
            ("http://", None),
        ] {
            assert_eq!(host(address).as_deref(), expected, "{address}");
        }
    }
}
