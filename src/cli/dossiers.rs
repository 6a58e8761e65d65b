//! `dossiers`: the dossiers, one line each.

use std::io::Write;

use jiff::Timestamp;
use serde_json::json;

use super::exit::Exit;
use super::moment::Moment;
use super::output::{Column, Format, Listing};
use super::session::{Session, format_or_table, shared_calls};
use super::words::{chosen_calls, paris, state, verdict};
use crate::domain::counted;
use crate::store::{DossierFilter, DossierLine};

/// The arguments of `dossiers`.
#[derive(Debug, Default, clap::Args)]
pub struct Args {
    /// Un seul appel, par son nom
    #[arg(long, value_name = "APPEL")]
    call: Option<String>,
    /// Un seul verdict
    #[arg(long, value_parser = ["eligible", "ineligible", "late", "to_review"])]
    verdict: Option<String>,
    /// Un seul état : en_construction, en_instruction, accepte, refuse, sans_suite
    #[arg(long, value_name = "ÉTAT")]
    state: Option<String>,
    /// Modifiés depuis cet instant : heure locale de l’appel (2019-05-31T23:59) ou instant exact (2019-05-31T22:00:00Z)
    #[arg(long, value_name = "INSTANT")]
    since: Option<Moment>,
    /// Avec ce texte dans le numéro, le candidat ou les réponses
    #[arg(long, value_name = "TEXTE")]
    search: Option<String>,
    /// Montrer aussi les dossiers disparus
    #[arg(long)]
    gone: bool,
    /// Forme de la sortie
    #[arg(long, value_enum)]
    format: Option<Format>,
}

/// Lists dossiers.
///
/// # Errors
/// When the mirror cannot be read.
pub fn run(args: &Args, session: &Session, out: &mut dyn Write) -> anyhow::Result<Exit> {
    let config = session.config()?;
    let reader = Session::reader(&config)?;
    let calls = chosen_calls(shared_calls(&config), args.call.as_deref())?;
    let mut lines = Vec::new();
    for call in &calls {
        lines.extend(reader.list_dossiers(&DossierFilter {
            demarche: Some(call.demarche),
            verdict: args.verdict.clone(),
            state: args.state.clone(),
            since: args.since.map(|since| since.at(call.rules.timezone())),
            search: args.search.clone(),
            gone_too: args.gone,
            ..DossierFilter::default()
        })?);
    }
    let format = format_or_table(args.format);
    listing(&lines, format).write(format, out)?;
    if format == Format::Table {
        writeln!(out, "{}", counted(lines.len() as u64, "dossier", "dossiers"))?;
    }
    Ok(Exit::Done)
}

/// The lines as a list: words for people, the mirror's values for scripts.
#[must_use]
pub fn listing(lines: &[DossierLine], format: Format) -> Listing {
    let people = format == Format::Table;
    let mut listing = Listing::new([
        Column::new("number", "Dossier"),
        Column::new("demarche_number", "Démarche"),
        Column::new("demandeur", "Candidat"),
        Column::new("forme_juridique", "Forme juridique"),
        Column::new("state", "État"),
        Column::new("date_depot", "Déposé le"),
        Column::new("verdict", "Verdict"),
        Column::new("nature", "Nature"),
        Column::new("siret", "SIRET"),
        Column::new("deleted_at", "Disparu le"),
    ]);
    for line in lines {
        let told = |instant: Timestamp| if people { paris(instant) } else { instant.to_string() };
        let word = |name: &Option<String>, word: fn(&str) -> &str| {
            name.as_deref().map(|name| if people { word(name).to_owned() } else { name.to_owned() })
        };
        listing.push(vec![
            json!(line.number.0),
            json!(line.demarche.0),
            json!(line.demandeur),
            json!(line.forme_juridique),
            json!(word(&Some(line.state.clone()), state)),
            json!(told(line.date_depot)),
            json!(word(&line.verdict, verdict)),
            json!(word(&line.nature, super::words::nature)),
            json!(line.siret),
            json!(line.deleted_at.map(told)),
        ]);
    }
    listing
}
