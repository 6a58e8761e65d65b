//! The handle of a running emulator.
//!
//! Invariants: the server has its own runtime in its own threads, so it can be used from a test with a
//! runtime and from one without; it stops when the last handle is dropped; the world's guard must not
//! be held while waiting for an answer, since answering reads the world.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use jiff::Timestamp;

use crate::faults::{Fault, FaultBoard};
use crate::gate::{RateCounter, RateLimit};
use crate::http;
use crate::schema::{Drift, Served};
use crate::world::World;

/// The token that the emulator accepts unless told otherwise.
pub const DEFAULT_TOKEN: &str = "ZW11bGF0b3ItMDAwMS00YjRlLTlhMGU7bm90LWEtc2VjcmV0LW9mLWFueW9uZQ==";

/// How an emulator is served.
#[derive(Debug, Clone)]
pub struct Options {
    /// Where it listens; port 0 takes a free one.
    pub listen: SocketAddr,
    /// The token it accepts.
    pub token: String,
    /// The limit of rate; none by default.
    pub rate_limit: Option<RateLimit>,
    /// The complexity that a document may not exceed; none by default, 60 000 on the platform of late.
    pub max_complexity: Option<u64>,
    /// Whether answers are compressed for those who accept it.
    pub gzip: bool,
    /// Whether `/_control/` lets another process act on the world.
    pub control: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            token: DEFAULT_TOKEN.to_owned(),
            rate_limit: None,
            max_complexity: None,
            gzip: true,
            control: false,
        }
    }
}

/// A request that the emulator received.
#[derive(Debug, Clone, PartialEq)]
pub struct LoggedRequest {
    /// The operation named in the request, or nothing.
    pub operation: Option<String>,
    /// The size asked for the page of dossiers.
    pub first: Option<i64>,
    /// The variables.
    pub variables: serde_json::Map<String, serde_json::Value>,
    /// The HTTP status answered.
    pub status: u16,
    /// When, by the world's clock.
    pub at: Timestamp,
}

/// What the server's tasks share with the handles.
pub(crate) struct Shared {
    pub(crate) world: RwLock<World>,
    pub(crate) options: Options,
    pub(crate) faults: FaultBoard,
    pub(crate) rates: RateCounter,
    served: Mutex<Arc<Served>>,
    requests: Mutex<Vec<LoggedRequest>>,
}

impl Shared {
    pub(crate) fn read_world(&self) -> RwLockReadGuard<'_, World> {
        self.world.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn write_world(&self) -> RwLockWriteGuard<'_, World> {
        self.world.write().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn log(&self, request: LoggedRequest) {
        self.requests().push(request);
    }

    pub(crate) fn requests(&self) -> MutexGuard<'_, Vec<LoggedRequest>> {
        self.requests.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The schema with the drift that these faults ask for; a drift that cannot be is not served.
    pub(crate) fn served(&self, faults: &[Fault]) -> Arc<Served> {
        let drift = Drift::of(faults);
        let mut served = self.served.lock().unwrap_or_else(PoisonError::into_inner);
        if *served.drift() != drift {
            match Served::new(drift) {
                Ok(drifted) => *served = Arc::new(drifted),
                Err(error) => tracing::warn!(%error, "this drift cannot be served"),
            }
        }
        Arc::clone(&served)
    }
}

struct Running {
    runtime: Option<tokio::runtime::Runtime>,
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

/// A running emulator; clones are handles of the same one.
#[derive(Clone)]
pub struct Emulator {
    shared: Arc<Shared>,
    address: SocketAddr,
    _running: Arc<Running>,
}

impl Emulator {
    /// Serves a world. An error when the address cannot be listened on.
    #[expect(clippy::unused_async, reason = "callers in a runtime await it; what it starts lives in its own")]
    pub async fn start(world: World, options: Options) -> std::io::Result<Self> {
        Self::start_blocking(world, options)
    }

    /// Serves a world, from a place without a runtime.
    pub fn start_blocking(world: World, options: Options) -> std::io::Result<Self> {
        let listener = std::net::TcpListener::bind(options.listen)?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let served = Served::new(Drift::default()).map_err(std::io::Error::other)?;
        let shared = Arc::new(Shared {
            world: RwLock::new(world),
            options,
            faults: FaultBoard::default(),
            rates: RateCounter::default(),
            served: Mutex::new(Arc::new(served)),
            requests: Mutex::default(),
        });
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .thread_name("ds-emulator")
            .enable_all()
            .build()?;
        runtime.spawn(http::serve(listener, Arc::clone(&shared)));
        Ok(Self { shared, address, _running: Arc::new(Running { runtime: Some(runtime) }) })
    }

    /// The full URL of the GraphQL endpoint.
    pub fn url(&self) -> String {
        format!("http://{}{}", self.address, http::ENDPOINT)
    }

    /// The address it listens on.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The token it accepts.
    pub fn token(&self) -> &str {
        &self.shared.options.token
    }

    /// The world, to change or to read.
    ///
    /// Let go of the guard before waiting for an answer, and before taking it again: in
    /// `if let Some(dossier) = emulator.world().dossier(number) { … }` it is held through the block.
    pub fn world(&self) -> RwLockWriteGuard<'_, World> {
        self.shared.write_world()
    }

    /// The world, to read while it is served.
    pub fn read_world(&self) -> RwLockReadGuard<'_, World> {
        self.shared.read_world()
    }

    /// Makes something go wrong until [`Emulator::clear_faults`].
    pub fn inject(&self, fault: Fault) {
        self.shared.faults.inject(fault, None);
    }

    /// Makes something go wrong for the next `requests` GraphQL requests.
    pub fn inject_for(&self, requests: u32, fault: Fault) {
        self.shared.faults.inject(fault, Some(requests));
    }

    /// Lets everything go right again.
    pub fn clear_faults(&self) {
        self.shared.faults.clear();
    }

    /// The GraphQL requests received so far.
    pub fn requests(&self) -> Vec<LoggedRequest> {
        self.shared.requests().clone()
    }

    /// Forgets the requests received so far.
    pub fn forget_requests(&self) {
        self.shared.requests().clear();
    }
}
