//! `show`: everything known of one dossier.

use std::io::{self, Write};

use anyhow::Context as _;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::exit::{Exit, Misuse};
use super::output::Format;
use super::session::{Session, format_or_table};
use super::story::Story;
use super::words::dated;
use crate::api;
use crate::domain::{ChampKind, ChampValue, Demandeur, Dossier, DossierNumber, PlacedChamp};
use crate::eligibility::Language;
use crate::store::{KeptDossier, Reader};
use crate::words::{self, said};

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
        tell(&kept, &dossier, &story, config.language, out)?;
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
    language: Language,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut page = Page { language, out };
    page.tell_head(kept, dossier)?;
    page.tell_demandeur(&dossier.demandeur)?;
    page.line(("usager", "usager"), &dossier.usager.email)?;
    page.line(("groupe", "group"), &dossier.groupe_instructeur.label)?;
    let labels: Vec<&str> = dossier.labels.iter().map(|label| label.name.as_str()).collect();
    if !labels.is_empty() {
        page.line(("étiquettes", "labels"), &labels.join(", "))?;
    }
    story.tell(language, page.out)?;
    page.tell_champs(dossier)?;
    page.tell_events(dossier)
}

/// What is written for people, in their language.
struct Page<'o> {
    language: Language,
    out: &'o mut dyn Write,
}

