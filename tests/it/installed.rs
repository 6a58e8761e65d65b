//! The package on a machine of its own: installed, started, reloaded, hung, stopped, upgraded and purged under systemd.

use std::collections::BTreeSet;
use std::process::Command;

use ds_emulator::{Chance, Emulator, Fault};

use crate::binary::say;
use crate::booted::Booted;
use crate::harness::{emulator, first_versions_mirror};
use crate::sink::Sink;

const DOSSIERS: &str = "SELECT COUNT(*) FROM dossiers WHERE deleted_at IS NULL";

/// What comes in is in the mirror: the service works. Answers how many dossiers there are.
fn it_follows(machine: &mut Booted, emulator: &Emulator) -> usize {
    let before = emulator.read_world().count_visible(12_345);
    assert!(emulator.world().deposit(12_345).is_some());
    let all = emulator.read_world().count_visible(12_345);
    assert_eq!(all, before + 1);
    machine.until_count(DOSSIERS, all);
    all
}

#[test]
fn the_package_waits_for_its_token_then_serves_and_says_where_it_stands() {
    let Some(mut machine) = Booted::boot() else { return };
    let emulator = emulator(50, 1);
    machine.install(&emulator);
    assert_eq!(machine.shows("ActiveState"), "inactive", "it started before it had a token");
    assert_eq!(machine.does("systemctl is-enabled ami-sync"), "enabled");
    for (path, expected) in [
        ("/etc/ami-sync", "750 root ami-sync"),
        ("/etc/ami-sync/config.toml", "640 root ami-sync"),
        ("/etc/ami-sync/api-token", "600 root root"),
        ("/var/lib/ami-sync", "750 ami-sync ami-sync"),
    ] {
        assert_eq!(machine.does(&format!("stat -c '%a %U %G' {path}")), expected, "{path}");
    }
    for page in ["ami-sync", "ami-sync-dossiers", "ami-sync-alerts-list"] {
        machine.does(&format!("gzip -dc /usr/share/man/man1/{page}.1.gz | grep -q ^.SH"));
    }
    machine.does("bash -n /usr/share/bash-completion/completions/ami-sync");
    machine.does("systemctl start ami-sync");
    assert_eq!(machine.shows("ActiveState"), "active");
    machine.says("ami-ia-2 : à jour à");
    machine.until_count(DOSSIERS, 50);
    let all = it_follows(&mut machine, &emulator);
    let took = "$(systemctl show ami-sync --value -p ActiveEnterTimestampMonotonic) - \
                $(systemctl show ami-sync --value -p ExecMainStartTimestampMonotonic)";
    say(&format!("from its start to READY: {} µs", machine.does(&format!("echo $(({took}))"))));
    let security = machine.does("systemd-analyze security --no-pager --threshold=11 ami-sync | tail -1");
    say(&format!("systemd-analyze security, the installed service: {security}"));
    assert_eq!(machine.does("systemd-analyze verify --man=no ami-sync.service 2>&1"), "");
    let journal = machine.does("journalctl -u ami-sync -o json --no-pager");
    for field in ["\"AMI_CALL\":\"ami-ia-2\"", "\"AMI_PASS\":\"1\""] {
        assert!(journal.contains(field), "{field} is not in {journal}");
    }
    assert!(!journal.contains(emulator.token()), "the token is in the journal");
    // Whoever is in the group reads, whoever is not does not.
    machine.does("useradd -G ami-sync lectrice && useradd passant");
    let read = |who: &str| {
        let mirror = "/var/lib/ami-sync/mirror.db";
        format!("setpriv --reuid={who} --regid={who} --init-groups sqlite3 -readonly {mirror} '{DOSSIERS}'")
    };
    assert_eq!(machine.does(&read("lectrice")), all.to_string());
    assert_ne!(machine.run(&read("passant")).code, Some(0));
    machine.does("systemctl stop ami-sync");
    assert_eq!(machine.does(&read("lectrice")), all.to_string());
}

