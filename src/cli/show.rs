//! `show`: everything known of one dossier.

use std::io::Write;

use anyhow::Context as _;
use serde_json::{Value, json};

use super::exit::{Exit, Misuse};
use super::output::Format;
use super::session::{Session, format_or_table};
use super::story::Story;
use super::words::{event, paris, state, verdict};
use crate::api;
use crate::domain::{ChampKind, ChampValue, Demandeur, Dossier, DossierNumber, PlacedChamp, counted};
use crate::store::{KeptDossier, Reader};

/// The arguments of `show`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Numéro du dossier
    #[arg(value_name = "NUMÉRO")]
    number: DossierNumber,
    /// Forme de la sortie (table pour les gens, json : le dossier tel que la plateforme l’a donné)
    #[arg(long, value_enum)]
    format: Option<Format>,
}

/// Shows a dossier.
///
/// # Errors
/// When it is not in the mirror, or the mirror cannot be read.
pub fn run(args: &Args, session: &Session, out: &mut dyn Write) -> anyhow::Result<Exit> {
    let config = session.config()?;
    let reader = Session::reader(&config)?;
    let (kept, dossier) = find(&reader, args.number)?;
    let story = Story::of(&reader, args.number)?;
    if format_or_table(args.format) == Format::Table {
        tell(&kept, &dossier, &story, out)?;
    } else {
        let node: Value =
            serde_json::from_str(&kept.payload.json).context("le contenu conservé ne se lit pas")?;
        let verdict = kept.verdict.as_ref().map(|verdict| {
            json!({
                "verdict": verdict.verdict, "applicant_check": verdict.applicant_check,
                "deadline_check": verdict.deadline_check, "nature": verdict.nature, "reasons": verdict.reasons,
                "rules_version": verdict.rules_version, "decided_by": verdict.decided_by,
                "decided_at": verdict.decided_at.to_string(),
            })
        });
        let told = json!({
            "number": kept.number.0,
            "demarche_number": kept.demarche.0,
            "first_seen_at": kept.first_seen_at.to_string(),
            "last_changed_at": kept.last_changed_at.to_string(),
            "deleted_at": kept.gone.as_ref().map(|(at, _)| at.to_string()),
            "deletion_reason": kept.gone.as_ref().map(|(_, reason)| reason),
            "verdict": verdict,
            "story": story.json(),
            "dossier": node,
        });
        writeln!(out, "{told:#}")?;
    }
    Ok(Exit::Done)
}

/// A dossier of the mirror, as kept and as read.
///
/// # Errors
/// When it is not there, or what is kept cannot be read.
pub fn find(reader: &Reader, number: DossierNumber) -> anyhow::Result<(KeptDossier, Dossier)> {
    let Some(kept) = reader.find_dossier(number)? else {
        let message =
            format!("le dossier {number} n’est pas dans le miroir ; essayez « ami-sync resync {number} »");
        return Err(Misuse(message).into());
    };
    let dossier = api::normalize(&kept.payload.json)
        .with_context(|| {
            format!("le dossier {number} ne se relit pas ; essayez « ami-sync resync {number} »")
        })?
        .dossier;
    Ok((kept, dossier))
}

/// A dossier for people.
///
/// # Errors
/// When the output cannot be written.
pub fn tell(
    kept: &KeptDossier,
    dossier: &Dossier,
    story: &Story,
    out: &mut dyn Write,
) -> std::io::Result<()> {
    writeln!(out, "Dossier {} (démarche {})", dossier.number, dossier.demarche_number)?;
    if let Some((at, reason)) = &kept.gone {
        writeln!(out, "  DISPARU de la plateforme le {} ({reason})", paris(*at))?;
    }
    line(out, "état", state(dossier.state.as_api()))?;
    if let Some(stored) = &kept.verdict {
        let by = if stored.decided_by == "rules" {
            "d’après les règles".to_owned()
        } else {
            format!("décidé par {}", stored.decided_by)
        };
        line(out, "verdict", &format!("{} ({by})", verdict(&stored.verdict)))?;
        for reason in stored.reasons.as_array().into_iter().flatten() {
            line(out, "", reason.get("text").and_then(Value::as_str).unwrap_or_default())?;
        }
    }
    line(out, "déposé", &paris(dossier.dates.depot))?;
    line(out, "modifié", &paris(dossier.dates.derniere_modification))?;
    if let Some(at) = dossier.dates.traitement {
        line(out, "décidé", &paris(at))?;
    }
    tell_demandeur(&dossier.demandeur, out)?;
    line(out, "usager", &dossier.usager.email)?;
    line(out, "groupe", &dossier.groupe_instructeur.label)?;
    let labels: Vec<&str> = dossier.labels.iter().map(|label| label.name.as_str()).collect();
    if !labels.is_empty() {
        line(out, "étiquettes", &labels.join(", "))?;
    }
    story.tell(out)?;
    tell_champs(dossier, out)?;
    tell_events(dossier, out)
}

