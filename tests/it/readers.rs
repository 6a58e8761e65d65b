//! A member of the read group queries the mirror at every moment, with whatever client.
//!
//! The service and the reader are two users of the machine, which takes root: elsewhere the test says so.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, chown};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use crate::binary::{Desk, is_root, not_tested};
use crate::harness::{emulator, first_versions_mirror};

/// The service, the reader, and the group of both: numbers that no package takes.
const SERVICE: u32 = 64_101;
const READER: u32 = 64_102;
const GROUP: u32 = 64_103;

const COUNT: &str = "SELECT COUNT(*) FROM dossiers";

/// Folders that two users share.
struct Machine {
    desk: Desk,
}

impl Machine {
    fn new(url: &str, token: &str) -> Self {
        let desk = Desk::new(url, token);
        let own = |path: &Path, mode: u32| {
            chown(path, Some(SERVICE), Some(GROUP)).unwrap();
            fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
        };
        own(desk.folder.path(), 0o750);
        fs::create_dir(desk.path("state")).unwrap();
        own(&desk.path("state"), 0o750);
        desk.edit("/mirror.db", "/state/mirror.db");
        desk.edit("[[calls]]", "[poll]\ninterval = \"20ms\"\nclosing_interval = \"20ms\"\n[[calls]]");
        own(&desk.path("config.toml"), 0o640);
        own(&desk.path("token"), 0o600);
        // Where it was built, other users may not go.
        fs::copy(env!("CARGO_BIN_EXE_ami-sync"), desk.path("ami-sync")).unwrap();
        own(&desk.path("ami-sync"), 0o750);
        Self { desk }
    }

    fn mirror(&self) -> PathBuf {
        self.desk.path("state/mirror.db")
    }

    fn as_user(&self, user: u32, program: &Path) -> Command {
        let mut command = Command::new("setpriv");
        command.arg(format!("--reuid={user}")).arg(format!("--regid={GROUP}")).arg("--clear-groups");
        command
            .arg(program)
            .current_dir(self.desk.folder.path())
            .env("HOME", "/nonexistent")
            .env("NO_COLOR", "1");
        command.env_remove("AMI_SYNC_API_TOKEN");
        command
    }

    fn serve(&self) -> Child {
        let mut command = self.as_user(SERVICE, &self.desk.path("ami-sync"));
        command.args(["--config", "config.toml", "run"]).env_remove("NOTIFY_SOCKET");
        command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
    }

    /// Each client's command, by its name.
    fn clients(&self) -> Vec<(&'static str, Command)> {
        let mirror = self.mirror();
        let mut sqlite3 = self.as_user(READER, Path::new("/usr/bin/sqlite3"));
        sqlite3.arg("-readonly").arg(&mirror).arg(COUNT);
        let mut python = self.as_user(READER, Path::new("/usr/bin/python3"));
        let program = "import sqlite3, sys\nc = sqlite3.connect(f'file:{sys.argv[1]}?mode=ro', uri=True)\n\
                       print(c.execute(sys.argv[2]).fetchone()[0])";
        python.args(["-c", program]).arg(&mirror).arg(COUNT);
        let mut ours = self.as_user(READER, &self.desk.path("ami-sync"));
        ours.args(["--config", "config.toml", "query", "--format", "csv", COUNT]);
        let mut clients = vec![("sqlite3", sqlite3), ("python", python), ("read-only open", ours)];
        if let Some(datasette) = datasette() {
            let mut command = self.as_user(READER, &datasette);
            let url = "/mirror.json?sql=select+count(*)+as+n+from+dossiers&_shape=arrayfirst";
            command.arg(&mirror).args(["--get", url]);
            clients.push(("datasette", command));
        }
        clients
    }

    /// What a client read, or what it complained of.
    fn read(mut client: Command) -> Result<i64, String> {
        let output = client.output().map_err(|error| error.to_string())?;
        let told = String::from_utf8_lossy(&output.stdout).into_owned();
        let number = told.chars().filter(|c| c.is_ascii_digit()).collect::<String>();
        match (output.status.success(), number.parse()) {
            (true, Ok(count)) => Ok(count),
            _ => Err(format!("{told}{}", String::from_utf8_lossy(&output.stderr))),
        }
    }

    /// Every client reads, now.
    fn all_read(&self, moment: &str) {
        for (name, client) in self.clients() {
            let read = Self::read(client);
            assert!(read.as_ref().is_ok_and(|count| *count > 0), "{name}, {moment}: {read:?}");
        }
    }

