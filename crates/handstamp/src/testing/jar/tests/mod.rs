//! The rules of RFC 6265bis, each with a sentence, a line of `Set-Cookie`, and a request after it.

mod lifetime;

use super::{Crossing, Jar, Refused, Sent};
use crate::clock::UnixTime;
use crate::origin::Origin;
use crate::testing::NOW;
use crate::testing::site::{PageOrigin, Relation, site};

/// A response to `from`, its line, and the requests that carry the cookie then.
struct Row {
    sentence: &'static str,
    from: &'static str,
    line: &'static str,
    sent_to: &'static [&'static str],
    not_sent_to: &'static [&'static str],
}

const APP: &str = "https://app.example.com/";

#[rustfmt::skip]
const ROWS: &[Row] = &[
    Row { sentence: "a cookie without Domain goes to its host only", from: APP, line: "a=1",
        sent_to: &[APP, "https://app.example.com:8443/"],
        not_sent_to: &["https://example.com/", "https://x.app.example.com/", "https://evilapp.example.com/"] },
    Row { sentence: "Domain is the host and all below it, without regard to case or a dot before it", from: APP, line: "a=1; dOmAiN=.Example.COM",
        sent_to: &[APP, "https://example.com/", "https://www.example.com/"],
        not_sent_to: &["https://evilexample.com/", "https://example.org/"] },
    Row { sentence: "an empty Domain is none", from: APP, line: "a=1; Domain=",
        sent_to: &[APP], not_sent_to: &["https://example.com/", "https://x.app.example.com/"] },
    Row { sentence: "the last of two Domains counts", from: APP, line: "a=1; Domain=evil.example; Domain=example.com",
        sent_to: &["https://www.example.com/"], not_sent_to: &["https://evil.example/"] },
    Row { sentence: "Domain of a host that is a public suffix itself is that host alone", from: "https://github.io/", line: "a=1; Domain=github.io",
        sent_to: &["https://github.io/"], not_sent_to: &["https://someone.github.io/"] },
    Row { sentence: "an address as Domain is that address", from: "https://127.0.0.1/", line: "a=1; Domain=127.0.0.1",
        sent_to: &["https://127.0.0.1/"], not_sent_to: &["https://127.0.0.2/"] },
    Row { sentence: "Path is the path and all below it", from: APP, line: "a=1; Path=/api",
        sent_to: &["https://app.example.com/api", "https://app.example.com/api/x"],
        not_sent_to: &[APP, "https://app.example.com/apis", "https://app.example.com/API"] },
    Row { sentence: "Path with a slash at its end is what stands below it", from: APP, line: "a=1; Path=/api/",
        sent_to: &["https://app.example.com/api/", "https://app.example.com/api/x"],
        not_sent_to: &["https://app.example.com/api"] },
    Row { sentence: "without Path it is the folder of the request", from: "https://app.example.com/a/b", line: "a=1",
        sent_to: &["https://app.example.com/a", "https://app.example.com/a/c"], not_sent_to: &[APP] },
    Row { sentence: "a Path that begins with no slash is none", from: "https://app.example.com/a/b", line: "a=1; Path=x",
        sent_to: &["https://app.example.com/a/c"], not_sent_to: &[APP] },
    Row { sentence: "Secure stays away from plain http", from: APP, line: "a=1; Secure",
        sent_to: &[APP], not_sent_to: &["http://app.example.com/"] },
    Row { sentence: "without Secure plain http gets it too", from: APP, line: "a=1",
        sent_to: &["http://app.example.com/"], not_sent_to: &[] },
    Row { sentence: "spaces and tabs around names and values are no part of them", from: APP, line: " a\t =\t 1 ; \t Path = /x ",
        sent_to: &["https://app.example.com/x"], not_sent_to: &[APP] },
    Row { sentence: "an attribute that is unknown, or too long, changes nothing", from: APP, line: "a=1; Priority=High; Path=/x; Path=/{1024}",
        sent_to: &["https://app.example.com/x"], not_sent_to: &[APP] },
    Row { sentence: "__Host- with Secure, Path=/ and no Domain is taken", from: APP, line: "__Host-a=1; Secure; Path=/",
        sent_to: &[APP], not_sent_to: &["https://x.app.example.com/"] },
    Row { sentence: "__Host-Http- with HttpOnly is taken", from: APP, line: "__Host-Http-a=1; Secure; Path=/; HttpOnly",
        sent_to: &[APP], not_sent_to: &[] },
    Row { sentence: "__Secure- may have a Domain", from: APP, line: "__Secure-a=1; Secure; Domain=example.com",
        sent_to: &["https://www.example.com/"], not_sent_to: &[] },
];

