//! What a client can send, and what a mistake of a policy or of the application must not open.

use handstamp::NewToken;
use handstamp_cedar::{Entity, Policies, Principal, Question, Value};

use crate::{policies, verified};

fn post(id: &str) -> Entity {
    Entity::new("Post", id)
        .attribute("author", Value::entity("User", "bob"))
        .attribute("status", "draft")
}

#[test]
fn ids_are_texts_and_never_code() {
    let policies = policies(
        r#"@id("p") permit (principal == User::"alice", action == Action::"read", resource == Post::"1");
           @id("q") permit (principal, action == Action::"read", resource == Post::"a\"::b");"#,
    );
    let quoted = "a\"::b";
    let rows = [
        ("the id", "alice", "1", true),
        ("the id and more", "alice", "1\" || true", false),
        ("a whole reference", "alice", "Post::\"1\"", false),
        ("an id with quotes that a policy names", "x", quoted, true),
        ("a subject with quotes", "alice\"", "1", false),
        (
            "a subject that looks like code",
            "User::\"alice\"",
            "1",
            false,
        ),
        (
            "a subject that ends another",
            "x\" || principal == User::\"alice",
            "1",
            false,
        ),
        ("an escape", "alice", "\\u{31}", false),
        ("an empty id", "alice", "", false),
        ("a zero byte", "alice", "1\0", false),
        ("other digits", "alice", "１", false),
    ];
    for (sentence, subject, id, expected) in rows {
        let question = Question::new("read", post(id));
        let found = policies.explain(&verified(subject), &question);
        assert_eq!(found.is_permitted(), expected, "{sentence}: {found}");
        assert_eq!(found.errors().count(), 0, "{sentence}: {found}");
    }
    let huge = "x".repeat(4 << 20);
    let found = policies.explain(&verified("alice"), &Question::new("read", post(&huge)));
    assert_eq!(found.to_string(), "no policy permits it");
}

