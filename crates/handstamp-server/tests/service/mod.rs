//! The program with its own home folder, so that no test writes into the one of the developer.

#![allow(dead_code, reason = "no test uses all of it")]
#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a failing test panics"
)]

use std::io::Write as _;
use std::ops::{Deref, DerefMut};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::{env, fs, process};

use handstamp_conformance::{Jar, Refusal, Reply, Request, Server};
use serde_json::json;

pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_handstamp");

/// A temporary folder for the database and the key of the program. It is removed when dropped.
#[derive(Debug)]
pub(crate) struct Home(PathBuf);

impl Home {
    pub(crate) fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let folder = env::temp_dir().join(format!("handstamp-server-{}-{count}", process::id()));
        fs::create_dir(&folder).expect("the temporary folder is writable");
        Self(folder)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    /// Returns the path of the default database.
    pub(crate) fn database(&self) -> PathBuf {
        self.0.join("handstamp/handstamp.db")
    }

    /// Returns the path of the signing key that is used when the settings have none.
    pub(crate) fn secret(&self) -> PathBuf {
        self.0.join("handstamp/handstamp.db-secret")
    }

    /// Starts a server by a shell that runs this before.
    pub(crate) fn start_in_shell(&self, before: &str) -> Result<Server, Refusal> {
        let script = format!("{before}; exec {PROGRAM}");
        self.start_program("sh", &["-c", &script], &[])
    }

    /// Starts a server with this home.
    pub(crate) fn start(
        &self,
        arguments: &[&str],
        settings: &[(&str, &str)],
    ) -> Result<Server, Refusal> {
        self.start_program(PROGRAM, arguments, settings)
    }

    fn start_program(
        &self,
        program: &str,
        arguments: &[&str],
        settings: &[(&str, &str)],
    ) -> Result<Server, Refusal> {
        let folder = self
            .0
            .to_str()
            .expect("the temporary folder's path is UTF-8");
        let mut all = vec![
            ("XDG_STATE_HOME", folder),
            ("DATABASE_URL", ""),
            ("REDIS_URL", ""),
        ];
        all.extend(settings);
        Server::start(program, arguments, &all)
    }

    /// Runs a command with this home and this standard input.
    pub(crate) fn run(&self, arguments: &[&str], input: &str) -> Output {
        self.run_with(arguments, &[], input)
    }

    /// Runs a command with settings as well.
    pub(crate) fn run_with(
        &self,
        arguments: &[&str],
        settings: &[(&str, &str)],
        input: &str,
    ) -> Output {
        let mut command = Command::new(PROGRAM);
        for (name, _) in env::vars_os() {
            let name = name.to_string_lossy();
            if name.starts_with("JWT_") || name.starts_with("HANDSTAMP_") {
                command.env_remove(&*name);
            }
        }
        let mut child = command
            .args(arguments)
            .env("XDG_STATE_HOME", &self.0)
            .env_remove("DATABASE_URL")
            .env_remove("REDIS_URL")
            .env_remove("PORT")
            .envs(settings.iter().copied())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program was built");
        let mut stdin = child.stdin.take().expect("standard input is piped");
        // A command that reads no input may have ended already.
        let _ = stdin.write_all(input.as_bytes());
        drop(stdin);
        child.wait_with_output().expect("the program was started")
    }

    /// Adds a user, whether or not a server has been started before.
    pub(crate) fn add_user(&self, name: &str, password: &str) {
        let folder = self.0.join("handstamp");
        fs::create_dir_all(folder).expect("the temporary folder is writable");
        let output = self.run(&["user", "add", name, "--password-stdin"], password);
        assert!(output.status.success(), "{}", stderr(&output));
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        // The system cleans up what cannot be removed now.
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Returns whether a browser has no cookie of ours but the one by which its device is known.
pub(crate) fn is_logged_out(jar: &Jar) -> bool {
    let mut names = jar.iter().map(|(name, _)| name);
    names.all(|name| name.starts_with("device_"))
}

/// Returns what a command printed to standard error.
pub(crate) fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// A server with its own home.
#[derive(Debug)]
pub(crate) struct Service {
    // The server is dropped first.
    server: Server,
    home: Home,
}

impl Service {
    pub(crate) fn start(arguments: &[&str], settings: &[(&str, &str)]) -> Result<Self, Refusal> {
        let home = Home::new();
        let server = home.start(arguments, settings)?;
        Ok(Self { server, home })
    }

    pub(crate) fn home(&self) -> &Home {
        &self.home
    }

    pub(crate) fn stop(self, signal: &str) -> Option<i32> {
        self.server.stop(signal)
    }
}

impl Deref for Service {
    type Target = Server;

    fn deref(&self) -> &Server {
        &self.server
    }
}

impl DerefMut for Service {
    fn deref_mut(&mut self) -> &mut Server {
        &mut self.server
    }
}

/// Returns a log-in request as the page sends it.
pub(crate) fn login(username: &str, password: &str) -> Request {
    Request::new("POST", "/login").json(&json!({"username": username, "password": password}))
}

/// Sends a log-in request.
pub(crate) fn log_in(server: &Server, username: &str, password: &str) -> Reply {
    server.send(&login(username, password))
}

/// A browser: it keeps cookies, and its script sends the CSRF value with every request but GET.
#[derive(Debug, Clone, Default)]
pub(crate) struct Browser(pub(crate) Jar);

impl Browser {
    pub(crate) fn logged_in(server: &Server, username: &str, password: &str) -> Self {
        Self::named(server, username, password, "a browser of the tests")
    }

    /// Logs in with this `User-Agent`.
    pub(crate) fn named(server: &Server, username: &str, password: &str, name: &str) -> Self {
        let mut browser = Self::default();
        let reply = server.send(&login(username, password).header("user-agent", name));
        assert_eq!(reply.status, 200, "{reply:?}");
        browser.0.store(&reply);
        browser
    }

    pub(crate) fn get(&self, server: &Server, path: &str) -> Reply {
        server.send(&Request::new("GET", path).header("cookie", self.0.header()))
    }

    pub(crate) fn request(&self, method: &str, path: &str) -> Request {
        let csrf = match path {
            "/refresh" => "csrf_refresh_token",
            _ => "csrf_access_token",
        };
        let request = Request::new(method, path).header("cookie", self.0.header());
        request.header("x-csrf-token", self.0.get(csrf).unwrap_or_default())
    }

    pub(crate) fn send(&mut self, server: &Server, method: &str, path: &str) -> Reply {
        let reply = server.send(&self.request(method, path));
        self.0.store(&reply);
        reply
    }

    /// Returns the status and the code of `/protected`.
    pub(crate) fn protected(&self, server: &Server) -> (u16, String) {
        let reply = self.get(server, "/protected");
        let code = reply.json()["code"].as_str().unwrap_or_default().to_owned();
        (reply.status, code)
    }
}

/// What [`Browser::protected`] returns while the session lives.
pub(crate) fn granted() -> (u16, String) {
    (200, String::new())
}

/// What it returns after the session has ended.
pub(crate) fn session_ended() -> (u16, String) {
    (401, "session_ended".to_owned())
}
