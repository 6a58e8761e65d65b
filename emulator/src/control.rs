//! The control endpoint, for tests in another process: acts, faults, the log, the truth.
//!
//! `GET /_control/requests`, `GET /_control/truth/<number>`, `POST /_control/faults` with
//! `{"fault": …, "requests": n}`, `POST /_control/clear`, `POST /_control/act` with
//! `{"act": "random", "seed": 1, "count": 10}`. It is off unless asked for.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::chance::Chance;
use crate::faults::Fault;
use crate::server::Shared;

/// Obeys a command and answers what happened.
pub fn command(shared: &Shared, method: &Method, path: &str, body: &[u8]) -> (StatusCode, Value) {
    let asked: Value = serde_json::from_slice(body).unwrap_or_default();
    let answer = match (method.as_str(), path) {
        ("GET", "requests") => Some(requests(shared)),
        ("POST", "clear") => {
            shared.faults.clear();
            Some(json!({"cleared": true}))
        }
        ("POST", "faults") => inject(shared, &asked),
        ("POST", "act") => act(shared, &asked),
        ("GET", path) => path.strip_prefix("truth/").and_then(|number| truth(shared, number.parse().ok()?)),
        _ => None,
    };
    match answer {
        Some(answer) => (StatusCode::OK, answer),
        None => (StatusCode::BAD_REQUEST, json!({"error": "no such command, or not understood"})),
    }
}

fn requests(shared: &Shared) -> Value {
    let logged = shared.requests();
    let lines = logged.iter().map(|request| {
        json!({
            "operation": request.operation,
            "first": request.first,
            "variables": request.variables,
            "status": request.status,
            "at": request.at.to_string(),
        })
    });
    lines.collect()
}

fn inject(shared: &Shared, asked: &Value) -> Option<Value> {
    let fault: Fault = serde_json::from_value(asked.get("fault")?.clone()).ok()?;
    let turns = asked.get("requests").and_then(Value::as_u64).and_then(|turns| u32::try_from(turns).ok());
    shared.faults.inject(fault, turns);
    Some(json!({"injected": true}))
}

/// Acts drawn at random from a seed; answers each one.
fn act(shared: &Shared, asked: &Value) -> Option<Value> {
    if asked.get("act")?.as_str()? != "random" {
        return None;
    }
    let number = |name: &str| asked.get(name).and_then(Value::as_u64);
    let mut chance = Chance::acts(number("seed").unwrap_or(1));
    let mut world = shared.write_world();
    let acts = (0..number("count").unwrap_or(1)).filter_map(|_| world.random_act(&mut chance));
    let lines =
        acts.map(|act| json!({"act": act.name, "dossier": act.dossier, "shown": format!("{:?}", act.shown)}));
    Some(lines.collect())
}

fn truth(shared: &Shared, number: u64) -> Option<Value> {
    let dossier = shared.read_world().dossier(number)?;
    Some(json!({
        "number": dossier.number,
        "state": dossier.state.as_str(),
        "visible": dossier.is_visible(),
        "updated_at": dossier.updated_at.to_string(),
        "depose_at": dossier.depose_at.to_string(),
        "champs": dossier.champs.len(),
        "siret": dossier.demandeur.siret(),
    }))
}
