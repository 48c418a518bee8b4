//! Where requests come from, and what browsers and others say about it.

use serde_json::json;

use crate::config::{ConfigBuilder, OriginCheck};
use crate::testing::{CSRF, Head, auth, builder, outcome, token};
use crate::{Auth, Config, Location, Require, SetCookie};

pub(super) const OURS: &str = "https://app.example.com";
const TRUSTED: &str = "https://admin.example.com";

fn origins() -> ConfigBuilder {
    builder().public_origin(OURS).trusted_origins([TRUSTED])
}

pub(super) fn tokenless(auth: &Auth, head: &Head) -> String {
    let judged = auth.require_same_origin(head);
    judged
        .map_or_else(|rejection| rejection.code(), |()| "allow")
        .to_owned()
}

#[test]
fn browsers_say_where_a_request_comes_from() {
    let auth = auth(origins());
    let token = token(&auth, &json!({}));
    let post = || Head::new("POST").access(&token).csrf(CSRF);
    let site = |site: &str| post().header("sec-fetch-site", site);
    let origin = |origin: &str| post().header("origin", origin);
    #[rustfmt::skip]
    let rows = [
        ("our own page", site("same-origin"), "user1"),
        ("a page of another site", site("cross-site"), "cross_site_request"),
        ("a sibling", site("same-site"), "cross_site_request"),
        ("a sibling that is trusted", site("same-site").header("origin", TRUSTED), "user1"),
        ("another site that is trusted", site("cross-site").header("origin", TRUSTED), "user1"),
        ("a trusted one, twice", site("same-site").header("origin", TRUSTED).header("origin", TRUSTED), "cross_site_request"),
        ("a sibling with our own origin", site("same-site").header("origin", OURS), "cross_site_request"),
        ("our own page, said twice", site("same-origin").header("sec-fetch-site", "same-origin"), "cross_site_request"),
        ("our own page and another", site("same-origin").header("sec-fetch-site", "cross-site"), "cross_site_request"),
        ("the user", site("none"), "user1"),
        ("an empty word", site(""), "cross_site_request"),
        ("our origin", origin(OURS), "user1"),
        ("our origin, twice", origin(OURS).header("origin", OURS), "origin_not_allowed"),
        ("a trusted origin", origin(TRUSTED), "user1"),
        ("an opaque origin", origin("null"), "origin_not_allowed"),
        ("an origin that begins as ours", origin("https://app.example.com.evil.com"), "origin_not_allowed"),
        ("an origin that ends as ours", origin("https://evil-app.example.com"), "origin_not_allowed"),
        ("our host over HTTP", origin("http://app.example.com"), "origin_not_allowed"),
        ("nobody says anything", post(), "user1"),
        ("a foreign Host", post().header("host", "evil.example"), "user1"),
    ];
    for (row, head, expected) in rows {
        assert_eq!(outcome(&auth, &head, &Require::access()), expected, "{row}");
    }
}

#[test]
fn origin_check_comes_before_the_token_and_spares_what_no_browser_sends_unasked() {
    let auth = auth(origins().token_locations([Location::Cookies, Location::Headers]));
    let token = token(&auth, &json!({}));
    let cross = |method: &str| Head::new(method).header("sec-fetch-site", "cross-site");
    let with = |method: &str| cross(method).access(&token).csrf(CSRF);
    let skip_token = || Require::access().without_csrf_token();
    #[rustfmt::skip]
    let rows = [
        ("a forged token", cross("POST").access("forged"), Require::access(), "cross_site_request"),
        ("no token", cross("POST"), Require::access(), "missing_token"),
        ("a token in a header", cross("POST").bearer(&token), Require::access(), "user1"),
        ("GET", with("GET"), Require::access(), "user1"),
        ("a method that nobody listed", with("PROPFIND"), Require::access(), "cross_site_request"),
        ("a method in small letters", with("get"), Require::access(), "cross_site_request"),
        ("a route without CSRF", with("POST"), Require::access().without_csrf(), "user1"),
        ("a route without the value", with("POST"), skip_token(), "cross_site_request"),
        ("the same, from our page", Head::new("POST").access(&token).header("sec-fetch-site", "same-origin"), skip_token(), "user1"),
        ("the same, from a program", Head::new("POST").access(&token), skip_token(), "user1"),
        ("the same, started by the user", Head::new("POST").access(&token).header("sec-fetch-site", "none"), skip_token(), "cross_site_request"),
    ];
    for (row, head, require, expected) in rows {
        assert_eq!(outcome(&auth, &head, &require), expected, "{row}");
    }
}

