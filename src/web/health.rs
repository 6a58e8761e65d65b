//! What monitoring asks: does the service live, is the mirror fresh, and the figures.
//!
//! Invariants: figures are names of calls and counts, nothing of a person; they are read from the mirror when
//! they are asked for, so that one that is frozen shows itself by its age; a mirror that cannot be read is
//! told as such, never as figures at nought.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use jiff::Timestamp;
use prometheus::{Encoder as _, GaugeVec, IntGaugeVec, Opts, Registry, TextEncoder};

use crate::clock::Clock;
use crate::config::{CallConfig, Config};
use crate::meter::Meter;
use crate::store::{CallFreshness, Reader, StoreError};

/// What the answers are made from.
pub struct Health {
    mirror: PathBuf,
    calls: Vec<CallConfig>,
    channels: Vec<String>,
    fresh_within: Duration,
    clock: Arc<dyn Clock>,
    meter: Arc<Meter>,
    alive: Arc<AtomicBool>,
}

/// Why there are no figures.
#[derive(Debug, thiserror::Error)]
enum NoFigures {
    #[error("the mirror cannot be read: {0}")]
    Store(#[from] StoreError),
    #[error("two figures have the same name: {0}")]
    Figures(#[from] prometheus::Error),
}

impl Health {
    /// Of a service whose loops say by `alive` whether they move.
    #[must_use]
    pub fn new(config: &Config, clock: Arc<dyn Clock>, meter: Arc<Meter>, alive: Arc<AtomicBool>) -> Self {
        Self {
            mirror: config.store.path.clone(),
            calls: config.calls.clone(),
            channels: config.channels.iter().map(|channel| channel.name.clone()).collect(),
            fresh_within: config.web.fresh_within,
            clock,
            meter,
            alive,
        }
    }
}

/// `/healthz`, `/readyz` and `/metrics`.
pub fn routes(health: Arc<Health>) -> Router {
    Router::new()
        .route("/healthz", get(healthz))
        .route("/readyz", get(readyz))
        .route("/metrics", get(metrics))
        .with_state(health)
}

async fn healthz(State(health): State<Arc<Health>>) -> Response {
    let answer = if health.alive.load(Ordering::Relaxed) {
        (StatusCode::OK, "ok\n")
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, "no loop moves\n")
    };
    std::future::ready(answer.into_response()).await
}

async fn readyz(State(health): State<Arc<Health>>) -> Response {
    answer(health, |health| {
        let reader = Reader::open(&health.mirror)?;
        let now = health.clock.now();
        let (mut told, mut fresh) = (String::new(), true);
        for call in &health.calls {
            let age = reader.freshness(call.demarche)?.last_success_at.map(|at| age(now, at));
            let is_fresh = age.is_some_and(|age| age <= health.fresh_within);
            fresh &= is_fresh;
            let word = if is_fresh { "fresh" } else { "stale" };
            let age = age.map_or_else(|| "never".to_owned(), |age| format!("{} s ago", age.as_secs()));
            // Writing to a text cannot fail.
            writeln!(told, "{} {word}: last good pass {age}", call.slug).unwrap_or_default();
        }
        let status = if fresh { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
        Ok((status, told).into_response())
    })
    .await
}

async fn metrics(State(health): State<Arc<Health>>) -> Response {
    answer(health, |health| {
        let mut families = figures(health)?.gather();
        families.extend(health.meter.gather());
        let mut body = Vec::new();
        TextEncoder::new().encode(&families, &mut body)?;
        Ok(([(CONTENT_TYPE, prometheus::TEXT_FORMAT)], body).into_response())
    })
    .await
}

/// Makes an answer away from the thread of the loops.
async fn answer(
    health: Arc<Health>,
    work: impl FnOnce(&Health) -> Result<Response, NoFigures> + Send + 'static,
) -> Response {
    match tokio::task::spawn_blocking(move || work(&health)).await {
        Ok(Ok(response)) => response,
        Ok(Err(error)) => {
            tracing::warn!("monitoring could not be answered: {error}");
            (StatusCode::SERVICE_UNAVAILABLE, format!("{error}\n")).into_response()
        }
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

fn age(now: Timestamp, at: Timestamp) -> Duration {
    Duration::try_from(now.duration_since(at)).unwrap_or_default()
}

/// The figures of the mirror, as it stands.
fn figures(health: &Health) -> Result<Registry, NoFigures> {
    let registry = Registry::new();
    let reader = Reader::open(&health.mirror)?;
    let status = reader.status()?;
    let version = gauge(&registry, "build_info", "1, and the version that runs.", &["version"])?;
    version.with_label_values(&[env!("CARGO_PKG_VERSION")]).set(1);
    let size = gauge(&registry, "mirror_bytes", "Size of the mirror's files.", &["file"])?;
    for (file, suffix) in [("db", ""), ("wal", "-wal")] {
        size.with_label_values(&[file]).set(bytes(&health.mirror, suffix));
    }
    let alerts = gauge(&registry, "alerts", "Alerts in the outbox, by state.", &["state"])?;
    for state in ["pending", "sent", "dead"] {
        let found = status.alerts.iter().find(|counted| counted.value == state);
        alerts.with_label_values(&[state]).set(whole(found.map_or(0, |counted| counted.dossiers)));
    }
    let failing = gauge(&registry, "channel_failing", "1 while nothing goes through.", &["channel"])?;
    let known = reader.list_channels()?;
    for name in &health.channels {
        let fails = known.iter().any(|known| known.name == *name && known.failing_since.is_some());
        failing.with_label_values(&[name]).set(i64::from(fails));
    }
    let unknown = gauge(&registry, "unknown_elements", "Elements of the API not known here.", &["kind"])?;
    for kind in ["typename", "enum_value"] {
        let count = status.unknown.iter().filter(|line| line.kind == kind).count();
        unknown.with_label_values(&[kind]).set(i64::try_from(count).unwrap_or(i64::MAX));
    }
    let by_call = ByCall::new(&registry)?;
    let now = health.clock.now();
    for call in &health.calls {
        by_call.set(&call.slug, &reader.freshness(call.demarche)?, now);
    }
    Ok(registry)
}

/// The figures of one call.
struct ByCall {
    age: GaugeVec,
    success: GaugeVec,
    states: IntGaugeVec,
    verdicts: IntGaugeVec,
    gone: IntGaugeVec,
    quarantined: IntGaugeVec,
    unfinished: IntGaugeVec,
}

impl ByCall {
    fn new(registry: &Registry) -> Result<Self, prometheus::Error> {
        let instant = |name: &str, help: &str| -> Result<GaugeVec, prometheus::Error> {
            let vec = GaugeVec::new(Opts::new(format!("ami_sync_{name}"), help), &["call"])?;
            registry.register(Box::new(vec.clone()))?;
            Ok(vec)
        };
        Ok(Self {
            age: instant("last_success_age_seconds", "Age of the last good pass; absent before the first.")?,
            success: instant("last_success_timestamp_seconds", "When the last good pass ended.")?,
            states: gauge(registry, "dossiers_by_state", "Dossiers there, by state.", &["call", "state"])?,
            verdicts: gauge(
                registry,
                "dossiers_by_verdict",
                "Dossiers there, by verdict.",
                &["call", "verdict"],
            )?,
            gone: gauge(registry, "dossiers_gone", "Dossiers gone at the source.", &["call"])?,
            quarantined: gauge(registry, "dossiers_quarantined", "Dossiers in quarantine.", &["call"])?,
            unfinished: gauge(
                registry,
                "dossiers_unfinished",
                "Dossiers that the source has yet to complete.",
                &["call"],
            )?,
        })
    }

    fn set(&self, call: &str, freshness: &CallFreshness, now: Timestamp) {
        if let Some(at) = freshness.last_success_at {
            self.age.with_label_values(&[call]).set(age(now, at).as_secs_f64());
            let epoch = at.duration_since(Timestamp::UNIX_EPOCH);
            self.success.with_label_values(&[call]).set(epoch.as_secs_f64());
        }
        for counted in &freshness.by_state {
            self.states.with_label_values(&[call, &counted.value]).set(whole(counted.dossiers));
        }
        for counted in &freshness.by_verdict {
            self.verdicts.with_label_values(&[call, &counted.value]).set(whole(counted.dossiers));
        }
        self.gone.with_label_values(&[call]).set(whole(freshness.gone));
        self.quarantined.with_label_values(&[call]).set(whole(freshness.quarantined));
        self.unfinished.with_label_values(&[call]).set(whole(freshness.unfinished));
    }
}

fn gauge(
    registry: &Registry,
    name: &str,
    help: &str,
    labels: &[&str],
) -> Result<IntGaugeVec, prometheus::Error> {
    let vec = IntGaugeVec::new(Opts::new(format!("ami_sync_{name}"), help), labels)?;
    registry.register(Box::new(vec.clone()))?;
    Ok(vec)
}

fn whole(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

fn bytes(mirror: &Path, suffix: &str) -> i64 {
    let mut path = mirror.as_os_str().to_owned();
    path.push(suffix);
    fs::metadata(path).map_or(0, |found| whole(found.len()))
}
