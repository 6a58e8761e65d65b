//! SIREN and SIRET: nine and fourteen digits that carry their own check.
//!
//! The check is Luhn's, save for the establishments of La Poste, too many for it: theirs pass when the sum
//! of their digits is a multiple of five. A number that fails was mistyped somewhere; it is a doubt, never
//! a refusal.

/// La Poste's own SIREN.
const LA_POSTE: &str = "356000000";

/// A number with its spaces removed.
#[must_use]
pub fn without_spaces(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

/// Whether a SIREN passes its check.
#[must_use]
pub fn is_siren(text: &str) -> bool {
    digits(&without_spaces(text), 9).is_some_and(|digits| luhn(&digits))
}

/// Whether a SIRET passes its check.
#[must_use]
pub fn is_siret(text: &str) -> bool {
    let text = without_spaces(text);
    let Some(digits) = digits(&text, 14) else { return false };
    luhn(&digits) || (text.starts_with(LA_POSTE) && digits.iter().sum::<u32>().is_multiple_of(5))
}

/// So many digits and nothing else, not all of them zero.
fn digits(text: &str, count: usize) -> Option<Vec<u32>> {
    let digits: Vec<u32> = text.chars().map(|c| c.to_digit(10)).collect::<Option<_>>()?;
    (digits.len() == count && digits.iter().any(|digit| *digit != 0)).then_some(digits)
}

fn luhn(digits: &[u32]) -> bool {
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(rank, digit)| match (rank % 2, digit * 2) {
            (0, _) => *digit,
            (_, doubled) if doubled > 9 => doubled - 9,
            (_, doubled) => doubled,
        })
        .sum();
    sum.is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn right_numbers_pass() {
        for siret in
            ["13002526500013", "73282932000074", "35600000000048", "35600000049837", "130 025 265 00013"]
        {
            assert!(is_siret(siret), "{siret}");
        }
        assert!(is_siren("130025265"));
    }

    #[test]
    fn wrong_numbers_fail() {
        let wrong = [
            "73282932000075",
            "35600000049838",
            "1300252650001",
            "130025265000134",
            "13002526A00013",
            "",
            "00000000000000",
        ];
        for siret in wrong {
            assert!(!is_siret(siret), "{siret}");
        }
        assert!(!is_siren("130025266") && !is_siren("000000000"));
    }
}
