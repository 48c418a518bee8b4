//! `--otlp`: what a collector gets. It decodes the messages by the types that OpenTelemetry
//! publishes for Python.

#![cfg(feature = "otlp")]
#![expect(clippy::unwrap_used, reason = "a failing test panics")]

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::{env, time::Instant};

use handstamp_conformance::Request;
use serde_json::Value;

use crate::metrics::{place, text};
use crate::service::{Browser, Home, Service, log_in, stderr};

/// A collector, which ends when it is dropped.
struct Collector {
    child: Child,
    output: BufReader<ChildStdout>,
    url: String,
}

impl Collector {
    fn start(arguments: &[&str]) -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let python = env::var_os("INTEROP_PYTHON")
            .map_or_else(|| root.join("target/venv/bin/python"), PathBuf::from);
        let mut child = Command::new(&python)
            .arg(root.join("scripts/interop/otlp_collector.py"))
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap(); // `scripts/test python` makes it
        let mut output = BufReader::new(child.stdout.take().unwrap());
        let mut url = String::new();
        output.read_line(&mut url).unwrap();
        let url = url.trim().to_owned();
        Self { child, output, url }
    }

    /// Returns all messages, once the sender has ended.
    fn end(&mut self) -> Vec<Value> {
        drop(self.child.stdin.take());
        let lines = self.output.by_ref().lines();
        lines
            .map(|line| serde_json::from_str(&line.unwrap()).unwrap())
            .collect()
    }
}

impl Drop for Collector {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        let _ = self.child.wait();
    }
}

#[test]
fn a_collector_gets_what_prometheus_reads() {
    let mut collector = Collector::start(&[]);
    let settings = [
        ("OTEL_METRIC_EXPORT_INTERVAL", "100"),
        ("OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE", "delta"),
        ("OTEL_EXPORTER_OTLP_HEADERS", "x-tenant=blue"),
        ("OTEL_RESOURCE_ATTRIBUTES", "deployment.environment=test"),
    ];
    let arguments = ["--otlp", &collector.url, "--metrics", "127.0.0.1:0"];
    let service = Service::start(&arguments, &settings).unwrap();
    assert_eq!(service.send(&Request::new("GET", "/protected")).status, 401);
    assert_eq!(log_in(&service, "user1", "wrong").status, 401);
    let mut browser = Browser::logged_in(&service, "user1", "password1");
    assert_eq!(browser.send(&service, "POST", "/refresh").status, 200);
    let text = text(place(&service));
    assert_eq!(service.stop("INT"), Some(0));

    let messages = collector.end();
    assert!(
        messages.len() > 1,
        "it is sent again and again: {messages:?}"
    );
    let last = messages.last().unwrap();
    assert_eq!(last["resource"]["service.name"], "handstamp");
    assert_eq!(
        last["resource"]["service.version"],
        env!("CARGO_PKG_VERSION")
    );
    assert_eq!(last["resource"]["deployment.environment"], "test");
    let instance = last["resource"]["service.instance.id"].as_str().unwrap();
    assert_eq!(
        instance.len(),
        16,
        "the node, whose counts are series of their own"
    );
    assert_eq!(last["header"], "blue");
    let sent: BTreeMap<&str, f64> = last["series"]
        .as_object()
        .unwrap()
        .iter()
        .filter_map(|(name, value)| Some((name.as_str(), value.as_f64()?)))
        .collect();
    let mut compared = 0;
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let (name, value) = line.rsplit_once(' ').unwrap();
        let is_of_histogram = name.contains("_bucket{") || name.contains("_sum{");
        let is_empty_histogram = name.contains("_seconds_count{") && value == "0";
        if is_of_histogram || is_empty_histogram {
            continue;
        }
        let value: f64 = value.parse().unwrap();
        assert_eq!(sent.get(name), Some(&value), "{name}: {sent:?}");
        compared += 1;
    }
    assert!(compared > 60, "{compared}");
    let granted = &last["series"]["handstamp_log_ins_total{result=\"granted\"}"];
    assert_eq!(granted, 1);
    let help = &last["help"]["handstamp_log_ins_total"];
    assert_eq!(
        help,
        "Attempts to log in by name and password, by their result."
    );
}

#[test]
fn without_metrics_for_prometheus_they_are_sent_as_well() {
    let mut collector = Collector::start(&[]);
    let settings = [
        ("HANDSTAMP_OTLP", collector.url.as_str()),
        ("OTEL_SERVICE_NAME", "shop"),
    ];
    let service = Service::start(&[], &settings).unwrap();
    assert_eq!(log_in(&service, "user1", "wrong").status, 401);
    assert_eq!(service.stop("INT"), Some(0));
    // The interval is a minute: what was counted last is sent at the end.
    let messages = collector.end();
    let last = messages.last().unwrap();
    assert_eq!(last["resource"]["service.name"], "shop");
    assert_eq!(
        last["series"]["handstamp_log_ins_total{result=\"wrong\"}"],
        1
    );
}

#[test]
fn a_collector_that_fails_holds_up_neither_requests_nor_the_end() {
    let refusing = Collector::start(&["--refuse"]);
    // It takes connections, and says nothing.
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let silent_url = format!("http://{}", silent.local_addr().unwrap());
    let lost = "telemetry data will be lost";
    for (sentence, url, logged) in [
        ("one that refuses", refusing.url.as_str(), lost),
        ("one that is not there", "http://127.0.0.1:9", lost),
        ("one that is silent", &silent_url, ""),
    ] {
        let settings = [("OTEL_METRIC_EXPORT_INTERVAL", "100")];
        let service = Service::start(&["--otlp", url], &settings).unwrap();
        for _ in 0..3 {
            Browser::logged_in(&service, "user1", "password1");
        }
        assert!(service.says(logged), "{sentence}: {}", service.stderr());
        let since = Instant::now();
        assert_eq!(service.stop("INT"), Some(0), "{sentence}");
        assert!(
            since.elapsed().as_secs() < 8,
            "{sentence}: {:?}",
            since.elapsed()
        );
    }
}

type Settings = &'static [(&'static str, &'static str)];

#[test]
fn an_address_that_is_none_is_refused_at_the_start() {
    let home = Home::new();
    let rows: [(&str, &[&str], Settings, &str); 4] = [
        (
            "no pause",
            &["--otlp", "http://127.0.0.1:4318"],
            &[("OTEL_METRIC_EXPORT_INTERVAL", "0")],
            "OTEL_METRIC_EXPORT_INTERVAL=0",
        ),
        (
            "an argument",
            &["--otlp", "collector:4318"],
            &[],
            "--otlp: it does not begin with http:// or https://",
        ),
        (
            "a variable",
            &[],
            &[("HANDSTAMP_OTLP", "grpc://collector")],
            "HANDSTAMP_OTLP: it does not begin",
        ),
        (
            "a password, which is not repeated",
            &["--otlp", "http://a:hunter2@b"],
            &[],
            "OTEL_EXPORTER_OTLP_HEADERS",
        ),
    ];
    for (sentence, arguments, settings, expected) in rows {
        let output = home.run_with(arguments, settings, "");
        assert_eq!(output.status.code(), Some(2), "{sentence}");
        let said = stderr(&output);
        assert!(
            said.contains(expected) && !said.contains("hunter2"),
            "{sentence}: {said}"
        );
    }
}
