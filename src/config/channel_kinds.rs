//! What each type of channel needs, and the files of its secrets.

use std::fs;
use std::net::IpAddr;
use std::path::{Path, PathBuf};

use secrecy::SecretString;
use toml::Spanned;
use url::{Host, Url};

use super::channels::ChannelTable;
use super::fault::{Fault, FaultList, Faults};

/// A file that holds a secret, and where the configuration names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecretFile {
    /// The file.
    pub path: PathBuf,
    line: usize,
}

impl SecretFile {
    /// Reads the secret.
    ///
    /// # Errors
    /// When the file cannot be read or holds nothing: the place in the configuration and the remedy.
    pub fn read(&self, config: &Path) -> Result<SecretString, FaultList> {
        let told = |what: String, remedy: &str| FaultList {
            path: config.to_owned(),
            faults: vec![Fault { line: self.line, what, remedy: remedy.to_owned() }],
        };
        let path = self.path.display();
        let text = fs::read_to_string(&self.path).map_err(|error| {
            told(
                format!("le fichier de secret {path} ne peut être lu ({error})"),
                "vérifiez son chemin et ses droits",
            )
        })?;
        let secret = text.trim();
        if secret.is_empty() || secret.contains(char::is_whitespace) {
            let what = format!("le fichier de secret {path} ne contient pas un secret d’un seul mot");
            return Err(told(what, "mettez-y le secret, et rien d’autre"));
        }
        Ok(SecretString::from(secret))
    }
}

/// How a mail server is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tls {
    /// Encrypted from the first byte.
    Implicit,
    /// Encrypted after STARTTLS, which is required.
    StartTls,
    /// In clear: this very machine alone.
    None,
}

/// A mail server, and who writes to whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EmailConfig {
    /// The server.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How it is reached.
    pub tls: Tls,
    /// The account, and the file of its password.
    pub account: Option<(String, SecretFile)>,
    /// Who writes.
    pub from: String,
    /// To whom.
    pub to: Vec<String>,
}

/// A Matrix room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MatrixConfig {
    /// The homeserver.
    pub homeserver: Url,
    /// The room's identifier.
    pub room_id: String,
    /// The file of the access token.
    pub token: SecretFile,
}

/// What every channel over HTTP has.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct HttpConfig {
    /// Whether it may lead to this machine or a private network.
    pub allow_private: bool,
    /// Certificates of an authority of one's own, PEM.
    pub ca_file: Option<PathBuf>,
}

/// What a channel is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChannelKind {
    /// A mail.
    Email(EmailConfig, Option<PathBuf>),
    /// A signed request, after the Standard Webhooks specification.
    Webhook(Url, Vec<SecretFile>, HttpConfig),
    /// A post in a Mattermost channel; its address is a secret.
    Mattermost(SecretFile, HttpConfig),
    /// A message in a Matrix room.
    Matrix(MatrixConfig, HttpConfig),
    /// A structured line of the journal.
    Log,
}

impl ChannelKind {
    /// Its name.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Email(..) => "email",
            Self::Webhook(..) => "webhook",
            Self::Mattermost(..) => "mattermost",
            Self::Matrix(..) => "matrix",
            Self::Log => "log",
        }
    }

    /// Whether machines read it: they prefer one message a subject.
    #[must_use]
    pub const fn is_for_machines(&self) -> bool {
        matches!(self, Self::Webhook(..) | Self::Log)
    }
}

const KINDS: [&str; 5] = ["email", "webhook", "mattermost", "matrix", "log"];

/// Checks what a channel is. `None` when something in it is wrong, which is then in `faults`.
pub(super) fn check(table: &ChannelTable, faults: &mut Faults<'_>) -> Option<ChannelKind> {
    let before = faults.count();
    let kind = table.kind.get_ref().as_str();
    if !KINDS.contains(&kind) {
        let what = format!("type = \"{kind}\" n’est pas un canal connu");
        faults.at(&table.kind.span(), what, format!("écrivez l’un de : {}", KINDS.join(", ")));
        return None;
    }
    refuse_foreign_keys(table, kind, faults);
    let http = HttpConfig {
        allow_private: table.allow_private.as_ref().is_some_and(|allow| *allow.get_ref()),
        ca_file: table.ca_file.as_ref().map(|path| path.get_ref().clone()),
    };
    let found = match kind {
        "email" => email(table, faults).map(|email| ChannelKind::Email(email, http.ca_file)),
        "webhook" => webhook(table, http, faults),
        "mattermost" => secret(table, "url_file", table.url_file.as_ref(), faults)
            .map(|url| ChannelKind::Mattermost(url, http)),
        "matrix" => matrix(table, &http, faults).map(|matrix| ChannelKind::Matrix(matrix, http)),
        _ => Some(ChannelKind::Log),
    };
    found.filter(|_| faults.count() == before)
}

