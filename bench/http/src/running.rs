//! A contender that was started and has given the right answers: what is measured of it.

use std::collections::BTreeMap;
use std::error::Error;
use std::panic::catch_unwind;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};
use std::{env, fs, process};

use handstamp_bench::facts::{AUDIENCE, ISSUER, SECRET, SUBJECT};
use handstamp_conformance::services::{Postgres, Redis};

use crate::contenders::{Contender, Keeps, Program};
use crate::install;
use crate::load::{Connections, ask};
use crate::requests::{Requests, log_in};
use crate::server::Server;

/// A running contender. Its server ends before the store does.
pub struct Running {
    pub contender: &'static Contender,
    server: Server,
    _store: StoreServer,
    requests: Requests,
    /// When it had not answered yet, in bytes.
    pub memory_idle: u64,
    /// The number of requests in a turn.
    turn: BTreeMap<Route, usize>,
}

#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Route {
    Get,
    Post,
}

/// One turn of one route.
pub struct Turn {
    /// Processor time of the server for each request, in microseconds.
    pub cpu: f64,
    /// In milliseconds.
    pub p50: f64,
    pub p99: f64,
}

impl Running {
    /// # Errors
    /// Says why it cannot be started.
    ///
    /// # Panics
    /// Panics if its answers are not those that it is measured for.
    pub async fn start(
        contender: &'static Contender,
        core: usize,
        anyone: &Requests,
    ) -> Result<Self, String> {
        let (server, store) = start_server(&contender.program, core)?;
        let memory_idle = server.resident();
        let requests = if contender.has_login() {
            logged_in(&server).await
        } else {
            Ok(anyone.clone())
        };
        let requests = requests.map_err(|error| format!("{}: {error}", contender.name))?;
        let running = Self {
            contender,
            server,
            _store: store,
            requests,
            memory_idle,
            turn: BTreeMap::new(),
        };
        running.check().await;
        Ok(running)
    }

    pub fn routes(&self) -> impl Iterator<Item = Route> + use<> {
        let posts = self.contender.has_posts.then_some(Route::Post);
        [Route::Get].into_iter().chain(posts)
    }

    /// Sends requests until code and caches are warm, and finds out how many make a turn.
    ///
    /// # Errors
    /// Returns an error if an answer is wrong.
    pub async fn warm_up(&mut self, turn: Duration) -> Result<(), Box<dyn Error>> {
        for route in self.routes() {
            let mut connections = Connections::open(self.server.address).await?;
            let mut per_second = 0.0;
            // The second time is measured.
            for _ in 0..2 {
                let start = Instant::now();
                connections.send(self.request(route), WARM_UP).await?;
                per_second = WARM_UP_F / start.elapsed().as_secs_f64();
            }
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "a positive number of requests"
            )]
            let requests = (per_second * turn.as_secs_f64()) as usize;
            self.turn.insert(route, requests.max(100));
        }
        Ok(())
    }

    /// # Errors
    /// Returns an error if an answer is wrong.
    pub async fn turn(&self, route: Route) -> Result<Turn, Box<dyn Error>> {
        let (request, requests) = (self.request(route), self.turn[&route]);
        let mut connections = Connections::open(self.server.address).await?;
        // Others were on the core since its last turn.
        connections.send(request, requests / 5).await?;
        let before = self.server.cpu();
        let mut times = connections.send(request, requests).await?;
        let cpu = self.server.cpu().saturating_sub(before);
        times.sort();
        let millis = |share: usize| times[times.len() * share / 100].as_secs_f64() * 1e3;
        #[expect(clippy::cast_precision_loss, reason = "far fewer than 2^52 requests")]
        let requests = requests as f64;
        Ok(Turn {
            cpu: cpu.as_secs_f64() * 1e6 / requests,
            p50: millis(50),
            p99: millis(99),
        })
    }

    /// Returns its memory now, in bytes.
    pub fn memory(&self) -> u64 {
        self.server.resident()
    }

    fn request(&self, route: Route) -> &Arc<[u8]> {
        match route {
            Route::Get => &self.requests.get,
            Route::Post => &self.requests.post,
        }
    }

    /// Asks for both routes with a token, and without what they demand.
    async fn check(&self) {
        let name = self.contender.name;
        let mut rows = vec![("GET with a token", &self.requests.get, &[200][..])];
        if self.contender.has_posts {
            rows.push(("POST with a token", &self.requests.post, &[200]));
        }
        if self.contender.has_login() {
            rows.push(("GET without a token", &self.requests.stranger, &[401]));
            if self.contender.has_posts {
                rows.push((
                    "POST without the CSRF value",
                    &self.requests.forged,
                    &[401, 403],
                ));
            }
        }
        for (row, request, expected) in rows {
            let answer = ask(self.server.address, request).await;
            let answer = answer.unwrap_or_else(|error| panic!("{name}: {row}: {error}"));
            let status = answer.status;
            assert!(expected.contains(&status), "{name}: {row}: {status}");
            if status == 200 {
                let body = String::from_utf8_lossy(answer.body());
                assert_eq!(
                    body,
                    format!(r#"{{"subject":"{SUBJECT}"}}"#),
                    "{name}: {row}"
                );
            }
        }
    }
}

