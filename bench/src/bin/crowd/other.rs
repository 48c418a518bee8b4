//! The other user, who has one session, and whose requests are measured.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use handstamp::session::ClientInfo;
use handstamp::{Auth, Require};
use handstamp_tower::Head;
use http::Request;
use http::header::AUTHORIZATION;
use tokio::task::{JoinHandle, yield_now};
use tokio::time::sleep;

pub struct Other {
    access: Request<()>,
    refresh: Request<()>,
}

impl Other {
    pub async fn log_in(user: &str, auth: &Auth) -> Self {
        let tokens = auth.log_in(user, ClientInfo::new()).await;
        let tokens = tokens.expect("an answer");
        Self {
            access: request(tokens.access().as_str()),
            refresh: request(tokens.refresh().as_str()),
        }
    }

    /// Measures a request and a refresh: the store admits two tokens, the first of which
    /// acknowledges its generation, and rotates one.
    pub async fn request(&mut self, auth: &Auth) -> Duration {
        let start = Instant::now();
        auth.authenticate(&Head::from(&self.access), &Require::access())
            .await
            .expect("a live session");
        let refresh = auth
            .authenticate(&Head::from(&self.refresh), &Require::refresh())
            .await
            .expect("a live session");
        let tokens = auth.refresh(&refresh).await.expect("a live session");
        let took = start.elapsed();
        self.access = request(tokens.access().as_str());
        self.refresh = request(tokens.refresh().as_str());
        took
    }

    /// Measures requests while another user sends the same without pause: what any user costs.
    pub async fn next_to_another(&mut self, another: Self, auth: &Auth) -> (Vec<Duration>, Self) {
        let stop = Arc::new(AtomicBool::new(false));
        let work = tokio::spawn(same(another, auth.clone(), Arc::clone(&stop)));
        let mut times = Vec::new();
        for _ in 0..super::REQUESTS {
            times.push(self.request(auth).await);
        }
        stop.store(true, Ordering::Relaxed);
        (times, work.await.expect("no call fails"))
    }

    /// Measures requests while a user lists its sessions, logs in and revokes the latest session,
    /// without pause. Returns how often it has logged in as well.
    pub async fn next_to(&mut self, user: &'static str, auth: &Auth) -> (Vec<Duration>, usize) {
        let stop = Arc::new(AtomicBool::new(false));
        let work = tokio::spawn(work(user, auth.clone(), Arc::clone(&stop)));
        // Its first lists are ahead of their turns.
        sleep(Duration::from_millis(700)).await;
        let mut times = Vec::new();
        for _ in 0..super::REQUESTS {
            times.push(self.request(auth).await);
        }
        stop.store(true, Ordering::Relaxed);
        (times, work.await.expect("no call fails"))
    }

    /// Measures requests until this is done.
    pub async fn during<T>(&mut self, work: JoinHandle<T>, auth: &Auth) -> (T, Vec<Duration>) {
        let mut times = vec![self.request(auth).await];
        while !work.is_finished() {
            times.push(self.request(auth).await);
        }
        (work.await.expect("no call fails"), times)
    }
}

async fn same(mut another: Other, auth: Auth, stop: Arc<AtomicBool>) -> Other {
    while !stop.load(Ordering::Relaxed) {
        another.request(&auth).await;
        yield_now().await;
    }
    another
}

async fn work(user: &str, auth: Auth, stop: Arc<AtomicBool>) -> usize {
    let mut log_ins = 0;
    while !stop.load(Ordering::Relaxed) {
        let tokens = auth.log_in(user, ClientInfo::new()).await;
        drop(tokens.expect("an answer"));
        log_ins += 1;
        let listed = auth.sessions(user).await.expect("an answer");
        let revoked = auth.revoke_session(user, listed[0].id()).await;
        assert!(revoked.expect("an answer"), "it was live");
        yield_now().await;
    }
    log_ins
}

fn request(token: &str) -> Request<()> {
    let request = Request::get("https://www.example.com/");
    let request = request.header(AUTHORIZATION, format!("Bearer {token}"));
    request.body(()).expect("a token is a value of a header")
}
