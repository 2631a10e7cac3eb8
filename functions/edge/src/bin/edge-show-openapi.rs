//! `GET /v1/openapi.json`: the contract of all routes.

use edge::handlers::{Contract, show_openapi};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), rialto_lambda::Error> {
    let context = rialto_lambda::init("edge").await?;
    rialto_http::run(&context, Contract::of(edge::CONTRACT), show_openapi).await
}
