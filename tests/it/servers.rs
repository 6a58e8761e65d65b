//! Each channel against the real thing: a mail server with TLS and AUTH, a Matrix homeserver, the verifier that the
//! authors of Standard Webhooks wrote. They come from PyPI; `.ci/run` installs them.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use ami_sync::alert::group_key;
use ami_sync::channel::{Delivery, Outlet, Trouble};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::channels::{HOSTILE, message, now, outlet};
use crate::sink::Sink;

/// A Python program of `tests/servers`, which speaks JSON, a line at a time.
pub struct Server {
    child: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
}

impl Server {
    pub fn start(program: &str, arguments: &[&str]) -> Self {
        let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
        let venv = std::env::var_os("AMI_SYNC_TEST_VENV")
            .map_or_else(|| root.join("target/test-venv"), PathBuf::from);
        let python = venv.join("bin/python");
        assert!(
            python.exists(),
            "{} is not there: run .ci/run, or install tests/servers/requirements.txt in a virtual environment and \
             name it in AMI_SYNC_TEST_VENV",
            python.display()
        );
        let mut child = Command::new(python)
            .arg(root.join("tests/servers").join(program))
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let output = BufReader::new(child.stdout.take().unwrap());
        Self { input: child.stdin.take(), child, output }
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.output.read_line(&mut line).unwrap();
        line
    }

    pub fn told(&mut self) -> Value {
        let line = self.line();
        serde_json::from_str(&line).unwrap_or_else(|_| panic!("the server said: {line:?}"))
    }

    fn ask(&mut self, line: &str) {
        writeln!(self.input.as_mut().unwrap(), "{line}").unwrap();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.input = None;
        let _status = self.child.wait();
    }
}

pub fn free_port() -> String {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port().to_string()
}

fn file(folder: &tempfile::TempDir, name: &str, text: &str) -> String {
    let path = folder.path().join(name);
    std::fs::write(&path, text).unwrap();
    path.display().to_string()
}

/// A channel to a mail server, with this password and these addresses.
fn email(
    folder: &tempfile::TempDir,
    (port, ca, tls): (&str, &str, &str),
    password: &str,
    to: &str,
) -> Outlet {
    let password = file(folder, "password", password);
    outlet(&format!(
        "type = \"email\"\nhost = \"localhost\"\nport = {port}\ntls = \"{tls}\"\nca_file = \"{ca}\"\n\
         username = \"ami-sync\"\npassword_file = \"{password}\"\nfrom = \"Appels <ami-sync@exemple.fr>\"\n\
         to = {to}\ntimeout = \"5s\"\n"
    ))
}

const JURY: &str = "[\"jury@exemple.fr\"]";

fn mail(received: &Value) -> String {
    String::from_utf8(STANDARD.decode(received["content"].as_str().unwrap()).unwrap()).unwrap()
}

/// Headers of a mail, unfolded.
fn headers(mail: &str) -> Vec<String> {
    let head = mail.split("\r\n\r\n").next().unwrap();
    head.replace("\r\n ", " ").lines().map(str::to_owned).collect()
}

#[tokio::test]
async fn a_mail_through_a_server_with_tls_and_auth() {
    let folder = tempfile::tempdir().unwrap();
    for (mode, tls) in [("starttls", "starttls"), ("tls", "tls")] {
        let mut server = Server::start("smtp.py", &[mode, &free_port()]);
        let told = server.told();
        let (port, ca) = (told["port"].to_string(), told["ca"].as_str().unwrap().to_owned());
        let outlet = email(&folder, (&port, &ca, tls), "s3cret", JURY);
        let message = message(&outlet, "Institut d’Exemple");
        assert_eq!(outlet.channel.send(&message, now()).await, Delivery::Sent, "{mode}");
        let received = server.told();
        assert_eq!((&received["tls"], &received["user"]), (&json!(true), &json!("ami-sync")));
        let headers = headers(&mail(&received));
        let id = group_key(&["k"]);
        for expected in [
            "From: Appels <ami-sync@exemple.fr>".to_owned(),
            "To: jury@exemple.fr".to_owned(),
            format!("Message-ID: <{id}@ami-sync.exemple.fr>"),
            "References: <dossier-382299@ami-sync.exemple.fr>".to_owned(),
            "Auto-Submitted: auto-generated".to_owned(),
            "List-Id: ami-sync <ami-sync.exemple.fr>".to_owned(),
        ] {
            assert!(headers.contains(&expected), "{expected} is not in {headers:#?}");
        }
        insta::assert_snapshot!("a_mail_text", message.text);
        insta::assert_snapshot!("a_mail_html", message.html.as_deref().unwrap());
    }
}

