//! The listener: the page that operators look at, in a browser on the machine or behind their own proxy, and what
//! monitoring asks.
//!
//! Reads the mirror and nothing else. Invariants: no page writes; a request opens its own read-only
//! connection; an address that is not this machine's name is refused, so that no site elsewhere can have a
//! browser read the mirror; nothing is cached, nothing is loaded from elsewhere, no script runs.

mod health;
mod pages;

use std::io;

use axum::Router;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

pub use health::{Health, routes};
pub use pages::{Pages, router};

/// Serves until it is told to stop, then lets the answers under way end.
///
/// # Errors
/// When the listener fails.
pub async fn serve(listener: TcpListener, router: Router, stop: CancellationToken) -> io::Result<()> {
    axum::serve(listener, router).with_graceful_shutdown(stop.cancelled_owned()).await
}
