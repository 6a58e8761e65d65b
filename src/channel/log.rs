//! An alert as a structured line of the journal: numbers and names of events, nothing personal whatever the
//! channel's detail.

use crate::alert::Message;

/// Writes a line for each fact.
pub(super) fn write(message: &Message) {
    for notice in &message.notices {
        let title = notice.title.as_str();
        tracing::warn!(
            target: "ami_sync::alert",
            alert = notice.event,
            message.id = message.id.as_str(),
            dossier.number = notice.dossier,
            demarche.number = notice.demarche,
            call = notice.call.as_deref(),
            verdict = notice.verdict.as_deref(),
            "{title}"
        );
    }
}
