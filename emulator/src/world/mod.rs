//! The truth that the emulator serves: démarches, dossiers and the time.
//!
//! Invariants: tests read these plain values and compare a mirror with them, so nothing here knows
//! GraphQL; a dossier changes only through an act (or [`World::edit`]), which keeps the orders of
//! walking right. Acts move `updated_at` exactly when the platform does, which is not always.

mod acts;
mod asking;
pub mod champ;
pub mod demandeur;
pub mod demarche;
mod depositing;
pub mod dossier;
pub mod ids;
mod leaving;
mod random;
mod revising;
pub mod shelf;
mod silent;

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

pub use acts::{ActRefused, Decision};
pub use asking::NewMessage;
pub use random::{RandomAct, Shown};

use crate::clock::WorldClock;
use demarche::Demarche;
use dossier::{DeletedDossier, Dossier};
use shelf::{Held, Orders, Origin, Shelf};

/// Everything that exists, and what time it is.
pub struct World {
    clock: WorldClock,
    demarches: BTreeMap<u64, Arc<Demarche>>,
    shelf: Shelf,
    origins: BTreeMap<u64, Arc<dyn Origin>>,
    next_key: u64,
}

impl Default for World {
    fn default() -> Self {
        Self::new()
    }
}

impl World {
    /// An empty world in real time.
    pub fn new() -> Self {
        Self {
            clock: WorldClock::Real,
            demarches: BTreeMap::new(),
            shelf: Shelf::default(),
            origins: BTreeMap::new(),
            next_key: 5_000_000,
        }
    }

    /// The present instant of this world, in microseconds.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Stops the clock at an instant.
    pub fn set_now(&mut self, instant: Timestamp) {
        self.clock = WorldClock::Stopped(instant);
    }

    /// Stops the clock this much later.
    pub fn advance(&mut self, by: SignedDuration) {
        self.clock.advance(by);
    }

    /// Sets the clock to an instant and lets it run on from there.
    pub fn run_from(&mut self, instant: Timestamp) {
        self.clock = WorldClock::running_from(instant);
    }

    /// Lets the machine's time rule again.
    pub fn follow_real_time(&mut self) {
        self.clock = WorldClock::Real;
    }

    /// Adds a démarche, or replaces the one of the same number.
    pub fn insert_demarche(&mut self, demarche: Demarche) {
        self.demarches.insert(demarche.number, Arc::new(demarche));
    }

    /// A démarche by its number, whether the token may see it or not.
    pub fn demarche(&self, number: u64) -> Option<&Arc<Demarche>> {
        self.demarches.get(&number)
    }

    /// A démarche to change in place: its labels, its groups, its state.
    pub fn demarche_mut(&mut self, number: u64) -> Option<&mut Demarche> {
        self.demarches.get_mut(&number).map(Arc::make_mut)
    }

    /// Every démarche, by number.
    pub fn demarches(&self) -> impl Iterator<Item = &Arc<Demarche>> {
        self.demarches.values()
    }

    /// Adds a dossier as it is, without an act: dates and all are the caller's.
    pub fn insert(&mut self, dossier: Dossier) {
        self.shelf.insert(dossier);
    }

    /// Changes a dossier without an act: `updated_at` moves only if the caller moves it.
    pub fn edit<T>(&mut self, number: u64, change: impl FnOnce(&mut Dossier) -> T) -> Option<T> {
        self.shelf.edit(number, change)
    }

    /// A dossier by its number, shown by the API or not.
    pub fn dossier(&self, number: u64) -> Option<Arc<Dossier>> {
        self.shelf.find(number).map(|held| held.read())
    }

    /// Numbers of the dossiers that the API shows, in order of deposit.
    pub fn visible_numbers(&self, demarche_number: u64) -> Vec<u64> {
        let orders = self.shelf.orders(demarche_number);
        orders.map(|orders| orders.by_deposit.iter().map(|key| key.1).collect()).unwrap_or_default()
    }

    /// How many dossiers the API shows.
    pub fn count_visible(&self, demarche_number: u64) -> usize {
        self.shelf.orders(demarche_number).map_or(0, |orders| orders.by_deposit.len())
    }

    /// Numbers of the dossiers whose deletion awaits its term, in order of deletion.
    pub fn pending_numbers(&self, demarche_number: u64) -> Vec<u64> {
        let orders = self.shelf.orders(demarche_number);
        orders.map(|orders| orders.pending.iter().map(|key| key.1).collect()).unwrap_or_default()
    }

    /// Dossiers gone that the platform remembers, in order of deletion.
    pub fn deleted_dossiers(&self, demarche_number: u64) -> Vec<DeletedDossier> {
        let orders = self.shelf.orders(demarche_number);
        orders.map(|orders| orders.deleted.values().cloned().collect()).unwrap_or_default()
    }

    /// A key that no object of this world has: message, traitement, avis, group.
    pub fn next_key(&mut self) -> u64 {
        self.next_key += 1;
        self.next_key
    }

    /// The shelf, for walking.
    pub fn shelf(&self) -> &Shelf {
        &self.shelf
    }

    pub(crate) fn shelf_mut(&mut self) -> &mut Shelf {
        &mut self.shelf
    }

    /// Where new dossiers of a démarche take their content from.
    pub(crate) fn set_origin(&mut self, demarche_number: u64, origin: Arc<dyn Origin>) {
        self.origins.insert(demarche_number, origin);
    }

    pub(crate) fn origin(&self, demarche_number: u64) -> Option<Arc<dyn Origin>> {
        self.origins.get(&demarche_number).cloned()
    }

    pub(crate) fn held(&self, number: u64) -> Option<Held> {
        self.shelf.find(number)
    }

    pub(crate) fn orders(&self, demarche_number: u64) -> Option<&Orders> {
        self.shelf.orders(demarche_number)
    }
}
