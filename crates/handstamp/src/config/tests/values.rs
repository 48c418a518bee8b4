//! One row per setting: a valid value and its effect, and values that are refused.

use std::fmt::Debug;

use super::{OTHER, problems, with};
use crate::{
    config::{Config, settings::Settings},
    cookie::SetCookie,
    purpose::sealed::Kind,
};

struct Row {
    key: &'static str,
    good: &'static str,
    /// Other settings that it needs.
    given: &'static [(&'static str, &'static str)],
    read: fn(&Config) -> String,
    means: &'static str,
    /// A value and the whole problem.
    bad: &'static [(&'static str, &'static str)],
}

#[test]
fn every_setting_does_something_and_refuses_nonsense() {
    for Row {
        key,
        good,
        given,
        read,
        means,
        bad,
    } in ROWS
    {
        let mut variables = given.to_vec();
        variables.push((*key, *good));
        let config = with(&variables).unwrap_or_else(|error| panic!("{key}={good}: {error}"));
        assert_eq!(read(&config), *means, "{key}={good}");
        for (value, problem) in *bad {
            let mut variables = given.to_vec();
            variables.push((*key, *value));
            assert_eq!(problems(with(&variables)), [*problem], "{key}={value}");
        }
        let mut variables = given.to_vec();
        variables.push((*key, ""));
        let empty = match *key {
            "JWT_HEADER_TYPE" | "HANDSTAMP_COOKIE_SUFFIX" => continue,
            "JWT_SECRET_KEY" | "JWT_PREVIOUS_SECRET_KEY" => {
                format!("{key}: the secret is empty. Make one with `openssl rand -base64 64`")
            }
            _ => format!("{key}=\"\": empty. Remove it"),
        };
        assert_eq!(problems(with(&variables)), [empty]);
    }
}

#[test]
fn every_setting_has_a_row() {
    let keys: Vec<_> = ROWS.iter().map(|row| row.key).collect();
    for setting in Settings::ALL {
        // The PEM settings are in pem.rs.
        assert!(
            keys.contains(&setting.name)
                || setting.name.ends_with("PRIVATE_KEY")
                || setting.name.ends_with("PUBLIC_KEY"),
            "{}",
            setting.name
        );
    }
}

/// Returns the other settings that one needs, and a good value.
pub(super) fn good(key: &str) -> Option<(Variables, &'static str)> {
    let row = ROWS.iter().find(|row| row.key == key)?;
    Some((row.given, row.good))
}

pub(super) type Variables = &'static [(&'static str, &'static str)];

fn debug(value: impl Debug) -> String {
    format!("{value:?}")
}

