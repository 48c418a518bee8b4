/// Makes the adapter's `Auth`, whose methods take and return the adapter's types: each that fails
/// returns the adapter's `Error`, so that an application needs one `From` for `?`. Layers and
/// sockets are the adapter's own, in further `impl` blocks; all else is the core's, by `Deref`.
///
/// The methods whose documentation has an example for handlers are named, and documented, by the
/// adapter. It has types by the names of the other macros of [`adapter`](crate::adapter).
#[doc(hidden)]
#[macro_export]
macro_rules! __adapter_auth {
    (
        $(#[$auth:meta])*
        pub struct Auth;

        $(#[$builder:meta])*
        fn builder;

        $(#[$log_in:meta])*
        fn log_in;

        $(#[$refresh:meta])*
        fn refresh;

        $(#[$refresh_with:meta])*
        fn refresh_with;

        $(#[$reauthenticate:meta])*
        fn reauthenticate;

        $(#[$log_out:meta])*
        fn log_out;
    ) => {
        $(#[$auth])*
        #[derive(Debug, Clone)]
        pub struct Auth(pub(crate) handstamp::Auth);

        handstamp::adapter::newtype!(Auth, handstamp::Auth);

        impl Auth {
            /// Creates an `Auth` with the clock and random source of the system, and without a
            /// store: see [`handstamp::Auth::new`], and [`Auth`] for the way with a store.
            ///
            /// # Errors
            /// [`ConfigError`](handstamp::error::ConfigError) where `JWT_SESSION_TRACKING=true`,
            /// because sessions need a store.
            pub fn new(config: handstamp::Config) -> Result<Self, handstamp::error::ConfigError> {
                handstamp::Auth::new(config).map(Self)
            }

            $(#[$builder])*
            pub fn builder(config: handstamp::Config) -> handstamp::AuthBuilder<Self> {
                handstamp::AuthBuilder::new(config)
            }
        }

        /// Log-ins and their sessions.
        impl Auth {
            /// Describes the client of a request, as the extractor [`ClientInfo`] does.
            pub fn client_info(&self, head: &impl handstamp::RequestHead) -> ClientInfo {
                ClientInfo::from(self.0.client_info(head))
            }

            $(#[$log_in])*
            pub async fn log_in(
                &self,
                token: impl Into<handstamp::NewToken>,
                client: ClientInfo,
            ) -> Result<handstamp::TokenPair, Error> {
                Ok(self.0.log_in(token, client.into()).await?)
            }

            $(#[$refresh])*
            pub async fn refresh(&self, token: Refresh) -> Result<handstamp::TokenPair, Error> {
                Ok(self.0.refresh(&token).await?)
            }

            $(#[$refresh_with])*
            pub async fn refresh_with(
                &self,
                token: Refresh,
                change: impl FnOnce(handstamp::NewToken) -> handstamp::NewToken,
            ) -> Result<handstamp::TokenPair, Error> {
                Ok(self.0.refresh_with(&token, change).await?)
            }

            /// Changes what the tokens of all sessions of a user say, from the next refresh of each
            /// on, as [`handstamp::Auth::change_all_sessions`]. Returns how many there were.
            ///
            /// # Errors
            /// [`Error`] if no token or cookie can hold the change, or the store does not answer.
            pub async fn change_all_sessions(
                &self,
                owner: impl Into<handstamp::session::Owner>,
                change: impl Fn(handstamp::NewToken) -> handstamp::NewToken,
            ) -> Result<usize, Error> {
                Ok(self.0.change_all_sessions(owner, change).await?)
            }

            $(#[$reauthenticate])*
            pub async fn reauthenticate(
                &self,
                token: &handstamp::Authenticated<handstamp::purpose::Access>,
            ) -> Result<handstamp::SignedToken<handstamp::purpose::Access>, Error> {
                Ok(self.0.reauthenticate(token).await?)
            }

            /// Authenticates a request to log out, as the extractor [`LogOut`] does: see
            /// [`handstamp::Auth::authenticate_log_out`].
            ///
            /// # Errors
            /// [`Error`] if another site sent the request, or its CSRF value is missing or wrong.
            pub fn authenticate_log_out(
                &self,
                head: &impl handstamp::RequestHead,
            ) -> Result<LogOut, Error> {
                Ok(LogOut::from(self.0.authenticate_log_out(head)?))
            }

            $(#[$log_out])*
            pub async fn log_out(&self, log_out: LogOut) -> Result<SetCookies, Error> {
                Ok(SetCookies::from(self.0.log_out(log_out.into()).await?))
            }

            /// Returns the live sessions of a user, as [`handstamp::Auth::sessions`].
            ///
            /// # Errors
            /// [`Error`] if the store does not answer, also when there is none.
            pub async fn sessions(
                &self,
                owner: impl Into<handstamp::session::Owner>,
            ) -> Result<handstamp::session::SessionList, Error> {
                Ok(self.0.sessions(owner).await?)
            }

            /// Returns the session of a token, as [`handstamp::Auth::session`].
            ///
            /// # Errors
            /// [`Error`] if the token has no live session, or the store does not answer.
            pub async fn session(
                &self,
                token: &handstamp::Authenticated<handstamp::purpose::Access>,
            ) -> Result<handstamp::session::Session, Error> {
                Ok(self.0.session(token).await?)
            }
        }

        /// Revocation. Once one of these methods has returned, the tokens that it revoked are
        /// accepted nowhere, except by services that check sessions
        /// [on refresh](handstamp::config::CheckSessions::OnRefresh) only.
        impl Auth {
            /// Ends one session of this user, as [`handstamp::Auth::revoke_session`]. Returns
            /// `false` if the user has no live session with this id.
            ///
            /// # Errors
            /// [`Error`] if the store does not answer, also when there is none.
            pub async fn revoke_session(
                &self,
                owner: impl Into<handstamp::session::Owner>,
                session: &handstamp::store::SessionId,
            ) -> Result<bool, Error> {
                Ok(self.0.revoke_session(owner, session).await?)
            }

            /// Ends all sessions of the token's user except its own, as
            /// [`handstamp::Auth::revoke_other_sessions`], and returns how many.
            ///
            /// # Errors
            /// As [`revoke_session`](Self::revoke_session).
            pub async fn revoke_other_sessions<P: handstamp::purpose::Purpose>(
                &self,
                token: &handstamp::Authenticated<P>,
            ) -> Result<usize, Error> {
                Ok(self.0.revoke_other_sessions(token).await?)
            }

            /// Ends all sessions of a user, and revokes all tokens without a session that were
            /// issued until now, as [`handstamp::Auth::revoke_all_sessions`], which names the race
            /// with a log-in. Returns how many sessions ended.
            ///
            /// # Errors
            /// As [`revoke_session`](Self::revoke_session).
            pub async fn revoke_all_sessions(
                &self,
                owner: impl Into<handstamp::session::Owner>,
            ) -> Result<usize, Error> {
                Ok(self.0.revoke_all_sessions(owner).await?)
            }

            /// Revokes what a user had before a time, as
            /// [`handstamp::Auth::revoke_issued_before`]. Returns how many sessions ended.
            ///
            /// # Errors
            /// As [`revoke_session`](Self::revoke_session).
            pub async fn revoke_issued_before(
                &self,
                owner: impl Into<handstamp::session::Owner>,
                time: handstamp::clock::UnixTime,
            ) -> Result<usize, Error> {
                Ok(self.0.revoke_issued_before(owner, time).await?)
            }

            /// Revokes one token of this user, by its id and expiry, as
            /// [`handstamp::Auth::revoke_token`].
            ///
            /// # Errors
            /// As [`revoke_session`](Self::revoke_session).
            pub async fn revoke_token(
                &self,
                owner: impl Into<handstamp::session::Owner>,
                id: &str,
                expires_at: handstamp::clock::UnixTime,
            ) -> Result<(), Error> {
                Ok(self.0.revoke_token(owner, id, expires_at).await?)
            }
        }

        /// Tokens and cookies.
        impl Auth {
            /// Issues an access token, as [`handstamp::Auth::create_access_token`].
            ///
            /// # Errors
            /// [`Error`] for a bug in the application, such as a custom claim with a registered
            /// name.
            pub fn create_access_token(
                &self,
                token: impl Into<handstamp::NewToken>,
            ) -> Result<handstamp::SignedToken<handstamp::purpose::Access>, Error> {
                Ok(self.0.create_access_token(token)?)
            }

            /// Issues a refresh token, as [`handstamp::Auth::create_refresh_token`].
            ///
            /// # Errors
            /// As [`create_access_token`](Self::create_access_token).
            pub fn create_refresh_token(
                &self,
                token: impl Into<handstamp::NewToken>,
            ) -> Result<handstamp::SignedToken<handstamp::purpose::Refresh>, Error> {
                Ok(self.0.create_refresh_token(token)?)
            }

            /// Issues both tokens, as [`handstamp::Auth::create_token_pair`].
            ///
            /// # Errors
            /// As [`create_access_token`](Self::create_access_token).
            pub fn create_token_pair(
                &self,
                token: impl Into<handstamp::NewToken>,
            ) -> Result<handstamp::TokenPair, Error> {
                Ok(self.0.create_token_pair(token)?)
            }

            /// Returns the cookies of an access token, as [`handstamp::Auth::set_access_cookies`].
            ///
            /// # Errors
            /// [`Error`] if the token is too long for a cookie.
            pub fn set_access_cookies(
                &self,
                token: &handstamp::SignedToken<handstamp::purpose::Access>,
            ) -> Result<SetCookies, Error> {
                Ok(SetCookies::from(self.0.set_access_cookies(token)?))
            }

            /// Returns the cookies of a refresh token, as
            /// [`handstamp::Auth::set_refresh_cookies`].
            ///
            /// # Errors
            /// As [`set_access_cookies`](Self::set_access_cookies).
            pub fn set_refresh_cookies(
                &self,
                token: &handstamp::SignedToken<handstamp::purpose::Refresh>,
            ) -> Result<SetCookies, Error> {
                Ok(SetCookies::from(self.0.set_refresh_cookies(token)?))
            }

            /// Returns all four cookies of a log-in or refresh, as
            /// [`handstamp::Auth::set_cookies`].
            ///
            /// # Errors
            /// As [`set_access_cookies`](Self::set_access_cookies).
            pub fn set_cookies(&self, tokens: &handstamp::TokenPair) -> Result<SetCookies, Error> {
                Ok(SetCookies::from(self.0.set_cookies(tokens)?))
            }

            /// Deletes all four cookies.
            pub fn unset_cookies(&self) -> SetCookies {
                SetCookies::from(self.0.unset_cookies())
            }

            /// Deletes the access token's cookies.
            pub fn unset_access_cookies(&self) -> SetCookies {
                SetCookies::from(self.0.unset_access_cookies())
            }

            /// Deletes the refresh token's cookies.
            pub fn unset_refresh_cookies(&self) -> SetCookies {
                SetCookies::from(self.0.unset_refresh_cookies())
            }

            /// Returns the token's CSRF value under a random mask, to be rendered in a page, as
            /// [`handstamp::Auth::masked_csrf`].
            ///
            /// # Errors
            /// [`Error`] if the system gives no random bytes.
            pub fn masked_csrf<P: handstamp::purpose::Purpose>(
                &self,
                token: &handstamp::Authenticated<P>,
            ) -> Result<String, Error> {
                Ok(self.0.masked_csrf(token)?)
            }
        }

        /// One-time tokens, as for a new password: see [`handstamp::one_time`].
        impl Auth {
            /// Issues a token for one action, as [`handstamp::Auth::create_one_time_token`].
            ///
            /// # Errors
            /// [`Error`] for a bug in the application: a token that is bound to nothing, without a
            /// store.
            pub fn create_one_time_token(
                &self,
                token: handstamp::one_time::NewOneTimeToken,
            ) -> Result<handstamp::one_time::OneTimeToken, Error> {
                Ok(self.0.create_one_time_token(token)?)
            }

            /// Opens a token for this action, to learn whose it is, as
            /// [`handstamp::Auth::open_one_time_token`].
            ///
            /// # Errors
            /// [`Error::Rejected`] with `invalid_one_time_token`.
            pub fn open_one_time_token(
                &self,
                action: handstamp::one_time::Action,
                token: &str,
            ) -> Result<handstamp::one_time::Opened, Error> {
                Ok(self.0.open_one_time_token(action, token)?)
            }

            /// Redeems a token, as [`handstamp::Auth::redeem_one_time_token`]: of any number of
            /// calls with it, one succeeds.
            ///
            /// # Errors
            /// [`Error::Rejected`] with `invalid_one_time_token`, or if the store does not answer.
            pub async fn redeem_one_time_token(
                &self,
                token: handstamp::one_time::Opened,
            ) -> Result<handstamp::one_time::Redeemed, Error> {
                Ok(self.0.redeem_one_time_token(token).await?)
            }
        }

        /// Further demands on a request. Extractors and layers make most of them.
        impl Auth {
            /// Authenticates a request that no extractor has read, as
            /// [`handstamp::Auth::authenticate`].
            ///
            /// # Errors
            /// [`Error::Rejected`] is the response to send.
            pub fn authenticate<
                'a,
                P: handstamp::purpose::Purpose,
                R: handstamp::RequestHead,
            >(
                &'a self,
                head: &R,
                require: &'a handstamp::Require<P>,
            ) -> impl Future<Output = Result<handstamp::Authenticated<P>, Error>> + Send + use<'a, P, R>
            {
                let authenticating = self.0.authenticate(head, require);
                async move { Ok(authenticating.await?) }
            }

            /// Checks only that a token which was admitted before is fresh, as
            /// [`handstamp::Auth::require_fresh`].
            ///
            /// # Errors
            /// [`Error::Rejected`] with `fresh_token_required`.
            pub fn require_fresh(
                &self,
                token: &handstamp::Authenticated<handstamp::purpose::Access>,
            ) -> Result<(), Error> {
                Ok(self.0.require_fresh(token)?)
            }

            /// Checks only that the password was given recently, as
            /// [`handstamp::Auth::require_fresh_within`].
            ///
            /// # Errors
            /// As [`require_fresh`](Self::require_fresh).
            pub fn require_fresh_within(
                &self,
                token: &handstamp::Authenticated<handstamp::purpose::Access>,
                span: std::time::Duration,
            ) -> Result<(), Error> {
                Ok(self.0.require_fresh_within(token, span)?)
            }

            /// Checks that two tokens of a request are the same one, as
            /// [`handstamp::Auth::require_same`].
            ///
            /// # Errors
            /// [`Error::Rejected`] with `invalid_token`.
            pub fn require_same<P: handstamp::purpose::Purpose>(
                &self,
                outer: &handstamp::Authenticated<P>,
                inner: &handstamp::Authenticated<P>,
            ) -> Result<(), Error> {
                Ok(self.0.require_same(outer, inner)?)
            }

            /// Checks that no other site made a browser send this request, as
            /// [`handstamp::Auth::require_same_origin`], and as the layer of
            /// [`same_origin`](Self::same_origin) does.
            ///
            /// # Errors
            /// [`Error::Rejected`] with `cross_site_request` or `origin_not_allowed`.
            pub fn require_same_origin(
                &self,
                head: &impl handstamp::RequestHead,
            ) -> Result<(), Error> {
                Ok(self.0.require_same_origin(head)?)
            }

            /// Loads the user of a token, as [`handstamp::Auth::load_subject`] and the extractor
            /// `Current`.
            ///
            /// # Errors
            /// [`Error`] if the user no longer exists, or the application does not answer.
            pub async fn load_subject<U>(
                &self,
                token: &handstamp::Authenticated<handstamp::purpose::Access>,
                from: &impl handstamp::subject::LoadSubject<U>,
            ) -> Result<U, Error> {
                Ok(self.0.load_subject(token, from).await?)
            }

            /// Asks `by` whether the bearer of a token may do what `question` describes, as
            /// [`handstamp::Auth::require_permission`], and as the layer of
            /// [`authorize`](Self::authorize) does.
            ///
            /// # Errors
            /// [`Error::Rejected`] with `policy_denied`, or `store_unavailable` if the database of
            /// the rules does not answer.
            pub async fn require_permission<Q: ?Sized>(
                &self,
                token: &handstamp::Authenticated<handstamp::purpose::Access>,
                by: &impl handstamp::authorize::Authorize<Q>,
                question: &Q,
            ) -> Result<(), Error> {
                Ok(self.0.require_permission(token, by, question).await?)
            }
        }

        /// Access tokens of other issuers.
        #[cfg(feature = "asymmetric")]
        impl Auth {
            /// Authenticates a request by an access token of another issuer, or of one of several,
            /// as [`handstamp::Auth::authenticate_foreign`]: by `Authorization: Bearer` alone. In a
            /// handler, [`Head`] is made of the request.
            ///
            /// # Errors
            /// [`Error::Rejected`] with `missing_token`, `invalid_token`, `invalid_signature`,
            /// `token_expired`, `invalid_audience` or `invalid_issuer`.
            pub fn authenticate_foreign(
                &self,
                issuers: &(impl AsRef<[handstamp::foreign::ForeignIssuer]> + ?Sized),
                head: &impl handstamp::RequestHead,
            ) -> Result<handstamp::foreign::ForeignToken, Error> {
                Ok(self.0.authenticate_foreign(issuers, head)?)
            }

            /// Checks that a token of another issuer has all of these scopes, as
            /// [`handstamp::Auth::require_foreign_scopes`].
            ///
            /// # Errors
            /// [`Error::Rejected`] with `insufficient_scope`.
            pub fn require_foreign_scopes<'s>(
                &self,
                token: &handstamp::foreign::ForeignToken,
                required: impl IntoIterator<Item = &'s str>,
            ) -> Result<(), Error> {
                Ok(self.0.require_foreign_scopes(token, required)?)
            }
        }

        /// Rejections that the application decides on.
        impl Auth {
            /// Rejects a request that came too soon after others, as
            /// [`handstamp::Auth::rate_limited`]: 429, with `Retry-After`.
            #[must_use]
            pub fn rate_limited(&self, retry_after: std::time::Duration) -> Error {
                Error::from(self.0.rate_limited(retry_after))
            }

            /// Rejects a log-in whose name or password is wrong, as
            /// [`handstamp::Auth::invalid_credentials`]: 401, with the code `invalid_credentials`.
            #[must_use]
            pub fn invalid_credentials(&self) -> Error {
                Error::from(self.0.invalid_credentials())
            }

            /// Rejects a request for a reason of the application, as [`handstamp::Auth::refuse`]:
            /// with this status, code and message, in the style of all rejections.
            #[must_use]
            pub fn refuse(
                &self,
                status: u16,
                code: &'static str,
                message: impl Into<std::borrow::Cow<'static, str>>,
            ) -> Error {
                Error::from(self.0.refuse(status, code, message))
            }

            /// Rejects a request because of its body, as [`handstamp::Auth::refuse_body`]: 400,
            /// 413, 415 or 422.
            #[must_use]
            pub fn refuse_body(&self, error: handstamp::error::BodyError) -> Error {
                Error::from(self.0.refuse_body(error))
            }

            /// Rejects a request because too much work is under way, as [`handstamp::Auth::busy`]:
            /// 503, with `Retry-After`.
            #[must_use]
            pub fn busy(&self) -> Error {
                Error::from(self.0.busy())
            }

            /// Rejects a request because a database of the application does not answer, as
            /// [`handstamp::Auth::store_unavailable`]: 503, with `Retry-After`.
            #[must_use]
            pub fn store_unavailable(&self, error: handstamp::error::StoreError) -> Error {
                Error::from(self.0.store_unavailable(error))
            }
        }
    };
}
