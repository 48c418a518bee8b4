//! The memory of the process after many log-ins.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Instant;

use handstamp_conformance::Server;

use crate::service::{Home, login};

/// Each comparison of a password takes 19 MiB. Freed memory of that size stays with the allocator,
/// once for each thread.
#[test]
fn wrong_and_right_log_ins_leave_little_memory_behind() {
    let home = Home::new();
    home.add_user("alice", "correct horse");
    let server = home.start(&["--trusted-proxy", "127.0.0.1"], &[]).unwrap();
    let before = mebibytes(&server);
    // Each from an address of its own, so that none is refused for the number of those before.
    let wrong = at_once(&server, |index| (format!("nobody{index}"), "wrong"), 401);
    let right = at_once(&server, |_| ("alice".to_owned(), "correct horse"), 200);
    let lines = format!(
        "resident memory: {before} MiB at the start, {wrong} MiB after {LOG_INS} wrong log-ins, \
         {right} MiB after {LOG_INS} right ones"
    );
    println!("{lines}");
    assert!(wrong.max(right) < 96, "{lines}");
}

/// Of each kind.
const LOG_INS: usize = 1_000;

/// Sends log-ins, 16 at once, and returns the memory afterwards.
fn at_once(
    server: &Server,
    credentials: impl Fn(usize) -> (String, &'static str) + Sync,
    status: u16,
) -> usize {
    let next = AtomicUsize::new(0);
    let start = Instant::now();
    thread::scope(|scope| {
        for _ in 0..16 {
            scope.spawn(|| {
                loop {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    if index >= LOG_INS {
                        return;
                    }
                    let (name, password) = credentials(index);
                    let address = format!(
                        "198.18.{}.{}",
                        index / 256 + usize::from(status) % 100,
                        index % 256
                    );
                    let request = login(&name, password).header("x-forwarded-for", address);
                    let reply = server.send(&request);
                    assert_eq!(reply.status, status, "{index}: {reply:?}");
                }
            });
        }
    });
    println!(
        "{LOG_INS} log-ins of status {status}: {:?}",
        start.elapsed()
    );
    mebibytes(server)
}

fn mebibytes(server: &Server) -> usize {
    server.resident_memory() / (1024 * 1024)
}
