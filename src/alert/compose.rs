//! A group of alerts made a message: sentences for people, data for machines.
//!
//! Invariants: what is said depends on the alerts alone, so that a message sent again says the same; nothing
//! personal passes unless the channel's detail is full; each value is cleaned and cut before it is written.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use minijinja::value::Value;

use super::clean::{clean, limited};
use super::event::Event;
use super::facts::{Alert, Facts};
use super::plan::Detail;
use super::templates::{Medium, TemplateError, Templates, html};
use super::wording::{self, About};
use crate::eligibility::Language;
use crate::words;

/// Characters of a name, of a sentence, of a subject.
const NAME: usize = 160;
const SENTENCE: usize = 600;
const SUBJECT: usize = 120;

/// Reasons told of one dossier.
const MOST_REASONS: usize = 6;

/// One fact as a channel may tell it: clean, cut, and no more than its detail allows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// The event's name.
    pub event: &'static str,
    /// Why it is told again, in words.
    pub occasion: Option<&'static str>,
    /// What happened, to whom.
    pub title: String,
    /// What to do.
    pub action: &'static str,
    /// The dossier's number.
    pub dossier: Option<u32>,
    /// The démarche's number.
    pub demarche: Option<u32>,
    /// The call's name.
    pub call: Option<String>,
    /// The name of the channel that it is about.
    pub channel: Option<String>,
    /// The dossier's page on the platform.
    pub link: Option<String>,
    /// The verdict's name in the mirror.
    pub verdict: Option<String>,
    /// The verdict in words.
    pub verdict_told: Option<String>,
    /// Who applies. Full detail alone.
    pub applicant: Option<String>,
    /// Full detail alone.
    pub siret: Option<String>,
    /// Full detail alone.
    pub legal_form: Option<String>,
    /// First deposit, local time. Full detail alone.
    pub filed_at: Option<String>,
    /// Why. Full detail alone.
    pub reasons: Vec<String>,
    /// Counts and dates: what each is, in words, and what it is.
    pub figures: Vec<(String, String)>,
    /// What the platform or the mirror says of a fault.
    pub note: Option<String>,
    /// When it was noticed.
    pub noticed_at: Timestamp,
}

/// A message ready to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Its identity: the same at each attempt.
    pub id: String,
    /// The conversation that it belongs to: a dossier's.
    pub thread: Option<String>,
    /// One line.
    pub subject: String,
    /// For people, without markup or in the channel's own.
    pub text: String,
    /// For people, in HTML.
    pub html: Option<String>,
    /// When the oldest of its facts was noticed.
    pub noticed_at: Timestamp,
    /// The facts, for machines.
    pub notices: Vec<Notice>,
}

/// What words messages for one channel.
#[derive(Debug, Clone)]
pub struct Composer {
    /// What it is written for.
    pub medium: Medium,
    /// How much may be said.
    pub detail: Detail,
    /// In which language.
    pub language: Language,
    /// The zone in which instants are told.
    pub zone: TimeZone,
    /// The address of a dossier, with `{demarche}` and `{dossier}` in it.
    pub dossier_url: String,
    /// The templates.
    pub templates: Templates,
    /// Those that come with ami-sync, for when an override fails on what it had not foreseen.
    pub embedded: Templates,
}

impl Composer {
    /// The message that tells these alerts.
    ///
    /// # Errors
    /// When a template fails that comes with ami-sync.
    pub fn compose(&self, alerts: &[Alert], id: &str) -> Result<Message, TemplateError> {
        self.compose_with(&self.templates, alerts, id)
            .or_else(|_| self.compose_with(&self.embedded, alerts, id))
    }

    /// The same, with an override's faults told.
    ///
    /// # Errors
    /// When a template names what is not there.
    pub fn compose_strictly(&self, alerts: &[Alert], id: &str) -> Result<Message, TemplateError> {
        self.compose_with(&self.templates, alerts, id)
    }

    fn compose_with(
        &self,
        templates: &Templates,
        alerts: &[Alert],
        id: &str,
    ) -> Result<Message, TemplateError> {
        let notices: Vec<Notice> = alerts.iter().map(|alert| self.notice(alert)).collect();
        let title = self.title(&notices);
        let render = |name: &str| -> Result<String, TemplateError> {
            templates.render(name, &self.context(&notices, &title, (name, id)))
        };
        let (mut subject, text, html) = match self.medium.templates() {
            [subject, text, html] => (render(subject)?, render(text)?, Some(render(html)?)),
            [text, html] => (title.clone(), render(text)?, Some(render(html)?)),
            [text] => (title.clone(), render(text)?, None),
            _ => (title.clone(), title.clone(), None),
        };
        // A header is one line, whatever a template makes of it.
        subject = clean(&subject, SUBJECT);
        let thread = alerts.first().and_then(|first| {
            let number = first.dossier?;
            alerts.iter().all(|alert| alert.dossier == Some(number)).then(|| format!("dossier-{number}"))
        });
        let noticed_at = alerts.iter().map(|alert| alert.created_at).min().unwrap_or(Timestamp::UNIX_EPOCH);
        Ok(Message { id: id.to_owned(), thread, subject, text, html, noticed_at, notices })
    }

