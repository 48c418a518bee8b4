//! `--metrics`: what is served, where, and what Prometheus makes of it.

#![expect(clippy::unwrap_used, reason = "a failing test panics")]

use std::collections::BTreeSet;
use std::fs;
use std::net::SocketAddr;
use std::path::Path;

use handstamp_conformance::services::{Prometheus, promtool};
use handstamp_conformance::{Reply, Request, Server};
use serde_json::{Value, json};

use crate::service::{Browser, Home, Service, log_in, stderr};

/// A server, and where its metrics are.
struct Metered {
    service: Service,
    metrics: SocketAddr,
}

fn start(settings: &[(&str, &str)]) -> Metered {
    let service = Service::start(&["--metrics", "127.0.0.1:0"], settings).unwrap();
    Metered {
        metrics: place(&service),
        service,
    }
}

/// Returns the address that the log names.
pub(crate) fn place(server: &Server) -> SocketAddr {
    assert!(server.says("/metrics"), "{}", server.stderr());
    let log = server.stderr();
    let (_, rest) = log.split_once("metrics are served on http://").unwrap();
    let (address, _) = rest.split_once("/metrics").unwrap();
    address.parse().unwrap()
}

pub(crate) fn text(metrics: SocketAddr) -> String {
    let reply = Request::new("GET", "/metrics").send(metrics).unwrap();
    assert_eq!(reply.status, 200, "{reply:?}");
    reply.body
}

impl Metered {
    fn get(&self, path: &str) -> Reply {
        Request::new("GET", path).send(self.metrics).unwrap()
    }

    fn text(&self) -> String {
        text(self.metrics)
    }

    fn assert_lines(&self, lines: &[&str]) {
        let text = self.text();
        for line in lines {
            assert!(text.lines().any(|own| own == *line), "{line}: {text}");
        }
    }
}

/// Returns the names and labels of all series.
fn series(text: &str) -> BTreeSet<String> {
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    let series = lines.map(|line| line.rsplit_once(' ').unwrap().0.to_owned());
    series.collect()
}

#[test]
fn what_happens_is_counted() {
    let server = start(&[]);
    let version = env!("CARGO_PKG_VERSION");
    server.assert_lines(&[
        &format!("handstamp_build_info{{version=\"{version}\"}} 1"),
        "handstamp_requests_total{outcome=\"ok\"} 0",
        "handstamp_log_ins_total{result=\"granted\"} 0",
        "handstamp_password_queue 0",
    ]);
    let first = series(&server.text());

    let service = &server.service;
    let anonymous = service.send(&Request::new("GET", "/protected"));
    assert_eq!(anonymous.status, 401);
    assert_eq!(log_in(service, "user1", "wrong").status, 401);
    let mut browser = Browser::logged_in(service, "user1", "password1");
    assert_eq!(browser.get(service, "/protected").status, 200);
    assert_eq!(browser.send(service, "POST", "/refresh").status, 200);
    let forged = Request::new("POST", "/posts").header("cookie", browser.0.header());
    assert_eq!(service.send(&forged).status, 403);
    assert_eq!(browser.send(service, "POST", "/logout").status, 200);
    server.assert_lines(&[
        "handstamp_requests_total{outcome=\"missing_token\"} 1",
        "handstamp_requests_total{outcome=\"invalid_credentials\"} 1",
        "handstamp_requests_total{outcome=\"ok\"} 2",
        "handstamp_requests_total{outcome=\"missing_csrf_token\"} 1",
        "handstamp_csrf_refusals_total{kind=\"missing_token\"} 1",
        "handstamp_refreshes_total{way=\"debounced\"} 1",
        "handstamp_log_ins_total{result=\"granted\"} 1",
        "handstamp_log_ins_total{result=\"wrong\"} 1",
        "handstamp_sessions_started_total{by=\"log_in\"} 1",
        "handstamp_sessions_ended_total{reason=\"logged_out\"} 1",
        "handstamp_store_calls_total{asked=\"sessions\",result=\"error\"} 0",
        "handstamp_password_queue 0",
    ]);
    assert_eq!(series(&server.text()), first, "no series is made later");
    assert_eq!(server.service.stop("INT"), Some(0));
}

