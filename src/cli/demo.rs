//! `demo`: the whole of it on a realistic call, with no token, no configuration and no network.
//!
//! The platform is the bundled emulator, served on the loopback; everything else is the real thing: the
//! same client, the same mirror, the same rules. A configuration is left beside the mirror, so that every
//! reading command works on it afterwards.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};
use std::{env, fs};

use anyhow::Context as _;
use ds_emulator::{Chance, Emulator, Options, SeedOptions, World};
use jiff::Timestamp;
use tokio::net::TcpListener;

use super::exit::Exit;
use super::explain::{self, Length};
use super::session::{Session, block_on, observe};
use super::{show, summary, sync};
use crate::api::ApiClient;
use crate::clock::{Clock, SystemClock};
use crate::config::{self, CallConfig, Config};
use crate::domain::Dossier;
use crate::engine::{Engine, Outcome, PassOptions};
use crate::store::{DossierFilter, DossierLine, KeptDossier, Reader, Store};
use crate::web::{self, Pages};

/// The arguments of `demo`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Nombre de dossiers de l’appel
    #[arg(long, value_name = "N", default_value_t = 300)]
    dossiers: u64,
    /// Où écrire le miroir (sinon dans un dossier temporaire, refait à chaque fois)
    #[arg(long, value_name = "FICHIER")]
    db: Option<PathBuf>,
    /// Graine du tirage : la même donne le même appel
    #[arg(long, value_name = "S", default_value_t = 1)]
    seed: u64,
    /// Continuer : l’appel vit, le miroir le suit et une page le montre, jusqu’à Ctrl-C
    #[arg(long)]
    serve: bool,
}

/// Between two acts of a living call.
const LIFE: Duration = Duration::from_millis(400);

/// Between two passes over it.
const POLL: Duration = Duration::from_secs(3);

/// Runs the demonstration.
///
/// # Errors
/// When the mirror cannot be written, or the loopback cannot be listened on.
pub fn run(args: &Args, session: &Session, out: &mut dyn Write) -> anyhow::Result<Exit> {
    let db = prepare(args)?;
    let mut world =
        World::seeded(SeedOptions { seed: args.seed, dossiers: args.dossiers, ..SeedOptions::default() });
    // The call took place in spring 2019: the platform's clock runs on from there.
    world.run_from(World::seeded_as_of());
    let emulator = Emulator::start_blocking(world, Options { gzip: false, ..Options::default() })
        .context("la boucle locale ne peut être écoutée")?;
    let config = write_config(&emulator, &db)?;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let client = ApiClient::new(&config.api, emulator.token().into(), Arc::clone(&clock))?;
    let store = Store::open(&db)?;
    let bar = session.progress_bar();
    let engine = Engine::new(client, store, clock, config.poll.clone(), config.api.page_size);
    let engine = observe(engine, bar.as_ref());
    let Some(call) = config.calls.first().cloned().map(Arc::new) else { return Ok(Exit::Failed) };

    let began = Instant::now();
    let stop = engine.stop_token();
    let report = block_on(Some(stop), async { Ok(engine.pass(&call, PassOptions::default()).await) })?;
    let took = began.elapsed();
    if let Some(bar) = bar {
        bar.finish_and_clear();
    }
    if report.outcome == Outcome::Failed || report.outcome == Outcome::Interrupted {
        sync::tell(&report, out)?;
        return Ok(sync::exit_of(report.outcome));
    }
    writeln!(
        out,
        "Appel « {} », servi par l’émulateur sur {} : {} dossiers lus, recopiés et jugés en {:.2} s ({} requêtes)\n",
        call.slug,
        emulator.address(),
        report.seen,
        took.as_secs_f64(),
        report.requests
    )?;
    let reader = Reader::open(&db)?;
    let lines =
        reader.list_dossiers(&DossierFilter { demarche: Some(call.demarche), ..DossierFilter::default() })?;
    summary::write(&lines, out)?;
    tell_examples(&reader, &call, &lines, out)?;
    tell_what_next(&db, call.demarche.0, out)?;
    if args.serve {
        return follow(&emulator, &engine, &config, args.seed, out);
    }
    Ok(Exit::Done)
}

/// The mirror's place, empty.
fn prepare(args: &Args) -> anyhow::Result<PathBuf> {
    if let Some(db) = &args.db {
        if let Some(folder) = db.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            fs::create_dir_all(folder).with_context(|| format!("{} ne peut être créé", folder.display()))?;
        }
        return Ok(db.clone());
    }
    let folder = env::temp_dir().join("ami-sync-demo");
    fs::create_dir_all(&folder).with_context(|| format!("{} ne peut être créé", folder.display()))?;
    let db = folder.join("mirror.db");
    for suffix in ["", "-wal", "-shm"] {
        let mut name = db.as_os_str().to_owned();
        name.push(suffix);
        let file = PathBuf::from(name);
        if file.exists() {
            fs::remove_file(&file).with_context(|| format!("{} ne peut être refait", file.display()))?;
        }
    }
    Ok(db)
}

