//! Which methods change something.

/// Whether a request with this method only reads ([RFC 9110, section 9.2.1]). Methods have a case: what `get` does is up to
/// whoever answers it.
///
/// [RFC 9110, section 9.2.1]: https://www.rfc-editor.org/rfc/rfc9110#section-9.2.1
pub(super) fn is_safe(method: &str) -> bool {
    matches!(method, "GET" | "HEAD" | "OPTIONS")
}

/// Without regard to case: `fetch` sends `patch` as it is written, and what stands behind may be less exact and run it as
/// PATCH. Something asked of a method that nothing answers does no harm.
pub(super) fn is_listed(method: &str, listed: &[String]) -> bool {
    listed
        .iter()
        .any(|listed| listed.eq_ignore_ascii_case(method))
}
