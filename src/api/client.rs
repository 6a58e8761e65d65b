//! The client: one method a question.

use std::sync::Arc;

use graphql_client::{GraphQLQuery, QueryBody};
use jiff::Timestamp;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::cursor::Cursor;
use super::envelope::{Opened, Subject, open};
use super::error::ApiError;
use super::identity;
use super::pages::{
    FetchedDossier, IdentityItem, IdentityPage, IdentityRequest, Page, PageItem, PageRequest, RawNode, Slice,
};
use super::plan::{WireDeletion, WireDemarche, WirePlan};
use super::queries::{
    DemarchePage, DemarchePlan as PlanQuery, IdentitySweep, OneDossier, demarche_page, demarche_plan,
    identity_sweep, one_dossier,
};
use super::transport::Transport;
use crate::clock::Clock;
use crate::config::ApiConfig;
use crate::domain::{Deletion, DeletionStage, DemarcheNumber, DemarchePlan, DossierNumber};
use crate::meter::Meter;

/// A client of the platform, for one token.
pub struct ApiClient {
    pub(super) transport: Transport,
}

#[derive(Deserialize)]
struct PageData<'a> {
    #[serde(borrow)]
    demarche: &'a RawValue,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PageDemarche<'a> {
    #[serde(borrow)]
    dossiers: Option<Connection<'a>>,
    pending_deleted_dossiers: Option<DeletionConnection>,
    deleted_dossiers: Option<DeletionConnection>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Connection<'a> {
    edges: Option<Vec<Option<Edge>>>,
    #[serde(borrow)]
    nodes: Option<Vec<Option<&'a RawValue>>>,
    page_info: PageInfo,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct DeletionConnection {
    nodes: Option<Vec<Option<WireDeletion>>>,
    page_info: PageInfo,
}

#[derive(Deserialize)]
struct Edge {
    cursor: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PageInfo {
    has_next_page: bool,
    end_cursor: Option<String>,
}

#[derive(Deserialize)]
struct OneData<'a> {
    #[serde(borrow)]
    dossier: &'a RawValue,
}

impl ApiClient {
    /// A client.
    ///
    /// # Errors
    /// When the token cannot be a header, or the system's certificates cannot be read.
    #[expect(clippy::needless_pass_by_value, reason = "the token is handed over, not lent")]
    pub fn new(config: &ApiConfig, token: SecretString, clock: Arc<dyn Clock>) -> Result<Self, ApiError> {
        Ok(Self { transport: Transport::new(config, &token, clock)? })
    }

    /// Counts its requests there.
    #[must_use]
    pub fn measured_by(mut self, meter: Arc<Meter>) -> Self {
        self.transport.meter = Some(meter);
        self
    }

    /// Requests sent so far, retries included.
    #[must_use]
    pub fn requests_sent(&self) -> u64 {
        self.transport.requests_sent()
    }

    /// One page of a démarche.
    ///
    /// # Errors
    /// When the platform gave nothing usable.
    pub async fn fetch_page(&self, request: &PageRequest) -> Result<Page, ApiError> {
        let (walk, pending, deleted) = (&request.dossiers, &request.pending, &request.deleted);
        let body = body(DemarchePage::build_query(demarche_page::Variables {
            demarche: request.demarche.0.into(),
            first: request.first.into(),
            with_dossiers: walk.is_some(),
            after: walk.as_ref().and_then(|walk| text(walk.after.as_ref())),
            updated_since: walk.as_ref().and_then(|walk| instant(walk.updated_since)),
            with_pending: pending.is_some(),
            pending_after: pending.as_ref().and_then(|stream| text(stream.after.as_ref())),
            pending_since: pending.as_ref().and_then(|stream| instant(stream.since)),
            with_deleted: deleted.is_some(),
            deleted_after: deleted.as_ref().and_then(|stream| text(stream.after.as_ref())),
            deleted_since: deleted.as_ref().and_then(|stream| instant(stream.since)),
            with_demarche: request.with_demarche,
        }))?;
        let number = request.demarche;
        self.transport
            .post(&body, |answer| {
                let opened = open(&answer, Subject::Demarche(number))?;
                let data: PageData<'_> = opened.read()?;
                page(data.demarche.get(), &opened, request, answer.server_time)
            })
            .await
    }

    /// One dossier.
    ///
    /// # Errors
    /// When the platform gave nothing usable.
    pub async fn fetch_dossier(&self, number: DossierNumber) -> Result<FetchedDossier, ApiError> {
        let body = body(OneDossier::build_query(one_dossier::Variables { number: number.0.into() }))?;
        self.transport
            .post(&body, |answer| {
                let opened = open(&answer, Subject::Dossier(number))?;
                let data: OneData<'_> = opened.read()?;
                Ok(FetchedDossier {
                    server_time: answer.server_time,
                    node: RawNode::new(data.dossier.to_owned()),
                    gaps: opened.gaps_of_dossier(),
                })
            })
            .await
    }

    /// A page of identities, or of cursors alone.
    ///
    /// # Errors
    /// When the platform gave nothing usable.
    pub async fn fetch_identities(&self, request: &IdentityRequest) -> Result<IdentityPage, ApiError> {
        let body = body(IdentitySweep::build_query(identity_sweep::Variables {
            demarche: request.demarche.0.into(),
            first: request.first.into(),
            after: text(request.walk.after.as_ref()),
            updated_since: instant(request.walk.updated_since),
            with_nodes: !request.cursors_only,
        }))?;
        self.transport
            .post(&body, |answer| {
                let opened = open(&answer, Subject::Demarche(request.demarche))?;
                let data: PageData<'_> = opened.read()?;
                let demarche: PageDemarche<'_> = shape(data.demarche.get())?;
                let Some(connection) = demarche.dossiers else {
                    return Err(ApiError::NullAnswer { message: "dossiers".to_owned() });
                };
                let nodes = connection.nodes.unwrap_or_default();
                let items = cursors(connection.edges)
                    .into_iter()
                    .enumerate()
                    .map(|(index, cursor)| IdentityItem {
                        cursor,
                        identity: nodes
                            .get(index)
                            .copied()
                            .flatten()
                            .and_then(|node| identity::read(node.get())),
                    })
                    .collect();
                Ok(IdentityPage {
                    server_time: answer.server_time,
                    items,
                    has_next: connection.page_info.has_next_page,
                    end_cursor: connection.page_info.end_cursor.map(Cursor::from),
                })
            })
            .await
    }

    /// The form.
    ///
    /// # Errors
    /// When the platform gave nothing usable.
    pub async fn fetch_plan(&self, demarche: DemarcheNumber) -> Result<DemarchePlan, ApiError> {
        let body = body(PlanQuery::build_query(demarche_plan::Variables { demarche: demarche.0.into() }))?;
        self.transport
            .post(&body, |answer| {
                let opened = open(&answer, Subject::Demarche(demarche))?;
                Ok(opened.read::<WirePlan>()?.into_plan(demarche))
            })
            .await
    }
}

fn page(
    demarche: &str,
    opened: &Opened<'_>,
    request: &PageRequest,
    server_time: Option<Timestamp>,
) -> Result<Page, ApiError> {
    let number = request.demarche;
    let read: PageDemarche<'_> = shape(demarche)?;
    let own = if request.with_demarche {
        Some(shape::<WireDemarche>(demarche)?.into_demarche(number))
    } else {
        None
    };
    Ok(Page {
        server_time,
        demarche: own,
        dossiers: read.dossiers.map(|connection| dossiers(connection, opened)),
        pending: read.pending_deleted_dossiers.map(|one| deletions(one, number, DeletionStage::Pending)),
        deleted: read.deleted_dossiers.map(|one| deletions(one, number, DeletionStage::Final)),
    })
}

fn dossiers(connection: Connection<'_>, opened: &Opened<'_>) -> Slice<PageItem> {
    let nodes = connection.nodes.unwrap_or_default();
    let items = cursors(connection.edges)
        .into_iter()
        .enumerate()
        .map(|(index, cursor)| PageItem {
            number: cursor.dossier_number(),
            cursor,
            node: nodes.get(index).copied().flatten().map(|node| RawNode::new(node.to_owned())),
            gaps: opened.gaps_of_node(index),
        })
        .collect();
    Slice {
        items,
        has_next: connection.page_info.has_next_page,
        end_cursor: connection.page_info.end_cursor.map(Cursor::from),
    }
}

fn deletions(
    connection: DeletionConnection,
    number: DemarcheNumber,
    stage: DeletionStage,
) -> Slice<Deletion> {
    let nodes = connection.nodes.unwrap_or_default();
    Slice {
        items: nodes.into_iter().flatten().map(|wire| wire.into_deletion(number, stage)).collect(),
        has_next: connection.page_info.has_next_page,
        end_cursor: connection.page_info.end_cursor.map(Cursor::from),
    }
}

fn cursors(edges: Option<Vec<Option<Edge>>>) -> Vec<Cursor> {
    edges.unwrap_or_default().into_iter().flatten().map(|edge| Cursor::from(edge.cursor)).collect()
}

fn shape<'a, T: Deserialize<'a>>(json: &'a str) -> Result<T, ApiError> {
    serde_json::from_str(json).map_err(|source| ApiError::Malformed { source: Some(source) })
}

fn body<V: Serialize>(query: QueryBody<V>) -> Result<String, ApiError> {
    serde_json::to_string(&query).map_err(|source| ApiError::Malformed { source: Some(source) })
}

fn text(cursor: Option<&Cursor>) -> Option<String> {
    cursor.map(|cursor| cursor.as_str().to_owned())
}

fn instant(instant: Option<Timestamp>) -> Option<String> {
    instant.map(|instant| instant.to_string())
}
