//! When a cookie ends.

use super::{received, sent};
use crate::clock::UnixTime;
use crate::origin::Origin;
use crate::testing::NOW;
use crate::testing::jar::Sent;

#[test]
#[expect(clippy::too_many_lines, reason = "a table")]
fn how_long_a_cookie_lives() {
    const DAY: u64 = 24 * 60 * 60;
    // NOW is 2027-01-15T08:00:00Z.
    for (sentence, attributes, last, first_without) in [
        ("Max-Age in seconds", "Max-Age=60", 59, 60),
        (
            "Max-Age wins, wherever it stands",
            "Max-Age=60; Expires=Fri, 15 Jan 2027 08:00:10 GMT",
            59,
            60,
        ),
        (
            "the last of two Max-Ages counts",
            "Max-Age=60; Max-Age=120",
            119,
            120,
        ),
        (
            "a Max-Age that is no number is none",
            "Max-Age=60; Max-Age=1x",
            59,
            60,
        ),
        (
            "at most 400 days by Max-Age",
            "Max-Age=99999999999999999999",
            400 * DAY - 1,
            400 * DAY,
        ),
        (
            "at most 400 days by Expires",
            "Expires=Fri, 31 Dec 9999 23:59:59 GMT",
            400 * DAY - 1,
            400 * DAY,
        ),
        (
            "Expires of HTTP",
            "Expires=Fri, 15 Jan 2027 08:00:10 GMT",
            9,
            10,
        ),
        (
            "Expires of Netscape",
            "expires=Friday, 15-Jan-27 08:00:10 GMT",
            9,
            10,
        ),
        ("Expires of C", "Expires=Fri Jan 15 08:00:10 2027", 9, 10),
    ] {
        let mut jar = received("a=1", &format!("a=1; {attributes}"));
        let origin = Origin::try_from("https://app.example.com").unwrap();
        let after = |secs| Sent {
            now: UnixTime::from_secs(NOW + secs),
            ..sent(&origin, "/")
        };
        assert_eq!(jar.header(&after(last)), "a=1", "{sentence}");
        assert_eq!(jar.header(&after(first_without)), "", "{sentence}");
        assert_eq!(
            jar.get("app.example.com", "a", after(first_without).now),
            None,
            "{sentence}"
        );
        jar.close();
        assert_eq!(
            jar.header(&after(last)),
            "a=1",
            "{sentence}: the browser was closed"
        );
    }
    for (sentence, attributes) in [
        ("Max-Age=0", "Max-Age=0"),
        (
            "a negative Max-Age",
            "Max-Age=-1; Expires=Fri, 15 Jan 2027 08:00:10 GMT",
        ),
        (
            "Expires in the past",
            "Expires=Thu, 01 Jan 1970 00:00:00 GMT",
        ),
    ] {
        let jar = received("a=1", &format!("a=; {attributes}"));
        let origin = Origin::try_from("https://app.example.com").unwrap();
        assert_eq!(jar.header(&sent(&origin, "/")), "", "{sentence} deletes");
    }
    for (sentence, attributes) in [
        ("no attribute", ""),
        ("an Expires that is no date", "; Expires=tomorrow"),
        (
            "a day that no month has",
            "; Expires=Mon, 30 Feb 2026 08:00:10 GMT",
        ),
        (
            "an hour that no day has",
            "; Expires=Mon, 2 Feb 2026 24:00:10 GMT",
        ),
        ("a Max-Age without digits", "; Max-Age="),
    ] {
        let mut jar = received("b=1", &format!("a=1{attributes}"));
        jar.close();
        let origin = Origin::try_from("https://app.example.com").unwrap();
        assert_eq!(
            jar.header(&sent(&origin, "/")),
            "",
            "{sentence}: a session cookie goes with the browser"
        );
    }
}
