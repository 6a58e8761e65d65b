//! What is counted while the process lives: requests, failures, passes.
//!
//! Those who work count here; the page of figures reads it. Invariants: labels are names of calls and of
//! kinds, a handful, never a number of dossier nor anything of a person; counting cannot fail the work.

use std::time::Duration;

use prometheus::proto::MetricFamily;
use prometheus::{HistogramOpts, HistogramVec, IntCounterVec, Opts, Registry};

/// Answers of the platform, from quick to given up, in seconds.
const REQUEST_BUCKETS: [f64; 9] = [0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 90.0];

/// Passes, from idle to a first reading, in seconds.
const PASS_BUCKETS: [f64; 9] = [0.1, 0.5, 1.0, 5.0, 15.0, 60.0, 300.0, 1800.0, 7200.0];

/// The counts of one process.
pub struct Meter {
    registry: Registry,
    requests: HistogramVec,
    failures: IntCounterVec,
    passes: HistogramVec,
    pages: IntCounterVec,
}

impl Meter {
    /// Everything at nought.
    ///
    /// # Errors
    /// When two counts have the same name, which is a defect.
    pub fn new() -> Result<Self, prometheus::Error> {
        let buckets = |name: &str, help: &str, buckets: &[f64]| {
            HistogramOpts::new(name, help).buckets(buckets.to_vec())
        };
        let requests = HistogramVec::new(
            buckets(
                "ami_sync_request_duration_seconds",
                "Time from sending a request to the end of its answer, by HTTP status.",
                &REQUEST_BUCKETS,
            ),
            &["status"],
        )?;
        let failures = IntCounterVec::new(
            Opts::new("ami_sync_request_failures_total", "Attempts that gave nothing usable, by kind."),
            &["kind"],
        )?;
        let passes = HistogramVec::new(
            buckets("ami_sync_pass_duration_seconds", "Passes over a call, by outcome.", &PASS_BUCKETS),
            &["call", "outcome"],
        )?;
        let pages =
            IntCounterVec::new(Opts::new("ami_sync_pages_total", "Pages of dossiers kept."), &["call"])?;
        let registry = Registry::new();
        registry.register(Box::new(requests.clone()))?;
        registry.register(Box::new(failures.clone()))?;
        registry.register(Box::new(passes.clone()))?;
        registry.register(Box::new(pages.clone()))?;
        Ok(Self { registry, requests, failures, passes, pages })
    }

    /// A request was answered.
    pub fn answered(&self, status: u16, took: Duration) {
        self.requests.with_label_values(&[status.to_string()]).observe(took.as_secs_f64());
    }

    /// An attempt gave nothing usable.
    pub fn failed(&self, kind: &str) {
        self.failures.with_label_values(&[kind]).inc();
    }

    /// A pass ended.
    pub fn passed(&self, call: &str, outcome: &str, pages: u64, took: Duration) {
        self.passes.with_label_values(&[call, outcome]).observe(took.as_secs_f64());
        self.pages.with_label_values(&[call]).inc_by(pages);
    }

    /// All of it, to be shown.
    #[must_use]
    pub fn gather(&self) -> Vec<MetricFamily> {
        self.registry.gather()
    }
}
