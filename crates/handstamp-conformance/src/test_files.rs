use std::fs;
use std::path::Path;

/// Checks that each file in the folder `tests` of this crate is a module of its `main.rs`: one that
/// is forgotten there is not run.
pub fn every_test_file_is_run(manifest_dir: &str) {
    let folder = Path::new(manifest_dir).join("tests");
    let main = fs::read_to_string(folder.join("main.rs")).expect("the tests have a main.rs");
    for file in fs::read_dir(&folder).expect("the folder is readable") {
        let name = file.expect("the folder is readable").file_name();
        let module = name.to_string_lossy().replace(".rs", "");
        let is_run = module == "main" || main.contains(&format!("\nmod {module};\n"));
        assert!(is_run, "tests/{module} is no module of tests/main.rs");
    }
}
