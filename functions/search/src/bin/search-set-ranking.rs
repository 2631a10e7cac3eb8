//! Answers `PUT /v1/search/ranking`.

use search::handlers::{SettingKeeper, set_ranking};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), rialto_lambda::Error> {
    let context = rialto_lambda::init("search").await?;
    rialto_http::run(&context, SettingKeeper::new(&context)?, set_ranking).await
}
