//! Verdicts as the mirror keeps them: what stands beside a dossier is a part of what is concluded of it.

use ami_sync::config::{self, CallConfig};
use ds_emulator::DEMARCHE_NUMBER;
use ds_emulator::world::NewMessage;
use ds_emulator::world::champ::ChampValue;
use ds_emulator::world::demarche::Revision;
use ds_emulator::world::dossier::{CorrectionReason, Dossier};
use serde_json::Value;
use std::sync::Arc;

use crate::harness::{Bench, number};

/// The stable id of the title among the questions of the seeded form.
const TITLE: u64 = 30_117;

/// The seeded call with more rules.
pub fn call_with(more: &str) -> Arc<CallConfig> {
    let text = format!(
        "[[calls]]\nslug = \"ami-ia-2\"\ndemarche = 12345\nopens_at = \"2019-03-26T00:00\"\n\
         deadline = \"2019-05-31T23:59\"\n{more}"
    );
    Arc::new(config::parse(&text, std::path::Path::new("config.toml")).unwrap().calls.remove(0))
}

/// The codes told of a dossier.
fn codes(bench: &Bench, of: u64) -> Vec<String> {
    let kept = bench.reader().find_dossier(number(of)).unwrap().unwrap();
    let reasons = kept.verdict.unwrap().reasons;
    let codes = reasons.as_array().unwrap().iter().map(|reason| reason["code"].as_str().unwrap().to_owned());
    codes.collect()
}

fn reason(bench: &Bench, of: u64, code: &str) -> Option<Value> {
    let kept = bench.reader().find_dossier(number(of)).unwrap().unwrap();
    let reasons = kept.verdict.unwrap().reasons;
    reasons.as_array().unwrap().iter().find(|reason| reason["code"] == code).cloned()
}

/// A dossier of this call in construction, alone of its SIREN and usager, with nothing that was asked of it.
fn alone(bench: &Bench) -> Dossier {
    let world = bench.emulator.read_world();
    let dossiers: Vec<_> = world
        .visible_numbers(DEMARCHE_NUMBER)
        .into_iter()
        .filter_map(|number| world.dossier(number))
        .collect();
    let siren =
        |dossier: &Dossier| dossier.demandeur.siret().and_then(|siret| siret.get(..9)).map(str::to_owned);
    let fits = |dossier: &&Arc<Dossier>| {
        let others = dossiers.iter().filter(|other| siren(other) == siren(dossier)).count();
        dossier.state.as_str() == "en_construction"
            && others == 1
            && dossier.demandeur.typename() == "PersonneMorale"
            && dossier.depose_at < "2019-05-31T22:00:00Z".parse().unwrap()
            && dossier.depose_at > "2019-03-26T00:00:00Z".parse().unwrap()
            && dossier.messages.iter().all(|message| message.correction.is_none())
    };
    Dossier::clone(dossiers.iter().find(fits).unwrap())
}

#[tokio::test]
async fn a_second_dossier_of_one_siren_is_told_of_the_first_in_the_same_pass_and_no_more_when_it_goes() {
    let bench = Bench::new(120, 1);
    bench.pass().await;
    let first = alone(&bench);
    assert!(!codes(&bench, first.number).iter().any(|code| code.starts_with("several_")));
    bench.advance(60);
    let second = bench.emulator.world().deposit_as(first.clone());
    let report = bench.pass().await;
    assert_eq!(report.new, 1, "{report:?}");
    for (one, other) in [(first.number, second), (second, first.number)] {
        let told = reason(&bench, one, "several_dossiers_same_siren").unwrap();
        assert!(told["text"].as_str().unwrap().contains(&format!("un autre ({other})")), "{told}");
        assert!(reason(&bench, one, "duplicate_filing").is_some());
    }
    assert_eq!(bench.count("SELECT COUNT(*) FROM verdicts WHERE stale = 1"), 0);
    bench.advance(60);
    bench.emulator.world().usager_deletes(second).unwrap();
    bench.pass().await;
    assert!(!codes(&bench, first.number).iter().any(|code| code.starts_with("several_")));
}

