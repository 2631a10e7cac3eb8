//! `checkout-place-order`, `POST /v1/orders/checkout`.

use checkout::handlers::place_order::{Context, place_order};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), rialto_lambda::Error> {
    let context = rialto_lambda::init("checkout").await?;
    rialto_http::run(&context, Context::of(&context)?, place_order).await
}
