//! Tests of writing `Set-Cookie` lines.

use std::time::Duration;

use proptest::prelude::*;

use super::{
    super::{Attributes, CookieDomain, Lifetime, SameSite, SetCookie},
    cookie, cookie_value, path, plain,
};
use crate::cookie::CookieError;
use crate::error::IssueError;

#[test]
fn lines() {
    let full = Attributes {
        path: path("/auth"),
        domain: Some(CookieDomain::try_from("example.com").unwrap()),
        same_site: SameSite::Strict,
        secure: true,
        http_only: true,
        partitioned: false,
    };
    let bare = Attributes {
        secure: false,
        http_only: false,
        partitioned: false,
        ..plain()
    };
    let seconds = |n| Lifetime::Persistent(Duration::from_secs(n));
    let set =
        |attributes, lifetime| SetCookie::set(&cookie("name", attributes), "v", lifetime).unwrap();
    let unset = |attributes| SetCookie::unset(&cookie("name", attributes));
    for (case, cookie, line) in [
        (
            "everything",
            set(&full, seconds(600)),
            "name=v; Domain=example.com; HttpOnly; Max-Age=600; Path=/auth; SameSite=strict; Secure",
        ),
        (
            "the default of a token cookie",
            set(&plain(), Lifetime::Session),
            "name=v; HttpOnly; Path=/; SameSite=lax; Secure",
        ),
        (
            "the least",
            set(&bare, Lifetime::Session),
            "name=v; Path=/; SameSite=lax",
        ),
        (
            "zero is honoured",
            set(&bare, seconds(0)),
            "name=v; Max-Age=0; Path=/; SameSite=lax",
        ),
        (
            "parts of a second are dropped",
            set(&bare, Lifetime::Persistent(Duration::from_millis(1999))),
            "name=v; Max-Age=1; Path=/; SameSite=lax",
        ),
        (
            "at most 400 days",
            set(&bare, Lifetime::Persistent(Duration::MAX)),
            "name=v; Max-Age=34560000; Path=/; SameSite=lax",
        ),
        (
            "a deletion with everything",
            unset(&full),
            "name=; Domain=example.com; Expires=Thu, 01 Jan 1970 00:00:00 GMT; HttpOnly; Max-Age=0; Path=/auth; SameSite=strict; Secure",
        ),
        (
            "a deletion with the least",
            unset(&bare),
            "name=; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0; Path=/; SameSite=lax",
        ),
        (
            "another lifetime",
            set(&bare, Lifetime::Session).with_lifetime(seconds(60)),
            "name=v; Max-Age=60; Path=/; SameSite=lax",
        ),
        (
            "no lifetime any more",
            set(&bare, seconds(60)).with_lifetime(Lifetime::Session),
            "name=v; Path=/; SameSite=lax",
        ),
        (
            "a deletion stays a deletion",
            unset(&bare).with_lifetime(seconds(60)),
            "name=; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0; Path=/; SameSite=lax",
        ),
    ] {
        assert_eq!(cookie.to_header_value(), line, "{case}");
        assert_eq!(cookie.name(), "name", "{case}");
    }
}

#[test]
fn a_line_replaces_those_that_a_browser_keeps_in_one_place() {
    let on_host = SetCookie::unset(&cookie("a", &plain()));
    let domain = Some(CookieDomain::try_from("example.com").unwrap());
    let on_domain = Attributes { domain, ..plain() };
    let on_domain = SetCookie::unset(&cookie("a", &on_domain));
    for (case, line, earlier, replaces) in [
        ("our own", &on_host, "a=1; HttpOnly; Path=/; Secure", true),
        ("in letters of others", &on_host, "a = 1;path=/", true),
        ("another name", &on_host, "b=a; Path=/", false),
        ("a name that begins alike", &on_host, "ab=1; Path=/", false),
        ("a name in other letters", &on_host, "A=1; Path=/", false),
        ("another path", &on_host, "a=1; Path=/b", false),
        ("no path", &on_host, "a=1", false),
        (
            "of two paths the last",
            &on_host,
            "a=1; Path=/b; Path=/",
            true,
        ),
        (
            "a domain",
            &on_host,
            "a=1; Domain=example.com; Path=/",
            false,
        ),
        (
            "the same domain",
            &on_domain,
            "a=1; Path=/; Domain=example.com",
            true,
        ),
        (
            "written otherwise",
            &on_domain,
            "a=1; domain=.Example.com; path=/",
            true,
        ),
        (
            "another domain",
            &on_domain,
            "a=1; Domain=example.org; Path=/",
            false,
        ),
        ("no domain", &on_domain, "a=1; Path=/", false),
        ("nothing", &on_domain, "", false),
    ] {
        assert_eq!(line.replaces(earlier), replaces, "{case}");
    }
}

