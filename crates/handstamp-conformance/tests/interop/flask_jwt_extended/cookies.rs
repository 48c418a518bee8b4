//! Cookies: names and attributes are the same, and a log-out at either service clears what the
//! other has set.

use handstamp::config::SameSite;
use handstamp::config::danger::Danger;
use handstamp::{SetCookie, SetCookies};

use super::*;
use crate::peer::{BrowserJar, lines};

#[test]
fn both_set_the_same_cookies_and_each_clears_those_of_the_other() {
    let lax = |further: Value| {
        // Their default is no attribute, which browsers read as `Lax`.
        let mut settings = json!({"JWT_COOKIE_SAMESITE": "Lax"});
        let further = further.as_object().unwrap().clone();
        settings.as_object_mut().unwrap().extend(further);
        settings
    };
    #[rustfmt::skip]
    let rows: Vec<(&str, Value, Settings)> = vec![
        ("the defaults", lax(json!({})), plain),
        ("names", lax(json!({"JWT_ACCESS_COOKIE_NAME": "a", "JWT_REFRESH_COOKIE_NAME": "r", "JWT_ACCESS_CSRF_COOKIE_NAME": "ca", "JWT_REFRESH_CSRF_COOKIE_NAME": "cr"})),
            |c| c.access_cookie_name("a").refresh_cookie_name("r").access_csrf_cookie_name("ca").refresh_csrf_cookie_name("cr")),
        ("paths", lax(json!({"JWT_ACCESS_COOKIE_PATH": "/api", "JWT_REFRESH_COOKIE_PATH": "/token", "JWT_ACCESS_CSRF_COOKIE_PATH": "/a", "JWT_REFRESH_CSRF_COOKIE_PATH": "/b"})),
            |c| c.access_cookie_path("/api").refresh_cookie_path("/token").access_csrf_cookie_path("/a").refresh_csrf_cookie_path("/b")),
        ("a domain", lax(json!({"JWT_COOKIE_DOMAIN": "example.com"})), |c| c.cookie_domain("example.com")),
        ("over HTTPS, for other sites", json!({"JWT_COOKIE_SECURE": true, "JWT_COOKIE_SAMESITE": "None"}), |c| c.cookie_secure(true).cookie_samesite(SameSite::None)),
        ("for this site alone", json!({"JWT_COOKIE_SAMESITE": "Strict"}), |c| c.cookie_samesite(SameSite::Strict)),
        ("for longer than the browser is open", lax(json!({"JWT_SESSION_COOKIE": false})), |c| c.session_cookie(false)),
        ("CSRF values that are in no cookie", lax(json!({"JWT_CSRF_IN_COOKIES": false})), |c| c.csrf_in_cookies(false)),
        ("no CSRF values", lax(json!({"JWT_COOKIE_CSRF_PROTECT": false})), |c| c.cookie_csrf_protect(false).danger(Danger::NoCsrf)),
    ];
    let mut flask = Peer::start("flask_jwt_extended_peer.py");
    for (sentence, settings, same) in rows {
        let mut of_theirs = [Vec::new(), Vec::new()];
        for purpose in ["access", "refresh"] {
            let made = flask.ask(&json!({
                "op": "issue", "settings": theirs(&settings), "purpose": purpose, "identity": "user1", "arguments": {},
            }));
            assert_eq!(made["refused"], Value::Null, "{sentence}");
            for (all, name) in of_theirs.iter_mut().zip(["set_cookie", "unset"]) {
                all.extend(lines(&made[name]));
            }
        }
        let [their_log_in, their_log_out] = of_theirs;
        let auth = ours(same);
        let access = auth.create_access_token("user1").unwrap();
        let refresh = auth.create_refresh_token("user1").unwrap();
        let log_in = auth.set_access_cookies(&access).unwrap();
        let log_in = written(&log_in.and(auth.set_refresh_cookies(&refresh).unwrap()));
        let log_out = written(&auth.unset_cookies());

        let jar = |lines: &[String]| BrowserJar::default().store(lines);
        assert_eq!(jar(&log_in), jar(&their_log_in), "{sentence}");
        assert!(!jar(&log_in).is_empty(), "{sentence}");
        let left = jar(&their_log_in).store(&log_out);
        assert!(left.is_empty(), "{sentence}: our log-out leaves {left:?}");
        let left = jar(&log_in).store(&their_log_out);
        assert!(left.is_empty(), "{sentence}: their log-out leaves {left:?}");
    }
}

fn written(cookies: &SetCookies) -> Vec<String> {
    cookies.lines().map(SetCookie::to_header_value).collect()
}
