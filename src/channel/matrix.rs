//! A message in a Matrix room (Tchap, Element), through the client-server API.
//!
//! The transaction identifier is the message's identity: the homeserver takes a repeat for the same event. Nobody
//! is mentioned, and the message says so.

use std::time::Duration;

use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Value, json};
use url::Url;

use super::delivery::{Delivery, Trouble};
use super::outbound::Outbound;
use crate::alert::{Message, limited};

/// Characters of each form of the body: an event holds 65,536 bytes in all.
const LONGEST: usize = 12_000;

/// A room.
pub struct Matrix {
    outbound: Outbound,
    homeserver: Url,
    room_id: String,
    token: SecretString,
}

impl Matrix {
    pub(super) fn new(outbound: Outbound, (homeserver, room_id): (Url, String), token: SecretString) -> Self {
        Self { outbound, homeserver, room_id, token }
    }

    pub(super) async fn send(&self, message: &Message) -> Delivery {
        let Some(url) = self.address(&message.id) else {
            return Delivery::Refused { why: Trouble::Unwritable { what: "adresse".to_owned() } };
        };
        let mut body = json!({
            "msgtype": "m.text",
            "body": limited(&message.text, LONGEST),
            "m.mentions": {},
        });
        // A cut in the middle of HTML would say something else: past the limit, the text alone is sent.
        if let Some(html) = message.html.as_deref().filter(|html| html.chars().count() <= LONGEST)
            && let Some(object) = body.as_object_mut()
        {
            object.insert("format".to_owned(), json!("org.matrix.custom.html"));
            object.insert("formatted_body".to_owned(), json!(html));
        }
        let request = self
            .outbound
            .http()
            .put(url.clone())
            .bearer_auth(self.token.expose_secret())
            .header(reqwest::header::CONTENT_TYPE, "application/json")
            .body(body.to_string());
        match self.outbound.send(request, &url).await {
            Ok(answer) => answer.delivery(&url, asked_wait(&answer.body)),
            Err(why) => Delivery::later(why),
        }
    }

    fn address(&self, transaction: &str) -> Option<Url> {
        let mut url = self.homeserver.clone();
        url.path_segments_mut().ok()?.pop_if_empty().extend([
            "_matrix",
            "client",
            "v3",
            "rooms",
            &self.room_id,
            "send",
            "m.room.message",
            transaction,
        ]);
        Some(url)
    }
}

/// The wait that a homeserver asks for in its answer.
fn asked_wait(body: &[u8]) -> Option<Duration> {
    let answer: Value = serde_json::from_slice(body).ok()?;
    answer.get("retry_after_ms")?.as_u64().map(Duration::from_millis)
}
