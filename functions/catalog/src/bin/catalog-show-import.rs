//! `GET /v1/catalog-imports/{id}`

use catalog::handlers;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), rialto_lambda::Error> {
    let context = rialto_lambda::init("catalog").await?;
    rialto_http::run(&context, handlers::Imports::new(&context)?, handlers::show_import::show_import).await
}
