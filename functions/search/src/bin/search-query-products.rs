//! Answers `GET /v1/search` and `GET /v1/items`.

use search::{Searcher, handlers::query_products};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), rialto_lambda::Error> {
    let context = rialto_lambda::init("search").await?;
    rialto_http::run(&context, Searcher::new(&context)?, query_products).await
}
