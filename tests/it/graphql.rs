//! The API as we ask it and as it answers, faults included.

use ami_sync::api::{self, ApiClient, ApiError, Disposition, IdentityRequest, PageRequest, Stream, Walk};
use ami_sync::domain::{ChampValue, Demandeur, DemarcheNumber, DossierNumber};
use ds_emulator::{DEMARCHE_NUMBER, Emulator, Fault, OUT_OF_SCOPE_NUMBER, RateLimitHint};

use crate::harness::{api_config, client, emulator};

const DEMARCHE: DemarcheNumber = DemarcheNumber(DEMARCHE_NUMBER as u32);

fn whole_page(first: u32) -> PageRequest {
    PageRequest {
        demarche: DEMARCHE,
        first,
        dossiers: Some(Walk { updated_since: None, after: None }),
        pending: Some(Stream { since: None, after: None }),
        deleted: Some(Stream { since: None, after: None }),
        with_demarche: true,
    }
}

async fn page_error(emulator: &Emulator) -> ApiError {
    client(emulator).fetch_page(&whole_page(10)).await.unwrap_err()
}

#[test]
fn both_documents_that_carry_a_dossier_carry_the_same_fields() {
    let page = include_str!("../../graphql/demarche_page.graphql");
    let one = include_str!("../../graphql/dossier.graphql");
    let from = |text: &'static str| text.split_once("fragment DossierFields").unwrap().1;
    assert_eq!(from(page), from(one));
}

#[tokio::test]
async fn one_request_gives_dossiers_deletions_and_the_demarche() {
    let emulator = emulator(30, 1);
    let page = client(&emulator).fetch_page(&whole_page(100)).await.unwrap();
    let dossiers = page.dossiers.unwrap();
    let numbers: Vec<u64> = dossiers.items.iter().map(|item| item.number.unwrap().0.into()).collect();
    assert_eq!(numbers, emulator.read_world().visible_numbers(DEMARCHE_NUMBER));
    assert_eq!(
        page.pending.unwrap().items.len(),
        emulator.read_world().pending_numbers(DEMARCHE_NUMBER).len()
    );
    assert_eq!(
        page.deleted.unwrap().items.len(),
        emulator.read_world().deleted_dossiers(DEMARCHE_NUMBER).len()
    );
    assert_eq!(page.demarche.unwrap().number, DEMARCHE);
    assert!(page.server_time.is_some());
    assert_eq!(emulator.requests().len(), 1);
}

#[tokio::test]
async fn every_dossier_of_the_call_is_read_with_nothing_unknown() {
    let emulator = emulator(120, 7);
    let client = client(&emulator);
    let mut kinds = std::collections::BTreeSet::new();
    let numbers = emulator.read_world().visible_numbers(DEMARCHE_NUMBER);
    for number in numbers {
        let number = DossierNumber(u32::try_from(number).unwrap());
        let fetched = client.fetch_dossier(number).await.unwrap();
        let read = api::normalize(fetched.node.as_str()).unwrap();
        assert_eq!((read.dossier.number, read.unknown.len()), (number, 0));
        kinds.extend(read.dossier.all_champs().map(|placed| placed.champ.value.typename().to_owned()));
    }
    assert!(kinds.len() >= 25, "{kinds:?}");
}

#[tokio::test]
async fn the_form_and_the_identities_are_read() {
    let emulator = emulator(12, 1);
    let client = client(&emulator);
    let plan = client.fetch_plan(DEMARCHE).await.unwrap();
    assert!(plan.active_revision.champ_descriptors.len() > 20);
    let walk = Walk { updated_since: None, after: None };
    let mut request = IdentityRequest { demarche: DEMARCHE, first: 100, walk, cursors_only: false };
    let page = client.fetch_identities(&request).await.unwrap();
    for item in &page.items {
        let number = item.cursor.dossier_number().unwrap();
        let fetched = client.fetch_dossier(number).await.unwrap();
        let dossier = api::normalize(fetched.node.as_str()).unwrap().dossier;
        assert!(item.identity.as_ref().unwrap().agrees_with(&dossier), "{number}");
    }
    request.cursors_only = true;
    let bare = client.fetch_identities(&request).await.unwrap();
    assert_eq!(bare.items.len(), page.items.len());
    assert!(bare.items.iter().all(|item| item.identity.is_none()));
}

