//! The sentences of alerts, French or English: what happened, and what to do about it.

use super::event::{Event, Occasion};
use crate::eligibility::Language;
use crate::words::{said, verdict};

/// What happened, in a few words, without the dossier's number.
#[must_use]
pub(super) fn happened(event: Event, language: Language) -> &'static str {
    let (french, english) = match event {
        Event::Ineligible => ("candidat non éligible", "ineligible applicant"),
        Event::Late => ("déposé hors délai", "filed late"),
        Event::ToReview => ("à examiner par une personne", "to be reviewed by a person"),
        Event::VerdictChanged => ("verdict changé", "verdict changed"),
        Event::ModifiedAfterDeadline => ("modifié après la clôture", "modified after the deadline"),
        Event::Withdrawn => ("disparu de la plateforme", "gone from the platform"),
        Event::DeadlineApproaching => ("la clôture approche", "the deadline is near"),
        Event::CallClosed => ("l’appel est clos", "the call is closed"),
        Event::SyncFailing => ("plus de synchronisation", "no synchronisation any more"),
        Event::TokenRejected => ("le jeton d’API est refusé", "the API token is refused"),
        Event::TokenExpiring => ("le jeton d’API va expirer", "the API token will expire"),
        Event::MirrorDiverges => {
            ("le miroir diffère de la plateforme", "the mirror differs from the platform")
        }
        Event::Quarantined => ("illisible, mis en quarantaine", "unreadable, in quarantine"),
        Event::FormChanged => ("le formulaire a changé", "the form has changed"),
        Event::SchemaDrift => ("la plateforme a changé", "the platform has changed"),
        Event::ChannelFailing => ("ce canal ne transmet plus", "this channel delivers nothing any more"),
        Event::DeadLetter => ("des alertes sont abandonnées", "alerts are given up"),
        Event::Recovered => ("la synchronisation est rétablie", "synchronisation is back"),
        Event::FirstReading => ("première lecture terminée", "first reading complete"),
        Event::Test => ("message d’essai", "test message"),
    };
    said(language, french, english)
}

/// What to do about it.
#[must_use]
pub(super) fn action(event: Event, language: Language) -> &'static str {
    let (french, english) = match event {
        Event::Ineligible => (
            "Vérifiez le motif avec « ami-sync explain » ; prévenez le candidat, ou décidez autrement avec « ami-sync decide ».",
            "Check the reason with `ami-sync explain`; tell the applicant, or decide otherwise with `ami-sync decide`.",
        ),
        Event::Late => (
            "Vérifiez l’heure de dépôt avec « ami-sync explain » ; prévenez le candidat, ou accordez un délai.",
            "Check the time of filing with `ami-sync explain`; tell the applicant, or grant an extension.",
        ),
        Event::ToReview => (
            "Ouvrez le dossier, puis consignez votre décision avec « ami-sync decide ».",
            "Open the application, then record your decision with `ami-sync decide`.",
        ),
        Event::VerdictChanged => (
            "Si vous aviez prévenu le candidat, corrigez ; « ami-sync history » montre ce qui a changé.",
            "If you had told the applicant, correct it; `ami-sync history` shows what changed.",
        ),
        Event::ModifiedAfterDeadline => (
            "Comparez avec le dossier tel qu’il était à la clôture : « ami-sync history NUMÉRO --at ».",
            "Compare with the application as it stood at the deadline: `ami-sync history NUMBER --at`.",
        ),
        Event::Withdrawn => (
            "Retirez-le de l’instruction ; le miroir garde ce qui en était connu.",
            "Take it out of the assessment; the mirror keeps what was known of it.",
        ),
        Event::DeadlineApproaching => (
            "Préparez l’instruction ; les chiffres sont ceux de l’instant.",
            "Prepare the assessment; the figures are those of this moment.",
        ),
        Event::CallClosed => (
            "L’instruction peut commencer : « ami-sync export --format xlsx ».",
            "The assessment may begin: `ami-sync export --format xlsx`.",
        ),
        Event::SyncFailing => (
            "Lancez « ami-sync check » sur la machine du service : il dit ce qui manque.",
            "Run `ami-sync check` on the machine of the service: it says what is missing.",
        ),
        Event::TokenRejected => (
            "Créez un jeton neuf dans votre profil de la plateforme et remplacez l’ancien.",
            "Create a new token in your profile on the platform and replace the old one.",
        ),
        Event::TokenExpiring => (
            "Créez dès maintenant un jeton neuf, remplacez l’ancien et changez api.token_expires_on.",
            "Create a new token now, replace the old one and change api.token_expires_on.",
        ),
        Event::MirrorDiverges => (
            "Relisez l’appel avec « ami-sync sync --full », puis lancez « ami-sync audit » à nouveau.",
            "Read the call again with `ami-sync sync --full`, then run `ami-sync audit` again.",
        ),
        Event::Quarantined => (
            "Rien à faire tout de suite : il est réessayé. Si cela dure, signalez-le à la plateforme.",
            "Nothing to do at once: it is tried again. If it lasts, tell the platform.",
        ),
        Event::FormChanged => (
            "Relisez les règles de l’appel : un champ qu’elles nomment a pu changer.",
            "Read the rules of the call again: a champ that they name may have changed.",
        ),
        Event::SchemaDrift => (
            "Installez une version plus récente d’ami-sync ; en attendant, tout est gardé tel quel.",
            "Install a more recent ami-sync; meanwhile everything is kept as received.",
        ),
        Event::ChannelFailing => (
            "Rien n’est perdu, ses alertes attendent : « ami-sync alerts test » dit ce que répond le canal ; corrigez, puis redémarrez le service.",
            "Nothing is lost, its alerts wait: `ami-sync alerts test` tells what the channel answers; mend it, then restart the service.",
        ),
        Event::DeadLetter => (
            "Corrigez la cause, puis « ami-sync alerts retry » ; ou dites qu’on s’en est occupé avec « ami-sync alerts ack ».",
            "Mend the cause, then `ami-sync alerts retry`; or say that it was seen to with `ami-sync alerts ack`.",
        ),
        Event::Recovered => {
            ("Rien à faire : ce qui a manqué suit.", "Nothing to do: what was missed follows.")
        }
        Event::FirstReading => (
            "Listez ce qui demande un examen : « ami-sync dossiers --verdict to_review ».",
            "List what needs a review: `ami-sync dossiers --verdict to_review`.",
        ),
        Event::Test => ("Rien à faire : ce canal fonctionne.", "Nothing to do: this channel works."),
    };
    said(language, french, english)
}

