//! Every setting, one row each, and what is made from the rows: [`Settings`], its defaults, and the
//! names that the environment knows. The builder makes its methods from the same rows.
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
//! * `value`: the method takes an `Argument`; the environment has its text.
//! * `text`: the method takes a text as well, which is read as an `Argument`.
//! * `values`, `texts`: the same for lists.
//! * `secret`: never shown, and also taken from the file that `<NAME>_FILE` names.
//! * `danger`: without a method of its own; [`ConfigBuilder::danger`](super::ConfigBuilder::danger)
//!   switches it on.
//!
//! Rules between settings are in `rules/`; what follows from several settings is in `config.rs`.

use std::time::Duration;

use super::{
    check_sessions::CheckSessions,
    cookie_prefix::CookiePrefix,
    origin_check::OriginCheck,
    parse::{
        duration::{days, minutes},
        text::{HeaderName, Method, Scheme},
    },
    report::Report,
    route::Route,
};
use crate::{
    cookie::{CookieDomain, CookieName, CookiePath, SameSite},
    error::style::ErrorStyle,
    jws::{Algorithm, KeyId},
    location::Location,
    origin::Origin,
    secret::Secret,
};

/// Gives all rows to the macro `$make`.
macro_rules! for_every_setting {
    ($make:ident) => { $make! {
        // Keys: what signs tokens, and what their signatures are checked with.

        /// Sets the secret that signs and verifies with HS256, HS384 and HS512: at least 32, 48 or
        /// 64 bytes.
        "JWT_SECRET_KEY"
        secret_key(secret Secret): Option<Secret> = None;

        /// Sets the secret that was used before. Its tokens are still accepted; none are signed
        /// with it.
        "JWT_PREVIOUS_SECRET_KEY"
        previous_secret_key(secret Secret): Option<Secret> = None;

        /// Sets the private key, in PEM, that signs with an asymmetric algorithm.
        "JWT_PRIVATE_KEY"
        private_key(secret Secret): Option<Secret> = None;

        /// Sets the public key, in PEM. Alone it makes a service that only verifies; together with
        /// a private key it must belong to it.
        "JWT_PUBLIC_KEY"
        public_key(secret Secret): Option<Secret> = None;

        /// Sets the public key that was used before. Tokens of its private key are still accepted.
        "JWT_PREVIOUS_PUBLIC_KEY"
        previous_public_key(secret Secret): Option<Secret> = None;

        /// Sets the name of the key, which tokens carry as `kid`. Default: none.
        "HANDSTAMP_KEY_ID"
        key_id(text KeyId): Option<KeyId> = None;

        /// Sets the name of the previous key. Default: none.
        "HANDSTAMP_PREVIOUS_KEY_ID"
        previous_key_id(text KeyId): Option<KeyId> = None;

        /// Sets the algorithm that signs. Default: HS256.
        "JWT_ALGORITHM"
        algorithm(value Algorithm): Algorithm = Algorithm::Hs256;

        /// Sets the algorithms whose tokens are accepted, besides the one that signs. Each needs
        /// its key. Default: none.
        "JWT_DECODE_ALGORITHMS"
        decode_algorithms(values Algorithm): Vec<Algorithm> = Vec::new();

        // Tokens: lifetimes and claims.

        /// Sets how long an access token lives. Default: 15 minutes.
        "JWT_ACCESS_TOKEN_EXPIRES"
        access_token_expires(value Duration): Duration = minutes(15);

        /// Sets how long a refresh token lives. Default: 20 days.
        "JWT_REFRESH_TOKEN_EXPIRES"
        refresh_token_expires(value Duration): Duration = days(20);

        /// Sets how long after its expiry a token is still accepted, for clocks that differ.
        /// Default: not at all.
        "JWT_DECODE_LEEWAY"
        decode_leeway(value Duration): Duration = Duration::ZERO;

        /// Sets whether tokens carry `nbf`, equal to `iat`. Default: yes.
        "JWT_ENCODE_NBF"
        encode_nbf(value bool): bool = true;

        /// Sets the claim `aud` of new tokens, which is also what tokens must be for, unless
        /// [`ConfigBuilder::decode_audience`] says otherwise. Default: none.
        "JWT_ENCODE_AUDIENCE"
        encode_audience(texts String): Vec<String> = Vec::new();

        /// Sets the audiences of which a token must be for one. Default: as
        /// [`ConfigBuilder::encode_audience`].
        "JWT_DECODE_AUDIENCE"
        decode_audience(texts String): Vec<String> = Vec::new();

        /// Sets the claim `iss` of new tokens, which is also what tokens must carry, unless
        /// [`ConfigBuilder::decode_issuer`] says otherwise. Default: none.
        "JWT_ENCODE_ISSUER"
        encode_issuer(text String): Option<String> = None;

        /// Sets the issuer that tokens must come from. Default: as
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

        /// Sets whose statuses and bodies rejections have. Default: [`ErrorStyle::Standard`].
        "HANDSTAMP_ERROR_STYLE"
        error_style(value ErrorStyle): ErrorStyle = ErrorStyle::Standard;

        // Locations: where tokens are looked for, and what they are called there.

        /// Sets where tokens are looked for, in this order. Default: cookies.
        "JWT_TOKEN_LOCATION"
        token_locations(values Location): Vec<Location> = vec![Location::Cookies];

        /// Sets the header that carries tokens. Default: `Authorization`.
        "JWT_HEADER_NAME"
        header_name(text HeaderName): String = "Authorization".to_owned();

        /// Sets the word before the token in that header. Empty: the header's whole value is the
        /// token. Default: `Bearer`.
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

        /// Sets the domain that shares the cookies. Default: only the host that set them.
        "JWT_COOKIE_DOMAIN"
        cookie_domain(text CookieDomain): Option<CookieDomain> = None;

        /// Sets whether cookies travel over HTTPS only. Default: yes.
        "JWT_COOKIE_SECURE"
        cookie_secure(value bool): bool = true;

        /// Sets whether scripts are kept from the token cookies. Default: yes; no needs
        /// [`Danger::ScriptReadableCookies`].
        "JWT_COOKIE_HTTP_ONLY"
        cookie_http_only(value bool): bool = true;

        /// Sets when requests of other sites carry the cookies. Default: [`SameSite::Lax`].
        "JWT_COOKIE_SAMESITE"
        cookie_samesite(value SameSite): SameSite = SameSite::Lax;

        /// Sets the same for the refresh token and its CSRF cookie. Default: as
        /// [`ConfigBuilder::cookie_samesite`].
        "HANDSTAMP_REFRESH_COOKIE_SAMESITE"
        refresh_cookie_samesite(value SameSite): Option<SameSite> = None;

        /// Sets how long browsers keep the cookies. Default: see [`ConfigBuilder::session_cookie`].
        "JWT_COOKIE_MAX_AGE"
        cookie_max_age(value Duration): Option<Duration> = None;

        /// Sets whether cookies go when the browser closes. Default: yes; if not, all stay as long
        /// as the refresh token lives, or as [`ConfigBuilder::cookie_max_age`] says.
        "JWT_SESSION_COOKIE"
        session_cookie(value bool): bool = true;

        /// Sets whether all four names begin with a prefix that browsers enforce. Default:
        /// [`CookiePrefix::None`].
        "HANDSTAMP_COOKIE_PREFIX"
        cookie_prefix(value CookiePrefix): CookiePrefix = CookiePrefix::None;

        // CSRF: the double submit.

        /// Sets whether requests with a token cookie have to prove that this site started them.
        /// Default: yes; no needs [`Danger::NoCsrf`].
        "JWT_COOKIE_CSRF_PROTECT"
        cookie_csrf_protect(value bool): bool = true;

        /// Sets whether the CSRF value is put in a cookie that scripts can read. Default: yes.
        "JWT_CSRF_IN_COOKIES"
        csrf_in_cookies(value bool): bool = true;

        /// Sets the request methods that are guarded, in capitals; GET stands for HEAD as well.
        /// Default: POST, PUT, PATCH, DELETE; without POST needs [`Danger::NoCsrf`].
        "JWT_CSRF_METHODS"
        csrf_methods(texts Method): Vec<String> = ["POST", "PUT", "PATCH", "DELETE"].map(str::to_owned).into();

        /// Sets whether the CSRF value may come in a form field. Default: no.
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

        /// Sets the pages whose scripts can read the access token's CSRF value. Default: `/`.
        "JWT_ACCESS_CSRF_COOKIE_PATH"
        access_csrf_cookie_path(text CookiePath): CookiePath = CookiePath::default();

        /// Sets the pages whose scripts can read the refresh token's CSRF value. Default: `/`.
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

        /// Sets whether log-ins are kept as sessions. Default: when there is a store. Yes also
        /// refuses refresh tokens without a session, and no `Auth` is made without a store.
        "JWT_SESSION_TRACKING"
        session_tracking(value bool): Option<bool> = None;

        /// Sets whether a session remembers when it was last used. Default: yes.
        "JWT_SESSION_UPDATE_LAST_ACTIVE"
        session_update_last_active(value bool): bool = true;

        /// Sets how long a session lives without a refresh. Default: as long as a refresh token.
        "HANDSTAMP_SESSION_IDLE"
        session_idle(value Duration): Option<Duration> = None;

        /// Sets how long a session lives at most. Default: 90 days.
        "HANDSTAMP_SESSION_ABSOLUTE"
        session_absolute(value Duration): Duration = days(90);

        /// Sets how long the former refresh token is still accepted after its successor has
        /// arrived. Default: 10 seconds.
        "HANDSTAMP_REFRESH_GRACE"
        refresh_grace(value Duration): Duration = Duration::from_secs(10);

        /// Sets when sessions are looked up. Default: [`CheckSessions::EveryRequest`].
        "HANDSTAMP_CHECK_SESSIONS"
        check_sessions(value CheckSessions): CheckSessions = CheckSessions::EveryRequest;

        /// Sets how long the store may take before a request is refused. Default: 2 seconds.
        "HANDSTAMP_STORE_TIMEOUT"
        store_timeout(value Duration): Duration = Duration::from_secs(2);

        // Implicit refresh: without effect unless a layer for it is in place.

        /// Sets with how much time left an access token is renewed. Default: 10 minutes. A token
        /// that does not live longer than this is renewed when half of its life is over.
        "JWT_IMPLICIT_REFRESH_DELTATIME"
        implicit_refresh_deltatime(value Duration): Duration = minutes(10);

        /// Sets the paths that renew tokens: `/a` is that path, `/a/*` every path below it.
        /// Default: all.
        "JWT_IMPLICIT_REFRESH_ROUTE_INCLUDE"
        implicit_refresh_route_include(texts Route): Vec<Route> = Vec::new();

        /// Sets the paths that never renew tokens, in the same form; they win. Default: none.
        "JWT_IMPLICIT_REFRESH_ROUTE_EXCLUDE"
        implicit_refresh_route_exclude(texts Route): Vec<Route> = Vec::new();

        /// Sets the methods that renew tokens. Default: all.
        "JWT_IMPLICIT_REFRESH_METHOD_INCLUDE"
        implicit_refresh_method_include(texts Method): Vec<String> = Vec::new();

        /// Sets the methods that never renew tokens; they win. Default: none.
        "JWT_IMPLICIT_REFRESH_METHOD_EXCLUDE"
        implicit_refresh_method_exclude(texts Method): Vec<String> = Vec::new();

        // Origins: which sites may send requests with cookies.

        /// Sets the origin under which browsers see this service, as in `https://app.example.com`.
        /// With it, requests that other sites start are refused by where they come from, before any
        /// token is looked at. Default: none.
        "HANDSTAMP_PUBLIC_ORIGIN"
        public_origin(text Origin): Option<Origin> = None;

        /// Sets the other origins whose pages may send requests with cookies. Default: none.
        "HANDSTAMP_TRUSTED_ORIGINS"
        trusted_origins(texts Origin): Vec<Origin> = Vec::new();

        /// Sets what happens to requests that other sites start. Default: [`OriginCheck::Enforce`].
        "HANDSTAMP_ORIGIN_CHECK"
        origin_check(value OriginCheck): OriginCheck = OriginCheck::Enforce;

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
    } };
}

/// One setting, as the environment knows it.
pub(super) struct Setting {
    /// `JWT_…` as in AuthX, `HANDSTAMP_…` where AuthX has nothing like it.
    pub(super) name: &'static str,
    pub(super) apply: Apply,
}

/// How text becomes the setting's value. What is wrong with the text ends up in the report.
#[derive(Clone, Copy)]
pub(super) enum Apply {
    Text(fn(&mut Settings, &mut Report, &str)),
    /// Never shown, and also taken from the file that `<NAME>_FILE` names.
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
        /// The values of all settings, each in a field of its own name.
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
            /// Every setting there is. The environment knows no others.
            pub(super) const ALL: &[Setting] = &[
                $(Setting { name: $key, apply: apply!($form $key $name $Argument) },)*
            ];

            /// Drops the texts of keys, once there are keys.
            pub(super) fn forget_secrets(&mut self) {
                $(forget!($form self $name);)*
            }
        }
    };
}

/// A setting's value from text.
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

macro_rules! forget {
    (secret $settings:ident $name:ident) => {
        $settings.$name = None;
    };
    ($form:ident $settings:ident $name:ident) => {};
}

for_every_setting!(define);

pub(super) use for_every_setting;
