//! The reasons for which a request can be refused, by what is demanded of it.

use std::borrow::Cow;
use std::time::Duration;

use super::demand::{Demand, More, Presented, Token, WithoutToken};
use crate::context::Context;
use crate::csrf::{self, Proofs};
use crate::error::{BodyError, RejectionKind, StoreError};
use crate::location::Location;
use crate::purpose::sealed::Kind;

/// Returns them without details, in no order that matters.
pub(super) fn possible(context: &Context, demand: &Demand, method: &str) -> Vec<RejectionKind> {
    let mut reasons = match &demand.presented {
        Presented::Nothing => Vec::new(),
        Presented::Token(token, without) => of_token(context, token, *without, method),
        Presented::LogOut => of_log_out(context),
    };
    for more in &demand.more {
        reasons.extend(of_more(context, *more, method));
    }
    reasons
}

fn of_more(context: &Context, more: More, method: &str) -> Vec<RejectionKind> {
    match more {
        More::SameOrigin => of_proofs(csrf::proofs_without_token(method, context.config())),
        More::RateLimit => {
            let retry_after = Duration::ZERO;
            vec![RejectionKind::RateLimited { retry_after }, no_answer()]
        }
        More::Permission => {
            let reason = String::new();
            let denied = RejectionKind::PolicyDenied {
                reason,
                failed: false,
                message: None,
            };
            // Rules of the application may ask a database.
            vec![denied, no_answer()]
        }
        More::Session => vec![RejectionKind::SessionEnded, no_answer()],
        More::AnyBody => {
            let bodies = [BodyError::Malformed(String::new()), BodyError::TooLarge];
            bodies.map(RejectionKind::Body).into()
        }
        // The user is loaded from a database of the application.
        More::Subject => vec![RejectionKind::UnknownSubject, no_answer()],
        More::Body => {
            let bodies = [
                BodyError::MediaType { expected: &[] },
                BodyError::Malformed(String::new()),
                BodyError::Shape(String::new()),
                BodyError::TooLarge,
            ];
            bodies.map(RejectionKind::Body).into()
        }
        More::Refusal(status, code) => {
            let message = Cow::Borrowed("");
            vec![RejectionKind::Refused {
                status,
                code,
                message,
            }]
        }
    }
}

fn of_log_out(context: &Context) -> Vec<RejectionKind> {
    let config = context.config();
    let mut reasons = of_proofs(csrf::proofs_of_log_out(config));
    if config.token_locations().contains(&Location::Cookies) {
        reasons.push(ambiguous());
    }
    reasons.extend(asks(context).then(no_answer));
    reasons
}

fn of_token(
    context: &Context,
    token: &Token,
    without: WithoutToken,
    method: &str,
) -> Vec<RejectionKind> {
    let config = context.config();
    let mut reasons = Vec::new();
    if matches!(
        without,
        WithoutToken::Refused | WithoutToken::AnonymousWithoutCookies
    ) {
        reasons.push(RejectionKind::MissingToken {
            looked_in: String::new(),
        });
    }
    if token.locations(config).contains(&Location::Cookies) {
        let proofs = csrf::proofs(method, token.kind, config, token.csrf);
        reasons.extend(of_proofs(proofs));
        reasons.push(ambiguous());
    }
    reasons.extend([
        RejectionKind::InvalidToken("".into()),
        RejectionKind::InvalidSignature,
        RejectionKind::TokenExpired,
        RejectionKind::InvalidAudience,
        match token.kind {
            Kind::Access => RejectionKind::AccessTokenRequired,
            Kind::Refresh => RejectionKind::RefreshTokenRequired,
        },
    ]);
    if config.expected_issuer().is_some() {
        reasons.push(RejectionKind::InvalidIssuer);
    }
    if config.login_type().is_some() || token.login_type {
        let expected = String::new();
        reasons.push(RejectionKind::LoginTypeMismatch {
            expected,
            actual: None,
        });
    }
    if token.fresh {
        reasons.push(RejectionKind::FreshTokenRequired);
    }
    if asks(context) {
        reasons.push(RejectionKind::TokenRevoked);
    }
    if context.store().is_some() {
        reasons.push(RejectionKind::SessionEnded);
        if token.kind == Kind::Refresh {
            reasons.push(RejectionKind::RefreshReused);
        }
    }
    reasons.extend(asks(context).then(no_answer));
    if !token.scopes.is_empty() {
        let (required, provided) = (Vec::new(), Vec::new());
        reasons.push(RejectionKind::InsufficientScope { required, provided });
    }
    if without == WithoutToken::DeadIsAnonymous {
        reasons.retain(|reason| !reason.is_of_a_dead_token());
    }
    reasons
}

fn of_proofs(Proofs { origin, value }: Proofs) -> Vec<RejectionKind> {
    let mut reasons = Vec::new();
    if origin {
        let (stated, by_socket) = (String::new(), false);
        reasons.push(RejectionKind::CrossSiteRequest(String::new()));
        reasons.push(RejectionKind::OriginNotAllowed { stated, by_socket });
    }
    if value {
        let header = String::new();
        reasons.push(RejectionKind::MissingCsrfToken {
            header,
            field: None,
            cookie: None,
        });
        reasons.push(RejectionKind::CsrfMismatch);
    }
    reasons
}

fn ambiguous() -> RejectionKind {
    RejectionKind::AmbiguousCookie {
        name: String::new(),
    }
}

/// Returns whether a blocklist or store is asked about a token.
fn asks(context: &Context) -> bool {
    context.store().is_some() || context.has_blocklist()
}

fn no_answer() -> RejectionKind {
    RejectionKind::StoreUnavailable(StoreError::new("no answer"))
}
