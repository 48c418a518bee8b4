//! The origin check: requests by what their headers state about where they come from.

use serde_json::json;

use crate::config::{ConfigBuilder, OriginCheck};
use crate::testing::{CSRF, Head, auth, builder, outcome, token};
use crate::{Auth, Config, Location, Require, SetCookie};

pub(super) const OURS: &str = "https://app.example.com";
const TRUSTED: &str = "https://admin.example.com";

fn origins() -> ConfigBuilder {
    builder()
        .public_origin(OURS)
        .trusted_origins(["https://partner.example", TRUSTED])
}

pub(super) fn tokenless(auth: &Auth, head: &Head) -> String {
    let judged = auth.require_same_origin(head);
    judged
        .map_or_else(|rejection| rejection.code(), |()| "allow")
        .to_owned()
}

#[test]
fn a_request_is_judged_by_the_origin_that_it_states() {
    let auth = auth(origins());
    let token = token(&auth, &json!({}));
    let post = || Head::new("POST").access(&token).csrf(CSRF);
    let site = |site: &str| post().header("sec-fetch-site", site);
    let origin = |origin: &str| post().header("origin", origin);
    #[rustfmt::skip]
    let rows = [
        ("a page of the same origin", site("same-origin"), "user1"),
        ("a page of another site", site("cross-site"), "cross_site_request"),
        ("a page of a sibling subdomain", site("same-site"), "cross_site_request"),
        ("a page of a trusted sibling subdomain", site("same-site").header("origin", TRUSTED), "user1"),
        ("a page of a trusted other site", site("cross-site").header("origin", TRUSTED), "user1"),
        ("a trusted origin in two headers, and same-site", site("same-site").header("origin", TRUSTED).header("origin", TRUSTED), "cross_site_request"),
        ("same-site with the public origin, which contradict each other", site("same-site").header("origin", OURS), "cross_site_request"),
        ("same-origin in two headers", site("same-origin").header("sec-fetch-site", "same-origin"), "cross_site_request"),
        ("same-origin and cross-site in two headers", site("same-origin").header("sec-fetch-site", "cross-site"), "cross_site_request"),
        ("the user started it", site("none"), "user1"),
        ("an empty Sec-Fetch-Site", site(""), "cross_site_request"),
        ("the public origin", origin(OURS), "user1"),
        ("the public origin in two headers", origin(OURS).header("origin", OURS), "origin_not_allowed"),
        ("a trusted origin", origin(TRUSTED), "user1"),
        ("an opaque origin", origin("null"), "origin_not_allowed"),
        ("an origin that begins as the public one", origin("https://app.example.com.evil.com"), "origin_not_allowed"),
        ("an origin that ends as the public one", origin("https://evil-app.example.com"), "origin_not_allowed"),
        ("the public host over plain HTTP", origin("http://app.example.com"), "origin_not_allowed"),
        ("neither header is there", post(), "user1"),
        ("a foreign Host", post().header("host", "evil.example"), "user1"),
    ];
    for (row, head, expected) in rows {
        assert_eq!(outcome(&auth, &head, &Require::access()), expected, "{row}");
    }
}

#[test]
fn the_origin_is_judged_before_the_token_and_only_for_cookies() {
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
        ("a method that no setting lists", with("PROPFIND"), Require::access(), "cross_site_request"),
        ("a method in lower case", with("get"), Require::access(), "cross_site_request"),
        ("a route without CSRF", with("POST"), Require::access().without_csrf(), "user1"),
        ("a route without the CSRF value", with("POST"), skip_token(), "cross_site_request"),
        ("the same, from a page of the same origin", Head::new("POST").access(&token).header("sec-fetch-site", "same-origin"), skip_token(), "user1"),
        ("the same, from a program", Head::new("POST").access(&token), skip_token(), "user1"),
        ("the same, started by the user", Head::new("POST").access(&token).header("sec-fetch-site", "none"), skip_token(), "cross_site_request"),
        ("the same, from a page of ours that the user opened", Head::new("POST").access(&token).header("sec-fetch-site", "none").header("origin", OURS), skip_token(), "cross_site_request"),
        ("the same, from a trusted extension", Head::new("POST").access(&token).header("sec-fetch-site", "none").header("origin", TRUSTED), skip_token(), "user1"),
    ];
    for (row, head, require, expected) in rows {
        assert_eq!(outcome(&auth, &head, &require), expected, "{row}");
    }
}

#[test]
fn the_origin_of_a_refresh_or_log_out_is_judged_whatever_the_method() {
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
        assert_eq!(
            log_out(&cross()).err(),
            Some("cross_site_request"),
            "log-out without a token by {method}"
        );
        let own = Head::new(method)
            .header("sec-fetch-site", "same-origin")
            .csrf(CSRF);
        assert!(
            log_out(&own.access(&access)).is_ok(),
            "log-out from a page of the same origin by {method}"
        );
        let upgrade = Head::new(method).header("upgrade", "websocket");
        assert!(
            log_out(&upgrade.csrf(CSRF).access(&access)).is_ok(),
            "log-out with Upgrade and neither header by {method}"
        );
    }
}

