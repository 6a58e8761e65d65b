//! What systemd is told, when it listens.
//!
//! Every message is lost without harm when nobody listens; one that cannot be sent is logged and no more.

use std::time::Duration;

use sd_notify::NotifyState;

/// How long opening a mirror may take, its migration and the copy before it included.
const LONGEST_OPENING: Duration = Duration::from_secs(1800);

/// The service starts, and may take its time over the mirror.
pub(super) fn opening() {
    let micros = u32::try_from(LONGEST_OPENING.as_micros()).unwrap_or(u32::MAX);
    tell(&[NotifyState::Status("ouverture du miroir"), NotifyState::ExtendTimeoutUsec(micros)]);
}

/// The service does its work.
pub(super) fn ready(sentence: &str) {
    tell(&[NotifyState::Ready, NotifyState::Status(sentence)]);
}

/// The service reads its configuration again; [`ready`] must follow.
pub(super) fn reloading() {
    let Ok(now) = NotifyState::monotonic_usec_now() else { return };
    tell(&[NotifyState::Reloading, now, NotifyState::Status("relecture de la configuration")]);
}

/// The service ends.
pub(super) fn stopping() {
    tell(&[NotifyState::Stopping, NotifyState::Status("arrêt")]);
}

/// Where the service stands.
pub(super) fn status(sentence: &str) {
    tell(&[NotifyState::Status(sentence)]);
}

/// The service moves.
pub(super) fn alive() {
    tell(&[NotifyState::Watchdog]);
}

/// How often to say so: three times before systemd would lose patience. `None` when it has no watchdog.
pub(super) fn watchdog_period() -> Option<Duration> {
    sd_notify::watchdog_enabled().map(|limit| limit / 3)
}

fn tell(states: &[NotifyState<'_>]) {
    if let Err(error) = sd_notify::notify(states) {
        tracing::warn!("systemd could not be told: {error}");
    }
}
