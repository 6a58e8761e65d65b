//! The service as systemd runs it: a socket that listens to what it says, signals, a source that comes and goes.

use std::io::{BufRead as _, BufReader};
use std::os::unix::net::UnixDatagram;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::time::{Duration, Instant};

use ami_sync::store::{Cell, Reader, StoreError};
use ds_emulator::{Chance, Emulator, Fault};

use crate::binary::Desk;
use crate::harness::emulator;
use crate::truth::differences;

/// However slow the machine, what is waited for has happened by then, or never will.
const NEVER: Duration = Duration::from_secs(60);

/// A service that runs, and what it says to systemd and to its log.
pub struct Service {
    child: Child,
    words: Receiver<String>,
    log: Receiver<String>,
    pub said: Vec<String>,
}

impl Service {
    pub fn start(desk: &Desk, environment: &[(&str, &str)]) -> Self {
        let path = desk.path("notify.sock");
        drop(std::fs::remove_file(&path));
        let socket = UnixDatagram::bind(&path).unwrap();
        let mut command = desk.command(&["run", "--log-format", "json"]);
        command.env("NOTIFY_SOCKET", &path).envs(environment.iter().copied());
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let (sender, log) = mpsc::channel();
        let lines = BufReader::new(child.stderr.take().unwrap()).lines();
        std::thread::spawn(move || lines.map_while(Result::ok).for_each(|line| drop(sender.send(line))));
        // Read as systemd does, at once: a socket that nobody empties stops whoever speaks.
        let (sender, words) = mpsc::channel();
        std::thread::spawn(move || {
            let mut buffer = [0; 4096];
            while let Ok(size) = socket.recv(&mut buffer) {
                let said = String::from_utf8(buffer[..size].to_vec()).unwrap();
                if sender.send(said).is_err() {
                    return;
                }
            }
        });
        Self { child, words, log, said: Vec::new() }
    }

    /// Waits until systemd is told this; answers the whole message.
    pub fn hears(&mut self, word: &str) -> String {
        self.hears_within(word, NEVER).unwrap_or_else(|| panic!("{word} was not said: {:?}", self.said))
    }

    pub fn hears_within(&mut self, word: &str, within: Duration) -> Option<String> {
        let until = Instant::now() + within;
        while let Some(left) = until.checked_duration_since(Instant::now()).filter(|left| !left.is_zero()) {
            let Ok(message) = self.words.recv_timeout(left) else { continue };
            self.said.push(message.clone());
            if message.contains(word) {
                return Some(message);
            }
        }
        None
    }

    /// Waits until the log holds this; answers the line.
    pub fn logs(&self, word: &str) -> String {
        let mut seen = Vec::new();
        while let Ok(line) = self.log.recv_timeout(NEVER) {
            if line.contains(word) {
                return line;
            }
            seen.push(line);
        }
        panic!("{word} was not logged: {seen:?}");
    }

