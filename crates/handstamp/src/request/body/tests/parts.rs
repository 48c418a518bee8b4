//! Tests of multipart forms: fields, files, malformed parts.

use super::one;
use crate::RequestHead;
use crate::request::Values;
use crate::request::body::multipart;
use crate::testing::Head;

#[test]
fn a_field_of_a_form_with_parts() {
    let field = "--b\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\nt\r\n";
    let file = "--b\r\nContent-Disposition: form-data; name=\"csrf\"; filename=\"f\"\r\n\r\nt\r\n";
    let end = "--b--\r\n";
    let with = |header: &str| format!("--b\r\n{header}\r\n\r\nt\r\n{end}");
    let text = |content: &str| {
        format!("--b\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\n{content}\r\n{end}")
    };
    #[rustfmt::skip]
    let rows: Vec<(&str, String, Values<'_>)> = vec![
        ("a field", format!("{field}{end}"), one("t")),
        ("a field and no line end at the end", format!("{field}--b--"), one("t")),
        ("text before and behind", format!("hello\r\n{field}{end}bye --b"), one("t")),
        ("blanks behind the delimiter", field.replace("--b\r\n", "--b \t\r\n") + end, one("t")),
        ("line ends in the value", text("a\r\nb\r\n"), one("a\r\nb\r\n")),
        ("something like the delimiter in the value", text("x--b\r\n-b--"), one("x--b\r\n-b--")),
        ("names of headers in small letters", with("content-disposition:form-data;name=csrf"), one("t")),
        ("other headers", with("X: y\r\nContent-Disposition: form-data; name=\"csrf\"\r\nContent-Type: text/plain; charset=utf-8"), one("t")),
        ("twice the same", format!("{field}{field}{end}"), one("t")),
        ("a file of the same name next to it", format!("{file}{field}{end}"), one("t")),
        ("twice, and they differ", format!("{field}{}", text("u")), Values::Conflicting),
        ("empty", text(""), Values::Missing),
        ("a file", format!("{file}{end}"), Values::Missing),
        ("a file without a name", with("Content-Disposition: form-data; name=\"csrf\"; filename=\"\""), Values::Missing),
        ("a file whose name is encoded", with("Content-Disposition: form-data; name=\"csrf\"; filename*=utf-8''f"), Values::Missing),
        ("no part", end.to_owned(), Values::Missing),
        ("no body", String::new(), Values::Missing),
        ("no delimiter", "csrf=t".to_owned(), Values::Missing),
        ("another delimiter", format!("{field}{end}").replace("--b", "--c"), Values::Missing),
        ("the last delimiter is missing", field.to_owned(), Values::Missing),
        ("cut off behind a delimiter", format!("{field}--b"), Values::Missing),
        ("bare line feeds", format!("{field}{end}").replace('\r', ""), Values::Missing),
        ("a delimiter that goes on", format!("{field}--bc\r\n{end}"), Values::Missing),
        ("a part without an empty line", "--b\r\nContent-Disposition: form-data; name=\"csrf\"\r\n--b--".to_owned(), Values::Missing),
        ("a part without a disposition", with("Content-Type: text/plain"), Values::Missing),
        ("a part with two", with("Content-Disposition: form-data; name=\"csrf\"\r\nContent-Disposition: form-data; name=\"a\""), Values::Missing),
        ("a part without a name", with("Content-Disposition: form-data"), Values::Missing),
        ("a part with two names", with("Content-Disposition: form-data; name=\"a\"; name=\"csrf\""), Values::Missing),
        ("an attachment", with("Content-Disposition: attachment; name=\"csrf\""), Values::Missing),
        ("a quote that is open", with("Content-Disposition: form-data; name=\"csrf"), Values::Missing),
        ("a good part before a broken one", format!("{field}--b\r\nno header\r\n\r\n\r\n{end}"), Values::Missing),
    ];
    for (sentence, body, expected) in &rows {
        let head = Head::new("POST").header("content-type", "multipart/form-data; boundary=b");
        let request = head.with_body(body.as_bytes());
        assert_eq!(request.body().field("csrf"), *expected, "{sentence}");
    }
    let many = field.repeat(1001) + end;
    assert_eq!(multipart::parts(b"b", many.as_bytes()).unwrap().len(), 1001);
    let endless = field.repeat(2000) + "--b\r\nno part";
    let parts = multipart::parts(b"b", endless.as_bytes());
    assert_eq!(parts.unwrap().len(), 1001, "no more is read");
    assert!(multipart::parts(&[b'b'; 71], b"").is_err());
}

#[test]
fn files_of_a_form() {
    let body = "--b\r\nContent-Disposition: form-data; name=\"title\"\r\n\r\nHello\r\n\
        --b\r\nContent-Disposition: form-data; name=\"a%22b\"; filename=\"C:\\a;%22b.txt\"\r\nContent-Type: text/plain\r\n\r\n\
        one\r\ntwo\r\n\
        --b\r\nContent-Disposition: form-data; name=\"none\"; filename=\"\"\r\nContent-Type: application/octet-stream\r\n\r\n\r\n\
        --b--\r\n";
    let head = Head::new("POST").header("content-type", "multipart/form-data; boundary=\"b\"");
    let request = head.with_body(body.as_bytes());
    let files: Vec<_> = (request.body().files())
        .map(|file| (file.field, file.name, file.media_type, file.content))
        .collect();
    let octets = Some("application/octet-stream");
    let expected: [(_, _, _, &[u8]); 2] = [
        ("a\"b", "C:\\a;\"b.txt", Some("text/plain"), b"one\r\ntwo"),
        ("none", "", octets, b""),
    ];
    assert_eq!(files, expected);
    let shown = format!("{:?} {:?}", request.body(), request.body().files().next());
    assert!(
        shown.contains("multipart/form-data") && shown.contains("bytes: 8"),
        "{shown}"
    );
    assert!(
        !shown.contains("two") && !shown.contains("Hello"),
        "{shown}"
    );
}
