//! What is described, by demand and configuration; and the law that no request is refused for a
//! reason that the description of its route lacks.

use serde_json::{Value, json};
use utoipa::openapi::content::ContentBuilder;
use utoipa::openapi::path::{HttpMethod, OperationBuilder, Paths};
use utoipa::openapi::response::ResponseBuilder;
use utoipa::openapi::security::SecurityRequirement;
use utoipa::openapi::{Info, OpenApi};

use crate::adapter::Route;
use crate::config::{ConfigBuilder, OriginCheck, danger::Danger};
use crate::error::Rejection;
use crate::error::style::ErrorStyle;
use crate::openapi::Demand;
use crate::purpose::Purpose;
use crate::store::MemoryStore;
use crate::testing::{auth, builder};
use crate::{Auth, Location, RequestHead, Require};

/// Fails if a description of a route with this demand lacks the rejection. Every test that asks an
/// `Auth` goes through it.
pub(crate) fn assert_described<P: Purpose>(
    auth: &Auth,
    head: &impl RequestHead,
    require: &Require<P>,
    rejection: &Rejection,
) {
    let method = match head.method() {
        "GET" => HttpMethod::Get,
        "PUT" => HttpMethod::Put,
        "POST" => HttpMethod::Post,
        "DELETE" => HttpMethod::Delete,
        "PATCH" => HttpMethod::Patch,
        // OpenAPI has no others.
        _ => return,
    };
    // A handshake of a WebSocket is no operation of OpenAPI.
    if head.header_values("upgrade").next().is_some() {
        return;
    }
    let operation = operation(auth, method, &Demand::from(require));
    let status = rejection.status().to_string();
    let body: Value = serde_json::from_str(&rejection.body()).unwrap();
    let (label, names) = match body.get("code") {
        Some(code) => (
            code,
            codes(&operation, &status, "application/problem+json", "code"),
        ),
        None => (
            &body["error_type"],
            codes(&operation, &status, "application/json", "error_type"),
        ),
    };
    assert!(
        names.contains(label),
        "{label} is not described: {status} has {names:?}"
    );
}

fn operation(auth: &Auth, method: HttpMethod, demand: &Demand) -> Value {
    let mut paths = Paths::new();
    paths.add_path_operation("/", vec![method], OperationBuilder::new());
    auth.describe_paths(&mut paths, demand);
    let item = serde_json::to_value(paths.get_path_item("/").unwrap()).unwrap();
    let (_, operation) = item.as_object().unwrap().iter().next().unwrap();
    operation.clone()
}

fn codes(operation: &Value, status: &str, media_type: &str, member: &str) -> Vec<Value> {
    let schema = &operation["responses"][status]["content"][media_type]["schema"];
    let names = schema["allOf"][1]["properties"][member]["enum"].as_array();
    names.cloned().unwrap_or_default()
}

