//! The only reader of files and environment: a configuration is a checked value.
//!
//! Invariants: an unknown key, a wrong type or an impossible value is refused before anything starts, with
//! the file, the line, what is wrong and what would be right, all at once; a secret is never in the file,
//! only the path of its own file is; nothing here prints.

mod alerts;
mod api;
mod call_rules;
mod calls;
mod channel_kinds;
mod channel_times;
mod channels;
mod criteria;
mod duration;
mod fault;
mod poll;
mod proxy;
mod secret;
mod snapshot;
mod web;

use std::env;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use toml::Spanned;

use self::fault::Faults;
use crate::alert::{Plan, PlannedCall, WatchSettings};
use crate::eligibility::Language;

pub use self::alerts::AlertsConfig;
pub use self::api::{ApiConfig, LARGEST_PAGE, PLATFORM_URL};
pub use self::calls::CallConfig;
pub use self::channel_kinds::{ChannelKind, EmailConfig, HttpConfig, MatrixConfig, SecretFile, Tls};
pub use self::channels::ChannelConfig;
pub use self::criteria::Criterion;
pub use self::fault::{Fault, FaultList};
pub use self::poll::PollConfig;
pub use self::proxy::proxy_hosts;
pub use self::secret::TOKEN_VARIABLE;
pub use self::snapshot::SnapshotConfig;
pub use self::web::WebConfig;

/// The commented example, which `init` writes.
pub const EXAMPLE: &str = include_str!("../../config.example.toml");

/// Names the configuration file.
pub const CONFIG_VARIABLE: &str = "AMI_SYNC_CONFIG";

const PLACES: [&str; 2] = ["config.toml", "/etc/ami-sync/config.toml"];

/// A configuration, checked.
#[derive(Debug, Clone)]
pub struct Config {
    /// The language of what operators read about dossiers.
    pub language: Language,
    /// How the API is reached.
    pub api: ApiConfig,
    /// Where the mirror is.
    pub store: StoreConfig,
    /// How often the source is asked.
    pub poll: PollConfig,
    /// Copies that the service makes.
    pub snapshot: SnapshotConfig,
    /// What is listened to.
    pub web: WebConfig,
    /// The calls.
    pub calls: Vec<CallConfig>,
    /// Where people are told.
    pub channels: Vec<ChannelConfig>,
    /// What is common to all alerts.
    pub alerts: AlertsConfig,
    /// The file.
    pub path: PathBuf,
    /// What is allowed and unwise.
    pub warnings: Vec<String>,
}

/// The `[store]` table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoreConfig {
    /// The mirror's file.
    pub path: PathBuf,
}

impl Config {
    /// Who is told what, as events see it.
    #[must_use]
    pub fn plan(&self) -> Plan {
        let calls = self.calls.iter().map(|call| PlannedCall {
            slug: call.slug.clone(),
            demarche: call.demarche,
            zone: call.rules.timezone().clone(),
            closes_at: call.rules.ends_at(),
            champs_named: call.rules.champs_named().map(str::to_owned).collect(),
        });
        Plan {
            routes: self.channels.iter().map(ChannelConfig::route).collect(),
            calls: calls.collect(),
            first_fill: self.alerts.first_fill,
            watch: WatchSettings {
                sync_failing_after: self.alerts.sync_failing_after,
                deadline_before: self.alerts.deadline_before.clone(),
                token_expires_on: self.api.token_expires_on,
            },
        }
    }

    /// The address of a dossier's page on the platform, with `{demarche}` and `{dossier}` in it.
    #[must_use]
    pub fn dossier_url(&self) -> String {
        self.alerts.dossier_url.clone().unwrap_or_else(|| {
            let origin = self.api.url.origin().ascii_serialization();
            format!("{origin}/procedures/{{demarche}}/dossiers/{{dossier}}")
        })
    }
}

