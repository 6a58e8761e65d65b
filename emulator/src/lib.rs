//! A GraphQL server that behaves as the API of demarches-simplifiees.fr does.
//!
//! A [`World`] holds démarches and dossiers as plain values; an [`Emulator`] serves it over HTTP in a
//! thread of its own, and stops when its last handle is dropped. Tests change the world while it is
//! served, read the truth from it, and make things go wrong with [`Fault`]s.
//!
//! It shares `schema.graphql` with the programs it is made for, and nothing else: pages, cursors,
//! dates and errors are written from how the platform behaves, so that a misreading is not made twice.

#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "faults and kinds of champ are many, and most matches here are about the few that they name"
)]

pub mod chance;
pub mod clock;
mod control;
mod faults;
mod gate;
mod http;
pub mod paging;
pub mod schema;
pub mod seed;
mod server;
pub mod world;

pub use chance::Chance;
pub use faults::{Fault, RateLimitHint};
pub use gate::RateLimit;
pub use seed::{DEMARCHE_NUMBER, INDIVIDUALS_NUMBER, OUT_OF_SCOPE_NUMBER, SeedOptions};
pub use server::{DEFAULT_TOKEN, Emulator, LoggedRequest, Options};
pub use world::{RandomAct, Shown, World};
