//! The templates, compiled in. Every value is escaped for HTML; a name that is not there is a fault.

use std::sync::LazyLock;

use minijinja::{Environment, Error, UndefinedBehavior, Value, context};

use crate::eligibility::Language;
use crate::words;

const TEMPLATES: [(&str, &str); 5] = [
    ("layout.html", include_str!("templates/layout.html")),
    ("calls.html", include_str!("templates/calls.html")),
    ("list.html", include_str!("templates/list.html")),
    ("dossier.html", include_str!("templates/dossier.html")),
    ("excuse.html", include_str!("templates/excuse.html")),
];

static FRENCH: LazyLock<Environment<'static>> = LazyLock::new(|| environment(Language::Fr));
static ENGLISH: LazyLock<Environment<'static>> = LazyLock::new(|| environment(Language::En));

fn environment(language: Language) -> Environment<'static> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    // Both languages stand side by side in the templates.
    environment.add_function("t", move |french: String, english: String| {
        words::said(language, &french, &english).to_owned()
    });
    environment.add_filter("verdict", move |name: String| words::verdict(&name, language).to_owned());
    environment.add_filter("verdicts", move |name: String| words::verdicts(&name, language).to_owned());
    environment.add_filter("state", move |name: String| words::state(&name, language).to_owned());
    environment.add_filter("states", move |name: String| words::states(&name, language).to_owned());
    environment.add_filter("nature", move |name: String| words::nature(&name, language).to_owned());
    environment.add_filter("outcome", move |name: String| words::outcome(&name, language).to_owned());
    environment.add_filter("event", move |name: String| words::event(&name, language).to_owned());
    environment.add_filter("subject", move |name: String| words::subject(&name, language).to_owned());
    environment.add_global("lang", words::said(language, "fr", "en"));
    for (name, text) in TEMPLATES {
        if let Err(error) = environment.add_template(name, text) {
            tracing::error!("the template {name} does not read: {error}");
        }
    }
    environment
}

/// A page in a language.
pub(super) fn render(name: &str, language: Language, told: Value) -> Result<String, Error> {
    let environment = match language {
        Language::Fr => &*FRENCH,
        Language::En => &*ENGLISH,
    };
    environment.get_template(name)?.render(context! { ..told })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_template_reads_in_both_languages() {
        for language in [Language::Fr, Language::En] {
            let environment = environment(language);
            for (name, _) in TEMPLATES {
                assert!(environment.get_template(name).is_ok(), "{name}");
            }
        }
    }
}
