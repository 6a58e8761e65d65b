//! The entry points, and the pages under a démarche.
//!
//! The world's lock is held only while the keys of a page are gathered; dossiers are read and written
//! after it is released. Objects out of the token's scope, unknown ones and hidden ones each answer
//! the platform's own error.

use apollo_compiler::executable::Field;
use jiff::Timestamp;

use crate::faults::Fault;
use crate::paging::{self, KeyPage, PageArguments, PageError, encode_cursor};
use crate::world::World;
use crate::world::demarche::Demarche;
use crate::world::dossier::{DeletedDossier, DeletionReason, DossierState};
use crate::world::ids::{global_id, key_of};
use crate::world::shelf::{Header, Key, Orders};

use super::node::{
    Ailment, DeletionPage, DossierPage, DossierView, Failure, Node, Owned, PageInfo, Resolved,
};
use super::plan::Plans;
use super::{Request, call};

fn failed<'a>(message: String, code: &'static str) -> Resolved<'a> {
    Resolved::Failed(Failure::Error(message, Some(code)))
}

fn not_found<'a>(what: &str) -> Resolved<'a> {
    failed(format!("{what} not found"), "not_found")
}

fn unauthorized<'a>(what: &str) -> Resolved<'a> {
    failed(format!("An object of type {what} was hidden due to permissions"), "unauthorized")
}

/// `Query`.
pub fn query<'a>(request: &Request<'_>, plans: &Plans<'_>, field: &Field) -> Resolved<'a> {
    let number = |name: &str| plans.argument(field, name).and_then(|value| value.as_u64()).unwrap_or(0);
    match field.name.as_str() {
        "demarche" => match request.world().demarche(number("number")) {
            Some(demarche) if demarche.discarded => not_found("Demarche"),
            Some(demarche) if !demarche.in_token_scope => unauthorized("Demarche"),
            Some(demarche) => Resolved::Owned(Box::new(Owned::Demarche(demarche.clone()))),
            None => not_found("Demarche"),
        },
        "demarcheDescriptor" => {
            let asked = plans.argument(field, "demarche").unwrap_or_default();
            let by_id = || key_of("Procedure", asked.get("id")?.as_str()?);
            let number = asked.get("number").and_then(|value| value.as_u64()).or_else(by_id).unwrap_or(0);
            match request.world().demarche(number) {
                Some(demarche) if demarche.discarded => not_found("DemarcheDescriptor"),
                Some(demarche) if !demarche.in_token_scope && !demarche.opendata => {
                    unauthorized("DemarcheDescriptor")
                }
                Some(demarche) => Resolved::Owned(Box::new(Owned::Descriptor(demarche.clone()))),
                None => not_found("DemarcheDescriptor"),
            }
        }
        "dossier" => dossier(request, number("number")),
        _ => Resolved::Null,
    }
}

fn dossier<'a>(request: &Request<'_>, number: u64) -> Resolved<'a> {
    let world = request.world();
    let Some(header) = world.shelf().header(number) else { return not_found("Dossier") };
    let demarche = world.demarche(header.demarche_number).filter(|demarche| !demarche.discarded).cloned();
    let (Some(demarche), true, Some(held)) = (demarche, header.visible, world.held(number)) else {
        return not_found("Dossier");
    };
    drop(world);
    if !demarche.in_token_scope {
        return unauthorized("Dossier");
    }
    if request.faults.contains(&Fault::CrashOn(number)) {
        return Resolved::Failed(Failure::Crash);
    }
    let ailment = ailment(request.faults, number);
    Resolved::Owned(Box::new(Owned::Dossier(Box::new(DossierView {
        dossier: held.read(),
        demarche,
        ailment,
    }))))
}

fn ailment(faults: &[Fault], of: u64) -> Ailment {
    let mut ailment = Ailment::default();
    for fault in faults {
        match fault {
            Fault::TimeoutOn(number) if *number == of => ailment.times_out = true,
            Fault::NullDateDepot(number) if *number == of => ailment.null_date_depot = true,
            Fault::NullCommuneCode(number) if *number == of => ailment.null_commune_code = true,
            Fault::UnknownChamp(number) if *number == of => ailment.unknown_champ = true,
            Fault::UnknownState(number, state) if *number == of => {
                ailment.unknown_state = Some(state.clone())
            }
            _ => {}
        }
    }
    ailment
}

