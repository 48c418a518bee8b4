//! Runs a program under test in a process of its own.

use std::io::{BufRead as _, BufReader, Read as _};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use std::{io, thread};

use crate::http::{Reply, Request, Sending, exchange};

/// A running server on a free port of the loopback interface. Killed when dropped.
#[derive(Debug)]
pub struct Server {
    child: Child,
    address: SocketAddr,
    stderr: Arc<Mutex<String>>,
}

/// The end of a program that did not start to listen.
#[derive(Debug)]
#[non_exhaustive]
pub struct Refusal {
    /// The exit status.
    pub status: Option<i32>,
    /// What it printed to standard error.
    pub stderr: String,
}

impl Server {
    /// Starts a program with `PORT=0` and waits for the line on standard output that ends with its
    /// address. Settings of the surrounding environment are not passed on.
    ///
    /// # Errors
    /// Returns a [`Refusal`] with its output if the program ends before it listens.
    pub fn start(
        program: &str,
        arguments: &[&str],
        settings: &[(&str, &str)],
    ) -> Result<Self, Refusal> {
        let mut command = Command::new(program);
        for (name, _) in std::env::vars_os() {
            let name = name.to_string_lossy();
            if name.starts_with("JWT_") || name.starts_with("HANDSTAMP_") {
                command.env_remove(&*name);
            }
        }
        let mut child = command
            .args(arguments)
            .env("PORT", "0")
            .envs(settings.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("cannot start {program}: {error}"));
        let mut stdout = BufReader::new(child.stdout.take().expect("standard output is piped"));
        let mut stderr = child.stderr.take().expect("standard error is piped");
        let mut line = String::new();
        stdout
            .read_line(&mut line)
            .expect("standard output is readable");
        if let Some(address) = line
            .trim_end()
            .rsplit_once("http://")
            .and_then(|(_, address)| address.parse().ok())
        {
            // Both pipes are drained, so that the server never blocks on a full one.
            thread::spawn(move || io::copy(&mut stdout, &mut io::sink()));
            let said = Arc::new(Mutex::new(String::new()));
            let saying = Arc::clone(&said);
            thread::spawn(move || {
                let mut stderr = BufReader::new(stderr);
                let mut line = String::new();
                while matches!(stderr.read_line(&mut line), Ok(1..)) {
                    let mut said = saying.lock().unwrap_or_else(PoisonError::into_inner);
                    said.push_str(&line);
                    line.clear();
                }
            });
            return Ok(Self {
                child,
                address,
                stderr: said,
            });
        }
        let mut text = String::new();
        stderr
            .read_to_string(&mut text)
            .expect("standard error is UTF-8");
        let status = child.wait().expect("the program was started").code();
        Err(Refusal {
            status,
            stderr: text,
        })
    }

    /// Returns the address it listens on.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Sends a request. A server that does not respond fails the test.
    #[must_use]
    pub fn send(&self, request: &Request) -> Reply {
        request
            .send(self.address)
            .unwrap_or_else(|error| panic!("no answer to {request:?}: {error}"))
    }

    /// Sends these bytes.
    ///
    /// # Errors
    /// When the server closes the connection without an answer.
    pub fn send_raw(&self, bytes: &[u8]) -> io::Result<Reply> {
        exchange(self.address, bytes, Sending::GoesOn)
    }

    /// Sends these bytes, then the end of the stream.
    ///
    /// # Errors
    /// When the server closes the connection without an answer.
    pub fn send_all(&self, bytes: &[u8]) -> io::Result<Reply> {
        exchange(self.address, bytes, Sending::Ends)
    }

    /// Waits until the program has printed this to standard error. Returns `false` after five
    /// seconds.
    #[must_use]
    pub fn says(&self, text: &str) -> bool {
        let start = Instant::now();
        while start.elapsed() < Duration::from_secs(5) {
            if self.stderr().contains(text) {
                return true;
            }
            thread::sleep(Duration::from_millis(10));
        }
        false
    }

    /// Returns how many bytes of memory the process has at the moment, by Linux's `/proc`.
    #[must_use]
    pub fn resident_memory(&self) -> usize {
        let status = format!("/proc/{}/status", self.child.id());
        let status = std::fs::read_to_string(status).expect("the system is Linux");
        let mut lines = status.lines();
        let kibibytes = lines.find_map(|line| line.strip_prefix("VmRSS:")?.strip_suffix("kB"));
        let kibibytes: Option<usize> =
            kibibytes.and_then(|kibibytes| kibibytes.trim().parse().ok());
        1024 * kibibytes.unwrap_or_else(|| panic!("no VmRSS: {status}"))
    }

    /// Returns what the program has printed to standard error so far.
    #[must_use]
    pub fn stderr(&self) -> String {
        self.stderr
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Returns the id of the process.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Sends a signal, waits for the end and returns the exit status.
    #[must_use]
    pub fn stop(mut self, signal: &str) -> Option<i32> {
        let pid = self.child.id().to_string();
        let sent = Command::new("kill")
            .args(["-s", signal, &pid])
            .status()
            .expect("kill is installed");
        assert!(sent.success(), "kill -s {signal} {pid} failed");
        self.child.wait().expect("the program was started").code()
    }

    /// Returns whether the process still runs.
    #[must_use]
    pub fn is_alive(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Both fail only if the process is gone already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
