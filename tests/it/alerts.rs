//! Alerts, from the dossier that causes them to the channel that has them.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use ami_sync::alert::Retry;
use ami_sync::channel::open_all;
use ami_sync::config::{self, Config};
use ami_sync::engine::DrainReport;
use ami_sync::store::{AlertFilter, AlertLine, Store};
use ds_emulator::DEMARCHE_NUMBER;
use jiff::{SignedDuration, Timestamp};
use tokio_util::sync::CancellationToken;

use crate::harness::Bench;
use crate::sink::{Reply, Sink};

const JURY: &str = "[[channels]]\nname = \"jury\"\ntype = \"log\"\nevents = [\"ineligible\", \"late\", \"to_review\", \
                    \"verdict_changed\", \"withdrawn\"]\n";

/// The seeded call, with these channels.
pub fn config(channels: &str) -> Config {
    let text = format!(
        "[[calls]]\nslug = \"ami-ia-2\"\ndemarche = 12345\nopens_at = \"2019-03-26T00:00\"\n\
         deadline = \"2019-05-31T23:59\"\n{channels}"
    );
    config::parse(&text, Path::new("config.toml")).unwrap()
}

/// A bench that tells people what happens, by this configuration.
pub fn bench(dossiers: u64, config: &Config) -> Bench {
    let mut bench = Bench::new(dossiers, 3);
    bench.plan = config.plan();
    bench.restart();
    bench
}

pub fn alerts(bench: &Bench) -> Vec<AlertLine> {
    let mut found =
        bench.reader().list_alerts(&AlertFilter { limit: 100_000, ..AlertFilter::default() }).unwrap();
    found.reverse();
    found
}

/// Events written, with how many of each.
pub fn counted(bench: &Bench) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for alert in alerts(bench) {
        *counts.entry(format!("{} {}", alert.channel, alert.event)).or_default() += 1;
    }
    counts
}

/// So many usagers delete their dossier.
pub fn leave(bench: &Bench, many: usize) {
    let numbers = bench.emulator.read_world().visible_numbers(DEMARCHE_NUMBER);
    bench.advance(60);
    let visible = |number| bench.emulator.read_world().visible_numbers(DEMARCHE_NUMBER).contains(number);
    let left = numbers.iter().filter(|number| {
        // A dossier that is being examined is only hidden from its usager.
        let acted = bench.emulator.world().usager_deletes(**number).is_ok();
        acted && !visible(*number)
    });
    assert_eq!(left.take(many).count(), many);
    bench.advance(60);
}

pub fn acknowledge(bench: &Bench, id: i64) {
    let now = bench.emulator.read_world().now();
    let mut store = Store::open_beside(&bench.path()).unwrap();
    assert!(store.write(now, |tx| tx.acknowledge(id, "Camille Exemple")).unwrap());
}

pub async fn drain(bench: &Bench, config: &Config, retry: Retry) -> DrainReport {
    let dispatcher = bench.engine().dispatcher(open_all(config).unwrap(), retry).await.unwrap();
    dispatcher.drain(&CancellationToken::new()).await.unwrap()
}

#[tokio::test]
async fn nothing_new_tells_nothing() {
    let config = config(JURY);
    let bench = bench(30, &config);
    bench.pass().await;
    let after_fill = alerts(&bench).len();
    bench.pass().await;
    bench.full_pass().await;
    bench.engine().watch().await.unwrap();
    bench.engine().watch().await.unwrap();
    assert_eq!(alerts(&bench).len(), after_fill);
}

#[tokio::test]
async fn a_first_reading_is_told_at_once_and_not_dossier_by_dossier() {
    let other = JURY
        .replace("jury", "service")
        .replace("\"ineligible\", \"late\", \"to_review\"", "\"sync_failing\"")
        .replace("\"verdict_changed\", \"withdrawn\"", "\"recovered\"");
    let config = config(&format!("{JURY}{other}"));
    let bench = bench(60, &config);
    bench.pass().await;
    let told = counted(&bench);
    assert_eq!(
        told,
        BTreeMap::from([("jury first_reading".to_owned(), 1)]),
        "the service's channel is left alone"
    );
}

