//! `PUT /v1/categories/{id}/attributes`

use catalog::handlers;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), rialto_lambda::Error> {
    let context = rialto_lambda::init("catalog").await?;
    rialto_http::run(&context, handlers::store(&context)?, handlers::declare_attributes::declare_attributes).await
}