fn config_path(db: &Path) -> PathBuf {
    db.with_file_name("config.toml")
}

/// A configuration for this very call, beside the mirror unless another one stands there.
fn write_config(emulator: &Emulator, db: &Path) -> anyhow::Result<Config> {
    let text = format!(
        "# Écrit par « ami-sync demo ».\n[api]\nurl = \"{}\"\nrate_limit = 1000000\n\n[store]\npath = {:?}\n\n\
         [[calls]]\nslug = \"ami-ia-2\"\ndemarche = {}\nopens_at = \"2019-03-26T00:00\"\n\
         deadline = \"2019-05-31T23:59\"\n",
        emulator.url(),
        db.display().to_string(),
        ds_emulator::DEMARCHE_NUMBER
    );
    let path = config_path(db);
    let ours =
        fs::read_to_string(&path).is_ok_and(|found| found.starts_with("# Écrit par « ami-sync demo »"));
    if ours || !path.exists() {
        fs::write(&path, &text).with_context(|| format!("{} ne peut être écrit", path.display()))?;
    }
    Ok(config::parse(&text, &path)?)
}

fn tell_examples(
    reader: &Reader,
    call: &CallConfig,
    lines: &[DossierLine],
    out: &mut dyn Write,
) -> anyhow::Result<()> {
    for (verdict, title) in
        [("eligible", "recevable"), ("ineligible", "non éligible"), ("late", "hors délai")]
    {
        let Some((line, kept, dossier)) = example(reader, lines, verdict)? else { continue };
        let name = line.demandeur.as_deref().unwrap_or("candidat sans nom");
        writeln!(out, "\nUn dossier {title} : {name}")?;
        let beside = reader.circumstances(&dossier, &call.rules)?;
        explain::tell(&kept, &dossier, &beside, (call, Length::Short), out)?;
    }
    Ok(())
}

/// The first dossier of a verdict with nothing else to say of it.
fn example<'l>(
    reader: &Reader,
    lines: &'l [DossierLine],
    verdict: &str,
) -> anyhow::Result<Option<(&'l DossierLine, KeptDossier, Dossier)>> {
    for line in lines.iter().filter(|line| line.verdict.as_deref() == Some(verdict)) {
        let (kept, dossier) = show::find(reader, line.number)?;
        let one_matter = kept.verdict.as_ref().is_some_and(|stored| {
            let on_time = stored.deadline_check == "on_time";
            on_time || stored.applicant_check == "eligible"
        });
        if one_matter {
            return Ok(Some((line, kept, dossier)));
        }
    }
    Ok(None)
}

fn tell_what_next(db: &Path, demarche: u32, out: &mut dyn Write) -> std::io::Result<()> {
    let config = config_path(db);
    writeln!(out, "\nLe miroir est dans {} ; essayez :", db.display())?;
    let command = format!("ami-sync --config {}", config.display());
    writeln!(out, "  {command} query \"SELECT nature, verdict, COUNT(*) FROM v_dossiers GROUP BY 1, 2\"")?;
    writeln!(out, "  {command} dossiers --verdict to_review")?;
    writeln!(out, "  sqlite3 {} \"SELECT * FROM d_{demarche} LIMIT 3\"", db.display())
}

/// Lets the call live, follows it, and serves the page on it.
fn follow(
    emulator: &Emulator,
    engine: &Engine,
    config: &Config,
    seed: u64,
    out: &mut dyn Write,
) -> anyhow::Result<Exit> {
    let Some(call) = config.calls.first().cloned().map(Arc::new) else { return Ok(Exit::Failed) };
    let stop = engine.stop_token();
    let mut chance = Chance::acts(seed);
    let pages = Arc::new(Pages::new(config, Arc::new(SystemClock)));
    block_on(Some(stop.clone()), async {
        let listener =
            TcpListener::bind(("127.0.0.1", 0)).await.context("la boucle locale ne peut être écoutée")?;
        let address = listener.local_addr().context("la boucle locale ne dit pas son adresse")?;
        let served = tokio::spawn(web::serve(listener, web::router(pages), stop.clone()));
        writeln!(out, "\nL’appel vit, et se regarde sur http://{address} ; Ctrl-C pour arrêter.")?;
        out.flush()?;
        let mut last = Timestamp::UNIX_EPOCH;
        while !stop.is_cancelled() {
            emulator.world().random_act(&mut chance);
            tokio::time::sleep(LIFE).await;
            let now = SystemClock.now();
            if now.duration_since(last).unsigned_abs() < POLL {
                continue;
            }
            last = now;
            let report = engine.pass(&call, PassOptions::default()).await;
            if report.moved() || report.outcome != Outcome::Done {
                sync::tell(&report, out)?;
                out.flush()?;
            }
        }
        served.await.context("la page s’est arrêtée d’elle-même")?.context("la page ne répond plus")?;
        Ok(Exit::Done)
    })
}
