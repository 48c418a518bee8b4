//! The responses to refused requests: one for each status, which lists the reasons.

use serde_json::Value;
use utoipa::openapi::content::{Content, ContentBuilder};
use utoipa::openapi::header::HeaderBuilder;
use utoipa::openapi::response::{Response, Responses};
use utoipa::openapi::schema::{AllOfBuilder, Object, ObjectBuilder, Schema, SchemaType, Type};
use utoipa::openapi::{Ref, RefOr};

use super::schemas;
use crate::error::{Outline, RejectionKind, RejectionStyle};

/// Adds the response to a request that is refused for this reason. A response with this status that
/// the application describes keeps its description and its bodies.
pub(super) fn add(shape: &RejectionStyle, responses: &mut Responses, reason: RejectionKind) {
    let outline = reason.outline(shape.style);
    let response = responses
        .responses
        .entry(outline.status.to_string())
        .or_insert_with(|| RefOr::T(Response::new("")));
    // What stands elsewhere is the application's.
    let RefOr::T(response) = response else { return };
    let label = format!("`{}`", outline.label.1);
    if !response.description.contains(&label) {
        describe(&mut response.description, &label);
    }
    add_headers(response, &outline);
    let content = response.content.entry(outline.media_type.to_owned());
    let content = content.or_insert_with(|| RefOr::T(content_of(shape, &outline)));
    let RefOr::T(content) = content else { return };
    if let Some(labels) = labels(shape, content, outline.label.0) {
        let label = Value::from(outline.label.1);
        if !labels.contains(&label) {
            labels.push(label);
        }
    }
}

/// Adds where a browser that opens a page is sent in place of a 401.
pub(super) fn add_log_in(responses: &mut Responses) {
    let response = responses.responses.get("401");
    if response.is_none() || responses.responses.contains_key("303") {
        return;
    }
    let about = "A browser that opens a page is sent to the log-in page in place of a 401.";
    let mut response = Response::new(about);
    add_header(
        &mut response,
        "Location",
        "The log-in page.",
        schemas::string(),
    );
    responses
        .responses
        .insert("303".to_owned(), RefOr::T(response));
}

fn content_of(shape: &RejectionStyle, outline: &Outline) -> Content {
    let label = schemas::one_of([]);
    let labelled = ObjectBuilder::new()
        .schema_type(SchemaType::new(Type::Object))
        .property(outline.label.0, label);
    let all = AllOfBuilder::new()
        .item(Ref::from_schema_name(schemas::name(shape)))
        .item(labelled);
    ContentBuilder::new().schema(Some(all)).build()
}

/// Returns the list of reasons in a response that [`content_of`] made, and `None` for one of the
/// application.
fn labels<'c>(
    shape: &RejectionStyle,
    content: &'c mut Content,
    member: &str,
) -> Option<&'c mut Vec<Value>> {
    let Some(RefOr::T(Schema::AllOf(all))) = &mut content.schema else {
        return None;
    };
    let is_ours = matches!(all.items.first(), Some(RefOr::Ref(rejection))
        if *rejection == Ref::from_schema_name(schemas::name(shape)));
    match all.items.get_mut(1) {
        Some(RefOr::T(Schema::Object(Object { properties, .. }))) if is_ours => {
            match properties.get_mut(member)? {
                RefOr::T(Schema::Object(label)) => label.enum_values.as_mut(),
                _ => None,
            }
        }
        _ => None,
    }
}

fn describe(description: &mut String, label: &str) {
    let between = match description.as_str() {
        "" => "",
        // The list of earlier reasons.
        listed if listed.ends_with('`') => ", ",
        _ => " Refused: ",
    };
    description.extend([between, label]);
}

fn add_headers(response: &mut Response, outline: &Outline) {
    let about = "By which the operator finds the whole reason in the log.";
    add_header(response, "Refusal-Id", about, schemas::string());
    if outline.has_challenge {
        let about = "The authentication scheme, and the error of RFC 6750, section 3.";
        add_header(response, "WWW-Authenticate", about, schemas::string());
    }
    if outline.has_retry_after {
        let about = "The seconds after which to send the request again.";
        let seconds = ObjectBuilder::new()
            .schema_type(SchemaType::new(Type::Integer))
            .minimum(Some(1));
        add_header(response, "Retry-After", about, seconds.build());
    }
}

/// Adds a header, unless the application has described it.
fn add_header(response: &mut Response, name: &str, about: &str, value: Object) {
    let header = HeaderBuilder::new()
        .schema(Some(value))
        .description(Some(about));
    let headers = response.headers.entry(name.to_owned());
    headers.or_insert_with(|| RefOr::T(header.build()));
}
