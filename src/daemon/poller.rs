//! The loop of one call: a pass, a wait, a pass. Two passes over a call cannot overlap: there is one loop.

use std::sync::Arc;

use tokio::time::Instant;

use super::Vitals;
use super::alarm::Alarm;
use super::schedule::{self, Moment};
use crate::config::CallConfig;
use crate::engine::{Engine, Outcome, PassOptions, PassReport};

/// Follows a call until the engine is told to stop. The first pass begins at once.
pub(super) async fn follow(engine: Arc<Engine>, call: Arc<CallConfig>, alarm: Arc<Alarm>, vitals: Vitals) {
    let Vitals { board, meter, .. } = vitals;
    let stop = engine.stop_token();
    while !stop.is_cancelled() {
        board.begins(&call.slug);
        let began = Instant::now();
        let report = engine.pass(&call, PassOptions::default()).await;
        tell(&report, began);
        meter.passed(&report.slug, report.outcome.as_str(), report.pages, began.elapsed());
        if report.outcome == Outcome::Interrupted {
            return;
        }
        let now = engine.clock().now();
        let failures = board.ends(&report, now);
        let closes_at = call.rules.ends_at();
        let wait = schedule::wait(engine.poll(), Moment { now, closes_at, failures, draw: fastrand::f64() });
        board.waits(&call.slug, wait, now);
        let next = Instant::now() + wait;
        alarm.after(&engine, &report).await;
        tokio::select! {
            () = tokio::time::sleep_until(next) => {}
            () = stop.cancelled() => return,
        }
    }
}

/// One line a pass.
fn tell(report: &PassReport, began: Instant) {
    let PassReport { slug, demarche, seen, new, changed, gone, requests, .. } = report;
    let (outcome, mode) = (report.outcome.as_str(), report.mode.as_str());
    let elapsed_ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
    let pass = report.run.map(|run| run.to_string()).unwrap_or_default();
    tracing::info!(
        call = %slug,
        demarche.number = demarche.0,
        pass,
        mode,
        outcome,
        pages = report.pages,
        quarantined = report.quarantined.len(),
        elapsed_ms,
        "{slug}: pass {pass} {outcome}, {seen} seen, {new} new, {changed} changed, {gone} gone, {requests} requests"
    );
    for warning in &report.warnings {
        tracing::warn!(call = %slug, pass, "{warning}");
    }
}