/// Why there is no configuration.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// None of the usual places has one.
    #[error(
        "aucune configuration : ni {0}, ni ./config.toml, ni /etc/ami-sync/config.toml ; écrivez-en une \
         avec « ami-sync init »",
        CONFIG_VARIABLE
    )]
    NotFound,
    /// The file chosen cannot be read.
    #[error("la configuration {} ne peut être lue ({source}) ; vérifiez son chemin et ses droits", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The file says things that cannot be.
    #[error("{0}")]
    Faulty(FaultList),
    /// There is no token.
    #[error(
        "aucun jeton d’API : indiquez api.token_file dans la configuration, ou la variable {0}",
        TOKEN_VARIABLE
    )]
    NoToken,
    /// The token's file cannot be read.
    #[error("le fichier du jeton {} ne peut être lu ({source}) ; {}", path.display(), secret::remedy(path))]
    UnreadableToken {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The token's file holds nothing.
    #[error("le fichier du jeton {} est vide ; collez-y le jeton créé sur la plateforme", path.display())]
    EmptyToken {
        /// The file.
        path: PathBuf,
    },
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    language: Option<Spanned<String>>,
    #[serde(default)]
    api: api::ApiTable,
    #[serde(default)]
    store: StoreTable,
    #[serde(default)]
    poll: poll::PollTable,
    #[serde(default)]
    web: web::WebTable,
    #[serde(default)]
    snapshot: snapshot::SnapshotTable,
    #[serde(default)]
    calls: Vec<calls::CallTable>,
    #[serde(default)]
    channels: Vec<channels::ChannelTable>,
    #[serde(default)]
    alerts: alerts::AlertsTable,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct StoreTable {
    path: Option<PathBuf>,
}

/// Where the mirror is unless the configuration says otherwise.
const DEFAULT_STORE: &str = "/var/lib/ami-sync/mirror.db";

const KEYS: [&str; 10] =
    ["language", "api", "store", "poll", "web", "snapshot", "calls", "channels", "alerts", "path"];

/// The file to read: the one chosen, else the one that the environment names, else the first that exists.
///
/// # Errors
/// When there is none.
pub fn find(chosen: Option<&Path>) -> Result<PathBuf, ConfigError> {
    if let Some(path) = chosen {
        return Ok(path.to_owned());
    }
    if let Some(path) = env::var_os(CONFIG_VARIABLE).filter(|path| !path.is_empty()) {
        return Ok(PathBuf::from(path));
    }
    PLACES.iter().map(PathBuf::from).find(|path| path.exists()).ok_or(ConfigError::NotFound)
}

/// Reads and checks a file.
///
/// # Errors
/// When it cannot be read, or says things that cannot be.
pub fn load(path: &Path) -> Result<Config, ConfigError> {
    let text = fs::read_to_string(path)
        .map_err(|source| ConfigError::Unreadable { path: path.to_owned(), source })?;
    parse(&text, path)
}

/// Checks the text of a file.
///
/// # Errors
/// When it says things that cannot be.
pub fn parse(text: &str, path: &Path) -> Result<Config, ConfigError> {
    let mut faults = Faults::new(text);
    let file: Option<File> = match toml::from_str(text) {
        Ok(file) => Some(file),
        Err(error) => {
            tell_syntax(text, &error, &mut faults);
            None
        }
    };
    let config = file.and_then(|file| check(file, path, &mut faults));
    match (faults.into_list(path), config) {
        (None, Some(config)) => Ok(config),
        (list, _) => {
            Err(ConfigError::Faulty(list.unwrap_or(FaultList { path: path.to_owned(), faults: vec![] })))
        }
    }
}

fn check(file: File, path: &Path, faults: &mut Faults<'_>) -> Option<Config> {
    let language = match &file.language {
        None => Language::Fr,
        Some(written) => match written.get_ref().as_str() {
            "fr" => Language::Fr,
            "en" => Language::En,
            other => {
                let what = format!("language = \"{other}\" n’est pas une langue connue");
                faults.at(&written.span(), what, "écrivez \"fr\" ou \"en\"".to_owned());
                Language::Fr
            }
        },
    };
    let api = api::check(&file.api, faults);
    let poll = poll::check(&file.poll, faults);
    let web = web::check(&file.web, faults);
    let snapshot = snapshot::check(&file.snapshot, faults);
    let calls = calls::check(&file.calls, language, faults);
    let channels = channels::check(&file.channels, &calls, faults);
    let alerts = alerts::check(&file.alerts, faults);
    if file.calls.is_empty() {
        faults.at(
            &(0..0),
            "aucun appel n’est configuré".to_owned(),
            "ajoutez une table [[calls]] avec slug, demarche et deadline".to_owned(),
        );
    }
    let api = api?;
    let warnings = api.token_warning().into_iter().collect();
    let store = StoreConfig { path: file.store.path.unwrap_or_else(|| PathBuf::from(DEFAULT_STORE)) };
    let path = path.to_owned();
    Some(Config { language, api, store, poll, snapshot, web, calls, channels, alerts, path, warnings })
}

/// Tells what the TOML reader refused, in the operator's words.
fn tell_syntax(text: &str, error: &toml::de::Error, faults: &mut Faults<'_>) {
    let span = error.span().unwrap_or(0..0);
    let message = error.message();
    if message.starts_with("unknown field") {
        let key = message.split('`').nth(1).unwrap_or_default();
        let expected: Vec<&str> = message.split('`').skip(3).step_by(2).collect();
        let what = format!("la clé « {key} » n’existe pas ici");
        let remedy = match nearest(key, &expected) {
            Some(near) => format!("vouliez-vous écrire « {near} » ?"),
            None => format!("clés possibles : {}", expected.join(", ")),
        };
        faults.at(&span, what, remedy);
        return;
    }
    if let Some(key) = message.strip_prefix("missing field `").and_then(|rest| rest.strip_suffix('`')) {
        faults.at(
            &span,
            format!("il manque la clé « {key} »"),
            format!("ajoutez {key} = … dans cette table"),
        );
        return;
    }
    let shown = text.get(span.clone()).unwrap_or_default().lines().next().unwrap_or_default();
    let what = if shown.is_empty() { message.to_owned() } else { format!("« {shown} » : {message}") };
    faults.at(&span, what, "comparez avec config.example.toml".to_owned());
}

/// The key that was probably meant: among those possible here, else among all.
fn nearest<'k>(key: &str, expected: &[&'k str]) -> Option<&'k str> {
    let all = KEYS
        .iter()
        .chain(api::KEYS)
        .chain(poll::KEYS)
        .chain(web::KEYS)
        .chain(snapshot::KEYS)
        .chain(calls::KEYS)
        .chain(call_rules::KEYS)
        .chain(criteria::KEYS)
        .chain(channels::KEYS)
        .chain(alerts::KEYS);
    let mut best: Option<(f64, &'k str)> = None;
    for known in expected.iter().copied().chain(all.copied()) {
        let score = strsim::jaro_winkler(key, known);
        if score > best.map_or(0.8, |(score, _)| score) {
            best = Some((score, known));
        }
    }
    best.map(|(_, known)| known).filter(|known| expected.contains(known))
}
