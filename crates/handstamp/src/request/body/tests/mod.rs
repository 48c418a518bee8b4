//! Bodies of browsers, of other programs, and malformed ones.

mod parts;
mod shapes;

use proptest::prelude::*;

use super::multipart;
use crate::RequestHead;
use crate::request::Values;
use crate::testing::Head;

#[test]
fn a_body_is_what_its_content_type_says() {
    #[rustfmt::skip]
    let rows: &[(&str, &[&str], &str)] = &[
        ("JSON", &["application/json"], "json"),
        ("JSON with a charset", &["application/json; charset=utf-8"], "json"),
        ("JSON in capitals", &["Application/JSON;Charset=\"UTF-8\""], "json"),
        ("blanks around", &["  application/json ;  a = b ; "], "json"),
        ("JSON of a suffix is another type", &["application/problem+json"], "other"),
        ("text", &["text/plain"], "other"),
        ("text that claims to be JSON in a parameter", &["text/plain; application/json"], "other"),
        ("a parameter without a value", &["application/json; charset"], "other"),
        ("a charset that is no ASCII", &["application/json; charset=\u{e9}"], "other"),
        ("a parameter twice", &["application/json; a=b; A=b"], "other"),
        ("an open quote", &["application/json; a=\"b"], "other"),
        ("text behind a quote", &["application/json; a=\"b\"c"], "other"),
        ("two types in one header", &["application/json, text/plain"], "other"),
        ("two headers", &["application/json", "text/plain"], "other"),
        ("two headers that say the same", &["application/json", "application/json"], "other"),
        ("no header", &[], "other"),
        ("an empty header", &[""], "other"),
        ("no UTF-8", &["application/json\u{fffd}"], "other"),
        ("a form", &["application/x-www-form-urlencoded"], "form"),
        ("a form in capitals, with a charset", &["APPLICATION/X-WWW-FORM-URLENCODED; charset=utf-8"], "form"),
        ("a form with parts", &["multipart/form-data; boundary=b"], "form"),
        ("a form with parts, as a browser writes it", &["multipart/form-data; boundary=----WebKitFormBoundary0"], "form"),
        ("parts without a boundary", &["multipart/form-data"], "broken form"),
        ("parts with an empty boundary", &["multipart/form-data; boundary="], "broken form"),
        ("parts that are no form", &["multipart/mixed; boundary=b"], "other"),
    ];
    for (sentence, types, expected) in rows {
        let body: &[u8] = match *expected {
            "json" => b"{}",
            _ => b"--b--\r\n------WebKitFormBoundary0--\r\n",
        };
        let head = types.iter().fold(Head::new("POST"), |head, value| {
            head.header("content-type", *value)
        });
        let request = head.clone().with_body(body);
        let got = match &request.body().0 {
            super::Content::Json(_) => "json",
            super::Content::Urlencoded(_) | super::Content::Multipart(Ok(_)) => "form",
            super::Content::Multipart(Err(_)) => "broken form",
            super::Content::Other => "other",
            super::Content::Empty => "empty",
            super::Content::NotRead | super::Content::Expected(_) => "not read",
        };
        assert_eq!(got, *expected, "{sentence}");
        let expects = super::WithBody::expected(head);
        let (members, fields) = (
            expects.body().may_have_members(),
            expects.body().may_have_fields(),
        );
        assert_eq!(members, *expected == "json", "{sentence}, not read yet");
        assert_eq!(
            fields,
            expected.ends_with("form"),
            "{sentence}, not read yet"
        );
    }
    assert!(!Head::new("POST").body().is_read());
}