impl Page<'_> {
    fn word<'w>(&self, french: &'w str, english: &'w str) -> &'w str {
        said(self.language, french, english)
    }

    fn dated(&self, at: Timestamp) -> String {
        dated(at, self.language)
    }

    /// A colon, as each language spaces it.
    fn colon(&self) -> &'static str {
        said(self.language, " :", ":")
    }

    fn line(&mut self, (french, english): (&str, &str), text: &str) -> io::Result<()> {
        writeln!(self.out, "  {:<11} {text}", said(self.language, french, english))
    }

    fn tell_head(&mut self, kept: &KeptDossier, dossier: &Dossier) -> io::Result<()> {
        writeln!(self.out, "Dossier {} (démarche {})", dossier.number, dossier.demarche_number)?;
        if let Some((at, reason)) = &kept.gone {
            let gone = self.word("DISPARU de la plateforme le", "GONE from the platform on");
            writeln!(self.out, "  {gone} {} ({reason})", self.dated(*at))?;
        }
        self.line(("état", "state"), words::state(dossier.state.as_api(), self.language))?;
        if let Some(stored) = &kept.verdict {
            let by = if stored.decided_by == "rules" {
                self.word("d’après les règles", "by the rules").to_owned()
            } else {
                format!("{} {}", self.word("décidé par", "decided by"), stored.decided_by)
            };
            let verdict = words::verdict(&stored.verdict, self.language);
            self.line(("verdict", "verdict"), &format!("{verdict} ({by})"))?;
            for reason in stored.reasons.as_array().into_iter().flatten() {
                self.line(("", ""), reason.get("text").and_then(Value::as_str).unwrap_or_default())?;
            }
        }
        self.line(("déposé", "filed"), &self.dated(dossier.dates.depot))?;
        self.line(("modifié", "modified"), &self.dated(dossier.dates.derniere_modification))?;
        if let Some(at) = dossier.dates.traitement {
            self.line(("décidé", "decided"), &self.dated(at))?;
        }
        Ok(())
    }

    fn tell_demandeur(&mut self, demandeur: &Demandeur) -> io::Result<()> {
        let told = match demandeur {
            Demandeur::PersonnePhysique(personne) => {
                let what = self.word("particulier", "individual");
                vec![format!("{} {} ({what})", personne.prenom, personne.nom)]
            }
            Demandeur::PersonneMoraleIncomplete { siret, .. } => {
                let waits =
                    self.word("données d’entreprise pas encore arrivées", "company data not there yet");
                vec![format!("SIRET {siret} ({waits})")]
            }
            Demandeur::Unknown { typename, .. } => {
                let unknown = self.word("de type inconnu :", "of an unknown type:");
                vec![format!("{unknown} {typename}")]
            }
            Demandeur::PersonneMorale(morale) => match &morale.entreprise {
                None => {
                    let unknown = self.word("entreprise inconnue", "unknown company");
                    vec![format!("SIRET {} ({unknown})", morale.siret)]
                }
                Some(entreprise) => {
                    let code = entreprise.forme_juridique_code.as_deref();
                    let code = code.unwrap_or_else(|| self.word("inconnue", "unknown"));
                    let forme = entreprise.forme_juridique.as_deref().unwrap_or_default();
                    let category = self.word("catégorie juridique", "legal category");
                    let siret = format!("SIRET {}", morale.siret);
                    vec![entreprise.raison_sociale.clone(), siret, format!("{category} {code} {forme}")]
                }
            },
        };
        for (index, text) in told.iter().enumerate() {
            let title = if index == 0 { ("candidat", "applicant") } else { ("", "") };
            self.line(title, text)?;
        }
        Ok(())
    }

    fn tell_champs(&mut self, dossier: &Dossier) -> io::Result<()> {
        let mut kind = None;
        for placed in dossier.all_champs() {
            if kind != Some(placed.kind) {
                kind = Some(placed.kind);
                let title = match placed.kind {
                    ChampKind::Champ => self.word("Réponses", "Answers"),
                    ChampKind::Annotation => "Annotations",
                };
                writeln!(self.out, "{title}")?;
            }
            let indent = if placed.row.is_some() { "    " } else { "  " };
            let label = &placed.champ.label;
            match &placed.champ.value {
                ChampValue::HeaderSection { .. } => writeln!(self.out, "{indent}— {label}")?,
                ChampValue::Explication => {}
                _ => {
                    let (colon, answer) = (self.colon(), self.answer(&placed));
                    writeln!(self.out, "{indent}{label}{colon} {answer}")?;
                }
            }
        }
        Ok(())
    }

    /// An answer for people.
    fn answer(&self, placed: &PlacedChamp<'_>) -> String {
        match &placed.champ.value {
            ChampValue::Checkbox(yes) | ChampValue::YesNo(Some(yes)) => {
                if *yes { self.word("oui", "yes") } else { self.word("non", "no") }.to_owned()
            }
            ChampValue::PieceJustificative(files) if !files.is_empty() => {
                let names =
                    files.iter().map(|file| format!("{} ({})", file.filename, file.virus_scan_result));
                names.collect::<Vec<_>>().join(", ")
            }
            ChampValue::TitreIdentite { filled, .. } => {
                if *filled { self.word("fourni", "given") } else { "—" }.to_owned()
            }
            ChampValue::Repetition(rows) => {
                let count = rows.len() as u64;
                words::counted(count, self.language, ("ligne", "lignes"), ("row", "rows"))
            }
            ChampValue::Carte(areas) => {
                let count = areas.len() as u64;
                words::counted(count, self.language, ("zone", "zones"), ("area", "areas"))
            }
            ChampValue::Unknown { typename, .. } => match self.language {
                Language::Fr => format!("(type inconnu : {typename}, gardé tel quel)"),
                Language::En => format!("(unknown type: {typename}, kept as it is)"),
            },
            _ => placed
                .champ
                .string_value
                .clone()
                .filter(|text| !text.is_empty())
                .unwrap_or_else(|| "—".to_owned()),
        }
    }

    fn tell_events(&mut self, dossier: &Dossier) -> io::Result<()> {
        if !dossier.traitements.is_empty() {
            writeln!(self.out, "{}", self.word("Événements", "Events"))?;
        }
        for one in &dossier.traitements {
            let event = words::event(one.event.as_api(), self.language);
            writeln!(self.out, "  {} {event}", self.dated(one.date_traitement))?;
        }
        if !dossier.messages.is_empty() {
            writeln!(self.out, "Messages")?;
        }
        for one in &dossier.messages {
            let asks = self.word(", demande une correction", ", asks for a correction");
            let asks = if one.correction.is_some() { asks } else { "" };
            let gone = if one.discarded_at.is_some() { self.word(", retiré", ", withdrawn") } else { "" };
            let from = self.word("de", "from");
            writeln!(self.out, "  {} {from} {}{asks}{gone}", self.dated(one.created_at), one.email)?;
        }
        if !dossier.avis.is_empty() {
            writeln!(self.out, "{}", self.word("Avis", "Opinions"))?;
        }
        for one in &dossier.avis {
            let given = one.reponse.is_some();
            let given =
                if given { self.word("répondu", "answered") } else { self.word("attendu", "awaited") };
            let colon = self.colon();
            writeln!(self.out, "  {} {given}{colon} {}", self.dated(one.date_question), one.question)?;
        }
        Ok(())
    }
}
