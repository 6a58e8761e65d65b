//! The jury's work beside the mirror.

use ds_emulator::{DEMARCHE_NUMBER, Emulator};
use serde_json::Value;

use crate::binary::Desk;
use crate::harness::emulator;

const CRITERIA: &str = "
[[calls.criteria]]
name = \"impact\"
label = \"Impact pour les usagers\"
weight = 3
[[calls.criteria]]
name = \"donnees\"
label = \"Données disponibles\"
track = \"technical\"
max_mark = 10
[[calls.criteria]]
name = \"originalite\"
label = \"Originalité scientifique\"
track = \"scientific\"
";

fn desk() -> (Emulator, Desk, String) {
    let emulator = emulator(30, 1);
    let desk = Desk::at(&emulator);
    let text = std::fs::read_to_string(desk.path("config.toml")).unwrap();
    desk.write("config.toml", &format!("{text}{CRITERIA}"));
    assert_eq!(desk.run(&["sync"]).code, Some(0));
    let number = emulator.read_world().visible_numbers(DEMARCHE_NUMBER)[5].to_string();
    (emulator, desk, number)
}

fn told(desk: &Desk, arguments: &[&str]) -> String {
    let answer = desk.run(arguments);
    assert_eq!(answer.code, Some(0), "{}{}", answer.out, answer.err);
    answer.out
}

fn rows(desk: &Desk, sql: &str) -> Value {
    serde_json::from_str(&told(desk, &["query", sql, "--format", "json"])).unwrap()
}

#[test]
fn marks_are_recorded_by_expert_averaged_and_untouched_by_a_pass() {
    let (emulator, desk, number) = desk();
    let first = [
        "grid",
        &number,
        "--by",
        "Mme Curie",
        "--mark",
        "impact=4",
        "--mark",
        "donnees=7,5",
        "--comment",
        "solide",
    ];
    told(&desk, &first);
    told(&desk, &["grid", &number, "--by", "M. Turing", "--mark", "impact=2"]);
    told(&desk, &["grid", &number, "--by", "M. Turing", "--mark", "impact=3", "--comment", "après débat"]);
    insta::assert_snapshot!(told(&desk, &["grid", &number]), @r"
    Grille du dossier 382015
      Impact pour les usagers : 3.50/5 (2 experts, de 3 à 4)
          M. Turing 3 : après débat
          Mme Curie 4 : solide
      Données disponibles [technique] : 7.50/10 (1 expert)
          Mme Curie 7.5 : solide
      Originalité scientifique [scientifique] : pas encore de note
      → tous accompagnements : 70.0 sur 100
      → technique : 75.0 sur 100
    ");
    let averages = "SELECT criterion, experts, average, spread FROM v_grid ORDER BY criterion";
    let before = rows(&desk, averages);
    assert_eq!(
        before[1],
        serde_json::json!({"criterion": "impact", "experts": 2, "average": 3.5, "spread": 1.0})
    );
    let of = number.parse().unwrap();
    emulator.world().set_archived(of, true).ok();
    emulator.world().advance(jiff::SignedDuration::from_hours(30));
    told(&desk, &["sync", "--full"]);
    assert_eq!(rows(&desk, averages), before);
    let kept = rows(
        &desk,
        "SELECT mark, comment, replaced_at IS NULL AS in_force FROM marks WHERE expert = 'M. Turing' ORDER BY id",
    );
    assert_eq!(kept[0]["in_force"], 0);
    assert_eq!(kept[1]["comment"], "après débat");
    let csv = told(&desk, &["grid", &number, "--format", "csv"]);
    assert_eq!(csv.lines().count(), 4, "{csv}");
}

#[test]
fn marks_that_mean_nothing_are_refused() {
    let (_emulator, desk, number) = desk();
    for (arguments, word) in [
        (vec!["--by", "X", "--mark", "style=3"], "critères de l’appel : impact, donnees, originalite"),
        (vec!["--by", "X", "--mark", "impact=5.5"], "de 0 à 5"),
        (vec!["--by", "X", "--mark", "impact=-1"], "de 0 à 5"),
        (vec!["--by", "X", "--mark", "impact=NaN"], "de 0 à 5"),
        (vec!["--by", "X", "--mark", "impact"], "CRITÈRE=NOTE"),
        (vec!["--by", " ", "--mark", "impact=1"], "--by est vide"),
        (vec!["--mark", "impact=1"], "--by"),
        (vec!["--by", "X"], "--mark"),
    ] {
        let answer = desk.run(&[vec!["grid", number.as_str()], arguments.clone()].concat());
        assert_eq!(answer.code, Some(2), "{arguments:?}: {}{}", answer.out, answer.err);
        assert!(answer.err.contains(word), "« {word} » is not told in: {}", answer.err);
    }
    assert_eq!(rows(&desk, "SELECT COUNT(*) AS n FROM marks")[0]["n"], 0, "nothing was written");
}

#[test]
fn a_call_without_criteria_says_so_and_what_to_do() {
    let emulator = emulator(12, 1);
    let desk = Desk::at(&emulator);
    assert_eq!(desk.run(&["sync"]).code, Some(0));
    let number = emulator.read_world().visible_numbers(DEMARCHE_NUMBER)[0].to_string();
    let answer = desk.run(&["grid", &number]);
    assert_eq!(answer.code, Some(0), "{}", answer.err);
    assert!(answer.out.contains("aucun critère n’est configuré ; ajoutez"), "{}", answer.out);
}
