//! Tests of what stays on the server, and of the commands that run there.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use handstamp::clock::UnixTime;
use handstamp::limit::{Bucket, LimitStore as _, Quota};
use handstamp::store::{
    AccountId, Admission, Admit, AdmitPurpose, Created, EndReason, ReadSession, Redeem,
    RevokeSession, RevokeToken, RevokeUser, Store as _, TokenId, UserRevocation,
};
use handstamp_conformance::services::Redis;
use redis::AsyncCommands as _;
use redis::aio::MultiplexedConnection;
use tokio::time::sleep;

use crate::scene::{HOUR, NONE, Session, account, connect, list, store};

#[tokio::test]
async fn every_key_expires_and_none_stays() {
    let server = Redis::start();
    let store = store(&server);
    let life = Duration::from_secs(4);
    for user in 0..5 {
        let account = AccountId::new(None, &format!("user{user}"));
        let mut now = None;
        for number in 0..4 {
            let session = Session::of(account.clone(), &format!("{number}"));
            let mut new = session.new_session();
            (new.idle, new.absolute) = (life / (number + 1), life);
            if number == 3 {
                new.keep_until = now.map(|now: UnixTime| now.saturating_add(life));
            }
            store.create(new).await.unwrap();
            let mut rotate = session.rotate(1, NONE);
            rotate.idle = life / 2;
            store.rotate(rotate).await.unwrap();
            let mut access = session.access(2);
            access.touch_after = Some(NONE);
            store.admit(access).await.unwrap();
            let listed = store.list(list(account.clone())).await.unwrap().rows;
            now = listed.first().map(|row| row.created_at);
        }
        let until = now.unwrap().saturating_add(life);
        store
            .revoke_token(RevokeToken::new(account.clone(), TokenId::from("t"), until))
            .await
            .unwrap();
        let at = UnixTime::from_millis(until.as_millis() - 1);
        store
            .redeem(Redeem::new(account.clone(), TokenId::from("o"), at, until))
            .await
            .unwrap();
        let first = Session::of(account.clone(), "0");
        store
            .revoke_session(RevokeSession::new(
                account.clone(),
                first.id,
                EndReason::LoggedOut,
            ))
            .await
            .unwrap();
        if user % 2 == 0 {
            let which = UserRevocation::All;
            store
                .revoke_user(RevokeUser::new(account, which, EndReason::Revoked, life))
                .await
                .unwrap();
        }
    }

    let mut connection = connect(&server).await;
    let keys: Vec<String> = connection.keys("*").await.unwrap();
    let of_kind = |kind: &str| keys.iter().filter(|key| key.contains(kind)).count();
    for (kind, number) in [
        ("}:s:", 20),
        ("}:t:", 5),
        ("}:o:", 5),
        ("}:n:", 3),
        ("}:b:", 3),
        ("}:i:", 2),
    ] {
        assert_eq!(of_kind(kind), number, "{kind} {keys:?}");
    }
    assert_eq!(keys.len(), 38, "{keys:?}");
    for key in &keys {
        let left: i64 = connection.pttl(key).await.unwrap();
        assert!((1..=4000).contains(&left), "{key} {left}");
        assert!(key.starts_with("handstamp:{"), "{key}");
    }
    sleep(life + Duration::from_millis(50)).await;
    let keys: Vec<String> = connection.keys("*").await.unwrap();
    assert_eq!(keys, [] as [String; 0]);
}

#[tokio::test]
async fn a_bucket_expires_when_it_is_full_and_goes_when_all_was_given_back() {
    let server = Redis::start();
    let store = store(&server);
    let bucket = [Bucket::new("account 6a", Quota::per_hour(3))];
    let mut connection = connect(&server).await;
    let key = "handstamp:{limits}:account 6a";
    for (sentence, is_given_back, minutes) in [
        ("one is used", false, Some(20)),
        ("two are", false, Some(40)),
        ("one is given back", true, Some(20)),
        ("the other one too", true, None),
        ("one that was never used", true, None),
    ] {
        if is_given_back {
            store.refund(&bucket).await.unwrap();
        } else {
            store.charge(&bucket).await.unwrap();
        }
        let left: i64 = connection.pttl(key).await.unwrap();
        // -2 is that of no key.
        let expected = minutes.map_or(-2..=-2, |minutes| {
            let millis = minutes * 60_000;
            millis - 60_000..=millis + 1
        });
        assert!(expected.contains(&left), "{sentence}: {left}");
    }
}

