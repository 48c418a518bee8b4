//! The page's policies over HTTP, and the cases in which AuthX's engine lets requests through.

#![expect(clippy::too_many_lines, reason = "tables are long")]

use std::path::Path;
use std::sync::Arc;

use handstamp_axum::handstamp::clock::UnixTime;
use handstamp_axum::handstamp::{Authenticated, RequestHead};
use handstamp_axum::testing::{Browser, TestClock};
use handstamp_axum::{Auth, Config, NewToken, Require, purpose};
use handstamp_cedar::{Entity, Policies, Principal, Question};

use crate::app;

/// Tuesday, 2026-03-03, at ten.
const TUESDAY: UnixTime = UnixTime::from_secs(1_772_532_000);
const HOUR: u64 = 3600;

fn policies() -> Policies {
    crate::policies::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("policies")).unwrap()
}

fn auth(clock: &TestClock) -> Auth {
    let config = Config::builder()
        .secret_key([7; 32].as_slice())
        .build()
        .unwrap();
    Auth::builder(config)
        .with_clock(clock.clone())
        .build()
        .unwrap()
}

#[tokio::test]
async fn the_page_of_authx_decides_as_it_says() {
    let denied = "The policies of this service deny the request";
    let office = TUESDAY;
    let evening = UnixTime::from_secs(TUESDAY.as_secs() + 7 * HOUR);
    let sunday = UnixTime::from_secs(TUESDAY.as_secs() + 5 * 24 * HOUR);
    // (what is asked, by whom, when, method, path, the answer)
    let rows = [
        (
            "an admin with the scope bans",
            "root",
            office,
            "POST",
            "/admin/users/7/ban",
            Ok(()),
        ),
        (
            "by another method",
            "root",
            office,
            "PUT",
            "/admin/users/7/ban",
            Err(("policy_denied", denied)),
        ),
        (
            "an admin without it",
            "helper",
            office,
            "POST",
            "/admin/users/7/ban",
            Err(("policy_denied", denied)),
        ),
        (
            "a user",
            "alice",
            office,
            "POST",
            "/admin/users/7/ban",
            Err((
                "login_type_mismatch",
                "Token type mismatch: expected 'admin', got 'user'",
            )),
        ),
        (
            "an active account",
            "alice",
            office,
            "GET",
            "/billing",
            Ok(()),
        ),
        (
            "a suspended one",
            "bob",
            office,
            "GET",
            "/billing",
            Err(("policy_denied", "The account is suspended")),
        ),
        (
            "one of which nothing is known",
            "carol",
            office,
            "GET",
            "/billing",
            Err(("policy_denied", denied)),
        ),
        (
            "an admin, for whom billing is not",
            "root",
            office,
            "GET",
            "/billing",
            Err(("policy_denied", denied)),
        ),
        (
            "one's own report",
            "alice",
            office,
            "PUT",
            "/reports/1",
            Ok(()),
        ),
        (
            "a locked one",
            "alice",
            office,
            "PUT",
            "/reports/2",
            Err(("policy_denied", "The report is locked")),
        ),
        (
            "another's",
            "alice",
            office,
            "PUT",
            "/reports/3",
            Err(("policy_denied", denied)),
        ),
        (
            "one's own, suspended",
            "bob",
            office,
            "PUT",
            "/reports/3",
            Err(("policy_denied", "The account is suspended")),
        ),
        (
            "one's own, in the evening",
            "alice",
            evening,
            "PUT",
            "/reports/1",
            Err(("policy_denied", denied)),
        ),
        (
            "one's own, on a Sunday",
            "alice",
            sunday,
            "PUT",
            "/reports/1",
            Err(("policy_denied", denied)),
        ),
        (
            "one that does not exist",
            "alice",
            office,
            "PUT",
            "/reports/9",
            Err(("no_such_report", "No such report")),
        ),
        (
            "one whose id is code",
            "alice",
            office,
            "PUT",
            "/reports/1%22%7C%7Ctrue",
            Err(("no_such_report", "No such report")),
        ),
    ];
    for (sentence, name, now, method, path, expected) in rows {
        let clock = TestClock::at(now);
        let auth = auth(&clock);
        let router = app::router(auth, policies(), Arc::new(clock.clone()));
        let browser = Browser::new(router, "https://app.example.com").with_clock(clock);
        let response = browser.post(&format!("/login/{name}")).send().await;
        assert_eq!(response.status(), 200, "{sentence}");
        let request = match method {
            "GET" => browser.get(path),
            "PUT" => browser.put(path),
            _ => browser.post(path),
        };
        let response = request.send().await;
        match expected {
            Ok(()) => assert_eq!(response.status(), 200, "{sentence}: {response:?}"),
            Err((code, message)) => {
                assert_eq!(response.code(), Some(code), "{sentence}");
                assert_eq!(response.json()["message"], message, "{sentence}");
            }
        }
    }
}

/// A rule of AuthX, and the policy that says the same.
struct Rule {
    what: &'static str,
    /// What AuthX answers, by trial with version 1.7.1.
    authx: &'static str,
    policy: &'static str,
    claims: fn(NewToken) -> NewToken,
    /// What is answered here.
    answer: &'static str,
}

const SCHEMA: &str = r"
entity User {account_status?: String, age?: Long, tags?: Set<String>, department?: String};
entity Area;
action read appliesTo {principal: User, resource: Area};
";

