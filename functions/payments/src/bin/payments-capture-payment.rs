//! `payments-capture-payment`, a step of the checkout.

use payments::handlers::{Context, capture_payment};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), rialto_lambda::Error> {
    let lambda = rialto_lambda::init("payments").await?;
    let context = Context::connect(&lambda).await?;
    rialto_lambda::run_step(context, |context, input| capture_payment(context, input, rialto_lambda::now())).await
}
