//! Answers `GET /v1/search/reindex`.

use search::{Rebuilder, handlers::show_reindex};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), rialto_lambda::Error> {
    let context = rialto_lambda::init("search").await?;
    rialto_http::run(&context, Rebuilder::new(&context)?, show_reindex).await
}
