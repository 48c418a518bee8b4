//! The program's limits on connections: what comes slowly is given up, and keeps no user out.

#![allow(clippy::unwrap_used, reason = "a failing test panics")]

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// The program, which is killed when this is dropped.
struct Program {
    child: Child,
    address: String,
}

impl Program {
    fn start(test: &str) -> Self {
        let database = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("{test}.db"));
        let mut program = Command::new(env!("CARGO_BIN_EXE_starter"));
        program
            .env_clear()
            .env("DATABASE", database)
            .env("LISTEN", "127.0.0.1:0")
            .env(
                "JWT_SECRET_KEY",
                "a secret of the tests, longer than thirty-two bytes",
            )
            .env("NO_COLOR", "1")
            .stdout(Stdio::piped());
        let mut child = program.spawn().unwrap();
        let mut log = BufReader::new(child.stdout.take().unwrap()).lines();
        let address =
            log.find_map(|line| Some(line.unwrap().split_once("open http://")?.1.to_owned()));
        // What it logs later has to be read, or it would wait for that.
        thread::spawn(move || log.for_each(drop));
        Self {
            child,
            address: address.unwrap(),
        }
    }

    fn connect(&self, sent: &str) -> TcpStream {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        stream.write_all(sent.as_bytes()).unwrap();
        stream
    }

    #[cfg(target_os = "linux")]
    fn sockets(&self) -> usize {
        let files = std::fs::read_dir(format!("/proc/{}/fd", self.child.id()));
        let files = files.unwrap().map(|file| file.unwrap().path().read_link());
        let is_socket = |file: &PathBuf| file.to_string_lossy().starts_with("socket:");
        files.filter_map(Result::ok).filter(is_socket).count()
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn what_comes_slowly_is_given_up() {
    let program = Program::start("slow");
    thread::scope(|scope| {
        for (case, sent, each_second, answer, seconds) in [
            ("a head that stops", "GET / HTTP/1.1\r\nHo", "", "", 5),
            (
                "a head by single bytes",
                "GET / HTTP/1.1\r\nA: ",
                "a",
                "",
                5,
            ),
            (
                "the second head of a connection",
                "GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n",
                "A",
                "HTTP/1.1 200 OK",
                5,
            ),
            (
                "a body that stops",
                "POST /login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n\
                 Content-Length: 100\r\n\r\n{",
                "",
                r#"{"code":"too_slow","message":"The request took too long"}"#,
                10,
            ),
            (
                "a body by single bytes",
                "POST /login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n\
                 Content-Length: 100\r\n\r\n{",
                " ",
                "HTTP/1.1 408 Request Timeout",
                10,
            ),
            (
                "a body in chunks of single bytes",
                "POST /login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n\
                 Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n",
                "1\r\n \r\n",
                // actix-web's asks for the length.
                "HTTP/1.1 4",
                10,
            ),
            (
                "a body that is not read",
                "POST /health HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n",
                " ",
                "HTTP/1.1 405 Method Not Allowed",
                5,
            ),
        ] {
            let stream = program.connect(sent);
            scope.spawn(move || {
                let start = Instant::now();
                let answered = until_closed(stream, each_second);
                let took = start.elapsed();
                assert!(answered.contains(answer), "{case}: {answered}");
                let most = Duration::from_secs(seconds + 5);
                assert!(took < most, "{case}: closed after {took:?}");
            });
        }
    });
}

/// Sends something each second, and returns what came until the connection was closed.
fn until_closed(mut stream: TcpStream, each_second: &str) -> String {
    let second = Some(Duration::from_secs(1));
    stream.set_read_timeout(second).unwrap();
    let mut answered = Vec::new();
    for _ in 0..20 {
        match stream.read_to_end(&mut answered) {
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {
                // It may be closed by now.
                let _ = stream.write_all(each_second.as_bytes());
            }
            _ => break,
        }
    }
    String::from_utf8(answered).unwrap()
}

/// Linux alone lists the sockets of a process as files, and lets each have 700 of them.
#[cfg(target_os = "linux")]
#[test]
fn connections_are_so_many_and_keep_no_user_out() {
    for (case, sent) in [("idle", ""), ("half a head", "GET / HTTP/1.1\r\nHo")] {
        let program = Program::start("many");
        let waiting: Vec<TcpStream> = (0..700).map(|_| program.connect(sent)).collect();
        let sockets = (0..10).map(|_| {
            thread::sleep(Duration::from_millis(100));
            program.sockets()
        });
        let sockets = sockets.max().unwrap_or_default();
        assert!((500..520).contains(&sockets), "{case}: {sockets} sockets");
        let start = Instant::now();
        let answered = until_closed(program.connect(HEALTH), "");
        assert!(
            answered.starts_with("HTTP/1.1 200 OK"),
            "{case}: {answered}"
        );
        let took = start.elapsed();
        assert!(took < Duration::from_secs(10), "{case}: after {took:?}");
        drop(waiting);
    }
}

#[test]
fn a_request_that_never_ends_does_not_keep_it_from_ending() {
    let mut program = Program::start("endless");
    let endless = program.connect(
        "POST /login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n\
         Content-Length: 100\r\n\r\n",
    );
    assert!(until_closed(program.connect(HEALTH), "").starts_with("HTTP/1.1 200 OK"));
    let kill = ["-TERM".to_owned(), program.child.id().to_string()];
    assert!(Command::new("kill").args(kill).status().unwrap().success());
    assert_eq!(program.child.wait().unwrap().code(), Some(0));
    // It was not waited for until its own time was over.
    assert_eq!(until_closed(endless, ""), "");
}

const HEALTH: &str = "GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
