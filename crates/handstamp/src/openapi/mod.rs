//! The description of routes for programs: security schemes, demands and refusals, as OpenAPI by
//! [`utoipa`].
//!
//! What a layer demands is described from the value that it enforces: an adapter adds the layer and
//! its [`Demand`] in one call, so the description cannot differ from the route. A layer that is
//! added by other means, and an extractor, are described by a second call. What a request of a
//! method must prove is read from the table that judges requests, and each response names the codes
//! with which such a request can be refused.
//!
//! What OpenAPI cannot say is left out: a token in a body, and a CSRF value in a form, which passes
//! in place of its header.
//!
//! ```
//! use handstamp::{Auth, Config, Require};
//! use utoipa::openapi::path::{HttpMethod, OperationBuilder, Paths};
//! use utoipa::openapi::{Info, OpenApi};
//!
//! let auth = Auth::new(Config::builder().secret_key([7; 32].as_slice()).build()?)?;
//!
//! let mut paths = Paths::new();
//! paths.add_path_operation("/posts", vec![HttpMethod::Post], OperationBuilder::new());
//! auth.describe_paths(&mut paths, &Require::scope("posts:write").into());
//! let mut api = OpenApi::new(Info::new("Posts", "1.0.0"), paths);
//! auth.describe(&mut api);
//!
//! let api = serde_json::to_value(&api)?;
//! let post = &api["paths"]["/posts"]["post"];
//! let both = serde_json::json!({"access_token_cookie": ["posts:write"], "X-CSRF-TOKEN": []});
//! assert_eq!(post["security"], serde_json::json!([both]));
//! assert!(post["responses"]["403"]["description"].as_str().unwrap().contains("csrf_mismatch"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod demand;
mod ready_routes;
mod refusals;
mod responses;
mod schemas;
mod schemes;
mod security;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

pub use demand::{Demand, Describe};
pub(crate) use ready_routes::ready_routes;
pub use schemas::{REJECTION, rejection as rejection_schema};
#[cfg(test)]
pub(crate) use tests::assert_described;
pub use utoipa;
use utoipa::openapi::path::{Operation, PathItem, Paths};
use utoipa::openapi::{Components, OpenApi};

use crate::context::Context;

/// Adds to each operation what a request for it must present, and how it can be refused.
pub(crate) fn describe_paths(context: &Context, paths: &mut Paths, demand: &Demand) {
    for item in paths.paths.values_mut() {
        for (method, operation) in operations(item) {
            describe_operation(context, operation, method, demand);
        }
    }
}

pub(crate) fn describe_operation(
    context: &Context,
    operation: &mut Operation,
    method: &str,
    demand: &Demand,
) {
    security::demand(context.config(), operation, method, demand);
    for reason in refusals::possible(context, demand, method) {
        responses::add(context.style(), &mut operation.responses, reason);
    }
    if method == "GET" && context.style().log_in.is_some() {
        responses::add_log_in(&mut operation.responses);
    }
}

/// Adds the security schemes and the schema that the operations of the document refer to.
pub(crate) fn describe(context: &Context, api: &mut OpenApi) {
    let has_default = api.security.is_some();
    let mut named = BTreeSet::new();
    for item in api.paths.paths.values_mut() {
        for (_, operation) in operations(item) {
            named.extend(security::names(operation));
            if operation.security.is_none() && !has_default {
                // It demands no token, rather than nothing is said of it.
                operation.security = Some(Vec::new());
            }
        }
    }
    add_ids(api);
    let components = api.components.get_or_insert_with(Components::new);
    for (name, scheme) in schemes::all(context.config()) {
        if named.contains(&name) {
            components.add_security_scheme(name, scheme);
        }
    }
    let (name, rejection) = (
        schemas::name(context.style()),
        schemas::rejection_in(context.style()),
    );
    components.schemas.insert(name, rejection.into());
}

/// Gives an id to each operation without one, such as a ready route: its method and path, and where
/// another operation has that already, a number behind it.
fn add_ids(api: &mut OpenApi) {
    let all = api.paths.paths.values_mut().flat_map(operations);
    let mut taken: BTreeSet<String> = all
        .filter_map(|(_, operation)| operation.operation_id.clone())
        .collect();
    for (path, item) in &mut api.paths.paths {
        for (method, operation) in operations(item) {
            if operation.operation_id.is_none() {
                let words = path.split(|c: char| !c.is_ascii_alphanumeric());
                let words = words.filter(|word| !word.is_empty());
                let id = words.fold(method.to_ascii_lowercase(), |id, word| id + "_" + word);
                let numbered = (2..).map(|number| format!("{id}_{number}"));
                let mut ids = std::iter::once(id.clone()).chain(numbered);
                operation.operation_id = ids.find(|id| taken.insert(id.clone()));
            }
        }
    }
}

/// Returns the operations of a path, each with its method.
fn operations(item: &mut PathItem) -> impl Iterator<Item = (&str, &mut Operation)> {
    let operations = [
        ("GET", &mut item.get),
        ("PUT", &mut item.put),
        ("POST", &mut item.post),
        ("DELETE", &mut item.delete),
        ("OPTIONS", &mut item.options),
        ("HEAD", &mut item.head),
        ("PATCH", &mut item.patch),
        ("TRACE", &mut item.trace),
        ("QUERY", &mut item.query),
    ];
    let operations = operations.into_iter();
    let operations =
        operations.filter_map(|(method, operation)| Some((method, operation.as_mut()?)));
    let others = item.additional_operations.iter_mut();
    operations.chain(others.map(|(method, operation)| (method.as_str(), operation)))
}