#[tokio::test]
async fn a_hostile_name_is_inert_in_a_mail() {
    let folder = tempfile::tempdir().unwrap();
    let mut server = Server::start("smtp.py", &["starttls", &free_port()]);
    let told = server.told();
    let (port, ca) = (told["port"].to_string(), told["ca"].as_str().unwrap().to_owned());
    let outlet = email(&folder, (&port, &ca, "starttls"), "s3cret", JURY);
    // Even in the subject, where no template of ours puts it.
    let message = ami_sync::alert::Message { subject: HOSTILE.to_owned(), ..message(&outlet, HOSTILE) };
    assert_eq!(outlet.channel.send(&message, now()).await, Delivery::Sent);
    let received = server.told();
    assert_eq!(received["to"], json!(["jury@exemple.fr"]), "nobody else was written to");
    let names: Vec<String> = headers(&mail(&received))
        .into_iter()
        .map(|header| header.split(':').next().unwrap().to_lowercase())
        .collect();
    assert!(!names.contains(&"bcc".to_owned()), "{names:?}");
    let html = message.html.unwrap();
    assert!(html.contains("&lt;script&gt;alert(1)&lt;/script&gt; @all &lt;!channel&gt; **gras**"), "{html}");
    for inert in ["<script", "https://exemple.com", "\u{202E}", "\u{200B}", "\r"] {
        assert!(
            !html.contains(inert) && !message.text.contains("https://exemple.com"),
            "{inert:?} in {html}"
        );
    }
}

#[tokio::test]
async fn a_wrong_password_an_unknown_authority_and_an_unreachable_host_are_told_apart() {
    let folder = tempfile::tempdir().unwrap();
    let mut server = Server::start("smtp.py", &["starttls", &free_port()]);
    let told = server.told();
    let (port, ca) = (told["port"].to_string(), told["ca"].as_str().unwrap().to_owned());
    let trouble = async |outlet: Outlet| match outlet.channel.send(&message(&outlet, "x"), now()).await {
        Delivery::Later { why, .. } => why,
        other => panic!("{other:?}"),
    };
    let wrong = trouble(email(&folder, (&port, &ca, "starttls"), "faux", JURY)).await;
    assert_eq!(wrong, Trouble::Credentials { host: "localhost".to_owned(), status: 535 });
    let wrong = trouble(email(&folder, (&port, &ca, "starttls"), "autre-code", JURY)).await;
    assert_eq!(wrong, Trouble::Credentials { host: "localhost".to_owned(), status: 554 });
    let other = Server::start("smtp.py", &["tls", &free_port()]).told();
    let foreign = other["ca"].as_str().unwrap().to_owned();
    let unknown = trouble(email(&folder, (&port, &foreign, "starttls"), "s3cret", JURY)).await;
    assert_eq!(unknown, Trouble::Tls { host: "localhost".to_owned() });
    let nobody = trouble(email(&folder, (&free_port(), &ca, "starttls"), "s3cret", JURY)).await;
    assert_eq!(nobody, Trouble::Unreachable { host: "localhost".to_owned() });
}