#[test]
fn a_reload_takes_a_good_configuration_and_keeps_the_one_before_a_bad_one() {
    let Some(mut machine) = Booted::boot() else { return };
    let emulator = emulator(20, 1);
    machine.install(&emulator);
    machine.starts();
    let process = machine.shows("MainPID");
    machine.does("sed -i s/ami-ia-2/autre-nom/ /etc/ami-sync/config.toml; systemctl reload ami-sync");
    machine.says("autre-nom : à jour à");
    machine.does("sed -i s/deadline/dedline/ /etc/ami-sync/config.toml; systemctl reload ami-sync");
    machine.says("configuration refusée");
    assert!(machine.shows("StatusText").contains("« dedline »"));
    it_follows(&mut machine, &emulator);
    machine.does("sed -i s/dedline/deadline/ /etc/ami-sync/config.toml; systemctl reload ami-sync");
    machine.until("systemctl show ami-sync --value -p StatusText", |told| !told.contains("refusée"));
    assert_eq!((machine.shows("MainPID"), machine.shows("NRestarts")), (process, "0".to_owned()));
}

#[test]
fn a_new_token_takes_a_restart_that_loses_nothing() {
    let Some(mut machine) = Booted::boot() else { return };
    let emulator = emulator(20, 1);
    machine.install(&emulator);
    machine.give_token("cGFzIGxlIGJvbg==");
    machine.does("systemctl start ami-sync");
    machine.says("en échec depuis");
    machine.give_token(emulator.token());
    let took =
        machine.does("s=$(date +%s%N); systemctl restart ami-sync; echo $((($(date +%s%N) - s) / 1000000))");
    say(&format!("a restart of the installed service: {took} ms"));
    machine.says("ami-ia-2 : à jour à");
    machine.until_count(DOSSIERS, 20);
    assert_eq!(machine.shows("NRestarts"), "0", "systemd had to start it again");
}

#[test]
fn secrets_of_channels_reach_the_service_and_nobody_else() {
    let Some(mut machine) = Booted::boot() else { return };
    let (emulator, sink) = (emulator(20, 1), Sink::start());
    machine.install(&emulator);
    assert_eq!(machine.does("stat -c '%a %U' /etc/ami-sync/secrets"), "700 root");
    machine.does("(umask 077; echo whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw > /etc/ami-sync/secrets/suivi)");
    let channel = format!(
        "[[channels]]\nname = \"suivi\"\ntype = \"webhook\"\nevents = [\"ineligible\", \"late\", \"to_review\"]\n\
         url = \"{}\"\nallow_private = true\n\
         secret_files = [\"/run/credentials/ami-sync.service/secrets_suivi\"]\n",
        sink.url()
    );
    std::fs::write(machine.desk("channel"), channel).unwrap();
    machine.does("cat /run/box-out/channel >> /etc/ami-sync/config.toml");
    machine.starts();
    machine.until_count("SELECT COUNT(*) > 0 FROM alerts WHERE state = \"sent\"", 1);
    assert!(sink.received().iter().all(|one| one.header("webhook-signature").is_some()));
    // Root may try the channels while the service runs; a reader of the mirror may not read their secrets.
    machine.does("ami-sync --config /etc/ami-sync/config.toml alerts test");
    machine.does("useradd -G ami-sync lectrice");
    for secret in ["/etc/ami-sync/secrets/suivi", "/run/credentials/ami-sync.service/secrets_suivi"] {
        let read = format!("setpriv --reuid=lectrice --regid=lectrice --init-groups cat {secret}");
        assert_ne!(machine.run(&read).code, Some(0), "a reader of the mirror read {secret}");
    }
}

