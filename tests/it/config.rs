//! The configuration: what is accepted, and how each mistake is told.

use std::path::Path;

use ami_sync::config::{self, ApiConfig, Config, PLATFORM_URL, PollConfig};

fn parse(text: &str) -> Result<Config, String> {
    config::parse(text, Path::new("config.toml")).map_err(|error| error.to_string())
}

fn refused(text: &str) -> String {
    parse(text).unwrap_err()
}

const CALL: &str = "[[calls]]\nslug = \"essai\"\ndemarche = 1\n";

#[test]
fn the_example_is_accepted_and_states_the_defaults() {
    let example = parse(config::EXAMPLE).unwrap();
    let mut defaults = ApiConfig::at(PLATFORM_URL.parse().unwrap());
    defaults.token_file = Some("/run/credentials/ami-sync.service/api-token".into());
    assert_eq!(example.api, defaults);
    assert_eq!(example.poll, PollConfig::default());
    assert_eq!(example.alerts, ami_sync::config::AlertsConfig::default());
    assert_eq!(example.calls.len(), 1);
    assert_eq!(example.calls[0].slug, "ami-ia-2");
    let bare = "[[calls]]\nslug = \"ami-ia-2\"\ndemarche = 12345\nopens_at = \"2019-03-26T00:00\"\n\
                deadline = \"2019-05-31T23:59\"\n";
    let version = |config: &Config| config.calls[0].rules.version().to_owned();
    assert_eq!(
        version(&example),
        version(&parse(bare).unwrap()),
        "the example says other rules than the defaults"
    );
}

#[test]
fn an_empty_call_takes_every_default() {
    let config = parse(CALL).unwrap();
    assert_eq!(config.poll, PollConfig::default());
    assert_eq!(config.api, ApiConfig::at(PLATFORM_URL.parse().unwrap()));
}

#[test]
fn an_unknown_key_is_refused_with_the_one_that_was_meant() {
    insta::assert_snapshot!(
        refused(&format!("{CALL}dedline = \"2019-05-31T23:59\"\n")),
        @"config.toml, ligne 4 : la clé « dedline » n’existe pas ici ; vouliez-vous écrire « deadline » ?"
    );
}

#[test]
fn a_wrong_type_is_refused() {
    let told = refused("[[calls]]\nslug = \"essai\"\ndemarche = \"douze\"\n");
    assert!(told.starts_with("config.toml, ligne 3 : « \"douze\" »"), "{told}");
}

