//! Answers, one kind at a time.
//!
//! The head is common; what a kind adds is read from the same text by the shape of that kind. An answer whose
//! text does not fit its kind is kept as received, as one of a kind that is not known.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::{NormalizeError, Unknowns, demandeur, parts};
use crate::api::wire::{
    Day, Instant, WireAddress, WireChampHead, WireCodeName, WireCommune, WireEngagement, WireFile,
    WireGeoArea, WirePersonneMorale, WireRegister, WireRow,
};
use crate::domain::{
    Champ, ChampId, ChampValue, EngagementJuridique, GeoArea, Parcelle, RegistreNational, Row,
};

/// Reads a list of answers.
pub(super) fn read_all(raws: &[&RawValue], unknown: &mut Unknowns) -> Result<Vec<Champ>, NormalizeError> {
    raws.iter().map(|raw| read(raw.get(), unknown)).collect()
}

fn read(text: &str, unknown: &mut Unknowns) -> Result<Champ, NormalizeError> {
    let head: WireChampHead = serde_json::from_str(text)?;
    let value = match value(&head.typename, text, unknown) {
        Ok(Some(value)) => value,
        Ok(None) | Err(_) => {
            unknown.typename("Champ", &head.typename);
            ChampValue::Unknown { typename: head.typename, raw: text.to_owned() }
        }
    };
    Ok(Champ {
        id: ChampId(head.id),
        descriptor_id: head.champ_descriptor_id,
        label: head.label,
        string_value: head.string_value,
        updated_at: head.updated_at.0,
        prefilled: head.prefilled,
        value,
    })
}

macro_rules! shapes {
    ($($name:ident { $($field:ident: $type:ty,)+ })+) => {
        $(
            #[derive(Deserialize)]
            #[serde(rename_all = "camelCase")]
            struct $name { $($field: $type,)+ }
        )+
    };
}

shapes! {
    Text { text: Option<String>, }
    Checked { checked: bool, }
    Selected { selected: Option<bool>, }
    OfDate { date: Option<Day>, }
    OfDatetime { datetime: Option<Instant>, }
    Decimal { decimal_number: Option<f64>, }
    Integer { integer_number: Option<String>, }
    OfCivilite { civilite: Option<String>, }
    Choice { choice: Option<String>, }
    Linked { primary_value: Option<String>, secondary_value: Option<String>, }
    Multiple { values: Vec<String>, }
    Files { files: Vec<WireFile>, }
    Identite { grant_type: String, filled: bool, }
    OfAddress { address: Option<WireAddress>, commune: Option<WireCommune>, departement: Option<WireCodeName>, }
    OfCommune { commune: Option<WireCommune>, departement: Option<WireCodeName>, }
    OfDepartement { departement: Option<WireCodeName>, }
    OfRegion { region: Option<WireCodeName>, }
    OfPays { pays: Option<WireCodeName>, }
    OfEpci { epci: Option<WireCodeName>, departement: Option<WireCodeName>, }
    OfSiret { etablissement: Option<WirePersonneMorale>, }
    Rna { rna: Option<WireRegister>, commune: Option<WireCommune>, departement: Option<WireCodeName>, }
    Rnf { rnf: Option<WireRegister>, commune: Option<WireCommune>, departement: Option<WireCodeName>, }
    Carte { geo_areas: Vec<WireGeoArea>, }
    Engagement { engagement_juridique: Option<WireEngagement>, }
    Header { level: i64, }
}

#[derive(Deserialize)]
struct Repetition<'a> {
    #[serde(borrow)]
    rows: Vec<WireRow<'a>>,
}