#[test]
fn what_root_reads_before_the_first_start_is_the_services() {
    let Some(mut machine) = Booted::boot() else { return };
    let emulator = emulator(20, 1);
    machine.install(&emulator);
    let sync = "ami-sync --config /etc/ami-sync/config.toml --quiet sync";
    machine.does(&format!("umask 022; AMI_SYNC_API_TOKEN=$(cat /etc/ami-sync/api-token) {sync}"));
    assert_eq!(
        machine.does("stat -c '%a %U %G' /var/lib/ami-sync/* | sort -u"),
        "640 ami-sync ami-sync",
        "a file that the service could not write, or that others could read"
    );
    machine.starts();
    it_follows(&mut machine, &emulator);
}

#[test]
fn behind_a_proxy_the_drop_in_closes_it_further_and_it_still_works() {
    let Some(mut machine) = Booted::boot() else { return };
    let emulator = emulator(20, 1);
    machine.install(&emulator);
    let (shipped, taken) =
        ("/usr/share/doc/ami-sync/ami-sync.service.d", "/etc/systemd/system/ami-sync.service.d");
    machine.does(&format!("install -Dm 644 {shipped}/egress-proxy.conf {taken}/egress-proxy.conf"));
    machine.does("systemctl daemon-reload; systemctl start ami-sync");
    machine.says("ami-ia-2 : à jour à");
    let security = machine.does("systemd-analyze security --no-pager --threshold=9 ami-sync | tail -1");
    say(&format!("systemd-analyze security, behind a proxy: {security}"));
    // systemd keeps a set, in no order.
    let denied = machine.shows("IPAddressDeny");
    assert_eq!(denied.split(' ').collect::<BTreeSet<_>>(), BTreeSet::from(["0.0.0.0/0", "::/0"]));
}

#[test]
fn a_service_that_hangs_is_killed_and_started_anew() {
    let Some(mut machine) = Booted::boot() else { return };
    let emulator = emulator(20, 1);
    machine.install(&emulator);
    machine.add_to_unit("WatchdogSec=2s\\nTimeoutAbortSec=1s\\nRestartSec=200ms\\n");
    machine.does("systemctl start ami-sync");
    machine.until_count(DOSSIERS, 20);
    let hung = machine.shows("MainPID");
    machine.does(&format!("kill -STOP {hung}"));
    machine.until("systemctl show ami-sync --value -p NRestarts", |told| told != "0");
    machine.until("systemctl is-active ami-sync", |told| told == "active");
    assert_ne!(machine.shows("MainPID"), hung);
    it_follows(&mut machine, &emulator);
    let restarts = machine.shows("NRestarts");
    machine.does("sleep 5");
    assert_eq!(machine.shows("NRestarts"), restarts, "a service that works was killed");
}

#[test]
fn told_to_stop_in_a_first_reading_it_is_gone_within_five_seconds() {
    let Some(mut machine) = Booted::boot() else { return };
    let emulator = emulator(3_000, 1);
    emulator.inject(Fault::Latency(300));
    machine.install(&emulator);
    // Past five seconds systemd kills it, and says so.
    machine.add_to_unit("TimeoutStopSec=5s\\n");
    machine.does("systemctl start ami-sync");
    machine.until(&format!("sqlite3 -readonly /var/lib/ami-sync/mirror.db '{DOSSIERS}'"), |told| {
        told.parse().is_ok_and(|count: usize| count > 0)
    });
    let took =
        machine.does("s=$(date +%s%N); systemctl stop ami-sync; echo $((($(date +%s%N) - s) / 1000000))");
    say(&format!("a stop of the installed service in a first reading: {took} ms"));
    assert_eq!((machine.shows("Result"), machine.shows("ExecMainStatus")), ("success".into(), "0".into()));
    let kept = machine.count(DOSSIERS);
    assert!(kept < 3_000 && kept % 100 == 0, "{kept} were kept");
    assert_eq!(machine.count("SELECT COUNT(*) FROM sync_runs WHERE outcome = \"interrupted\""), 1);
    emulator.clear_faults();
    machine.does("systemctl start ami-sync");
    machine.until_count(DOSSIERS, 3_000);
}

