//! Measures one decision by fifty policies, from a verified token to permitted or denied, and
//! prints the goal. Fails if it is missed.

use std::pin::pin;
use std::process::ExitCode;
use std::task::{Context as Task, Poll, Waker};
use std::time::{Duration, Instant};

use handstamp::purpose::Access;
use handstamp::{Auth, Authenticated, Config, NewToken, RequestHead, Require};
use handstamp_cedar::cedar_policy::{
    Authorizer, Context, Entities, PolicySet, Request, RestrictedExpression, Schema,
};
use handstamp_cedar::{Entity, Policies, Principal, Question, Value};

fn main() -> ExitCode {
    let token = verified();
    let mut all_met = true;
    println!("Medians of {ROUNDS} rounds, in ns, of one decision by {POLICIES} policies.\n");
    println!("| policies | answer | ns | goal, at most | |\n|---|---|---:|---:|---|");
    for row in &ROWS {
        let policies = compiled(&(row.text)());
        assert_eq!(policies.ids().len(), POLICIES, "{}", row.name);
        let answer = policies.explain(&token, &question(row)).to_string();
        assert_eq!(answer, row.answer, "{}", row.name);
        // What a handler does: it makes the question, and asks.
        let found = median(|| {
            let explanation = policies.explain(&token, &question(row));
            assert_eq!(
                explanation.is_permitted(),
                row.answer.starts_with("permitted")
            );
        });
        let (goal, verdict) = match row.goal {
            Some(goal) if found <= goal => (goal.to_string(), "met"),
            Some(goal) => {
                all_met = false;
                (goal.to_string(), "MISSED")
            }
            None => ("-".to_owned(), ""),
        };
        println!(
            "| {} | {answer} | {found:.0} | {goal} | {verdict} |",
            row.name
        );
    }
    println!(
        "| the first row, by Cedar alone, with everything made before | | {:.0} | - | |",
        bare()
    );
    if all_met {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

struct Row {
    name: &'static str,
    text: fn() -> String,
    action: &'static str,
    with_address: bool,
    answer: &'static str,
    goal: Option<f64>,
}

#[rustfmt::skip]
const ROWS: [Row; 5] = [
    Row { name: "of a service, permitted by a role", text: service, action: "edit", with_address: false, answer: "permitted by edit-role", goal: Some(GOAL) },
    Row { name: "the same, denied", text: service, action: "remove", with_address: false, answer: "no policy permits it", goal: Some(GOAL) },
    Row { name: "the same, forbidden", text: service, action: "share", with_address: false, answer: "forbidden by share-drafts", goal: Some(GOAL) },
    Row { name: "the same, with an address in the context", text: service, action: "edit", with_address: true, answer: "permitted by edit-role", goal: None },
    Row { name: "all of one action, every one evaluated", text: one_action, action: "edit", with_address: false, answer: "permitted by last", goal: None },
];

const ACTIONS: [&str; 10] = [
    "read", "edit", "share", "print", "remove", "comment", "export", "rename", "restore", "move",
];

const SCHEMA: &str = r#"
entity Role;
entity User in [Role] {scopes?: Set<String>, tenant?: String, auth_time?: Long};
entity Folder;
entity Document in [Folder] {owner: User, status: String, tenant: String};
action read, edit, share, print, remove, comment, export, rename, restore, move appliesTo {
    principal: User, resource: Document, context: {hour: Long, ip?: ipaddr}
};
"#;

/// The policies of a service: five for each of ten actions. By roles, by owners, and what is
/// forbidden to all.
fn service() -> String {
    let of = |action: &str| {
        let role = if action == "edit" { "editor" } else { action };
        let status = if action == "share" { "draft" } else { "locked" };
        let name = if action == "share" {
            "drafts"
        } else {
            "locked"
        };
        format!(
            r#"
            @id("{action}-role") permit (principal in Role::"{role}", action == Action::"{action}", resource)
            when {{ principal has tenant && principal.tenant == resource.tenant }};
            @id("{action}-admin") permit (principal in Role::"admin", action == Action::"{action}", resource)
            when {{ principal has scopes && principal.scopes.contains("documents:admin") }};
            @id("{action}-owner") permit (principal, action == Action::"{action}", resource)
            when {{ resource.owner == principal && resource.status != "archived" }};
            @id("{action}-{name}") forbid (principal, action == Action::"{action}", resource)
            when {{ resource.status == "{status}" }};
            @id("{action}-night") forbid (principal, action == Action::"{action}", resource)
            when {{ context.hour < 6 || context.hour >= 22 }};
            "#
        )
    };
    ACTIONS.map(of).concat()
}

/// The worst case: no scope leaves a policy out.
fn one_action() -> String {
    let mut text =
        r#"@id("last") permit (principal in Role::"editor", action, resource);"#.to_owned();
    for number in 1..POLICIES {
        text += &match number % 2 {
            0 => format!(
                "forbid (principal, action, resource) when {{ context.hour == {} }};",
                number + 24
            ),
            _ => format!(
                r#"permit (principal, action, resource) when {{ resource.owner != principal && resource.status == "{number}" }};"#
            ),
        };
    }
    text
}

fn compiled(text: &str) -> Policies {
    let user = Principal::new("User").claims(["scopes", "tenant", "auth_time"]);
    let policies = Policies::builder()
        .schema(SCHEMA)
        .policies("bench.cedar", text);
    let policies = policies.principal(user.groups("roles", "Role")).build();
    policies.unwrap_or_else(|error| panic!("{error}"))
}

fn question(row: &Row) -> Question {
    let document = Entity::new("Document", "0b51c2f4-6d0e-4a53-9a7e-2f1c8d9e4b60")
        .attribute("owner", Value::entity("User", "bob"))
        .attribute("status", "draft")
        .attribute("tenant", "acme")
        .parent("Folder", "inbox");
    let question = Question::new(row.action, document).context("hour", 14);
    if row.with_address {
        question.context("ip", std::net::IpAddr::from([192, 0, 2, 1]))
    } else {
        question
    }
}

/// The part of it that is Cedar's own: all policies, with entities and request made beforehand.
fn bare() -> f64 {
    let (schema, _) = Schema::from_cedarschema_str(SCHEMA).unwrap();
    let policies: PolicySet = service().parse().unwrap();
    let entities = r#"[
        {"uid": {"type": "User", "id": "alice"}, "parents": [{"type": "Role", "id": "author"}, {"type": "Role", "id": "editor"}],
         "attrs": {"scopes": ["posts:read", "posts:write"], "tenant": "acme", "auth_time": 1700000000}},
        {"uid": {"type": "Document", "id": "1"}, "parents": [{"type": "Folder", "id": "inbox"}],
         "attrs": {"owner": {"type": "User", "id": "bob"}, "status": "draft", "tenant": "acme"}}
    ]"#;
    let entities = Entities::from_json_str(entities, Some(&schema)).unwrap();
    let context = Context::from_pairs([("hour".to_owned(), RestrictedExpression::new_long(14))]);
    let [principal, action, resource] =
        [r#"User::"alice""#, r#"Action::"edit""#, r#"Document::"1""#]
            .map(|uid| uid.parse().unwrap());
    let request =
        Request::new(principal, action, resource, context.unwrap(), Some(&schema)).unwrap();
    let authorizer = Authorizer::new();
    median(|| {
        let response = authorizer.is_authorized(&request, &policies, &entities);
        assert_eq!(response.diagnostics().errors().count(), 0);
    })
}

/// Returns the median time of a call, in ns. Slices are short, so that in many of them no other
/// process took the processor.
fn median(job: impl Fn()) -> f64 {
    let run = |iterations: u32| {
        let start = Instant::now();
        (0..iterations).for_each(|_| job());
        start.elapsed()
    };
    let mut iterations = 16;
    while run(iterations) < SLICE {
        iterations *= 2;
    }
    let time = |_| run(iterations).as_secs_f64() * 1e9 / f64::from(iterations);
    let mut times: Vec<f64> = (0..ROUNDS).map(time).collect();
    times.sort_by(f64::total_cmp);
    times[ROUNDS / 2]
}

/// Returns the token of a request, with roles, scopes and a claim of the application.
fn verified() -> Authenticated<Access> {
    let config = Config::builder().secret_key([7; 32].as_slice()).build();
    let auth = Auth::new(config.unwrap()).unwrap();
    let token = NewToken::for_subject("alice").scopes(["posts:read", "posts:write"]);
    let token = token
        .claim("tenant", "acme")
        .claim("roles", ["author", "editor"]);
    let token = auth.create_access_token(token).unwrap();
    let head = Get(format!("access_token_cookie={}", token.as_str()));
    let require = Require::access();
    match pin!(auth.authenticate(&head, &require)).poll(&mut Task::from_waker(Waker::noop())) {
        Poll::Ready(token) => token.unwrap(),
        Poll::Pending => unreachable!("there is no store to wait for"),
    }
}

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

const POLICIES: usize = 50;
const GOAL: f64 = 15_000.0;
const ROUNDS: usize = 400;
const SLICE: Duration = Duration::from_micros(500);
