//! `sync`: one complete pass over every configured call.

use std::io::Write;
use std::time::Duration;

use super::exit::Exit;
use super::session::{Session, block_on, observe, shared_calls};
use crate::channel::{self, Heartbeat, Outlet};
use crate::config::Config;
use crate::engine::{DrainReport, Engine, Outcome, PassOptions, PassReport};

/// How long a pass waits for its alerts to leave.
const LONGEST_DELIVERY: Duration = Duration::from_secs(60);

/// The arguments of `sync`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Relire tout l’appel et le comparer au miroir, sans tenir compte des positions retenues
    #[arg(long)]
    full: bool,
    /// Marquer les dossiers disparus même s’ils sont nombreux
    #[arg(long)]
    confirm: bool,
    /// Un seul appel, par son nom
    #[arg(long, value_name = "APPEL")]
    call: Option<String>,
}

/// Makes the passes and tells what each did.
///
/// # Errors
/// When the configuration, the token or the mirror prevent any pass.
pub fn run(args: &Args, session: &Session, out: &mut dyn Write) -> anyhow::Result<Exit> {
    let config = session.config()?;
    let calls = super::words::chosen_calls(shared_calls(&config), args.call.as_deref())?;
    let bar = session.progress_bar();
    let outlets = channel::open_all(&config)?;
    let engine = observe(Session::engine(&config)?, bar.as_ref());
    let options = PassOptions { full: args.full, confirm: args.confirm };
    let (reports, delivered) = block_on(Some(engine.stop_token()), async {
        let mut reports = Vec::new();
        for call in &calls {
            let report = engine.pass(call, options).await;
            let stop = report.outcome == Outcome::Interrupted;
            reports.push(report);
            if stop {
                break;
            }
        }
        let delivered = deliver(&engine, outlets, &config, &reports).await?;
        Ok((reports, delivered))
    })?;
    if let Some(bar) = bar {
        bar.finish_and_clear();
    }
    let mut exit = Exit::Done;
    for report in &reports {
        tell(report, out)?;
        exit = exit.worst(exit_of(report.outcome));
    }
    for channel in
        delivered.channels.iter().filter(|channel| channel.messages + channel.later + channel.dead > 0)
    {
        writeln!(out, "{channel}")?;
    }
    Ok(if delivered.went_well() { exit } else { exit.worst(Exit::Findings) })
}

/// Looks for what is to be told, gives a sign of life when all went well, and sends what is due. What cannot be
/// sent in a minute waits for the next pass.
async fn deliver(
    engine: &Engine,
    outlets: Vec<Outlet>,
    config: &Config,
    reports: &[PassReport],
) -> anyhow::Result<DrainReport> {
    engine.watch().await?;
    let all_good = reports.iter().all(|report| matches!(report.outcome, Outcome::Done | Outcome::Findings));
    if let Some(heartbeat) = Heartbeat::open(&config.alerts).filter(|_| all_good)
        && let Err(trouble) = heartbeat.beat().await
    {
        tracing::warn!("no sign of life could be given: {trouble}");
    }
    let dispatcher = engine.dispatcher(outlets, config.alerts.retry).await?;
    let stop = engine.stop_token().child_token();
    let timer = stop.clone();
    let bound = async move {
        tokio::time::sleep(LONGEST_DELIVERY).await;
        timer.cancel();
        std::future::pending::<()>().await;
    };
    tokio::select! {
        drained = dispatcher.drain(&stop) => Ok(drained?),
        () = bound => Ok(DrainReport::default()),
    }
}

/// What a pass did, a line; then what it left behind.
///
/// # Errors
/// When the output cannot be written.
pub fn tell(report: &PassReport, out: &mut dyn Write) -> std::io::Result<()> {
    writeln!(out, "{report}")?;
    for warning in &report.warnings {
        writeln!(out, "  ! {warning}")?;
    }
    if !report.quarantined.is_empty() {
        let numbers: Vec<String> = report.quarantined.iter().take(10).map(ToString::to_string).collect();
        let more = if report.quarantined.len() > 10 { "…" } else { "" };
        writeln!(out, "  ! en quarantaine, réessayés d’eux-mêmes : {}{more}", numbers.join(", "))?;
    }
    if let Some(error) = &report.error {
        writeln!(out, "  ✗ {error}")?;
    }
    if report.outcome == Outcome::Interrupted {
        writeln!(out, "  interrompu ; la prochaine passe reprendra ici")?;
    }
    Ok(())
}

/// What a pass means for the exit code.
#[must_use]
pub const fn exit_of(outcome: Outcome) -> Exit {
    match outcome {
        Outcome::Done => Exit::Done,
        Outcome::Findings | Outcome::Held => Exit::Findings,
        Outcome::Failed => Exit::Failed,
        Outcome::Interrupted => Exit::Interrupted,
    }
}
