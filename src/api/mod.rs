//! The platform's API: GraphQL in, domain records out.
//!
//! One client for one token. Invariants: what an answer holds is decoded node by node, so that one dossier
//! that cannot be read costs nobody else; every failure has a variant that tells what to do about it; the
//! shapes of the wire stop here. It must not know the mirror, nor keep anything.

mod client;
mod cursor;
mod drift;
mod envelope;
mod error;
mod identity;
mod normalize;
mod pages;
mod plan;
mod queries;
mod throttle;
mod transport;
mod wire;

pub use client::ApiClient;
pub use cursor::Cursor;
pub use drift::SchemaDrift;
pub use error::{ApiError, Disposition};
pub use identity::Identity;
pub use normalize::{DOCUMENT_VERSION, NORMALIZER_VERSION, NormalizeError, Normalized, normalize};
pub use pages::{
    FetchedDossier, Gap, IdentityItem, IdentityPage, IdentityRequest, Page, PageItem, PageRequest, RawNode,
    Slice, Stream, Walk,
};
