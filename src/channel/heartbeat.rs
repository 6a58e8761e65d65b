//! A sign of life after each good pass: when it stops coming, somebody else notices.

use std::time::Duration;

use url::Url;

use super::delivery::{Delivery, Trouble};
use super::outbound::Outbound;
use crate::config::{AlertsConfig, HttpConfig};

/// The longest that a sign of life may take: it must not hold the next pass.
const TIMEOUT: Duration = Duration::from_secs(10);

/// Where signs of life go.
pub struct Heartbeat {
    outbound: Outbound,
    url: Url,
}

impl Heartbeat {
    /// The heartbeat of a configuration, if it has one.
    #[must_use]
    pub fn open(config: &AlertsConfig) -> Option<Self> {
        let url = config.heartbeat_url.clone()?;
        let http = HttpConfig { allow_private: config.heartbeat_allow_private, ca_file: None };
        let outbound = Outbound::new(&http, TIMEOUT).ok()?;
        Some(Self { outbound, url })
    }

    /// Gives a sign of life. It is not tried again: the next pass gives another.
    ///
    /// # Errors
    /// When nobody received it.
    pub async fn beat(&self) -> Result<(), Trouble> {
        let answer = self.outbound.send(self.outbound.http().get(self.url.clone()), &self.url).await?;
        match answer.delivery(&self.url, None) {
            Delivery::Sent => Ok(()),
            Delivery::Later { why, .. } | Delivery::Refused { why } => Err(why),
        }
    }
}
