//! The error of an application needs one `From` for whatever `Auth` and its tokens return.

use handstamp_axum::handstamp::clock::UnixTime;
use handstamp_axum::handstamp::error::Denial;
use handstamp_axum::handstamp::one_time::Action;
use handstamp_axum::handstamp::store::SessionId;
use handstamp_axum::{
    Access, Auth, Authenticated, Authorize, Error, Head, LoadSubject, Refresh, Require, StoreError,
    minutes, purpose,
};
use serde::de::IgnoredAny;

/// A handler with every call that may fail.
async fn every_call(
    auth: &Auth,
    app: &Users,
    head: &Head<'_>,
    token: &Access,
    refresh: Refresh,
) -> Result<(), ApiError> {
    let owner = token.subject();
    let id = SessionId::from("none");
    let now = UnixTime::from_secs(0);
    let _tenant: IgnoredAny = token.claims()?;
    auth.require_same_origin(head)?;
    auth.require_fresh(token)?;
    auth.require_fresh_within(token, minutes(5))?;
    auth.require_same::<purpose::Access>(token, token)?;
    let authenticated = auth.authenticate(head, &Require::access()).await?;
    auth.load_subject(&authenticated, app).await?;
    auth.require_permission(token, app, "any").await?;
    let _form = auth.masked_csrf(token)?;
    let _devices = (auth.sessions(owner).await?, auth.session(token).await?);
    auth.revoke_session(owner, &id).await?;
    auth.revoke_other_sessions::<purpose::Access>(token).await?;
    auth.revoke_issued_before(owner, now).await?;
    auth.revoke_token(owner, token.id(), now).await?;
    auth.revoke_all_sessions(owner).await?;
    let access = auth.create_access_token(token)?;
    let refresh_token = auth.create_refresh_token(owner)?;
    let pair = auth.create_token_pair(owner)?;
    let _cookies = auth.set_access_cookies(&access)?;
    let _cookies = auth.set_refresh_cookies(&refresh_token)?;
    let _cookies = auth.set_cookies(&pair)?;
    let action = Action::new("password-reset", minutes(30));
    let one_time = auth.create_one_time_token(action.for_subject(owner))?;
    let opened = auth.open_one_time_token(action, one_time.as_str())?;
    let _redeemed = auth.redeem_one_time_token(opened).await?;
    auth.change_all_sessions(owner, |new| new).await?;
    let _fresh = auth.reauthenticate(token).await?;
    let _tokens = auth.log_in(owner, auth.client_info(head)).await?;
    let _tokens = auth.refresh(refresh.clone()).await?;
    let _tokens = auth.refresh_with(refresh, |new| new).await?;
    let _cookies = auth.log_out(auth.authenticate_log_out(head)?).await?;
    Err(auth.busy())?
}

/// The same with tokens of another issuer.
#[cfg(feature = "asymmetric")]
fn every_call_about_others(
    auth: &Auth,
    issuer: &handstamp_axum::handstamp::foreign::ForeignIssuer,
    head: &Head<'_>,
) -> Result<(), ApiError> {
    let token = auth.authenticate_foreign(issuer, head)?;
    auth.require_foreign_scopes(&token, ["read"])?;
    Ok(())
}

#[expect(dead_code, reason = "only made")]
struct ApiError(Error);

impl From<Error> for ApiError {
    fn from(error: Error) -> Self {
        Self(error)
    }
}

struct Users;

impl Authorize<str> for Users {
    async fn authorize(&self, _: &Authenticated<purpose::Access>, _: &str) -> Result<(), Denial> {
        Ok(())
    }
}

impl LoadSubject<()> for Users {
    async fn load_subject(
        &self,
        _: &Authenticated<purpose::Access>,
    ) -> Result<Option<()>, StoreError> {
        Ok(Some(()))
    }
}

#[test]
fn one_from_is_enough_for_a_question_mark_behind_every_call() {
    let _ = every_call;
    #[cfg(feature = "asymmetric")]
    let _ = every_call_about_others;
}
