//! The unit that systemd runs: well formed, and as closed as was promised.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::binary::{not_tested, say};

/// The most that `systemd-analyze security` may find exposed, times ten: as the unit stands, and behind a proxy.
const EXPOSURE: u32 = 11;
const EXPOSURE_BEHIND_PROXY: u32 = 9;

fn deploy(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("deploy").join(name)
}

/// The unit with the lines of a drop-in, in a folder of its own.
fn unit_with(folder: &Path, drop_in: Option<&str>) -> PathBuf {
    let unit = fs::read_to_string(deploy("ami-sync.service")).unwrap();
    let added = drop_in.map(|name| fs::read_to_string(deploy("ami-sync.service.d").join(name)).unwrap());
    let binary = env!("CARGO_BIN_EXE_ami-sync");
    let text = format!("{unit}\n{}", added.unwrap_or_default()).replace("/usr/bin/ami-sync", binary);
    let path = folder.join("ami-sync.service");
    fs::write(&path, text).unwrap();
    path
}

/// What `systemd-analyze` answers, if it is on this machine.
fn analyze(arguments: &[&str], unit: &Path) -> Option<(bool, String)> {
    let Ok(output) = Command::new("systemd-analyze").args(arguments).arg(unit).output() else {
        not_tested("systemd-analyze (Debian's package systemd) is not on this machine");
        return None;
    };
    let told = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
    Some((output.status.success(), told))
}

#[test]
fn it_is_as_closed_as_was_promised() {
    for (drop_in, most) in [(None, EXPOSURE), (Some("egress-proxy.conf"), EXPOSURE_BEHIND_PROXY)] {
        let folder = tempfile::tempdir().unwrap();
        let unit = unit_with(folder.path(), drop_in);
        let threshold = format!("--threshold={most}");
        let arguments = ["security", "--offline=true", "--no-pager", threshold.as_str()];
        let Some((good, told)) = analyze(&arguments, &unit) else { return };
        say(told.lines().last().unwrap());
        assert!(good, "more than {most} tenths:\n{told}");
    }
}

#[test]
fn systemd_finds_nothing_to_say_about_it() {
    let folder = tempfile::tempdir().unwrap();
    let unit = unit_with(folder.path(), None);
    let Some((good, told)) = analyze(&["verify", "--man=no", "--recursive-errors=no"], &unit) else { return };
    say(&format!("systemd-analyze verify: {}", if told.is_empty() { "nothing to say" } else { &told }));
    assert!(good && told.is_empty(), "{told}");
}

#[test]
fn drop_ins_say_where_they_go_and_every_directive_left_out_has_its_reason() {
    let unit = fs::read_to_string(deploy("ami-sync.service")).unwrap();
    for left_out in ["PrivateNetwork=", "IPAddressDeny=", "RootDirectory=", "DynamicUser=", "UMask=0077"] {
        assert!(unit.lines().any(|line| line.starts_with('#') && line.contains(left_out)), "{left_out}");
    }
    for name in ["egress-proxy.conf", "notify-reload.conf"] {
        let text = fs::read_to_string(deploy("ami-sync.service.d").join(name)).unwrap();
        assert!(text.contains("/etc/systemd/system/ami-sync.service.d/"), "{name}");
    }
}
