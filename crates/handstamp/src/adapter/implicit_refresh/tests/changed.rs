//! What an application changes in a token that is renewed.

use serde_json::{Value, json};

use super::{Answer, claims, record, refreshed, renewed};
use crate::error::StoreError;
use crate::session::ClientInfo;
use crate::store::MemoryStore;
use crate::testing::{NOW, builder, clock_at, now};
use crate::{Auth, NewToken, minutes};

type Change = fn(NewToken) -> Result<NewToken, StoreError>;

#[test]
fn a_renewed_token_says_what_the_application_says_now() {
    #[rustfmt::skip]
    let rows: [(&str, Change, Option<Value>); 6] = [
        ("as it was", Ok, Some(json!(["posts:write"]))),
        ("other scopes", |token| Ok(token.scopes(["posts:read"])), Some(json!(["posts:read"]))),
        ("fresh", |token| Ok(token.fresh()), Some(json!(["posts:write"]))),
        ("the database does not answer", |_| Err(StoreError::new("down")), None),
        ("another account", |_| Ok("user2".into()), None),
        ("a registered claim", |token| Ok(token.claim("exp", 0)), None),
    ];
    for (name, change, expected) in rows {
        let clock = clock_at(NOW);
        let auth = Auth::builder(builder().build().unwrap())
            .with_clock(clock.clone())
            .store(MemoryStore::with_clock(clock.clone()))
            .on_implicit_refresh(move |token| async move { change(token) })
            .build()
            .unwrap();
        let user = NewToken::for_subject("user1").scopes(["posts:write"]);
        let tokens = now(auth.log_in(user, ClientInfo::new())).unwrap();
        clock.advance(minutes(14));
        let before = record(&auth, tokens.access().as_str());
        let (sid, auth_time) = (before.session_id(), before.authenticated_at());
        let cookies = refreshed(&auth, before, &Answer(200, &[]));
        let after = cookies.map(|cookies| record(&auth, &renewed(&cookies)));
        let scopes = after.as_ref().map(|after| claims(after)["scopes"].clone());
        assert_eq!(scopes, expected, "{name}");
        if let Some(after) = after {
            assert!(!after.is_fresh(), "{name}");
            assert_eq!(after.session_id(), sid, "{name}");
            assert_eq!(after.authenticated_at(), auth_time, "{name}");
        }
    }
}
