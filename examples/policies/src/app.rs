//! The routes: policies in front of a handler, where the request says enough, and in a handler,
//! where something must be loaded first.

use std::sync::Arc;

use axum::extract::{FromRef, Path, State};
use axum::http::request::Parts;
use axum::response::IntoResponse;
use axum::routing::{get, post, put};
use axum::{Json, Router};
use handstamp_axum::handstamp::clock::{Clock, UnixTime};
use handstamp_axum::{Access, Auth, Error, NewToken, Require};
use handstamp_cedar::{Entity, Policies, Question, Value};
use serde_json::json;

#[derive(Clone)]
pub(crate) struct App {
    auth: Auth,
    policies: Policies,
    clock: Arc<dyn Clock>,
}

pub(crate) fn router(auth: Auth, policies: Policies, clock: Arc<dyn Clock>) -> Router {
    let admins = auth.require(Require::access().login_type("admin"));
    let may_ban = auth.authorize(policies.clone(), ban);
    let may_read_billing = auth.authorize(policies.clone(), |_| billing());
    Router::new()
        .route("/login/{name}", post(login))
        // Of two layers the later one is the outer: first the kind of user, then the policies. PUT
        // is here to show that the policy looks at the method.
        .route(
            "/admin/users/{id}/ban",
            post(ban_user)
                .put(ban_user)
                .route_layer(may_ban)
                .route_layer(admins),
        )
        .route("/billing", get(read_billing).route_layer(may_read_billing))
        .route("/reports/{id}", put(edit_report))
        .layer(auth.no_store())
        .with_state(App {
            auth,
            policies,
            clock,
        })
}

/// What the layer of `/admin/users/{id}/ban` asks.
fn ban(head: &Parts) -> Question {
    Question::new("users:ban", Entity::new("Area", "users")).context("method", head.method.as_str())
}

/// What the layer of `/billing` asks.
fn billing() -> Question {
    Question::new("billing:read", Entity::new("Area", "billing"))
}

/// What the handler of `/reports/{id}` asks. The time is an argument, so that tests choose it.
pub(crate) fn edit(id: &str, report: &Report, now: UnixTime) -> Question {
    let hours = now.as_secs() / 3600;
    let (days, hour) = (hours / 24, hours % 24);
    let weekday = (days + 3) % 7; // the first day of 1970 was a Thursday
    let entity = Entity::new("Report", id)
        .attribute("author", Value::entity("User", report.author))
        .attribute("locked", report.locked);
    Question::new("reports:edit", entity)
        .context("hour", i64::try_from(hour).unwrap_or_default())
        .context("weekday", i64::try_from(weekday).unwrap_or_default())
}

async fn ban_user(Path(id): Path<String>, token: Access) -> Json<serde_json::Value> {
    Json(json!({"banned": id, "banned_by": token.subject()}))
}

async fn read_billing(token: Access) -> Json<serde_json::Value> {
    Json(json!({"of": token.subject(), "invoices": []}))
}

async fn edit_report(
    State(app): State<App>,
    Path(id): Path<String>,
    token: Access,
) -> Result<Json<serde_json::Value>, Error> {
    let report = REPORTS.iter().find(|report| report.id == id);
    let report = report.ok_or_else(|| app.auth.refuse(404, "no_such_report", "No such report"))?;
    let question = edit(&id, report, app.clock.now());
    app.auth
        .require_permission(&token, &app.policies, &question)
        .await?;
    Ok(Json(json!({"edited": id})))
}

/// Logs in without asking for a password: this example is about what comes after.
async fn login(
    State(auth): State<Auth>,
    Path(name): Path<String>,
) -> Result<impl IntoResponse, Error> {
    let token = user(&name).ok_or_else(|| auth.invalid_credentials())?;
    let access = auth.create_access_token(token)?;
    Ok((
        auth.set_access_cookies(&access)?,
        Json(json!({"logged_in": name})),
    ))
}

/// What the tokens of the users say. A service reads it from its database.
pub(crate) fn user(name: &str) -> Option<NewToken> {
    let token = NewToken::for_subject(name);
    Some(match name {
        "root" => token.login_type("admin").scopes(["admin:*"]),
        "helper" => token.login_type("admin").scopes(["admin:read"]),
        "alice" => token.login_type("user").claim("account_status", "active"),
        "bob" => token
            .login_type("user")
            .claim("account_status", "suspended"),
        // Nothing is known of the account.
        "carol" => token.login_type("user"),
        _ => return None,
    })
}

/// What a service has in its database.
#[derive(Debug)]
pub(crate) struct Report {
    id: &'static str,
    author: &'static str,
    locked: bool,
}

pub(crate) const REPORTS: [Report; 3] = [
    Report {
        id: "1",
        author: "alice",
        locked: false,
    },
    Report {
        id: "2",
        author: "alice",
        locked: true,
    },
    Report {
        id: "3",
        author: "bob",
        locked: false,
    },
];

impl FromRef<App> for Auth {
    fn from_ref(app: &App) -> Self {
        app.auth.clone()
    }
}
