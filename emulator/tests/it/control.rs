//! The control endpoint and the program, as another process meets them.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};

/// The program running, stopped when the test ends.
struct Program {
    child: Child,
    address: String,
}

impl Program {
    fn start(flags: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_ds-emulator"))
            .args(flags)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let url = lines.next().unwrap().unwrap();
        let address =
            url.strip_prefix("http://").unwrap().strip_suffix("/api/v2/graphql").unwrap().to_owned();
        Self { child, address }
    }

    fn send(&self, method: &str, path: &str, body: &Value) -> (u16, Value) {
        let body = body.to_string();
        let mut stream = TcpStream::connect(&self.address).unwrap();
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer s3same\r\n\
             Content-Length: {}\r\n\r\n{body}",
            body.len()
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        (head.split(' ').nth(1).unwrap().parse().unwrap(), serde_json::from_str(body).unwrap_or_default())
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

const TITLE: &str = "{ demarche(number: 12345) { dossiers { nodes { number } } } }";

#[test]
fn another_process_can_act_break_and_look() {
    let program = Program::start(&["--dossiers", "15", "--token", "s3same", "--control", "--in-2019"]);
    let ask = || program.send("POST", "/api/v2/graphql", &json!({ "query": TITLE }));
    let (status, answer) = ask();
    assert_eq!(status, 200);
    assert_eq!(answer["data"]["demarche"]["dossiers"]["nodes"].as_array().unwrap().len(), 15);
    let (status, _) =
        program.send("POST", "/_control/faults", &json!({"fault": "bad_gateway", "requests": 1}));
    assert_eq!((status, ask().0, ask().0), (200, 502, 200));
    let acts = program.send("POST", "/_control/act", &json!({"act": "random", "seed": 4, "count": 6})).1;
    assert_eq!(acts.as_array().unwrap().len(), 6);
    let log = program.send("GET", "/_control/requests", &Value::Null).1;
    let statuses: Vec<_> = log.as_array().unwrap().iter().map(|line| line["status"].clone()).collect();
    assert_eq!(statuses, [200, 502, 200]);
    let number = answer["data"]["demarche"]["dossiers"]["nodes"][0]["number"].to_string();
    let truth = program.send("GET", &format!("/_control/truth/{number}"), &Value::Null).1;
    assert_eq!(truth["number"].to_string(), number);
    assert_eq!(program.send("POST", "/_control/faults", &json!({"fault": "nonsense"})).0, 400);
}

#[test]
fn the_control_endpoint_is_closed_unless_asked_for() {
    let program = Program::start(&["--dossiers", "1", "--token", "s3same"]);
    assert_eq!(program.send("GET", "/_control/requests", &Value::Null).0, 404);
}

#[test]
fn a_wrong_flag_is_refused_with_the_usage() {
    let output = Command::new(env!("CARGO_BIN_EXE_ds-emulator")).arg("--nonsense").output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8(output.stderr).unwrap().contains("unknown flag --nonsense"));
}
