//! The table of all settings, one row each, and what is made from the rows: [`Settings`], its
//! defaults, and the names of the variables. The builder makes its methods from the same rows.
//!
//! A row reads
//!
//! ```text
//! /// Documentation of the builder's method.
//! "JWT_NAME"
//! name(form Argument): Type = default;
//! ```
//!
//! A setting is called `name` everywhere: the method of the builder, the field of [`Settings`],
//! and, in capitals and with a prefix, the variable: `JWT_` for a setting of AuthX, which keeps
//! AuthX's name, `HANDSTAMP_` for any other. The forms:
//!
//! * `value`: the method takes an `Argument`, which the environment has as text.
//! * `text`: the method takes a text as well, which is parsed into an `Argument`.
//! * `values`, `texts`: the same for lists.
//! * `secret`: never shown, and also read from the file that `<NAME>_FILE` names.
//! * `danger`: without a separate method; [`ConfigBuilder::danger`](super::ConfigBuilder::danger)
//!   switches it on.
//!
//! Rules between settings are in `rules/`; values derived from several settings are in `config.rs`.

use std::time::Duration;

use super::{
    check_sessions::CheckSessions,
    cookie_prefix::CookiePrefix,
    former_cookie::FormerCookie,
    log_in_page::LogInPage,
    origin_check::OriginCheck,
    parse::{
        ToText,
        duration::{days, minutes},
        text::{CookieSuffix, HeaderName, Method, Scheme},
    },
    report::Report,
    route::Route,
    setting_info::SettingValue,
};
use crate::{
    cookie::{CookieDomain, CookieName, CookiePath, SameSite},
    error::style::ErrorStyle,
    jws::{Algorithm, KeyId},
    location::Location,
    origin::Origin,
    secret::Secret,
};

