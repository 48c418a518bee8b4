//! The commands of `handstamp user`, and what they change about log-ins.

#![expect(clippy::unwrap_used, reason = "a failing test panics")]

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use crate::service::{Home, log_in, stderr};

#[test]
fn a_user_is_added_disabled_enabled_and_given_a_new_password() {
    let home = Home::new();
    let server = home.start(&[], &[]).unwrap();
    assert_eq!(
        log_in(&server, "user1", "password1").status,
        200,
        "until there is another user"
    );
    let user = |arguments: &[&str], input: &str| {
        let output = home.run(&[&["user"], arguments].concat(), input);
        assert!(
            output.status.success(),
            "{arguments:?}: {}",
            stderr(&output)
        );
        let place = "users and sessions are those in sqlite://";
        assert!(stderr(&output).contains(place), "{}", stderr(&output));
        String::from_utf8(output.stdout).unwrap()
    };
    assert_eq!(user(&["list"], ""), "");
    let added = user(&["add", "alice", "--password-stdin"], "correct horse\n");
    assert_eq!(
        added,
        "user alice was added; it is the first one, so there are no demo users from now on\n"
    );
    assert_eq!(
        user(
            &["add", "Bob.B.", "--password-stdin"],
            "\u{feff}battery stapl\u{e9}"
        ),
        "user Bob.B. was added\n"
    );
    assert_eq!(user(&["list"], ""), "alice\tenabled\nBob.B.\tenabled\n");

    for (name, username, password, status) in [
        ("without its line break", "alice", "correct horse", 200),
        ("of one code point", "Bob.B.", "battery stapl\u{e9}", 200),
        (
            "the same of two code points",
            "Bob.B.",
            "battery staple\u{301}",
            200,
        ),
        ("another's password", "alice", "battery stapl\u{e9}", 401),
        (
            "another case, as phones begin",
            "Alice",
            "correct horse",
            200,
        ),
        ("a demo user", "user1", "password1", 401),
    ] {
        assert_eq!(log_in(&server, username, password).status, status, "{name}");
    }

    assert_eq!(
        user(&["disable", "alice"], ""),
        "user alice is disabled; sessions ended: 2\n"
    );
    assert_eq!(user(&["list"], ""), "alice\tdisabled\nBob.B.\tenabled\n");
    assert_eq!(log_in(&server, "alice", "correct horse").status, 401);
    assert_eq!(user(&["enable", "alice"], ""), "user alice is enabled\n");
    assert_eq!(log_in(&server, "alice", "correct horse").status, 200);
    let changed = user(
        &["passwd", "alice", "--password-stdin"],
        "a new password\r\n",
    );
    assert_eq!(
        changed,
        "user alice has a new password; sessions ended: 1\n"
    );
    assert_eq!(log_in(&server, "alice", "correct horse").status, 401);
    assert_eq!(log_in(&server, "alice", "a new password").status, 200);
    assert!(
        server.says("wrong username or password"),
        "{}",
        server.stderr()
    );
    for password in [
        "password1",
        "correct horse",
        "battery staple",
        "a new password",
    ] {
        assert!(!server.stderr().contains(password), "{}", server.stderr());
    }
}

type Row<'a> = (&'a str, &'a [&'a str], &'a str, i32, &'a str);