/// The answer proper; `None` for a kind that is not known.
fn value(typename: &str, text: &str, unknown: &mut Unknowns) -> Result<Option<ChampValue>, NormalizeError> {
    fn shape<'de, T: Deserialize<'de>>(text: &'de str) -> Result<T, NormalizeError> {
        Ok(serde_json::from_str(text)?)
    }
    let value = match typename {
        "TextChamp" => ChampValue::Text(shape::<Text>(text)?.text),
        "CheckboxChamp" => ChampValue::Checkbox(shape::<Checked>(text)?.checked),
        "YesNoChamp" => ChampValue::YesNo(shape::<Selected>(text)?.selected),
        "DateChamp" => ChampValue::Date(shape::<OfDate>(text)?.date.map(|day| day.0)),
        "DatetimeChamp" => ChampValue::Datetime(shape::<OfDatetime>(text)?.datetime.map(|at| at.0)),
        "DecimalNumberChamp" => ChampValue::DecimalNumber(shape::<Decimal>(text)?.decimal_number),
        "IntegerNumberChamp" => ChampValue::IntegerNumber(shape::<Integer>(text)?.integer_number),
        "CiviliteChamp" => ChampValue::Civilite(shape::<OfCivilite>(text)?.civilite),
        "DropDownListChamp" => ChampValue::DropDownList(shape::<Choice>(text)?.choice),
        "LinkedDropDownListChamp" => {
            let Linked { primary_value, secondary_value } = shape(text)?;
            ChampValue::LinkedDropDownList { primary: primary_value, secondary: secondary_value }
        }
        "MultipleDropDownListChamp" => ChampValue::MultipleDropDownList(shape::<Multiple>(text)?.values),
        "PieceJustificativeChamp" => ChampValue::PieceJustificative(
            shape::<Files>(text)?.files.into_iter().map(parts::fichier).collect(),
        ),
        "TitreIdentiteChamp" => {
            let Identite { grant_type, filled } = shape(text)?;
            ChampValue::TitreIdentite { grant_type, filled }
        }
        "DossierLinkChamp" => ChampValue::DossierLink,
        "ExplicationChamp" => ChampValue::Explication,
        "HeaderSectionChamp" => ChampValue::HeaderSection { level: shape::<Header>(text)?.level },
        "RepetitionChamp" => {
            let Repetition { rows } = shape(text)?;
            ChampValue::Repetition(rows.into_iter().map(|one| row(one, unknown)).collect::<Result<_, _>>()?)
        }
        "SiretChamp" => {
            let found = shape::<OfSiret>(text)?.etablissement;
            ChampValue::Siret(found.map(|wire| Box::new(demandeur::morale(wire, unknown))))
        }
        "CarteChamp" => {
            ChampValue::Carte(shape::<Carte>(text)?.geo_areas.into_iter().map(geo_area).collect())
        }
        "EngagementJuridiqueChamp" => {
            ChampValue::EngagementJuridique(shape::<Engagement>(text)?.engagement_juridique.map(
                |WireEngagement { montant_engage, montant_paye }| EngagementJuridique {
                    montant_engage,
                    montant_paye,
                },
            ))
        }
        _ => return place(typename, text),
    };
    Ok(Some(value))
}

/// The kinds of answer that name a place or stand in a register of places.
fn place(typename: &str, text: &str) -> Result<Option<ChampValue>, NormalizeError> {
    let code_name = |wire: Option<WireCodeName>| wire.map(parts::code_name);
    let commune = |wire: Option<WireCommune>| wire.map(parts::commune);
    let value = match typename {
        "AddressChamp" => {
            let read: OfAddress = serde_json::from_str(text)?;
            ChampValue::Address {
                address: read.address.map(parts::address),
                commune: commune(read.commune),
                departement: code_name(read.departement),
            }
        }
        "CommuneChamp" => {
            let read: OfCommune = serde_json::from_str(text)?;
            ChampValue::Commune { commune: commune(read.commune), departement: code_name(read.departement) }
        }
        "DepartementChamp" => {
            ChampValue::Departement(code_name(serde_json::from_str::<OfDepartement>(text)?.departement))
        }
        "RegionChamp" => ChampValue::Region(code_name(serde_json::from_str::<OfRegion>(text)?.region)),
        "PaysChamp" => ChampValue::Pays(code_name(serde_json::from_str::<OfPays>(text)?.pays)),
        "EpciChamp" => {
            let read: OfEpci = serde_json::from_str(text)?;
            ChampValue::Epci { epci: code_name(read.epci), departement: code_name(read.departement) }
        }
        "RNAChamp" => {
            let read: Rna = serde_json::from_str(text)?;
            ChampValue::Rna(register(read.rna, commune(read.commune), code_name(read.departement)))
        }
        "RNFChamp" => {
            let read: Rnf = serde_json::from_str(text)?;
            ChampValue::Rnf(register(read.rnf, commune(read.commune), code_name(read.departement)))
        }
        _ => return Ok(None),
    };
    Ok(Some(value))
}

fn row(wire: WireRow<'_>, unknown: &mut Unknowns) -> Result<Row, NormalizeError> {
    Ok(Row { id: wire.id, champs: read_all(&wire.champs, unknown)? })
}

fn register(
    wire: Option<WireRegister>,
    commune: Option<crate::domain::Commune>,
    departement: Option<crate::domain::CodeName>,
) -> RegistreNational {
    let (id, title, address) = match wire {
        Some(WireRegister { id, title, address }) => (Some(id), title, address.map(parts::address)),
        None => (None, None, None),
    };
    RegistreNational { id, title, address, commune, departement }
}

fn geo_area(wire: WireGeoArea) -> GeoArea {
    let parcelle = wire.numero.map(|numero| Parcelle {
        numero,
        section: wire.section.unwrap_or_default(),
        prefixe: wire.prefixe.unwrap_or_default(),
        commune: wire.commune.unwrap_or_default(),
        surface: wire.surface.unwrap_or_default(),
    });
    GeoArea {
        id: wire.id,
        source: wire.source,
        description: wire.description,
        geometry: parts::geometry(wire.geometry),
        parcelle,
    }
}
