//! A disk that is full: what needs no write goes on, and `/readyz` says that the rest does not.

#![expect(clippy::unwrap_used, reason = "a failing test panics")]

use std::fs;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use handstamp_conformance::{Request, Server};

use crate::service::{Browser, Home, granted, login};

/// Lets the server write no file, as a full disk does, or any again.
fn limit_files(server: &Server, soft: &str) {
    let pid = server.id().to_string();
    let limit = format!("--fsize={soft}:");
    let done = Command::new("prlimit")
        .args(["--pid", &pid, &limit])
        .status();
    assert!(done.unwrap().success(), "prlimit of util-linux");
}

/// Waits until `/readyz` answers this, which it does after a second at most.
fn wait_until_ready_is(server: &Server, status: u16) {
    let start = Instant::now();
    while server.send(&Request::new("GET", "/readyz")).status != status {
        assert!(
            start.elapsed() < Duration::from_secs(5),
            "{}",
            server.stderr()
        );
        thread::sleep(Duration::from_millis(50));
    }
}

/// Makes all sessions appear unused for two minutes, so that their use is to be recorded.
fn leave_sessions_unused(home: &Home) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    runtime.unwrap().block_on(async {
        let url = format!("sqlite://{}", home.database().display());
        let pool = sqlx::SqlitePool::connect(&url).await.unwrap();
        let update = "UPDATE handstamp_sessions SET last_active = last_active - 120000";
        let done = sqlx::query(update).execute(&pool).await.unwrap();
        assert_eq!(done.rows_affected(), 1);
        pool.close().await;
    });
}

#[test]
fn with_a_full_disk_users_stay_logged_in_and_the_service_is_not_ready() {
    let home = Home::new();
    // A process that tries to write more than its limit is ended, unless it ignores the signal.
    let server = home.start_in_shell("trap '' XFSZ").unwrap();
    let mut browser = Browser::logged_in(&server, "user1", "password1");
    assert_eq!(browser.protected(&server), granted());
    wait_until_ready_is(&server, 200);
    leave_sessions_unused(&home);

    limit_files(&server, "0");
    wait_until_ready_is(&server, 503);
    assert!(
        server.says("not ready: the database"),
        "{}",
        server.stderr()
    );
    assert!(server.says("disk"), "the cause: {}", server.stderr());
    assert_eq!(browser.protected(&server), granted());
    assert!(server.says("admitted"), "{}", server.stderr());
    for request in [
        login("user1", "password1"),
        browser.request("POST", "/logout"),
    ] {
        let reply = server.send(&request);
        assert_eq!(reply.status, 503, "{}: {reply:?}", request.target());
    }
    assert_eq!(server.send(&Request::new("GET", "/healthz")).status, 200);

    limit_files(&server, "unlimited");
    wait_until_ready_is(&server, 200);
    assert_eq!(browser.send(&server, "POST", "/refresh").status, 200);
    assert_eq!(browser.protected(&server), granted());
}

#[test]
fn asking_whether_it_is_ready_does_not_fill_the_disk() {
    let home = Home::new();
    let server = home.start(&[], &[]).unwrap();
    let log = home.database().with_extension("db-wal");
    let size = || fs::metadata(&log).unwrap().len();
    wait_until_ready_is(&server, 200);
    let (before, start) = (size(), Instant::now());
    for _ in 0..300 {
        wait_until_ready_is(&server, 200);
    }
    // A page of 4 KiB and its header for each second that has begun.
    let most = 5000 * (start.elapsed().as_secs() + 2);
    let grown = size() - before;
    println!(
        "300 probes in {:?}: the log grew by {grown} bytes",
        start.elapsed()
    );
    assert!(grown <= most, "{grown} > {most}");
}
