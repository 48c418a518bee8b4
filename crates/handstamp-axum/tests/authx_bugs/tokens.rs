//! What a token is, and what it may say.

use axum::Router;
use axum::routing::get;
use handstamp_axum::handstamp::error::IssueError;
use handstamp_axum::handstamp::session::ClientInfo;
use handstamp_axum::{Access, NewToken, minutes};
use handstamp_conformance::{Request, Signature, forge, peek};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::app::{
    App, NOON, OTHER_SECRET, SECRET, access_cookie, csrf, get_with, problems, refresh_cookie,
};
use crate::locations::{json_with, with_json_routes};

/// An access token in the query opens the refresh route, and the refresh token does not.
#[tokio::test]
async fn bug_02_a_token_is_asked_its_purpose_wherever_it_is_found() {
    for location in ["query", "headers", "cookies"] {
        let app = App::new(&[("JWT_TOKEN_LOCATION", location)]);
        let (access, refresh) = (app.access("user1"), app.refresh("user1"));
        let rows = [
            ("/protected", access.as_str(), "200 user1"),
            ("/protected", refresh.as_str(), "401 access_token_required"),
            ("/refresh", refresh.as_str(), "200 refreshed"),
            ("/refresh", access.as_str(), "401 refresh_token_required"),
        ];
        for (path, token, expected) in rows {
            let request = Request::new("GET", path);
            let request = match location {
                "query" => request.to(&format!("{path}?token={token}")),
                "headers" => request.header("authorization", format!("Bearer {token}")),
                _ => request
                    .cookies(
                        ["access", "refresh"].map(|kind| format!("{kind}_token_cookie={token}")),
                    )
                    .header("x-csrf-token", peek(token)["csrf"].as_str().unwrap()),
            };
            assert_eq!(app.outcome(request).await, expected, "{location}: {path}");
        }
    }
    let app = with_json_routes("json");
    let (access, refresh) = (app.access("user1"), app.refresh("user1"));
    for (path, token, expected) in [
        ("/json", access.as_str(), "200 user1"),
        ("/json", refresh.as_str(), "401 access_token_required"),
        ("/refresh-json", refresh.as_str(), "200 user1"),
        (
            "/refresh-json",
            access.as_str(),
            "401 refresh_token_required",
        ),
    ] {
        let body = json!({"access_token": token, "refresh_token": token}).to_string();
        let request = json_with(path, "application/json", &body);
        assert_eq!(app.outcome(request).await, expected, "{path}");
    }
}

/// `data=` with one of these names is a `TypeError`, or replaces `iat`, `jti` and `login_type` in silence.
#[tokio::test]
async fn bug_17_a_claim_with_a_reserved_name_is_refused_like_any_other() {
    let app = App::with_sessions(&[("JWT_IDENTITY_CLAIM", "uid")]);
    let names = [
        "sub",
        "jti",
        "type",
        "fresh",
        "csrf",
        "iat",
        "nbf",
        "exp",
        "sid",
        "gen",
        "auth_time",
        "iss",
        "aud",
        "scopes",
        "login_type",
        "uid",
    ];
    for name in names {
        let token = || NewToken::for_subject("user1").claim(name, "admin");
        let log_in = app.auth.log_in(token(), ClientInfo::new().into()).await;
        let refused = [
            app.auth.create_access_token(token()).map(drop),
            app.auth.create_refresh_token(token()).map(drop),
            app.auth.create_token_pair(token()).map(drop),
        ];
        let mut errors = refused
            .map(|result| result.unwrap_err().to_string())
            .to_vec();
        errors.push(log_in.unwrap_err().to_string());
        let expected = IssueError::ReservedClaim { name: name.into() };
        assert_eq!(errors, vec![expected.to_string(); 4]);
    }
    assert!(app.auth.sessions("user1").await.unwrap().is_empty());
    let custom = app.access(NewToken::for_subject("user1").claim("subject", "of a letter"));
    assert_eq!(peek(custom.as_str())["subject"], "of a letter");
}