#[test]
fn every_impossible_value_is_told_at_once_with_its_line() {
    insta::assert_snapshot!(refused(
        "[api]\nurl = \"http://exemple.fr/graphql\"\nrate_share = 2.0\n[poll]\ninterval = \"vite\"\n\
         [[calls]]\nslug = \"essai\"\ndemarche = 1\ndeadline = \"2019-02-31T23:59\"\ntimezone = \"Europe/Lutece\"\n"
    ), @r#"
    config.toml, ligne 2 : l’adresse de l’API n’est pas en https : le jeton y voyagerait en clair ; écrivez une adresse qui commence par https://
    config.toml, ligne 3 : rate_share = 2 n’est pas possible ; écrivez un nombre plus grand que 0, et 1 au plus, par exemple 0.5
    config.toml, ligne 5 : interval = "vite" n’est pas une durée ; écrivez un nombre et son unité : "60s", "10min", "24h"
    config.toml, ligne 9 : deadline = "2019-02-31T23:59" n’est pas une date possible ; écrivez l’heure locale : deadline = "2019-05-31T23:59"
    config.toml, ligne 10 : le fuseau « Europe/Lutece » n’est pas connu ; écrivez par exemple "Europe/Paris" ou "Indian/Reunion"
    "#);
}

#[test]
fn two_calls_cannot_share_a_name_or_a_demarche() {
    let told = refused(&format!("{CALL}{CALL}"));
    assert!(told.contains("ligne 5 : le nom « essai » est donné à deux appels"), "{told}");
    assert!(told.contains("ligne 6 : la démarche 1 est suivie par deux appels"), "{told}");
}

#[test]
fn a_configuration_without_a_call_is_refused() {
    assert!(refused("").contains("aucun appel"));
}

#[test]
fn a_token_in_clear_is_accepted_on_this_very_machine_only() {
    assert!(parse(&format!("[api]\nurl = \"http://127.0.0.1:4000/\"\n{CALL}")).is_ok());
    assert!(refused(&format!("[api]\nurl = \"http://10.0.0.1/\"\n{CALL}")).contains("en clair"));
}

#[test]
fn what_the_rules_refuse_is_told_with_its_line() {
    insta::assert_snapshot!(
        refused(&format!("{CALL}[calls.applicants]\neligible = [\"7113\", \"9999\"]\n")),
        @"config.toml, ligne 5 : « 9999 » n’est ni une catégorie juridique de l’INSEE ni le début d’une ; écrivez quatre chiffres, \"7113\", ou un préfixe, \"71\""
    );
    let told = refused(&format!("{CALL}opens_at = \"2019-06-01T00:00\"\ndeadline = \"2019-05-31T23:59\"\n"));
    assert!(told.starts_with("config.toml, ligne 5 : la clôture (deadline) précède"), "{told}");
}

#[test]
fn what_the_example_shows_in_comments_is_accepted() {
    // What follows shows ways that exclude each other.
    let (calls, _) = config::EXAMPLE.split_once("[alerts]").unwrap();
    let shown: String = calls
        .lines()
        .map(|line| match line.strip_prefix("# ") {
            Some(key) if key.starts_with("[[calls") || key.contains(" = ") => format!("{key}\n"),
            _ => format!("{line}\n"),
        })
        .collect();
    let config = parse(&shown).unwrap();
    assert_eq!(config.calls[0].criteria.len(), 1);
    assert_eq!(config.calls[0].rules.champs_named().count(), 2);
}

#[test]
fn each_wrong_rule_is_told_with_its_line_and_its_remedy() {
    let call = format!("{CALL}deadline = \"2019-05-31T23:59\"\n");
    let told = |more: &str| refused(&format!("{call}{more}"));
    insta::assert_snapshot!(
        [
            told("[calls.checks]\nsame_siret = \"informs\"\n"),
            told("[calls.checks]\nsame_siren = \"blocks\"\n"),
            told("[calls.checks]\nmandatory = \"beaucoup\"\n"),
            told("[[calls.answers]]\nchamp = \"Exploite\"\n"),
            told("[[calls.answers]]\nchamp = \"Exploite\"\nchecked = true\nequals = \"oui\"\n"),
            told("[[calls.answers]]\nchamp = \"Agents\"\nmin = 5\nmax = 2\n"),
            told("[[calls.extensions]]\nuntil = \"2019-05-31T12:00\"\nby = \"X\"\nreason = \"Y\"\n"),
            told("[[calls.extensions]]\nuntil = \"2019-06-31T12:00\"\nby = \"X\"\nreason = \"\"\n"),
            told("[[calls.criteria]]\nname = \"Impact !\"\ntrack = \"artistique\"\nmax_mark = 0\n"),
            told("deposit_date = \"date_traitement\"\n"),
            told("[calls.applicants]\neligible = [\"7113\"]\nto_review = [\"7113\"]\n"),
            told("[calls.applicants]\neligible_siren = [\"130025266\"]\n"),
        ]
        .join("\n")
    );
}

/// The lines that the example shows as comments, made real.
#[test]
fn every_channel_of_the_example_is_accepted_once_uncommented() {
    let (before, channels) = config::EXAMPLE.split_at(config::EXAMPLE.find("# [[channels]]").unwrap());
    let channels: String =
        channels.lines().map(|line| format!("{}\n", line.strip_prefix("# ").unwrap_or_default())).collect();
    let parsed = parse(&format!("{before}{channels}")).unwrap();
    let kinds: Vec<_> = parsed.channels.iter().map(|channel| channel.kind.as_str()).collect();
    assert_eq!(kinds, ["log", "email", "webhook", "mattermost", "matrix"]);
}

#[test]
fn what_is_wrong_in_channels_is_told_with_its_line_and_remedy() {
    insta::assert_snapshot!(refused(&format!(
        "{CALL}[[channels]]\nname = \"jury\"\ntype = \"email\"\nevents = [\"inelligible\", \"zzz\"]\n\
         host = \"smtp.exemple.fr\"\ntls = \"none\"\nusername = \"moi\"\nfrom = \"pas une adresse\"\nto = []\n\
         url = \"https://exemple.fr\"\nquiet_hours = \"la nuit\"\ndetail = \"tout\"\ncalls = [\"autre\"]\n\
         escalate_to = \"personne\"\nrate = 0\n\
         [[channels]]\nname = \"hook\"\ntype = \"webhook\"\nurl = \"http://exemple.fr\"\nevery = \"1h\"\n\
         daily_at = \"8h\"\n[alerts]\nfirst_fill = \"tout\"\nheartbeat_url = \"exemple\"\n\
         dossier_url = \"https://exemple.fr/\"\ndeadline_before = [\"bientôt\"]\n"
    )));
}

#[test]
fn a_secret_or_a_template_that_cannot_be_used_is_told_with_its_place() {
    let folder = tempfile::tempdir().unwrap();
    let open = |own: &str| {
        let config = parse(&format!(
            "{CALL}[[channels]]\nname = \"m\"\ntype = \"mattermost\"\nurl_file = \"{}/url\"\n{own}",
            folder.path().display()
        ));
        ami_sync::channel::open_all(&config.unwrap()).map(|_| ()).unwrap_err().to_string()
    };
    assert!(open("").contains("config.toml, ligne 7 : le fichier de secret"), "{}", open(""));
    std::fs::write(folder.path().join("url"), "https://exemple.fr/hooks/x").unwrap();
    std::fs::write(folder.path().join("mattermost.md"), "{{ title }}\n{{ titel }}\n").unwrap();
    let told = open(&format!("templates = \"{}\"\n", folder.path().display()));
    assert!(told.contains("mattermost.md, ligne 2 : "), "{told}");
    assert!(told.contains("alerts preview"), "{told}");
}

#[test]
fn a_call_ends_when_its_last_extension_does() {
    let text = "[[calls]]\nslug = \"a\"\ndemarche = 1\ndeadline = \"2019-05-31T23:59\"\ngrace = \"15min\"\n";
    let ends = |text: &str| {
        let config = config::parse(text, std::path::Path::new("config.toml")).unwrap();
        config.plan().calls[0].closes_at.unwrap().to_string()
    };
    assert_eq!(ends(text), "2019-05-31T22:15:00Z");
    let extended = format!(
        "{text}[[calls.extensions]]\nuntil = \"2019-06-07T12:00\"\nby = \"la direction\"\nreason = \"panne\"\n"
    );
    assert_eq!(ends(&extended), "2019-06-07T10:01:00Z");
}
