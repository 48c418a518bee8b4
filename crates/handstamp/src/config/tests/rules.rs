//! Tests of the rules between settings, and of the warnings of a configuration.

use super::{OTHER, Row, SECRET, from, problems, with};
use crate::config::danger::Danger;
use crate::{Config, Location, days, minutes};

#[test]
fn rules() {
    for (name, variables, expected) in RULES {
        assert_eq!(problems(with(variables)), *expected, "{name}");
    }
}

#[test]
#[cfg(not(feature = "asymmetric"))]
fn key_pairs_need_the_feature() {
    for key in ["JWT_ALGORITHM", "JWT_DECODE_ALGORITHMS"] {
        assert_eq!(
            problems(with(&[(key, "ES256")])),
            [format!(
                "{key}=\"ES256\": this build of handstamp can only do HS256, HS384 and HS512. Enable the feature `asymmetric` of the crate handstamp"
            )]
        );
    }
}

/// Every log-in would fail. Each text alone is short enough.
#[test]
fn a_cookie_name_leaves_room_for_a_token() {
    let long = "n".repeat(1_000);
    for (name, access, refresh, issuer, about) in [
        ("short names", "a", "b", 1_020, None),
        (
            "a long name of the access cookie",
            &*long,
            "b",
            1_020,
            Some("JWT_ACCESS_COOKIE_NAME"),
        ),
        (
            "a long name of the refresh cookie",
            "a",
            &*long,
            1_020,
            Some("JWT_REFRESH_COOKIE_NAME"),
        ),
        ("a long name, a short issuer", &*long, "b", 20, None),
    ] {
        let config = Config::builder()
            .secret_key(SECRET)
            .encode_audience(["n".repeat(1_020)])
            .encode_issuer("n".repeat(issuer))
            .access_cookie_name(access)
            .refresh_cookie_name(refresh);
        let told = problems(config.build());
        let keys: Vec<_> = told
            .iter()
            .filter_map(|told| told.split(':').next())
            .collect();
        assert_eq!(keys, Vec::from_iter(about), "{name}: {told:?}");
        let room = "of the shortest token are more than 4096";
        assert!(
            told.iter().all(|told| told.contains(room)),
            "{name}: {told:?}"
        );
    }
}

#[test]
fn warnings() {
    for (name, variables, expected) in WARNINGS {
        assert_eq!(with(variables).unwrap().warnings(), *expected, "{name}");
    }
}

#[test]
fn every_problem_is_reported_at_once() {
    let error = from(&[
        ("JWT_SECRET_KEY", "hunter2"),
        ("JWT_COOKIE_SAMESITE", "sideways"),
        ("JWT_ACCESS_TOKEN_EXPIRES", "0"),
        ("HANDSTAMP_COKIE_PREFIX", "host"),
    ])
    .unwrap_err();
    let text = "4 problems in the configuration:
- JWT_COOKIE_SAMESITE=\"sideways\": not one of lax, strict, none. Use \"lax\"
- HANDSTAMP_COKIE_PREFIX: no such setting. Did you mean HANDSTAMP_COOKIE_PREFIX?
- JWT_SECRET_KEY: the secret has 7 bytes and HS256 needs at least 32 (RFC 7518, section 3.2). Make one with `openssl rand -base64 64`
- JWT_ACCESS_TOKEN_EXPIRES=\"0s\": shorter than a second. Use something like 15m or 20d";
    assert_eq!(error.to_string(), text);
    assert_eq!(format!("{error:?}"), text);
}

#[test]
fn code_is_held_to_the_same_rules() {
    let error = Config::builder()
        .key_id("")
        .access_cookie_name("a b")
        .trusted_origins(["https://a.example", "*"])
        .token_locations([])
        .cookie_http_only(false)
        .access_token_expires(days(4000))
        .build();
    assert_eq!(
        problems(error),
        [
            "HANDSTAMP_KEY_ID=\"\": empty. Remove it",
            "JWT_ACCESS_COOKIE_NAME=\"a b\": ' ' at position 2 cannot be in a cookie name: letters, digits and !#$%&'*+-.^_`|~ can. Use letters, digits, hyphens and underscores",
            "HANDSTAMP_TRUSTED_ORIGINS=\"*\": not an origin. Use scheme, host and port only, as in \"https://app.example.com\"",
            "JWT_SECRET_KEY: not set, and HS256 needs it. Make one with `openssl rand -base64 64`",
            "JWT_ACCESS_TOKEN_EXPIRES=\"4000d\": longer than ten years. Use something like 15m or 20d",
            "JWT_TOKEN_LOCATION: an empty list: no request could have a token. Use \"cookies\"",
            "JWT_COOKIE_HTTP_ONLY=\"false\": any script on the page could take the tokens away. Remove it. The CSRF value is in a cookie of its own, which scripts can read",
        ]
    );
}

