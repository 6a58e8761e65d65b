//! A count in words: French says zero and one in the singular.

/// A count and its noun, in the singular below two.
#[must_use]
pub fn counted(count: u64, one: &str, many: &str) -> String {
    format!("{count} {}", if count < 2 { one } else { many })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zero_and_one_are_singular() {
        let told = [0, 1, 2].map(|count| counted(count, "dossier lu", "dossiers lus"));
        assert_eq!(told, ["0 dossier lu", "1 dossier lu", "2 dossiers lus"]);
    }
}