#[tokio::test]
async fn many_dossiers_of_one_usager_cost_each_of_them_the_same() {
    let bench = Bench::new(60, 1);
    bench.pass().await;
    let first = alone(&bench);
    for _ in 0..60 {
        bench.advance(1);
        bench.emulator.world().deposit_as(first.clone());
    }
    let report = bench.pass().await;
    assert_eq!(report.new, 60, "{report:?}");
    let told = reason(&bench, first.number, "several_dossiers_same_siren").unwrap();
    assert!(told["text"].as_str().unwrap().contains("plus de 20 autres"), "{told}");
    assert_eq!(bench.count("SELECT COUNT(*) FROM verdicts WHERE stale = 1"), 0);
    // Each told of its first siblings, then once more that there are more: not once for each that came.
    let most =
        bench.count("SELECT MAX(n) FROM (SELECT COUNT(*) AS n FROM verdict_history GROUP BY dossier_number)");
    assert!(most <= 25, "{most} verdicts of one dossier");
}

#[tokio::test]
async fn the_form_is_known_before_the_first_dossier_is_judged() {
    let bench = Bench::new(120, 1);
    bench.pass().await;
    // Dossiers of the earlier call follow a form that is not in force any more.
    let unknown = "SELECT COUNT(*) FROM v_findings JOIN dossiers USING (number)
                   WHERE code = 'form_not_known' AND revision_id IN (SELECT id FROM revisions)";
    assert_eq!(bench.count(unknown), 0);
    assert!(
        bench.count("SELECT COUNT(*) FROM verdict_history")
            <= bench.count("SELECT COUNT(*) FROM verdicts") * 2
    );
}

#[tokio::test]
async fn a_form_that_changes_has_its_dossiers_judged_again() {
    let bench = Bench::new(80, 1);
    bench.pass().await;
    bench.advance(60);
    let (revision, next) = {
        let world = bench.emulator.read_world();
        let demarche = world.demarche(DEMARCHE_NUMBER).unwrap();
        (demarche.active_revision().unwrap().clone(), 9_001)
    };
    let mut newer = Revision::clone(&revision);
    (newer.id, newer.date_creation) = (next, bench.emulator.read_world().now());
    newer.date_publication = Some(newer.date_creation);
    let mut question = newer.champs.iter().find(|champ| champ.stable_id == TITLE).unwrap().clone();
    (question.stable_id, question.label) = (90_010, "Remarques obligatoires".into());
    newer.champs.push(question);
    bench.emulator.world().publish_revision(DEMARCHE_NUMBER, newer);
    bench.advance(120);
    bench.emulator.world().rebase_all(DEMARCHE_NUMBER);
    bench.full_pass().await;
    bench.advance(120);
    bench.full_pass().await;
    let asked_later = "SELECT COUNT(*) FROM v_findings WHERE code = 'mandatory_asked_after_deposit'";
    assert!(bench.count(asked_later) > 0);
    assert_eq!(bench.count("SELECT COUNT(*) FROM v_findings WHERE code = 'mandatory_answer_missing'"), 0);
}

