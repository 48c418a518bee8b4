//! A page with a form, served by the application and by the attackers. It needs no script.

use axum::extract::Query;
use axum::http::header::REFERRER_POLICY;
use axum::response::{AppendHeaders, Html, IntoResponse};

/// Serves a form that posts the pairs of the query to the URL `action`. `referrer-policy` sets the
/// policy of the page.
pub(crate) async fn page(Query(pairs): Query<Vec<(String, String)>>) -> impl IntoResponse {
    let mut action = String::new();
    let mut fields = Vec::new();
    let mut policy = Vec::new();
    for (name, value) in pairs {
        match name.as_str() {
            "action" => action = escape(&value),
            "referrer-policy" => policy.push((REFERRER_POLICY, value)),
            name => {
                let (name, value) = (escape(name), escape(&value));
                fields.push(format!(
                    r#"<input type="hidden" name="{name}" value="{value}">"#
                ));
            }
        }
    }
    let fields = fields.concat();
    let page = format!(
        r#"<title>form</title><form method="post" action="{action}">{fields}<button>Win a prize</button></form>"#
    );
    (AppendHeaders(policy), Html(page))
}

/// Escapes text for HTML and for attribute values in double quotes.
pub(crate) fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('"', "&quot;")
        .replace('<', "&lt;")
}