#[test]
fn a_request_must_present_what_the_route_demands() {
    let cookies = || builder();
    let all = || {
        let places = [
            Location::Headers,
            Location::Cookies,
            Location::Query,
            Location::Json,
        ];
        builder().token_locations(places)
    };
    let api_key = || {
        builder()
            .token_locations([Location::Headers])
            .header_name("X-Api-Key")
            .header_type("")
    };
    let access = json!({"access_token_cookie": []});
    let access_and_value = json!({"access_token_cookie": [], "X-CSRF-TOKEN": []});
    let refresh_and_value = json!({"refresh_token_cookie": [], "X-CSRF-TOKEN": []});
    let bearer = json!({"bearer": []});
    let nothing = json!({});
    let require = Require::access;
    #[rustfmt::skip]
    let rows: Vec<(&str, ConfigBuilder, HttpMethod, Demand, Value)> = vec![
        ("a safe method: the cookie", cookies(), HttpMethod::Get, require().into(), json!([access])),
        ("an unsafe method: cookie and value together", cookies(), HttpMethod::Post, require().into(), json!([access_and_value])),
        ("a safe method that is listed", cookies().csrf_methods(["GET", "POST"]).danger(Danger::NoCsrf), HttpMethod::Get, require().into(), json!([access_and_value])),
        ("the refresh token: the pair on every method", cookies(), HttpMethod::Get, Require::refresh().into(), json!([refresh_and_value])),
        ("without the value, as the route asks", cookies(), HttpMethod::Post, require().without_csrf().into(), json!([access])),
        ("each location is an alternative, in their order", all(), HttpMethod::Put, require().into(), json!([bearer, access_and_value, {"token_in_query": []}])),
        ("the locations of the route", all(), HttpMethod::Put, require().from([Location::Headers]).into(), json!([bearer])),
        ("another header", api_key(), HttpMethod::Put, require().into(), json!([{"X-Api-Key": []}])),
        ("a token in the body is no scheme", all(), HttpMethod::Put, require().from([Location::Json]).into(), json!([nothing])),
        ("all scopes are one alternative", cookies(), HttpMethod::Get, require().all_scopes(["a", "b"]).into(), json!([{"access_token_cookie": ["a", "b"]}])),
        ("any of two scopes are two", cookies(), HttpMethod::Get, require().any_scope(["a", "b"]).all_scopes(["c"]).into(), json!([{"access_token_cookie": ["a", "c"]}, {"access_token_cookie": ["b", "c"]}])),
        ("an optional token allows anonymous requests", cookies(), HttpMethod::Get, Demand::from(require()).optional(), json!([access, nothing])),
        ("so does a visitor", cookies(), HttpMethod::Post, Demand::visitor(), json!([access_and_value, nothing])),
        ("a log-out takes either token, or none", cookies(), HttpMethod::Post, Demand::log_out(), json!([access_and_value, refresh_and_value, nothing])),
        ("policies are asked about an access token", cookies(), HttpMethod::Get, Demand::permission(), json!([access])),
        ("a body asks for no more", cookies(), HttpMethod::Get, Demand::from(require()).with_body(), json!([access])),
        ("but may hold a token where one is looked for", all(), HttpMethod::Post, Demand::from(require().from([Location::Headers, Location::Json])).with_body(), json!([bearer, nothing])),
        ("who is logged in may be asked by anyone", cookies(), HttpMethod::Get, Demand::session_info(), json!([access, nothing])),
        ("a cookie that is named like the parameter of the query", builder().access_cookie_name("token"), HttpMethod::Get, require().into(), json!([{"token": []}])),
        ("a cookie that is named like a scheme", builder().access_cookie_name("bearer"), HttpMethod::Get, require().into(), json!([{"bearer_cookie": []}])),
        ("a cookie whose name no component may have", builder().access_cookie_name("a!b"), HttpMethod::Get, require().into(), json!([{"a_21b": []}])),
        ("an origin is no scheme", cookies(), HttpMethod::Post, Demand::same_origin(), Value::Null),
        ("nor is a body", cookies(), HttpMethod::Post, Demand::body(), Value::Null),
        ("nor is what the handler refuses", cookies(), HttpMethod::Get, Demand::refusal(404, "no_such_post"), Value::Null),
        ("nor is a limit", cookies(), HttpMethod::Post, Demand::rate_limit(), Value::Null),
    ];
    for (row, config, method, demand, expected) in rows {
        let operation = operation(&auth(config), method, &demand);
        assert_eq!(operation["security"], expected, "{row}");
    }
}

