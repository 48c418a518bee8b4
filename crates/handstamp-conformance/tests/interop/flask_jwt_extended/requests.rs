//! Requests: where a token and its CSRF value may be. Each is asked with a token of either side,
//! of both sides.

use super::*;

/// The sentence, the route, their settings and ours, the request with a token and its CSRF value;
/// the status that they answer, and what we do.
type Row = (
    &'static str,
    Demand,
    Value,
    Settings,
    fn(&str, &str) -> Request,
    i64,
    Result<(), &'static str>,
);

#[tokio::test]
async fn each_location_means_the_same() {
    let none = || json!({});
    let at = |place: &str| json!({"JWT_TOKEN_LOCATION": [place]});
    let and = |mut settings: Value, name: &str, value: Value| {
        settings[name] = value;
        settings
    };
    #[rustfmt::skip]
    let rows: Vec<Row> = vec![
        ("a cookie and its CSRF value", Access, none(), plain, |token, csrf| cookie(POST, ACCESS, token).header(CSRF, csrf), 200, Ok(())),
        ("a refresh cookie and its CSRF value", Refresh, none(), plain, |token, csrf| cookie(POST, REFRESH, token).header(CSRF, csrf), 200, Ok(())),
        ("a cookie without its CSRF value", Access, none(), plain, |token, _| cookie(POST, ACCESS, token), 401, Err("missing_csrf_token")),
        ("a cookie with another CSRF value", Access, none(), plain, |token, _| cookie(POST, ACCESS, token).header(CSRF, "other"), 401, Err("csrf_mismatch")),
        ("GET needs no CSRF value", Access, none(), plain, |token, _| cookie(GET, ACCESS, token), 200, Ok(())),
        ("GET needs none with a refresh cookie, but here", Refresh, none(), plain, |token, _| cookie(GET, REFRESH, token), 200, Err("missing_csrf_token")),
        ("no token at all", Refresh, none(), plain, |_, _| Request::new(POST, "/"), 401, Err("missing_token")),
        ("cookies of other names", Access, json!({"JWT_ACCESS_COOKIE_NAME": "jwt"}), |c| c.access_cookie_name("jwt"), |token, csrf| cookie(POST, "jwt", token).header(CSRF, csrf), 200, Ok(())),
        ("a refresh cookie of another name", Refresh, json!({"JWT_REFRESH_COOKIE_NAME": "jwt_r"}), |c| c.refresh_cookie_name("jwt_r"), |token, csrf| cookie(POST, "jwt_r", token).header(CSRF, csrf), 200, Ok(())),
        ("another CSRF header", Access, json!({"JWT_ACCESS_CSRF_HEADER_NAME": "X-A"}), |c| c.access_csrf_header_name("X-A"), |token, csrf| cookie(POST, ACCESS, token).header("x-a", csrf), 200, Ok(())),
        ("another CSRF header for refreshes", Refresh, json!({"JWT_REFRESH_CSRF_HEADER_NAME": "X-R"}), |c| c.refresh_csrf_header_name("X-R"), |token, csrf| cookie(POST, REFRESH, token).header("x-r", csrf), 200, Ok(())),
        ("GET among the guarded methods", Access, json!({"JWT_CSRF_METHODS": ["GET", "POST"]}), |c| c.csrf_methods(["GET", "POST"]), |token, _| cookie(GET, ACCESS, token), 401, Err("missing_csrf_token")),
        ("a form field", Access, json!({"JWT_CSRF_CHECK_FORM": true}), |c| c.csrf_check_form(true), |token, csrf| form(ACCESS, token, "csrf_token", csrf), 200, Ok(())),
        ("a form field that is not read", Access, none(), plain, |token, csrf| form(ACCESS, token, "csrf_token", csrf), 401, Err("missing_csrf_token")),
        ("a form field of another name", Access, json!({"JWT_CSRF_CHECK_FORM": true, "JWT_ACCESS_CSRF_FIELD_NAME": "a"}), |c| c.csrf_check_form(true).access_csrf_field_name("a"), |token, csrf| form(ACCESS, token, "a", csrf), 200, Ok(())),
        ("a form field of another name for refreshes", Refresh, json!({"JWT_CSRF_CHECK_FORM": true, "JWT_REFRESH_CSRF_FIELD_NAME": "r"}), |c| c.csrf_check_form(true).refresh_csrf_field_name("r"), |token, csrf| form(REFRESH, token, "r", csrf), 200, Ok(())),

        ("a header", Access, at("headers"), everywhere, |token, _| header("authorization", &format!("Bearer {token}")), 200, Ok(())),
        ("a refresh token in a header", Refresh, at("headers"), everywhere, |token, _| header("authorization", &format!("Bearer {token}")), 200, Ok(())),
        ("another header without a type", Access, and(and(at("headers"), "JWT_HEADER_NAME", json!("X-Token")), "JWT_HEADER_TYPE", json!("")), |c| everywhere(c).header_name("X-Token").header_type(""), |token, _| header("x-token", token), 200, Ok(())),
        ("another type", Access, and(at("headers"), "JWT_HEADER_TYPE", json!("JWT")), |c| everywhere(c).header_type("JWT"), |token, _| header("authorization", &format!("JWT {token}")), 200, Ok(())),
        ("the type in small letters", Access, at("headers"), everywhere, |token, _| header("authorization", &format!("bearer {token}")), 401, Ok(())),
        ("another type in front, in one header", Access, at("headers"), everywhere, |token, _| header("authorization", &format!("Basic abc, Bearer {token}")), 200, Err("missing_token")),

        ("the query", Access, at("query_string"), |c| everywhere(c).query_string_name("jwt"), |token, _| Request::new(GET, &format!("/?jwt={token}")), 200, Ok(())),
        ("another parameter of the query", Refresh, and(at("query_string"), "JWT_QUERY_STRING_NAME", json!("t")), |c| everywhere(c).query_string_name("t"), |token, _| Request::new(GET, &format!("/?t={token}")), 200, Ok(())),
        ("a prefix in the query", Access, and(at("query_string"), "JWT_QUERY_STRING_VALUE_PREFIX", json!("Bearer ")), |c| everywhere(c).query_string_name("jwt"), |token, _| Request::new(GET, &format!("/?jwt=Bearer+{token}")), 200, Err("invalid_token")),

        ("a JSON body", Access, at("json"), everywhere, |token, _| Request::new(POST, "/").json(&json!({"access_token": token})), 200, Ok(())),
        ("a refresh token in a JSON body", Refresh, at("json"), everywhere, |token, _| Request::new(POST, "/").json(&json!({"refresh_token": token})), 200, Ok(())),
        ("another member of a JSON body", Access, and(at("json"), "JWT_JSON_KEY", json!("a")), |c| everywhere(c).json_key("a"), |token, _| Request::new(POST, "/").json(&json!({"a": token})), 200, Ok(())),
        ("another member of a JSON body for refreshes", Refresh, and(at("json"), "JWT_REFRESH_JSON_KEY", json!("r")), |c| everywhere(c).refresh_json_key("r"), |token, _| Request::new(POST, "/").json(&json!({"r": token})), 200, Ok(())),
    ];
    let mut flask = Peer::start("flask_jwt_extended_peer.py");
    for (sentence, demand, settings, same, asked, status, expected) in rows {
        let auth = ours(same);
        let of_theirs = flask.ask(&json!({
            "op": "issue", "settings": theirs(&settings), "purpose": demand.purpose(), "identity": "user1", "arguments": {},
        }));
        let of_theirs = ["token", "csrf"].map(|name| of_theirs[name].as_str().unwrap().to_owned());
        let of_ours = issue(&auth, demand);
        for (maker, [token, csrf]) in [("flask-jwt-extended", of_theirs), ("handstamp", of_ours)] {
            let request = asked(&token, &csrf);
            let answer = demand.ask_theirs(&mut flask, &settings, &request);
            assert_eq!(answer["status"], status, "{sentence}, of {maker}: {answer}");
            let seen = demand.ask_ours(&auth, &request).await;
            let seen = seen.map(|(subject, _)| assert_eq!(subject, "user1"));
            assert_eq!(seen, expected, "{sentence}, of {maker}");
        }
    }
}

