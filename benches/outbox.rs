//! What it takes to drain the outbox: time and memory for a short queue and for a long one, and what a pass loses
//! of its cadence meanwhile.
//!
//! The real binary sends to a real HTTP server on this machine, one webhook a dossier, with no limit of rate. Memory
//! is the peak that the system tells of the process (VmHWM); it must not grow with the queue. Then the service runs
//! for as long with and without a queue: the passes that it made are compared.
#![expect(clippy::unwrap_used, reason = "a bench stops at the first surprise")]
#![expect(clippy::print_stdout, reason = "what a bench measures is what it prints")]

mod desk;
#[path = "../tests/it/sink.rs"]
#[expect(dead_code, reason = "it serves the tests as well")]
mod sink;

use std::path::Path;
use std::time::Duration;

use ami_sync::alert::{Event, Facts, Occasion, fact_key};
use ami_sync::domain::{DemarcheNumber, DossierNumber};
use ami_sync::store::{NewAlert, Reader, Store, StoreError};
use ds_emulator::Emulator;
use jiff::Timestamp;

use sink::Sink;

const QUEUES: [u32; 3] = [100, 1_000, 10_000];
const WATCHED: Duration = Duration::from_secs(8);

/// So many alerts that wait, of dossiers that no call has.
fn enqueue(path: &Path, alerts: u32, round: &str) {
    let mut store = Store::open(path).unwrap();
    let now = Timestamp::now();
    let facts = Facts {
        call: Some("ami-ia-2".to_owned()),
        verdict: Some("late".to_owned()),
        applicant: Some("Commune d’Exemple".to_owned()),
        reasons: vec!["Le dossier a été déposé après la clôture.".repeat(4)],
        ..Facts::default()
    };
    let written = store.write::<_, StoreError>(now, |tx| {
        for number in 0..alerts {
            let (demarche, dossier) = (Some(DemarcheNumber(12345)), Some(DossierNumber(number)));
            tx.enqueue(&NewAlert {
                event: Event::Late,
                fact_key: &fact_key("verdict", demarche, dossier, round),
                occasion: Occasion::First,
                channel: "hook",
                demarche,
                dossier,
                due_at: now,
                facts: &facts,
            })?;
        }
        Ok(())
    });
    written.unwrap();
}

fn configure(emulator: &Emulator, folder: &Path, sink: &Sink, rate: u32) {
    let secret = folder.join("secret");
    std::fs::write(&secret, "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
    let channel = format!(
        "[poll]\ninterval = \"100ms\"\n[[channels]]\nname = \"hook\"\ntype = \"webhook\"\nurl = \"{}\"\n\
         secret_files = [\"{}\"]\nallow_private = true\nrate = {rate}\ndetail = \"full\"\nevents = [\"token_rejected\"]\n",
        sink.url(),
        secret.display()
    );
    desk::write_config(emulator, folder, &channel);
}

fn passes(path: &Path) -> usize {
    let mut counted = 0;
    let mut reader = Reader::open(path).unwrap();
    reader
        .query::<StoreError>(
            "SELECT id FROM sync_runs WHERE outcome = 'done'",
            |_| Ok(()),
            |_| {
                counted += 1;
                Ok(())
            },
        )
        .unwrap();
    counted
}

/// Passes that the service makes in a while.
fn cadence(folder: &Path) -> usize {
    let before = passes(&folder.join("mirror.db"));
    let mut service = std::process::Command::new(env!("CARGO_BIN_EXE_ami-sync"))
        .args(["--quiet", "--config"])
        .arg(folder.join("config.toml"))
        .arg("run")
        .spawn()
        .unwrap();
    std::thread::sleep(WATCHED);
    service.kill().unwrap();
    service.wait().unwrap();
    passes(&folder.join("mirror.db")) - before
}

fn main() {
    let (emulator, folder, sink) = (desk::emulator(200), tempfile::tempdir().unwrap(), Sink::start());
    let mirror = folder.path().join("mirror.db");
    configure(&emulator, folder.path(), &sink, 100_000_000);
    desk::sync(&emulator, folder.path());
    desk::sync(&emulator, folder.path());
    println!("alerts | time | alerts/s | peak");
    for alerts in QUEUES {
        enqueue(&mirror, alerts, &format!("queue {alerts}"));
        let before = sink.received().len();
        let run = desk::sync(&emulator, folder.path());
        let (seconds, sent) = (run.wall.as_secs_f64(), sink.received().len() - before);
        let (speed, requests) = (sent as f64 / seconds, run.requests);
        println!(
            "{sent} | {seconds:.2} s, {requests} requests to the platform | {speed:.0} | {:.1} MiB",
            run.peak_mib()
        );
    }
    let alone = cadence(folder.path());
    configure(&emulator, folder.path(), &sink, 6_000);
    enqueue(&mirror, 10_000, "beside");
    let beside = cadence(folder.path());
    println!("passes in {} s: {alone} with nothing to send, {beside} beside a queue", WATCHED.as_secs());
}
