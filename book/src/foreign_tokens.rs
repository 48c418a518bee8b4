//! The listings of `docs/foreign-tokens.md`.

use axum::Router;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::routing::get;
use handstamp_axum::handstamp::config::Algorithm;
use handstamp_axum::handstamp::error::ConfigError;
use handstamp_axum::handstamp::foreign::{ForeignIssuer, ForeignToken};
use handstamp_axum::{Auth, Error, Head};

/// Builds the issuer of its file of keys.
///
/// # Errors
/// Every mistake in the file.
pub fn issuer() -> Result<ForeignIssuer, ConfigError> {
    let issuer = ForeignIssuer::builder("https://id.example.com", "https://api.example.com")
        .jwks_file("keys/id.example.com.json")
        .build()?; // reports every mistake at once
    Ok(issuer)
}

/// Builds it of one key in PEM.
///
/// # Errors
/// A key that is not one.
pub fn issuer_of_pem(pem: &str) -> Result<ForeignIssuer, ConfigError> {
    ForeignIssuer::builder("https://id.example.com", "https://api.example.com")
        .public_key(Algorithm::Rs256, pem)
        .build()
}

/// What handlers share.
#[derive(Debug, Clone)]
pub struct App {
    auth: Auth,
    issuer: ForeignIssuer,
}

/// An access token of the identity provider.
#[derive(Debug)]
pub struct Foreign(ForeignToken);

impl FromRequestParts<App> for Foreign {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Error> {
        let App { auth, issuer } = app;
        let token = auth.authenticate_foreign(issuer, &Head::from(&*parts))?;
        auth.require_foreign_scopes(&token, ["reports:read"])?;
        Ok(Self(token))
    }
}

/// Lists the reports of the subject.
pub async fn reports(Foreign(token): Foreign) -> String {
    format!("reports of {} for {}", token.subject(), token.client_id())
}

/// Returns the app.
pub fn app(state: App) -> Router {
    Router::new()
        .route("/reports", get(reports))
        .with_state(state)
}

/// The same with actix-web.
pub mod actix {
    use actix_web::HttpRequest;
    use actix_web::web::Data;
    use handstamp_actix::handstamp::foreign::ForeignIssuer;
    use handstamp_actix::{Auth, Error, Head};

    /// Lists the reports of the subject.
    ///
    /// # Errors
    /// The token does not pass, or lacks the scope.
    pub async fn reports(
        request: HttpRequest,
        auth: Auth,
        issuer: Data<ForeignIssuer>,
    ) -> Result<String, Error> {
        let token = auth.authenticate_foreign(issuer.get_ref(), &Head::from(&request))?;
        auth.require_foreign_scopes(&token, ["reports:read"])?;
        Ok(format!(
            "reports of {} for {}",
            token.subject(),
            token.client_id()
        ))
    }
}

/// Two issuers.
///
/// # Errors
/// The token does not pass.
pub fn of_two(
    auth: &Auth,
    staff: ForeignIssuer,
    partners: ForeignIssuer,
    head: &Head<'_>,
) -> Result<String, Error> {
    let issuers = [staff, partners];
    let token = auth.authenticate_foreign(&issuers, head)?;
    let account = format!("{} {}", token.issuer(), token.subject()); // unique only together
    Ok(account)
}

#[cfg(test)]
mod tests {
    use axum::body::{Body, to_bytes};
    use axum::http::Request;
    use handstamp_axum::handstamp::foreign::ForeignIssuer;
    use handstamp_axum::{Auth, Config};
    use tower::ServiceExt as _;

    use super::App;

    async fn ask(token: &str) -> (u16, String) {
        let config = Config::builder().secret_key([7; 32].as_slice()).build();
        let issuer = ForeignIssuer::builder("https://id.example.com", "https://api.example.com");
        let app = super::app(App {
            auth: Auth::new(config.unwrap()).unwrap(),
            issuer: issuer.jwks(JWKS).build().unwrap(),
        });
        let request = Request::get("/reports").header("authorization", format!("Bearer {token}"));
        let response = app
            .oneshot(request.body(Body::empty()).unwrap())
            .await
            .unwrap();
        let status = response.status().as_u16();
        let body = to_bytes(response.into_body(), 10_000).await.unwrap();
        (status, String::from_utf8(body.to_vec()).unwrap())
    }

    #[tokio::test]
    async fn the_token_of_the_provider_opens_what_its_scopes_name() {
        let good = ask(TOKEN).await;
        let words = "reports of 248289761001 for s6BhdRkqt3";
        assert_eq!(good, (200, words.to_owned()));
        for (token, status, code) in [
            (OTHER_SCOPE, 403, "insufficient_scope"),
            (ID_TOKEN, 401, "invalid_token"),
            ("", 401, "missing_token"),
        ] {
            let (found, body) = ask(token).await;
            assert_eq!(found, status);
            assert!(body.contains(code), "{body}");
        }
    }

