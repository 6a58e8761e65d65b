//! A dossier written as a map of facts, the measure of every comparison.
//!
//! The grain is what a person would call one change: a field of the dossier or of the applicant, an
//! answer, a message, a label. An answer's place in the form is no fact: one more question would move
//! every answer after it. Structures are taken apart exhaustively: a new field does not compile
//! until it has its fact.

use super::champ::ChampKind;
use super::change::Facts;
use super::demandeur::Demandeur;
use super::demarche::Label;
use super::dossier::{
    Avis, Correction, Dossier, DossierDates, Mandataire, Message, PlacedChamp, Profile, Traitement,
};
use super::fact::{Fact, FactKey, Subject};

impl Dossier {
    /// Every fact of the dossier.
    #[must_use]
    pub fn facts(&self) -> Facts {
        let mut facts = Facts::new();
        self.add_own_facts(&mut facts);
        add_demandeur(&self.demandeur, &mut facts);
        for placed in self.all_champs() {
            let subject = match placed.kind {
                ChampKind::Champ => Subject::Champ,
                ChampKind::Annotation => Subject::Annotation,
            };
            facts.insert(FactKey::new(subject, placed.champ.id.as_str()), placed_champ(&placed));
        }
        facts.extend(self.traitements.iter().map(|t| (FactKey::new(Subject::Traitement, &t.id), t.into())));
        facts.extend(self.messages.iter().map(|m| (FactKey::new(Subject::Message, &m.id), m.into())));
        facts.extend(self.avis.iter().map(|a| (FactKey::new(Subject::Avis, &a.id), a.into())));
        facts.extend(self.labels.iter().map(|l| (FactKey::new(Subject::Label, &l.id), l.into())));
        facts.extend(self.instructeurs.iter().map(|i| (FactKey::new(Subject::Instructeur, &i.id), i.into())));
        facts
    }

    fn add_own_facts(&self, facts: &mut Facts) {
        let Self {
            number: _,
            id,
            demarche_number: _,
            revision_id,
            state,
            archived,
            prefilled,
            connection_usager,
            dates,
            motivation,
            motivation_attachment,
            attestation,
            usager,
            demandeur: _,
            mandataire,
            groupe_instructeur,
            instructeurs: _,
            labels: _,
            champs: _,
            annotations: _,
            traitements: _,
            messages: _,
            avis: _,
        } = self;
        let Mandataire { depose_par_un_tiers, prenom, nom } = mandataire;
        let mut own = |name: &str, fact: Fact| facts.insert(FactKey::new(Subject::Dossier, name), fact);
        own("id", id.into());
        own("revision_id", revision_id.as_str().into());
        own("state", state.as_api().into());
        own("archived", (*archived).into());
        own("prefilled", (*prefilled).into());
        own("connection_usager", connection_usager.as_api().into());
        own("motivation", motivation.as_ref().into());
        own("motivation_attachment", motivation_attachment.as_ref().into());
        own("attestation", attestation.as_ref().into());
        own("usager", usager.into());
        own("depose_par_un_tiers", (*depose_par_un_tiers).into());
        own("prenom_mandataire", prenom.as_ref().into());
        own("nom_mandataire", nom.as_ref().into());
        own("groupe_instructeur_number", groupe_instructeur.number.into());
        for (name, fact) in date_facts(dates) {
            own(name, fact);
        }
    }
}

