//! Replays the requests that were recorded with AuthX's complete example, and compares the
//! responses. The file of the cases documents its format.

#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a failing row panics"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};

use crate::{Jar, Reply, Request, Server, Signature, forge, peek};

/// Sends every request that was sent to AuthX's complete example to this program, and requires the
/// same responses, except where `docs/differences.md` gives a reason.
pub fn answers_as_recorded(program: &str) {
    let vectors: Value = serde_json::from_str(VECTORS).unwrap();
    let settings: Vec<(&str, &str)> = vectors["settings"]
        .as_object()
        .unwrap()
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str().unwrap()))
        .collect();
    let server = Server::start(program, &[], &settings).unwrap();
    let secret = vectors["settings"]["JWT_SECRET_KEY"].as_str().unwrap();

    let rows = vectors["rows"].as_array().unwrap();
    assert!(rows.len() >= 106, "rows were lost: {}", rows.len());
    let failures: Vec<String> = rows
        .iter()
        .flat_map(|row| Client::new(&server, secret).play(row))
        .collect();
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// The client of one case: its cookies, and all values that later requests may name.
struct Client<'s> {
    server: &'s Server,
    secret: &'s str,
    jar: Jar,
    values: BTreeMap<String, String>,
}

impl<'s> Client<'s> {
    fn new(server: &'s Server, secret: &'s str) -> Self {
        let (jar, values) = (Jar::default(), BTreeMap::new());
        Self {
            server,
            secret,
            jar,
            values,
        }
    }

    fn play(&mut self, row: &Value) -> Vec<String> {
        for (name, token) in row["tokens"].as_object().into_iter().flatten() {
            let token = sign(token, self.secret);
            self.values.insert(format!("token {name}"), token);
        }
        if let Some(user) = row["log_in"].as_str() {
            let password = user.replace("user", "password");
            let credentials = json!({"username": user, "password": password});
            self.send(&Request::new("POST", "/login").json(&credentials));
            let first = self.values.clone().into_iter();
            self.values
                .extend(first.map(|(name, value)| (format!("first {name}"), value)));
        }
        let mut failures = Vec::new();
        for (number, step) in row["steps"].as_array().unwrap().iter().enumerate() {
            let reply = self.send(&self.request(&step["request"]));
            let expected = step.get("handstamp").unwrap_or(&step["authx"]);
            for problem in self.problems(expected, &reply) {
                failures.push(format!("{}, step {number}: {problem}", row["name"]));
            }
        }
        failures
    }

    fn send(&mut self, request: &Request) -> Reply {
        let reply = self.server.send(request);
        self.jar.store(&reply);
        for (name, value) in self.jar.iter() {
            self.values.insert(name.to_owned(), value.to_owned());
        }
        reply
    }

    fn request(&self, step: &Value) -> Request {
        let path = self.fill(step["path"].as_str().unwrap());
        let mut request = Request::new(step["method"].as_str().unwrap(), &path);
        match &step["cookies"] {
            Value::Array(lines) => {
                for line in lines {
                    request = request.header("cookie", latin1(&self.fill(line.as_str().unwrap())));
                }
            }
            Value::String(jar) if jar == "jar" => {
                request = request.header("cookie", self.jar.header());
            }
            _ => {}
        }
        for header in step["headers"].as_array().into_iter().flatten() {
            let value = self.fill(header[1].as_str().unwrap());
            request = request.header(header[0].as_str().unwrap(), latin1(&value));
        }
        request.body(step["body"].as_str().unwrap_or_default())
    }

    /// Substitutes `{name}` and `{name|change}`.
    fn fill(&self, text: &str) -> String {
        let mut filled = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            let (name, after) = after.split_once('}').unwrap();
            let (name, change) = name.split_once('|').unwrap_or((name, ""));
            filled += before;
            filled += &changed(&self.values[name], change);
            rest = after;
        }
        filled + rest
    }

    /// Returns what is not as expected; a member that is not given is not compared.
    fn problems(&self, expected: &Value, reply: &Reply) -> Vec<String> {
        let mut seen = json!({
            "status": reply.status,
            "content_type": reply.header("content-type").unwrap_or_default(),
            "body": serde_json::from_str(&reply.body).unwrap_or_else(|_| json!(reply.body)),
        });
        seen["set_cookie"] = reply.all("set-cookie").collect();
        seen["claims"] = ["access_token_cookie", "refresh_token_cookie"]
            .into_iter()
            .filter_map(|name| Some((name.to_owned(), peek(self.jar.get(name)?))))
            .collect::<serde_json::Map<_, _>>()
            .into();
        let holds = |member: &str, wanted: &Value| match member {
            "set_cookie" => same_cookies(wanted, &seen[member]),
            _ => self.fits(wanted, &seen[member]),
        };
        expected
            .as_object()
            .unwrap()
            .iter()
            .filter(|(member, wanted)| !holds(member, wanted))
            .map(|(member, wanted)| format!("{member} is {}, not {wanted}", seen[member]))
            .collect()
    }

    fn fits(&self, wanted: &Value, seen: &Value) -> bool {
        match (wanted, seen) {
            (Value::Object(wanted), Value::Object(seen)) => {
                wanted.len() == seen.len()
                    && wanted.iter().all(|(name, value)| {
                        self.fits(value, seen.get(name).unwrap_or(&Value::Null))
                    })
            }
            (Value::String(pattern), _) => match pattern.as_str() {
                "<ANY>" => true,
                "<TEXT>" => seen.as_str().is_some_and(|text| !text.is_empty()),
                "<ID>" => seen.as_str().is_some_and(is_id),
                "<csrf_access_token>" | "<csrf_refresh_token>" => {
                    self.jar.get(pattern.trim_matches(['<', '>'])) == seen.as_str()
                }
                time if time.starts_with("<NOW") => {
                    let later = time.trim_start_matches("<NOW").trim_matches(['+', '>']);
                    let later: u64 = if later.is_empty() {
                        0
                    } else {
                        later.parse().unwrap()
                    };
                    seen.as_u64()
                        .is_some_and(|seen| seen.abs_diff(now() + later) <= 5)
                }
                text => seen == text,
            },
            _ => wanted == seen,
        }
    }
}