#[test]
fn the_demands_of_several_layers_add_up() {
    #[rustfmt::skip]
    let rows = [
        ("scopes", Demand::from(Require::scope("a")), Demand::from(Require::scope("b")), json!([{"access_token_cookie": ["a", "b"]}, {"bearer": ["a", "b"]}])),
        ("an optional token behind a layer", Require::scope("a").into(), Demand::from(Require::access()).optional(), json!([{"access_token_cookie": ["a"]}, {"bearer": ["a"]}])),
        ("a layer that reads one location", Require::access().into(), Require::access().from([Location::Headers]).into(), json!([{"bearer": []}])),
        ("the same twice", Require::scope("a").into(), Require::scope("a").into(), json!([{"access_token_cookie": ["a"]}, {"bearer": ["a"]}])),
        ("rules behind a layer that looks in one place", Demand::permission(), Require::scope("a").from([Location::Headers]).into(), json!([{"bearer": ["a"]}])),
        ("a limit", Require::scope("a").into(), Demand::rate_limit(), json!([{"access_token_cookie": ["a"]}, {"bearer": ["a"]}])),
    ];
    for (row, one, other, expected) in rows {
        for (first, second) in [(&one, &other), (&other, &one)] {
            let auth = auth(builder().token_locations([Location::Cookies, Location::Headers]));
            let mut paths = Paths::new();
            paths.add_path_operation("/", vec![HttpMethod::Get], OperationBuilder::new());
            auth.describe_paths(&mut paths, first);
            auth.describe_paths(&mut paths, second);
            let paths = serde_json::to_value(paths).unwrap();
            assert_eq!(paths["/"]["get"]["security"], expected, "{row}");
        }
    }
}

/// A sentence, a route, the status, and its codes.
type Row = (
    &'static str,
    Auth,
    HttpMethod,
    Demand,
    &'static str,
    &'static [&'static str],
);

#[test]
fn what_is_not_of_one_token_is_demanded_together() {
    let user = || auth(builder());
    let admin = || auth(builder().access_cookie_name("__Host-admin"));
    let described = |security: Option<Vec<SecurityRequirement>>, by: &[(Auth, Demand)]| {
        let mut paths = Paths::new();
        let operation = OperationBuilder::new().securities(security);
        paths.add_path_operation("/", vec![HttpMethod::Get], operation);
        for (auth, demand) in by {
            auth.describe_paths(&mut paths, demand);
        }
        serde_json::to_value(paths).unwrap()["/"]["get"]["security"].clone()
    };
    let access = || Demand::from(Require::access());
    let api_key = || Some(vec![SecurityRequirement::new("api_key", ["x"; 0])]);
    #[rustfmt::skip]
    let rows = [
        ("two configurations", described(None, &[(user(), access()), (admin(), access())]), json!([{"__Host-admin": [], "access_token_cookie": []}])),
        ("both tokens", described(None, &[(user(), access()), (user(), Require::refresh().into())]), json!([{"X-CSRF-TOKEN": [], "access_token_cookie": [], "refresh_token_cookie": []}])),
        ("a scheme of the application", described(api_key(), &[(user(), access())]), json!([{"access_token_cookie": [], "api_key": []}])),
        ("an operation that was public", described(Some(Vec::new()), &[(user(), access())]), json!([{"access_token_cookie": []}])),
        ("one location, where the settings have another", described(None, &[(user(), Demand::permission()), (user(), Require::access().from([Location::Headers]).into())]), json!([{"bearer": []}])),
        ("the same, the other way round", described(None, &[(user(), Require::access().from([Location::Headers]).into()), (user(), Demand::permission())]), json!([{"bearer": []}])),
    ];
    for (row, found, expected) in rows {
        assert_eq!(found, expected, "{row}");
    }
}

