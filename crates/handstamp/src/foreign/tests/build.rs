//! What is wrong with an issuer, at start-up.

use super::{API, ISSUER, JWKS};
use crate::foreign::{ForeignIssuer, ForeignIssuerBuilder};
use crate::jws::Algorithm::{EdDsa, Es256, Hs256, Rs256};
use crate::jws::tests::pem::test_key;

fn builder() -> ForeignIssuerBuilder {
    ForeignIssuer::builder(ISSUER, API)
}

fn problems(builder: ForeignIssuerBuilder) -> Vec<String> {
    match builder.build() {
        Ok(_) => Vec::new(),
        Err(error) => error.problems().iter().map(ToString::to_string).collect(),
    }
}

#[test]
fn keys_that_fit() {
    let p256 = || builder().public_key(Es256, test_key("p256.public"));
    let of_one_id = JWKS.replace("\"kid\": \"p384\"", "\"kid\": \"p256\"");
    assert_ne!(of_one_id, JWKS);
    let rows = [
        ("a PEM", p256()),
        (
            "two PEMs of one algorithm",
            p256().public_key(Es256, test_key("p256.public")),
        ),
        ("a set", builder().jwks(JWKS)),
        ("a set and a PEM", p256().jwks(JWKS)),
        (
            "one id for keys of several algorithms",
            builder().jwks(of_one_id),
        ),
    ];
    for (sentence, builder) in rows {
        assert_eq!(problems(builder), Vec::<String>::new(), "{sentence}");
    }
}

#[test]
fn mistakes() {
    let p256 = || builder().public_key(Es256, test_key("p256.public"));
    let rows: [(&str, ForeignIssuerBuilder, &[&str]); 11] = [
        ("no key", builder(), &[NO_KEY]),
        (
            "a set without a key",
            builder().jwks(r#"{"keys": []}"#),
            &[NO_KEY],
        ),
        (
            "a set in which no key can be used",
            builder().jwks(r#"{"keys": [{"kty": "AKP"}, {"kty": "RSA", "use": "enc"}]}"#),
            &[
                "keys: none can be used: JWK Set, key 1: its `kty` or `crv` is not known; \
               JWK Set, key 2: its `use` is not sig. \
               Give a public key of the issuer by `public_key`, `jwks` or `jwks_file`",
            ],
        ),
        (
            "two keys of one id and algorithm",
            builder().jwks(TWO_OF_ONE_ID),
            &["keys: two EdDSA keys have the key id \"a\". Give each its own"],
        ),
        (
            "a bad key beside good ones",
            p256().jwks(r#"{"keys": [{"kty": "AKP"}, {"kty": "oct", "k": ""}]}"#),
            &[
                "JWK Set, key 2: a symmetric key (`oct`), and whoever verifies with it could sign as well. \
               Give public keys alone",
            ],
        ),
        (
            "a private key",
            builder().public_key(Es256, test_key("p256.private")),
            &[
                "public key: this is a private key where a public one belongs. \
               `openssl pkey -in key.pem -pubout` gives the public half",
            ],
        ),
        (
            "an algorithm that does not fit",
            builder().public_key(EdDsa, test_key("p256.public")),
            &[
                "public key: EdDSA needs an Ed25519 key, and this is an EC key on P-256. \
               Give the other key, or choose the algorithm that belongs to it",
            ],
        ),
        (
            "an algorithm of secrets",
            builder().public_key(Hs256, test_key("p256.public")),
            &["public key: HS256 signs with a secret, not with a PEM. \
               Give a secret, or choose the algorithm that belongs to the key"],
        ),
        (
            "a file that does not exist",
            builder().jwks_file("/nonexistent/jwks.json"),
            &[
                "JWK Set=\"/nonexistent/jwks.json\": cannot read the file: No such file or directory (os error 2). \
               Give the path of a readable file that is a JWK Set",
            ],
        ),
        (
            "spaces around the issuer",
            ForeignIssuer::builder(" https://a ", API).public_key(Es256, test_key("p256.public")),
            &["issuer=\" https://a \": it has spaces around it. \
               Name the issuer as its tokens do in the claim `iss`"],
        ),
        (
            "everything at once",
            ForeignIssuer::builder("", "")
                .public_key(Rs256, test_key("rsa1024.public"))
                .jwks("?"),
            &[
                "public key: the RSA key has 1024 bits, and 2048 to 8192 are allowed \
                 (RFC 7518, section 3.3). \
                 Make one with `openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:3072`",
                "JWK Set: not JSON. Give the whole text of the issuer's JWK Set",
                "issuer: it is empty. Name the issuer as its tokens do in the claim `iss`",
                "audience: it is empty. \
                 Name what the issuer puts into the claim `aud` for this service",
            ],
        ),
    ];
    for (sentence, builder, expected) in rows {
        assert_eq!(problems(builder), expected, "{sentence}");
    }
}

const NO_KEY: &str = "keys: there is none. \
    Give a public key of the issuer by `public_key`, `jwks` or `jwks_file`";
const TWO_OF_ONE_ID: &str = r#"{"keys": [
    {"kty": "OKP", "crv": "Ed25519", "kid": "a", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"},
    {"kty": "OKP", "crv": "Ed25519", "kid": "a", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}
]}"#;
