//! The platform's global identifiers, champ identifiers and check digits.
//!
//! A global id is the standard padded base64 of `Type-<key>`. A champ is known by its stable id,
//! which survives revisions; inside a repetition the row's ULID follows it. It must not know the
//! shape of any object.

use base64::{Engine as _, engine::general_purpose::STANDARD};

/// The global id of the `key`-th object of a type: base64 of `Dossier-42`, say.
pub fn global_id(kind: &str, key: impl std::fmt::Display) -> String {
    STANDARD.encode(format!("{kind}-{key}"))
}

/// The key inside a global id of that type.
pub fn key_of(kind: &str, id: &str) -> Option<u64> {
    let text = String::from_utf8(STANDARD.decode(id).ok()?).ok()?;
    text.strip_prefix(kind)?.strip_prefix('-')?.parse().ok()
}

/// The digit that makes `digits` followed by it pass Luhn's check.
pub fn luhn_digit(digits: u64) -> u64 {
    let (mut rest, mut sum, mut double) = (digits, 0, true);
    while rest > 0 {
        let digit = rest % 10;
        sum += match (double, digit) {
            (true, 5..) => digit * 2 - 9,
            (true, _) => digit * 2,
            (false, _) => digit,
        };
        double = !double;
        rest /= 10;
    }
    (10 - sum % 10) % 10
}

/// A valid SIREN whose first eight digits are given.
pub fn siren_from(first_eight: u64) -> u64 {
    first_eight * 10 + luhn_digit(first_eight)
}

/// The SIRET of the `rank`-th establishment of a SIREN.
pub fn siret_of(siren: u64, rank: u64) -> String {
    let body = siren * 10_000 + rank;
    format!("{:014}", body * 10 + luhn_digit(body))
}

/// A row's ULID: 48 bits of milliseconds then 80 bits of chance, in Crockford's base 32.
pub fn ulid(milliseconds: u64, chance: u64) -> String {
    const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    let spread = chance.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let value = (u128::from(milliseconds & 0xFFFF_FFFF_FFFF) << 80)
        | (u128::from(spread & 0xFFFF) << 64)
        | u128::from(chance);
    (0..26)
        .rev()
        .map(|rank| {
            let digit = usize::try_from((value >> (5 * rank)) & 31).unwrap_or(0);
            char::from(ALPHABET.get(digit).copied().unwrap_or(b'0'))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_global_id_can_be_read_back() {
        let id = global_id("Dossier", 42);
        assert_eq!(id, "RG9zc2llci00Mg==");
        assert_eq!(key_of("Dossier", &id), Some(42));
        assert_eq!(key_of("Procedure", &id), None);
    }

    #[test]
    fn the_check_digit_agrees_with_known_numbers() {
        assert_eq!(siren_from(13_002_526), 130_025_265);
        assert_eq!(siret_of(130_025_265, 1), "13002526500013");
        assert_eq!(siret_of(732_829_320, 7), "73282932000074");
    }

    #[test]
    fn rows_sort_by_the_order_of_their_creation() {
        let (early, late) = (ulid(1_000, u64::MAX), ulid(1_001, 0));
        assert_eq!(early.len(), 26);
        assert!(early < late);
    }
}
