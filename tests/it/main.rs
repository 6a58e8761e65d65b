//! The tests that see ami-sync from outside: its binary, its files, a real server.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test stops at the first surprise"
)]

mod alerts;
mod alerts_cli;
mod binary;
mod booted;
mod canned;
mod channels;
mod chaos;
mod cli;
mod config;
mod copies;
mod crash;
mod decisions;
mod explained;
mod failing_channels;
mod fallen;
mod graphql;
mod grid;
mod harness;
mod heavy_readers;
mod history;
mod installed;
mod limits;
mod model;
mod monitoring;
mod outage;
mod page;
mod purge;
mod readers;
mod rewrite;
mod schema;
mod servers;
mod service;
mod sink;
mod soak;
mod strange;
mod sync;
mod told;
mod truth;
mod unit;
mod upkeep;
mod verdicts;
mod workbook;
