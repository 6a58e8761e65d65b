//! How the platform's API is reached.

use std::path::PathBuf;
use std::time::Duration;

use url::Url;

/// The `[api]` table.
#[derive(Debug, Clone, PartialEq)]
pub struct ApiConfig {
    /// Address of the GraphQL endpoint.
    pub url: Url,
    /// File that holds the token.
    pub token_file: Option<PathBuf>,
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
