//! Connections that end with their token, on actix-web.

use std::convert::Infallible;
use std::future::ready;

use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse, Responder, rt, web};
use actix_ws::Message;
use futures_util::StreamExt as _;
use handstamp_actix::{Access, Auth};
use tokio::sync::broadcast;
use tokio_stream::wrappers::BroadcastStream;

/// A socket that says back what it is told.
///
/// # Errors
/// The request is no handshake.
pub async fn echo(
    auth: Auth,
    token: Access,
    request: HttpRequest,
    body: web::Payload,
) -> actix_web::Result<HttpResponse> {
    let (response, session, messages) = actix_ws::handle(&request, body)?;
    let messages = messages.max_frame_size(4096);
    let mut socket = auth.guard(session, messages, &token);
    rt::spawn(async move {
        while let Some(Ok(message)) = socket.recv().await {
            let answer = match message {
                Message::Ping(bytes) => Message::Pong(bytes),
                message => message,
            };
            if socket.send(answer).await.is_err() {
                break;
            }
        }
    });
    Ok(response)
}

/// The news, until the token with which they were asked for is no longer accepted.
pub async fn events(
    auth: Auth,
    news: web::Data<broadcast::Sender<String>>,
    token: Access,
) -> impl Responder {
    let news = BroadcastStream::new(news.subscribe())
        // A listener that is too slow misses some, and goes on.
        .filter_map(|said| ready(said.ok()))
        .map(|said| Ok::<_, Infallible>(Bytes::from(event(&said))))
        .take_until(auth.watch(&token));
    HttpResponse::Ok()
        .content_type("text/event-stream")
        .insert_header(("x-accel-buffering", "no"))
        .streaming(news)
}

/// Each line of the text is a line of the event.
fn event(text: &str) -> String {
    let lines = text.lines().map(|line| format!("data: {line}\n"));
    lines.chain(["\n".to_owned()]).collect()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use actix_web::body::to_bytes;
    use actix_web::{App, rt, test, web};
    use handstamp_actix::handstamp::session::ClientInfo;
    use handstamp_actix::handstamp::store::MemoryStore;
    use handstamp_actix::{Auth, Config};
    use tokio::sync::broadcast;

    use super::events;

    #[actix_web::test]
    async fn a_stream_of_events_ends_with_the_session() {
        let config = Config::builder().secret_key([7; 32].as_slice());
        let auth: Auth = Auth::builder(config.build().unwrap())
            .store(MemoryStore::new())
            .build()
            .unwrap();
        let tokens = auth
            .log_in("user1", ClientInfo::new().into())
            .await
            .unwrap();
        let (news, _) = broadcast::channel::<String>(10);
        let app = App::new()
            .app_data(auth.clone())
            .app_data(web::Data::new(news.clone()))
            .route("/events", web::get().to(events));
        let app = test::init_service(app).await;
        let cookie = format!("access_token_cookie={}", tokens.access().as_str());
        let request = test::TestRequest::with_uri("/events").insert_header(("cookie", cookie));
        let response = test::call_service(&app, request.to_request()).await;
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers().get("x-accel-buffering").unwrap(), "no");

        news.send("one\ntwo".to_owned()).unwrap();
        rt::spawn(async move {
            rt::time::sleep(Duration::from_millis(200)).await;
            auth.revoke_all_sessions("user1").await
        });
        let body = rt::time::timeout(Duration::from_secs(5), to_bytes(response.into_body())).await;
        let body = body.expect("the stream ends").unwrap();
        assert_eq!(body, "data: one\ndata: two\n\n");
    }
}
