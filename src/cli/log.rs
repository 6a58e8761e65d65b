//! Where the log goes: lines on the standard error, JSON, or fields in systemd's journal.

use std::fs::File;
use std::io::{self, IsTerminal as _};
use std::os::fd::AsFd as _;
use std::os::unix::fs::MetadataExt as _;

use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

use super::run::LogFormat;

/// Starts the log of this process.
pub fn start(level: LevelFilter, format: Option<LogFormat>) {
    let filter = EnvFilter::new(format!("warn,ami_sync={level}"));
    let registry = tracing_subscriber::registry().with(filter);
    let format =
        format.unwrap_or_else(|| if journal_listens() { LogFormat::Journald } else { LogFormat::Text });
    let lines = tracing_subscriber::fmt::layer().with_writer(io::stderr);
    match format {
        LogFormat::Json => registry.with(lines.json()).init(),
        LogFormat::Journald if let Ok(journal) = tracing_journald::layer() => {
            registry.with(journal.with_field_prefix(Some("AMI".to_owned()))).init();
        }
        LogFormat::Text | LogFormat::Journald => {
            let colour = io::stderr().is_terminal()
                && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
            registry.with(lines.with_ansi(colour)).init();
        }
    }
}

/// Whether the standard error is systemd's journal: it says which file that is.
fn journal_listens() -> bool {
    let Some(stream) = std::env::var("JOURNAL_STREAM").ok() else { return false };
    let Ok(fd) = io::stderr().as_fd().try_clone_to_owned() else { return false };
    let Ok(metadata) = File::from(fd).metadata() else { return false };
    stream == format!("{}:{}", metadata.dev(), metadata.ino())
}
