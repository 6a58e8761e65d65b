//! What is told of the service itself and of a call's calendar: a pure look at facts read from the mirror.
//!
//! [`conditions`] says what is true now; [`steps`] compares it with the episodes already known and says what
//! begins and what ends. Invariants: an episode is told once, however often it is looked at; `recovered` is told
//! once per démarche when what failed works again.

use std::time::Duration;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::event::Event;
use super::facts::Facts;
use crate::domain::{DemarcheNumber, DossierNumber};

/// Days before a token's end at which it is told, the nearest first.
const TOKEN_DAYS: [i64; 2] = [7, 30];

/// Attempts that fail before a quarantine is worth telling: the platform often mends itself.
const QUARANTINE_ATTEMPTS: u32 = 2;

/// What is watched, and how closely.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WatchSettings {
    /// Without a good pass, or a message that goes through, for so long, the service or a channel is failing.
    pub sync_failing_after: Duration,
    /// How long before the deadline it is told.
    pub deadline_before: Vec<Duration>,
    /// The day after which the token no longer opens anything.
    pub token_expires_on: Option<Date>,
}

impl Default for WatchSettings {
    fn default() -> Self {
        let days = |days: u64| Duration::from_secs(days * 86_400);
        Self {
            sync_failing_after: Duration::from_secs(3_600),
            deadline_before: vec![days(7), days(1)],
            token_expires_on: None,
        }
    }
}

/// What the mirror says of a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallFacts {
    /// Its name.
    pub slug: String,
    /// Its démarche.
    pub demarche: DemarcheNumber,
    /// The first instant that is late.
    pub closes_at: Option<Timestamp>,
    /// When the first pass of all began.
    pub first_run_at: Option<Timestamp>,
    /// When the last pass that did its work began and ended.
    pub last_success: Option<(Timestamp, Timestamp)>,
    /// When the first reading was complete.
    pub filled_at: Option<Timestamp>,
    /// What the last pass stopped on, by name, and its sentence.
    pub fault: Option<(String, Option<String>)>,
    /// Dossiers set aside, and how often in vain they were tried.
    pub quarantined: Vec<(DossierNumber, u32)>,
    /// The form's revision in force.
    pub active_revision: Option<String>,
    /// Champs that the rules name and the form has not.
    pub missing_champs: Vec<String>,
    /// Dossiers that differed at the last audit.
    pub divergences: u64,
    /// Living dossiers by verdict.
    pub by_verdict: Vec<(String, u64)>,
}

/// What the mirror says of a channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChannelFacts {
    /// Its name.
    pub name: String,
    /// Since when nothing goes through.
    pub failing_since: Option<Timestamp>,
    /// Whether nothing mends it by itself: a password, an address.
    pub waits_for_person: bool,
    /// What its last attempt met.
    pub last_error: Option<String>,
    /// Alerts given up that nobody has seen to.
    pub dead: u64,
    /// What the last of them met.
    pub dead_error: Option<String>,
}

/// What the mirror says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MirrorFacts {
    /// Call by call.
    pub calls: Vec<CallFacts>,
    /// Channel by channel.
    pub channels: Vec<ChannelFacts>,
    /// What the platform sent and this version does not know.
    pub unknown: Vec<String>,
}

/// How long something stays true.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Kind {
    /// While it lasts.
    State,
    /// Once for each of these; `baseline` is not told the first time it is met.
    Point { episode: String, baseline: bool },
}

/// Something true now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition {
    /// The event.
    pub event: Event,
    /// The démarche.
    pub demarche: Option<DemarcheNumber>,
    /// The dossier.
    pub dossier: Option<DossierNumber>,
    /// What tells it from another of the same event.
    pub subject: String,
    /// What is known.
    pub facts: Facts,
    kind: Kind,
}

/// An episode that the mirror remembers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Episode {
    /// The event.
    pub event: Event,
    /// The démarche.
    pub demarche: Option<DemarcheNumber>,
    /// What tells it from another of the same event.
    pub subject: String,
    /// What makes it new.
    pub episode: String,
    /// Whether it lasts.
    pub open: bool,
}

/// What to do of an episode.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// It begins; told, or only remembered.
    Begin {
        /// The condition.
        condition: Box<Condition>,
        /// What to remember of it.
        episode: Episode,
        /// Whether people are told.
        told: bool,
    },
    /// It has ended; people are told when `recovered`.
    End {
        /// The episode.
        episode: Episode,
        /// Whether people are told.
        recovered: bool,
    },
}