fn line(out: &mut dyn Write, title: &str, text: &str) -> std::io::Result<()> {
    writeln!(out, "  {title:<11} {text}")
}

fn tell_demandeur(demandeur: &Demandeur, out: &mut dyn Write) -> std::io::Result<()> {
    match demandeur {
        Demandeur::PersonnePhysique(personne) => {
            line(out, "candidat", &format!("{} {} (particulier)", personne.prenom, personne.nom))
        }
        Demandeur::PersonneMoraleIncomplete { siret, .. } => {
            line(out, "candidat", &format!("SIRET {siret} (données d’entreprise pas encore arrivées)"))
        }
        Demandeur::Unknown { typename, .. } => {
            line(out, "candidat", &format!("de type inconnu : {typename}"))
        }
        Demandeur::PersonneMorale(morale) => {
            let Some(entreprise) = &morale.entreprise else {
                return line(out, "candidat", &format!("SIRET {} (entreprise inconnue)", morale.siret));
            };
            line(out, "candidat", &entreprise.raison_sociale)?;
            line(out, "", &format!("SIRET {}", morale.siret))?;
            let code = entreprise.forme_juridique_code.as_deref().unwrap_or("inconnue");
            let forme = entreprise.forme_juridique.as_deref().unwrap_or_default();
            line(out, "", &format!("catégorie juridique {code} {forme}"))
        }
    }
}

fn tell_champs(dossier: &Dossier, out: &mut dyn Write) -> std::io::Result<()> {
    let mut kind = None;
    for placed in dossier.all_champs() {
        if kind != Some(placed.kind) {
            kind = Some(placed.kind);
            let title = match placed.kind {
                ChampKind::Champ => "Réponses",
                ChampKind::Annotation => "Annotations",
            };
            writeln!(out, "{title}")?;
        }
        let indent = if placed.row.is_some() { "    " } else { "  " };
        match &placed.champ.value {
            ChampValue::HeaderSection { .. } => writeln!(out, "{indent}— {}", placed.champ.label)?,
            ChampValue::Explication => {}
            _ => writeln!(out, "{indent}{} : {}", placed.champ.label, answer(&placed))?,
        }
    }
    Ok(())
}

/// An answer for people.
fn answer(placed: &PlacedChamp<'_>) -> String {
    match &placed.champ.value {
        ChampValue::Checkbox(yes) | ChampValue::YesNo(Some(yes)) => {
            if *yes { "oui" } else { "non" }.to_owned()
        }
        ChampValue::PieceJustificative(files) if !files.is_empty() => {
            let names: Vec<String> =
                files.iter().map(|file| format!("{} ({})", file.filename, file.virus_scan_result)).collect();
            names.join(", ")
        }
        ChampValue::TitreIdentite { filled, .. } => if *filled { "fourni" } else { "—" }.to_owned(),
        ChampValue::Repetition(rows) => counted(rows.len() as u64, "ligne", "lignes"),
        ChampValue::Carte(areas) => counted(areas.len() as u64, "zone", "zones"),
        ChampValue::Unknown { typename, .. } => format!("(type inconnu : {typename}, gardé tel quel)"),
        _ => placed
            .champ
            .string_value
            .clone()
            .filter(|text| !text.is_empty())
            .unwrap_or_else(|| "—".to_owned()),
    }
}

fn tell_events(dossier: &Dossier, out: &mut dyn Write) -> std::io::Result<()> {
    if !dossier.traitements.is_empty() {
        writeln!(out, "Événements")?;
        for one in &dossier.traitements {
            writeln!(out, "  {} {}", paris(one.date_traitement), event(one.event.as_api()))?;
        }
    }
    if !dossier.messages.is_empty() {
        writeln!(out, "Messages")?;
        for one in &dossier.messages {
            let asks = if one.correction.is_some() { ", demande une correction" } else { "" };
            let gone = if one.discarded_at.is_some() { ", retiré" } else { "" };
            writeln!(out, "  {} de {}{asks}{gone}", paris(one.created_at), one.email)?;
        }
    }
    if !dossier.avis.is_empty() {
        writeln!(out, "Avis")?;
        for one in &dossier.avis {
            let answered = if one.reponse.is_some() { "répondu" } else { "attendu" };
            writeln!(out, "  {} {answered} : {}", paris(one.date_question), one.question)?;
        }
    }
    Ok(())
}
