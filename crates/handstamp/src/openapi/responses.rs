//! The responses to refused requests: one for each status, which lists the reasons.

use serde_json::Value;
use utoipa::openapi::content::{Content, ContentBuilder};
use utoipa::openapi::header::HeaderBuilder;
use utoipa::openapi::response::{Response, Responses};
use utoipa::openapi::schema::{AllOfBuilder, Object, ObjectBuilder, Schema, SchemaType, Type};
use utoipa::openapi::{Ref, RefOr};

use super::schemas::{self, REJECTION};
use crate::error::{Outline, RejectionKind, RejectionStyle};

/// Adds the response to a request that is refused for this reason. A response with this status that
/// the application describes keeps its description and its other media types.
pub(super) fn add(shape: &RejectionStyle, responses: &mut Responses, reason: RejectionKind) {
    let outline = reason.outline(shape.style);
    let response = responses
        .responses
        .entry(outline.status.to_string())
        .or_insert_with(|| RefOr::T(Response::new("")));
    // What stands elsewhere is the application's.
    let RefOr::T(response) = response else { return };
    let content = response.content.entry(outline.media_type.to_owned());
    let content = content.or_insert_with(|| RefOr::T(content_of(&outline)));
    let RefOr::T(content) = content else { return };
    let Some(labels) = labels(content, outline.label.0) else {
        return;
    };
    let label = Value::from(outline.label.1.clone());
    if !labels.contains(&label) {
        labels.push(label);
        describe(&mut response.description, &outline.label.1);
    }
    add_headers(response, &outline);
}

fn content_of(outline: &Outline) -> Content {
    let label = schemas::one_of([]);
    let labelled = ObjectBuilder::new()
        .schema_type(SchemaType::new(Type::Object))
        .property(outline.label.0, label);
    let all = AllOfBuilder::new()
        .item(Ref::from_schema_name(REJECTION))
        .item(labelled);
    ContentBuilder::new().schema(Some(all)).build()
}

/// Returns the list of reasons in a response that [`content_of`] made, and `None` for one of the
/// application.
fn labels<'c>(content: &'c mut Content, member: &str) -> Option<&'c mut Vec<Value>> {
    let Some(RefOr::T(Schema::AllOf(all))) = &mut content.schema else {
        return None;
    };
    let is_ours = matches!(all.items.first(), Some(RefOr::Ref(rejection))
        if *rejection == Ref::from_schema_name(REJECTION));
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
    description.extend([between, "`", label, "`"]);
}

fn add_headers(response: &mut Response, outline: &Outline) {
    let mut add = |name: &str, description: &'static str, value: Object| {
        let header = HeaderBuilder::new()
            .schema(Some(value))
            .description(Some(description))
            .build();
        response
            .headers
            .entry(name.to_owned())
            .or_insert(RefOr::T(header));
    };
    let about = "By which the operator finds the whole reason in the log.";
    add("Refusal-Id", about, schemas::string());
    if outline.has_challenge {
        let about = "The authentication scheme, and the error of RFC 6750, section 3.";
        add("WWW-Authenticate", about, schemas::string());
    }
    if outline.has_retry_after {
        let seconds = ObjectBuilder::new()
            .schema_type(SchemaType::new(Type::Integer))
            .minimum(Some(1))
            .build();
        add(
            "Retry-After",
            "The seconds after which to send the request again.",
            seconds,
        );
    }
}