/// Runs commands that are refused. None shows the password, and afterwards alice is the only user.
fn assert_refused(rows: &[Row<'_>]) {
    let home = Home::new();
    home.add_user("alice", "correct horse");
    for (name, arguments, input, status, words) in rows {
        let output = home.run(arguments, input);
        let stderr = stderr(&output);
        assert_eq!(output.status.code(), Some(*status), "{name}: {stderr}");
        assert!(stderr.contains(words), "{name}: {stderr}");
        assert!(!stderr.contains("battery"), "{name}: {stderr}");
    }
    let listed = home.run(&["user", "list"], "");
    assert_eq!(
        String::from_utf8(listed.stdout).unwrap(),
        "alice\tenabled\n"
    );
    let server = home.start(&[], &[]).unwrap();
    assert_eq!(log_in(&server, "alice", "correct horse").status, 200);
}

#[test]
fn invalid_names_and_passwords_are_refused() {
    let long = "x".repeat(65);
    let add = |name| ["user", "add", name, "--password-stdin"];
    assert_refused(&[
        (
            "no name",
            &add(""),
            "",
            2,
            "a name has at least one character",
        ),
        (
            "a long name",
            &add(&long),
            "",
            2,
            "a name has at most 64 characters",
        ),
        (
            "a blank at the start",
            &add(" bob"),
            "",
            2,
            "a name has no blank at either end",
        ),
        (
            "a blank between words",
            &add("Bob B."),
            "",
            2,
            "a name has no blanks",
        ),
        (
            "an escape character",
            &add("b\u{1b}[2Job"),
            "",
            2,
            "a name has no invisible characters",
        ),
        (
            "a short password",
            &add("bob"),
            "1234567",
            1,
            "a password has at least 8 bytes",
        ),
        (
            "no password",
            &add("bob"),
            "",
            1,
            "a password has at least 8 bytes",
        ),
        (
            "two lines",
            &add("bob"),
            "battery\nstaple\n",
            1,
            "no control characters",
        ),
        (
            "no terminal",
            &["user", "add", "bob"],
            "battery staple\n",
            1,
            "with --password-stdin",
        ),
    ]);
}

#[test]
fn names_that_people_would_confuse_are_refused() {
    let add = |name| ["user", "add", name, "--password-stdin"];
    assert_refused(&[
        (
            "a Cyrillic letter among Latin ones",
            &add("b\u{43e}b"),
            "",
            2,
            "letters of several scripts",
        ),
        (
            "an invisible letter",
            &add("bo\u{3164}b"),
            "",
            2,
            "the character U+3164",
        ),
        (
            "a joiner that is not seen",
            &add("bo\u{34f}b"),
            "",
            2,
            "the character U+034F",
        ),
        (
            "a digit like a letter of another user",
            &add("a1ice"),
            "battery staple",
            1,
            "the user alice exists already, and a1ice looks like it",
        ),
        (
            "wide letters",
            &add("\u{ff41}lice"),
            "",
            2,
            "the character U+FF41",
        ),
    ]);
}

#[test]
fn names_of_each_script_are_taken_and_found_in_each_form() {
    let home = Home::new();
    let server = home.start(&[], &[]).unwrap();
    for (name, given, typed) in [
        ("an address", "alice@example.com", "alice@example.com"),
        ("two words", "Bob.B.", "Bob.B."),
        (
            "accents in parts",
            "jose\u{301}-n\u{fa}n\u{303}ez",
            "jos\u{e9}-n\u{fa}\u{f1}ez",
        ),
        ("Cyrillic", "Алиса", "Алиса "),
        ("Japanese with Latin", "ユーザーB", "ユーザーB"),
        ("Hebrew", "אליס", "אליס"),
    ] {
        home.add_user(given, "correct horse");
        assert_eq!(
            log_in(&server, typed, "correct horse").status,
            200,
            "{name}"
        );
        let output = home.run(&["user", "disable", given], "");
        assert!(output.status.success(), "{name}: {}", stderr(&output));
        assert_eq!(
            log_in(&server, typed, "correct horse").status,
            401,
            "{name}"
        );
    }
}

#[test]
fn commands_without_their_user_are_refused() {
    let stdin = "--password-stdin";
    let taken = "the user alice exists already";
    assert_refused(&[
        (
            "a name that is taken",
            &["user", "add", "alice", stdin],
            "battery staple",
            1,
            taken,
        ),
        (
            "a name that is taken, before the password is asked for",
            &["user", "add", "alice"],
            "",
            1,
            "the user alice exists already. `handstamp user passwd alice` gives a new password",
        ),
        (
            "a name that is taken in another case",
            &["user", "add", "ALICE", stdin],
            "battery staple",
            1,
            "the user alice exists already, and ALICE looks like it",
        ),
        (
            "no user to disable",
            &["user", "disable", "bob"],
            "",
            1,
            "there is no user bob",
        ),
        (
            "no user to enable",
            &["user", "enable", "ALICE"],
            "",
            1,
            "there is no user ALICE",
        ),
        (
            "no user whose password to change",
            &["user", "passwd", "bob", stdin],
            "battery staple",
            1,
            "there is no user bob",
        ),
        (
            "no user to remove",
            &["user", "remove", "bob"],
            "",
            1,
            "there is no user bob; `handstamp user list` lists all names",
        ),
        (
            "a mistyped command",
            &["user", "remov", "alice"],
            "",
            2,
            "similar subcommand exists: 'remove'",
        ),
        (
            "a password as an argument",
            &["user", "add", "bob", "swordfish!"],
            "",
            2,
            "unexpected argument",
        ),
        (
            "an option for serving after the command",
            &["user", "list", "--listen", "127.0.0.1:0"],
            "",
            2,
            "--listen",
        ),
        (
            "an option for serving before the command",
            &["--listen", "127.0.0.1:0", "user", "list"],
            "",
            2,
            "for serving",
        ),
    ]);
}

#[test]
fn only_the_owner_can_read_the_database() {
    let home = Home::new();
    drop(home.start(&[], &[]).unwrap());
    home.add_user("alice", "correct horse");
    let mode = |path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(home.path().join("handstamp")), 0o700);
    assert_eq!(mode(home.database()), 0o600);
    let mut content = fs::read(home.database()).unwrap();
    // There is a write-ahead log if the process ended before its last connection was closed.
    content.extend(fs::read(home.database().with_extension("db-wal")).unwrap_or_default());
    let holds = |text: &[u8]| content.windows(text.len()).any(|window| window == text);
    assert!(
        holds(b"$argon2id$v=19$m=19456,t=2,p=1$"),
        "the hash is found"
    );
    assert!(!holds(b"correct horse"));
}

/// A password that was typed into the field of the name is not in the table of attempts as a hash
/// that is guessed at millions a second.
#[test]
fn what_was_typed_as_a_name_is_kept_under_a_key_that_is_not_in_the_database() {
    let home = Home::new();
    let server = home.start(&[], &[]).unwrap();
    assert_eq!(log_in(&server, "correct horse", "x").status, 401);
    assert_eq!(server.stop("TERM"), Some(0));
    let mut content = fs::read(home.database()).unwrap();
    // What was written last may still be in the log of SQLite.
    let mut log = home.database().into_os_string();
    log.push("-wal");
    content.extend(fs::read(log).unwrap_or_default());
    let holds = |text: &str| {
        content
            .windows(text.len())
            .any(|window| window == text.as_bytes())
    };
    assert!(holds("account "), "the attempt was counted");
    // SHA-256 of `correct horse` and a NUL, as earlier releases kept it, and of the text alone.
    for (name, hash) in [
        (
            "with a NUL",
            "4ed192d759722e03ee5c2d101ba6e1e40b9c9bf0917b764e85759142c626fb68",
        ),
        (
            "alone",
            "4104d36f8da2c254349f85836793ebe029e0c957063a34c91c2e9203187b5631",
        ),
    ] {
        assert!(!holds(hash), "{name}");
    }
    let key = fs::read_to_string(home.secret()).unwrap();
    assert!(!holds(key.trim()), "the signing key");
}
