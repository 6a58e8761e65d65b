//! The platform's limit of rate, met by the real binary on a real clock: waited out, nothing lost.

use ds_emulator::{DEMARCHE_NUMBER, Emulator, Options, RateLimit, SeedOptions, World};

use crate::binary::Desk;

/// The platform's window is a minute; a shorter one tells the same in less time.
const WINDOW: RateLimit = RateLimit { requests: 4, window_seconds: 6 };

#[test]
fn a_call_larger_than_the_limit_is_mirrored_whole() {
    let mut world = World::seeded(SeedOptions { seed: 1, dossiers: 1_000, ..SeedOptions::default() });
    world.run_from(World::seeded_as_of());
    let options = Options { gzip: false, rate_limit: Some(WINDOW), ..Options::default() };
    let emulator = Emulator::start_blocking(world, options).unwrap();
    let desk = Desk::at(&emulator);
    let answer = desk.run(&["sync"]);
    assert_eq!(answer.code, Some(0), "{}{}", answer.out, answer.err);
    let requests = emulator.requests();
    let refused = requests.iter().filter(|request| request.status == 429).count();
    let served = requests.len() - refused;
    assert!(refused > 0, "the limit was never met: the test shows nothing");
    assert!(served <= 12, "{served} requests were served for 1,000 dossiers");
    // Each refusal says when to come back, and is asked once.
    assert!(refused <= served / 4 + 1, "{refused} refusals for {served} answers");
    let counted = desk.run(&["query", "SELECT COUNT(*) AS n FROM dossiers", "--format", "csv"]);
    let visible = emulator.read_world().visible_numbers(DEMARCHE_NUMBER).len();
    assert_eq!(counted.out, format!("n\n{visible}\n"));
}
