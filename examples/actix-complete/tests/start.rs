//! With the page's own secret it does not start, and says why.

use handstamp_conformance::{Refusal, Server};

#[test]
fn the_secret_of_the_page_is_too_short() {
    let refusal = start(&[("JWT_SECRET_KEY", "your-secret-key")]).unwrap_err();
    assert_eq!(refusal.status, Some(1));
    let problem = "JWT_SECRET_KEY: the secret has 15 bytes and HS256 needs at least 32";
    assert!(refusal.stderr.contains(problem), "{}", refusal.stderr);
    assert!(
        !refusal.stderr.contains("your-secret-key"),
        "{}",
        refusal.stderr
    );
}

#[test]
fn the_secret_of_the_page_is_taken_by_who_accepts_the_danger() {
    let settings = [
        ("JWT_SECRET_KEY", "your-secret-key"),
        ("HANDSTAMP_DANGER_SHORT_SECRET", "true"),
    ];
    start(&settings).unwrap();
}

#[test]
fn without_a_secret_it_does_not_start() {
    let refusal = start(&[]).unwrap_err();
    assert_eq!(refusal.status, Some(1));
    assert!(
        refusal.stderr.contains("JWT_SECRET_KEY"),
        "{}",
        refusal.stderr
    );
}

#[test]
fn all_problems_are_said_at_once() {
    let settings = [
        ("JWT_SECRET_KEY", "short"),
        ("JWT_COOKIE_SAMESITE", "sometimes"),
        ("JWT_ACCESS_TOKEN_EXPIRES", "soon"),
    ];
    let refusal = start(&settings).unwrap_err();
    for (name, _) in settings {
        assert!(refusal.stderr.contains(name), "{name}: {}", refusal.stderr);
    }
}

fn start(settings: &[(&str, &str)]) -> Result<Server, Refusal> {
    Server::start(env!("CARGO_BIN_EXE_actix-complete"), &[], settings)
}
