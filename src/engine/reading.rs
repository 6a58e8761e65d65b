//! One reading of one dossier, kept: mirror, changes, verdict, in the transaction it is given.
//!
//! The heart of the house. Every road (a page, a dossier asked by number, a payload normalised again)
//! ends here, so that none can keep a dossier without judging it or judge it without keeping why.
//! Invariants: an equal content hash writes nothing; what the source did not give is noted in quarantine
//! and never told as a change of the dossier; a person's decision is the store's to protect.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};

use super::error::EngineError;
use super::judging::{judge_and_record, judge_marked};
use super::unfinished;
use crate::api::{self, Gap, Normalized, RawNode};
use crate::config::CallConfig;
use crate::domain::{Change, Dossier, DossierNumber, Fact, compare};
use crate::store::{Kept, PayloadRef, Quarantined, RunId, Tx};

/// What a dossier's reading is kept with.
#[derive(Clone, Copy)]
pub(super) struct Keeping<'a> {
    /// The call, with its rules.
    pub call: &'a CallConfig,
    /// The pass.
    pub run: RunId,
    /// What to do when the content has not moved.
    pub care: Care,
}

/// What to do with a reading equal to the one before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Care {
    /// Write nothing.
    Usual,
    /// It was asked for again: settle when to ask next.
    Revisit,
    /// Write it all, as a newer version understands it.
    Rewrite,
}

/// One reading.
pub(super) struct Reading<'a> {
    /// The number expected, when it is known before reading.
    pub number: Option<DossierNumber>,
    /// The JSON as received.
    pub node: &'a RawNode,
    /// The parts that the source could not give.
    pub gaps: &'a [Gap],
}

/// What became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    /// Nothing moved, nothing was written.
    Unchanged,
    /// New to the mirror.
    New,
    /// Known, and different.
    Changed,
    /// Marked as gone, and back.
    Restored,
    /// It could not be read: in quarantine.
    Quarantined(DossierNumber),
    /// It could not be read, and not even its number is known.
    Nameless,
}

/// What became of a reading, and whether its verdict moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Applied {
    /// What became of it.
    pub fate: Fate,
    /// Verdicts that moved: its own, and those of dossiers beside it.
    pub transitions: u64,
}

impl Applied {
    const fn without_verdict(fate: Fate) -> Self {
        Self { fate, transitions: 0 }
    }
}

/// Keeps one reading, and judges again the dossiers beside which it changed something.
pub(super) fn keep_alone(
    tx: &Tx<'_>,
    keeping: Keeping<'_>,
    reading: &Reading<'_>,
) -> Result<Applied, EngineError> {
    let mut applied = keep(tx, keeping, reading)?;
    applied.transitions += judge_marked(tx, keeping.call)?;
    Ok(applied)
}

/// Keeps one reading of several; what it changed for the dossiers beside it is marked.
pub(super) fn keep(tx: &Tx<'_>, keeping: Keeping<'_>, reading: &Reading<'_>) -> Result<Applied, EngineError> {
    let json = reading.node.as_str();
    let hash = *blake3::hash(json.as_bytes()).as_bytes();
    let kept = reading.number.map(|number| tx.find_kept(number)).transpose()?.flatten();
    if let (Some(number), Some(kept)) = (reading.number, &kept)
        && kept.purged
    {
        return keep_tombstone(tx, number, kept);
    }
    if let (Some(number), Some(kept)) = (reading.number, &kept)
        && is_unchanged(kept, &hash)
        && keeping.care == Care::Usual
    {
        tx.heal(number, if reading.gaps.is_empty() { None } else { Some("dossier") })?;
        return Ok(Applied::without_verdict(Fate::Unchanged));
    }
    let Normalized { dossier, unknown } = match api::normalize(json) {
        Ok(normalized) => normalized,
        Err(error) => {
            let Some(number) = reading.number else { return Ok(Applied::without_verdict(Fate::Nameless)) };
            put_in_quarantine(tx, keeping.call, number, "dossier", &error.to_string())?;
            return Ok(Applied::without_verdict(Fate::Quarantined(number)));
        }
    };
    for element in &unknown {
        tx.note_unknown(element)?;
    }
    let kept = if reading.number == Some(dossier.number) { kept } else { tx.find_kept(dossier.number)? };
    if let Some(kept) = kept.as_ref().filter(|kept| kept.purged) {
        return keep_tombstone(tx, dossier.number, kept);
    }
    let payload = PayloadRef {
        json,
        hash,
        document_version: api::DOCUMENT_VERSION,
        normalizer_version: api::NORMALIZER_VERSION,
    };
    keep_dossier(tx, keeping, Whole { dossier, kept, payload, gaps: reading.gaps })
}

/// A tombstone stays one, whatever the source still shows; only whether the dossier is there is kept.
fn keep_tombstone(tx: &Tx<'_>, number: DossierNumber, kept: &Kept) -> Result<Applied, EngineError> {
    tx.heal(number, None)?;
    if kept.deleted_at.is_none() {
        return Ok(Applied::without_verdict(Fate::Unchanged));
    }
    tx.unbury(number)?;
    Ok(Applied::without_verdict(Fate::Restored))
}

struct Whole<'a> {
    dossier: Dossier,
    kept: Option<Kept>,
    payload: PayloadRef<'a>,
    gaps: &'a [Gap],
}

