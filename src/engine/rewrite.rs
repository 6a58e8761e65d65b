//! Writing kept dossiers again when this version reads their payloads otherwise than the one before.
//!
//! Nothing is asked of the platform. Invariants: whether a dossier is there, what changed in it and what is in
//! quarantine stay as they are; a few at a time, one transaction each time, so that memory does not grow with
//! the call and a process stopped half-way goes on where it was; a payload that this version cannot read
//! keeps the rows it has, and the dossier is asked for again.

use std::sync::Arc;

use super::EngineError;
use super::judging::judge_and_record;
use super::pass::Pass;
use super::reading::put_in_quarantine;
use crate::api;
use crate::config::CallConfig;
use crate::domain::DossierNumber;
use crate::store::{Payload, PayloadRef, StoreError, Tx};

/// Dossiers written in one transaction.
const BATCH: u32 = 100;

impl Pass<'_> {
    /// Writes again every dossier of the call that an earlier version wrote.
    pub(super) async fn rewrite_kept(&mut self) -> Result<(), EngineError> {
        loop {
            if self.engine.stop.is_cancelled() {
                return Err(EngineError::Interrupted);
            }
            let call = Arc::clone(&self.call);
            let batch = self.engine.write(move |tx| rewrite_batch(tx, &call)).await?;
            if batch.dossiers == 0 {
                return Ok(());
            }
            self.report.rewritten += batch.dossiers;
            self.report.transitions += batch.transitions;
        }
    }
}

struct Batch {
    dossiers: u64,
    transitions: u64,
}

fn rewrite_batch(tx: &Tx<'_>, call: &CallConfig) -> Result<Batch, EngineError> {
    let mut batch = Batch { dossiers: 0, transitions: 0 };
    for (number, payload) in tx.stale_readings(call.demarche, api::NORMALIZER_VERSION, BATCH)? {
        batch.dossiers += 1;
        let Some(payload) = payload else {
            tx.give_up_reading(number, api::NORMALIZER_VERSION)?;
            ask_for_damaged(tx, call, number)?;
            continue;
        };
        batch.transitions += u64::from(rewrite(tx, call, number, &payload)?);
    }
    Ok(batch)
}

/// What is kept of a dossier does not open: one damaged file must not stop a call, and the source still has it.
pub(super) fn ask_for_damaged(
    tx: &Tx<'_>,
    call: &CallConfig,
    number: DossierNumber,
) -> Result<(), EngineError> {
    tx.distrust_payload(number)?;
    put_in_quarantine(tx, call, number, "dossier", &StoreError::Payload(number.0).to_string())
}

/// Writes one dossier again; tells whether its verdict moved.
fn rewrite(
    tx: &Tx<'_>,
    call: &CallConfig,
    number: DossierNumber,
    payload: &Payload,
) -> Result<bool, EngineError> {
    let dossier = match api::normalize(&payload.json) {
        Ok(read) => read.dossier,
        Err(error) => {
            tx.give_up_reading(number, api::NORMALIZER_VERSION)?;
            put_in_quarantine(tx, call, number, "dossier", &error.to_string())?;
            return Ok(false);
        }
    };
    let kept = PayloadRef {
        json: &payload.json,
        hash: *blake3::hash(payload.json.as_bytes()).as_bytes(),
        document_version: payload.document_version,
        normalizer_version: api::NORMALIZER_VERSION,
    };
    tx.rewrite_dossier(&dossier, kept)?;
    Ok(judge_and_record(tx, call, &dossier)?.is_some())
}