    /// Every client reads again and again while something happens.
    fn all_read_during(&self, moment: &str, mut what: impl FnMut()) {
        let over = Arc::new(AtomicBool::new(false));
        let complaints = Arc::new(Mutex::new(Vec::new()));
        let turns = AtomicU32::new(0);
        std::thread::scope(|scope| {
            let reader = scope.spawn(|| {
                while !over.load(Ordering::Relaxed) {
                    for (name, client) in self.clients() {
                        if let Err(error) = Self::read(client) {
                            complaints.lock().unwrap().push(format!("{name}, {moment}: {error}"));
                        }
                    }
                    turns.fetch_add(1, Ordering::Relaxed);
                }
            });
            // It goes on until each client has been through it at least twice, however slow the machine.
            let began = Instant::now();
            while began.elapsed() < Duration::from_secs(3) || turns.load(Ordering::Relaxed) < 2 {
                what();
            }
            over.store(true, Ordering::Relaxed);
            reader.join().unwrap();
        });
        assert!(turns.into_inner() >= 2);
        assert_eq!(*complaints.lock().unwrap(), Vec::<String>::new());
    }

    fn wait_for_rows(&self) {
        let end = Instant::now() + Duration::from_secs(60);
        while !Self::read(self.clients().remove(0).1).is_ok_and(|count| count > 0) {
            assert!(Instant::now() < end, "nothing came");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// A mirror such as the first version left it.
    fn leave_old_mirror(&self) {
        let mut sqlite3 = self.as_user(SERVICE, Path::new("/usr/bin/sqlite3"));
        let script = first_versions_mirror();
        let mut child =
            sqlite3.arg(self.mirror()).stdin(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
        std::io::Write::write_all(&mut child.stdin.take().unwrap(), script.as_bytes()).unwrap();
        assert!(child.wait().unwrap().success());
        for suffix in ["", "-wal", "-shm"] {
            let path = PathBuf::from(format!("{}{suffix}", self.mirror().display()));
            fs::set_permissions(path, fs::Permissions::from_mode(0o640)).unwrap();
        }
    }
}

pub fn datasette() -> Option<PathBuf> {
    let beside = concat!(env!("CARGO_MANIFEST_DIR"), "/target/datasette/bin/datasette");
    let named = std::env::var_os("AMI_SYNC_DATASETTE").map_or_else(|| PathBuf::from(beside), PathBuf::from);
    // Any user must be able to run it.
    let found = [named, PathBuf::from("/opt/datasette/bin/datasette")].into_iter().find(|path| path.exists());
    if found.is_none() {
        not_tested("Datasette (PyPI) is not on this machine: AMI_SYNC_DATASETTE names its command");
    }
    found
}

fn kill(child: &Child, signal: &str) {
    let done = Command::new("kill").arg(signal).arg(child.id().to_string()).status();
    assert!(done.unwrap().success());
}

#[test]
fn six_moments_and_four_clients() {
    if !is_root() || !Path::new("/usr/bin/python3").exists() {
        not_tested("reading as another user takes root, setpriv and Debian's python3");
        return;
    }
    let emulator = emulator(200, 1);
    let machine = Machine::new(&emulator.url(), emulator.token());
    let mut service = machine.serve();
    machine.wait_for_rows();
    machine.all_read("running");
    machine.all_read_during("reloading", || {
        kill(&service, "-HUP");
        std::thread::sleep(Duration::from_millis(30));
    });
    kill(&service, "-TERM");
    assert!(service.wait().unwrap().success());
    machine.all_read("cleanly stopped");
    service = machine.serve();
    std::thread::sleep(Duration::from_millis(300));
    kill(&service, "-KILL");
    service.wait().unwrap();
    machine.all_read("killed");
    machine.all_read_during("upgrading", || {
        let mut service = machine.serve();
        std::thread::sleep(Duration::from_millis(200));
        fs::copy(machine.desk.path("ami-sync"), machine.desk.path("new")).unwrap();
        chown(machine.desk.path("new"), Some(SERVICE), Some(GROUP)).unwrap();
        fs::rename(machine.desk.path("new"), machine.desk.path("ami-sync")).unwrap();
        kill(&service, "-TERM");
        assert!(service.wait().unwrap().success());
    });
    let old = Machine::new(&emulator.url(), emulator.token());
    old.leave_old_mirror();
    old.all_read("before the migration");
    let mut migrating = Vec::new();
    old.all_read_during("migrating", || {
        if migrating.is_empty() {
            migrating.push(old.serve());
        }
        std::thread::sleep(Duration::from_millis(20));
    });
    for mut service in migrating {
        kill(&service, "-TERM");
        assert!(service.wait().unwrap().success());
    }
    assert!(old.desk.path("state/mirror.db.before-2").exists(), "nothing was migrated");
}