#[tokio::test]
async fn an_address_that_is_no_more_does_not_keep_the_news_from_the_others() {
    let folder = tempfile::tempdir().unwrap();
    let mut server = Server::start("smtp.py", &["starttls", &free_port()]);
    let told = server.told();
    let (port, ca) = (told["port"].to_string(), told["ca"].as_str().unwrap().to_owned());
    let to = "[\"parti@exemple.fr\", \"jury@exemple.fr\"]";
    let outlet = email(&folder, (&port, &ca, "starttls"), "s3cret", to);
    assert_eq!(outlet.channel.send(&message(&outlet, "x"), now()).await, Delivery::Sent);
    assert_eq!(server.told()["to"], json!(["jury@exemple.fr"]));
    let outlet = email(&folder, (&port, &ca, "starttls"), "s3cret", "[\"parti@exemple.fr\"]");
    let refused = outlet.channel.send(&message(&outlet, "x"), now()).await;
    let why = Trouble::Rejected { host: "localhost".to_owned(), status: 550 };
    assert_eq!(refused, Delivery::Refused { why: why.clone() });
    assert!(!why.to_string().contains('@'), "no address is repeated");
}

#[tokio::test]
async fn a_homeserver_takes_a_repeat_for_the_same_message() {
    let folder = tempfile::tempdir().unwrap();
    let mut server = Server::start("synapse.py", &[&free_port()]);
    let told = server.told();
    let token = file(&folder, "token", told["token"].as_str().unwrap());
    let outlet = outlet(&format!(
        "type = \"matrix\"\nhomeserver = {}\nroom_id = {}\ntoken_file = \"{token}\"\nallow_private = true\n",
        told["homeserver"], told["room_id"]
    ));
    let message = message(&outlet, HOSTILE);
    for _ in 0..3 {
        assert_eq!(outlet.channel.send(&message, now()).await, Delivery::Sent);
    }
    server.ask("messages");
    let messages = server.told();
    assert_eq!(messages.as_array().unwrap().len(), 1, "three times sent, once there: {messages}");
    assert_eq!(messages[0]["m.mentions"], json!({}));
    assert!(messages[0]["formatted_body"].as_str().unwrap().contains("&lt;script&gt;"));
    std::fs::write(folder.path().join("token"), "faux").unwrap();
    let outlet = crate::channels::outlet(&format!(
        "type = \"matrix\"\nhomeserver = {}\nroom_id = {}\ntoken_file = \"{token}\"\nallow_private = true\n",
        told["homeserver"], told["room_id"]
    ));
    let refused = outlet.channel.send(&message, now()).await;
    assert!(
        matches!(refused, Delivery::Later { why: Trouble::Credentials { status: 401, .. }, .. }),
        "{refused:?}"
    );
}

#[tokio::test]
async fn a_signature_is_verified_by_others_with_either_secret() {
    let (folder, sink) = (tempfile::tempdir().unwrap(), Sink::start());
    let secrets = ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"];
    let files = [file(&folder, "old", secrets[0]), file(&folder, "new", secrets[1])];
    let outlet = outlet(&format!(
        "type = \"webhook\"\nurl = \"{}\"\nsecret_files = [\"{}\", \"{}\"]\nallow_private = true\n",
        sink.url(),
        files[0],
        files[1]
    ));
    // A verifier refuses what is not of now.
    let now = jiff::Timestamp::now();
    assert_eq!(outlet.channel.send(&message(&outlet, HOSTILE), now).await, Delivery::Sent);
    let received = sink.received().pop().unwrap();
    let headers: Vec<&str> = vec!["webhook-id", "webhook-timestamp", "webhook-signature"];
    let headers: serde_json::Map<String, Value> =
        headers.into_iter().map(|name| (name.to_owned(), json!(received.header(name).unwrap()))).collect();
    let verify = |secret: &str, body: &[u8]| {
        let mut verifier = Server::start("verify_webhook.py", &[]);
        verifier
            .ask(&json!({"secret": secret, "headers": headers, "body": STANDARD.encode(body)}).to_string());
        verifier.line().trim() == "verified"
    };
    for secret in secrets {
        assert!(verify(secret, &received.body));
    }
    assert!(!verify("whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", &received.body));
    assert!(!verify(secrets[0], &[received.body.as_slice(), b" "].concat()), "a byte more");
}
