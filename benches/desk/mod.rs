//! What the benches of the real binary stand on: a served call, a folder, a command watched until it ends.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use ds_emulator::{Emulator, Options, SeedOptions, World};

/// One run of the binary.
pub struct Run {
    pub wall: Duration,
    pub requests: usize,
    peak_kib: u64,
}

impl Run {
    /// Peak of its memory.
    pub fn peak_mib(&self) -> f64 {
        self.peak_kib as f64 / 1_024.0
    }
}

/// A call of this many dossiers, served.
pub fn emulator(dossiers: u64) -> Emulator {
    let mut world = World::seeded(SeedOptions { dossiers, ..SeedOptions::default() });
    world.run_from(World::seeded_as_of());
    Emulator::start_blocking(world, Options { gzip: false, ..Options::default() }).unwrap()
}

/// A configuration for it, with more rules if any.
pub fn write_config(emulator: &Emulator, folder: &Path, more: &str) {
    let text = format!(
        "[api]\nurl = \"{}\"\ntoken_file = \"{}\"\nrate_limit = 1000000\n[store]\npath = \"{}\"\n\
         [[calls]]\nslug = \"ami-ia-2\"\ndemarche = 12345\nopens_at = \"2019-03-26T00:00\"\n\
         deadline = \"2019-05-31T23:59\"\n{more}",
        emulator.url(),
        folder.join("token").display(),
        folder.join("mirror.db").display()
    );
    std::fs::write(folder.join("config.toml"), text).unwrap();
    std::fs::write(folder.join("token"), emulator.token()).unwrap();
}

/// `sync`, watched until it ends.
#[allow(dead_code, reason = "the soak has the service read the call")]
pub fn sync(emulator: &Emulator, folder: &Path) -> Run {
    watch(emulator, folder, &["sync"])
}

/// A command, its peak memory watched until it ends.
pub fn watch(emulator: &Emulator, folder: &Path, arguments: &[&str]) -> Run {
    emulator.forget_requests();
    let began = Instant::now();
    let mut child = Command::new(env!("CARGO_BIN_EXE_ami-sync"))
        .args(["--quiet", "--config"])
        .arg(folder.join("config.toml"))
        .args(arguments)
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let status = format!("/proc/{}/status", child.id());
    let mut peak_kib = 0;
    let ended = loop {
        if let Some(ended) = child.try_wait().unwrap() {
            break ended;
        }
        let told = std::fs::read_to_string(&status).unwrap_or_default();
        let peak = told.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let peak = peak.and_then(|rest| rest.trim().trim_end_matches(" kB").parse().ok());
        peak_kib = peak_kib.max(peak.unwrap_or_default());
        std::thread::sleep(Duration::from_millis(1));
    };
    let wall = began.elapsed();
    assert!(ended.success(), "{ended}");
    Run { wall, peak_kib, requests: emulator.requests().len() }
}
