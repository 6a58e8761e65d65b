//! Every mistake an operator or a machine can make: a clear message, the right exit code, nothing lost.

use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;

use ds_emulator::Fault;

use crate::binary::{Answer, Desk, bare};
use crate::harness::emulator;

fn refused(answer: &Answer, code: i32, words: &[&str]) {
    let told = format!("{}{}", answer.out, answer.err);
    assert_eq!(answer.code, Some(code), "{told}");
    for word in words {
        let begins: String = told.chars().take(2_000).collect();
        assert!(told.contains(word), "« {word} » is not told in: {begins}");
    }
    assert!(!told.contains("panicked"), "{told}");
}

#[test]
fn without_a_configuration() {
    let folder = tempfile::tempdir().unwrap();
    let answer: Answer = bare(folder.path()).arg("sync").output().unwrap().into();
    refused(&answer, 2, &["aucune configuration", "ami-sync init"]);
}

#[test]
fn init_writes_a_configuration_once() {
    let folder = tempfile::tempdir().unwrap();
    let answer: Answer = bare(folder.path()).arg("init").output().unwrap().into();
    refused(&answer, 0, &["config.toml est écrit"]);
    let mode = std::fs::metadata(folder.path().join("config.toml")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o640);
    let again: Answer = bare(folder.path()).arg("init").output().unwrap().into();
    refused(&again, 2, &["existe déjà"]);
}

#[test]
fn an_unknown_key_or_a_bad_date() {
    let emulator = emulator(12, 1);
    let desk = Desk::at(&emulator);
    desk.edit("deadline", "dedline");
    refused(&desk.run(&["sync"]), 2, &["ligne 12", "« dedline »", "« deadline »"]);
    desk.edit("dedline = \"2019-05-31T23:59\"", "deadline = \"2019-05-32T23:59\"");
    refused(&desk.run(&["sync"]), 2, &["ligne 12", "n’est pas une date possible"]);
}

#[test]
fn a_token_missing_unreadable_or_read_by_all() {
    let emulator = emulator(12, 1);
    let desk = Desk::at(&emulator);
    std::fs::set_permissions(desk.path("token"), std::fs::Permissions::from_mode(0o644)).unwrap();
    refused(&desk.run(&["sync"]), 0, &["lisible par tous", "chmod 600"]);
    refused(&desk.run(&["check"]), 3, &["lisible par tous"]);
    desk.write("token", "\n");
    refused(&desk.run(&["sync"]), 2, &["est vide"]);
    std::fs::remove_file(desk.path("token")).unwrap();
    refused(&desk.run(&["sync"]), 2, &["ne peut être lu"]);
    desk.edit("token_file", "# token_file");
    refused(&desk.run(&["sync"]), 2, &["aucun jeton"]);
}

#[test]
fn a_wrong_token_an_unknown_demarche_and_no_answer() {
    let emulator = emulator(12, 1);
    let desk = Desk::at(&emulator);
    desk.write("token", "d3Jvbmc=");
    let answer = desk.run(&["sync"]);
    refused(&answer, 1, &["ne reconnaît pas le jeton"]);
    assert!(!answer.err.contains("d3Jvbmc"), "the token is shown");
    desk.write("token", emulator.token());
    desk.edit("demarche = 12345", "demarche = 99");
    refused(&desk.run(&["sync"]), 1, &["démarche 99", "Vérifiez le numéro"]);
    let nowhere = Desk::new("http://127.0.0.1:9/graphql", "jeton");
    refused(&nowhere.run(&["sync"]), 1, &["connexion à 127.0.0.1", "Vérifiez api.url"]);
}

#[test]
fn a_call_that_fails_does_not_stop_the_others() {
    let emulator = emulator(12, 1);
    let desk = Desk::at(&emulator);
    let other = "[[calls]]\nslug = \"autre\"\ndemarche = 99\nopens_at = \"2019-03-26T00:00\"\n\
                 deadline = \"2019-05-31T23:59\"\n[[calls]]";
    desk.edit("[[calls]]", other);
    refused(&desk.run(&["sync"]), 1, &["démarche 99", "12 dossiers lus"]);
    let count = desk.run(&["query", "SELECT COUNT(*) AS n FROM v_dossiers WHERE verdict IS NOT NULL"]);
    refused(&count, 0, &["12"]);
}