#[test]
fn a_danger_opens_its_own_door_only() {
    let short = || Config::builder().secret_key("short");
    assert!(short().danger(Danger::ShortSecret).build().is_ok());
    assert!(short().danger(Danger::NoCsrf).build().is_err());
    let env = |value: &str| [("HANDSTAMP_DANGER_SHORT_SECRET".into(), value.into())];
    assert!(
        short()
            .danger(Danger::ShortSecret)
            .env_from(env("false"))
            .build()
            .is_err()
    );
    assert!(short().env_from(env("true")).build().is_ok());
    assert_eq!(
        problems(
            Config::builder()
                .secret_key("")
                .danger(Danger::ShortSecret)
                .build()
        ),
        ["JWT_SECRET_KEY: the secret is empty. Make one with `openssl rand -base64 64`"]
    );
}

#[test]
fn a_previous_secret_verifies_and_does_not_sign() {
    let old = Config::builder().secret_key(OTHER).build().unwrap();
    let new = Config::builder()
        .secret_key(SECRET)
        .previous_secret_key(OTHER)
        .build()
        .unwrap();
    let of_old = old.keys().sign(b"{}").unwrap();
    let of_new = new.keys().sign(b"{}").unwrap();
    assert!(new.keys().verify(of_old.as_bytes()).is_ok());
    assert!(new.keys().verify(of_new.as_bytes()).is_ok());
    assert!(old.keys().verify(of_new.as_bytes()).is_err());
}

#[test]
fn debug_shows_settings_and_no_secrets() {
    let builder = Config::builder()
        .secret_key(SECRET)
        .previous_secret_key(OTHER)
        .token_locations([Location::Headers])
        .access_token_expires(minutes(7));
    let of_builder = format!("{builder:?}");
    let of_config = format!("{:?}", builder.build().unwrap());
    assert!(
        of_config.contains("secret_key: None, previous_secret_key: None"),
        "the texts of keys are dropped once there are keys: {of_config}"
    );
    for text in [of_builder, of_config] {
        assert!(!text.contains(SECRET) && !text.contains(OTHER), "{text}");
        assert!(text.contains("[redacted]"), "{text}");
        assert!(text.contains("access_token_expires: 420s"), "{text}");
    }
}