/// What is true now.
#[must_use]
pub fn conditions(mirror: &MirrorFacts, settings: &WatchSettings, now: Timestamp) -> Vec<Condition> {
    let mut found = Vec::new();
    found.extend(token_expiring(settings, now));
    for call in &mirror.calls {
        found.extend(sync_failing(call, settings, now));
        found.extend(stopped_on(call));
        found.extend(call.quarantined.iter().filter_map(|one| quarantined(call, *one)));
        found.extend(diverges(call));
        found.extend(form_changed(call));
        found.extend(deadline_approaching(call, settings, now));
        found.extend(closed(call, now));
    }
    for channel in &mirror.channels {
        found.extend(channel_failing(channel, settings, now));
        found.extend(dead_letter(channel));
    }
    found.extend(mirror.unknown.iter().map(|name| {
        let mut facts = Facts { note: Some(name.clone()), ..Facts::default() };
        facts.figures.push(("unknown_element".to_owned(), name.clone()));
        point(Event::SchemaDrift, None, name, ("met".to_owned(), false), facts)
    }));
    found
}

/// What begins and what ends, given the episodes known.
#[must_use]
pub fn steps(known: &[Episode], conditions: Vec<Condition>, now: Timestamp) -> Vec<Step> {
    let is_of = |episode: &Episode, condition: &Condition| {
        episode.event == condition.event
            && episode.demarche == condition.demarche
            && episode.subject == condition.subject
    };
    let mut ended: Vec<Step> = Vec::new();
    for episode in known.iter().filter(|episode| episode.open) {
        if !conditions.iter().any(|condition| is_of(episode, condition)) {
            let told = ended.iter().any(|step| match step {
                Step::End { episode: other, recovered } => {
                    *recovered && other.demarche == episode.demarche && other.event != Event::ChannelFailing
                }
                Step::Begin { .. } => false,
            });
            let recovered = match episode.event {
                Event::SyncFailing | Event::TokenRejected => !told,
                Event::ChannelFailing => true,
                _ => false,
            };
            ended.push(Step::End { episode: episode.clone(), recovered });
        }
    }
    let begun = conditions.into_iter().filter_map(|condition| {
        let same = known.iter().find(|episode| is_of(episode, &condition));
        let (episode, open, told) = match &condition.kind {
            Kind::State if same.is_some_and(|same| same.open) => return None,
            Kind::State => (now.to_string(), true, true),
            Kind::Point { episode, .. } if same.is_some_and(|same| same.episode == *episode) => return None,
            Kind::Point { episode, baseline } => (episode.clone(), false, !baseline || same.is_some()),
        };
        let episode = Episode {
            event: condition.event,
            demarche: condition.demarche,
            subject: condition.subject.clone(),
            episode,
            open,
        };
        Some(Step::Begin { condition: Box::new(condition), episode, told })
    });
    begun.chain(ended).collect()
}

fn state(event: Event, call: &CallFacts, subject: &str, facts: Facts) -> Condition {
    let facts = Facts { call: Some(call.slug.clone()), ..facts };
    Condition {
        event,
        demarche: Some(call.demarche),
        dossier: None,
        subject: subject.to_owned(),
        facts,
        kind: Kind::State,
    }
}

fn point(
    event: Event,
    call: Option<&CallFacts>,
    subject: &str,
    (episode, baseline): (String, bool),
    facts: Facts,
) -> Condition {
    let facts = Facts { call: call.map(|call| call.slug.clone()), ..facts };
    Condition {
        event,
        demarche: call.map(|call| call.demarche),
        dossier: None,
        subject: subject.to_owned(),
        facts,
        kind: Kind::Point { episode, baseline },
    }
}

fn figure(name: &str, value: impl ToString) -> (String, String) {
    (name.to_owned(), value.to_string())
}

fn token_expiring(settings: &WatchSettings, now: Timestamp) -> Option<Condition> {
    let expires = settings.token_expires_on?;
    let today = TimeZone::UTC.to_datetime(now).date();
    let left = i64::from((expires - today).get_days());
    let threshold = TOKEN_DAYS.into_iter().find(|days| left <= *days)?;
    let facts = Facts {
        figures: vec![figure("expires_on", expires), figure("days_left", left.max(0))],
        ..Facts::default()
    };
    Some(point(Event::TokenExpiring, None, &threshold.to_string(), (expires.to_string(), false), facts))
}

fn sync_failing(call: &CallFacts, settings: &WatchSettings, now: Timestamp) -> Option<Condition> {
    let since = call.last_success.map(|(_, ended)| ended).or(call.first_run_at)?;
    let patience = SignedDuration::try_from(settings.sync_failing_after).unwrap_or(SignedDuration::MAX);
    if now.duration_since(since) < patience {
        return None;
    }
    let mut facts = Facts { figures: vec![figure("last_good_pass", since)], ..Facts::default() };
    facts.note = call.fault.as_ref().and_then(|(_, note)| note.clone());
    Some(state(Event::SyncFailing, call, "", facts))
}