#[tokio::test]
async fn each_or_none_of_a_first_reading_if_so_configured() {
    for (setting, expected) in [("each", true), ("none", false)] {
        let config = config(&format!("[alerts]\nfirst_fill = \"{setting}\"\n{JURY}"));
        let bench = bench(60, &config);
        bench.pass().await;
        let told = alerts(&bench).len();
        let told_of = bench.count(
            "SELECT COUNT(*) FROM verdicts JOIN dossiers ON number = dossier_number WHERE verdict <> 'eligible'",
        );
        assert_eq!(told, if expected { usize::try_from(told_of).unwrap() } else { 0 }, "{setting}");
    }
}

#[tokio::test]
async fn each_transition_gives_one_alert_and_judging_again_gives_none() {
    let config = config(&format!("[alerts]\nfirst_fill = \"none\"\n{JURY}"));
    let mut bench = bench(40, &config);
    bench.pass().await;
    leave(&bench, 1);
    bench.pass().await;
    assert_eq!(counted(&bench), BTreeMap::from([("jury withdrawn".to_owned(), 1)]));
    // Other rules: everything is judged again, and told once for each verdict that moves.
    let before = verdicts(&bench);
    bench.call = Arc::new(crate::harness::call_with("deadline = \"2019-05-10T23:59\"\n"));
    bench.advance(60);
    bench.pass().await;
    let moved =
        before.iter().filter(|(number, verdict)| verdicts(&bench).get(*number) != Some(*verdict)).count();
    assert!(moved > 0, "the other deadline moves some");
    let told = alerts(&bench).iter().filter(|alert| alert.event != "withdrawn").count();
    assert_eq!(told, moved);
    bench.restart();
    bench.advance(60);
    bench.full_pass().await;
    let told = alerts(&bench).iter().filter(|alert| alert.event != "withdrawn").count();
    assert_eq!(told, moved, "nothing moved: nothing is told again");
}

fn verdicts(bench: &Bench) -> BTreeMap<i64, String> {
    let mut found = BTreeMap::new();
    bench
        .reader()
        .query::<ami_sync::store::StoreError>(
            "SELECT dossier_number, verdict FROM verdicts",
            |_| Ok(()),
            |row| {
                if let [ami_sync::store::Cell::Integer(number), ami_sync::store::Cell::Text(verdict)] =
                    &row[..]
                {
                    found.insert(*number, verdict.clone());
                }
                Ok(())
            },
        )
        .unwrap();
    found
}

/// A webhook to this sink, with a secret in the bench's folder.
pub fn webhook(folder: &Path, sink: &Sink, more: &str) -> String {
    let secret = folder.join("webhook.secret");
    std::fs::write(&secret, "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n").unwrap();
    format!(
        "[[channels]]\nname = \"hook\"\ntype = \"webhook\"\nurl = \"{}\"\nsecret_files = [\"{}\"]\nrate = 1000000\n\
         allow_private = true\ntimeout = \"500ms\"\nevents = [\"ineligible\", \"late\", \"to_review\"]\n{more}",
        sink.url(),
        secret.display()
    )
}

pub const QUICK: Retry =
    Retry { base: std::time::Duration::from_millis(5), give_up_after: std::time::Duration::from_secs(3600) };

#[tokio::test]
async fn what_fails_is_tried_again_under_the_same_identity() {
    let (folder, sink) = (tempfile::tempdir().unwrap(), Sink::start());
    let config = config(&webhook(folder.path(), &sink, ""));
    let bench = bench(20, &config);
    bench.pass().await;
    for (reply, waited) in [
        (Reply::Status(503, None), 60),
        (Reply::Cut, 60),
        (Reply::Status(429, Some(40)), 60),
        (Reply::Silence, 60),
    ] {
        sink.answer_with([reply]);
        let report = drain(&bench, &config, QUICK).await;
        assert_eq!((report.channels[0].later, report.channels[0].messages), (1, 0), "{reply:?}");
        assert_eq!(alerts(&bench)[0].state, "pending");
        bench.advance(waited);
    }
    let report = drain(&bench, &config, QUICK).await;
    assert_eq!(report.channels[0].messages, 1);
    assert_eq!((alerts(&bench)[0].state.as_str(), alerts(&bench)[0].attempts), ("sent", 5));
    let identities: std::collections::BTreeSet<_> = sink.received().into_iter().map(|one| one.id).collect();
    assert_eq!(identities.len(), 1, "{identities:?}");
}