#[tokio::test]
async fn a_client_that_is_denied_writes_nothing() {
    let server = Redis::start();
    let store = store(&server);
    let wide = Bucket::new("wide", Quota::per_hour(5));
    let narrow = Bucket::new("narrow", Quota::per_hour(1));
    let closed = Bucket::new("closed", Quota::new(0, Duration::from_secs(1)));
    let both = [wide.clone(), narrow];
    assert!(store.charge(&both).await.unwrap().is_charged);
    let mut connection = connect(&server).await;
    for (sentence, buckets) in [("denied", both), ("only looked at", [wide, closed])] {
        let before = calls(&mut connection).await;
        assert!(!store.charge(&buckets).await.unwrap().is_charged);
        let after = calls(&mut connection).await;
        let expected = [("evalsha", 1), ("time", 1), ("get", 2)];
        let called = more(&before, &after);
        assert_eq!(called, HashMap::from(expected), "{sentence}");
    }
}

#[tokio::test]
async fn the_index_drops_ended_sessions_while_it_is_used() {
    let server = Redis::start();
    let store = store(&server);
    Session::of(account(), "first").begin(&store).await;
    for number in 0..20 {
        let mut new = Session::of(account(), &format!("{number}")).new_session();
        new.idle = Duration::from_millis(20);
        store.create(new).await.unwrap();
    }
    sleep(Duration::from_millis(30)).await;
    Session::of(account(), "last").begin(&store).await;
    let mut connection = connect(&server).await;
    let keys: Vec<String> = connection.keys("*}:i:*").await.unwrap();
    let ids: Vec<String> = connection.zrange(&keys[0], 0, -1).await.unwrap();
    assert_eq!(ids, ["first", "last"]);
}

#[tokio::test]
async fn rows_are_kept_for_as_long_as_they_must_be() {
    let server = Redis::start();
    let store = store(&server);
    let (short, long) = (Duration::from_millis(50), Duration::from_secs(2));
    let first = Session::of(account(), "one").begin(&store).await;
    for (name, keep_until, is_kept) in [
        ("not", None, false),
        ("until before it ends", Some(first.created_at), false),
        (
            "for longer",
            Some(first.created_at.saturating_add(long)),
            true,
        ),
    ] {
        let session = Session::of(account(), name);
        let mut new = session.new_session();
        (new.idle, new.keep_until) = (short, keep_until);
        store.create(new.clone()).await.unwrap();
        let mut rotate = session.rotate(1, NONE);
        rotate.idle = short;
        store.rotate(rotate).await.unwrap();
        sleep(2 * short).await;
        let listed = store.list(list(account())).await.unwrap().rows;
        assert_eq!(listed.len(), 1, "kept {name}, and ended");
        let is_there = matches!(store.create(new).await.unwrap(), Created::AlreadyExists(_));
        assert_eq!(is_there, is_kept, "kept {name}");
    }

    // Of two durations for which a not-before is kept, the longer counts.
    let revoke = |keep| {
        let which = UserRevocation::Before(first.created_at);
        store.revoke_user(RevokeUser::new(account(), which, EndReason::Revoked, keep))
    };
    revoke(long).await.unwrap();
    revoke(short).await.unwrap();
    sleep(2 * short).await;
    let admission = store.admit(without_session(first.created_at)).await;
    assert_eq!(admission.unwrap(), Admission::Revoked);
    sleep(long).await;
    let admission = store.admit(without_session(first.created_at)).await;
    assert_eq!(admission.unwrap(), Admission::Admitted);
}

fn without_session(issued_at: UnixTime) -> Admit {
    let purpose = AdmitPurpose::Access { generation: 0 };
    Admit::new(account(), TokenId::from("t"), issued_at, purpose)
}

/// There is no purge: Redis removes expired keys itself, a few at a time.
#[tokio::test]
async fn a_hundred_thousand_sessions_expire_while_requests_come_in() {
    const FILL: &str = "
        local ends = (redis.call('TIME')[1] + 8) * 1000
        for n = ARGV[1] * 1000 + 1, ARGV[1] * 1000 + 1000 do
            local key = 'handstamp:{' .. n % 1000 .. '}:s:' .. n
            redis.call('HSET', key, 'account', n % 1000, 'generation', 1, 'current', 'token', 'acknowledged', 1,
                'rotated_at', 1, 'grace_started_at', 1, 'created_at', 1, 'last_active', 1,
                'idle_expires', ends, 'absolute_expires', ends, 'data', '{}')
            redis.call('PEXPIREAT', key, ends)
        end
        return redis.call('DBSIZE')";
    let server = Redis::start();
    let store = store(&server);
    let session = Session::of(account(), "one");
    session.begin(&store).await;
    store.admit(session.access(1)).await.unwrap();
    let mut connection = connect(&server).await;
    for part in 0..100 {
        let mut fill = redis::cmd("EVAL");
        fill.arg(FILL).arg(0).arg(part);
        let size: u64 = fill.query_async(&mut connection).await.unwrap();
        assert!(size > 1_000 * part);
    }

    let (begin, mut longest) = (Instant::now(), Duration::ZERO);
    loop {
        let asked = Instant::now();
        let admission = store.admit(session.access(1)).await.unwrap();
        longest = longest.max(asked.elapsed());
        assert_eq!(admission, Admission::Admitted);
        let left: u64 = redis::cmd("DBSIZE")
            .query_async(&mut connection)
            .await
            .unwrap();
        if left < 10 {
            break;
        }
        assert!(begin.elapsed() < Duration::from_secs(60), "{left} are left");
    }
    println!(
        "100,000 sessions were removed within {:?} of being written; the longest request took {longest:?}",
        begin.elapsed()
    );
}

