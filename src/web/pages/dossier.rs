//! One dossier: its verdict and why, what it says, what happened to it, what changed.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;
use jiff::tz::TimeZone;
use minijinja::{Value, context};

use super::Pages;
use super::answer::{Made, NoPage, make};
use crate::domain::DossierNumber;
use crate::eligibility::Language;
use crate::store::{KeptDossier, Reader, ShownChamp, StoredChange};
use crate::words::said;

/// Changes shown, the newest first.
const CHANGES: usize = 100;

/// The page of a dossier.
pub(super) async fn one(State(pages): State<Arc<Pages>>, Path(number): Path<u32>) -> Response {
    make(pages, move |pages, reader| tell(pages, reader, DossierNumber(number))).await
}

fn tell(pages: &Pages, reader: &Reader, number: DossierNumber) -> Made {
    let kept = reader.find_dossier(number)?.ok_or(NoPage::Nowhere)?;
    let call = pages.calls.iter().find(|call| call.demarche == kept.demarche).ok_or(NoPage::Nowhere)?;
    let zone = call.rules.timezone();
    let line = reader.find_line(number)?.ok_or(NoPage::Nowhere)?;
    let changes = reader.list_changes(number)?;
    let shown_changes: Vec<Value> =
        changes.iter().take(CHANGES).map(|change| told_change(pages, change, zone)).collect();
    let champs: Vec<Value> =
        reader.list_champs(number)?.iter().map(|champ| told_champ(champ, pages.language)).collect();
    let events: Vec<Value> = reader
        .list_events(number)?
        .iter()
        .map(|(at, event)| context! { at => pages.second(*at, zone), event => event.as_str() })
        .collect();
    Ok((
        "dossier.html",
        context! {
            number => number.0,
            slug => call.slug.as_str(),
            demandeur => line.demandeur,
            siret => line.siret,
            forme_juridique => line.forme_juridique,
            nature => line.nature,
            state => line.state,
            filed_at => pages.second(line.date_depot, zone),
            gone => kept.gone.as_ref().map(|(at, reason)| context! { at => pages.second(*at, zone), reason => reason.as_str() }),
            verdict => told_verdict(pages, &kept, zone),
            champs,
            events,
            more_changes => changes.len() > CHANGES,
            changes => shown_changes,
            first_seen_at => pages.second(kept.first_seen_at, zone),
            link => pages.on_the_platform(call, number.0),
        },
    ))
}

fn told_verdict(pages: &Pages, kept: &KeptDossier, zone: &TimeZone) -> Option<Value> {
    let verdict = kept.verdict.as_ref()?;
    let reasons: Vec<Value> = verdict
        .reasons
        .as_array()
        .into_iter()
        .flatten()
        .map(|reason| {
            let text = reason.get("text").and_then(serde_json::Value::as_str).unwrap_or_default();
            let code = reason.get("code").and_then(serde_json::Value::as_str).unwrap_or_default();
            context! { text, code }
        })
        .collect();
    Some(context! {
        value => verdict.verdict.as_str(),
        by_rules => verdict.decided_by == "rules",
        decided_by => verdict.decided_by.as_str(),
        decided_at => pages.minute(verdict.decided_at, zone),
        rules_version => verdict.rules_version.as_str(),
        reasons,
    })
}

fn told_change(pages: &Pages, change: &StoredChange, zone: &TimeZone) -> Value {
    let label = [&change.after, &change.before].into_iter().find_map(|side| side.get("label")?.as_str());
    context! {
        at => pages.second(change.at(), zone),
        subject => change.subject.as_str(),
        name => label.unwrap_or(change.name.as_str()),
        before => short(&change.before),
        after => short(&change.after),
    }
}

fn told_champ(champ: &ShownChamp, language: Language) -> Value {
    let asks_yes_or_no = matches!(champ.kind.as_str(), "CheckboxChamp" | "YesNoChamp");
    let answer = match (asks_yes_or_no, champ.answer.as_deref()) {
        (true, Some("true")) => Some(said(language, "oui", "yes")),
        (true, Some("false")) => Some(said(language, "non", "no")),
        (_, answer) => answer,
    };
    context! {
        annotation => champ.annotation,
        title => champ.kind == "HeaderSectionChamp",
        silent => champ.kind == "ExplicationChamp" || champ.kind == "RepetitionChamp",
        in_row => champ.in_row,
        label => champ.label.as_str(),
        answer,
    }
}

/// A value on one line: what people read of it, cut to fit.
fn short(value: &serde_json::Value) -> String {
    use serde_json::Value as Json;
    let told = match value {
        Json::Null => return String::new(),
        Json::String(text) => text.clone(),
        Json::Object(fields) => ["string_value", "event", "body", "reponse", "name", "email", "filename"]
            .iter()
            .find_map(|name| fields.get(*name).filter(|field| !field.is_null()))
            .map_or_else(
                || value.to_string(),
                |field| field.as_str().map_or(field.to_string(), str::to_owned),
            ),
        other => other.to_string(),
    };
    let cut: String = told.chars().map(|c| if c.is_control() { ' ' } else { c }).take(200).collect();
    if told.chars().count() > 200 { format!("{cut}…") } else { cut }
}
