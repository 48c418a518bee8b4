//! One-time tokens: for one action, once, such as a new password or the confirmation of an address.
//!
//! A link in a mail carries one. It is signed as other tokens are, and is none of them: its claim
//! `type` is `one_time`, its audience names the action, and it has no `sub`, so no route, no
//! log-out and no other action accepts it, and neither do AuthX and flask-jwt-extended with the
//! same key.
//!
//! [`Auth::create_one_time_token`] issues it, [`Auth::open_one_time_token`] says whose it is, and
//! [`Auth::redeem_one_time_token`] uses it up. What makes it a token for one time:
//!
//! * a store, which says who was first, of two at once too;
//! * what it is [bound to](NewOneTimeToken::bound_to): the present password hash, for a new
//!   password. Once that has changed, every token from before is refused.
//!
//! With a store both hold. Without one a token must be bound.
//!
//! ```
//! use handstamp::one_time::Action;
//! use handstamp::store::MemoryStore;
//! use handstamp::{Auth, Config, minutes};
//!
//! const RESET: Action = Action::new("password-reset", minutes(30));
//!
//! # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
//! # let user = ("user1".to_owned(), "$argon2id$old".to_owned());
//! # let mut hashes = std::collections::HashMap::from([user]);
//! let config = Config::builder().secret_key("a secret of at least thirty-two bytes").build()?;
//! let auth = Auth::builder(config).store(MemoryStore::new()).build()?;
//!
//! // When a user asks for it: the text goes into the link of a mail.
//! let token = auth.create_one_time_token(RESET.for_subject("user1").bound_to(&hashes["user1"]))?;
//! let text = token.as_str().to_owned();
//!
//! // When the form with the new password is sent.
//! let opened = auth.open_one_time_token(RESET, &text)?;
//! let present = hashes[opened.subject()].clone();
//! let redeemed = auth.redeem_one_time_token(opened.bound_to(&present)).await?;
//! hashes.insert(redeemed.subject().to_owned(), "$argon2id$new".to_owned());
//! auth.revoke_all_sessions(&redeemed).await?;
//!
//! // A second time it is refused: it was redeemed, and the hash is another one.
//! let opened = auth.open_one_time_token(RESET, &text)?;
//! let refused = auth.redeem_one_time_token(opened.bound_to(&hashes["user1"])).await;
//! assert_eq!(refused.unwrap_err().code(), "invalid_one_time_token");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Security
//! Programs that look at mails open their links. The link therefore opens a page, and the form on
//! that page redeems the token, by POST. The page has `Referrer-Policy: strict-origin`, since the
//! token is in its address. The book has a page on [password resets].
//!
//! Whether a token is refused because it is forged, has expired or was used, only the log tells:
//! the client receives one code, `invalid_one_time_token`.
//!
//! [`Auth::create_one_time_token`]: crate::Auth::create_one_time_token
//! [`Auth::open_one_time_token`]: crate::Auth::open_one_time_token
//! [`Auth::redeem_one_time_token`]: crate::Auth::redeem_one_time_token
//! [password resets]: https://github.com/handstamp/handstamp/blob/main/docs/password-reset.md

mod action;
mod binding;
#[cfg(test)]
mod tests;
mod token;

use serde_json::{Map, Value, json};

pub use action::{Action, NewOneTimeToken};
pub use token::{OneTimeToken, Opened, Redeemed};

use crate::authenticate::verify;
use crate::claims::registered::{
    AUD, EXP, IAT, ISS, JTI, LOGIN_TYPE, ONE_TIME, ONE_TIME_FOR, TYPE,
};
use crate::clock::UnixTime;
use crate::config::{Config, LONGEST_LIFE};
use crate::context::Context;
use crate::context::blocklist::TokenStatus;
use crate::error::{IssueError, RejectionKind, StoreError};
use crate::issue::random_values;
use crate::random::RandomSource;
use crate::store::{AccountId, Redeem, Redemption, TokenId};

/// Issues a one-time token.
pub(crate) fn issue(
    config: &Config,
    now: UnixTime,
    random: &dyn RandomSource,
    has_store: bool,
    new: NewOneTimeToken,
) -> Result<OneTimeToken, IssueError> {
    if new.subject.is_empty() {
        return Err(IssueError::EmptySubject);
    }
    if new.binding.is_none() && !has_store {
        return Err(IssueError::UnboundOneTimeToken);
    }
    let lifetime = new.action.lifetime.as_secs();
    if lifetime == 0 || lifetime > LONGEST_LIFE.as_secs() {
        return Err(IssueError::LifetimeOutOfRange);
    }
    let login_type = match (new.login_type, config.login_type()) {
        (Some(given), Some(own)) if given != own => {
            let own = own.to_owned();
            return Err(IssueError::OtherLoginType { given, own });
        }
        (given, own) => given.or(own.map(str::to_owned)),
    };
    let [id] = random_values(random)?;
    let audience = new.action.audience();
    let expires_at = UnixTime::from_secs(now.as_secs().saturating_add(lifetime));
    let mut claims = Map::new();
    let mut claim = |name: &str, value: Value| claims.insert(name.to_owned(), value);
    claim(ONE_TIME_FOR, json!(new.subject));
    claim(JTI, json!(id));
    claim(TYPE, json!(ONE_TIME));
    claim(AUD, json!(audience));
    claim(IAT, json!(now.as_secs()));
    claim(ISSUED_AT, json!(now.as_millis()));
    claim(EXP, json!(expires_at.as_secs()));
    if let Some(issuer) = &config.settings.encode_issuer {
        claim(ISS, json!(issuer));
    }
    if let Some(login_type) = &login_type {
        claim(LOGIN_TYPE, json!(login_type));
    }
    if let Some(binding) = new.binding {
        claim(BOUND, json!(binding.seal(config.keys(), &audience, &id)?));
    }
    let payload = Value::Object(claims).to_string();
    Ok(OneTimeToken {
        token: config.keys().sign(payload.as_bytes())?,
        id,
        expires_at,
    })
}

