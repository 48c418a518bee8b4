//! The `Set-Cookie` lines of a response that has some already, for every type of header value.

use crate::cookie::SetCookies;

/// Adds cookies to the values of the `Set-Cookie` fields that a response has, and returns all of
/// them. A line replaces an earlier one for the same cookie:
/// [`SetCookie::replaces`](crate::SetCookie::replaces).
///
/// ```
/// use handstamp::adapter::merge_cookies;
/// use handstamp::{Auth, Config};
///
/// # let auth = Auth::new(Config::builder().secret_key([7; 32].as_slice()).build()?)?;
/// let set = auth.set_access_cookies(&auth.create_access_token("user1")?)?;
/// let lines: Vec<String> = merge_cookies(vec!["theme=dark".to_owned()], set);
/// let lines = merge_cookies(lines, auth.unset_access_cookies());
/// assert_eq!(lines.len(), 3); // theme, and the two deletions
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use]
pub fn merge_cookies<V>(earlier: Vec<V>, cookies: SetCookies) -> Vec<V>
where
    V: AsRef<[u8]> + TryFrom<String>,
{
    let mut values = earlier;
    let lines = cookies.into_lines();
    values.reserve_exact(lines.len());
    for line in lines {
        values.retain(|earlier| {
            let earlier = earlier.as_ref().trim_ascii_start();
            // Most have another name.
            let text = earlier
                .starts_with(line.name().as_bytes())
                .then(|| str::from_utf8(earlier));
            !text.is_some_and(|text| text.is_ok_and(|text| line.replaces(text)))
        });
        // A line holds what RFC 6265bis allows, all of it visible ASCII and spaces, so the value is
        // always made.
        values.extend(V::try_from(line.into_header_value()));
    }
    values
}

#[cfg(test)]
mod tests {
    use super::merge_cookies;
    use crate::testing::{auth, builder};

    #[test]
    fn a_line_replaces_that_of_the_same_cookie_and_no_other() {
        let auth = auth(builder());
        #[rustfmt::skip]
        let rows: [(&str, &[u8], bool); 6] = [
            ("as it is written here", b"access_token_cookie=a; HttpOnly; Path=/; SameSite=lax; Secure", true),
            ("with a blank in front", b" access_token_cookie=a; path=/", true),
            ("below another path", b"access_token_cookie=a; Path=/app", false),
            ("a name that begins alike", b"access_token_cookie_2=a; Path=/", false),
            ("another name", b"theme=dark; Path=/", false),
            ("not UTF-8", b"access_token_cookie=\xff; Path=/", false),
        ];
        for (sentence, earlier, is_replaced) in rows {
            let lines: Vec<Vec<u8>> =
                merge_cookies(vec![earlier.to_vec()], auth.unset_access_cookies());
            let is_left = lines.iter().any(|line| line == earlier);
            assert_eq!(
                (lines.len(), is_left),
                if is_replaced { (2, false) } else { (3, true) },
                "{sentence}"
            );
        }
    }
}