/// `Demarche`.
pub fn demarche<'a>(
    request: &Request<'_>,
    plans: &Plans<'_>,
    demarche: &'a Demarche,
    field: &Field,
) -> Resolved<'a> {
    match field.name.as_str() {
        "dossiers" => dossiers(request, plans, demarche, field),
        "deletedDossiers" => deletions(request, plans, demarche, field, Stream::Deleted),
        "pendingDeletedDossiers" => deletions(request, plans, demarche, field, Stream::Pending),
        "groupeInstructeurs" => {
            Resolved::nodes(demarche.groupes_instructeurs.iter().map(Node::GroupeInstructeur))
        }
        "labels" => Resolved::nodes(demarche.labels.iter().map(Node::Label)),
        "activeRevision" => {
            Resolved::node_or_null(demarche.active_revision().map(|revision| Node::Revision(revision)))
        }
        "publishedRevision" => {
            Resolved::node_or_null(demarche.published_revision().map(|revision| Node::Revision(revision)))
        }
        other => call::shared(demarche, other),
    }
}

fn page_arguments(plans: &Plans<'_>, field: &Field) -> PageArguments {
    let number = |name: &str| plans.argument(field, name).and_then(|value| value.as_i64());
    let text = |name: &str| plans.argument(field, name).and_then(|value| value.as_str().map(str::to_owned));
    PageArguments {
        first: number("first"),
        last: number("last"),
        after: text("after"),
        before: text("before"),
    }
}

/// Reads an instant given as an argument: ISO 8601 with an offset, or a bare day.
pub fn read_instant(text: &str) -> Option<Timestamp> {
    let day = || text.parse::<jiff::civil::Date>().ok()?.to_zoned_datetime(jiff::tz::TimeZone::UTC).ok();
    text.parse().ok().or_else(|| day().map(|zoned| zoned.timestamp()))
}

fn instant(plans: &Plans<'_>, field: &Field, name: &str) -> Option<Timestamp> {
    plans.argument(field, name).and_then(|value| read_instant(value.as_str()?))
}

fn refused<'a>(error: &PageError) -> Resolved<'a> {
    let code = match error {
        PageError::Exclusive(..) => Some("bad_request"),
        PageError::NotBase64(_) => None,
        PageError::Unparsable => return Resolved::Failed(Failure::Crash),
    };
    Resolved::Failed(Failure::Error(error.to_string(), code))
}

/// What `state`, `archived` and the revisions let through.
struct Filters {
    state: Option<DossierState>,
    archived: Option<bool>,
    revisions: Option<Vec<u64>>,
}

impl Filters {
    /// None when a revision is asked that the démarche does not have.
    fn read(plans: &Plans<'_>, field: &Field, demarche: &Demarche) -> Option<Self> {
        let state = plans.argument(field, "state").and_then(|value| DossierState::parse(value.as_str()?));
        let archived = plans.argument(field, "archived").and_then(|value| value.as_bool());
        let revision = |name: &str| match plans.argument(field, name) {
            Some(serde_json::Value::String(id)) => {
                Some(key_of("ProcedureRevision", &id).and_then(|key| demarche.revision(key)))
            }
            _ => None,
        };
        let exact = revision("revision");
        let (least, most) = (revision("minRevision"), revision("maxRevision"));
        let revisions = match (exact, least, most) {
            (None, None, None) => None,
            (Some(exact), _, _) => Some(vec![exact?.id]),
            (None, least, most) => {
                let from =
                    least.map(|found| found.map(|one| one.date_creation)).unwrap_or(Some(Timestamp::MIN))?;
                let to =
                    most.map(|found| found.map(|one| one.date_creation)).unwrap_or(Some(Timestamp::MAX))?;
                let within = demarche.revisions.iter().filter(|one| (from..=to).contains(&one.date_creation));
                Some(within.map(|one| one.id).collect())
            }
        };
        Some(Self { state, archived, revisions })
    }

    fn admit(&self, header: &Header) -> bool {
        self.state.is_none_or(|state| state == header.state)
            && self.archived.is_none_or(|archived| archived == header.archived)
            && self.revisions.as_ref().is_none_or(|ids| ids.contains(&header.revision_id))
    }
}

