//! The second listing of the repository's `README.md` compiles, without warnings.

use std::fs;

/// Not among `tests/compiles`: what stands there is run as well, and this serves until it is
/// stopped.
#[allow(dead_code, reason = "compiled, never run")]
#[allow(clippy::pedantic, reason = "short lines for a page")]
mod example {
    include!("readme/example.rs");
}

#[test]
fn the_example_that_compiles_is_the_one_of_the_page() {
    let page = concat!(env!("CARGO_MANIFEST_DIR"), "/../../README.md");
    let page = fs::read_to_string(page).unwrap();
    let examples: Vec<&str> = page
        .split("```rust\n")
        .skip(1)
        .filter_map(|rest| rest.split("```").next())
        .collect();
    assert_eq!(
        examples.get(1..),
        Some(&[include_str!("readme/example.rs")][..])
    );
}