fn keep_dossier(tx: &Tx<'_>, keeping: Keeping<'_>, whole: Whole<'_>) -> Result<Applied, EngineError> {
    let Whole { dossier, kept, payload, gaps } = whole;
    let fate = match &kept {
        None => Fate::New,
        Some(kept) if kept.deleted_at.is_some() => Fate::Restored,
        Some(kept) if is_unchanged(kept, &payload.hash) => Fate::Unchanged,
        Some(_) => Fate::Changed,
    };
    let mut transitions = 0;
    if fate != Fate::Unchanged || keeping.care == Care::Rewrite {
        let changes = if kept.is_some() { moved(tx, &dossier, gaps)? } else { Vec::new() };
        tx.upsert_dossier(&dossier, payload, keeping.run)?;
        tx.record_changes(dossier.number, &changes, keeping.run)?;
        transitions += u64::from(judge_and_record(tx, keeping.call, &dossier)?.is_some());
    }
    schedule(tx, &dossier)?;
    note_gaps(tx, keeping.call, dossier.number, gaps)?;
    Ok(Applied { fate, transitions })
}

fn is_unchanged(kept: &Kept, hash: &[u8; 32]) -> bool {
    kept.content_hash == *hash && kept.deleted_at.is_none()
}

/// What moved since the reading that the mirror holds, with the instant it moved at where one is known.
fn moved(
    tx: &Tx<'_>,
    dossier: &Dossier,
    gaps: &[Gap],
) -> Result<Vec<(Change, Option<Timestamp>)>, EngineError> {
    let number = dossier.number;
    let Some(payload) = tx.find_payload(number)? else { return Ok(Vec::new()) };
    // A payload that this version cannot read any more gives nothing to compare with.
    let Ok(Normalized { dossier: before, .. }) = api::normalize(&payload.json) else { return Ok(Vec::new()) };
    let unsure = unsure_champs(tx, dossier, gaps)?;
    let bumped = before.dates.derniere_modification != dossier.dates.derniere_modification;
    let touched = bumped.then_some(dossier.dates.derniere_modification);
    let changes = compare(&before.facts(), &dossier.facts());
    Ok(changes
        .into_iter()
        .filter(|change| !unsure.contains(&change.key.name) || says_it_moved(change))
        .map(|change| {
            let at = updated_at(&change.after).filter(|_| says_it_moved(&change)).or(touched);
            (change, at)
        })
        .collect())
}

/// The champs of which the source did not give everything, now or at the reading before: they have
/// moved only if they say so themselves.
fn unsure_champs(tx: &Tx<'_>, dossier: &Dossier, gaps: &[Gap]) -> Result<BTreeSet<String>, EngineError> {
    let before = tx.quarantined_parts(dossier.number)?;
    let now = gaps.iter().map(|gap| gap.path.clone());
    Ok(before.into_iter().chain(now).filter_map(|path| champ_at(dossier, &path)).collect())
}

/// The identifier of the champ that a path such as `champs.3.commune` leads to.
fn champ_at(dossier: &Dossier, path: &str) -> Option<String> {
    let mut steps = path.split('.');
    let champs = match steps.next()? {
        "champs" => &dossier.champs,
        "annotations" => &dossier.annotations,
        _ => return None,
    };
    let index: usize = steps.next()?.parse().ok()?;
    champs.get(index).map(|champ| champ.id.as_str().to_owned())
}

fn says_it_moved(change: &Change) -> bool {
    let (before, after) = (updated_at(&change.before), updated_at(&change.after));
    after.is_some() && before != after
}

/// The instant a champ says it last changed at.
fn updated_at(fact: &Fact) -> Option<Timestamp> {
    match fact.field("updated_at") {
        Some(Fact::Text(text)) => text.parse().ok(),
        _ => None,
    }
}

/// Reads again later what the source has yet to complete.
fn schedule(tx: &Tx<'_>, dossier: &Dossier) -> Result<(), EngineError> {
    let reasons = unfinished::reasons(dossier, tx.now());
    if reasons.is_empty() {
        tx.clear_reread(dossier.number)?;
        return Ok(());
    }
    let attempts = tx.find_reread(dossier.number)?.map_or(0, |reread| reread.attempts);
    let next = later(tx.now(), unfinished::wait_before(attempts));
    tx.schedule_reread(dossier.number, &reasons.join(","), next)?;
    Ok(())
}

fn note_gaps(tx: &Tx<'_>, call: &CallConfig, number: DossierNumber, gaps: &[Gap]) -> Result<(), EngineError> {
    tx.heal(number, Some("dossier"))?;
    let paths: BTreeSet<&str> = gaps.iter().map(|gap| gap.path.as_str()).collect();
    for healed in tx.quarantined_parts(number)?.iter().filter(|path| !paths.contains(path.as_str())) {
        tx.heal(number, Some(healed))?;
    }
    for gap in gaps {
        put_in_quarantine(tx, call, number, &gap.path, &gap.message)?;
    }
    Ok(())
}

/// Sets a dossier, or a part of it, aside; it is tried again later and later.
pub(super) fn put_in_quarantine(
    tx: &Tx<'_>,
    call: &CallConfig,
    number: DossierNumber,
    what: &str,
    error: &str,
) -> Result<(), EngineError> {
    let attempts = tx.quarantine_attempts(number, what)?;
    let next_attempt = later(tx.now(), unfinished::wait_before(attempts));
    tx.quarantine(&Quarantined { demarche: call.demarche, number, what, error, next_attempt })?;
    Ok(())
}

fn later(now: Timestamp, wait: SignedDuration) -> Timestamp {
    now.checked_add(wait).unwrap_or(Timestamp::MAX)
}
