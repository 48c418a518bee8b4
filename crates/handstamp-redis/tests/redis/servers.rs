//! Tests of servers that must not keep sessions, and of servers that hardly can.

use std::time::{Duration, Instant};

use handstamp::store::{
    AccountId, Admission, EndReason, ReadSession, RevokeSession, RevokeToken, Store as _,
};
use handstamp_conformance::services::Redis;
use handstamp_redis::RedisStore;
use redis::AsyncCommands as _;
use redis::aio::MultiplexedConnection;
use tokio::time::sleep;

use crate::scene::{HOUR, NONE, Session, account, connect, list, store, way};

#[tokio::test]
async fn a_server_that_evicts_is_refused_until_it_does_not() {
    let evicting = [
        "--save",
        "",
        "--maxmemory",
        "100mb",
        "--maxmemory-policy",
        "volatile-lru",
    ];
    let server = Redis::with(&evicting);
    let store = store(&server);
    let mut connection = connect(&server).await;
    let refused = format!(
        "the store did not answer: Redis at {}: its maxmemory-policy volatile-lru evicts: a revoked session would be \
         accepted again. Set noeviction",
        server.address()
    );
    for _ in 0..3 {
        let error = store.list(list(account())).await.unwrap_err();
        assert_eq!(error.to_string(), refused);
    }
    configure(&mut connection, "maxmemory-policy", "noeviction").await;
    works(&store).await;

    // It is checked again with every connection.
    configure(&mut connection, "maxmemory-policy", "volatile-lru").await;
    store.list(list(account())).await.unwrap();
    let mut kill = redis::cmd("CLIENT");
    kill.arg(&["KILL", "TYPE", "normal", "SKIPME", "yes"]);
    kill.exec_async(&mut connection).await.unwrap();
    fails(&store, &refused).await;
}

#[tokio::test]
async fn a_replica_is_refused_until_it_becomes_the_primary() {
    let primary = Redis::start();
    let port = primary.address().port().to_string();
    let replica = Redis::with(&["--save", "", "--replicaof", "127.0.0.1", &port]);
    let store = store(&replica);
    let mut connection = connect(&replica).await;
    let refused = format!(
        "the store did not answer: Redis at {}: it is a replica, which may lack revocations. Use the primary",
        replica.address()
    );
    let error = store.list(list(account())).await.unwrap_err();
    assert_eq!(error.to_string(), refused);

    let mut replica_of = async |arguments: [&str; 2]| {
        let mut command = redis::cmd("REPLICAOF");
        command.arg(&arguments);
        command.exec_async(&mut connection).await.unwrap();
    };
    replica_of(["NO", "ONE"]).await;
    works(&store).await;
    let session = Session::of(account(), "one");
    session.begin(&store).await;

    // A server that has become a replica refuses reads too.
    replica_of(["127.0.0.1", &port]).await;
    let error = store
        .admit(session.access(1))
        .await
        .unwrap_err()
        .to_string();
    assert!(error.contains("READONLY"), "{error}");
    fails(&store, &refused).await;
}

#[tokio::test]
async fn a_full_server_takes_no_new_sessions_and_still_ends_its_own() {
    let server = Redis::start();
    let store = store(&server);
    let (one, two) = (Session::of(account(), "one"), Session::of(account(), "two"));
    one.begin(&store).await;
    two.begin(&store).await;
    let mut connection = connect(&server).await;
    // Less than it uses. A server that is filled up to its limit has room again when it shrinks a
    // buffer.
    configure(&mut connection, "maxmemory", "1").await;

    let new = Session::of(account(), "three").new_session();
    let error = store.create(new).await.unwrap_err().to_string();
    assert!(error.contains("OOM command not allowed"), "{error}");
    let mut access = one.access(1);
    access.touch_after = Some(NONE);
    assert_eq!(store.admit(access).await.unwrap(), Admission::Admitted);
    let rotation = store.rotate(one.rotate(1, NONE)).await.unwrap();
    assert_eq!(way(&rotation), "Rotated 2");
    assert_eq!(store.list(list(account())).await.unwrap().rows.len(), 2);
    let row = store.list(list(account())).await.unwrap().rows.remove(0);
    let until = row.created_at.saturating_add(HOUR);
    let token = RevokeToken::new(account(), one.token(2), until);
    store.revoke_token(token).await.unwrap();
    let admission = store.admit(one.refresh(2, NONE)).await.unwrap();
    assert_eq!(admission, Admission::Revoked);
    let log_out = RevokeSession::new(account(), two.id.clone(), EndReason::LoggedOut);
    assert!(store.revoke_session(log_out).await.unwrap());
    let admission = store.admit(two.access(1)).await.unwrap();
    assert_eq!(admission, Admission::SessionEnded);
}

