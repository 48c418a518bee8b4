//! The rows of `jws_vectors.jsonl` with a valid signature and invalid claims.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

use crate::config::danger::Danger;
use crate::testing::Head;
use crate::{Auth, Config, Location, Require};

#[test]
fn claims_that_are_none_are_refused() {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../handstamp-conformance/vectors/jws_vectors.jsonl"
    );
    let vectors = std::fs::read_to_string(path).unwrap();
    let rows: Vec<Value> = vectors
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .filter(|row: &Value| row["layer"] == "jwt")
        .collect();
    assert_eq!(rows.len(), 10);
    let mut run = 0;
    for row in &rows {
        assert_eq!(row["expect"], "invalid");
        let Some(config) = config(row) else { continue };
        let auth = Auth::new(config).unwrap();
        let head = Head::new("GET").bearer(row["token"].as_str().unwrap());
        let require = Require::access().from([Location::Headers]);
        let code = crate::testing::outcome(&auth, &head, &require);
        // Two do not have a valid signature either.
        let expected = match row["oracle_reason"] {
            Value::Null => "invalid_token",
            _ => "invalid_signature",
        };
        assert_eq!(code, expected, "{}", row["id"]);
        run += 1;
    }
    // One has an RSA key.
    assert_eq!(run, if cfg!(feature = "asymmetric") { 10 } else { 9 });
}

/// A service with the key of this row.
fn config(row: &Value) -> Option<Config> {
    let config = match row["alg"].as_str().unwrap() {
        "HS256" => Config::builder()
            .secret_key(
                URL_SAFE_NO_PAD
                    .decode(row["key"]["k"].as_str().unwrap())
                    .unwrap(),
            )
            .danger(Danger::ShortSecret),
        #[cfg(feature = "asymmetric")]
        "RS256" => Config::builder()
            .algorithm(crate::jws::Algorithm::Rs256)
            .public_key(row["pem"].as_str().unwrap()),
        _ => return None,
    };
    Some(config.build().unwrap())
}
