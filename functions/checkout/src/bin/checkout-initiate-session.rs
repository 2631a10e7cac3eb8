//! `checkout-initiate-session`, `POST /v1/checkout/initiate`.

use checkout::handlers::{place_order::Context, sessions::initiate_session::initiate_session};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), rialto_lambda::Error> {
    let context = rialto_lambda::init("checkout").await?;
    rialto_http::run(&context, Context::of(&context)?, initiate_session).await
}
