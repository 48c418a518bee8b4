//! Tests of SQLite that need a file of their own.

mod support;

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;
use std::{env, fs};

use handstamp::store::rotation::Continuation;
use handstamp::store::{Admission, Created, Rotation, Store};
use handstamp_sqlx::SqliteStore;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions};
use sqlx::{Executor as _, SqlitePool};
use support::lines::Lines;
use support::{Folder, Login, list, now, timed, together};
use tokio::time::sleep;

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn files_are_for_their_owner_alone() {
    use std::os::unix::fs::PermissionsExt as _;

    let folder = Folder::new();
    let path = folder.path("sessions.db");
    let store = SqliteStore::open(&path).await.unwrap();
    store.create(Login::named("user").create()).await.unwrap();
    let mut files = Vec::new();
    for file in fs::read_dir(path.parent().unwrap()).unwrap() {
        let file = file.unwrap();
        let mode = file.metadata().unwrap().permissions().mode();
        files.push((file.file_name().into_string().unwrap(), mode & 0o777));
    }
    files.sort();
    let names = ["sessions.db", "sessions.db-shm", "sessions.db-wal"];
    assert_eq!(files, names.map(|name| (name.to_owned(), 0o600)));

    let open_to_the_group = fs::Permissions::from_mode(0o640);
    fs::set_permissions(&path, open_to_the_group).unwrap();
    SqliteStore::open(&path).await.unwrap();
    let mode = fs::metadata(&path).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o640, "an existing file keeps its mode");
}