#[tokio::test]
async fn neither_takes_a_token_for_the_other_purpose() {
    let mut flask = Peer::start("flask_jwt_extended_peer.py");
    let auth = ours(plain);
    for (demand, other, code) in [
        (Access, Refresh, "access_token_required"),
        (Refresh, Access, "refresh_token_required"),
    ] {
        let of_theirs = flask.ask(&json!({
            "op": "issue", "settings": theirs(&json!({})), "purpose": other.purpose(), "identity": "user1", "arguments": {},
        }));
        let of_theirs = ["token", "csrf"].map(|name| of_theirs[name].as_str().unwrap().to_owned());
        for [token, csrf] in [of_theirs, issue(&auth, other)] {
            let request = cookie(POST, demand.cookie(), &token).header(CSRF, csrf);
            let answer = demand.ask_theirs(&mut flask, &json!({}), &request);
            assert_eq!(answer["status"], 422, "{demand:?}: {answer}");
            let seen = demand.ask_ours(&auth, &request).await;
            assert_eq!(seen.err(), Some(code), "{demand:?}");
        }
    }
}

fn issue(auth: &Auth, demand: Demand) -> [String; 2] {
    fn parts<P: Purpose>(token: &handstamp::SignedToken<P>) -> [String; 2] {
        [token.as_str(), token.csrf().unwrap()].map(str::to_owned)
    }
    match demand {
        Refresh => parts(&auth.create_refresh_token("user1").unwrap()),
        Access | Fresh => parts(&auth.create_access_token("user1").unwrap()),
    }
}

fn cookie(method: &str, name: &str, token: &str) -> Request {
    Request::new(method, "/").cookies([format!("{name}={token}")])
}

fn header(name: &str, value: &str) -> Request {
    Request::new(GET, "/").header(name, value)
}

fn form(cookie_name: &str, token: &str, field: &str, csrf: &str) -> Request {
    cookie(POST, cookie_name, token)
        .header("content-type", "application/x-www-form-urlencoded")
        .body(format!("{field}={csrf}"))
}

const ACCESS: &str = "access_token_cookie";
const REFRESH: &str = "refresh_token_cookie";
const CSRF: &str = "x-csrf-token";
const GET: &str = "GET";
const POST: &str = "POST";
