//! The house, floor by floor; ARCHITECTURE.md walks through it.
//!
//! Ground: [`domain`] (what a dossier is), [`eligibility`] (may it take part), [`alert`] (what is said to whom),
//! [`words`] (what people read), [`clock`], [`config`], [`meter`]. First: [`api`] (GraphQL in), [`store`] (the mirror),
//! [`channel`] (words out). Second: [`engine`] (what a pass does). Roof: [`web`], [`daemon`] (the service),
//! [`cli`]. Each floor names only the floors below; `tests/architecture.rs` holds the walls.

pub mod alert;
pub mod api;
pub mod channel;
pub mod cli;
pub mod clock;
pub mod config;
pub mod daemon;
pub mod domain;
pub mod eligibility;
pub mod engine;
pub mod meter;
pub mod store;
pub mod web;
pub mod words;
