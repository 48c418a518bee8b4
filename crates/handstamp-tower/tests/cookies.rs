//! What goes out beside cookies.

use handstamp::{Auth, Config};
use handstamp_tower::append_cookies;
use http::HeaderMap;
use http::header::CACHE_CONTROL;

#[test]
fn no_cache_keeps_a_response_with_cookies() {
    let config = Config::builder().secret_key("a secret of at least thirty-two bytes");
    let auth = Auth::new(config.build().unwrap());
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
