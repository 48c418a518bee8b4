//! The pages over HTTP, as a browser without script uses them.

mod support;

use std::thread;
use std::time::Duration;

use handstamp_conformance::{Request, logs_in_with_old_cookies};
use support::{Browser, FORM, SECRET, escaped, field, goes_to, problem, start};

#[test]
fn a_whole_visit() {
    let server = start(&[]);
    let mut browser = Browser::new(&server);

    // Nobody is sent to log in, and comes back to the page that was asked for.
    let reply = browser.get("/posts?page=2");
    let log_in = "/log-in?next=/posts%3Fpage%3D2&reason=missing_token";
    assert_eq!(goes_to(&reply), log_in);
    let page = browser.get(log_in);
    assert_eq!(field(&page, "next"), "/posts?page=2");
    let reply = browser.log_in("user1", "wrong", "/posts?page=2");
    assert_eq!(
        (reply.status, problem(&reply)),
        (403, "The name or the password is wrong.")
    );
    assert_eq!(
        (field(&reply, "next"), field(&reply, "name")),
        ("/posts?page=2", "user1")
    );
    assert_eq!(reply.header("set-cookie"), None);
    let reply = browser.log_in("user1", "password1", "/posts?page=2");
    assert_eq!(goes_to(&reply), "/posts?page=2");
    let cookies: Vec<_> = reply.all("set-cookie").collect();
    assert!(
        cookies[0].starts_with("csrf_access_token") && cookies[0].contains("Max-Age=0"),
        "there is no value for script: {cookies:?}"
    );
    assert_eq!(cookies.len(), 2, "and the access token");
    let page = browser.get("/posts?page=2");
    assert!(
        page.status == 200 && page.body.contains("There are none yet."),
        "{page:?}"
    );

    // The hidden value is another one on each page, and each of them is good.
    let (one, other) = (browser.csrf(), browser.csrf());
    assert_ne!(one, other);
    for (title, csrf) in [
        ("first", &one),
        ("<script>second</script>", &other),
        ("third", &one),
    ] {
        let reply = browser.post(
            "/posts",
            &[
                ("csrf_token", csrf),
                ("title", title),
                ("tag", "rust"),
                ("tag", "web"),
            ],
        );
        assert_eq!(goes_to(&reply), "/posts");
    }
    let page = browser.get("/posts").body;
    assert!(
        page.contains("<li>first, by user1 <b>#rust</b> <b>#web</b></li>"),
        "{page}"
    );
    assert!(
        page.contains("&#60;script&#62;second&#60;/script&#62;, by user1"),
        "{page}"
    );

    // A file, in a form of parts.
    let reply = browser.post_file(&one, "with a file", ("a.txt", "hello"));
    assert_eq!(goes_to(&reply), "/posts");
    let reply = browser.post_file(&one, "without", ("", ""));
    assert_eq!(goes_to(&reply), "/posts");
    let page = browser.get("/posts").body;
    assert!(
        page.contains("<li>with a file, by user1 (a.txt, 5 bytes)</li>"),
        "{page}"
    );
    assert!(page.contains("<li>without, by user1</li>"), "{page}");

    // A form that is not filled in comes back, in words.
    let reply = browser.post("/posts", &[("csrf_token", &one), ("title", " ")]);
    assert_eq!(
        (reply.status, problem(&reply)),
        (422, "A post needs a title.")
    );
    let reply = browser.post("/posts", &[("csrf_token", &one)]);
    assert_eq!(
        (reply.status, problem(&reply)),
        (422, "The form does not fit: missing field `title`")
    );

    // Log-out by a form; a copy of the cookie is worth nothing then.
    let copy = browser.clone();
    let reply = browser.post("/log-out", &[("csrf_token", &one)]);
    assert_eq!(goes_to(&reply), "/log-in");
    assert_eq!(browser.jar.header(), "");
    let log_in = "/log-in?next=/posts&reason=session_ended";
    assert_eq!(goes_to(&copy.clone().get("/posts")), log_in);
    let reply = copy
        .clone()
        .post("/posts", &[("csrf_token", &one), ("title", "late")]);
    assert_eq!(goes_to(&reply), "/log-in?reason=session_ended");
}

#[test]
fn who_cannot_be_told_at_a_log_out_is_sent_to_log_in() {
    let server = start(&[]);
    let planted = (1..=5).map(|number| format!("access_token_cookie=planted{number}"));
    let log_out = Request::new("POST", "/log-out").header("sec-fetch-mode", "navigate");
    let reply = server.send(&log_out.cookies(planted));
    assert_eq!(goes_to(&reply), "/log-in?reason=ambiguous_cookie");
}