#[test]
fn a_server_that_speaks_no_tls() {
    let emulator = emulator(12, 1);
    let desk = Desk::new(&emulator.url().replace("http://", "https://"), "jeton");
    refused(&desk.run(&["sync"]), 1, &["connexion", "127.0.0.1"]);
}

#[test]
fn a_server_whose_certificate_nobody_vouches_for() {
    let folder = tempfile::tempdir().unwrap();
    let (key, certificate) = (folder.path().join("key.pem"), folder.path().join("cert.pem"));
    let made = Command::new("openssl")
        .args(["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"])
        .args(["-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout"])
        .arg(&key)
        .arg("-out")
        .arg(&certificate)
        .output();
    assert!(made.unwrap().status.success(), "openssl (Debian's package) is needed here");
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let mut server = Command::new("openssl")
        .args(["s_server", "-quiet", "-www", "-accept", &format!("127.0.0.1:{port}"), "-key"])
        .arg(&key)
        .arg("-cert")
        .arg(&certificate)
        .stdin(std::process::Stdio::null())
        .spawn()
        .unwrap();
    while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    let desk = Desk::new(&format!("https://127.0.0.1:{port}/graphql"), "jeton");
    let answer = desk.run(&["sync"]);
    server.kill().unwrap();
    server.wait().unwrap();
    refused(&answer, 1, &["certificat", "127.0.0.1"]);
}

#[test]
fn html_and_truncated_json() {
    let emulator = emulator(12, 1);
    let desk = Desk::at(&emulator);
    emulator.inject(Fault::HtmlInstead);
    refused(&desk.run(&["sync"]), 1, &["une page HTML", "/api/v2/graphql"]);
    emulator.clear_faults();
    emulator.inject(Fault::TruncatedJson);
    refused(&desk.run(&["sync"]), 1, &["incomplète ou illisible"]);
    emulator.clear_faults();
    refused(&desk.run(&["sync"]), 0, &["nouveaux"]);
}

#[test]
fn a_mirror_of_a_later_version_or_of_something_else() {
    let emulator = emulator(12, 1);
    let desk = Desk::at(&emulator);
    refused(&desk.run(&["sync"]), 0, &[]);
    let sqlite = |sql: &str| {
        let done = Command::new("sqlite3").arg(desk.path("mirror.db")).arg(sql).status();
        assert!(done.unwrap().success(), "sqlite3 (Debian's package) is needed here");
    };
    sqlite("PRAGMA user_version = 99");
    refused(&desk.run(&["sync"]), 1, &["plus récente (99)"]);
    refused(&desk.run(&["status"]), 1, &["plus récente (99)"]);
    sqlite("PRAGMA user_version = 1; PRAGMA application_id = 1");
    refused(&desk.run(&["sync"]), 1, &["n’est pas un miroir"]);
    let other = Desk::at(&emulator);
    other.write("mirror.db", &"ceci est un courrier\n".repeat(500));
    refused(&other.run(&["sync"]), 1, &["n’est pas un miroir", "n’a pas été touché"]);
    let kept = std::fs::read_to_string(other.path("mirror.db")).unwrap();
    assert!(kept.starts_with("ceci est un courrier"));
}

#[test]
fn a_second_process_waits_its_turn() {
    let emulator = emulator(12, 1);
    let desk = Desk::at(&emulator);
    let store = ami_sync::store::Store::open(&desk.path("mirror.db")).unwrap();
    refused(&desk.run(&["sync"]), 1, &["un autre ami-sync écrit déjà"]);
    refused(&desk.run(&["status"]), 0, &["lancez « ami-sync sync »"]);
    drop(store);
    refused(&desk.run(&["sync"]), 0, &[]);
}

#[test]
fn reading_commands_before_any_sync() {
    let emulator = emulator(12, 1);
    let desk = Desk::at(&emulator);
    for command in [&["status"] as &[&str], &["dossiers"], &["show", "1"], &["query", "SELECT 1"]] {
        refused(&desk.run(command), 1, &["n’existe pas", "ami-sync sync"]);
    }
}

