//! What real HTTP clients sent to the binary, sent to this program. It has no sessions.

use handstamp_conformance::{LogOut, Server, answers_recorded_clients};

#[test]
fn every_recorded_client_logs_in_reads_posts_refreshes_and_logs_out() {
    let secret = (
        "JWT_SECRET_KEY",
        "a secret of the tests, long enough for HS256",
    );
    let server = Server::start(env!("CARGO_BIN_EXE_complete"), &[], &[secret]).unwrap();
    answers_recorded_clients(&server, LogOut::DeletesCookies);
}