#[test]
fn an_error_denies_whatever_other_policies_say() {
    let open = r#"@id("all") permit (principal, action, resource);"#;
    let fails = "principal has age && principal.age * 4611686018427387904 > 0";
    let rows = [
        (
            "a forbid that fails",
            format!(r#"{open} @id("x") forbid (principal, action, resource) when {{ {fails} }};"#),
        ),
        (
            "a permit that fails",
            format!(r#"{open} @id("x") permit (principal, action, resource) when {{ {fails} }};"#),
        ),
    ];
    for (sentence, text) in rows {
        let policies = policies(&text);
        let question = Question::new("edit", post("1"));
        let fine = policies.explain(&verified("alice"), &question);
        assert!(fine.is_permitted(), "{sentence}: {fine}");
        let token = NewToken::for_subject("alice").claim("age", 4);
        let found = policies.explain(&verified(token), &question);
        assert!(!found.is_permitted(), "{sentence}");
        assert_eq!(found.policies().count(), 0, "{sentence}");
        let error = found.errors().next().unwrap();
        assert!(
            error.contains("evaluating policy `x`: integer overflow"),
            "{sentence}: {error}"
        );
    }
}

#[test]
fn questions_that_do_not_fit_the_schema_are_denied() {
    let policies = policies(r#"@id("all") permit (principal, action, resource);"#);
    let bob = Value::entity("User", "bob");
    let user = |id| Entity::new("User", id);
    let rows = [
        (
            "an action that does not exist",
            Question::new("destroy", post("1")),
            "the action `destroy` is not in the schema",
        ),
        (
            "an action as code",
            Question::new("Action::\"read", post("1")),
            "the action `Action::\"read` is not in the schema",
        ),
        (
            "a group of actions",
            Question::new("read-only", post("1")),
            "is not valid for",
        ),
        (
            "a type that does not exist",
            Question::new("edit", Entity::new("Page", "1")),
            "the type `Page` is not in the schema",
        ),
        (
            "a type for another action",
            Question::new("edit", user("bob")),
            "is not valid for",
        ),
        (
            "an attribute that is missing",
            Question::new(
                "edit",
                Entity::new("Post", "1").attribute("author", bob.clone()),
            ),
            "expected entity `Post::\"1\"` to have attribute `status`",
        ),
        (
            "an attribute that is not declared",
            Question::new("edit", post("1").attribute("x", 1)),
            "attribute `x` on `Post::\"1\"` should not exist",
        ),
        (
            "an attribute of another type",
            Question::new(
                "edit",
                Entity::new("Post", "1")
                    .attribute("author", "bob")
                    .attribute("status", "x"),
            ),
            "type mismatch",
        ),
        (
            "context that is not declared",
            Question::new("read", post("1")).context("hour", 1),
            "is not valid for",
        ),
        (
            "context of another type",
            Question::new("edit", post("1")).context("hour", "14"),
            "is not valid for",
        ),
        (
            "context that is given twice",
            Question::new("edit", post("1"))
                .context("hour", 1)
                .context("hour", 2),
            "duplicate key `hour`",
        ),
        (
            "a parent that the schema does not allow",
            Question::new("edit", post("1").parent("Role", "x")),
            "is not allowed to have an ancestor",
        ),
        (
            "two entities with one id",
            Question::new("edit", post("1")).entity(post("1").attribute("tags", Value::set(["x"]))),
            "duplicate entity entry",
        ),
        (
            "an entity in place of the principal",
            Question::new("edit", post("1")).entity(user("alice").attribute("age", 99)),
            "duplicate entity entry `the principal`",
        ),
        (
            "the principal as resource, with attributes",
            Question::new("see", user("alice").attribute("age", 99)),
            "duplicate entity entry `the principal`",
        ),
        (
            "a value of a type that does not exist",
            Question::new(
                "edit",
                Entity::new("Post", "1")
                    .attribute("author", Value::entity("Person", "x"))
                    .attribute("status", "x"),
            ),
            "the type `Person` is not in the schema",
        ),
        (
            "a cycle",
            Question::new("edit", post("1").parent("Post", "1")),
            "",
        ),
    ];
    for (sentence, question, expected) in rows {
        let found = policies.explain(&verified("alice"), &question);
        assert!(!found.is_permitted(), "{sentence}");
        let error = found.errors().next().unwrap_or_default();
        assert!(
            !error.is_empty() && error.contains(expected),
            "{sentence}: {error}"
        );
        assert!(!error.contains("alice"), "{sentence}: {error}");
    }
    let me = Question::new("see", user("alice"));
    let found = policies.explain(&verified("alice"), &me);
    assert_eq!(
        found.to_string(),
        "permitted by all",
        "the principal as a bare resource"
    );
}

#[test]
fn a_token_of_another_login_type_is_another_principal_or_none() {
    let text = r#"@id("p") permit (principal == User::"1", action, resource);
                  @id("a") permit (principal == Admin::"1", action, resource);"#;
    let policies = policies(text);
    let of = |login_type| NewToken::for_subject("1").login_type(login_type);
    let rows = [
        ("none", NewToken::for_subject("1"), "permitted by p"),
        ("admin", of("admin"), "permitted by a"),
        (
            "another case",
            of("Admin"),
            "not evaluated: no principal has the token's login type",
        ),
        (
            "the name of the entity type",
            of("User"),
            "not evaluated: no principal has the token's login type",
        ),
    ];
    for (sentence, token, expected) in rows {
        let found = policies.explain(&verified(token), &Question::new("read", post("1")));
        assert_eq!(found.to_string(), expected, "{sentence}");
    }
}

#[test]
fn a_required_attribute_denies_tokens_without_it() {
    let policies = Policies::builder()
        .schema("entity User {tenant: String}; entity Post; action read appliesTo {principal: User, resource: Post};")
        .policies("all", r#"@id("p") permit (principal, action, resource) when { principal.tenant != "x" };"#)
        .principal(Principal::new("User").claims(["tenant"]))
        .build()
        .unwrap();
    let read = Question::new("read", Entity::new("Post", "1"));
    let with = NewToken::for_subject("alice").claim("tenant", "acme");
    assert_eq!(
        policies.explain(&verified(with), &read).to_string(),
        "permitted by p"
    );
    let found = policies.explain(&verified("alice"), &read).to_string();
    let expected = "not evaluated: entity does not conform to the schema: expected entity `the principal` to have";
    assert!(found.starts_with(expected), "{found}");
}
