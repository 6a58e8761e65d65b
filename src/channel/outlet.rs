//! A channel with all it needs: what words its messages, and the way out.
//!
//! Opening reads the files that the configuration names (secrets, certificates, templates) and tries every
//! template on sample alerts: what is wrong is told before anything starts.

use std::fs;
use std::path::Path;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::Channel;
use super::email::Email;
use super::matrix::Matrix;
use super::mattermost::Mattermost;
use super::outbound::Outbound;
use super::webhook::Webhook;
use crate::alert::{
    Alert, Composer, Detail, Event, Facts, Medium, Occasion, Route, TemplateError, Templates,
};
use crate::config::{ChannelConfig, ChannelKind, Config, ConfigError, Fault, FaultList};
use crate::domain::{DemarcheNumber, DossierNumber};

/// A channel, ready.
pub struct Outlet {
    /// As events see it.
    pub route: Route,
    /// What it is, by name.
    pub kind: &'static str,
    /// What words its messages.
    pub composer: Composer,
    /// The way out.
    pub channel: Channel,
    /// Messages a minute, at most.
    pub rate: u32,
}

/// Opens every channel of a configuration.
///
/// # Errors
/// When a secret, a certificate or a template cannot be used: the file, the line and the remedy.
pub fn open_all(config: &Config) -> Result<Vec<Outlet>, ConfigError> {
    config.channels.iter().map(|channel| open(channel, config)).collect()
}

fn open(config: &ChannelConfig, whole: &Config) -> Result<Outlet, ConfigError> {
    let fault = |what: String, remedy: &str| {
        let faults = vec![Fault { line: config.line, what, remedy: remedy.to_owned() }];
        ConfigError::Faulty(FaultList { path: whole.path.clone(), faults })
    };
    let channel = way_out(config, &whole.path, &fault)?;
    let medium = match config.kind {
        ChannelKind::Email(..) => Medium::Email,
        ChannelKind::Mattermost(..) => Medium::Mattermost,
        ChannelKind::Matrix(..) => Medium::Matrix,
        ChannelKind::Webhook(..) | ChannelKind::Log => Medium::Data,
    };
    let embedded = Templates::embedded(whole.language).map_err(of_template)?;
    let templates = overridden(embedded.clone(), config.templates.as_deref(), medium)?;
    let zone = whole.calls.first().map_or(TimeZone::UTC, |call| call.rules.timezone().clone());
    let composer = Composer {
        medium,
        detail: config.detail,
        language: whole.language,
        zone,
        dossier_url: whole.dossier_url(),
        templates,
        embedded,
    };
    try_out(&composer).map_err(of_template)?;
    Ok(Outlet { route: config.route(), kind: config.kind.as_str(), composer, channel, rate: config.rate })
}

fn way_out(
    config: &ChannelConfig,
    path: &Path,
    fault: &dyn Fn(String, &str) -> ConfigError,
) -> Result<Channel, ConfigError> {
    let prepared = |what: String| fault(what, "corrigez les adresses ou ca_file de ce canal");
    let secret = |file: &crate::config::SecretFile| file.read(path).map_err(ConfigError::Faulty);
    let outbound = |http| Outbound::new(http, config.timeout).map_err(prepared);
    Ok(match &config.kind {
        ChannelKind::Email(email, ca_file) => {
            let account = match &email.account {
                Some((username, file)) => Some((username.clone(), secret(file)?)),
                None => None,
            };
            let ca =
                ca_file.as_ref().map(fs::read).transpose().map_err(|error| prepared(error.to_string()))?;
            Channel::Email(Email::new(email, account, ca.as_deref(), config.timeout).map_err(prepared)?)
        }
        ChannelKind::Webhook(url, files, http) => {
            let mut signers = Vec::new();
            for file in files {
                use secrecy::ExposeSecret as _;
                let signer = standardwebhooks::Webhook::new(secret(file)?.expose_secret()).map_err(|_| {
                    let what = format!("{} n’est pas un secret de webhook", file.path.display());
                    fault(what, "écrivez-y whsec_ suivi de 32 octets en base64 : echo whsec_$(head -c 32 /dev/urandom | base64)")
                })?;
                signers.push(signer);
            }
            Channel::Webhook(Webhook::new(outbound(http)?, url.clone(), signers))
        }
        ChannelKind::Mattermost(file, http) => {
            Channel::Mattermost(Mattermost::new(outbound(http)?, secret(file)?))
        }
        ChannelKind::Matrix(matrix, http) => {
            let room = (matrix.homeserver.clone(), matrix.room_id.clone());
            Channel::Matrix(Matrix::new(outbound(http)?, room, secret(&matrix.token)?))
        }
        ChannelKind::Log => Channel::Log,
    })
}

/// The templates, those of a folder in the place of ours.
fn overridden(
    mut templates: Templates,
    folder: Option<&Path>,
    medium: Medium,
) -> Result<Templates, ConfigError> {
    let Some(folder) = folder else { return Ok(templates) };
    for name in medium.templates() {
        let file = folder.join(name);
        if file.exists() {
            let source = fs::read_to_string(&file)
                .map_err(|source| ConfigError::Unreadable { path: file.clone(), source })?;
            templates.replace(name, &source, &file).map_err(of_template)?;
        }
    }
    Ok(templates)
}

fn of_template(error: TemplateError) -> ConfigError {
    let remedy = "corrigez ce modèle ; « ami-sync alerts preview NUMÉRO » le montre rempli".to_owned();
    let faults = vec![Fault { line: error.line, what: error.what, remedy }];
    ConfigError::Faulty(FaultList { path: error.file.into(), faults })
}

/// Words a sample of each event, with much and with little to say.
fn try_out(composer: &Composer) -> Result<(), TemplateError> {
    let full = Composer { detail: Detail::Full, ..composer.clone() };
    let samples: Vec<Alert> = Event::ALL.iter().flat_map(|event| samples(*event)).collect();
    for composer in [&full, composer] {
        for sample in &samples {
            composer.compose_strictly(std::slice::from_ref(sample), "essai")?;
        }
        composer.compose_strictly(&samples, "essai")?;
    }
    Ok(())
}

fn samples(event: Event) -> [Alert; 2] {
    let rich = Facts {
        channel: None,
        call: Some("appel".to_owned()),
        verdict: Some("late".to_owned()),
        before: Some("to_review".to_owned()),
        applicant: Some("Établissement d’exemple".to_owned()),
        siret: Some("11000601200010".to_owned()),
        forme_juridique: Some("Service de l’État".to_owned()),
        date_depot: Some(Timestamp::UNIX_EPOCH),
        reasons: vec!["Un motif.".to_owned()],
        figures: vec![("dossiers".to_owned(), "3".to_owned())],
        note: Some("Une note.".to_owned()),
    };
    let alert = |facts, dossier, occasion| Alert {
        id: 1,
        event,
        occasion,
        demarche: Some(DemarcheNumber(1)),
        dossier,
        created_at: Timestamp::UNIX_EPOCH,
        facts,
    };
    [alert(rich, Some(DossierNumber(2)), Occasion::Reminder), alert(Facts::default(), None, Occasion::First)]
}
