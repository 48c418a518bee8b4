//! Where a request comes from: the table of origins, at a route without a token and with a token in
//! a cookie.

use serde_json::Value;

use super::App;
use super::suite::{Suite, access_cookie, csrf, post, refresh_cookie};
use crate::{Reply, Request};

pub(super) async fn rows<S: AsyncFn(&App, &Request) -> Reply>(suite: &mut Suite<S>) {
    table(suite).await;
    without_a_value(suite).await;
    refreshes_and_log_outs(suite).await;
    by_host(suite).await;
}

/// All rows but those that HTTP cannot carry in this form, which the core runs: a NUL, and CONNECT.
async fn table<S: AsyncFn(&App, &Request) -> Reply>(suite: &mut Suite<S>) {
    let table: Value = serde_json::from_str(TABLE).expect("the vectors are JSON");
    for row in table["origin_table"].as_array().into_iter().flatten() {
        let text = |name: &str| row[name].as_str();
        let of = |name: &str| text(name).expect("every row has it");
        let cannot_be_sent =
            of("method") == "CONNECT" || text("origin").is_some_and(|origin| origin.contains('\0'));
        if cannot_be_sent || of("cookie") == "does not build" {
            continue;
        }
        let app = App::new(&origins(row));
        let token = app.access("user1");
        let with_headers = |target: &str| {
            let mut request = Request::new(of("method"), target).header("host", of("host"));
            for (member, header) in [
                ("sec_fetch_site", "sec-fetch-site"),
                ("origin", "origin"),
                ("referer", "referer"),
            ] {
                if let Some(value) = text(member) {
                    request = request.header(header, latin_1(value));
                }
            }
            request
        };
        let tokenless = with_headers(&format!("/provenance{}", of("path")));
        let target = if row["outside"] == true {
            "/without-csrf"
        } else {
            "/access"
        };
        let with_cookie = with_headers(target)
            .cookies([access_cookie(&token)])
            .header("x-csrf-token", csrf(&token));
        for (context, request, expected) in [
            ("without a token", tokenless, of("tokenless")),
            ("with a cookie", with_cookie, of("cookie")),
        ] {
            let reply = suite.send(&app, &request).await;
            let got = match reply.header(super::REJECTION) {
                Some(code) => code.to_owned(),
                None if reply.status == 200 => "allow".to_owned(),
                None => format!("status {}", reply.status),
            };
            let row = format!("{}, {context}", of("id"));
            suite.equal(&row, "answer", got, expected);
        }
    }
}

/// The settings of a row.
fn origins(row: &Value) -> [(&'static str, &'static str); 2] {
    let text = |name: &str| row[name].as_str().expect("every row has it");
    let public = match text("host") {
        "@malformed" => "https://www.example.com".to_owned(),
        host => format!("{}://{host}", text("scheme")),
    };
    let trusted = row["trusted"].to_string();
    // Settings live as long as the test: there are two for each row.
    [
        ("HANDSTAMP_PUBLIC_ORIGIN", public.leak()),
        ("HANDSTAMP_TRUSTED_ORIGINS", trusted.leak()),
    ]
}

/// JSON has characters where a header has bytes.
fn latin_1(text: &str) -> Vec<u8> {
    let bytes = text
        .chars()
        .map(|character| u8::try_from(u32::from(character)));
    bytes
        .collect::<Result<_, _>>()
        .expect("a row's headers are Latin-1")
}

async fn without_a_value<S: AsyncFn(&App, &Request) -> Reply>(suite: &mut Suite<S>) {
    let app = App::new(&[("HANDSTAMP_PUBLIC_ORIGIN", OURS)]);
    let token = app.access("user1");
    for (row, site, expected) in [
        ("our page", Some("same-origin"), Ok("user1")),
        (
            "another site",
            Some("cross-site"),
            Err("cross_site_request"),
        ),
        ("a program", None, Ok("user1")),
    ] {
        let mut request = post("/without-csrf-token").cookies([access_cookie(&token)]);
        if let Some(site) = site {
            request = request.header("sec-fetch-site", site);
        }
        let row = format!("a route that asks for no CSRF value: {row}");
        suite.check(&row, &app, request, expected).await;
    }
    let app = App::new(&[
        ("HANDSTAMP_PUBLIC_ORIGIN", OURS),
        ("HANDSTAMP_ORIGIN_CHECK", "report-only"),
    ]);
    let token = app.access("user1");
    for (row, value, expected) in [
        ("with the CSRF value", csrf(&token), Ok("user1")),
        ("without it", "", Err("missing_csrf_token")),
    ] {
        let request = post("/access")
            .cookies([access_cookie(&token)])
            .header("sec-fetch-site", "cross-site")
            .header("x-csrf-token", value);
        let row = format!("another site where it is only reported, {row}");
        suite.check(&row, &app, request, expected).await;
    }
}

