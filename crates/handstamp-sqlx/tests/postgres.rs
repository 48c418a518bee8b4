//! Tests of PostgreSQL that need a server of their own.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a failing test panics")]

mod support;

use std::error::Error as _;
use std::sync::Arc;
use std::time::Duration;

use handstamp::store::rotation::Continuation;
use handstamp::store::{Admission, Created, Rotation, Store, UserRevocation};
use handstamp_conformance::services::Postgres;
use handstamp_sqlx::PostgresStore;
use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::postgres::PgPoolOptions;
use sqlx::{AssertSqlSafe, Executor as _, PgPool, SqlSafeStr as _};
use support::proxy::Proxy;
use support::{Login, list, timed, together};
use tokio::time::{sleep, timeout};

#[tokio::test(flavor = "multi_thread")]
async fn an_application_starts_while_its_database_is_down() {
    let mut postgres = Postgres::start();
    postgres.kill();
    let url = postgres.url();
    let (refused, took) = timed(PostgresStore::connect(&url)).await;
    assert!(refused.is_err() && took < REQUEST, "{refused:?} {took:?}");
    let store = PostgresStore::connect_lazy(&url).unwrap();
    let login = Login::named("user");
    let (created, took) = timed(store.create(login.create())).await;
    assert!(created.is_err() && took < REQUEST, "{created:?} {took:?}");
    let (prepared, took) = timed(store.prepare()).await;
    assert!(prepared.is_err() && took < REQUEST, "{prepared:?} {took:?}");
    postgres.start_again();
    store.create(login.create()).await.unwrap();
    assert_eq!(store.list(list(login.account)).await.unwrap().rows.len(), 1);
}

/// The driver by itself says that the pool timed out.
#[tokio::test(flavor = "multi_thread")]
async fn why_there_is_no_connection_is_said() {
    let mut postgres = Postgres::start();
    let url = postgres.url();
    let server = url.rsplit_once('@').map(|(_, server)| server).unwrap();
    let server = server.split('/').next().unwrap();
    let store = PostgresStore::connect(&url).await.unwrap();
    let small = PgPoolOptions::new()
        .max_connections(1)
        .acquire_timeout(Duration::from_millis(200));
    let small = small.connect(&url).await.unwrap();
    let of_application = PostgresStore::in_pool(small.clone());
    of_application.prepare().await.unwrap();
    let expect = async |sentence: &str, store: &PostgresStore, has_source: bool, said: &str| {
        let account = Login::named("user").account;
        let (listed, took) = timed(store.list(list(account))).await;
        let error = listed.unwrap_err();
        assert!(took < REQUEST, "{sentence}: {took:?}");
        let expected =
            format!("the store did not answer: no connection to PostgreSQL at {server}: {said}");
        assert_eq!(error.to_string(), expected, "{sentence}");
        let cause = error.source().unwrap();
        assert_eq!(
            format!("the store did not answer: {cause}"),
            expected,
            "{sentence}"
        );
        assert_eq!(cause.source().is_some(), has_source, "{sentence}");
        assert!(
            !format!("{error} {error:?} {cause:?}").contains(postgres_password(&url)),
            "{sentence}"
        );
    };
    let taken = small.acquire().await.unwrap();
    let in_use =
        "it takes one more, but the 1 that the pool may have are in use, or were lost a moment ago";
    expect("all connections are in use", &of_application, false, in_use).await;
    drop(taken);
    fill_the_pool(&Arc::new(PostgresStore::connect(&url).await.unwrap())).await;
    postgres.kill();
    // What was found out a moment ago is forgotten.
    sleep(Duration::from_secs(1)).await;
    let refused = "Connection refused (os error 111)";
    // The first may use a connection that it does not know to be lost.
    let _ = store.list(list(Login::named("user").account)).await;
    let _ = of_application
        .list(list(Login::named("user").account))
        .await;
    expect("the server is down", &store, true, refused).await;
    expect(
        "the same, in a pool of the application",
        &of_application,
        true,
        refused,
    )
    .await;
    let lazy = PostgresStore::connect_lazy(&url).unwrap();
    expect("it was down from the start", &lazy, true, refused).await;
    postgres.start_again();
    postgres.stop();
    let lazy = PostgresStore::connect_lazy(&url).unwrap();
    expect("the server hangs", &lazy, false, "it does not answer").await;
    postgres.cont();
}

fn postgres_password(url: &str) -> &str {
    let (user, _) = url.rsplit_once('@').unwrap();
    user.rsplit_once(':').unwrap().1
}

