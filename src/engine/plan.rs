//! The form: read again when its revision changes.

use super::EngineError;
use super::pass::Pass;

impl Pass<'_> {
    /// Reads the form if the démarche tells of another revision than the one kept.
    pub(super) async fn read_plan_if_it_moved(&mut self) -> Result<(), EngineError> {
        let engine = self.engine;
        if self.active_revision.is_none() || self.active_revision == self.position.revision_id {
            return Ok(());
        }
        let plan = engine.unless_stopped(engine.api.fetch_plan(self.call.demarche)).await?;
        let had_one = self.position.revision_id.is_some();
        self.position.revision_id = Some(plan.active_revision.id.clone());
        if had_one {
            // The platform moves dossiers to the new revision a little later, without dating them.
            self.position.last_sweep_at = None;
        }
        let position = self.position.clone();
        engine
            .write(move |tx| {
                tx.upsert_plan(&plan)?;
                Ok(tx.set_position(&position)?)
            })
            .await
    }
}
