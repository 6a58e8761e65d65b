//! ami-sync.
