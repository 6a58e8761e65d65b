//! What tests stand on: an emulator with its world, and our own client and files against it.

use std::sync::Arc;

use ami_sync::api::ApiClient;
use ami_sync::clock::{Clock, SystemClock};
use ami_sync::config::ApiConfig;
use ds_emulator::{Emulator, Options, SeedOptions, World};

/// A call of this many dossiers, served, at rest on the day after its last event.
pub fn emulator(dossiers: u64, seed: u64) -> Emulator {
    let mut world = World::seeded(SeedOptions { seed, dossiers, ..SeedOptions::default() });
    world.set_now(World::seeded_as_of());
    Emulator::start_blocking(world, Options { gzip: false, ..Options::default() }).unwrap()
}

/// Our settings for it: no share of a limit it does not have, and impatient.
pub fn api_config(emulator: &Emulator) -> ApiConfig {
    let mut config = ApiConfig::at(emulator.url().parse().unwrap());
    config.rate_limit = 1_000_000;
    config.retry_base = std::time::Duration::from_millis(5);
    config
}

/// A client of it.
pub fn client(emulator: &Emulator) -> ApiClient {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    ApiClient::new(&api_config(emulator), emulator.token().into(), clock).unwrap()
}
