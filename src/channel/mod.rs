//! Words out: the channels that carry a message to people or to machines.
//!
//! Knows messages and their settings, nothing of the mirror. Invariants: sending says what became of the message
//! and never panics; the message's identity reaches the other side as its deduplication key, the same at each
//! attempt; no secret, address of a person or name is in an error or a log; no redirect is followed, no answer is
//! read past a limit, nothing waits longer than the channel's time-out.

mod delivery;
mod email;
mod heartbeat;
mod log;
mod matrix;
mod mattermost;
mod outbound;
mod outlet;
mod private;
mod webhook;

use jiff::Timestamp;

use crate::alert::Message;

pub use self::delivery::{Delivery, Trouble};
pub use self::heartbeat::Heartbeat;
pub use self::outlet::{Outlet, open_all};

/// A way out.
pub enum Channel {
    /// A mail.
    Email(email::Email),
    /// A signed request.
    Webhook(webhook::Webhook),
    /// A post in Markdown.
    Mattermost(mattermost::Mattermost),
    /// A message in a Matrix room.
    Matrix(matrix::Matrix),
    /// A structured line of the journal.
    Log,
}

impl Channel {
    /// Sends a message, and says what became of it.
    pub async fn send(&self, message: &Message, now: Timestamp) -> Delivery {
        match self {
            Self::Email(email) => email.send(message).await,
            Self::Webhook(webhook) => webhook.send(message, now).await,
            Self::Mattermost(mattermost) => mattermost.send(message).await,
            Self::Matrix(matrix) => matrix.send(message).await,
            Self::Log => {
                log::write(message);
                Delivery::Sent
            }
        }
    }
}
