//! What a verdict is explained by, in both languages; what would have been said at an instant; the rules, and
//! what others would change.

use ds_emulator::world::champ::ChampValue;
use ds_emulator::{DEMARCHE_NUMBER, Emulator};
use jiff::SignedDuration;
use serde_json::Value;

use crate::binary::Desk;
use crate::harness::emulator;

fn told(desk: &Desk, arguments: &[&str]) -> String {
    let answer = desk.run(arguments);
    assert_eq!(answer.code, Some(0), "{}{}", answer.out, answer.err);
    answer.out
}

fn json(desk: &Desk, arguments: &[&str]) -> Value {
    serde_json::from_str(&told(desk, &[arguments, &["--format", "json"]].concat())).unwrap()
}

fn desk() -> (Emulator, Desk) {
    let emulator = emulator(120, 1);
    let desk = Desk::at(&emulator);
    told(&desk, &["sync"]);
    (emulator, desk)
}

fn with_masks(check: impl FnOnce()) {
    let mut settings = insta::Settings::clone_current();
    // The year of the machine's clock: what people and passes write is dated by it.
    settings.add_filter(r"\d\d/\d\d/20[2-9]\d (à )?\d\d:\d\d:\d\d", "[instant]");
    settings.add_filter(r"20[2-9]\d-\d\d-\d\d \d\d:\d\d:\d\d", "[instant]");
    settings.add_filter(r"20[2-9]\d-\d\d-\d\dT[\d:.]+Z", "[instant]");
    settings.add_filter(r"\b[0-9a-f]{12}\b", "[version]");
    settings.bind(check);
}

/// An open dossier deposited in time, and one of its texts.
fn open_dossier(emulator: &Emulator) -> (u64, u64) {
    let world = emulator.read_world();
    let found = world.visible_numbers(DEMARCHE_NUMBER).into_iter().find_map(|number| {
        let dossier = world.dossier(number)?;
        let text = dossier.champs.iter().find(|champ| matches!(champ.value, ChampValue::Text(Some(_))))?;
        let open = dossier.state.as_str() == "en_construction"
            && dossier.depose_at > "2019-03-26T00:00:00Z".parse().unwrap()
            && dossier.depose_at < "2019-05-31T22:00:00Z".parse().unwrap()
            && dossier.demandeur.typename() == "PersonneMorale"
            && dossier.messages.iter().all(|message| message.correction.is_none());
        open.then_some((number, text.stable_id))
    });
    found.unwrap()
}

/// The dossier is edited after the deadline, and the mirror follows.
fn edit_late(emulator: &Emulator, desk: &Desk) -> String {
    let (number, stable_id) = open_dossier(emulator);
    emulator.world().advance(SignedDuration::from_hours(5));
    let answer = ChampValue::Text(Some("Réponse changée".to_owned()));
    emulator.world().edit_champ(number, stable_id, answer).unwrap();
    emulator.world().resubmit(number).unwrap();
    told(desk, &["sync"]);
    number.to_string()
}

#[test]
fn a_verdict_with_every_check_its_facts_and_its_source() {
    let (emulator, desk) = desk();
    let number = edit_late(&emulator, &desk);
    told(
        &desk,
        &["decide", &number, "eligible", "--by", "Mme Martin", "--reason", "modification sans portée"],
    );
    with_masks(|| insta::assert_snapshot!(told(&desk, &["explain", &number])));
}

#[test]
fn the_same_in_english() {
    let (emulator, desk) = desk();
    let number = edit_late(&emulator, &desk);
    desk.edit("[api]", "language = \"en\"\n[api]");
    told(&desk, &["sync"]);
    with_masks(|| insta::assert_snapshot!(told(&desk, &["explain", &number])));
}

