//! When a session was last active.

use super::browser::Browser;
use super::{App, Suite};
use crate::{Reply, Request};

pub(super) async fn rows<S: AsyncFn(&App, &Request) -> Reply>(suite: &mut Suite<S>) {
    for (value, expected) in [("true", [0, 120, 120]), ("false", [0, 0, 0])] {
        let app = App::new(&[("JWT_SESSION_UPDATE_LAST_ACTIVE", value)]);
        let browser = Browser::logged_in("laptop", suite, &app).await;
        let before = app.last_active("user1");
        // Not every request is written down.
        for (seconds, expected) in [59, 61, 59].into_iter().zip(expected) {
            app.advance(seconds);
            let row = format!("JWT_SESSION_UPDATE_LAST_ACTIVE={value}, {seconds} s later");
            let request = browser.request("GET", "/access");
            suite.check(&row, &app, request, Ok("user1")).await;
            let since = app.last_active("user1") - before;
            suite.equal(&row, "last active", since, expected);
        }
    }
}
