//! Every mistake is found at start, with its place.

use handstamp_cedar::{Policies, Principal};

use crate::{SCHEMA, builder, user};

#[test]
fn every_mistake_is_found_with_its_place_and_help() {
    // (what is wrong, the policies, what is said)
    let rows: [(&str, &str, &[&str]); 12] = [
        (
            "a text that is no policy",
            "permit (principal, action, resource)",
            &["posts.cedar:1:", "unexpected end of input"],
        ),
        (
            "an action that does not exist",
            "\npermit (principal, action == Action::\"peek\", resource);",
            &[
                "posts.cedar:2:30: ",
                "unrecognized action `Action::\"peek\"`",
                "Did you mean `Action::",
            ],
        ),
        (
            "a type that does not exist",
            "permit (principal is Usr, action, resource);",
            &["unrecognized entity type `Usr`", "Did you mean `User`?"],
        ),
        (
            "an attribute that does not exist",
            "permit (principal, action, resource)\nwhen { resource.stat == \"x\" };",
            &[
                "posts.cedar:2:8: ",
                "attribute `stat`",
                "Did you mean `status`?",
            ],
        ),
        (
            "an optional attribute without `has`",
            "permit (principal is User, action, resource) when { principal.tenant == \"x\" };",
            &["unable to guarantee safety of access to optional attribute `tenant`"],
        ),
        (
            "a comparison of two types",
            "permit (principal is User, action, resource) when { principal has age && principal.age == \"20\" };",
            &["are not compatible"],
        ),
        (
            "`contains` on a number",
            "permit (principal is User, action, resource) when { principal has age && principal.age.contains(1) };",
            &["unexpected type"],
        ),
        (
            "a policy that never applies",
            "forbid (principal, action == Action::\"see\", resource is Post);",
            &["posts.cedar:1:1: ", "policy"],
        ),
        (
            "a template",
            "permit (principal == ?principal, action, resource);",
            &["posts.cedar#1 is a template", "Name principal and resource"],
        ),
        (
            "one id twice",
            "@id(\"a\") permit (principal, action, resource); @id(\"a\") forbid (principal, action, resource);",
            &["the id `a` is another policy's too"],
        ),
        (
            "no policy",
            "// nothing yet",
            &["posts.cedar: has no policy. Without any, everything is denied"],
        ),
        (
            "letters that look like others",
            "permit (principal, action, resource == Post::\"р1\") when { \"say р1\" == \"say p1\" };",
            &["posts.cedar"],
        ),
    ];
    for (sentence, text, expected) in rows {
        let error = builder(text).build().unwrap_err().to_string();
        for words in expected {
            assert!(error.contains(words), "{sentence}: {error}");
        }
    }
}

#[test]
fn all_mistakes_are_reported_at_once() {
    let error = builder("permit (principal, action == Action::\"a\", resource);")
        .policies("more.cedar", "permit (principal, action == Action::\"b\", resource);\n\nforbid (principal, action == Action::\"c\", resource);")
        .policies("broken.cedar", "permit (")
        .policy_file("/does/not/exist.cedar")
        .principal(Principal::new("User"))
        .principal(Principal::new("Robot").login_type("robot"))
        .build()
        .unwrap_err();
    let found: Vec<String> = error
        .problems()
        .map(|problem| format!("{} {:?}", problem.source(), problem.line()))
        .collect();
    for expected in [
        "/does/not/exist.cedar None",
        "broken.cedar Some(1)",
        "more.cedar Some(1)",
        "more.cedar Some(3)",
        "posts.cedar Some(1)",
        "the principal Robot None",
        "the principal User None",
    ] {
        assert!(
            found.iter().any(|one| one == expected),
            "{expected}: {found:?}"
        );
    }
    assert!(
        error.to_string().contains(" problems in the policies:\n- "),
        "{error}"
    );
}

#[test]
fn schema_and_principals_are_checked() {
    let all = "permit (principal, action, resource);";
    let policies = || Policies::builder().policies("all", all);
    let with = || policies().schema(SCHEMA);
    let rows = [
        (
            "no schema",
            policies().principal(user()),
            "the schema: is missing. Give one",
        ),
        (
            "two schemas",
            with().schema(SCHEMA).principal(user()),
            "the schema: was given more than once",
        ),
        (
            "a schema that is none",
            policies()
                .schema("entity User\nentity Post;")
                .principal(user()),
            "the schema:2:1: ",
        ),
        (
            "a schema with an unknown type",
            policies()
                .schema("entity User {a: Text};")
                .principal(user()),
            "Text",
        ),
        (
            "no policies",
            Policies::builder().schema(SCHEMA).principal(user()),
            "the policies: are missing",
        ),
        (
            "no principal",
            with(),
            "the principals: are missing. Say who asks",
        ),
        (
            "two principals for one login type",
            with().principal(user()).principal(user()),
            "the principal User: has the login type of another principal",
        ),
        (
            "a principal of an unknown type",
            with().principal(Principal::new("Person")),
            "the principal Person: is no entity type of the schema",
        ),
        (
            "a principal that no action has",
            with().principal(Principal::new("Blog")),
            "the principal Blog: is the principal of no action of the schema",
        ),
        (
            "a claim that is not declared",
            with().principal(Principal::new("User").claims(["tenent"])),
            "the principal User: has no attribute `tenent` in the schema. Declare it, as in `{tenent?: String}`",
        ),
        (
            "a claim that is secret",
            with().principal(Principal::new("User").claims(["csrf"])),
            "the principal User: reads the claim `csrf`, which is not for policies",
        ),
        (
            "a claim with quotes",
            with().principal(Principal::new("User").claims(["a\"b"])),
            "has no attribute `a\"b`",
        ),
        (
            "a group that the principal cannot be in",
            with().principal(Principal::new("User").groups("roles", "Blog")),
            "the principal User: cannot be in a Blog, by the schema. Declare `entity User in [Blog]`",
        ),
        (
            "a group of an unknown type",
            with().principal(Principal::new("User").groups("roles", "Group")),
            "cannot be in a Group",
        ),
        (
            "a file that is not there",
            Policies::builder()
                .schema_file("/does/not/exist")
                .policies("all", all)
                .principal(user()),
            "/does/not/exist: cannot be read: No such file",
        ),
    ];
    for (sentence, builder, expected) in rows {
        let error = builder.build().unwrap_err().to_string();
        assert!(error.contains(expected), "{sentence}: {error}");
    }
}