#[tokio::test(flavor = "multi_thread")]
async fn answered_writes_survive_a_kill_and_the_program_continues() {
    let mut postgres = Postgres::start();
    let store = Arc::new(PostgresStore::connect(&postgres.url()).await.unwrap());
    let login = Login::named("before");
    store.create(login.create()).await.unwrap();
    fill_the_pool(&store).await;
    // Until the server is gone, which `kill` causes in the midst of this.
    let refreshing = tokio::spawn({
        let (store, login) = (Arc::clone(&store), login.clone());
        async move {
            let mut generation = 1;
            while let Ok(rotated) = store.rotate(login.rotate(generation)).await {
                assert!(matches!(
                    rotated,
                    Rotation::Continued(Continuation::Rotated, _)
                ));
                generation += 1;
            }
            generation
        }
    });
    sleep(Duration::from_millis(200)).await;
    postgres.kill();
    let answered = refreshing.await.unwrap();
    let while_down = |_| {
        let (store, login) = (Arc::clone(&store), login.clone());
        async move { timed(store.admit(login.access(1))).await }
    };
    for (admitted, took) in together((0..30).map(while_down)).await {
        assert!(admitted.is_err() && took < REQUEST, "{admitted:?} {took:?}");
    }
    postgres.start_again();
    let back = |_| {
        let (store, login) = (Arc::clone(&store), login.clone());
        async move { store.admit(login.access(answered)).await }
    };
    for admitted in together((0..30).map(back)).await {
        assert_eq!(admitted.unwrap(), Admission::Admitted);
    }
    let [row] = &*store.list(list(login.account)).await.unwrap().rows else {
        panic!("there is one session");
    };
    println!(
        "{answered} generations were answered, {} are kept",
        row.generation
    );
    assert!(answered > 1);
    // The last one may have been written without its answer being received.
    assert!(row.generation == answered || row.generation == answered + 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_does_not_answer_blocks_no_caller_for_long() {
    let postgres = Postgres::start();
    let store = Arc::new(PostgresStore::connect(&postgres.url()).await.unwrap());
    let login = Login::named("user");
    store.create(login.create()).await.unwrap();
    fill_the_pool(&store).await;
    postgres.stop();
    let give_up = |_| {
        let (store, login) = (Arc::clone(&store), login.clone());
        async move { timeout(REQUEST, store.admit(login.access(1))).await }
    };
    for admitted in together((0..30).map(give_up)).await {
        assert!(!matches!(admitted, Ok(Ok(_))), "{admitted:?}");
    }
    postgres.cont();
    let (back, took) = timed(until_it_works(&store, &login)).await;
    println!("works {took:?} after the database continues, at try {back}");
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_that_hang_are_replaced() {
    let postgres = Postgres::start();
    let proxy = Proxy::start(&postgres.url(), Duration::ZERO).await;
    let store = Arc::new(PostgresStore::connect(proxy.url()).await.unwrap());
    let login = Login::named("user");
    store.create(login.create()).await.unwrap();
    fill_the_pool(&store).await;
    // Existing connections stay open, and nothing passes through them. New ones work.
    proxy.swallow();
    let give_up = |_| {
        let (store, login) = (Arc::clone(&store), login.clone());
        async move { timeout(REQUEST, store.admit(login.access(1))).await }
    };
    together((0..30).map(give_up)).await;
    let (back, took) = timed(until_it_works(&store, &login)).await;
    println!("works {took:?} after the callers gave up, at try {back}");
    assert!(took < Duration::from_secs(8), "{took:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_method_waits_as_long_as_the_application_sets() {
    let postgres = Postgres::start();
    let patient = PostgresStore::connect_lazy(&postgres.url()).unwrap();
    patient.set_timeout(Duration::from_secs(20));
    let login = Login::named("user");
    patient.create(login.create()).await.unwrap();
    let other = PgPool::connect(&postgres.url()).await.unwrap();
    let begin = "BEGIN; LOCK TABLE handstamp_sessions IN ACCESS EXCLUSIVE MODE";
    let writing = other.begin_with(begin).await.unwrap();
    let (own, seconds) = (login.clone(), Duration::from_secs(6));
    let rotated = tokio::spawn(async move { timed(patient.rotate(own.rotate(1))).await });
    sleep(seconds).await;
    writing.rollback().await.unwrap();
    let (rotated, took) = rotated.await.unwrap();
    assert!(
        matches!(rotated, Ok(Rotation::Continued(Continuation::Rotated, _))) && took >= seconds,
        "{rotated:?} {took:?}"
    );

    let hasty = PostgresStore::connect_lazy(&postgres.url()).unwrap();
    hasty.set_timeout(Duration::from_millis(400));
    postgres.stop();
    let (refused, took) = timed(hasty.admit(login.access(1))).await;
    assert!(
        refused.is_err() && took < Duration::from_millis(900),
        "{refused:?} {took:?}"
    );
    postgres.cont();
}

/// A server that was the primary keeps its connections, and refuses each write.
#[tokio::test(flavor = "multi_thread")]
async fn connections_to_a_former_primary_are_replaced() {
    let postgres = Postgres::start();
    let admin = PgPool::connect(&postgres.url()).await.unwrap();
    PostgresStore::in_pool(admin.clone())
        .prepare()
        .await
        .unwrap();
    let set = async |value| {
        let statement = format!(
            "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET default_transaction_read_only = {value}', \
             current_database()); END $$"
        );
        admin.execute(AssertSqlSafe(statement)).await.unwrap();
    };
    // It counts for connections that are made from then on.
    set("on").await;
    let store = Arc::new(PostgresStore::connect_lazy(&postgres.url()).unwrap());
    fill_the_pool(&store).await;
    let login = Login::named("user");
    assert!(store.create(login.create()).await.is_err());
    fill_the_pool(&store).await;
    set("off").await;
    for n in 0..20 {
        let created = store.create(Login::named(&n.to_string()).create()).await;
        assert!(matches!(created, Ok(Created::New { .. })), "{created:?}");
    }
}

/// Returns the number of tries.
async fn until_it_works(store: &PostgresStore, login: &Login) -> usize {
    for n in 1..30 {
        if let Ok(Ok(admitted)) = timeout(REQUEST, store.admit(login.access(1))).await {
            assert_eq!(admitted, Admission::Admitted);
            return n;
        }
    }
    panic!("it never works again");
}

async fn fill_the_pool(store: &Arc<PostgresStore>) {
    let list_own = |n: u32| {
        let store = Arc::clone(store);
        async move { store.list(list(Login::named(&n.to_string()).account)).await }
    };
    for listed in together((0..100).map(list_own)).await {
        listed.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn admission_and_reading_are_one_statement_and_one_round_trip() {
    let postgres = Postgres::start();
    let distance = Duration::from_millis(100);
    let proxy = Proxy::start(&postgres.url(), distance).await;
    let url = format!("{}?options[log_statement]=all", proxy.url());
    let store = PostgresStore::connect(&url).await.unwrap();
    let login = Login::named("user");
    store.create(login.create()).await.unwrap();
    // A statement is prepared once per connection. There are a few connections, used in turn.
    let unknown = Login::named("unknown");
    for _ in 0..6 {
        sleep(4 * distance).await;
        store.admit(unknown.access(1)).await.unwrap();
    }
    for _ in 0..6 {
        sleep(4 * distance).await;
        store.session(unknown.read()).await.unwrap();
    }
    let mut touching = login.access(1);
    touching.touch_after = Some(Duration::ZERO);
    let mut without_session = login.access(1);
    without_session.session = None;
    let rows = [
        ("one that acknowledges its generation", login.access(1)),
        ("one that writes nothing", login.access(1)),
        ("one whose activity is recorded", touching),
        ("one without a session", without_session),
        (
            "one of an unknown session",
            Login::named("unknown").access(1),
        ),
    ];
    for (sentence, admit) in rows {
        // Waits until the connection is back in the pool.
        sleep(4 * distance).await;
        let before = statements(&postgres);
        let (admitted, took) = timed(store.admit(admit)).await;
        admitted.unwrap();
        is_one_round_trip(sentence, statements(&postgres) - before, took, distance);
    }
    for (sentence, login, is_there) in [
        ("a session that is read", &login, true),
        ("an unknown one", &Login::named("unknown"), false),
    ] {
        sleep(4 * distance).await;
        let before = statements(&postgres);
        let (read, took) = timed(store.session(login.read())).await;
        assert_eq!(read.unwrap().is_some(), is_there, "{sentence}");
        is_one_round_trip(sentence, statements(&postgres) - before, took, distance);
    }
}

fn is_one_round_trip(sentence: &str, statements: usize, took: Duration, distance: Duration) {
    println!("{sentence}: {took:?} over {distance:?}");
    assert_eq!(statements, 1, "{sentence}");
    let is_one_way = took >= distance && took < 2 * distance;
    assert!(is_one_way, "{sentence}: {took:?}");
}

fn statements(postgres: &Postgres) -> usize {
    let log = postgres.log();
    log.lines()
        .filter(|line| line.contains("LOG:  execute") || line.contains("LOG:  statement"))
        .count()
}

#[tokio::test(flavor = "multi_thread")]
async fn errors_contain_no_password() {
    let postgres = Postgres::start();
    let (url, password) = (postgres.url(), postgres.password());
    let secret = "hunter2";
    let rows = [
        ("a wrong password", url.replace(password, secret)),
        (
            "an unknown user",
            url.replace("handstamp:", "unknown:")
                .replace(password, secret),
        ),
        ("an unknown database", url.replace("/postgres", "/nowhere")),
        (
            "a port without a server",
            format!("postgres://app:{secret}@127.0.0.1:1/app"),
        ),
        (
            "no such host",
            format!("postgres://app:{secret}@nowhere.invalid/app"),
        ),
        (
            "another scheme",
            format!("mysql://app:{secret}@127.0.0.1/app"),
        ),
        ("no scheme", format!("app:{secret}@127.0.0.1/app")),
        (
            "an invalid port",
            format!("postgres://app:{secret}@127.0.0.1:{secret}/app"),
        ),
        (
            "a password with a slash",
            format!("postgres://app:/{secret}@127.0.0.1/app"),
        ),
        (
            "a password with a hash",
            format!("postgres://app:#{secret}@127.0.0.1/app"),
        ),
        (
            "a password with a slash, after a number",
            format!("postgres://app:1/{secret}@127.0.0.1/app"),
        ),
        (
            "a password that is not UTF-8",
            format!("postgres://app:%FF{secret}@127.0.0.1/app"),
        ),
        (
            "an invalid mode",
            format!("postgres://app:{secret}@127.0.0.1/app?sslmode=maybe"),
        ),
        (
            "an invalid address",
            format!("postgres://app:{secret}@127.0.0.1/app?hostaddr=1.2"),
        ),
    ];
    for (sentence, url) in rows {
        let error = PostgresStore::connect(&url).await.unwrap_err();
        let said = format!("{error} {error:?}");
        println!("{sentence}: {error}");
        for password in [secret, password] {
            assert!(!said.contains(password), "{sentence}: {said}");
        }
        if let Ok(store) = PostgresStore::connect_lazy(&url) {
            assert_eq!(format!("{store:?}"), "PostgresStore { .. }", "{sentence}");
        }
    }
}

#[test]
fn outside_of_a_runtime_there_is_an_error() {
    let error = PostgresStore::connect_lazy("postgres://app:secret@127.0.0.1/app").unwrap_err();
    assert!(error.to_string().contains("Tokio"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn tables() {
    let postgres = Postgres::start();
    let pool = PgPool::connect(&postgres.url()).await.unwrap();

    println!("an application has migrations of its own");
    let own = || {
        let sql = "CREATE TABLE notes (id bigint)".into_sql_str();
        let own = Migration::new(1, "notes".into(), MigrationType::Simple, sql, false);
        Migrator::with_migrations(vec![own])
    };
    own().run(&pool).await.unwrap();

    println!("a role that may not create tables gets an error");
    pool.execute("CREATE ROLE app LOGIN PASSWORD 'app'")
        .await
        .unwrap();
    let as_app = postgres
        .url()
        .replace("handstamp:", "app:")
        .replace(postgres.password(), "app");
    let refused = PostgresStore::connect(&as_app).await.unwrap_err();
    assert!(
        refused.to_string().contains("permission denied"),
        "{refused}"
    );

    println!("each of many nodes that start at once finds its tables");
    let start = |_| {
        let url = postgres.url();
        async move { PostgresStore::connect(&url).await }
    };
    for started in together((0..8).map(start)).await {
        started.unwrap();
    }
    own().run(&pool).await.unwrap();

    println!("a role that may not create tables can use existing ones");
    pool.execute(
        "GRANT SELECT ON handstamp_migrations TO app;
        GRANT SELECT, INSERT, UPDATE, DELETE
        ON handstamp_sessions, handstamp_sessions_not_before, handstamp_not_before,
            handstamp_revoked_tokens, handstamp_redeemed_tokens
        TO app",
    )
    .await
    .unwrap();
    let store = PostgresStore::connect(&as_app).await.unwrap();
    let login = Login::named("user");
    store.create(login.create()).await.unwrap();
    store.rotate(login.rotate(1)).await.unwrap();
    let ended = store.revoke_user(login.revoke_all()).await.unwrap().ids;
    assert_eq!(ended, std::slice::from_ref(&login.session));
    store.purge().await.unwrap();

    println!("a pool of the application works as well");
    let store = PostgresStore::in_pool(pool.clone());
    assert!(
        store
            .list(list(login.account))
            .await
            .unwrap()
            .rows
            .is_empty()
    );

    println!("the name of every table begins with handstamp_");
    let others: Vec<String> = sqlx::query_scalar(
        "SELECT relname::text FROM pg_class
        WHERE relnamespace = 'public'::regnamespace AND relname !~ '^(handstamp_|_sqlx_|notes)'",
    )
    .fetch_all(&pool)
    .await
    .unwrap();
    assert!(others.is_empty(), "{others:?}");

    println!("tables of a newer release are refused");
    pool.execute(
        "UPDATE handstamp_migrations SET version = 99
        WHERE version = (SELECT max(version) FROM handstamp_migrations)",
    )
    .await
    .unwrap();
    let refused = PostgresStore::connect(&postgres.url()).await.unwrap_err();
    assert_eq!(
        refused.to_string(),
        "the store did not answer: the tables were made by a newer release of handstamp-sqlx (migration 99; this one \
         knows 6): use that release or a later one"
    );
}

/// The other has moved the not-before, and has recorded no end yet.
#[tokio::test(flavor = "multi_thread")]
async fn of_two_revocations_at_once_the_second_revives_no_session_that_the_first_has_ended() {
    let postgres = Postgres::start();
    let store = Arc::new(PostgresStore::connect(&postgres.url()).await.unwrap());
    let [one, two] = ["one", "two"].map(|session| Login {
        session: session.into(),
        ..Login::named("user")
    });
    for login in [&one, &two] {
        store.create(login.create()).await.unwrap();
    }
    let pool = PgPool::connect(&postgres.url()).await.unwrap();
    let mut other = pool.begin().await.unwrap();
    sqlx::query(
        "INSERT INTO handstamp_sessions_not_before (account, not_before, spared, forget_at)
         SELECT account, max(created_at), $1, max(created_at) + 3600000 FROM handstamp_sessions GROUP BY account",
    )
    .bind(one.session.as_str())
    .execute(&mut *other)
    .await
    .unwrap();
    let second = tokio::spawn({
        let store = Arc::clone(&store);
        let mut all_but_two = two.revoke_all();
        all_but_two.which = UserRevocation::AllBut(two.session.clone());
        async move { store.revoke_user(all_but_two).await }
    });
    sleep(Duration::from_millis(300)).await;
    assert!(!second.is_finished(), "it waits for the first");
    other.commit().await.unwrap();
    second.await.unwrap().unwrap();
    for (sentence, login) in [
        ("spared by the first, ended by the second", one),
        ("ended by the first, spared by the second", two),
    ] {
        let admitted = store.admit(login.access(1)).await.unwrap();
        assert_eq!(admitted, Admission::SessionEnded, "{sentence}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stricter_isolation_level_changes_no_answer() {
    let postgres = Postgres::start();
    let pool = PgPool::connect(&postgres.url()).await.unwrap();
    for (level, setting) in [
        (
            "repeatable read",
            "ALTER ROLE handstamp SET default_transaction_isolation = 'repeatable read'",
        ),
        (
            "serializable",
            "ALTER ROLE handstamp SET default_transaction_isolation = 'serializable'",
        ),
    ] {
        pool.execute(setting).await.unwrap();
        let url = postgres.url();
        let store = Arc::new(PostgresStore::connect(&url).await.unwrap());
        let login = Login::named(level);
        store.create(login.create()).await.unwrap();
        let mut rotate = login.rotate(1);
        rotate.acknowledged = false;
        sleep(Duration::from_millis(5)).await;
        rotate.presented.grace = Duration::from_millis(5);
        let refresh = |_| {
            let (store, rotate) = (Arc::clone(&store), rotate.clone());
            async move { store.rotate(rotate).await.unwrap() }
        };
        let mut rotated = 0;
        for answer in together((0..50).map(refresh)).await {
            let Rotation::Continued(way, row) = answer else {
                panic!("{level}: {answer:?}");
            };
            assert_eq!(
                (row.generation, row.current),
                (2, login.token(2)),
                "{level}"
            );
            rotated += usize::from(way == Continuation::Rotated);
        }
        assert_eq!(rotated, 1, "{level}");
    }
}

/// As long as a request waits for its store by default.
const REQUEST: Duration = Duration::from_secs(2);