#[test]
fn responses_name_the_codes_by_status() {
    let with_store = |config: ConfigBuilder| {
        Auth::builder(config.build().unwrap())
            .store(MemoryStore::new())
            .build()
            .unwrap()
    };
    let without = |config: ConfigBuilder| Auth::new(config.build().unwrap()).unwrap();
    let origin = || builder().public_origin("https://app.example.com");
    let access = || Demand::from(Require::access());
    let problem = "application/problem+json";
    #[rustfmt::skip]
    let rows: [Row; 24] = [
        ("a safe method has nothing to forge", without(origin()), HttpMethod::Get, access(), "403", &[]),
        ("an unsafe one has", without(origin()), HttpMethod::Post, access(), "403", &["cross_site_request", "origin_not_allowed", "missing_csrf_token", "csrf_mismatch"]),
        ("without a public origin the value alone", without(builder()), HttpMethod::Post, access(), "403", &["missing_csrf_token", "csrf_mismatch"]),
        ("scopes", without(builder()), HttpMethod::Get, Require::scope("a").into(), "403", &["insufficient_scope"]),
        ("without a store nothing is revoked", without(builder()), HttpMethod::Get, access(), "401", &["missing_token", "ambiguous_cookie", "invalid_token", "invalid_signature", "token_expired", "invalid_audience", "access_token_required"]),
        ("with one there are sessions", with_store(builder()), HttpMethod::Get, Require::access().fresh().into(), "401", &["missing_token", "ambiguous_cookie", "invalid_token", "invalid_signature", "token_expired", "invalid_audience", "access_token_required", "fresh_token_required", "token_revoked", "session_ended"]),
        ("which it may not answer for", with_store(builder()), HttpMethod::Get, access(), "503", &["store_unavailable"]),
        ("without one there is no 503", without(builder()), HttpMethod::Get, access(), "503", &[]),
        ("a visitor is refused for no token", with_store(builder()), HttpMethod::Post, Demand::visitor(), "401", &[]),
        ("but without the value of a good one", without(builder()), HttpMethod::Post, Demand::visitor(), "403", &["missing_csrf_token", "csrf_mismatch"]),
        ("a limit", without(builder()), HttpMethod::Post, Demand::rate_limit(), "429", &["rate_limited"]),
        ("a log-in", without(builder()), HttpMethod::Post, Demand::same_origin(), "403", &["cross_site_request", "origin_not_allowed"]),
        ("policies", without(builder()), HttpMethod::Get, Demand::permission(), "403", &["policy_denied"]),
        ("policies that ask a database", without(builder()), HttpMethod::Get, Demand::permission(), "503", &["store_unavailable"]),
        ("who is logged in, where a refresh may tell", without(builder()), HttpMethod::Get, Demand::session_info(), "401", &["missing_token", "ambiguous_cookie", "invalid_token", "invalid_signature", "token_expired", "invalid_audience", "access_token_required"]),
        ("a session is asked for in any case", without(builder()), HttpMethod::Get, Demand::session(), "503", &["store_unavailable"]),
        ("a log-out by a form", without(builder()), HttpMethod::Post, Demand::log_out().with_any_body(), "413", &["body_too_large"]),
        ("without cookies a log-out has none to forge", without(builder().token_locations([Location::Headers])), HttpMethod::Post, Demand::log_out(), "401", &[]),
        ("an origin that is only reported", without(origin().origin_check(OriginCheck::ReportOnly)), HttpMethod::Post, access(), "403", &["missing_csrf_token", "csrf_mismatch"]),
        ("a body of another type", without(builder()), HttpMethod::Get, access().with_body(), "415", &["unsupported_media_type"]),
        ("a body of another shape", without(builder()), HttpMethod::Get, access().with_body(), "422", &["invalid_body"]),
        ("a body without a token", without(builder()), HttpMethod::Post, Demand::body(), "422", &["invalid_body"]),
        ("what the handler refuses", without(builder()), HttpMethod::Get, Demand::refusal(404, "no_such_post"), "404", &["no_such_post"]),
        ("a user who was removed", without(builder()), HttpMethod::Get, Demand::subject(), "503", &["store_unavailable"]),
    ];
    for (row, auth, method, demand, status, expected) in rows {
        let operation = operation(&auth, method, &demand);
        assert_eq!(
            codes(&operation, status, problem, "code"),
            expected,
            "{row}"
        );
    }
    let auth = without(builder().error_style(ErrorStyle::AuthX));
    let operation = operation(&auth, HttpMethod::Get, &access());
    let found = codes(&operation, "422", "application/json", "error_type");
    assert_eq!(
        found[0], "JWTDecodeError",
        "the style of AuthX has other statuses, and no codes"
    );
}

