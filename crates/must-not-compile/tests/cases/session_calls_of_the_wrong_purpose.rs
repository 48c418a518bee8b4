//! Only a refresh token is exchanged, and only a request that was checked for it logs out.

use handstamp_axum::{Access, Auth, Refresh};

async fn refresh(auth: &Auth, token: Access) {
    let _ = auth.refresh(token).await;
}

async fn log_out(auth: &Auth, access: Access, refresh: Refresh) {
    let _ = auth.log_out(access).await;
    let _ = auth.log_out(refresh).await;
}

fn main() {}
