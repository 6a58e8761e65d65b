//! The templates of messages: embedded, overridable, and every value escaped for its medium.
//!
//! Invariants: a medium's escaping cannot be switched off by a template; a name that is not in the context is an
//! error and not an empty text; what an override gets wrong is told with its line before anything is sent.

use std::collections::BTreeMap;
use std::path::Path;

use minijinja::syntax::SyntaxConfig;
use minijinja::value::Value;
use minijinja::{AutoEscape, Environment, Error, ErrorKind, Output, State, UndefinedBehavior};

use crate::eligibility::Language;

/// What a message is written for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Medium {
    /// A mail: subject, text and HTML.
    Email,
    /// A post in Markdown.
    Mattermost,
    /// A Matrix message: text and HTML.
    Matrix,
    /// Data for a machine: no template.
    Data,
}

impl Medium {
    /// The templates that it has: subject, text, HTML.
    #[must_use]
    pub const fn templates(self) -> &'static [&'static str] {
        match self {
            Self::Email => &["email.subject.txt", "email.txt", "email.html"],
            Self::Mattermost => &["mattermost.md"],
            Self::Matrix => &["matrix.txt", "matrix.html"],
            Self::Data => &[],
        }
    }
}

macro_rules! embedded {
    ($language:literal, $name:literal) => {
        ($name, include_str!(concat!("templates/", $language, "/", $name)))
    };
}

macro_rules! all_of {
    ($language:literal) => {
        [
            embedded!($language, "email.subject.txt"),
            embedded!($language, "email.txt"),
            embedded!($language, "email.html"),
            embedded!($language, "mattermost.md"),
            embedded!($language, "matrix.txt"),
            embedded!($language, "matrix.html"),
        ]
    };
}

const FRENCH: [(&str, &str); 6] = all_of!("fr");
const ENGLISH: [(&str, &str); 6] = all_of!("en");

/// Why a template cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}, ligne {line} : {what}")]
pub struct TemplateError {
    /// The file, or the name of an embedded template.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// What is wrong.
    pub what: String,
}

/// The templates of a channel.
#[derive(Debug, Clone)]
pub struct Templates {
    environment: Environment<'static>,
    /// The files that take the place of embedded templates, by name.
    files: BTreeMap<String, String>,
}

impl Templates {
    /// Those that come with ami-sync.
    ///
    /// # Errors
    /// When one of them does not parse.
    pub fn embedded(language: Language) -> Result<Self, TemplateError> {
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.set_auto_escape_callback(|name| AutoEscape::Custom(escaping_of(name).into()));
        environment.set_formatter(format);
        environment.set_recursion_limit(50);
        // A line that holds nothing but a tag leaves no line.
        let syntax = SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build();
        environment.set_syntax(syntax.map_err(|error| told("syntax", &error))?);
        // A value that calls itself safe is one that nobody escaped.
        environment.remove_filter("safe");
        let sources = match language {
            Language::Fr => FRENCH,
            Language::En => ENGLISH,
        };
        for (name, source) in sources {
            environment.add_template(name, source).map_err(|error| told(name, &error))?;
        }
        Ok(Self { environment, files: BTreeMap::new() })
    }

    /// Puts a text in the place of an embedded template.
    ///
    /// # Errors
    /// When it does not parse: the file and the line.
    pub fn replace(&mut self, name: &str, source: &str, file: &Path) -> Result<(), TemplateError> {
        let file = file.display().to_string();
        self.environment
            .add_template_owned(name.to_owned(), source.to_owned())
            .map_err(|error| told(&file, &error))?;
        self.files.insert(name.to_owned(), file);
        Ok(())
    }

    /// Fills a template.
    ///
    /// # Errors
    /// When it names something that is not in the context, or fails otherwise.
    pub fn render(&self, name: &str, context: &Value) -> Result<String, TemplateError> {
        let file = self.files.get(name).map_or(name, String::as_str);
        let template = self.environment.get_template(name).map_err(|error| told(file, &error))?;
        template.render(context.clone()).map_err(|error| told(file, &error))
    }
}

