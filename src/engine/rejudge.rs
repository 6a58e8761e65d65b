//! Judging again when the rules have changed, without the API.
//!
//! Dossiers are taken from the mirror a hundred at a time, one transaction each time: memory does not
//! grow with the call, and a process stopped half-way goes on where it was. A person's decision is not
//! touched; what moved is counted.

use std::sync::Arc;

use super::EngineError;
use super::judging::judge_and_record;
use super::pass::Pass;
use super::rewrite::ask_for_damaged;
use crate::api;
use crate::config::CallConfig;
use crate::domain::DossierNumber;
use crate::store::Tx;

/// Dossiers judged in one transaction: as many as a page holds, since their payloads are in memory together.
const BATCH: u32 = 100;

impl Pass<'_> {
    /// Judges every dossier of the call whose verdict was given by other rules than today's, or beside
    /// which something moved.
    pub(super) async fn judge_again(&mut self) -> Result<(), EngineError> {
        self.report.judged_again += self.judge_stale().await?;
        Ok(())
    }

    /// Judges what is to be judged again; tells how many.
    pub(super) async fn judge_stale(&mut self) -> Result<u64, EngineError> {
        let version = self.call.rules.version().to_owned();
        let asked =
            if self.position.judged_by.as_ref() == Some(&version) { Asked::Marked } else { Asked::All };
        let (mut after, mut judged) = (None, 0);
        loop {
            if self.engine.stop.is_cancelled() {
                return Err(EngineError::Interrupted);
            }
            let call = Arc::clone(&self.call);
            let batch = self.engine.write(move |tx| judge_batch(tx, &call, asked, after)).await?;
            judged += batch.judged;
            self.report.transitions += batch.transitions;
            match batch.last {
                Some(last) => after = Some(last),
                None => break,
            }
        }
        // Saved with the position, at the end of the walk at the latest.
        self.position.judged_by = Some(version);
        Ok(judged)
    }
}

/// Which dossiers are judged again.
#[derive(Debug, Clone, Copy)]
enum Asked {
    /// Those that other rules judged, and the marked ones: the whole call is gone through.
    All,
    /// Those beside which something moved: today's rules have judged the whole call once.
    Marked,
}

struct Batch {
    judged: u64,
    transitions: u64,
    last: Option<DossierNumber>,
}

fn judge_batch(
    tx: &Tx<'_>,
    call: &CallConfig,
    asked: Asked,
    after: Option<DossierNumber>,
) -> Result<Batch, EngineError> {
    let stale = match asked {
        Asked::All => tx.stale_verdicts(call.demarche, call.rules.version(), after, BATCH)?,
        Asked::Marked => tx.marked_verdicts(call.demarche, after, BATCH)?,
    };
    let mut batch = Batch { judged: 0, transitions: 0, last: None };
    for (number, payload) in stale {
        batch.last = Some(number);
        let Some(payload) = payload else {
            ask_for_damaged(tx, call, number)?;
            continue;
        };
        // What this version cannot read keeps its verdict: the next reading will settle it.
        let Ok(kept) = api::normalize(&payload.json) else { continue };
        batch.judged += 1;
        batch.transitions += u64::from(judge_and_record(tx, call, &kept.dossier)?.is_some());
    }
    Ok(batch)
}