/// SQLite would go on in a file that is lost when it is closed, and make another one for each new
/// connection.
#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_deleted_or_replaced_is_noticed_and_not_made_again() {
    for (name, is_replaced, said) in [
        (
            "deleted",
            false,
            "sessions.db was deleted while it was open",
        ),
        (
            "replaced",
            true,
            "sessions.db was replaced while it was open",
        ),
    ] {
        let folder = Folder::new();
        let path = folder.path("sessions.db");
        let store = Arc::new(SqliteStore::open(&path).await.unwrap());
        store.create(Login::named("user").create()).await.unwrap();
        let away = folder.path("away.db");
        fs::rename(&path, &away).unwrap();
        if is_replaced {
            fs::copy(&away, &path).unwrap();
        }
        // So many at once that new connections are needed.
        let lists = (0..20).map(|_| {
            let store = Arc::clone(&store);
            tokio::spawn(async move { store.list(list(Login::named("user").account)).await })
        });
        for listed in lists.collect::<Vec<_>>() {
            let message = listed.await.unwrap().unwrap_err().to_string();
            assert!(message.contains(said), "{name}: {message}");
        }
        let written = store.create(Login::named("other").create()).await;
        assert!(written.is_err(), "{name}");
        assert_eq!(path.exists(), is_replaced, "{name}");
        fs::rename(&away, &path).unwrap();
        let listed = store
            .list(list(Login::named("user").account))
            .await
            .unwrap();
        assert_eq!(listed.rows.len(), 1, "{name}: the same file is back");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_written_reaches_the_database_by_another_connection() {
    let folder = Folder::new();
    let path = folder.path("sessions.db");
    let store = SqliteStore::open(&path).await.unwrap();
    let size = || fs::metadata(&path).unwrap().len();
    let at_first = size();
    for number in 0..600 {
        let login = Login::named(&number.to_string());
        store.create(login.create()).await.unwrap();
    }
    // Too few pages for the connection that writes to do it.
    for _ in 0..200 {
        if size() > at_first {
            break;
        }
        sleep(Duration::from_millis(50)).await;
    }
    assert!(
        size() > at_first + 100_000,
        "{at_first} bytes, now {}",
        size()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pool_that_is_not_in_wal_mode_is_warned_of_once() {
    let folder = Folder::new();
    for (sentence, url, mode, expected) in [
        ("SQLite's default", "default.db", None, 1),
        (
            "a mode of its own",
            "truncate.db",
            Some(SqliteJournalMode::Truncate),
            1,
        ),
        ("WAL", "wal.db", Some(SqliteJournalMode::Wal), 0),
        ("a database in memory", "", None, 0),
    ] {
        let options = match url {
            "" => SqliteConnectOptions::new().in_memory(true),
            file => SqliteConnectOptions::new().filename(folder.path(file)),
        };
        let options = options.create_if_missing(true);
        let options = match mode {
            Some(mode) => options.journal_mode(mode),
            None => options,
        };
        let pool = SqlitePoolOptions::new().max_connections(1);
        let pool = pool.connect_with(options).await.unwrap();
        let store = SqliteStore::in_pool(pool);
        let lines = Lines::default();
        let guard = lines.collect();
        for name in ["one", "another"] {
            store.create(Login::named(name).create()).await.unwrap();
        }
        drop(guard);
        let lines = lines.text();
        assert_eq!(
            lines.matches("WARN").count(),
            expected,
            "{sentence}: {lines}"
        );
        let cures = lines.matches("PRAGMA journal_mode=WAL").count();
        assert_eq!(cures, expected, "{sentence}: {lines}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn files_are_named_by_path_or_url() {
    let folder = Folder::new();
    let path = folder.path("a name? with 100%.db");
    let written = path.to_str().unwrap();
    let escaped = written.replace('%', "%25").replace('?', "%3F");
    let login = Login::named("user");
    SqliteStore::open(&path)
        .await
        .unwrap()
        .create(login.create())
        .await
        .unwrap();
    for file in [
        written.to_owned(),
        format!("sqlite:{escaped}"),
        format!("sqlite://{escaped}"),
        format!("sqlite://{escaped}?mode=rwc"),
    ] {
        let store = SqliteStore::open(&file).await.unwrap();
        assert_eq!(
            store
                .list(list(login.account.clone()))
                .await
                .unwrap()
                .rows
                .len(),
            1,
            "{file}"
        );
    }
    let in_memory = "the store did not answer: a database in memory ends with its last connection: MemoryStore keeps \
                     sessions in memory";
    for (file, expected) in [
        (":memory:", in_memory),
        ("sqlite::memory:", in_memory),
        ("sqlite://name?mode=memory", in_memory),
        (
            "sqlite://name?mode=dream",
            "the store did not answer: error with configuration: unknown value \"dream\" for `mode`",
        ),
        (
            "/nowhere/sessions.db",
            "the store did not answer: No such file or directory (os error 2)",
        ),
    ] {
        let error = SqliteStore::open(file).await.unwrap_err();
        assert_eq!(error.to_string(), expected, "{file}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn tables() {
    let folder = Folder::new();
    let path = folder.path("sessions.db");

    println!("each of many callers that open a new file at once finds its tables");
    let open = |_| {
        let path = path.clone();
        async move { SqliteStore::open(path).await }
    };
    let stores: Vec<_> = together((0..8).map(open)).await;
    for store in stores {
        store.unwrap();
    }

    println!("a pool of the application works as well, in a database with other tables");
    let options = SqlitePoolOptions::new().max_connections(4);
    let pool = options.connect(path.to_str().unwrap()).await.unwrap();
    pool.execute("CREATE TABLE _sqlx_migrations (version BIGINT)")
        .await
        .unwrap();
    let store = SqliteStore::in_pool(pool.clone());
    let login = Login::named("user");
    store.create(login.create()).await.unwrap();
    assert_eq!(
        store
            .list(list(login.account.clone()))
            .await
            .unwrap()
            .rows
            .len(),
        1
    );

    println!("the name of every table begins with handstamp_");
    let others: Vec<String> = sqlx::query_scalar(
        "SELECT name FROM sqlite_schema WHERE name NOT LIKE 'handstamp_%'
        AND name NOT LIKE 'sqlite_%' AND name <> '_sqlx_migrations'",
    )
    .fetch_all(&pool)
    .await
    .unwrap();
    assert!(others.is_empty(), "{others:?}");

    println!("a database in memory works in a pool of one connection");
    let options = SqlitePoolOptions::new().max_connections(1);
    let one = options.connect("sqlite::memory:").await.unwrap();
    let store = SqliteStore::in_pool(one);
    store.create(login.create()).await.unwrap();
    let ended = store.revoke_user(login.revoke_all()).await.unwrap().ids;
    assert_eq!(ended, [login.session]);

    println!("tables of a newer release are refused");
    pool.execute(
        "UPDATE handstamp_migrations SET version = 99
        WHERE version = (SELECT max(version) FROM handstamp_migrations)",
    )
    .await
    .unwrap();
    let refused = SqliteStore::open(&path).await.unwrap_err();
    assert_eq!(
        refused.to_string(),
        "the store did not answer: the tables were made by a newer release of handstamp-sqlx (migration 99; this one \
         knows 6): use that release or a later one"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_writer_waits_for_a_writer_in_another_process() {
    let folder = Folder::new();
    let path = folder.path("sessions.db");
    let store = Arc::new(SqliteStore::open(&path).await.unwrap());
    let login = Login::named("user");
    store.create(login.create()).await.unwrap();
    let other = SqlitePool::connect(path.to_str().unwrap()).await.unwrap();
    let writing = other.begin_with("BEGIN IMMEDIATE").await.unwrap();
    let writer = Arc::clone(&store);
    let create = move |n: u32| {
        let store = Arc::clone(&writer);
        async move { store.create(Login::named(&n.to_string()).create()).await }
    };
    let queue = tokio::spawn(timed(together((0..100).map(create))));
    let half_a_second = Duration::from_millis(500);
    sleep(half_a_second).await;
    let (listed, took) = timed(store.list(list(login.account))).await;
    assert_eq!(listed.unwrap().rows.len(), 1);
    assert!(took < half_a_second, "a reader does not wait: {took:?}");
    writing.rollback().await.unwrap();
    let (created, took) = queue.await.unwrap();
    assert!(took >= half_a_second);
    for created in created {
        assert!(matches!(created, Ok(Created::New { .. })), "{created:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn while_another_process_writes_users_stay_logged_in() {
    let folder = Folder::new();
    let path = folder.path("sessions.db");
    let store = SqliteStore::open(&path).await.unwrap();
    let login = Login::named("user");
    store.create(login.create()).await.unwrap();
    let other = SqlitePool::connect(path.to_str().unwrap()).await.unwrap();
    let writing = other.begin_with("BEGIN IMMEDIATE").await.unwrap();
    let at_most = Duration::from_secs(2);
    store.set_timeout(at_most);
    for _ in 0..3 {
        let mut use_is_due = login.access(1);
        use_is_due.touch_after = Some(Duration::ZERO);
        let (admitted, took) = timed(store.admit(use_is_due)).await;
        assert_eq!(admitted.unwrap(), Admission::Admitted);
        assert!(took < at_most, "{took:?}");
    }
    writing.rollback().await.unwrap();
    store.rotate(login.rotate(1)).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_writer_waits_as_long_as_the_application_sets() {
    let folder = Folder::new();
    let path = folder.path("sessions.db");
    let (hasty, patient) = (
        SqliteStore::open(&path).await.unwrap(),
        SqliteStore::open(&path).await.unwrap(),
    );
    hasty.set_timeout(Duration::from_millis(200));
    patient.set_timeout(Duration::from_secs(20));
    let other = SqlitePool::connect(path.to_str().unwrap()).await.unwrap();
    let writing = other.begin_with("BEGIN IMMEDIATE").await.unwrap();
    let created = tokio::spawn(async move {
        let login = Login::named("patient");
        timed(patient.create(login.create())).await
    });
    let (refused, took) = timed(hasty.create(Login::named("hasty").create())).await;
    assert_eq!(
        refused.unwrap_err().to_string(),
        "the store did not answer: no write within 200ms: another process writes to the file of SQLite, or its disk is slow"
    );
    assert!(took < Duration::from_secs(2), "{took:?}");
    sleep(Duration::from_secs(6)).await;
    writing.rollback().await.unwrap();
    let (created, took) = created.await.unwrap();
    assert!(matches!(created, Ok(Created::New { .. })), "{created:?}");
    assert!(took >= Duration::from_secs(6), "{took:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn in_a_pool_with_default_settings_no_caller_is_refused() {
    let folder = Folder::new();
    let path = folder.path("sessions.db");
    SqliteStore::open(&path).await.unwrap();
    let pool = SqlitePool::connect(path.to_str().unwrap()).await.unwrap();
    let store = Arc::new(SqliteStore::in_pool(pool));
    let refresh = |n: u32| {
        let store = Arc::clone(&store);
        async move {
            let login = Login::named(&n.to_string());
            store.create(login.create()).await?;
            store.rotate(login.rotate(1)).await
        }
    };
    let (rotated, took) = timed(together((0..1_000).map(refresh))).await;
    for rotated in rotated {
        let is_rotated = matches!(rotated, Ok(Rotation::Continued(Continuation::Rotated, _)));
        assert!(is_rotated, "{rotated:?}");
    }
    println!("a thousand log-ins with a refresh each: {took:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_clock_is_that_of_the_machine() {
    let folder = Folder::new();
    let store = SqliteStore::open(folder.path("sessions.db")).await.unwrap();
    for n in 0..100 {
        let before = now().as_millis();
        let created = store.create(Login::named(&n.to_string()).create()).await;
        let after = now().as_millis();
        let Ok(Created::New { row, .. }) = created else {
            panic!("{created:?}");
        };
        let at = row.created_at.as_millis();
        assert!((before..=after).contains(&at), "{before} {at} {after}");
    }
}

/// The next test runs this one in a process of its own.
#[tokio::test(flavor = "multi_thread")]
async fn writes_until_killed() {
    let Some(path) = env::var_os(FILE_OF_A_CHILD) else {
        return;
    };
    let store = SqliteStore::open(Path::new(&path)).await.unwrap();
    let login = Login::named("user");
    store.create(login.create()).await.unwrap();
    for generation in 1.. {
        store.rotate(login.rotate(generation)).await.unwrap();
        println!("answered {}", generation + 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn answered_writes_survive_a_kill() {
    let folder = Folder::new();
    let path = folder.path("sessions.db");
    let mut child = Command::new(env::current_exe().unwrap())
        .args(["--exact", "writes_until_killed", "--nocapture"])
        .env(FILE_OF_A_CHILD, &path)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut answered = 0;
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    for line in lines.map_while(Result::ok) {
        let Some(number) = line.strip_prefix("answered ") else {
            continue;
        };
        answered = number.parse().unwrap();
        if answered == 50 {
            child.kill().unwrap();
        }
    }
    child.wait().unwrap();
    let store = SqliteStore::open(&path).await.unwrap();
    let rows = store
        .list(list(Login::named("user").account))
        .await
        .unwrap()
        .rows;
    let kept = rows[0].generation;
    println!("{answered} generations were answered, {kept} are kept");
    // The last one may have been written without its answer being received.
    assert!(answered >= 50 && (kept == answered || kept == answered + 1));
}

const FILE_OF_A_CHILD: &str = "HANDSTAMP_TEST_FILE_OF_A_CHILD";
