//! A real HTTP server that receives what a channel sends, and answers, fails or falls silent as it is told.

use std::collections::VecDeque;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// How a request is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reply {
    /// A status, and a wait asked for in seconds.
    Status(u16, Option<u64>),
    /// Half an answer.
    Cut,
    /// Nothing, for longer than anybody waits.
    Silence,
    /// Another address.
    Redirect,
}

/// A request that was taken: answered with a success, or cut in its middle.
#[derive(Debug, Clone)]
pub struct Received {
    /// Its deduplication key: `webhook-id`, or the last step of its path.
    pub id: String,
    pub path: String,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
    /// What it was answered with.
    pub reply: Reply,
}

impl Received {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }
}

#[derive(Default)]
struct Script {
    next: VecDeque<Reply>,
    always: Option<Reply>,
    received: Vec<Received>,
    /// Draws a reply from a request's number.
    drawn: Option<fn(u64) -> Reply>,
    count: u64,
}

/// The server; it lives as long as the process.
pub struct Sink {
    address: SocketAddr,
    script: Arc<Mutex<Script>>,
}

const OK: Reply = Reply::Status(200, None);

impl Sink {
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let sink = Self { address: listener.local_addr().unwrap(), script: Arc::default() };
        let script = Arc::clone(&sink.script);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let script = Arc::clone(&script);
                std::thread::spawn(move || serve(stream, &script));
            }
        });
        sink
    }

    pub fn url(&self) -> String {
        format!("http://{}/alertes", self.address)
    }

    pub fn origin(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The next requests are answered so, then all goes well.
    pub fn answer_with(&self, replies: impl IntoIterator<Item = Reply>) {
        self.script.lock().unwrap().next.extend(replies);
    }

    /// Every request is answered so.
    pub fn always(&self, reply: Reply) {
        self.script.lock().unwrap().always = Some(reply);
    }

    /// All goes well again.
    pub fn stop_answering_so(&self) {
        self.script.lock().unwrap().always = None;
    }

    /// Each request is answered as its number draws.
    pub fn draw(&self, drawn: fn(u64) -> Reply) {
        self.script.lock().unwrap().drawn = Some(drawn);
    }

    pub fn received(&self) -> Vec<Received> {
        self.script.lock().unwrap().received.clone()
    }
}

fn serve(stream: TcpStream, script: &Mutex<Script>) -> Option<()> {
    stream.set_read_timeout(Some(Duration::from_secs(20))).ok()?;
    let mut reader = BufReader::new(stream.try_clone().ok()?);
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let path = line.split(' ').nth(1)?.to_owned();
    let mut headers = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        headers.push((name.to_owned(), value.trim().to_owned()));
    }
    let find = |name: &str| headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
    let length = find("content-length").map_or(0, |(_, value)| value.parse().unwrap_or(0));
    let id = find("webhook-id").map(|(_, value)| value.clone());
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    let reply = {
        let mut script = script.lock().unwrap();
        script.count += 1;
        let count = script.count;
        let drawn = script.drawn.map(|drawn| drawn(count));
        let reply = script.next.pop_front().or(script.always).or(drawn).unwrap_or(OK);
        let id = id.unwrap_or_else(|| path.rsplit('/').next().unwrap_or_default().to_owned());
        script.received.push(Received { id, path, headers, body, reply });
        reply
    };
    answer(stream, reply)
}

fn answer(mut stream: TcpStream, reply: Reply) -> Option<()> {
    let text = match reply {
        Reply::Status(status, wait) => {
            let wait = wait.map(|wait| format!("Retry-After: {wait}\r\n")).unwrap_or_default();
            format!("HTTP/1.1 {status} Told\r\n{wait}Content-Length: 2\r\nConnection: close\r\n\r\n{{}}")
        }
        Reply::Cut => "HTTP/1.1 200 OK\r\nContent-Len".to_owned(),
        Reply::Redirect => "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\
                            Connection: close\r\n\r\n"
            .to_owned(),
        Reply::Silence => {
            std::thread::sleep(Duration::from_secs(3));
            return None;
        }
    };
    stream.write_all(text.as_bytes()).ok()
}
