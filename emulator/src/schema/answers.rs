//! The fields of a champ, of every kind, and of what it holds.
//!
//! A champ of a kind that the document does not name is answered with an older type; its own fields
//! are then the older type's, worded from the value.

use crate::clock::in_paris;
use crate::world::champ::{ChampValue, CommuneAnswer, GeoArea, Place, Registered, Row};
use crate::world::ids::global_id;

use super::Request;
use super::node::{ChampNode, DossierView, Node, Resolved, UNKNOWN_CHAMP};
use super::wording;

/// Any champ.
pub fn champ<'a>(node: ChampNode<'a>, request: &Request<'_>, name: &str) -> Resolved<'a> {
    let champ = node.champ;
    match name {
        "id" => Resolved::text(match node.row {
            Some(row) => global_id("Champ", format_args!("{}|{row}", champ.stable_id)),
            None => global_id("Champ", champ.stable_id),
        }),
        "champDescriptorId" => Resolved::text(global_id("Champ", champ.stable_id)),
        "label" => Resolved::text(&*champ.label),
        "prefilled" => Resolved::Bool(champ.prefilled),
        "stringValue" => Resolved::text_or_null(wording::string_value(&champ.value)),
        "updatedAt" => Resolved::Instant(match champ.value {
            ChampValue::HeaderSection { .. } | ChampValue::Explication => node.view.dossier.depose_at,
            _ => champ.updated_at,
        }),
        other => {
            let shown = Node::Champ(node).type_name(&request.document.named_types);
            if shown == champ.value.typename() { own(node, other) } else { older(&champ.value, other) }
        }
    }
}

/// What an older type gives for a value it was not made for.
fn older<'a>(value: &'a ChampValue, name: &str) -> Resolved<'a> {
    match (value, name) {
        (ChampValue::YesNo(value), "value") => Resolved::Bool(value.unwrap_or(false)),
        (ChampValue::Datetime(value), "date") => Resolved::day_or_null(value.map(|one| in_paris(one).date())),
        (_, "value") => Resolved::text_or_null(wording::string_value(value).filter(|text| !text.is_empty())),
        _ => Resolved::Null,
    }
}

fn own<'a>(node: ChampNode<'a>, name: &str) -> Resolved<'a> {
    let broken = node.view.ailment.null_commune_code;
    match (&node.champ.value, name) {
        (ChampValue::Text(value) | ChampValue::DropDownList(value), "value") => {
            Resolved::text_or_null(value.as_deref())
        }
        (ChampValue::Checkbox(value), "value") => Resolved::Bool(*value),
        (ChampValue::YesNo(value), "value") => value.map_or(Resolved::Null, Resolved::Bool),
        (ChampValue::Date(value), "date") => Resolved::day_or_null(*value),
        (ChampValue::Datetime(value), "datetime") => Resolved::instant_or_null(*value),
        (ChampValue::DecimalNumber(value), "value") => value.map_or(Resolved::Null, Resolved::Float),
        (ChampValue::IntegerNumber(value), "value") => {
            Resolved::text_or_null(value.map(|number| number.to_string()))
        }
        (ChampValue::Civilite(value), "value") => {
            Resolved::text_or_null(value.map(|civilite| civilite.as_str()))
        }
        (ChampValue::LinkedDropDownList { primary, .. }, "primaryValue") => {
            Resolved::text_or_null(primary.as_deref())
        }
        (ChampValue::LinkedDropDownList { secondary, .. }, "secondaryValue") => {
            Resolved::text_or_null(secondary.as_deref())
        }
        (ChampValue::MultipleDropDownList(values), "values") => {
            Resolved::List(values.iter().map(|value| Resolved::text(&**value)).collect())
        }
        (ChampValue::PieceJustificative(files), "files") => Resolved::nodes(files.iter().map(Node::File)),
        (ChampValue::TitreIdentite { filled, .. }, "filled") => Resolved::Bool(*filled),
        (ChampValue::TitreIdentite { france_connect, .. }, "grantType") => {
            Resolved::text(if *france_connect { "france_connect" } else { "piece_justificative" })
        }
        (ChampValue::Siret { etablissement, .. }, "etablissement") => {
            Resolved::node_or_null(etablissement.as_deref().map(Node::PersonneMorale))
        }
        (ChampValue::Carte(areas), "geoAreas") => Resolved::nodes(areas.iter().map(Node::GeoArea)),
        (ChampValue::Repetition(rows), "rows") => {
            Resolved::nodes(rows.iter().map(|row| Node::Row(row, node.view)))
        }
        (ChampValue::EngagementJuridique(Some(_)), "engagementJuridique") => {
            Resolved::Node(Node::EngagementJuridique)
        }
        (ChampValue::HeaderSection { level }, "level") => Resolved::Int((*level).into()),
        (value, name) => whereabouts(value, broken, name),
    }
}

