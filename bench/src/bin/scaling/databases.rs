//! What a database that many nodes share pays for a request and for a refresh, and for each
//! session: processor time, from `/proc`, and bytes. And what the service itself pays for a
//! refresh, beside a bare round trip of its driver.

use std::sync::Arc;
use std::time::{Duration, Instant};
use std::{fs, process};

use handstamp::config::CheckSessions;
use handstamp::session::ClientInfo;
use handstamp::store::Store;
use handstamp::{Auth, Require};
use handstamp_bench::ours::{config, new_token};
use handstamp_bench::refreshing::refresh_cookies;
use handstamp_bench::request::{post, request};
use handstamp_tower::Head;
use http::Request;
use tokio::runtime::Runtime;
use tokio::task::JoinSet;

use super::bare::Bare;
use super::measured::{Measured, NAMES};

pub fn measure() {
    let runtime = Runtime::new().expect("threads");
    println!(
        "| | bytes of a session | requests per second | processor time of the database for one, µs \
         | refreshes per second | of the database for one, µs | of the service for one, µs \
         | of a bare round trip's client, µs |\n\
         |---|---:|---:|---:|---:|---:|---:|---:|"
    );
    for name in NAMES {
        // Memory is for one process.
        if name != "memory" {
            runtime.block_on(measure_one(name));
        }
    }
}

async fn measure_one(name: &str) {
    let measured = Measured::start(name).await;
    let service = Arc::new(Service::new(&measured.store));
    let before = measured.bytes().await;
    let users: Vec<User> = service.log_in().await;
    let after = measured.bytes().await;
    let bytes = (after - before) / USERS as u64;
    let (users, requests) = work(&service, users, Service::request).await;
    let (_, refreshes) = work(&service, users, Service::refresh).await;
    let bare = Arc::new(Bare::start(name).await);
    let (_, round_trips) = work(&bare, vec![(); USERS], |bare, ()| async move {
        bare.round_trip().await;
    })
    .await;
    println!(
        "| {name} | {bytes} | {:.0} | {:.0} | {:.0} | {:.0} | {:.0} | {:.0} |",
        requests.per_second,
        requests.of_database,
        refreshes.per_second,
        refreshes.of_database,
        refreshes.of_service,
        round_trips.of_service
    );
}

/// A service as it is, and one that rotates at each refresh and counts a token as received when it
/// is issued, because no access token is presented between two refreshes.
struct Service {
    requests: Auth,
    refreshes: Auth,
}

struct User {
    access: Request<()>,
    refresh: Request<()>,
}

impl Service {
    fn new(store: &Arc<dyn Store>) -> Self {
        let auth = |config: handstamp::config::ConfigBuilder| -> Auth {
            let config = config.build().expect("a configuration");
            let auth = Auth::builder(config).store(Arc::clone(store));
            auth.build().expect("an Auth")
        };
        // A busy machine may pause.
        let config = || config().store_timeout(Duration::from_secs(60));
        let rotating = config()
            .refresh_grace(Duration::ZERO)
            .check_sessions(CheckSessions::OnRefresh);
        Self {
            requests: auth(config()),
            refreshes: auth(rotating),
        }
    }

    async fn log_in(self: &Arc<Self>) -> Vec<User> {
        let mut callers = JoinSet::new();
        for caller in 0..CALLERS {
            let service = Arc::clone(self);
            callers.spawn(async move {
                let mut users = Vec::new();
                for number in (caller..USERS).step_by(CALLERS) {
                    // As long as the id of a user.
                    let user = new_token(&format!("{number:036}"));
                    let client = ClientInfo::new().user_agent(USER_AGENT);
                    let tokens = service.requests.log_in(user, client).await;
                    let tokens = tokens.expect("an answer");
                    let csrf = tokens.csrf().expect("cookies are guarded");
                    users.push(User {
                        access: request(tokens.access().as_str(), 10),
                        refresh: post(&refresh_cookies(&tokens), csrf),
                    });
                }
                users
            });
        }
        callers.join_all().await.into_iter().flatten().collect()
    }

    async fn request(self: Arc<Self>, user: User) -> User {
        let head = Head::from(&user.access);
        let accepted = self.requests.authenticate(&head, &Require::access()).await;
        accepted.expect("a live session");
        user
    }