#[tokio::test]
async fn each_refusal_has_its_own_error() {
    let emulator = emulator(12, 1);
    let check = async |fault: Fault, expected: fn(&ApiError) -> bool| {
        emulator.inject(fault.clone());
        let error = page_error(&emulator).await;
        assert!(expected(&error), "{fault:?}: {error:?}");
        assert!(!error.remedy().is_empty());
        emulator.clear_faults();
    };
    check(Fault::ExpiredToken, |error| matches!(error, ApiError::ExpiredToken)).await;
    check(Fault::ForbiddenNetwork, |error| matches!(error, ApiError::ForbiddenNetwork)).await;
    check(Fault::BadGateway, |error| matches!(error, ApiError::Unavailable { status: 502 })).await;
    check(Fault::Maintenance, |error| matches!(error, ApiError::Unavailable { status: 503 })).await;
    check(Fault::Crash, |error| matches!(error, ApiError::ServerFailure { .. })).await;
    check(Fault::TruncatedJson, |error| matches!(error, ApiError::Malformed { .. })).await;
    check(Fault::HtmlInstead, |error| matches!(error, ApiError::NotTheApi { .. })).await;
    check(Fault::EmptyBody, |error| matches!(error, ApiError::Malformed { .. })).await;
    check(Fault::ConnectionCut, |error| matches!(error, ApiError::Malformed { .. })).await;
    check(Fault::TimeoutOver(3), |error| matches!(error, ApiError::ServerTimeout)).await;
}

#[tokio::test]
async fn a_wrong_token_and_a_demarche_out_of_reach_are_told_apart() {
    let emulator = emulator(12, 1);
    let clock = std::sync::Arc::new(ami_sync::clock::SystemClock);
    let stranger = ApiClient::new(&api_config(&emulator), "d3Jvbmc=".into(), clock).unwrap();
    let error = stranger.fetch_page(&whole_page(1)).await.unwrap_err();
    assert!(matches!(error, ApiError::WrongToken) && error.disposition() == Disposition::Fatal, "{error:?}");
    let known = client(&emulator);
    let ask = async |number: u32| {
        known
            .fetch_page(&PageRequest { demarche: DemarcheNumber(number), ..whole_page(1) })
            .await
            .unwrap_err()
    };
    assert!(matches!(ask(99).await, ApiError::DemarcheNotFound { .. }));
    let out_of_scope = ask(u32::try_from(OUT_OF_SCOPE_NUMBER).unwrap()).await;
    assert!(matches!(out_of_scope, ApiError::DemarcheUnauthorized { .. }), "{out_of_scope:?}");
    let nobody = known.fetch_dossier(DossierNumber(1)).await.unwrap_err();
    assert!(matches!(nobody, ApiError::DossierNotFound { .. }), "{nobody:?}");
}

#[tokio::test]
async fn a_passing_failure_is_tried_again() {
    let emulator = emulator(12, 1);
    emulator.inject_for(3, Fault::BadGateway);
    let client = client(&emulator);
    assert!(client.fetch_page(&whole_page(10)).await.is_ok());
    assert_eq!(client.requests_sent(), 4);
}

#[tokio::test]
async fn a_request_for_patience_is_waited_out() {
    let emulator = emulator(12, 1);
    emulator.inject_for(2, Fault::RateLimited(RateLimitHint::RetryAfter(0)));
    let client = client(&emulator);
    assert!(client.fetch_page(&whole_page(10)).await.is_ok());
    assert_eq!(client.requests_sent(), 3);
}

#[tokio::test]
async fn the_token_does_not_follow_a_redirect() {
    let (emulator, elsewhere) = (emulator(12, 1), emulator(12, 1));
    emulator.inject(Fault::Redirect(elsewhere.url()));
    assert!(matches!(page_error(&emulator).await, ApiError::Redirected { .. }));
    assert!(elsewhere.requests().is_empty());
}

