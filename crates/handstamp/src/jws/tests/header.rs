//! Tests of headers that differ from ours by any byte.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};

use super::super::{Algorithm, Header, JwsError, KeyId, TokenType};

const NOT_JSON: &str = "header is not JSON";
const NOT_STRING: &str = "header is not an object, or a member is not a string";
const REPEATED: &str = "header has a member twice";
const CRIT_B64: &str = "header has `crit` or `b64`";
const TYP: &str = "header has a `typ` other than JWT";

fn parse(json: impl AsRef<[u8]>) -> Result<Header, JwsError> {
    Header::parse(
        BASE64_URL_SAFE_NO_PAD.encode(json).as_bytes(),
        TokenType::Jwt,
    )
}

#[test]
fn accepted() {
    let deep = format!(
        r#"{{"alg":"HS256","x":{}{}}}"#,
        "[".repeat(2900),
        "]".repeat(2900)
    );
    let many: Vec<String> = (0..600).map(|n| format!("\"{n}\":0,")).collect();
    let many = format!(r#"{{{}"alg":"HS256"}}"#, many.concat());
    #[rustfmt::skip]
    let rows = [
        ("only an algorithm", r#"{"alg":"HS256"}"#, None),
        ("blanks", " {\r\n \"typ\" : \"JWT\",\t\"alg\" : \"HS256\" } ", None),
        ("escapes", r#"{"\u0061lg":"HS\u0032\u0035\u0036"}"#, None),
        ("JWT in lower case", r#"{"alg":"HS256","typ":"jwt"}"#, None),
        ("the long form of JWT", r#"{"alg":"HS256","typ":"application/jwt"}"#, None),
        ("the long form in capitals", r#"{"alg":"HS256","typ":"APPLICATION/JWT"}"#, None),
        ("a key id", r#"{"alg":"HS256","kid":"a"}"#, Some("a")),
        ("an empty key id", r#"{"alg":"HS256","kid":""}"#, Some("")),
        ("a key id that is an attack", r#"{"alg":"HS256","kid":"../../dev/null' OR 1=1 --"}"#, Some("../../dev/null' OR 1=1 --")),
        ("unknown members", r#"{"alg":"HS256","x":[1,{"alg":"none"}],"y":null,"zip":"DEF"}"#, None),
        ("embedded keys, skipped", r#"{"alg":"HS256","jwk":{"kty":"oct","k":""},"jku":"http://a/","x5u":"http://a/","x5c":[]}"#, None),
        ("members that only begin like ours", r#"{"alg":"HS256","Alg":"none","CRIT":[],"alg ":1}"#, None),
        ("a member nested nearly 3000 deep", &deep, None),
        ("six hundred members", &many, None),
    ];
    for (sentence, json, key_id) in rows {
        let header = Header {
            algorithm: Algorithm::Hs256,
            key_id: key_id.map(str::to_owned),
        };
        assert_eq!(parse(json), Ok(header), "{sentence}");
    }
}

#[test]
fn refused() {
    let deep = format!(r#"{{"alg":"HS256","x":{}"#, "[".repeat(5000));
    let deep_alg = format!(r#"{{"alg":{}{}}}"#, "[".repeat(2500), "]".repeat(2500));
    #[rustfmt::skip]
    let rows: &[(&str, &str, &str)] = &[
        ("nothing", "", NOT_JSON),
        ("not JSON", "x", NOT_JSON),
        ("a list", r#"["alg","HS256"]"#, NOT_STRING),
        ("a string", r#""HS256""#, NOT_STRING),
        ("null", "null", NOT_STRING),
        ("no algorithm", "{}", "header has no `alg`"),
        ("an algorithm that is null", r#"{"alg":null}"#, NOT_STRING),
        ("an algorithm that is a list", r#"{"alg":["HS256"]}"#, NOT_STRING),
        ("an algorithm that is a deep list", &deep_alg, NOT_STRING),
        ("a type that is not a string", r#"{"alg":"HS256","typ":1}"#, NOT_STRING),
        ("a type that is null", r#"{"alg":"HS256","typ":null}"#, NOT_STRING),
        ("another type", r#"{"alg":"HS256","typ":"at+jwt"}"#, TYP),
        ("an empty type", r#"{"alg":"HS256","typ":""}"#, TYP),
        ("the long form with a parameter", r#"{"alg":"HS256","typ":"application/jwt;v=1"}"#, TYP),
        ("the long form of another type", r#"{"alg":"HS256","typ":"application/at+jwt"}"#, TYP),
        ("a key id that is a number", r#"{"alg":"HS256","kid":1}"#, NOT_STRING),
        ("a key id that is null", r#"{"alg":"HS256","kid":null}"#, NOT_STRING),
        ("a critical extension", r#"{"alg":"HS256","crit":["exp"]}"#, CRIT_B64),
        ("no critical extension", r#"{"alg":"HS256","crit":[]}"#, CRIT_B64),
        ("critical: null", r#"{"alg":"HS256","crit":null}"#, CRIT_B64),
        ("critical under an escape", r#"{"alg":"HS256","cri\u0074":["b64"],"b64":false}"#, CRIT_B64),
        ("b64: false", r#"{"alg":"HS256","b64":false}"#, CRIT_B64),
        ("b64: true", r#"{"alg":"HS256","b64":true}"#, CRIT_B64),
        ("the algorithm twice", r#"{"alg":"none","alg":"HS256"}"#, REPEATED),
        ("twice, once under an escape", r#"{"alg":"HS256","\u0061lg":"HS256"}"#, REPEATED),
        ("an unknown member twice", r#"{"alg":"HS256","x":1,"x":1}"#, REPEATED),
        ("more after the object", r#"{"alg":"HS256"}{}"#, NOT_JSON),
        ("a zero byte after the object", "{\"alg\":\"HS256\"}\0", NOT_JSON),
        ("a byte order mark", "\u{feff}{\"alg\":\"HS256\"}", NOT_JSON),
        ("a comma too many", r#"{"alg":"HS256",}"#, NOT_JSON),
        ("a comment", r#"{"alg":"HS256"/**/}"#, NOT_JSON),
        ("single quotes", "{'alg':'HS256'}", NOT_JSON),
        ("half an object, 5000 deep", &deep, NOT_JSON),
        ("half a surrogate pair", r#"{"alg":"HS256","kid":"\ud800"}"#, NOT_JSON),
    ];
    for &(sentence, json, what) in rows {
        assert_eq!(parse(json), Err(JwsError::Malformed(what)), "{sentence}");
    }
}

#[test]
fn algorithms_that_we_do_not_have() {
    for alg in [
        "", "none", "None", "NONE", "nOnE", "hs256", "HS256 ", "A128GCM", "dir", "RSA-OAEP",
    ] {
        assert_eq!(
            parse(format!(r#"{{"alg":"{alg}"}}"#)),
            Err(JwsError::UnsupportedAlgorithm),
            "{alg}"
        );
    }
}

#[test]
fn bytes() {
    #[rustfmt::skip]
    let rows: &[(&str, &[u8])] = &[
        ("not UTF-8 in a member that is skipped", b"{\"alg\":\"HS256\",\"x\":\"\xff\"}"),
        ("not UTF-8 in a name", b"{\"alg\":\"HS256\",\"\xc3\x28\":1}"),
        ("a surrogate in UTF-8", b"{\"alg\":\"HS256\",\"x\":\"\xed\xa0\x80\"}"),
        ("UTF-16", b"\xff\xfe{\0}\0"),
    ];
    for (sentence, json) in rows {
        let error = JwsError::Malformed("header is not UTF-8");
        assert_eq!(parse(json), Err(error), "{sentence}");
    }
}

#[test]
fn encoding() {
    // `{"alg":"HS256"}` has 15 bytes, the one with a blank 16: then the last character has unused
    // bits.
    let rows: &[(&str, &str)] = &[
        ("padding", "eyJhbGciOiJIUzI1NiJ9IA=="),
        ("an unused bit that is set", "eyJhbGciOiJIUzI1NiJ9IB"),
        ("a length that cannot be", "eyJhbGciOiJIUzI1NiJ9I"),
        ("a line break", "eyJhbGciOiJIUzI1NiJ9\n"),
        ("a blank", " eyJhbGciOiJIUzI1NiJ9"),
        ("the other alphabet", "eyJhbGciOiJIUzI1NiIsIngiOiI_/z8/In0"),
    ];
    assert!(Header::parse(b"eyJhbGciOiJIUzI1NiJ9IA", TokenType::Jwt).is_ok());
    for (sentence, segment) in rows {
        let error = JwsError::Malformed("header is not canonical base64url");
        assert_eq!(
            Header::parse(segment.as_bytes(), TokenType::Jwt),
            Err(error),
            "{sentence}"
        );
    }
}

#[test]
fn what_we_write_is_what_we_read() {
    let ids = [
        None,
        Some("2026-01"),
        Some(" !#$%&'()*+,-./:;<=>?@[]^_`{|}~"),
    ];
    for algorithm in Algorithm::ALL {
        for id in ids {
            let key_id = id.map(|id| KeyId::try_from(id).unwrap());
            let segment = Header::encode(algorithm, key_id.as_ref());
            let header = Header {
                algorithm,
                key_id: id.map(str::to_owned),
            };
            assert_eq!(
                Header::parse(segment.as_bytes(), TokenType::Jwt),
                Ok(header)
            );
        }
    }
    // The bytes that PyJWT writes, and therefore AuthX.
    assert_eq!(
        Header::encode(Algorithm::Hs256, None),
        "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9"
    );
    let id = KeyId::try_from("a").unwrap();
    assert_eq!(
        BASE64_URL_SAFE_NO_PAD.decode(Header::encode(Algorithm::Es256K, Some(&id))),
        Ok(br#"{"alg":"ES256K","typ":"JWT","kid":"a"}"#.to_vec())
    );
}

#[cfg(feature = "asymmetric")]
#[test]
fn a_header_says_which_type_its_token_is_of() {
    let typ = |typ: &str| format!(r#"{{"alg":"ES256","typ":"{typ}"}}"#);
    let none = r#"{"alg":"ES256"}"#.to_owned();
    // (sentence, header, accepted among ours, accepted among those of other issuers)
    let rows = [
        ("nothing is ours", none, true, false),
        ("JWT is ours", typ("JWT"), true, false),
        ("the long form is ours", typ("application/jwt"), true, false),
        ("at+jwt is of others", typ("at+jwt"), false, true),
        ("case does not matter", typ("AT+JWT"), false, true),
        (
            "the long form is of others",
            typ("application/at+jwt"),
            false,
            true,
        ),
        (
            "the long form has no case",
            typ("Application/At+Jwt"),
            false,
            true,
        ),
        ("an empty one is of nobody", typ(""), false, false),
        ("another media type", typ("text/at+jwt"), false, false),
        ("blanks are no part of it", typ(" at+jwt"), false, false),
        ("parameters are not read", typ("at+jwt;v=1"), false, false),
        ("a type of ID tokens", typ("id_token+jwt"), false, false),
        ("a log-out token", typ("logout+jwt"), false, false),
        ("a proof of possession", typ("dpop+jwt"), false, false),
    ];
    for (sentence, json, ours, of_others) in rows {
        let segment = BASE64_URL_SAFE_NO_PAD.encode(json);
        let accepted = |token_type| Header::parse(segment.as_bytes(), token_type).is_ok();
        assert_eq!(accepted(TokenType::Jwt), ours, "{sentence}");
        assert_eq!(accepted(TokenType::AccessToken), of_others, "{sentence}");
    }
}