#[test]
fn what_would_have_been_said_at_the_deadline_and_what_was_said_since() {
    let (emulator, desk) = desk();
    let number = edit_late(&emulator, &desk);
    with_masks(|| {
        insta::assert_snapshot!(
            [
                told(&desk, &["explain", &number, "--at", "2019-05-31T23:59"]),
                told(&desk, &["explain", &number, "--at", "2018-01-01"]),
                told(&desk, &["explain", &number, "--at", "2100-01-01"]),
            ]
            .join("\n")
        );
    });
    let then = json(&desk, &["explain", &number, "--at", "2019-05-31T23:59"]);
    assert_eq!(then["judged_now"]["verdict"], "eligible");
    assert_eq!(json(&desk, &["explain", &number])["verdict"], "to_review");
}

#[test]
fn a_decision_counts_from_the_instant_it_was_made() {
    let (emulator, desk) = desk();
    let (number, _) = open_dossier(&emulator);
    let number = number.to_string();
    let before = jiff::Timestamp::now();
    std::thread::sleep(std::time::Duration::from_millis(5));
    told(&desk, &["decide", &number, "late", "--by", "X", "--reason", "Y"]);
    let then = json(&desk, &["explain", &number, "--at", &before.to_string()]);
    assert_eq!(
        (&then["judged_now"]["verdict"], &then["told"]["verdict"]),
        (&"eligible".into(), &"eligible".into())
    );
    let now = json(&desk, &["explain", &number, "--at", "2100-01-01T00:00:00Z"]);
    assert_eq!((&now["judged_now"]["verdict"], &now["told"]["verdict"]), (&"late".into(), &"late".into()));
}

#[test]
fn the_rules_of_a_call() {
    let (_emulator, desk) = desk();
    desk.edit("deadline =", "domain_champ = \"Domaine\"\ngrace = \"15min\"\ndeadline =");
    let more = "\n[calls.applicants]\neligible = [\"4110\"]\nineligible_siren = [\"130000136\"]\n\
                [calls.checks]\nsame_siren = \"off\"\n\
                [[calls.answers]]\nchamp = \"Agents mobilisés\"\nmin = 1\n\
                [[calls.extensions]]\nuntil = \"2019-06-07T12:00\"\nby = \"la direction\"\nreason = \"panne\"\n\
                [[calls.criteria]]\nname = \"impact\"\nlabel = \"Impact\"\n";
    let text = std::fs::read_to_string(desk.path("config.toml")).unwrap();
    desk.write("config.toml", &format!("{text}{more}"));
    with_masks(|| insta::assert_snapshot!(told(&desk, &["rules", "show"])));
    assert_eq!(told(&desk, &["rules", "show", "--call", "ami-ia-2"]), told(&desk, &["rules", "show"]));
    assert_eq!(desk.run(&["rules", "show", "--call", "autre"]).code, Some(2));
}

#[test]
fn whatever_is_shown_of_a_dossier_and_of_rules_speaks_english_when_asked_to() {
    let (emulator, desk) = desk();
    let number = edit_late(&emulator, &desk);
    let number = number.as_str();
    let text = std::fs::read_to_string(desk.path("config.toml")).unwrap();
    let text = text.replace("[api]", "language = \"en\"\n[api]");
    let grid = "\n[[calls.criteria]]\nname = \"impact\"\nlabel = \"Impact\"\n\
                [[calls.criteria]]\nname = \"data\"\nlabel = \"Data\"\ntrack = \"technical\"\n\
                [[calls.answers]]\nchamp = \"Agents mobilisés\"\nmin = 1\n";
    desk.write("config.toml", &format!("{text}{grid}"));
    desk.write("other.toml", &format!("{text}[calls.applicants]\nineligible = [\"73\"]\n"));
    told(&desk, &["sync"]);
    told(&desk, &["decide", number, "late", "--by", "Ms Martin", "--reason", "too late"]);
    told(&desk, &["decide", number, "--withdraw", "--by", "Ms Martin"]);
    told(
        &desk,
        &["extend", number, "--until", "2019-06-30T12:00", "--by", "Ms Martin", "--reason", "outage"],
    );
    told(&desk, &["grid", number, "--by", "Ms Curie", "--mark", "data=4", "--comment", "sound"]);
    told(&desk, &["grid", number, "--by", "Mr Turing", "--mark", "data=3"]);
    let other = desk.path("other.toml");
    let diff = told(&desk, &["rules", "diff", other.to_str().unwrap()]);
    with_masks(|| {
        let shown = [
            told(&desk, &["show", number]),
            told(&desk, &["grid", number]),
            told(&desk, &["rules", "show"]),
            diff.lines().filter(|line| !line.contains("73")).collect::<Vec<_>>().join("\n"),
        ];
        insta::assert_snapshot!(shown.join("\n"));
    });
}