#[test]
fn a_refresh_and_a_log_out_are_judged_whatever_the_method() {
    let auth = auth(origins());
    let refresh = token(&auth, &json!({"type": "refresh", "fresh": null}));
    let access = token(&auth, &json!({}));
    for method in ["GET", "POST"] {
        let cross = || {
            Head::new(method)
                .header("sec-fetch-site", "cross-site")
                .csrf(CSRF)
        };
        let refreshed = outcome(&auth, &cross().refresh(&refresh), &Require::refresh());
        assert_eq!(refreshed, "cross_site_request", "refresh by {method}");
        let log_out = |head: &Head| {
            auth.authenticate_log_out(head)
                .map_err(|rejection| rejection.code())
        };
        assert_eq!(
            log_out(&cross().access(&access)).err(),
            Some("cross_site_request"),
            "log-out by {method}"
        );
        assert!(log_out(&cross()).is_ok(), "log-out of nobody by {method}");
        let own = Head::new(method)
            .header("sec-fetch-site", "same-origin")
            .csrf(CSRF);
        assert!(
            log_out(&own.access(&access)).is_ok(),
            "our own log-out by {method}"
        );
    }
}

#[test]
fn where_no_value_is_asked_silence_is_refused() {
    let unprotected = || origins().cookie_csrf_protect(false);
    let methods = || origins().csrf_methods(["PUT"]);
    #[rustfmt::skip]
    let rows = [
        ("our page, without values", unprotected(), "same-origin", "user1"),
        ("another site, without values", unprotected(), "cross-site", "cross_site_request"),
        ("the user, without values", unprotected(), "none", "cross_site_request"),
        ("nobody says anything, without values", unprotected(), "", "origin_not_allowed"),
        ("our page, by a method without values", methods(), "same-origin", "user1"),
        ("another site, by a method without values", methods(), "cross-site", "cross_site_request"),
        ("nobody says anything, by a method without values", methods(), "", "origin_not_allowed"),
    ];
    for (row, settings, site, expected) in rows {
        let auth = auth(settings);
        let mut head = Head::new("POST").access(&token(&auth, &json!({})));
        if !site.is_empty() {
            head = head.header("sec-fetch-site", site);
        }
        assert_eq!(outcome(&auth, &head, &Require::access()), expected, "{row}");
    }
}

#[test]
fn a_web_socket_comes_from_our_own_page() {
    let both = [Location::Cookies, Location::Headers];
    let auth_with = auth(origins().token_locations(both));
    let auth_without = auth(builder().token_locations(both));
    let token = token(&auth_with, &json!({}));
    let get = || {
        Head::new("GET")
            .header("upgrade", "websocket")
            .header("connection", "Upgrade")
    };
    let open = || get().access(&token);
    let from = |origin: &str| open().header("origin", origin);
    let plain = Require::access;
    #[rustfmt::skip]
    let rows = [
        ("our page", &auth_with, from(OURS), plain(), "user1"),
        ("a trusted page", &auth_with, from(TRUSTED), plain(), "user1"),
        ("another site", &auth_with, from("https://evil.example"), plain(), "origin_not_allowed"),
        ("a sibling", &auth_with, from("https://evil.example.com"), plain(), "origin_not_allowed"),
        ("an opaque origin", &auth_with, from("null"), plain(), "origin_not_allowed"),
        ("no origin", &auth_with, open(), plain(), "origin_not_allowed"),
        ("our origin twice", &auth_with, from(OURS).header("origin", OURS), plain(), "origin_not_allowed"),
        ("our word alone", &auth_with, open().header("sec-fetch-site", "same-origin"), plain(), "origin_not_allowed"),
        ("the protocol in other letters", &auth_with, Head::new("GET").access(&token).header("upgrade", "h2c, WebSocket"), plain(), "origin_not_allowed"),
        ("over HTTP/2", &auth_with, Head::new("CONNECT").access(&token), plain(), "origin_not_allowed"),
        ("over HTTP/2, from our page", &auth_with, Head::new("CONNECT").access(&token).header("origin", OURS), plain(), "user1"),
        ("another upgrade", &auth_with, Head::new("GET").access(&token).header("upgrade", "h2c"), plain(), "user1"),
        ("without a value, from another site", &auth_with, from("https://evil.example"), plain().without_csrf_token(), "origin_not_allowed"),
        ("without CSRF, from another site", &auth_with, from("https://evil.example"), plain().without_csrf(), "user1"),
        ("a token in a header", &auth_with, get().bearer(&token), plain(), "user1"),
        ("no public origin is known", &auth_without, from(OURS), plain(), "origin_not_allowed"),
        ("no public origin, a token in a header", &auth_without, get().bearer(&token), plain(), "user1"),
    ];
    for (row, auth, head, require, expected) in rows {
        assert_eq!(outcome(auth, &head, &require), expected, "{row}");
    }
    assert_eq!(
        tokenless(&auth_with, &get()),
        "origin_not_allowed",
        "without a token"
    );
    assert_eq!(
        tokenless(&auth_with, &get().header("origin", OURS)),
        "allow",
        "without a token, from our page"
    );
}