/// Why a fact is told again.
#[must_use]
pub(super) fn occasion(occasion: Occasion, language: Language) -> Option<&'static str> {
    let (french, english) = match occasion {
        Occasion::First => return None,
        Occasion::Reminder => ("rappel", "reminder"),
        Occasion::Escalation => ("sans réponse ailleurs", "unanswered elsewhere"),
    };
    Some(said(language, french, english))
}

/// The name of a figure.
#[must_use]
pub(super) fn figure(name: &str, language: Language) -> String {
    let (french, english) = match name {
        "dossiers" => ("dossiers", "applications"),
        "eligible" => ("recevables", "eligible"),
        "ineligible" => ("non éligibles", "ineligible"),
        "late" => ("hors délai", "late"),
        "to_review" => ("à examiner", "to review"),
        "closes_at" => ("clôture", "deadline"),
        "expires_on" => ("expire le", "expires on"),
        "days_left" => ("jours restants", "days left"),
        "last_good_pass" => ("dernière passe réussie", "last good pass"),
        "attempts" => ("essais en vain", "failed attempts"),
        "failing_since" => ("depuis le", "since"),
        "dead_letters" => ("alertes abandonnées", "alerts given up"),
        "differences" => ("dossiers différents", "different applications"),
        "missing_champ" => ("champ absent du formulaire", "champ missing from the form"),
        "unknown_element" => ("élément inconnu", "unknown element"),
        other => (other, other),
    };
    said(language, french, english).to_owned()
}

/// The title of one fact.
#[must_use]
pub(super) fn title(event: Event, about: &About<'_>, language: Language) -> String {
    let told = happened(event, language);
    let verdict_told = about.verdict.map(|name| verdict(name, language));
    let told = match (event, about.before, verdict_told) {
        (Event::Recovered, ..) if about.channel.is_some() => {
            said(language, "ce canal transmet à nouveau", "this channel delivers again").to_owned()
        }
        (Event::VerdictChanged, Some(before), Some(after)) => {
            format!("{} → {after}", verdict(before, language))
        }
        _ => told.to_owned(),
    };
    let colon = said(language, " :", ":");
    if let Some(channel) = about.channel {
        return format!("{} {channel}{colon} {told}", said(language, "Canal", "Channel"));
    }
    match (about.dossier, about.call) {
        (Some(number), _) => format!("{} {number}{colon} {told}", said(language, "Dossier", "Application")),
        (None, Some(call)) => format!("{call}{colon} {told}"),
        (None, None) => {
            let mut letters = told.chars();
            letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
        }
    }
}

/// The title of a message that carries several facts.
#[must_use]
pub(super) fn several(count: usize, language: Language) -> String {
    match language {
        Language::Fr => format!("{count} alertes"),
        Language::En => format!("{count} alerts"),
    }
}

/// What a title is about.
#[derive(Debug, Clone, Copy)]
pub(super) struct About<'a> {
    /// The dossier's number.
    pub dossier: Option<u32>,
    /// The call's name.
    pub call: Option<&'a str>,
    /// The channel's name.
    pub channel: Option<&'a str>,
    /// The verdict's name.
    pub verdict: Option<&'a str>,
    /// The verdict's name before.
    pub before: Option<&'a str>,
}
