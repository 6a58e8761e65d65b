//! When each dossier of the seeded call was deposited, and how far it went.
//!
//! The call ran from 26 March to 31 May 2019, 23:59 in Paris; the same form had served an earlier call
//! in the summer of 2018, whose dossiers still stand there. A third of the deposits come in the last
//! evening's rush, and the last ones straddle midnight to the second. The timetable is cheap to compute
//! for one index, since a large world keeps nothing else of its untouched dossiers.

use jiff::{SignedDuration, Timestamp};

use super::form::{FIRST_REVISION, SECOND_REVISION};
use crate::chance::{Chance, Purpose};
use crate::clock::paris_instant;
use crate::world::dossier::{DeletionReason, DossierState};

/// The last deposits: each to the second, with what is below it.
const BOUNDARIES: [&str; 8] = [
    "2019-05-31T23:58:59.900000",
    "2019-05-31T23:59:00.000000",
    "2019-05-31T23:59:59.000000",
    "2019-05-31T23:59:59.999999",
    "2019-06-01T00:00:00.000000",
    "2019-06-01T00:00:47.250000",
    "2019-06-01T00:12:03.000000",
    "2019-06-03T09:12:44.000000",
];

/// Dates and state of one dossier.
#[derive(Debug, Clone)]
pub struct Timetable {
    pub state: DossierState,
    pub archived: bool,
    pub revision_id: u64,
    pub depose_at: Timestamp,
    pub en_instruction_at: Option<Timestamp>,
    pub processed_at: Option<Timestamp>,
    pub correction_asked_at: Option<Timestamp>,
    pub correction_resolved_at: Option<Timestamp>,
    pub avis_asked_at: Option<Timestamp>,
    pub message_at: Option<Timestamp>,
    pub annotated_at: Option<Timestamp>,
    pub hidden_by_user_at: Option<Timestamp>,
    pub hidden_by_administration_at: Option<Timestamp>,
    pub hidden_by_expired_at: Option<Timestamp>,
    pub hidden_by_reason: Option<DeletionReason>,
}

/// The call's calendar.
#[derive(Debug, Clone, Copy)]
pub struct Calendar {
    /// When the picture of the call was taken: nothing is later.
    pub as_of: Timestamp,
    opening: Timestamp,
    earlier_call: (Timestamp, Timestamp),
    rush: Timestamp,
    deadline: Timestamp,
}

impl Calendar {
    /// The calendar of the seeded call, seen on 12 June 2019.
    pub fn new() -> Self {
        Self {
            as_of: paris_instant("2019-06-12T09:00:00"),
            opening: paris_instant("2019-03-26T09:00:00"),
            earlier_call: (paris_instant("2018-06-14T09:00:00"), paris_instant("2018-09-14T23:59:00")),
            rush: paris_instant("2019-05-31T17:00:00"),
            deadline: paris_instant("2019-05-31T23:58:00"),
        }
    }

    /// The instant at which the `index`-th of `count` dossiers was deposited.
    fn deposit(&self, index: u64, count: u64, chance: &mut Chance) -> Timestamp {
        let boundaries = u64::try_from(BOUNDARIES.len()).unwrap_or(0).min(count.saturating_sub(2));
        let from_end = count.saturating_sub(index + 1);
        if from_end < boundaries {
            let rank = usize::try_from(boundaries - 1 - from_end).unwrap_or(0);
            // When there is no room for all of them, the ones nearest to midnight stay.
            let skipped = (BOUNDARIES.len() - usize::try_from(boundaries).unwrap_or(0)) / 2;
            return BOUNDARIES.get(rank + skipped).map_or(self.deadline, |text| paris_instant(text));
        }
        let regular = (count - boundaries).max(1);
        let share = |part: u64| index * 100 / regular < part;
        if share(6) {
            chance.between(self.earlier_call.0, self.earlier_call.1)
        } else if share(66) {
            // Deposits grow towards the end: the later of two chances.
            let first = chance.between(self.opening, self.rush);
            chance.between(self.opening, self.rush).max(first)
        } else {
            chance.between(self.rush, self.deadline)
        }
    }
}

/// The timetable of the `index`-th dossier; from `count` on, of one that is on its way out.
pub fn timetable(calendar: &Calendar, seed: u64, index: u64, count: u64) -> Timetable {
    let chance = &mut Chance::new(seed, index, Purpose::Timetable);
    let leaving = index >= count;
    let depose_at = if leaving {
        let (from, to) =
            if index.is_multiple_of(2) { (calendar.opening, calendar.rush) } else { calendar.earlier_call };
        chance.between(from, to)
    } else {
        calendar.deposit(index, count, chance)
    };
    let from_earlier_call = depose_at < calendar.opening;
    let state = match chance.below(100) {
        _ if leaving && !from_earlier_call => DossierState::EnConstruction,
        0..20 if from_earlier_call => DossierState::Accepte,
        20..60 if from_earlier_call => DossierState::Refuse,
        _ if from_earlier_call => DossierState::SansSuite,
        0..35 => DossierState::EnConstruction,
        35..82 => DossierState::EnInstruction,
        82..88 => DossierState::Accepte,
        88..94 => DossierState::Refuse,
        _ => DossierState::SansSuite,
    };
    let mut table = Timetable {
        state,
        archived: from_earlier_call && !leaving,
        revision_id: if from_earlier_call { FIRST_REVISION } else { SECOND_REVISION },
        depose_at,
        en_instruction_at: None,
        processed_at: None,
        correction_asked_at: None,
        correction_resolved_at: None,
        avis_asked_at: None,
        message_at: None,
        annotated_at: None,
        hidden_by_user_at: None,
        hidden_by_administration_at: None,
        hidden_by_expired_at: None,
        hidden_by_reason: None,
    };
    table.live(calendar, chance);
    // A dossier decided before the second revision was published never moved to it.
    if table.processed_at.is_some_and(|at| at < paris_instant("2019-05-02T09:00:00")) {
        table.revision_id = FIRST_REVISION;
    }
    if leaving {
        table.leave(calendar, index, chance);
    }
    table
}

