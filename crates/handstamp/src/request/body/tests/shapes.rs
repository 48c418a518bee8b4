//! Tests of bodies as types of the application, and of the errors of those that do not fit.

use crate::RequestHead;
use crate::error::BodyError;
use crate::request::body::RequestBody;
use crate::testing::Head;

#[test]
fn the_words_repeat_nothing_that_was_sent() {
    #[derive(Debug, serde::Deserialize)]
    #[expect(dead_code, reason = "only whether it fits is asked")]
    struct Account {
        name: String,
        age: u8,
        color: Option<Color>,
    }
    #[derive(Debug, serde::Deserialize)]
    enum Color {
        Red,
    }
    #[rustfmt::skip]
    let rows: &[(&str, &str, u16, &str)] = &[
        ("no JSON", "hunter2", 400, "The body is not JSON: expected value at line 1 column 1"),
        ("cut off", "{\"name\": \"hunter2", 400, "The body is not JSON: EOF while parsing a string at line 1 column 17"),
        ("half a character", r#"{"name": "\ud800", "age": 1}"#, 400, "The body is not JSON: unexpected end of hex escape at line 1 column 17"),
        ("no object", "\"hunter2\"", 422, "The JSON body does not fit: invalid type, expected struct Account at line 1 column 9"),
        ("a member is missing", r#"{"name": "hunter2"}"#, 422, "The JSON body does not fit: missing field `age` at line 1 column 19"),
        ("a member of another type", r#"{"name": "n", "age": "hunter2, expected x"}"#, 422, "The JSON body does not fit: invalid type, expected u8 at line 1 column 42"),
        ("a number out of range", r#"{"name": "n", "age": 1234}"#, 422, "The JSON body does not fit: invalid value, expected u8 at line 1 column 25"),
        ("an unknown word", r#"{"name": "n", "age": 1, "color": "hunter2"}"#, 422, "The JSON body does not fit: unknown variant, expected `Red` at line 1 column 42"),
    ];
    for (sentence, body, status, words) in rows {
        let head = Head::new("POST").header("content-type", "application/json");
        let error = head
            .with_body(body.as_bytes())
            .body()
            .json::<Account>()
            .unwrap_err();
        assert_eq!(
            (error.status(), error.to_string().as_str()),
            (*status, *words),
            "{sentence}"
        );
    }
    let nothing = RequestBody::new(&Head::new("POST"), b"");
    assert!(
        nothing
            .json::<Account>()
            .is_err_and(|error| error.status() == 415)
    );
    assert!(nothing.json::<Option<Account>>().unwrap().is_none());
    let body = RequestBody::new(&Head::new("POST"), b"{}");
    let error = body.json::<Account>().unwrap_err();
    assert_eq!(
        (error.status(), error.to_string().as_str()),
        (415, "The request needs Content-Type: application/json")
    );
    assert!(matches!(error, BodyError::MediaType { .. }));
}

#[cfg(feature = "form")]
#[test]
fn a_form_as_a_type() {
    #[derive(Debug, PartialEq, serde::Deserialize)]
    struct Post {
        title: String,
        #[serde(default)]
        tag: Vec<String>,
        #[serde(default)]
        draft: bool,
        year: Option<u16>,
    }
    let post = |title: &str, tag: &[&str], draft, year| {
        let tag = tag.iter().map(ToString::to_string).collect();
        Ok(Post {
            title: title.to_owned(),
            tag,
            draft,
            year,
        })
    };
    let shape = |words: &str| Err((422, format!("The form does not fit: {words}")));
    #[rustfmt::skip]
    let rows = [
        ("a field", "title=Hello+%26+more", post("Hello & more", &[], false, None)),
        ("fields that are there several times", "title=a&tag=x&tag=y", post("a", &["x", "y"], false, None)),
        ("one of them once", "title=a&tag=x", post("a", &["x"], false, None)),
        ("a box that is ticked", "title=a&draft=on", post("a", &[], true, None)),
        ("a number", "title=a&year=2026", post("a", &[], false, Some(2026))),
        ("a number that was not filled in", "title=a&year=", post("a", &[], false, None)),
        ("fields that were not asked for", "title=a&csrf_token=x", post("a", &[], false, None)),
        ("a field is missing", "tag=x", shape("missing field `title`")),
        ("a field is there twice", "title=a&title=b", shape("title: it is there several times")),
        ("a number that is none", "title=a&year=hunter2", shape("year: invalid digit found in string")),
        ("nothing", "", shape("missing field `title`")),
    ];
    for (sentence, form, expected) in rows {
        let result = |content_type: &str, body: &[u8]| {
            let request = Head::new("POST")
                .header("content-type", content_type)
                .with_body(body);
            request
                .body()
                .form::<Post>()
                .map_err(|error| (error.status(), error.to_string()))
        };
        assert_eq!(
            result("application/x-www-form-urlencoded", form.as_bytes()),
            expected,
            "{sentence}"
        );
        let mut parts = String::new();
        for (name, value) in form_urlencoded::parse(form.as_bytes()) {
            let disposition = format!("Content-Disposition: form-data; name=\"{name}\"");
            parts.push_str(&["--b\r\n", &disposition, "\r\n\r\n", &value, "\r\n"].concat());
        }
        parts += "--b\r\nContent-Disposition: form-data; name=\"title\"; filename=\"f\"\r\n\r\nfile\r\n--b--";
        assert_eq!(
            result("multipart/form-data; boundary=b", parts.as_bytes()),
            expected,
            "{sentence}, in parts"
        );
    }
    #[rustfmt::skip]
    let rows = [
        ("no form", "application/json", "{}".to_owned(), 415, "The request needs Content-Type: application/x-www-form-urlencoded or multipart/form-data"),
        ("a broken one", "multipart/form-data; boundary=b", "--b".to_owned(), 400, "The form is broken: a delimiter in the middle of a line"),
        ("too many parts", "multipart/form-data; boundary=b", "--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nb\r\n".repeat(1001) + "--b--", 400, "The form is broken: more than a thousand parts"),
        ("too many fields", "application/x-www-form-urlencoded", "a=b&".repeat(1000), 400, "The form is broken: more than a thousand fields"),
    ];
    for (sentence, content_type, body, status, words) in rows {
        let request = Head::new("POST")
            .header("content-type", content_type)
            .with_body(body.as_bytes());
        let error = request.body().form::<Post>().unwrap_err();
        assert_eq!(
            (error.status(), error.to_string().as_str()),
            (status, words),
            "{sentence}"
        );
    }
}
