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

/// A desk whose channels lead to names that only a proxy could resolve.
fn desk_behind_a_proxy(hook: &str) -> Desk {
    let desk = Desk::new("http://127.0.0.1:9/graphql", "jeton");
    desk.write("hook.secret", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
    desk.write("hook.url", "https://mattermost.exemple.test/hooks/x");
    let path = |name: &str| desk.path(name).display().to_string();
    let (secret, url, token) = (path("hook.secret"), path("hook.url"), path("token"));
    let channels = format!(
        "[[channels]]\nname = \"hook\"\ntype = \"webhook\"\nevents = []\nsecret_files = [\"{secret}\"]\n{hook}\n\
         [[channels]]\nname = \"equipe\"\ntype = \"mattermost\"\nevents = []\nurl_file = \"{url}\"\n\
         [[channels]]\nname = \"tchap\"\ntype = \"matrix\"\nevents = []\ntoken_file = \"{token}\"\n\
         homeserver = \"https://matrix.exemple.test\"\nroom_id = \"!a:b.fr\"\n"
    );
    desk.edit("[[calls]]", &format!("{channels}[[calls]]"));
    desk
}

/// `alerts test` of a channel, or of all, with these variables.
fn try_channels(desk: &Desk, channel: &[&str], variables: &[(&str, &str)]) -> crate::binary::Answer {
    let mut command = desk.command(&[&["alerts", "test"], channel].concat());
    for name in ["HTTP_PROXY", "http_proxy", "https_proxy", "ALL_PROXY", "all_proxy", "no_proxy"] {
        command.env_remove(name);
    }
    command.envs(variables.iter().copied()).output().unwrap().into()
}

#[test]
fn every_channel_of_the_web_goes_through_the_proxy_of_the_environment() {
    let proxy = Sink::start();
    // A name of this machine: the way to the proxy is inside, where channels may not lead.
    let way = proxy.origin().replace("127.0.0.1", "localhost");
    let desk = desk_behind_a_proxy("url = \"https://hooks.exemple.test/alertes\"");
    try_channels(&desk, &[], &[("HTTPS_PROXY", &way)]);
    let asked: Vec<String> = proxy.received().into_iter().map(|one| one.path).collect();
    assert_eq!(
        asked,
        ["hooks.exemple.test:443", "mattermost.exemple.test:443", "matrix.exemple.test:443"],
        "each asks the proxy for a tunnel"
    );
    let spared = try_channels(&desk, &[], &[("HTTPS_PROXY", &way), ("NO_PROXY", "exemple.test")]);
    assert_eq!(spared.code, Some(3));
    assert_eq!(proxy.received().len(), 3, "what the environment spares goes by itself");
    // To the end, where the proxy sees what goes through it.
    let plain = "url = \"http://hooks.exemple.test/alertes\"\nallow_private = true";
    let desk = desk_behind_a_proxy(plain);
    let sent = try_channels(&desk, &["--channel", "hook"], &[("http_proxy", &way)]);
    assert_eq!(sent.out, "✓ hook (webhook) : message d’essai envoyé\n", "{}", sent.err);
    let received = proxy.received().pop().unwrap();
    assert_eq!(received.path, "http://hooks.exemple.test/alertes");
    assert!(received.header("webhook-signature").is_some());
    // A proxy is no way round what a channel may not reach.
    let desk = desk_behind_a_proxy("url = \"https://127.0.0.1/alertes\"");
    let refused = try_channels(&desk, &["--channel", "hook"], &[("HTTPS_PROXY", &way)]);
    assert!(refused.out.contains("d’un réseau privé"), "{}{}", refused.out, refused.err);
    assert_eq!(proxy.received().len(), 4);
}
