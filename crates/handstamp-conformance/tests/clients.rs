//! Tests that the table in `docs/clients.md` of the core says what the recordings of clients say.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a failing test panics"
)]

use std::fs;
use std::path::Path;

use handstamp_conformance::recordings;
use serde_json::Value;

#[test]
fn the_page_has_a_row_for_every_recorded_client() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../handstamp/docs/clients.md");
    let page = fs::read_to_string(page).unwrap();
    let rows: Vec<&str> = page
        .lines()
        .filter(|line| line.starts_with("| `"))
        .collect();
    let wanted: Vec<String> = recordings().iter().map(row).collect();
    assert_eq!(rows, wanted, "the rows should be:\n{}", wanted.join("\n"));
}

fn row(recording: &Value) -> String {
    let cells = [
        format!("`{}`", recording["client"].as_str().unwrap()),
        recording["version"].as_str().unwrap().to_owned(),
        form(&recording["session"]).to_owned(),
        form(&recording["persistent"]).to_owned(),
        kept_after_log_out(&recording["session"]).to_owned(),
        match &recording["keeps_session_cookies"] {
            Value::Null => "in memory only",
            Value::Bool(true) => "kept",
            _ => "dropped",
        }
        .to_owned(),
        match &recording["secure_on_localhost"] {
            Value::Bool(true) => "sent",
            _ => "not sent",
        }
        .to_owned(),
    ];
    format!("| {} |", cells.join(" | "))
}

/// Returns how the client writes the header `Cookie`.
fn form(steps: &Value) -> &'static str {
    let cookies = cookies(&steps[1]);
    if cookies.contains("=\"{") {
        "`$Version`, quoted"
    } else if cookies.contains("$Version") {
        "`$Version`"
    } else {
        "plain"
    }
}

/// Returns what the client sends of our cookies after it was told to delete them.
fn kept_after_log_out(steps: &Value) -> &'static str {
    let last = steps.as_array().unwrap().last().unwrap();
    let kept = cookies(last).matches("={").count();
    ["nothing", "1 cookie", "2 cookies", "3 cookies", "4 cookies"][kept]
}

fn cookies(step: &Value) -> String {
    let lines = step["head"].as_array().unwrap().iter();
    lines
        .map(|line| line.as_str().unwrap())
        .filter(|line| line.to_ascii_lowercase().starts_with("cookie:"))
        .collect()
}
