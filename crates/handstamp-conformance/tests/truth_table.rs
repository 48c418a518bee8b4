//! The page that shows the truth tables is made from `vectors/truth_table.json` and
//! `vectors/session_table.json`.

#![expect(clippy::unwrap_used, reason = "a failing test panics")]

use std::fmt::Write as _;
use std::fs;

use serde_json::{Map, Value};

/// With `UPDATE_PAGE=1` the page is written instead.
#[test]
fn the_page_shows_the_table() {
    let page = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../handstamp/docs/truth-table.md"
    );
    let expected = page_of(&sorted(TABLE));
    if std::env::var_os("UPDATE_PAGE").is_some() {
        fs::write(page, &expected).unwrap();
    }
    let written = fs::read_to_string(page).unwrap();
    assert!(
        written == expected,
        "truth-table.md is not the page of truth_table.json: run this test with UPDATE_PAGE=1"
    );
}

/// Returns the table with its members in alphabetical order, whatever order another crate of the
/// build makes `serde_json` keep.
fn sorted(table: &str) -> Value {
    let mut table: Value = serde_json::from_str(table).unwrap();
    table.sort_all_objects();
    table
}

fn page_of(table: &Value) -> String {
    let mut page = format!(
        "# What a request carries, who sent it, and what comes of it\n\n{}\n\n",
        text(&table["description"])
    );
    let senders = table["senders"].as_object().unwrap();
    page.push_str("| sender | headers |\n|---|---|\n");
    for (sender, headers) in senders {
        let headers = headers.as_object().unwrap();
        let lines: Vec<String> = headers
            .iter()
            .map(|(name, value)| format!("`{name}: {}`", text(value)))
            .collect();
        let lines = if lines.is_empty() {
            "neither".to_owned()
        } else {
            lines.join(", ")
        };
        writeln!(page, "| {sender} | {lines} |").unwrap();
    }
    for (action, title) in ACTIONS {
        section(&mut page, title, &table[action], senders, ORIGINS);
    }
    let table = sorted(SESSION_TABLE);
    let title = "Who is logged in, by `SessionInfo`";
    section(&mut page, title, &table, senders, STORES);
    page
}

fn section(
    page: &mut String,
    title: &str,
    action: &Value,
    senders: &Map<String, Value>,
    tables: [(&str, &str); 2],
) {
    write!(page, "\n## {title}\n\n| outcome | meaning |\n|---|---|\n").unwrap();
    for (outcome, meaning) in action["outcomes"].as_object().unwrap() {
        writeln!(page, "| {outcome} | {} |", text(meaning)).unwrap();
    }
    for (name, title) in tables {
        write!(page, "\n### {title}\n\n| request | carries |").unwrap();
        for sender in senders.keys() {
            write!(page, " {sender} |").unwrap();
        }
        writeln!(page, "\n|---|---|{}", "---|".repeat(senders.len())).unwrap();
        for row in action[name].as_array().unwrap() {
            let by = row["by"].as_str().unwrap_or("GET");
            write!(page, "| {by} | {} |", text(&row["carries"])).unwrap();
            for sender in senders.keys() {
                write!(page, " {} |", text(&row[sender])).unwrap();
            }
            page.push('\n');
        }
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

const ACTIONS: [(&str, &str); 3] = [
    ("log_out", "Log-out"),
    ("log_in", "Log-in, behind `same_origin`"),
    ("visitor", "A page for visitors"),
];

const ORIGINS: [(&str, &str); 2] = [
    ("without_public_origin", "Without `HANDSTAMP_PUBLIC_ORIGIN`"),
    ("with_public_origin", "With `HANDSTAMP_PUBLIC_ORIGIN`"),
];

const STORES: [(&str, &str); 2] = [
    ("with_store", "With a store"),
    ("without_store", "Without a store"),
];

const TABLE: &str = include_str!("../vectors/truth_table.json");

const SESSION_TABLE: &str = include_str!("../vectors/session_table.json");
