//! The signals that the service obeys.

use std::io;

use tokio::signal::unix::{Signal, SignalKind, signal};

/// What a signal asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Asked {
    /// To stop, as systemd does it.
    Terminate,
    /// To stop, as a person at a terminal does it.
    Interrupt,
    /// To read the configuration again.
    Reload,
}

/// The signals, taken over from their default effect.
pub(super) struct Signals {
    terminate: Signal,
    interrupt: Signal,
    hangup: Signal,
}

impl Signals {
    /// From now on no signal ends the process by itself.
    pub(super) fn listen() -> io::Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
            hangup: signal(SignalKind::hangup())?,
        })
    }

    /// The next one.
    pub(super) async fn next(&mut self) -> Asked {
        tokio::select! {
            Some(()) = self.terminate.recv() => Asked::Terminate,
            Some(()) = self.interrupt.recv() => Asked::Interrupt,
            Some(()) = self.hangup.recv() => Asked::Reload,
        }
    }

    /// The next one that asks to stop.
    pub(super) async fn next_stop(&mut self) -> Asked {
        loop {
            match self.next().await {
                Asked::Reload => {}
                asked => return asked,
            }
        }
    }
}
