//! The calls: which démarche, from when to when, and for whom.
//!
//! Reads and locates; whether the rules hold together is for the rules to say, and what they refuse is
//! told here with its line.

use std::collections::BTreeMap;
use std::ops::Range;

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Span};
use serde::Deserialize;
use toml::Spanned;

use super::call_rules::{self, AnswerTable, ChecksTable, ExtensionTable};
use super::criteria::{self, Criterion, CriterionTable};
use super::duration;
use super::fault::Faults;
use crate::domain::DemarcheNumber;
use crate::eligibility::{ApplicantCheck, Language, RulesInput, Ruleset};

/// The one built-in table of legal categories.
const PRESET: &str = "etat-hopital-operateur";

/// Where a call takes place unless it says otherwise.
const DEFAULT_TIMEZONE: &str = "Europe/Paris";

/// One `[[calls]]` table, checked.
#[derive(Debug, Clone)]
pub struct CallConfig {
    /// Its name on the command line.
    pub slug: String,
    /// Its démarche.
    pub demarche: DemarcheNumber,
    /// Its rules.
    pub rules: Ruleset,
    /// How long after its end personal data stay, if that was set.
    pub retention: Option<Span>,
    /// The grid of its jury.
    pub criteria: Vec<Criterion>,
    /// The questions that its rules name, each with its line in the file: whether the form asks them is only
    /// known once it was read.
    pub champs_at: Vec<(String, usize)>,
}

/// `[[calls]]` as written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CallTable {
    slug: Spanned<String>,
    demarche: Spanned<u32>,
    opens_at: Option<Spanned<String>>,
    deadline: Option<Spanned<String>>,
    timezone: Option<Spanned<String>>,
    grace: Option<Spanned<String>>,
    retention: Option<Spanned<String>>,
    deposit_date: Option<Spanned<String>>,
    domain_champ: Option<Spanned<String>>,
    #[serde(default)]
    applicants: ApplicantsTable,
    #[serde(default)]
    checks: ChecksTable,
    #[serde(default)]
    answers: Vec<AnswerTable>,
    #[serde(default)]
    extensions: Vec<ExtensionTable>,
    #[serde(default)]
    criteria: Vec<CriterionTable>,
}

/// `[calls.applicants]` as written.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct ApplicantsTable {
    preset: Option<Spanned<String>>,
    individual: Option<Spanned<String>>,
    eligible: Option<Spanned<Vec<Spanned<String>>>>,
    ineligible: Option<Spanned<Vec<Spanned<String>>>>,
    to_review: Option<Spanned<Vec<Spanned<String>>>>,
    eligible_siren: Option<Spanned<Vec<Spanned<String>>>>,
    ineligible_siren: Option<Spanned<Vec<Spanned<String>>>>,
}

/// Keys of the tables, for suggestions.
pub(super) const KEYS: &[&str] = &[
    "slug",
    "demarche",
    "opens_at",
    "deadline",
    "timezone",
    "grace",
    "retention",
    "deposit_date",
    "domain_champ",
    "applicants",
    "checks",
    "answers",
    "extensions",
    "criteria",
    "preset",
    "individual",
    "eligible",
    "ineligible",
    "to_review",
    "eligible_siren",
    "ineligible_siren",
];

/// Checks every call.
pub(super) fn check(tables: &[CallTable], language: Language, faults: &mut Faults<'_>) -> Vec<CallConfig> {
    let mut slugs: BTreeMap<&str, ()> = BTreeMap::new();
    let mut demarches: BTreeMap<u32, ()> = BTreeMap::new();
    let mut calls = Vec::new();
    for table in tables {
        if slugs.insert(table.slug.get_ref(), ()).is_some() {
            let what = format!("le nom « {} » est donné à deux appels", table.slug.get_ref());
            faults.at(&table.slug.span(), what, "donnez à chaque appel un slug différent".to_owned());
        }
        if demarches.insert(*table.demarche.get_ref(), ()).is_some() {
            let what = format!("la démarche {} est suivie par deux appels", table.demarche.get_ref());
            faults.at(&table.demarche.span(), what, "gardez un seul [[calls]] par démarche".to_owned());
        }
        calls.extend(check_one(table, language, faults));
    }
    calls
}