    async fn refresh(self: Arc<Self>, user: User) -> User {
        let head = Head::from(&user.refresh);
        let token = self
            .refreshes
            .authenticate(&head, &Require::refresh())
            .await;
        let tokens = self
            .refreshes
            .refresh(&token.expect("a live session"))
            .await;
        let tokens = tokens.expect("a live session");
        let csrf = tokens.csrf().expect("cookies are guarded");
        User {
            access: user.access,
            refresh: post(&refresh_cookies(&tokens), csrf),
        }
    }
}

struct Load {
    per_second: f64,
    /// The processor time of the database for each, in microseconds. SQLite is a part of the
    /// service.
    of_database: f64,
    of_service: f64,
}

/// Does something twice for every user, by many callers at once, and measures the second time.
async fn work<S, U, F>(service: &Arc<S>, users: Vec<U>, job: fn(Arc<S>, U) -> F) -> (Vec<U>, Load)
where
    S: Send + Sync + 'static,
    U: Send + 'static,
    F: Future<Output = U> + Send + 'static,
{
    let users = all_at_once(service, users, job).await;
    let (start, children, own) = (Instant::now(), busy_children(), busy());
    let users = all_at_once(service, users, job).await;
    let took = start.elapsed();
    let micros = |now: Duration, before: Duration| {
        now.saturating_sub(before).as_secs_f64() * 1e6 / f64::from(USERS_U32)
    };
    let load = Load {
        per_second: f64::from(USERS_U32) / took.as_secs_f64(),
        of_database: micros(busy_children(), children),
        of_service: micros(busy(), own),
    };
    (users, load)
}

async fn all_at_once<S, U, F>(service: &Arc<S>, users: Vec<U>, job: fn(Arc<S>, U) -> F) -> Vec<U>
where
    S: Send + Sync + 'static,
    U: Send + 'static,
    F: Future<Output = U> + Send + 'static,
{
    let mut callers = JoinSet::new();
    let mut parts: Vec<Vec<U>> = (0..CALLERS).map(|_| Vec::new()).collect();
    for (number, user) in users.into_iter().enumerate() {
        parts[number % CALLERS].push(user);
    }
    for part in parts {
        let service = Arc::clone(service);
        callers.spawn(async move {
            let mut done = Vec::new();
            for user in part {
                done.push(job(Arc::clone(&service), user).await);
            }
            done
        });
    }
    callers.join_all().await.into_iter().flatten().collect()
}

/// Returns the processor time of this process.
fn busy() -> Duration {
    let own = Process::read(&process::id().to_string());
    Duration::from_millis(own.expect("it runs").ticks * 10)
}

/// Returns the processor time of all processes that this one has started, and that they have.
fn busy_children() -> Duration {
    let all: Vec<Process> = fs::read_dir("/proc")
        .expect("Linux")
        .filter_map(|entry| Process::read(&entry.ok()?.file_name().to_string_lossy()))
        .collect();
    let mut ours = vec![process::id()];
    let mut ticks = 0;
    while let Some(parent) = ours.pop() {
        for child in all.iter().filter(|process| process.parent == parent) {
            ours.push(child.id);
            ticks += child.ticks;
        }
    }
    Duration::from_millis(ticks * 10)
}

struct Process {
    id: u32,
    parent: u32,
    /// Of a hundredth of a second each, which is the same on all machines of today.
    ticks: u64,
}

impl Process {
    /// Returns `None` for what is no process, or has ended.
    fn read(id: &str) -> Option<Self> {
        let id: u32 = id.parse().ok()?;
        let stat = fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
        // The second field is a name in brackets, which may contain spaces.
        let (_, fields) = stat.rsplit_once(") ")?;
        let field = |number: usize| fields.split(' ').nth(number - 3)?.parse::<u64>().ok();
        Some(Self {
            id,
            parent: u32::try_from(field(4)?).ok()?,
            ticks: field(14)? + field(15)?,
        })
    }
}

const USERS: usize = USERS_U32 as usize;
const USERS_U32: u32 = 50_000;
/// How many are at it at once.
const CALLERS: usize = 64;
const USER_AGENT: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
