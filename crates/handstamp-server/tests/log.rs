//! The log, when nothing reads it any more.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a failing test panics")]

use std::io::{BufRead as _, BufReader, Read as _};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use handstamp_conformance::Request;

use crate::service::{Home, PROGRAM, login};

/// As when the terminal was closed in which the program was started, or the disk is full.
#[test]
fn a_log_that_cannot_be_written_is_lost_and_not_the_service() {
    let home = Home::new();
    let (mut server, address) = start(&home);
    // The reader goes; each wrong password is a line in the log.
    drop(server.0.stderr.take());
    for count in 0..3 {
        let reply = login("user1", "wrong").send(address).unwrap();
        assert_eq!(reply.status, 401, "{count}");
    }
    assert_eq!(
        login("user1", "password1").send(address).unwrap().status,
        200
    );
    assert_eq!(terminate(&mut server), Some(0));
}

/// As when a terminal is in its copy mode, or the program behind the pipe hangs.
#[test]
fn a_reader_of_the_log_that_stalls_holds_up_no_request() {
    let home = Home::new();
    let (mut server, address) = start(&home);
    // Each is a line of over 150 bytes in a pipe for 64 KiB.
    let refused = login("user1", "password1").header("x-forwarded-for", "192.0.2.7");
    for count in 0..600 {
        let reply = refused.send(address);
        let status = reply.map(|reply| reply.status);
        assert_eq!(status.ok(), Some(403), "after {count} lines");
    }
    let begin = Instant::now();
    let reply = Request::new("GET", "/healthz").send(address).unwrap();
    assert_eq!(reply.status, 200);
    assert!(begin.elapsed() < Duration::from_secs(2));
    let begin = Instant::now();
    assert_eq!(terminate(&mut server), Some(0));
    assert!(begin.elapsed() < Duration::from_secs(3));
}

#[test]
fn a_reader_of_the_log_that_goes_on_gets_every_line_to_the_last() {
    let home = Home::new();
    let (mut server, address) = start(&home);
    let refused = login("user1", "password1").header("x-forwarded-for", "192.0.2.7");
    for _ in 0..600 {
        assert_eq!(refused.send(address).unwrap().status, 403);
    }
    let mut stderr = server.0.stderr.take().unwrap();
    let reader = thread::spawn(move || {
        let mut log = String::new();
        stderr.read_to_string(&mut log).unwrap();
        log
    });
    assert_eq!(terminate(&mut server), Some(0));
    let log = reader.join().unwrap();
    assert_eq!(log.matches("from this host only").count(), 600);
    assert!(log.trim_end().ends_with("stopping"), "{log}");
}

/// A process that does not outlive its test, also where it hangs.
struct Process(Child);

impl Drop for Process {
    fn drop(&mut self) {
        // It has ended already, unless the test failed.
        let _ = self.0.kill();
    }
}

/// Starts the program, and returns its address. Its standard error is a pipe that is not read.
fn start(home: &Home) -> (Process, SocketAddr) {
    let mut server = Command::new(PROGRAM)
        .args(["--listen", "127.0.0.1:0"])
        .env("XDG_STATE_HOME", home.path())
        .env_remove("DATABASE_URL")
        .env_remove("REDIS_URL")
        .env_remove("RUST_LOG")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    let mut stdout = BufReader::new(server.stdout.take().unwrap());
    stdout.read_line(&mut line).unwrap();
    let (_, address) = line.trim().split_once("http://").unwrap();
    let address = address.parse().unwrap();
    (Process(server), address)
}

/// Sends SIGTERM, and returns the exit status. A process that has not ended after ten seconds fails
/// the test.
fn terminate(Process(server): &mut Process) -> Option<i32> {
    let pid = server.id().to_string();
    assert!(
        Command::new("kill")
            .args(["-TERM", &pid])
            .status()
            .unwrap()
            .success()
    );
    let begin = Instant::now();
    while begin.elapsed() < Duration::from_secs(10) {
        if let Some(status) = server.try_wait().unwrap() {
            return status.code();
        }
        thread::sleep(Duration::from_millis(10));
    }
    panic!("SIGTERM did not end the process")
}