#[tokio::test]
async fn every_method_is_one_round_trip() {
    let server = Redis::start();
    let store = store(&server);
    let session = Session::of(account(), "one");
    session.begin(&store).await;
    store.admit(session.access(1)).await.unwrap();
    let read = ReadSession::new(session.account.clone(), session.id.clone());
    assert!(store.session(read.clone()).await.unwrap().is_some());

    let mut connection = connect(&server).await;
    let before = calls(&mut connection).await;
    for _ in 0..100 {
        let admission = store.admit(session.access(1)).await.unwrap();
        assert_eq!(admission, Admission::Admitted);
    }
    let admitted = calls(&mut connection).await;
    for _ in 0..100 {
        assert!(store.session(read.clone()).await.unwrap().is_some());
    }
    let read = calls(&mut connection).await;
    // What the scripts do in the server: the clock; a revoked token and the not-before of tokens;
    // the not-before of sessions and the session.
    let expected = [
        ("evalsha", 100),
        ("time", 100),
        ("get", 200),
        ("hmget", 200),
    ];
    assert_eq!(more(&before, &admitted), HashMap::from(expected));
    // No revoked token, but the whole session.
    let expected = [
        ("evalsha", 100),
        ("time", 100),
        ("get", 100),
        ("hmget", 200),
        ("hgetall", 100),
    ];
    assert_eq!(more(&admitted, &read), HashMap::from(expected));
}

#[tokio::test]
async fn a_log_in_reads_few_of_thousands_of_sessions() {
    let server = Redis::start();
    let store = store(&server);
    let mut connection = connect(&server).await;
    let session = |name: &str| Session::of(account(), name);
    session("one").begin(&store).await;
    let first = store.list(list(account())).await.unwrap().rows[0].created_at;
    for number in 0..2_000 {
        let new = session(&number.to_string()).new_session();
        store.create(new).await.unwrap();
    }
    for (sentence, revoked_before) in [
        ("nothing of the account was ever revoked", None),
        ("what was created earlier was revoked", Some(first)),
    ] {
        if let Some(at) = revoked_before {
            let which = UserRevocation::Before(at);
            let revoke = RevokeUser::new(account(), which, EndReason::Revoked, HOUR);
            store.revoke_user(revoke).await.unwrap();
        }
        let before = calls(&mut connection).await;
        let mut new = session(sentence).new_session();
        new.at_most = Some(100);
        let created = store.create(new).await.unwrap();
        let Created::New { ended, .. } = created else {
            panic!("{sentence}: {created:?}");
        };
        assert_eq!(ended.len(), 16, "{sentence}");
        let after = calls(&mut connection).await;
        let read = more(&before, &after)["hmget"];
        assert!(read < 400, "{sentence}: {read} reads");
    }
}

#[tokio::test]
async fn a_step_of_the_search_for_crowded_accounts_meets_few_keys() {
    let server = Redis::start();
    let store = store(&server);
    for number in 0..2_000 {
        let session = Session::of(account(), &number.to_string());
        session.begin(&store).await;
    }
    let mut connection = connect(&server).await;
    let before = calls(&mut connection).await;
    let crowded = store.crowded_accounts(100).await.unwrap();
    assert_eq!(crowded, [account()]);
    let after = calls(&mut connection).await;
    let steps = more(&before, &after)["scan"];
    assert!(steps >= 10, "2,000 keys in {steps} steps");
}

/// Returns how often each command was called in between.
fn more<'a>(
    before: &HashMap<String, u64>,
    after: &'a HashMap<String, u64>,
) -> HashMap<&'a str, u64> {
    after
        .iter()
        .map(|(name, calls)| (name.as_str(), calls - before.get(name).unwrap_or(&0)))
        .filter(|(name, calls)| *calls > 0 && !name.starts_with("info"))
        .collect()
}

/// Returns how often each command was called.
async fn calls(connection: &mut MultiplexedConnection) -> HashMap<String, u64> {
    let info: String = redis::cmd("INFO")
        .arg("commandstats")
        .query_async(connection)
        .await
        .unwrap();
    info.lines()
        .filter_map(|line| line.strip_prefix("cmdstat_")?.split_once(":calls="))
        .map(|(name, rest)| {
            let calls = rest.split(',').next().unwrap();
            (name.to_owned(), calls.parse().unwrap())
        })
        .collect()
}