fn told(file: &str, error: &Error) -> TemplateError {
    TemplateError {
        file: file.to_owned(),
        line: error.line().unwrap_or(1),
        what: error.detail().map_or_else(|| error.kind().to_string(), str::to_owned),
    }
}

fn escaping_of(name: &str) -> &'static str {
    if name.ends_with(".html") {
        "html"
    } else if name.ends_with(".md") {
        "markdown"
    } else {
        "text"
    }
}

/// Writes a value as its medium shows it. What is already written for it (a macro's output, a link) is left.
fn format(out: &mut Output<'_>, state: &mut State<'_, '_>, value: &Value) -> Result<(), Error> {
    if value.is_none() {
        return Ok(());
    }
    if value.is_undefined() {
        return Err(Error::new(ErrorKind::UndefinedError, "undefined value"));
    }
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let written = if value.is_safe() {
        text
    } else {
        let escaping = match state.auto_escape() {
            AutoEscape::Custom(name) => name.as_ref(),
            _ => "",
        };
        match escaping {
            "html" => html(&text),
            "markdown" => markdown(&text),
            "text" => text,
            _ => return Err(Error::new(ErrorKind::InvalidOperation, "escaping cannot be switched off")),
        }
    };
    out.write_str(&written).map_err(Error::from)
}

/// Text as HTML shows it, in an element or in a quoted attribute.
pub(super) fn html(text: &str) -> String {
    let mut told = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => told.push_str("&amp;"),
            '<' => told.push_str("&lt;"),
            '>' => told.push_str("&gt;"),
            '"' => told.push_str("&quot;"),
            '\'' => told.push_str("&#39;"),
            c => told.push(c),
        }
    }
    told
}

/// Text as Markdown shows it, with nothing that it would take for its own, and nobody called by name.
fn markdown(text: &str) -> String {
    let mut told = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => told.push_str("&amp;"),
            '<' => told.push_str("&lt;"),
            '>' => told.push_str("&gt;"),
            // No backslash stops a mention: a space without width does.
            '@' => told.push_str("@\u{200B}"),
            c if c.is_ascii_punctuation() && !matches!(c, ',' | ';' | '/' | '\'' | '"' | '%') => {
                told.push('\\');
                told.push(c);
            }
            c => told.push(c),
        }
    }
    told
}

#[cfg(test)]
mod tests {
    #![expect(clippy::expect_used, reason = "a test stops at the first surprise")]
    use super::*;

    fn rendered(name: &str, source: &str, value: &str) -> Result<String, TemplateError> {
        let mut templates = Templates::embedded(Language::Fr).expect("the embedded templates");
        templates.replace(name, source, Path::new(name))?;
        templates.render(name, &Value::from_pairs([("value", value)]))
    }

    #[test]
    fn a_value_is_inert_in_each_medium() {
        for (name, value, told) in [
            ("email.html", "<b onclick=\"x\">&'", "&lt;b onclick=&quot;x&quot;&gt;&amp;&#39;"),
            ("mattermost.md", "@all **gras** [x](y)", "@\u{200B}all \\*\\*gras\\*\\* \\[x\\]\\(y\\)"),
            (
                "mattermost.md",
                "<!channel> #tag :fire: `c` | ~x~",
                "&lt;\\!channel&gt; \\#tag \\:fire\\: \\`c\\` \\| \\~x\\~",
            ),
            ("email.txt", "<b>@all", "<b>@all"),
        ] {
            assert_eq!(rendered(name, "{{ value }}", value).as_deref(), Ok(told));
        }
    }

    #[test]
    fn escaping_cannot_be_switched_off() {
        for source in ["{{ value|safe }}", "{% autoescape false %}{{ value }}{% endautoescape %}"] {
            let error = rendered("email.html", source, "<b>").expect_err(source);
            assert_eq!(error.line, 1, "{error}");
        }
    }

    #[test]
    fn what_is_wrong_is_told_with_its_line() {
        for (source, line) in [("un\n{{ valeu }}", 2), ("un\ndeux\n{% if %}", 3), ("{{ value", 1)] {
            let error = rendered("email.txt", source, "x").expect_err(source);
            assert_eq!((error.file.as_str(), error.line), ("email.txt", line), "{error}");
        }
    }
}
