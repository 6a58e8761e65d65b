//! The model: a living call, acted upon at random between and during passes, is mirrored whole.
//!
//! After a pass, every dossier on which no silent act fell equals the source; after a full pass, every
//! dossier does.

use std::collections::BTreeSet;
use std::time::Duration;

use ds_emulator::{Chance, Emulator, RandomAct, Shown};

use crate::harness::Bench;
use crate::truth::differences;

/// Seeds of one run; each is a call, a life and a schedule of its own.
const SEEDS: u64 = 200;

const ROUNDS: u64 = 4;

/// The dossiers that a plain pass need not show.
#[derive(Default)]
struct Silent {
    numbers: BTreeSet<u64>,
    all: bool,
}

impl Silent {
    fn note(&mut self, act: RandomAct) {
        match (act.shown, act.dossier) {
            (Shown::BySweep, Some(number)) => {
                self.numbers.insert(number);
            }
            (Shown::BySweep | Shown::ByDemarche, _) => self.all = true,
            _ => {}
        }
    }

    /// The differences that a plain pass should not have left.
    fn inexcusable(&self, found: Vec<String>) -> Vec<String> {
        let excused = |line: &String| {
            let number = line.split([' ', ':']).next().and_then(|text| text.parse().ok());
            self.all || number.is_some_and(|number| self.numbers.contains(&number))
        };
        found.into_iter().filter(|line| !excused(line)).collect()
    }
}

/// Acts while a pass runs.
fn live(emulator: &Emulator, seed: u64) -> Vec<RandomAct> {
    let mut chance = Chance::acts(seed);
    let mut acts = Vec::new();
    for _ in 0..3 {
        std::thread::sleep(Duration::from_micros(700));
        acts.extend(emulator.world().random_act(&mut chance));
    }
    acts
}

async fn one_life(seed: u64) {
    let mut bench = Bench::new(12 + seed % 20, seed);
    let (mut chance, mut silent) = (Chance::acts(seed), Silent::default());
    bench.pass().await;
    for round in 0..ROUNDS {
        for _ in 0..chance.below(8) {
            bench.advance(i64::try_from(chance.below(200) + 1).unwrap());
            let act = bench.emulator.world().random_act(&mut chance);
            act.into_iter().for_each(|act| silent.note(act));
        }
        if round == 2 {
            bench.restart();
        }
        let living = bench.emulator.clone();
        let life = tokio::task::spawn_blocking(move || live(&living, seed * 1_000 + round));
        bench.pass().await;
        life.await.unwrap().into_iter().for_each(|act| silent.note(act));
        bench.advance(30);
        let report = bench.pass().await;
        assert!(report.error.is_none(), "seed {seed}: {report:?}");
        let left = silent.inexcusable(differences(&bench.emulator, &mut bench.reader()));
        assert!(left.is_empty(), "seed {seed}, round {round}:\n{}", left.join("\n"));
    }
    bench.advance(120);
    let report = bench.full_pass().await;
    assert!(report.error.is_none(), "seed {seed}: {report:?}");
    let found = differences(&bench.emulator, &mut bench.reader());
    assert!(found.is_empty(), "seed {seed}, in the end:\n{}", found.join("\n"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_mirror_equals_the_source_whatever_happened_to_it() {
    for seed in 1..=SEEDS {
        one_life(seed).await;
    }
}