/// Passes all rows to the macro `$make`.
macro_rules! for_every_setting {
    ($make:ident) => { $make! {
        // Keys: what signs tokens, and what their signatures are checked with.

        /// Sets the secret that signs and verifies with HS256, HS384 and HS512: at least 32, 48 or
        /// 64 bytes.
        "JWT_SECRET_KEY"
        secret_key(secret Secret): Option<Secret> = None;

        /// Sets the previous secret. Its tokens are still accepted; none are signed with it.
        "JWT_PREVIOUS_SECRET_KEY"
        previous_secret_key(secret Secret): Option<Secret> = None;

        /// Sets the private key, in PEM, that signs with an asymmetric algorithm.
        "JWT_PRIVATE_KEY"
        private_key(secret Secret): Option<Secret> = None;

        /// Sets the public key, in PEM. Without a private key the service only verifies; with one,
        /// the two must belong together.
        "JWT_PUBLIC_KEY"
        public_key(secret Secret): Option<Secret> = None;

        /// Sets the previous public key. Tokens of its private key are still accepted.
        "JWT_PREVIOUS_PUBLIC_KEY"
        previous_public_key(secret Secret): Option<Secret> = None;

        /// Sets the id of the key, which tokens carry in the header `kid`. Default: none.
        "HANDSTAMP_KEY_ID"
        key_id(text KeyId): Option<KeyId> = None;

        /// Sets the id of the previous key. Default: none.
        "HANDSTAMP_PREVIOUS_KEY_ID"
        previous_key_id(text KeyId): Option<KeyId> = None;

        /// Sets the algorithm that signs tokens. Default: HS256.
        "JWT_ALGORITHM"
        algorithm(value Algorithm): Algorithm = Algorithm::Hs256;

        /// Sets the algorithms whose tokens are accepted in addition to the one that signs. Each
        /// needs its key. Default: none.
        "JWT_DECODE_ALGORITHMS"
        decode_algorithms(values Algorithm): Vec<Algorithm> = Vec::new();

        /// Sets whether the signature of a token by a key pair is verified once, and remembered
        /// while the token comes again. All other checks are made for each request. Default: yes.
        "HANDSTAMP_SIGNATURE_CACHE"
        signature_cache(value bool): bool = true;

        // Tokens: lifetimes and claims.

        /// Sets how long an access token lives. Default: 15 minutes.
        "JWT_ACCESS_TOKEN_EXPIRES"
        access_token_expires(value Duration): Duration = minutes(15);

        /// Sets how long a refresh token lives. Default: 20 days.
        "JWT_REFRESH_TOKEN_EXPIRES"
        refresh_token_expires(value Duration): Duration = days(20);

        /// Sets how long after its expiry a token is still accepted, to allow for clock skew.
        /// Default: zero.
        "JWT_DECODE_LEEWAY"
        decode_leeway(value Duration): Duration = Duration::ZERO;

        /// Sets whether tokens carry `nbf`, equal to `iat`. Default: yes.
        "JWT_ENCODE_NBF"
        encode_nbf(value bool): bool = true;

        /// Sets the claim `aud` of new tokens. Accepted tokens must name one of these audiences as
        /// well, unless [`ConfigBuilder::decode_audience`] is set. Default: none.
        "JWT_ENCODE_AUDIENCE"
        encode_audience(texts String): Vec<String> = Vec::new();

        /// Sets the audiences of which a token must name one. Default: those of
        /// [`ConfigBuilder::encode_audience`].
        "JWT_DECODE_AUDIENCE"
        decode_audience(texts String): Vec<String> = Vec::new();

        /// Sets the claim `iss` of new tokens. Tokens must state it as well, unless
        /// [`ConfigBuilder::decode_issuer`] is set. Default: none.
        "JWT_ENCODE_ISSUER"
        encode_issuer(text String): Option<String> = None;

        /// Sets the issuer that tokens must state. Default: that of
        /// [`ConfigBuilder::encode_issuer`].
        "JWT_DECODE_ISSUER"
        decode_issuer(text String): Option<String> = None;

        /// Sets the claim that names the user, in addition to `sub`. Default: `sub` alone.
        "JWT_IDENTITY_CLAIM"
        identity_claim(text String): String = "sub".to_owned();

        // Errors: what rejections look like.

        /// Sets the member of an error's body that holds the message. Default: `message`.
        "JWT_ERROR_MESSAGE_KEY"
        error_message_key(text String): String = "message".to_owned();

        /// Sets the style of rejections: their statuses and bodies. Default:
        /// [`ErrorStyle::Standard`].
        "HANDSTAMP_ERROR_STYLE"
        error_style(value ErrorStyle): ErrorStyle = ErrorStyle::Standard;

        /// Sets the path of the page at which users log in. Layers then redirect a browser that
        /// opens a page without being logged in to this page, instead of showing it the rejection.
        /// See [`defaults`](crate::_documentation::defaults). Default: none.
        "HANDSTAMP_LOG_IN_PAGE"
        log_in_page(text LogInPage): Option<LogInPage> = None;

        // Locations: where tokens are looked for, and what they are called there.

        /// Sets where tokens are looked for, in this order. Default: cookies.
        "JWT_TOKEN_LOCATION"
        token_locations(values Location): Vec<Location> = vec![Location::Cookies];

        /// Sets the header that carries tokens. Default: `Authorization`.
        "JWT_HEADER_NAME"
        header_name(text HeaderName): String = "Authorization".to_owned();

        /// Sets the authentication scheme before the token in that header. If empty, the whole
        /// value of the header is the token. Default: `Bearer`.
        "JWT_HEADER_TYPE"
        header_type(text Scheme): String = "Bearer".to_owned();

        /// Sets the query parameter that carries tokens. Default: `token`.
        "JWT_QUERY_STRING_NAME"
        query_string_name(text String): String = "token".to_owned();

        /// Sets the member of a JSON body that carries access tokens. Default: `access_token`.
        "JWT_JSON_KEY"
        json_key(text String): String = "access_token".to_owned();

        /// Sets the member of a JSON body that carries refresh tokens. Default: `refresh_token`.
        "JWT_REFRESH_JSON_KEY"
        refresh_json_key(text String): String = "refresh_token".to_owned();

        // Cookies: those of tokens, and what those of CSRF values share with them.

        /// Sets the cookie that holds access tokens. Default: `access_token_cookie`.
        "JWT_ACCESS_COOKIE_NAME"
        access_cookie_name(text CookieName): Option<CookieName> = None;

        /// Sets the cookie that holds refresh tokens. Default: `refresh_token_cookie`.
        "JWT_REFRESH_COOKIE_NAME"
        refresh_cookie_name(text CookieName): Option<CookieName> = None;

        /// Sets the path below which browsers send the access token. Default: `/`.
        "JWT_ACCESS_COOKIE_PATH"
        access_cookie_path(text CookiePath): CookiePath = CookiePath::default();

        /// Sets the path below which browsers send the refresh token. Default: `/`.
        "JWT_REFRESH_COOKIE_PATH"
        refresh_cookie_path(text CookiePath): CookiePath = CookiePath::default();

        /// Sets the `Domain` of the cookies. Default: none, so only the host that set them gets
        /// them.
        "JWT_COOKIE_DOMAIN"
        cookie_domain(text CookieDomain): Option<CookieDomain> = None;

        /// Sets whether cookies are `Secure`: sent over HTTPS only. Default: yes.
        "JWT_COOKIE_SECURE"
        cookie_secure(value bool): bool = true;

        /// Sets whether token cookies are `HttpOnly`: hidden from scripts. Default: yes; no
        /// requires [`Danger::ScriptReadableCookies`].
        "JWT_COOKIE_HTTP_ONLY"
        cookie_http_only(value bool): bool = true;

        /// Sets with which cross-site requests browsers send the cookies. Default:
        /// [`SameSite::Lax`].
        "JWT_COOKIE_SAMESITE"
        cookie_samesite(value SameSite): SameSite = SameSite::Lax;

        /// Sets `SameSite` of the refresh token and its CSRF cookie. Default: that of
        /// [`ConfigBuilder::cookie_samesite`].
        "HANDSTAMP_REFRESH_COOKIE_SAMESITE"
        refresh_cookie_samesite(value SameSite): Option<SameSite> = None;

        /// Sets the `Max-Age` of the cookies. Default: see [`ConfigBuilder::session_cookie`].
        "JWT_COOKIE_MAX_AGE"
        cookie_max_age(value Duration): Option<Duration> = None;

        /// Sets whether cookies go when the browser closes. Default: yes; if not, all stay as long
        /// as the refresh token lives, or as [`ConfigBuilder::cookie_max_age`] says.
        "JWT_SESSION_COOKIE"
        session_cookie(value bool): bool = true;

        /// Sets whether browsers keep the cookies apart for each site that embeds the service in a
        /// frame: the attribute `Partitioned` (CHIPS). Default: no.
        "HANDSTAMP_COOKIE_PARTITIONED"
        cookie_partitioned(value bool): bool = false;

        /// Sets the cookies of earlier configurations that a log-in and a log-out delete, each as
        /// its name, and where it had them `Domain` and `Path`
        /// (`session; Domain=example.com; Path=/app`). Default: none.
        "HANDSTAMP_FORMER_COOKIES"
        former_cookies(texts FormerCookie): Vec<FormerCookie> = Vec::new();

        /// Sets the prefix of all four cookie names, which browsers enforce. Default:
        /// [`CookiePrefix::None`].
        "HANDSTAMP_COOKIE_PREFIX"
        cookie_prefix(value CookiePrefix): CookiePrefix = CookiePrefix::None;

        /// Sets the end of all four cookie names, so that applications on several ports of one host
        /// have names of their own: ports share cookies. Default: none.
        "HANDSTAMP_COOKIE_SUFFIX"
        cookie_suffix(text CookieSuffix): String = String::new();

        // CSRF: the double submit.

        /// Sets whether requests with a token cookie must prove that this site initiated them.
        /// Default: yes; no requires [`Danger::NoCsrf`], or an enforced
        /// [`ConfigBuilder::public_origin`].
        "JWT_COOKIE_CSRF_PROTECT"
        cookie_csrf_protect(value bool): bool = true;

        /// Sets whether the CSRF value is set in a cookie that scripts can read. Default: yes.
        "JWT_CSRF_IN_COOKIES"
        csrf_in_cookies(value bool): bool = true;

        /// Sets the request methods that are protected, in capitals; GET includes HEAD. Default:
        /// POST, PUT, PATCH, DELETE. To leave out POST has the same requirement as to disable
        /// [`ConfigBuilder::cookie_csrf_protect`].
        "JWT_CSRF_METHODS"
        csrf_methods(texts Method): Vec<String> = ["POST", "PUT", "PATCH", "DELETE"].map(str::to_owned).into();

        /// Sets whether the CSRF value is accepted in a form field. Default: no.
        "JWT_CSRF_CHECK_FORM"
        csrf_check_form(value bool): bool = false;

        /// Sets the cookie that holds the CSRF value of the access token. Default:
        /// `csrf_access_token`.
        "JWT_ACCESS_CSRF_COOKIE_NAME"
        access_csrf_cookie_name(text CookieName): Option<CookieName> = None;

        /// Sets the cookie that holds the CSRF value of the refresh token. Default:
        /// `csrf_refresh_token`.
        "JWT_REFRESH_CSRF_COOKIE_NAME"
        refresh_csrf_cookie_name(text CookieName): Option<CookieName> = None;

        /// Sets the path below which pages can read the access token's CSRF value. Default: `/`.
        "JWT_ACCESS_CSRF_COOKIE_PATH"
        access_csrf_cookie_path(text CookiePath): CookiePath = CookiePath::default();

        /// Sets the path below which pages can read the refresh token's CSRF value. Default: `/`.
        "JWT_REFRESH_CSRF_COOKIE_PATH"
        refresh_csrf_cookie_path(text CookiePath): CookiePath = CookiePath::default();

        /// Sets the header that repeats the CSRF value of the access token. Default:
        /// `X-CSRF-TOKEN`.
        "JWT_ACCESS_CSRF_HEADER_NAME"
        access_csrf_header_name(text HeaderName): String = "X-CSRF-TOKEN".to_owned();

        /// Sets the header that repeats the CSRF value of the refresh token. Default:
        /// `X-CSRF-TOKEN`.
        "JWT_REFRESH_CSRF_HEADER_NAME"
        refresh_csrf_header_name(text HeaderName): String = "X-CSRF-TOKEN".to_owned();

        /// Sets the form field that repeats the CSRF value of the access token. Default:
        /// `csrf_token`.
        "JWT_ACCESS_CSRF_FIELD_NAME"
        access_csrf_field_name(text String): String = "csrf_token".to_owned();

        /// Sets the form field that repeats the CSRF value of the refresh token. Default:
        /// `csrf_token`.
        "JWT_REFRESH_CSRF_FIELD_NAME"
        refresh_csrf_field_name(text String): String = "csrf_token".to_owned();

        // Sessions: what lives longer than one token.

        /// Sets whether log-ins are tracked as sessions. Default: if there is a store. With yes,
        /// refresh tokens without a session are rejected, and no `Auth` is built without a store.
        "JWT_SESSION_TRACKING"
        session_tracking(value bool): Option<bool> = None;

        /// Sets whether a session records when it was last used. Default: yes.
        "JWT_SESSION_UPDATE_LAST_ACTIVE"
        session_update_last_active(value bool): bool = true;

        /// Sets the idle timeout of a session, its lifetime without a refresh. Default: the
        /// lifetime of a refresh token.
        "HANDSTAMP_SESSION_IDLE"
        session_idle(value Duration): Option<Duration> = None;

        /// Sets the absolute timeout of a session. Default: 90 days.
        "HANDSTAMP_SESSION_ABSOLUTE"
        session_absolute(value Duration): Duration = days(90);

        /// Sets how many sessions a user may have. A log-in beyond it ends those that were least
        /// recently used. Default: 100.
        "HANDSTAMP_SESSIONS_PER_USER"
        sessions_per_user(value usize): usize = 100;

        /// Sets how long the former refresh token is still accepted after its successor has
        /// arrived. Default: 10 seconds.
        "HANDSTAMP_REFRESH_GRACE"
        refresh_grace(value Duration): Duration = Duration::from_secs(10);

        /// Sets when sessions are looked up in the store. Default: [`CheckSessions::EveryRequest`].
        "HANDSTAMP_CHECK_SESSIONS"
        check_sessions(value CheckSessions): CheckSessions = CheckSessions::EveryRequest;

        /// Sets the timeout of the store, after which a request is rejected. Default: 2 seconds.
        "HANDSTAMP_STORE_TIMEOUT"
        store_timeout(value Duration): Duration = Duration::from_secs(2);

        // Implicit refresh: without effect unless a layer for it is in place.

        /// Sets the remaining lifetime below which an access token is renewed. Default: 10 minutes.
        /// A token that does not live longer than this is renewed after half of its lifetime.
        "JWT_IMPLICIT_REFRESH_DELTATIME"
        implicit_refresh_deltatime(value Duration): Duration = minutes(10);

        /// Sets the paths that renew tokens: `/a` is that path, `/a/*` every path below it.
        /// Default: all.
        "JWT_IMPLICIT_REFRESH_ROUTE_INCLUDE"
        implicit_refresh_route_include(texts Route): Vec<Route> = Vec::new();

        /// Sets the paths that never renew tokens, in the same form; they take precedence. Default:
        /// none.
        "JWT_IMPLICIT_REFRESH_ROUTE_EXCLUDE"
        implicit_refresh_route_exclude(texts Route): Vec<Route> = Vec::new();

        /// Sets the methods that renew tokens. Default: all.
        "JWT_IMPLICIT_REFRESH_METHOD_INCLUDE"
        implicit_refresh_method_include(texts Method): Vec<String> = Vec::new();

        /// Sets the methods that never renew tokens; they take precedence. Default: none.
        "JWT_IMPLICIT_REFRESH_METHOD_EXCLUDE"
        implicit_refresh_method_exclude(texts Method): Vec<String> = Vec::new();

        // Origins: which sites may send requests with cookies.

        /// Sets the public origin of this service, as browsers see it (`https://app.example.com`).
        /// With it, cross-site requests are rejected by their stated origin, before any token is
        /// read. Default: none.
        "HANDSTAMP_PUBLIC_ORIGIN"
        public_origin(text Origin): Option<Origin> = None;

        /// Sets the other origins whose pages may send requests with cookies. Default: none.
        "HANDSTAMP_TRUSTED_ORIGINS"
        trusted_origins(texts Origin): Vec<Origin> = Vec::new();

        /// Sets what happens to cross-site requests. Default: [`OriginCheck::Enforce`].
        "HANDSTAMP_ORIGIN_CHECK"
        origin_check(value OriginCheck): OriginCheck = OriginCheck::Enforce;

        // Log: what it says of users.

        /// Sets whether the log names the account of each event of a session, by its login type and
        /// subject. Default: no; it shows the start of a hash, the same for the same account.
        "HANDSTAMP_LOG_SUBJECTS"
        log_subjects(value bool): bool = false;

        // Dangers: each is documented at its variant of `Danger`.

        /// Allows `Danger::ShortSecret`.
        "HANDSTAMP_DANGER_SHORT_SECRET"
        danger_short_secret(danger bool): bool = false;

        /// Allows `Danger::ScriptReadableCookies`.
        "HANDSTAMP_DANGER_SCRIPT_READABLE_COOKIES"
        danger_script_readable_cookies(danger bool): bool = false;

        /// Allows `Danger::NoCsrf`.
        "HANDSTAMP_DANGER_NO_CSRF"
        danger_no_csrf(danger bool): bool = false;

        /// Allows `Danger::PlainHttp`.
        "HANDSTAMP_DANGER_PLAIN_HTTP"
        danger_plain_http(danger bool): bool = false;
    } };
}

