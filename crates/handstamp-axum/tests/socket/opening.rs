//! Who may open one.

use handstamp_axum::handstamp::session::ClientInfo;
use tokio_tungstenite::tungstenite;

use crate::service::{ORIGIN, alone};

#[tokio::test]
async fn who_may_open_one() {
    let service = alone().await;
    let token = service.log_in().await;
    let cookie = format!("access_token_cookie={token}");
    let bearer = format!("Bearer {token}");
    let revoked = {
        let token = service
            .auth
            .log_in("user2", ClientInfo::new().into())
            .await
            .unwrap();
        service.auth.revoke_all_sessions("user2").await.unwrap();
        format!("access_token_cookie={}", token.access().as_str())
    };
    let (cookie, bearer, revoked) = (cookie.as_str(), bearer.as_str(), revoked.as_str());
    let rows: [(&str, &[(&str, &str)], &str); 16] = [
        (
            "a page of ours",
            &[("cookie", cookie), ("origin", ORIGIN)],
            "opened",
        ),
        (
            "a page of a site that is trusted",
            &[("cookie", cookie), ("origin", "https://partner.example")],
            "opened",
        ),
        (
            "a page of another site",
            &[("cookie", cookie), ("origin", "https://evil.example")],
            "403 origin_not_allowed",
        ),
        (
            "our host with another scheme",
            &[("cookie", cookie), ("origin", "https://app.localhost")],
            "403 origin_not_allowed",
        ),
        (
            "our host with a port",
            &[("cookie", cookie), ("origin", "http://app.localhost:8000")],
            "403 origin_not_allowed",
        ),
        (
            "our host and more",
            &[
                ("cookie", cookie),
                ("origin", "http://app.localhost.evil.example"),
            ],
            "403 origin_not_allowed",
        ),
        (
            "a page without an origin of its own",
            &[("cookie", cookie), ("origin", "null")],
            "403 origin_not_allowed",
        ),
        ("no origin", &[("cookie", cookie)], "403 origin_not_allowed"),
        (
            "our origin twice",
            &[("cookie", cookie), ("origin", ORIGIN), ("origin", ORIGIN)],
            "403 origin_not_allowed",
        ),
        (
            "our origin beside another",
            &[
                ("cookie", cookie),
                ("origin", ORIGIN),
                ("origin", "https://evil.example"),
            ],
            "403 origin_not_allowed",
        ),
        (
            "Sec-Fetch-Site instead of an origin, which browsers do not send here",
            &[("cookie", cookie), ("sec-fetch-site", "same-origin")],
            "403 origin_not_allowed",
        ),
        ("no cookie", &[("origin", ORIGIN)], "401 missing_token"),
        (
            "a cookie that is no token",
            &[("cookie", "access_token_cookie=a.b.c"), ("origin", ORIGIN)],
            "401 invalid_token",
        ),
        (
            "a token that was revoked",
            &[("cookie", revoked), ("origin", ORIGIN)],
            "401 session_ended",
        ),
        (
            "a program with its token in a header needs no origin",
            &[("authorization", bearer)],
            "opened",
        ),
        (
            "nor does it matter what it says",
            &[
                ("authorization", bearer),
                ("origin", "https://partner.example"),
            ],
            "opened",
        ),
    ];
    for (row, headers, expected) in rows {
        let mut request = service.request("/echo");
        for (name, value) in headers {
            let name: http::HeaderName = name.parse().unwrap();
            request.headers_mut().append(name, value.parse().unwrap());
        }
        let seen = match tokio_tungstenite::connect_async(request).await {
            Ok(_) => "opened".to_owned(),
            Err(tungstenite::Error::Http(response)) => {
                let body = response.body().clone().unwrap();
                let body: serde_json::Value = serde_json::from_slice(&body).unwrap();
                let status = response.status().as_u16();
                format!("{status} {}", body["code"].as_str().unwrap())
            }
            Err(error) => panic!("{row}: {error}"),
        };
        assert_eq!(seen, expected, "{row}");
    }
}
