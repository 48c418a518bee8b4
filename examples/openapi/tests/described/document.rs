//! The document, and what the tests read of it.

use std::path::Path;

use handstamp_conformance::{Request, Server};
use serde_json::Value;

/// Fails if the service serves another document than the file `openapi.json`, which linters and
/// readers see. Both examples have the same.
pub(crate) fn is_the_committed_one(program: &str) {
    let server = super::start(program);
    let document = read(&server);
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../openapi/openapi.json");
    if std::env::var_os("UPDATE").is_some() {
        let text = serde_json::to_string_pretty(&document).unwrap() + "\n";
        std::fs::write(&file, text).unwrap();
    }
    let committed = std::fs::read_to_string(&file).unwrap();
    let committed: Value = serde_json::from_str(&committed).unwrap();
    assert!(
        document == committed,
        "openapi.json is not what the service serves; UPDATE=1 writes it anew"
    );
}

pub(crate) fn read(server: &Server) -> Value {
    let reply = server.send(&Request::new("GET", "/openapi.json"));
    assert_eq!(reply.status, 200, "{reply:?}");
    assert_eq!(reply.json()["openapi"], "3.1.0");
    reply.json()
}

/// An operation of the document.
#[derive(Debug)]
pub(crate) struct Operation {
    pub(crate) method: String,
    pub(crate) path: String,
    /// What a request may present, one of these; each is a list of schemes with their scopes.
    pub(crate) alternatives: Vec<Vec<(Scheme, Vec<String>)>>,
    /// The name of the schema of the body.
    pub(crate) body: Option<String>,
    responses: Value,
}

/// Where a request presents something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Scheme {
    Cookie(String),
    Header(String),
    Bearer,
}

pub(crate) fn operations(document: &Value) -> Vec<Operation> {
    let mut operations = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let security = operation["security"].as_array().unwrap();
            let alternatives = security.iter().map(|all| alternative(document, all));
            let schema = &operation["requestBody"]["content"]["application/json"]["schema"]["$ref"];
            let body = schema.as_str().map(|name| name.rsplit('/').next().unwrap());
            operations.push(Operation {
                method: method.to_uppercase(),
                path: path.clone(),
                alternatives: alternatives.collect(),
                body: body.map(str::to_owned),
                responses: operation["responses"].clone(),
            });
        }
    }
    operations
}

fn alternative(document: &Value, all: &Value) -> Vec<(Scheme, Vec<String>)> {
    let scheme = |(name, scopes): (&String, &Value)| {
        let scheme = &document["components"]["securitySchemes"][name];
        let place = scheme["name"].as_str().unwrap_or_default().to_owned();
        let scheme = match (scheme["type"].as_str(), scheme["in"].as_str()) {
            (Some("apiKey"), Some("cookie")) => Scheme::Cookie(place),
            (Some("apiKey"), Some("header")) => Scheme::Header(place),
            (Some("http"), None) if scheme["scheme"] == "bearer" => Scheme::Bearer,
            _ => panic!("{name} is not described: {scheme}"),
        };
        let scopes = scopes.as_array().unwrap().iter();
        let scopes = scopes.map(|scope| scope.as_str().unwrap().to_owned());
        (scheme, scopes.collect())
    };
    all.as_object().unwrap().into_iter().map(scheme).collect()
}

impl Operation {
    /// Returns the codes with which the operation is described to refuse by this status.
    pub(crate) fn codes(&self, status: u16) -> Vec<&str> {
        let content = &self.responses[status.to_string()]["content"]["application/problem+json"];
        let codes = &content["schema"]["allOf"][1]["properties"]["code"]["enum"];
        let codes = codes.as_array().map(Vec::as_slice).unwrap_or_default();
        codes.iter().filter_map(Value::as_str).collect()
    }

    pub(crate) fn has_response(&self, status: u16) -> bool {
        self.responses[status.to_string()].is_object()
    }

    /// Returns whether a request may also present nothing.
    pub(crate) fn allows_anonymous(&self) -> bool {
        self.alternatives.is_empty() || self.alternatives.iter().any(Vec::is_empty)
    }
}
