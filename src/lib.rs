//! The house, floor by floor; ARCHITECTURE.md walks through it.
//!
//! Ground: [`domain`] (what a dossier is), [`eligibility`] (may it take part), [`clock`], [`config`]. Each
//! floor names only the floors below; `tests/architecture.rs` holds the walls.

pub mod api;
pub mod clock;
pub mod config;
pub mod domain;
pub mod eligibility;