// Formatted by hand, so that a value and its problem stay on one line.
#[rustfmt::skip]
const ROWS: &[Row] = &[
    Row {
        key: "JWT_SECRET_KEY", good: OTHER, given: &[],
        read: |config| debug(config.keys().sign(b"{}").is_ok()), means: "true",
        bad: &[
            ("short", "JWT_SECRET_KEY: the secret has 5 bytes and HS256 needs at least 32 (RFC 7518, section 3.2). Make one with `openssl rand -base64 64`"),
        ],
    },
    Row {
        key: "JWT_PREVIOUS_SECRET_KEY", good: OTHER, given: &[],
        read: |config| config.warnings().len().to_string(), means: "0",
        bad: &[
            ("short", "JWT_PREVIOUS_SECRET_KEY: the secret has 5 bytes and HS256 needs at least 32 (RFC 7518, section 3.2). Make one with `openssl rand -base64 64`"),
        ],
    },
    Row {
        key: "HANDSTAMP_KEY_ID", good: "2026-01", given: &[],
        read: |config| debug(config.keys()).contains("2026-01").to_string(), means: "true",
        bad: &[
            (r#"a"b"#, r#"HANDSTAMP_KEY_ID="a\"b": a key id has 1 to 128 characters of printable ASCII, without " and \. Use a short name of letters and digits"#),
        ],
    },
    Row {
        key: "HANDSTAMP_PREVIOUS_KEY_ID", good: "2025-12", given: &[("JWT_PREVIOUS_SECRET_KEY", OTHER)],
        read: |config| debug(config.keys()).contains("2025-12").to_string(), means: "true",
        bad: &[
            (r#"a"b"#, r#"HANDSTAMP_PREVIOUS_KEY_ID="a\"b": a key id has 1 to 128 characters of printable ASCII, without " and \. Use a short name of letters and digits"#),
        ],
    },
    Row {
        key: "JWT_ALGORITHM", good: "HS384", given: &[("JWT_SECRET_KEY","0123456789abcdef0123456789abcdef0123456789abcdef")],
        read: |config| debug(config.keys()).contains("HS384").to_string(), means: "true",
        bad: &[
            ("HS257", r#"JWT_ALGORITHM="HS257": not one of HS256, HS384, HS512, RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384, ES512, ES256K, EdDSA. Use "HS256""#),
            ("none", r#"JWT_ALGORITHM="none": not one of HS256, HS384, HS512, RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384, ES512, ES256K, EdDSA. Use "HS256""#),
            ("hs256", r#"JWT_ALGORITHM="hs256": not one of HS256, HS384, HS512, RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384, ES512, ES256K, EdDSA. Use "HS256""#),
        ],
    },
    Row {
        key: "JWT_DECODE_ALGORITHMS", good: "HS256,HS384", given: &[("JWT_SECRET_KEY","0123456789abcdef0123456789abcdef0123456789abcdef")],
        read: |config| debug(config.keys()).contains("HS384").to_string(), means: "true",
        bad: &[
            ("HS256,none", r#"JWT_DECODE_ALGORITHMS="HS256,none": not one of HS256, HS384, HS512, RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384, ES512, ES256K, EdDSA. Use "HS256""#),
            ("[]", "JWT_DECODE_ALGORITHMS: an empty list. Remove it"),
        ],
    },
    Row {
        key: "HANDSTAMP_SIGNATURE_CACHE", good: "false", given: &[],
        read: |config| debug(config.settings.signature_cache), means: "false",
        bad: &[
            ("60", r#"HANDSTAMP_SIGNATURE_CACHE="60": neither true nor false. Use true or false"#),
        ],
    },
    Row {
        key: "JWT_ACCESS_TOKEN_EXPIRES", good: "PT5M", given: &[],
        read: |config| debug(config.settings.access_token_expires), means: "300s",
        bad: &[
            ("5 minutes", r#"JWT_ACCESS_TOKEN_EXPIRES="5 minutes": not a duration. Use seconds (900) or a form like 15m, 1h30m, 20d, PT15M, P20D"#),
            ("0", r#"JWT_ACCESS_TOKEN_EXPIRES="0s": shorter than a second. Use something like 15m or 20d"#),
            ("21d", r#"JWT_ACCESS_TOKEN_EXPIRES="21d": longer than JWT_REFRESH_TOKEN_EXPIRES, 20d. Make it shorter"#),
            ("4000d", r#"JWT_ACCESS_TOKEN_EXPIRES="4000d": longer than ten years. Use something like 15m or 20d"#),
        ],
    },
    Row {
        key: "JWT_REFRESH_TOKEN_EXPIRES", good: "30d", given: &[],
        read: |config| debug(config.settings.refresh_token_expires), means: "2592000s",
        bad: &[
            ("never", r#"JWT_REFRESH_TOKEN_EXPIRES="never": not a duration. Use seconds (900) or a form like 15m, 1h30m, 20d, PT15M, P20D"#),
            ("0s", r#"JWT_REFRESH_TOKEN_EXPIRES="0s": shorter than a second. Use something like 15m or 20d"#),
            ("3651d", r#"JWT_REFRESH_TOKEN_EXPIRES="3651d": longer than ten years. Use something like 15m or 20d"#),
            ("1m", r#"JWT_REFRESH_TOKEN_EXPIRES="1m": shorter than JWT_ACCESS_TOKEN_EXPIRES, 15m. Make it longer"#),
        ],
    },
    Row {
        key: "JWT_DECODE_LEEWAY", good: "10", given: &[],
        read: |config| debug(config.settings.decode_leeway), means: "10s",
        bad: &[
            ("-1", r#"JWT_DECODE_LEEWAY="-1": not a duration. Use seconds (900) or a form like 15m, 1h30m, 20d, PT15M, P20D"#),
        ],
    },
    Row {
        key: "JWT_ENCODE_NBF", good: "no", given: &[],
        read: |config| debug(config.settings.encode_nbf), means: "false",
        bad: &[
            ("nein", r#"JWT_ENCODE_NBF="nein": neither true nor false. Use true or false"#),
        ],
    },
    Row {
        key: "JWT_ENCODE_AUDIENCE", good: "a", given: &[],
        read: |config| debug((&config.settings.encode_audience, config.expected_audience())), means: r#"(["a"], ["a"])"#,
        bad: &[
            ("a,,b", r#"JWT_ENCODE_AUDIENCE="a,,b": an item is empty. Remove the item"#),
            (r#"["a""#, r#"JWT_ENCODE_AUDIENCE="[\"a\"": not a JSON list of texts. Use a, b or ["a", "b"]"#),
            ("[]", "JWT_ENCODE_AUDIENCE: an empty list. Remove it"),
        ],
    },
    Row {
        key: "JWT_DECODE_AUDIENCE", good: r#"["a", "b"]"#, given: &[],
        read: |config| debug((&config.settings.encode_audience, config.expected_audience())), means: r#"([], ["a", "b"])"#,
        bad: &[
            ("[1]", r#"JWT_DECODE_AUDIENCE="[1]": not a JSON list of texts. Use a, b or ["a", "b"]"#),
            ("[]", "JWT_DECODE_AUDIENCE: an empty list. Remove it"),
        ],
    },
    Row {
        key: "JWT_ENCODE_ISSUER", good: "me", given: &[],
        read: |config| debug((config.settings.encode_issuer.as_deref(), config.expected_issuer())), means: r#"(Some("me"), Some("me"))"#,
        bad: &[
            (" me", r#"JWT_ENCODE_ISSUER=" me": begins or ends with white space. Remove the white space"#),
        ],
    },
    Row {
        key: "JWT_DECODE_ISSUER", good: "https://issuer.example", given: &[],
        read: |config| debug((config.settings.encode_issuer.as_deref(), config.expected_issuer())), means: r#"(None, Some("https://issuer.example"))"#,
        bad: &[
            ("me\n", r#"JWT_DECODE_ISSUER="me\n": begins or ends with white space. Remove the white space"#),
        ],
    },
    Row {
        key: "JWT_IDENTITY_CLAIM", good: "uid", given: &[],
        read: |config| config.settings.identity_claim.clone(), means: "uid",
        bad: &[
            ("iss", r#"JWT_IDENTITY_CLAIM="iss": this claim has a meaning of its own. Use "sub" or a name of your own"#),
        ],
    },
    Row {
        key: "JWT_ERROR_MESSAGE_KEY", good: "detail", given: &[],
        read: |config| config.settings.error_message_key.clone(), means: "detail",
        bad: &[
            ("status", r#"JWT_ERROR_MESSAGE_KEY="status": another member of the body has this name. Use "message" or a name of your own"#),
        ],
    },
    Row {
        key: "HANDSTAMP_ERROR_STYLE", good: "AuthX", given: &[],
        read: |config| debug(config.settings.error_style), means: "AuthX",
        bad: &[
            ("auth", r#"HANDSTAMP_ERROR_STYLE="auth": not one of standard, authx. Use "authx""#),
            ("python", r#"HANDSTAMP_ERROR_STYLE="python": not one of standard, authx. Use "standard""#),
        ],
    },
    Row {
        key: "HANDSTAMP_LOG_IN_PAGE", good: "/log-in", given: &[],
        read: |config| debug(&config.settings.log_in_page), means: r#"Some(LogInPage("/log-in"))"#,
        bad: &[
            ("log-in", r#"HANDSTAMP_LOG_IN_PAGE="log-in": a path begins with one '/'. Use a path, as in "/log-in""#),
            ("//evil.example", r#"HANDSTAMP_LOG_IN_PAGE="//evil.example": a path begins with one '/'. Use a path, as in "/log-in""#),
            ("https://app.example.com/log-in", r#"HANDSTAMP_LOG_IN_PAGE="https://app.example.com/log-in": a path begins with one '/'. Use a path, as in "/log-in""#),
            (r"/\evil.example", r#"HANDSTAMP_LOG_IN_PAGE="/\\evil.example": not the path of an address: it has neither a query nor a fragment, and other characters are percent-encoded. Use a path, as in "/log-in""#),
            ("/log-in?next=/", r#"HANDSTAMP_LOG_IN_PAGE="/log-in?next=/": not the path of an address: it has neither a query nor a fragment, and other characters are percent-encoded. Use a path, as in "/log-in""#),
        ],
    },
    Row {
        key: "JWT_TOKEN_LOCATION", good: r#"["headers", "cookies", "query_string"]"#, given: &[],
        read: |config| debug(&config.settings.token_locations), means: "[Headers, Cookies, Query]",
        bad: &[
            ("cookie", r#"JWT_TOKEN_LOCATION="cookie": not one of cookies, headers, query, json. Use "cookies""#),
            ("cookies,cookies", r#"JWT_TOKEN_LOCATION="cookies,cookies": cookies is listed twice. List it once"#),
            ("[]", r#"JWT_TOKEN_LOCATION: an empty list: no request could have a token. Use "cookies""#),
        ],
    },
    Row {
        key: "JWT_HEADER_NAME", good: "X-Token", given: &[],
        read: |config| config.settings.header_name.clone(), means: "X-Token",
        bad: &[
            ("X Token", r#"JWT_HEADER_NAME="X Token": not the name of a header. Use letters, digits and hyphens"#),
        ],
    },
    Row {
        key: "JWT_HEADER_TYPE", good: "", given: &[],
        read: |config| config.settings.header_type.clone(), means: "",
        bad: &[
            ("Bearer ", r#"JWT_HEADER_TYPE="Bearer ": begins or ends with white space. Remove the white space"#),
        ],
    },
    Row {
        key: "JWT_QUERY_STRING_NAME", good: "jwt", given: &[],
        read: |config| config.settings.query_string_name.clone(), means: "jwt",
        bad: &[
            ("jwt ", r#"JWT_QUERY_STRING_NAME="jwt ": begins or ends with white space. Remove the white space"#),
        ],
    },
    Row {
        key: "JWT_JSON_KEY", good: "jwt", given: &[],
        read: |config| config.json_member(Kind::Access).to_owned(), means: "jwt",
        bad: &[
            ("jwt ", r#"JWT_JSON_KEY="jwt ": begins or ends with white space. Remove the white space"#),
        ],
    },
    Row {
        key: "JWT_REFRESH_JSON_KEY", good: "jwt", given: &[],
        read: |config| config.json_member(Kind::Refresh).to_owned(), means: "jwt",
        bad: &[
            ("jwt ", r#"JWT_REFRESH_JSON_KEY="jwt ": begins or ends with white space. Remove the white space"#),
        ],
    },
    Row {
        key: "JWT_ACCESS_COOKIE_NAME", good: "session", given: &[],
        read: |config| config.cookies(Kind::Access).token.name.to_string(), means: "session",
        bad: &[
            ("a b", r#"JWT_ACCESS_COOKIE_NAME="a b": ' ' at position 2 cannot be in a cookie name: letters, digits and !#$%&'*+-.^_`|~ can. Use letters, digits, hyphens and underscores"#),
            ("csrf_access_token", r#"JWT_ACCESS_COOKIE_NAME="csrf_access_token": the same name as JWT_ACCESS_CSRF_COOKIE_NAME. Use four different names"#),
            ("__Host-Http-a; b", r#"JWT_ACCESS_COOKIE_NAME="__Host-Http-a; b": ';' at position 14 cannot be in a cookie name: letters, digits and !#$%&'*+-.^_`|~ can. Use letters, digits, hyphens and underscores"#),
        ],
    },
    Row {
        key: "JWT_ACCESS_COOKIE_PATH", good: "/api", given: &[],
        read: |config| config.cookies(Kind::Access).token.attributes.path.to_string(), means: "/api",
        bad: &[
            ("api", r#"JWT_ACCESS_COOKIE_PATH="api": a cookie path begins with '/': browsers put another in its place otherwise. Use a path that begins with a slash, as in "/""#),
        ],
    },
    Row {
        key: "JWT_REFRESH_COOKIE_NAME", good: "session", given: &[],
        read: |config| config.cookies(Kind::Refresh).token.name.to_string(), means: "session",
        bad: &[
            ("a b", r#"JWT_REFRESH_COOKIE_NAME="a b": ' ' at position 2 cannot be in a cookie name: letters, digits and !#$%&'*+-.^_`|~ can. Use letters, digits, hyphens and underscores"#),
            ("csrf_refresh_token", r#"JWT_REFRESH_COOKIE_NAME="csrf_refresh_token": the same name as JWT_REFRESH_CSRF_COOKIE_NAME. Use four different names"#),
            ("__Host-Http-a; b", r#"JWT_REFRESH_COOKIE_NAME="__Host-Http-a; b": ';' at position 14 cannot be in a cookie name: letters, digits and !#$%&'*+-.^_`|~ can. Use letters, digits, hyphens and underscores"#),
        ],
    },
    Row {
        key: "JWT_REFRESH_COOKIE_PATH", good: "/api", given: &[],
        read: |config| config.cookies(Kind::Refresh).token.attributes.path.to_string(), means: "/api",
        bad: &[
            ("api", r#"JWT_REFRESH_COOKIE_PATH="api": a cookie path begins with '/': browsers put another in its place otherwise. Use a path that begins with a slash, as in "/""#),
        ],
    },
    Row {
        key: "JWT_COOKIE_DOMAIN", good: "example.com", given: &[],
        read: |config| debug(config.cookies(Kind::Access).csrf.attributes.domain.as_ref().map(ToString::to_string)), means: r#"Some("example.com")"#,
        bad: &[
            (".example.com", r#"JWT_COOKIE_DOMAIN=".example.com": a cookie domain begins with a label: leave out the dot in front, hosts below are included without it. Use a host name, as in "example.com", or remove it"#),
            ("localhost", r#"JWT_COOKIE_DOMAIN="localhost": a cookie domain has at least two labels: browsers let no cookie span a top-level domain; leave the setting out for cookies of one host. Use a host name, as in "example.com", or remove it"#),
        ],
    },
    Row {
        key: "JWT_COOKIE_SECURE", good: "False", given: &[],
        read: |config| debug(config.cookies(Kind::Refresh).csrf.attributes.secure), means: "false",
        bad: &[
            ("maybe", r#"JWT_COOKIE_SECURE="maybe": neither true nor false. Use true or false"#),
        ],
    },
    Row {
        key: "JWT_COOKIE_HTTP_ONLY", good: "false", given: &[("HANDSTAMP_DANGER_SCRIPT_READABLE_COOKIES", "true")],
        read: |config| debug(config.cookies(Kind::Access).token.attributes.http_only), means: "false",
        bad: &[
            ("2", r#"JWT_COOKIE_HTTP_ONLY="2": neither true nor false. Use true or false"#),
        ],
    },
    Row {
        key: "JWT_COOKIE_SAMESITE", good: "Strict", given: &[],
        read: |config| debug((config.cookies(Kind::Access).token.attributes.same_site,config.cookies(Kind::Refresh).csrf.attributes.same_site,)), means: "(Strict, Strict)",
        bad: &[
            ("sideways", r#"JWT_COOKIE_SAMESITE="sideways": not one of lax, strict, none. Use "lax""#),
            ("stric", r#"JWT_COOKIE_SAMESITE="stric": not one of lax, strict, none. Use "strict""#),
        ],
    },
    Row {
        key: "HANDSTAMP_REFRESH_COOKIE_SAMESITE", good: "strict", given: &[],
        read: |config| debug((config.cookies(Kind::Access).token.attributes.same_site,config.cookies(Kind::Refresh).csrf.attributes.same_site,)), means: "(Lax, Strict)",
        bad: &[
            ("on", r#"HANDSTAMP_REFRESH_COOKIE_SAMESITE="on": not one of lax, strict, none. Use "lax""#),
        ],
    },
    Row {
        key: "JWT_COOKIE_MAX_AGE", good: "600", given: &[],
        read: |config| debug(config.cookie_lifetime()), means: "Fixed(600s)",
        bad: &[
            ("1.5", r#"JWT_COOKIE_MAX_AGE="1.5": not a duration. Use seconds (900) or a form like 15m, 1h30m, 20d, PT15M, P20D"#),
            ("401d", r#"JWT_COOKIE_MAX_AGE="401d": browsers keep no cookie longer than 400 days. Use 400d or less"#),
        ],
    },
    Row {
        key: "JWT_SESSION_COOKIE", good: "0", given: &[],
        read: |config| debug(config.cookie_lifetime()), means: "AsRefreshToken",
        bad: &[
            ("None", r#"JWT_SESSION_COOKIE="None": neither true nor false. Use true or false"#),
        ],
    },
    Row {
        key: "HANDSTAMP_COOKIE_PARTITIONED", good: "true", given: &[],
        read: |config| debug(config.access_cookies.token.attributes.partitioned), means: "true",
        bad: &[
            ("chips", r#"HANDSTAMP_COOKIE_PARTITIONED="chips": neither true nor false. Use true or false"#),
        ],
    },
    Row {
        key: "HANDSTAMP_FORMER_COOKIES", good: "session; Domain=Example.com; path=/app, jwt", given: &[],
        read: |config| {
            let former = config.refresh_cookies.former.iter().map(SetCookie::unset);
            former.map(|line| line.to_header_value()).collect::<Vec<_>>().join("\n")
        },
        means: "session=; Domain=example.com; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0; Path=/app; SameSite=lax; Secure\njwt=; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0; Path=/; SameSite=lax; Secure",
        bad: &[
            ("a b", r#"HANDSTAMP_FORMER_COOKIES="a b": ' ' at position 2 cannot be in a cookie name: letters, digits and !#$%&'*+-.^_`|~ can. Use letters, digits, hyphens and underscores"#),
            ("a; Domain=localhost", r#"HANDSTAMP_FORMER_COOKIES="a; Domain=localhost": a cookie domain has at least two labels: browsers let no cookie span a top-level domain; leave the setting out for cookies of one host. Use a host name, as in "example.com", or remove it"#),
            ("a; Path=app", r#"HANDSTAMP_FORMER_COOKIES="a; Path=app": a cookie path begins with '/': browsers put another in its place otherwise. Use a path that begins with a slash, as in "/""#),
            ("a; Secure", r#"HANDSTAMP_FORMER_COOKIES="a; Secure": "Secure" is neither Domain= nor Path=. Name the cookie, and its Domain and Path if it had any, as in "session; Domain=example.com; Path=/app""#),
        ],
    },
    Row {
        key: "HANDSTAMP_COOKIE_PREFIX", good: "host", given: &[],
        read: |config| debug([&config.cookies(Kind::Access).token,&config.cookies(Kind::Access).csrf,&config.cookies(Kind::Refresh).token,&config.cookies(Kind::Refresh).csrf,].map(|cookie| cookie.name.as_str()),), means: r#"["__Host-Http-access_token_cookie", "__Host-csrf_access_token", "__Host-Http-refresh_token_cookie", "__Host-csrf_refresh_token"]"#,
        bad: &[
            ("__Host-", r#"HANDSTAMP_COOKIE_PREFIX="__Host-": not one of none, host. Use "none""#),
        ],
    },
    Row {
        key: "HANDSTAMP_COOKIE_SUFFIX", good: "_8001", given: &[],
        read: |config| debug([&config.cookies(Kind::Access).token,&config.cookies(Kind::Access).csrf,&config.cookies(Kind::Refresh).token,&config.cookies(Kind::Refresh).csrf,].map(|cookie| cookie.name.as_str()),), means: r#"["access_token_cookie_8001", "csrf_access_token_8001", "refresh_token_cookie_8001", "csrf_refresh_token_8001"]"#,
        bad: &[
            (":8001", r#"HANDSTAMP_COOKIE_SUFFIX=":8001": cannot be in a cookie name. Use letters, digits, hyphens and underscores, as in "_8001""#),
        ],
    },
    Row {
        key: "JWT_COOKIE_CSRF_PROTECT", good: "off", given: &[("HANDSTAMP_DANGER_NO_CSRF", "1")],
        read: |config| debug(config.settings.cookie_csrf_protect), means: "false",
        bad: &[
            ("disabled", r#"JWT_COOKIE_CSRF_PROTECT="disabled": neither true nor false. Use true or false"#),
        ],
    },
    Row {
        key: "JWT_CSRF_IN_COOKIES", good: "false", given: &[],
        read: |config| debug(config.settings.csrf_in_cookies), means: "false",
        bad: &[
            ("y", r#"JWT_CSRF_IN_COOKIES="y": neither true nor false. Use true or false"#),
        ],
    },
    Row {
        key: "JWT_CSRF_METHODS", good: "post, PUT", given: &[],
        read: |config| debug(&config.settings.csrf_methods), means: r#"["POST", "PUT"]"#,
        bad: &[
            ("POST PUT", r#"JWT_CSRF_METHODS="POST PUT": not a request method. Use methods like POST and DELETE"#),
            ("PUT,PATCH", r#"JWT_CSRF_METHODS="PUT,PATCH": POST is missing: other sites could send requests with your visitors' cookies. Add POST"#),
            ("[]", r#"JWT_CSRF_METHODS="": POST is missing: other sites could send requests with your visitors' cookies. Add POST"#),
        ],
    },
    Row {
        key: "JWT_CSRF_CHECK_FORM", good: "true", given: &[],
        read: |config| debug(config.settings.csrf_check_form), means: "true",
        bad: &[
            ("form", r#"JWT_CSRF_CHECK_FORM="form": neither true nor false. Use true or false"#),
        ],
    },
    Row {
        key: "JWT_ACCESS_CSRF_COOKIE_NAME", good: "csrf", given: &[],
        read: |config| config.cookies(Kind::Access).csrf.name.to_string(), means: "csrf",
        bad: &[
            ("a=b", r#"JWT_ACCESS_CSRF_COOKIE_NAME="a=b": '=' at position 2 cannot be in a cookie name: letters, digits and !#$%&'*+-.^_`|~ can. Use letters, digits, hyphens and underscores"#),
            ("access_token_cookie", r#"JWT_ACCESS_CSRF_COOKIE_NAME="access_token_cookie": the same name as JWT_ACCESS_COOKIE_NAME. Use four different names"#),
        ],
    },
    Row {
        key: "JWT_ACCESS_CSRF_COOKIE_PATH", good: "/app", given: &[],
        read: |config| config.cookies(Kind::Access).csrf.attributes.path.to_string(), means: "/app",
        bad: &[
            ("/a;b", r#"JWT_ACCESS_CSRF_COOKIE_PATH="/a;b": ';' at position 3 cannot be in a cookie path: write what browsers send as the path of the address, percent-encoded. Use a path that begins with a slash, as in "/""#),
        ],
    },
    Row {
        key: "JWT_ACCESS_CSRF_HEADER_NAME", good: "X-XSRF", given: &[],
        read: |config| config.cookies(Kind::Access).csrf_header.clone(), means: "X-XSRF",
        bad: &[
            ("X:XSRF", r#"JWT_ACCESS_CSRF_HEADER_NAME="X:XSRF": not the name of a header. Use letters, digits and hyphens"#),
        ],
    },
    Row {
        key: "JWT_ACCESS_CSRF_FIELD_NAME", good: "xsrf", given: &[],
        read: |config| config.cookies(Kind::Access).csrf_field.clone(), means: "xsrf",
        bad: &[
            ("xsrf ", r#"JWT_ACCESS_CSRF_FIELD_NAME="xsrf ": begins or ends with white space. Remove the white space"#),
        ],
    },
    Row {
        key: "JWT_REFRESH_CSRF_COOKIE_NAME", good: "csrf", given: &[],
        read: |config| config.cookies(Kind::Refresh).csrf.name.to_string(), means: "csrf",
        bad: &[
            ("a=b", r#"JWT_REFRESH_CSRF_COOKIE_NAME="a=b": '=' at position 2 cannot be in a cookie name: letters, digits and !#$%&'*+-.^_`|~ can. Use letters, digits, hyphens and underscores"#),
            ("refresh_token_cookie", r#"JWT_REFRESH_CSRF_COOKIE_NAME="refresh_token_cookie": the same name as JWT_REFRESH_COOKIE_NAME. Use four different names"#),
        ],
    },
    Row {
        key: "JWT_REFRESH_CSRF_COOKIE_PATH", good: "/app", given: &[],
        read: |config| config.cookies(Kind::Refresh).csrf.attributes.path.to_string(), means: "/app",
        bad: &[
            ("/a;b", r#"JWT_REFRESH_CSRF_COOKIE_PATH="/a;b": ';' at position 3 cannot be in a cookie path: write what browsers send as the path of the address, percent-encoded. Use a path that begins with a slash, as in "/""#),
        ],
    },
    Row {
        key: "JWT_REFRESH_CSRF_HEADER_NAME", good: "X-XSRF", given: &[],
        read: |config| config.cookies(Kind::Refresh).csrf_header.clone(), means: "X-XSRF",
        bad: &[
            ("X:XSRF", r#"JWT_REFRESH_CSRF_HEADER_NAME="X:XSRF": not the name of a header. Use letters, digits and hyphens"#),
        ],
    },
    Row {
        key: "JWT_REFRESH_CSRF_FIELD_NAME", good: "xsrf", given: &[],
        read: |config| config.cookies(Kind::Refresh).csrf_field.clone(), means: "xsrf",
        bad: &[
            ("xsrf ", r#"JWT_REFRESH_CSRF_FIELD_NAME="xsrf ": begins or ends with white space. Remove the white space"#),
        ],
    },
    Row {
        key: "JWT_SESSION_TRACKING", good: "false", given: &[],
        read: |config| debug(config.settings.session_tracking), means: "Some(false)",
        bad: &[
            ("auto", r#"JWT_SESSION_TRACKING="auto": neither true nor false. Use true or false"#),
        ],
    },
    Row {
        key: "JWT_SESSION_UPDATE_LAST_ACTIVE", good: "false", given: &[],
        read: |config| debug(config.settings.session_update_last_active), means: "false",
        bad: &[
            ("-", r#"JWT_SESSION_UPDATE_LAST_ACTIVE="-": neither true nor false. Use true or false"#),
        ],
    },
    Row {
        key: "HANDSTAMP_SESSION_IDLE", good: "7d", given: &[],
        read: |config| debug(config.settings.session_idle), means: "Some(604800s)",
        bad: &[
            ("0", r#"HANDSTAMP_SESSION_IDLE="0s": shorter than a second. Use something like 15m or 20d"#),
            ("11y", r#"HANDSTAMP_SESSION_IDLE="11y": not a duration. Use seconds (900) or a form like 15m, 1h30m, 20d, PT15M, P20D"#),
        ],
    },
    Row {
        key: "HANDSTAMP_SESSION_ABSOLUTE", good: "30d", given: &[],
        read: |config| debug(config.settings.session_absolute), means: "2592000s",
        bad: &[
            ("0", r#"HANDSTAMP_SESSION_ABSOLUTE="0s": shorter than a second. Use something like 15m or 20d"#),
            ("4000d", r#"HANDSTAMP_SESSION_ABSOLUTE="4000d": longer than ten years. Use something like 15m or 20d"#),
        ],
    },
    Row {
        key: "HANDSTAMP_SESSIONS_PER_USER", good: "5", given: &[],
        read: |config| debug(config.settings.sessions_per_user), means: "5",
        bad: &[
            ("0", r#"HANDSTAMP_SESSIONS_PER_USER="0": not between 1 and 1000: each log-in of a user with so many compares them all. Use 100"#),
            ("1001", r#"HANDSTAMP_SESSIONS_PER_USER="1001": not between 1 and 1000: each log-in of a user with so many compares them all. Use 100"#),
            ("many", r#"HANDSTAMP_SESSIONS_PER_USER="many": not a whole number. Use one like 100"#),
            ("+5", r#"HANDSTAMP_SESSIONS_PER_USER="+5": not a whole number. Use one like 100"#),
        ],
    },
    Row {
        key: "HANDSTAMP_REFRESH_GRACE", good: "0", given: &[],
        read: |config| debug(config.settings.refresh_grace), means: "0ns",
        bad: &[
            ("301", r#"HANDSTAMP_REFRESH_GRACE="301s": longer than 300 seconds: a stolen token would be good for that long. Use 10s"#),
        ],
    },
    Row {
        key: "HANDSTAMP_CHECK_SESSIONS", good: "on-refresh", given: &[],
        read: |config| debug(config.settings.check_sessions), means: "OnRefresh",
        bad: &[
            ("refresh", r#"HANDSTAMP_CHECK_SESSIONS="refresh": not one of every-request, on-refresh. Use "every-request""#),
            ("on_refresh", r#"HANDSTAMP_CHECK_SESSIONS="on_refresh": not one of every-request, on-refresh. Use "on-refresh""#),
        ],
    },
    Row {
        key: "HANDSTAMP_STORE_TIMEOUT", good: "5s", given: &[],
        read: |config| debug(config.settings.store_timeout), means: "5s",
        bad: &[
            ("61s", r#"HANDSTAMP_STORE_TIMEOUT="61s": while the store is down, each request would wait for longer than a minute. Use 2s"#),
            ("0", r#"HANDSTAMP_STORE_TIMEOUT="0s": no store answers at once. Use 2s"#),
        ],
    },
    Row {
        key: "JWT_IMPLICIT_REFRESH_DELTATIME", good: "PT5M", given: &[],
        read: |config| debug(config.settings.implicit_refresh_deltatime), means: "300s",
        bad: &[
            ("0", r#"JWT_IMPLICIT_REFRESH_DELTATIME="0s": shorter than a second. Use something like 15m or 20d"#),
            ("PT", r#"JWT_IMPLICIT_REFRESH_DELTATIME="PT": not a duration. Use seconds (900) or a form like 15m, 1h30m, 20d, PT15M, P20D"#),
        ],
    },
    Row {
        key: "JWT_IMPLICIT_REFRESH_ROUTE_INCLUDE", good: r#"["/a/", "/b/*"]"#, given: &[],
        read: |config| debug(&config.settings.implicit_refresh_route_include), means: r#"["/a", "/b/*"]"#,
        bad: &[
            ("/a,", r#"JWT_IMPLICIT_REFRESH_ROUTE_INCLUDE="/a,": an item is empty. Remove the item"#),
            ("a", r#"JWT_IMPLICIT_REFRESH_ROUTE_INCLUDE="a": a path begins with '/'. Use paths like /notifications, or /notifications/* for all below"#),
            ("/a*", r#"JWT_IMPLICIT_REFRESH_ROUTE_INCLUDE="/a*": not the path of an address: '*' stands at the end only, for all below, and a query does not count. Use paths like /notifications, or /notifications/* for all below"#),
            ("/a/*/b", r#"JWT_IMPLICIT_REFRESH_ROUTE_INCLUDE="/a/*/b": not the path of an address: '*' stands at the end only, for all below, and a query does not count. Use paths like /notifications, or /notifications/* for all below"#),
            ("/a?b=c", r#"JWT_IMPLICIT_REFRESH_ROUTE_INCLUDE="/a?b=c": not the path of an address: '*' stands at the end only, for all below, and a query does not count. Use paths like /notifications, or /notifications/* for all below"#),
        ],
    },
    Row {
        key: "JWT_IMPLICIT_REFRESH_ROUTE_EXCLUDE", good: r#"["/a", "/b"]"#, given: &[],
        read: |config| debug(&config.settings.implicit_refresh_route_exclude), means: r#"["/a", "/b"]"#,
        bad: &[
            ("/a,", r#"JWT_IMPLICIT_REFRESH_ROUTE_EXCLUDE="/a,": an item is empty. Remove the item"#),
            ("a", r#"JWT_IMPLICIT_REFRESH_ROUTE_EXCLUDE="a": a path begins with '/'. Use paths like /notifications, or /notifications/* for all below"#),
            ("/a*", r#"JWT_IMPLICIT_REFRESH_ROUTE_EXCLUDE="/a*": not the path of an address: '*' stands at the end only, for all below, and a query does not count. Use paths like /notifications, or /notifications/* for all below"#),
            ("/a/*/b", r#"JWT_IMPLICIT_REFRESH_ROUTE_EXCLUDE="/a/*/b": not the path of an address: '*' stands at the end only, for all below, and a query does not count. Use paths like /notifications, or /notifications/* for all below"#),
            ("/a?b=c", r#"JWT_IMPLICIT_REFRESH_ROUTE_EXCLUDE="/a?b=c": not the path of an address: '*' stands at the end only, for all below, and a query does not count. Use paths like /notifications, or /notifications/* for all below"#),
        ],
    },
    Row {
        key: "JWT_IMPLICIT_REFRESH_METHOD_INCLUDE", good: "get", given: &[],
        read: |config| debug(&config.settings.implicit_refresh_method_include), means: r#"["GET"]"#,
        bad: &[
            ("GET /", r#"JWT_IMPLICIT_REFRESH_METHOD_INCLUDE="GET /": not a request method. Use methods like POST and DELETE"#),
        ],
    },
    Row {
        key: "JWT_IMPLICIT_REFRESH_METHOD_EXCLUDE", good: "get", given: &[],
        read: |config| debug(&config.settings.implicit_refresh_method_exclude), means: r#"["GET"]"#,
        bad: &[
            ("GET /", r#"JWT_IMPLICIT_REFRESH_METHOD_EXCLUDE="GET /": not a request method. Use methods like POST and DELETE"#),
        ],
    },
    Row {
        key: "HANDSTAMP_PUBLIC_ORIGIN", good: "https://Example.com", given: &[],
        read: |config| debug(config.settings.public_origin.as_ref().map(ToString::to_string)), means: r#"Some("https://example.com")"#,
        bad: &[
            ("example.com", r#"HANDSTAMP_PUBLIC_ORIGIN="example.com": not an origin. Use scheme, host and port only, as in "https://app.example.com""#),
            ("https://*.example.com", r#"HANDSTAMP_PUBLIC_ORIGIN="https://*.example.com": an origin is exact and has no wildcards. Use scheme, host and port only, as in "https://app.example.com""#),
            ("https://user:password@example.com", r#"HANDSTAMP_PUBLIC_ORIGIN: an origin has no user name or password. Use scheme, host and port only, as in "https://app.example.com""#),
            ("https://example.com/", r#"HANDSTAMP_PUBLIC_ORIGIN="https://example.com/": an origin ends after the host and port, without a slash. Use scheme, host and port only, as in "https://app.example.com""#),
            ("https://example.com:443", r#"HANDSTAMP_PUBLIC_ORIGIN="https://example.com:443": browsers write it otherwise. Use "https://example.com""#),
        ],
    },
    Row {
        key: "HANDSTAMP_ORIGIN_CHECK", good: "report-only", given: &[("HANDSTAMP_PUBLIC_ORIGIN", "https://example.com")],
        read: |config| debug(config.settings.origin_check), means: "ReportOnly",
        bad: &[
            ("report_only", r#"HANDSTAMP_ORIGIN_CHECK="report_only": not one of enforce, report-only. Use "report-only""#),
        ],
    },
    Row {
        key: "HANDSTAMP_TRUSTED_ORIGINS", good: "https://a.example, http://b.example:8080", given: &[("HANDSTAMP_PUBLIC_ORIGIN", "https://example.com")],
        read: |config| debug(config.settings.trusted_origins.iter().map(ToString::to_string).collect::<Vec<_>>(),), means: r#"["https://a.example", "http://b.example:8080"]"#,
        bad: &[
            ("http://b.example:80", r#"HANDSTAMP_TRUSTED_ORIGINS="http://b.example:80": browsers write it otherwise. Use "http://b.example""#),
            ("*", r#"HANDSTAMP_TRUSTED_ORIGINS="*": not an origin. Use scheme, host and port only, as in "https://app.example.com""#),
        ],
    },
    Row {
        key: "HANDSTAMP_LOG_SUBJECTS", good: "true", given: &[],
        read: |config| debug(config.settings.log_subjects), means: "true",
        bad: &[
            ("hash", r#"HANDSTAMP_LOG_SUBJECTS="hash": neither true nor false. Use true or false"#),
        ],
    },
    Row {
        key: "HANDSTAMP_DANGER_SHORT_SECRET", good: "true", given: &[],
        read: |config| config.warnings().join("; "), means: "HANDSTAMP_DANGER_SHORT_SECRET is on: short secrets can be guessed from a single token",
        bad: &[
            ("sure", r#"HANDSTAMP_DANGER_SHORT_SECRET="sure": neither true nor false. Use true or false"#),
        ],
    },
    Row {
        key: "HANDSTAMP_DANGER_SCRIPT_READABLE_COOKIES", good: "true", given: &[],
        read: |config| config.warnings().join("; "), means: "HANDSTAMP_DANGER_SCRIPT_READABLE_COOKIES is on: any script on the page can take the tokens away",
        bad: &[
            ("sure", r#"HANDSTAMP_DANGER_SCRIPT_READABLE_COOKIES="sure": neither true nor false. Use true or false"#),
        ],
    },
    Row {
        key: "HANDSTAMP_DANGER_NO_CSRF", good: "true", given: &[],
        read: |config| config.warnings().join("; "), means: "HANDSTAMP_DANGER_NO_CSRF is on: other sites can send requests with your visitors' cookies",
        bad: &[
            ("sure", r#"HANDSTAMP_DANGER_NO_CSRF="sure": neither true nor false. Use true or false"#),
        ],
    },
    Row {
        key: "HANDSTAMP_DANGER_PLAIN_HTTP", good: "true", given: &[],
        read: |config| config.warnings().join("; "), means: "HANDSTAMP_DANGER_PLAIN_HTTP is on: anyone on the network can read passwords and tokens",
        bad: &[
            ("sure", r#"HANDSTAMP_DANGER_PLAIN_HTTP="sure": neither true nor false. Use true or false"#),
        ],
    },
];
