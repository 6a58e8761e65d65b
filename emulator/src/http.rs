//! The HTTP door: one endpoint, its refusals, its headers, and the ways in which it can be broken.
//!
//! Invariants: the order of checks is the platform's (rate, maintenance, token, network, expiry, body);
//! the `Date` header is the world's clock; an answer is compressed only for those who accept it.

use std::future::Future as _;
use std::io::Write as _;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::body::{Body, Bytes, HttpBody};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::Response;
use serde_json::json;

use crate::control;
use crate::faults::{self, Fault, RateLimitHint};
use crate::gate;
use crate::schema::{self, Asked};
use crate::server::{LoggedRequest, Shared};

/// The path of the GraphQL endpoint.
pub const ENDPOINT: &str = "/api/v2/graphql";

/// A request larger than this is no GraphQL document.
const MAX_REQUEST: usize = 4 << 20;

const CALM_DOWN: &str =
    "Calme toi, cowboy ! Tu envoies trop de requêtes.\nCalm down, cowboy! You send too many requests.\n";
const BAD_GATEWAY: &str = "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body><center><h1>502 Bad \
                           Gateway</h1></center></body>\r\n</html>\r\n";
const LOGIN_PAGE: &str = "<!DOCTYPE html><html lang=\"fr\"><head><title>Connexion</title></head><body>Portail captif</body></html>";

/// Answers on the listener until the runtime stops.
pub async fn serve(listener: std::net::TcpListener, shared: Arc<Shared>) {
    let router = axum::Router::new().fallback(door).with_state(shared);
    let served = match tokio::net::TcpListener::from_std(listener) {
        Ok(listener) => axum::serve(listener, router).await,
        Err(error) => Err(error),
    };
    if let Err(error) = served {
        tracing::error!(%error, "the emulator stopped serving");
    }
}

async fn door(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let Ok(body) = axum::body::to_bytes(body, MAX_REQUEST).await else {
        return respond(&shared, Reply::text(StatusCode::PAYLOAD_TOO_LARGE, "request too large\n"));
    };
    let path = parts.uri.path();
    if let Some(command) = path.strip_prefix("/_control/").filter(|_| shared.options.control) {
        let (status, answer) = control::command(&shared, &parts.method, command, &body);
        return respond(&shared, Reply::json(status, &answer));
    }
    if path != ENDPOINT || parts.method != Method::POST {
        return respond(&shared, Reply::text(StatusCode::NOT_FOUND, "Not Found\n"));
    }
    let faults = shared.faults.take_turn();
    let wait = faults::latency(&faults);
    if !wait.is_zero() {
        tokio::time::sleep(wait).await;
    }
    let for_answer = Arc::clone(&shared);
    let headers = parts.headers;
    let answered = tokio::task::spawn_blocking(move || graphql(&for_answer, &headers, &body, &faults)).await;
    match answered {
        Ok(response) => response,
        Err(_panicked) => respond(
            &shared,
            Reply::new(StatusCode::INTERNAL_SERVER_ERROR, "application/json", schema::Answer::crash().body),
        ),
    }
}

struct Reply {
    status: StatusCode,
    content_type: &'static str,
    body: Vec<u8>,
    headers: Vec<(&'static str, String)>,
}

impl Reply {
    fn new(status: StatusCode, content_type: &'static str, body: Vec<u8>) -> Self {
        Self { status, content_type, body, headers: Vec::new() }
    }

    fn text(status: StatusCode, body: &str) -> Self {
        Self::new(status, "text/plain", body.as_bytes().to_vec())
    }

    fn html(status: StatusCode, body: &str) -> Self {
        Self::new(status, "text/html; charset=utf-8", body.as_bytes().to_vec())
    }

    fn json(status: StatusCode, body: &serde_json::Value) -> Self {
        Self::new(status, "application/json; charset=utf-8", body.to_string().into_bytes())
    }

    /// The platform's refusal before execution.
    fn refusal(status: StatusCode, message: &str, code: &str) -> Self {
        let body = format!(
            "{{\"errors\":[{{\"message\":{},\"extensions\":{{\"code\":\"{code}\"}}}}],\"data\":null}}",
            json!(message)
        );
        Self::new(status, "application/json; charset=utf-8", body.into_bytes())
    }

