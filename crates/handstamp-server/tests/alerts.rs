//! The alerts of `docs/monitoring/alerts.yml`, in a Prometheus that reads the metrics of the
//! running program: each fires by what it is for.
//!
//! Of the rules only the durations are others: a second for each minute, and a minute for an hour.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a failing test panics"
)]

use std::collections::BTreeSet;
use std::time::{Duration, Instant};
use std::{fs, thread};

use handstamp_conformance::services::{Prometheus, Redis};
use handstamp_conformance::{Reply, Server};

use crate::metrics::place;
use crate::service::{Browser, Home, Service, granted, log_in};

#[test]
fn six_alert_rules_fire() {
    let mut redis = Redis::start();
    let home = Home::new();
    home.add_user("ada", PASSWORD);
    let server = start(&home, &redis);
    let mut alerts = Alerts::of(&server, &faster(&fs::read_to_string(RULES).unwrap()));

    let browser = Browser::logged_in(&server, "ada", PASSWORD);
    let copied: Vec<_> = (0..7).map(|_| copied_and_refreshed(&server)).collect();
    let other_key = Service::start(&[], &[]).unwrap();
    let foreign = Browser::logged_in(&other_key, "user1", "password1");
    // Ordinary use, for longer than any of them waits. A machine under load is slow by itself.
    let start = Instant::now();
    while start.elapsed() < Duration::from_secs(8) {
        assert_eq!(browser.protected(&server), granted());
        let firing = alerts.firing();
        assert!(firing.iter().all(|name| name == SLOW), "{firing:?}");
        thread::sleep(Duration::from_millis(200));
    }

    let mut copied = copied.into_iter();
    alerts.fires("HandstampRefreshTokensReplayed", || {
        if let Some(mut thief) = copied.next() {
            let reply = thief.send(&server, "POST", "/refresh");
            assert_eq!(code(&reply), "refresh_reused");
        }
    });
    alerts.fires("HandstampSignaturesInvalid", || {
        assert_eq!(foreign.protected(&server).1, "invalid_signature");
    });
    alerts.fires("HandstampOtherOriginsRefused", || {
        let request = browser.request("POST", "/posts");
        let reply = server.send(&request.header("origin", "https://www.example.com"));
        assert_eq!(code(&reply), "origin_not_allowed");
    });
    alerts.fires("HandstampPasswordsGuessed", || {
        let reply = log_in(&server, "ada", "a guess");
        assert!(
            ["invalid_credentials", "rate_limited"].contains(&code(&reply).as_str()),
            "{reply:?}"
        );
    });
    alerts.fires(SLOW, || {
        redis.freeze();
        thread::scope(|scope| {
            let slow = scope.spawn(|| browser.protected(&server));
            thread::sleep(Duration::from_millis(600));
            redis.thaw();
            assert_eq!(slow.join().unwrap(), granted());
        });
    });
    redis.kill();
    alerts.fires("HandstampStoreUnavailable", || {
        assert_eq!(browser.protected(&server).1, "store_unavailable");
    });

    let names = fs::read_to_string(RULES).unwrap();
    let names = names.lines();
    let names = names.filter_map(|line| line.trim().strip_prefix("- alert: "));
    let names: BTreeSet<String> = names.map(str::to_owned).collect();
    assert_eq!(alerts.fired, names, "fired, and in the file");
    assert_eq!(names.len(), 6);
    println!("six alert rules fired");
    assert_eq!(server.stop("TERM"), Some(0));
}

/// Every refresh exchanges the token, and a copy is noticed at once.
fn start(home: &Home, redis: &Redis) -> Server {
    let arguments = ["--metrics", "127.0.0.1:0", "--redis", &redis.url()];
    let settings = [
        ("HANDSTAMP_REFRESH_GRACE", "0s"),
        ("HANDSTAMP_PUBLIC_ORIGIN", "http://localhost:8000"),
        ("JWT_COOKIE_SECURE", "false"),
    ];
    home.start(&arguments, &settings).unwrap()
}

/// Returns a copy of the cookies of a browser that has refreshed, and used its new token, since.
fn copied_and_refreshed(server: &Server) -> Browser {
    let mut browser = Browser::logged_in(server, "ada", PASSWORD);
    let copy = browser.clone();
    assert_eq!(browser.send(server, "POST", "/refresh").status, 200);
    assert_eq!(browser.protected(server), granted());
    copy
}

fn code(reply: &Reply) -> String {
    reply.json()["code"].as_str().unwrap_or_default().to_owned()
}

struct Alerts {
    prometheus: Prometheus,
    fired: BTreeSet<String>,
}

impl Alerts {
    fn of(server: &Server, rules: &str) -> Self {
        let prometheus = Prometheus::alerting(place(server), rules);
        prometheus.wait_for("up", "1");
        Self {
            prometheus,
            fired: BTreeSet::new(),
        }
    }

    fn firing(&self) -> BTreeSet<String> {
        let alerts = self.prometheus.alerts().into_iter();
        let firing = alerts.filter(|(_, state)| state == "firing");
        firing.map(|(name, _)| name).collect()
    }

    /// Does this again and again until the alert fires, which it does not before.
    fn fires(&mut self, name: &str, mut cause: impl FnMut()) {
        let limit = Duration::from_mins(1);
        let start = Instant::now();
        while self.firing().contains(name) {
            assert!(name == SLOW && start.elapsed() < limit, "{name} fires");
            thread::sleep(Duration::from_millis(200));
        }
        let start = Instant::now();
        loop {
            cause();
            if self.firing().contains(name) {
                break;
            }
            let alerts = || self.prometheus.alerts();
            assert!(start.elapsed() < limit, "{name} in {:?}", alerts());
            thread::sleep(Duration::from_millis(50));
        }
        println!("{name} fires after {:?}", start.elapsed());
        self.fired.insert(name.to_owned());
    }
}

/// Returns the rules with a second for each minute of their durations, and a minute for each hour.
fn faster(rules: &str) -> String {
    let mut changed = 0;
    let mut lines = Vec::new();
    for line in rules.lines() {
        let mut line = line.to_owned();
        if line.trim().starts_with("for: ") {
            assert_eq!(line.pop(), Some('m'), "{line}");
            line.push('s');
            changed += 1;
        }
        // A window is in brackets, and nothing else is.
        changed += line.matches("m]").count() + line.matches("h]").count();
        lines.push(line.replace("m]", "s]").replace("h]", "m]"));
    }
    let faster = lines.join("\n") + "\n";
    let differing = faster.bytes().zip(rules.bytes()).filter(|(a, b)| a != b);
    assert_eq!((faster.len(), differing.count()), (rules.len(), changed));
    let windows = rules.matches('[').count();
    let waits = rules.matches("for: ").count();
    assert_eq!(changed, windows + waits, "every duration is another one");
    faster
}

const RULES: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../../docs/monitoring/alerts.yml"
);

const SLOW: &str = "HandstampStoreSlow";

const PASSWORD: &str = "correct horse battery";