const RULES: &[Row] = &[
    (
        "SameSite=none without Secure",
        &[
            ("JWT_COOKIE_SAMESITE", "none"),
            ("JWT_COOKIE_SECURE", "false"),
        ],
        &[
            "JWT_COOKIE_SAMESITE=\"none\": SameSite=none needs Secure: browsers drop the cookie otherwise. Use \"lax\", or JWT_COOKIE_SECURE=true",
        ],
    ),
    (
        "the same for the refresh cookies alone",
        &[
            ("HANDSTAMP_REFRESH_COOKIE_SAMESITE", "none"),
            ("JWT_COOKIE_SECURE", "false"),
        ],
        &[
            "HANDSTAMP_REFRESH_COOKIE_SAMESITE=\"none\": SameSite=none needs Secure: browsers drop the cookie otherwise. Use \"lax\", or JWT_COOKIE_SECURE=true",
        ],
    ),
    (
        "plain HTTP in public",
        &[
            ("JWT_COOKIE_SECURE", "false"),
            ("HANDSTAMP_PUBLIC_ORIGIN", "http://example.com"),
        ],
        &[
            "JWT_COOKIE_SECURE=\"false\": tokens for http://example.com would travel where anyone on the way can read them. Serve over HTTPS and remove it, or set HANDSTAMP_DANGER_PLAIN_HTTP=true in a closed network",
        ],
    ),
    (
        "plain HTTP in a closed network",
        &[
            ("JWT_COOKIE_SECURE", "false"),
            ("HANDSTAMP_PUBLIC_ORIGIN", "http://192.168.1.5:8000"),
            ("HANDSTAMP_DANGER_PLAIN_HTTP", "true"),
        ],
        &[],
    ),
    (
        "cookies over plain HTTP of a service that has HTTPS",
        &[
            ("JWT_COOKIE_SECURE", "false"),
            ("HANDSTAMP_PUBLIC_ORIGIN", "https://example.com"),
            ("HANDSTAMP_DANGER_PLAIN_HTTP", "true"),
        ],
        &[
            "JWT_COOKIE_SECURE=\"false\": tokens for https://example.com would travel over plain HTTP as well. Remove it",
        ],
    ),
    (
        "a service that is reached by the scheme of a web view",
        &[("HANDSTAMP_PUBLIC_ORIGIN", "capacitor://localhost")],
        &[
            "HANDSTAMP_PUBLIC_ORIGIN=\"capacitor://localhost\": browsers reach a service by http or https. Set the address in the browser's address bar, up to the host and port; other schemes can be in HANDSTAMP_TRUSTED_ORIGINS",
        ],
    ),
    (
        "web views and extensions that are trusted",
        &[
            ("HANDSTAMP_PUBLIC_ORIGIN", "https://example.com"),
            (
                "HANDSTAMP_TRUSTED_ORIGINS",
                "capacitor://localhost,chrome-extension://abcdefghijklmnopabcdefghijklmnop",
            ),
        ],
        &[],
    ),
    (
        "pages without an origin, trusted",
        &[
            ("HANDSTAMP_PUBLIC_ORIGIN", "https://example.com"),
            ("HANDSTAMP_TRUSTED_ORIGINS", "null"),
        ],
        &[
            "HANDSTAMP_TRUSTED_ORIGINS=\"null\": not an origin. Use scheme, host and port only, as in \"https://app.example.com\"",
        ],
    ),
    (
        "plain HTTP at home",
        &[
            ("JWT_COOKIE_SECURE", "false"),
            ("HANDSTAMP_PUBLIC_ORIGIN", "http://localhost:8000"),
        ],
        &[],
    ),
    (
        "partitioned cookies over plain HTTP",
        &[
            ("JWT_COOKIE_SECURE", "false"),
            ("HANDSTAMP_COOKIE_PARTITIONED", "true"),
        ],
        &[
            "HANDSTAMP_COOKIE_PARTITIONED=\"true\": Partitioned needs Secure: browsers drop the cookie otherwise. Remove it, or JWT_COOKIE_SECURE=false",
        ],
    ),
    (
        "a former cookie that is set today",
        &[(
            "HANDSTAMP_FORMER_COOKIES",
            "csrf_access_token, access_token_cookie; Path=/app",
        )],
        &[
            "HANDSTAMP_FORMER_COOKIES=\"csrf_access_token\": a cookie that this configuration sets, or deletes without an entry. List what an earlier configuration has set, with the Domain and Path that it had",
        ],
    ),
    (
        "a former cookie of another domain",
        &[
            ("JWT_COOKIE_DOMAIN", "example.com"),
            (
                "HANDSTAMP_FORMER_COOKIES",
                "access_token_cookie; Domain=app.example.com",
            ),
        ],
        &[],
    ),
    (
        "cookies for scripts",
        &[("JWT_COOKIE_HTTP_ONLY", "false")],
        &[
            "JWT_COOKIE_HTTP_ONLY=\"false\": any script on the page could take the tokens away. Remove it. The CSRF value is in a cookie of its own, which scripts can read",
        ],
    ),
    (
        "no CSRF protection",
        &[("JWT_COOKIE_CSRF_PROTECT", "false")],
        &[
            "JWT_COOKIE_CSRF_PROTECT=\"false\": other sites could send requests with your visitors' cookies. Remove it, or set HANDSTAMP_PUBLIC_ORIGIN",
        ],
    ),
    (
        "a public origin guards instead",
        &[
            ("JWT_COOKIE_CSRF_PROTECT", "false"),
            ("HANDSTAMP_PUBLIC_ORIGIN", "https://example.com"),
        ],
        &[],
    ),
    (
        "also a POST that no value is asked of",
        &[
            ("JWT_CSRF_METHODS", "PUT"),
            ("HANDSTAMP_PUBLIC_ORIGIN", "https://example.com"),
        ],
        &[],
    ),
    (
        "a public origin that only reports",
        &[
            ("JWT_COOKIE_CSRF_PROTECT", "false"),
            ("HANDSTAMP_PUBLIC_ORIGIN", "https://example.com"),
            ("HANDSTAMP_ORIGIN_CHECK", "report-only"),
        ],
        &[
            "JWT_COOKIE_CSRF_PROTECT=\"false\": other sites could send requests with your visitors' cookies. Remove it, or set HANDSTAMP_PUBLIC_ORIGIN",
        ],
    ),
    (
        "trusted origins, and none of our own",
        &[("HANDSTAMP_TRUSTED_ORIGINS", "https://a.example")],
        &[
            "HANDSTAMP_TRUSTED_ORIGINS=\"https://a.example\": no request is compared with it unless this service knows its own origin. Set HANDSTAMP_PUBLIC_ORIGIN as well",
        ],
    ),
    (
        "trusted origins, and our own misspelt",
        &[
            ("HANDSTAMP_TRUSTED_ORIGINS", "https://a.example"),
            ("HANDSTAMP_PUBLIC_ORIGIN", "app.example.com"),
        ],
        &[
            "HANDSTAMP_PUBLIC_ORIGIN=\"app.example.com\": not an origin. Use scheme, host and port only, as in \"https://app.example.com\"",
        ],
    ),
    (
        "no CSRF protection where there are no cookies",
        &[
            ("JWT_COOKIE_CSRF_PROTECT", "false"),
            ("JWT_TOKEN_LOCATION", "headers"),
        ],
        &[],
    ),
    (
        "a session cookie that stays",
        &[
            ("JWT_SESSION_COOKIE", "true"),
            ("JWT_COOKIE_MAX_AGE", "600"),
        ],
        &[
            "JWT_COOKIE_MAX_AGE=\"10m\": JWT_SESSION_COOKIE=true is set as well, and says the opposite. Remove one of the two",
        ],
    ),
    (
        "a persistent cookie that stays",
        &[("JWT_SESSION_COOKIE", "false"), ("JWT_COOKIE_MAX_AGE", "0")],
        &[],
    ),
    (
        "a domain of another party",
        &[
            ("JWT_COOKIE_DOMAIN", "example.org"),
            ("HANDSTAMP_PUBLIC_ORIGIN", "https://app.example.com"),
        ],
        &[
            "JWT_COOKIE_DOMAIN=\"example.org\": browsers at https://app.example.com refuse cookies for this domain. Use the origin's host or a domain above it, or remove it",
        ],
    ),
    (
        "our own domain",
        &[
            ("JWT_COOKIE_DOMAIN", "example.com"),
            ("HANDSTAMP_PUBLIC_ORIGIN", "https://app.example.com"),
        ],
        &[],
    ),
    (
        "the host prefix and everything against it",
        &[
            ("HANDSTAMP_COOKIE_PREFIX", "host"),
            ("JWT_COOKIE_DOMAIN", "example.com"),
            ("JWT_REFRESH_COOKIE_PATH", "/auth"),
            ("JWT_COOKIE_SECURE", "false"),
        ],
        &[
            "HANDSTAMP_COOKIE_PREFIX=\"host\": needs JWT_COOKIE_SECURE=true. Change that, or remove the prefix",
            "HANDSTAMP_COOKIE_PREFIX=\"host\": needs no JWT_COOKIE_DOMAIN. Change that, or remove the prefix",
            "HANDSTAMP_COOKIE_PREFIX=\"host\": needs JWT_REFRESH_COOKIE_PATH=/. Change that, or remove the prefix",
        ],
    ),
    (
        "two prefixes",
        &[
            ("HANDSTAMP_COOKIE_PREFIX", "host"),
            ("JWT_ACCESS_COOKIE_NAME", "__Host-access"),
        ],
        &[
            "JWT_ACCESS_COOKIE_NAME=\"__Host-access\": HANDSTAMP_COOKIE_PREFIX=host puts a prefix in front of a name that has one. Leave the prefix out of the name",
        ],
    ),
    (
        "a prefix by hand whose promise is broken",
        &[
            ("JWT_ACCESS_COOKIE_NAME", "__host-access"),
            ("JWT_ACCESS_COOKIE_PATH", "/api"),
        ],
        &[
            "JWT_ACCESS_COOKIE_NAME=\"__host-access\": a cookie name that begins with __Host- needs Path=/: browsers drop the cookie otherwise. Change the settings that it names, or use another name",
        ],
    ),
    (
        "a CSRF cookie that promises HttpOnly",
        &[("JWT_REFRESH_CSRF_COOKIE_NAME", "__Http-csrf")],
        &[
            "JWT_REFRESH_CSRF_COOKIE_NAME=\"__Http-csrf\": a cookie name that begins with __Http- needs HttpOnly: browsers drop the cookie otherwise. Change the settings that it names, or use another name",
        ],
    ),
    (
        "a name for no key",
        &[("HANDSTAMP_PREVIOUS_KEY_ID", "old")],
        &["HANDSTAMP_PREVIOUS_KEY_ID=\"old\": there is no previous key. Remove it, or set the key"],
    ),
    (
        "one name for two keys",
        &[
            ("HANDSTAMP_KEY_ID", "a"),
            ("HANDSTAMP_PREVIOUS_KEY_ID", "a"),
            ("JWT_PREVIOUS_SECRET_KEY", OTHER),
        ],
        &["HANDSTAMP_PREVIOUS_KEY_ID: two HS256 keys have the key id \"a\". Give each its own"],
    ),
    (
        "leeway that outlives the token",
        &[("JWT_DECODE_LEEWAY", "2h")],
        &[
            "JWT_DECODE_LEEWAY=\"2h\": tokens would live on after their end; leeway is for clocks that differ by seconds. Use 1h or less, and longer lifetimes if those are meant",
        ],
    ),
    (
        "a header that browsers fill",
        &[("JWT_HEADER_NAME", "Cookie")],
        &[
            "JWT_HEADER_NAME=\"Cookie\": browsers fill this header unasked, and tokens in headers are not guarded against that. Use \"Authorization\", or list cookies in JWT_TOKEN_LOCATION",
        ],
    ),
    (
        "the secret is good for one of two algorithms",
        &[("JWT_DECODE_ALGORITHMS", "HS256,HS512,HS384")],
        &[
            "JWT_SECRET_KEY: the secret has 32 bytes and HS512 needs at least 64 (RFC 7518, section 3.2). Make one with `openssl rand -base64 64`",
        ],
    ),
];

