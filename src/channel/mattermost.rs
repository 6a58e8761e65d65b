//! A post through an incoming webhook of Mattermost, or of what speaks like it.
//!
//! There is no deduplication key: the message ends with a reference by which people know a repeat. The address is
//! a secret: only its host is ever told.

use secrecy::{ExposeSecret as _, SecretString};
use serde_json::json;
use url::Url;

use super::delivery::Delivery;
use super::outbound::Outbound;
use crate::alert::{Message, limited};

/// Characters that Mattermost takes in a post.
const LONGEST: usize = 16_383;

/// Where posts go.
pub struct Mattermost {
    outbound: Outbound,
    url: SecretString,
}

impl Mattermost {
    pub(super) const fn new(outbound: Outbound, url: SecretString) -> Self {
        Self { outbound, url }
    }

    pub(super) async fn send(&self, message: &Message) -> Delivery {
        let Ok(url) = Url::parse(self.url.expose_secret()) else {
            let why = super::Trouble::Unwritable { what: "adresse".to_owned() };
            return Delivery::Refused { why };
        };
        let text = limited(&message.text, LONGEST);
        let body = json!({ "text": text }).to_string();
        let request = self
            .outbound
            .http()
            .post(url.clone())
            .header(reqwest::header::CONTENT_TYPE, "application/json")
            .body(body);
        match self.outbound.send(request, &url).await {
            Ok(answer) => answer.delivery(&url, None),
            Err(why) => Delivery::later(why),
        }
    }
}