#[test]
fn debug_shows_everything_but_the_value() {
    let cookie = SetCookie::set(&cookie("n", &plain()), "hush", Lifetime::Session).unwrap();
    assert_eq!(
        format!("{cookie:?}"),
        "SetCookie { name: \"n\", value: [redacted], attributes: Attributes { \
         path: CookiePath(\"/\"), domain: None, same_site: Lax, secure: true, http_only: true, partitioned: false }, \
         kind: Set(Session) }"
    );
}

#[test]
fn errors_name_the_cookie_and_not_the_value() {
    let set = |value: &str| {
        let error = SetCookie::set(&cookie("n", &plain()), value, Lifetime::Session).unwrap_err();
        IssueError::from(error).to_string()
    };
    assert_eq!(
        set("hush;hush"),
        "the value for cookie n holds what cannot be in a cookie"
    );
    assert_eq!(
        set(&"v".repeat(4096)),
        "cookie n has 4097 bytes with its name, and browsers drop a cookie of more than 4096: \
         put less into the token"
    );
}

#[test]
fn values_are_cookie_octets() {
    for c in (0..=u8::MAX).map(char::from) {
        let allowed = c.is_ascii_graphic() && !"\",;\\".contains(c);
        let cookie = SetCookie::set(&cookie("n", &plain()), &c.to_string(), Lifetime::Session);
        match cookie {
            Ok(_) => assert!(allowed, "{c:?}"),
            Err(error) => {
                assert!(!allowed, "{c:?}");
                assert!(matches!(error, CookieError::Unwritable { .. }), "{c:?}");
            }
        }
    }
}

proptest! {
    #[test]
    fn written_lines_keep_the_rules(
        name in "[a-zA-Z_-]{1,20}",
        value in cookie_value(),
        attributes in attributes(),
        lifetime in lifetime(),
    ) {
        let cookie = cookie(&name, &attributes);
        let set = SetCookie::set(&cookie, &value, lifetime).unwrap().to_header_value();
        let unset = SetCookie::unset(&cookie).to_header_value();

        for line in [&set, &unset] {
            prop_assert!(line.bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic()), "{}", line);
            let names: Vec<&str> = line.split("; ").skip(1).map(|a| a.split('=').next().unwrap()).collect();
            prop_assert_eq!(names.iter().filter(|name| **name == "Path").count(), 1);
            prop_assert_eq!(names.iter().filter(|name| **name == "SameSite").count(), 1);
            prop_assert_eq!(names.contains(&"Domain"), attributes.domain.is_some());
            prop_assert_eq!(names.contains(&"Secure"), attributes.secure);
            prop_assert_eq!(names.contains(&"HttpOnly"), attributes.http_only);
            if let Some((_, age)) = line.split_once("; Max-Age=") {
                let seconds: u64 = age.split(';').next().unwrap().parse().unwrap();
                prop_assert!(seconds <= 34_560_000);
            }
        }
        // A deletion differs from the line that set the cookie in value and lifetime only.
        let kept = |line: &str| -> Vec<String> {
            let lifetime = |attribute: &&str| !attribute.starts_with("Max-Age=") && !attribute.starts_with("Expires=");
            line.split("; ").skip(1).filter(lifetime).map(String::from).collect()
        };
        prop_assert_eq!(kept(&set), kept(&unset));
        prop_assert!(unset.contains("; Expires=Thu, 01 Jan 1970 00:00:00 GMT; "));
        prop_assert!(unset.contains("; Max-Age=0; "));
        prop_assert!(!set.contains("Expires="));
    }
}

fn attributes() -> impl Strategy<Value = Attributes> {
    let domain = prop::option::of("[a-z]{1,9}\\.[a-z]{2,9}");
    let same_site = prop::sample::select(vec![SameSite::Strict, SameSite::Lax, SameSite::None]);
    (
        "/[a-z/]{0,9}",
        domain,
        same_site,
        any::<bool>(),
        any::<bool>(),
    )
        .prop_map(|(text, domain, same_site, secure, http_only)| Attributes {
            path: path(&text),
            domain: domain.map(|text| CookieDomain::try_from(text.as_str()).unwrap()),
            same_site,
            secure,
            http_only,
            partitioned: false,
        })
}

fn lifetime() -> impl Strategy<Value = Lifetime> {
    prop_oneof![
        Just(Lifetime::Session),
        any::<Duration>().prop_map(Lifetime::Persistent),
        (0..100_000_000_u64).prop_map(|n| Lifetime::Persistent(Duration::from_secs(n))),
    ]
}
