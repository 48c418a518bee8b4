//! Where a token may be, and how it may be written there.

use handstamp_conformance::Request;

use crate::app::{App, access_cookie};

/// A name that is half a character is a 500; and a 422 repeats the password that was typed.
#[tokio::test]
async fn bug_20_a_lone_surrogate_in_a_log_in_is_an_unreadable_body() {
    let app = App::new(&[]);
    for body in [
        r#"{"username":"\ud800","password":"hunter2"}"#,
        r#"{"username":"\udc00\ud800","password":"hunter2"}"#,
        r#"{"username":"user1","password":"hunter2\ud800"}"#,
        r#"{"\ud800":"user1","password":"hunter2"}"#,
        r#"{"password":"hunter2"}"#,
        r#"{"username":{"a":"hunter2"},"password":"hunter2"}"#,
    ] {
        let request = Request::new("POST", "/login")
            .header("content-type", "application/json")
            .body(body);
        let reply = app.send(request).await;
        assert!(
            [400, 422].contains(&reply.status),
            "{body}: {}",
            reply.status
        );
        assert!(!reply.body.contains("hunter2"), "{}", reply.body);
        assert_eq!(reply.all("set-cookie").count(), 0);
    }
}

/// `bearer` is refused, `Bearer ` is deleted wherever it stands, and another scheme or an empty header hides a good cookie.
#[tokio::test]
async fn bug_36_the_scheme_is_one_word_without_case_and_another_one_is_not_ours() {
    let app = App::new(&[("JWT_TOKEN_LOCATION", "headers,cookies")]);
    let (header, cookie) = (app.access("header"), app.access("cookie"));
    let text = header.as_str();
    let (start, end) = text.split_at(40);
    let (used, other, bad) = ("200 header", "200 cookie", "401 invalid_token");
    let forged = "401 invalid_signature";
    for (value, expected) in [
        (format!("Bearer {text}"), used),
        (format!("bearer {text}"), used),
        (format!("BEARER {text}"), used),
        (format!("Bearer  {text}"), used),
        (format!("Bearer Bearer {text}"), bad),
        (format!("Bearer {start}Bearer {end}"), forged),
        (format!("Bearer {start} {end}"), forged),
        ("Bearer junk".to_owned(), bad),
        (format!("{start}Bearer {end}"), other),
        (text.to_owned(), other),
        ("Basic dXNlcjpwYXNz".to_owned(), other),
        (format!("Token {text}"), other),
        (String::new(), other),
        ("Bearer".to_owned(), other),
    ] {
        let request = Request::new("GET", "/protected").header("authorization", &value);
        let with_cookie = request.clone().cookies([access_cookie(&cookie)]);
        assert_eq!(app.outcome(with_cookie).await, expected, "{value}");
        let alone = if expected == other {
            "401 missing_token"
        } else {
            expected
        };
        assert_eq!(app.outcome(request).await, alone, "{value}");
    }
}
