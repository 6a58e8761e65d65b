//! A workbook opened by another reader says what the CSV of the same mirror says, cell by cell.

use std::collections::BTreeMap;
use std::path::Path;

use calamine::{Data, Range, Reader as _, Xlsx, open_workbook};
use ds_emulator::Emulator;
use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::binary::{Answer, Desk};
use crate::harness::emulator;

const MONTHS: [&str; 12] = [
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
];

type Sheets = Vec<(String, Range<Data>)>;

fn sheets(path: &Path) -> Sheets {
    let mut book: Xlsx<_> = open_workbook(path).unwrap();
    book.worksheets()
}

/// Both exports of a view: the rows of the CSV, its header first, and the sheets.
fn both(desk: &Desk, view: &str) -> (Vec<Vec<String>>, Sheets) {
    let csv = desk.run(&["export", "--format", "csv", "--view", view]);
    assert_eq!(csv.code, Some(0), "{}", csv.err);
    let mut rows = csv::ReaderBuilder::new().has_headers(false).from_reader(csv.out.as_bytes());
    let rows = rows.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect();
    let path = desk.path("out.xlsx");
    let done = desk.run(&["export", "--format", "xlsx", "--view", view, "-o", path.to_str().unwrap()]);
    assert_eq!((done.code, done.err.as_str()), (Some(0), ""));
    (rows, sheets(&path))
}

/// The text that the CSV has for what a cell holds; Paris is where the call is.
fn as_csv(cell: &Data, csv: &str) -> String {
    match cell {
        Data::Empty => String::new(),
        Data::String(text) => text.clone(),
        Data::Int(number) => number.to_string(),
        Data::Float(number) => number.to_string(),
        Data::DateTime(at) if csv.contains('T') => {
            // The instant of the CSV, at the clock of the call, is what the cell shows to the millisecond.
            let instant: Timestamp = csv.parse().unwrap();
            let local = TimeZone::get("Europe/Paris").unwrap().to_datetime(instant);
            let (year, month, day, hour, minute, second, milli) = at.to_ymd_hms_milli();
            let shown = format!("{year}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{milli:03}");
            if local.strftime("%Y-%m-%dT%H:%M:%S%.3f").to_string() == shown { csv.to_owned() } else { shown }
        }
        Data::DateTime(at) => {
            let (year, month, day, hour, minute, ..) = at.to_ymd_hms_milli();
            // Of the mirror's days and of the platform's words, what the CSV has.
            let word = MONTHS[usize::from(month) - 1];
            let words = format!("{day:02} {word} {year}");
            let shown = [
                format!("{year}-{month:02}-{day:02}"),
                words.clone(),
                format!("{words} {hour:02}:{minute:02}"),
            ];
            let same = shown.iter().find(|text| *text == csv);
            same.unwrap_or(&shown[2]).clone()
        }
        other => panic!("{other:?} is no cell of ours"),
    }
}

/// How many cells of each kind a view has, once every one was compared.
fn compare(desk: &Desk, view: &str) -> BTreeMap<&'static str, usize> {
    let (rows, sheets) = both(desk, view);
    let (name, sheet) = &sheets[0];
    assert_eq!(*name, view.chars().take(31).collect::<String>());
    assert_eq!(sheet.height(), rows.len(), "{view}");
    let mut kinds = BTreeMap::new();
    for (row, expected) in rows.iter().enumerate() {
        for (column, expected) in expected.iter().enumerate() {
            let cell = sheet.get((row, column)).unwrap_or(&Data::Empty);
            assert_eq!(as_csv(cell, expected), *expected, "{view}, row {row}, column {}", rows[0][column]);
            let kind = match cell {
                Data::Empty => "empty",
                Data::String(_) => "text",
                Data::DateTime(_) => "moment",
                _ => "number",
            };
            *kinds.entry(kind).or_default() += 1;
        }
    }
    kinds
}

fn mirrored(dossiers: u64) -> (Emulator, Desk) {
    let emulator = emulator(dossiers, 3);
    let desk = Desk::at(&emulator);
    assert_eq!(desk.run(&["sync"]).code, Some(0));
    (emulator, desk)
}

#[test]
fn every_cell_is_that_of_the_csv() {
    let (_emulator, desk) = mirrored(120);
    let dossiers = compare(&desk, "v_dossiers");
    assert!(dossiers["moment"] > 240 && dossiers["number"] > 240, "{dossiers:?}");
    let answers = compare(&desk, "d_12345");
    assert!(answers["number"] > 240, "numbers of the form are numbers: {answers:?}");
    assert!(answers["moment"] > 300, "days of the form are days: {answers:?}");
    for view in ["v_stats", "champs", "traitements", "messages", "sync_runs", "changes"] {
        compare(&desk, view);
    }
}

#[test]
fn a_deposit_is_shown_at_the_clock_of_the_call_and_a_siret_keeps_its_digits() {
    let (_emulator, desk) = mirrored(12);
    let (rows, sheets) = both(&desk, "v_dossiers");
    let at = |name: &str| rows[0].iter().position(|column| column == name).unwrap();
    let (depot, siret) = (at("date_depot"), at("siret"));
    let sheet = &sheets[0].1;
    assert!((1..=12).all(|row| matches!(sheet.get((row, depot)), Some(Data::DateTime(_)))));
    let with_siret = (1..=12).find(|row| !rows[*row][siret].is_empty()).unwrap();
    assert_eq!(sheet.get((with_siret, siret)), Some(&Data::String(rows[with_siret][siret].clone())));
    let notice: Vec<String> = sheets[1].1.rows().map(|row| row[1].to_string()).collect();
    assert_eq!(sheets[1].0, "Lisez-moi");
    assert_eq!(&notice[1..], ["12", "Europe/Paris", "aucun"]);
    desk.edit("[api]", "language = \"en\"\n[api]");
    assert_eq!(both(&desk, "v_late").1[1].0, "Read me");
}

