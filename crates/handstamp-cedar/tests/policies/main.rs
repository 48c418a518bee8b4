//! Policies as applications use them: what is permitted, what is denied and why, which mistakes are
//! found at start, and what happens while they are exchanged.

#![expect(
    clippy::too_many_lines,
    clippy::unwrap_used,
    reason = "tables are long; a failing test panics"
)]

mod attacks;
mod claims;
mod decisions;
mod mistakes;
mod reloading;
mod scopes;
mod shapes;

use handstamp::purpose::Access;
use handstamp::{Auth, Authenticated, Config, NewToken, RequestHead, Require};
use handstamp_cedar::{Policies, PoliciesBuilder, Principal};

const SCHEMA: &str = r#"
entity Role;
entity User in [Role] {
    scopes?: Set<String>,
    fresh?: Bool,
    auth_time?: Long,
    tenant?: String,
    age?: Long,
    limits?: {posts: Long},
};
entity Admin;
entity Blog {open: Bool};
entity Post in [Blog] {author: User, status: String, tags?: Set<String>};

action "read-only";
action read in ["read-only"] appliesTo {principal: [User, Admin], resource: Post};
action edit appliesTo {principal: User, resource: Post, context: {hour?: Long, ip?: ipaddr}};
action see appliesTo {principal: User, resource: User};
"#;

fn user() -> Principal {
    let user = Principal::new("User");
    let user = user.claims(["scopes", "fresh", "auth_time", "tenant", "age", "limits"]);
    user.groups("roles", "Role")
}

fn builder(policies: &str) -> PoliciesBuilder {
    Policies::builder()
        .schema(SCHEMA)
        .policies("posts.cedar", policies)
        .principal(user())
        .principal(Principal::new("Admin").login_type("admin"))
}

fn policies(policies: &str) -> Policies {
    builder(policies).build().unwrap()
}

/// A request with a token in a cookie.
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

fn auth() -> Auth {
    let config = Config::builder().secret_key([7; 32].as_slice());
    Auth::new(config.build().unwrap()).unwrap()
}

/// Returns the token of a request that was verified: there is no other way to have one.
fn verified(token: impl Into<NewToken>) -> Authenticated<Access> {
    let auth = auth();
    let token = auth.create_access_token(token).unwrap();
    let head = Get(format!("access_token_cookie={}", token.as_str()));
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    runtime
        .block_on(auth.authenticate(&head, &Require::access()))
        .unwrap()
}
