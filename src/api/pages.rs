//! What is asked of the platform and what it gives, before any dossier is read.

use std::fmt;

use jiff::Timestamp;
use serde_json::value::RawValue;

use super::cursor::Cursor;
use super::identity::Identity;
use crate::domain::{Deletion, Demarche, DemarcheNumber, DossierNumber};

/// Where a walk through dossiers stands, and its order: of update when `updated_since` is given, else of
/// deposit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Walk {
    /// Only dossiers updated at this instant or later; fixed for the whole walk.
    pub updated_since: Option<Timestamp>,
    /// The last dossier met.
    pub after: Option<Cursor>,
}

/// Where the reading of a list of deletions stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stream {
    /// Only deletions of this instant or later.
    pub since: Option<Timestamp>,
    /// The last entry met.
    pub after: Option<Cursor>,
}

/// A page to ask for; each part on demand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageRequest {
    /// The démarche.
    pub demarche: DemarcheNumber,
    /// The most elements of each part.
    pub first: u32,
    /// Dossiers, wholly.
    pub dossiers: Option<Walk>,
    /// Dossiers in the bin.
    pub pending: Option<Stream>,
    /// Dossiers destroyed.
    pub deleted: Option<Stream>,
    /// The démarche itself.
    pub with_demarche: bool,
}

/// A page of identities to ask for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdentityRequest {
    /// The démarche.
    pub demarche: DemarcheNumber,
    /// The most dossiers.
    pub first: u32,
    /// Where the walk stands.
    pub walk: Walk,
    /// Ask for cursors and nothing else.
    pub cursors_only: bool,
}

/// Part of a list.
#[derive(Debug)]
pub struct Slice<T> {
    /// Its elements, in the walk's order.
    pub items: Vec<T>,
    /// Whether more follow.
    pub has_next: bool,
    /// Where to go on from; never given by an empty page.
    pub end_cursor: Option<Cursor>,
}

/// A page as it came.
#[derive(Debug)]
pub struct Page {
    /// The server's time when it answered.
    pub server_time: Option<Timestamp>,
    /// The démarche, if asked for.
    pub demarche: Option<Demarche>,
    /// Dossiers, if asked for.
    pub dossiers: Option<Slice<PageItem>>,
    /// Dossiers in the bin, if asked for.
    pub pending: Option<Slice<Deletion>>,
    /// Dossiers destroyed, if asked for.
    pub deleted: Option<Slice<Deletion>>,
}

/// One dossier of a page, not yet read.
#[derive(Debug)]
pub struct PageItem {
    /// Its place.
    pub cursor: Cursor,
    /// Its number, read in the cursor.
    pub number: Option<DossierNumber>,
    /// Its JSON as received; none when the platform answered null.
    pub node: Option<RawNode>,
    /// The parts that the platform could not give.
    pub gaps: Vec<Gap>,
}

/// The JSON of one dossier, byte for byte.
pub struct RawNode(Box<RawValue>);

impl RawNode {
    pub(super) const fn new(raw: Box<RawValue>) -> Self {
        Self(raw)
    }

    /// The JSON text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.get()
    }
}

impl fmt::Debug for RawNode {
    /// Its size only: a dossier's content has no place in a log.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RawNode({} bytes)", self.0.get().len())
    }
}

/// A part of a dossier that the platform answered with an error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gap {
    /// Where, below the dossier: `champs.3.commune`.
    pub path: String,
    /// The platform's code.
    pub code: Option<String>,
    /// The platform's message.
    pub message: String,
}

/// One dossier asked by its number.
#[derive(Debug)]
pub struct FetchedDossier {
    /// The server's time when it answered.
    pub server_time: Option<Timestamp>,
    /// Its JSON as received.
    pub node: RawNode,
    /// The parts that the platform could not give.
    pub gaps: Vec<Gap>,
}

/// A page of identities.
#[derive(Debug)]
pub struct IdentityPage {
    /// The server's time when it answered.
    pub server_time: Option<Timestamp>,
    /// The dossiers.
    pub items: Vec<IdentityItem>,
    /// Whether more follow.
    pub has_next: bool,
    /// Where to go on from.
    pub end_cursor: Option<Cursor>,
}

/// One dossier of such a page.
#[derive(Debug)]
pub struct IdentityItem {
    /// Its place.
    pub cursor: Cursor,
    /// Its facts; none when they could not be read.
    pub identity: Option<Identity>,
}
