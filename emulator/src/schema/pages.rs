//! The fields of connections, edges and deletions.

use crate::world::dossier::DeletedDossier;
use crate::world::ids::global_id;

use super::node::{DeletionPage, DossierPage, Node, PageInfo, Resolved};

/// `DossierConnection`.
pub fn dossiers<'a>(page: &'a DossierPage, name: &str) -> Resolved<'a> {
    match name {
        "nodes" => Resolved::nodes(page.edges.iter().map(|(_, view)| Node::Dossier(view))),
        "edges" => Resolved::nodes(page.edges.iter().map(|(cursor, view)| Node::DossierEdge(cursor, view))),
        "pageInfo" => Resolved::Node(Node::PageInfo(&page.info)),
        _ => Resolved::Null,
    }
}

/// `DeletedDossierConnection`.
pub fn deletions<'a>(page: &'a DeletionPage, name: &str) -> Resolved<'a> {
    match name {
        "nodes" => Resolved::nodes(page.edges.iter().map(|(_, deletion)| Node::DeletedDossier(deletion))),
        "edges" => {
            let edges = page.edges.iter();
            Resolved::nodes(edges.map(|(cursor, deletion)| Node::DeletedDossierEdge(cursor, deletion)))
        }
        "pageInfo" => Resolved::Node(Node::PageInfo(&page.info)),
        _ => Resolved::Null,
    }
}

/// `DossierEdge` and `DeletedDossierEdge`.
pub fn edge<'a>(cursor: &'a str, node: Node<'a>, name: &str) -> Resolved<'a> {
    match name {
        "cursor" => Resolved::text(cursor),
        "node" => Resolved::Node(node),
        _ => Resolved::Null,
    }
}

/// `PageInfo`.
pub fn info<'a>(info: &'a PageInfo, name: &str) -> Resolved<'a> {
    match name {
        "startCursor" => Resolved::text_or_null(info.start.as_deref()),
        "endCursor" => Resolved::text_or_null(info.end.as_deref()),
        "hasNextPage" => Resolved::Bool(info.has_next),
        "hasPreviousPage" => Resolved::Bool(info.has_previous),
        _ => Resolved::Null,
    }
}

/// `DeletedDossier`: its id comes from the row, which for a deletion to come is the dossier itself.
pub fn deletion<'a>(deletion: &'a DeletedDossier, name: &str) -> Resolved<'a> {
    match name {
        "id" => Resolved::text(global_id("DeletedDossier", deletion.row_id)),
        "number" => Resolved::Int(i64::try_from(deletion.number).unwrap_or(0)),
        "dateSupression" => Resolved::Instant(deletion.deleted_at),
        "reason" => Resolved::text(deletion.reason.as_str()),
        "state" => Resolved::text(deletion.state.as_str()),
        _ => Resolved::Null,
    }
}