impl Timetable {
    /// What happened between the deposit and the day of the picture, in order.
    fn live(&mut self, calendar: &Calendar, chance: &mut Chance) {
        let end = if self.archived || self.depose_at < calendar.opening {
            paris_instant("2018-11-23T18:00:00")
        } else {
            calendar.as_of
        };
        let later = |at: Timestamp, share: i64, chance: &mut Chance| {
            let span = (end.as_second() - at.as_second()).max(1) / share;
            chance
                .between(at, at.saturating_add(SignedDuration::from_secs(span.max(1))).unwrap_or(at))
                .min(end)
        };
        let mut at = self.depose_at;
        if chance.percent(12) {
            at = later(at, 3, chance);
            self.correction_asked_at = Some(at);
            if self.state != DossierState::EnConstruction || chance.percent(60) {
                at = later(at, 3, chance);
                self.correction_resolved_at = Some(at);
            }
        }
        if chance.percent(40) {
            at = later(at, 3, chance);
            self.message_at = Some(at);
        }
        if self.state == DossierState::EnConstruction {
            return;
        }
        at = later(at, 2, chance);
        self.en_instruction_at = Some(at);
        if chance.percent(30) {
            at = later(at, 3, chance);
            self.avis_asked_at = Some(at);
        }
        if chance.percent(50) {
            at = later(at, 3, chance);
            self.annotated_at = Some(at);
        }
        if self.state.is_termine() {
            self.processed_at = Some(later(at, 1, chance));
        }
    }

    /// Deleted by its usager, by an instructeur, or expired: in turn.
    fn leave(&mut self, calendar: &Calendar, index: u64, chance: &mut Chance) {
        let day = SignedDuration::from_hours(24);
        let recent = calendar.as_of.saturating_sub(day * 10).unwrap_or(calendar.as_of);
        let at = chance.between(recent, calendar.as_of);
        match (self.state, index % 4) {
            (DossierState::EnConstruction, _) => {
                self.hidden_by_user_at = Some(at);
                self.hidden_by_reason = Some(DeletionReason::UserRequest);
            }
            (_, 1) => {
                self.hidden_by_administration_at = Some(at);
                self.hidden_by_reason = Some(DeletionReason::InstructeurRequest);
            }
            _ => {
                self.hidden_by_expired_at = Some(at);
                self.hidden_by_reason = Some(DeletionReason::Expired);
            }
        }
    }

    /// The last of all that happened.
    pub fn updated_at(&self) -> Timestamp {
        let dates = [
            self.en_instruction_at,
            self.processed_at,
            self.correction_asked_at,
            self.correction_resolved_at,
            self.avis_asked_at,
            self.message_at,
            self.annotated_at,
            self.hidden_by_user_at,
            self.hidden_by_administration_at,
            self.hidden_by_expired_at,
        ];
        dates.into_iter().flatten().fold(self.depose_at, Timestamp::max)
    }

    /// The usager's last submission.
    pub fn submitted_at(&self) -> Timestamp {
        self.correction_resolved_at.unwrap_or(self.depose_at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_deposits_straddle_midnight() {
        let calendar = Calendar::new();
        let midnight = paris_instant("2019-06-01T00:00:00");
        let deposits: Vec<_> = (0..60).map(|index| timetable(&calendar, 1, index, 60).depose_at).collect();
        assert!(deposits.contains(&midnight), "exactly at midnight, which is late");
        assert!(deposits.contains(&paris_instant("2019-05-31T23:59:59.999999")), "the last instant on time");
        assert_eq!(deposits.iter().filter(|at| **at >= midnight).count(), 4);
        assert!(deposits.iter().any(|at| *at < calendar.opening), "the earlier call's dossiers");
    }

    #[test]
    fn nothing_happens_after_the_picture_nor_before_the_deposit() {
        let calendar = Calendar::new();
        for index in 0..500 {
            let table = timetable(&calendar, 7, index, 480);
            assert!(table.updated_at() <= calendar.as_of, "{index}");
            assert!(table.updated_at() >= table.depose_at, "{index}");
            assert!(table.processed_at.is_some() == table.state.is_termine(), "{index}");
        }
    }
}
