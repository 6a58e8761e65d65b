//! The help in French, of every command: the parser's own headings and notes speak English.

use clap::builder::{PossibleValue, StyledStr};
use clap::{Arg, Command};

/// The command with every word of its help in French.
#[must_use]
pub fn french(command: Command) -> Command {
    let mut template = String::from("{about}\n\nUsage : {usage}\n");
    for (heading, part, there) in [
        ("Commandes", "{subcommands}", command.has_subcommands()),
        ("Arguments", "{positionals}", command.get_positionals().next().is_some()),
        ("Options", "{options}", true),
    ] {
        if there {
            template.push_str(&format!("\n{heading} :\n{part}\n"));
        }
    }
    template.push_str("{after-help}");
    let named = if command.has_subcommands() { command.subcommand_value_name("COMMANDE") } else { command };
    named.help_template(template).mut_args(with_values).mut_subcommands(french)
}

/// What an argument may be, and what it is when it is not given.
fn with_values(arg: Arg) -> Arg {
    if !arg.get_action().takes_values() {
        return arg;
    }
    let mut help = arg.get_help().map(StyledStr::to_string).unwrap_or_default();
    let values = if arg.is_hide_possible_values_set() { Vec::new() } else { arg.get_possible_values() };
    if !values.is_empty() {
        let names: Vec<&str> = values.iter().map(PossibleValue::get_name).collect();
        help.push_str(&format!(" : {}", names.join(", ")));
    }
    let defaults: Vec<_> = arg.get_default_values().iter().map(|value| value.to_string_lossy()).collect();
    if !defaults.is_empty() {
        help.push_str(&format!(" [sinon {}]", defaults.join(", ")));
    }
    arg.help(help).hide_possible_values(true).hide_default_value(true)
}
