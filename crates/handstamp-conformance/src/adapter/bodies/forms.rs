//! Cases of CSRF values in forms.

use super::{App, CSRF, END, FORM, PARTS, Suite, access_cookie, csrf, part, post, sent};
use crate::{Reply, Request};

pub(super) async fn rows<S: AsyncFn(&App, &Request) -> Reply>(suite: &mut Suite<S>) {
    let app = App::new(&[("JWT_CSRF_CHECK_FORM", "true")]);
    let token = app.access("user1");
    let value = csrf(&token);
    let form = |content_type: &str, body: &str| {
        sent("/form", content_type, body).cookies([access_cookie(&token)])
    };
    let parts = |disposition: &str, value: &str| {
        let title = part("name=\"title\"", "Hello");
        form(PARTS, &(part(disposition, value) + &title + END))
    };
    let good = Ok("user1 Hello");
    let refused = Err("csrf_mismatch");
    let missing = Err("missing_csrf_token");
    for (row, request, expected) in [
        (
            "in a field",
            form(FORM, &format!("csrf_token={value}&title=Hello")),
            good,
        ),
        (
            "in a field behind the others",
            form(FORM, &format!("title=Hello&csrf_token={value}")),
            good,
        ),
        ("in a part", parts("name=\"csrf_token\"", value), good),
        (
            "under a mask, in a field",
            form(
                FORM,
                &format!("csrf_token={}&title=Hello", app.masked(&token)),
            ),
            good,
        ),
        (
            "under a mask, in a part",
            parts("name=\"csrf_token\"", &app.masked(&token)),
            good,
        ),
        (
            "under a mask, in the header",
            form(FORM, "title=Hello").header(CSRF, app.masked(&token)),
            good,
        ),
        (
            "in the header",
            form(FORM, "title=Hello").header(CSRF, value),
            good,
        ),
        (
            "in the header, and a wrong field",
            form(FORM, "title=Hello&csrf_token=x").header(CSRF, value),
            good,
        ),
        (
            "in the field, and an empty header",
            form(FORM, &format!("csrf_token={value}&title=Hello")).header(CSRF, ""),
            good,
        ),
        (
            "in the field, and a wrong header",
            form(FORM, &format!("csrf_token={value}&title=Hello")).header(CSRF, "x"),
            refused,
        ),
        (
            "a wrong field",
            form(FORM, "csrf_token=x&title=Hello"),
            refused,
        ),
        (
            "a field that is no ASCII",
            form(FORM, "csrf_token=%C3%A9&title=Hello"),
            refused,
        ),
        (
            "a part that is no ASCII",
            parts("name=\"csrf_token\"", "\u{e9}"),
            refused,
        ),
        (
            "two fields that differ",
            form(
                FORM,
                &format!("csrf_token={value}&csrf_token=x&title=Hello"),
            ),
            refused,
        ),
        (
            "another token's, under a mask",
            form(
                FORM,
                &format!(
                    "csrf_token={}&title=Hello",
                    app.masked(&app.access("user1"))
                ),
            ),
            refused,
        ),
        ("no field", form(FORM, "title=Hello"), missing),
        (
            "an empty field",
            form(FORM, "csrf_token=&title=Hello"),
            missing,
        ),
        (
            "a file",
            parts("name=\"csrf_token\"; filename=\"f\"", value),
            missing,
        ),
        (
            "a broken form",
            form(PARTS, &part("name=\"csrf_token\"", value)),
            missing,
        ),
        (
            "a form as text",
            form("text/plain", &format!("csrf_token={value}&title=Hello")),
            missing,
        ),
        (
            "no body",
            post("/form").cookies([access_cookie(&token)]),
            missing,
        ),
        (
            "no log-in",
            sent("/form", FORM, format!("csrf_token={value}&title=Hello")),
            Err("missing_token"),
        ),
    ] {
        suite
            .check(&format!("a CSRF value {row}"), &app, request, expected)
            .await;
    }

    // Its CSRF value was read, so no other site has sent it.
    let parts = part("name=\"csrf_token\"", value) + &part("name=\"tag\"", "a").repeat(1000) + END;
    let fields = format!("csrf_token={value}{}", "&tag=a".repeat(1000));
    for (row, content_type, body, words) in [
        (
            "fields",
            FORM,
            fields,
            "The form is broken: more than a thousand fields",
        ),
        (
            "parts",
            PARTS,
            parts,
            "The form is broken: more than a thousand parts",
        ),
    ] {
        let reply = suite.send(&app, &form(content_type, &body)).await;
        let sentence = format!("a CSRF value before too many {row}");
        let body = reply.json();
        let said = (reply.status, body["message"].as_str().unwrap_or_default());
        suite.equal(&sentence, "answer", said, (400, words));
    }

    let app = App::new(&[]);
    let token = app.access("user1");
    let body = format!("csrf_token={}&title=Hello", csrf(&token));
    let request = sent("/form", FORM, body).cookies([access_cookie(&token)]);
    let row = "a CSRF value in a form where forms do not count";
    suite.check(row, &app, request, missing).await;
    let app = App::new(&[
        ("JWT_CSRF_CHECK_FORM", "true"),
        ("JWT_ACCESS_CSRF_FIELD_NAME", "xsrf"),
    ]);
    let token = app.access("user1");
    let body = format!("xsrf={}&title=Hello", csrf(&token));
    let request = sent("/form", FORM, body).cookies([access_cookie(&token)]);
    suite
        .check(
            "a CSRF value in a field of another name",
            &app,
            request,
            good,
        )
        .await;
}