#[test]
fn what_is_refused_is_said_in_words() {
    let server = start(&[]);
    let mut browser = Browser::logged_in(&server, "user1");
    let csrf = browser.csrf();
    let other = Browser::logged_in(&server, "user2").csrf();
    let changed = csrf.replace(csrf.chars().last().unwrap(), "-");
    let stale = "The form did not come from a page of this log-in";
    for (row, csrf) in [
        ("no value", None),
        ("an empty one", Some("")),
        ("a wrong one", Some("wrong")),
        ("one with a byte changed", Some(&*changed)),
        ("another user's", Some(&*other)),
        ("one that is no ASCII", Some("\u{e9}")),
    ] {
        for target in ["/posts", "/log-out"] {
            let mut fields = vec![("title", "forged")];
            fields.extend(csrf.map(|csrf| ("csrf_token", csrf)));
            let reply = browser.post(target, &fields);
            assert!(
                reply.status == 403 && problem(&reply).starts_with(stale),
                "{row}, {target}: {reply:?}"
            );
            assert_eq!(reply.header("set-cookie"), None, "{row}, {target}");
        }
    }
    let page = browser.get("/posts");
    assert!(
        page.status == 200 && !page.body.contains("forged"),
        "{page:?}"
    );

    let large = "x".repeat(3 * 1024 * 1024);
    let reply = browser.post_file(&csrf, "large", ("large.txt", &large));
    assert_eq!(
        (reply.status, problem(&reply)),
        (
            413,
            "What you sent could not be read. Is the file too large?"
        )
    );
    let form = Request::new("POST", "/posts")
        .header("cookie", browser.jar.header())
        .header("x-csrf-token", &csrf);
    let reply = server.send(
        &form
            .header("content-type", "text/plain")
            .body("title=Hello"),
    );
    assert_eq!(reply.status, 415);

    // A form on another site logs nobody in.
    let form = Request::new("POST", "/log-in").header("sec-fetch-site", "cross-site");
    let form = form
        .header("content-type", FORM)
        .body("name=user2&password=password2");
    let reply = server.send(&form);
    assert_eq!((reply.status, reply.header("set-cookie")), (403, None));
}

/// The text of a post is not lost with the log-in, as long as it was a page of ours that sent it.
#[test]
fn a_post_that_comes_after_the_log_in_has_ended_is_offered_again() {
    let server = start(&[]);
    let mut browser = Browser::logged_in(&server, "user1");
    let csrf = browser.csrf();
    browser.jar = handstamp_conformance::Jar::default();
    let title = "An hour's <work>";
    for multipart in [false, true] {
        let reply = if multipart {
            browser.post_file(&csrf, title, ("a.txt", "lost"))
        } else {
            let fields = [
                ("csrf_token", csrf.as_str()),
                ("title", title),
                ("tag", "rust"),
            ];
            browser.post("/posts", &fields)
        };
        assert_eq!(reply.status, 401, "{reply:?}");
        assert!(reply.body.contains("name=\"password\""), "{reply:?}");
        assert!(reply.body.contains("Log in again"), "{reply:?}");
        assert_eq!(field(&reply, "title"), "An hour&#39;s &#60;work&#62;");
        assert_eq!(reply.header("cache-control"), Some("no-store"));
    }
    let fields = [
        ("name", "user1"),
        ("password", "wrong"),
        ("title", title),
        ("tags", "rust"),
    ];
    let reply = browser.post("/log-in", &fields);
    assert_eq!(
        (reply.status, field(&reply, "title")),
        (403, "An hour&#39;s &#60;work&#62;")
    );
    let fields = [
        ("name", "user1"),
        ("password", "password1"),
        ("title", title),
        ("tags", "rust"),
    ];
    let reply = browser.post("/log-in", &fields);
    assert_eq!(reply.status, 200, "{reply:?}");
    assert_eq!(field(&reply, "title"), "An hour&#39;s &#60;work&#62;");
    assert!(
        reply.body.contains("value=\"rust\" checked"),
        "{}",
        reply.body
    );
    assert!(
        reply.body.contains("There are none yet."),
        "it waits to be sent: {}",
        reply.body
    );
    let csrf = field(&reply, "csrf_token").to_owned();
    let fields = [("csrf_token", csrf.as_str()), ("title", title)];
    assert_eq!(goes_to(&browser.post("/posts", &fields)), "/posts");
}

#[test]
fn what_another_site_sends_is_not_offered_again() {
    let server = start(&[]);
    for site in ["cross-site", "same-site", "none", ""] {
        let mut request = Request::new("POST", "/posts")
            .header("content-type", "application/x-www-form-urlencoded")
            .header("sec-fetch-mode", "navigate")
            .body("title=buy+this");
        if !site.is_empty() {
            request = request.header("sec-fetch-site", site);
        }
        let reply = server.send(&request);
        assert!(!reply.body.contains("buy this"), "{site}: {reply:?}");
    }
}

