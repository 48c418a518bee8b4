//! Tokens: what each argument and each setting of flask-jwt-extended puts into one, and what its
//! applications read in ours.

use std::time::Duration;

use handstamp::config::{Algorithm, danger::Danger};
use handstamp::one_time::Action;
use handstamp::session::ClientInfo;
use handstamp::store::MemoryStore;
use handstamp::{NewToken, minutes};

use super::*;

/// The sentence, the route, their settings and ours, identity and further arguments of the token;
/// the status that they answer, and the subject or the code that we do.
type Theirs = (
    &'static str,
    Demand,
    Value,
    Settings,
    Value,
    Value,
    i64,
    Result<&'static str, &'static str>,
);

/// The sentence, the route, their settings and ours, the token, and the status that they answer.
type Ours = (&'static str, Demand, Value, Settings, NewToken, i64);

/// A token in its cookie, with its CSRF value: what their route answers, and what ours.
#[tokio::test]
async fn each_kind_of_token_is_accepted_as_it_is_meant() {
    const NO_END: Result<&str, &str> = Err("invalid_token");
    const WRONG_FORM: Result<&str, &str> = Err("invalid_token");
    let user = || json!("user1");
    let none = || json!({});
    #[rustfmt::skip]
    let rows: Vec<Theirs> = vec![
        ("a plain access token", Access, none(), plain, user(), none(), 200, Ok("user1")),
        ("a plain refresh token", Refresh, none(), plain, user(), none(), 200, Ok("user1")),

        ("a plain access token where a fresh one is asked for", Fresh, none(), plain, user(), none(), 401, Err("fresh_token_required")),
        ("fresh", Fresh, none(), plain, user(), json!({"fresh": true}), 200, Ok("user1")),
        ("fresh for five minutes", Fresh, none(), plain, user(), json!({"fresh": {"seconds": 300}}), 200, Ok("user1")),
        ("no longer fresh", Fresh, none(), plain, user(), json!({"fresh": {"seconds": -1}}), 401, Err("fresh_token_required")),
        ("no longer fresh, where none is asked for", Access, none(), plain, user(), json!({"fresh": {"seconds": -1}}), 200, Ok("user1")),

        ("an end of its own", Access, none(), plain, user(), json!({"expires_delta": {"seconds": 60}}), 200, Ok("user1")),
        ("expired", Access, none(), plain, user(), json!({"expires_delta": {"seconds": -1}}), 401, Err("token_expired")),
        ("expired within the leeway", Access, json!({"JWT_DECODE_LEEWAY": 60}), |c| c.decode_leeway(minutes(1)), user(), json!({"expires_delta": {"seconds": -1}}), 200, Ok("user1")),
        ("an access token without end", Access, none(), plain, user(), json!({"expires_delta": false}), 200, NO_END),
        ("a refresh token without end", Refresh, json!({"JWT_REFRESH_TOKEN_EXPIRES": false}), plain, user(), none(), 200, NO_END),
        ("a life of the settings", Access, json!({"JWT_ACCESS_TOKEN_EXPIRES": 60}), plain, user(), none(), 200, Ok("user1")),

        ("further claims", Access, none(), plain, user(), json!({"additional_claims": {"role": "editor", "teams": [{"id": 1}], "nothing": null}}), 200, Ok("user1")),
        ("further claims in a refresh token", Refresh, none(), plain, user(), json!({"additional_claims": {"role": "editor"}}), 200, Ok("user1")),
        ("further claims that are scopes", Access, none(), plain, user(), json!({"additional_claims": {"scopes": ["posts:write"]}}), 200, Ok("user1")),
        ("scopes in one text", Access, none(), plain, user(), json!({"additional_claims": {"scopes": "posts:write posts:read"}}), 200, WRONG_FORM),
        ("an audience among further claims", Access, json!({"JWT_DECODE_AUDIENCE": "shop"}), |c| c.decode_audience(["shop"]), user(), json!({"additional_claims": {"aud": "shop"}}), 200, Ok("user1")),
        ("a type of its own", Access, none(), plain, user(), json!({"additional_claims": {"type": "reset"}}), 200, Err("access_token_required")),

        ("a key id in the header", Access, none(), plain, user(), json!({"additional_headers": {"kid": "2026"}}), 200, Ok("user1")),
        ("a member of its own in the header", Refresh, none(), plain, user(), json!({"additional_headers": {"tenant": {"id": 1}}}), 200, Ok("user1")),
        ("a media type in the header", Access, none(), plain, user(), json!({"additional_headers": {"typ": "application/jwt"}}), 200, Ok("user1")),
        ("another kind of token in the header", Access, none(), plain, user(), json!({"additional_headers": {"typ": "at+jwt"}}), 200, WRONG_FORM),

        ("a number as identity", Access, none(), plain, json!(7), none(), 422, WRONG_FORM),
        ("a number as identity, which the settings allow", Access, json!({"JWT_VERIFY_SUB": false}), plain, json!(7), none(), 200, WRONG_FORM),
        ("nothing as identity", Access, json!({"JWT_VERIFY_SUB": false}), plain, Value::Null, none(), 200, WRONG_FORM),
        ("an object as identity", Access, json!({"JWT_VERIFY_SUB": false}), plain, json!({"id": 7}), none(), 200, WRONG_FORM),
        ("an empty identity", Access, none(), plain, json!(""), none(), 200, WRONG_FORM),
        ("an identity that is not ASCII", Access, none(), plain, json!("Zoë \u{1f511}"), none(), 200, Ok("Zoë \u{1f511}")),
        ("a claim of its own for the identity", Access, json!({"JWT_IDENTITY_CLAIM": "uid"}), |c| c.identity_claim("uid"), user(), none(), 200, Ok("user1")),
        ("a number in a claim of its own", Access, json!({"JWT_IDENTITY_CLAIM": "uid"}), |c| c.identity_claim("uid"), json!(7), none(), 200, WRONG_FORM),

        ("an audience", Access, json!({"JWT_ENCODE_AUDIENCE": "shop", "JWT_DECODE_AUDIENCE": "shop"}), |c| c.encode_audience(["shop"]), user(), none(), 200, Ok("user1")),
        ("several audiences", Refresh, json!({"JWT_ENCODE_AUDIENCE": ["shop", "app"], "JWT_DECODE_AUDIENCE": ["app"]}), |c| c.decode_audience(["app"]), user(), none(), 200, Ok("user1")),
        ("another audience", Access, json!({"JWT_ENCODE_AUDIENCE": "app", "JWT_DECODE_AUDIENCE": "app"}), |c| c.decode_audience(["shop"]), user(), none(), 200, Err("invalid_audience")),
        ("an audience that no setting of ours names", Access, json!({"JWT_ENCODE_AUDIENCE": "app"}), plain, user(), none(), 200, Err("invalid_audience")),
        ("an issuer", Access, json!({"JWT_ENCODE_ISSUER": "door", "JWT_DECODE_ISSUER": "door"}), |c| c.encode_issuer("door"), user(), none(), 200, Ok("user1")),
        ("another issuer", Access, json!({"JWT_ENCODE_ISSUER": "window"}), |c| c.decode_issuer("door"), user(), none(), 200, Err("invalid_issuer")),
        ("without nbf", Access, json!({"JWT_ENCODE_NBF": false}), plain, user(), none(), 200, Ok("user1")),
        ("another algorithm", Access, json!({"JWT_ALGORITHM": "HS512"}), |c| c.algorithm(Algorithm::Hs512), user(), none(), 200, Ok("user1")),
        ("a further algorithm", Refresh, json!({"JWT_ALGORITHM": "HS384", "JWT_DECODE_ALGORITHMS": ["HS384"]}), |c| c.decode_algorithms([Algorithm::Hs384]), user(), none(), 200, Ok("user1")),
        ("without CSRF values", Access, json!({"JWT_COOKIE_CSRF_PROTECT": false}), |c| c.cookie_csrf_protect(false).danger(Danger::NoCsrf), user(), none(), 200, Ok("user1")),
        ("without CSRF values, where ours asks for them", Access, json!({"JWT_COOKIE_CSRF_PROTECT": false}), plain, user(), none(), 200, Err("missing_csrf_token")),
    ];
    let mut flask = Peer::start("flask_jwt_extended_peer.py");
    for (sentence, demand, settings, same, identity, arguments, status, expected) in rows {
        let made = flask.ask(&json!({
            "op": "issue", "settings": theirs(&settings), "purpose": demand.purpose(), "identity": identity, "arguments": arguments,
        }));
        let request = post_with(
            demand,
            made["token"].as_str().unwrap(),
            csrf_in(&made).as_deref(),
        );
        let answer = demand.ask_theirs(&mut flask, &settings, &request);
        assert_eq!(answer["status"], status, "{sentence}: {answer}");

        let seen = demand.ask_ours(&ours(same), &request).await;
        let subject = seen.as_ref().map(|(subject, _)| subject.as_str());
        assert_eq!(subject.map_err(|code| *code), expected, "{sentence}");
        if let Ok((_, claims)) = seen {
            assert_eq!(claims, answer["claims"], "{sentence}");
        }
        if expected.is_ok() && csrf_in(&made).is_some() {
            let forged = post_with(demand, made["token"].as_str().unwrap(), Some("wrong"));
            let seen = demand.ask_ours(&ours(same), &forged).await;
            assert_eq!(seen.err(), Some("csrf_mismatch"), "{sentence}");
            let answer = demand.ask_theirs(&mut flask, &settings, &forged);
            assert_eq!(answer["status"], 401, "{sentence}: {answer}");
        }
    }
}

/// The claim, which their package gives only for a token that it accepts itself.
fn csrf_in(made: &Value) -> Option<String> {
    let claims = handstamp_conformance::peek(made["token"].as_str().unwrap());
    claims["csrf"].as_str().map(str::to_owned)
}

fn post_with(demand: Demand, token: &str, csrf: Option<&str>) -> Request {
    let request = Request::new("POST", "/").cookies([format!("{}={token}", demand.cookie())]);
    match csrf {
        Some(value) => request.header("x-csrf-token", value),
        None => request,
    }
}

#[tokio::test]
async fn their_applications_read_each_kind_of_our_tokens() {
    let user = || NewToken::for_subject("user1");
    let none = || json!({});
    #[rustfmt::skip]
    let rows: Vec<Ours> = vec![
        ("a plain access token", Access, none(), plain, user(), 200),
        ("a plain refresh token", Refresh, none(), plain, user(), 200),
        ("a fresh one", Fresh, none(), plain, user().fresh(), 200),
        ("one that is not fresh, where one is asked for", Fresh, none(), plain, user(), 401),
        ("custom claims, scopes and a login type", Access, none(), plain, user().claim("role", "editor").scopes(["posts:*"]).login_type("user"), 200),
        ("an end of its own", Refresh, none(), plain, user().expires_in(Duration::from_secs(60)), 200),
        ("a claim of its own for the subject", Access, json!({"JWT_IDENTITY_CLAIM": "uid"}), |c| c.identity_claim("uid"), user(), 200),
        ("an audience", Access, json!({"JWT_DECODE_AUDIENCE": "shop"}), |c| c.encode_audience(["shop"]), user(), 200),
        ("audiences of its own", Refresh, json!({"JWT_DECODE_AUDIENCE": ["app"]}), plain, user().audience(["shop", "app"]), 200),
        ("another audience", Access, json!({"JWT_DECODE_AUDIENCE": "app"}), |c| c.encode_audience(["shop"]), user(), 422),
        ("an issuer", Access, json!({"JWT_DECODE_ISSUER": "door"}), |c| c.encode_issuer("door"), user(), 200),
        ("without nbf", Access, none(), |c| c.encode_nbf(false), user(), 200),
        ("a key id", Access, none(), |c| c.key_id("2026"), user(), 200),
        ("another algorithm", Access, json!({"JWT_ALGORITHM": "HS512"}), |c| c.algorithm(Algorithm::Hs512), user(), 200),
        ("without CSRF values", Access, json!({"JWT_COOKIE_CSRF_PROTECT": false}), |c| c.cookie_csrf_protect(false).danger(Danger::NoCsrf), user(), 200),
    ];
    let mut flask = Peer::start("flask_jwt_extended_peer.py");
    for (sentence, demand, settings, same, new, status) in rows {
        let auth = ours(same);
        let (token, csrf) = match demand {
            Refresh => text(&auth.create_refresh_token(new).unwrap()),
            Access | Fresh => text(&auth.create_access_token(new).unwrap()),
        };
        let request = post_with(demand, &token, csrf.as_deref());
        let answer = demand.ask_theirs(&mut flask, &settings, &request);
        assert_eq!(answer["status"], status, "{sentence}: {answer}");
        if status == 200 {
            let mut own = handstamp_conformance::peek(&token);
            // Their package supplies the claim, which our refresh tokens do not have.
            let members = own.as_object_mut().unwrap();
            members.entry("fresh").or_insert(json!(false));
            assert_eq!(answer["claims"], own, "{sentence}");
        }
        let forged = post_with(demand, &token, Some("wrong"));
        let answer = demand.ask_theirs(&mut flask, &settings, &forged);
        let refuses = status != 200 || csrf.is_some();
        assert_eq!(answer["status"] != 200, refuses, "{sentence}: {answer}");
    }
}

fn text<P>(token: &handstamp::SignedToken<P>) -> (String, Option<String>)
where
    P: Purpose,
{
    (token.as_str().to_owned(), token.csrf().map(str::to_owned))
}

#[tokio::test]
async fn keys_in_pairs_cross_over() {
    let mut flask = Peer::start("flask_jwt_extended_peer.py");
    let mut authx = Peer::start("authx_peer.py");
    for algorithm in [Algorithm::Rs256, Algorithm::Es256] {
        let keys = authx.ask(&json!({"op": "keys", "algorithm": algorithm.name()}));
        let [private, public] = ["private_key", "public_key"].map(|name| &keys[name]);
        let settings = json!({
            "JWT_ALGORITHM": algorithm.name(), "JWT_PRIVATE_KEY": private, "JWT_PUBLIC_KEY": public,
        });
        let config = Config::builder()
            .algorithm(algorithm)
            .private_key(private.as_str().unwrap())
            .public_key(public.as_str().unwrap());
        let auth = Auth::new(config.build().unwrap()).unwrap();

        let made = flask.ask(&json!({
            "op": "issue", "settings": theirs(&settings), "purpose": "access", "identity": "user1", "arguments": {},
        }));
        let of_theirs = (made["token"].as_str().unwrap().to_owned(), csrf_in(&made));
        let of_ours = text(&auth.create_access_token("user1").unwrap());
        for (token, csrf) in [of_theirs, of_ours] {
            let request = post_with(Access, &token, csrf.as_deref());
            let answer = Access.ask_theirs(&mut flask, &settings, &request);
            assert_eq!(answer["status"], 200, "{algorithm}: {answer}");
            let seen = Access.ask_ours(&auth, &request).await;
            assert_eq!(seen.unwrap().0, "user1", "{algorithm}");
        }
    }
}

/// Their refresh token gets a session here, and both services accept what the refresh gives.
#[tokio::test]
async fn a_user_of_theirs_refreshes_here_and_goes_on_there() {
    let config = Config::builder().secret_key(SECRET).cookie_secure(false);
    let auth = Auth::builder(config.build().unwrap())
        .store(MemoryStore::new())
        .build()
        .unwrap();
    let mut flask = Peer::start("flask_jwt_extended_peer.py");
    let made = flask.ask(&json!({
        "op": "issue", "settings": theirs(&json!({})), "purpose": "refresh", "identity": "user1",
        "arguments": {"additional_claims": {"role": "editor"}},
    }));
    let request = post_with(
        Refresh,
        made["token"].as_str().unwrap(),
        csrf_in(&made).as_deref(),
    );
    let token = auth.authenticate(&request, &Require::refresh()).await;
    let adopted = auth.refresh(&token.unwrap()).await.unwrap();
    let logged_in = auth.log_in("user1", ClientInfo::new()).await.unwrap();
    for (sentence, tokens, is_fresh) in [
        ("an adopted one", adopted, false),
        ("a log-in here", logged_in, true),
    ] {
        let (access, refresh) = (tokens.access(), tokens.refresh());
        for demand in [Access, Fresh, Refresh] {
            let (token, csrf) = match demand {
                Refresh => text(refresh),
                Access | Fresh => text(access),
            };
            let request = post_with(demand, &token, csrf.as_deref());
            let answer = demand.ask_theirs(&mut flask, &json!({}), &request);
            let expected = if demand != Fresh || is_fresh {
                200
            } else {
                401
            };
            assert_eq!(
                answer["status"], expected,
                "{sentence}, {demand:?}: {answer}"
            );
        }
    }
}

/// It takes whatever is no refresh token for an access token, and looks at an audience only if one
/// is configured. So there is no `sub`.
#[test]
fn no_one_time_token_is_accepted() {
    let mut flask = Peer::start("flask_jwt_extended_peer.py");
    let action = Action::new("password-reset", minutes(30));
    let new = action.for_subject("user1").bound_to("hash");
    let token = ours(plain).create_one_time_token(new).unwrap();
    let settings = json!({"JWT_TOKEN_LOCATION": ["headers"]});
    let bearer = format!("Bearer {}", token.as_str());
    let request = Request::new("GET", "/").header("authorization", &bearer);
    for demand in [Access, Refresh] {
        let answer = demand.ask_theirs(&mut flask, &settings, &request);
        assert_eq!(answer["status"], 422, "{demand:?}: {answer}");
        assert_eq!(answer["msg"], "Missing claim: sub", "{demand:?}");
    }
}
