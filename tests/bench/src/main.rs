//! Sections of `make bench` that need no gateway: `bench edge <address>`, `bench hot-product <address>`, where a DynamoDB Local
//! answers at the address, and `bench large-search <address>`, where an OpenSearch does.
//!
//! Whatever two things are compared run in turns, in one process; figures are medians over the turns.

#![allow(
    clippy::expect_used,
    clippy::float_arithmetic,
    clippy::panic,
    reason = "figures for people to read; a measurement that fails ends"
)]

mod edge;
mod hot_product;
mod large_search;
mod measure;

use rialto_dynamo::{Table, testing};

#[tokio::main(flavor = "current_thread")]
async fn main() {
    // What functions log costs them time, too.
    tracing_subscriber::fmt().json().with_writer(std::io::sink).init();
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["edge", address] => edge::run(address).await,
        ["hot-product", address] => hot_product::run(address).await,
        ["large-search", address] => large_search::run(address).await,
        _ => {
            panic!("usage: bench edge|hot-product ADDRESS-OF-DYNAMODB-LOCAL, bench large-search ADDRESS-OF-OPENSEARCH")
        }
    }
}

/// A new table at that address, made as deployed ones are.
async fn table_at(address: &str, name: &str) -> Table {
    let name = format!("bench-{name}-{}", std::process::id());
    testing::create_local(testing::client(address), name).await.expect("a table")
}
