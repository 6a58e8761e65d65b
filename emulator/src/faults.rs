//! What can be made to go wrong, on demand and while the server runs.
//!
//! A fault stands until it is cleared, or for a number of requests: each GraphQL request uses up one
//! turn of every fault that is counted, whether or not the fault had something to bite on. It must not
//! know how an answer is written.

use std::sync::Mutex;
use std::time::Duration;

use serde::Deserialize;

/// Something that goes wrong. As JSON: `"bad_gateway"`, or `{"crash_on": 42}`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// Every answer waits this long, in milliseconds.
    Latency(u64),
    /// The server runs out of time on pages of more dossiers than this.
    TimeoutOver(usize),
    /// The server runs out of time when it comes to this dossier.
    TimeoutOn(u64),
    /// 500 for any page that holds this dossier, and for the dossier alone.
    CrashOn(u64),
    /// 500 for any page that holds this dossier; alone, it answers.
    CrashPageWith(u64),
    /// This dossier's `dateDepot` is null, so that its node is null.
    NullDateDepot(u64),
    /// The codes of this dossier's communes are null, so that some of its champs lose their commune.
    NullCommuneCode(u64),
    /// This dossier has a champ of a type that only the drifted schema knows.
    UnknownChamp(u64),
    /// This dossier is in a state that only the drifted schema knows.
    UnknownState(u64, String),
    /// The schema lacks this field of this type, as an older instance does.
    MissingField(String, String),
    /// Every list of dossiers is empty.
    EmptySource,
    /// Every page says there is more, and gives back the cursor it was asked with.
    LoopingCursor,
    /// A page says there is more but has no `endCursor`.
    LostEndCursor,
    /// 429 with `RateLimit-Reset`, or with `Retry-After` in seconds, or with neither.
    RateLimited(RateLimitHint),
    /// 502 and a page of HTML.
    BadGateway,
    /// 503 and the platform's JSON of maintenance.
    Maintenance,
    /// 500 and the platform's JSON of any crash.
    Crash,
    /// 401: the token has expired.
    ExpiredToken,
    /// 403: the token may not be used from this address.
    ForbiddenNetwork,
    /// 200 and JSON cut in the middle.
    TruncatedJson,
    /// 200 and gzip cut in the middle.
    TruncatedGzip,
    /// 200 and a page of HTML.
    HtmlInstead,
    /// 200 and nothing.
    EmptyBody,
    /// The connection closes in the middle of the body.
    ConnectionCut,
    /// 301 to this address.
    Redirect(String),
    /// 200 and a valid answer preceded by this many bytes of blanks.
    HugeBody(usize),
}

/// What a 429 says of the time to wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RateLimitHint {
    /// `RateLimit-Limit`, `-Remaining` and `-Reset` (this many seconds from now, as seconds since the epoch).
    Reset(u64),
    /// `Retry-After`, in seconds.
    RetryAfter(u64),
    /// Nothing.
    Nothing,
}

struct Standing {
    fault: Fault,
    turns_left: Option<u32>,
}

/// The faults that stand.
#[derive(Default)]
pub struct FaultBoard {
    standing: Mutex<Vec<Standing>>,
}

impl FaultBoard {
    /// Adds a fault, for a number of requests or until cleared.
    pub fn inject(&self, fault: Fault, turns: Option<u32>) {
        self.standing().push(Standing { fault, turns_left: turns });
    }

    /// Removes every fault.
    pub fn clear(&self) {
        self.standing().clear();
    }

    /// The faults of one request, whose turns are thereby used up.
    pub fn take_turn(&self) -> Vec<Fault> {
        let mut standing = self.standing();
        let faults =
            standing.iter().filter(|one| one.turns_left != Some(0)).map(|one| one.fault.clone()).collect();
        for one in standing.iter_mut() {
            one.turns_left = one.turns_left.map(|turns| turns.saturating_sub(1));
        }
        standing.retain(|one| one.turns_left != Some(0));
        faults
    }

    fn standing(&self) -> std::sync::MutexGuard<'_, Vec<Standing>> {
        self.standing.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// How long the faults of a request make it wait.
pub fn latency(faults: &[Fault]) -> Duration {
    let milliseconds = faults.iter().filter_map(|fault| match fault {
        Fault::Latency(milliseconds) => Some(*milliseconds),
        _ => None,
    });
    Duration::from_millis(milliseconds.sum())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_counted_fault_goes_away_after_its_turns() {
        let board = FaultBoard::default();
        board.inject(Fault::BadGateway, Some(2));
        board.inject(Fault::EmptySource, None);
        assert_eq!(board.take_turn(), [Fault::BadGateway, Fault::EmptySource]);
        assert_eq!(board.take_turn(), [Fault::BadGateway, Fault::EmptySource]);
        assert_eq!(board.take_turn(), [Fault::EmptySource]);
        board.clear();
        assert_eq!(board.take_turn(), []);
    }

    #[test]
    fn a_fault_can_be_written_in_json() {
        let read = |text: &str| serde_json::from_str::<Fault>(text).ok();
        assert_eq!(read("\"bad_gateway\""), Some(Fault::BadGateway));
        assert_eq!(read("{\"crash_on\":42}"), Some(Fault::CrashOn(42)));
        let drift = Fault::MissingField("Dossier".to_owned(), "labels".to_owned());
        assert_eq!(read("{\"missing_field\":[\"Dossier\",\"labels\"]}"), Some(drift));
    }
}
