//! Cases of the body that a handler gets, and of the errors for bodies it cannot get.

use super::{App, END, FORM, JSON, PARTS, REJECTION, Suite, part, post, sent};
use crate::{Reply, Request};

pub(super) async fn rows<S: AsyncFn(&App, &Request) -> Reply>(suite: &mut Suite<S>) {
    what_the_handler_gets(suite).await;
    what_does_not_fit(suite).await;
}

async fn what_the_handler_gets<S: AsyncFn(&App, &Request) -> Reply>(suite: &mut Suite<S>) {
    let app = App::new(&[
        ("JWT_CSRF_CHECK_FORM", "true"),
        ("JWT_TOKEN_LOCATION", "cookies,headers"),
    ]);
    let bearer = format!("Bearer {}", app.access("user1").as_str());
    let tags = part("name=\"tag\"", "a") + &part("name=\"tag\"", "b");
    let file = |name: &str, content: &str| {
        let disposition =
            format!("name=\"picture\"; filename=\"{name}\"\r\nContent-Type: image/png");
        part(&disposition, content)
    };
    let title = part("name=\"title\"", "Hello & more");
    let row = |content_type, body: String| ("/form", content_type, body);
    for (sentence, (target, content_type, body), expected) in [
        (
            "a field",
            row(FORM, "title=Hello+%26+more".into()),
            "user1 Hello & more",
        ),
        (
            "fields that are there several times",
            row(FORM, "tag=a&title=Hello&tag=b".into()),
            "user1 Hello #a #b",
        ),
        (
            "a field that is not ASCII",
            row(FORM, "title=%C3%A9".into()),
            "user1 \u{e9}",
        ),
        (
            "parts",
            row(PARTS, title.clone() + &tags + END),
            "user1 Hello & more #a #b",
        ),
        (
            "a file",
            row(PARTS, title.clone() + &file("a.png", "\r\n--\r\n") + END),
            "user1 Hello & more picture/a.png/image/png/6",
        ),
        (
            "two files, and a field between them",
            row(PARTS, file("a", "1") + &title + &file("b", "") + END),
            "user1 Hello & more picture/a/image/png/1 picture/b/image/png/0",
        ),
        (
            "no file chosen",
            row(PARTS, title + &file("", "") + END),
            "user1 Hello & more picture//image/png/0",
        ),
        (
            "JSON",
            ("/json", JSON, r#"{"title": "\u00e9", "more": [1]}"#.into()),
            "user1 \u{e9}",
        ),
    ] {
        let request = sent(target, content_type, body).header("authorization", &bearer);
        let sentence = format!("what the handler gets: {sentence}");
        suite.check(&sentence, &app, request, Ok(expected)).await;
    }
}

async fn what_does_not_fit<S: AsyncFn(&App, &Request) -> Reply>(suite: &mut Suite<S>) {
    let app = App::new(&[("JWT_TOKEN_LOCATION", "cookies,headers")]);
    let bearer = format!("Bearer {}", app.access("user1").as_str());
    let large = |size: usize| "x".repeat(size);
    let of_json = "The request needs Content-Type: application/json";
    let of_form =
        "The request needs Content-Type: application/x-www-form-urlencoded or multipart/form-data";
    let rows: &[(&str, &str, &[&str], String, u16, Option<&str>)] = &[
        (
            "JSON of another type",
            "/json",
            &["text/plain"],
            "{}".into(),
            415,
            Some(of_json),
        ),
        (
            "JSON of no type",
            "/json",
            &[],
            "{}".into(),
            415,
            Some(of_json),
        ),
        (
            "JSON of two types",
            "/json",
            &[JSON, "text/plain"],
            "{}".into(),
            415,
            Some(of_json),
        ),
        (
            "no JSON at all",
            "/json",
            &[],
            String::new(),
            415,
            Some(of_json),
        ),
        (
            "no JSON",
            "/json",
            &[JSON],
            "title=Hello".into(),
            400,
            Some("The body is not JSON: expected ident at line 1 column 2"),
        ),
        (
            "an empty JSON body",
            "/json",
            &[JSON],
            String::new(),
            400,
            Some("The body is not JSON: EOF while parsing a value at line 1 column 0"),
        ),
        (
            "JSON without a member",
            "/json",
            &[JSON],
            "{}".into(),
            422,
            Some("The JSON body does not fit: missing field `title` at line 1 column 2"),
        ),
        (
            "a JSON member of another type, which is not repeated",
            "/json",
            &[JSON],
            r#"{"title": 5}"#.into(),
            422,
            Some("The JSON body does not fit: invalid type, expected a string at line 1 column 11"),
        ),
        (
            "a form of another type",
            "/form",
            &[JSON],
            "{}".into(),
            415,
            Some(of_form),
        ),
        (
            "a form of no type",
            "/form",
            &[],
            "title=Hello".into(),
            415,
            Some(of_form),
        ),
        (
            "a form without a field",
            "/form",
            &[FORM],
            "tag=a".into(),
            422,
            Some("The form does not fit: missing field `title`"),
        ),
        (
            "a field twice",
            "/form",
            &[FORM],
            "title=a&title=b".into(),
            422,
            Some("The form does not fit: title: it is there several times"),
        ),
        (
            "a broken form",
            "/form",
            &[PARTS],
            "--b".into(),
            400,
            Some("The form is broken: a delimiter in the middle of a line"),
        ),
        (
            "too many fields",
            "/form",
            &[FORM],
            "a&".repeat(1000) + "title=Hello",
            400,
            Some("The form is broken: more than a thousand fields"),
        ),
        (
            "a body as large as the limit",
            "/form",
            &[FORM],
            "title=".to_owned() + &large(LIMIT - 6),
            200,
            None,
        ),
        (
            "a larger one",
            "/form",
            &[FORM],
            "title=".to_owned() + &large(LIMIT - 5),
            413,
            None,
        ),
        (
            "a larger JSON",
            "/json",
            &[JSON],
            large(LIMIT + 1),
            413,
            None,
        ),
        (
            "a larger body without a type",
            "/json",
            &[],
            large(LIMIT + 1),
            413,
            None,
        ),
    ];
    for (row, target, types, body, status, words) in rows {
        let request = types
            .iter()
            .fold(post(target).body(body), |request, value| {
                request.header("content-type", value)
            });
        let reply = suite
            .send(&app, &request.clone().header("authorization", &bearer))
            .await;
        let sentence = format!("what does not fit: {row}");
        suite.equal(&sentence, "status", reply.status, *status);
        if let Some(words) = words {
            suite.equal(&sentence, "message", message(&reply), *words);
            let content_type = reply.header("content-type");
            suite.equal(
                &sentence,
                "content-type",
                content_type,
                Some("application/problem+json"),
            );
        }
        if *status != 413 {
            let sentence = format!("{sentence}, and an unknown client learns nothing of it");
            let reply = suite.send(&app, &request).await;
            suite.equal(
                &sentence,
                "answer",
                (reply.status, reply.header(REJECTION)),
                (401, Some("missing_token")),
            );
        }
    }
}

fn message(reply: &Reply) -> String {
    let body = reply.json();
    body["message"].as_str().unwrap_or_default().to_owned()
}

/// The largest body that the app accepts.
const LIMIT: usize = 64 * 1024;
