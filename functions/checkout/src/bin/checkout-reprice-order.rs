//! `checkout-reprice-order`, a step of the checkout.

use checkout::handlers::{Pricing, sessions::reprice_order};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), rialto_lambda::Error> {
    let context = rialto_lambda::init("checkout").await?;
    rialto_lambda::run_step(Pricing::of(&context)?, reprice_order).await
}
