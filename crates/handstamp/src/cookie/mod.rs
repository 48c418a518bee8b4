//! Cookies: reading them from requests, writing them into responses (RFC 6265bis).