/// A pass that stopped on something that waits for a person.
fn stopped_on(call: &CallFacts) -> Option<Condition> {
    let (name, note) = call.fault.as_ref()?;
    let event = match name.as_str() {
        "token_rejected" => Event::TokenRejected,
        "schema_drift" => Event::SchemaDrift,
        _ => return None,
    };
    let facts = Facts { note: note.clone(), ..Facts::default() };
    Some(state(event, call, "pass", facts))
}

fn quarantined(call: &CallFacts, (number, attempts): (DossierNumber, u32)) -> Option<Condition> {
    if attempts < QUARANTINE_ATTEMPTS {
        return None;
    }
    let facts = Facts { figures: vec![figure("attempts", attempts)], ..Facts::default() };
    let condition = state(Event::Quarantined, call, &number.to_string(), facts);
    Some(Condition { dossier: Some(number), ..condition })
}

fn diverges(call: &CallFacts) -> Option<Condition> {
    if call.divergences == 0 {
        return None;
    }
    let facts = Facts { figures: vec![figure("differences", call.divergences)], ..Facts::default() };
    Some(state(Event::MirrorDiverges, call, "", facts))
}

fn form_changed(call: &CallFacts) -> Vec<Condition> {
    let revision = call.active_revision.iter().map(|revision| {
        let facts = Facts::default();
        point(Event::FormChanged, Some(call), "revision", (revision.clone(), true), facts)
    });
    let missing = call.missing_champs.iter().map(|champ| {
        let facts = Facts { figures: vec![figure("missing_champ", champ)], ..Facts::default() };
        state(Event::FormChanged, call, &format!("champ {champ}"), facts)
    });
    revision.chain(missing).collect()
}

/// At once when a person has to mend it; what mends itself is given time.
fn channel_failing(channel: &ChannelFacts, settings: &WatchSettings, now: Timestamp) -> Option<Condition> {
    let since = channel.failing_since?;
    let patience = SignedDuration::try_from(settings.sync_failing_after).unwrap_or(SignedDuration::MAX);
    if !channel.waits_for_person && now.duration_since(since) < patience {
        return None;
    }
    let figures = vec![figure("failing_since", since)];
    Some(of_channel(Event::ChannelFailing, channel, figures, &channel.last_error))
}

fn dead_letter(channel: &ChannelFacts) -> Option<Condition> {
    let figures = vec![figure("dead_letters", channel.dead)];
    (channel.dead > 0).then(|| of_channel(Event::DeadLetter, channel, figures, &channel.dead_error))
}

fn of_channel(
    event: Event,
    channel: &ChannelFacts,
    figures: Vec<(String, String)>,
    note: &Option<String>,
) -> Condition {
    let facts =
        Facts { channel: Some(channel.name.clone()), figures, note: note.clone(), ..Facts::default() };
    let subject = channel.name.clone();
    Condition { event, demarche: None, dossier: None, subject, facts, kind: Kind::State }
}

fn counts(call: &CallFacts) -> Vec<(String, String)> {
    let all: u64 = call.by_verdict.iter().map(|(_, count)| count).sum();
    let each = call.by_verdict.iter().map(|(verdict, count)| figure(verdict, count));
    [figure("dossiers", all)].into_iter().chain(each).collect()
}

fn deadline_approaching(call: &CallFacts, settings: &WatchSettings, now: Timestamp) -> Option<Condition> {
    let closes_at = call.closes_at.filter(|closes_at| now < *closes_at)?;
    call.filled_at?;
    let left = closes_at.duration_since(now);
    let reached =
        settings.deadline_before.iter().filter(|before| left.unsigned_abs() <= **before).min().copied()?;
    let mut figures = vec![figure("closes_at", closes_at)];
    figures.extend(counts(call));
    let facts = Facts { figures, ..Facts::default() };
    let subject = format!("{} s", reached.as_secs());
    Some(point(Event::DeadlineApproaching, Some(call), &subject, (closes_at.to_string(), false), facts))
}

/// Once a pass that began after the deadline has read what was filed in time. A call that was closed before it
/// was first read is told by its first reading.
fn closed(call: &CallFacts, now: Timestamp) -> Option<Condition> {
    let closes_at = call.closes_at.filter(|closes_at| *closes_at <= now)?;
    let (began, _) = call.last_success?;
    if began < closes_at || call.filled_at? >= closes_at {
        return None;
    }
    let mut figures = vec![figure("closes_at", closes_at)];
    figures.extend(counts(call));
    let facts = Facts { figures, ..Facts::default() };
    Some(point(Event::CallClosed, Some(call), "", (closes_at.to_string(), false), facts))
}

#[cfg(test)]
mod tests;
