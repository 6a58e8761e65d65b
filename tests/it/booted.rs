//! A throwaway machine under a real systemd, with the package on its desk.
//!
//! `$AMI_SYNC_SYSTEMD_BOX` names a command that boots one (`BOX -o SHARED -t SECONDS -- COMMAND`: a copy of this
//! machine whose changes are gone at the end, SHARED at `/run/box-out`, the network this machine's); without it
//! the one beside the checkout is taken. The package is what `deploy/build-package` made, or `$AMI_SYNC_PACKAGE`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant, SystemTime};

use ds_emulator::Emulator;

use crate::binary::{Answer, is_root, not_tested};

/// However slow the machine, what is waited for has happened by then, or never will.
const NEVER: Duration = Duration::from_secs(90);

/// Obeys, in the machine: each question is a script, answered by its output and at last by its exit code. An image
/// for containers forbids packages to start and stop services; this is a machine, and does not.
const AGENT: &str = "cd /run/box-out; n=1; rm -f /usr/sbin/policy-rc.d\n\
    while :; do\n\
    until [ -e $n.ask ]; do [ -e over ] && exit 0; sleep 0.02; done\n\
    sh ./$n.ask >$n.out 2>$n.err </dev/null; echo $? >$n.part; mv $n.part $n.code; n=$((n+1))\n\
    done\n";

pub struct Booted {
    shared: tempfile::TempDir,
    machine: Child,
    asked: u32,
}

impl Booted {
    /// A machine that has just booted, with the package in `$PACKAGE`; `None`, and a word, where there is no means.
    pub fn boot() -> Option<Self> {
        let (boots, package) = (systemd_box()?, package()?);
        let shared = tempfile::tempdir().unwrap();
        fs::copy(package, shared.path().join("ami-sync.deb")).unwrap();
        fs::write(shared.path().join("agent"), AGENT).unwrap();
        let mut command = Command::new(boots);
        command.arg("-o").arg(shared.path()).args(["-t", "300", "--", "/bin/sh", "/run/box-out/agent"]);
        let machine = command.current_dir("/").stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        Some(Self { shared, machine, asked: 0 })
    }

    /// A file of the machine's desk, seen from outside.
    pub fn desk(&self, name: &str) -> PathBuf {
        self.shared.path().join(name)
    }

    /// Runs a script in the machine, as root.
    pub fn run(&mut self, script: &str) -> Answer {
        self.asked += 1;
        let (folder, asked) = (self.shared.path().to_owned(), self.asked);
        let file = |suffix: &str| folder.join(format!("{asked}.{suffix}"));
        fs::write(file("part"), format!("export DEBIAN_FRONTEND=noninteractive\n{script}\n")).unwrap();
        fs::rename(file("part"), file("ask")).unwrap();
        let end = Instant::now() + NEVER;
        while !file("code").exists() {
            assert!(Instant::now() < end, "no answer to: {script}");
            assert!(self.machine.try_wait().unwrap().is_none(), "the machine is gone, asked: {script}");
            std::thread::sleep(Duration::from_millis(10));
        }
        let read = |suffix: &str| String::from_utf8_lossy(&fs::read(file(suffix)).unwrap()).into_owned();
        Answer { code: read("code").trim().parse().ok(), out: read("out"), err: read("err") }
    }

    /// Runs a script that must succeed; answers what it printed.
    pub fn does(&mut self, script: &str) -> String {
        let answer = self.run(script);
        assert_eq!(answer.code, Some(0), "{script}\n{}\n{}", answer.out, answer.err);
        answer.out.trim().to_owned()
    }