    #[actix_web::test]
    async fn actix_web_does_the_same() {
        use actix_web::test::{TestRequest, call_service, init_service};
        use actix_web::{App, web};

        let config = Config::builder().secret_key([7; 32].as_slice()).build();
        let auth = handstamp_actix::Auth::new(config.unwrap()).unwrap();
        let issuer = ForeignIssuer::builder("https://id.example.com", "https://api.example.com");
        let app = App::new()
            .app_data(web::Data::new(issuer.jwks(JWKS).build().unwrap()))
            .app_data(auth)
            .route("/reports", web::get().to(super::actix::reports));
        let app = init_service(app).await;
        for (token, status) in [(TOKEN, 200), (OTHER_SCOPE, 403), (ID_TOKEN, 401), ("", 401)] {
            let request = TestRequest::get()
                .uri("/reports")
                .insert_header(("authorization", format!("Bearer {token}")));
            let response = call_service(&app, request.to_request()).await;
            assert_eq!(response.status().as_u16(), status);
        }
    }

    // Signed by the key of the tests; they expire in 2100.
    const TOKEN: &str = "eyJhbGciOiJFZERTQSIsInR5cCI6ImF0K2p3dCIsImtpZCI6ImVkMjU1MTkifQ.eyJpc3MiOiJodHRwczovL2lkLmV4YW1wbGUuY29tIiwiYXVkIjoiaHR0cHM6Ly9hcGkuZXhhbXBsZS5jb20iLCJzdWIiOiIyNDgyODk3NjEwMDEiLCJjbGllbnRfaWQiOiJzNkJoZFJrcXQzIiwianRpIjoiZGJlMzliZjNhM2JhNDIzOGE1MTNmNTFkNmUxNjkxYzQiLCJpYXQiOjE3MDAwMDAwMDAsImV4cCI6NDEwMjQ0NDgwMCwic2NvcGUiOiJyZXBvcnRzOnJlYWQgcmVwb3J0czp3cml0ZSJ9.egcPqOUVAval_zIBoGIoBT_1aFQZ1PeMjNJq0G6xgPHyerGhSJ5OVhNUMuO50WMrW3DkgBwr-MNnymVRhOR9Cg";
    const OTHER_SCOPE: &str = "eyJhbGciOiJFZERTQSIsInR5cCI6ImF0K2p3dCIsImtpZCI6ImVkMjU1MTkifQ.eyJpc3MiOiJodHRwczovL2lkLmV4YW1wbGUuY29tIiwiYXVkIjoiaHR0cHM6Ly9hcGkuZXhhbXBsZS5jb20iLCJzdWIiOiIyNDgyODk3NjEwMDEiLCJjbGllbnRfaWQiOiJzNkJoZFJrcXQzIiwianRpIjoiZGJlMzliZjNhM2JhNDIzOGE1MTNmNTFkNmUxNjkxYzQiLCJpYXQiOjE3MDAwMDAwMDAsImV4cCI6NDEwMjQ0NDgwMCwic2NvcGUiOiJwcm9maWxlIn0.8HNmw9MSe_X2mGfsJZNmtDTqY4gSY596S6uwI8fAmHQBUg_T5RYDWq86iWrOt5d7eODn0C6qYyfS26EcA4fpBA";
    const ID_TOKEN: &str = "eyJhbGciOiJFZERTQSIsInR5cCI6IkpXVCIsImtpZCI6ImVkMjU1MTkifQ.eyJpc3MiOiJodHRwczovL2lkLmV4YW1wbGUuY29tIiwiYXVkIjoiaHR0cHM6Ly9hcGkuZXhhbXBsZS5jb20iLCJzdWIiOiIyNDgyODk3NjEwMDEiLCJjbGllbnRfaWQiOiJzNkJoZFJrcXQzIiwianRpIjoiZGJlMzliZjNhM2JhNDIzOGE1MTNmNTFkNmUxNjkxYzQiLCJpYXQiOjE3MDAwMDAwMDAsImV4cCI6NDEwMjQ0NDgwMCwic2NvcGUiOiJyZXBvcnRzOnJlYWQifQ.rk6qR5XrVQ_lIM7suHnCafCms4UydTshN5WtS8HG7-WjMepxH5IO3YcDELXFpr86HH0VY2v_oamwivVJmi0IAg";
    const JWKS: &str = r#"{"keys": [{"kty": "OKP", "crv": "Ed25519", "kid": "ed25519",
        "x": "0QEatkDdsufYstJOFe-vY9JheZAbtzrak3DcRrFEZbk"}]}"#;
}