#[test]
fn an_operator_looks_around() {
    let emulator = emulator(60, 1);
    let desk = Desk::at(&emulator);
    refused(&desk.run(&["sync"]), 0, &["nouveaux"]);
    refused(&desk.run(&["audit"]), 0, &["0 absents"]);
    refused(
        &desk.run(&["check"]),
        0,
        &["✓ jeton", "✓ schéma de l’API : tel que nous le connaissons", "est sain"],
    );
    refused(&desk.run(&["status"]), 0, &["à jour au", "recevables"]);
    let json = desk.run(&["dossiers", "--verdict", "ineligible", "--format", "json"]);
    let listed: serde_json::Value = serde_json::from_str(&json.out).unwrap();
    let number = listed[0]["number"].to_string();
    refused(&desk.run(&["show", &number]), 0, &["non éligible", "Réponses"]);
    refused(&desk.run(&["explain", &number]), 0, &["✗ candidat", "source :"]);
    refused(&desk.run(&["history", &number]), 0, &["présence"]);
    refused(&desk.run(&["history", &number, "--at", "2019-05-31T22:00:00Z"]), 0, &["tel qu’il était"]);
    refused(&desk.run(&["resync", &number]), 0, &["rien de nouveau"]);
    refused(&desk.run(&["resync", "1"]), 3, &["ne le montre pas"]);
    refused(&desk.run(&["show", "1"]), 2, &["n’est pas dans le miroir"]);
    let csv = desk.run(&["export", "--format", "csv"]);
    assert_eq!(csv.out.lines().count(), 61);
    let file = desk.path("export.jsonl");
    refused(
        &desk.run(&["export", "--format", "jsonl", "--view", "d_12345", "-o", file.to_str().unwrap()]),
        0,
        &[],
    );
    assert_eq!(std::fs::read_to_string(&file).unwrap().lines().count(), 60);
    assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    refused(&desk.run(&["export", "--format", "csv", "--view", "nulle"]), 1, &["ni vue ni table"]);
}

#[test]
fn an_audit_finds_what_the_mirror_has_not() {
    let emulator = emulator(40, 1);
    let desk = Desk::at(&emulator);
    refused(&desk.run(&["sync"]), 0, &[]);
    emulator.world().deposit(12_345).unwrap();
    refused(&desk.run(&["audit"]), 3, &["1 absents", "missing"]);
}

#[test]
fn no_sql_can_write() {
    let emulator = emulator(12, 1);
    let desk = Desk::at(&emulator);
    refused(&desk.run(&["sync"]), 0, &[]);
    let target = desk.path("stolen.db");
    let attacks = [
        "DELETE FROM dossiers".to_owned(),
        "INSERT INTO labels VALUES (1, 'x', 'x', 'x')".to_owned(),
        "SELECT 1; DROP TABLE champs".to_owned(),
        "PRAGMA journal_mode = DELETE".to_owned(),
        "PRAGMA query_only = 0".to_owned(),
        "PRAGMA writable_schema = 1".to_owned(),
        format!("ATTACH '{}' AS stolen", target.display()),
        format!("VACUUM INTO '{}'", target.display()),
        "CREATE TEMP TABLE t (x)".to_owned(),
        "SELECT load_extension('x')".to_owned(),
        "WITH x AS (SELECT 1) DELETE FROM dossiers".to_owned(),
        "BEGIN IMMEDIATE".to_owned(),
        "DROP VIEW v_dossiers".to_owned(),
        String::new(),
    ];
    for sql in attacks {
        let answer = desk.run(&["query", &sql]);
        assert_eq!(answer.code, Some(1), "{sql}: {}{}", answer.out, answer.err);
    }
    assert!(!target.exists());
    refused(&desk.run(&["query", "SELECT COUNT(*) AS n FROM dossiers", "--format", "csv"]), 0, &["n\n12\n"]);
    refused(&desk.run(&["query", "PRAGMA table_info(dossiers)"]), 0, &["date_depot"]);
}

