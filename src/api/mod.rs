//! The platform's API.

pub mod queries;
