//! From what happened to the outbox, in the transaction where it happened.
//!
//! Invariants: no road that writes the mirror goes round this; a fact has one key, and a channel one alert of it;
//! the first reading of a call is told at once, not dossier by dossier, unless the configuration says so.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};

use super::{Engine, EngineError};
use crate::alert::{
    Condition, Episode, Event, Facts, FirstFill, MirrorFacts, Occasion, Plan, Route, Step, conditions,
    fact_key, steps,
};
use crate::domain::{DemarcheNumber, DossierNumber};
use crate::eligibility::Outcome;
use crate::store::{Happening, NewAlert, Tx};

/// A fact, before it is known who wants it.
struct Fact<'a> {
    /// What names it in its key.
    kind: &'a str,
    /// The events that it may be told as, the most telling first.
    events: &'a [Event],
    demarche: Option<DemarcheNumber>,
    dossier: Option<DossierNumber>,
    /// What makes it new.
    episode: &'a str,
    /// What is known. What is said of a channel goes through the others.
    facts: Facts,
}

/// Writes the alerts of what happened in a transaction.
pub(super) fn tell(tx: &Tx<'_>, plan: &Plan) -> Result<(), EngineError> {
    let happenings = tx.happenings();
    if plan.routes.is_empty() || happenings.is_empty() {
        return Ok(());
    }
    let filled: BTreeSet<DemarcheNumber> = happenings
        .iter()
        .filter_map(|happening| match happening {
            Happening::Filled(demarche) => Some(*demarche),
            Happening::Judged { .. } | Happening::Gone(_) => None,
        })
        .collect();
    for happening in &happenings {
        match happening {
            Happening::Filled(demarche) if plan.first_fill == FirstFill::Summary => {
                tell_summary(tx, plan, *demarche)?;
            }
            Happening::Filled(_) => {}
            Happening::Judged { number, .. } | Happening::Gone(number) => {
                let Some((demarche, mut facts)) = tx.dossier_facts(*number)? else { continue };
                let filling = filled.contains(&demarche) || !tx.is_filled(demarche)?;
                if filling && plan.first_fill != FirstFill::Each {
                    continue;
                }
                facts.call = plan.call(demarche).map(|call| call.slug.clone());
                tell_of_dossier(tx, plan, happening, (demarche, *number, facts))?;
            }
        }
    }
    Ok(())
}

fn tell_of_dossier(
    tx: &Tx<'_>,
    plan: &Plan,
    happening: &Happening,
    (demarche, number, facts): (DemarcheNumber, DossierNumber, Facts),
) -> Result<(), EngineError> {
    let write = |kind: &str, events: &[Event], episode: &str, facts: Facts| {
        let (demarche, dossier) = (Some(demarche), Some(number));
        enqueue(tx, plan, &Fact { kind, events, demarche, dossier, episode, facts })
    };
    // What makes a verdict, or a disappearance, new is the transaction that wrote it down: giving the same
    // verdict again writes nothing, and comes through here no more.
    let now = tx.now().to_string();
    match happening {
        Happening::Filled(_) => Ok(()),
        Happening::Gone(_) => write("withdrawn", &[Event::Withdrawn], &now, facts),
        Happening::Judged { before, after, notable, .. } => {
            for (code, episode) in notable {
                write(code, &[Event::ModifiedAfterDeadline], episode, facts.clone())?;
            }
            if before.as_ref() == Some(after) {
                return Ok(());
            }
            let names: Vec<Event> = [event_of(after), before.as_ref().map(|_| Event::VerdictChanged)]
                .into_iter()
                .flatten()
                .collect();
            let episode = format!("{} {after} {now}", before.as_deref().unwrap_or_default());
            write("verdict", &names, &episode, Facts { before: before.clone(), ..facts })
        }
    }
}

/// The event of a verdict; none when there is nothing to say of it.
fn event_of(verdict: &str) -> Option<Event> {
    match Outcome::from_name(verdict)? {
        Outcome::Eligible => None,
        Outcome::Ineligible => Some(Event::Ineligible),
        Outcome::Late => Some(Event::Late),
        Outcome::ToReview => Some(Event::ToReview),
    }
}

fn tell_summary(tx: &Tx<'_>, plan: &Plan, demarche: DemarcheNumber) -> Result<(), EngineError> {
    let counts = tx.count_verdicts(demarche)?;
    let all: u64 = counts.iter().map(|(_, count)| count).sum();
    let mut figures = vec![("dossiers".to_owned(), all.to_string())];
    figures.extend(counts.into_iter().map(|(verdict, count)| (verdict, count.to_string())));
    let call = plan.call(demarche).map(|call| call.slug.clone());
    let facts = Facts { call, figures, ..Facts::default() };
    let key = fact_key(Event::FirstReading.as_str(), Some(demarche), None, "");
    for route in plan.route_summary(demarche) {
        let due_at = route.schedule.due(tx.now(), &plan.zone(Some(demarche)));
        tx.enqueue(&NewAlert {
            event: Event::FirstReading,
            fact_key: &key,
            occasion: Occasion::First,
            channel: &route.channel,
            demarche: Some(demarche),
            dossier: None,
            due_at,
            facts: &facts,
        })?;
    }
    Ok(())
}

