//! Every example on axum is served with limits.

use std::fs;
use std::path::Path;

#[test]
fn no_example_is_served_without_limits() {
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut served = 0;
    for example in fs::read_dir(examples).unwrap() {
        let path = example.unwrap().path();
        let mut source = String::new();
        for file in fs::read_dir(path.join("src")).into_iter().flatten() {
            // Folders have no text.
            source += &fs::read_to_string(file.unwrap().path()).unwrap_or_default();
        }
        assert!(!source.contains("axum::serve("), "{}", path.display());
        let is_on_axum = source.contains("handstamp_axum::");
        // The starter, which is copied without the crate `serve`, has a module of this name.
        let is_limited = source.contains("serve::serve(");
        assert!(is_limited || !is_on_axum, "{}", path.display());
        served += usize::from(is_on_axum);
    }
    assert_eq!(served, 12, "the examples on axum");
}
