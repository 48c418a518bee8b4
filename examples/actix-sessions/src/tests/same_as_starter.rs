//! What has nothing to do with the framework is the same in `starter`, for axum. In a copy of this
//! folder, remove this file.

#[test]
fn the_files_that_name_no_framework_are_those_of_the_starter() {
    macro_rules! both {
        ($($file:literal)*) => {
            [$((
                $file,
                include_str!(concat!("../../../starter/", $file)),
                include_str!(concat!("../../", $file)),
            )),*]
        };
    }
    let files = both![
        "migrations/0001_users.sql"
        "migrations/0002_notes.sql"
        "page/handstamp.js"
        "page/page.css"
        "page/page.html"
        "page/page.js"
        "src/attempts.rs"
        "src/database.rs"
        "src/passwords.rs"
        "src/roles.rs"
        "src/settings.rs"
        "src/tests/accounts.rs"
        "src/tests/notes.rs"
        "src/tests/outages.rs"
        "src/tests/passwords.rs"
        "src/tests/roles.rs"
        "src/users.rs"
        "tests/limits.rs"
        "tests/start.rs"
    ];
    for (file, of_starter, ours) in files {
        let ours = ours.replace("handstamp_actix", "handstamp_axum");
        let ours = ours.replace("BIN_EXE_actix-sessions", "BIN_EXE_starter");
        let ours = ours.replace("#[actix_web::test]", "#[tokio::test]");
        assert!(ours == of_starter, "{file}");
    }
}
