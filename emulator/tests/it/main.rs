//! The emulator held against what is known of the platform, through real HTTP.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stderr,
    clippy::wildcard_enum_match_arm,
    clippy::panic,
    reason = "a test stops at the first surprise"
)]

mod acts;
mod client;
mod control;
mod door;
mod faults;
mod leaving;
mod measure;
mod pages;
mod seed;
mod truth;
mod types;