#[tokio::test]
async fn an_edit_after_the_deadline_names_its_question_and_one_that_was_asked_for_is_told_apart() {
    let bench = Bench::new(120, 1);
    bench.pass().await;
    let dossier = alone(&bench);
    let answer = |text: &str| ChampValue::Text(Some(text.to_owned()));
    let submit = |text: &str| {
        bench.emulator.world().edit_champ(dossier.number, TITLE, answer(text)).unwrap();
        bench.emulator.world().resubmit(dossier.number).unwrap();
    };
    bench.advance(3_600);
    bench
        .emulator
        .world()
        .send_message(
            dossier.number,
            NewMessage {
                correction: Some(CorrectionReason::Incomplete),
                ..NewMessage::plain("instructeur@service.example", "Précisez le titre.")
            },
        )
        .unwrap();
    bench.pass().await;
    assert!(reason(&bench, dossier.number, "correction_pending").is_some());
    bench.advance(3_600);
    submit("Titre précisé");
    bench.pass().await;
    let asked = reason(&bench, dossier.number, "corrected_on_request").unwrap();
    assert!(asked["text"].as_str().unwrap().contains("Titre du projet"), "{asked}");
    assert!(reason(&bench, dossier.number, "modified_after_deadline").is_none());
    bench.advance(3_600);
    submit("Tout autre titre");
    let report = bench.pass().await;
    assert_eq!(report.transitions, 1, "{report:?}");
    let unasked = reason(&bench, dossier.number, "modified_after_deadline").unwrap();
    assert!(unasked["text"].as_str().unwrap().contains("Titre du projet"), "{unasked}");
    assert_eq!(unasked["facts"]["champs"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn domains_are_counted_where_the_call_names_the_question() {
    let mut bench = Bench::new(120, 1);
    bench.pass().await;
    assert_eq!(bench.count("SELECT COUNT(*) FROM v_stats WHERE dimension = 'domain'"), 0);
    bench.call = call_with("domain_champ = \"Domaine\"\n");
    let report = bench.pass().await;
    assert_eq!(report.judged_again, 120, "{report:?}");
    assert!(bench.count("SELECT COUNT(*) FROM v_stats WHERE dimension = 'domain'") >= 4);
    let counted = bench.count("SELECT SUM(dossiers) FROM v_stats WHERE dimension = 'domain'");
    let answered = bench.count(
        "SELECT COUNT(DISTINCT dossier_number) FROM champs WHERE label = 'Domaine' AND string_value <> ''",
    );
    assert_eq!(counted, answered);
    let by_nature = bench.count("SELECT SUM(dossiers) FROM v_stats WHERE dimension = 'nature'");
    assert_eq!(by_nature, 120);
}

#[tokio::test]
async fn an_answer_that_the_call_asks_for_blocks_and_a_question_that_is_not_there_is_warned_of() {
    let mut bench = Bench::new(120, 1);
    let question = "Votre administration exploite-t-elle directement le service public concerné ?";
    bench.call = call_with(&format!(
        "[[calls.answers]]\nchamp = \"{question}\"\nchecked = true\nweight = \"blocks\"\n"
    ));
    let report = bench.pass().await;
    assert!(report.warnings.is_empty(), "{report:?}");
    let refused =
        "SELECT COUNT(*) FROM v_findings WHERE code = 'answer_not_as_required' AND verdict <> 'ineligible'";
    assert!(bench.count("SELECT COUNT(*) FROM v_findings WHERE code = 'answer_not_as_required'") > 0);
    assert_eq!(bench.count(refused), 0);
    bench.call = call_with("[[calls.answers]]\nchamp = \"Exploitez-vous ?\"\nchecked = true\n");
    let report = bench.pass().await;
    assert!(report.warnings.iter().any(|warning| warning.contains("« Exploitez-vous ? »")), "{report:?}");
}

#[tokio::test]
async fn what_moved_when_the_rules_changed_is_kept() {
    let mut bench = Bench::new(120, 1);
    bench.pass().await;
    let before = bench.count("SELECT COUNT(*) FROM verdicts WHERE verdict = 'ineligible'");
    let told = bench.count("SELECT COUNT(*) FROM verdict_history");
    bench.call = call_with("[calls.applicants]\neligible = [\"72\"]\n");
    let report = bench.pass().await;
    assert_eq!(report.judged_again, 120, "{report:?}");
    let after = bench.count("SELECT COUNT(*) FROM verdicts WHERE verdict = 'ineligible'");
    assert!(after < before);
    assert!(report.transitions > 0);
    let moved = bench.count("SELECT COUNT(*) FROM verdict_history") - told;
    assert!(moved >= i64::try_from(report.transitions).unwrap() && moved < 120, "{moved} rows");
    assert_eq!(bench.pass().await.judged_again, 0);
}
