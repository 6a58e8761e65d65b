//! A command line that is refused, in the operator's words: what is wrong, what would be right.
//!
//! The parser knows what it refuses but speaks English. What it tells here in a way that is not known is left
//! to its own words.

use std::error::Error as _;
use std::num::{IntErrorKind, ParseIntError};

use clap::error::{ContextKind, ContextValue, ErrorKind};

/// The refusal in French; none if the parser's own words serve better.
#[must_use]
pub fn told(refusal: &clap::Error) -> Option<String> {
    let mut text = format!("ami-sync : {}\n", wrong(refusal)?);
    if let Some(remedy) = remedy(refusal) {
        text.push_str(&format!("  → {remedy}\n"));
    }
    if let Some(usage) = usage(refusal) {
        text.push_str(&format!("\nUsage : {usage}\n"));
    }
    text.push_str("\nPour en savoir plus : « --help ».\n");
    Some(text)
}

fn wrong(refusal: &clap::Error) -> Option<String> {
    let one = |kind| texts(refusal, kind).into_iter().next();
    let arg = || one(ContextKind::InvalidArg);
    Some(match refusal.kind() {
        ErrorKind::InvalidValue => match one(ContextKind::InvalidValue)? {
            value if value.is_empty() => format!("« {} » attend une valeur", arg()?),
            value => format!("« {value} » n’est pas une valeur de « {} »", arg()?),
        },
        ErrorKind::ValueValidation => {
            let value = one(ContextKind::InvalidValue)?;
            format!("« {value} » n’est pas une valeur de « {} »", arg()?)
        }
        ErrorKind::UnknownArgument => format!("« {} » n’est pas attendu ici", arg()?),
        ErrorKind::InvalidSubcommand => {
            format!("« {} » n’est pas une commande", one(ContextKind::InvalidSubcommand)?)
        }
        ErrorKind::MissingSubcommand => {
            format!("« {} » attend une commande", one(ContextKind::InvalidSubcommand)?)
        }
        ErrorKind::MissingRequiredArgument => {
            format!("il manque {}", quoted(&texts(refusal, ContextKind::InvalidArg))?)
        }
        ErrorKind::ArgumentConflict => {
            let prior = texts(refusal, ContextKind::PriorArg);
            if prior == [arg()?] {
                format!("« {} » n’est donné qu’une fois", arg()?)
            } else {
                format!("« {} » ne va pas avec {}", arg()?, quoted(&prior)?)
            }
        }
        ErrorKind::NoEquals => format!("« {} » attend le signe = avant sa valeur", arg()?),
        ErrorKind::TooManyValues => {
            format!("« {} » est de trop pour « {} »", one(ContextKind::InvalidValue)?, arg()?)
        }
        ErrorKind::TooFewValues => {
            format!("« {} » attend {} valeurs ou plus", arg()?, number(refusal, ContextKind::MinValues)?)
        }
        ErrorKind::WrongNumberOfValues => {
            format!("« {} » attend {} valeurs", arg()?, number(refusal, ContextKind::ExpectedNumValues)?)
        }
        ErrorKind::InvalidUtf8 => "un argument n’est pas du texte en UTF-8".to_owned(),
        _ => return None,
    })
}

fn remedy(refusal: &clap::Error) -> Option<String> {
    let suggested =
        [ContextKind::SuggestedSubcommand, ContextKind::SuggestedArg, ContextKind::SuggestedValue];
    if let Some(meant) = suggested.iter().find_map(|kind| alternatives(&texts(refusal, *kind))) {
        return Some(format!("vouliez-vous dire {meant} ?"));
    }
    if let Some(valid) = alternatives(&texts(refusal, ContextKind::ValidValue)) {
        return Some(format!("écrivez {valid}"));
    }
    if let Some(valid) = alternatives(&texts(refusal, ContextKind::ValidSubcommand)) {
        return Some(format!("écrivez {valid}"));
    }
    let source = refusal.source()?;
    if let Some(error) = source.downcast_ref::<ParseIntError>() {
        return Some(match error.kind() {
            IntErrorKind::PosOverflow => "écrivez un nombre plus petit".to_owned(),
            _ => "écrivez un nombre entier, en chiffres".to_owned(),
        });
    }
    if source.is::<jiff::Error>() {
        return Some("écrivez un jour, 2019-05-31, ou un jour et une heure, 2019-05-31T23:59".to_owned());
    }
    let told = source.to_string();
    // What the parser says of a number out of its range is its own, and in English.
    let Some((_, range)) = told.split_once(" is not in ") else { return Some(told) };
    Some(format!("écrivez un nombre de {}", range.replace("..=", " à ")))
}

/// How the command is written; the parser's text begins with a word of its own.
fn usage(refusal: &clap::Error) -> Option<String> {
    match refusal.get(ContextKind::Usage)? {
        ContextValue::StyledStr(text) => {
            let text = text.to_string();
            Some(text.trim_start_matches("Usage:").trim().to_owned())
        }
        _ => None,
    }
}

fn texts(refusal: &clap::Error, kind: ContextKind) -> Vec<String> {
    match refusal.get(kind) {
        Some(ContextValue::String(text)) => vec![text.clone()],
        Some(ContextValue::Strings(texts)) => texts.clone(),
        _ => Vec::new(),
    }
}

