//! The list has no gaps.

use std::fs;
use std::path::Path;

/// Bugs of parts that are not here.
const EXCLUDED: [(u8, &str); 4] = [
    (
        9,
        "a rate limiter that never limits: handstamp has none but that of its server",
    ),
    (10, "a policy that fails open: handstamp has no policies"),
    (26, "policies that raise: handstamp has none"),
    (
        43,
        "a rate limiter's store that never shrinks: handstamp has none but that of its server",
    ),
];

#[test]
fn every_bug_has_a_test_or_a_reason() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/authx_bugs");
    let sources: Vec<String> = fs::read_dir(folder)
        .unwrap()
        .map(|file| fs::read_to_string(file.unwrap().path()).unwrap())
        .collect();
    let sources = sources.concat();
    assert!(!sources.contains(concat!("#[", "ignore")));
    for number in 1..=45 {
        let tests = sources
            .matches(&format!("\nasync fn bug_{number:02}_"))
            .count()
            + sources.matches(&format!("\nfn bug_{number:02}_")).count();
        let excluded = EXCLUDED
            .iter()
            .filter(|(other, _)| *other == number)
            .count();
        assert_eq!(tests + excluded, 1, "bug {number}");
    }
}