#[test]
fn they_are_on_their_own_address_and_nothing_else_is() {
    let server = start(&[]);
    let public = server.service.send(&Request::new("GET", "/metrics"));
    assert_eq!(public.status, 404, "{public:?}");
    let reply = server.get("/metrics");
    let text = ("content-type", "text/plain; version=0.0.4; charset=utf-8");
    let headers = || reply.headers.iter();
    let has_text = headers().any(|(name, value)| (name.as_str(), value.as_str()) == text);
    assert!(has_text, "{reply:?}");
    for path in ["/", "/login", "/healthz", "/metrics/", "/protected"] {
        assert_eq!(server.get(path).status, 404, "{path}");
    }
    for method in ["POST", "DELETE", "OPTIONS"] {
        let reply = Request::new(method, "/metrics").send(server.metrics);
        assert_eq!(reply.unwrap().status, 405, "{method}");
    }
}

#[test]
fn the_environment_names_the_address_as_well() {
    let service = Service::start(&[], &[("HANDSTAMP_METRICS", "localhost:0")]).unwrap();
    let metrics = place(&service);
    assert!(metrics.ip().is_loopback());
    let reply = Request::new("GET", "/metrics").send(metrics).unwrap();
    assert!(reply.body.contains("handstamp_requests_total"), "{reply:?}");
}

#[test]
fn without_the_option_there_are_none() {
    let service = Service::start(&[], &[]).unwrap();
    let reply = service.send(&Request::new("GET", "/metrics"));
    assert_eq!(reply.status, 404);
    assert!(
        !service.stderr().contains("metrics"),
        "{}",
        service.stderr()
    );
}

#[test]
fn the_check_of_the_configuration_shows_the_address_and_what_is_wrong_with_it() {
    type Row = (
        &'static str,
        &'static [&'static str],
        &'static [(&'static str, &'static str)],
        i32,
        &'static str,
    );
    let rows: [Row; 6] = [
        ("none", &[], &[], 0, "--metrics"),
        (
            "an argument",
            &["--metrics", "9464"],
            &[],
            0,
            "argument     127.0.0.1:9464\n",
        ),
        (
            "the environment",
            &[],
            &[("HANDSTAMP_METRICS", "10.0.0.7:9464")],
            0,
            "environment  10.0.0.7:9464\n",
        ),
        (
            "all addresses",
            &["--metrics", "0.0.0.0:9464"],
            &[],
            0,
            "warning: --metrics 0.0.0.0:9464: everyone who can connect to it reads the metrics",
        ),
        (
            "no address in the environment",
            &[],
            &[("HANDSTAMP_METRICS", "yes")],
            2,
            "HANDSTAMP_METRICS=\"yes\": the port is missing",
        ),
        (
            "no address as an argument",
            &["--metrics", "http://localhost"],
            &[],
            2,
            "'--metrics <ADDRESS:PORT|PORT>': ",
        ),
    ];
    for (sentence, arguments, settings, status, said) in rows {
        let arguments = [&["config", "check"], arguments].concat();
        let output = Home::new().run_with(&arguments, settings, "");
        let text = String::from_utf8_lossy(&output.stdout).into_owned() + &stderr(&output);
        assert_eq!(output.status.code(), Some(status), "{sentence}: {text}");
        assert!(text.contains(said), "{sentence}: {text}");
    }
}

#[test]
fn an_address_that_is_taken_is_said() {
    let server = start(&[]);
    let taken = server.metrics.to_string();
    let refusal = Service::start(&["--metrics", &taken], &[]).unwrap_err();
    assert_eq!(refusal.status, Some(1));
    let said = format!(
        "another program listens on {taken}; stop it, or choose another port with --metrics"
    );
    assert!(refusal.stderr.contains(&said), "{}", refusal.stderr);
}