    fn too_many(limit: Option<gate::TooMany>) -> Self {
        let mut reply = Self::text(StatusCode::TOO_MANY_REQUESTS, CALM_DOWN);
        if let Some(limit) = limit {
            reply.headers.push(("ratelimit-limit", limit.limit.to_string()));
            reply.headers.push(("ratelimit-remaining", "0".to_owned()));
            reply.headers.push(("ratelimit-reset", limit.reset_at.to_string()));
        }
        reply
    }
}

/// Answers one request to the endpoint and writes it in the log.
fn graphql(shared: &Shared, headers: &HeaderMap, body: &[u8], faults: &[Fault]) -> Response {
    let read: Option<serde_json::Value> = serde_json::from_slice(body).ok();
    let asked = asked(read.as_ref());
    let (reply, page_asked) = match refuse(shared, headers, read.as_ref(), faults) {
        Some(reply) => (reply, None),
        None => {
            let limit = shared.options.max_complexity;
            let answer = schema::answer(&shared.served(faults), &asked, &shared.world, faults, limit);
            let status = if answer.crashed { StatusCode::INTERNAL_SERVER_ERROR } else { StatusCode::OK };
            (Reply::new(status, "application/json; charset=utf-8", answer.body), answer.page_asked)
        }
    };
    let literal_first = asked.variables.get("first").and_then(|value| value.as_i64());
    shared.log(LoggedRequest {
        operation: asked.operation_name,
        first: page_asked.or(literal_first),
        variables: asked.variables,
        status: reply.status.as_u16(),
        at: shared.read_world().now(),
    });
    let accepts_gzip = headers.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok());
    let gzip = shared.options.gzip && accepts_gzip.is_some_and(|value| value.contains("gzip"));
    spoil(shared, reply, gzip, faults)
}

fn asked(read: Option<&serde_json::Value>) -> Asked {
    let text = |name: &str| read.and_then(|body| body.get(name)?.as_str().map(str::to_owned));
    let variables = match read.and_then(|body| body.get("variables")) {
        Some(serde_json::Value::Object(variables)) => variables.clone(),
        Some(serde_json::Value::String(text)) => serde_json::from_str(text).unwrap_or_default(),
        _ => serde_json::Map::new(),
    };
    Asked { query: text("query").unwrap_or_default(), operation_name: text("operationName"), variables }
}

/// What stands before execution; None lets the request through.
fn refuse(
    shared: &Shared,
    headers: &HeaderMap,
    body: Option<&serde_json::Value>,
    faults: &[Fault],
) -> Option<Reply> {
    let now = shared.read_world().now();
    let authorization =
        headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or("");
    if let Some(limit) = shared.options.rate_limit
        && let Err(full) = shared.rates.count(limit, authorization, now)
    {
        return Some(Reply::too_many(Some(full)));
    }
    if let Some(reply) = faults.iter().find_map(|fault| broken_door(fault, now.as_second())) {
        return Some(reply);
    }
    let known = gate::token_of(authorization) == Some(shared.options.token.as_str());
    let Some(body) = body else {
        return Some(Reply::refusal(StatusCode::BAD_REQUEST, "unexpected token at ''", "bad_request"));
    };
    if body.get("queryId").is_some() {
        return Some(Reply::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "application/json; charset=utf-8",
            schema::Answer::crash().body,
        ));
    }
    if !known {
        let message = "Without a token, only persisted queries are allowed";
        return Some(Reply::refusal(StatusCode::FORBIDDEN, message, "forbidden"));
    }
    None
}

