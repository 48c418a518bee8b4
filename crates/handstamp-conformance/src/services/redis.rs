//! A private Redis that a test can kill and freeze.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};
use std::{env, fs, process, thread};

/// A running `redis-server` on a free port of the loopback interface, in its own folder. Killed and
/// removed when dropped.
#[derive(Debug)]
pub struct Redis {
    child: Child,
    port: u16,
    folder: PathBuf,
    settings: Vec<String>,
}

impl Redis {
    /// Starts a server that keeps nothing on disk.
    #[must_use]
    pub fn start() -> Self {
        Self::with(&["--save", "", "--appendonly", "no"])
    }

    /// Starts a server that has every write on disk before it answers.
    #[must_use]
    pub fn durable() -> Self {
        Self::with(&[
            "--save",
            "",
            "--appendonly",
            "yes",
            "--appendfsync",
            "always",
        ])
    }

    /// Starts a server with these settings, as `redis-server` takes them: `["--maxmemory",
    /// "10mb"]`.
    #[must_use]
    pub fn with(settings: &[&str]) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let folder = env::temp_dir().join(format!("handstamp-redis-{}-{count}", process::id()));
        fs::create_dir_all(&folder).expect("a folder for Redis");
        let settings: Vec<String> = settings.iter().map(ToString::to_string).collect();
        // Another process may take the port between the choice and the start.
        for _ in 0..10 {
            let port = free_port();
            let mut child = spawn(port, &folder, &settings);
            if is_up(&mut child, port) {
                return Self {
                    child,
                    port,
                    folder,
                    settings,
                };
            }
            let _ = child.kill();
            let _ = child.wait();
        }
        let log = fs::read_to_string(folder.join("log")).unwrap_or_default();
        panic!("redis-server did not start: {log}");
    }

    /// Returns `redis://127.0.0.1:PORT/`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("redis://{}/", self.address())
    }

    /// Returns the address it listens on.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        SocketAddr::from((Ipv4Addr::LOCALHOST, self.port))
    }

    /// Kills it with `kill -9`, and waits until it is gone.
    pub fn kill(&mut self) {
        self.child.kill().expect("redis-server runs");
        self.child.wait().expect("redis-server was started");
    }

    /// Starts it again after [`kill`](Self::kill), on the same port, with the data it has on disk.
    /// Returns when it answers.
    pub fn start_again(&mut self) {
        self.child = spawn(self.port, &self.folder, &self.settings);
        assert!(
            is_up(&mut self.child, self.port),
            "redis-server did not start again"
        );
    }

    /// Freezes the process: its connections stay open, and nothing is answered.
    pub fn freeze(&self) {
        self.signal("STOP");
    }

    /// Continues it after [`freeze`](Self::freeze).
    pub fn thaw(&self) {
        self.signal("CONT");
    }

    fn signal(&self, signal: &str) {
        let pid = self.child.id().to_string();
        let sent = Command::new("kill")
            .args(["-s", signal, &pid])
            .status()
            .expect("kill is installed");
        assert!(sent.success(), "kill -s {signal} {pid} failed");
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        // These fail only if it is gone already.
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = fs::remove_dir_all(&self.folder);
    }
}

fn spawn(port: u16, folder: &PathBuf, settings: &[String]) -> Child {
    Command::new("redis-server")
        .args(["--bind", "127.0.0.1", "--port", &port.to_string()])
        .args(["--logfile", "log", "--dir"])
        .arg(folder)
        .args(settings)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .current_dir(folder)
        .spawn()
        .unwrap_or_else(|error| {
            panic!("cannot start redis-server ({error}). Install it: apt-get install redis-server")
        })
}

/// Returns a free port that leaves room for the port of a cluster's bus, ten thousand above.
pub(super) fn free_port() -> u16 {
    loop {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        if port < u16::MAX - 10_000 {
            return port;
        }
    }
}

/// Waits until this process answers and has loaded its data. Returns `false` if it ends, or after
/// ten seconds.
fn is_up(child: &mut Child, port: u16) -> bool {
    let start = Instant::now();
    while start.elapsed() < Duration::from_secs(10) && matches!(child.try_wait(), Ok(None)) {
        if says(port, &format!("process_id:{}", child.id())) && says(port, "loading:0") {
            return true;
        }
        thread::sleep(Duration::from_millis(10));
    }
    false
}

/// Returns whether its answer to `INFO` has this line.
fn says(port: u16, expected: &str) -> bool {
    let Ok(mut stream) = TcpStream::connect((Ipv4Addr::LOCALHOST, port)) else {
        return false;
    };
    let second = Some(Duration::from_secs(1));
    if stream.set_read_timeout(second).is_err() || stream.write_all(b"INFO\r\nQUIT\r\n").is_err() {
        return false;
    }
    let lines = BufReader::new(stream).lines();
    lines.map_while(Result::ok).any(|line| line == expected)
}
