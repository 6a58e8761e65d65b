//! The channels: where people are told, of what, and when.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::time::Duration;

use serde::Deserialize;
use toml::Spanned;

use super::calls::CallConfig;
use super::channel_kinds::{self, ChannelKind};
use super::channel_times;
use super::duration;
use super::fault::Faults;
use crate::alert::{Detail, Event, Followup, Grouping, Route, Schedule};
use crate::domain::DemarcheNumber;

/// One `[[channels]]` table, checked.
#[derive(Debug, Clone, PartialEq)]
pub struct ChannelConfig {
    /// Its name.
    pub name: String,
    /// What it is, with the keys of its own.
    pub kind: ChannelKind,
    /// The events that it carries.
    pub events: Vec<Event>,
    /// The démarches that it is limited to; all of them if empty.
    pub demarches: Vec<DemarcheNumber>,
    /// How much of a dossier leaves through it.
    pub detail: Detail,
    /// When it speaks.
    pub schedule: Schedule,
    /// What goes together.
    pub grouping: Grouping,
    /// What is done of what nobody acknowledges.
    pub followup: Followup,
    /// Messages a minute, at most.
    pub rate: u32,
    /// How long the other side may take.
    pub timeout: Duration,
    /// A folder whose templates take the place of ours.
    pub templates: Option<PathBuf>,
    /// Where it stands in the file, from 1.
    pub line: usize,
}

impl ChannelConfig {
    /// The channel as events see it.
    #[must_use]
    pub fn route(&self) -> Route {
        Route {
            channel: self.name.clone(),
            events: self.events.clone(),
            demarches: self.demarches.clone(),
            schedule: self.schedule,
            grouping: self.grouping,
            followup: self.followup.clone(),
        }
    }
}

/// `[[channels]]` as written: the keys of every type, of which each has its own.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ChannelTable {
    pub name: Spanned<String>,
    #[serde(rename = "type")]
    pub kind: Spanned<String>,
    #[serde(default)]
    events: Vec<Spanned<String>>,
    #[serde(default)]
    calls: Vec<Spanned<String>>,
    detail: Option<Spanned<String>>,
    pub every: Option<Spanned<String>>,
    pub daily_at: Option<Spanned<String>>,
    pub working_days: Option<bool>,
    pub quiet_hours: Option<Spanned<String>>,
    together_over: Option<Spanned<usize>>,
    remind_after: Option<Spanned<String>>,
    escalate_after: Option<Spanned<String>>,
    escalate_to: Option<Spanned<String>>,
    rate: Option<Spanned<u32>>,
    timeout: Option<Spanned<String>>,
    templates: Option<Spanned<PathBuf>>,
    // Of one type or another.
    pub host: Option<Spanned<String>>,
    pub port: Option<Spanned<u16>>,
    pub tls: Option<Spanned<String>>,
    pub username: Option<Spanned<String>>,
    pub password_file: Option<Spanned<PathBuf>>,
    pub from: Option<Spanned<String>>,
    pub to: Option<Spanned<Vec<Spanned<String>>>>,
    pub url: Option<Spanned<String>>,
    pub url_file: Option<Spanned<PathBuf>>,
    pub secret_files: Option<Spanned<Vec<Spanned<PathBuf>>>>,
    pub homeserver: Option<Spanned<String>>,
    pub room_id: Option<Spanned<String>>,
    pub token_file: Option<Spanned<PathBuf>>,
    pub ca_file: Option<Spanned<PathBuf>>,
    pub allow_private: Option<Spanned<bool>>,
}

/// Keys of the table, for suggestions.
pub(super) const KEYS: &[&str] = &[
    "name",
    "type",
    "events",
    "calls",
    "detail",
    "every",
    "daily_at",
    "working_days",
    "quiet_hours",
    "together_over",
    "remind_after",
    "escalate_after",
    "escalate_to",
    "rate",
    "timeout",
    "templates",
    "host",
    "port",
    "tls",
    "username",
    "password_file",
    "from",
    "to",
    "url",
    "url_file",
    "secret_files",
    "homeserver",
    "room_id",
    "token_file",
    "ca_file",
    "allow_private",
];

/// Messages a minute unless the configuration says otherwise.
const DEFAULT_RATE: u32 = 60;

/// Subjects that wait at once before people are told of all of them in one message.
const DEFAULT_TOGETHER_OVER: usize = 10;

/// Checks every channel.
pub(super) fn check(
    tables: &[ChannelTable],
    calls: &[CallConfig],
    faults: &mut Faults<'_>,
) -> Vec<ChannelConfig> {
    let mut names = BTreeSet::new();
    let mut channels = Vec::new();
    for table in tables {
        let name = table.name.get_ref();
        if !names.insert(name) {
            let what = format!("le nom « {name} » est donné à deux canaux");
            faults.at(&table.name.span(), what, "donnez à chaque canal un name différent".to_owned());
        }
        channels.extend(check_one(table, calls, faults));
    }
    for table in tables {
        let Some(other) = &table.escalate_to else { continue };
        let known = tables.iter().any(|one| one.name.get_ref() == other.get_ref());
        if !known || other.get_ref() == table.name.get_ref() {
            let what = format!("escalate_to = \"{}\" n’est pas un autre canal", other.get_ref());
            faults.at(&other.span(), what, "écrivez le name d’un autre [[channels]]".to_owned());
        }
    }
    channels
}

