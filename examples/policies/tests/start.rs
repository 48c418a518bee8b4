//! The program starts with its policies, and with a mistake in them it does not.

use std::{env, fs, process};

use handstamp_conformance::{Jar, Request, Server};

const PROGRAM: &str = env!("CARGO_BIN_EXE_policies");
const SECRET: (&str, &str) = ("JWT_SECRET_KEY", "a secret of at least thirty-two bytes");

#[test]
fn it_starts_and_decides() {
    let server = Server::start(PROGRAM, &[], &[SECRET]).unwrap();
    for (name, status) in [("alice", 200), ("bob", 403), ("carol", 403), ("root", 403)] {
        let mut jar = Jar::default();
        jar.store(&server.send(&Request::new("POST", &format!("/login/{name}"))));
        let billing = Request::new("GET", "/billing").header("cookie", jar.header());
        assert_eq!(server.send(&billing).status, status, "{name}");
    }
    assert_eq!(server.send(&Request::new("GET", "/billing")).status, 401);
}

#[test]
fn a_mistake_is_said_with_its_place() {
    let folder = env::temp_dir().join(format!("handstamp-policies-{}", process::id()));
    fs::create_dir_all(&folder).unwrap();
    let schema = include_str!("../policies/service.cedarschema");
    let policies = include_str!("../policies/service.cedar").replace("users:ban\"", "users:bann\"");
    fs::write(folder.join("service.cedarschema"), schema).unwrap();
    fs::write(folder.join("service.cedar"), policies).unwrap();
    let settings = [SECRET, ("POLICIES", folder.to_str().unwrap())];
    let refusal = Server::start(PROGRAM, &[], &settings).unwrap_err();
    let said = refusal.stderr;
    for words in ["service.cedar:6:", "users:bann", "Did you mean `Action::"] {
        assert!(said.contains(words), "{words}: {said}");
    }
    fs::remove_dir_all(folder).unwrap();
}