fn check_one(table: &CallTable, language: Language, faults: &mut Faults<'_>) -> Option<CallConfig> {
    let before = faults.count();
    check_slug(&table.slug, faults);
    let applicants = &table.applicants;
    if let Some(preset) = &applicants.preset
        && preset.get_ref() != PRESET
    {
        let what = format!("preset = \"{}\" n’est pas connu", preset.get_ref());
        faults.at(&preset.span(), what, format!("écrivez preset = \"{PRESET}\""));
    }
    let zone_name = table.timezone.as_ref().map_or(DEFAULT_TIMEZONE, |zone| zone.get_ref());
    let timezone = TimeZone::get(zone_name).ok().or_else(|| {
        let span = table.timezone.as_ref().map_or(0..0, Spanned::span);
        let what = format!("le fuseau « {zone_name} » n’est pas connu");
        faults.at(&span, what, "écrivez par exemple \"Europe/Paris\" ou \"Indian/Reunion\"".to_owned());
        None
    });
    let grace = table
        .grace
        .as_ref()
        .map(|grace| duration::or(Some(grace), std::time::Duration::ZERO, "grace", faults));
    let criteria = criteria::check(&table.criteria, faults);
    let input = RulesInput {
        language,
        opens_at: local_time(table.opens_at.as_ref(), "opens_at", faults),
        deadline: local_time(table.deadline.as_ref(), "deadline", faults),
        timezone: timezone.unwrap_or(TimeZone::UTC),
        grace: grace.and_then(|grace| SignedDuration::try_from(grace).ok()).unwrap_or_default(),
        individual: individual(applicants.individual.as_ref(), faults),
        eligible: texts(applicants.eligible.as_ref()),
        ineligible: texts(applicants.ineligible.as_ref()),
        to_review: texts(applicants.to_review.as_ref()),
        eligible_siren: texts(applicants.eligible_siren.as_ref()),
        ineligible_siren: texts(applicants.ineligible_siren.as_ref()),
        deposit_date: call_rules::deposit_date(table.deposit_date.as_ref(), faults),
        extensions: call_rules::extensions(&table.extensions, faults),
        checks: call_rules::checks(&table.checks, faults),
        answers: call_rules::answers(&table.answers, faults),
        domain_champ: table.domain_champ.as_ref().map(|champ| champ.get_ref().trim().to_owned()),
    };
    let retention = retention(table, faults);
    if faults.count() > before {
        return None;
    }
    match Ruleset::new(input) {
        Ok(rules) => Some(CallConfig {
            slug: table.slug.get_ref().clone(),
            demarche: DemarcheNumber(*table.demarche.get_ref()),
            rules,
            retention,
            criteria,
            champs_at: champs_at(table, faults),
        }),
        Err(error) => {
            let span = place(table, error.key(), error.value());
            faults.at(&span, error.to_string(), error.remedy());
            None
        }
    }
}

/// The questions named, with their lines.
fn champs_at(table: &CallTable, faults: &Faults<'_>) -> Vec<(String, usize)> {
    let named = table.answers.iter().map(|answer| &answer.champ).chain(&table.domain_champ);
    named.map(|champ| (champ.get_ref().trim().to_owned(), faults.line(&champ.span()))).collect()
}

/// How long after its end a call's personal data stay.
fn retention(table: &CallTable, faults: &mut Faults<'_>) -> Option<Span> {
    let written = table.retention.as_ref()?;
    if table.deadline.is_none() {
        let what = "retention compte à partir de la clôture, qui n’est pas donnée".to_owned();
        faults.at(&written.span(), what, "ajoutez deadline, ou retirez retention".to_owned());
    }
    let span: Option<Span> = written.get_ref().parse().ok();
    let found = span.filter(|span| span.is_positive());
    if found.is_none() {
        let what = format!("retention = \"{}\" n’est pas une durée", written.get_ref());
        faults.at(&written.span(), what, "écrivez \"12 months\", \"2 years\" ou \"90 days\"".to_owned());
    }
    found
}