fn broken_door(fault: &Fault, now: i64) -> Option<Reply> {
    Some(match fault {
        Fault::RateLimited(RateLimitHint::Reset(seconds)) => {
            let wait = i64::try_from(*seconds).unwrap_or(60);
            Reply::too_many(Some(gate::TooMany { limit: 400, reset_at: now + wait }))
        }
        Fault::RateLimited(RateLimitHint::RetryAfter(seconds)) => {
            let mut reply = Reply::too_many(None);
            reply.headers.push(("retry-after", seconds.to_string()));
            reply
        }
        Fault::RateLimited(RateLimitHint::Nothing) => Reply::too_many(None),
        Fault::BadGateway => Reply::html(StatusCode::BAD_GATEWAY, BAD_GATEWAY),
        Fault::Maintenance => {
            let message = json!({"error": "Le site est en maintenance, veuillez réessayer plus tard."});
            Reply::json(StatusCode::SERVICE_UNAVAILABLE, &message)
        }
        Fault::Crash => Reply::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "application/json; charset=utf-8",
            schema::Answer::crash().body,
        ),
        Fault::ExpiredToken => Reply::refusal(StatusCode::UNAUTHORIZED, "Token expired", "unauthorized"),
        Fault::ForbiddenNetwork => {
            let message = "Request issued from a forbidden network. Add 192.0.2.7/32 to your allowed adresses in your /profil";
            Reply::refusal(StatusCode::FORBIDDEN, message, "forbidden")
        }
        Fault::HtmlInstead => Reply::html(StatusCode::OK, LOGIN_PAGE),
        Fault::EmptyBody => Reply::new(StatusCode::OK, "application/json; charset=utf-8", Vec::new()),
        Fault::Redirect(to) => {
            let mut reply = Reply::text(StatusCode::MOVED_PERMANENTLY, "");
            reply.headers.push(("location", to.clone()));
            reply
        }
        _ => return None,
    })
}

/// Breaks a good answer on its way out, if asked, and sends it.
fn spoil(shared: &Shared, mut reply: Reply, gzip: bool, faults: &[Fault]) -> Response {
    let half = |body: &[u8]| body.get(..body.len() / 2).unwrap_or_default().to_vec();
    let mut cut = false;
    let mut gzip = gzip;
    for fault in faults {
        match fault {
            Fault::TruncatedJson => reply.body = half(&reply.body),
            Fault::TruncatedGzip => {
                reply.body = half(&compressed(&reply.body));
                reply.headers.push(("content-encoding", "gzip".to_owned()));
                gzip = false;
            }
            Fault::HugeBody(bytes) => {
                let mut huge = vec![b' '; *bytes];
                huge.append(&mut reply.body);
                reply.body = huge;
            }
            Fault::ConnectionCut => cut = true,
            _ => {}
        }
    }
    if gzip && reply.body.len() > 1_024 {
        reply.body = compressed(&reply.body);
        reply.headers.push(("content-encoding", "gzip".to_owned()));
    }
    if cut {
        let first = half(&reply.body);
        reply.body.clear();
        let mut response = respond(shared, reply);
        *response.body_mut() = Body::new(CutBody { first: Some(Bytes::from(first)), pause: None });
        return response;
    }
    respond(shared, reply)
}

fn compressed(body: &[u8]) -> Vec<u8> {
    let mut encoder =
        flate2::write::GzEncoder::new(Vec::with_capacity(body.len() / 8), flate2::Compression::fast());
    let written = encoder.write_all(body);
    debug_assert!(written.is_ok(), "a Vec takes whatever is written");
    encoder.finish().unwrap_or_default()
}

fn respond(shared: &Shared, reply: Reply) -> Response {
    let mut response = Response::new(Body::from(reply.body));
    *response.status_mut() = reply.status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(reply.content_type));
    let date = shared.read_world().now().strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
    let extra = reply.headers.into_iter().chain(std::iter::once(("date", date)));
    for (name, value) in extra {
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.insert(name, value);
        }
    }
    response
}

/// A body that breaks off after its first bytes, so that the connection closes.
struct CutBody {
    first: Option<Bytes>,
    pause: Option<Pin<Box<tokio::time::Sleep>>>,
}

/// Long enough for the first bytes to leave before the connection closes.
const BEFORE_CUT: std::time::Duration = std::time::Duration::from_millis(20);

impl HttpBody for CutBody {
    type Data = Bytes;
    type Error = std::io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<http_body::Frame<Bytes>, std::io::Error>>> {
        if let Some(first) = self.first.take() {
            return Poll::Ready(Some(Ok(http_body::Frame::data(first))));
        }
        let pause = self.pause.get_or_insert_with(|| Box::pin(tokio::time::sleep(BEFORE_CUT)));
        pause.as_mut().poll(context).map(|()| Some(Err(std::io::Error::other("cut"))))
    }
}
