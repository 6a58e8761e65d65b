//! Chance that is the same for the same seed: one stream per dossier and per purpose.

use jiff::Timestamp;
use rand::{Rng as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;

/// A stream of chance.
pub struct Chance(ChaCha8Rng);

/// What a stream is for: two purposes never share numbers.
#[derive(Debug, Clone, Copy)]
pub enum Purpose {
    /// Dates, states and places in the orders.
    Timetable,
    /// What the dossier says.
    Content,
    /// Acts of a living world.
    Acts,
}

impl Chance {
    /// The stream of a seed, an index and a purpose.
    pub fn new(seed: u64, index: u64, purpose: Purpose) -> Self {
        let salt = match purpose {
            Purpose::Timetable => 0x51,
            Purpose::Content => 0xC0,
            Purpose::Acts => 0xAC,
        };
        let mixed = seed
            .wrapping_mul(0x9E37_79B9_7F4A_7C15)
            .wrapping_add(index.wrapping_mul(0xD1B5_4A32_D192_ED03))
            .wrapping_add(salt);
        Self(ChaCha8Rng::seed_from_u64(mixed))
    }

    /// The stream of a seed for random acts.
    pub fn acts(seed: u64) -> Self {
        Self::new(seed, 0, Purpose::Acts)
    }

    /// A number below a bound; 0 when the bound is 0.
    pub fn below(&mut self, bound: u64) -> u64 {
        if bound == 0 { 0 } else { self.0.random_range(0..bound) }
    }

    /// True this many times in a hundred.
    pub fn percent(&mut self, share: u64) -> bool {
        self.below(100) < share
    }

    /// One of them; None when there are none.
    pub fn pick<T: Copy>(&mut self, from: &[T]) -> Option<T> {
        let rank = self.below(u64::try_from(from.len()).unwrap_or(0));
        from.get(usize::try_from(rank).unwrap_or(0)).copied()
    }

    /// One of the texts; empty when there are none.
    pub fn word(&mut self, from: &[&'static str]) -> &'static str {
        self.pick(from).unwrap_or("")
    }

    /// An instant in `from..to`, to the microsecond; `from` when the span is empty.
    pub fn between(&mut self, from: Timestamp, to: Timestamp) -> Timestamp {
        let span = u64::try_from(to.as_microsecond() - from.as_microsecond()).unwrap_or(0);
        let offset = i64::try_from(self.below(span)).unwrap_or(0);
        Timestamp::from_microsecond(from.as_microsecond() + offset).unwrap_or(from)
    }

    /// Sixty-four bits.
    pub fn bits(&mut self) -> u64 {
        self.0.random()
    }
}
