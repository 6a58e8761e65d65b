//! A pass over a call, as the mirror shows it afterwards.

use ami_sync::engine::{Mode, Outcome};
use ds_emulator::world::demandeur::Demandeur;
use ds_emulator::{DEMARCHE_NUMBER, Fault};

use crate::harness::{Bench, number};

fn visible(bench: &Bench) -> Vec<u64> {
    bench.emulator.read_world().visible_numbers(DEMARCHE_NUMBER)
}

#[tokio::test]
async fn nothing_new_costs_one_request_and_writes_nothing() {
    let bench = Bench::new(60, 1);
    bench.pass().await;
    bench.advance(3_000);
    let before = bench.count("SELECT COUNT(*) FROM changes");
    // What the source completes by itself has had its turn by now.
    bench.pass().await;
    bench.emulator.forget_requests();
    bench.advance(60);
    let report = bench.pass().await;
    assert_eq!((report.outcome, report.requests, report.moved()), (Outcome::Done, 1, false), "{report:?}");
    assert_eq!(bench.emulator.requests().len(), 1);
    assert_eq!(bench.count("SELECT COUNT(*) FROM changes"), before);
}

#[tokio::test]
async fn a_first_reading_mirrors_and_judges_every_dossier() {
    let bench = Bench::new(1_000, 1);
    let report = bench.pass().await;
    assert_eq!((report.mode, report.outcome), (Mode::Fill, Outcome::Done), "{report:?}");
    assert!(report.requests <= 12, "{} requests", report.requests);
    assert_eq!(report.new, visible(&bench).len() as u64);
    let unjudged =
        "SELECT COUNT(*) FROM dossiers LEFT JOIN verdicts ON dossier_number = number WHERE verdict IS NULL";
    assert_eq!(bench.count(unjudged), 0);
    assert_eq!(bench.count("SELECT COUNT(DISTINCT verdict) FROM verdicts"), 4);
}

#[tokio::test]
async fn a_change_is_read_judged_and_told() {
    let bench = Bench::new(40, 1);
    bench.pass().await;
    bench.advance(120);
    let some = visible(&bench)
        .into_iter()
        .find(|number| bench.emulator.world().pass_en_instruction(*number).is_ok());
    let some = some.unwrap();
    let report = bench.pass().await;
    assert_eq!(report.changed, 1, "{report:?}");
    let changes = bench.reader().list_changes(number(some)).unwrap();
    assert!(changes.iter().any(|change| change.name == "state" && change.after == "en_instruction"));
}

#[tokio::test]
async fn a_dossier_that_goes_keeps_its_row_and_one_that_comes_back_has_it_cleared() {
    let bench = Bench::new(40, 1);
    bench.pass().await;
    bench.advance(120);
    let in_hand = |number: &u64| {
        let dossier = bench.emulator.read_world().dossier(*number).unwrap();
        format!("{:?}", dossier.state) == "EnConstruction"
    };
    let some = visible(&bench).into_iter().find(in_hand).unwrap();
    bench.emulator.world().usager_deletes(some).unwrap();
    let report = bench.pass().await;
    assert_eq!(report.gone, 1, "{report:?}");
    assert!(bench.reader().find_dossier(number(some)).unwrap().unwrap().gone.is_some());
    bench.advance(120);
    bench.emulator.world().restore(some).unwrap();
    let report = bench.pass().await;
    assert_eq!(report.restored, 1, "{report:?}");
    assert!(bench.reader().find_dossier(number(some)).unwrap().unwrap().gone.is_none());
}

#[tokio::test]
async fn a_source_suddenly_empty_is_a_fault_and_not_a_fact() {
    let bench = Bench::new(100, 1);
    bench.pass().await;
    bench.advance(120);
    bench.emulator.inject(Fault::EmptySource);
    let report = bench.full_pass().await;
    assert_eq!((report.outcome, report.gone), (Outcome::Held, 0), "{report:?}");
    assert_eq!(bench.count("SELECT COUNT(*) FROM dossiers WHERE deleted_at IS NOT NULL"), 0);
    bench.emulator.clear_faults();
    assert_eq!(bench.full_pass().await.outcome, Outcome::Done);
}

#[tokio::test]
async fn an_empty_answer_to_the_first_reading_is_not_taken_for_the_call() {
    let bench = Bench::new(30, 1);
    bench.emulator.inject(Fault::EmptySource);
    bench.pass().await;
    bench.emulator.clear_faults();
    let report = bench.pass().await;
    assert_eq!(report.new, visible(&bench).len() as u64, "{report:?}");
}

#[tokio::test]
async fn a_poisoned_dossier_costs_only_itself_and_heals_by_itself() {
    for fault in [Fault::NullDateDepot, Fault::TimeoutOn, Fault::CrashOn] {
        let bench = Bench::new(100, 1);
        let poisoned = visible(&bench)[41];
        bench.emulator.inject(fault(poisoned));
        let report = bench.pass().await;
        assert_eq!(report.outcome, Outcome::Findings, "{:?}: {report:?}", fault(1));
        assert_eq!(report.quarantined, [number(poisoned)], "{:?}", fault(1));
        assert_eq!(report.new, visible(&bench).len() as u64 - 1, "{:?}", fault(1));
        assert_eq!(bench.count("SELECT COUNT(*) FROM quarantine"), 1);
        bench.emulator.clear_faults();
        bench.advance(3_600);
        let report = bench.pass().await;
        assert_eq!((report.new, report.outcome), (1, Outcome::Done), "{:?}: {report:?}", fault(1));
    }
}

