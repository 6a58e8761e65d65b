//! A mail: text and HTML, sober, threaded by dossier.
//!
//! Invariants: `Message-ID` is the message's identity, the same at each attempt; the connection is encrypted,
//! save to this very machine; what the server says of a person's address is not repeated.

use std::time::Duration;

use lettre::address::Envelope;
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart};
use lettre::transport::smtp::client::{Certificate, Tls as Security, TlsParameters};
use lettre::transport::smtp::{self, authentication::Credentials};
use lettre::{AsyncSmtpTransport, AsyncTransport as _, Message as Mail, Tokio1Executor};
use secrecy::{ExposeSecret as _, SecretString};

use super::delivery::{Delivery, Trouble};
use crate::alert::Message;
use crate::config::{EmailConfig, Tls};

/// A mail server, and who writes to whom.
pub struct Email {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    host: String,
    timeout: Duration,
    has_account: bool,
    from: Mailbox,
    to: Vec<Mailbox>,
    domain: String,
}

impl Email {
    /// Prepares the way to a mail server.
    ///
    /// # Errors
    /// When an address or a certificate cannot be read.
    pub(super) fn new(
        config: &EmailConfig,
        account: Option<(String, SecretString)>,
        ca: Option<&[u8]>,
        timeout: Duration,
    ) -> Result<Self, String> {
        let read =
            |text: &str| text.parse::<Mailbox>().map_err(|_| format!("« {text} » n’est pas une adresse"));
        let from = read(&config.from)?;
        let to = config.to.iter().map(|text| read(text)).collect::<Result<Vec<_>, _>>()?;
        let mut tls = TlsParameters::builder(config.host.clone());
        if let Some(pem) = ca {
            let certificate = Certificate::from_pem(pem).map_err(|_| "certificat illisible".to_owned())?;
            tls = tls.add_root_certificate(certificate);
        }
        let tls = tls.build().map_err(|error| error.to_string())?;
        let security = match config.tls {
            Tls::Implicit => Security::Wrapper(tls),
            Tls::StartTls => Security::Required(tls),
            Tls::None => Security::None,
        };
        let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(config.host.clone())
            .port(config.port)
            .tls(security)
            .timeout(Some(timeout));
        let has_account = account.is_some();
        if let Some((username, password)) = account {
            builder = builder.credentials(Credentials::new(username, password.expose_secret().to_owned()));
        }
        let domain = from.email.domain().to_owned();
        let (transport, host) = (builder.build(), config.host.clone());
        Ok(Self { transport, host, timeout, has_account, from, to, domain })
    }

    pub(super) async fn send(&self, message: &Message) -> Delivery {
        let mail = match self.mail(message) {
            Ok(mail) => mail,
            Err(what) => return Delivery::Refused { why: Trouble::Unwritable { what } },
        };
        // The library waits that long for each exchange: the whole conversation is bounded as well.
        let whole = self.timeout.saturating_mul(4);
        let sent = tokio::time::timeout(whole, self.transport.send(mail.clone())).await;
        match sent {
            Ok(Ok(_)) => Delivery::Sent,
            Ok(Err(error)) if is_about_a_recipient(&error) && self.to.len() > 1 => {
                self.send_one_by_one(&mail, &error).await
            }
            Ok(Err(error)) => self.told(&error).await,
            Err(_) => Delivery::later(self.too_slow()),
        }
    }

    /// One address that is no more must not keep the news from the others.
    async fn send_one_by_one(&self, mail: &Mail, first: &smtp::Error) -> Delivery {
        let (mut sent, mut worst) = (0_usize, None);
        for to in &self.to {
            let Ok(envelope) = Envelope::new(Some(self.from.email.clone()), vec![to.email.clone()]) else {
                continue;
            };
            let one = self.transport.send_raw(&envelope, &mail.formatted()).await;
            match one {
                Ok(_) => sent += 1,
                Err(error) => worst = Some(error),
            }
        }
        if sent == 0 {
            return self.told(worst.as_ref().unwrap_or(first)).await;
        }
        tracing::warn!(recipients.refused = self.to.len() - sent, "a mail did not reach all its recipients");
        Delivery::Sent
    }