fn date_facts(dates: &DossierDates) -> [(&'static str, Fact); 13] {
    let DossierDates {
        depot,
        passage_en_construction,
        passage_en_instruction,
        traitement,
        derniere_modification,
        derniere_modification_champs,
        derniere_modification_annotations,
        suppression_par_usager,
        suppression_par_administration,
        expiration,
        derniere_correction_en_attente,
        previsionnelle_decision_sva_svr,
        traitement_sva_svr,
    } = dates;
    [
        ("date_depot", (*depot).into()),
        ("date_passage_en_construction", (*passage_en_construction).into()),
        ("date_passage_en_instruction", (*passage_en_instruction).into()),
        ("date_traitement", (*traitement).into()),
        ("date_derniere_modification", (*derniere_modification).into()),
        ("date_derniere_modification_champs", (*derniere_modification_champs).into()),
        ("date_derniere_modification_annotations", (*derniere_modification_annotations).into()),
        ("date_suppression_par_usager", (*suppression_par_usager).into()),
        ("date_suppression_par_administration", (*suppression_par_administration).into()),
        ("date_expiration", (*expiration).into()),
        ("date_derniere_correction_en_attente", (*derniere_correction_en_attente).into()),
        ("date_previsionnelle_decision_sva_svr", (*previsionnelle_decision_sva_svr).into()),
        ("date_traitement_sva_svr", (*traitement_sva_svr).into()),
    ]
}

fn add_demandeur(demandeur: &Demandeur, facts: &mut Facts) {
    let mut add = |name: &str, fact: Fact| facts.insert(FactKey::new(Subject::Demandeur, name), fact);
    add("type", demandeur.typename().into());
    let fields = match demandeur {
        Demandeur::PersonnePhysique(personne) => Fact::from(personne),
        Demandeur::PersonneMorale(morale) => Fact::from(&**morale),
        Demandeur::PersonneMoraleIncomplete { id, siret } => {
            Fact::record([("id", id.into()), ("siret", siret.into())])
        }
        Demandeur::Unknown { raw, .. } => Fact::record([("raw", Fact::Json(raw.clone()))]),
    };
    if let Fact::Record(fields) = fields {
        for (name, fact) in fields {
            match fact {
                Fact::Record(entreprise) if name == "entreprise" => {
                    for (name, fact) in entreprise {
                        add(&format!("entreprise.{name}"), fact);
                    }
                }
                fact => {
                    add(name, fact);
                }
            }
        }
    }
}

fn placed_champ(placed: &PlacedChamp<'_>) -> Fact {
    let champ = placed.champ;
    Fact::record([
        ("label", (&champ.label).into()),
        ("type", champ.value.typename().into()),
        ("descriptor_id", (&champ.descriptor_id).into()),
        ("string_value", champ.string_value.as_ref().into()),
        ("value", champ.value.to_fact()),
        ("updated_at", champ.updated_at.into()),
        ("prefilled", champ.prefilled.into()),
        ("parent", placed.parent.map(|parent| parent.id.as_str()).into()),
        ("row", placed.row.into()),
    ])
}

impl From<&Profile> for Fact {
    fn from(profile: &Profile) -> Self {
        let Profile { id, email } = profile;
        Self::record([("id", id.into()), ("email", email.into())])
    }
}

impl From<&Label> for Fact {
    fn from(label: &Label) -> Self {
        let Label { id, name, color } = label;
        Self::record([("id", id.into()), ("name", name.into()), ("color", color.into())])
    }
}

impl From<&Traitement> for Fact {
    fn from(traitement: &Traitement) -> Self {
        let Traitement { id, event, date_traitement, email_agent_traitant, motivation, revision_id } =
            traitement;
        Self::record([
            ("id", id.into()),
            ("event", event.as_api().into()),
            ("date_traitement", (*date_traitement).into()),
            ("email_agent_traitant", email_agent_traitant.as_ref().into()),
            ("motivation", motivation.as_ref().into()),
            ("revision_id", revision_id.as_ref().map(|revision| revision.as_str()).into()),
        ])
    }
}

impl From<&Message> for Fact {
    fn from(message: &Message) -> Self {
        let Message { id, email, body, created_at, discarded_at, attachments, correction } = message;
        Self::record([
            ("id", id.into()),
            ("email", email.into()),
            ("body", body.into()),
            ("created_at", (*created_at).into()),
            ("discarded_at", (*discarded_at).into()),
            ("attachments", Self::list(attachments)),
            ("correction", correction.as_ref().into()),
        ])
    }
}

impl From<&Correction> for Fact {
    fn from(correction: &Correction) -> Self {
        let Correction { reason, date_resolution } = correction;
        Self::record([("reason", reason.as_api().into()), ("date_resolution", (*date_resolution).into())])
    }
}

impl From<&Avis> for Fact {
    fn from(avis: &Avis) -> Self {
        let Avis {
            id,
            question,
            reponse,
            question_label,
            question_answer,
            date_question,
            date_reponse,
            claimant,
            expert,
            attachments,
        } = avis;
        Self::record([
            ("id", id.into()),
            ("question", question.into()),
            ("reponse", reponse.as_ref().into()),
            ("question_label", question_label.as_ref().into()),
            ("question_answer", (*question_answer).into()),
            ("date_question", (*date_question).into()),
            ("date_reponse", (*date_reponse).into()),
            ("claimant", claimant.as_ref().into()),
            ("expert", expert.as_ref().into()),
            ("attachments", Self::list(attachments)),
        ])
    }
}
