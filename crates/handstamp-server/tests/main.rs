//! The tests of the program, in one binary: each binary would be linked with all that they use.

mod accounts;
mod bodies;
mod clients;
mod codes;
mod commands;
mod config_check;
mod connections;
mod database;
mod demo;
mod demo_page;
mod demo_users;
mod full_disk;
mod headers;
mod hostile;
mod in_use;
mod limits;
mod log;
mod lost_database;
mod memory;
mod messages;
mod nodes;
mod outage;
mod password;
mod remove;
mod secret;
mod service;
mod sessions;
mod start;
mod stop;

/// A file that is no module here would not be run.
#[test]
fn every_file_is_run() {
    let files = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/tests"));
    for file in files.expect("the folder is readable") {
        let name = file.expect("the folder is readable").file_name();
        let module = name.to_string_lossy().replace(".rs", "");
        let line = format!("\nmod {module};\n");
        assert!(
            module == "main" || include_str!("main.rs").contains(&line),
            "{module}"
        );
    }
}
