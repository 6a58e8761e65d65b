//! One request and its answer's bytes: headers, waiting, retries, limits.
//!
//! Invariants: the token goes to the configured address and nowhere else, redirects are refused; a body
//! never takes more memory than the limit; a 429 is waited out however long and is no failure; a transient
//! failure is tried again a bounded number of times, later each time. The token is never shown.

use std::error::Error as _;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use backon::{ExponentialBuilder, Retryable as _};
use jiff::{SignedDuration, Timestamp};
use reqwest::header::{
    ACCEPT, ACCEPT_LANGUAGE, AUTHORIZATION, CONTENT_TYPE, DATE, HeaderMap, HeaderName, HeaderValue,
    RETRY_AFTER,
};
use reqwest::{Response, StatusCode, redirect};
use secrecy::{ExposeSecret as _, SecretString};
use url::Url;

use super::error::ApiError;
use super::throttle::Throttle;
use crate::clock::Clock;
use crate::config::ApiConfig;
use crate::meter::Meter;

/// Attempts at a request whose failures are transient, the first included.
const ATTEMPTS: usize = 5;

/// The longest wait between two attempts.
const LONGEST_WAIT: Duration = Duration::from_secs(30);

/// The wait when a 429 says nothing of it: the platform counts by minutes.
const UNTOLD_WAIT: SignedDuration = SignedDuration::from_secs(60);

const RATE_LIMIT_RESET: HeaderName = HeaderName::from_static("ratelimit-reset");

/// An answer.
#[derive(Debug)]
pub(super) struct Answer {
    /// The HTTP status.
    pub status: StatusCode,
    /// The server's time.
    pub server_time: Option<Timestamp>,
    /// The body, decompressed.
    pub body: Vec<u8>,
}

/// The way to the platform.
pub(super) struct Transport {
    http: reqwest::Client,
    url: Url,
    config: ApiConfig,
    clock: Arc<dyn Clock>,
    throttle: Mutex<Throttle>,
    sent: AtomicU64,
    /// Where to count, if somewhere.
    pub(super) meter: Option<Arc<Meter>>,
}