    pub fn signal(&self, name: &str) {
        let done = Command::new("kill").arg(format!("-{name}")).arg(self.child.id().to_string()).status();
        assert!(done.unwrap().success());
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    pub fn wait(&mut self) -> ExitStatus {
        let until = Instant::now() + NEVER;
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            assert!(Instant::now() < until, "it does not end");
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Stops it as systemd would, and asks that it ends well.
    pub fn stop(mut self) -> Vec<String> {
        self.signal("TERM");
        assert_eq!(self.wait().code(), Some(0), "{:?}", self.said);
        self.log.try_iter().collect()
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// A desk whose service polls all the time.
pub fn busy_desk(emulator: &Emulator) -> Desk {
    let desk = Desk::at(emulator);
    desk.edit(
        "[[calls]]",
        "[poll]\ninterval = \"20ms\"\nclosing_interval = \"20ms\"\noverlap = \"1min\"\n[[calls]]",
    );
    desk
}

pub fn count(desk: &Desk, sql: &str) -> i64 {
    let mut found = None;
    let mut reader = Reader::open(&desk.path("mirror.db")).unwrap();
    let read = reader.query::<StoreError>(
        sql,
        |_| Ok(()),
        |row| {
            if let Cell::Integer(number) = row[0] {
                found = Some(number);
            }
            Ok(())
        },
    );
    read.unwrap();
    found.unwrap()
}

/// Waits until a query of the mirror gives this.
pub fn until(desk: &Desk, sql: &str, expected: i64) {
    let end = Instant::now() + NEVER;
    loop {
        let found = count(desk, sql);
        if found == expected {
            return;
        }
        assert!(Instant::now() < end, "{sql} gives {found}, not {expected}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

const DOSSIERS: &str = "SELECT COUNT(*) FROM dossiers";

#[test]
fn it_says_that_it_is_ready_follows_the_call_and_stops_when_told() {
    let emulator = emulator(12, 1);
    let desk = busy_desk(&emulator);
    let mut service = Service::start(&desk, &[]);
    service.hears("READY=1");
    service.hears("STATUS=ami-ia-2 : à jour à");
    until(&desk, DOSSIERS, 12);
    let line = service.logs("\"outcome\":\"done\"");
    for field in ["\"call\":\"ami-ia-2\"", "\"demarche.number\":12345", "\"pass\":\"1\"", "12 seen, 12 new"] {
        assert!(line.contains(field), "{field} is not in {line}");
    }
    let mut chance = Chance::acts(3);
    for _ in 0..40 {
        emulator.world().random_act(&mut chance);
    }
    let before = count(&desk, "SELECT MAX(id) FROM sync_runs");
    until(&desk, &format!("SELECT MAX(id) > {before} + 2 FROM sync_runs"), 1);
    service.stop();
    let left = "SELECT COUNT(*) FROM sync_runs WHERE outcome = 'running'";
    assert_eq!(count(&desk, left), 0, "a pass that was told to stop says so");
    // What moves in silence waits for the sweep of the hour.
    assert_eq!(desk.run(&["sync", "--full"]).code, Some(0));
    let found = differences(&emulator, &mut Reader::open(&desk.path("mirror.db")).unwrap());
    assert!(found.is_empty(), "{found:?}");
}

#[test]
fn told_to_stop_while_it_opens_the_mirror_it_stops() {
    let emulator = emulator(12, 1);
    let desk = busy_desk(&emulator);
    assert_eq!(desk.run(&["sync", "--quiet"]).code, Some(0));
    // As long as another holds the mirror, the step that is still to be made waits.
    let other = rusqlite::Connection::open(desk.path("mirror.db")).unwrap();
    let version: i64 = other.query_row("PRAGMA user_version", [], |row| row.get(0)).unwrap();
    other.execute_batch(&format!("PRAGMA user_version = {}; BEGIN IMMEDIATE;", version - 1)).unwrap();
    for (signal, code) in [("TERM", 0), ("INT", 130)] {
        let mut service = Service::start(&desk, &[]);
        service.hears("STATUS=ouverture du miroir");
        std::thread::sleep(Duration::from_millis(300));
        service.signal(signal);
        assert_eq!(service.wait().code(), Some(code), "{signal}");
        assert!(service.hears_within("READY=1", Duration::ZERO).is_none());
    }
    other.execute_batch(&format!("ROLLBACK; PRAGMA user_version = {version};")).unwrap();
    let mut service = Service::start(&desk, &[]);
    service.hears("READY=1");
    service.stop();
}

#[test]
fn an_interrupt_is_told_by_the_exit_code() {
    let emulator = emulator(12, 1);
    let desk = busy_desk(&emulator);
    let mut service = Service::start(&desk, &[]);
    service.hears("READY=1");
    service.signal("INT");
    assert_eq!(service.wait().code(), Some(130));
}

#[test]
fn told_to_stop_in_a_first_reading_it_keeps_whole_pages_and_goes_on_there() {
    let emulator = emulator(3_000, 1);
    let desk = busy_desk(&emulator);
    let service = Service::start(&desk, &[]);
    let end = Instant::now() + NEVER;
    while !desk.path("mirror.db").exists() || Reader::open(&desk.path("mirror.db")).is_err() {
        assert!(Instant::now() < end);
    }
    until(&desk, &format!("SELECT ({DOSSIERS}) > 0"), 1);
    service.stop();
    let kept = count(&desk, DOSSIERS);
    assert!(kept < 3_000, "it had time to read them all");
    assert_eq!(kept % 100, 0, "half a page was kept");
    assert_eq!(count(&desk, "SELECT COUNT(*) FROM sync_runs WHERE outcome = 'interrupted'"), 1);
    let service = Service::start(&desk, &[]);
    until(&desk, DOSSIERS, 3_000);
    service.stop();
    let seen = "SELECT SUM(dossiers_seen) FROM sync_runs WHERE mode = 'fill'";
    assert!(count(&desk, seen) <= 3_100, "pages kept were read again");
}

#[test]
fn a_second_signal_does_not_wait() {
    let emulator = emulator(12, 1);
    emulator.inject(Fault::Latency(30_000));
    let desk = busy_desk(&emulator);
    let mut service = Service::start(&desk, &[]);
    service.hears("READY=1");
    service.signal("TERM");
    service.signal("TERM");
    assert_eq!(service.wait().code(), Some(0));
}

#[test]
fn a_reload_takes_the_new_settings_and_the_new_token_without_a_stop() {
    let emulator = emulator(12, 1);
    let desk = busy_desk(&emulator);
    desk.write("token", "d3Jvbmc=");
    let mut service = Service::start(&desk, &[]);
    service.hears("en échec depuis");
    let pid = service.pid();
    desk.write("token", emulator.token());
    desk.edit("slug = \"ami-ia-2\"", "slug = \"autre-nom\"");
    service.signal("HUP");
    let reloading = service.hears("RELOADING=1");
    let mark: u64 =
        reloading.split("MONOTONIC_USEC=").nth(1).unwrap().lines().next().unwrap().parse().unwrap();
    assert!(mark > 0);
    service.hears("READY=1");
    service.hears("STATUS=autre-nom : à jour à");
    assert_eq!(service.pid(), pid);
    until(&desk, DOSSIERS, 12);
    service.stop();
}

#[test]
fn a_reload_that_cannot_be_taken_leaves_the_service_as_it_was_and_says_why() {
    let emulator = emulator(12, 1);
    let desk = busy_desk(&emulator);
    let mut service = Service::start(&desk, &[]);
    service.hears("à jour à");
    desk.edit("deadline", "dedline");
    service.signal("HUP");
    service.hears("RELOADING=1");
    let told = service.hears("READY=1");
    assert!(told.contains("configuration refusée") && told.contains("« dedline »"), "{told}");
    service.logs("the new configuration is refused");
    let before = count(&desk, "SELECT MAX(id) FROM sync_runs");
    until(&desk, &format!("SELECT MAX(id) > {before} FROM sync_runs"), 1);
    desk.edit("dedline", "deadline");
    desk.edit("/mirror.db", "/autre.db");
    service.signal("HUP");
    service.hears("un autre miroir demande un redémarrage");
    desk.edit("/autre.db", "/mirror.db");
    std::fs::remove_file(desk.path("token")).unwrap();
    service.signal("HUP");
    service.hears("le fichier du jeton");
    desk.write("token", emulator.token());
    service.signal("HUP");
    service.hears("RELOADING=1");
    service.hears("STATUS=ami-ia-2 : à jour à");
    service.stop();
}

#[test]
fn what_cannot_start_says_so_with_the_code_that_systemd_does_not_try_again() {
    let emulator = emulator(12, 1);
    let desk = Desk::at(&emulator);
    desk.edit("deadline", "dedline");
    assert_eq!(desk.run(&["run"]).code, Some(2));
    desk.edit("dedline", "deadline");
    std::fs::remove_file(desk.path("token")).unwrap();
    let answer = desk.run(&["run"]);
    assert_eq!(answer.code, Some(2), "{}", answer.err);
}

#[test]
fn one_service_a_mirror() {
    let emulator = emulator(12, 1);
    let desk = busy_desk(&emulator);
    let mut service = Service::start(&desk, &[]);
    service.hears("READY=1");
    let answer = desk.run(&["run"]);
    assert_eq!(answer.code, Some(1));
    assert!(answer.err.contains("un autre ami-sync écrit déjà"), "{}", answer.err);
    service.stop();
}

#[test]
fn the_watchdog_is_fed_while_the_loops_move() {
    let emulator = emulator(12, 1);
    let desk = busy_desk(&emulator);
    let mut service = Service::start(&desk, &[("WATCHDOG_USEC", "300000")]);
    service.hears("READY=1");
    for _ in 0..3 {
        service.hears("WATCHDOG=1");
    }
    service.signal("STOP");
    // What was said before it was stopped is heard first.
    while service.hears_within("WATCHDOG=1", Duration::from_millis(400)).is_some() {}
    service.signal("CONT");
    service.hears("WATCHDOG=1");
    service.stop();
}

#[test]
fn a_source_that_goes_and_comes_back_needs_no_restart() {
    let emulator = emulator(12, 1);
    let desk = busy_desk(&emulator);
    desk.edit("[api]", "[api]\ntimeout = \"2s\"");
    let mut service = Service::start(&desk, &[]);
    service.hears("à jour à");
    emulator.inject(Fault::BadGateway);
    service.hears("en échec depuis");
    let mut chance = Chance::acts(5);
    for _ in 0..20 {
        emulator.world().random_act(&mut chance);
    }
    emulator.clear_faults();
    loop {
        let told = service.hears("STATUS=");
        if told.contains("ami-ia-2 : à jour à") {
            break;
        }
    }
    service.stop();
    assert_eq!(desk.run(&["sync", "--full"]).code, Some(0));
    let found = differences(&emulator, &mut Reader::open(&desk.path("mirror.db")).unwrap());
    assert!(found.is_empty(), "{found:?}");
}
