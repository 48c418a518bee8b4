//! The names of the claims that this crate interprets, for the modules that read claims, write them
//! and check settings.

pub(crate) const SUB: &str = "sub";
pub(crate) const JTI: &str = "jti";
pub(crate) const TYPE: &str = "type";
pub(crate) const FRESH: &str = "fresh";
pub(crate) const CSRF: &str = "csrf";
pub(crate) const IAT: &str = "iat";
pub(crate) const NBF: &str = "nbf";
pub(crate) const EXP: &str = "exp";
pub(crate) const SID: &str = "sid";
pub(crate) const GEN: &str = "gen";
pub(crate) const AUTH_TIME: &str = "auth_time";
pub(crate) const ISS: &str = "iss";
pub(crate) const AUD: &str = "aud";
pub(crate) const SCOPES: &str = "scopes";
pub(crate) const LOGIN_TYPE: &str = "login_type";

/// Every interpreted claim. Custom claims can never replace one of them.
pub(crate) const REGISTERED: [&str; 15] = [
    SUB, JTI, TYPE, FRESH, CSRF, IAT, NBF, EXP, SID, GEN, AUTH_TIME, ISS, AUD, SCOPES, LOGIN_TYPE,
];

/// The value of `type` of a one-time token, which is neither an access nor a refresh token.
pub(crate) const ONE_TIME: &str = "one_time";

/// The subject of a one-time token, which has no `sub`: some software with the same key looks at
/// neither type nor audience (flask-jwt-extended), and finds no user in it.
pub(crate) const ONE_TIME_FOR: &str = "one_time_for";
