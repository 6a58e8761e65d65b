//! One request out, with its limits: where it may lead, how long it may take, how much of the answer is read.
//!
//! Invariants: the name is resolved once, and the connection goes to an address that was looked at: a name that
//! changes its mind in between leads nowhere else; no redirect is followed. Where the machine's administrator has
//! set a proxy in the environment, it resolves names and it decides where they may lead.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::header::{HeaderMap, RETRY_AFTER};
use reqwest::{RequestBuilder, StatusCode, redirect};
use url::{Host, Url};

use super::delivery::{Delivery, Trouble};
use super::private::is_private;
use crate::config::{HttpConfig, proxy_hosts};

/// Bytes of an answer that are read: what is looked for in it is short.
const MOST_READ: usize = 64 * 1024;

/// The longest wait that the other side may ask for.
const LONGEST_WAIT: Duration = Duration::from_secs(24 * 3600);

/// A client for one channel.
pub(super) struct Outbound {
    http: reqwest::Client,
    allow_private: bool,
    timeout: Duration,
}

/// An answer.
pub(super) struct Answer {
    status: StatusCode,
    retry_after: Option<Duration>,
    /// The beginning of its body.
    pub body: Vec<u8>,
}

impl Outbound {
    /// A client with these limits.
    ///
    /// # Errors
    /// When the file of certificates cannot be read, or is none.
    pub(super) fn new(config: &HttpConfig, timeout: Duration) -> Result<Self, String> {
        let mut builder = reqwest::Client::builder()
            .user_agent(concat!("ami-sync/", env!("CARGO_PKG_VERSION")))
            .redirect(redirect::Policy::none())
            .connect_timeout(timeout.min(Duration::from_secs(10)))
            .timeout(timeout)
            .dns_resolver(Arc::new(PublicOnly {
                allow_private: config.allow_private,
                proxies: proxy_hosts().into(),
            }));
        if let Some(path) = &config.ca_file {
            let told = |why: String| format!("le fichier de certificats {} : {why}", path.display());
            let pem = std::fs::read(path).map_err(|error| told(error.to_string()))?;
            let certificates =
                reqwest::Certificate::from_pem_bundle(&pem).map_err(|error| told(error.to_string()))?;
            builder = builder.tls_certs_merge(certificates);
        }
        let http = builder.build().map_err(|error| error.to_string())?;
        Ok(Self { http, allow_private: config.allow_private, timeout })
    }

    /// The client, to prepare a request.
    pub(super) const fn http(&self) -> &reqwest::Client {
        &self.http
    }

    /// Sends a request to this address.
    ///
    /// # Errors
    /// When no answer came.
    pub(super) async fn send(&self, request: RequestBuilder, url: &Url) -> Result<Answer, Trouble> {
        let host = url.host_str().unwrap_or_default().to_owned();
        if let Some(literal) = literal(url)
            && !self.allow_private
            && is_private(literal)
        {
            return Err(Trouble::Private { host });
        }
        let mut response = request.send().await.map_err(|error| self.trouble(&error, host.clone()))?;
        let (status, retry_after) = (response.status(), retry_after(response.headers()));
        let mut body = Vec::new();
        loop {
            match response.chunk().await {
                Ok(Some(chunk)) if body.len() < MOST_READ => body.extend_from_slice(&chunk),
                Ok(_) => break,
                // What was accepted is accepted, even if the rest of the answer is lost.
                Err(_) if status.is_success() && !body.is_empty() => break,
                Err(error) => return Err(self.trouble(&error, host)),
            }
        }
        body.truncate(MOST_READ);
        Ok(Answer { status, retry_after, body })
    }

    fn trouble(&self, error: &reqwest::Error, host: String) -> Trouble {
        let mut cause: Option<&dyn std::error::Error> = Some(error);
        while let Some(one) = cause {
            if one.is::<LeadsInside>() {
                return Trouble::Private { host };
            }
            let told = one.to_string();
            if told.contains("certificate") || told.contains("TLS") || told.contains("HandshakeFailure") {
                return Trouble::Tls { host };
            }
            cause = one.source();
        }
        if error.is_timeout() {
            Trouble::TooSlow { host, after: self.timeout }
        } else if error.is_connect() {
            Trouble::Unreachable { host }
        } else {
            Trouble::CutOff { host }
        }
    }
}

impl Answer {
    /// What an answer means for the message. `asked` is a wait that its body asks for.
    pub(super) fn delivery(&self, url: &Url, asked: Option<Duration>) -> Delivery {
        let host = url.host_str().unwrap_or_default().to_owned();
        let status = self.status.as_u16();
        let at_least = self.retry_after.max(asked).map(|wait| wait.min(LONGEST_WAIT));
        match status {
            200..=299 => Delivery::Sent,
            300..=399 => Delivery::later(Trouble::Redirected { host, status }),
            // The operator may mend it before the alert is too old.
            401 | 403 | 407 => Delivery::Later { why: Trouble::Credentials { host, status }, at_least },
            404 => Delivery::Later { why: Trouble::NoSuchPlace { host, status }, at_least },
            410 => Delivery::Refused { why: Trouble::NoSuchPlace { host, status } },
            408 | 425 | 429 => Delivery::Later { why: Trouble::Throttled { host, status }, at_least },
            400..=499 => Delivery::Refused { why: Trouble::Rejected { host, status } },
            _ => Delivery::Later { why: Trouble::Failed { host, status }, at_least },
        }
    }
}

fn literal(url: &Url) -> Option<IpAddr> {
    match url.host()? {
        Host::Ipv4(address) => Some(address.into()),
        Host::Ipv6(address) => Some(address.into()),
        Host::Domain(_) => None,
    }
}

/// A wait in seconds. One given as a date is not honoured: our own wait is.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    headers.get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok().map(Duration::from_secs)
}

/// A name that leads nowhere but inside.
#[derive(Debug, thiserror::Error)]
#[error("the name leads to this machine or to a private network")]
struct LeadsInside;

/// Resolves names to addresses of the public Internet, unless told otherwise.
struct PublicOnly {
    allow_private: bool,
    /// The way out, which is inside.
    proxies: Arc<[String]>,
}

impl Resolve for PublicOnly {
    fn resolve(&self, name: Name) -> Resolving {
        let is_proxy = self.proxies.iter().any(|proxy| proxy.eq_ignore_ascii_case(name.as_str()));
        let allow_private = self.allow_private || is_proxy;
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let found: Vec<SocketAddr> = found.collect();
            let some = !found.is_empty();
            let good: Vec<SocketAddr> =
                found.into_iter().filter(|address| allow_private || !is_private(address.ip())).collect();
            if some && good.is_empty() {
                return Err(LeadsInside.into());
            }
            Ok(Box::new(good.into_iter()) as Addrs)
        })
    }
}