    /// Waits until a script prints what is looked for; answers it whole.
    pub fn until(&mut self, script: &str, is_it: impl Fn(&str) -> bool) -> String {
        let end = Instant::now() + NEVER;
        loop {
            let told = self.run(script).out.trim().to_owned();
            if is_it(&told) {
                return told;
            }
            if Instant::now() > end {
                let log = self.run("systemctl status ami-sync; journalctl -u ami-sync --no-pager | tail -20");
                panic!("{script}: {told}\n{}", log.out);
            }
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// Starts the service, and waits for its first pass.
    pub fn starts(&mut self) {
        self.does("systemctl start ami-sync");
        self.says("ami-ia-2 : à jour à");
    }

    /// What systemd knows of the service.
    pub fn shows(&mut self, property: &str) -> String {
        self.does(&format!("systemctl show ami-sync --value -p {property}"))
    }

    pub fn says(&mut self, sentence: &str) {
        self.until("systemctl show ami-sync --value -p StatusText", |told| told.contains(sentence));
    }

    /// One number of the mirror, read by a client beside the service.
    pub fn count(&mut self, sql: &str) -> i64 {
        let read = format!("sqlite3 -readonly /var/lib/ami-sync/mirror.db '{sql}'");
        self.does(&read).parse().unwrap()
    }

    pub fn until_count(&mut self, sql: &str, expected: usize) {
        let read = format!("sqlite3 -readonly /var/lib/ami-sync/mirror.db '{sql}'");
        self.until(&read, |told| told == expected.to_string());
    }

    /// The package, and a configuration that leads to this emulator, polled every second.
    pub fn install(&mut self, emulator: &Emulator) {
        self.does("dpkg -i /run/box-out/ami-sync.deb");
        self.give_token(emulator.token());
        let config = format!(
            "[api]\nurl = \"{}\"\nrate_limit = 1000000\n[store]\npath = \"/var/lib/ami-sync/mirror.db\"\n\
             [poll]\ninterval = \"1s\"\nclosing_interval = \"1s\"\n[[calls]]\nslug = \"ami-ia-2\"\n\
             demarche = 12345\nopens_at = \"2019-03-26T00:00\"\ndeadline = \"2019-05-31T23:59\"\n",
            emulator.url()
        );
        fs::write(self.desk("config.toml"), config).unwrap();
        // Written over, as an editor does: owner and mode stay those of the package.
        self.does("cat /run/box-out/config.toml > /etc/ami-sync/config.toml");
    }

    pub fn give_token(&mut self, token: &str) {
        fs::write(self.desk("token"), token).unwrap();
        self.does("install -m 600 -o root /run/box-out/token /etc/ami-sync/api-token");
    }

    /// Lines added to the unit, as an administrator adds them.
    pub fn add_to_unit(&mut self, lines: &str) {
        let folder = "/etc/systemd/system/ami-sync.service.d";
        self.does(&format!("mkdir -p {folder}; printf '[Service]\\n{lines}' > {folder}/added.conf"));
        self.does("systemctl daemon-reload");
    }
}

impl Drop for Booted {
    fn drop(&mut self) {
        drop(fs::write(self.desk("over"), ""));
        let end = Instant::now() + Duration::from_secs(10);
        while self.machine.try_wait().is_ok_and(|ended| ended.is_none()) {
            if Instant::now() > end {
                drop(self.machine.kill());
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

fn systemd_box() -> Option<PathBuf> {
    let beside = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/tools/systemd-box");
    let named = std::env::var_os("AMI_SYNC_SYSTEMD_BOX").map_or_else(|| PathBuf::from(beside), PathBuf::from);
    if is_root() && named.exists() {
        return Some(named);
    }
    not_tested(
        "the installed service: this takes root, and a command that boots a systemd (AMI_SYNC_SYSTEMD_BOX)",
    );
    None
}

/// The package, if what it was made of has not changed since.
fn package() -> Option<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    if let Some(named) = std::env::var_os("AMI_SYNC_PACKAGE") {
        return Some(PathBuf::from(named));
    }
    let built =
        fs::read_dir(root.join("target/debian")).into_iter().flatten().flatten().map(|entry| entry.path());
    let built = built.filter(|path| path.extension().is_some_and(|it| it == "deb"));
    let Some(package) = built.max_by_key(|path| changed(path)) else {
        not_tested("the installed service: there is no package, deploy/build-package makes it");
        return None;
    };
    let sources =
        ["src", "emulator/src", "deploy", "Cargo.toml", "Cargo.lock", "config.example.toml", "docs"];
    if sources.iter().any(|source| changed(&root.join(source)) > changed(&package)) {
        not_tested(
            "the installed service: the package is older than its source, deploy/build-package makes it anew",
        );
        return None;
    }
    Some(package)
}

/// When a file, or the youngest of a folder's, last changed.
fn changed(path: &Path) -> Option<SystemTime> {
    let within =
        fs::read_dir(path).into_iter().flatten().flatten().filter_map(|entry| changed(&entry.path()));
    within.max().or_else(|| fs::metadata(path).ok()?.modified().ok())
}
