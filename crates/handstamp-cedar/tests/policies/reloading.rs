//! Policies are exchanged while requests are answered.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::{env, fs, process, thread};

use handstamp_cedar::{Entity, Policies, Question, Value};

use crate::{SCHEMA, user, verified};

const OPEN: &str = r#"@id("open") permit (principal, action, resource);"#;
const SHUT: &str = r#"@id("shut") forbid (principal, action, resource);"#;

/// A folder of its own for each test.
fn folder(name: &str) -> PathBuf {
    let folder = env::temp_dir().join(format!("handstamp-cedar-{}-{name}", process::id()));
    fs::create_dir_all(&folder).unwrap();
    folder
}

fn question() -> Question {
    let author = Value::entity("User", "bob");
    let post = Entity::new("Post", "1")
        .attribute("author", author)
        .attribute("status", "draft");
    Question::new("read", post)
}

#[test]
fn a_mistake_keeps_the_old_policies() {
    let folder = folder("mistakes");
    let [schema, file] = ["posts.cedarschema", "posts.cedar"].map(|name| folder.join(name));
    fs::write(&schema, SCHEMA).unwrap();
    fs::write(&file, OPEN).unwrap();
    let policies = Policies::builder()
        .schema_file(&schema)
        .policy_file(&file)
        .principal(user())
        .build()
        .unwrap();
    let clone = policies.clone();
    let token = verified("alice");
    let why = || clone.explain(&token, &question()).to_string();
    assert_eq!(why(), "permitted by open");

    // (what is done, to which file, its text, the mistake, what is answered then)
    let rows = [
        ("other policies", &file, SHUT, None, "forbidden by shut"),
        (
            "half a policy",
            &file,
            "permit (principal",
            Some("posts.cedar:1:"),
            "forbidden by shut",
        ),
        (
            "an empty file",
            &file,
            "",
            Some("has no policy"),
            "forbidden by shut",
        ),
        (
            "a typing error",
            &file,
            "permit (principal, action == Action::\"x\", resource);",
            Some("unrecognized action"),
            "forbidden by shut",
        ),
        (
            "the first policies again",
            &file,
            OPEN,
            None,
            "permitted by open",
        ),
        (
            "a schema that does not fit",
            &schema,
            "entity User; entity Post;",
            Some("is the principal of no action"),
            "permitted by open",
        ),
        (
            "the schema again",
            &schema,
            SCHEMA,
            None,
            "permitted by open",
        ),
    ];
    for (sentence, path, text, mistake, expected) in rows {
        fs::write(path, text).unwrap();
        let error = policies.reload().err().map(|error| error.to_string());
        match (mistake, &error) {
            (None, None) => {}
            (Some(words), Some(error)) if error.contains(words) => {}
            _ => assert_eq!(error.as_deref(), mistake, "{sentence}"),
        }
        assert_eq!(why(), expected, "{sentence}");
    }

    fs::remove_file(&file).unwrap();
    assert!(policies.reload().is_err());
    assert_eq!(why(), "permitted by open", "a file that is gone");

    let other = crate::builder(SHUT);
    policies.replace(other).unwrap();
    assert_eq!(why(), "forbidden by shut", "other sources");
    policies.reload().unwrap();
    assert_eq!(
        why(),
        "forbidden by shut",
        "which a reload reads from then on"
    );
    assert_eq!(policies.ids(), ["shut"]);
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn a_question_is_answered_by_one_set_or_the_other() {
    // Each alone denies; a mixture of the two would permit.
    let first = r#"@id("permit") permit (principal, action, resource); @id("forbid") forbid (principal, action, resource);"#;
    let second = r#"@id("other") permit (principal, action, resource == Post::"2");"#;
    let policies = crate::policies(first);
    let ends = AtomicBool::new(false);
    thread::scope(|scope| {
        let asking: Vec<_> = (0..2)
            .map(|_| {
                scope.spawn(|| {
                    let token = verified("alice");
                    let mut answers = 0;
                    while !ends.load(Ordering::Relaxed) {
                        let found = policies.explain(&token, &question()).to_string();
                        let expected = ["forbidden by forbid", "no policy permits it"];
                        assert!(expected.contains(&found.as_str()), "{found}");
                        answers += 1;
                    }
                    answers
                })
            })
            .collect();
        for text in [second, first].into_iter().cycle().take(40) {
            policies.replace(crate::builder(text)).unwrap();
        }
        ends.store(true, Ordering::Relaxed);
        for thread in asking {
            assert!(thread.join().unwrap() > 0);
        }
    });
}
