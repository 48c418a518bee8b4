//! Every example on axum is served with limits.

use std::fs;
use std::path::Path;

#[test]
fn no_example_is_served_without_limits() {
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut served = 0;
    for example in fs::read_dir(examples).unwrap() {
        let path = example.unwrap().path().join("src/main.rs");
        let Ok(source) = fs::read_to_string(&path) else {
            continue;
        };
        if path.ends_with("starter/src/main.rs") {
            // It is copied without `serve`, and says what limits it instead.
            let readme = fs::read_to_string(examples.join("starter/README.md")).unwrap();
            assert!(readme.contains("Limits on connections: put a proxy in front of it"));
            continue;
        }
        assert!(!source.contains("axum::serve("), "{}", path.display());
        served += usize::from(source.contains("serve::serve("));
    }
    assert_eq!(served, 8, "the examples on axum");
}