/// Where a key stands, if it is written.
type Place = Option<std::ops::Range<usize>>;

/// A key of another type says something that will not be done: it is refused.
fn refuse_foreign_keys(table: &ChannelTable, kind: &str, faults: &mut Faults<'_>) {
    let keys: [(&str, Place, &[&str]); 14] = [
        ("host", table.host.as_ref().map(Spanned::span), &["email"]),
        ("port", table.port.as_ref().map(Spanned::span), &["email"]),
        ("tls", table.tls.as_ref().map(Spanned::span), &["email"]),
        ("username", table.username.as_ref().map(Spanned::span), &["email"]),
        ("password_file", table.password_file.as_ref().map(Spanned::span), &["email"]),
        ("from", table.from.as_ref().map(Spanned::span), &["email"]),
        ("to", table.to.as_ref().map(Spanned::span), &["email"]),
        ("url", table.url.as_ref().map(Spanned::span), &["webhook"]),
        ("secret_files", table.secret_files.as_ref().map(Spanned::span), &["webhook"]),
        ("url_file", table.url_file.as_ref().map(Spanned::span), &["mattermost"]),
        ("homeserver", table.homeserver.as_ref().map(Spanned::span), &["matrix"]),
        ("room_id", table.room_id.as_ref().map(Spanned::span), &["matrix"]),
        ("token_file", table.token_file.as_ref().map(Spanned::span), &["matrix"]),
        (
            "allow_private",
            table.allow_private.as_ref().map(Spanned::span),
            &["webhook", "mattermost", "matrix"],
        ),
    ];
    for (key, span, owners) in keys {
        if let Some(span) = span.filter(|_| !owners.contains(&kind)) {
            let what = format!("la clé « {key} » n’a pas de sens pour un canal {kind}");
            faults.at(&span, what, format!("retirez-la ; elle est pour : {}", owners.join(", ")));
        }
    }
}

fn email(table: &ChannelTable, faults: &mut Faults<'_>) -> Option<EmailConfig> {
    let host = required(table, "host", table.host.as_ref(), "\"smtp.exemple.fr\"", faults)?;
    let from = required(table, "from", table.from.as_ref(), "\"ami-sync@exemple.fr\"", faults);
    let tls = match table.tls.as_ref().map_or("starttls", |tls| tls.get_ref().as_str()) {
        "starttls" => Tls::StartTls,
        "tls" => Tls::Implicit,
        "none" => Tls::None,
        other => {
            let span = table.tls.as_ref().map_or(0..0, Spanned::span);
            let what = format!("tls = \"{other}\" n’est pas connu");
            faults.at(&span, what, "écrivez \"starttls\", \"tls\" ou \"none\"".to_owned());
            Tls::StartTls
        }
    };
    if tls == Tls::None && !is_this_machine(host) {
        let span = table.tls.as_ref().map_or(0..0, Spanned::span);
        let what = "tls = \"none\" enverrait les messages en clair sur le réseau".to_owned();
        faults.at(&span, what, "écrivez \"starttls\" ou \"tls\"".to_owned());
    }
    let account = account(table, faults);
    let to = table.to.as_ref().map(|list| list.get_ref().as_slice()).unwrap_or_default();
    if to.is_empty() {
        let what = "il manque la clé « to »".to_owned();
        faults.at(&table.name.span(), what, "ajoutez to = [\"equipe@exemple.fr\"]".to_owned());
    }
    for address in table.from.iter().chain(to) {
        if !is_address(address.get_ref()) {
            let what = format!("« {} » n’est pas une adresse", address.get_ref());
            faults.at(&address.span(), what, "écrivez nom@domaine, ou Nom <nom@domaine>".to_owned());
        }
    }
    Some(EmailConfig {
        host: host.clone(),
        port: table.port.as_ref().map_or_else(|| default_port(tls), |port| *port.get_ref()),
        tls,
        account,
        from: from?.clone(),
        to: to.iter().map(|address| address.get_ref().clone()).collect(),
    })
}

fn account(table: &ChannelTable, faults: &mut Faults<'_>) -> Option<(String, SecretFile)> {
    match (&table.username, &table.password_file) {
        (Some(username), Some(_)) => {
            let file = secret(table, "password_file", table.password_file.as_ref(), faults)?;
            Some((username.get_ref().clone(), file))
        }
        (None, None) => None,
        (Some(alone), None) => {
            let what = "username est donné sans password_file".to_owned();
            faults.at(&alone.span(), what, "ajoutez password_file = \"…\"".to_owned());
            None
        }
        (None, Some(alone)) => {
            let what = "password_file est donné sans username".to_owned();
            faults.at(&alone.span(), what, "ajoutez username = \"…\"".to_owned());
            None
        }
    }
}

const fn default_port(tls: Tls) -> u16 {
    match tls {
        Tls::Implicit => 465,
        Tls::StartTls => 587,
        Tls::None => 25,
    }
}

