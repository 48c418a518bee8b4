//! Tests of payloads whose signature is valid.

mod values;

use super::registered::REGISTERED;
use super::*;

/// Replaces one claim by this text; `None` removes it. The claims stand in the order in which this
/// crate writes them, so that both readers read them.
fn with(claim: &str, value: Option<&str>) -> String {
    let usual = [
        ("sub", r#""user1""#),
        ("jti", r#""id""#),
        ("type", r#""access""#),
        ("iat", "100"),
        ("exp", "200"),
    ];
    let mut members: Vec<(&str, &str)> = usual.to_vec();
    members.retain(|(name, _)| *name != claim);
    members.extend(value.map(|value| (claim, value)));
    let place = |name| REGISTERED.iter().position(|registered| *registered == name);
    members.sort_by_key(|(name, _)| place(*name).unwrap_or(REGISTERED.len()));
    let members = members
        .iter()
        .map(|(name, value)| format!("{name:?}:{value}"));
    format!("{{{}}}", members.collect::<Vec<_>>().join(","))
}

fn parse(payload: &str) -> Result<Claims, String> {
    parse_as(payload, "sub")
}

/// Reads every payload by both readers: the one for the usual form takes no space in front.
fn parse_as(payload: &str, identity: &str) -> Result<Claims, String> {
    let read = |payload: &str| {
        Claims::parse(payload.as_bytes().to_vec(), identity).map_err(|error| error.0.into_owned())
    };
    let (claims, by_the_other) = (read(payload), read(&format!(" {payload}")));
    assert_eq!(summary(&claims), summary(&by_the_other), "{payload}");
    claims
}

/// All that claims say, or the error without its position.
fn summary(outcome: &Result<Claims, String>) -> Result<String, &str> {
    let claims = outcome.as_ref().map_err(|error| without_position(error))?;
    let list = |list: Option<Vec<&str>>| format!("{list:?}");
    Ok(format!(
        "{:?}",
        (
            [claims.subject(), claims.id(), claims.kind()],
            [
                claims.csrf(),
                claims.issuer(),
                claims.login_type(),
                claims.session()
            ],
            list(claims.audience().map(Iterator::collect)),
            list(claims.scopes.as_ref().map(|_| claims.scopes().collect())),
            (claims.fresh_until, claims.generation, claims.auth_time),
            (claims.issued_at, claims.not_before, claims.expires_at),
        )
    ))
}

fn without_position(error: &str) -> &str {
    error.split(" at line ").next().unwrap()
}

fn problem(payload: &str) -> String {
    match parse(payload) {
        Ok(_) => "nothing".to_owned(),
        Err(error) => without_position(&error).to_owned(),
    }
}

#[test]
fn every_required_claim_has_its_form() {
    const STRINGS: [&str; 3] = ["sub", "jti", "type"];
    const TIMES: [&str; 3] = ["iat", "exp", "nbf"];
    let anything = [
        "null", "true", "false", "1", "-1", "1.5", "[]", r#"["a"]"#, "{}", r#""a""#, r#""""#,
    ];
    let good = |claim: &str, value: &str| match claim {
        "sub" | "jti" | "type" => value == r#""a""#,
        "fresh" => ["true", "false", "1", "1.5"].contains(&value),
        "csrf" | "iss" | "login_type" | "sid" => value.starts_with('"') || value == "null",
        "aud" => value.starts_with('"') || ["null", "[]", r#"["a"]"#].contains(&value),
        "scopes" => ["null", "[]", r#"["a"]"#].contains(&value),
        "gen" => value == "1",
        _ => ["1", "1.5"].contains(&value),
    };
    for claim in REGISTERED {
        for value in anything {
            let outcome = problem(&with(claim, Some(value)));
            let expected = if good(claim, value) {
                "nothing".to_owned()
            } else if STRINGS.contains(&claim) && value == r#""""# {
                if claim == "sub" {
                    "sub is empty".to_owned()
                } else {
                    format!("no {claim}")
                }
            } else {
                format!("{claim} has a wrong form")
            };
            assert_eq!(outcome, expected, "{claim}: {value}");
        }
        let required = STRINGS.contains(&claim) || (TIMES.contains(&claim) && claim != "nbf");
        let expected = if required {
            format!("no {claim}")
        } else {
            "nothing".to_owned()
        };
        assert_eq!(problem(&with(claim, None)), expected, "without {claim}");
    }
}

#[test]
fn no_name_stands_twice() {
    #[rustfmt::skip]
    let rows = [
        ("a registered one", r#""sub":"user1","sub":"user1""#, "sub stands twice"),
        ("one with an escape", r#""sub":"user1","\u0073ub":"user2""#, "sub stands twice"),
        ("null twice", r#""csrf":null,"csrf":null"#, "csrf stands twice"),
        ("null and a value", r#""iss":null,"iss":"a""#, "iss stands twice"),
        ("the session", r#""sid":"a","sid":"b""#, "sid stands twice"),
        ("a custom one", r#""tenant":1,"tenant":1"#, "a custom claim stands twice"),
        ("a custom one with an escape", r#""tenant":1,"a":0,"t\u0065nant":2"#, "a custom claim stands twice"),
        ("the empty one", r#""":1,"":2"#, "a custom claim stands twice"),
        ("names that differ in case", r#""tenant":1,"Tenant":2"#, "nothing"),
        ("the same name on another level", r#""a":{"sub":"user2","a":1}"#, "nothing"),
    ];
    for (sentence, members, expected) in rows {
        let claim = if members.contains(r#""sub":"user1""#) {
            "sub"
        } else {
            ""
        };
        let others = with(claim, None);
        let payload = format!("{},{members}}}", others.strip_suffix('}').unwrap());
        assert_eq!(problem(&payload), expected, "{sentence}");
    }
    let twice = with("email", Some("\"a\"")).replace("\"exp\"", "\"email\":\"b\",\"exp\"");
    let outcome = parse_as(&twice, "email").err().unwrap();
    assert!(
        outcome.starts_with("a custom claim stands twice"),
        "{outcome}"
    );
}

#[test]
fn the_payload_is_one_json_object() {
    let good = with("", None);
    let deep = |levels| {
        let nested = format!("{}{}", "[".repeat(levels), "]".repeat(levels));
        with("custom", Some(&nested))
    };
    let object = "the claims are not a JSON object";
    // With `arbitrary_precision`, serde_json keeps a number as its text, and every parser accepts
    // it.
    let over_every_float = match serde_json::from_str::<serde_json::Value>("1e999") {
        Ok(_) => "nothing",
        Err(_) => "a custom claim has a wrong form",
    };
    #[rustfmt::skip]
    let rows: Vec<(&str, String, &str)> = vec![
        ("usual", good.clone(), "nothing"),
        ("with space around", format!(" \t\r\n{good} \n"), "nothing"),
        ("nothing", String::new(), object),
        ("a string", r#""a secret""#.to_owned(), object),
        ("an array", format!("[{good}]"), object),
        ("a number", "5".to_owned(), object),
        ("null", "null".to_owned(), object),
        ("a byte order mark in front", format!("\u{feff}{good}"), object),
        ("a no-break space in front", format!("\u{a0}{good}"), object),
        ("something behind", format!("{good}x"), "trailing characters"),
        ("two objects", format!("{good}{good}"), "trailing characters"),
        ("NUL behind", format!("{good}\0"), "trailing characters"),
        ("cut short", good[..good.len() - 1].to_owned(), "EOF while parsing an object"),
        ("a comma too many", good.replace('}', ",}"), "trailing comma"),
        ("single quotes", good.replace('"', "'"), "key must be a string"),
        ("a comment", good.replace('{', "{/**/"), "key must be a string"),
        ("a control character in a text", with("sub", Some("\"a\nb\"")), "sub has a wrong form"),
        ("126 levels inside", deep(126), "nothing"),
        ("127 levels inside", deep(127), "a custom claim has a wrong form"),
        ("3000 levels inside", deep(3000), "a custom claim has a wrong form"),
        ("a lone surrogate in a registered claim", with("sub", Some(r#""\ud800""#)), "sub has a wrong form"),
        ("a lone surrogate in a custom claim", with("name", Some(r#""\ud800""#)), "a custom claim has a wrong form"),
        ("a lone surrogate deep in a custom claim", with("name", Some(r#"[{"a":["\udc00"]}]"#)), "a custom claim has a wrong form"),
        ("a lone surrogate in a name", with("", None).replace('{', r#"{"\ud800":1,"#), "unexpected end of hex escape"),
        ("a number over every float in a custom claim", with("n", Some("1e999")), over_every_float),
    ];
    for (sentence, payload, expected) in rows {
        assert_eq!(problem(&payload), expected, "{sentence}");
    }
    for bytes in [&b"\xff"[..], b"{\"sub\":\"\xc3\x28\"}", b"\xef\xbb"] {
        let error = Claims::parse(bytes.to_vec(), "sub").err().unwrap();
        assert_eq!(error.0, "the claims are not UTF-8");
    }
}

#[test]
fn the_identity_claim_names_the_subject() {
    let both = |sub: Option<&str>, email: Option<&str>| {
        let payload = with("sub", sub);
        let email = email.map_or("}".to_owned(), |email| format!(",\"email\":{email}}}"));
        format!("{}{email}", payload.strip_suffix('}').unwrap())
    };
    let (one, two) = (Some(r#""one""#), Some(r#""two""#));
    #[rustfmt::skip]
    let rows = [
        ("next to sub, the same", one, one, Ok("one")),
        ("next to sub, spelled another way", one, Some(r#""\u006fne""#), Ok("one")),
        ("next to sub, another", one, two, Err("the identity claim and sub differ")),
        ("alone", None, two, Ok("two")),
        ("sub alone", one, None, Ok("one")),
        ("neither", None, None, Err("no sub")),
        ("empty, next to sub", one, Some(r#""""#), Err("the identity claim and sub differ")),
        ("empty, alone", None, Some(r#""""#), Err("sub is empty")),
        ("a number", one, Some("1"), Err("the identity claim has a wrong form")),
        ("null", one, Some("null"), Err("the identity claim has a wrong form")),
    ];
    for (sentence, sub, email, expected) in rows {
        let outcome = parse_as(&both(sub, email), "email");
        let outcome = match &outcome {
            Ok(claims) => Ok(claims.subject()),
            Err(error) => Err(without_position(error)),
        };
        assert_eq!(outcome, expected, "{sentence}");
    }
}

#[test]
fn several_texts_with_escapes_are_told_apart() {
    let payload = r#"{"sub":"us\u0065r1","jti":"\u0069d2","type":"access","iat":1,"exp":2,"iss":"\u0075s","scopes":["\u0061","b","\u0063"]}"#;
    let claims = parse(payload).unwrap();
    assert_eq!(claims.subject(), "user1");
    assert_eq!(claims.id(), "id2");
    assert_eq!(claims.issuer(), Some("us"));
    assert!(claims.scopes().eq(["a", "b", "c"]));
    assert_eq!(claims.payload(), payload);
}

/// What the reader of the usual form must leave to the other, and what it must take, or nothing is
/// gained by it.
#[test]
fn the_usual_form_is_read_flat() {
    let ours = r#"{"sub":"user1","jti":"AAAA","type":"access","fresh":true,"csrf":"","iat":1,"nbf":1,"exp":2,"sid":"s","gen":3,"auth_time":1,"iss":"i","aud":"a","scopes":["a","b:*"],"login_type":"user","email":"user1","tenant":"t","roles":["x"],"none":[],"level":7,"vip":true,"ended":false,"left":null}"#;
    let instead = |member: &str, other: &str| ours.replace(member, other);
    let and_custom = |count: usize| {
        let members: Vec<String> = (0..count).map(|n| format!(r#""c{n}":0"#)).collect();
        ours.replace('}', &format!(",{}}}", members.join(",")))
    };
    #[rustfmt::skip]
    let rows = [
        ("as this crate writes it", ours.to_owned(), true),
        ("the least", r#"{"sub":"user1"}"#.to_owned(), true),
        ("several audiences", instead(r#""aud":"a""#, r#""aud":["a","b"]"#), true),
        ("no audience in the list", instead(r#""aud":"a""#, r#""aud":[]"#), true),
        ("without a log-in", instead("true,\"csrf", "false,\"csrf"), true),
        ("fifteen digits", instead("\"iat\":1", "\"iat\":100000000000000"), true),
        ("fresh until a time", instead("true,\"csrf", "15,\"csrf"), true),
        ("a text beyond ASCII", instead("user1", "Jürgen 🦀"), true),
        ("DEL in a text", instead("user1", "\u{7f}"), true),
        ("nothing", String::new(), false),
        ("an object without members", "{}".to_owned(), false),
        ("in another order", instead(r#""iat":1,"nbf":1"#, r#""nbf":1,"iat":1"#), false),
        ("a registered claim behind the others", r#"{"sub":"user1","level":7,"iss":"i"}"#.to_owned(), false),
        ("another claim first", instead("{", r#"{"level":8,"#), false),
        ("a longer name", instead(r#""sub""#, r#""subject""#), false),
        ("a space in front", format!(" {ours}"), false),
        ("a space behind", format!("{ours} "), false),
        ("a space after a comma", ours.replacen(',', ", ", 1), false),
        ("a space after a colon", ours.replacen(':', ": ", 1), false),
        ("an escape", instead("user1", "user\\u0031"), false),
        ("an escaped quote", instead("user1", "user\\\""), false),
        ("a control character", instead("user1", "user\t1"), false),
        ("null for a registered claim", instead(r#""iss":"i""#, r#""iss":null"#), false),
        ("a registered claim twice", instead(r#""sub":"user1""#, r#""sub":"user1","sub":"user1""#), false),
        ("a list twice", instead(r#""aud":"a""#, r#""aud":"a","aud":[]"#), false),
        ("a custom claim twice", instead(r#""level":7"#, r#""level":7,"level":7"#), false),
        ("the identity claim twice", instead(r#""email":"user1""#, r#""email":"user1","email":"user1""#), false),
        ("the identity claim as a number", instead(r#""email":"user1""#, r#""email":1"#), false),
        ("sixty-four custom claims", and_custom(56), true),
        ("sixty-five", and_custom(57), false),
        ("a fraction", instead("\"iat\":1", "\"iat\":1.5"), false),
        ("an exponent", instead("\"iat\":1", "\"iat\":1e3"), false),
        ("a leading zero", instead("\"iat\":1", "\"iat\":01"), false),
        ("a sign", instead("\"iat\":1", "\"iat\":-1"), false),
        ("no digits", instead("\"iat\":1,", "\"iat\":,"), false),
        ("sixteen digits", instead("\"iat\":1", "\"iat\":1000000000000000"), false),
        ("an object in a custom claim", instead("\"level\":7", "\"level\":{}"), false),
        ("a list of numbers", instead(r#"["x"]"#, "[1]"), false),
        ("a list with a comma too many", instead(r#"["x"]"#, r#"["x",]"#), false),
        ("a list that does not end", r#"{"aud":["a""#.to_owned(), false),
        ("a text that does not end", r#"{"sub":"user1"#.to_owned(), false),
        ("a comma too many", ours.replace('}', ",}"), false),
        ("no comma", ours.replacen(',', "", 1), false),
        ("something behind", format!("{ours}{ours}"), false),
        ("cut short", ours.replace('}', ""), false),
    ];
    for (sentence, payload, is_flat) in rows {
        let read = flat::read(&payload, "email");
        assert_eq!(read.is_some(), is_flat, "{sentence}: {payload}");
        drop(parse_as(&payload, "email"));
    }
}

#[test]
fn what_is_said_of_malformed_claims_never_quotes_them() {
    const PRIVATE: &str = "private-4711";
    let text = format!("\"{PRIVATE}\"");
    let list = format!("[{text}]");
    let mut payloads = vec![text.clone(), list.clone(), format!("{{{text}}}")];
    for claim in REGISTERED {
        payloads.push(with(claim, Some(&text)));
        payloads.push(with(claim, Some(&list)));
        payloads.push(with(claim, Some(&format!("[1,{text}]"))));
        payloads.push(with(claim, Some("4711")));
        payloads.push(with(claim, Some("-4711.5")));
        payloads.push(with(claim, Some(&format!("{text},{text}:1,{text}:2"))));
    }
    let mut refused = 0;
    for payload in payloads {
        if let Err(error) = parse(&payload) {
            refused += 1;
            assert!(!error.contains("4711"), "{payload}: {error}");
        }
    }
    assert!(refused > 60, "{refused}");
}