/// A body may contain tokens, CSRF values and passwords.
#[test]
fn debug_shows_what_a_body_is_and_nothing_that_is_in_it() {
    let part = "--b\r\nContent-Disposition: form-data; name=\"secret\"\r\n\r\nsecret\r\n--b--\r\n";
    for (content_type, body) in [
        ("application/json", r#"{"access_token": "secret"}"#),
        ("application/x-www-form-urlencoded", "csrf_token=secret"),
        ("multipart/form-data; boundary=b", part),
        ("text/plain", "secret"),
    ] {
        let request = Head::new("POST")
            .header("content-type", content_type)
            .with_body(body.as_bytes());
        let shown = format!("{:?}", request.body());
        assert!(shown.starts_with("RequestBody"), "{content_type}: {shown}");
        for secret in ["secret", "115, 101, 99"] {
            assert!(!shown.contains(secret), "{content_type}: {shown}");
        }
    }
}

#[test]
fn a_member_of_json() {
    #[rustfmt::skip]
    let rows: &[(&str, &[u8], Values<'_>)] = &[
        ("a text", br#"{"a": 1, "token": "t", "z": [{}]}"#, one("t")),
        ("a name with escapes", br#"{"\u0074oken": "t"}"#, one("t")),
        ("a value with escapes", br#"{"token": "\u0074\n"}"#, one("t\n")),
        ("a value that is no ASCII", "{\"token\": \"\u{e9}\"}".as_bytes(), one("\u{e9}")),
        ("an empty text", br#"{"token": ""}"#, one("")),
        ("twice the same", br#"{"token": "t", "token": "t"}"#, one("t")),
        ("twice the same in other words", br#"{"token": "t", "\u0074oken": "\u0074"}"#, one("t")),
        ("twice, and they differ", br#"{"token": "t", "token": "u"}"#, Values::Conflicting),
        ("three times, the last as the first", br#"{"token": "t", "token": "u", "token": "t"}"#, Values::Conflicting),
        ("a text and null", br#"{"token": "t", "token": null}"#, Values::Conflicting),
        ("an empty text and another", br#"{"token": "", "token": "t"}"#, Values::Conflicting),
        ("null", br#"{"token": null}"#, Values::Missing),
        ("a number", br#"{"token": 12345678901234567890123}"#, Values::Missing),
        ("a negative number", br#"{"token": -1}"#, Values::Missing),
        ("a fraction", br#"{"token": 1.5}"#, Values::Missing),
        ("a truth", br#"{"token": true}"#, Values::Missing),
        ("a list", br#"{"token": ["t"]}"#, Values::Missing),
        ("an object", br#"{"token": {"token": "t"}}"#, Values::Missing),
        ("null twice", br#"{"token": null, "token": 1}"#, Values::Missing),
        ("deeper down only", br#"{"a": {"token": "t"}}"#, Values::Missing),
        ("another case", br#"{"Token": "t"}"#, Values::Missing),
        ("another name", br#"{"tokens": "t"}"#, Values::Missing),
        ("nothing", br"", Values::Missing),
        ("an empty object", br"{}", Values::Missing),
        ("a list of objects", br#"[{"token": "t"}]"#, Values::Missing),
        ("a text alone", br#""token""#, Values::Missing),
        ("an object that is cut off", br#"{"token": "t""#, Values::Missing),
        ("an object, and more", br#"{"token": "t"} {}"#, Values::Missing),
        ("a comma too many", br#"{"token": "t",}"#, Values::Missing),
        ("single quotes", br"{'token': 't'}", Values::Missing),
        ("a byte order mark", b"\xef\xbb\xbf{\"token\": \"t\"}", Values::Missing),
        ("half a character, escaped", br#"{"token": "\ud800"}"#, Values::Missing),
        ("half a character in a name", br#"{"\ud800": 1, "token": "t"}"#, Values::Missing),
        ("no UTF-8", b"{\"token\": \"\xff\"}", Values::Missing),
    ];
    for (sentence, bytes, expected) in rows {
        let head = Head::new("POST").header("content-type", "application/json");
        assert_eq!(
            head.with_body(bytes).body().member("token"),
            *expected,
            "{sentence}"
        );
    }
    let deep = [r#"{"token": "t", "a": "#, &"[".repeat(100_000)].concat();
    let head = Head::new("POST").header("content-type", "application/json");
    assert_eq!(
        head.with_body(deep.as_bytes()).body().member("token"),
        Values::Missing
    );
}

#[test]
fn a_field_of_a_urlencoded_form() {
    #[rustfmt::skip]
    let rows: &[(&str, &[u8], Values<'_>)] = &[
        ("a field", b"a=1&csrf=t&z=", one("t")),
        ("escapes and blanks", b"%63srf=a+b%2bc", one("a b+c")),
        ("no ASCII", b"csrf=%C3%A9", one("\u{e9}")),
        ("no UTF-8", b"csrf=%ff", one("\u{fffd}")),
        ("half an escape", b"csrf=%4", one("%4")),
        ("twice the same", b"csrf=t&csrf=t", one("t")),
        ("an empty one next to it", b"csrf=&csrf=t&csrf", one("t")),
        ("twice, and they differ", b"csrf=t&csrf=u", Values::Conflicting),
        ("empty", b"csrf=", Values::Missing),
        ("no value", b"csrf", Values::Missing),
        ("no body", b"", Values::Missing),
        ("another case", b"CSRF=t", Values::Missing),
        ("semicolons do not separate", b"a=1;csrf=t", Values::Missing),
    ];
    for (sentence, bytes, expected) in rows {
        let head = Head::new("POST").header("content-type", "application/x-www-form-urlencoded");
        let request = head.with_body(bytes);
        assert_eq!(request.body().field("csrf"), *expected, "{sentence}");
    }
}

fn one(text: &str) -> Values<'_> {
    Values::Single(text.as_bytes().into())
}

proptest! {
    #[test]
    fn what_is_written_in_parts_is_read(fields in prop::collection::vec(("[a-z\r\n\"]{1,8}", any::<Vec<u8>>()), 0..8)) {
        let mut body = Vec::new();
        for (name, content) in &fields {
            let name = name.replace('\r', "%0D").replace('\n', "%0A").replace('"', "%22");
            body.extend(format!("--a boundary\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n").bytes());
            body.extend(content);
            body.extend(b"\r\n");
        }
        body.extend(b"--a boundary--\r\n");
        let parts = multipart::parts(b"a boundary", &body).unwrap_or_default();
        let read: Vec<_> = parts.iter().filter_map(multipart::Part::field).collect();
        let written: Vec<_> = fields.iter().map(|(name, content)| (name.as_str(), content.as_slice())).collect();
        prop_assert_eq!(read, written);
    }

    #[test]
    fn any_bytes_are_taken(
        content_type in prop::sample::select(vec!["application/json", "application/x-www-form-urlencoded", "multipart/form-data; boundary=b"]),
        pieces in prop::collection::vec(
            prop_oneof![
                any::<Vec<u8>>(),
                prop::sample::select(vec![
                    "--b", "\r\n", "--", "Content-Disposition: form-data", "; name=", "\"csrf\"", "{\"csrf\":", "\"t\"", "}", ",", "&", "=", "%", "csrf",
                ]).prop_map(|text| text.as_bytes().to_vec()),
            ],
            0..24,
        ),
    ) {
        let bytes = pieces.concat();
        let request = Head::new("POST").header("content-type", content_type).with_body(&bytes);
        let body = request.body();
        let _ = (body.field("csrf"), body.member("csrf"), body.files().count(), body.json::<serde_json::Value>());
        #[cfg(feature = "form")]
        let _ = body.form::<Vec<(String, String)>>();
    }
}
