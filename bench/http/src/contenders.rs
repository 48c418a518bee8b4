//! What is measured, in the order of the table.

/// A server with one way to log in, or with none.
#[derive(Debug)]
pub struct Contender {
    /// For `--only`, and in the goals.
    pub name: &'static str,
    /// In the table and the picture.
    pub title: &'static str,
    pub program: Program,
    /// The same framework without a login.
    pub base: Option<&'static str>,
    /// Whether `POST /notes` demands a CSRF value, or is not protected at all.
    pub has_posts: bool,
}

#[derive(Debug)]
pub enum Program {
    /// This program, which serves itself under this name.
    Rust(&'static str, Keeps),
    Python,
    Node,
}

/// Where handstamp keeps sessions.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Keeps {
    Nothing,
    Memory,
    Sqlite,
    Redis,
    Postgres,
}

impl Contender {
    /// Whether there is nothing to install for it, so that it must start.
    pub fn must_start(&self) -> bool {
        match self.program {
            Program::Rust(_, keeps) => !matches!(keeps, Keeps::Redis | Keeps::Postgres),
            Program::Python | Program::Node => false,
        }
    }

    pub fn has_login(&self) -> bool {
        !matches!(self.program, Program::Rust("axum" | "actix", _))
    }
}

pub const CONTENDERS: [Contender; 12] = [
    Contender {
        name: "axum",
        title: "axum, without a login",
        program: Program::Rust("axum", Keeps::Nothing),
        base: None,
        has_posts: true,
    },
    on_axum(
        "handstamp-axum",
        "handstamp on axum, no store",
        Keeps::Nothing,
    ),
    on_axum(
        "handstamp-axum-memory",
        "handstamp on axum, sessions in memory",
        Keeps::Memory,
    ),
    on_axum(
        "handstamp-axum-sqlite",
        "handstamp on axum, sessions in SQLite",
        Keeps::Sqlite,
    ),
    on_axum(
        "handstamp-axum-redis",
        "handstamp on axum, sessions in Redis",
        Keeps::Redis,
    ),
    on_axum(
        "handstamp-axum-postgres",
        "handstamp on axum, sessions in PostgreSQL",
        Keeps::Postgres,
    ),
    Contender {
        name: "jar",
        title: "axum-extra's jar and jsonwebtoken, by hand",
        program: Program::Rust("jar", Keeps::Nothing),
        base: Some("axum"),
        has_posts: true,
    },
    Contender {
        name: "axum-login",
        title: "axum-login, sessions in memory",
        program: Program::Rust("axum-login", Keeps::Nothing),
        base: Some("axum"),
        has_posts: false,
    },
    Contender {
        name: "actix",
        title: "actix-web, without a login",
        program: Program::Rust("actix", Keeps::Nothing),
        base: None,
        has_posts: true,
    },
    Contender {
        name: "handstamp-actix",
        title: "handstamp on actix-web, no store",
        program: Program::Rust("handstamp-actix", Keeps::Nothing),
        base: Some("actix"),
        has_posts: true,
    },
    Contender {
        name: "fastify",
        title: "@fastify/jwt with cookies, Node",
        program: Program::Node,
        base: None,
        has_posts: true,
    },
    Contender {
        name: "authx",
        title: "AuthX, FastAPI, uvicorn with uvloop",
        program: Program::Python,
        base: None,
        has_posts: true,
    },
];

const fn on_axum(name: &'static str, title: &'static str, keeps: Keeps) -> Contender {
    Contender {
        name,
        title,
        program: Program::Rust("handstamp-axum", keeps),
        base: Some("axum"),
        has_posts: true,
    }
}