#[test]
fn a_query_without_end_is_cut_off_by_ctrl_c() {
    let emulator = emulator(12, 1);
    let desk = Desk::at(&emulator);
    refused(&desk.run(&["sync"]), 0, &[]);
    let endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT COUNT(*) FROM n";
    let mut child = desk.spawn(&["query", endless]);
    std::thread::sleep(std::time::Duration::from_millis(500));
    let killed = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(killed.success());
    assert_eq!(child.wait().unwrap().code(), Some(130));
}

#[test]
fn a_closed_pipe_is_no_error() {
    let emulator = emulator(300, 1);
    let desk = Desk::at(&emulator);
    refused(&desk.run(&["sync"]), 0, &[]);
    let piped = format!(
        "{} --config {} export --format jsonl --view champs | head -1 > /dev/null; echo ${{PIPESTATUS[0]}}",
        env!("CARGO_BIN_EXE_ami-sync"),
        desk.path("config.toml").display()
    );
    let answer: Answer = Command::new("bash").args(["-c", &piped]).output().unwrap().into();
    assert_eq!((answer.out.trim(), answer.err.as_str()), ("0", ""));
}

#[test]
fn help_completions_and_manual() {
    let folder = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str]| -> Answer { bare(folder.path()).args(arguments).output().unwrap().into() };
    refused(&run(&["--help"]), 0, &["Usage :", "Commandes", "demo", "explain"]);
    refused(&run(&["completions", "bash"]), 0, &["_ami__sync"]);
    refused(&run(&["man"]), 0, &[".TH ami-sync", ".SH FICHIERS", ".SH \"CODES DE RETOUR\""]);
    // Every page that a page names is there.
    refused(&run(&["man", "--directory", "."]), 0, &[]);
    let pages = || std::fs::read_dir(folder.path()).unwrap().map(|page| page.unwrap().path());
    assert!(pages().count() > 25);
    for page in pages() {
        let text = std::fs::read_to_string(&page).unwrap();
        for named in text.lines().filter_map(|line| line.strip_suffix("(1)")) {
            let file = folder.path().join(format!("{}.1", named.replace('\\', "")));
            assert!(file.exists(), "{} names {}", page.display(), file.display());
        }
    }
}

#[test]
fn the_command_line_refuses_and_helps_in_french() {
    let folder = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str]| -> Answer { bare(folder.path()).args(arguments).output().unwrap().into() };
    refused(&run(&["nulle"]), 2, &["« nulle » n’est pas une commande", "Usage : ami-sync"]);
    refused(&run(&["show"]), 2, &["il manque « <NUMÉRO> »", "Usage : ami-sync show <NUMÉRO>"]);
    refused(&run(&["show", "abc"]), 2, &["« abc »", "un nombre entier"]);
    refused(&run(&["purge", "--before", "hier"]), 2, &["« hier »", "2019-05-31"]);
    refused(&run(&["decide", "1", "oui", "--by", "x"]), 2, &["« eligible », « ineligible », « late » ou"]);
    refused(&run(&["export", "--format", "pdf"]), 2, &["« csv », « jsonl » ou « xlsx »"]);
    refused(&run(&["status", "-v", "-q"]), 2, &["ne va pas avec"]);
    refused(&run(&["alerts"]), 2, &["Usage : ami-sync alerts [OPTIONS] <COMMANDE>"]);
    let help = run(&["--help"]).out;
    let names = help.lines().skip_while(|line| *line != "Commandes :").skip(1);
    let commands: Vec<&str> =
        names.take_while(|line| !line.is_empty()).filter_map(|line| line.split_whitespace().next()).collect();
    assert!(commands.len() > 20, "{commands:?}");
    let below = [["rules", "show"], ["rules", "diff"], ["alerts", "list"], ["alerts", "preview"]];
    let each = commands.iter().map(|name| vec![*name]).chain(below.iter().map(|path| path.to_vec()));
    for path in each {
        let answer = run(&[path.as_slice(), &["--help"]].concat());
        refused(&answer, 0, &["Usage : ami-sync", "Options :", "Afficher cette aide"]);
        for english in
            ["Usage:", "Options:", "Arguments:", "Commands:", "default:", "ossible values", "Print"]
        {
            assert!(!answer.out.contains(english), "{path:?} speaks English: {}", answer.out);
        }
    }
}

