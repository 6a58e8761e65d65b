//! A channel that delivers nothing loses nothing, and people know by another.

use std::path::Path;
use std::time::Duration;

use ami_sync::alert::Retry;
use ami_sync::config::Config;
use serde_json::Value;

use crate::alerts::{acknowledge, alerts, bench, config, counted, drain, leave, webhook};
use crate::harness::{Bench, emulator};
use crate::monitoring::{get, listening_desk};
use crate::servers::{Server, free_port};
use crate::service::{Service, until};
use crate::sink::{Reply, Sink};

const PATIENT: Retry =
    Retry { base: Duration::from_millis(5), give_up_after: Duration::from_secs(72 * 3_600) };

const ALL: &str = "[alerts]\nfirst_fill = \"each\"\n";

/// A channel to a real mail server, whose password is in this file.
fn email(folder: &Path, server: &Value) -> String {
    format!(
        "[[channels]]\nname = \"jury\"\ntype = \"email\"\nevents = [\"ineligible\", \"late\", \"channel_failing\"]\n\
         host = \"localhost\"\nport = {}\ntls = \"starttls\"\nca_file = {}\nusername = \"ami-sync\"\n\
         password_file = \"{}\"\nfrom = \"ami-sync@exemple.fr\"\nto = [\"jury@exemple.fr\"]\ntimeout = \"5s\"\n\
         rate = 1000000\n",
        server["port"],
        server["ca"],
        folder.join("password").display()
    )
}

/// A channel for whoever keeps the service.
fn keeper(folder: &Path, sink: &Sink) -> String {
    let events = "\"channel_failing\", \"dead_letter\", \"recovered\"";
    webhook(folder, sink, "")
        .replace("\"hook\"", "\"equipe\"")
        .replace("\"ineligible\", \"late\", \"to_review\"", events)
}

/// What the keeper was told, as the receiver has it: the event, the channel, the note.
fn told(sink: &Sink) -> Vec<(String, String, String)> {
    let bodies = sink.received().into_iter().map(|one| serde_json::from_slice::<Value>(&one.body).unwrap());
    let notices = bodies.flat_map(|body| body["data"]["alerts"].as_array().unwrap().clone());
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    notices.map(|one| (text(&one["event"]), text(&one["channel"]), text(&one["note"]))).collect()
}

async fn look_and_drain(bench: &Bench, config: &Config) {
    bench.engine().watch().await.unwrap();
    drain(bench, config, PATIENT).await;
}

#[tokio::test]
async fn a_wrong_password_is_told_at_once_by_another_channel_and_loses_no_alert() {
    let (folder, sink) = (tempfile::tempdir().unwrap(), Sink::start());
    let mut server = Server::start("smtp.py", &["starttls", &free_port()]);
    let where_it_is = server.told();
    std::fs::write(folder.path().join("password"), "m0t-faux").unwrap();
    let both = format!("{ALL}{}{}", email(folder.path(), &where_it_is), keeper(folder.path(), &sink));
    let config = config(&both);
    let bench = bench(40, &config);
    bench.pass().await;
    let waiting = alerts(&bench).len();
    assert!(waiting > 3);
    drain(&bench, &config, PATIENT).await;
    let [(event, channel, note)] = told(&sink).try_into().unwrap();
    assert_eq!((event.as_str(), channel.as_str()), ("channel_failing", "jury"));
    assert!(note.contains("localhost refuse l’identifiant ou le mot de passe (535)"), "{note}");
    assert!(!note.contains("m0t-faux"), "the password left");
    // However often it is tried and looked at.
    for _ in 0..3 {
        bench.advance(120);
        look_and_drain(&bench, &config).await;
    }
    assert_eq!(told(&sink).len(), 1);
    let jury: Vec<_> = alerts(&bench).into_iter().filter(|alert| alert.channel == "jury").collect();
    assert_eq!(jury.len(), waiting, "nothing of itself goes to a channel that delivers nothing");
    assert!(jury.iter().all(|alert| alert.state == "pending"), "nothing is lost");
    assert!(bench.reader().backlog().unwrap()[0].failing_since.is_some());
    // Mended: what waited leaves at once, and that is told once.
    std::fs::write(folder.path().join("password"), "s3cret").unwrap();
    bench.engine().take_over_channels().await.unwrap();
    drain(&bench, &config, PATIENT).await;
    assert!(alerts(&bench).iter().all(|alert| alert.state == "sent"));
    assert_eq!(server.told()["user"], "ami-sync");
    let events: Vec<String> = told(&sink).into_iter().map(|(event, ..)| event).collect();
    assert_eq!(events, ["channel_failing", "recovered"]);
}