#[test]
fn a_log_in_layer_works_without_a_public_origin_where_browsers_say_enough() {
    let auth = auth(builder());
    for (site, origin, expected) in [
        ("same-origin", "", "allow"),
        ("cross-site", OURS, "cross_site_request"),
        ("", OURS, "origin_not_allowed"),
        ("", "", "allow"),
    ] {
        let mut head = Head::new("POST");
        for (name, value) in [("sec-fetch-site", site), ("origin", origin)] {
            if !value.is_empty() {
                head = head.header(name, value);
            }
        }
        assert_eq!(
            tokenless(&auth, &head),
            expected,
            "{site:?} from {origin:?}"
        );
    }
}

#[test]
fn report_only_lets_through_what_a_csrf_value_still_guards() {
    let auth = auth(origins().origin_check(OriginCheck::ReportOnly));
    let token = token(&auth, &json!({}));
    let cross = || {
        Head::new("POST")
            .header("sec-fetch-site", "cross-site")
            .access(&token)
    };
    let socket = Head::new("GET")
        .header("upgrade", "websocket")
        .access(&token);
    let plain = Require::access;
    #[rustfmt::skip]
    let rows = [
        ("with the value", cross().csrf(CSRF), plain(), "user1"),
        ("without", cross(), plain(), "missing_csrf_token"),
        ("with a wrong one", cross().csrf("wrong"), plain(), "csrf_mismatch"),
        ("a WebSocket", socket, plain(), "origin_not_allowed"),
        ("a route without the value, as before there was an origin", cross(), plain().without_csrf_token(), "user1"),
    ];
    for (row, head, require, expected) in rows {
        assert_eq!(outcome(&auth, &head, &require), expected, "{row}");
    }
    assert_eq!(tokenless(&auth, &cross()), "allow");
    let unguarded = origins()
        .origin_check(OriginCheck::ReportOnly)
        .cookie_csrf_protect(false);
    assert!(unguarded.build().is_err(), "nothing would be left");
}

#[test]
fn hardened_is_what_it_says() {
    let hardened = || Config::hardened(OURS).secret_key([7; 32].as_slice());
    let config = hardened().build().unwrap();
    assert!(config.warnings().is_empty(), "{:?}", config.warnings());
    assert_eq!(config.settings.session_tracking, Some(true));
    let auth = Auth::new(config);
    let access = auth.create_access_token("user1").unwrap();
    let refresh = auth.create_refresh_token("user1").unwrap();
    let lines: Vec<String> = [
        auth.set_access_cookies(&access),
        auth.set_refresh_cookies(&refresh),
    ]
    .iter()
    .flat_map(|cookies| cookies.as_ref().unwrap().lines())
    .map(SetCookie::to_header_value)
    .collect();
    let starts = [
        "__Host-Http-access_token_cookie=",
        "__Host-csrf_access_token=",
        "__Host-Http-refresh_token_cookie=",
        "__Host-csrf_refresh_token=",
    ];
    let ends = [
        "SameSite=lax; Secure",
        "SameSite=lax; Secure",
        "SameSite=strict; Secure",
        "SameSite=strict; Secure",
    ];
    for ((line, start), end) in lines.iter().zip(starts).zip(ends) {
        assert!(line.starts_with(start) && line.ends_with(end), "{line}");
    }
    assert!(
        hardened()
            .public_origin("http://app.example.com")
            .build()
            .is_ok_and(|config| !config.warnings().is_empty())
    );
    assert!(
        Config::hardened("app.example.com")
            .secret_key([7; 32].as_slice())
            .build()
            .is_err()
    );
    assert!(hardened().cookie_secure(false).build().is_err());
}