/// AuthX's engine with `default_allow`, which many services turn on, as far as it lets through.
#[rustfmt::skip]
const RULES: [Rule; 8] = [
    Rule {
        what: "allow if account_status not_equals banned, and the claim is missing",
        authx: "allowed",
        policy: r#"@id("r") permit (principal, action, resource)
                   when { principal has account_status && principal.account_status != "banned" };"#,
        claims: |token| token,
        answer: "no policy permits it",
    },
    Rule {
        what: "allow if department not_in [sales], and the claim is missing",
        authx: "allowed",
        policy: r#"@id("r") permit (principal, action, resource)
                   when { principal has department && !["sales"].contains(principal.department) };"#,
        claims: |token| token,
        answer: "no policy permits it",
    },
    Rule {
        what: "deny if account_status equals banned, and the global evaluator, an account of age, is false",
        authx: "allowed, by default_allow: the evaluator switched the rule that denies off",
        policy: r#"@id("all") permit (principal, action, resource);
                   @id("grown-up") forbid (principal, action, resource)
                   unless { principal has age && principal.age >= 18 };
                   @id("banned") forbid (principal, action, resource)
                   when { principal has account_status && principal.account_status == "banned" };"#,
        claims: |token| token.claim("account_status", "banned").claim("age", 12),
        answer: "forbidden by banned, grown-up",
    },
    Rule {
        what: "deny by a rule that fails",
        authx: "500",
        policy: r#"@id("all") permit (principal, action, resource);
                   @id("fails") forbid (principal, action, resource)
                   when { principal has age && principal.age * 4611686018427387904 > 0 };"#,
        claims: |token| token.claim("age", 20),
        answer: "not evaluated: error while evaluating policy `fails`: integer overflow",
    },
    Rule {
        what: "allow if age gte 18, and the claim is the text 20",
        authx: "500",
        policy: r#"@id("r") permit (principal, action, resource)
                   when { principal has age && principal.age >= 18 };"#,
        claims: |token| token.claim("age", "20"),
        answer: "not evaluated: entity does not conform to the schema: in attribute `age`",
    },
    Rule {
        what: "allow if tags contains beta, and the claim is a number",
        authx: "500",
        policy: r#"@id("r") permit (principal, action, resource)
                   when { principal has tags && principal.tags.contains("beta") };"#,
        claims: |token| token.claim("tags", 7),
        answer: "not evaluated: entity does not conform to the schema: in attribute `tags`",
    },
    Rule {
        what: "allow if tags contains beta, and the claim is one text in which it stands",
        authx: "allowed: `in` looks for a part of the text",
        policy: r#"@id("r") permit (principal, action, resource)
                   when { principal has tags && principal.tags.contains("beta") };"#,
        claims: |token| token.claim("tags", "no-beta-please"),
        answer: "not evaluated: entity does not conform to the schema: in attribute `tags`",
    },
    Rule {
        what: "no rule at all that matches",
        authx: "allowed, by default_allow",
        policy: r#"@id("r") permit (principal, action, resource == Area::"another");"#,
        claims: |token| token,
        answer: "no policy permits it",
    },
];

#[test]
fn what_authx_lets_through_is_denied() {
    let auth = auth(&TestClock::at(TUESDAY));
    let user = Principal::new("User").claims(["account_status", "age", "tags", "department"]);
    for rule in &RULES {
        let policies = Policies::builder()
            .schema(SCHEMA)
            .policies("rule", rule.policy);
        let policies = policies.principal(user.clone()).build().unwrap();
        let token = verified(&auth, (rule.claims)(NewToken::for_subject("alice")));
        let question = Question::new("read", Entity::new("Area", "1"));
        let found = policies.explain(&token, &question);
        assert!(
            !found.is_permitted(),
            "{} (AuthX: {})",
            rule.what,
            rule.authx
        );
        let found = found.to_string();
        assert!(found.starts_with(rule.answer), "{}: {found}", rule.what);
    }
}

/// A policy that would let a missing claim through is not accepted: the mistake of the first rule
/// is found when the service starts.
#[test]
fn a_claim_is_not_read_before_it_is_there() {
    let unguarded =
        r#"permit (principal, action, resource) when { principal.account_status != "banned" };"#;
    let error = Policies::builder()
        .schema(SCHEMA)
        .policies("rule", unguarded)
        .principal(Principal::new("User").claims(["account_status"]))
        .build()
        .unwrap_err();
    let expected = "unable to guarantee safety of access to optional attribute `account_status`";
    assert!(error.to_string().contains(expected), "{error}");
}

fn verified(auth: &Auth, token: NewToken) -> Authenticated<purpose::Access> {
    struct Get(String);

    impl RequestHead for Get {
        fn method(&self) -> &'static str {
            "GET"
        }

        fn header_values(&self, name: &str) -> impl Iterator<Item = &[u8]> {
            let is_cookie = name.eq_ignore_ascii_case("cookie");
            is_cookie.then_some(self.0.as_bytes()).into_iter()
        }

        fn query(&self) -> Option<&str> {
            None
        }
    }

    let token = auth.create_access_token(token).unwrap();
    let head = Get(format!("access_token_cookie={}", token.as_str()));
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    runtime
        .block_on(auth.authenticate(&head, &Require::access()))
        .unwrap()
}
