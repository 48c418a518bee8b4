//! Replays what real HTTP clients sent, byte by byte, and requires the recorded answers.
//!
//! The requests were recorded by `scripts/clients`. The placeholders in them are filled with the
//! address of this server and with the tokens that it issues.

#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a failing recording panics"
)]

use std::collections::BTreeMap;
use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::time::Duration;

use serde_json::Value;

use crate::{Jar, Reply, Server};

/// What a log-out of the server does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum LogOut {
    /// It ends the session, so that tokens of before it are refused.
    EndsTheSession,
    /// It deletes the cookies. Whether the client can still refresh depends on the client.
    DeletesCookies,
}

/// Sends what every recorded client sent from its log-in to its log-out and after it, with session
/// cookies and with persistent ones.
pub fn answers_recorded_clients(server: &Server, log_out: LogOut) {
    let recordings = recordings();
    let mut failures = Vec::new();
    for recording in &recordings {
        for kind in ["session", "persistent"] {
            let mut client = Client::new(server.address());
            if let Err(problem) = client.play(recording[kind].as_array().unwrap(), log_out) {
                failures.push(format!(
                    "{}, {kind} cookies: {problem}",
                    recording["client"]
                ));
            }
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    println!("{} recorded clients were answered", recordings.len());
}

/// Returns the recordings, ordered by the name of the client.
#[must_use]
pub fn recordings() -> Vec<Value> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors/clients");
    let files = fs::read_dir(folder)
        .unwrap()
        .map(|file| file.unwrap().path());
    let mut files: Vec<_> = files.collect();
    files.sort();
    assert!(files.len() >= CLIENTS, "recordings were lost: {files:?}");
    files
        .iter()
        .map(|file| serde_json::from_slice(&fs::read(file).unwrap()).unwrap())
        .collect()
}

struct Client {
    server: SocketAddr,
    jar: Jar,
    /// The newest value of each cookie, also after it was deleted: some clients keep it.
    values: BTreeMap<String, String>,
}

impl Client {
    fn new(server: SocketAddr) -> Self {
        let values = [("host".to_owned(), server.to_string())].into();
        let jar = Jar::default();
        Self {
            server,
            jar,
            values,
        }
    }

    fn play(&mut self, steps: &[Value], log_out: LogOut) -> Result<(), String> {
        let (after_log_out, before) = steps.split_last().ok_or("nothing is recorded")?;
        for step in before {
            self.take(step)?;
        }
        if log_out == LogOut::DeletesCookies {
            return Ok(());
        }
        self.take(after_log_out)?;
        // A client that deletes its cookies proves nothing about the session.
        let refresh = before.iter().find(|step| step["step"] == "refresh");
        let reply = self.send(refresh.ok_or("no refresh is recorded")?)?;
        match (reply.status, reply.json()["code"].as_str()) {
            (401, Some("session_ended")) => Ok(()),
            _ => Err(format!("the former refresh token is answered {reply:?}")),
        }
    }

    fn take(&mut self, step: &Value) -> Result<(), String> {
        let reply = self.send(step)?;
        let answer = reply.json();
        if step["status"] != reply.status || step.get("code") != answer.get("code") {
            return Err(format!("{} is answered {reply:?}", step["step"]));
        }
        Ok(())
    }

    fn send(&mut self, step: &Value) -> Result<Reply, String> {
        let lines = step["head"].as_array().unwrap();
        let mut request = String::new();
        for line in lines {
            request += &self.fill(line.as_str().unwrap())?;
            request += "\r\n";
        }
        request += "\r\n";
        request += step["body"].as_str().unwrap();
        let reply = exchange(self.server, request.as_bytes())
            .ok_or_else(|| format!("{} is not answered", step["step"]))?;
        self.jar.store(&reply);
        let set = self.jar.iter();
        self.values
            .extend(set.map(|(name, value)| (name.to_owned(), value.to_owned())));
        Ok(reply)
    }

    /// Substitutes `{name}`.
    fn fill(&self, line: &str) -> Result<String, String> {
        let mut filled = line.to_owned();
        for (name, value) in &self.values {
            filled = filled.replace(&format!("{{{name}}}"), value);
        }
        if filled.contains('{') {
            return Err(format!("a value of {filled:?} was never set"));
        }
        Ok(filled)
    }
}

/// Sends these bytes and reads one response. Most clients keep the connection open, so its end does
/// not end the response.
fn exchange(server: SocketAddr, request: &[u8]) -> Option<Reply> {
    let mut stream = TcpStream::connect(server).ok()?;
    stream
        .set_read_timeout(Some(Duration::from_secs(10)))
        .unwrap();
    stream.write_all(request).ok()?;
    let mut answer = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        let read = stream.read(&mut buffer).ok()?;
        answer.extend_from_slice(buffer.get(..read)?);
        let reply = Reply::parse(&answer);
        let length = reply
            .as_ref()
            .and_then(|reply| reply.header("content-length"));
        match (
            reply.as_ref(),
            length.and_then(|length| length.parse().ok()),
        ) {
            (Some(so_far), Some(length)) if so_far.body.len() >= length => return reply,
            _ if read == 0 => return None,
            _ => {}
        }
    }
}

/// As many as were recorded.
const CLIENTS: usize = 24;
