//! Who is told what: the routes from an event to the channels that carry it.

use std::time::Duration;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::event::Event;
use super::grouping::Grouping;
use super::schedule::Schedule;
use super::watch::WatchSettings;
use crate::domain::DemarcheNumber;

/// How much of a dossier leaves through a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Detail {
    /// Number, verdict, link: nothing personal.
    #[default]
    Minimal,
    /// The applicant and the reasons too.
    Full,
}

/// What the first reading of a call tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum FirstFill {
    /// One summary per channel.
    #[default]
    Summary,
    /// Each dossier, as if it had just come.
    Each,
    /// Nothing.
    None,
}

/// What is done of an alert that nobody acknowledges.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Followup {
    /// After this long, it is told again in the same channel, once.
    pub remind_after: Option<Duration>,
    /// After this long, it is told in another channel, once.
    pub escalate: Option<(Duration, String)>,
}

/// One channel, as events see it.
#[derive(Debug, Clone, PartialEq)]
pub struct Route {
    /// The channel's name.
    pub channel: String,
    /// The events that it carries.
    pub events: Vec<Event>,
    /// The démarches that it is limited to; all of them if empty.
    pub demarches: Vec<DemarcheNumber>,
    /// When it speaks.
    pub schedule: Schedule,
    /// What goes together.
    pub grouping: Grouping,
    /// What is done of what nobody acknowledges.
    pub followup: Followup,
}

impl Route {
    fn covers(&self, demarche: Option<DemarcheNumber>) -> bool {
        self.demarches.is_empty() || demarche.is_none_or(|number| self.demarches.contains(&number))
    }

    /// The first of these events that it carries: a fact with two names is told once.
    fn first_of(&self, events: &[Event], demarche: Option<DemarcheNumber>) -> Option<Event> {
        events.iter().copied().find(|event| self.events.contains(event)).filter(|_| self.covers(demarche))
    }
}

/// A call, as alerts know it.
#[derive(Debug, Clone, PartialEq)]
pub struct PlannedCall {
    /// Its name.
    pub slug: String,
    /// Its démarche.
    pub demarche: DemarcheNumber,
    /// The zone in which it reckons days.
    pub zone: TimeZone,
    /// The first instant that is late.
    pub closes_at: Option<Timestamp>,
    /// Champs that its rules name.
    pub champs_named: Vec<String>,
}

/// Who is told what.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Plan {
    /// The channels.
    pub routes: Vec<Route>,
    /// The calls.
    pub calls: Vec<PlannedCall>,
    /// What the first reading of a call tells.
    pub first_fill: FirstFill,
    /// What is watched of the service itself.
    pub watch: WatchSettings,
}

impl Plan {
    /// The channels that carry one of these events, each with the first that it carries.
    #[must_use]
    pub fn route(&self, events: &[Event], demarche: Option<DemarcheNumber>) -> Vec<(&Route, Event)> {
        let found = self.routes.iter();
        found.filter_map(|route| Some((route, route.first_of(events, demarche)?))).collect()
    }

    /// The channels that would have told of dossiers of a démarche.
    #[must_use]
    pub fn route_summary(&self, demarche: DemarcheNumber) -> Vec<&Route> {
        let tells = |route: &&Route| {
            route.covers(Some(demarche)) && route.events.iter().any(|event| event.is_of_a_dossier())
        };
        self.routes.iter().filter(tells).collect()
    }

    /// A call, by its démarche.
    #[must_use]
    pub fn call(&self, demarche: DemarcheNumber) -> Option<&PlannedCall> {
        self.calls.iter().find(|call| call.demarche == demarche)
    }

    /// The zone in which a fact's days are reckoned: its call's, or the first call's.
    #[must_use]
    pub fn zone(&self, demarche: Option<DemarcheNumber>) -> TimeZone {
        let own = demarche.and_then(|number| self.call(number));
        own.or(self.calls.first()).map_or(TimeZone::UTC, |call| call.zone.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn route(channel: &str, events: &[Event], demarches: &[u32]) -> Route {
        Route {
            channel: channel.to_owned(),
            events: events.to_vec(),
            demarches: demarches.iter().copied().map(DemarcheNumber).collect(),
            schedule: Schedule::default(),
            grouping: Grouping::default(),
            followup: Followup::default(),
        }
    }

    #[test]
    fn a_fact_with_two_names_reaches_a_channel_once_and_each_channel_that_wants_it() {
        let plan = Plan {
            routes: vec![
                route("both", &[Event::VerdictChanged, Event::Late], &[]),
                route("one", &[Event::VerdictChanged], &[]),
                route("other", &[Event::Ineligible], &[]),
                route("elsewhere", &[Event::Late], &[2]),
            ],
            ..Plan::default()
        };
        let routed = plan.route(&[Event::Late, Event::VerdictChanged], Some(DemarcheNumber(1)));
        let told: Vec<_> = routed.iter().map(|(route, event)| (route.channel.as_str(), *event)).collect();
        assert_eq!(told, [("both", Event::Late), ("one", Event::VerdictChanged)]);
    }
}