#[test]
fn settings_that_cannot_be_are_told_once_and_not_tried_again() {
    let Some(mut machine) = Booted::boot() else { return };
    let emulator = emulator(20, 1);
    machine.install(&emulator);
    machine.add_to_unit("RestartSec=100ms\\n");
    machine.does("sed -i s/deadline/dedline/ /etc/ami-sync/config.toml");
    assert_ne!(machine.run("systemctl start ami-sync").code, Some(0));
    machine.does("sleep 1");
    assert_eq!((machine.shows("ExecMainStatus"), machine.shows("NRestarts")), ("2".into(), "0".into()));
    let journal = machine.does("journalctl -u ami-sync -o cat --no-pager");
    assert!(journal.contains("dedline") && journal.contains("deadline"), "no remedy: {journal}");
}

/// The same package under an earlier number, its template of settings another one.
fn earlier(machine: &Booted) {
    let tree = machine.desk("earlier");
    let dpkg_deb = |arguments: &[&str], path: &std::path::Path, to: &std::path::Path| {
        let done = Command::new("dpkg-deb").args(arguments).arg(path).arg(to).output().unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    };
    dpkg_deb(&["-R"], &machine.desk("ami-sync.deb"), &tree);
    let control = std::fs::read_to_string(tree.join("DEBIAN/control")).unwrap();
    let numbered = control.lines().map(|line| match line.strip_prefix("Version:") {
        Some(_) => "Version: 0.0.1-1\n".to_owned(),
        None => format!("{line}\n"),
    });
    std::fs::write(tree.join("DEBIAN/control"), numbered.collect::<String>()).unwrap();
    let template = tree.join("etc/ami-sync/config.toml");
    let text = std::fs::read_to_string(&template).unwrap();
    std::fs::write(&template, format!("# Un modèle d’avant.\n{text}")).unwrap();
    dpkg_deb(&["-Znone", "-b"], &tree, &machine.desk("earlier.deb"));
}

#[test]
fn an_upgrade_keeps_settings_and_data_and_restarts_the_service() {
    let Some(mut machine) = Booted::boot() else { return };
    let emulator = emulator(50, 1);
    earlier(&machine);
    machine.does("mv /run/box-out/ami-sync.deb /run/box-out/newer.deb");
    machine.does("mv /run/box-out/earlier.deb /run/box-out/ami-sync.deb");
    machine.install(&emulator);
    assert_eq!(machine.does("dpkg-query -W -f '${Version}' ami-sync"), "0.0.1-1");
    machine.does("systemctl start ami-sync");
    machine.until_count(DOSSIERS, 50);
    let mut chance = Chance::acts(7);
    for _ in 0..30 {
        emulator.world().random_act(&mut chance);
    }
    machine
        .until("sqlite3 -readonly /var/lib/ami-sync/mirror.db 'SELECT COUNT(*) > 0 FROM changes'", |told| {
            told == "1"
        });
    machine.does(
        "sqlite3 -readonly /var/lib/ami-sync/mirror.db 'SELECT * FROM changes ORDER BY id' > /root/changes",
    );
    let (process, settings) = (machine.shows("MainPID"), machine.does("cat /etc/ami-sync/config.toml"));
    // The template changed and so did the settings: theirs stay, nobody is asked.
    machine.does("dpkg --force-confold -i /run/box-out/newer.deb");
    assert_ne!(machine.does("dpkg-query -W -f '${Version}' ami-sync"), "0.0.1-1");
    assert_eq!(machine.shows("ActiveState"), "active");
    assert_ne!(machine.shows("MainPID"), process, "the earlier one still runs");
    assert_eq!(machine.does("cat /etc/ami-sync/config.toml"), settings);
    assert_eq!(machine.does("stat -c '%a %U %G' /etc/ami-sync/config.toml"), "640 root ami-sync");
    machine.does(
        "sqlite3 -readonly /var/lib/ami-sync/mirror.db 'SELECT * FROM changes ORDER BY id' | \
         head -n $(wc -l < /root/changes) | cmp - /root/changes",
    );
    it_follows(&mut machine, &emulator);
}