#[test]
fn responses_have_the_headers_of_rejections() {
    let auth = auth(builder());
    let demand = Demand::rate_limit();
    let limited = operation(&auth, HttpMethod::Post, &demand);
    assert!(limited["responses"]["429"]["headers"]["Retry-After"].is_object());
    let guarded = operation(&auth, HttpMethod::Post, &Require::access().into());
    assert!(guarded["responses"]["401"]["headers"]["WWW-Authenticate"].is_object());
    let forbidden = guarded["responses"]["403"]["headers"].as_object().unwrap();
    assert!(forbidden.keys().eq(["Refusal-Id"]));
}

#[test]
fn what_the_application_describes_stays() {
    let auth = auth(builder());
    let own = ResponseBuilder::new()
        .description("Not with this password.")
        .build();
    let operation = OperationBuilder::new()
        .response("401", own)
        .response("204", ResponseBuilder::new());
    let mut paths = Paths::new();
    paths.add_path_operation("/", vec![HttpMethod::Get], operation);
    auth.describe_paths(&mut paths, &Require::access().into());
    let paths = serde_json::to_value(paths).unwrap();
    let responses = &paths["/"]["get"]["responses"];
    assert!(responses["204"].is_object());
    assert!(responses["401"]["headers"]["WWW-Authenticate"].is_object());
    let description = responses["401"]["description"].as_str().unwrap();
    assert!(
        description.starts_with("Not with this password. Refused: `missing_token`, `"),
        "{description}"
    );
}

#[test]
fn a_body_that_the_application_describes_stays() {
    let auth = auth(builder());
    let own = ResponseBuilder::new()
        .description("No.")
        .content("application/problem+json", ContentBuilder::new().build())
        .build();
    let mut paths = Paths::new();
    let operation = OperationBuilder::new().response("401", own);
    paths.add_path_operation("/", vec![HttpMethod::Get], operation);
    auth.describe_paths(&mut paths, &Require::access().into());
    let paths = serde_json::to_value(paths).unwrap();
    let refused = &paths["/"]["get"]["responses"]["401"];
    assert_eq!(refused["content"]["application/problem+json"], json!({}));
    let description = refused["description"].as_str().unwrap();
    assert!(
        description.starts_with("No. Refused: `missing_token`, `"),
        "{description}"
    );
    assert!(refused["headers"]["Refusal-Id"].is_object());
}

#[test]
fn a_browser_is_sent_to_the_log_in_page_if_there_is_one() {
    let with_page = auth(builder().log_in_page("/log-in"));
    for (auth, method, expected) in [
        (&with_page, HttpMethod::Get, true),
        (&with_page, HttpMethod::Post, false),
        (&auth(builder()), HttpMethod::Get, false),
    ] {
        let operation = operation(auth, method, &Require::access().into());
        assert_eq!(operation["responses"]["303"].is_object(), expected);
    }
}

#[test]
fn two_styles_in_one_document_are_two_schemas() {
    let mut api = OpenApi::new(Info::new("Posts", "1.0.0"), Paths::new());
    auth(builder()).describe(&mut api);
    auth(builder().error_style(ErrorStyle::AuthX)).describe(&mut api);
    auth(builder().error_message_key("detail")).describe(&mut api);
    let schemas = api.components.unwrap().schemas;
    let names: Vec<_> = schemas.keys().collect();
    let expected = [
        "HandstampRejection",
        "HandstampRejectionAuthX",
        "HandstampRejection_detail",
    ];
    assert_eq!(names, expected);
}