#[tokio::test]
async fn what_mends_itself_is_given_an_hour() {
    let (folder, sink, down) = (tempfile::tempdir().unwrap(), Sink::start(), Sink::start());
    let broken = webhook(folder.path(), &down, "");
    let config = config(&format!("{ALL}{broken}{}", keeper(folder.path(), &sink)));
    let bench = bench(40, &config);
    bench.pass().await;
    down.always(Reply::Status(503, None));
    for expected in [0, 0, 1, 1] {
        drain(&bench, &config, PATIENT).await;
        look_and_drain(&bench, &config).await;
        assert_eq!(told(&sink).len(), expected);
        bench.advance(1_801);
    }
    down.always(Reply::Status(200, None));
    drain(&bench, &config, PATIENT).await;
    look_and_drain(&bench, &config).await;
    assert_eq!(counted(&bench).get("equipe recovered"), Some(&1));
}

#[tokio::test]
async fn a_dead_letter_is_told_once_by_another_channel_until_somebody_has_seen_to_it() {
    let (folder, sink, picky) = (tempfile::tempdir().unwrap(), Sink::start(), Sink::start());
    let hook = webhook(folder.path(), &picky, "").replace("\"late\"", "\"withdrawn\", \"late\"");
    let config = config(&format!("{ALL}{hook}{}", keeper(folder.path(), &sink)));
    let bench = bench(40, &config);
    bench.pass().await;
    picky.always(Reply::Status(400, None));
    drain(&bench, &config, PATIENT).await;
    look_and_drain(&bench, &config).await;
    look_and_drain(&bench, &config).await;
    let [(event, channel, note)] = told(&sink).try_into().unwrap();
    assert_eq!((event.as_str(), channel.as_str()), ("dead_letter", "hook"));
    assert!(note.contains("refuse ce message (400)"), "{note}");
    let dead: Vec<i64> =
        alerts(&bench).into_iter().filter(|alert| alert.state == "dead").map(|alert| alert.id).collect();
    assert!(dead.len() > 3, "all were refused, and that is one episode");
    for id in dead {
        acknowledge(&bench, id);
    }
    look_and_drain(&bench, &config).await;
    assert_eq!(counted(&bench).get("equipe recovered"), None, "the channel never failed");
    // Another one, later, is told again.
    leave(&bench, 1);
    bench.pass().await;
    drain(&bench, &config, PATIENT).await;
    look_and_drain(&bench, &config).await;
    assert_eq!(told(&sink).len(), 2);
}

#[tokio::test]
async fn a_channel_that_is_no_longer_configured_has_not_recovered() {
    let (folder, sink, down) = (tempfile::tempdir().unwrap(), Sink::start(), Sink::start());
    let equipe = keeper(folder.path(), &sink);
    let both = config(&format!("{ALL}{}{equipe}", webhook(folder.path(), &down, "")));
    let mut bench = bench(40, &both);
    bench.pass().await;
    down.always(Reply::Status(401, None));
    drain(&bench, &both, PATIENT).await;
    look_and_drain(&bench, &both).await;
    assert_eq!(counted(&bench).get("equipe channel_failing"), Some(&1));
    let one = config(&format!("{ALL}{equipe}"));
    bench.plan = one.plan();
    bench.restart();
    bench.engine().take_over_channels().await.unwrap();
    look_and_drain(&bench, &one).await;
    assert_eq!(counted(&bench).get("equipe recovered"), None);
    assert!(bench.reader().list_channels().unwrap().iter().all(|line| line.name != "hook"));
}

#[test]
fn the_service_says_it_in_its_log_its_figures_its_status_and_its_check() {
    let emulator = emulator(40, 3);
    let (desk, address) = listening_desk(&emulator);
    let mut server = Server::start("smtp.py", &["starttls", &free_port()]);
    let channel = email(desk.folder.path(), &server.told());
    desk.write("password", "m0t-faux");
    desk.edit("[[calls]]", &format!("{ALL}{channel}[[calls]]"));
    let service = Service::start(&desk, &[]);
    let line = service.logs("a channel delivers nothing until it is mended");
    assert!(line.contains("\"level\":\"ERROR\"") && line.contains("jury"), "{line}");
    let figures = get(address, "/metrics").1;
    assert!(figures.contains("ami_sync_channel_failing{channel=\"jury\"} 1"), "{figures}");
    let status = desk.run(&["status"]).out;
    assert!(status.contains("canal jury : ") && status.contains("en panne depuis le "), "{status}");
    assert!(status.contains("mot de passe (535). Vérifiez l’identifiant"), "{status}");
    assert_eq!(desk.run(&["check"]).code, Some(3));
    assert!(desk.run(&["alerts", "list"]).out.contains("mot de passe (535)"));
    // A reload takes the new password, and what waited leaves.
    desk.write("password", "s3cret");
    service.signal("HUP");
    service.logs("a channel delivers again");
    assert_eq!(server.told()["user"], "ami-sync");
    until(&desk, "SELECT COUNT(*) = 0 FROM alerts WHERE state <> 'sent'", 1);
    let figures = get(address, "/metrics").1;
    assert!(figures.contains("ami_sync_channel_failing{channel=\"jury\"} 0"), "{figures}");
    let rest = service.stop().join("\n");
    assert!(!rest.contains("until it is mended"), "{rest}");
    assert!(!format!("{line}{rest}{status}").contains("m0t-faux"), "the password is told");
}
