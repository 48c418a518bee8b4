//! The cookies of a browser, kept and sent by the rules of [RFC
//! 6265bis](https://datatracker.ietf.org/doc/html/draft-ietf-httpbis-rfc6265bis).
//!
//! Nothing here is shared with the code that writes cookies, so that it can judge it.

mod attributes;
mod cookie;
mod date;
mod refused;
#[cfg(test)]
mod tests;

use self::cookie::Cookie;
pub(super) use self::refused::Refused;
use super::site;
use crate::clock::UnixTime;
use crate::config::SameSite;
use crate::origin::Origin;

/// The cookies of a browser.
#[derive(Debug, Default)]
pub(super) struct Jar {
    /// In the order of their creation.
    cookies: Vec<Cookie>,
}

/// A request, as far as cookies depend on it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sent<'r> {
    pub(super) to: &'r Origin,
    /// Without the query.
    pub(super) path: &'r str,
    pub(super) crossing: Crossing,
    /// The site of the page in the address bar: the partition of its partitioned cookies. An opaque
    /// origin has a partition that is sent nothing.
    pub(super) top_level: Option<(&'r str, &'r str)>,
    pub(super) now: UnixTime,
}

/// Whether a request crosses sites, and how (RFC 6265bis, section 5.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Crossing {
    /// It stays within its site, or the user made it: no page did.
    No,
    /// A link from another site.
    SafeNavigation,
    /// A form of another site.
    UnsafeNavigation,
    /// A fetch, image or frame of another site.
    Subresource,
}

impl Jar {
    /// Applies one `Set-Cookie` line of the response to a request.
    pub(super) fn receive(&mut self, line: &str, sent: &Sent<'_>) -> Result<(), Refused> {
        let mut cookie = Cookie::parse(line, sent)?;
        cookie.check(sent)?;
        let is_shadowing = |kept: &Cookie| kept.is_secure_of_same_name(&cookie);
        if !sent.to.is_https() && self.cookies.iter().any(is_shadowing) {
            return Err(Refused::ReplacesSecure);
        }
        // A cookie that is set anew keeps its place among the others.
        let place = self
            .cookies
            .iter()
            .position(|kept| kept.is_replaced_by(&cookie));
        let is_over = cookie.is_over(sent.now);
        match place {
            Some(place) if is_over => {
                self.cookies.remove(place);
            }
            Some(place) => {
                if let Some(kept) = self.cookies.get_mut(place) {
                    std::mem::swap(kept, &mut cookie);
                }
            }
            None if is_over => {}
            None => self.cookies.push(cookie),
        }
        Ok(())
    }

    /// Returns the value of the header `Cookie` of a request; empty for none.
    pub(super) fn header(&self, sent: &Sent<'_>) -> String {
        let of_request = |cookie: &&Cookie| cookie.is_sent_with(sent) && !cookie.is_over(sent.now);
        let mut cookies: Vec<&Cookie> = self.cookies.iter().filter(of_request).collect();
        // The longest path first; the sort is stable, so the earlier created first among equals.
        cookies.sort_by_key(|cookie| std::cmp::Reverse(cookie.path.len()));
        let pairs: Vec<String> = cookies.iter().map(|cookie| cookie.pair()).collect();
        pairs.join("; ")
    }

    /// Returns what script of the page reads in `document.cookie`, by name.
    pub(super) fn readable(&self, page: &Sent<'_>, name: &str) -> Option<&str> {
        self.find(page, |cookie| cookie.name == name && !cookie.http_only)
    }

    /// Returns a cookie of a host, whether script can read it or not, whatever its path.
    pub(super) fn get(&self, host: &str, name: &str, now: UnixTime) -> Option<&str> {
        let cookies = self.cookies.iter();
        let mut found = cookies.filter(|cookie| {
            cookie.name == name && cookie.domain.matches(host) && !cookie.is_over(now)
        });
        found.next().map(|cookie| cookie.value.as_str())
    }

    /// Deletes session cookies, as a browser does that is closed.
    pub(super) fn close(&mut self) {
        self.cookies.retain(|cookie| cookie.expires.is_some());
    }

    fn find(&self, sent: &Sent<'_>, is_wanted: impl Fn(&Cookie) -> bool) -> Option<&str> {
        let cookies = self.cookies.iter();
        let mut found = cookies.filter(|cookie| {
            cookie.is_sent_with(sent) && !cookie.is_over(sent.now) && is_wanted(cookie)
        });
        found.next().map(|cookie| cookie.value.as_str())
    }
}

impl Cookie {
    /// Returns whether a request carries the cookie (section 5.8.3), but for its expiry.
    fn is_sent_with(&self, sent: &Sent<'_>) -> bool {
        let crosses = match self.same_site {
            SameSite::Strict => sent.crossing == Crossing::No,
            SameSite::Lax => matches!(sent.crossing, Crossing::No | Crossing::SafeNavigation),
            SameSite::None => true,
        };
        let is_of_partition = self.partition.as_ref().is_none_or(|(scheme, domain)| {
            sent.top_level == Some((scheme.as_str(), domain.as_str()))
        });
        crosses
            && is_of_partition
            && (!self.secure || sent.to.is_https())
            && self.domain.matches(site::host(sent.to))
            && path_matches(&self.path, sent.path)
    }

    /// Returns whether a line without TLS would hide this cookie (section 5.7, step 16).
    fn is_secure_of_same_name(&self, new: &Self) -> bool {
        self.secure
            && self.name == new.name
            && (self.domain.matches(new.domain.as_str())
                || new.domain.matches(self.domain.as_str()))
            && path_matches(&self.path, &new.path)
    }

    fn is_replaced_by(&self, new: &Self) -> bool {
        (&self.name, &self.domain, &self.path, &self.partition)
            == (&new.name, &new.domain, &new.path, &new.partition)
    }
}

/// Section 5.1.4.
fn path_matches(cookie: &str, request: &str) -> bool {
    request
        .strip_prefix(cookie)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/') || cookie.ends_with('/'))
}
