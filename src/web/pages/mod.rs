//! The pages: a call at a glance, its dossiers, one dossier.

mod answer;
mod call;
mod dossier;
mod list;
mod template;

use std::path::PathBuf;
use std::sync::Arc;

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::get;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use tokio::sync::Semaphore;
use url::Url;

use crate::clock::Clock;
use crate::config::{CallConfig, Config};
use crate::eligibility::Language;

/// Pages made at the same time: each reads the mirror on a thread of its own.
const AT_ONCE: usize = 4;

/// What every page needs.
pub struct Pages {
    mirror: PathBuf,
    platform: Url,
    calls: Vec<CallConfig>,
    language: Language,
    clock: Arc<dyn Clock>,
    places: Semaphore,
}

impl Pages {
    /// Pages over the mirror of a configuration.
    #[must_use]
    pub fn new(config: &Config, clock: Arc<dyn Clock>) -> Self {
        Self {
            mirror: config.store.path.clone(),
            platform: config.api.url.clone(),
            calls: config.calls.clone(),
            language: config.language,
            clock,
            places: Semaphore::new(AT_ONCE),
        }
    }

    fn call(&self, slug: &str) -> Option<&CallConfig> {
        self.calls.iter().find(|call| call.slug == slug)
    }

    /// Where instructeurs see a dossier on the platform.
    fn on_the_platform(&self, call: &CallConfig, number: u32) -> Option<String> {
        let path = format!("/procedures/{}/dossiers/{number}", call.demarche);
        self.platform.join(&path).ok().map(String::from)
    }

    /// An instant as people read it, in this zone, to the minute.
    fn minute(&self, at: Timestamp, zone: &TimeZone) -> String {
        let format = match self.language {
            Language::Fr => "%d/%m/%Y %H:%M",
            Language::En => "%Y-%m-%d %H:%M",
        };
        at.to_zoned_datetime(zone.clone()).strftime(format).to_string()
    }

    /// An instant as people read it, in this zone, to the second.
    fn second(&self, at: Timestamp, zone: &TimeZone) -> String {
        let format = match self.language {
            Language::Fr => "%d/%m/%Y %H:%M:%S",
            Language::En => "%Y-%m-%d %H:%M:%S",
        };
        at.to_zoned_datetime(zone.clone()).strftime(format).to_string()
    }
}

/// The routes of the pages.
pub fn router(pages: Arc<Pages>) -> Router {
    Router::new()
        .route("/", get(call::all))
        .route("/appels/{slug}", get(list::of_call))
        .route("/dossiers/{number}", get(dossier::one))
        .route("/style.css", get(answer::style))
        .fallback(answer::nowhere)
        .layer(from_fn_with_state(Arc::clone(&pages), answer::guard))
        .with_state(pages)
}
