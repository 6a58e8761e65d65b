//! The operations, checked against `schema.graphql` when the project is built.
//!
//! The only place that sees what graphql_client generates: the texts, the names and the variables. Answers
//! are decoded in two steps elsewhere (see `envelope`), so that one node that cannot be read does not cost
//! its page.

use graphql_client::GraphQLQuery;

type ISO8601DateTime = String;
type ISO8601Date = String;
type BigInt = String;
type Coordinates = serde_json::Value;
#[expect(clippy::upper_case_acronyms, reason = "the scalar's own name")]
type URL = String;

/// A page of a démarche: dossiers, both lists of deletions, the démarche itself, each on demand.
#[derive(GraphQLQuery)]
#[graphql(
    schema_path = "schema.graphql",
    query_path = "graphql/demarche_page.graphql",
    variables_derives = "Debug",
    fragments_other_variant = "true"
)]
pub struct DemarchePage;

/// One dossier.
#[derive(GraphQLQuery)]
#[graphql(
    schema_path = "schema.graphql",
    query_path = "graphql/dossier.graphql",
    variables_derives = "Debug",
    fragments_other_variant = "true"
)]
pub struct OneDossier;

/// The few facts that tell whether dossiers are there and moved in silence.
#[derive(GraphQLQuery)]
#[graphql(
    schema_path = "schema.graphql",
    query_path = "graphql/identity_sweep.graphql",
    variables_derives = "Debug",
    fragments_other_variant = "true"
)]
pub struct IdentitySweep;

/// The form.
#[derive(GraphQLQuery)]
#[graphql(
    schema_path = "schema.graphql",
    query_path = "graphql/demarche_plan.graphql",
    variables_derives = "Debug",
    fragments_other_variant = "true"
)]
pub struct DemarchePlan;
