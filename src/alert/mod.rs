//! What is said, to whom, and when again. Pure: it takes `now`, and knows no network, no SQL and no file.
//!
//! A fact that somebody asked to know becomes one [`Event`] with a key of its own; a [`Plan`] says which
//! channels carry it and when; a [`Composer`] words what a channel is given. Invariants: the key follows what makes
//! the fact new, never the time of its evaluation; nothing personal leaves unless the channel's [`Detail`]
//! allows it; every value is made inert before it meets a template, and escaped for its medium inside it.

mod clean;
mod compose;
mod event;
mod facts;
mod grouping;
mod holidays;
mod plan;
mod retry;
mod schedule;
mod templates;
mod watch;
mod wording;

pub use clean::{clean, limited};
pub use compose::{Composer, Message, Notice};
pub use event::{Event, Occasion, fact_key, group_key, idempotency_key};
pub use facts::{Alert, Facts};
pub use grouping::{Candidate, Grouping, MOST_TOGETHER, together};
pub use plan::{Detail, FirstFill, Followup, Plan, PlannedCall, Route};
pub use retry::{Retry, delay};
pub use schedule::{Cadence, QuietHours, Schedule};
pub use templates::{Medium, TemplateError, Templates};
pub use watch::{
    CallFacts, ChannelFacts, Condition, Episode, MirrorFacts, Step, WatchSettings, conditions, steps,
};