#[test]
fn a_document_has_the_schemes_that_its_operations_name_and_no_others() {
    let describe = |auth: &Auth, api: &mut OpenApi| {
        auth.describe(api);
        serde_json::to_value(&*api).unwrap()["components"]["securitySchemes"].clone()
    };
    let user = auth(builder().token_locations([Location::Cookies, Location::Headers]));
    let admin = auth(builder().access_cookie_name("__Host-admin"));
    let mut paths = Paths::new();
    paths.add_path_operation("/", vec![HttpMethod::Post], OperationBuilder::new());
    user.describe_paths(&mut paths, &Require::access().into());
    let mut admins = Paths::new();
    admins.add_path_operation("/admin", vec![HttpMethod::Get], OperationBuilder::new());
    admin.describe_paths(&mut admins, &Require::access().into());
    paths.merge(admins);
    let mut api = OpenApi::new(Info::new("Posts", "1.0.0"), paths);
    describe(&user, &mut api);
    let schemes = describe(&admin, &mut api);
    let names: Vec<_> = schemes.as_object().unwrap().keys().collect();
    assert_eq!(
        names,
        [
            "X-CSRF-TOKEN",
            "__Host-admin",
            "access_token_cookie",
            "bearer"
        ]
    );
    assert_eq!(schemes["bearer"]["scheme"], "bearer");
    let header = &schemes["X-CSRF-TOKEN"];
    assert_eq!(
        (&header["type"], &header["in"], &header["name"]),
        (&json!("apiKey"), &json!("header"), &json!("X-CSRF-TOKEN"))
    );
    assert_eq!(schemes["__Host-admin"]["in"], "cookie");
}

#[test]
fn an_operation_that_demands_no_token_says_so() {
    let auth = auth(builder());
    let document = |default: Option<Vec<SecurityRequirement>>| {
        let mut paths = Paths::new();
        paths.add_path_operation("/", vec![HttpMethod::Post], OperationBuilder::new());
        auth.describe_paths(&mut paths, &Demand::same_origin());
        let mut api = OpenApi::new(Info::new("Posts", "1.0.0"), paths);
        api.security = default;
        auth.describe(&mut api);
        serde_json::to_value(&api).unwrap()["paths"]["/"]["post"]["security"].clone()
    };
    assert_eq!(document(None), json!([]));
    let default = SecurityRequirement::new("key", [""; 0]);
    assert_eq!(
        document(Some(vec![default])),
        Value::Null,
        "the document's default holds"
    );
}

#[test]
fn an_operation_without_an_id_gets_one_of_its_own() {
    let auth = auth(builder());
    let ready = || auth.describe_routes(&Route::ALL);
    let mut api = ready().nest("/auth", ready());
    let alike = ["/sessions/revoke_others", "/sessions/{revoke}/others"];
    for path in alike {
        let operation = OperationBuilder::new();
        api.paths
            .add_path_operation(path, vec![HttpMethod::Post], operation);
    }
    auth.describe(&mut api);
    let mut ids = Vec::new();
    for item in api.paths.paths.values() {
        for operation in [&item.get, &item.post, &item.delete].into_iter().flatten() {
            ids.push(operation.operation_id.clone().unwrap());
        }
    }
    assert!(
        ids.contains(&"post_auth_sessions_revoke_others".to_owned()),
        "{ids:?}"
    );
    let count = ids.len();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), count);
}

#[test]
fn the_ready_routes_are_described() {
    let auth = auth(builder());
    let api = serde_json::to_value(auth.describe_routes(&Route::ALL)).unwrap();
    let mut found = Vec::new();
    for (path, item) in api["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            assert!(operation["responses"]["200"].is_object(), "{path}");
            assert_eq!(operation["tags"], json!(["session"]), "{path}");
            found.push(format!("{} {path}", method.to_uppercase()));
        }
    }
    let mut all = Route::ALL.map(|route| format!("{} {}", route.method(), route.path()));
    all.sort();
    found.sort();
    assert_eq!(found, all);
    let refresh = &api["paths"]["/refresh"]["post"]["security"];
    assert_eq!(
        *refresh,
        json!([{"refresh_token_cookie": [], "X-CSRF-TOKEN": []}])
    );
    let revoke = &api["paths"]["/sessions/{session_id}"]["delete"];
    assert!(revoke["responses"]["404"].is_object());
    assert_eq!(revoke["parameters"][0]["name"], "session_id");
}
