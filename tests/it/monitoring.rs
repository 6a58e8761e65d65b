//! What monitoring sees of the service, through real sockets and Prometheus's own tool.

use std::collections::BTreeSet;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Command, Stdio};

use ami_sync::store::{Cell, Reader, StoreError};
use ds_emulator::{Chance, Emulator, Fault};

use crate::binary::{Desk, not_tested};
use crate::harness::emulator;
use crate::service::{Service, busy_desk, until};

/// A desk whose service listens, and where.
pub fn listening_desk(emulator: &Emulator) -> (Desk, SocketAddr) {
    let desk = busy_desk(emulator);
    // Free a moment ago: nothing else on this machine asks for this very port.
    let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    desk.edit("[[calls]]", &format!("[web]\nlisten = \"{address}\"\nfresh_within = \"1s\"\n[[calls]]"));
    (desk, address)
}

/// The status and the body of an answer.
pub fn get(address: SocketAddr, path: &str) -> (u16, String) {
    let mut stream = TcpStream::connect(address).unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head.split(' ').nth(1).unwrap().parse().unwrap(), body.to_owned())
}

fn wait_for(address: SocketAddr, path: &str, status: u16) -> String {
    let end = std::time::Instant::now() + std::time::Duration::from_secs(60);
    loop {
        let (found, body) = get(address, path);
        if found == status {
            return body;
        }
        assert!(std::time::Instant::now() < end, "{path} answers {found}: {body}");
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
}

/// What a command of Prometheus says, if it is on this machine.
fn promtool(arguments: &[&str], input: &str) -> Option<(bool, String)> {
    let child = Command::new("promtool")
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let Ok(mut child) = child else {
        not_tested(&format!("promtool (Debian's package prometheus) is not here: {arguments:?}"));
        return None;
    };
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let told = [output.stdout, output.stderr].concat();
    Some((output.status.success(), String::from_utf8(told).unwrap()))
}

#[test]
fn it_is_healthy_ready_while_the_mirror_is_fresh_and_shows_figures_that_prometheus_reads() {
    let emulator = emulator(30, 1);
    let (desk, address) = listening_desk(&emulator);
    let mut service = Service::start(&desk, &[]);
    service.hears("à jour à");
    assert_eq!(get(address, "/healthz"), (200, "ok\n".to_owned()));
    assert!(wait_for(address, "/readyz", 200).starts_with("ami-ia-2 fresh: last good pass "));
    let (status, body) = get(address, "/metrics");
    assert_eq!(status, 200);
    for figure in [
        "ami_sync_last_success_age_seconds{call=\"ami-ia-2\"} ",
        "ami_sync_dossiers_by_state{call=\"ami-ia-2\",state=\"en_construction\"} ",
        "ami_sync_dossiers_by_verdict{call=\"ami-ia-2\",verdict=\"eligible\"} ",
        "ami_sync_alerts{state=\"pending\"} 0",
        "ami_sync_unknown_elements{kind=\"typename\"} 0",
        "ami_sync_mirror_bytes{file=\"db\"} ",
        "ami_sync_pages_total{call=\"ami-ia-2\"} ",
        "ami_sync_pass_duration_seconds_count{call=\"ami-ia-2\",outcome=\"done\"} ",
        "ami_sync_request_duration_seconds_bucket{status=\"200\",le=\"0.1\"} ",
    ] {
        assert!(body.contains(figure), "{figure} is not in:\n{body}");
    }
    if let Some((good, told)) = promtool(&["check", "metrics"], &body) {
        assert!(good && told.trim().is_empty(), "{told}");
    }
    emulator.inject(Fault::BadGateway);
    assert!(wait_for(address, "/readyz", 503).starts_with("ami-ia-2 stale"));
    assert!(get(address, "/metrics").1.contains("ami_sync_request_failures_total{kind=\"server\"} "));
    assert_eq!(get(address, "/healthz").0, 200, "a platform that is gone is no illness of ours");
    service.stop();
}

#[test]
fn a_reload_moves_the_listener_or_keeps_it() {
    let emulator = emulator(12, 1);
    let (desk, address) = listening_desk(&emulator);
    let mut service = Service::start(&desk, &[]);
    service.hears("à jour à");
    service.signal("HUP");
    service.hears("RELOADING=1");
    service.hears("READY=1");
    assert_eq!(get(address, "/healthz").0, 200);
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let other = taken.local_addr().unwrap();
    desk.edit(&address.to_string(), &other.to_string());
    service.signal("HUP");
    service.hears("un autre service l’a peut-être");
    assert_eq!(get(address, "/healthz").0, 200);
    drop(taken);
    service.signal("HUP");
    service.hears("RELOADING=1");
    service.hears("STATUS=ami-ia-2");
    assert_eq!(get(other, "/healthz").0, 200);
    assert!(TcpStream::connect(address).is_err(), "the old address is still listened to");
    service.stop();
}

#[test]
fn nothing_is_listened_to_unless_it_is_asked_for_and_pages_never_beyond_this_machine() {
    let emulator = emulator(12, 1);
    let desk = Desk::at(&emulator);
    desk.edit("[[calls]]", "[web]\nlisten = \"0.0.0.0:0\"\npages = true\n[[calls]]");
    let answer = desk.run(&["run"]);
    assert_eq!(answer.code, Some(2));
    assert!(answer.err.contains("données personnelles"), "{}", answer.err);
}

#[test]
fn the_rules_fire_when_they_should() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/deploy");
    for (command, file) in [("check", "alerts.rules.yml"), ("test", "alerts.test.yml")] {
        let path = PathBuf::from(folder).join(file);
        let Some((good, told)) = promtool(&[command, "rules", path.to_str().unwrap()], "") else { return };
        assert!(good, "{told}");
    }
}

