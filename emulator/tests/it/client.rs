//! A client of the emulator, as small as HTTP allows: one connection a request, read to its end.
//!
//! It is written on sockets so that a broken answer can be looked at byte by byte.

use std::io::{Read, Write};
use std::net::TcpStream;

use ds_emulator::{Emulator, Options, SeedOptions, World};
use serde_json::{Map, Value, json};

/// An answer as it came.
pub struct Raw {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Raw {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|header| header.0 == name).map(|header| header.1.as_str())
    }

    pub fn text(&self) -> String {
        String::from_utf8(self.body.clone()).unwrap()
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }
}

/// A world served, and questions to it.
pub struct Api {
    pub emulator: Emulator,
}

impl Api {
    /// The seeded call with that many dossiers.
    pub fn seeded(dossiers: u64) -> Self {
        Self::serving(World::seeded(SeedOptions { dossiers, ..SeedOptions::default() }), Options::default())
    }

    pub fn serving(world: World, options: Options) -> Self {
        Self { emulator: Emulator::start_blocking(world, options).unwrap() }
    }

    /// Posts a body with these headers.
    pub fn post(&self, headers: &[(&str, &str)], body: &str) -> Raw {
        let address = self.emulator.address();
        let mut stream = TcpStream::connect(address).unwrap();
        let mut head = format!("POST /api/v2/graphql HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n");
        for (name, value) in headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        write!(stream, "{head}Content-Length: {}\r\n\r\n{body}", body.len()).unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        let split = answer.windows(4).position(|window| window == b"\r\n\r\n").unwrap();
        let head = String::from_utf8(answer[..split].to_vec()).unwrap();
        let mut lines = head.lines();
        let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
        let headers = lines.map(|line| {
            let (name, value) = line.split_once(": ").unwrap();
            (name.to_ascii_lowercase(), value.to_owned())
        });
        Raw { status, headers: headers.collect(), body: answer[split + 4..].to_vec() }
    }

    /// Posts a document with the right token.
    pub fn request(&self, query: &str, variables: Value) -> Raw {
        let body = json!({"query": query, "variables": variables}).to_string();
        let bearer = format!("Bearer {}", self.emulator.token());
        self.post(&[("Authorization", &bearer), ("Content-Type", "application/json")], &body)
    }

    /// The whole JSON of an answer that HTTP calls a success.
    pub fn ask(&self, query: &str, variables: Value) -> Value {
        let raw = self.request(query, variables);
        assert_eq!(raw.status, 200, "{}", raw.text());
        raw.json()
    }

    /// The data of an answer without errors.
    pub fn data(&self, query: &str, variables: Value) -> Map<String, Value> {
        let answer = self.ask(query, variables);
        assert_eq!(answer.get("errors"), None, "{answer}");
        answer["data"].as_object().unwrap().clone()
    }

    /// The error messages and codes of an answer.
    pub fn errors(&self, query: &str, variables: Value) -> Vec<(String, Option<String>)> {
        let answer = self.ask(query, variables);
        let errors = answer["errors"].as_array().cloned().unwrap_or_default();
        let said = errors.iter().map(|error| {
            let code = error["extensions"]["code"].as_str().map(str::to_owned);
            (error["message"].as_str().unwrap().to_owned(), code)
        });
        said.collect()
    }
}

/// The numbers of a list of nodes.
pub fn numbers(nodes: &Value) -> Vec<u64> {
    nodes.as_array().unwrap().iter().filter_map(|node| node["number"].as_u64()).collect()
}
