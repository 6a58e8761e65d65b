//! The only reader of files and environment: a configuration is a checked value.

mod api;

pub use api::ApiConfig;
