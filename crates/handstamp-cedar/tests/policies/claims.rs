//! The principal is what the claims of the token say, and nothing else.

use handstamp::NewToken;
use handstamp_cedar::{Entity, Question, Value};

use crate::{policies, verified};

/// Whether a condition on the principal holds, with these claims.
fn holds(condition: &str, token: NewToken) -> String {
    let text = format!(r#"@id("p") permit (principal, action, resource) when {{ {condition} }};"#);
    let post = Entity::new("Post", "1")
        .attribute("author", Value::entity("User", "x"))
        .attribute("status", "draft");
    let explanation = policies(&text).explain(&verified(token), &Question::new("edit", post));
    explanation.to_string()
}

#[test]
fn claims_are_attributes() {
    let yes = "permitted by p";
    let no = "no policy permits it";
    let of = || NewToken::for_subject("alice");
    let rows = [
        ("the subject", r#"principal == User::"alice""#, of(), yes),
        ("another subject", r#"principal == User::"alicE""#, of(), no),
        (
            "a claim",
            r#"principal has tenant && principal.tenant == "acme""#,
            of().claim("tenant", "acme"),
            yes,
        ),
        (
            "a claim that is absent",
            r#"principal has tenant && principal.tenant == "acme""#,
            of(),
            no,
        ),
        (
            "a number",
            "principal has age && principal.age >= 18",
            of().claim("age", 18),
            yes,
        ),
        (
            "a record",
            "principal has limits && principal.limits.posts > 3",
            of().claim("limits", serde_json::json!({"posts": 4})),
            yes,
        ),
        (
            "a scope",
            r#"principal has scopes && principal.scopes.contains("a")"#,
            of().scopes(["a", "b"]),
            yes,
        ),
        (
            "no scopes",
            r#"principal has scopes && principal.scopes.contains("a")"#,
            of(),
            no,
        ),
        (
            "a fresh token",
            "principal has fresh && principal.fresh",
            of().fresh(),
            yes,
        ),
        (
            "a token that is not fresh",
            "principal has fresh && principal.fresh",
            of(),
            no,
        ),
        (
            "the time of the log-in",
            "principal has auth_time && principal.auth_time > 1700000000",
            of(),
            yes,
        ),
        (
            "a group",
            r#"principal in Role::"editor""#,
            of().claim("roles", ["editor"]),
            yes,
        ),
        (
            "a group that is named twice",
            r#"principal in Role::"editor""#,
            of().claim("roles", ["editor", "editor"]),
            yes,
        ),
        (
            "no group",
            r#"principal in Role::"editor""#,
            of().claim("roles", [""; 0]),
            no,
        ),
        (
            "no claim of groups",
            r#"principal in Role::"editor""#,
            of(),
            no,
        ),
        (
            "a claim that the principal does not name",
            r#"principal in Role::"editor""#,
            of().claim("groups", ["editor"]),
            no,
        ),
        (
            "hundreds of groups",
            r#"principal in Role::"r299""#,
            of().claim(
                "roles",
                (0..300).map(|n| format!("r{n}")).collect::<Vec<_>>(),
            ),
            yes,
        ),
    ];
    for (sentence, condition, token, expected) in rows {
        assert_eq!(holds(condition, token), expected, "{sentence}");
    }
}

#[test]
fn claims_of_another_type_deny() {
    let of = || NewToken::for_subject("alice");
    // (what the claim is, the token, the start of the reason)
    let rows = [
        (
            "roles that are a number",
            of().claim("roles", 7),
            "not evaluated: the claim `roles` is not a list of texts",
        ),
        (
            "roles that are one text",
            of().claim("roles", "editor"),
            "not evaluated: the claim `roles` is not a list of texts",
        ),
        (
            "roles with a number among them",
            of().claim("roles", serde_json::json!(["editor", 7])),
            "not evaluated: the claim `roles` is not a list of texts",
        ),
        (
            "roles that are null",
            of().claim("roles", serde_json::Value::Null),
            "not evaluated: the claim `roles` is not a list of texts",
        ),
        (
            "a number where a text is declared",
            of().claim("tenant", 7),
            "not evaluated: entity does not conform to the schema: in attribute `tenant` on `the principal`, type mismatch",
        ),
        (
            "a text where a number is declared",
            of().claim("age", "20"),
            "not evaluated: entity does not conform to the schema: in attribute `age` on `the principal`, type mismatch",
        ),
        (
            "a fraction",
            of().claim("age", 1.5),
            "not evaluated: the claim `age` has a number that is no `Long`",
        ),
        (
            "a number that is too large",
            of().claim("age", u64::MAX),
            "not evaluated: the claim `age` has a number that is no `Long`",
        ),
        (
            "null",
            of().claim("age", serde_json::Value::Null),
            "not evaluated: the claim `age` has a `null`, which Cedar lacks",
        ),
        (
            "a record with another member",
            of().claim("limits", serde_json::json!({"posts": 4, "x": 1})),
            "not evaluated: entity does not conform to the schema: in attribute `limits` on `the principal`, type mismatch",
        ),
    ];
    for (sentence, token, expected) in rows {
        let found = holds("true", token);
        assert!(found.starts_with(expected), "{sentence}: {found}");
    }
}
