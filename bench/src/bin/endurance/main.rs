//! Logs in and out 200,000 times on each store, half of it as one user and half as 100,000 users,
//! and shows that nothing of it stays: what a store and this process take is the same after the
//! first half and after the second, once what has ended was removed.
//!
//! Ends with status 1 if something has grown. Arguments are the stores; without any, all four.

mod stores;

use std::env;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use handstamp::session::ClientInfo;
use handstamp::{Auth, Config, Location};
use handstamp_conformance::Request;
use stores::Measured;
use tokio::task::JoinSet;
use tokio::time::sleep;

#[tokio::main]
async fn main() -> ExitCode {
    let chosen: Vec<String> = env::args().skip(1).collect();
    let mut stores = Vec::new();
    for name in stores::NAMES {
        if chosen.is_empty() || chosen.iter().any(|store| store == name) {
            stores.push((name, Measured::start(name).await));
        }
    }
    let mut halves = Vec::new();
    for half in 0..2 {
        for (name, measured) in &stores {
            let began = Instant::now();
            log_in_and_out(measured, half).await;
            println!(
                "{name}: 100,000 log-ins and log-outs in {:.1?}",
                began.elapsed()
            );
        }
        sleep(KEPT).await;
        let mut bytes = Vec::new();
        for (_, measured) in &stores {
            let purged = auth(measured).purge_sessions().await;
            purged.expect("an answer");
            bytes.push(measured.bytes().await);
        }
        bytes.push(stores::resident_bytes());
        halves.push(bytes);
    }
    let names = stores.iter().map(|(name, _)| *name);
    let mut is_flat = true;
    println!("\n| kept by | after half, KiB | at the end, KiB |\n|---|---:|---:|");
    for (place, name) in names.chain(["this process"]).enumerate() {
        let (half, end) = (halves[0][place], halves[1][place]);
        println!("| {name} | {} | {} |", half / 1024, end / 1024);
        is_flat &= end <= half + half / 10 + SLACK;
    }
    if is_flat {
        println!("\nflat");
        ExitCode::SUCCESS
    } else {
        println!("\nGROWN");
        ExitCode::FAILURE
    }
}

fn auth(measured: &Measured) -> Auth {
    let config = Config::builder()
        .secret_key([7; 32].as_slice())
        .token_locations([Location::Headers])
        // A busy machine may pause: this is about what stays.
        .store_timeout(Duration::from_secs(60));
    let auth = Auth::builder(config.build().expect("a configuration"));
    let auth = auth.store(Arc::clone(&measured.store));
    auth.build().expect("an Auth")
}

/// Half of the log-ins: each second one is of another user.
async fn log_in_and_out(measured: &Measured, half: usize) {
    let auth = auth(measured);
    let mut callers = JoinSet::new();
    for caller in 0..CALLERS {
        let auth = auth.clone();
        callers.spawn(async move {
            for number in (caller..USERS_OF_A_HALF).step_by(CALLERS) {
                let other = format!("user{}", half * USERS_OF_A_HALF + number);
                for user in ["one", &other] {
                    let client = ClientInfo::new().user_agent(USER_AGENT);
                    let tokens = auth.log_in(user, client).await.expect("an answer");
                    let token = format!("Bearer {}", tokens.access().as_str());
                    let request = Request::new("POST", "/logout").header("authorization", &token);
                    let log_out = auth.authenticate_log_out(&request).expect("its own token");
                    drop(auth.log_out(log_out).await.expect("an answer"));
                }
            }
        });
    }
    callers.join_all().await;
}

const USERS_OF_A_HALF: usize = 50_000;
/// How many log in at once.
const CALLERS: usize = 16;
/// A session that has ended is kept for a minute.
const KEPT: Duration = Duration::from_secs(62);
/// Pages and buffers that are not the same each time. 100,000 sessions take 50 times as much.
const SLACK: u64 = 1024 * 1024;
const USER_AGENT: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
