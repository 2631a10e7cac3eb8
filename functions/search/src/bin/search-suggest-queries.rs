//! Answers `GET /v1/search/suggest`.

use search::{Searcher, handlers::suggest_queries};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), rialto_lambda::Error> {
    let context = rialto_lambda::init("search").await?;
    rialto_http::run(&context, Searcher::suggesting(&context)?, suggest_queries).await
}
