//! What is logged when a layer stands in front of a handler that takes the body.

#![expect(clippy::unwrap_used, reason = "a failing test panics")]

use std::fmt::{Debug, Write as _};
use std::sync::{Arc, Mutex};

use handstamp::{Auth, Config, RequestHead as _, Require};
use handstamp_tower::{Head, RequireLayer, access_before_body};
use http::{Request, Response};
use tower::{Layer as _, ServiceExt as _, service_fn};
use tracing::field::{Field, Visit};
use tracing::{Event, Metadata, Subscriber, span};

#[test]
fn a_layer_in_front_is_said_once() {
    let log = Log::default();
    let _guard = tracing::subscriber::set_default(log.clone());
    let config = Config::builder().secret_key([7; 32].as_slice());
    let auth = Auth::new(config.build().unwrap()).unwrap();
    let cookie = format!(
        "access_token_cookie={}",
        auth.create_access_token("user1").unwrap().as_str()
    );
    let by = auth.clone();
    let handler = service_fn(move |request: Request<Vec<u8>>| {
        let auth = by.clone();
        async move {
            let (mut parts, bytes) = request.into_parts();
            let awaits_body = access_before_body(&auth, &mut parts).await.unwrap();
            let whole = Head::from(&parts).with_body(&bytes);
            let token = awaits_body.with_body(&whole).await.unwrap();
            Ok::<_, std::convert::Infallible>(Response::new(token.subject().to_owned()))
        }
    });
    let layered = RequireLayer::new(auth, Require::access()).layer(handler.clone());
    let request = || {
        let builder = Request::get("/posts").header("cookie", &cookie);
        builder.body(Vec::new()).unwrap()
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    let said = |log: &Log| {
        log.0
            .lock()
            .unwrap()
            .matches("has not seen the body")
            .count()
    };
    runtime.block_on(handler.oneshot(request())).unwrap();
    assert_eq!(said(&log), 0, "without a layer");
    for _ in 0..2 {
        let response = runtime
            .block_on(layered.clone().oneshot(request()))
            .unwrap();
        assert_eq!(response.status(), 200);
    }
    assert_eq!(said(&log), 1, "{}", log.0.lock().unwrap());
}

/// All that is logged, as text.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<String>>);

impl Subscriber for Log {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, _: &span::Attributes<'_>) -> span::Id {
        span::Id::from_u64(1)
    }

    fn record(&self, _: &span::Id, _: &span::Record<'_>) {}

    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}

    fn event(&self, event: &Event<'_>) {
        struct Line(String);

        impl Visit for Line {
            fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
                write!(self.0, "{}={value:?} ", field.name()).unwrap();
            }
        }

        let mut line = Line(String::new());
        event.record(&mut line);
        *self.0.lock().unwrap() += &(line.0 + "\n");
    }

    fn enter(&self, _: &span::Id) {}

    fn exit(&self, _: &span::Id) {}
}
