//! How a page is answered: who may ask, on which thread it is made, what goes with it.

use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HOST, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
    X_FRAME_OPTIONS,
};
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse as _, Response};
use minijinja::{Value, context};

use super::Pages;
use super::template;
use crate::store::{Reader, StoreError};

/// Why there is no page.
#[derive(Debug, thiserror::Error)]
pub(super) enum NoPage {
    /// There is no such thing.
    #[error("nothing there")]
    Nowhere,
    /// The mirror cannot be read.
    #[error("the mirror cannot be read")]
    Store(#[from] StoreError),
    /// A template is broken: a fault of ours.
    #[error("a template is broken")]
    Template(#[from] minijinja::Error),
}

/// A page: its template and what it tells.
pub(super) type Made = Result<(&'static str, Value), NoPage>;

/// Makes a page with a connection of its own, away from the threads that wait on the network.
pub(super) async fn make(
    pages: Arc<Pages>,
    work: impl FnOnce(&Pages, &mut Reader) -> Made + Send + 'static,
) -> Response {
    // Waiting for a place bounds how many connections are open at once.
    let place = pages.places.acquire().await.is_ok();
    let making = Arc::clone(&pages);
    let made = tokio::task::spawn_blocking(move || {
        let mut reader = Reader::open(&making.mirror)?;
        let (name, told) = work(&making, &mut reader)?;
        Ok(template::render(name, making.language, told)?)
    });
    let page = match made.await {
        Ok(made) if place => made,
        _ => Err(NoPage::Nowhere),
    };
    match page {
        Ok(text) => Html(text).into_response(),
        Err(NoPage::Nowhere) => excuse(&pages, StatusCode::NOT_FOUND, None),
        Err(NoPage::Store(error)) => {
            tracing::warn!("a page could not be made: {error}");
            let told = format!("{error}. {}", error.remedy());
            excuse(&pages, StatusCode::SERVICE_UNAVAILABLE, Some(told))
        }
        Err(error) => {
            tracing::error!("a page could not be made: {error}");
            excuse(&pages, StatusCode::INTERNAL_SERVER_ERROR, None)
        }
    }
}

fn excuse(pages: &Pages, status: StatusCode, why: Option<String>) -> Response {
    let told = context! { missing => status == StatusCode::NOT_FOUND, why };
    match template::render("excuse.html", pages.language, told) {
        Ok(text) => (status, Html(text)).into_response(),
        Err(_) => status.into_response(),
    }
}

/// No such address.
pub(super) async fn nowhere(State(pages): State<Arc<Pages>>) -> Response {
    std::future::ready(excuse(&pages, StatusCode::NOT_FOUND, None)).await
}

/// The one style sheet.
pub(super) async fn style() -> Response {
    let style = ([(CONTENT_TYPE, "text/css; charset=utf-8")], include_str!("templates/style.css"));
    std::future::ready(style.into_response()).await
}

/// Refuses a request addressed to another name than this machine's, and says with each answer what a browser
/// may do with it.
pub(super) async fn guard(State(_): State<Arc<Pages>>, request: Request, next: Next) -> Response {
    let host = request.headers().get(HOST).and_then(|host| host.to_str().ok());
    if !host.is_some_and(is_this_machine) {
        return (StatusCode::MISDIRECTED_REQUEST, "addressed to another machine\n").into_response();
    }
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in [
        (
            CONTENT_SECURITY_POLICY,
            "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'",
        ),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (X_FRAME_OPTIONS, "DENY"),
        (REFERRER_POLICY, "no-referrer"),
        (CACHE_CONTROL, "no-store"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

/// Whether a `Host` is a name that leads nowhere but to this machine.
fn is_this_machine(host: &str) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.chars().all(|c| c.is_ascii_digit()) => name,
        _ => host,
    };
    let bare = name.trim_start_matches('[').trim_end_matches(']');
    bare.eq_ignore_ascii_case("localhost")
        || bare.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_of_this_machine_are_answered() {
        for host in
            ["localhost", "localhost:8080", "LOCALHOST:1", "127.0.0.1:9464", "127.8.8.8", "[::1]:80", "[::1]"]
        {
            assert!(is_this_machine(host), "{host}");
        }
        for host in
            ["example.org", "localhost.example.org", "10.0.0.1:80", "127.0.0.1.example.org", "", "[::2]:80"]
        {
            assert!(!is_this_machine(host), "{host}");
        }
    }
}