fn check_slug(slug: &Spanned<String>, faults: &mut Faults<'_>) {
    let text = slug.get_ref();
    let good =
        !text.is_empty() && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
    if !good {
        let remedy =
            "écrivez des minuscules sans accent, des chiffres et des tirets : \"ami-ia-2\"".to_owned();
        faults.at(&slug.span(), format!("slug = \"{text}\" ne peut servir de nom"), remedy);
    }
}

/// A local time as people write it.
pub(super) fn local_time(
    written: Option<&Spanned<String>>,
    key: &str,
    faults: &mut Faults<'_>,
) -> Option<DateTime> {
    let written = written?;
    let text = written.get_ref();
    if let Ok(instant) = text.parse() {
        return Some(instant);
    }
    faults.at(
        &written.span(),
        format!("{key} = \"{text}\" n’est pas une date possible"),
        format!("écrivez l’heure locale : {key} = \"2019-05-31T23:59\""),
    );
    None
}

fn individual(written: Option<&Spanned<String>>, faults: &mut Faults<'_>) -> ApplicantCheck {
    let Some(written) = written else { return ApplicantCheck::ToReview };
    ApplicantCheck::from_name(written.get_ref()).unwrap_or_else(|| {
        let what = format!("individual = \"{}\" n’est pas une décision", written.get_ref());
        let remedy = "écrivez \"eligible\", \"ineligible\" ou \"to_review\"".to_owned();
        faults.at(&written.span(), what, remedy);
        ApplicantCheck::ToReview
    })
}

fn texts(written: Option<&Spanned<Vec<Spanned<String>>>>) -> Vec<String> {
    written.map(|list| list.get_ref().iter().map(|item| item.get_ref().clone()).collect()).unwrap_or_default()
}

/// Where the key, or the value in its list, stands in the file.
fn place(table: &CallTable, key: &str, value: Option<&str>) -> Range<usize> {
    let applicants = &table.applicants;
    let list = match key {
        "opens_at" => return table.opens_at.as_ref().unwrap_or(&table.slug).span(),
        "deadline" => return table.deadline.as_ref().unwrap_or(&table.slug).span(),
        "timezone" => return table.timezone.as_ref().unwrap_or(&table.slug).span(),
        "grace" => return table.grace.as_ref().unwrap_or(&table.slug).span(),
        "extensions" => return place_in(table.extensions.iter().map(|one| &one.until), value, &table.slug),
        "answers" => return place_in(table.answers.iter().map(|one| &one.champ), value, &table.slug),
        "eligible" => &applicants.eligible,
        "ineligible" => &applicants.ineligible,
        "to_review" => &applicants.to_review,
        "eligible_siren" => &applicants.eligible_siren,
        "ineligible_siren" => &applicants.ineligible_siren,
        check => {
            let written = table.checks.iter().find(|(name, _)| name.get_ref() == check);
            return written.map_or_else(|| table.slug.span(), |(_, weight)| weight.span());
        }
    };
    let Some(list) = list else { return table.slug.span() };
    let item = list.get_ref().iter().find(|item| Some(item.get_ref().as_str()) == value);
    item.map_or_else(|| list.span(), Spanned::span)
}

/// Where a value stands among those of several tables: a local time is compared as one.
fn place_in<'t>(
    mut written: impl Iterator<Item = &'t Spanned<String>>,
    value: Option<&str>,
    slug: &Spanned<String>,
) -> Range<usize> {
    let is_it = |text: &str| {
        let time = |text: &str| text.parse::<DateTime>().ok();
        Some(text.trim()) == value || (time(text).is_some() && time(text) == value.and_then(time))
    };
    written.find(|one| is_it(one.get_ref())).unwrap_or(slug).span()
}
