//! `GET /v1/search/reports/{day}`

use search::handlers::{Reports, show_report};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), rialto_lambda::Error> {
    let context = rialto_lambda::init("search").await?;
    rialto_http::run(&context, Reports::new(&context)?, show_report).await
}