/// A header that is nested 5000 deep is a `RecursionError`, signed or not.
#[tokio::test]
async fn bug_21_deeply_nested_json_is_an_invalid_token() {
    let app = App::new(&[("JWT_TOKEN_LOCATION", "headers,cookies,query")]);
    let nested =
        |open: &str, close: &str, depth| format!("{}0{}", open.repeat(depth), close.repeat(depth));
    let header = |nested: &str| format!(r#"{{"alg":"HS256","typ":"JWT","x":{nested}}}"#);
    let claims = |nested: &str| {
        let claims = json!({
            "sub": "user1", "jti": "1", "type": "access", "csrf": "1", "iat": NOON, "exp": NOON + 900,
        });
        claims
            .to_string()
            .replacen('{', &format!(r#"{{"x":{nested},"#), 1)
    };
    let ours = Signature::Hs256(SECRET);
    let (bad, forged) = ("401 invalid_token", "401 invalid_signature");
    // 5000 levels are longer than any token may be; what follows is not.
    for (open, close, depth) in [("[", "]", 5000), ("[", "]", 2500), (r#"{"a":"#, "}", 900)] {
        let nested = nested(open, close, depth);
        for (row, token, expected) in [
            // Who has the key may write there what nobody reads.
            (
                "header",
                forge(header(&nested), claims("0"), ours),
                "200 user1",
            ),
            ("claims", forge(header("0"), claims(&nested), ours), bad),
            (
                "header, unsigned",
                forge(header(&nested), claims("0"), Signature::None),
                forged,
            ),
            (
                "claims, unsigned",
                forge(header("0"), claims(&nested), Signature::None),
                forged,
            ),
            (
                "header, not closed",
                forge(open.repeat(depth), claims("0"), ours),
                bad,
            ),
        ] {
            for request in [
                Request::new("GET", "/protected")
                    .header("authorization", format!("Bearer {token}")),
                Request::new("GET", "/protected").cookies([format!("access_token_cookie={token}")]),
                Request::new("GET", &format!("/protected?token={token}")),
            ] {
                let expected = if depth == 5000 { bad } else { expected };
                assert_eq!(
                    app.outcome(request).await,
                    expected,
                    "{row}: {depth} times {open}"
                );
            }
        }
    }
    let plain = forge(header("0"), claims("0"), ours);
    let request = Request::new("GET", &format!("/protected?token={plain}"));
    assert_eq!(app.outcome(request).await, "200 user1");
}

/// `create_access_token(uid=5)` and `headers={"alg": "none"}` fail when they are called. Here neither can be written: see
/// `must_not_compile/bug_27_*.rs`. What is left to say at run time is which algorithm there is.
#[tokio::test]
async fn bug_27_a_token_has_the_algorithm_of_its_key() {
    let app = App::new(&[]);
    for text in [app.access("5").as_str(), app.refresh("5").as_str()] {
        assert!(
            text.starts_with("eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9."),
            "{text}"
        );
    }
    let unsigned = forge(r#"{"alg":"none","typ":"JWT"}"#, "{}", Signature::None);
    let request =
        Request::new("GET", "/protected").cookies([format!("access_token_cookie={unsigned}")]);
    assert_eq!(app.outcome(request).await, "401 invalid_token");
    let reasons = problems(&[("JWT_ALGORITHM", "none")]);
    assert!(
        reasons[0].starts_with(r#"JWT_ALGORITHM="none": not one of HS256, "#),
        "{reasons:?}"
    );
}

/// `extra_dict`, by which a handler reads custom claims, is always empty.
#[tokio::test]
async fn bug_29_custom_claims_are_read_back() {
    #[derive(Deserialize)]
    struct Member {
        role: String,
        teams: Vec<u32>,
        sub: String,
    }
    async fn member(token: Access) -> String {
        let Member { role, teams, sub } = token.claims().unwrap();
        format!("{sub} {role} {teams:?}")
    }
    async fn all(token: Access) -> String {
        let all: serde_json::Map<String, Value> = token.claims().unwrap();
        format!("{} {}", all["role"], all["teams"])
    }
    let app = App::new(&[]).routes(
        Router::new()
            .route("/member", get(member))
            .route("/all", get(all)),
    );
    let user = NewToken::for_subject("user1")
        .claim("role", "editor")
        .claim("teams", [3, 4]);
    let (access, refresh) = (app.access(user.clone()), app.refresh(user));
    let refreshed = Request::new("POST", "/refresh")
        .cookies([refresh_cookie(&refresh)])
        .header("x-csrf-token", csrf(&refresh));
    let reply = app.send(refreshed).await;
    let refreshed = reply
        .header("set-cookie")
        .unwrap()
        .split(';')
        .next()
        .unwrap();
    for cookie in [&access_cookie(&access), refreshed] {
        let member = Request::new("GET", "/member").cookies([cookie]);
        assert_eq!(app.outcome(member).await, "200 user1 editor [3, 4]");
        let all = Request::new("GET", "/all").cookies([cookie]);
        assert_eq!(app.outcome(all).await, r#"200 "editor" [3,4]"#);
    }
}

/// While keys rotate, an expired token of the current key is "Signature verification failed", and a client does not refresh.
#[tokio::test]
async fn bug_32_an_expired_token_has_expired_also_while_keys_rotate() {
    let (in_time, late) = ("200 user1", "401 token_expired");
    let forged = "401 invalid_signature";
    for (row, secret, in_time, late) in [
        ("the current key", SECRET, in_time, late),
        ("the previous key", OTHER_SECRET, in_time, late),
        (
            "neither",
            "a secret that nobody here has heard of",
            forged,
            forged,
        ),
    ] {
        let token = NewToken::for_subject("user1").expires_in(minutes(1));
        let token = App::new(&[("JWT_SECRET_KEY", secret)]).access(token);
        let app = App::new(&[("JWT_PREVIOUS_SECRET_KEY", OTHER_SECRET)]);
        let request = || get_with("/protected", &token);
        assert_eq!(app.outcome(request()).await, in_time, "{row}");
        app.clock.advance(60);
        assert_eq!(app.outcome(request()).await, late, "{row}");
    }
}
