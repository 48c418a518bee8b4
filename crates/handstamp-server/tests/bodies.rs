//! Bodies of strangers: what the head of a request decides, and how much of a body is read.

use crate::service::Service;

#[test]
fn a_body_is_not_asked_for_when_the_head_gets_its_request_rejected() {
    let server = Service::start(&[], &[]).unwrap();
    let cross_site = "sec-fetch-site: cross-site\r\n";
    for (name, path, more, status) in [
        ("a post without a token", "/posts", "", 401),
        ("a log-in from another site", "/login", cross_site, 403),
        ("a refresh without a token", "/refresh", "", 401),
        ("a log-out from another site", "/logout", cross_site, 403),
        ("a log-in", "/login", "", 100),
    ] {
        let head = format!(
            "POST {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\
             content-type: application/json\r\ncontent-length: 60000\r\n\
             expect: 100-continue\r\n{more}\r\n"
        );
        let reply = server.send_all(head.as_bytes()).unwrap();
        assert_eq!(reply.status, status, "{name}");
    }
}

#[test]
fn a_log_in_reads_little_json_only() {
    let server = Service::start(&[], &[]).unwrap();
    let log_in = |media_type: &str, padding: usize| {
        let padding = " ".repeat(padding);
        let body = format!(r#"{{"username":"user1","password":"password1"{padding}}}"#);
        let head = format!(
            "POST /login HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\
             content-type: {media_type}\r\ncontent-length: {}\r\n\r\n",
            body.len()
        );
        server.send_raw((head + &body).as_bytes()).unwrap().status
    };
    for (name, media_type, padding, status) in [
        ("a log-in", "application/json", 0, 200),
        ("JSON with much space", "application/json", 16 * 1024, 200),
        ("JSON that is too large", "application/json", 65 * 1024, 413),
        ("JSON as text", "text/plain", 0, 415),
    ] {
        assert_eq!(log_in(media_type, padding), status, "{name}");
    }
}
