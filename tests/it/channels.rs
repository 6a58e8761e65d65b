//! Each channel against a real server: what travels, byte by byte, and what stays inert.

use std::path::Path;

use ami_sync::alert::{Alert, Event, Facts, Message, Occasion, group_key};
use ami_sync::channel::{Delivery, Outlet, Trouble, open_all};
use ami_sync::config;
use ami_sync::domain::{DemarcheNumber, DossierNumber};
use jiff::Timestamp;

use crate::sink::{Received, Reply, Sink};

/// What an applicant may call itself.
pub const HOSTILE: &str = "ACME\r\nBcc: tous@exemple.fr\r\n\r\n<script>alert(1)</script> @all <!channel> **gras** \
                       [clic](https://exemple.com) \u{202E}txt.exe\u{200B} https://exemple.com";

/// A channel, with this type's own keys.
pub fn outlet(own: &str) -> Outlet {
    outlet_in("fr", own)
}

fn outlet_in(language: &str, own: &str) -> Outlet {
    let text = format!(
        "language = \"{language}\"\n[[calls]]\nslug = \"ami\"\ndemarche = 12345\n[[channels]]\nname = \"essai\"\ndetail = \"full\"\n{own}"
    );
    let config = config::parse(&text, Path::new("config.toml")).unwrap();
    open_all(&config).unwrap().remove(0)
}

/// A late applicant of this name.
pub fn alert(applicant: &str) -> Alert {
    Alert {
        id: 7,
        event: Event::Late,
        occasion: Occasion::First,
        demarche: Some(DemarcheNumber(12345)),
        dossier: Some(DossierNumber(382_299)),
        created_at: "2019-06-01T08:00:00Z".parse().unwrap(),
        facts: Facts {
            call: Some("ami".to_owned()),
            verdict: Some("late".to_owned()),
            applicant: Some(applicant.to_owned()),
            siret: Some("11000601200010".to_owned()),
            forme_juridique: Some("Établissement public".to_owned()),
            date_depot: "2019-05-31T22:12:03Z".parse().ok(),
            reasons: vec![format!("Déposé en retard par {applicant}.")],
            ..Facts::default()
        },
    }
}

pub fn message(outlet: &Outlet, applicant: &str) -> Message {
    outlet.composer.compose(&[alert(applicant)], &group_key(&["k"])).unwrap()
}

pub fn now() -> Timestamp {
    "2019-06-01T08:00:01Z".parse().unwrap()
}

async fn sent(outlet: &Outlet, sink: &Sink, applicant: &str) -> Received {
    let delivery = outlet.channel.send(&message(outlet, applicant), now()).await;
    assert_eq!(delivery, Delivery::Sent);
    sink.received().pop().unwrap()
}

/// A file with a secret in it.
fn secret(folder: &tempfile::TempDir, text: &str) -> String {
    let path = folder.path().join("secret");
    std::fs::write(&path, text).unwrap();
    path.display().to_string()
}

fn mattermost(folder: &tempfile::TempDir, sink: &Sink) -> Outlet {
    let url = secret(folder, &format!("{}/hooks/s3cr3t", sink.origin()));
    outlet(&format!("type = \"mattermost\"\nurl_file = \"{url}\"\nallow_private = true\n"))
}

fn matrix(folder: &tempfile::TempDir, sink: &Sink) -> Outlet {
    let token = secret(folder, "syt_secret");
    outlet(&format!(
        "type = \"matrix\"\nhomeserver = \"{}\"\nroom_id = \"!salon:exemple.fr\"\ntoken_file = \"{token}\"\n\
         allow_private = true\n",
        sink.origin()
    ))
}

