//! Killed at any instant, with channels that fail three times in ten, every fact reaches every channel, and none
//! is seen twice by a receiver that looks at the key.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use ds_emulator::Chance;

use crate::binary::Desk;
use crate::harness::emulator;
use crate::sink::{Received, Reply, Sink};

const KILLS: u64 = 200;
const DOSSIERS: u64 = 150;

/// Three in ten fail: refused, too slow, told to wait, failed inside, cut in the middle of the answer.
fn drawn(request: u64) -> Reply {
    // A fixed shuffle of the request's number.
    match request.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32 & 0xff {
        0..16 => Reply::Status(503, None),
        16..32 => Reply::Status(429, Some(0)),
        32..48 => Reply::Status(500, None),
        48..64 => Reply::Cut,
        64..77 => Reply::Silence,
        _ => Reply::Status(200, None),
    }
}

fn channels(desk: &Desk, [hook, matrix, post]: [&Sink; 3]) -> String {
    desk.write("hook.secret", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
    desk.write("matrix.token", "syt_secret");
    desk.write("post.url", &post.url());
    let common = "allow_private = true\nrate = 1000000\ntimeout = \"150ms\"\ntogether_over = 1000\n\
                  events = [\"ineligible\", \"late\", \"to_review\", \"verdict_changed\", \"withdrawn\"]\n";
    let path = |name| desk.path(name).display().to_string();
    format!(
        "[alerts]\nfirst_fill = \"each\"\nretry_base = \"10us\"\n\
         [[channels]]\nname = \"hook\"\ntype = \"webhook\"\nurl = \"{}\"\nsecret_files = [\"{}\"]\n{common}\
         [[channels]]\nname = \"matrix\"\ntype = \"matrix\"\nhomeserver = \"{}\"\nroom_id = \"!a:b.fr\"\n\
         token_file = \"{}\"\n{common}\
         [[channels]]\nname = \"post\"\ntype = \"mattermost\"\nurl_file = \"{}\"\n{common}",
        hook.url(),
        path("hook.secret"),
        matrix.origin(),
        path("matrix.token"),
        path("post.url")
    )
}

fn was_taken(received: &Received) -> bool {
    matches!(received.reply, Reply::Status(200, _) | Reply::Cut | Reply::Silence)
}

/// What a receiver keeps: the first of each key. And how many more came.
fn behind_the_key(sink: &Sink) -> (BTreeMap<String, Received>, usize) {
    let (mut kept, mut more) = (BTreeMap::new(), 0);
    for received in sink.received() {
        // An answer that was cut, or never came, was to a request that was received all the same.
        if was_taken(&received) {
            more += usize::from(kept.insert(received.id.clone(), received).is_some());
        }
    }
    (kept, more)
}

/// The facts in the messages of a webhook, each as often as it is seen.
fn facts(messages: &BTreeMap<String, Received>) -> BTreeMap<(String, i64, String), usize> {
    let mut facts = BTreeMap::new();
    for message in messages.values() {
        let body: serde_json::Value = serde_json::from_slice(&message.body).unwrap();
        for alert in body["data"]["alerts"].as_array().unwrap() {
            let text = |key: &str| alert[key].as_str().unwrap_or_default().to_owned();
            let number = alert["dossier_number"].as_i64().unwrap();
            *facts.entry((text("event"), number, text("noticed_at"))).or_default() += 1;
        }
    }
    facts
}

#[test]
#[expect(clippy::print_stderr, reason = "what is measured is told")]
fn every_fact_arrives_and_none_twice_behind_the_key() {
    let emulator = emulator(DOSSIERS, 5);
    let (hook, matrix, post) = (Sink::start(), Sink::start(), Sink::start());
    let desk = Desk::at(&emulator);
    let text = channels(&desk, [&hook, &matrix, &post]);
    desk.edit("[[calls]]", &format!("{text}[[calls]]"));
    for sink in [&hook, &matrix, &post] {
        sink.draw(drawn);
    }
    let mut chance = Chance::acts(11);
    let mut at_work = 0;
    for round in 0..KILLS {
        for _ in 0..4 + round % 4 {
            emulator.world().advance(jiff::SignedDuration::from_secs(20));
            emulator.world().random_act(&mut chance);
        }
        let mut child = desk.spawn(&["sync"]);
        std::thread::sleep(Duration::from_millis(20 + chance.below(350)));
        at_work += u64::from(child.try_wait().unwrap().is_none());
        child.kill().unwrap();
        child.wait().unwrap();
    }
    assert!(at_work > KILLS / 3, "only {at_work} were at work when they were killed");
    let waiting = || {
        let sql = "SELECT COUNT(*) FROM alerts WHERE state = 'pending'";
        desk.run(&["query", sql, "--format", "csv"]).out.lines().nth(1).map(str::to_owned)
    };
    let mut passes = 0;
    while passes == 0 || waiting().as_deref() != Some("0") {
        desk.run(&["sync"]);
        passes += 1;
        assert!(passes < 200, "{:?} still wait", waiting());
    }
    let count = |sql: &str| desk.run(&["query", sql, "--format", "csv"]).out;
    assert_eq!(count("SELECT COUNT(*) FROM alerts WHERE state <> 'sent'").lines().nth(1), Some("0"));
    let rows =
        count("SELECT event, dossier_number, created_at FROM alerts WHERE channel = 'hook' ORDER BY id");
    let written: BTreeSet<String> = rows.lines().skip(1).map(str::to_owned).collect();

    let (messages, more) = behind_the_key(&hook);
    let seen = facts(&messages);
    assert!(seen.values().all(|times| *times == 1), "a fact was seen twice behind the key");
    assert_eq!(seen.len(), written.len(), "each fact that was written arrived");
    let told: BTreeSet<i64> = seen.keys().map(|(_, number, _)| *number).collect();
    let now = count("SELECT dossier_number FROM verdicts WHERE verdict <> 'eligible' ORDER BY 1");
    for number in now.lines().skip(1) {
        assert!(told.contains(&number.parse().unwrap()), "nobody was told of dossier {number}");
    }
    let events = |channel: &str| {
        count(&format!("SELECT DISTINCT group_id FROM alerts WHERE channel = '{channel}'")).lines().count()
            - 1
    };
    let (in_room, more_in_room) = behind_the_key(&matrix);
    assert_eq!(in_room.len(), events("matrix"), "a message of the room for each group, and no other");
    let posts = post.received().into_iter().filter(was_taken).count();
    assert!(posts >= events("post"));
    assert!(seen.len() > 80, "only {} facts: too few for chaos", seen.len());
    eprintln!(
        "{at_work} kills at work; {} facts, {} messages by webhook; behind the key: 0 seen twice; without it: \
         {more} repeats by webhook, {more_in_room} by Matrix, {} by Mattermost, which has none",
        seen.len(),
        messages.len(),
        posts - events("post")
    );
}
