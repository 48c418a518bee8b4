//! Cases of texts that databases may mishandle: as accounts, as ids, as data.

use handstamp::store::rotation::Continuation;
use handstamp::store::{
    AccountId, Admission, NewSession, PresentedToken, Redeem, Redemption, Rotation, SessionId,
    TokenId, UserRevocation,
};

use super::login::{CLOSED, DAY, HOUR, Login, OPEN, random, revoke_token, revoke_user, unique};
use super::row::{Outcome, Row};
use super::suite::Suite;

pub(super) fn rows(suite: &mut Suite) {
    for (sentence, text) in TEXTS {
        suite.row(sentence, |row| keys_of(row, text));
    }
    for (sentence, one, other) in LOOKALIKES {
        suite.row(sentence, |row| two_users(row, one, other));
        suite.row(sentence, |row| two_sessions(row, one, other));
        suite.row(sentence, |row| two_tokens(row, one, other));
    }
    suite.row(
        "accounts of different login types are different",
        login_types,
    );
    for (sentence, text) in DATA {
        suite.row(sentence, |row| data(row, (*text).to_owned()));
    }
    suite.row("data of 8 KiB comes back as it was", |row| {
        data(row, "0123456789abcdéf".repeat(500))
    });
    suite.row(
        "data of every Unicode character comes back as it was",
        |row| data(row, ('\u{1}'..='\u{10ffff}').step_by(61).collect()),
    );
}

