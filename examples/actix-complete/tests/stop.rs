//! Ctrl-C and `kill` end it, with status 0.

use handstamp_conformance::{Request, Server};

#[test]
fn both_signals_end_it_cleanly() {
    for signal in ["INT", "TERM"] {
        let settings = [("JWT_SECRET_KEY", "a secret of at least thirty-two bytes")];
        let server = Server::start(env!("CARGO_BIN_EXE_actix-complete"), &[], &settings).unwrap();
        assert_eq!(server.send(&Request::new("GET", "/protected")).status, 401);
        assert_eq!(server.stop(signal), Some(0), "{signal}");
    }
}
