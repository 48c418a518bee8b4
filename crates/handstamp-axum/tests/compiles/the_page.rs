//! The calls of the page, each with the purpose it is for.

#![deny(unused_must_use, warnings)]

use axum::Router;
use axum::extract::State;
use axum::response::IntoResponse;
use axum::routing::{get, post};
use handstamp_axum::handstamp::Authenticated;
use handstamp_axum::handstamp::purpose::{self, Purpose};
use handstamp_axum::{
    Access, Auth, Config, Error, Fresh, Location, Refresh, Rejection, Require, RequireLayer,
    SignedToken, days,
};

async fn login(State(auth): State<Auth>) -> Result<impl IntoResponse, Error> {
    let access: SignedToken<purpose::Access> = auth.create_access_token("user1")?;
    let refresh: SignedToken<purpose::Refresh> = auth.create_refresh_token("user1")?;
    let access = auth.set_access_cookies(&access)?;
    let refresh = auth.set_refresh_cookies(&refresh)?.persistent(days(30));
    Ok((access, refresh, "welcome"))
}

async fn refresh(auth: State<Auth>, token: Refresh) -> Result<impl IntoResponse, Error> {
    let access = auth.create_access_token(&token)?;
    Ok((auth.set_access_cookies(&access)?, ()))
}

async fn logout(State(auth): State<Auth>, token: Result<Access, Rejection>) -> impl IntoResponse {
    drop(token);
    (auth.unset_cookies(), ())
}

async fn read(token: Option<Access>) -> String {
    token.map_or_else(String::new, |token| name(&token).to_owned())
}

async fn change(token: Fresh) -> String {
    name(&token).to_owned()
}

fn name<P: Purpose>(token: &Authenticated<P>) -> &str {
    token.subject()
}

#[test]
fn its_router_is_built() {
    let auth = Auth::new(
        Config::builder()
            .secret_key([7; 32].as_slice())
            .build()
            .unwrap(),
    )
    .unwrap();
    let layer: RequireLayer<purpose::Access> = auth.require(
        Require::access()
            .from([Location::Headers])
            .all_scopes(["a:b"]),
    );
    let _: Router = Router::new()
        .route("/login", post(login))
        .route("/refresh", post(refresh))
        .route("/logout", post(logout))
        .route("/read", get(read))
        .route("/change", post(change).route_layer(layer.clone()))
        .layer(layer)
        .with_state(auth);
}