    fn title(&self, notices: &[Notice]) -> String {
        match notices {
            [one] => one.title.clone(),
            [first, ..] if notices.iter().all(|one| one.title == first.title) => first.title.clone(),
            _ => {
                let several = wording::several(notices.len(), self.language);
                let mut calls: Vec<&str> = notices.iter().filter_map(|one| one.call.as_deref()).collect();
                calls.sort_unstable();
                calls.dedup();
                if calls.is_empty() { several } else { format!("{} : {several}", calls.join(", ")) }
            }
        }
    }

    fn notice(&self, alert: &Alert) -> Notice {
        let Facts { call, verdict, before, figures, note, .. } = &alert.facts;
        let full = self.detail == Detail::Full;
        let number = alert.dossier.map(|number| number.0);
        let call = call.as_deref().map(|call| clean(call, NAME));
        let about = About {
            dossier: number,
            call: call.as_deref(),
            channel: alert.facts.channel.as_deref(),
            verdict: verdict.as_deref(),
            before: before.as_deref(),
        };
        let personal =
            |text: &Option<String>, most| text.as_deref().filter(|_| full).map(|text| clean(text, most));
        Notice {
            event: alert.event.as_str(),
            occasion: wording::occasion(alert.occasion, self.language),
            title: wording::title(alert.event, &about, self.language),
            action: wording::action(alert.event, self.language),
            dossier: number,
            demarche: alert.demarche.map(|number| number.0),
            channel: alert.facts.channel.clone(),
            link: self.link(alert),
            verdict: verdict.clone(),
            verdict_told: verdict.as_deref().map(|name| words::verdict(name, self.language).to_owned()),
            applicant: personal(&alert.facts.applicant, NAME),
            siret: personal(&alert.facts.siret, NAME),
            legal_form: personal(&alert.facts.forme_juridique, NAME),
            filed_at: alert.facts.date_depot.filter(|_| full).map(|at| self.local(at)),
            reasons: alert
                .facts
                .reasons
                .iter()
                .filter(|_| full)
                .take(MOST_REASONS)
                .map(|reason| clean(reason, SENTENCE))
                .collect(),
            figures: figures.iter().map(|(name, value)| self.figure(name, value)).collect(),
            note: note
                .as_deref()
                .filter(|_| alert.event != Event::SchemaDrift || figures.is_empty())
                .map(|note| clean(note, SENTENCE)),
            noticed_at: alert.created_at,
            call,
        }
    }

    fn figure(&self, name: &str, value: &str) -> (String, String) {
        let told = value.parse::<Timestamp>().map_or_else(|_| clean(value, NAME), |at| self.local(at));
        (wording::figure(name, self.language), told)
    }

    fn local(&self, at: Timestamp) -> String {
        let zoned = at.to_zoned_datetime(self.zone.clone());
        match self.language {
            Language::Fr => zoned.strftime("%d/%m/%Y à %H:%M:%S").to_string(),
            Language::En => zoned.strftime("%Y-%m-%d %H:%M:%S").to_string(),
        }
    }

    fn link(&self, alert: &Alert) -> Option<String> {
        let (demarche, dossier) = (alert.demarche?, alert.dossier?);
        let link = self.dossier_url.replace("{demarche}", &demarche.to_string());
        Some(link.replace("{dossier}", &dossier.to_string()))
    }

    fn context(&self, notices: &[Notice], title: &str, (template, id): (&str, &str)) -> Value {
        let is_html = self.medium != Medium::Data && html_by_name(template);
        let mut actions: Vec<&str> = Vec::new();
        for notice in notices {
            if !actions.contains(&notice.action) {
                actions.push(notice.action);
            }
        }
        let short: String = id.chars().take(8).collect();
        Value::from_pairs([
            ("title", Value::from(limited(title, SUBJECT))),
            ("count", Value::from(notices.len())),
            ("reference", Value::from(short)),
            ("full", Value::from(self.detail == Detail::Full)),
            ("actions", actions.into_iter().map(Value::from).collect()),
            ("alerts", notices.iter().map(|notice| value(notice, is_html)).collect()),
        ])
    }
}

fn html_by_name(template: &str) -> bool {
    template.rsplit('.').next() == Some("html")
}

fn value(notice: &Notice, is_html: bool) -> Value {
    // A link is ours: numbers in an address of the configuration.
    let link = notice.link.as_ref().map(|link| if is_html { html(link) } else { link.clone() });
    let figures = notice.figures.iter();
    Value::from_pairs([
        ("event", Value::from(notice.event)),
        ("occasion", Value::from(notice.occasion)),
        ("title", Value::from(notice.title.as_str())),
        ("action", Value::from(notice.action)),
        ("number", Value::from(notice.dossier)),
        ("demarche", Value::from(notice.demarche)),
        ("call", Value::from(&notice.call)),
        ("link", link.map_or_else(|| Value::from(()), Value::from_safe_string)),
        ("verdict", Value::from(&notice.verdict)),
        ("verdict_told", Value::from(&notice.verdict_told)),
        ("applicant", Value::from(&notice.applicant)),
        ("siret", Value::from(&notice.siret)),
        ("legal_form", Value::from(&notice.legal_form)),
        ("filed_at", Value::from(&notice.filed_at)),
        ("reasons", notice.reasons.iter().map(String::as_str).map(Value::from).collect()),
        (
            "figures",
            figures
                .map(|(name, told)| Value::from_pairs([("name", name.as_str()), ("value", told.as_str())]))
                .collect(),
        ),
        ("note", Value::from(&notice.note)),
    ])
}