fn dossiers<'a>(
    request: &Request<'_>,
    plans: &Plans<'_>,
    demarche: &'a Demarche,
    field: &Field,
) -> Resolved<'a> {
    let Some(filters) = Filters::read(plans, field, demarche) else { return not_found("DossierConnection") };
    let arguments = page_arguments(plans, field);
    request.page_asked.set(arguments.first.or(arguments.last));
    let updated_since = instant(plans, field, "updatedSince");
    let since = updated_since.or_else(|| instant(plans, field, "createdSince"));
    let world = request.world();
    let nothing = Orders::default();
    let orders = world.orders(demarche.number).unwrap_or(&nothing);
    let order = if updated_since.is_some() { &orders.by_update } else { &orders.by_deposit };
    let keep = |key: Key| world.shelf().header(key.1).is_some_and(|header| filters.admit(header));
    let mut page = match paging::page(&arguments, since, |bounds| order.range(bounds).copied(), keep) {
        Ok(page) => page,
        Err(error) => return refused(&error),
    };
    if request.faults.contains(&Fault::EmptySource) {
        page = KeyPage { keys: Vec::new(), has_next_page: false, has_previous_page: false };
    }
    let held: Vec<_> = page.keys.iter().filter_map(|key| Some((*key, world.held(key.1)?))).collect();
    let demarche = world.demarche(demarche.number).cloned();
    drop(world);
    let Some(demarche) = demarche else { return not_found("Demarche") };
    let crashes = |number: u64| {
        let by = [Fault::CrashOn(number), Fault::CrashPageWith(number)];
        by.iter().any(|fault| request.faults.contains(fault))
    };
    if !request.faults.is_empty() && page.keys.iter().any(|key| crashes(key.1)) {
        return Resolved::Failed(Failure::Crash);
    }
    let too_many = request.faults.iter().find_map(|fault| match fault {
        Fault::TimeoutOver(most) if held.len() > *most => Some(*most),
        _ => None,
    });
    let info = page_info(&page, request.faults, arguments.after.as_deref());
    let edges = held
        .into_iter()
        .enumerate()
        .map(|(rank, (key, held))| {
            let mut ailment = ailment(request.faults, key.1);
            ailment.times_out |= too_many.is_some_and(|most| rank >= most);
            (encode_cursor(key), DossierView { dossier: held.read(), demarche: demarche.clone(), ailment })
        })
        .collect();
    Resolved::Owned(Box::new(Owned::Dossiers(DossierPage { edges, info })))
}

fn page_info(page: &KeyPage, faults: &[Fault], after: Option<&str>) -> PageInfo {
    let mut info = PageInfo {
        start: page.keys.first().map(|key| encode_cursor(*key)),
        end: page.keys.last().map(|key| encode_cursor(*key)),
        has_next: page.has_next_page,
        has_previous: page.has_previous_page,
    };
    if faults.contains(&Fault::LoopingCursor) {
        info.has_next = true;
        info.end = Some(after.map_or_else(|| encode_cursor((0, 0)), str::to_owned));
    }
    if faults.contains(&Fault::LostEndCursor) {
        info.has_next = true;
        info.end = None;
    }
    info
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Stream {
    Pending,
    Deleted,
}

fn deletions<'a>(
    request: &Request<'_>,
    plans: &Plans<'_>,
    demarche: &'a Demarche,
    field: &Field,
    stream: Stream,
) -> Resolved<'a> {
    let arguments = page_arguments(plans, field);
    let since = instant(plans, field, "deletedSince");
    let world = request.world();
    let nothing = Orders::default();
    let orders = world.orders(demarche.number).unwrap_or(&nothing);
    let page = match stream {
        Stream::Deleted => {
            let range = |bounds| orders.deleted.range(bounds).map(|(key, _)| *key);
            paging::page(&arguments, since, range, |_| true)
        }
        // The filter looks at both dates, the order at one: the filter cannot be a bound.
        Stream::Pending => paging::page(
            &arguments,
            None,
            |bounds| orders.pending.range(bounds).copied(),
            |key| since.is_none_or(|since| hidden_since(&world, key.1, since)),
        ),
    };
    let page = match page {
        Ok(page) => page,
        Err(error) => return refused(&error),
    };
    let edges = page
        .keys
        .iter()
        .filter_map(|key| {
            let deletion = match stream {
                Stream::Deleted => orders.deleted.get(key).cloned(),
                Stream::Pending => pending(&world, key.1),
            };
            Some((encode_cursor(*key), deletion?))
        })
        .collect();
    let info = page_info(&page, &[], None);
    Resolved::Owned(Box::new(Owned::Deletions(DeletionPage { edges, info })))
}

fn hidden_since(world: &World, number: u64, since: Timestamp) -> bool {
    world.dossier(number).is_some_and(|dossier| {
        let hidden = [dossier.hidden_by_user_at, dossier.hidden_by_administration_at];
        hidden.into_iter().flatten().any(|at| at >= since)
    })
}

/// A deletion to come takes the dossier's own id, and shows the administration's date first.
fn pending(world: &World, number: u64) -> Option<DeletedDossier> {
    let dossier = world.dossier(number)?;
    Some(DeletedDossier {
        row_id: number,
        number,
        demarche_number: dossier.demarche_number,
        state: dossier.state,
        reason: dossier.hidden_by_reason.unwrap_or(DeletionReason::UserRequest),
        deleted_at: dossier.hidden_by_administration_at.or(dossier.hidden_by_user_at)?,
    })
}

/// The global id of a démarche's revision, as filters expect it.
pub fn revision_id(key: u64) -> String {
    global_id("ProcedureRevision", key)
}