const WARNINGS: &[Row] = &[
    (
        "a domain below which anyone can have a site",
        &[("JWT_COOKIE_DOMAIN", "github.io")],
        &[
            "JWT_COOKIE_DOMAIN=github.io: anyone can have a site below this domain, so browsers ignore cookies for it, and no user stays logged in. Use the domain of your own site, or remove it",
        ],
    ),
    (
        "a site below such a domain",
        &[("JWT_COOKIE_DOMAIN", "example.co.uk")],
        &[],
    ),
    ("nothing to say", &[], &[]),
    (
        "cookies for frames that no frame keeps",
        &[("HANDSTAMP_COOKIE_PARTITIONED", "true")],
        &[
            "HANDSTAMP_COOKIE_PARTITIONED=true, and JWT_COOKIE_SAMESITE is lax: in a frame of another site browsers keep no such cookie. Use none, or remove HANDSTAMP_COOKIE_PARTITIONED",
        ],
    ),
    (
        "one for frames that no frame keeps",
        &[
            ("HANDSTAMP_COOKIE_PARTITIONED", "true"),
            ("JWT_COOKIE_SAMESITE", "none"),
            ("HANDSTAMP_REFRESH_COOKIE_SAMESITE", "strict"),
        ],
        &[
            "HANDSTAMP_COOKIE_PARTITIONED=true, and HANDSTAMP_REFRESH_COOKIE_SAMESITE is strict: in a frame of another site browsers keep no such cookie. Use none, or remove HANDSTAMP_COOKIE_PARTITIONED",
        ],
    ),
    (
        "cookies of earlier settings, as many as a log-out can delete",
        &[
            ("JWT_COOKIE_DOMAIN", "shop.department.example.com"),
            ("HANDSTAMP_COOKIE_PARTITIONED", "true"),
            ("JWT_COOKIE_SAMESITE", "none"),
            (
                "HANDSTAMP_FORMER_COOKIES",
                "access_token_cookie; Domain=example.com, csrf_access_token; Domain=example.com, \
                 refresh_token_cookie; Domain=example.com, csrf_refresh_token; Domain=example.com, \
                 access_token_cookie; Domain=department.example.com, csrf_access_token; Domain=department.example.com, \
                 refresh_token_cookie; Domain=department.example.com, csrf_refresh_token; Domain=department.example.com",
            ),
        ],
        &[
            "a log-in answers with cookies of 3792 bytes or more, and nginx refuses a head of more than 4096 (502) unless it has `proxy_buffer_size 16k`: set that, or use ES256 instead of RS256, shorter names or fewer HANDSTAMP_FORMER_COOKIES",
        ],
    ),
    (
        "plain HTTP",
        &[("JWT_COOKIE_SECURE", "false")],
        &[
            "JWT_COOKIE_SECURE=false: cookies also travel over plain HTTP. For http://localhost only",
        ],
    ),
    (
        "the same key twice",
        &[("JWT_PREVIOUS_SECRET_KEY", SECRET)],
        &["JWT_PREVIOUS_SECRET_KEY is the same as JWT_SECRET_KEY"],
    ),
    (
        "a key that nothing uses",
        &[("JWT_PUBLIC_KEY", "pem")],
        &[
            "JWT_PUBLIC_KEY is not used: neither JWT_ALGORITHM nor JWT_DECODE_ALGORITHMS asks for it",
        ],
    ),
    (
        "long leeway",
        &[("JWT_DECODE_LEEWAY", "10m")],
        &["JWT_DECODE_LEEWAY: every token lives 10m longer than it says"],
    ),
    (
        "queries",
        &[("JWT_TOKEN_LOCATION", "cookies,query,json")],
        &["JWT_TOKEN_LOCATION: tokens in queries end up in logs, histories and the header Referer"],
    ),
    (
        "cookies that die at once",
        &[("JWT_COOKIE_MAX_AGE", "0")],
        &["JWT_COOKIE_MAX_AGE=0: browsers delete every cookie as soon as it is set"],
    ),
    (
        "fewer methods",
        &[("JWT_CSRF_METHODS", "POST,PUT")],
        &["JWT_CSRF_METHODS: no CSRF value is asked of PATCH, DELETE"],
    ),
    (
        "a CSRF cookie for some pages",
        &[("JWT_REFRESH_CSRF_COOKIE_PATH", "/app")],
        &["JWT_REFRESH_CSRF_COOKIE_PATH: only scripts of pages below /app can read the CSRF value"],
    ),
    (
        "a public origin on plain HTTP",
        &[("HANDSTAMP_PUBLIC_ORIGIN", "http://example.com")],
        &["HANDSTAMP_PUBLIC_ORIGIN: browsers at http://example.com take no Secure cookies"],
    ),
    (
        "origins that only report",
        &[
            ("HANDSTAMP_PUBLIC_ORIGIN", "https://example.com"),
            ("HANDSTAMP_ORIGIN_CHECK", "report-only"),
        ],
        &[
            "HANDSTAMP_ORIGIN_CHECK=report-only: requests that other sites start are logged, not refused",
        ],
    ),
    (
        "an idle time that implicit refresh does not move",
        &[
            ("JWT_IMPLICIT_REFRESH_DELTATIME", "10m"),
            ("HANDSTAMP_SESSION_IDLE", "1h"),
        ],
        &[
            "JWT_IMPLICIT_REFRESH_DELTATIME and HANDSTAMP_SESSION_IDLE: implicit refresh renews access tokens, and only an explicit refresh moves the end of a session. A page that never calls it is logged out after HANDSTAMP_SESSION_IDLE, however active its user is",
        ],
    ),
    (
        "tokens that are renewed before they are old",
        &[("JWT_IMPLICIT_REFRESH_DELTATIME", "15m")],
        &[
            "JWT_IMPLICIT_REFRESH_DELTATIME=15m: no access token has more time left (JWT_ACCESS_TOKEN_EXPIRES=15m); each is renewed when half of its life is over",
        ],
    ),
    (
        "access tokens shorter than the default time",
        &[("JWT_ACCESS_TOKEN_EXPIRES", "5m")],
        &[],
    ),
    (
        "an idle time that ends before the next refresh",
        &[("HANDSTAMP_SESSION_IDLE", "30m")],
        &["HANDSTAMP_SESSION_IDLE=30m: an active user may be logged out; use at least 1810s"],
    ),
    (
        "an idle time over the longest life",
        &[("HANDSTAMP_SESSION_IDLE", "91d")],
        &["HANDSTAMP_SESSION_IDLE: no session lives longer than HANDSTAMP_SESSION_ABSOLUTE=90d"],
    ),
];
