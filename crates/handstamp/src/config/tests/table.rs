//! Tests that no setting is missing in the table or on the page.

use crate::config::settings::{Settings, for_every_setting};

#[test]
fn every_setting_of_authx_is_there_and_of_ours_no_other() {
    let names: Vec<_> = Settings::ALL.iter().map(|setting| setting.name).collect();
    assert_eq!(names, EVERY_NAME.split_whitespace().collect::<Vec<_>>());
}

#[test]
fn a_setting_is_called_in_code_as_in_the_environment() {
    for (name, called) in names() {
        let (_prefix, words) = name.split_once('_').unwrap();
        // AuthX's name is that of one location; the setting lists several.
        let expected = words.replace("TOKEN_LOCATION", "TOKEN_LOCATIONS");
        assert_eq!(called, expected.to_ascii_lowercase(), "{name}");
    }
}

#[test]
fn every_setting_has_a_paragraph_of_its_own() {
    let page = include_str!("../../../docs/defaults.md");
    for setting in Settings::ALL {
        let begins = format!("\n**`{}`**: default ", setting.name);
        assert_eq!(page.matches(&begins).count(), 1, "{}", setting.name);
    }
    assert_eq!(page.matches("\n**`").count(), Settings::ALL.len());
}

macro_rules! names {
    ($(
        $(#[$doc:meta])*
        $key:literal
        $name:ident($form:ident $Argument:ty): $Type:ty = $default:expr;
    )*) => {
        fn names() -> Vec<(&'static str, &'static str)> {
            vec![$(($key, stringify!($name)),)*]
        }
    };
}

for_every_setting!(names);

const EVERY_NAME: &str = "
    JWT_SECRET_KEY JWT_PREVIOUS_SECRET_KEY JWT_PRIVATE_KEY JWT_PUBLIC_KEY
    JWT_PREVIOUS_PUBLIC_KEY HANDSTAMP_KEY_ID HANDSTAMP_PREVIOUS_KEY_ID JWT_ALGORITHM
    JWT_DECODE_ALGORITHMS HANDSTAMP_SIGNATURE_CACHE JWT_ACCESS_TOKEN_EXPIRES JWT_REFRESH_TOKEN_EXPIRES JWT_DECODE_LEEWAY
    JWT_ENCODE_NBF JWT_ENCODE_AUDIENCE JWT_DECODE_AUDIENCE JWT_ENCODE_ISSUER JWT_DECODE_ISSUER
    JWT_IDENTITY_CLAIM JWT_ERROR_MESSAGE_KEY HANDSTAMP_ERROR_STYLE HANDSTAMP_LOG_IN_PAGE
    JWT_TOKEN_LOCATION
    JWT_HEADER_NAME JWT_HEADER_TYPE JWT_QUERY_STRING_NAME JWT_JSON_KEY JWT_REFRESH_JSON_KEY
    JWT_ACCESS_COOKIE_NAME JWT_REFRESH_COOKIE_NAME JWT_ACCESS_COOKIE_PATH JWT_REFRESH_COOKIE_PATH
    JWT_COOKIE_DOMAIN JWT_COOKIE_SECURE JWT_COOKIE_HTTP_ONLY JWT_COOKIE_SAMESITE
    HANDSTAMP_REFRESH_COOKIE_SAMESITE JWT_COOKIE_MAX_AGE JWT_SESSION_COOKIE
    HANDSTAMP_COOKIE_PARTITIONED HANDSTAMP_FORMER_COOKIES
    HANDSTAMP_COOKIE_PREFIX HANDSTAMP_COOKIE_SUFFIX JWT_COOKIE_CSRF_PROTECT JWT_CSRF_IN_COOKIES JWT_CSRF_METHODS
    JWT_CSRF_CHECK_FORM JWT_ACCESS_CSRF_COOKIE_NAME JWT_REFRESH_CSRF_COOKIE_NAME
    JWT_ACCESS_CSRF_COOKIE_PATH JWT_REFRESH_CSRF_COOKIE_PATH JWT_ACCESS_CSRF_HEADER_NAME
    JWT_REFRESH_CSRF_HEADER_NAME JWT_ACCESS_CSRF_FIELD_NAME JWT_REFRESH_CSRF_FIELD_NAME
    JWT_SESSION_TRACKING JWT_SESSION_UPDATE_LAST_ACTIVE HANDSTAMP_SESSION_IDLE
    HANDSTAMP_SESSION_ABSOLUTE HANDSTAMP_SESSIONS_PER_USER HANDSTAMP_REFRESH_GRACE
    HANDSTAMP_CHECK_SESSIONS HANDSTAMP_STORE_TIMEOUT JWT_IMPLICIT_REFRESH_DELTATIME JWT_IMPLICIT_REFRESH_ROUTE_INCLUDE
    JWT_IMPLICIT_REFRESH_ROUTE_EXCLUDE JWT_IMPLICIT_REFRESH_METHOD_INCLUDE
    JWT_IMPLICIT_REFRESH_METHOD_EXCLUDE HANDSTAMP_PUBLIC_ORIGIN HANDSTAMP_TRUSTED_ORIGINS
    HANDSTAMP_ORIGIN_CHECK HANDSTAMP_LOG_SUBJECTS HANDSTAMP_DANGER_SHORT_SECRET HANDSTAMP_DANGER_SCRIPT_READABLE_COOKIES
    HANDSTAMP_DANGER_NO_CSRF
    HANDSTAMP_DANGER_PLAIN_HTTP
";
