//! A database file that is deleted or replaced while the server runs.

use std::{fs, thread};

use handstamp_conformance::Request;

use crate::service::{Browser, Home, granted, login};

/// SQLite goes on with a deleted file, which is lost when the server stops, and makes another one,
/// readable for all, when a connection is opened.
#[test]
fn a_database_file_that_is_gone_is_said_and_not_made_again() {
    for (name, is_replaced, said) in [
        (
            "deleted",
            false,
            "handstamp.db was deleted while it was open",
        ),
        (
            "replaced",
            true,
            "handstamp.db was replaced while it was open",
        ),
    ] {
        let home = Home::new();
        let server = home.start(&[], &[]).unwrap();
        let browser = Browser::logged_in(&server, "user1", "password1");
        assert_eq!(browser.protected(&server), granted(), "{name}");
        let (path, away) = (home.database(), home.path().join("away.db"));
        fs::rename(&path, &away).unwrap();
        if is_replaced {
            fs::write(&path, "").unwrap();
        }
        let requests = [
            Request::new("GET", "/readyz"),
            login("user1", "password1"),
            browser.request("GET", "/protected"),
            browser.request("POST", "/refresh"),
            browser.request("POST", "/logout"),
        ];
        // At once, so that new connections are needed.
        thread::scope(|scope| {
            for request in requests.iter().cycle().take(25) {
                let server = &server;
                scope.spawn(move || {
                    let reply = server.send(request);
                    assert_eq!(reply.status, 503, "{name}: {} {reply:?}", request.target());
                });
            }
        });
        assert_eq!(server.send(&Request::new("GET", "/healthz")).status, 200);
        assert!(server.says(said), "{name}: {}", server.stderr());
        assert!(
            server.stderr().contains("ERROR"),
            "{name}: {}",
            server.stderr()
        );
        assert_eq!(path.exists(), is_replaced, "{name}");

        fs::rename(&away, &path).unwrap();
        assert_eq!(browser.protected(&server), granted(), "{name}: it is back");
        fs::remove_file(&path).unwrap();
        assert_eq!(browser.protected(&server).0, 503, "{name}");
        assert_eq!(server.stop("TERM"), Some(0), "{name}");
        assert!(!path.exists(), "{name}: it was not made again");
    }
}
