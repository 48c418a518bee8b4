//! The claims that a hand-written token needs, so that handstamp accepts it.

use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine};
use serde::Serialize;

/// The claims of an access token.
#[derive(Debug, Serialize)]
#[non_exhaustive]
pub struct Claims {
    sub: String,
    exp: u64,
    iat: u64,
    /// New: by it, one token can be revoked.
    jti: String,
    /// New: what the token is for. Nothing else opens a route.
    #[serde(rename = "type")]
    purpose: &'static str,
}

impl Claims {
    /// Makes the claims of a user's token, which lives for 15 minutes.
    ///
    /// # Errors
    /// The system has no random numbers.
    pub fn for_user(id: i64, now: u64) -> Result<Self, getrandom::Error> {
        let mut random = [0; 16];
        getrandom::fill(&mut random)?;
        Ok(Self {
            sub: id.to_string(),
            exp: now + 15 * 60,
            iat: now,
            jti: BASE64_URL_SAFE_NO_PAD.encode(random),
            purpose: "access",
        })
    }
}

#[cfg(test)]
mod tests {
    use std::time::{SystemTime, UNIX_EPOCH};

    use axum::Router;
    use axum::routing::get;
    use handstamp_axum::testing::Browser;
    use handstamp_axum::{Access, Auth, Config, Location};
    use hmac::{Hmac, KeyInit, Mac};
    use serde_json::{Value, json};
    use sha2::Sha256;

    use super::*;

    const SECRET: &str = "the secret of both, of thirty-two bytes or more";

    /// A token as the crate `jsonwebtoken` makes it with `Header::default()`.
    fn signed(claims: &Value) -> String {
        let part = |part: &Value| BASE64_URL_SAFE_NO_PAD.encode(part.to_string());
        let header = json!({"typ": "JWT", "alg": "HS256"});
        let text = format!("{}.{}", part(&header), part(claims));
        let mut mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).unwrap();
        mac.update(text.as_bytes());
        let signature = mac.finalize().into_bytes();
        format!("{text}.{}", BASE64_URL_SAFE_NO_PAD.encode(signature))
    }

    #[tokio::test]
    async fn a_hand_written_token_is_accepted_once_it_has_an_id_and_says_what_it_is_for() {
        let config = Config::builder().secret_key(SECRET);
        let config = config.token_locations([Location::Headers]).build().unwrap();
        let auth = Auth::new(config).unwrap();
        let me = get(async |token: Access| token.subject().to_owned());
        let browser = Browser::new(
            Router::new().route("/me", me).with_state(auth),
            "https://app.example.com",
        );
        let now = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap()
            .as_secs();
        let whole = serde_json::to_value(Claims::for_user(7, now).unwrap()).unwrap();
        let without = |name: &str| {
            let mut claims = whole.clone();
            claims.as_object_mut().unwrap().remove(name);
            claims
        };
        for (name, claims, status) in [
            ("all of them", whole.clone(), 200),
            ("no id", without("jti"), 401),
            ("no purpose", without("type"), 401),
            ("no time of issue", without("iat"), 401),
        ] {
            let answer = browser
                .get("/me")
                .as_program()
                .bearer(&signed(&claims))
                .send()
                .await;
            assert_eq!(answer.status(), status, "{name}: {}", answer.text());
        }
    }
}
