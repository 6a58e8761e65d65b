//! A GraphQL server that behaves as the API of demarches-simplifiees.fr does.
//!
//! A [`World`] holds démarches and dossiers as plain values; an [`Emulator`] serves it over HTTP in a
//! thread of its own, and stops when its last handle is dropped. Tests change the world while it is
//! served, read the truth from it, and make things go wrong with [`Fault`]s.
//!
//! ```
//! use ds_emulator::{DEMARCHE_NUMBER, Emulator, Fault, Options, SeedOptions, World};
//!
//! let world = World::seeded(SeedOptions { dossiers: 10, ..SeedOptions::default() });
//! let emulator = Emulator::start_blocking(world, Options::default())?;
//! assert!(emulator.url().ends_with("/api/v2/graphql"));
//!
//! // The world is changed and read while it is served; what goes wrong is asked for.
//! let first = emulator.read_world().visible_numbers(DEMARCHE_NUMBER)[0];
//! emulator.world().set_label(first, 601, true)?;
//! emulator.inject_for(2, Fault::BadGateway);
//! assert_eq!(emulator.read_world().dossier(first).map(|dossier| dossier.number), Some(first));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
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
