//! A log-in by another provider (OIDC): to the provider and back, and then `log_in`.

use std::future::Future;

use axum::Router;
use axum::extract::{FromRef, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{AppendHeaders, IntoResponse, Redirect, Response};
use axum::routing::get;
use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine};
use handstamp_axum::{Auth, ClientInfo, Error};
use serde::Deserialize;

/// Any error, for the log.
pub type AnyError = Box<dyn std::error::Error + Send + Sync>;

/// What the provider says of a user, from a verified ID token.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_structs, reason = "the application makes it")]
pub struct Identity {
    /// The claim `iss`.
    pub issuer: String,
    /// The claim `sub`: the user, at this provider.
    pub subject: String,
}

/// What is remembered of a log-in that has begun, in a cookie of the browser that began it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Attempt {
    /// Comes back in the address: this browser began the log-in.
    pub state: String,
    /// Comes back in the ID token: it was made for this log-in.
    pub nonce: String,
    /// Proves to the provider that the code is redeemed by who asked for it (PKCE).
    pub verifier: String,
}

/// The provider and the users of the application.
pub trait Provider: Clone + Send + Sync + 'static {
    /// Returns the address of the provider's log-in page.
    fn log_in_page(&self, attempt: &Attempt) -> String;

    /// Redeems the code, verifies the ID token and its nonce, and returns whose it is.
    fn redeem(
        &self,
        code: &str,
        attempt: &Attempt,
    ) -> impl Future<Output = Result<Identity, AnyError>> + Send;

    /// Returns the subject of the user with this identity, or makes a new user.
    fn user_of(&self, identity: &Identity)
    -> impl Future<Output = Result<String, AnyError>> + Send;
}

/// The state of these routes.
#[derive(Debug, Clone)]
#[expect(clippy::exhaustive_structs, reason = "the application makes it")]
pub struct Oidc<P> {
    /// The `Auth` of the application.
    pub auth: Auth,
    /// The provider.
    pub provider: P,
}

impl<P> FromRef<Oidc<P>> for Auth {
    fn from_ref(oidc: &Oidc<P>) -> Self {
        oidc.auth.clone()
    }
}

/// The two routes. Both are GET: the browser is sent there.
pub fn routes<P: Provider>(oidc: Oidc<P>) -> Router {
    Router::new()
        .route("/oidc/log-in", get(begin::<P>))
        .route("/oidc/callback", get(callback::<P>))
        .with_state(oidc)
}

async fn begin<P: Provider>(State(oidc): State<Oidc<P>>) -> Result<Response, StatusCode> {
    let attempt = Attempt {
        state: random()?,
        nonce: random()?,
        verifier: random()?,
    };
    let Attempt {
        state,
        nonce,
        verifier,
    } = &attempt;
    // Lax: the way back is a link from another site, with which Strict cookies do not come.
    let cookie = format!("{COOKIE}={state}.{nonce}.{verifier}; Max-Age=600; {ATTRIBUTES}");
    let to_provider = Redirect::to(&oidc.provider.log_in_page(&attempt));
    Ok(([(header::SET_COOKIE, cookie)], to_provider).into_response())
}

fn random() -> Result<String, StatusCode> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)?;
    Ok(BASE64_URL_SAFE_NO_PAD.encode(bytes))
}

#[derive(Deserialize)]
struct Callback {
    state: String,
    code: String,
}

async fn callback<P: Provider>(
    State(oidc): State<Oidc<P>>,
    Query(answer): Query<Callback>,
    headers: HeaderMap,
    client: ClientInfo,
) -> Result<Response, Error> {
    // Without this comparison, another site could log a visitor in to the account of an attacker.
    let attempt = attempt_of(&headers).filter(|attempt| attempt.state == answer.state);
    let Some(attempt) = attempt else {
        return Ok(failed("it was not begun in this browser"));
    };
    let identity = match oidc.provider.redeem(&answer.code, &attempt).await {
        Ok(identity) => identity,
        Err(error) => return Ok(failed(error)),
    };
    let user = match oidc.provider.user_of(&identity).await {
        Ok(user) => user,
        Err(error) => return Ok(failed(error)),
    };
    let tokens = oidc.auth.log_in(user, client).await?;
    let cookies = oidc.auth.set_cookies(&tokens)?;
    Ok((cookies, once(), Redirect::to("/")).into_response())
}

fn attempt_of(headers: &HeaderMap) -> Option<Attempt> {
    let cookies = headers.get_all(header::COOKIE).iter();
    let value = cookies
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split("; "))
        .find_map(|cookie| cookie.strip_prefix(COOKIE)?.strip_prefix('='))?;
    let mut parts = value.split('.').map(str::to_owned);
    Some(Attempt {
        state: parts.next()?,
        nonce: parts.next()?,
        verifier: parts.next()?,
    })
}