/// The places that geographic champs, associations and foundations point to.
fn whereabouts<'a>(value: &'a ChampValue, broken: bool, name: &str) -> Resolved<'a> {
    let departement = |place: &'a Option<Place>| {
        Resolved::node_or_null(place.as_ref().map(|place| Node::Place("Departement", place)))
    };
    match (value, name) {
        (ChampValue::Address(Some(answer)), "address") => Resolved::Node(Node::Address(&answer.address)),
        (ChampValue::Address(Some(answer)), name) => in_commune(answer.commune.as_ref(), broken, name),
        (ChampValue::Commune(Some(answer)), "commune") => Resolved::Node(Node::Commune(answer, broken)),
        (ChampValue::Commune(Some(answer)), "departement") => departement(&answer.departement),
        (ChampValue::Departement(place), "departement") => departement(place),
        (ChampValue::Region(Some(place)), "region") => Resolved::Node(Node::Place("Region", place)),
        (ChampValue::Pays(Some(place)), "pays") => Resolved::Node(Node::Place("Pays", place)),
        (ChampValue::Epci(Some(answer)), "epci") => Resolved::Node(Node::Place("Epci", &answer.epci)),
        (ChampValue::Epci(Some(answer)), "departement") => departement(&answer.departement),
        (ChampValue::Rna(Some(one)), "rna") => Resolved::Node(Node::Registered("RNA", one)),
        (ChampValue::Rnf(Some(one)), "rnf") => Resolved::Node(Node::Registered("RNF", one)),
        (ChampValue::Rna(Some(one)) | ChampValue::Rnf(Some(one)), name) => {
            in_commune(one.commune.as_ref(), broken, name)
        }
        _ => Resolved::Null,
    }
}

fn in_commune<'a>(answer: Option<&'a CommuneAnswer>, broken: bool, name: &str) -> Resolved<'a> {
    let Some(answer) = answer else { return Resolved::Null };
    match name {
        "commune" => Resolved::Node(Node::Commune(answer, broken)),
        "departement" => {
            Resolved::node_or_null(answer.departement.as_ref().map(|place| Node::Place("Departement", place)))
        }
        _ => Resolved::Null,
    }
}

/// The champ of a kind that nobody has heard of: it has a `value` and nothing else of its own.
pub fn unknown<'a>(view: &'a DossierView, name: &str) -> Resolved<'a> {
    match name {
        "id" | "champDescriptorId" => Resolved::text(global_id("Champ", 99_999)),
        "label" => Resolved::text("Quotient familial"),
        "prefilled" => Resolved::Bool(false),
        "stringValue" | "value" => Resolved::text("1 042"),
        "updatedAt" => Resolved::Instant(view.dossier.depose_at),
        "__typename" => Resolved::text(UNKNOWN_CHAMP),
        _ => Resolved::Null,
    }
}

/// `Row`.
pub fn row<'a>(row: &'a Row, view: &'a DossierView, name: &str) -> Resolved<'a> {
    match name {
        "id" => Resolved::text(global_id("Row", &row.ulid)),
        "champs" => {
            let champs = row.champs.iter();
            Resolved::nodes(champs.map(|champ| Node::Champ(ChampNode { champ, view, row: Some(&row.ulid) })))
        }
        _ => Resolved::Null,
    }
}

/// `Commune`.
pub fn commune<'a>(answer: &'a CommuneAnswer, broken: bool, name: &str) -> Resolved<'a> {
    match name {
        "code" if broken => Resolved::Null,
        "code" => Resolved::text(&*answer.commune.code),
        "name" => Resolved::text(&*answer.commune.name),
        "postalCode" => Resolved::text_or_null(answer.postal_code.as_deref()),
        _ => Resolved::Null,
    }
}

/// `Departement`, `Region`, `Pays`, `Epci`.
pub fn place<'a>(place: &'a Place, name: &str) -> Resolved<'a> {
    match name {
        "code" => Resolved::text(&*place.code),
        "name" => Resolved::text(&*place.name),
        _ => Resolved::Null,
    }
}

/// `RNA`, `RNF`.
pub fn registered<'a>(registered: &'a Registered, name: &str) -> Resolved<'a> {
    match name {
        "id" => Resolved::text(&*registered.id),
        "title" => Resolved::text_or_null(registered.title.as_deref()),
        "address" => Resolved::node_or_null(registered.address.as_ref().map(Node::Address)),
        _ => Resolved::Null,
    }
}

/// `EngagementJuridique`: the platform answers these very words.
pub fn engagement<'a>(name: &str) -> Resolved<'a> {
    match name {
        "montantEngage" | "montantPaye" => Resolved::text("NotYetImplemented"),
        _ => Resolved::Null,
    }
}

/// `ParcelleCadastrale` or `SelectionUtilisateur`.
pub fn geo_area<'a>(area: &'a GeoArea, name: &str) -> Resolved<'a> {
    let parcelle = area.parcelle.as_ref();
    match name {
        "id" => Resolved::text(global_id("GeoArea", area.id)),
        "description" => Resolved::text_or_null(area.description.as_deref()),
        "geometry" => Resolved::Node(Node::Geometry(&area.geometry)),
        "source" => Resolved::text(if parcelle.is_some() { "cadastre" } else { "selection_utilisateur" }),
        "commune" => Resolved::text_or_null(parcelle.map(|one| &*one.commune)),
        "numero" => Resolved::text_or_null(parcelle.map(|one| &*one.numero)),
        "prefixe" => Resolved::text_or_null(parcelle.map(|one| &*one.prefixe)),
        "section" => Resolved::text_or_null(parcelle.map(|one| &*one.section)),
        "surface" => Resolved::text_or_null(parcelle.map(|one| &*one.surface)),
        _ => Resolved::Null,
    }
}