fn webhook(table: &ChannelTable, http: HttpConfig, faults: &mut Faults<'_>) -> Option<ChannelKind> {
    let written = required_span(table, "url", table.url.as_ref(), "\"https://exemple.fr/alertes\"", faults)?;
    let url = address(written, http.allow_private, faults);
    let files = table.secret_files.as_ref().map(|list| list.get_ref().as_slice()).unwrap_or_default();
    if files.is_empty() {
        let what = "il manque la clé « secret_files » : le message ne serait pas signé".to_owned();
        faults.at(
            &table.name.span(),
            what,
            "ajoutez secret_files = [\"/etc/ami-sync/webhook.secret\"]".to_owned(),
        );
    }
    let secrets =
        files.iter().map(|file| SecretFile { path: file.get_ref().clone(), line: faults.line(&file.span()) });
    let secrets = secrets.collect();
    Some(ChannelKind::Webhook(url?, secrets, http))
}

fn matrix(table: &ChannelTable, http: &HttpConfig, faults: &mut Faults<'_>) -> Option<MatrixConfig> {
    let homeserver = required_span(
        table,
        "homeserver",
        table.homeserver.as_ref(),
        "\"https://matrix.exemple.fr\"",
        faults,
    )
    .and_then(|written| address(written, http.allow_private, faults));
    let room = required_span(table, "room_id", table.room_id.as_ref(), "\"!abc:exemple.fr\"", faults);
    if let Some(room) = room.filter(|room| !room.get_ref().starts_with('!')) {
        let what = format!("room_id = \"{}\" n’est pas l’identifiant d’un salon", room.get_ref());
        faults.at(
            &room.span(),
            what,
            "écrivez celui qui commence par « ! », dans les réglages du salon".to_owned(),
        );
    }
    let token = secret(table, "token_file", table.token_file.as_ref(), faults);
    Some(MatrixConfig { homeserver: homeserver?, room_id: room?.get_ref().clone(), token: token? })
}

/// An address that secrets may travel to.
pub(super) fn address(
    written: &Spanned<String>,
    allow_private: bool,
    faults: &mut Faults<'_>,
) -> Option<Url> {
    let span = written.span();
    let url = match Url::parse(written.get_ref()) {
        Ok(url) if url.has_host() => url,
        _ => {
            let what = format!("« {} » n’est pas une adresse", written.get_ref());
            faults.at(&span, what, "écrivez une adresse qui commence par https://".to_owned());
            return None;
        }
    };
    match url.scheme() {
        "https" => Some(url),
        "http" if allow_private => Some(url),
        _ => {
            let what = "l’adresse n’est pas en https".to_owned();
            let remedy =
                "écrivez https://, ou allow_private = true pour un service de cette machine".to_owned();
            faults.at(&span, what, remedy);
            None
        }
    }
}

fn required<'t>(
    table: &ChannelTable,
    key: &str,
    written: Option<&'t Spanned<String>>,
    example: &str,
    faults: &mut Faults<'_>,
) -> Option<&'t String> {
    required_span(table, key, written, example, faults).map(Spanned::get_ref)
}

fn required_span<'t>(
    table: &ChannelTable,
    key: &str,
    written: Option<&'t Spanned<String>>,
    example: &str,
    faults: &mut Faults<'_>,
) -> Option<&'t Spanned<String>> {
    if written.is_none_or(|written| written.get_ref().trim().is_empty()) {
        let what = format!("il manque la clé « {key} »");
        faults.at(&table.name.span(), what, format!("ajoutez {key} = {example}"));
        return None;
    }
    written
}

fn secret(
    table: &ChannelTable,
    key: &str,
    written: Option<&Spanned<PathBuf>>,
    faults: &mut Faults<'_>,
) -> Option<SecretFile> {
    let Some(written) = written else {
        let what = format!("il manque la clé « {key} »");
        faults.at(&table.name.span(), what, format!("ajoutez {key} = \"/etc/ami-sync/…\""));
        return None;
    };
    Some(SecretFile { path: written.get_ref().clone(), line: faults.line(&written.span()) })
}

fn is_this_machine(host: &str) -> bool {
    match Host::parse(host) {
        Ok(Host::Domain(name)) => name == "localhost",
        Ok(Host::Ipv4(address)) => IpAddr::from(address).is_loopback(),
        Ok(Host::Ipv6(address)) => IpAddr::from(address).is_loopback(),
        Err(_) => false,
    }
}

/// Whether it looks like an address; the mail library has the last word when the channel is opened.
fn is_address(text: &str) -> bool {
    let bare = text.rsplit_once('<').map_or(text, |(_, rest)| rest.trim_end_matches('>'));
    bare.split_once('@').is_some_and(|(user, domain)| {
        !user.is_empty()
            && domain.contains('.') | (domain == "localhost")
            && !bare.contains(char::is_whitespace)
    })
}
