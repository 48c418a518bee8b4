//! Log-in: creates a session and its first tokens.

use std::time::Duration;

use super::data::SessionData;
use super::{ClientInfo, EventKind, revoke, tokens};
use crate::clock::UnixTime;
use crate::config::CookieLifetime;
use crate::context::Context;
use crate::error::{AuthFailure, IssueError};
use crate::issue::{self, LogInTime, NewToken, TokenPair};
use crate::purpose::Access;
use crate::store::{Created, EndReason, SessionId, TokenId};

/// Creates a session and its tokens. Without a store, or if sessions are not tracked, issues the
/// tokens alone.
pub(crate) async fn log_in(
    context: &Context,
    now: UnixTime,
    token: NewToken,
    client: ClientInfo,
) -> Result<TokenPair, AuthFailure> {
    let (config, random) = (context.config(), context.random());
    // A log-in never continues an earlier session (session fixation).
    let token = NewToken {
        session: None,
        logged_in: LogInTime::AtIssue,
        ..token.with_login_type(config)?
    };
    let lifetime = client.cookies;
    if let Some(CookieLifetime::Fixed(span)) = lifetime
        && span < Duration::from_secs(1)
    {
        return Err(IssueError::CookieLifetimeTooShort.into());
    }
    let Some(store) = context.store().filter(|_| context.keeps_sessions()) else {
        context.warn_without_store();
        let mut tokens = issue::issue_pair(config, now, random, token.fresh())?;
        tokens.access.cookie_lifetime = lifetime;
        tokens.refresh.cookie_lifetime = lifetime;
        return Ok(tokens);
    };
    // Errors of the application are found before anything is written.
    token.check(&config.settings.identity_claim)?;
    issue::lifetime::<Access>(config, &token)?;
    let account = token.account();
    let [id, csrf, first] = issue::random_values(random)?;
    let id = SessionId::from(id.as_str());
    let replaced = client.carried.clone();
    let data = SessionData {
        token,
        csrf: config.guards_cookies().then_some(csrf),
        client,
    };
    let first = TokenId::from(first.as_str());
    tokens::check_cookies(config, &id, &first, &data, None)?;
    let new = tokens::new_session(config, &id, &account, first.clone(), &data);
    let row = match context.with_timeout(store.create(new)).await? {
        Created::New { row, ended } => {
            revoke::emit_ended(context, &account, &ended, EndReason::Limit);
            row
        }
        // The driver repeated the statement because the answer was lost.
        Created::AlreadyExists(row) if row.account == account && row.current == first => row,
        // 128 random bits repeated: the random source is broken.
        Created::AlreadyExists(_) => return Err(IssueError::Random.into()),
    };
    context.emit(EventKind::LoggedIn, &account, &id);
    let mut data = data.in_session(&row);
    data.token.fresh = true;
    let issued = async {
        let tokens = tokens::issue(context, now, &row, &data)?;
        for (account, session) in replaced {
            revoke::end(context, store, account, session, EndReason::Replaced).await?;
        }
        Ok(tokens)
    };
    let issued: Result<TokenPair, AuthFailure> = issued.await;
    if issued.is_err() {
        // No client has its tokens, so it must not appear in a list. If the revocation fails too,
        // the session expires.
        drop(revoke::end(context, store, account, id, EndReason::Revoked).await);
    }
    issued
}