/// Logs in, and returns the requests of the user.
async fn logged_in(server: &Server) -> Result<Requests, Box<dyn Error>> {
    let answer = ask(server.address, &log_in()).await?;
    let cookies = answer.cookies();
    let csrf = cookies.iter().find(|(name, _)| name == "csrf_access_token");
    let csrf = csrf.map_or("none", |(_, value)| value);
    let token = cookies
        .iter()
        .find(|(name, _)| name == "access_token_cookie")
        .or(cookies.first())
        .ok_or(format!("no cookies of a log-in: {}", answer.status))?;
    let is_a_jwt = token.1.contains('.');
    assert!(!is_a_jwt || LENGTHS.contains(&token.1.len()), "{token:?}");
    Ok(Requests::new(&format!("{}={}", token.0, token.1), csrf))
}

/// What holds the sessions, while it is in use.
enum StoreServer {
    None,
    Sqlite(#[expect(dead_code, reason = "is dropped last")] Folder),
    Redis(#[expect(dead_code, reason = "is dropped last")] Redis),
    Postgres(#[expect(dead_code, reason = "is dropped last")] Postgres),
}

fn start_server(program: &Program, core: usize) -> Result<(Server, StoreServer), String> {
    let own = env::current_exe().map_err(|error| error.to_string())?;
    match program {
        Program::Rust(name, keeps) => {
            let (store, url) = start_store(*keeps)?;
            let own = own.to_string_lossy();
            let mut command = vec![&*own, "serve", name];
            command.extend(url.as_deref());
            Ok((Server::start(&command, &[], core)?, store))
        }
        Program::Python => {
            let python = install::authx()?;
            let server = install::folder().join("authx/server.py");
            interpreted(&python, &server, core)
        }
        Program::Node => {
            install::fastify()?;
            let server = install::folder().join("fastify/server.mjs");
            interpreted(Path::new("node"), &server, core)
        }
    }
}

fn interpreted(program: &Path, file: &Path, core: usize) -> Result<(Server, StoreServer), String> {
    let (program, file) = (program.to_string_lossy(), file.to_string_lossy());
    let secret = String::from_utf8_lossy(SECRET);
    let facts = [
        ("SECRET", &*secret),
        ("ISSUER", ISSUER),
        ("AUDIENCE", AUDIENCE),
        ("SUBJECT", SUBJECT),
    ];
    Ok((
        Server::start(&[&*program, &*file], &facts, core)?,
        StoreServer::None,
    ))
}

/// Redis and PostgreSQL are not on the core of the servers: they inherit that of the load.
fn start_store(keeps: Keeps) -> Result<(StoreServer, Option<String>), String> {
    Ok(match keeps {
        Keeps::Nothing => (StoreServer::None, None),
        Keeps::Memory => (StoreServer::None, Some("memory".to_owned())),
        Keeps::Sqlite => {
            let folder = Folder::new();
            let url = format!("sqlite://{}/sessions.db", folder.0);
            (StoreServer::Sqlite(folder), Some(url))
        }
        Keeps::Redis => {
            let redis = catch_unwind(Redis::start).map_err(|_| "Redis did not start")?;
            let url = redis.url();
            (StoreServer::Redis(redis), Some(url))
        }
        Keeps::Postgres => {
            let postgres = catch_unwind(Postgres::start).map_err(|_| "PostgreSQL did not start")?;
            let url = postgres.url();
            (StoreServer::Postgres(postgres), Some(url))
        }
    })
}

/// A folder that is removed with its contents.
struct Folder(String);

impl Folder {
    fn new() -> Self {
        let folder = env::temp_dir().join(format!("handstamp-http-{}", process::id()));
        fs::create_dir(&folder).expect("the temporary folder is writable");
        Self(folder.to_string_lossy().into_owned())
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // Files that stay in the temporary folder are no reason to fail.
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Tokens of a session have its id.
const LENGTHS: std::ops::RangeInclusive<usize> = 430..=620;
const WARM_UP: usize = 2_000;
const WARM_UP_F: f64 = 2_000.0;
