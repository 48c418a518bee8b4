//! What a request of a truth table carries.

use handstamp::TokenPair;

use crate::Request;
use crate::adapter::App;
use crate::adapter::app::access;
use crate::adapter::suite::{access_cookie, csrf, refresh_cookie};

pub(super) struct Carried {
    cookies: Vec<String>,
    /// The CSRF value of the first user.
    csrf: String,
    /// Those of this app, that of the CSRF value first.
    pub(super) sessions: Vec<TokenPair>,
}

impl Carried {
    /// Makes what the words of a table say. Time passes for what has expired.
    pub(super) fn of(app: &App, words: &str) -> Self {
        let foreign = |name, value| {
            let token = access(&app.sibling(&[(name, value)]), "user1");
            Self::token(access_cookie(&token), csrf(&token))
        };
        let users: &[&str] = match words {
            "nothing" => return Self::token(String::new(), ""),
            "a token of a former key" => {
                let token = access(app.other(), "user1");
                return Self::token(access_cookie(&token), csrf(&token));
            }
            "a token of another service" => return foreign("JWT_ENCODE_AUDIENCE", "another"),
            "tokens of two users" => &["user1", "user2"],
            _ => &["user1"],
        };
        let sessions: Vec<TokenPair> = users.iter().map(|user| app.log_in(*user)).collect();
        match words {
            "an expired access token" => app.advance(60 * 60),
            "a session that has ended" => app.end_sessions("user1"),
            "a revoked token" => {
                for tokens in &sessions {
                    app.revoke(tokens.access().id());
                    app.revoke(tokens.refresh().id());
                }
            }
            "a live session" | "tokens of two users" => {}
            unknown => panic!("the table carries {unknown}"),
        }
        let cookies = sessions.iter().flat_map(|tokens| {
            [
                access_cookie(tokens.access()),
                refresh_cookie(tokens.refresh()),
            ]
        });
        Self {
            cookies: cookies.collect(),
            csrf: sessions
                .first()
                .map(|tokens| csrf(tokens.access()).to_owned())
                .unwrap_or_default(),
            sessions,
        }
    }

    fn token(cookie: String, csrf: &str) -> Self {
        Self {
            cookies: Vec::from([cookie]),
            csrf: csrf.to_owned(),
            sessions: Vec::new(),
        }
    }

    /// The request with these cookies.
    pub(super) fn by(&self, request: Request) -> Request {
        match &self.cookies[..] {
            [none] if none.is_empty() => request,
            cookies => request.cookies(cookies),
        }
    }

    /// The request with these cookies and the CSRF value.
    pub(super) fn with_value_by(&self, request: Request) -> Request {
        self.by(request).header("x-csrf-token", &*self.csrf)
    }
}
