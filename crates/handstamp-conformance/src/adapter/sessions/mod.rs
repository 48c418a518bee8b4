//! Cases of log-in, refresh and log-out in a browser, each in both styles of errors.

mod activity;
pub(super) mod browser;
mod carried;
mod log_ins;
mod log_outs;
mod neighbours;
mod outages;
mod refreshes;
mod session_table;
mod truth_table;

use super::App;
use super::suite::Suite;
use crate::{Reply, Request};

pub(super) async fn rows<S: AsyncFn(&App, &Request) -> Reply>(suite: &mut Suite<S>) {
    activity::rows(suite).await;
    truth_table::rows(suite).await;
    session_table::rows(suite).await;
    neighbours::rows(suite).await;
    for style in ["standard", "authx"] {
        log_ins::rows(suite, style).await;
        refreshes::rows(suite, style).await;
        log_outs::rows(suite, style).await;
        outages::rows(suite, style).await;
    }
}

/// Returns an app whose rejections have this style.
fn app(style: &'static str, settings: &[(&'static str, &'static str)]) -> App {
    let mut settings = settings.to_vec();
    settings.push(("HANDSTAMP_ERROR_STYLE", style));
    App::new(&settings)
}
