//! What the driver of a database costs its client when nothing is stored: one round trip.

use handstamp_conformance::services::{Postgres, Redis};
use redis::aio::MultiplexedConnection;
use sqlx::{PgPool, SqlitePool, query_scalar};

pub enum Bare {
    Sqlite(SqlitePool),
    Postgres(
        PgPool,
        #[expect(dead_code, reason = "is dropped last")] Postgres,
    ),
    Redis(
        MultiplexedConnection,
        #[expect(dead_code, reason = "is dropped last")] Redis,
    ),
}

impl Bare {
    pub async fn start(name: &str) -> Self {
        match name {
            "SQLite" => Self::Sqlite(
                SqlitePool::connect("sqlite::memory:")
                    .await
                    .expect("memory"),
            ),
            "PostgreSQL" => {
                let server = Postgres::start();
                let pool = PgPool::connect(&server.url()).await.expect("a server");
                Self::Postgres(pool, server)
            }
            _ => {
                let server = Redis::start();
                let client = redis::Client::open(server.url()).expect("a URL");
                let connection = client.get_multiplexed_async_connection().await;
                Self::Redis(connection.expect("a server"), server)
            }
        }
    }

    pub async fn round_trip(&self) {
        let one: i32 = match self {
            Self::Sqlite(pool) => query_scalar("SELECT 1").fetch_one(pool).await.expect("one"),
            Self::Postgres(pool, _) => query_scalar("SELECT 1").fetch_one(pool).await.expect("one"),
            Self::Redis(connection, _) => {
                let mut connection = connection.clone();
                let ping: String = redis::cmd("PING")
                    .query_async(&mut connection)
                    .await
                    .expect("one");
                i32::from(ping == "PONG")
            }
        };
        assert_eq!(one, 1, "the round trip ends well");
    }
}
