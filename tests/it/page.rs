//! The page, as a browser asks for it.

use std::sync::Arc;

use ami_sync::config::{self, Config};
use ami_sync::web::{self, Pages};
use reqwest::StatusCode;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::harness::Bench;

/// A page over a mirror, served.
struct Served {
    bench: Bench,
    address: std::net::SocketAddr,
    stop: CancellationToken,
}

impl Drop for Served {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

fn configured(bench: &Bench, language: &str) -> Config {
    let text = format!(
        "language = \"{language}\"\n[store]\npath = \"{}\"\n[[calls]]\nslug = \"ami-ia-2\"\ndemarche = 12345\n\
         opens_at = \"2019-03-26T00:00\"\ndeadline = \"2019-05-31T23:59\"\n",
        bench.path().display()
    );
    config::parse(&text, std::path::Path::new("config.toml")).unwrap()
}

impl Served {
    async fn new(language: &str) -> Self {
        let mut bench = Bench::new(150, 1);
        let config = configured(&bench, language);
        bench.call = Arc::new(config.calls[0].clone());
        bench.pass().await;
        let pages = Pages::new(&config, bench.clock.clone());
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let (address, stop) = (listener.local_addr().unwrap(), CancellationToken::new());
        tokio::spawn(web::serve(listener, web::router(Arc::new(pages)), stop.clone()));
        Self { bench, address, stop }
    }

    async fn ask(&self, path: &str) -> (StatusCode, String) {
        let response = reqwest::get(format!("http://{}{path}", self.address)).await.unwrap();
        let policy = response.headers()["content-security-policy"].to_str().unwrap().to_owned();
        assert!(policy.starts_with("default-src 'none'"), "{policy}");
        assert_eq!(response.headers()["cache-control"], "no-store");
        let status = response.status();
        // As a browser reads it: slashes are escaped in attributes too.
        (status, response.text().await.unwrap().replace("&#x2f;", "/"))
    }

    async fn page(&self, path: &str) -> String {
        let (status, text) = self.ask(path).await;
        assert_eq!(status, StatusCode::OK, "{path}: {text}");
        assert!(!text.contains("<script") && !text.contains("style="), "{path}");
        text
    }
}

#[tokio::test]
async fn a_call_at_a_glance() {
    let served = Served::new("fr").await;
    let text = served.page("/").await;
    let late = served.bench.count("SELECT COUNT(*) FROM v_late");
    assert!(late > 0 && text.contains(&format!("<strong>{late}</strong> hors délai")), "{text}");
    for words in ["<html lang=\"fr\">", "À jour au", "administration centrale", "Semaine du", "Lecture seule"]
    {
        assert!(text.contains(words), "« {words} » is not on the page");
    }
    served.page("/style.css").await;
}

#[tokio::test]
async fn dossiers_are_listed_a_hundred_at_a_time_and_looked_for() {
    let served = Served::new("fr").await;
    let rows = |text: &str| text.matches("href=\"/dossiers/").count();
    let first = served.page("/appels/ami-ia-2").await;
    assert!(rows(&first) == 100 && first.contains("rel=\"next\"") && !first.contains("rel=\"prev\""));
    let second = served.page("/appels/ami-ia-2?page=1").await;
    let all = served.bench.count("SELECT COUNT(*) FROM dossiers");
    assert_eq!(100 + i64::try_from(rows(&second)).unwrap(), all);
    assert!(second.contains("rel=\"prev\"") && !second.contains("rel=\"next\""));
    let ineligible = served.page("/appels/ami-ia-2?verdict=ineligible").await;
    let expected = served.bench.count("SELECT COUNT(*) FROM verdicts WHERE verdict = 'ineligible'");
    assert_eq!(i64::try_from(rows(&ineligible)).unwrap(), expected);
    let none = served.page("/appels/ami-ia-2?search=%3Cb%3Erien%3C%2Fb%3E").await;
    assert!(none.contains("Aucun dossier") && none.contains("&lt;b&gt;rien") && !none.contains("<b>rien"));
}

#[tokio::test]
async fn a_dossier_with_the_reasons_of_its_verdict() {
    let served = Served::new("fr").await;
    let number = served.bench.count("SELECT MIN(number) FROM v_late");
    let text = served.page(&format!("/dossiers/{number}")).await;
    for words in ["hors délai", "Pourquoi ce verdict", "après la clôture", "Réponses", "Ce qui a changé"]
    {
        assert!(text.contains(words), "« {words} » is not on the page");
    }
    assert!(text.contains(&format!("/procedures/12345/dossiers/{number}")));
}

#[tokio::test]
async fn in_english_too() {
    let served = Served::new("en").await;
    let number = served.bench.count("SELECT MIN(number) FROM v_late");
    for path in ["/".to_owned(), "/appels/ami-ia-2".to_owned(), format!("/dossiers/{number}")] {
        let text = served.page(&path).await;
        assert!(text.contains("<html lang=\"en\">") && text.contains("late"), "{path}");
        assert!(!text.contains("hors délai") && !text.contains("Déposé le"), "{path}");
    }
}

#[tokio::test]
async fn what_is_not_there_and_who_may_not_ask() {
    let served = Served::new("fr").await;
    for path in ["/nulle", "/dossiers/1", "/appels/autre"] {
        let (status, text) = served.ask(path).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "{path}");
        assert!(text.contains("Rien à cette adresse"), "{path}");
    }
    let client = reqwest::Client::new();
    let elsewhere = client.get(format!("http://{}/", served.address)).header("host", "piege.example");
    assert_eq!(elsewhere.send().await.unwrap().status(), StatusCode::MISDIRECTED_REQUEST);
    let written = client.post(format!("http://{}/", served.address)).send().await.unwrap();
    assert_eq!(written.status(), StatusCode::METHOD_NOT_ALLOWED);
}

#[tokio::test]
async fn names_and_answers_are_escaped() {
    let served = Served::new("fr").await;
    let number = served.bench.count("SELECT MIN(number) FROM dossiers");
    let hostile = "<img src=x onerror=alert(1)>\"'&";
    let mirror = rusqlite::Connection::open(served.bench.path()).unwrap();
    mirror.execute("UPDATE dossiers SET raison_sociale = ?1 WHERE number = ?2", (hostile, number)).unwrap();
    mirror.execute("UPDATE champs SET string_value = ?1, label = ?1", [hostile]).unwrap();
    for path in [format!("/dossiers/{number}"), format!("/appels/ami-ia-2?search={number}")] {
        let text = served.page(&path).await;
        assert!(text.contains("&lt;img src=x onerror=alert(1)&gt;") && !text.contains("<img"), "{path}");
    }
}