/// The samples of a page of figures, each as it is told: its name, its labels.
fn samples(page: &str) -> Vec<&str> {
    let lines = page.lines().filter(|line| !line.starts_with('#'));
    lines.filter_map(|line| line.rsplit_once(' ')).map(|(sample, _)| sample).collect()
}

/// A service that has met all that figures count, and its page of figures.
fn seasoned_figures() -> String {
    let emulator = emulator(30, 1);
    let (desk, address) = listening_desk(&emulator);
    desk.edit("[[calls]]", "[[channels]]\nname = \"journal\"\ntype = \"log\"\nevents = []\n[[calls]]");
    let mut service = Service::start(&desk, &[]);
    service.hears("à jour à");
    // Failures are counted from the first one on.
    emulator.inject_for(1, Fault::BadGateway);
    let end = std::time::Instant::now() + std::time::Duration::from_secs(60);
    let mut page = String::new();
    while !page.contains("ami_sync_request_failures_total{") {
        assert!(std::time::Instant::now() < end, "the failure is not counted: {page}");
        page = get(address, "/metrics").1;
    }
    service.stop();
    page
}

/// The targets of a dashboard's panels: expression and legend.
fn targets(value: &serde_json::Value) -> Vec<(String, String)> {
    let panels = value["panels"].as_array().unwrap().iter();
    let targets = panels.flat_map(|panel| panel["targets"].as_array().unwrap());
    let text = |target: &serde_json::Value, key: &str| target[key].as_str().unwrap().to_owned();
    targets.map(|target| (text(target, "expr"), text(target, "legendFormat"))).collect()
}

#[test]
fn rules_and_dashboard_name_figures_that_exist() {
    let page = seasoned_figures();
    let known: BTreeSet<&str> =
        samples(&page).into_iter().filter_map(|sample| sample.split('{').next()).collect();
    let rules = include_str!("../../deploy/alerts.rules.yml");
    let dashboard = include_str!("../../deploy/grafana/ami-sync.json");
    for text in [rules, dashboard] {
        for found in text.split("ami_sync_").skip(1) {
            let name: String = found.chars().take_while(|c| c.is_ascii_lowercase() || *c == '_').collect();
            assert!(known.contains(format!("ami_sync_{name}").as_str()), "ami_sync_{name} is no figure");
        }
    }
    for (_, legend) in targets(&serde_json::from_str(dashboard).unwrap()) {
        for label in legend.split("{{").skip(1).filter_map(|rest| rest.split("}}").next()) {
            assert!(page.contains(&format!("{label}=\"")), "no figure has a label {label}");
        }
    }
}