/// A key is this text and something random. It is an account, a session and a token at once.
const TEXTS: [(&str, &str); 13] = [
    ("keys may have a quote", "'; DROP TABLE sessions; --"),
    (
        "keys may have a double quote and a backslash",
        r#""\" \\ \0 \n"#,
    ),
    ("keys may have per cent signs", "100% %s %1$s %%"),
    ("keys may have the colon that separates parts", "a:b::c:"),
    (
        "keys may have non-ASCII characters",
        "Zoë 日本語 \u{1f510} \u{202e}evil",
    ),
    ("keys may have braces, as Redis's hash tags", "{user}{}:{"),
    ("keys may have spaces at either end", "  two  "),
    (
        "keys may have control characters",
        "\0\t\r\n\u{1b}[31m\u{7f}\u{85}",
    ),
    ("keys may have placeholders of parameters", "?1 $1 :name @p"),
    ("keys may have wildcards", "*?_%[a-z]"),
    ("keys may look like JSON", r#"["a",{"b":null}]"#),
    ("keys may look like a number", "00012e3"),
    (
        "keys may have commas and line separators",
        "a,b;c|d\u{2028}",
    ),
];

async fn keys_of(row: Row, text: &str) -> Outcome {
    for key in [
        format!("{text}{:x}", random()),
        format!("{:x}{text}", random()),
        // Exactly as long as a key may be.
        as_long_as_may_be(text),
    ] {
        whole_life(&row, &key).await?;
    }
    Ok(())
}

fn as_long_as_may_be(text: &str) -> String {
    let longest = |text: &str| SessionId::from(text).as_str().len();
    let mut key = format!("{text}{:x}", random());
    let missing = 255_usize.saturating_sub(longest(&key));
    key.push_str(&"x".repeat(missing));
    key
}

async fn whole_life(row: &Row, key: &str) -> Outcome {
    let (account, session) = (AccountId::new(None, key), SessionId::from(key));
    let login = Login::with(&account, session.clone());
    let token = TokenId::from(key);
    let new = NewSession::new(session.clone(), account.clone(), token.clone(), HOUR, DAY);
    let made = row.create(new).await?;
    row.equal(
        "keys",
        (&made.account, &made.id, &made.current),
        (&account, &session, &token),
    );
    row.reads("session", &login, Some(&made)).await?;
    row.lists("session", &account, &[made]).await?;

    row.show(&login, 1).await?;
    let presented = PresentedToken::new(&session, token.clone(), 1, CLOSED);
    let rotated = row
        .continued(login.rotate_presented(presented), Continuation::Rotated)
        .await?;
    row.lists("session after a rotation", &account, &[rotated])
        .await?;

    let now = row.clock().await?;
    let until = now.saturating_add(HOUR);
    let redeem = Redeem::new(account.clone(), token.clone(), now, until);
    for expected in [Redemption::First, Redemption::Again] {
        let redeemed = row.store().redeem(redeem.clone()).await?;
        row.equal("redeemed", redeemed, expected);
    }
    let revoke = revoke_token(&account, &token, until);
    row.store().revoke_token(revoke).await?;
    let presented = PresentedToken::new(&session, token, 1, OPEN);
    let rotate = login.rotate_presented(presented);
    row.rotates("revoked token", rotate, Rotation::Revoked)
        .await?;

    let revoked = row.store().revoke_session(login.revoke()).await?;
    row.equal("there was a session to revoke", revoked, true);
    row.is_dead("after revocation", &login, 1).await?;

    let other = Login::of(&account);
    row.log_in(&other).await?;
    let everything = revoke_user(&account, UserRevocation::All);
    let ended = row.revoke_user(everything).await?;
    row.equal("revoked sessions of the account", ended, [other.session]);
    Ok(())
}

/// Two keys: the same random text followed by these two.
const LOOKALIKES: [(&str, &str, &str); 9] = [
    ("keys that differ in case are two", "A", "a"),
    ("keys that differ in case beyond ASCII are two", "É", "é"),
    (
        "keys that differ in how é is composed are two",
        "\u{e9}",
        "e\u{301}",
    ),
    ("keys that differ in width are two", "\u{ff21}", "A"),
    ("keys that differ in a space at the end are two", "", " "),
    ("keys that differ in the wildcard _ are two", "_", "x"),
    ("keys that differ in the wildcard * are two", "*", ""),
    (
        "keys that differ in how a colon is written are two",
        ":",
        "%3A",
    ),
    ("keys that differ in one zero are two", "1.0", "1.00"),
];

async fn two_users(row: Row, one: &str, other: &str) -> Outcome {
    let beginning = unique("user");
    let [one, other] = [one, other].map(|end| AccountId::new(None, &format!("{beginning}{end}")));
    let (first, second) = (Login::of(&one), Login::of(&other));
    let made = row.log_in(&first).await?;
    row.log_in(&second).await?;
    let everything = revoke_user(&other, UserRevocation::All);
    let ended = row.revoke_user(everything).await?;
    row.equal("ended of the other", ended, [second.session]);
    row.lists("the one", &one, &[made]).await?;
    row.show(&first, 1).await
}

async fn two_sessions(row: Row, one: &str, other: &str) -> Outcome {
    let (account, beginning) = (Login::new().account, unique("session"));
    let [one, other] = [one, other]
        .map(|end| Login::with(&account, SessionId::from(&*format!("{beginning}{end}"))));
    let made = row.log_in(&one).await?;
    row.log_in(&other).await?;
    let revoked = row.store().revoke_session(other.revoke()).await?;
    row.equal("revoked the other", revoked, true);
    row.reads("the other", &other, None).await?;
    row.reads("the one", &one, Some(&made)).await?;
    row.lists("the one", &account, &[made]).await
}

async fn two_tokens(row: Row, one: &str, other: &str) -> Outcome {
    let (login, beginning) = (Login::new(), unique("token"));
    row.log_in(&login).await?;
    let [one, other] = [one, other].map(|end| TokenId::from(&*format!("{beginning}{end}")));
    let until = row.clock().await?.saturating_add(HOUR);
    let revoke = revoke_token(&login.account, &other, until);
    row.store().revoke_token(revoke).await?;
    for (token, expected) in [(one, Admission::Admitted), (other, Admission::Revoked)] {
        let mut access = login.access(1);
        access.token = token;
        row.admits("token", access, expected).await?;
    }
    Ok(())
}

async fn login_types(row: Row) -> Outcome {
    let subject = unique("user");
    let users = [
        AccountId::new(None, &subject),
        AccountId::new(Some("admin"), &subject),
        AccountId::new(Some(""), &subject),
        AccountId::new(None, &format!("admin:{subject}")),
    ];
    let mut made = Vec::new();
    for account in &users {
        made.push(row.log_in(&Login::of(account)).await?);
    }
    for (account, made) in users.iter().zip(&made) {
        row.lists("own session", account, std::slice::from_ref(made))
            .await?;
    }
    Ok(())
}

/// U+0000 is missing: the core writes none, and some databases store none.
const DATA: [(&str, &str); 8] = [
    ("data may be empty", ""),
    (
        "data may have line ends of every kind",
        "\na\r\nb\rc\u{2028}\n\n",
    ),
    ("data may have spaces at either end", " \t a \t "),
    (
        "data may have quotes and backslashes",
        r#"'"`\'\"\\ \u0000 \n"#,
    ),
    (
        "data may have placeholders of parameters",
        "$1 ?1 :name %s {} {0}",
    ),
    ("data may look like a number", "00012e3"),
    ("data may look like a null value", "NULL"),
    (
        "data may be JSON whose order and spaces matter",
        r#"{"b": 1,"a":[ ],"a":1e400}"#,
    ),
];

async fn data(row: Row, data: String) -> Outcome {
    let login = Login::new();
    let mut new = login.new_session();
    new.data.clone_from(&data);
    let made = row.create(new).await?;
    row.equal("data", &made.data, &data);
    row.lists("as it was made", &login.account, &[made]).await?;
    let rotated = row.exchange(&login, 1).await?;
    row.equal("data after a rotation", &rotated.data, &data);
    row.lists("rotated", &login.account, std::slice::from_ref(&rotated))
        .await?;
    row.show(&login, 2).await?;
    let shown = row.only(&login.account).await?;
    row.acknowledged(&shown, &rotated);
    row.equal(
        "what a second log-in finds",
        row.remains(&login).await?,
        shown,
    );
    Ok(())
}