fn check_one(table: &ChannelTable, calls: &[CallConfig], faults: &mut Faults<'_>) -> Option<ChannelConfig> {
    let kind = channel_kinds::check(table, faults);
    let events = table.events.iter().filter_map(|event| check_event(event, faults)).collect();
    let demarches = table.calls.iter().filter_map(|slug| check_call(slug, calls, faults)).collect();
    let schedule = channel_times::check(table, faults);
    let together_over = table.together_over.as_ref().map(|over| *over.get_ref());
    let kind = kind?;
    let grouping = match (schedule.cadence, together_over) {
        (crate::alert::Cadence::Immediate, Some(over)) => Grouping::BySubjectUpTo(over.max(1)),
        (crate::alert::Cadence::Immediate, None) if kind.is_for_machines() => Grouping::BySubject,
        (crate::alert::Cadence::Immediate, None) => Grouping::BySubjectUpTo(DEFAULT_TOGETHER_OVER),
        _ => Grouping::Digest,
    };
    Some(ChannelConfig {
        name: table.name.get_ref().clone(),
        detail: check_detail(table.detail.as_ref(), faults),
        followup: check_followup(table, faults),
        rate: check_rate(table.rate.as_ref(), faults),
        timeout: duration::or(table.timeout.as_ref(), Duration::from_secs(15), "timeout", faults),
        templates: check_templates(table.templates.as_ref(), faults),
        line: faults.line(&table.name.span()),
        kind,
        events,
        demarches,
        schedule,
        grouping,
    })
}

fn check_event(written: &Spanned<String>, faults: &mut Faults<'_>) -> Option<Event> {
    let name = written.get_ref();
    let event = Event::from_name(name).filter(|event| event.is_asked_for());
    if event.is_none() {
        let known: Vec<&str> =
            Event::ALL.iter().filter(|event| event.is_asked_for()).map(|event| event.as_str()).collect();
        let near = known.iter().max_by(|one, other| {
            strsim::jaro_winkler(name, one).total_cmp(&strsim::jaro_winkler(name, other))
        });
        let remedy = match near.filter(|near| strsim::jaro_winkler(name, near) > 0.8) {
            Some(near) => format!("vouliez-vous écrire \"{near}\" ?"),
            None => format!("événements possibles : {}", known.join(", ")),
        };
        faults.at(&written.span(), format!("l’événement \"{name}\" n’existe pas"), remedy);
    }
    event
}

fn check_call(
    written: &Spanned<String>,
    calls: &[CallConfig],
    faults: &mut Faults<'_>,
) -> Option<DemarcheNumber> {
    let found = calls.iter().find(|call| call.slug == *written.get_ref()).map(|call| call.demarche);
    if found.is_none() {
        let what = format!("aucun appel ne s’appelle « {} »", written.get_ref());
        faults.at(&written.span(), what, "écrivez le slug d’un [[calls]]".to_owned());
    }
    found
}

fn check_detail(written: Option<&Spanned<String>>, faults: &mut Faults<'_>) -> Detail {
    let Some(written) = written else { return Detail::default() };
    match written.get_ref().as_str() {
        "full" => Detail::Full,
        "minimal" => Detail::Minimal,
        other => {
            let what = format!("detail = \"{other}\" n’est pas connu");
            faults.at(&written.span(), what, "écrivez \"minimal\" ou \"full\"".to_owned());
            Detail::Minimal
        }
    }
}

fn check_followup(table: &ChannelTable, faults: &mut Faults<'_>) -> Followup {
    let mut after = |written: &Option<Spanned<String>>, key| {
        written.as_ref().map(|written| duration::or(Some(written), Duration::ZERO, key, faults))
    };
    let remind_after = after(&table.remind_after, "remind_after");
    let escalate_after = after(&table.escalate_after, "escalate_after");
    let escalate = escalate_after.zip(table.escalate_to.as_ref().map(|to| to.get_ref().clone()));
    if escalate.is_none()
        && let Some(span) = table.escalate_after.as_ref().or(table.escalate_to.as_ref()).map(Spanned::span)
    {
        faults.at(
            &span,
            "escalate_after et escalate_to vont ensemble".to_owned(),
            "écrivez les deux : escalate_after = \"8h\", escalate_to = \"autre-canal\"".to_owned(),
        );
    }
    Followup { remind_after, escalate }
}

fn check_rate(written: Option<&Spanned<u32>>, faults: &mut Faults<'_>) -> u32 {
    let Some(written) = written else { return DEFAULT_RATE };
    if *written.get_ref() == 0 {
        let what = "rate = 0 ne laisse rien passer".to_owned();
        faults.at(
            &written.span(),
            what,
            "écrivez un nombre de messages par minute, par exemple 60".to_owned(),
        );
    }
    (*written.get_ref()).max(1)
}

fn check_templates(written: Option<&Spanned<PathBuf>>, faults: &mut Faults<'_>) -> Option<PathBuf> {
    let written = written?;
    let path = written.get_ref();
    if !path.is_dir() {
        let what = format!("le dossier de modèles {} n’existe pas", path.display());
        faults.at(&written.span(), what, "créez-le, ou retirez templates".to_owned());
    }
    Some(path.clone())
}