    /// What an error means. Some servers refuse a password with a code of their own, which a message could meet
    /// as well: when no message is told and the same happens, it was of who we are.
    async fn told(&self, error: &smtp::Error) -> Delivery {
        let doubtful = error.is_permanent() && !error.status().is_some_and(is_about_who_we_are);
        if doubtful
            && let Err(again) = self.transport.test_connection().await
            && let Some(status) = again.status().filter(|_| again.is_permanent()).map(u16::from)
        {
            let host = self.host.clone();
            return Delivery::later(if self.has_account {
                Trouble::Credentials { host, status }
            } else {
                Trouble::Failed { host, status }
            });
        }
        self.delivery(error)
    }

    fn mail(&self, message: &Message) -> Result<Mail, String> {
        let mut builder = Mail::builder()
            .from(self.from.clone())
            .subject(&message.subject)
            .message_id(Some(self.identity(&message.id)));
        for to in &self.to {
            builder = builder.to(to.clone());
        }
        if let Some(thread) = &message.thread {
            let root = self.identity(thread);
            builder = builder.in_reply_to(root.clone()).references(root);
        }
        let html = message.html.clone().unwrap_or_default();
        let parts = MultiPart::alternative_plain_html(message.text.clone(), html);
        let mut mail = builder.multipart(parts).map_err(|error| error.to_string())?;
        let list = format!("ami-sync <ami-sync.{}>", self.domain);
        for (name, value) in [
            (HeaderName::new_from_ascii_str("Auto-Submitted"), "auto-generated"),
            (HeaderName::new_from_ascii_str("X-Auto-Response-Suppress"), "All"),
            (HeaderName::new_from_ascii_str("List-Id"), list.as_str()),
        ] {
            mail.headers_mut().insert_raw(HeaderValue::new(name, value.to_owned()));
        }
        Ok(mail)
    }

    fn identity(&self, of: &str) -> String {
        format!("<{of}@ami-sync.{}>", self.domain)
    }

    fn too_slow(&self) -> Trouble {
        Trouble::TooSlow { host: self.host.clone(), after: self.timeout }
    }

    /// What an error means, by its code and not by its text, where addresses may stand.
    fn delivery(&self, error: &smtp::Error) -> Delivery {
        let host = self.host.clone();
        let Some(code) = error.status().map(u16::from) else {
            return Delivery::later(if error.is_timeout() {
                self.too_slow()
            } else if error.is_tls() {
                Trouble::Tls { host }
            } else if error.is_response() || error.is_client() {
                Trouble::CutOff { host }
            } else {
                self.unreached(error, host)
            });
        };
        match code {
            // The operator may mend it before the alert is too old.
            530 | 534 | 535 | 538 => Delivery::later(Trouble::Credentials { host, status: code }),
            421 => Delivery::later(Trouble::Throttled { host, status: code }),
            500..=599 => Delivery::Refused { why: Trouble::Rejected { host, status: code } },
            _ => Delivery::later(Trouble::Failed { host, status: code }),
        }
    }

    fn unreached(&self, error: &smtp::Error, host: String) -> Trouble {
        let mut cause = std::error::Error::source(error);
        while let Some(one) = cause {
            if one.to_string().contains("certificate") {
                return Trouble::Tls { host };
            }
            cause = one.source();
        }
        Trouble::Unreachable { host }
    }
}

/// Whether it is about an account, by the codes that are reserved for it.
fn is_about_who_we_are(code: smtp::response::Code) -> bool {
    matches!(u16::from(code), 530 | 534 | 535 | 538)
}

/// Whether the server refused somebody rather than something.
fn is_about_a_recipient(error: &smtp::Error) -> bool {
    error.status().is_some_and(|code| matches!(u16::from(code), 550 | 551 | 553))
}