/// Redis refuses every write, by its defaults, while it cannot write snapshots.
#[tokio::test]
async fn a_server_that_cannot_write_snapshots_keeps_users_logged_in() {
    let server = Redis::with(&["--save", "3600 1000000", "--appendonly", "no"]);
    let store = store(&server);
    let [live, rotated, ended] = ["live", "rotated", "ended"].map(|id| Session::of(account(), id));
    for session in [&live, &rotated, &ended] {
        session.begin(&store).await;
    }
    let rotation = store.rotate(rotated.rotate(1, NONE)).await.unwrap();
    assert_eq!(way(&rotation), "Rotated 2");
    let log_out = RevokeSession::new(account(), ended.id.clone(), EndReason::LoggedOut);
    assert!(store.revoke_session(log_out).await.unwrap());

    let mut connection = connect(&server).await;
    let mut folder = redis::cmd("CONFIG");
    folder.arg("GET").arg("dir");
    let folder: (String, String) = folder.query_async(&mut connection).await.unwrap();
    std::fs::remove_dir_all(folder.1).unwrap();
    let save = redis::cmd("BGSAVE");
    save.exec_async(&mut connection).await.unwrap();
    let new = Session::of(account(), "new").new_session();
    let began = Instant::now();
    let error = loop {
        match store.create(new.clone()).await {
            Err(error) => break error.to_string(),
            Ok(_) => assert!(began.elapsed() < Duration::from_secs(10)),
        }
        sleep(Duration::from_millis(20)).await;
    };
    assert!(error.contains("MISCONF"), "{error}");

    let used = |session: &Session, generation| {
        let mut access = session.access(generation);
        access.touch_after = Some(NONE);
        access
    };
    for (name, admit, admission) in [
        (
            "the time of its use",
            used(&live, 1),
            Some(Admission::Admitted),
        ),
        (
            "a refresh token",
            live.refresh(1, NONE),
            Some(Admission::Admitted),
        ),
        // While a generation is not acknowledged, the one before it still gives its tokens.
        ("an acknowledgement", used(&rotated, 2), None),
        (
            "it has ended",
            used(&ended, 1),
            Some(Admission::SessionEnded),
        ),
    ] {
        assert_eq!(store.admit(admit).await.ok(), admission, "{name}");
    }
}

/// The permissions that the documentation of the crate names, and the same without `INFO`.
#[tokio::test]
async fn a_user_with_few_permissions_is_enough() {
    let server = Redis::start();
    let mut connection = connect(&server).await;
    let permissions = "on >secret resetkeys ~handstamp:* -@all +eval +evalsha +time +get +set +hset +hmget +hgetall \
                       +pexpireat +pexpiretime +zadd +zrem +zrange +zcard +zcount +zremrangebyrank \
                       +hget +scan";
    for (name, more, works) in [
        ("app", &["+info"][..], true),
        ("mute", &[], true),
        ("none", &["-hset"], false),
    ] {
        let mut command = redis::cmd("ACL");
        command.arg("SETUSER").arg(name);
        for rule in permissions.split_whitespace().chain(more.iter().copied()) {
            command.arg(rule);
        }
        command.exec_async(&mut connection).await.unwrap();
        let url = format!("redis://{name}:secret@{}/", server.address());
        let store = RedisStore::new(&url).unwrap();
        let session = Session::of(AccountId::new(None, name), "one");
        let created = store.create(session.new_session()).await;
        assert_eq!(created.is_ok(), works, "{name}: {created:?}");
        if works {
            let rotation = store.rotate(session.rotate(1, NONE)).await.unwrap();
            assert_eq!(way(&rotation), "Rotated 2", "{name}");
            let which = handstamp::store::UserRevocation::All;
            let all =
                handstamp::store::RevokeUser::new(session.account, which, EndReason::Revoked, HOUR);
            assert_eq!(store.revoke_user(all).await.unwrap().ids.len(), 1, "{name}");
        }
        // Keys with another prefix are not allowed; the error does not say which session it was.
        let other = RedisStore::new(&url).unwrap().prefix("other:");
        let session = Session::of(account(), "SECRET");
        let error = other.admit(session.access(1)).await.unwrap_err();
        assert!(error.to_string().contains("NOPERM"), "{error}");
        assert!(
            !format!("{error} {error:?}").contains("SECRET"),
            "{error:?}"
        );
    }
}

