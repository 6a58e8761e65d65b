//! The source gone for an hour and back: nobody starts anything again, two alerts are told, nothing is missed.
//!
//! The hour is shortened by the configuration: what takes sixty passes there takes hundreds here, in seconds.

use std::net::TcpListener;
use std::time::{Duration, Instant};

use ami_sync::store::Reader;
use ds_emulator::{Chance, Emulator, Fault, Options, SeedOptions, World};

use crate::binary::Desk;
use crate::service::{Service, count, until};
use crate::sink::Sink;
use crate::truth::differences;

const FAILED: &str = "SELECT COUNT(*) FROM sync_runs WHERE outcome = 'failed'";

/// Failed passes while it refuses, and as many again while it is gone.
const IN_VAIN: i64 = 100;

/// Attempts that a pass makes at a request.
const ATTEMPTS: i64 = 5;

fn serve(world: World, options: Options) -> Emulator {
    Emulator::start_blocking(world, Options { gzip: false, ..options }).unwrap()
}

fn desk(emulator: &Emulator, sink: &Sink) -> Desk {
    let desk = Desk::at(emulator);
    desk.write("hook.secret", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
    let settings = format!(
        "[poll]\ninterval = \"10ms\"\nclosing_interval = \"10ms\"\nfailing_interval = \"40ms\"\noverlap = \"1min\"\n\
         reconcile_every = \"1s\"\n[alerts]\nsync_failing_after = \"2s\"\nretry_base = \"1ms\"\n\
         [[channels]]\nname = \"hook\"\ntype = \"webhook\"\nurl = \"{}\"\nsecret_files = [\"{}\"]\n\
         allow_private = true\nrate = 1000000\nevents = [\"sync_failing\", \"recovered\"]\n[[calls]]",
        sink.url(),
        desk.path("hook.secret").display()
    );
    desk.edit("[[calls]]", &settings);
    desk
}

fn act(world: &mut World, chance: &mut Chance) {
    for _ in 0..30 {
        world.random_act(chance);
    }
}

fn more_in_vain(desk: &Desk) -> i64 {
    let before = count(desk, FAILED);
    until(desk, &format!("SELECT ({FAILED}) >= {}", before + IN_VAIN), 1);
    count(desk, FAILED)
}

/// What the sink was told, event by event.
fn told(sink: &Sink) -> Vec<String> {
    let bodies = sink.received().into_iter().map(|received| received.body);
    let bodies = bodies.map(|body| serde_json::from_slice::<serde_json::Value>(&body).unwrap());
    let alerts = bodies.flat_map(|body| body["data"]["alerts"].as_array().unwrap().clone());
    alerts.map(|alert| alert["event"].as_str().unwrap().to_owned()).collect()
}

fn eventually(what: &str, mut happened: impl FnMut() -> bool) {
    let end = Instant::now() + Duration::from_secs(60);
    while !happened() {
        assert!(Instant::now() < end, "{what}: it never happened");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn a_source_gone_for_hundreds_of_passes_is_told_once_and_once_when_it_is_back() {
    let mut world = World::seeded(SeedOptions { dossiers: 40, ..SeedOptions::default() });
    world.run_from(World::seeded_as_of());
    let (mut chance, sink) = (Chance::acts(7), Sink::start());
    let emulator = serve(world, Options::default());
    let (address, desk) = (emulator.address(), desk(&emulator, &sink));
    let mut service = Service::start(&desk, &[]);
    service.hears("à jour à");

    // It refuses.
    emulator.inject(Fault::Maintenance);
    let refused = |emulator: &Emulator| {
        i64::try_from(emulator.requests().iter().filter(|request| request.status == 503).count()).unwrap()
    };
    more_in_vain(&desk);
    act(&mut emulator.world(), &mut chance);
    let (requests, passes) = (refused(&emulator), count(&desk, "SELECT COUNT(*) FROM sync_runs"));
    assert!(requests > 0 && requests <= ATTEMPTS * passes, "{requests} requests in {passes} passes");

    // It is gone, connections and all.
    let mut world = std::mem::take(&mut *emulator.world());
    drop(emulator);
    let in_vain = more_in_vain(&desk);
    eventually("an alert", || !told(&sink).is_empty());
    act(&mut world, &mut chance);
    eventually("the port is free", || TcpListener::bind(address).is_ok());
    assert_eq!(told(&sink), ["sync_failing"], "after {in_vain} failed passes");

    // It is back.
    let emulator = serve(world, Options { listen: address, ..Options::default() });
    eventually("the end is told", || told(&sink).len() > 1);
    act(&mut emulator.world(), &mut chance);
    eventually("the mirror equals the source", || {
        differences(&emulator, &mut Reader::open(&desk.path("mirror.db")).unwrap()).is_empty()
    });
    let good = "SELECT COUNT(*) FROM sync_runs WHERE outcome = 'done'";
    let before = count(&desk, good);
    until(&desk, &format!("SELECT ({good}) > {before} + 20"), 1);
    assert_eq!(told(&sink), ["sync_failing", "recovered"]);
    service.stop();
    assert_eq!(count(&desk, "SELECT COUNT(*) FROM alerts WHERE state = 'sent'"), 2);
    assert_eq!(count(&desk, "SELECT COUNT(*) FROM alerts"), 2);
    assert_eq!(count(&desk, &too_soon()), 0, "passes followed failed ones too closely");
}

/// Failed passes, from the third in a row, that the next one followed before the longest wait, a tenth less, was over.
fn too_soon() -> String {
    "WITH runs AS (
        SELECT outcome, (julianday(LEAD(started_at) OVER passes) - julianday(finished_at)) * 86400000 AS wait,
            LAG(outcome, 1) OVER passes AS before, LAG(outcome, 2) OVER passes AS before_that
        FROM sync_runs WINDOW passes AS (ORDER BY id))
     SELECT COUNT(*) FROM runs
     WHERE outcome = 'failed' AND before = 'failed' AND before_that = 'failed' AND wait < 35"
        .to_owned()
}