#[test]
fn what_other_rules_would_change_is_what_they_change() {
    let (_emulator, desk) = desk();
    let text = std::fs::read_to_string(desk.path("config.toml")).unwrap();
    desk.write("other.toml", &format!("{text}[calls.applicants]\neligible = [\"72\"]\n"));
    let other = desk.path("other.toml");
    let foreseen = json(&desk, &["rules", "diff", other.to_str().unwrap()]);
    let foreseen = foreseen.as_array().unwrap();
    assert!(!foreseen.is_empty());
    assert!(foreseen.iter().all(|one| one["before"] == "ineligible"));
    assert!(foreseen.iter().any(|one| one["code"] == "legal_category_listed_by_call"));
    let people = told(&desk, &["rules", "diff", other.to_str().unwrap()]);
    assert!(people.contains(&format!("{} verdicts changeraient sur 120", foreseen.len())), "{people}");
    let query = "SELECT number, verdict FROM v_dossiers ORDER BY number";
    let before = json(&desk, &["query", query]);
    assert_eq!(json(&desk, &["query", query]), before, "comparing changed the mirror");
    std::fs::copy(&other, desk.path("config.toml")).unwrap();
    told(&desk, &["sync"]);
    let after = json(&desk, &["query", query]);
    let moved: Vec<(Value, Value)> = before
        .as_array()
        .unwrap()
        .iter()
        .zip(after.as_array().unwrap())
        .filter(|(before, after)| before["verdict"] != after["verdict"])
        .map(|(_, after)| (after["number"].clone(), after["verdict"].clone()))
        .collect();
    let expected: Vec<(Value, Value)> =
        foreseen.iter().map(|one| (one["number"].clone(), one["after"].clone())).collect();
    assert_eq!(moved, expected);
    let none = told(&desk, &["rules", "diff", other.to_str().unwrap()]);
    assert!(none.contains("0 verdict changerait sur 120 ; mêmes règles"), "{none}");
}

#[test]
fn a_configuration_that_is_wrong_is_refused_before_anything_is_compared() {
    let (_emulator, desk) = desk();
    let text = std::fs::read_to_string(desk.path("config.toml")).unwrap();
    desk.write("other.toml", &format!("{text}[calls.applicants]\neligible = [\"9999\"]\n"));
    let answer = desk.run(&["rules", "diff", desk.path("other.toml").to_str().unwrap()]);
    assert_eq!(answer.code, Some(2));
    assert!(answer.err.contains("« 9999 »") && answer.err.contains("ligne"), "{}", answer.err);
}

#[test]
fn a_question_that_the_form_does_not_ask_is_told_with_its_line_and_the_nearest_one() {
    let (_emulator, desk) = desk();
    desk.edit("deadline =", "domain_champ = \"Domaines\"\ndeadline =");
    let line = std::fs::read_to_string(desk.path("config.toml"))
        .unwrap()
        .lines()
        .position(|line| line.starts_with("domain_champ"))
        .unwrap()
        + 1;
    let answer = desk.run(&["check"]);
    assert_eq!(answer.code, Some(3), "{}{}", answer.out, answer.err);
    let told = format!("ligne {line} de la configuration : le formulaire n’a pas de question « Domaines »");
    assert!(
        answer.out.contains(&told) && answer.out.contains("vouliez-vous écrire « Domaine » ?"),
        "{}",
        answer.out
    );
    let synced = desk.run(&["sync"]);
    assert_eq!(synced.code, Some(3), "{}{}", synced.out, synced.err);
    assert!(synced.out.contains("« Domaines »"), "{}", synced.out);
}
