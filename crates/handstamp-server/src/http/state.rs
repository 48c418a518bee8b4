//! The state that the handlers share.

use axum::extract::FromRef;
use handstamp_axum::Auth;
use handstamp_axum::handstamp::limit::TrustedProxies;

use crate::accounts::log_in::LogIn;
use crate::audit::AuditLog;
use crate::monitoring::LogIns;

/// The state of the router. Clones share what it holds.
#[derive(Debug, Clone)]
pub(crate) struct AppState {
    pub(crate) auth: Auth,
    pub(crate) log_in: LogIn,
    pub(crate) proxies: TrustedProxies,
    /// Whether no setting changes which checks are made.
    pub(crate) has_usual_checks: bool,
    pub(crate) audit: AuditLog,
    pub(crate) log_ins: LogIns,
}

impl FromRef<AppState> for Auth {
    fn from_ref(state: &AppState) -> Self {
        state.auth.clone()
    }
}

impl FromRef<AppState> for TrustedProxies {
    fn from_ref(state: &AppState) -> Self {
        state.proxies.clone()
    }
}
