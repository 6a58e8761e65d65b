//! A signed request, after the Standard Webhooks specification 1.0.0.
//!
//! `webhook-id` is the message's identity: a receiver that keeps it sees a repeat as one. Each secret signs: one
//! is added before the other is taken away.

use jiff::Timestamp;
use reqwest::header::CONTENT_TYPE;
use serde_json::{Map, Value, json};
use standardwebhooks::{HEADER_WEBHOOK_ID, HEADER_WEBHOOK_SIGNATURE, HEADER_WEBHOOK_TIMESTAMP};
use url::Url;

use super::delivery::{Delivery, Trouble};
use super::outbound::Outbound;
use crate::alert::{Message, Notice};

/// Where requests go, and what signs them.
pub struct Webhook {
    outbound: Outbound,
    url: Url,
    signers: Vec<standardwebhooks::Webhook>,
}

impl Webhook {
    pub(super) const fn new(outbound: Outbound, url: Url, signers: Vec<standardwebhooks::Webhook>) -> Self {
        Self { outbound, url, signers }
    }

    pub(super) async fn send(&self, message: &Message, now: Timestamp) -> Delivery {
        let body = body(message).to_string();
        let (id, at) = (format!("msg_{}", message.id), now.as_second());
        let signatures = self.signers.iter().map(|signer| signer.sign(&id, at, body.as_bytes()));
        let Ok(signatures) = signatures.collect::<Result<Vec<_>, _>>() else {
            return Delivery::Refused { why: Trouble::Unwritable { what: "signature".to_owned() } };
        };
        let request = self
            .outbound
            .http()
            .post(self.url.clone())
            .header(CONTENT_TYPE, "application/json")
            .header(HEADER_WEBHOOK_ID, id)
            .header(HEADER_WEBHOOK_TIMESTAMP, at)
            .header(HEADER_WEBHOOK_SIGNATURE, signatures.join(" "))
            .body(body);
        match self.outbound.send(request, &self.url).await {
            Ok(answer) => answer.delivery(&self.url, None),
            Err(why) => Delivery::later(why),
        }
    }
}

/// What machines read. Keys that the channel's detail leaves out are absent.
fn body(message: &Message) -> Value {
    let kind = match message.notices.as_slice() {
        [first, rest @ ..] if rest.iter().all(|one| one.event == first.event) => {
            format!("ami_sync.{}", first.event)
        }
        _ => "ami_sync.alerts".to_owned(),
    };
    json!({
        "type": kind,
        "timestamp": message.noticed_at.to_string(),
        "data": {
            "message_id": message.id,
            "title": message.subject,
            "alerts": message.notices.iter().map(notice).collect::<Vec<_>>(),
        },
    })
}

fn notice(notice: &Notice) -> Value {
    let mut object = Map::new();
    let mut put = |key: &str, value: Value| {
        if !value.is_null() {
            object.insert(key.to_owned(), value);
        }
    };
    put("event", json!(notice.event));
    put("occasion", json!(notice.occasion));
    put("title", json!(notice.title));
    put("action", json!(notice.action));
    put("dossier_number", json!(notice.dossier));
    put("demarche_number", json!(notice.demarche));
    put("call", json!(notice.call));
    put("channel", json!(notice.channel));
    put("link", json!(notice.link));
    put("verdict", json!(notice.verdict));
    put("applicant", json!(notice.applicant));
    put("siret", json!(notice.siret));
    put("forme_juridique", json!(notice.legal_form));
    put("filed_at", json!(notice.filed_at));
    put("note", json!(notice.note));
    put("noticed_at", json!(notice.noticed_at.to_string()));
    if !notice.reasons.is_empty() {
        put("reasons", json!(notice.reasons));
    }
    if !notice.figures.is_empty() {
        let figures: Map<String, Value> =
            notice.figures.iter().map(|(name, value)| (name.clone(), json!(value))).collect();
        put("figures", Value::Object(figures));
    }
    Value::Object(object)
}
