//! Both directions between flask-jwt-extended and handstamp: every argument of its functions that
//! make tokens, and every setting that changes a token or a cookie.
//!
//! What one accepts and the other refuses is a row of `docs/differences.md`, with its reason.

mod cookies;
mod requests;
mod tokens;

use handstamp::config::ConfigBuilder;
use handstamp::error::Rejection;
use handstamp::purpose::Purpose;
use handstamp::{Auth, Authenticated, Config, Location, RequestHead, Require};
use handstamp_conformance::Request;
use serde_json::{Value, json};

use crate::peer::Peer;

const SECRET: &str = "a secret of 64 bytes that both sides of the test were told about";

/// The same settings, for handstamp.
type Settings = fn(ConfigBuilder) -> ConfigBuilder;

fn plain(config: ConfigBuilder) -> ConfigBuilder {
    config
}

fn ours(settings: Settings) -> Auth {
    let config = Config::builder().secret_key(SECRET).cookie_secure(false);
    Auth::new(settings(config).build().unwrap()).unwrap()
}

/// The settings of a Flask application that uses cookies.
fn theirs(settings: &Value) -> Value {
    let mut all = json!({"JWT_SECRET_KEY": SECRET, "JWT_TOKEN_LOCATION": ["cookies"]});
    let further = settings.as_object().unwrap().clone();
    all.as_object_mut().unwrap().extend(further);
    all
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Demand {
    Access,
    Fresh,
    Refresh,
}

use Demand::{Access, Fresh, Refresh};

impl Demand {
    /// The token that meets it.
    fn purpose(self) -> &'static str {
        match self {
            Access | Fresh => "access",
            Refresh => "refresh",
        }
    }

    fn cookie(self) -> &'static str {
        match self {
            Access | Fresh => "access_token_cookie",
            Refresh => "refresh_token_cookie",
        }
    }

    /// Returns what flask-jwt-extended answers.
    fn ask_theirs(self, flask: &mut Peer, settings: &Value, request: &Request) -> Value {
        let headers: Vec<_> = request
            .lines()
            .map(|(name, value)| [name, std::str::from_utf8(value).unwrap()])
            .collect();
        let demand = format!("{self:?}").to_lowercase();
        flask.ask(&json!({
            "op": "accept", "settings": theirs(settings), "demand": demand, "method": request.method(),
            "target": request.target(), "headers": headers, "body": std::str::from_utf8(request.content()).unwrap(),
        }))
    }

    /// Returns the subject and the claims, or the code of handstamp's refusal.
    async fn ask_ours(
        self,
        auth: &Auth,
        request: &Request,
    ) -> Result<(String, Value), &'static str> {
        let request = request.clone().with_body(request.content());
        match self {
            Access => judge(auth, &request, &Require::access()).await,
            Fresh => judge(auth, &request, &Require::access().fresh()).await,
            Refresh => judge(auth, &request, &Require::refresh()).await,
        }
    }
}

async fn judge<P: Purpose>(
    auth: &Auth,
    request: &impl RequestHead,
    require: &Require<P>,
) -> Result<(String, Value), &'static str> {
    let token = auth.authenticate(request, require).await;
    let tell = |token: Authenticated<P>| (token.subject().to_owned(), token.claims().unwrap());
    token
        .map(tell)
        .map_err(|rejection: Rejection| rejection.code())
}

/// Looks in all locations.
fn everywhere(config: ConfigBuilder) -> ConfigBuilder {
    use Location::{Cookies, Headers, Json, Query};
    config.token_locations([Headers, Cookies, Query, Json])
}