/// One setting, by the name of its variable.
pub(super) struct Setting {
    /// `JWT_…` as in AuthX, `HANDSTAMP_…` for a setting that AuthX does not have.
    pub(super) name: &'static str,
    pub(super) apply: Apply,
    pub(super) show: fn(&Settings) -> SettingValue,
}

/// How a text becomes the value of the setting. Problems of the text are reported.
#[derive(Clone, Copy)]
pub(super) enum Apply {
    Text(fn(&mut Settings, &mut Report, &str)),
    /// Never shown, and also read from the file that `<NAME>_FILE` names.
    Secret(fn(&mut Settings, &mut Report, Secret)),
}

impl Setting {
    pub(super) fn is_secret(&self) -> bool {
        matches!(self.apply, Apply::Secret(_))
    }
}

/// Makes the struct, its defaults and the list of names.
macro_rules! define {
    ($(
        $(#[$doc:meta])*
        $key:literal
        $name:ident($form:ident $Argument:ty): $Type:ty = $default:expr;
    )*) => {
        /// The values of all settings, each in the field of its name.
        #[derive(Debug)]
        pub(crate) struct Settings {
            $(
                #[doc = concat!("`", $key, "`")]
                pub(crate) $name: $Type,
            )*
        }

        impl Default for Settings {
            fn default() -> Self {
                Self { $($name: $default,)* }
            }
        }

        impl Settings {
            /// Every setting. Any other variable is unknown.
            pub(super) const ALL: &[Setting] = &[
                $(Setting {
                    name: $key,
                    apply: apply!($form $key $name $Argument),
                    show: show!($form $name),
                },)*
            ];

            /// Drops the texts of keys, once the keys are built.
            pub(super) fn forget_secrets(&mut self) {
                $(forget!($form self $name);)*
            }
        }
    };
}

/// Sets a setting's value from text.
macro_rules! apply {
    (secret $key:literal $name:ident $Argument:ty) => {
        Apply::Secret(|settings, report, secret| {
            report.begin($key);
            settings.$name = Some(secret);
        })
    };
    (values $($row:tt)*) => { apply!(texts $($row)*) };
    (texts $key:literal $name:ident $Argument:ty) => {
        Apply::Text(|settings, report, text| {
            if let Some(values) = report.read::<Vec<$Argument>>($key, text) {
                settings.$name = values.into_iter().map(Into::into).collect();
            }
        })
    };
    ($form:ident $key:literal $name:ident $Argument:ty) => {
        Apply::Text(|settings, report, text| {
            if let Some(value) = report.read::<$Argument>($key, text) {
                settings.$name = value.into();
            }
        })
    };
}

/// Shows a setting's value as text.
macro_rules! show {
    (secret $name:ident) => {
        |settings| match settings.$name {
            Some(_) => SettingValue::Redacted,
            None => SettingValue::Unset,
        }
    };
    ($form:ident $name:ident) => {
        |settings| {
            let text = settings.$name.to_text();
            text.map_or(SettingValue::Unset, SettingValue::Text)
        }
    };
}

macro_rules! forget {
    (secret $settings:ident $name:ident) => {
        $settings.$name = None;
    };
    ($form:ident $settings:ident $name:ident) => {};
}

for_every_setting!(define);

pub(super) use for_every_setting;
