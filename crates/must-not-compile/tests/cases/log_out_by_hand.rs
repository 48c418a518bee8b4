//! A request's permission to log out is not made by hand, nor used twice.

use handstamp_axum::handstamp::session;
use handstamp_axum::{Auth, LogOut};

fn of_the_core() -> session::LogOut {
    session::LogOut {
        sessions: Default::default(),
    }
}

fn extracted(log_out: session::LogOut) -> LogOut {
    LogOut(log_out)
}

async fn twice(auth: &Auth, log_out: LogOut) {
    let _ = auth.log_out(log_out).await;
    let _ = auth.log_out(log_out).await;
}

fn main() {}