fn number(refusal: &clap::Error, kind: ContextKind) -> Option<isize> {
    match refusal.get(kind) {
        Some(ContextValue::Number(number)) => Some(*number),
        _ => None,
    }
}

fn quoted(texts: &[String]) -> Option<String> {
    let each: Vec<String> = texts.iter().map(|text| format!("« {text} »")).collect();
    (!each.is_empty()).then(|| each.join(", "))
}

fn alternatives(texts: &[String]) -> Option<String> {
    let (last, others) = texts.split_last()?;
    match quoted(others) {
        Some(others) => Some(format!("{others} ou « {last} »")),
        None => Some(format!("« {last} »")),
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]
    use clap::{Arg, ArgAction, Command};

    use super::*;

    fn command() -> Command {
        let number = Arg::new("number").long("number").value_parser(clap::value_parser!(u32));
        let day = Arg::new("day").long("day").value_parser(|text: &str| text.parse::<jiff::civil::Date>());
        let whole = Arg::new("whole").long("whole").value_parser(|text: &str| text.parse::<u32>());
        let ours = Arg::new("ours").long("ours").value_parser(|_: &str| Err::<u8, _>("écrivez autrement"));
        let pair = Arg::new("pair").long("pair").num_args(2);
        let many = Arg::new("many").long("many").num_args(2..4);
        let equal = Arg::new("equal").long("equal").require_equals(true);
        let quiet = Arg::new("quiet").long("quiet").action(ArgAction::SetTrue).conflicts_with("number");
        let shape = Arg::new("shape").long("shape").value_parser(["csv", "jsonl", "xlsx"]);
        let show = Command::new("show").arg(Arg::new("NUMÉRO").required(true));
        Command::new("ami-sync")
            .args([number, day, whole, ours, pair, many, equal, quiet, shape])
            .subcommand(show)
            .subcommand_required(true)
    }

    #[test]
    fn each_refusal_is_told_in_french_with_what_would_be_right() {
        let table: &[(&[&str], &str)] = &[
            (&["show"], "il manque « <NUMÉRO> »"),
            (&["shw"], "« shw » n’est pas une commande\n  → vouliez-vous dire « show » ?"),
            (&["xyz"], "« xyz » n’est pas une commande\n\nUsage : ami-sync [OPTIONS] <COMMAND>"),
            (&[], "« ami-sync » attend une commande\n  → écrivez « show »"),
            (&["--nmber"], "« --nmber » n’est pas attendu ici\n  → vouliez-vous dire « --number » ?"),
            (&["show", "1", "2"], "« 2 » n’est pas attendu ici"),
            (
                &["--number", "x"],
                "« x » n’est pas une valeur de « --number <number> »\n  → écrivez un nombre",
            ),
            (&["--number", "99999999999"], "« --number <number> »\n  → écrivez un nombre de 0 à 4294967295"),
            (&["--whole", "99999999999"], "« --whole <whole> »\n  → écrivez un nombre plus petit"),
            (&["--day", "hier"], "« --day <day> »\n  → écrivez un jour, 2019-05-31"),
            (&["--ours", "x"], "« --ours <ours> »\n  → écrivez autrement"),
            (&["--shape", "pdf"], "« --shape <shape> »\n  → écrivez « csv », « jsonl » ou « xlsx »"),
            (&["--shape", "xls"], "→ vouliez-vous dire « xlsx » ?"),
            (&["--shape"], "« --shape <shape> » attend une valeur\n  → écrivez « csv »"),
            (&["--number", "1", "--number", "2"], "« --number <number> » n’est donné qu’une fois"),
            (&["--number", "1", "--quiet", "show", "1"], "ne va pas avec « --"),
            (&["--equal", "x"], "« --equal=<equal> » attend le signe = avant sa valeur"),
            (&["--pair", "a", "--quiet"], "« --pair <pair> <pair> » attend 2 valeurs"),
            (&["--many", "a", "--quiet"], "« --many <many> <many>... » attend 2 valeurs ou plus"),
            (&["--quiet=oui"], "« oui » est de trop pour « --quiet »"),
        ];
        for (arguments, expected) in table {
            let line = std::iter::once("ami-sync").chain(arguments.iter().copied());
            let refusal = command().try_get_matches_from(line).unwrap_err();
            let told = told(&refusal).unwrap_or_else(|| format!("{:?}: {refusal}", refusal.kind()));
            assert!(told.contains(expected), "{arguments:?}: « {expected} » is not told in:\n{told}");
            for english in ["error", "invalid", "unexpected", "required", "tip", "Usage:", "For more"] {
                assert!(!told.contains(english), "{arguments:?} speaks English: {told}");
            }
            assert_eq!(refusal.exit_code(), 2);
        }
    }

    #[test]
    fn what_is_not_known_is_left_to_the_parser() {
        let help = Command::new("ami-sync").try_get_matches_from(["ami-sync", "--help"]).unwrap_err();
        assert_eq!(told(&help), None);
        assert_eq!(told(&clap::Error::raw(ErrorKind::InvalidValue, "anything")), None);
    }
}