#[tokio::test]
async fn a_wait_that_is_asked_for_is_waited_and_a_refusal_is_final_until_somebody_says_otherwise() {
    let (folder, sink) = (tempfile::tempdir().unwrap(), Sink::start());
    let config = config(&webhook(folder.path(), &sink, ""));
    let bench = bench(20, &config);
    bench.pass().await;
    let noticed: Timestamp = alerts(&bench)[0].created_at;
    sink.answer_with([Reply::Status(429, Some(600))]);
    drain(&bench, &config, QUICK).await;
    let next = alerts(&bench)[0].next_attempt_at.unwrap();
    assert_eq!(next.duration_since(noticed), SignedDuration::from_secs(600));
    bench.advance(599);
    assert_eq!(drain(&bench, &config, QUICK).await.channels[0].messages, 0, "not before");
    bench.advance(1);
    sink.answer_with([Reply::Status(422, None)]);
    assert_eq!(drain(&bench, &config, QUICK).await.channels[0].dead, 1);
    assert_eq!(alerts(&bench)[0].state, "dead");
    assert!(alerts(&bench)[0].last_error.as_deref().unwrap().contains("refuse ce message (422)"));
}

#[tokio::test]
async fn what_is_too_old_is_given_up_and_kept() {
    let (folder, sink) = (tempfile::tempdir().unwrap(), Sink::start());
    let config = config(&webhook(folder.path(), &sink, ""));
    let bench = bench(20, &config);
    bench.pass().await;
    bench.advance(3_700);
    sink.answer_with([Reply::Status(500, None)]);
    assert_eq!(drain(&bench, &config, QUICK).await.channels[0].dead, 1);
    assert_eq!(alerts(&bench)[0].state, "dead");
}

#[tokio::test]
async fn a_channel_that_is_down_does_not_delay_another() {
    let (folder, sink, dead) = (tempfile::tempdir().unwrap(), Sink::start(), Sink::start());
    let down = webhook(folder.path(), &dead, "").replace("\"hook\"", "\"down\"");
    let config =
        config(&format!("[alerts]\nfirst_fill = \"each\"\n{down}{}", webhook(folder.path(), &sink, "")));
    let bench = bench(60, &config);
    bench.pass().await;
    dead.always(Reply::Silence);
    let report = drain(&bench, &config, QUICK).await;
    assert_eq!(report.channels[0].channel, "down");
    assert_eq!((report.channels[0].messages, report.channels[0].later), (0, 1), "one message tries for all");
    assert!(report.channels[1].messages > 5);
    let waiting =
        alerts(&bench).iter().filter(|alert| alert.channel == "hook" && alert.state != "sent").count();
    assert_eq!(waiting, 0);
}

#[tokio::test]
async fn a_crowd_goes_in_one_message_and_a_digest_waits_for_its_hour() {
    let (folder, sink) = (tempfile::tempdir().unwrap(), Sink::start());
    let digest = webhook(folder.path(), &sink, "every = \"1h\"\ndetail = \"full\"\n");
    let config = config(&format!("[alerts]\nfirst_fill = \"each\"\n{digest}"));
    let bench = bench(60, &config);
    bench.pass().await;
    let waiting = alerts(&bench).len();
    assert_eq!(drain(&bench, &config, QUICK).await.channels[0].messages, 0);
    bench.advance(3_600);
    let report = drain(&bench, &config, QUICK).await;
    assert_eq!((report.channels[0].messages, report.channels[0].alerts), (1, waiting as u64));
    let body: serde_json::Value = serde_json::from_slice(&sink.received()[0].body).unwrap();
    assert_eq!(body["data"]["alerts"].as_array().unwrap().len(), waiting);
    assert!(body["data"]["alerts"][0]["applicant"].is_string(), "{body}");
}