#[test]
fn a_log_out_with_protection_off_states_its_origin_and_needs_no_value() {
    let auth = auth(origins().cookie_csrf_protect(false));
    let access = token(&auth, &json!({}));
    let head = || Head::new("POST").access(&access);
    let log_out = |head: Head| {
        let checked = auth.authenticate_log_out(&head);
        checked.map_or_else(|rejection| rejection.code(), |_| "allow")
    };
    let site = |site: &str| head().header("sec-fetch-site", site);
    #[rustfmt::skip]
    let rows = [
        ("a page of the same origin", site("same-origin"), "allow"),
        ("the same with a wrong value", site("same-origin").csrf("wrong"), "allow"),
        ("another site", site("cross-site"), "cross_site_request"),
        ("the user started it", site("none"), "cross_site_request"),
        ("neither header", head(), "origin_not_allowed"),
    ];
    for (row, head, expected) in rows {
        assert_eq!(log_out(head), expected, "{row}");
    }
}

#[test]
fn a_public_origin_that_is_also_trusted_counts_as_trusted() {
    let auth = auth(builder().public_origin(OURS).trusted_origins([OURS]));
    let token = token(&auth, &json!({}));
    let post = || {
        Head::new("POST")
            .access(&token)
            .csrf(CSRF)
            .header("origin", OURS)
    };
    let rows = [
        ("Origin alone", post()),
        (
            "with same-site",
            post().header("sec-fetch-site", "same-site"),
        ),
        (
            "with cross-site",
            post().header("sec-fetch-site", "cross-site"),
        ),
    ];
    for (row, head) in rows {
        assert_eq!(outcome(&auth, &head, &Require::access()), "user1", "{row}");
    }
}

#[test]
fn where_no_value_is_required_the_origin_must_be_stated() {
    let unprotected = || origins().cookie_csrf_protect(false);
    let methods = || origins().csrf_methods(["PUT"]);
    #[rustfmt::skip]
    let rows = [
        ("the same origin, with protection off", unprotected(), "same-origin", "user1"),
        ("another site, with protection off", unprotected(), "cross-site", "cross_site_request"),
        ("the user started it, with protection off", unprotected(), "none", "cross_site_request"),
        ("neither header, with protection off", unprotected(), "", "origin_not_allowed"),
        ("the same origin, by an unlisted method", methods(), "same-origin", "user1"),
        ("another site, by an unlisted method", methods(), "cross-site", "cross_site_request"),
        ("neither header, by an unlisted method", methods(), "", "origin_not_allowed"),
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
fn a_web_socket_states_the_public_or_a_trusted_origin() {
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
        ("the public origin", &auth_with, from(OURS), plain(), "user1"),
        ("a trusted origin", &auth_with, from(TRUSTED), plain(), "user1"),
        ("another site", &auth_with, from("https://evil.example"), plain(), "origin_not_allowed"),
        ("a sibling subdomain", &auth_with, from("https://evil.example.com"), plain(), "origin_not_allowed"),
        ("an opaque origin", &auth_with, from("null"), plain(), "origin_not_allowed"),
        ("no origin", &auth_with, open(), plain(), "origin_not_allowed"),
        ("the public origin in two headers", &auth_with, from(OURS).header("origin", OURS), plain(), "origin_not_allowed"),
        ("same-origin without an Origin", &auth_with, open().header("sec-fetch-site", "same-origin"), plain(), "origin_not_allowed"),
        ("the protocol in another case, in a list", &auth_with, Head::new("GET").access(&token).header("upgrade", "h2c, WebSocket"), plain(), "origin_not_allowed"),
        ("over HTTP/2", &auth_with, Head::new("CONNECT").access(&token), plain(), "origin_not_allowed"),
        ("over HTTP/2, from the public origin", &auth_with, Head::new("CONNECT").access(&token).header("origin", OURS), plain(), "user1"),
        ("another upgrade", &auth_with, Head::new("GET").access(&token).header("upgrade", "h2c"), plain(), "user1"),
        ("a route without the CSRF value, from another site", &auth_with, from("https://evil.example"), plain().without_csrf_token(), "origin_not_allowed"),
        ("a route without CSRF, from another site", &auth_with, from("https://evil.example"), plain().without_csrf(), "user1"),
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
        "without a token, from the public origin"
    );
}

#[test]
fn a_tokenless_route_relies_on_fetch_metadata_where_no_public_origin_is_set() {
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
fn report_only_leaves_the_decision_to_the_csrf_value() {
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
        ("the right value", cross().csrf(CSRF), plain(), "user1"),
        ("no value", cross(), plain(), "missing_csrf_token"),
        ("a wrong value", cross().csrf("wrong"), plain(), "csrf_mismatch"),
        ("a WebSocket", socket, plain(), "origin_not_allowed"),
        ("a route without the CSRF value, as where no public origin is set", cross(), plain().without_csrf_token(), "user1"),
    ];
    for (row, head, require, expected) in rows {
        assert_eq!(outcome(&auth, &head, &require), expected, "{row}");
    }
    assert_eq!(tokenless(&auth, &cross()), "allow");
    let unguarded = origins()
        .origin_check(OriginCheck::ReportOnly)
        .cookie_csrf_protect(false);
    assert!(unguarded.build().is_err(), "no check would be left");
}

#[test]
fn hardened_has_prefixed_cookies_sessions_and_no_warnings() {
    let hardened = || Config::hardened(OURS).secret_key([7; 32].as_slice());
    let config = hardened().build().unwrap();
    assert!(config.warnings().is_empty(), "{:?}", config.warnings());
    assert_eq!(config.settings.session_tracking, Some(true));
    let auth = Auth::builder(config)
        .store(crate::store::MemoryStore::new())
        .build()
        .unwrap();
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
