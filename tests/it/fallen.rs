//! A panic in one task of the service ends all of it, and the next one goes on.
//!
//! Nothing in the product makes it panic: the system does, as it may any day, by giving it no thread any more.
//! That limit binds no administrator, so that the service runs as another user where the tests are one.

use std::fs;
use std::io::Read as _;
use std::os::unix::fs::{PermissionsExt as _, chown};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::binary::{Desk, is_root, not_tested};
use crate::harness::emulator;
use crate::service::{count, until};

/// A user of the machine that no package takes.
const SOMEBODY: u32 = 64_105;

/// Everything of the desk, the binary too, belongs to this user.
fn give(desk: &Desk, user: u32) {
    fs::copy(env!("CARGO_BIN_EXE_ami-sync"), desk.path("ami-sync")).unwrap();
    fs::set_permissions(desk.path("ami-sync"), fs::Permissions::from_mode(0o700)).unwrap();
    for name in ["ami-sync", "config.toml", "token", ""] {
        chown(desk.path(name), Some(user), None).unwrap();
    }
}

/// A command as this user.
fn as_user(user: u32, program: &Path) -> Command {
    let mut command = Command::new("setpriv");
    command.arg(format!("--reuid={user}")).arg("--clear-groups").arg(program);
    command
}

fn serve(desk: &Desk, user: Option<u32>) -> Child {
    let mut command = match user {
        None => desk.command(&["run"]),
        Some(user) => {
            let mut command = as_user(user, &desk.path("ami-sync"));
            command.arg("--config").arg(desk.path("config.toml")).arg("run").current_dir(desk.folder.path());
            command.env("NO_COLOR", "1").env_remove("AMI_SYNC_API_TOKEN").env_remove("NOTIFY_SOCKET");
            command
        }
    };
    command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap()
}

#[test]
fn a_panic_ends_the_process_with_its_name_in_the_log_and_the_next_one_goes_on() {
    let tools = ["/usr/bin/prlimit", "/usr/bin/setpriv"];
    if let Some(missing) = tools.into_iter().find(|tool| !Path::new(tool).exists()) {
        not_tested(&format!(
            "{missing} (Debian's package util-linux) is not here: no panic could be provoked"
        ));
        return;
    }
    let emulator = emulator(40, 1);
    let desk = Desk::at(&emulator);
    // Each copy of the mirror takes a thread; one that idles is kept for less long than this.
    let copies = desk.path("copies");
    let rarely = format!("[snapshot]\nfolder = \"{}\"\nevery = \"13s\"\n[[calls]]", copies.display());
    desk.edit("[[calls]]", &rarely);
    let user = is_root().then_some(SOMEBODY);
    if let Some(user) = user {
        give(&desk, user);
    }
    let mut service = serve(&desk, user);
    let end = Instant::now() + Duration::from_secs(60);
    // There is a file before there is a mirror in it.
    while desk.run(&["query", "SELECT 1"]).code != Some(0) {
        assert!(Instant::now() < end, "no mirror is opened");
        std::thread::sleep(Duration::from_millis(20));
    }
    until(&desk, "SELECT COUNT(*) FROM sync_runs WHERE outcome = 'done'", 1);
    let pid = service.id().to_string();
    let prlimit = Path::new(tools[0]);
    let mut limit = user.map_or_else(|| Command::new(prlimit), |user| as_user(user, prlimit));
    assert!(limit.args(["--nproc=1", "--pid", &pid]).status().unwrap().success());
    let end = Instant::now() + Duration::from_secs(60);
    while service.try_wait().unwrap().is_none() && Instant::now() < end {
        std::thread::sleep(Duration::from_millis(20));
    }
    // One that lives on by halves has been waited for long enough.
    drop(service.kill());
    let mut log = String::new();
    service.stderr.take().unwrap().read_to_string(&mut log).unwrap();
    assert_eq!(service.wait().unwrap().code(), Some(1), "{log}");
    assert!(log.contains("a panic: this is a defect of ami-sync"), "{log}");
    assert!(log.contains("panicked: the service ends, so that it can be started anew"), "{log}");
    assert!(log.contains("the task « "), "{log}");
    // What systemd does next.
    let mut service = serve(&desk, user);
    until(&desk, "SELECT COUNT(*) >= 2 FROM sync_runs WHERE outcome = 'done'", 1);
    assert_eq!(count(&desk, "SELECT COUNT(*) FROM dossiers"), 40);
    let stopped = Command::new("kill").arg(service.id().to_string()).status().unwrap();
    assert!(stopped.success());
    assert_eq!(service.wait().unwrap().code(), Some(0));
}