#[tokio::test]
async fn nothing_personal_leaves_by_default() {
    let (folder, sink) = (tempfile::tempdir().unwrap(), Sink::start());
    let config = config(&format!("[alerts]\nfirst_fill = \"each\"\n{}", webhook(folder.path(), &sink, "")));
    let bench = bench(40, &config);
    bench.pass().await;
    drain(&bench, &config, QUICK).await;
    let all: Vec<u8> = sink.received().into_iter().flat_map(|one| one.body).collect();
    let all = String::from_utf8(all).unwrap();
    let mut names = Vec::new();
    bench
        .reader()
        .query::<ami_sync::store::StoreError>(
            "SELECT raison_sociale FROM dossiers WHERE raison_sociale <> '' UNION SELECT siret FROM dossiers
             WHERE siret IS NOT NULL UNION SELECT usager_email FROM dossiers",
            |_| Ok(()),
            |row| {
                if let ami_sync::store::Cell::Text(name) = &row[0] {
                    names.push(name.clone());
                }
                Ok(())
            },
        )
        .unwrap();
    assert!(names.len() > 40 && all.contains("ami_sync.ineligible"), "{all}");
    for name in names {
        assert!(!all.contains(&name), "{name} left");
    }
}

#[tokio::test]
async fn what_nobody_acknowledges_is_told_again_and_elsewhere_once() {
    let followed =
        JURY.replace("type", "remind_after = \"1h\"\nescalate_after = \"2h\"\nescalate_to = \"chef\"\ntype");
    let chef = "[[channels]]\nname = \"chef\"\ntype = \"log\"\nevents = []\n";
    let config = config(&format!("[alerts]\nfirst_fill = \"none\"\n{followed}{chef}"));
    let bench = bench(40, &config);
    bench.pass().await;
    leave(&bench, 2);
    bench.pass().await;
    drain(&bench, &config, QUICK).await;
    let first = alerts(&bench);
    assert_eq!(first.len(), 2);
    bench.engine().watch().await.unwrap();
    assert_eq!(alerts(&bench).len(), 2, "not yet");
    acknowledge(&bench, first[0].id);
    for _ in 0..3 {
        bench.advance(3_601);
        bench.engine().watch().await.unwrap();
        drain(&bench, &config, QUICK).await;
    }
    let told: Vec<_> = alerts(&bench)
        .into_iter()
        .map(|alert| format!("{} {} {}", alert.channel, alert.occasion, alert.dossier.unwrap()))
        .collect();
    let (one, other) = (first[0].dossier.unwrap(), first[1].dossier.unwrap());
    assert_eq!(
        told,
        [
            format!("jury first {one}"),
            format!("jury first {other}"),
            format!("jury reminder {other}"),
            format!("chef escalation {other}"),
        ]
    );
}

#[tokio::test]
async fn a_failing_service_is_told_once_and_its_recovery_once() {
    let service = "[[channels]]\nname = \"service\"\ntype = \"log\"\n\
                   events = [\"sync_failing\", \"token_rejected\", \"recovered\"]\n";
    let config = config(service);
    let bench = bench(10, &config);
    bench.pass().await;
    bench.emulator.inject(ds_emulator::Fault::ExpiredToken);
    for _ in 0..4 {
        bench.advance(1_200);
        let report = bench.pass().await;
        assert!(report.error.is_some());
        bench.engine().watch().await.unwrap();
    }
    assert_eq!(
        counted(&bench),
        BTreeMap::from([("service sync_failing".to_owned(), 1), ("service token_rejected".to_owned(), 1)])
    );
    bench.emulator.clear_faults();
    for _ in 0..3 {
        bench.advance(60);
        assert!(bench.pass().await.error.is_none());
        bench.engine().watch().await.unwrap();
    }
    assert_eq!(counted(&bench).get("service recovered"), Some(&1));
}
