//! The fields of a question of the form, and the type each kind of question has.

use crate::world::demarche::{ChampDescriptor, ChampKind};
use crate::world::ids::global_id;

use super::node::{Node, Resolved};

/// The GraphQL type of a kind of question.
pub fn type_name(kind: &ChampKind) -> &'static str {
    match kind {
        ChampKind::Text => "TextChampDescriptor",
        ChampKind::Textarea => "TextareaChampDescriptor",
        ChampKind::Email => "EmailChampDescriptor",
        ChampKind::Phone => "PhoneChampDescriptor",
        ChampKind::Iban => "IbanChampDescriptor",
        ChampKind::Formatted => "FormattedChampDescriptor",
        ChampKind::AnnuaireEducation => "AnnuaireEducationChampDescriptor",
        ChampKind::Checkbox => "CheckboxChampDescriptor",
        ChampKind::YesNo => "YesNoChampDescriptor",
        ChampKind::Date => "DateChampDescriptor",
        ChampKind::Datetime => "DatetimeChampDescriptor",
        ChampKind::DecimalNumber => "DecimalNumberChampDescriptor",
        ChampKind::IntegerNumber => "IntegerNumberChampDescriptor",
        ChampKind::Civilite => "CiviliteChampDescriptor",
        ChampKind::DropDownList { .. } => "DropDownListChampDescriptor",
        ChampKind::LinkedDropDownList { .. } => "LinkedDropDownListChampDescriptor",
        ChampKind::MultipleDropDownList { .. } => "MultipleDropDownListChampDescriptor",
        ChampKind::PieceJustificative => "PieceJustificativeChampDescriptor",
        ChampKind::TitreIdentite => "TitreIdentiteChampDescriptor",
        ChampKind::Address => "AddressChampDescriptor",
        ChampKind::Commune => "CommuneChampDescriptor",
        ChampKind::Departement => "DepartementChampDescriptor",
        ChampKind::Region => "RegionChampDescriptor",
        ChampKind::Pays => "PaysChampDescriptor",
        ChampKind::Epci => "EpciChampDescriptor",
        ChampKind::Siret => "SiretChampDescriptor",
        ChampKind::Rna => "RNAChampDescriptor",
        ChampKind::Rnf => "RNFChampDescriptor",
        ChampKind::Carte => "CarteChampDescriptor",
        ChampKind::DossierLink => "DossierLinkChampDescriptor",
        ChampKind::Repetition { .. } => "RepetitionChampDescriptor",
        ChampKind::EngagementJuridique => "EngagementJuridiqueChampDescriptor",
        ChampKind::HeaderSection { .. } => "HeaderSectionChampDescriptor",
        ChampKind::Explication => "ExplicationChampDescriptor",
    }
}

/// `ChampDescriptor` of any kind.
pub fn field<'a>(descriptor: &'a ChampDescriptor, name: &str) -> Resolved<'a> {
    match name {
        "id" => Resolved::text(global_id("Champ", descriptor.stable_id)),
        "label" => Resolved::text(&*descriptor.label),
        "description" => Resolved::text_or_null(descriptor.description.as_deref()),
        "required" => Resolved::Bool(descriptor.required),
        "options" => options(&descriptor.kind),
        "otherOption" => match descriptor.kind {
            ChampKind::DropDownList { other, .. } => Resolved::Bool(other),
            _ => Resolved::Null,
        },
        "level" => match descriptor.kind {
            ChampKind::HeaderSection { level } => Resolved::Int(level.into()),
            _ => Resolved::Null,
        },
        "champDescriptors" => match &descriptor.kind {
            ChampKind::Repetition { descriptors } => {
                Resolved::nodes(descriptors.iter().map(Node::ChampDescriptor))
            }
            _ => Resolved::Null,
        },
        "collapsibleExplanationEnabled" => Resolved::Bool(false),
        _ => Resolved::Null,
    }
}

/// Choices are texts; in a linked list the primary ones stand between dashes; places are objects.
fn options(kind: &ChampKind) -> Resolved<'_> {
    let texts = |options: &'_ [String]| -> Vec<Resolved<'_>> {
        options.iter().map(|option| Resolved::Text(option.clone().into())).collect()
    };
    match kind {
        ChampKind::DropDownList { options, .. } | ChampKind::MultipleDropDownList { options } => {
            Resolved::List(options.iter().map(|option| Resolved::text(&**option)).collect())
        }
        ChampKind::LinkedDropDownList { options } => {
            let marked = options.iter().flat_map(|(primary, secondary)| {
                std::iter::once(Resolved::text(format!("--{primary}--"))).chain(texts(secondary))
            });
            Resolved::List(marked.collect())
        }
        _ => Resolved::Null,
    }
}
