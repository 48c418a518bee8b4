//! A private Prometheus that reads the metrics of a program, and its tool for what it is told.

use std::fmt::Write as _;
use std::io::Write as _;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};
use std::{env, fs, process, thread};

use serde_json::Value;

use super::redis::free_port;
use crate::Request;

/// A running `prometheus` on a free port of the loopback interface, in its own folder. Killed and
/// removed when dropped.
#[derive(Debug)]
pub struct Prometheus {
    child: Child,
    address: SocketAddr,
    folder: PathBuf,
}

impl Prometheus {
    /// Starts a server that reads the metrics at this address each second.
    #[must_use]
    pub fn reading(metrics: SocketAddr) -> Self {
        Self::start(metrics, "1s", None)
    }

    /// Starts a server that reads the metrics at this address and evaluates these rules, the text
    /// of a file of rules, four times a second.
    #[must_use]
    pub fn alerting(metrics: SocketAddr, rules: &str) -> Self {
        Self::start(metrics, "250ms", Some(rules))
    }

    fn start(metrics: SocketAddr, interval: &str, rules: Option<&str>) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let folder = format!("handstamp-prometheus-{}-{count}", process::id());
        let folder = env::temp_dir().join(folder);
        fs::create_dir_all(&folder).expect("a folder for Prometheus");
        let rule_files = if rules.is_some() { "[rules.yml]" } else { "[]" };
        let config = format!(
            "global: {{scrape_interval: {interval}, evaluation_interval: {interval}}}\n\
             rule_files: {rule_files}\n\
             scrape_configs:\n- job_name: handstamp\n  static_configs:\n  - targets: ['{metrics}']\n"
        );
        fs::write(folder.join("prometheus.yml"), config).expect("the folder is writable");
        let rules = rules.unwrap_or_default();
        fs::write(folder.join("rules.yml"), rules).expect("the folder is writable");
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, free_port()));
        let log = fs::File::create(folder.join("log")).expect("the folder is writable");
        let child = Command::new(program("prometheus"))
            .arg("--config.file=prometheus.yml")
            .arg("--storage.tsdb.path=data")
            .arg(format!("--web.listen-address={address}"))
            .current_dir(&folder)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .expect(MISSING);
        Self {
            child,
            address,
            folder,
        }
    }

    /// Returns the alerts that are pending or firing, by name, in alphabetical order.
    ///
    /// # Panics
    /// When it does not answer.
    #[must_use]
    pub fn alerts(&self) -> Vec<(String, String)> {
        let reply = Request::new("GET", "/api/v1/alerts").send(self.address);
        let body = reply.expect("Prometheus runs").json();
        let alerts = body.pointer("/data/alerts").and_then(Value::as_array);
        let text = |alert: &Value, place| {
            let text = alert.pointer(place).and_then(Value::as_str);
            text.unwrap_or_default().to_owned()
        };
        let mut alerts: Vec<_> = alerts
            .unwrap_or_else(|| panic!("no list of alerts: {body}"))
            .iter()
            .map(|alert| (text(alert, "/labels/alertname"), text(alert, "/state")))
            .collect();
        alerts.sort();
        alerts
    }

    /// Waits until the expression has this value. A minute later the test fails, with the last
    /// answer.
    pub fn wait_for(&self, expression: &str, value: &str) {
        let expected = format!(",\"{value}\"]}}]}}");
        let query = format!("/api/v1/query?query={}", encoded(expression));
        let start = Instant::now();
        loop {
            let answer = match Request::new("GET", &query).send(self.address) {
                Ok(reply) if reply.body.contains(&expected) => return,
                Ok(reply) => reply.body,
                Err(error) => error.to_string(),
            };
            if start.elapsed() > Duration::from_secs(60) {
                let log = fs::read_to_string(self.folder.join("log")).unwrap_or_default();
                panic!("{expression} is not {value}: {answer}\n{log}");
            }
            thread::sleep(Duration::from_millis(200));
        }
    }
}

impl Drop for Prometheus {
    fn drop(&mut self) {
        // These fail only if it is gone already.
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// Runs `promtool` with these arguments in this folder, and returns all that it said.
///
/// # Errors
/// Returns what it said if its status is not 0.
pub fn promtool(arguments: &[&str], folder: &Path, input: &str) -> Result<String, String> {
    let mut child = Command::new(program("promtool"))
        .args(arguments)
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect(MISSING);
    let mut stdin = child.stdin.take().expect("standard input is piped");
    stdin.write_all(input.as_bytes()).expect("promtool reads");
    drop(stdin);
    let output = child.wait_with_output().expect("promtool was started");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let said = text(&output.stdout) + &text(&output.stderr);
    if output.status.success() {
        Ok(said)
    } else {
        Err(said)
    }
}

/// Returns the program that `scripts/test databases` has unpacked, else that of the path.
fn program(name: &str) -> PathBuf {
    let unpacked = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/prometheus/usr/bin");
    let unpacked = unpacked.join(name);
    if unpacked.exists() {
        unpacked
    } else {
        name.into()
    }
}

fn encoded(text: &str) -> String {
    let mut encoded = String::new();
    for byte in text.bytes() {
        let _ = write!(encoded, "%{byte:02X}");
    }
    encoded
}

const MISSING: &str = "prometheus and promtool are installed: run `scripts/test databases`";
