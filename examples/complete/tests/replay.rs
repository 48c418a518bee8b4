//! Every question that was put to AuthX's complete example, put to this one.

use std::collections::BTreeSet;

use handstamp_conformance::answers_as_recorded;
use serde_json::Value;

const VECTORS: &str =
    include_str!("../../../crates/handstamp-conformance/vectors/authx_complete.json");
const DIFFERENCES: &str = include_str!("../../../crates/handstamp/docs/differences.md");

#[test]
fn it_answers_as_authx_does_or_as_the_row_says() {
    answers_as_recorded(env!("CARGO_BIN_EXE_complete"));
}

/// `differs` and the rows marked ▸ are the same set: nothing differs without a reason, and no
/// reason is made up.
#[test]
fn every_difference_is_listed_with_a_reason() {
    let vectors: Value = serde_json::from_str(VECTORS).unwrap();
    let differing: BTreeSet<&str> = vectors["rows"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|row| row["steps"].as_array().unwrap())
        .filter_map(|step| step["differs"].as_array())
        .flatten()
        .map(|title| title.as_str().unwrap())
        .collect();
    let mut listed = BTreeSet::new();
    for line in DIFFERENCES.lines().filter(|line| line.starts_with("| ▸")) {
        let cells: Vec<&str> = line.trim_matches('|').split(" | ").map(str::trim).collect();
        assert_eq!(cells.len(), 4, "{line}");
        assert!(!cells[3].is_empty(), "no reason: {line}");
        listed.insert(cells[0].trim_start_matches("▸ "));
    }
    assert_eq!(
        differing, listed,
        "differs in the vectors, ▸ in differences.md"
    );
}
