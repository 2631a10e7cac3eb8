//! Answers `GET /v1/search/explanation`.

use search::{Searcher, handlers::explain_results};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), rialto_lambda::Error> {
    let context = rialto_lambda::init("search").await?;
    rialto_http::run(&context, Searcher::new(&context)?, explain_results).await
}
