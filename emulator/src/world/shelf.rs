//! The shelf where dossiers stand, and the orders in which they can be walked.
//!
//! Invariants: the sorted indexes always agree with the dossiers, because a dossier changes only
//! inside [`Shelf::edit`]; a page costs the logarithm of the shelf plus the page. A dossier that
//! nobody has touched since the seed is not kept: its content is made again from its index, so that a
//! hundred thousand of them cost a few megabytes. It must not know why a dossier changes.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use jiff::Timestamp;

use super::dossier::{DeletedDossier, Dossier, DossierState};

/// Makes the content of untouched dossiers, always the same for the same index.
pub trait Origin: Send + Sync {
    /// The dossier of that index.
    fn dossier(&self, index: u64) -> Dossier;
}

/// A position in an order: the instant in microseconds, then the id.
pub type Key = (i64, u64);

/// What the indexes and the filters need of a dossier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header {
    /// The démarche it belongs to.
    pub demarche_number: u64,
    /// The revision it follows.
    pub revision_id: u64,
    /// Its state.
    pub state: DossierState,
    /// Whether it is archived.
    pub archived: bool,
    /// The order of deposit.
    pub depose_at: Timestamp,
    /// The order of change.
    pub updated_at: Timestamp,
    /// Whether the lists show it.
    pub visible: bool,
    /// Its place among the deletions to come.
    pub pending_deletion_at: Option<Timestamp>,
}

impl Header {
    /// The header of a dossier as it stands.
    pub fn of(dossier: &Dossier) -> Self {
        Self {
            demarche_number: dossier.demarche_number,
            revision_id: dossier.revision_id,
            state: dossier.state,
            archived: dossier.archived,
            depose_at: dossier.depose_at,
            updated_at: dossier.updated_at,
            visible: dossier.is_visible(),
            pending_deletion_at: dossier.pending_deletion_at(),
        }
    }
}

#[derive(Clone)]
enum Content {
    Kept(Arc<Dossier>),
    Untouched { origin: Arc<dyn Origin>, index: u64 },
}

/// A dossier that can be read after the world's lock is released.
#[derive(Clone)]
pub struct Held(Content);

impl Held {
    /// The dossier itself, made now if nobody ever touched it.
    pub fn read(&self) -> Arc<Dossier> {
        match &self.0 {
            Content::Kept(dossier) => Arc::clone(dossier),
            Content::Untouched { origin, index } => Arc::new(origin.dossier(*index)),
        }
    }
}

struct Row {
    header: Header,
    content: Content,
}

/// The orders of one démarche.
#[derive(Debug, Default)]
pub struct Orders {
    /// Visible dossiers by instant of first deposit.
    pub by_deposit: BTreeSet<Key>,
    /// Visible dossiers by instant of last change.
    pub by_update: BTreeSet<Key>,
    /// Dossiers whose deletion awaits its term.
    pub pending: BTreeSet<Key>,
    /// Dossiers gone, by instant of deletion and row.
    pub deleted: BTreeMap<Key, DeletedDossier>,
}

impl Orders {
    fn add(&mut self, number: u64, header: &Header) {
        if header.visible {
            self.by_deposit.insert((header.depose_at.as_microsecond(), number));
            self.by_update.insert((header.updated_at.as_microsecond(), number));
        }
        if let Some(at) = header.pending_deletion_at {
            self.pending.insert((at.as_microsecond(), number));
        }
    }

    fn remove(&mut self, number: u64, header: &Header) {
        self.by_deposit.remove(&(header.depose_at.as_microsecond(), number));
        self.by_update.remove(&(header.updated_at.as_microsecond(), number));
        if let Some(at) = header.pending_deletion_at {
            self.pending.remove(&(at.as_microsecond(), number));
        }
    }
}

/// All dossiers of a world.
#[derive(Default)]
pub struct Shelf {
    rows: HashMap<u64, Row>,
    orders: BTreeMap<u64, Orders>,
    next_number: u64,
}

impl Shelf {
    /// Puts a dossier on the shelf, in the place of the one of the same number if there is one.
    pub fn insert(&mut self, dossier: Dossier) {
        let number = dossier.number;
        self.put(number, Header::of(&dossier), Content::Kept(Arc::new(dossier)));
    }

    /// Puts a dossier on the shelf without keeping it.
    pub fn insert_untouched(&mut self, number: u64, header: Header, origin: &Arc<dyn Origin>, index: u64) {
        self.put(number, header, Content::Untouched { origin: Arc::clone(origin), index });
    }

    fn put(&mut self, number: u64, header: Header, content: Content) {
        self.take(number);
        self.next_number = self.next_number.max(number + 1);
        self.orders.entry(header.demarche_number).or_default().add(number, &header);
        self.rows.insert(number, Row { header, content });
    }

    /// Removes a dossier for good and says what it was.
    pub fn take(&mut self, number: u64) -> Option<Arc<Dossier>> {
        let row = self.rows.remove(&number)?;
        if let Some(orders) = self.orders.get_mut(&row.header.demarche_number) {
            orders.remove(number, &row.header);
        }
        Some(Held(row.content).read())
    }

    /// Changes a dossier and puts the indexes right; None when there is no such dossier.
    pub fn edit<T>(&mut self, number: u64, change: impl FnOnce(&mut Dossier) -> T) -> Option<T> {
        let row = self.rows.get_mut(&number)?;
        if let Content::Untouched { origin, index } = &row.content {
            row.content = Content::Kept(Arc::new(origin.dossier(*index)));
        }
        let Content::Kept(dossier) = &mut row.content else { return None };
        // A page being answered may still hold the old version: it keeps it, unchanged.
        let dossier = Arc::make_mut(dossier);
        let result = change(dossier);
        let (before, after) = (row.header, Header::of(dossier));
        row.header = after;
        if let Some(orders) = self.orders.get_mut(&before.demarche_number) {
            orders.remove(number, &before);
        }
        self.orders.entry(after.demarche_number).or_default().add(number, &after);
        Some(result)
    }

    /// A dossier by its number, whether the API shows it or not.
    pub fn find(&self, number: u64) -> Option<Held> {
        self.rows.get(&number).map(|row| Held(row.content.clone()))
    }

    /// What the filters need of a dossier.
    pub fn header(&self, number: u64) -> Option<&Header> {
        self.rows.get(&number).map(|row| &row.header)
    }

    /// The orders of a démarche; None when it never had a dossier.
    pub fn orders(&self, demarche_number: u64) -> Option<&Orders> {
        self.orders.get(&demarche_number)
    }

    /// Adds a row to the list of dossiers gone.
    pub fn record_deletion(&mut self, deletion: DeletedDossier) {
        let key = (deletion.deleted_at.as_microsecond(), deletion.row_id);
        self.orders.entry(deletion.demarche_number).or_default().deleted.insert(key, deletion);
    }

    /// A number that no dossier has had.
    pub fn next_number(&self) -> u64 {
        self.next_number
    }

    /// Numbers of the dossiers that wait to leave, whichever list shows them, ascending.
    pub fn hidden_numbers(&self) -> impl Iterator<Item = u64> + use<> {
        let hidden = self
            .rows
            .iter()
            .filter(|(_, row)| !row.header.visible || row.header.pending_deletion_at.is_some());
        let mut numbers: Vec<u64> = hidden.map(|(number, _)| *number).collect();
        numbers.sort_unstable();
        numbers.into_iter()
    }
}
