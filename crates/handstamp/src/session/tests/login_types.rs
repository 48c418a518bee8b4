//! Tests of users and administrators: two `Auth`s with one key and one store.

use std::sync::Arc;

use super::refresh_head;
use crate::config::ConfigBuilder;
use crate::error::{AuthError, IssueError};
use crate::session::{ClientInfo, Owner};
use crate::store::MemoryStore;
use crate::testing::{Head, NOW, ask, builder, clock_at, now, outcome, token};
use crate::{Auth, NewToken, Require};

struct Houses {
    users: Auth,
    admins: Auth,
}

fn houses() -> Houses {
    let clock = clock_at(NOW);
    let store = Arc::new(MemoryStore::with_clock(clock.clone()));
    let house = |config: ConfigBuilder| {
        Auth::builder(config.build().unwrap())
            .with_clock(clock.clone())
            .store(Arc::clone(&store))
            .build()
            .unwrap()
    };
    let users = builder().login_type("user").build().unwrap();
    let admins = builder()
        .login_type("admin")
        .access_cookie_name("admin_access")
        .access_csrf_cookie_name("admin_csrf")
        .refresh_cookie_name("admin_refresh")
        .refresh_csrf_cookie_name("admin_refresh_csrf");
    Houses {
        admins: house(admins.alongside(&users)),
        users: house(builder().login_type("user")),
    }
}

#[test]
fn a_token_opens_the_routes_of_its_own_type_only() {
    let Houses { users, admins } = houses();
    let bearer = |token: &str| Head::new("GET").bearer(token);
    let everywhere = || Require::access().from([crate::Location::Headers]);
    let of_user = users.create_access_token("1").unwrap();
    let of_admin = admins.create_access_token("1").unwrap();
    let in_session = now(admins.log_in("1", ClientInfo::new())).unwrap();
    let of_nobody = token(&users, &serde_json::json!({"sub": "1"}));
    let of_number = token(
        &users,
        &serde_json::json!({"sub": "1", "login_type": "Admin"}),
    );
    let rows = [
        ("a user's at the users'", &users, of_user.as_str(), "1"),
        ("an admin's at the admins'", &admins, of_admin.as_str(), "1"),
        (
            "an admin's of a session",
            &admins,
            in_session.access().as_str(),
            "1",
        ),
        (
            "a user's at the admins'",
            &admins,
            of_user.as_str(),
            "login_type_mismatch",
        ),
        (
            "an admin's at the users'",
            &users,
            of_admin.as_str(),
            "login_type_mismatch",
        ),
        (
            "one without a type",
            &admins,
            &of_nobody,
            "login_type_mismatch",
        ),
        (
            "one of a type in other letters",
            &admins,
            &of_number,
            "login_type_mismatch",
        ),
    ];
    for (row, auth, token, expected) in rows {
        assert_eq!(
            outcome(auth, &bearer(token), &everywhere()),
            expected,
            "{row}"
        );
    }
    // What a route demands comes on top: no token has two types.
    for (login_type, expected) in [("admin", "1"), ("user", "login_type_mismatch")] {
        let require = everywhere().login_type(login_type);
        let head = bearer(of_admin.as_str());
        assert_eq!(outcome(&admins, &head, &require), expected, "{login_type}");
    }
}

#[test]
fn only_tokens_of_its_own_type_are_made() {
    let Houses { users, admins } = houses();
    let admin = || NewToken::for_subject("1").login_type("admin");
    let given = admins.create_access_token(admin()).unwrap();
    assert_eq!(given.as_str().split('.').count(), 3);

    let refused = |error: IssueError| {
        assert!(
            matches!(&error, IssueError::OtherLoginType { .. }),
            "{error}"
        );
        error.to_string()
    };
    let text = "the login type \"admin\" was asked for, and every token made here is of \"user\": use the Auth of the former";
    assert_eq!(
        refused(users.create_access_token(admin()).unwrap_err()),
        text
    );
    assert_eq!(
        refused(users.create_refresh_token(admin()).unwrap_err()),
        text
    );
    assert_eq!(refused(users.create_token_pair(admin()).unwrap_err()), text);
    match now(users.log_in(admin(), ClientInfo::new())).unwrap_err() {
        AuthError::Issue(error) => assert_eq!(refused(error), text),
        AuthError::Rejected(rejection) => panic!("{rejection}"),
    }
    // A token that one `Auth` admitted, passed to the other.
    let head = Head::new("GET").cookie("admin_access", given.as_str());
    let admitted = ask(&admins, &head, &Require::access()).unwrap();
    assert_eq!(admitted.login_type(), Some("admin"));
    refused(users.create_access_token(&admitted).unwrap_err());
}

#[test]
fn sessions_are_those_of_its_own_users() {
    let Houses { users, admins } = houses();
    let of_user = now(users.log_in("1", ClientInfo::new())).unwrap();
    let of_admin = now(admins.log_in("1", ClientInfo::new())).unwrap();
    let count = |auth: &Auth| now(auth.sessions("1")).unwrap().len();
    assert_eq!((count(&users), count(&admins)), (1, 1));

    // Refreshed tokens keep the type.
    let head = Head::new("POST")
        .cookie("admin_refresh", of_admin.refresh().as_str())
        .csrf(of_admin.refresh().csrf().unwrap());
    let refresh = ask(&admins, &head, &Require::refresh()).unwrap();
    let next = now(admins.refresh(&refresh)).unwrap();
    let head = Head::new("GET").cookie("admin_access", next.access().as_str());
    let next = ask(&admins, &head, &Require::access()).unwrap();
    assert_eq!(next.login_type(), Some("admin"));

    // A log-out here ends nothing there, whatever our cookies contain.
    let head = refresh_head(&of_admin);
    let log_out = users.authenticate_log_out(&head).unwrap();
    assert_eq!(now(users.log_out(log_out)).unwrap().lines().count(), 0);
    assert_eq!((count(&users), count(&admins)), (1, 1));

    assert_eq!(now(users.revoke_all_sessions("1")).unwrap(), 1);
    assert_eq!((count(&users), count(&admins)), (0, 1));
    let admin = Owner::from("1").login_type("admin");
    assert_eq!(
        now(users.revoke_all_sessions(admin)).unwrap(),
        1,
        "said in so many words"
    );
    assert_eq!(count(&admins), 0);
    drop(of_user);
}
