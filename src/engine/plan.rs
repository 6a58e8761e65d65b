//! The form: read before the first page, and again when its revision changes.
//!
//! A dossier is judged by the form that it follows: on a first reading the form is there before the dossiers
//! are, and when it changes those that follow it are judged again.

use super::EngineError;
use super::pass::Pass;

impl Pass<'_> {
    /// Reads the form before anything is judged, if none is kept. A form that cannot be read now is read at
    /// the end, and stops nothing.
    pub(super) async fn read_plan_before_the_first_page(&mut self) -> Result<(), EngineError> {
        if self.position.revision_id.is_some() {
            return Ok(());
        }
        match self.engine.unless_stopped(self.engine.api.fetch_plan(self.call.demarche)).await {
            Ok(plan) => self.plan = Some(plan),
            Err(EngineError::Api(error)) => tracing::info!("the form will be read later: {error}"),
            Err(error) => return Err(error),
        }
        Ok(())
    }

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
            .await?;
        self.judge_again().await
    }

    /// Says in the report which questions the rules name and the form does not ask.
    pub(super) async fn warn_of_unknown_champs(&mut self) -> Result<(), EngineError> {
        let names: Vec<String> = self.call.rules.champs_named().map(str::to_owned).collect();
        if names.is_empty() {
            return Ok(());
        }
        let demarche = self.call.demarche;
        let unknown = self.engine.write(move |tx| Ok(tx.unknown_champs(demarche, &names)?)).await?;
        for name in unknown {
            self.report.warnings.push(format!(
                "le formulaire n’a pas de question « {name} », que les règles de l’appel nomment ; « ami-sync \
                 check » dit les plus proches"
            ));
        }
        Ok(())
    }
}