fn webhook(folder: &tempfile::TempDir, url: &str, more: &str) -> Outlet {
    let file = secret(folder, "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
    outlet(&format!("type = \"webhook\"\nurl = \"{url}\"\nsecret_files = [\"{file}\"]\n{more}"))
}

fn json(received: &Received) -> serde_json::Value {
    serde_json::from_slice(&received.body).unwrap()
}

#[tokio::test]
async fn a_post_in_mattermost() {
    let (folder, sink) = (tempfile::tempdir().unwrap(), Sink::start());
    let received = sent(&mattermost(&folder, &sink), &sink, "Institut d’Exemple").await;
    assert_eq!(received.path, "/hooks/s3cr3t");
    insta::assert_snapshot!(json(&received)["text"].as_str().unwrap());
}

#[tokio::test]
async fn a_hostile_name_is_inert_in_mattermost() {
    let (folder, sink) = (tempfile::tempdir().unwrap(), Sink::start());
    let received = sent(&mattermost(&folder, &sink), &sink, HOSTILE).await;
    let text = json(&received)["text"].as_str().unwrap().to_owned();
    for inert in ["@all", "@channel", "<script", "<!channel", "**gras", "](https://exemple", "\u{202E}", "\r"]
    {
        assert!(!text.contains(inert), "{inert:?} in {text}");
    }
    assert!(text.contains("ACME Bcc\\: tous@\u{200B}exemple\\.fr &lt;script&gt;alert\\(1\\)"), "{text}");
}

#[tokio::test]
async fn a_message_in_a_matrix_room() {
    let (folder, sink) = (tempfile::tempdir().unwrap(), Sink::start());
    let received = sent(&matrix(&folder, &sink), &sink, "Institut d’Exemple").await;
    let transaction = group_key(&["k"]);
    assert_eq!(
        received.path,
        format!("/_matrix/client/v3/rooms/!salon:exemple.fr/send/m.room.message/{transaction}")
    );
    assert_eq!(received.header("authorization"), Some("Bearer syt_secret"));
    let body = json(&received);
    assert_eq!(body["m.mentions"], serde_json::json!({}), "nobody is called");
    insta::assert_snapshot!(format!(
        "{}\n--\n{}",
        body["body"].as_str().unwrap(),
        body["formatted_body"].as_str().unwrap()
    ));
}

#[tokio::test]
async fn a_hostile_name_is_inert_in_matrix() {
    let (folder, sink) = (tempfile::tempdir().unwrap(), Sink::start());
    let body = json(&sent(&matrix(&folder, &sink), &sink, HOSTILE).await);
    let html = body["formatted_body"].as_str().unwrap();
    assert!(html.contains("ACME Bcc: tous@exemple.fr &lt;script&gt;alert(1)&lt;/script&gt; @all"), "{html}");
    assert!(html.contains("https[:]//exemple.com"), "{html}");
    for inert in ["<script", "<!channel", "\u{202E}", "\u{200B}"] {
        assert!(
            !html.contains(inert) && !body["body"].as_str().unwrap().contains("\u{202E}"),
            "{inert:?}: {html}"
        );
    }
}

#[tokio::test]
async fn a_hostile_name_is_one_line_of_json_in_a_webhook() {
    let (folder, sink) = (tempfile::tempdir().unwrap(), Sink::start());
    let received = sent(&webhook(&folder, &sink.url(), "allow_private = true\n"), &sink, HOSTILE).await;
    let body = json(&received);
    let applicant = body["data"]["alerts"][0]["applicant"].as_str().unwrap();
    assert!(applicant.starts_with("ACME Bcc: tous@exemple.fr <script>alert(1)</script> @all"), "{applicant}");
    assert!(received.headers.iter().all(|(name, _)| !name.eq_ignore_ascii_case("bcc")));
}

#[tokio::test]
async fn two_hundred_thousand_characters_make_a_short_message_everywhere() {
    let (folder, sink) = (tempfile::tempdir().unwrap(), Sink::start());
    let long = "é<".repeat(100_000);
    let post = sent(&mattermost(&folder, &sink), &sink, &long).await;
    assert!(post.body.len() < 20_000, "{} bytes", post.body.len());
    let event = sent(&matrix(&folder, &sink), &sink, &long).await;
    assert!(event.body.len() < 60_000, "{} bytes", event.body.len());
    let call = sent(&webhook(&folder, &sink.url(), "allow_private = true\n"), &sink, &long).await;
    assert!(call.body.len() < 20_000, "{} bytes", call.body.len());
}

#[tokio::test]
async fn a_private_address_is_refused_unless_allowed_and_a_redirect_is_not_followed() {
    let (folder, sink) = (tempfile::tempdir().unwrap(), Sink::start());
    let port = sink.origin().rsplit(':').next().unwrap().to_owned();
    for host in ["127.0.0.1", "localhost", "[::1]", "169.254.169.254", "10.0.0.1"] {
        let outlet = webhook(&folder, &format!("https://{host}:{port}/"), "timeout = \"2s\"\n");
        let delivery = outlet.channel.send(&message(&outlet, "x"), now()).await;
        let private = matches!(delivery, Delivery::Later { why: Trouble::Private { .. }, .. });
        assert!(private, "{host}: {delivery:?}");
    }
    assert!(sink.received().is_empty(), "nothing was sent");
    let outlet = webhook(&folder, &sink.url(), "allow_private = true\n");
    sink.answer_with([Reply::Redirect]);
    let delivery = outlet.channel.send(&message(&outlet, "x"), now()).await;
    assert!(
        matches!(delivery, Delivery::Later { why: Trouble::Redirected { status: 302, .. }, .. }),
        "{delivery:?}"
    );
    assert_eq!(sink.received().len(), 1);
}

#[tokio::test]
async fn a_homeserver_that_asks_to_wait_is_given_its_time() {
    let (folder, sink) = (tempfile::tempdir().unwrap(), Sink::start());
    sink.answer_with([Reply::Status(429, Some(7))]);
    let outlet = matrix(&folder, &sink);
    let delivery = outlet.channel.send(&message(&outlet, "x"), now()).await;
    let why = Trouble::Throttled { host: "127.0.0.1".to_owned(), status: 429 };
    assert_eq!(delivery, Delivery::Later { why, at_least: Some(std::time::Duration::from_secs(7)) });
}

#[tokio::test]
async fn a_secret_that_is_wrong_is_told_from_a_host_that_is_not_there() {
    let (folder, sink) = (tempfile::tempdir().unwrap(), Sink::start());
    sink.answer_with([Reply::Status(401, None)]);
    let outlet = matrix(&folder, &sink);
    let delivery = outlet.channel.send(&message(&outlet, "x"), now()).await;
    assert!(matches!(delivery, Delivery::Later { why: Trouble::Credentials { status: 401, .. }, .. }));
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let outlet = webhook(&folder, &format!("http://{closed}/"), "allow_private = true\n");
    let delivery = outlet.channel.send(&message(&outlet, "x"), now()).await;
    assert!(matches!(delivery, Delivery::Later { why: Trouble::Unreachable { .. }, .. }), "{delivery:?}");
}

#[tokio::test]
async fn english_is_spoken_when_asked_for() {
    let (folder, sink) = (tempfile::tempdir().unwrap(), Sink::start());
    let token = secret(&folder, "syt_secret");
    let mut told = String::new();
    for own in [
        format!(
            "type = \"matrix\"\nhomeserver = \"{}\"\nroom_id = \"!a:b.fr\"\ntoken_file = \"{token}\"\n\
             allow_private = true\n",
            sink.origin()
        ),
        format!("type = \"mattermost\"\nurl_file = \"{}\"\n", secret(&folder, "https://exemple.fr/hooks/x")),
        "type = \"email\"\nhost = \"localhost\"\nfrom = \"a@exemple.fr\"\nto = [\"b@exemple.fr\"]\n"
            .to_owned(),
    ] {
        let outlet = outlet_in("en", &own);
        let message = message(&outlet, "Institut d’Exemple");
        told.push_str(&format!("── {} ──\n{}\n\n{}\n", outlet.kind, message.subject, message.text));
    }
    insta::assert_snapshot!(told);
}