fn enqueue(tx: &Tx<'_>, plan: &Plan, fact: &Fact<'_>) -> Result<(), EngineError> {
    let key = fact_key(fact.kind, fact.demarche, fact.dossier, fact.episode);
    for (route, event) in plan.route(fact.events, fact.demarche) {
        if fact.facts.channel.as_ref() == Some(&route.channel) {
            continue;
        }
        tx.enqueue(&NewAlert {
            event,
            fact_key: &key,
            occasion: Occasion::First,
            channel: &route.channel,
            demarche: fact.demarche,
            dossier: fact.dossier,
            due_at: route.schedule.due(tx.now(), &plan.zone(fact.demarche)),
            facts: &fact.facts,
        })?;
    }
    Ok(())
}

impl Engine {
    /// Looks at the mirror for what is to be told of the service and of the calls' calendars, and for what
    /// nobody answered. To be called after each pass, whatever became of it, and once in a while between two.
    ///
    /// # Errors
    /// When the mirror cannot be written.
    pub async fn watch(&self) -> Result<(), EngineError> {
        let plan = std::sync::Arc::clone(&self.plan);
        self.write(move |tx| {
            look(tx, &plan)?;
            plan.routes.iter().try_for_each(|route| follow_up(tx, &plan, route))
        })
        .await
    }
}

/// Tells what begins and what ends of what is watched.
pub(super) fn look(tx: &Tx<'_>, plan: &Plan) -> Result<(), EngineError> {
    let mut mirror = MirrorFacts { unknown: tx.list_unknown()?, ..MirrorFacts::default() };
    for route in &plan.routes {
        mirror.channels.push(tx.channel_facts(&route.channel)?);
    }
    for call in &plan.calls {
        mirror.calls.push(tx.call_facts(call)?);
    }
    let now = tx.now();
    for step in steps(&tx.list_episodes()?, conditions(&mirror, &plan.watch, now), now) {
        match step {
            Step::Begin { condition, episode, told } => {
                tx.set_episode(&episode)?;
                if told {
                    let Condition { event, demarche, dossier, subject, facts, .. } = *condition;
                    let episode = format!("{subject} {}", episode.episode);
                    let (kind, events) = (event.as_str(), &[event][..]);
                    enqueue(tx, plan, &Fact { kind, events, demarche, dossier, episode: &episode, facts })?;
                }
            }
            Step::End { episode, recovered } => {
                let ended = Episode { open: false, ..episode };
                tx.set_episode(&ended)?;
                if recovered {
                    tell_recovered(tx, plan, &ended)?;
                }
            }
        }
    }
    Ok(())
}

fn tell_recovered(tx: &Tx<'_>, plan: &Plan, ended: &Episode) -> Result<(), EngineError> {
    let demarche = ended.demarche;
    let call = demarche.and_then(|number| plan.call(number)).map(|call| call.slug.clone());
    let channel = (ended.event == Event::ChannelFailing).then(|| ended.subject.clone());
    // A channel that is no longer configured has not been mended.
    if channel.as_ref().is_some_and(|name| !plan.routes.iter().any(|route| route.channel == *name)) {
        return Ok(());
    }
    let about = channel.as_deref().unwrap_or_default();
    let episode = format!("{} {about}{}", ended.event.as_str(), ended.episode);
    let facts = Facts { call, channel, ..Facts::default() };
    let (kind, events) = (Event::Recovered.as_str(), &[Event::Recovered][..]);
    enqueue(tx, plan, &Fact { kind, events, demarche, dossier: None, episode: &episode, facts })
}

/// Tells again, here or elsewhere, what nobody acknowledged.
fn follow_up(tx: &Tx<'_>, plan: &Plan, route: &Route) -> Result<(), EngineError> {
    let reminder =
        route.followup.remind_after.map(|after| (after, route.channel.as_str(), Occasion::Reminder));
    let escalation =
        route.followup.escalate.as_ref().map(|(after, other)| (*after, other.as_str(), Occasion::Escalation));
    for (after, channel, occasion) in reminder.into_iter().chain(escalation) {
        let after = SignedDuration::try_from(after).unwrap_or(SignedDuration::MAX);
        let before = tx.now().checked_sub(after).unwrap_or(Timestamp::MIN);
        let Some(target) = plan.routes.iter().find(|route| route.channel == channel) else { continue };
        for unanswered in tx.unanswered(&route.channel, before, occasion)? {
            let alert = unanswered.alert;
            // What asks for nothing is not repeated.
            if !matches!(alert.event, Event::Recovered | Event::FirstReading | Event::CallClosed) {
                tx.enqueue(&NewAlert {
                    event: alert.event,
                    fact_key: &unanswered.fact_key,
                    occasion,
                    channel,
                    demarche: alert.demarche,
                    dossier: alert.dossier,
                    due_at: target.schedule.due(tx.now(), &plan.zone(alert.demarche)),
                    facts: &alert.facts,
                })?;
            }
            tx.mark_followed(alert.id, occasion)?;
        }
    }
    Ok(())
}