async fn refreshes_and_log_outs<S: AsyncFn(&App, &Request) -> Reply>(suite: &mut Suite<S>) {
    let app = App::new(&[("HANDSTAMP_PUBLIC_ORIGIN", OURS)]);
    let refresh = app.refresh("user1");
    let tokens = app.log_in("user1");
    for (method, site, expected) in [
        ("GET", "same-origin", Ok("user1")),
        ("GET", "cross-site", Err("cross_site_request")),
        ("POST", "cross-site", Err("cross_site_request")),
        ("POST", "same-site", Err("cross_site_request")),
    ] {
        let request = Request::new(method, "/refresh")
            .cookies([refresh_cookie(&refresh)])
            .header("x-csrf-token", csrf(&refresh))
            .header("sec-fetch-site", site);
        let row = format!("a refresh by {method}, {site}");
        suite.check(&row, &app, request, expected).await;
    }
    for (site, expected) in [
        ("cross-site", Err("cross_site_request")),
        ("same-origin", Ok("")),
    ] {
        let request = post("/session/log-out")
            .cookies([access_cookie(tokens.access())])
            .header("x-csrf-token", csrf(tokens.access()))
            .header("sec-fetch-site", site);
        let row = format!("a log-out, {site}");
        suite.check(&row, &app, request, expected).await;
    }
}

/// Over plain HTTP by the name of a host, browsers send no `Sec-Fetch-Site`, and by HTTP/2 no
/// `Host` either: there the target has the name.
async fn by_host<S: AsyncFn(&App, &Request) -> Reply>(suite: &mut Suite<S>) {
    let own = "http://nas.lan:8000";
    let absolute = "http://nas.lan:8000/provenance/";
    let refused = Err("origin_not_allowed");
    let public: &[_] = &[("HANDSTAMP_PUBLIC_ORIGIN", OURS)];
    for (row, settings, target, host, origin, expected) in [
        (
            "the page of this host",
            &[][..],
            "/provenance/",
            Some("nas.lan:8000"),
            own,
            Ok("welcome"),
        ),
        ("by HTTP/2", &[], absolute, None, own, Ok("welcome")),
        (
            "a page of another host",
            &[],
            "/provenance/",
            Some("nas.lan:8000"),
            "http://evil.lan:8000",
            refused,
        ),
        (
            "a page of another host, by HTTP/2",
            &[],
            absolute,
            None,
            "http://evil.lan:8000",
            refused,
        ),
        (
            "a page of another port",
            &[],
            "/provenance/",
            Some("nas.lan:8000"),
            "http://nas.lan:8001",
            refused,
        ),
        (
            "a page of the target, where Host is another",
            &[],
            absolute,
            Some("evil.lan"),
            own,
            refused,
        ),
        (
            "its default port, which a proxy has added",
            &[],
            "/provenance/",
            Some("nas.lan:80"),
            "http://nas.lan",
            Ok("welcome"),
        ),
        (
            "the default port of another scheme",
            &[],
            "/provenance/",
            Some("nas.lan:443"),
            "http://nas.lan",
            refused,
        ),
        ("neither", &[], "/provenance/", None, own, refused),
        (
            "with a public origin",
            public,
            "/provenance/",
            Some("nas.lan:8000"),
            own,
            refused,
        ),
    ] {
        let app = App::new(settings);
        let mut request = post(target).header("origin", origin);
        if let Some(host) = host {
            request = request.header("host", host);
        }
        let row = format!("a log-in by the name of a host: {row}");
        suite.check(&row, &app, request, expected).await;
    }
}

const TABLE: &str = include_str!("../../vectors/csrf_origin_table.json");

const OURS: &str = "https://app.example.com";