#[test]
fn where_a_cookie_is_sent() {
    for row in ROWS {
        let mut jar = Jar::default();
        let line = row.line.replace("{1024}", &"x".repeat(1024));
        let (origin, path) = split(row.from);
        assert_eq!(
            jar.receive(&line, &sent(&origin, path)),
            Ok(()),
            "{}",
            row.sentence
        );
        let carries = |url: &str| {
            let (origin, path) = split(url);
            !jar.header(&sent(&origin, path)).is_empty()
        };
        for url in row.sent_to {
            assert!(carries(url), "{}: {url}", row.sentence);
        }
        for url in row.not_sent_to {
            assert!(!carries(url), "{}: not {url}", row.sentence);
        }
    }
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table")]
fn what_is_refused() {
    let long = format!("a={}", "x".repeat(4096));
    for (sentence, from, line, why) in [
        (
            "Secure from plain http",
            "http://app.example.com/",
            "a=1; Secure",
            Refused::SecureWithoutTls,
        ),
        (
            "Secure from plain http of this machine",
            "http://localhost/",
            "a=1; Secure",
            Refused::SecureWithoutTls,
        ),
        (
            "another site's Domain",
            APP,
            "a=1; Domain=evil.example",
            Refused::ForeignDomain("evil.example".into()),
        ),
        (
            "a sibling's Domain",
            APP,
            "a=1; Domain=www.example.com",
            Refused::ForeignDomain("www.example.com".into()),
        ),
        (
            "a Domain below the host",
            APP,
            "a=1; Domain=x.app.example.com",
            Refused::ForeignDomain("x.app.example.com".into()),
        ),
        (
            "the end of an address as Domain",
            "https://127.0.0.1/",
            "a=1; Domain=0.0.1",
            Refused::ForeignDomain("0.0.1".into()),
        ),
        (
            "a top-level domain",
            APP,
            "a=1; Domain=com",
            Refused::PublicSuffix("com".into()),
        ),
        (
            "a public suffix of two labels",
            "https://shop.co.uk/",
            "a=1; Domain=co.uk",
            Refused::PublicSuffix("co.uk".into()),
        ),
        (
            "SameSite=None without Secure",
            APP,
            "a=1; SameSite=None",
            Refused::NoneWithoutSecure,
        ),
        (
            "Partitioned without Secure",
            APP,
            "a=1; Partitioned",
            Refused::PartitionedWithoutSecure,
        ),
        (
            "__Host- with Domain",
            APP,
            "__Host-a=1; Secure; Path=/; Domain=app.example.com",
            Refused::Prefix("__host-"),
        ),
        (
            "__Host- with another Path",
            APP,
            "__Host-a=1; Secure; Path=/x",
            Refused::Prefix("__host-"),
        ),
        (
            "__Host- without Path, though that is / as well",
            APP,
            "__Host-a=1; Secure",
            Refused::Prefix("__host-"),
        ),
        (
            "__Host- without Secure",
            APP,
            "__Host-a=1; Path=/",
            Refused::Prefix("__host-"),
        ),
        (
            "a prefix in other letters",
            APP,
            "__hOsT-a=1; Path=/",
            Refused::Prefix("__host-"),
        ),
        (
            "__Host-Http- without HttpOnly",
            APP,
            "__Host-Http-a=1; Secure; Path=/",
            Refused::Prefix("__host-http-"),
        ),
        (
            "__Http- without HttpOnly",
            APP,
            "__Http-a=1; Secure",
            Refused::Prefix("__http-"),
        ),
        (
            "__Secure- without Secure",
            APP,
            "__Secure-a=1",
            Refused::Prefix("__secure-"),
        ),
        (
            "no name, and the name in the value",
            APP,
            "=__Host-a=1; Secure; Path=/",
            Refused::NamelessPrefix,
        ),
        ("neither name nor value", APP, "=; Path=/", Refused::Empty),
        (
            "a control character",
            APP,
            "a=1\u{1}; Path=/",
            Refused::ControlCharacter,
        ),
        (
            "more than 4096 bytes of name and value",
            APP,
            &long,
            Refused::TooLong(4097),
        ),
    ] {
        let (origin, path) = split(from);
        let mut jar = Jar::default();
        assert_eq!(
            jar.receive(line, &sent(&origin, path)),
            Err(why),
            "{sentence}"
        );
        assert_eq!(jar.header(&sent(&origin, path)), "", "{sentence}");
    }
}

#[test]
fn same_site_by_who_asks() {
    const ALL: &str = "strict lax unset none";
    let origin = Origin::try_from("https://app.example.com").unwrap();
    let within = sent(&origin, "/");
    let mut jar = Jar::default();
    for line in [
        "strict=1; SameSite=Strict",
        "lax=1; SameSite=Lax",
        "unset=1",
        "none=1; SameSite=None; Secure",
    ] {
        jar.receive(line, &within).unwrap();
    }
    for (sentence, crossing, carried, set) in [
        ("the own site, or the user", Crossing::No, ALL, ALL),
        (
            "a link from another site",
            Crossing::SafeNavigation,
            "lax unset none",
            ALL,
        ),
        (
            "a form of another site",
            Crossing::UnsafeNavigation,
            "none",
            ALL,
        ),
        (
            "a fetch of another site",
            Crossing::Subresource,
            "none",
            "none",
        ),
    ] {
        let request = Sent { crossing, ..within };
        assert_eq!(names(&jar.header(&request)), carried, "{sentence}: sent");
        let mut own = Jar::default();
        for line in [
            "strict=1; SameSite=Strict",
            "lax=1; SameSite=lax",
            "unset=1; SameSite=x",
            "none=1; SameSite=NONE; Secure",
        ] {
            let _ = own.receive(line, &request);
        }
        assert_eq!(names(&own.header(&within)), set, "{sentence}: set");
    }
}

#[test]
fn a_partitioned_cookie_stays_with_the_page_that_had_it() {
    let origin = Origin::try_from("https://api.example.com").unwrap();
    let [shop, blog] = ["https://shop.example", "https://blog.example"]
        .map(|text| Origin::try_from(text).unwrap());
    let fetched_by = |page| Sent {
        top_level: page,
        crossing: Crossing::Subresource,
        ..sent(&origin, "/")
    };
    let mut jar = Jar::default();
    let line = "a=1; Secure; SameSite=None; Partitioned";
    jar.receive(line, &fetched_by(Some(site(&shop)))).unwrap();
    assert_eq!(jar.header(&fetched_by(Some(site(&shop)))), "a=1");
    assert_eq!(
        jar.header(&fetched_by(Some(site(&blog)))),
        "",
        "another page"
    );
    assert_eq!(jar.header(&sent(&origin, "/")), "", "the origin's own page");
    assert_eq!(
        jar.receive(line, &fetched_by(None)),
        Err(Refused::OpaquePartition)
    );
}

#[test]
fn which_cookie_is_replaced() {
    for (sentence, second, expected) in [
        ("the same name, host and path", "a=2; Path=/", "a=2"),
        (
            "another path, the longest of which is sent first",
            "a=2; Path=/x",
            "a=2; a=1",
        ),
        (
            "a Domain, though it is the host",
            "a=2; Path=/; Domain=app.example.com",
            "a=1; a=2",
        ),
        ("a name in other letters", "A=2; Path=/", "a=1; A=2"),
        (
            "a partition",
            "a=2; Path=/; Secure; Partitioned",
            "a=1; a=2",
        ),
        ("no name", "=2; Path=/", "a=1; 2"),
        ("no name and no sign", "2; Path=/", "a=1; 2"),
    ] {
        let jar = received("a=1; Path=/", second);
        let origin = Origin::try_from("https://app.example.com").unwrap();
        assert_eq!(jar.header(&sent(&origin, "/x")), expected, "{sentence}");
    }
    let mut jar = received("a=1; Path=/", "b=1; Path=/");
    let origin = Origin::try_from("https://app.example.com").unwrap();
    jar.receive("a=2; Path=/", &sent(&origin, "/")).unwrap();
    assert_eq!(
        jar.header(&sent(&origin, "/")),
        "a=2; b=1",
        "it keeps its place"
    );
}

#[test]
fn plain_http_hides_no_secure_cookie() {
    let plain = Origin::try_from("http://app.example.com").unwrap();
    for (sentence, line, expected) in [
        ("the same name", "a=2; Path=/", Err(Refused::ReplacesSecure)),
        (
            "for the whole domain",
            "a=2; Path=/; Domain=example.com",
            Err(Refused::ReplacesSecure),
        ),
        (
            "below its path",
            "a=2; Path=/x",
            Err(Refused::ReplacesSecure),
        ),
        ("another name", "b=2; Path=/", Ok(())),
    ] {
        let mut jar = received("a=1; Path=/; Secure", "c=1");
        assert_eq!(
            jar.receive(line, &sent(&plain, "/")),
            expected,
            "{sentence}"
        );
    }
    let mut jar = received("a=1; Path=/x; Secure", "c=1");
    assert_eq!(
        jar.receive("a=2; Path=/", &sent(&plain, "/")),
        Ok(()),
        "above its path"
    );
}

#[test]
fn what_script_reads() {
    let mut jar = received("csrf=1; Path=/", "token=1; Path=/; HttpOnly");
    let origin = Origin::try_from("https://app.example.com").unwrap();
    jar.receive("below=1; Path=/x", &sent(&origin, "/"))
        .unwrap();
    let page = sent(&origin, "/");
    assert_eq!(jar.readable(&page, "csrf"), Some("1"));
    assert_eq!(jar.readable(&page, "token"), None, "HttpOnly");
    assert_eq!(jar.readable(&page, "below"), None, "another path");
    assert_eq!(
        jar.get("app.example.com", "token", page.now),
        Some("1"),
        "the test reads all"
    );
    assert_eq!(
        jar.get("www.example.com", "token", page.now),
        None,
        "of its host"
    );
}

#[test]
fn what_is_one_site() {
    use Relation::{CrossSite, SameOrigin, SameSite};
    for (sentence, page, target, expected) in [
        (
            "itself",
            "https://app.example.com",
            "https://app.example.com",
            SameOrigin,
        ),
        (
            "the default port",
            "https://app.example.com:443",
            "https://app.example.com",
            SameOrigin,
        ),
        (
            "another port",
            "https://app.example.com:8443",
            "https://app.example.com",
            SameSite,
        ),
        (
            "a sibling",
            "https://www.example.com",
            "https://app.example.com",
            SameSite,
        ),
        (
            "the domain above",
            "https://example.com",
            "https://app.example.com",
            SameSite,
        ),
        (
            "another scheme",
            "http://app.example.com",
            "https://app.example.com",
            CrossSite,
        ),
        (
            "another domain",
            "https://evil.example",
            "https://app.example.com",
            CrossSite,
        ),
        (
            "an end that is the same",
            "https://evilexample.com",
            "https://example.com",
            CrossSite,
        ),
        (
            "siblings below a public suffix",
            "https://a.github.io",
            "https://b.github.io",
            CrossSite,
        ),
        (
            "siblings below a country's",
            "https://a.co.uk",
            "https://b.co.uk",
            CrossSite,
        ),
        (
            "ports of this machine",
            "http://localhost:5173",
            "http://localhost:8000",
            SameSite,
        ),
        (
            "a name and its address",
            "http://localhost",
            "http://127.0.0.1",
            CrossSite,
        ),
        (
            "two addresses",
            "http://10.0.0.1",
            "http://10.0.0.2",
            CrossSite,
        ),
        (
            "a sandboxed frame",
            "null",
            "https://app.example.com",
            CrossSite,
        ),
    ] {
        let target = Origin::try_from(target).unwrap();
        assert_eq!(
            PageOrigin::parse(page).relation(&target),
            expected,
            "{sentence}"
        );
    }
}

/// A jar that got these two lines at `/` of the app.
fn received(first: &str, second: &str) -> Jar {
    let origin = Origin::try_from("https://app.example.com").unwrap();
    let mut jar = Jar::default();
    for line in [first, second] {
        jar.receive(line, &sent(&origin, "/")).unwrap();
    }
    jar
}

/// A request of the origin's own page.
fn sent<'r>(origin: &'r Origin, path: &'r str) -> Sent<'r> {
    Sent {
        to: origin,
        path,
        crossing: Crossing::No,
        top_level: Some(site(origin)),
        now: UnixTime::from_secs(NOW),
    }
}

/// Origin and path.
fn split(url: &str) -> (Origin, &str) {
    let host = url.find("://").unwrap() + 3;
    let path = host + url[host..].find('/').unwrap();
    (Origin::try_from(&url[..path]).unwrap(), &url[path..])
}

fn names(header: &str) -> String {
    let names = header
        .split("; ")
        .map(|pair| pair.split('=').next().unwrap());
    names.collect::<Vec<_>>().join(" ")
}
