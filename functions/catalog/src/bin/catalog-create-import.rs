//! `POST /v1/catalog-imports`

use catalog::handlers;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), rialto_lambda::Error> {
    let context = rialto_lambda::init("catalog").await?;
    rialto_http::run(
        &context,
        handlers::create_import::NewImports::new(&context)?,
        handlers::create_import::create_import,
    )
    .await
}
