//! Answers `GET /v1/search/ranking`.

use search::handlers::{SettingKeeper, show_ranking};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), rialto_lambda::Error> {
    let context = rialto_lambda::init("search").await?;
    rialto_http::run(&context, SettingKeeper::new(&context)?, show_ranking).await
}
