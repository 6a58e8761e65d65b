//! The nature of an applicant, as a call's team reports it.
//!
//! The legal category speaks first; it cannot tell a court or a rectorat from another service of the State,
//! nor a research body from another establishment: there the activity (NAF) decides, and at last the name.

use super::tables::LegalCategory;
use super::verdict::Nature;

/// How sure the nature is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Confidence {
    /// From the name alone.
    Low,
    /// From the activity.
    Medium,
    /// From the legal category.
    High,
}

impl Confidence {
    /// Its name in the facts of a reason.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }
}

/// What the nature is told from.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Clues<'a> {
    /// The legal category.
    pub category: Option<&'a LegalCategory>,
    /// NAF code, with or without its dot.
    pub naf: Option<&'a str>,
    /// Legal name.
    pub name: &'a str,
    /// Whether the SIREN is a State operator's.
    pub operator: bool,
}

/// Tells the nature and how sure it is.
pub(super) fn tell(clues: Clues<'_>) -> (Nature, Confidence) {
    let Some(category) = clues.category else {
        return if clues.operator {
            (Nature::NationalOperator, Confidence::High)
        } else {
            (Nature::Unknown, Confidence::Low)
        };
    };
    let may_hide_another = matches!(
        category.nature,
        Nature::DevolvedService
            | Nature::NationalOperator
            | Nature::OtherPublic
            | Nature::CentralAdministration
    );
    if !may_hide_another {
        return (category.nature, Confidence::High);
    }
    if let Some(nature) = by_activity(clues.naf) {
        return (nature, Confidence::Medium);
    }
    if let Some(nature) = by_name(clues.name) {
        return (nature, Confidence::Low);
    }
    if clues.operator {
        return (Nature::NationalOperator, Confidence::High);
    }
    (category.nature, Confidence::High)
}

fn by_activity(naf: Option<&str>) -> Option<Nature> {
    let naf: String = naf?.chars().filter(char::is_ascii_alphanumeric).collect();
    match naf.get(..4)? {
        "8423" => Some(Nature::Court),
        "8610" => Some(Nature::Hospital),
        code if code.starts_with("85") || code.starts_with("72") => Some(Nature::EducationResearch),
        _ => None,
    }
}

fn by_name(name: &str) -> Option<Nature> {
    let name = name.to_uppercase();
    let begins = |words: &[&str]| words.iter().any(|word| name.starts_with(word));
    if begins(&["TRIBUNAL", "COUR D'APPEL", "COUR D’APPEL", "COUR DE CASSATION", "COUR ADMINISTRATIVE"]) {
        return Some(Nature::Court);
    }
    if begins(&["RECTORAT", "ACADEMIE DE", "ACADÉMIE DE", "UNIVERSITE", "UNIVERSITÉ"]) {
        return Some(Nature::EducationResearch);
    }
    if begins(&["CENTRE HOSPITALIER", "CHU ", "HOPITAL", "HÔPITAL"]) {
        return Some(Nature::Hospital);
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::eligibility::tables::legal_category;

    #[test]
    fn natures_are_told_by_category_then_activity_then_name() {
        let cases = [
            ("7113", None, "MINISTERE DE L'INTERIEUR", Nature::CentralAdministration),
            ("7171", None, "DREAL OCCITANIE", Nature::DevolvedService),
            ("7171", Some("84.23Z"), "COUR D'APPEL DE RENNES", Nature::Court),
            ("7179", None, "TRIBUNAL DE GRANDE INSTANCE", Nature::Court),
            ("7171", None, "RECTORAT DE LYON", Nature::EducationResearch),
            ("7364", Some("8610Z"), "CHU DE LILLE", Nature::Hospital),
            ("7383", None, "UNIVERSITE DE RENNES", Nature::EducationResearch),
            ("7389", Some("72.19Z"), "INSTITUT DE RECHERCHE", Nature::EducationResearch),
            ("7389", Some("84.13Z"), "AGENCE DE SERVICES", Nature::NationalOperator),
            ("7210", Some("84.11Z"), "COMMUNE DE BREST", Nature::LocalAuthority),
            ("9220", None, "UNIVERSITE POPULAIRE", Nature::Association),
        ];
        for (code, naf, name, nature) in cases {
            let clues = Clues { category: legal_category(code), naf, name, operator: false };
            assert_eq!(tell(clues).0, nature, "{code} {name}");
        }
    }
}