/// Verifies a token for this action, which may have been redeemed already.
pub(crate) fn open(
    config: &Config,
    now: UnixTime,
    action: Action,
    token: &str,
) -> Result<Opened, RejectionKind> {
    let audience = action.audience();
    let claims = verify::open_one_time(token.as_bytes(), config, now, &audience);
    let claims = claims.map_err(invalid)?;
    // Parsed once already, when the token was verified.
    let all: Map<String, Value> =
        serde_json::from_str(claims.payload()).map_err(|_| refused("its claims cannot be read"))?;
    let bound = match all.get(BOUND) {
        None => None,
        Some(Value::String(seal)) => Some(seal.clone()),
        Some(_) => return Err(refused("its claim `bound` is no text")),
    };
    let issued_at = all.get(ISSUED_AT).and_then(Value::as_u64);
    Ok(Opened {
        issued_at: issued_at.map_or(claims.issued_at, UnixTime::from_millis),
        claims,
        audience,
        bound,
        binding: None,
    })
}

/// Redeems a token. The store is asked last, so that no token is used up by a request that is
/// refused for another reason.
pub(crate) async fn redeem(
    context: &Context,
    now: UnixTime,
    opened: Opened,
) -> Result<Redeemed, RejectionKind> {
    let (config, claims) = (context.config(), &opened.claims);
    // The caller may have waited since.
    claims
        .times()
        .check(now, config.settings.decode_leeway)
        .map_err(invalid)?;
    match (&opened.bound, opened.binding) {
        (None, None) => {}
        (Some(seal), Some(binding)) => {
            if !binding.is_sealed_by(seal, config.keys(), &opened.audience, claims.id()) {
                return Err(refused("what it is bound to has changed"));
            }
        }
        (Some(_), None) => return Err(refused("it is bound, and was redeemed without a value")),
        (None, Some(_)) => return Err(refused("it is bound to nothing")),
    }
    if context.ask_blocklist(claims).await? != TokenStatus::Active {
        return Err(refused("it was revoked"));
    }
    match context.store() {
        // Lenient: a revocation is compared with the instant at which the token was issued, without
        // the 30 seconds by which clocks may differ. Risk: a node whose clock is ahead of the
        // store's issues a token just before a revocation, which outlives it. Covered: by what the
        // token is bound to, and its short life. With the 30 seconds, who has just chosen a
        // password and forgotten it gets links that do not work.
        Some(store) => {
            let redeem = Redeem::new(
                AccountId::new(claims.login_type(), claims.subject()),
                TokenId::from(claims.id()),
                opened.issued_at,
                context.retain_until(claims.expires_at),
            );
            match context.with_timeout(store.redeem(redeem)).await? {
                Redemption::First => {}
                Redemption::Again => return Err(refused("it was redeemed before")),
                Redemption::Revoked => return Err(refused("it was revoked")),
                Redemption::Expired => return Err(refused("it has expired for the store")),
            }
        }
        // Lenient: without a store, two requests at once may both redeem a bound token. Risk: of
        // two new passwords at the same moment the later one stays. Covered: both have the token;
        // and an application that changes the value on condition of the present one, as the page on
        // password resets does, takes the first.
        None if opened.bound.is_some() => {}
        None => {
            let error = "a one-time token that is bound to nothing needs a store";
            return Err(StoreError::new(error).into());
        }
    }
    Ok(Redeemed {
        claims: opened.claims,
    })
}

fn refused(reason: &'static str) -> RejectionKind {
    RejectionKind::InvalidOneTimeToken(reason.into())
}

/// Hides the reason from the client, and keeps it for the log.
fn invalid(reason: RejectionKind) -> RejectionKind {
    RejectionKind::InvalidOneTimeToken(match reason {
        RejectionKind::InvalidToken(problem) => problem,
        RejectionKind::NotYetValid { ahead } => {
            format!("issued {} s in the future", ahead.as_secs()).into()
        }
        other => other.code().into(),
    })
}

/// The claim that says when the token was issued, in milliseconds, which `iat` does not: a link
/// that is asked for in the second of a revocation works.
const ISSUED_AT: &str = "iat_ms";
/// The claim with the seal of what the token is bound to.
const BOUND: &str = "bound";
