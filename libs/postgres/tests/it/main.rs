//! Transactions on a real server: they cannot leak, they notice an abort, and they see one tenant only.

#![expect(clippy::unwrap_used, reason = "helpers of tests may unwrap as tests do")]

mod migration;
mod transaction;

use naru_postgres::{Options, Pool};
use naru_testkit::Postgres;

async fn pool(postgres: &Postgres, role: &str, max_connections: u32) -> Pool {
    let url = postgres.url_for(role);
    let application_name = "test".to_owned();
    Pool::connect(&Options { url, password_file: None, max_connections, application_name }).await.unwrap()
}

/// As the owner, who made the tables of these tests.
async fn owner_pool(postgres: &Postgres, max_connections: u32) -> Pool {
    pool(postgres, "naru_owner", max_connections).await
}
