//! `check`: everything that a pass relies on, a line each, with the remedy.

use std::io::Write;

use super::exit::Exit;
use super::session::{Session, block_on};
use crate::api::PageRequest;
use crate::channel;
use crate::config::Config;
use crate::domain::counted;
use crate::store::{Reader, StoreError};

/// The arguments of `check`.
#[derive(Debug, clap::Args)]
pub struct Args {}

/// The findings, as they are made.
struct Report<'o> {
    out: &'o mut dyn Write,
    faults: usize,
}

impl Report<'_> {
    fn good(&mut self, what: &str) -> std::io::Result<()> {
        writeln!(self.out, "✓ {what}")
    }

    fn fault(&mut self, what: &str, remedy: &str) -> std::io::Result<()> {
        self.faults += 1;
        writeln!(self.out, "✗ {what}")?;
        writeln!(self.out, "  → {remedy}")
    }
}

/// Checks, and tells.
///
/// # Errors
/// When the configuration cannot be read, or the output cannot be written.
pub fn run(_args: &Args, session: &Session, out: &mut dyn Write) -> anyhow::Result<Exit> {
    let config = session.config()?;
    let mut report = Report { out, faults: 0 };
    report.good(&format!("configuration : {} appel(s)", config.calls.len()))?;
    for warning in &config.warnings {
        report.fault(warning, "le jeton donne accès aux dossiers : lui seul doit pouvoir le lire")?;
    }
    check_platform(&config, &mut report)?;
    check_channels(&config, &mut report)?;
    check_mirror(&config, &mut report)?;
    Ok(if report.faults == 0 { Exit::Done } else { Exit::Findings })
}

fn check_platform(config: &Config, report: &mut Report<'_>) -> anyhow::Result<()> {
    let client = match config.api.read_token() {
        Err(error) => {
            return Ok(report.fault(&format!("jeton : {error}"), "sans jeton, rien ne peut être lu")?);
        }
        Ok(_) => {
            report.good("jeton : lu")?;
            Session::client(config)?
        }
    };
    for call in &config.calls {
        let request = PageRequest {
            demarche: call.demarche,
            first: 1,
            dossiers: None,
            pending: None,
            deleted: None,
            with_demarche: true,
        };
        let answer = block_on(None, async { Ok(client.fetch_page(&request).await) })?;
        match answer {
            Ok(page) => {
                let state = page.demarche.map(|demarche| demarche.state.to_string()).unwrap_or_default();
                report.good(&format!(
                    "appel {} : démarche {} accessible ({state})",
                    call.slug, call.demarche
                ))?;
            }
            Err(error) => report.fault(&format!("appel {} : {error}", call.slug), &error.remedy())?,
        }
    }
    let gaps = block_on(None, async { Ok(client.schema_drift().await) })?;
    match gaps {
        Ok(drift) if drift.missing.is_empty() && drift.new.is_empty() => {
            report.good("schéma de l’API : tel que nous le connaissons")?;
        }
        Ok(drift) => {
            for missing in &drift.missing {
                report.fault(
                    &format!("schéma de l’API : {missing} n’existe plus"),
                    "installez une version plus récente d’ami-sync",
                )?;
            }
            if !drift.new.is_empty() {
                report.good(&format!(
                    "schéma de l’API : nouveautés gardées telles quelles ({})",
                    drift.new.join(", ")
                ))?;
            }
        }
        Err(error) => report.fault(&format!("schéma de l’API : {error}"), &error.remedy())?,
    }
    Ok(())
}

fn check_channels(config: &Config, report: &mut Report<'_>) -> std::io::Result<()> {
    match channel::open_all(config) {
        Ok(outlets) => {
            for outlet in outlets {
                let told = format!("canal {} ({}) : prêt", outlet.route.channel, outlet.kind);
                report.good(&told)?;
            }
            Ok(())
        }
        Err(error) => {
            report.fault(&error.to_string(), "« ami-sync alerts test » essaiera ensuite chaque canal")
        }
    }
}

fn check_backlog(reader: &Reader, report: &mut Report<'_>) -> anyhow::Result<()> {
    for line in reader.backlog()? {
        let why = line.last_error.as_deref().unwrap_or_default();
        if line.dead > 0 {
            let count = counted(line.dead, "alerte abandonnée", "alertes abandonnées");
            let told = format!("canal {} : {count} : {why}", line.channel);
            report.fault(&told, "corrigez la cause, puis « ami-sync alerts retry »")?;
        } else if line.failing > 0 {
            let count = counted(line.failing, "alerte en échec", "alertes en échec");
            let told = format!("canal {} : {count} : {why}", line.channel);
            report.fault(&told, "« ami-sync alerts test » dit ce que répond le canal")?;
        }
    }
    Ok(())
}

fn check_mirror(config: &Config, report: &mut Report<'_>) -> anyhow::Result<()> {
    let path = config.store.path.display();
    let reader = match Reader::open(&config.store.path) {
        Ok(reader) => reader,
        Err(StoreError::NotFound { .. }) => {
            return Ok(report.good(&format!("miroir : {path} n’existe pas encore, « sync » le créera"))?);
        }
        Err(error) => return Ok(report.fault(&format!("miroir : {error}"), &error.remedy())?),
    };
    let faults = reader.integrity_faults()?;
    match faults.first() {
        None => report.good(&format!("miroir : {path} est sain"))?,
        Some(fault) => report.fault(&format!("miroir : {fault}"), &StoreError::Corrupt.remedy())?,
    }
    check_champs(config, &reader, report)?;
    check_backlog(&reader, report)?;
    let status = reader.status()?;
    for line in &status.quarantine {
        report.fault(
            &format!("quarantaine : dossier {} ({}) : {}", line.number, line.what, line.last_error),
            "il est réessayé de lui-même ; signalez-le à la plateforme si cela dure",
        )?;
    }
    for line in &status.unknown {
        report.good(&format!(
            "inconnu d’ami-sync, gardé tel quel : {} {} ({} fois)",
            line.place, line.name, line.count
        ))?;
    }
    Ok(())
}

/// The questions that the rules name, against the form as the mirror has it.
fn check_champs(config: &Config, reader: &Reader, report: &mut Report<'_>) -> anyhow::Result<()> {
    for call in &config.calls {
        let names: Vec<String> = call.rules.champs_named().map(str::to_owned).collect();
        if names.is_empty() {
            continue;
        }
        let unknown = reader.unknown_champs(call.demarche, &names)?;
        let labels = if unknown.is_empty() { Vec::new() } else { reader.champ_labels(call.demarche)? };
        for name in &unknown {
            let near = labels
                .iter()
                .max_by(|a, b| strsim::jaro_winkler(a, name).total_cmp(&strsim::jaro_winkler(b, name)));
            let line = call.champs_at.iter().find(|(named, _)| named == name).map_or(0, |(_, line)| *line);
            report.fault(
                &format!(
                    "appel {}, ligne {line} de la configuration : le formulaire n’a pas de question « {name} »",
                    call.slug
                ),
                &near.map_or_else(
                    || "lancez « ami-sync sync » pour lire le formulaire".to_owned(),
                    |near| format!("vouliez-vous écrire « {near} » ? « ami-sync query \"SELECT * FROM champ_descriptors\" » les liste"),
                ),
            )?;
        }
        if unknown.is_empty() {
            report.good(&format!("appel {} : les questions nommées par les règles existent", call.slug))?;
        }
    }
    Ok(())
}
