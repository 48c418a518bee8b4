//! Tests of a cluster of six nodes: three primaries that share the slots, and a replica of each.

use std::process::Command;
use std::time::{Duration, Instant};

use handstamp::store::{
    AccountId, Admission, EndReason, RevokeSession, RevokeToken, RevokeUser, Store as _,
    UserRevocation,
};
use handstamp_conformance::services::Redis;
use handstamp_redis::RedisStore;
use tokio::time::sleep;

use crate::scene::{HOUR, NONE, Session, connect, list, way};

#[tokio::test(flavor = "multi_thread")]
async fn a_cluster_keeps_sessions_and_survives_the_loss_of_a_node() {
    let mut cluster = Cluster::start().await;
    let store = cluster.store();
    let users: Vec<AccountId> = (0..60)
        .map(|user| AccountId::new(None, &format!("user{user}")))
        .collect();
    for account in &users {
        every_method(&store, account).await;
    }
    handstamp_conformance::limits::run(async || cluster.store()).await;
    let mut sizes = Vec::new();
    for node in &cluster.nodes {
        let mut connection = connect(node).await;
        let size: u64 = redis::cmd("DBSIZE")
            .query_async(&mut connection)
            .await
            .unwrap();
        sizes.push(size);
    }
    assert!(
        sizes.iter().filter(|size| **size > 0).count() >= 3,
        "{sizes:?}"
    );

    // The first three are the primaries.
    cluster.nodes[0].kill();
    let start = Instant::now();
    let mut longest = Duration::ZERO;
    for account in &users {
        loop {
            let began = Instant::now();
            let listed = store.list(list(account.clone())).await;
            longest = longest.max(began.elapsed());
            match listed {
                Ok(listed) => {
                    assert_eq!(listed.rows.len(), 1, "{account:?}");
                    break;
                }
                Err(error) => assert!(start.elapsed() < Duration::from_secs(20), "{error}"),
            }
            sleep(Duration::from_millis(20)).await;
        }
    }
    assert!(longest < Duration::from_secs(2), "{longest:?}");
    for account in &users {
        let another = Session::of(account.clone(), "another");
        another.begin(&store).await;
        let all = RevokeUser::new(
            account.clone(),
            UserRevocation::All,
            EndReason::Revoked,
            HOUR,
        );
        assert_eq!(store.revoke_user(all).await.unwrap().ids.len(), 2);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cluster_with_one_node_that_evicts_is_refused() {
    let cluster = Cluster::start().await;
    let mut connection = connect(&cluster.nodes[1]).await;
    let mut configure = redis::cmd("CONFIG");
    configure.arg(&[
        "SET",
        "maxmemory",
        "100mb",
        "maxmemory-policy",
        "allkeys-lru",
    ]);
    configure.exec_async(&mut connection).await.unwrap();
    let store = cluster.store();
    let error = store
        .list(list(AccountId::new(None, "user1")))
        .await
        .unwrap_err();
    assert!(error.to_string().contains("allkeys-lru evicts"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_of_a_cluster_is_refused_as_a_single_server() {
    let cluster = Cluster::start().await;
    let mut refused = 0;
    for user in 0..10 {
        let store = RedisStore::new(&cluster.nodes[0].url()).unwrap();
        if let Err(error) = store
            .list(list(AccountId::new(None, &format!("user{user}"))))
            .await
        {
            refused += 1;
            let help = "MOVED: it is one of a cluster: use RedisStore::cluster";
            assert!(error.to_string().ends_with(help), "{error}");
        }
    }
    assert!(refused > 0);
}

async fn every_method(store: &RedisStore, account: &AccountId) {
    let (session, other) = (
        Session::of(account.clone(), "one"),
        Session::of(account.clone(), "two"),
    );
    let row = session.begin(store).await;
    other.begin(store).await;
    let rotation = store.rotate(session.rotate(1, NONE)).await.unwrap();
    assert_eq!(way(&rotation), "Rotated 2");
    let admission = store.admit(session.access(2)).await.unwrap();
    assert_eq!(admission, Admission::Admitted);
    let until = row.created_at.saturating_add(HOUR);
    let token = RevokeToken::new(account.clone(), session.access(2).token, until);
    store.revoke_token(token).await.unwrap();
    let admission = store.admit(session.access(2)).await.unwrap();
    assert_eq!(admission, Admission::Revoked);
    assert_eq!(
        store.list(list(account.clone())).await.unwrap().rows.len(),
        2
    );
    let but = UserRevocation::AllBut(session.id.clone());
    let but = RevokeUser::new(account.clone(), but, EndReason::Revoked, HOUR);
    let revoked = store.revoke_user(but).await.unwrap().ids;
    assert_eq!(revoked, std::slice::from_ref(&other.id));
    let log_out = RevokeSession::new(account.clone(), other.id, EndReason::LoggedOut);
    assert!(!store.revoke_session(log_out).await.unwrap());
}

struct Cluster {
    nodes: Vec<Redis>,
}

impl Cluster {
    /// Returns when every node reports that the cluster is complete, and every replica has the data
    /// of its primary.
    async fn start() -> Self {
        let settings = [
            "--save",
            "",
            "--cluster-enabled",
            "yes",
            "--cluster-node-timeout",
            "1000",
        ];
        let nodes: Vec<Redis> = (0..6).map(|_| Redis::with(&settings)).collect();
        let created = Command::new("redis-cli")
            .args(["--cluster", "create"])
            .args(nodes.iter().map(|node| node.address().to_string()))
            .args(["--cluster-replicas", "1", "--cluster-yes"])
            .output()
            .unwrap_or_else(|error| {
                panic!("cannot run redis-cli ({error}). Install it: apt-get install redis-tools")
            });
        let said = String::from_utf8_lossy(&created.stdout);
        assert!(created.status.success(), "{said}");
        let start = Instant::now();
        for node in &nodes {
            let mut connection = connect(node).await;
            loop {
                let mut state = redis::cmd("CLUSTER");
                state.arg("INFO");
                let state: String = state.query_async(&mut connection).await.unwrap();
                let role: String = redis::cmd("INFO")
                    .query_async(&mut connection)
                    .await
                    .unwrap();
                let is_in_step = role.contains("role:master") || role.contains("link_status:up");
                if state.contains("cluster_state:ok") && is_in_step {
                    break;
                }
                assert!(start.elapsed() < Duration::from_secs(20), "{state} {role}");
                sleep(Duration::from_millis(20)).await;
            }
        }
        Self { nodes }
    }

    fn store(&self) -> RedisStore {
        let urls: Vec<String> = self.nodes.iter().map(Redis::url).collect();
        RedisStore::cluster(urls.iter().map(String::as_str)).unwrap()
    }
}
