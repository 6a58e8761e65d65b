//! Values made inert before they meet any medium: one line, no hidden character, no link, a bounded length.

/// Makes a value one line that shows what it is: control characters become spaces, what turns or hides text
/// goes, an address of a site can no longer be followed by accident.
#[must_use]
pub fn clean(value: &str, longest: usize) -> String {
    let mut told = String::new();
    // A value that is far too long is not read to its end.
    for c in value.chars().take(longest.saturating_mul(4)) {
        if c.is_control() || c.is_whitespace() || matches!(c, '\u{2028}' | '\u{2029}') {
            if !told.ends_with(' ') && !told.is_empty() {
                told.push(' ');
            }
        } else if !is_hidden(c) {
            told.push(c);
        }
    }
    limited(&defanged(told.trim_end()), longest)
}

/// At most so many characters, the last one an ellipsis when some are missing.
#[must_use]
pub fn limited(text: &str, longest: usize) -> String {
    if text.chars().count() <= longest {
        return text.to_owned();
    }
    let mut short: String = text.chars().take(longest.saturating_sub(1)).collect();
    short.push('…');
    short
}

/// Marks of direction, of width zero, of language and of annotation: they change what is seen, not what is said.
const fn is_hidden(c: char) -> bool {
    matches!(c,
        '\u{00AD}' | '\u{034F}' | '\u{061C}' | '\u{180E}'
        | '\u{200B}'..='\u{200F}'
        | '\u{202A}'..='\u{202E}'
        | '\u{2060}'..='\u{206F}'
        | '\u{FE00}'..='\u{FE0F}'
        | '\u{FEFF}'
        | '\u{FFF9}'..='\u{FFFB}'
        | '\u{E0000}'..='\u{E0FFF}')
}

/// Mail clients make a link of whatever looks like one.
fn defanged(text: &str) -> String {
    let text = text.replace("://", "[:]//");
    text.replace("www.", "www[.]").replace("WWW.", "WWW[.]")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_one_visible_line_that_leads_nowhere() {
        for (value, told) in [
            ("INSTITUT", "INSTITUT"),
            ("ACME\r\nBcc: tous@exemple.fr", "ACME Bcc: tous@exemple.fr"),
            ("  a \t\u{2028} b\0\u{7} ", "a b"),
            ("facture \u{202E}fdp.exe", "facture fdp.exe"),
            ("pay\u{200B}pal\u{FEFF}", "paypal"),
            ("https://exemple.fr/x www.exemple.fr", "https[:]//exemple.fr/x www[.]exemple.fr"),
            ("Électricité & Cie <sarl>", "Électricité & Cie <sarl>"),
        ] {
            assert_eq!(clean(value, 100), told, "{value:?}");
        }
    }

    #[test]
    fn two_hundred_thousand_characters_become_a_few() {
        let told = clean(&"é".repeat(200_000), 80);
        assert_eq!(told.chars().count(), 80);
        assert!(told.ends_with('…'));
    }
}