/// The attempt is over: a second callback with it finds no cookie. It is appended, because a header
/// that is inserted would replace the cookies of the log-in.
fn once() -> AppendHeaders<[(header::HeaderName, String); 1]> {
    let gone = format!("{COOKIE}=; Max-Age=0; {ATTRIBUTES}");
    AppendHeaders([(header::SET_COOKIE, gone)])
}

fn failed(reason: impl std::fmt::Display) -> Response {
    tracing::info!(%reason, "a log-in by the provider failed");
    (once(), Redirect::to("/log-in?failed=provider")).into_response()
}

const COOKIE: &str = "__Host-oidc";
const ATTRIBUTES: &str = "Path=/; HttpOnly; Secure; SameSite=Lax";

#[cfg(test)]
mod tests {
    use handstamp_axum::handstamp::store::MemoryStore;
    use handstamp_axum::testing::Browser;
    use handstamp_axum::{Access, Config};

    use super::*;

    /// A provider whose code is the name of the user, and whose users are known by it.
    #[derive(Clone)]
    struct Fake;

    impl Provider for Fake {
        fn log_in_page(&self, attempt: &Attempt) -> String {
            format!(
                "https://idp.example/?state={}&nonce={}",
                attempt.state, attempt.nonce
            )
        }

        async fn redeem(&self, code: &str, attempt: &Attempt) -> Result<Identity, AnyError> {
            if code == "stolen" || attempt.verifier.len() != 43 {
                return Err("the code is not good".into());
            }
            Ok(Identity {
                issuer: "https://idp.example".into(),
                subject: code.into(),
            })
        }

        async fn user_of(&self, identity: &Identity) -> Result<String, AnyError> {
            Ok(format!("user of {}", identity.subject))
        }
    }

    fn browser() -> Browser {
        let config = Config::hardened("https://app.example.com").secret_key([7; 32].as_slice());
        let auth: Auth = Auth::builder(config.build().unwrap())
            .store(MemoryStore::new())
            .build()
            .unwrap();
        let me = get(async |token: Access| token.subject().to_owned());
        let app = Router::new().route("/me", me).with_state(auth.clone());
        let app = app.merge(routes(Oidc {
            auth: auth.clone(),
            provider: Fake,
        }));
        Browser::new(app, "https://app.example.com").with_names_of(&auth)
    }

    /// Begins a log-in, and returns the state that the provider is given.
    async fn begin(browser: &Browser) -> String {
        let sent = browser.open("/oidc/log-in").send().await;
        let location = sent.header("location").unwrap();
        let (_, state) = location.split_once("state=").unwrap();
        state.split_once('&').unwrap().0.to_owned()
    }

    async fn come_back(browser: &Browser, code: &str, state: &str) -> String {
        let provider = browser.from_origin("https://idp.example");
        let path = format!("/oidc/callback?code={code}&state={state}");
        let answer = provider.follow_link(&path).send().await;
        assert_eq!(answer.status(), 303);
        answer.header("location").unwrap().to_owned()
    }

    #[tokio::test]
    async fn who_comes_back_from_the_provider_is_logged_in() {
        let browser = browser();
        let state = begin(&browser).await;
        assert_eq!(come_back(&browser, "alice", &state).await, "/");
        assert_eq!(browser.get("/me").send().await.text(), "user of alice");
    }

    #[tokio::test]
    async fn a_callback_that_this_browser_did_not_begin_logs_no_one_in() {
        let attacker = browser();
        let of_the_attacker = begin(&attacker).await;
        for (name, begun, code, state) in [
            (
                "nothing was begun",
                false,
                "attacker",
                of_the_attacker.as_str(),
            ),
            (
                "another attempt was begun",
                true,
                "attacker",
                of_the_attacker.as_str(),
            ),
            ("no state", true, "attacker", ""),
            ("a code that the provider refuses", true, "stolen", "own"),
        ] {
            let victim = browser();
            let own = if begun {
                begin(&victim).await
            } else {
                String::new()
            };
            let state = if state == "own" { &own } else { state };
            let to = come_back(&victim, code, state).await;
            assert_eq!(to, "/log-in?failed=provider", "{name}");
            assert_eq!(
                victim.get("/me").send().await.code(),
                Some("missing_token"),
                "{name}"
            );
        }
    }

    #[tokio::test]
    async fn an_attempt_counts_once() {
        let browser = browser();
        let state = begin(&browser).await;
        come_back(&browser, "alice", &state).await;
        assert_eq!(
            come_back(&browser, "alice", &state).await,
            "/log-in?failed=provider"
        );
    }
}