impl Transport {
    /// One pool of connections, for one token.
    pub(super) fn new(
        config: &ApiConfig,
        token: &SecretString,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, ApiError> {
        let mut headers = HeaderMap::new();
        let bearer = format!("Bearer {}", token.expose_secret());
        let mut bearer = HeaderValue::from_str(&bearer).map_err(|_| ApiError::WrongToken)?;
        bearer.set_sensitive(true);
        headers.insert(AUTHORIZATION, bearer);
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        // The platform words dates and countries in the language asked for.
        headers.insert(ACCEPT_LANGUAGE, HeaderValue::from_static("fr"));
        let http = reqwest::Client::builder()
            .user_agent(concat!("ami-sync/", env!("CARGO_PKG_VERSION")))
            .default_headers(headers)
            .redirect(redirect::Policy::none())
            .connect_timeout(Duration::from_secs(10))
            .timeout(config.timeout)
            .build()
            .map_err(|source| ApiError::Setup { source })?;
        Ok(Self {
            http,
            url: config.url.clone(),
            config: config.clone(),
            clock,
            throttle: Mutex::new(Throttle::new(config.rate_limit, config.rate_share)),
            sent: AtomicU64::new(0),
            meter: None,
        })
    }

    /// Requests that left so far.
    pub(super) fn requests_sent(&self) -> u64 {
        self.sent.load(Ordering::Relaxed)
    }

    /// Posts a request and reads its answer with `open`, trying again what is transient.
    pub(super) async fn post<T>(
        &self,
        body: &str,
        open: impl Fn(Answer) -> Result<T, ApiError>,
    ) -> Result<T, ApiError> {
        let backoff = ExponentialBuilder::default()
            .with_min_delay(self.config.retry_base)
            .with_max_delay(LONGEST_WAIT)
            .with_max_times(ATTEMPTS - 1)
            .with_jitter();
        let attempt = || async {
            let opened = self.answer(body).await.and_then(&open);
            if let (Err(error), Some(meter)) = (&opened, &self.meter) {
                meter.failed(error.kind());
            }
            opened
        };
        attempt
            .retry(backoff)
            .when(ApiError::is_worth_retrying)
            .notify(|error, wait| tracing::warn!("trying again in {} ms: {error}", wait.as_millis()))
            .await
    }

    /// One answer that is not a 429.
    async fn answer(&self, body: &str) -> Result<Answer, ApiError> {
        loop {
            self.wait_for_leave().await;
            self.sent.fetch_add(1, Ordering::Relaxed);
            let began = Instant::now();
            let sent = self.http.post(self.url.clone()).body(body.to_owned()).send().await;
            let response = sent.map_err(|source| self.connection_error(source))?;
            let status = response.status();
            if status != StatusCode::TOO_MANY_REQUESTS {
                let answer = self.read(response).await;
                self.count(status, began);
                return answer;
            }
            self.count(status, began);
            let until = self.told_to_wait_until(&response);
            tracing::warn!(%until, "the platform asks to wait");
            self.throttle().hold_until(until);
        }
    }

    fn count(&self, status: StatusCode, began: Instant) {
        if let Some(meter) = &self.meter {
            meter.answered(status.as_u16(), began.elapsed());
        }
    }

    async fn wait_for_leave(&self) {
        loop {
            let taken = self.throttle().take(self.clock.now());
            match taken {
                Ok(()) => return,
                Err(wait) => tokio::time::sleep(Duration::try_from(wait).unwrap_or_default()).await,
            }
        }
    }

    fn throttle(&self) -> std::sync::MutexGuard<'_, Throttle> {
        self.throttle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The instant, by our clock, that a 429 asks to wait for: its own reset counted from its own date.
    fn told_to_wait_until(&self, response: &Response) -> Timestamp {
        let now = self.clock.now();
        let number = |name: &HeaderName| -> Option<i64> {
            response.headers().get(name)?.to_str().ok()?.trim().parse().ok()
        };
        let server = server_time(response).unwrap_or(now);
        let reset = number(&RATE_LIMIT_RESET).and_then(|second| Timestamp::from_second(second).ok());
        let wait = reset
            .map(|reset| reset.duration_since(server))
            .or_else(|| number(&RETRY_AFTER).map(SignedDuration::from_secs))
            .unwrap_or(UNTOLD_WAIT);
        // A second more: the platform's dates are cut to the second.
        let wait = wait.max(SignedDuration::ZERO) + SignedDuration::from_secs(1);
        now.checked_add(wait).unwrap_or(now)
    }

    async fn read(&self, mut response: Response) -> Result<Answer, ApiError> {
        let (status, server_time) = (response.status(), server_time(&response));
        let limit = self.config.max_body;
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|source| self.body_error(source))? {
            let size = u64::try_from(body.len() + chunk.len()).unwrap_or(u64::MAX);
            if size > limit {
                return Err(ApiError::BodyTooLarge { limit });
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Answer { status, server_time, body })
    }

    fn connection_error(&self, source: reqwest::Error) -> ApiError {
        // What an error says of its address is enough; the rest could hold more than a host.
        let source = source.without_url();
        let host = self.url.host_str().unwrap_or_default().to_owned();
        if source.is_timeout() && !source.is_connect() {
            return ApiError::TooSlow(self.config.timeout);
        }
        if is_tls(&source) {
            return ApiError::Tls { host, source };
        }
        ApiError::Connection { host, source }
    }

    fn body_error(&self, source: reqwest::Error) -> ApiError {
        if source.is_decode() {
            return ApiError::Malformed { source: None };
        }
        self.connection_error(source)
    }
}

fn server_time(response: &Response) -> Option<Timestamp> {
    let text = response.headers().get(DATE)?.to_str().ok()?;
    jiff::fmt::rfc2822::parse(text).ok().map(|zoned| zoned.timestamp())
}

/// Whether the cause is the other side's certificate.
fn is_tls(error: &reqwest::Error) -> bool {
    let mut cause = error.source();
    while let Some(inner) = cause {
        let told = inner.to_string();
        if told.contains("certificate") || told.contains("UnknownIssuer") || told.contains("tls") {
            return true;
        }
        cause = inner.source();
    }
    false
}