/// Compares line by line; attributes without regard to case and order.
fn same_cookies(wanted: &Value, seen: &Value) -> bool {
    let (wanted, seen) = (wanted.as_array().unwrap(), seen.as_array().unwrap());
    wanted.len() == seen.len()
        && wanted.iter().zip(seen).all(|(wanted, seen)| {
            let (wanted, wanted_attributes) = parts(wanted.as_str().unwrap());
            let (seen, mut attributes) = parts(seen.as_str().unwrap());
            let (wanted_name, wanted) = wanted.split_once('=').unwrap();
            let (name, value) = seen.split_once('=').unwrap();
            let value_fits = match wanted {
                "<JWT>" => value.starts_with("eyJ") && value.split('.').count() == 3,
                "<ID>" => is_id(value),
                text => value == text,
            };
            if wanted_attributes.contains("expires=<date>") {
                let date = attributes
                    .iter()
                    .find(|one| one.starts_with("expires="))
                    .cloned();
                assert!(date.as_deref().is_some_and(is_date), "{date:?} is no date");
                attributes.remove(date.as_deref().unwrap_or_default());
                attributes.insert("expires=<date>".to_owned());
            }
            name == wanted_name && value_fits && attributes == wanted_attributes
        })
}

fn parts(line: &str) -> (&str, BTreeSet<String>) {
    let (pair, attributes) = line.split_once("; ").unwrap_or((line, ""));
    let attributes = attributes.split("; ").map(str::to_ascii_lowercase);
    (pair, attributes.collect())
}

/// 22 characters of base64url: 128 bits.
fn is_id(text: &str) -> bool {
    let base64url = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    text.len() == 22 && text.bytes().all(base64url)
}

/// `expires=thu, 01 jan 1970 00:00:00 gmt`
fn is_date(attribute: &str) -> bool {
    let shape = |byte: u8| match byte {
        b'0'..=b'9' => b'0',
        b'a'..=b'z' => b'a',
        other => other,
    };
    attribute
        .bytes()
        .map(shape)
        .eq("aaaaaaa=aaa, 00 aaa 0000 00:00:00 aaa".bytes())
}

fn changed(token: &str, change: &str) -> String {
    let (signed, signature) = token.rsplit_once('.').unwrap_or((token, ""));
    match change {
        "" => token.to_owned(),
        "other signature" => {
            let first = if signature.starts_with('A') { "B" } else { "A" };
            format!("{signed}.{first}{}", &signature[1..])
        }
        "other payload" => {
            let mut claims = peek(token);
            claims["sub"] = json!("user2");
            let other = forge("", claims.to_string(), Signature::None);
            let payload = other.split('.').nth(1).unwrap();
            let header = token.split('.').next().unwrap();
            format!("{header}.{payload}.{signature}")
        }
        "padded" => format!("{token}="),
        "two segments" => signed.to_owned(),
        other => panic!("no such change: {other}"),
    }
}

fn sign(token: &Value, secret: &str) -> String {
    let mut claims = token["claims"].clone();
    for (_, value) in claims.as_object_mut().into_iter().flatten() {
        if let Some(seconds) = value.get("now").and_then(Value::as_i64) {
            *value = json!(now().saturating_add_signed(seconds));
        }
    }
    let key = token["key"].as_str().unwrap_or(secret);
    let signature = match token["mac"].as_str() {
        Some("none") => Signature::None,
        Some("HS512") => Signature::Hs512(key),
        _ => Signature::Hs256(key),
    };
    forge(token["header"].to_string(), claims.to_string(), signature)
}

fn latin1(text: &str) -> Vec<u8> {
    text.chars()
        .map(|character| u8::try_from(character).unwrap())
        .collect()
}

fn now() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap()
        .as_secs()
}

const VECTORS: &str = include_str!("../vectors/authx_complete.json");
