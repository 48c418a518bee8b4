//! The description of the ready routes.

use std::time::Duration;

use utoipa::openapi::content::ContentBuilder;
use utoipa::openapi::path::ParameterIn;
use utoipa::openapi::path::{HttpMethod, Operation, OperationBuilder, ParameterBuilder, Paths};
use utoipa::openapi::response::ResponseBuilder;
use utoipa::openapi::schema::{ArrayBuilder, Object, ObjectBuilder, Schema, SchemaType, Type};
use utoipa::openapi::{Info, OpenApi, RefOr, Required};

use super::demand::Demand;
use super::{describe_operation, responses, schemas};
use crate::adapter::Route;
use crate::authenticate::Require;
use crate::context::Context;
use crate::error::RejectionKind;

pub(crate) fn ready_routes(context: &Context, routes: &[Route]) -> OpenApi {
    let mut paths = Paths::new();
    for route in routes {
        let mut operation = operation(*route);
        if let Some(demand) = demand(*route) {
            describe_operation(context, &mut operation, route.method(), &demand);
        }
        for reason in of_the_route(*route) {
            responses::add(context.style(), &mut operation.responses, reason);
        }
        paths.add_path_operation(route.path(), vec![method(*route)], operation);
    }
    OpenApi::new(Info::new("", ""), paths)
}

fn method(route: Route) -> HttpMethod {
    match route.method() {
        "DELETE" => HttpMethod::Delete,
        "POST" => HttpMethod::Post,
        _ => HttpMethod::Get,
    }
}

/// Returns what the route demands; `None` for nothing.
fn demand(route: Route) -> Option<Demand> {
    match route {
        Route::Refresh => Some(Require::refresh().into()),
        Route::LogOut => Some(Demand::log_out()),
        Route::Session => Some(Demand::session_info()),
        Route::Sessions | Route::RevokeOtherSessions | Route::RevokeSession => {
            Some(Demand::session())
        }
        Route::Names => None,
    }
}

/// Returns for what else the route refuses a request whose token is good.
fn of_the_route(route: Route) -> Vec<RejectionKind> {
    let mut reasons = Vec::new();
    if route == Route::Sessions {
        // Too many of the same user wait for their lists.
        let retry_after = Duration::ZERO;
        reasons.push(RejectionKind::RateLimited { retry_after });
    }
    if route == Route::RevokeSession {
        let (status, code) = (404, "no_such_session");
        let message = "No such session".into();
        reasons.push(RejectionKind::Refused {
            status,
            code,
            message,
        });
    }
    reasons
}

fn operation(route: Route) -> Operation {
    let (summary, answer) = match route {
        Route::Refresh => (
            "Exchange the refresh token for new tokens",
            object([
                ("message", text().into()),
                ("csrf", nullable(Type::String).into()),
                ("refresh_csrf", nullable(Type::String).into()),
                ("expires_in", number().into()),
            ]),
        ),
        Route::LogOut => ("End the session", object([("message", text().into())])),
        Route::Session => (
            "Who is logged in",
            object([
                ("subject", nullable(Type::String).into()),
                ("expires_in", nullable(Type::Integer).into()),
                ("csrf", nullable(Type::String).into()),
                ("fresh", truth().into()),
                ("scopes", list(text())),
                ("session_id", nullable(Type::String).into()),
            ]),
        ),
        Route::Sessions => (
            "The user's sessions",
            object([("sessions", list(session())), ("has_more", truth().into())]),
        ),
        Route::RevokeOtherSessions => (
            "End all of the user's sessions but this one",
            object([("message", text().into()), ("revoked", number().into())]),
        ),
        Route::RevokeSession => (
            "End one of the user's sessions",
            object([("message", text().into())]),
        ),
        Route::Names => (
            "The names of cookies and headers, which are settings",
            object([("access", names().into()), ("refresh", names().into())]),
        ),
    };
    let answer = ResponseBuilder::new()
        .description("Done")
        .content(
            "application/json",
            ContentBuilder::new().schema(Some(answer)).build(),
        )
        .build();
    let operation = OperationBuilder::new()
        .tag("session")
        .summary(Some(summary))
        .response("200", answer);
    let operation = if route == Route::RevokeSession {
        let id = ParameterBuilder::new()
            .name(Route::PARAMETER)
            .parameter_in(ParameterIn::Path)
            .required(Required::True)
            .schema(Some(text()));
        operation.parameter(id)
    } else {
        operation
    };
    operation.build()
}

fn session() -> Object {
    object([
        ("id", text().into()),
        ("device", nullable(Type::String).into()),
        ("browser", nullable(Type::String).into()),
        ("address", nullable(Type::String).into()),
        ("logged_in", number().into()),
        ("last_active", number().into()),
        ("this_device", truth().into()),
    ])
}

fn names() -> Object {
    object(["cookie", "csrf_cookie", "csrf_header"].map(|member| (member, text().into())))
}

/// Returns an object with these members, all of them required.
fn object<const N: usize>(members: [(&str, RefOr<Schema>); N]) -> Object {
    let object = ObjectBuilder::new().schema_type(SchemaType::new(Type::Object));
    let object = members.into_iter().fold(object, |object, (name, schema)| {
        object.property(name, schema).required(name)
    });
    object.build()
}

fn list(of: Object) -> RefOr<Schema> {
    ArrayBuilder::new().items(of).into()
}

fn text() -> Object {
    schemas::string()
}

fn truth() -> Object {
    of_type(SchemaType::new(Type::Boolean))
}

fn number() -> Object {
    of_type(SchemaType::new(Type::Integer))
}

fn nullable(of: Type) -> Object {
    of_type(SchemaType::from_iter([of, Type::Null]))
}

fn of_type(of: SchemaType) -> Object {
    ObjectBuilder::new().schema_type(of).build()
}
