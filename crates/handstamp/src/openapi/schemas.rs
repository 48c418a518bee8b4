//! The schema of a rejection.

use serde_json::json;
use utoipa::openapi::schema::{Object, ObjectBuilder, Schema, SchemaType, Type};

use super::schemes;
use crate::error::RejectionStyle;
use crate::error::style::ErrorStyle;

/// The name of the schema of a rejection in the standard style among the components.
pub const REJECTION: &str = "HandstampRejection";

/// Returns the name of the schema in this style: two styles in one document are two schemas.
pub(super) fn name(shape: &RejectionStyle) -> String {
    let style = match shape.style {
        ErrorStyle::Standard => "",
        ErrorStyle::AuthX => "AuthX",
    };
    let key = match shape.message_key.as_str() {
        "message" => String::new(),
        key => format!("_{}", schemes::component(key)),
    };
    format!("{REJECTION}{style}{key}")
}

/// Returns the schema of a rejection in the standard style: a problem document
/// ([RFC 9457](https://www.rfc-editor.org/rfc/rfc9457#section-3)).
/// [`Auth::describe`](crate::Auth::describe) puts that of the configured style in its place.
#[must_use]
pub fn rejection() -> Schema {
    let shape = RejectionStyle {
        style: ErrorStyle::Standard,
        message_key: "message".to_owned(),
        log_in: None,
    };
    rejection_in(&shape).into()
}

pub(super) fn rejection_in(shape: &RejectionStyle) -> Object {
    let text = |description: &str| ObjectBuilder::from(string()).description(Some(description));
    let mut object = ObjectBuilder::new()
        .schema_type(SchemaType::new(Type::Object))
        .description(Some("Why a request was refused."));
    if shape.style == ErrorStyle::Standard {
        let status = ObjectBuilder::new()
            .schema_type(SchemaType::new(Type::Integer))
            .description(Some("The status of the response."));
        object = object
            .property(
                "type",
                text("Always about:blank: the code tells the problem."),
            )
            .required("type")
            .property("title", text("The name of the status."))
            .required("title")
            .property("status", status)
            .required("status")
            .property("code", text("The reason, for programs. It never changes."))
            .required("code");
    }
    let seconds = ObjectBuilder::new()
        .schema_type(SchemaType::new(Type::Integer))
        .minimum(Some(1))
        .description(Some(
            "Of rate_limited: the request may be repeated after this many seconds.",
        ));
    let nullable = SchemaType::from_iter([Type::String, Type::Null]);
    object
        .property(
            &shape.message_key,
            text("The reason, for people. It may change."),
        )
        .required(&shape.message_key)
        .property("error_type", text("The reason, by the names of AuthX."))
        .required("error_type")
        .property(
            "expected_type",
            text("Of login_type_mismatch: the type that the route takes."),
        )
        .property(
            "actual_type",
            ObjectBuilder::new().schema_type(nullable).description(Some(
                "Of login_type_mismatch: the type of the token, if it has one.",
            )),
        )
        .property("retry_after", seconds)
        .build()
}

pub(super) fn string() -> Object {
    ObjectBuilder::new()
        .schema_type(SchemaType::new(Type::String))
        .build()
}

/// Returns a text that is one of these.
pub(super) fn one_of<'t>(texts: impl IntoIterator<Item = &'t str>) -> Object {
    let texts = texts.into_iter().map(|text| json!(text));
    ObjectBuilder::from(string())
        .enum_values(Some(texts))
        .build()
}