#[test]
fn prometheus_reads_them_and_its_tool_finds_nothing_to_correct() {
    let server = start(&[]);
    let said = promtool(&["check", "metrics"], Path::new("."), &server.text());
    assert_eq!(said, Ok(String::new()));

    let prometheus = Prometheus::reading(server.metrics);
    prometheus.wait_for("up", "1");
    let count = series(&server.text()).len().to_string();
    prometheus.wait_for("count({__name__=~\"handstamp_.*\"})", &count);
    for number in 0..1000 {
        let request = Request::new("GET", "/protected");
        let cookie = format!("access_token_cookie=forged{number}; other{number}=1");
        let reply = server.service.send(&request.header("cookie", cookie));
        assert_eq!(reply.status, 401);
    }
    let refused = "handstamp_requests_total{outcome=\"invalid_token\"}";
    prometheus.wait_for(refused, "1000");
    prometheus.wait_for("count({__name__=~\"handstamp_.*\"})", &count);
}

/// The rules are those that the book offers.
#[test]
fn each_alert_fires_and_stays_quiet() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/monitoring");
    let said = promtool(&["check", "rules", "alerts.yml"], &folder, "").unwrap();
    assert!(said.contains("SUCCESS: 6 rules found"), "{said}");
    let tested = promtool(&["test", "rules", "alerts_test.yml"], &folder, "");
    assert!(
        tested.as_ref().is_ok_and(|said| said.contains("SUCCESS")),
        "{tested:?}"
    );
    let tests = fs::read_to_string(folder.join("alerts_test.yml")).unwrap();
    let rules = fs::read_to_string(folder.join("alerts.yml")).unwrap();
    let names = rules
        .lines()
        .filter_map(|line| line.trim().strip_prefix("- alert: "));
    let text = start(&[]).text();
    for name in names {
        let fires = tests
            .matches(&format!("alertname: {name}\n        exp_alerts:\n"))
            .count();
        let is_quiet = tests
            .matches(&format!("alertname: {name}\n        exp_alerts: []\n"))
            .count();
        assert!(fires > 0 && is_quiet > 0, "{name} is tested both ways");
    }
    assert_names(&rules, &text);
}

/// Grafana replaces its variables before Prometheus reads an expression.
#[test]
fn each_expression_of_the_dashboard_is_one_over_series_that_exist() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/monitoring/dashboard.json");
    let dashboard: Value = serde_json::from_str(&fs::read_to_string(file).unwrap()).unwrap();
    let panels = dashboard["panels"].as_array().unwrap();
    let targets = panels
        .iter()
        .flat_map(|panel| panel["targets"].as_array().unwrap());
    let expressions: Vec<String> = targets
        .map(|target| target["expr"].as_str().unwrap())
        .map(|expression| expression.replace("$__rate_interval", "1m"))
        .collect();
    assert_eq!((panels.len(), expressions.len()), (10, 13));
    let rule = |(number, expression): (usize, &String)| json!({"record": format!("r{number}"), "expr": expression});
    let rules: Vec<Value> = expressions.iter().enumerate().map(rule).collect();
    let home = Home::new();
    let rules = json!({"groups": [{"name": "dashboard", "rules": rules}]});
    fs::write(home.path().join("rules.yml"), rules.to_string()).unwrap();
    let said = promtool(&["check", "rules", "rules.yml"], home.path(), "").unwrap();
    assert!(said.contains("SUCCESS: 13 rules found"), "{said}");
    assert_names(&expressions.join("\n"), &start(&[]).text());
}

/// A rule about a series or a value of a label that does not exist never says anything.
fn assert_names(rules: &str, text: &str) {
    let words = rules.split(|byte: char| !byte.is_alphanumeric() && byte != '_');
    for word in words.filter(|word| word.starts_with("handstamp_")) {
        assert!(text.contains(&format!("\n{word}")), "{word}");
    }
    for value in rules.split(['"', '|']).filter(|text| text.contains('_')) {
        let is_word = value
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte == b'_');
        assert!(
            !is_word || text.contains(&format!("=\"{value}\"")),
            "{value}"
        );
    }
}
