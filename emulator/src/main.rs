//! `ds-emulator`: the emulator as a program, for demonstrations and for tests in another process.
//!
//! It prints the URL of the endpoint and a line about the world on stdout, then serves until it is
//! stopped. Everything it does is in the library.

use std::io::Write as _;
use std::process::ExitCode;
use std::time::Duration;

use ds_emulator::{Chance, DEMARCHE_NUMBER, Emulator, Options, RateLimit, SeedOptions, World};

const USAGE: &str = "ds-emulator [--listen ADDRESS] [--dossiers N] [--seed S] [--token TOKEN] [--rate-limit N]\n\
                     \x20           [--max-complexity N] [--no-gzip] [--control]\n\
                     \x20           [--living MILLISECONDS] [--in-2019]\n";

struct Asked {
    options: Options,
    seed: SeedOptions,
    /// Something happens every so often.
    living: Option<Duration>,
    /// The clock runs on from the day the seeded call was pictured, rather than from today.
    in_2019: bool,
}

fn read(mut arguments: impl Iterator<Item = String>) -> Result<Asked, String> {
    let mut asked =
        Asked { options: Options::default(), seed: SeedOptions::default(), living: None, in_2019: false };
    while let Some(flag) = arguments.next() {
        let mut value = || arguments.next().ok_or_else(|| format!("{flag} wants a value"));
        let number = |text: String| text.parse::<u64>().map_err(|_error| format!("{text} is no number"));
        match flag.as_str() {
            "--listen" => {
                asked.options.listen = value()?.parse().map_err(|error| format!("--listen: {error}"))?
            }
            "--dossiers" => asked.seed.dossiers = number(value()?)?,
            "--seed" => asked.seed.seed = number(value()?)?,
            "--token" => asked.options.token = value()?,
            "--rate-limit" => {
                let requests = u32::try_from(number(value()?)?).map_err(|error| error.to_string())?;
                asked.options.rate_limit = Some(RateLimit { requests, window_seconds: 60 });
            }
            "--max-complexity" => asked.options.max_complexity = Some(number(value()?)?),
            "--no-gzip" => asked.options.gzip = false,
            "--living" => asked.living = Some(Duration::from_millis(number(value()?)?)),
            "--in-2019" => asked.in_2019 = true,
            "--control" => asked.options.control = true,
            other => return Err(format!("unknown flag {other}")),
        }
    }
    Ok(asked)
}

fn serve(asked: Asked) -> std::io::Result<()> {
    let mut world = World::seeded(asked.seed);
    if asked.in_2019 {
        world.run_from(World::seeded_as_of());
    }
    let emulator = Emulator::start_blocking(world, asked.options)?;
    let dossiers = emulator.read_world().count_visible(DEMARCHE_NUMBER);
    let mut out = std::io::stdout().lock();
    // In one write: a reader that only wants the URL may close the pipe after it.
    let said = format!("{}\ndémarche {DEMARCHE_NUMBER}, {dossiers} dossiers\n", emulator.url());
    out.write_all(said.as_bytes())?;
    out.flush()?;
    let mut chance = Chance::acts(asked.seed.seed);
    let mut is_heard = true;
    loop {
        match asked.living {
            Some(pause) => std::thread::sleep(pause),
            None => std::thread::park(),
        }
        let act = asked.living.and_then(|_| emulator.world().random_act(&mut chance));
        if let Some(act) = act.filter(|_| is_heard) {
            let about = act.dossier.map(|number| number.to_string()).unwrap_or_default();
            is_heard = writeln!(out, "{} {about}", act.name).and_then(|()| out.flush()).is_ok();
        }
    }
}

fn main() -> ExitCode {
    let outcome =
        read(std::env::args().skip(1)).and_then(|asked| serve(asked).map_err(|error| error.to_string()));
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            let said = write!(std::io::stderr(), "{message}\n\n{USAGE}");
            ExitCode::from(if said.is_ok() { 2 } else { 1 })
        }
    }
}