#[test]
fn an_upgrade_that_changes_the_mirror_copies_it_first() {
    let Some(mut machine) = Booted::boot() else { return };
    let emulator = emulator(20, 1);
    machine.install(&emulator);
    std::fs::write(machine.desk("first.sql"), first_versions_mirror()).unwrap();
    machine.does("setpriv --reuid=ami-sync --regid=ami-sync --clear-groups sqlite3 /var/lib/ami-sync/mirror.db < /run/box-out/first.sql");
    let before = machine
        .does("sqlite3 -readonly /var/lib/ami-sync/mirror.db 'SELECT number, date_depot FROM dossiers'");
    machine.starts();
    let copy = "/var/lib/ami-sync/mirror.db.before-2";
    assert_eq!(machine.does(&format!("stat -c '%a %U %G' {copy}")), "440 ami-sync ami-sync");
    let copied = machine.does(&format!("sqlite3 -readonly {copy} 'SELECT number, date_depot FROM dossiers'"));
    assert_eq!(copied, before);
    for row in before.lines() {
        let number = row.split('|').next().unwrap();
        assert_eq!(machine.count(&format!("SELECT COUNT(*) FROM dossiers WHERE number = {number}")), 1);
    }
}

#[test]
fn the_package_says_what_it_is_made_of_and_the_oldest_library_it_runs_on() {
    let Some(mut machine) = Booted::boot() else { return };
    let depends = machine.does("dpkg-deb -f /run/box-out/ami-sync.deb Depends");
    let baseline = depends.split("libc6 (>= ").nth(1).and_then(|rest| rest.split(')').next()).unwrap();
    say(&format!("the oldest glibc: {baseline}"));
    // That of Debian 12, which docs/OPERATIONS.md promises.
    assert!(machine.run(&format!("dpkg --compare-versions {baseline} le 2.36")).code == Some(0), "{depends}");
    machine.does("dpkg-deb -x /run/box-out/ami-sync.deb /run/box-out/unpacked");
    let parts =
        std::fs::read_to_string(machine.desk("unpacked/usr/share/doc/ami-sync/ami-sync.cdx.json")).unwrap();
    let parts: serde_json::Value = serde_json::from_str(&parts).unwrap();
    let names: Vec<&str> =
        parts["components"].as_array().unwrap().iter().filter_map(|it| it["name"].as_str()).collect();
    for name in ["rusqlite", "rustls", "tokio", "lettre"] {
        assert!(names.contains(&name), "{name} is not on the list of components");
    }
    // The same list, shorter, is in the binary itself: `cargo audit bin` reads it.
    let sections = Command::new("readelf").arg("-SW").arg(machine.desk("unpacked/usr/bin/ami-sync")).output();
    assert!(
        String::from_utf8(sections.unwrap().stdout).unwrap().contains(".dep-v0"),
        "not built by cargo auditable"
    );
}

#[test]
fn a_purge_asks_nothing_and_leaves_nothing() {
    let Some(mut machine) = Booted::boot() else { return };
    let emulator = emulator(20, 1);
    machine.install(&emulator);
    machine.does("systemctl start ami-sync");
    machine.until_count(DOSSIERS, 20);
    machine.does("dpkg --remove ami-sync");
    assert_eq!(machine.does("ls /var/lib/ami-sync/mirror.db /etc/ami-sync/config.toml | wc -l"), "2");
    machine.does("dpkg --purge ami-sync");
    for path in ["/var/lib/ami-sync", "/etc/ami-sync", "/usr/bin/ami-sync", "/usr/share/doc/ami-sync"] {
        machine.does(&format!("! test -e {path}"));
    }
    machine.does("! getent passwd ami-sync && ! getent group ami-sync");
    assert_eq!(machine.does("systemctl list-unit-files 'ami-sync*' --no-legend | wc -l"), "0");
}