#[test]
fn nothing_becomes_a_formula_and_nothing_is_lost() {
    let (_emulator, desk) = mirrored(12);
    let hostile = [
        "=1+1",
        "=HYPERLINK(\"http://example.org\",\"x\")",
        "+33 1 23 45 67 89",
        "-1",
        "@SUM(A1)",
        "\t=1+1",
        "http://example.org/",
        "2019-05-31T23:59:00Z",
        "00123",
        "31 février 2019",
        "a\u{1}b _x0041_ c",
        "<b>&amp;</b>\r\nune ligne",
        "🦀 é \u{202e}",
        "  bords  ",
    ];
    let mirror = rusqlite::Connection::open(desk.path("mirror.db")).unwrap();
    let mut dossiers = mirror.prepare("SELECT number FROM dossiers ORDER BY number").unwrap();
    let numbers: Vec<u32> = dossiers.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    for (number, text) in numbers.iter().zip(&hostile) {
        mirror.execute("UPDATE dossiers SET raison_sociale = ?1 WHERE number = ?2", (text, number)).unwrap();
        mirror
            .execute("UPDATE champs SET string_value = ?1 WHERE dossier_number = ?2", (text, number))
            .unwrap();
    }
    compare(&desk, "v_dossiers");
    let kinds = compare(&desk, "d_12345");
    assert_eq!(kinds["moment"], 12, "an answer that looks like an instant stays a text");
    let inside = std::process::Command::new("python3")
        .args(["-c", "import sys, zipfile; z = zipfile.ZipFile(sys.argv[1]); print(''.join(z.read(n).decode() for n in z.namelist()))"])
        .arg(desk.path("out.xlsx"))
        .output()
        .unwrap();
    let inside: Answer = inside.into();
    assert!(
        inside.out.contains("HYPERLINK(")
            && !inside.out.contains("<f>")
            && !inside.out.contains("<hyperlink")
    );
}

#[test]
fn a_text_longer_than_a_cell_is_cut_and_told() {
    let (_emulator, desk) = mirrored(12);
    let path = desk.path("out.xlsx");
    let mirror = rusqlite::Connection::open(desk.path("mirror.db")).unwrap();
    let write = |pairs: u32| {
        let sql = "UPDATE dossiers SET raison_sociale = replace(hex(zeroblob(?1)), '00', '🦀é')
                   WHERE number = (SELECT MIN(number) FROM dossiers)";
        mirror.execute(sql, [pairs]).unwrap();
        let done = desk.run(&["export", "--format", "xlsx", "-o", path.to_str().unwrap()]);
        assert_eq!(done.code, Some(0));
        done.err
    };
    // Three units of UTF-16 a pair: the longest that a cell bears, then one more.
    assert_eq!(write(10_922), "");
    let told = write(10_923);
    assert!(told.contains("1 textes") && told.contains("entiers en csv"), "{told}");
    let sheets = sheets(&path);
    let texts = sheets[0].1.used_cells().map(|(_, _, cell)| cell.to_string());
    let longest = texts.max_by_key(String::len).unwrap();
    assert!(longest.ends_with(" […]") && (32_760..=32_767).contains(&longest.encode_utf16().count()));
    assert!(sheets[1].1.rows().any(|row| row[1].to_string().starts_with("1 (")));
}

#[test]
fn a_workbook_goes_to_a_pipe_and_not_to_a_terminal() {
    let (_emulator, desk) = mirrored(12);
    let piped = desk.command(&["export", "--format", "xlsx"]).output().unwrap();
    assert_eq!(piped.status.code(), Some(0));
    let path = desk.path("piped.xlsx");
    std::fs::write(&path, &piped.stdout).unwrap();
    assert_eq!(sheets(&path)[0].1.height(), 13);
    // `script` gives the command a terminal.
    let command = format!(
        "{} --config {} export --format xlsx",
        env!("CARGO_BIN_EXE_ami-sync"),
        desk.path("config.toml").display()
    );
    let shown = std::process::Command::new("script")
        .args(["-qec", &command, "/dev/null"])
        .stdin(std::process::Stdio::null())
        .output()
        .unwrap();
    assert_eq!(shown.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&shown.stdout).contains("-o dossiers.xlsx"));
}

#[test]
fn an_export_cut_off_by_ctrl_c_leaves_nothing() {
    let (_emulator, desk) = mirrored(12);
    let mirror = rusqlite::Connection::open(desk.path("mirror.db")).unwrap();
    let endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n";
    mirror.execute_batch(&format!("CREATE VIEW endless AS {endless}")).unwrap();
    for format in ["csv", "xlsx"] {
        let path = desk.path("endless");
        let arguments = ["export", "--format", format, "--view", "endless", "-o", path.to_str().unwrap()];
        let mut child = desk.spawn(&arguments);
        let partial = desk.path("endless.partial");
        while !partial.exists() {
            std::thread::sleep(std::time::Duration::from_millis(5));
        }
        std::thread::sleep(std::time::Duration::from_millis(200));
        let killed = std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status();
        assert!(killed.unwrap().success());
        assert_eq!(child.wait().unwrap().code(), Some(130), "{format}");
        assert!(!partial.exists() && !path.exists(), "{format}: something is left");
    }
}