#[test]
fn what_is_too_long_is_not_kept() {
    let server = start(&[]);
    let mut browser = Browser::logged_in(&server, "user1");
    let csrf = browser.csrf();
    for (length, status) in [(200, 303), (201, 422)] {
        let title = "\u{e9}".repeat(length);
        let fields = [("csrf_token", csrf.as_str()), ("title", &title)];
        assert_eq!(
            browser.post("/posts", &fields).status,
            status,
            "{length} characters"
        );
    }
    let next = format!("/posts?{}", "a".repeat(500));
    assert_eq!(
        goes_to(&browser.log_in("user1", "password1", &next)),
        "/posts"
    );
    let csrf = browser.csrf();
    for number in 0..110 {
        let title = format!("post {number}.");
        let fields = [("csrf_token", csrf.as_str()), ("title", title.as_str())];
        assert_eq!(browser.post("/posts", &fields).status, 303);
    }
    let page = browser.get("/posts").body;
    assert!(
        page.contains("post 109.") && !page.contains("post 9."),
        "the last hundred"
    );
}

#[test]
fn a_log_in_leads_to_no_other_site() {
    let server = start(&[]);
    for evil in [
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "https:evil.example",
        "https://evil.example",
        "/%5cevil.example",
        "/%2fevil.example",
        "/\t/evil.example",
        "/\r\nset-cookie: a=b",
        "javascript:alert(1)",
    ] {
        let mut browser = Browser::new(&server);
        let page = browser.get(&format!("/log-in?next={}", escaped(evil)));
        assert_eq!(field(&page, "next"), "/posts", "{evil}");
        assert_eq!(
            goes_to(&browser.log_in("user1", "password1", evil)),
            "/posts",
            "{evil}"
        );
    }
}

#[test]
fn every_page_says_what_may_be_done_with_it() {
    let server = start(&[]);
    let mut browser = Browser::logged_in(&server, "user1");
    let mut nobody = Browser::new(&server);
    let replies = [
        browser.get("/posts"),
        browser.get("/log-in"),
        browser.post("/posts", &[]),
        nobody.get("/posts"),
        nobody.get("/nowhere"),
        nobody.get("/style.css"),
    ];
    for reply in replies {
        let policy = reply.header("content-security-policy").unwrap();
        assert!(
            policy.starts_with("default-src 'none'; style-src 'self'; form-action 'self';"),
            "{policy}"
        );
        assert_eq!(reply.header("x-content-type-options"), Some("nosniff"));
        assert_eq!(reply.header("referrer-policy"), Some("same-origin"));
        assert!(
            !reply.body.contains("<script") && !reply.body.contains("onclick"),
            "{reply:?}"
        );
        let kept = reply
            .header("content-type")
            .is_some_and(|kind| kind.starts_with("text/css"));
        let cache = if kept { "max-age=600" } else { "no-store" };
        assert_eq!(reply.header("cache-control"), Some(cache), "{reply:?}");
    }
}

#[test]
fn who_is_active_stays_and_who_is_not_logs_in_again() {
    let server = start(&[
        ("JWT_ACCESS_TOKEN_EXPIRES", "8"),
        ("JWT_IMPLICIT_REFRESH_DELTATIME", "4"),
    ]);
    let mut browser = Browser::logged_in(&server, "user1");
    let csrf = browser.csrf();
    let idle = browser.clone();
    // Tokens count in whole seconds, so five of them have passed for it, or six.
    thread::sleep(Duration::from_millis(5_100));
    let reply = browser.get("/posts");
    assert_eq!(
        (reply.status, reply.all("set-cookie").count()),
        (200, 2),
        "{reply:?}"
    );
    thread::sleep(Duration::from_millis(3_100));
    let reply = browser.post(
        "/posts",
        &[("csrf_token", &csrf), ("title", "from the first page")],
    );
    assert_eq!(
        goes_to(&reply),
        "/posts",
        "a form that has been open all the time"
    );
    let log_in = "/log-in?next=/posts&reason=token_expired";
    assert_eq!(goes_to(&idle.clone().get("/posts")), log_in);
    let reply = idle
        .clone()
        .post("/posts", &[("csrf_token", &csrf), ("title", "late")]);
    assert!(
        reply.status == 401 && reply.body.contains("value=\"late\""),
        "{reply:?}"
    );
}

#[test]
fn old_cookies_hinder_no_log_in() {
    let server = start(&[]);
    let mut browser = Browser::logged_in(&server, "user1");
    let ended = browser.jar.clone();
    let csrf = browser.csrf();
    let reply = browser.post("/log-out", &[("csrf_token", &csrf)]);
    assert_eq!(goes_to(&reply), "/log-in");
    let log_in = Request::new("POST", "/log-in")
        .header("sec-fetch-site", "same-origin")
        .header("sec-fetch-mode", "navigate")
        .header("content-type", FORM)
        .body("name=user1&password=password1&next=/posts");
    let page = Some("/log-in");
    logs_in_with_old_cookies(&server, SECRET, page, &log_in, &ended, |reply, jar| {
        let mut browser = Browser::new(&server);
        browser.jar = jar.clone();
        goes_to(reply) == "/posts" && browser.get("/posts").status == 200
    });
}