#[tokio::test]
async fn a_label_is_found_by_the_sweep() {
    let bench = Bench::new(40, 1);
    bench.pass().await;
    bench.advance(120);
    let label = bench.emulator.read_world().demarche(DEMARCHE_NUMBER).unwrap().labels[0].id;
    let numbers = visible(&bench);
    let some =
        numbers.into_iter().find(|number| bench.emulator.world().set_label(*number, label, true).is_ok());
    assert_eq!(bench.pass().await.changed, 0);
    bench.advance(3_600);
    let report = bench.pass().await;
    assert!(report.changed >= 1, "{report:?}");
    let changes = bench.reader().list_changes(number(some.unwrap())).unwrap();
    assert!(changes.iter().any(|change| change.subject == "label"));
}

#[tokio::test]
async fn heavy_pages_are_read_by_smaller_ones() {
    let bench = Bench::new(100, 1);
    bench.emulator.inject(Fault::TimeoutOver(7));
    let report = bench.pass().await;
    assert_eq!((report.outcome, report.new), (Outcome::Done, visible(&bench).len() as u64), "{report:?}");
}

#[tokio::test]
async fn a_pass_that_fails_keeps_what_it_read_and_the_next_goes_on() {
    let mut bench = Bench::new(350, 1);
    let numbers = visible(&bench);
    bench.emulator.inject(Fault::LostEndCursor);
    let report = bench.pass().await;
    assert!(report.new > 0, "{report:?}");
    bench.emulator.clear_faults();
    bench.emulator.inject(Fault::ExpiredToken);
    let failed = bench.pass().await;
    assert_eq!(failed.outcome, Outcome::Failed);
    assert!(failed.error.unwrap().contains("jeton"));
    bench.emulator.clear_faults();
    bench.restart();
    bench.pass().await;
    assert_eq!(bench.count("SELECT COUNT(*) FROM dossiers"), i64::try_from(numbers.len()).unwrap());
}

#[tokio::test]
async fn a_company_that_arrives_in_silence_is_asked_for_and_judged_before_any_sweep() {
    let bench = Bench::new(120, 1);
    bench.pass().await;
    let incomplete = "SELECT MIN(number) FROM dossiers WHERE demandeur_type = 'PersonneMoraleIncomplete'";
    let some = u64::try_from(bench.count(incomplete)).unwrap();
    let verdict = format!("SELECT verdict = 'to_review' FROM verdicts WHERE dossier_number = {some}");
    assert_eq!(bench.count(&verdict), 1, "what is missing never refuses anyone");
    bench.advance(60);
    let modified = bench.emulator.read_world().dossier(some).unwrap().updated_at;
    let morale = visible(&bench).into_iter().find_map(|number| {
        match &bench.emulator.read_world().dossier(number).unwrap().demandeur {
            Demandeur::Morale(morale) if morale.entreprise.is_some() => Some((**morale).clone()),
            _ => None,
        }
    });
    bench.emulator.world().company_arrives(some, morale.unwrap()).unwrap();
    assert_eq!(bench.emulator.read_world().dossier(some).unwrap().updated_at, modified, "nothing dates it");
    bench.advance(540);
    let report = bench.pass().await;
    assert!(report.changed >= 1, "{report:?}");
    let arrived = format!("SELECT demandeur_type = 'PersonneMorale' FROM dossiers WHERE number = {some}");
    assert_eq!(bench.count(&arrived), 1);
    assert_eq!(
        bench.count("SELECT COUNT(*) FROM positions WHERE last_sweep_at > filled_at"),
        0,
        "no sweep yet"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_dossier_that_comes_back_while_a_list_says_it_is_gone_is_not_believed_gone() {
    let bench = Bench::new(320, 1);
    bench.pass().await;
    bench.advance(120);
    let in_hand = |number: &u64| {
        bench.emulator.read_world().dossier(*number).unwrap().state.as_str() == "en_construction"
    };
    let some = visible(&bench).into_iter().rev().find(in_hand).unwrap();
    bench.emulator.world().usager_deletes(some).unwrap();
    bench.advance(60);
    bench.emulator.forget_requests();
    bench.emulator.inject(Fault::Latency(150));
    let living = bench.emulator.clone();
    let life = tokio::task::spawn_blocking(move || {
        // The first answer has told of the deletion; those that follow are still to come.
        while living.requests().is_empty() {
            std::thread::sleep(std::time::Duration::from_millis(5));
        }
        std::thread::sleep(std::time::Duration::from_millis(100));
        living.world().advance(jiff::SignedDuration::from_secs(5));
        living.world().restore(some).unwrap();
    });
    let report = bench.full_pass().await;
    life.await.unwrap();
    assert!(report.pages >= 3, "{report:?}");
    assert_eq!(report.gone, 0, "{report:?}");
    assert!(bench.reader().find_dossier(number(some)).unwrap().unwrap().gone.is_none());
}

#[tokio::test]
async fn other_rules_judge_the_whole_call_again_and_the_same_ones_nothing() {
    let mut bench = Bench::new(60, 1);
    bench.pass().await;
    bench.advance(60);
    assert_eq!(bench.pass().await.judged_again, 0);
    let first = bench.call.clone();
    let text = "[[calls]]\nslug = \"ami-ia-2\"\ndemarche = 12345\nopens_at = \"2019-03-26T00:00\"\n\
                deadline = \"2019-04-30T23:59\"\n";
    let other = ami_sync::config::parse(text, std::path::Path::new("config.toml")).unwrap().calls.remove(0);
    bench.call = std::sync::Arc::new(other);
    bench.advance(60);
    let all = u64::try_from(bench.count("SELECT COUNT(*) FROM dossiers")).unwrap();
    let report = bench.pass().await;
    assert!(report.judged_again == all && report.transitions > 0, "{report:?}");
    bench.restart();
    assert_eq!(bench.pass().await.judged_again, 0, "once is enough");
    bench.call = first;
    assert_eq!(bench.pass().await.judged_again, all, "and back");
}
