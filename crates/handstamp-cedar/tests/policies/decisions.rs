//! What policies decide, and what an explanation says.

use std::net::{IpAddr, Ipv4Addr};

use handstamp::NewToken;
use handstamp::authorize::Authorize as _;
use handstamp_cedar::cedar_policy::RestrictedExpression;
use handstamp_cedar::{Entity, Question, Value};

use crate::{policies, verified};

const POLICIES: &str = r#"
@id("readers")
permit (principal, action in Action::"read-only", resource)
when { resource.status == "published" };

@id("authors")
permit (principal, action, resource is Post)
when { resource.author == principal };

@id("editors")
permit (principal in Role::"editor", action == Action::"edit", resource)
when { principal has scopes && principal.scopes.contains("posts:write") };

@id("night")
@message("Nobody edits at night")
forbid (principal, action == Action::"edit", resource)
when { context has hour && context.hour >= 22 };

@id("away")
forbid (principal, action == Action::"edit", resource)
unless { context has ip && context.ip.isInRange(ip("10.0.0.0/8")) };

@id("closed")
forbid (principal, action == Action::"edit", resource)
when { resource in Blog::"closed" };

permit (principal is Admin, action == Action::"read", resource);
"#;

fn post(author: &str, status: &str) -> Entity {
    let author = Value::entity("User", author);
    Entity::new("Post", "1")
        .attribute("author", author)
        .attribute("status", status)
}

fn edit(post: Entity) -> Question {
    let inside = IpAddr::from(Ipv4Addr::new(10, 1, 2, 3));
    Question::new("edit", post)
        .context("ip", inside)
        .context("hour", 14)
}

fn editor(name: &str) -> NewToken {
    let editor = NewToken::for_subject(name).scopes(["posts:write"]);
    editor.claim("roles", ["author", "editor"])
}

#[test]
fn policies_decide_and_are_named() {
    let policies = policies(POLICIES);
    let read = |post| Question::new("read", post);
    let outside = IpAddr::from(Ipv4Addr::new(192, 0, 2, 1));
    let rows = [
        (
            "a published post",
            "alice".into(),
            read(post("bob", "published")),
            "permitted by readers",
        ),
        (
            "another's draft",
            "alice".into(),
            read(post("bob", "draft")),
            "no policy permits it",
        ),
        (
            "one's own draft",
            "bob".into(),
            read(post("bob", "draft")),
            "permitted by authors",
        ),
        (
            "two policies permit",
            "bob".into(),
            read(post("bob", "published")),
            "permitted by authors, readers",
        ),
        (
            "an editor",
            editor("alice"),
            edit(post("bob", "draft")),
            "permitted by editors",
        ),
        (
            "an editor without the scope",
            NewToken::for_subject("alice").claim("roles", ["editor"]),
            edit(post("bob", "draft")),
            "no policy permits it",
        ),
        (
            "the scope without the role",
            NewToken::for_subject("alice").scopes(["posts:write"]),
            edit(post("bob", "draft")),
            "no policy permits it",
        ),
        (
            "forbid beats permit",
            editor("alice"),
            Question::new("edit", post("bob", "draft"))
                .context("hour", 23)
                .context("ip", IpAddr::from(Ipv4Addr::new(10, 0, 0, 1))),
            "forbidden by night",
        ),
        (
            "two policies forbid",
            editor("alice"),
            Question::new("edit", post("bob", "draft")).context("hour", 23),
            "forbidden by away, night",
        ),
        (
            "from outside",
            editor("alice"),
            Question::new("edit", post("bob", "draft")).context("ip", outside),
            "forbidden by away",
        ),
        (
            "from inside, by a socket for both versions",
            editor("alice"),
            Question::new("edit", post("bob", "draft")).context(
                "ip",
                IpAddr::from(Ipv4Addr::new(10, 0, 0, 1).to_ipv6_mapped()),
            ),
            "permitted by editors",
        ),
        (
            "in a closed blog",
            editor("alice"),
            edit(post("bob", "draft").parent("Blog", "closed")),
            "forbidden by closed",
        ),
        (
            "in a blog of another name",
            editor("alice"),
            edit(post("bob", "draft").parent("Blog", "open")),
            "permitted by editors",
        ),
        (
            "a policy without an id",
            NewToken::for_subject("1").login_type("admin"),
            read(post("bob", "draft")),
            "permitted by posts.cedar#7",
        ),
        (
            "the subject of a user, as an admin",
            NewToken::for_subject("bob").login_type("admin"),
            read(post("bob", "draft")),
            "permitted by posts.cedar#7",
        ),
    ];
    for (sentence, token, question, expected) in rows {
        let token: NewToken = token;
        let explanation = policies.explain(&verified(token), &question);
        assert_eq!(explanation.to_string(), expected, "{sentence}");
        let is_permitted = expected.starts_with("permitted");
        assert_eq!(explanation.is_permitted(), is_permitted, "{sentence}");
    }
}

