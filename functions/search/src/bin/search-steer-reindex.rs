//! Answers `POST /v1/search/reindex`.

use search::{Rebuilder, handlers::steer_reindex};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), rialto_lambda::Error> {
    let context = rialto_lambda::init("search").await?;
    rialto_http::run(&context, Rebuilder::new(&context)?, steer_reindex).await
}
