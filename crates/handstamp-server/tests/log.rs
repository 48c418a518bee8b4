//! The log, when nothing reads it any more.

mod service;

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};

use crate::service::{Home, PROGRAM, login};

/// As when the terminal was closed in which the program was started, or the disk is full.
#[test]
fn a_log_that_cannot_be_written_is_lost_and_not_the_service() {
    let home = Home::new();
    let mut server = Command::new(PROGRAM)
        .args(["--listen", "127.0.0.1:0"])
        .env("XDG_STATE_HOME", home.path())
        .env_remove("DATABASE_URL")
        .env_remove("REDIS_URL")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    let mut stdout = BufReader::new(server.stdout.take().unwrap());
    stdout.read_line(&mut line).unwrap();
    let (_, address) = line.trim().split_once("http://").unwrap();
    let address = address.parse().unwrap();
    // The reader goes; each wrong password is a line in the log.
    drop(server.stderr.take());
    for count in 0..3 {
        let reply = login("user1", "wrong").send(address).unwrap();
        assert_eq!(reply.status, 401, "{count}");
    }
    assert_eq!(
        login("user1", "password1").send(address).unwrap().status,
        200
    );
    let pid = server.id().to_string();
    assert!(
        Command::new("kill")
            .args(["-TERM", &pid])
            .status()
            .unwrap()
            .success()
    );
    assert_eq!(server.wait().unwrap().code(), Some(0));
}
