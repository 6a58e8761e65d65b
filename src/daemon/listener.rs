//! The listener of the service: bound before anything depends on it, shared from one configuration to the next.

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;

use anyhow::Context as _;
use tokio_util::sync::CancellationToken;

use super::Vitals;
use crate::clock::Clock;
use crate::config::Config;
use crate::web::{self, Health, Pages};

/// Takes an address.
pub(super) fn bind(address: SocketAddr) -> anyhow::Result<TcpListener> {
    let listener = TcpListener::bind(address).with_context(|| {
        format!("web.listen : {address} ne peut être écoutée ; un autre service l’a peut-être")
    })?;
    listener.set_nonblocking(true)?;
    Ok(listener)
}

/// Serves what the configuration asks for, until told to stop.
pub(super) fn serve(
    listener: &TcpListener,
    config: &Config,
    clock: &Arc<dyn Clock>,
    vitals: &Vitals,
    stop: CancellationToken,
) -> anyhow::Result<impl Future<Output = ()> + Send + use<>> {
    let listener = tokio::net::TcpListener::from_std(listener.try_clone()?)?;
    let health = Health::new(config, Arc::clone(clock), Arc::clone(&vitals.meter), Arc::clone(&vitals.alive));
    let mut router = web::routes(Arc::new(health));
    if config.web.pages {
        router = router.merge(web::router(Arc::new(Pages::new(config, Arc::clone(clock)))));
    }
    Ok(async move {
        if let Err(error) = web::serve(listener, router, stop).await {
            tracing::error!("the listener failed: {error}");
        }
    })
}
