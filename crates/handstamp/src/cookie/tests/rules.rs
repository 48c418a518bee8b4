//! The rows of `set_cookie_rules.json`.

use std::time::Duration;

use serde_json::Value;

use super::{
    super::{
        Attributes, CookieDomain, CookieName, CookiePath, Lifetime, MAX_ATTRIBUTE_VALUE,
        MAX_NAME_AND_VALUE, SameSite, SetCookie,
    },
    array, cookie, name, path, plain, vectors,
};

/// Rows of `prefix_cases` that no setting leads to.
const NOT_OURS_TO_WRITE: [(&str, &str); 8] = [
    ("__Host-SID=12345; Secure", "Path is always written"),
    ("__HOST-SID=1; Secure", "Path is always written"),
    (
        "__Host-SID=12345; Secure; Path=/",
        "sent over http; COOKIE_SECURE is the operator's word",
    ),
    (
        "__Secure-SID=12345; Secure",
        "sent over http; COOKIE_SECURE is the operator's word",
    ),
    (
        "__Host-SID=1; Secure; Path=/; Domain=",
        "browsers differ; an empty domain is refused here",
    ),
    (
        "SID=1; Partitioned",
        "Partitioned without Secure, which the configuration refuses",
    ),
    (
        "SID=1; Max-Age=0",
        "stored for no time at all: a lifetime, which is the caller's choice",
    ),
    ("SID=1; Max-Age=-1", "a Duration is never negative"),
];

#[test]
fn what_a_browser_would_drop_is_refused_when_the_configuration_is_built() {
    let rules: Value = serde_json::from_str(&vectors("set_cookie_rules.json")).unwrap();
    let mut not_ours = Vec::new();
    for row in array(&rules["prefix_cases"]) {
        let line = row["set_cookie"].as_str().unwrap();
        if row["stored"].as_bool() != Some(accepted(line)) {
            not_ours.push(line);
        }
    }
    let mut listed: Vec<&str> = NOT_OURS_TO_WRITE.iter().map(|(line, _)| *line).collect();
    not_ours.sort_unstable();
    listed.sort_unstable();
    assert_eq!(not_ours, listed);
}

#[test]
fn a_prefix_problem_names_all_that_is_lacking() {
    let problem = |cookie: &str, attributes: &Attributes| {
        let prefix = name(cookie).prefix().unwrap();
        prefix.problem(attributes)
    };
    let wrong = Attributes {
        path: path("/auth"),
        domain: Some(CookieDomain::try_from("example.com").unwrap()),
        same_site: SameSite::Lax,
        secure: false,
        http_only: false,
        partitioned: false,
    };
    for (cookie, lacking) in [
        ("__Secure-a", "__Secure- needs Secure"),
        ("__Http-a", "__Http- needs Secure and HttpOnly"),
        ("__host-a", "__Host- needs Secure and Path=/ and no Domain"),
        (
            "__Host-Http-a",
            "__Host-Http- needs Secure and HttpOnly and Path=/ and no Domain",
        ),
    ] {
        let text =
            format!("a cookie name that begins with {lacking}: browsers drop the cookie otherwise");
        assert_eq!(problem(cookie, &wrong), Some(text));
        assert_eq!(problem(cookie, &plain()), None);
    }
}

#[test]
fn sizes() {
    let rules: Value = serde_json::from_str(&vectors("set_cookie_rules.json")).unwrap();
    for row in array(&rules["size_cases"]) {
        let length = |member: &str| usize::try_from(row[member].as_u64().unwrap()).unwrap();
        let value = "v".repeat(length("value_len"));
        let written = CookieName::try_from("n".repeat(length("name_len"))).is_ok_and(|name| {
            let cookie = cookie(name.as_str(), &plain());
            SetCookie::set(&cookie, &value, Lifetime::Session).is_ok()
        });
        assert_eq!(Some(written), row["stored"].as_bool(), "{row}");
    }
    let limits = &rules["limits"];
    assert_eq!(limits["name_plus_value_octets"], MAX_NAME_AND_VALUE);
    assert_eq!(limits["attribute_value_octets"], MAX_ATTRIBUTE_VALUE);
    let forever = Lifetime::Persistent(Duration::MAX);
    let line = SetCookie::set(&cookie("n", &plain()), "v", forever)
        .unwrap()
        .to_header_value();
    let cap = format!("; Max-Age={}; ", limits["max_age_cap_seconds"]);
    assert!(line.contains(&cap), "{line}");
}

/// `server_must`: the rules that apply to the writer, and where the others are enforced.
const RULES: [(&str, &str); 17] = [
    (
        "sc-01",
        "elsewhere: which cookies are HttpOnly is the configuration's",
    ),
    ("sc-02", "elsewhere: so is Secure"),
    ("sc-03", "written_lines_keep_the_rules"),
    ("sc-04", "written_lines_keep_the_rules"),
    (
        "sc-05",
        "what_a_browser_would_drop_is_refused_when_the_configuration_is_built",
    ),
    (
        "sc-06",
        "elsewhere: the CSRF value is made where tokens are issued",
    ),
    ("sc-07", "written_lines_keep_the_rules"),
    (
        "sc-08",
        "elsewhere: a response's cookies are collected from several lines",
    ),
    (
        "sc-09",
        "written_lines_keep_the_rules, and elsewhere: adapters append header lines",
    ),
    ("sc-10", "sizes"),
    ("sc-11", "values_are_cookie_octets"),
    ("sc-12", "written_lines_keep_the_rules"),
    (
        "sc-13",
        "sizes, and elsewhere: how long a token lives is known where it is issued",
    ),
    ("sc-14", "elsewhere: Cache-Control is the adapters'"),
    ("sc-15", "written_lines_keep_the_rules"),
    ("sc-16", "elsewhere: log-in"),
    ("sc-17", "elsewhere: log-in"),
];

#[test]
fn every_server_rule_has_its_place() {
    let rules: Value = serde_json::from_str(&vectors("set_cookie_rules.json")).unwrap();
    let ids: Vec<&str> = array(&rules["server_must"])
        .iter()
        .map(|rule| rule["id"].as_str().unwrap())
        .collect();
    assert_eq!(ids, RULES.map(|(id, _)| id));
}

/// Returns whether our types and checks accept this line. Missing attributes get our defaults.
fn accepted(line: &str) -> bool {
    let mut parts = line.split("; ");
    let (cookie, _) = parts.next().unwrap().split_once('=').unwrap_or_default();
    let Ok(cookie) = CookieName::try_from(cookie) else {
        return false;
    };
    let mut attributes = Attributes {
        secure: false,
        http_only: false,
        partitioned: false,
        ..plain()
    };
    for part in parts {
        let (attribute, value) = part.split_once('=').unwrap_or((part, ""));
        match attribute {
            "Secure" => attributes.secure = true,
            "HttpOnly" => attributes.http_only = true,
            "SameSite" => {
                attributes.same_site = [SameSite::Strict, SameSite::Lax, SameSite::None]
                    .into_iter()
                    .find(|same_site| same_site.name().eq_ignore_ascii_case(value))
                    .unwrap();
            }
            "Path" => match CookiePath::try_from(value) {
                Ok(path) => attributes.path = path,
                Err(_) => return false,
            },
            "Domain" => match CookieDomain::try_from(value) {
                Ok(domain) => attributes.domain = Some(domain),
                Err(_) => return false,
            },
            _ => {}
        }
    }
    let prefix = cookie
        .prefix()
        .and_then(|prefix| prefix.problem(&attributes));
    prefix.is_none() && attributes.problem().is_none()
}