#[tokio::test]
async fn entries_that_the_store_did_not_write_are_errors() {
    let server = Redis::start();
    let store = store(&server);
    let mut connection = connect(&server).await;
    for (row, command, expected) in [
        (
            "a field is missing",
            &["HDEL", "KEY", "absolute_expires"][..],
            "not an entry of this store",
        ),
        (
            "a field is no number",
            &["HSET", "KEY", "generation", "x"],
            "not an entry of this store",
        ),
        (
            "a field the scripts do not read is missing",
            &["HDEL", "KEY", "data"],
            "a session is not as this release writes it",
        ),
        (
            "a field is no boolean",
            &["HSET", "KEY", "acknowledged", "2"],
            "a session is not as this release writes it",
        ),
        (
            "an id that no release writes",
            &["HSET", "KEY", "current", "a:b"],
            "an id is not as this release writes it",
        ),
        ("another kind of entry", &["SET", "KEY", "x"], "WRONGTYPE"),
    ] {
        let session = Session::of(AccountId::new(None, row), "one");
        session.begin(&store).await;
        let key = "handstamp:{*}:s:one";
        let keys: Vec<String> = connection.keys(key).await.unwrap();
        let mut broken = redis::cmd(command[0]);
        broken.arg(&keys[0]).arg(&command[2..]);
        broken.exec_async(&mut connection).await.unwrap();
        let read = ReadSession::new(session.account, session.id);
        let error = store.session(read).await.unwrap_err();
        assert!(error.to_string().contains(expected), "{row}: {error}");
        let _: bool = connection.del(&keys[0]).await.unwrap();
    }
}

#[tokio::test]
async fn applications_with_different_prefixes_share_no_entries() {
    let server = Redis::start();
    let shop = RedisStore::new(&server.url()).unwrap().prefix("shop:");
    let blog = RedisStore::new(&server.url()).unwrap().prefix("");
    let session = Session::of(account(), "one");
    session.begin(&shop).await;
    assert_eq!(blog.list(list(account())).await.unwrap().rows, []);
    session.begin(&blog).await;
    let log_out = RevokeSession::new(account(), session.id.clone(), EndReason::LoggedOut);
    assert!(blog.revoke_session(log_out).await.unwrap());
    assert_eq!(shop.list(list(account())).await.unwrap().rows.len(), 1);
}

#[test]
fn a_url_is_read_at_once() {
    for (url, reason) in [
        ("", "Redis URL did not parse"),
        ("127.0.0.1:6379", "Redis URL did not parse"),
        ("http://user:hunter2@127.0.0.1/", "Redis URL did not parse"),
        (
            "redis://user:hunter2@127.0.0.1/hunter2",
            "Invalid database number",
        ),
        (
            "redis://user:hunter2@127.0.0.1/?protocol=hunter2",
            "Invalid protocol version",
        ),
        (
            "redis://:hunter2@0.0.0.0/",
            "Cannot connect to a wildcard address (0.0.0.0 or ::)",
        ),
        #[cfg(not(feature = "tls"))]
        (
            "rediss://:hunter2@127.0.0.1/",
            "TLS needs the feature `tls` of handstamp-redis",
        ),
        #[cfg(feature = "tls")]
        (
            "rediss://:hunter2@127.0.0.1/#insecure",
            "#insecure would accept any server in its place",
        ),
    ] {
        let error = RedisStore::new(url).unwrap_err();
        assert_eq!(
            error.to_string(),
            format!(
                "not the URL of a Redis server: {reason}. Use redis://[user:password@]host[:port][/database]"
            )
        );
        assert!(!format!("{error:?}").contains("hunter2"), "{url}");
    }
    let store = RedisStore::new("valkey://user:hunter2@10.0.0.1:7000/3").unwrap();
    assert_eq!(
        format!("{:?}", store.prefix("shop:")),
        r#"RedisStore { server: "10.0.0.1:7000", prefix: "shop:", .. }"#
    );
}

async fn configure(connection: &mut MultiplexedConnection, setting: &str, value: &str) {
    let mut command = redis::cmd("CONFIG");
    command.arg("SET").arg(setting).arg(value);
    command.exec_async(connection).await.unwrap();
}

/// Waits until the store works.
async fn works(store: &RedisStore) {
    let start = Instant::now();
    while let Err(error) = store.list(list(account())).await {
        assert!(start.elapsed() < Duration::from_secs(3), "{error}");
        sleep(Duration::from_millis(10)).await;
    }
}

/// Waits until the store fails with this error.
async fn fails(store: &RedisStore, expected: &str) {
    let start = Instant::now();
    loop {
        let answer = store
            .list(list(account()))
            .await
            .map_err(|error| error.to_string());
        if answer.as_ref().is_err_and(|error| error == expected) {
            return;
        }
        assert!(start.elapsed() < Duration::from_secs(3), "{answer:?}");
        sleep(Duration::from_millis(10)).await;
    }
}
