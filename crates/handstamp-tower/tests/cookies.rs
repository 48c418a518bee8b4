//! What goes out beside cookies.

use handstamp::{Auth, Config};
use handstamp_tower::append_cookies;
use http::HeaderMap;
use http::header::{CACHE_CONTROL, SET_COOKIE};

#[test]
fn no_cache_keeps_a_response_with_cookies() {
    let config = Config::builder().secret_key("a secret of at least thirty-two bytes");
    let auth = Auth::new(config.build().unwrap()).unwrap();
    let token = auth.create_access_token("user1").unwrap();
    for cookies in [
        auth.set_access_cookies(&token).unwrap(),
        auth.unset_cookies(),
    ] {
        let mut headers = HeaderMap::new();
        // A handler's own word does not stand against it.
        headers.append(CACHE_CONTROL, "public, max-age=600".parse().unwrap());
        headers.append(CACHE_CONTROL, "immutable".parse().unwrap());
        append_cookies(&cookies, &mut headers);
        let all: Vec<_> = headers.get_all(CACHE_CONTROL).iter().collect();
        assert_eq!(all, ["no-store"]);
    }
}

/// Browsers keep them apart, so both must go for both people to be logged out.
#[test]
fn cookies_of_one_name_on_two_paths_are_two_cookies() {
    let on = |path: &str| {
        let config = Config::builder().secret_key("a secret of at least thirty-two bytes");
        let config = config.access_cookie_path(path).cookie_csrf_protect(false);
        let config = config.danger(handstamp::config::danger::Danger::NoCsrf);
        Auth::new(config.build().unwrap()).unwrap()
    };
    let mut headers = HeaderMap::new();
    append_cookies(&on("/shop").unset_access_cookies(), &mut headers);
    append_cookies(&on("/admin").unset_access_cookies(), &mut headers);
    append_cookies(&on("/shop").unset_access_cookies(), &mut headers);
    let paths: Vec<_> = headers
        .get_all(SET_COOKIE)
        .iter()
        .map(|line| line.to_str().unwrap().split("; ").nth(4).unwrap())
        .collect();
    assert_eq!(paths, ["Path=/admin", "Path=/shop"]);
}
