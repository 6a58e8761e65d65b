//! The dossiers of a call, by what is asked of them, a hundred at a time.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::response::Response;
use minijinja::{Value, context};
use serde::Deserialize;

use super::Pages;
use super::answer::{Made, NoPage, make};
use crate::store::{DossierFilter, DossierLine, Reader};

/// Dossiers on one page.
const ON_A_PAGE: u32 = 100;

/// What the form above the list asks.
#[derive(Debug, Clone, Default, Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    verdict: String,
    #[serde(default)]
    state: String,
    #[serde(default)]
    search: String,
    #[serde(default)]
    page: u32,
}

/// The page of a call's dossiers.
pub(super) async fn of_call(
    State(pages): State<Arc<Pages>>,
    Path(slug): Path<String>,
    Query(asked): Query<Asked>,
) -> Response {
    make(pages, move |pages, reader| tell(pages, reader, &slug, &asked)).await
}

fn tell(pages: &Pages, reader: &Reader, slug: &str, asked: &Asked) -> Made {
    let call = pages.call(slug).ok_or(NoPage::Nowhere)?;
    let some = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    let mut lines = reader.list_dossiers(&DossierFilter {
        demarche: Some(call.demarche),
        verdict: some(&asked.verdict),
        state: some(&asked.state),
        search: some(&asked.search),
        gone_too: true,
        // One more tells whether there is another page.
        limit: Some(ON_A_PAGE + 1),
        offset: asked.page.saturating_mul(ON_A_PAGE),
        ..DossierFilter::default()
    })?;
    let more = lines.len() > ON_A_PAGE as usize;
    lines.truncate(ON_A_PAGE as usize);
    let zone = call.rules.timezone();
    let shown: Vec<Value> =
        lines.iter().map(|line| row(line, &pages.second(line.date_depot, zone))).collect();
    let link = |page: u32| {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.append_pair("verdict", &asked.verdict).append_pair("state", &asked.state);
        query.append_pair("search", &asked.search).append_pair("page", &page.to_string());
        format!("/appels/{slug}?{}", query.finish())
    };
    Ok((
        "list.html",
        context! {
            slug,
            demarche => call.demarche.0,
            lines => shown,
            verdict => asked.verdict.as_str(),
            state => asked.state.as_str(),
            search => asked.search.as_str(),
            before => (asked.page > 0).then(|| link(asked.page - 1)),
            after => more.then(|| link(asked.page + 1)),
            verdicts => ["eligible", "to_review", "late", "ineligible"],
            states => ["en_construction", "en_instruction", "accepte", "refuse", "sans_suite"],
        },
    ))
}

fn row(line: &DossierLine, filed_at: &str) -> Value {
    context! {
        number => line.number.0,
        demandeur => line.demandeur.as_deref(),
        forme_juridique => line.forme_juridique.as_deref(),
        nature => line.nature.as_deref(),
        verdict => line.verdict.as_deref(),
        state => line.state.as_str(),
        siret => line.siret.as_deref(),
        filed_at,
        gone => line.deleted_at.is_some(),
    }
}