#[tokio::test]
async fn what_the_client_is_told_is_what_a_policy_that_forbids_says() {
    let policies = policies(POLICIES);
    let auth = crate::auth();
    let head = auth.create_access_token(editor("alice")).unwrap();
    let head = crate::Get(format!("access_token_cookie={}", head.as_str()));
    let token = auth
        .authenticate(&head, &handstamp::Require::access())
        .await
        .unwrap();
    let silent = "The policies of this service deny the request";
    for (sentence, question, expected) in [
        (
            "a policy with a message",
            edit(post("bob", "draft")).context("x", 1),
            silent,
        ),
        (
            "one with a message",
            Question::new("edit", post("bob", "draft")).context("hour", 23),
            "Nobody edits at night",
        ),
        (
            "one without",
            Question::new("edit", post("bob", "draft")),
            silent,
        ),
        (
            "none that permits",
            Question::new("read", post("bob", "draft")),
            silent,
        ),
    ] {
        let rejection = auth
            .require_permission(&token, &policies, &question)
            .await
            .unwrap_err();
        let found = (rejection.status(), rejection.code(), rejection.to_string());
        assert_eq!(
            found,
            (403, "policy_denied", expected.to_owned()),
            "{sentence}"
        );
    }
    let permitted = policies
        .authorize(&token, &edit(post("bob", "draft")))
        .await;
    assert!(permitted.is_ok());
}

#[test]
fn entities_are_found_by_full_and_by_short_names() {
    let schema = r"
        namespace Blog {
            entity User, Post;
            action read appliesTo {principal: User, resource: Post};
        }
        namespace Shop {
            entity Post;
        }
    ";
    let policies = handstamp_cedar::Policies::builder()
        .schema(schema)
        .policies("all", r#"@id("p") permit (principal, action, resource);"#)
        .principal(handstamp_cedar::Principal::new("User"))
        .build()
        .unwrap();
    for (sentence, action, resource, expected) in [
        ("a full type", "read", "Blog::Post", "permitted by p"),
        (
            "a full action",
            r#"Blog::Action::"read""#,
            "Blog::Post",
            "permitted by p",
        ),
        (
            "a type that two namespaces have",
            "read",
            "Post",
            "not evaluated: the type `Post` is not in the schema",
        ),
    ] {
        let question = Question::new(action, Entity::new(resource, "1"));
        let found = policies.explain(&verified("alice"), &question).to_string();
        assert_eq!(found, expected, "{sentence}");
    }
}

#[test]
fn values_of_every_type_arrive() {
    let schema = "
        entity User, Thing;
        type Size = {width: Long, name: String};
        action use appliesTo {principal: User, resource: Thing, context: {
            bool: Bool, long: Long, text: String, set: Set<Long>, entity: Thing, record: Size,
            ip: ipaddr, date: datetime,
        }};";
    let all = r#"@id("p") permit (principal, action, resource) when {
        context.bool && context.long == 7 && context.text == "é\"" && context.set.contains(2) &&
        context.entity == Thing::"x" && context.record.width == 640 && context.record.name == "n" &&
        context.ip.isLoopback() && context.date < datetime("2030-01-01")
    };"#;
    let policies = handstamp_cedar::Policies::builder()
        .schema(schema)
        .policies("all", all)
        .principal(handstamp_cedar::Principal::new("User"))
        .build()
        .unwrap();
    let record = Value::record([("width", Value::from(640)), ("name", Value::from("n"))]);
    let question = Question::new("use", Entity::new("Thing", "1"))
        .context("bool", true)
        .context("long", 7_i64)
        .context("text", "é\"")
        .context("set", Value::set([1, 2]))
        .context("entity", Value::entity("Thing", "x"))
        .context("record", record)
        .context("ip", IpAddr::from(Ipv4Addr::LOCALHOST))
        .context("date", RestrictedExpression::new_datetime("2026-01-01"));
    let found = policies.explain(&verified("alice"), &question);
    assert_eq!(found.to_string(), "permitted by p");
}