#[test]
fn the_demonstration_shows_the_main_job() {
    let folder = tempfile::tempdir().unwrap();
    let db = folder.path().join("mirror.db");
    let answer: Answer = bare(folder.path())
        .args(["demo", "--dossiers", "120", "--db", db.to_str().unwrap()])
        .output()
        .unwrap()
        .into();
    refused(
        &answer,
        0,
        &["nature du candidat", "Un dossier recevable", "non éligible", "hors délai", "mirror.db"],
    );
    let mode = std::fs::metadata(&db).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o640);
}

/// As somebody without the rights of the administrator, when these tests have them.
fn as_nobody(desk: &Desk, arguments: &[&str]) -> Answer {
    let is_root =
        String::from_utf8(Command::new("id").arg("-u").output().unwrap().stdout).unwrap().trim() == "0";
    if !is_root {
        return desk.run(arguments);
    }
    let copy = desk.path("ami-sync");
    std::fs::copy(env!("CARGO_BIN_EXE_ami-sync"), &copy).unwrap();
    for (name, mode) in [("ami-sync", 0o755), ("config.toml", 0o640), ("token", 0o640)] {
        std::fs::set_permissions(desk.path(name), std::fs::Permissions::from_mode(mode)).unwrap();
    }
    let mut command = Command::new("setpriv");
    // Of the files' own group: what an operator of the service is.
    command.args(["--reuid=65534", "--regid=0", "--clear-groups"]).arg(copy);
    command.arg("--config").arg(desk.path("config.toml")).args(arguments).env("NO_COLOR", "1");
    command.output().unwrap().into()
}

#[test]
fn a_folder_that_cannot_be_written() {
    let emulator = emulator(12, 1);
    let desk = Desk::at(&emulator);
    std::fs::set_permissions(desk.folder.path(), std::fs::Permissions::from_mode(0o555)).unwrap();
    refused(&as_nobody(&desk, &["sync"]), 1, &["ne peut être écrit ni créé", "Vérifiez les droits"]);
    std::fs::set_permissions(desk.folder.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
}

#[test]
fn a_reader_without_the_right_to_write_reads_beside_the_writer_and_after_it() {
    let emulator = emulator(12, 1);
    let desk = Desk::at(&emulator);
    refused(&desk.run(&["sync"]), 0, &[]);
    std::fs::set_permissions(desk.folder.path(), std::fs::Permissions::from_mode(0o555)).unwrap();
    refused(&as_nobody(&desk, &["dossiers"]), 0, &["12 dossiers"]);
    let store = ami_sync::store::Store::open(&desk.path("mirror.db")).unwrap();
    refused(&as_nobody(&desk, &["dossiers"]), 0, &["12 dossiers"]);
    drop(store);
    refused(&as_nobody(&desk, &["dossiers"]), 0, &["12 dossiers"]);
    std::fs::set_permissions(desk.folder.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
}

#[test]
fn a_full_disk_loses_nothing_and_the_next_pass_goes_on() {
    let emulator = emulator(400, 1);
    let desk = Desk::at(&emulator);
    let small = desk.path("small");
    std::fs::create_dir(&small).unwrap();
    let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", "size=2m", "tmpfs"]).arg(&small).status();
    if !mounted.is_ok_and(|status| status.success()) {
        let told = "
*** NOT TESTED: a full disk. Mounting a small one takes an administrator's rights. ***
";
        // Past the test runner, which keeps what a passing test prints to itself.
        std::io::Write::write_all(&mut std::io::stderr(), told.as_bytes()).unwrap();
        return;
    }
    desk.edit("/mirror.db\"", "/small/mirror.db\"");
    let answer = desk.run(&["sync"]);
    let resized = Command::new("mount").args(["-o", "remount,size=100m"]).arg(&small).status().unwrap();
    let again = desk.run(&["sync"]);
    let sound = desk.run(&["check"]);
    let unmounted = Command::new("umount").arg(&small).status().unwrap();
    assert!(resized.success() && unmounted.success());
    refused(&answer, 1, &["le disque est plein", "Libérez de la place"]);
    refused(&again, 0, &["nouveaux"]);
    refused(&sound, 0, &["est sain"]);
}