/// Prometheus itself draws each curve of the dashboard from the figures of a real service: none is empty.
#[test]
fn each_curve_of_the_dashboard_has_values() {
    let page = seasoned_figures();
    let dashboard = serde_json::from_str(include_str!("../../deploy/grafana/ami-sync.json")).unwrap();
    let targets = targets(&dashboard);
    assert!(targets.len() >= 12, "{targets:?}");
    let quoted = |text: &str| format!("'{}'", text.replace('\'', "''"));
    let mut rules = String::from("groups:\n- name: curves\n  rules:\n");
    let mut tests = String::from(
        "rule_files: [curves.yml]\nevaluation_interval: 1m\ntests:\n- interval: 1m\n  input_series:\n",
    );
    for sample in samples(&page) {
        tests.push_str(&format!("  - {{series: {}, values: '0+1x20'}}\n", quoted(sample)));
    }
    tests.push_str("  alert_rule_test:\n");
    for (index, (expression, _)) in targets.iter().enumerate() {
        let drawn = quoted(&format!("count({expression}) > 0"));
        rules.push_str(&format!("  - {{alert: Curve{index}, expr: {drawn}}}\n"));
        let told = format!("{{eval_time: 15m, alertname: Curve{index}, exp_alerts: [{{exp_labels: {{}}}}]}}");
        tests.push_str(&format!("  - {told}\n"));
    }
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("curves.yml"), rules).unwrap();
    let path = folder.path().join("test.yml");
    std::fs::write(&path, tests).unwrap();
    let Some((good, told)) = promtool(&["test", "rules", path.to_str().unwrap()], "") else { return };
    assert!(good, "{told}");
}

/// Every text of the mirror that tells of a person: long enough that no chance makes it.
fn personal(desk: &Desk) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for sql in [
        "SELECT usager_email FROM dossiers UNION SELECT demandeur_email FROM dossiers
         UNION SELECT email FROM instructeurs UNION SELECT email FROM messages",
        "SELECT string_value FROM champs WHERE length(string_value) > 12 AND type = 'TextChamp'",
        "SELECT body FROM messages UNION SELECT nom || ' ' || prenom FROM dossiers
         UNION SELECT raison_sociale FROM dossiers UNION SELECT siret FROM dossiers",
    ] {
        let mut reader = Reader::open(&desk.path("mirror.db")).unwrap();
        let read = reader.query::<StoreError>(
            sql,
            |_| Ok(()),
            |row| {
                if let Cell::Text(text) = &row[0]
                    && text.len() > 6
                {
                    found.insert(text.clone());
                }
                Ok(())
            },
        );
        read.unwrap();
    }
    found
}

#[test]
fn neither_log_nor_figure_nor_error_tells_of_a_person_or_of_the_token() {
    let emulator = emulator(60, 1);
    let (desk, address) = listening_desk(&emulator);
    let mut service = Service::start(&desk, &[]);
    service.hears("à jour à");
    let (mut chance, mut told) = (Chance::acts(11), String::new());
    let first = emulator.read_world().visible_numbers(ds_emulator::DEMARCHE_NUMBER)[0];
    for fault in [Fault::BadGateway, Fault::HtmlInstead, Fault::TruncatedJson, Fault::CrashOn(first)] {
        emulator.inject_for(3, fault);
        for _ in 0..10 {
            emulator.world().random_act(&mut chance);
        }
        let before = crate::service::count(&desk, "SELECT MAX(id) FROM sync_runs");
        until(&desk, &format!("SELECT MAX(id) > {before} + 1 FROM sync_runs"), 1);
        told.push_str(&get(address, "/metrics").1);
        told.push_str(&get(address, "/readyz").1);
    }
    told.push_str(&service.said.join("\n"));
    told.push_str(&service.stop().join("\n"));
    let answer = desk.run(&["-vv", "sync", "--full"]);
    told.push_str(&answer.out);
    told.push_str(&answer.err);
    assert!(
        told.contains("ami_sync_dossiers_by_state") && told.contains("elapsed_ms"),
        "nothing was gathered"
    );
    let mut secrets = personal(&desk);
    assert!(secrets.len() > 100, "only {} texts to look for", secrets.len());
    secrets.insert(emulator.token().to_owned());
    let leaked: Vec<&String> = secrets.iter().filter(|secret| told.contains(*secret)).collect();
    assert!(leaked.is_empty(), "{leaked:?}");
}
