//! Alerts as an operator meets them: the commands, the service, what is told when something is wrong.

use std::time::{Duration, Instant};

use ds_emulator::Emulator;

use crate::binary::Desk;
use crate::harness::emulator;
use crate::sink::{Reply, Sink};

/// A desk that tells a webhook, each dossier by itself.
fn desk(sink: &Sink) -> (Emulator, Desk) {
    let emulator = emulator(40, 1);
    let desk = Desk::at(&emulator);
    desk.write("hook.secret", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
    let channel = format!(
        "[alerts]\nfirst_fill = \"each\"\nretry_base = \"1ms\"\n[[channels]]\nname = \"hook\"\ntype = \"webhook\"\n\
         url = \"{}\"\nsecret_files = [\"{}\"]\nallow_private = true\nrate = 1000000\ntimeout = \"1s\"\n\
         events = [\"ineligible\", \"late\", \"mirror_diverges\"]\n",
        sink.url(),
        desk.path("hook.secret").display()
    );
    desk.edit("[[calls]]", &format!("{channel}[[calls]]"));
    (emulator, desk)
}

#[test]
fn what_waits_is_told_and_what_was_given_up_is_revived() {
    let sink = Sink::start();
    let (_emulator, desk) = desk(&sink);
    sink.always(Reply::Status(422, None));
    let synced = desk.run(&["sync"]);
    assert_eq!(synced.code, Some(3), "{}{}", synced.out, synced.err);
    assert!(synced.out.contains("alertes abandonnées (127.0.0.1 refuse ce message (422))"), "{}", synced.out);
    let status = desk.run(&["status"]).out;
    assert!(status.contains("canal hook : 0 alerte attend, "), "{status}");
    let checked = desk.run(&["check"]);
    assert_eq!(checked.code, Some(3));
    assert!(checked.out.contains("✓ canal hook (webhook) : prêt"), "{}", checked.out);
    assert!(checked.out.contains("→ corrigez la cause, puis « ami-sync alerts retry »"), "{}", checked.out);
    let dead = desk.run(&["alerts", "list", "--state", "dead", "--format", "json"]).out;
    let dead: serde_json::Value = serde_json::from_str(&dead).unwrap();
    let dead = dead.as_array().unwrap().len();
    assert!(dead > 3);

    sink.stop_answering_so();
    let retried = desk.run(&["alerts", "retry"]);
    assert!(retried.out.starts_with(&format!("{dead} alertes reprises")), "{}", retried.out);
    let synced = desk.run(&["sync"]);
    assert_eq!(synced.code, Some(0), "{}{}", synced.out, synced.err);
    assert!(synced.out.contains(&format!("hook : {dead} alertes en {dead} messages")), "{}", synced.out);
    let acked = desk.run(&["alerts", "ack", "1", "2", "--by", "Camille Exemple"]);
    assert_eq!(acked.out, "2 alertes acquittées\n", "{}", acked.err);
    assert_eq!(desk.run(&["alerts", "ack", "999", "--by", "Camille"]).code, Some(2));
    let listed = desk.run(&["alerts", "list", "--format", "csv"]).out;
    assert_eq!(listed.lines().filter(|line| line.contains("Camille Exemple")).count(), 2, "{listed}");
}

#[test]
fn a_channel_is_tried_and_a_message_seen_before_it_is_sent() {
    let sink = Sink::start();
    let (_emulator, desk) = desk(&sink);
    desk.run(&["sync", "--quiet"]);
    let sent = sink.received().len();
    let tried = desk.run(&["alerts", "test"]);
    assert_eq!(tried.out, "✓ hook (webhook) : message d’essai envoyé\n", "{}", tried.err);
    assert_eq!(sink.received().len(), sent + 1);
    sink.always(Reply::Status(401, None));
    let tried = desk.run(&["alerts", "test", "--channel", "hook"]);
    assert_eq!(tried.code, Some(3));
    assert_eq!(
        tried.out,
        "✗ hook (webhook) : 127.0.0.1 refuse l’identifiant ou le mot de passe (401)\n  → Vérifiez l’identifiant et le \
         fichier du secret de ce canal.\n"
    );
    let numbers =
        desk.run(&["query", "SELECT dossier_number FROM alerts ORDER BY id", "--format", "csv"]).out;
    let number = numbers.lines().nth(1).unwrap().to_owned();
    let seen = desk.run(&["alerts", "preview", &number]);
    assert!(seen.out.contains(&format!("Dossier {number} : ")), "{}{}", seen.out, seen.err);
    assert_eq!(desk.run(&["alerts", "preview", "1"]).code, Some(2));
}

#[test]
fn an_audit_that_finds_a_difference_is_told_at_the_next_pass() {
    let sink = Sink::start();
    let (emulator, desk) = desk(&sink);
    desk.run(&["sync"]);
    let number = emulator.read_world().visible_numbers(ds_emulator::DEMARCHE_NUMBER)[0];
    emulator.world().advance(jiff::SignedDuration::from_secs(60));
    emulator.world().set_archived(number, true).unwrap();
    assert_eq!(desk.run(&["audit"]).code, Some(3));
    desk.run(&["sync"]);
    let told = desk.run(&["alerts", "list", "--event", "mirror_diverges", "--format", "csv"]).out;
    assert_eq!(told.lines().count(), 2, "{told}");
}

#[test]
fn the_service_delivers_by_itself() {
    let sink = Sink::start();
    let (_emulator, desk) = desk(&sink);
    sink.answer_with([Reply::Status(503, None), Reply::Cut]);
    let mut service = desk.spawn(&["run"]);
    let patience = Instant::now() + Duration::from_secs(60);
    let waiting = "SELECT COUNT(*) FROM alerts WHERE state <> 'sent'";
    let all_sent = || {
        let told = desk.run(&["query", waiting, "--format", "csv"]).out;
        told.lines().nth(1) == Some("0") && sink.received().len() > 5
    };
    while !all_sent() {
        assert!(Instant::now() < patience, "alerts still wait");
        std::thread::sleep(Duration::from_millis(50));
    }
    service.kill().unwrap();
    service.wait().unwrap();
}

#[test]
fn a_good_pass_gives_a_sign_of_life_and_a_bad_one_none() {
    let (sink, heart) = (Sink::start(), Sink::start());
    let (emulator, desk) = desk(&sink);
    let beat =
        format!("[alerts]\nheartbeat_url = \"{}/ping/1\"\nheartbeat_allow_private = true\n", heart.origin());
    desk.edit("[alerts]\n", &beat);
    desk.run(&["sync"]);
    assert_eq!(heart.received().iter().map(|one| one.path.as_str()).collect::<Vec<_>>(), ["/ping/1"]);
    emulator.inject(ds_emulator::Fault::ExpiredToken);
    assert_eq!(desk.run(&["sync"]).code, Some(1));
    assert_eq!(heart.received().len(), 1, "silence is the sign");
}