#[tokio::test]
async fn a_body_beyond_the_limit_is_not_read() {
    let emulator = emulator(12, 1);
    emulator.inject(Fault::HugeBody(3 * 1024 * 1024));
    let mut config = api_config(&emulator);
    config.max_body = 1024 * 1024;
    let clock = std::sync::Arc::new(ami_sync::clock::SystemClock);
    let client = ApiClient::new(&config, emulator.token().into(), clock).unwrap();
    let error = client.fetch_page(&whole_page(10)).await.unwrap_err();
    assert!(matches!(error, ApiError::BodyTooLarge { .. }), "{error:?}");
}

#[tokio::test]
async fn a_null_node_is_named_by_its_cursor_and_costs_nobody_else() {
    let emulator = emulator(12, 1);
    let poisoned = emulator.read_world().visible_numbers(DEMARCHE_NUMBER)[4];
    emulator.inject(Fault::NullDateDepot(poisoned));
    let page = client(&emulator).fetch_page(&whole_page(100)).await.unwrap();
    let items = page.dossiers.unwrap().items;
    let nulls: Vec<u64> =
        items.iter().filter(|item| item.node.is_none()).map(|item| item.number.unwrap().0.into()).collect();
    assert_eq!(nulls, [poisoned]);
    assert!(items[4].gaps.iter().all(|gap| gap.message.contains("dateDepot")), "{:?}", items[4].gaps);
}

#[tokio::test]
async fn an_error_below_a_dossier_is_a_gap_of_that_dossier() {
    let emulator = emulator(40, 1);
    let numbers = emulator.read_world().visible_numbers(DEMARCHE_NUMBER);
    for number in &numbers {
        emulator.inject(Fault::NullCommuneCode(*number));
    }
    let page = client(&emulator).fetch_page(&whole_page(100)).await.unwrap();
    let items = page.dossiers.unwrap().items;
    let with_gaps = items.iter().filter(|item| !item.gaps.is_empty()).count();
    assert!(with_gaps > 0 && items.iter().all(|item| item.node.is_some()));
    assert!(items.iter().flat_map(|item| &item.gaps).all(|gap| gap.path.contains("commune")));
}

#[tokio::test]
async fn what_is_not_known_is_kept_and_counted() {
    let emulator = emulator(12, 1);
    let numbers = emulator.read_world().visible_numbers(DEMARCHE_NUMBER);
    emulator.inject(Fault::UnknownChamp(numbers[0]));
    emulator.inject(Fault::UnknownState(numbers[1], "en_appel".to_owned()));
    let client = client(&emulator);
    let read = async |number: u64| {
        let number = DossierNumber(u32::try_from(number).unwrap());
        api::normalize(client.fetch_dossier(number).await.unwrap().node.as_str()).unwrap()
    };
    let champ = read(numbers[0]).await;
    assert_eq!(champ.unknown.len(), 1);
    let kept = champ.dossier.all_champs().any(
        |placed| matches!(&placed.champ.value, ChampValue::Unknown { raw, .. } if raw.contains("__typename")),
    );
    assert!(kept);
    let state = read(numbers[1]).await;
    assert_eq!(state.unknown[0].name, "en_appel");
    assert_eq!(state.dossier.state.as_api(), "en_appel");
}

#[test]
fn an_applicant_of_an_unknown_kind_is_kept() {
    let emulator = emulator(12, 1);
    let number = emulator.read_world().visible_numbers(DEMARCHE_NUMBER)[0];
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let number = DossierNumber(u32::try_from(number).unwrap());
    let node = runtime.block_on(client(&emulator).fetch_dossier(number)).unwrap().node.as_str().to_owned();
    let strange = node.replace("\"__typename\":\"PersonneMorale", "\"__typename\":\"Robot");
    let read = api::normalize(&strange).unwrap();
    assert!(matches!(read.dossier.demandeur, Demandeur::Unknown { .. }), "{:?}", read.dossier.demandeur);
}
